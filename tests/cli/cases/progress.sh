. "${CHECKS:?the suite sets it}"
# Long runs show a bar on a terminal, and nothing else.
program p.dun <<'END'
n = 0
while n < 20_000_000 { n += 1 }
output y = n + vm_id
END
command -v script > tool || { echo "without 'script' there is no terminal to try it on"; exit 0; }
# Interpreted, some seconds; the bar begins after half a second.
said="on a terminal"
script -qec "timeout 5 '$DUNLIN' run p.dun --vms 100 --device interp" typescript > out 2> err < /dev/null
tr '\r' '\n' < typescript > out
grep -qE '\[#*\.*\] [0-9]+ %, [0-9]+ of 100 VMs, [0-9]+ s' out || fail "there should be a bar"
runs 124 timeout 2 "$DUNLIN" run p.dun --vms 100 --device interp
out_is ""
err_is ""
# It is gone when the run has ended, and prints are not in its way.
program q.dun <<'END'
for i in 0..6_000_000 { if i % 1_000_000 == 0 { print i } }
END
said="prints on a terminal"
script -qec "'$DUNLIN' run q.dun --device interp" typescript > out 2> err < /dev/null
sed '1d;$d' typescript | tr -d '\r' | sed 's/^.*\x1b\[K//; /^$/d' > out
for k in 0 1000000 2000000 3000000 4000000 5000000; do
    grep -qx "$k" out || fail "the line $k should stand by itself"
done
[ "$(tail -n 1 out)" = "5000000" ] || fail "nothing should follow"
