. "${CHECKS:?the suite sets it}"
program p.dun <<'END'
print "started"
n = 0
for i in 0..1_000_000_000_000 { n += 1 }
output y = n
END
said="Ctrl-C"
# A job of a script ignores SIGINT unless it has a terminal; this one must not.
( trap - INT; exec "$DUNLIN" run p.dun --out y=y.npy > out 2> err ) &
process=$!
sleep 1
kill -INT $process
wait $process
code=$?
[ $code = 130 ] || fail "exit code $code instead of 130"
err_is "interrupted after 0 of 1 VMs"
out_is "started"
[ ! -e y.npy ] || fail "an output was written"
