. "${CHECKS:?the suite sets it}"
program p.dun <<'END'
input x: float
state s: int
s += 1
n = 0
while n < vm_id { n += 1 }
print "at", n, x
assert n != 11, "eleven"
output y = n * x + rand()
END
runs 3 dunlin run p.dun --set x=1.5 --vms 40 --steps 2 --print-vm 4 --verify
err_has "verified: "
err_has "ways of running it give the interpreter's bits"
out_has "at 4 1.5"
[ "$(grep -c "at 4" out)" = 2 ] || fail "prints of the verification are not to be seen"
runs 3 dunlin run p.dun --set x=1.5 --vms 40 --verify --format json
out_has '{"type":"verification","agree":true,"modes":["cpu, 1 lane"'
out_has '"differences":[]'
runs 2 dunlin run p.dun --vms 40 --verify
err_has "has no value"
