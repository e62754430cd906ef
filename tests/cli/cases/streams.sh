. "${CHECKS:?the suite sets it}"
# Output that cannot be written is an error; a reader that goes away is not.
program p.dun <<'END'
for i in 0..100000 { print i }
END
said="/dev/full"
dunlin run p.dun > /dev/full 2> err; code=$?
: > out
[ $code = 2 ] || fail "exit code $code instead of 2"
err_has "cannot write to standard output"
said="head"
"$DUNLIN" run p.dun 2> err | head -n 1 > out
out_is "0"
err_is ""
# Nothing about progress where there is no terminal.
program slow.dun <<'END'
n = 0
for i in 0..20_000_000 { n += i & 3 }
output y = n > 0
END
runs 3 timeout 60 "$DUNLIN" run slow.dun --fuel 3000000
out_is "y = false"
err_lines 3
