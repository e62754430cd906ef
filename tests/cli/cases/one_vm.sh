. "${CHECKS:?the suite sets it}"
program p.dun <<'END'
param n: int = 3
input x: float
print "n is", n
output y = x * n
output z = arange(n)
END
runs 0 dunlin run p.dun --set x=1.5
out_is "n is 3
y = 4.5
z = [0, 1, 2]"
err_is ""
runs 0 dunlin run p.dun --set x=-2 --param n=2
out_is "n is 2
y = -4.0
z = [0, 1]"

# From standard input, with other types.
said="stdin"
echo 'output y = 1 / 3' | dunlin run - --float f32 > out 2> err || fail "exit code"
out_is "y = 0.33333334"

# A long value is shortened.
program long.dun <<'END'
output y = arange(5000)
END
runs 0 dunlin run long.dun
out_is "y = [0, 1, 2, …, 4997, 4998, 4999]"
