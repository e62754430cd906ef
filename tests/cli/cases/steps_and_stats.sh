. "${CHECKS:?the suite sets it}"
program p.dun <<'END'
state total: int = 0
total += vm_id + 1
output y = total
END
runs 0 dunlin run p.dun --steps 5
out_is "y = 5"
runs 0 dunlin run p.dun --steps 5 --vms 2 --out total=total.npy --stats
out_is "y: i64[2]  min 5  mean 7.5  max 10"
err_has "2 VMs, 5 turns"
err_has "VMs/s"
err_has "memory"
err_has "faults   0"
[ -s total.npy ] || fail "the state was not written"
# Random numbers depend on the seed, and on nothing else.
program r.dun <<'END'
output y = rand()
END
dunlin run r.dun --seed 1 > a; dunlin run r.dun --seed 1 > b; dunlin run r.dun --seed 2 > c
said="seeds"
cmp -s a b || fail "the same seed gave other numbers"
cmp -s a c && fail "another seed gave the same numbers"
