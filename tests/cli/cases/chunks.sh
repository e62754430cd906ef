. "${CHECKS:?the suite sets it}"
program p.dun <<'END'
input x: float
state total: float = x
total += 1
assert vm_id % 100 != 7, "seven"
output y = total
output z: int[2] = [vm_id, 10 // (vm_id % 50)]
END
# Inputs are read, and outputs are written, chunk by chunk.
program x.dun <<'END'
output x = rand()
END
runs 0 dunlin run x.dun --vms 1000 --out x=x.npy
runs 3 dunlin run p.dun --in x=x.npy --steps 3 --out y=y.npy --out z=z.npy --out total=total.npy
cp out whole.out
cp err whole.err
mkdir whole && mv y.npy z.npy total.npy whole
for chunk in 1 64 333 999 1000 5000; do
    runs 3 dunlin run p.dun --in x=x.npy --steps 3 --out y=y.npy --out z=z.npy --out total=total.npy --chunk $chunk
    cmp out whole.out || fail "other results in chunks of $chunk"
    cmp err whole.err || fail "other faults in chunks of $chunk"
    for file in y.npy z.npy total.npy; do
        cmp $file whole/$file || fail "other bits of $file in chunks of $chunk"
    done
done
runs 3 dunlin run p.dun --in x=x.npy --chunk 100 --stats
err_has "in chunks of 100 VMs"

# VMs that meet are all there at once.
program c.dun <<'END'
output y = batch_sum(vm_id)
END
runs 2 dunlin run c.dun --vms 1000 --chunk 10
err_has "a program with collectives cannot be run in chunks"
runs 2 dunlin run c.dun --vms 100000000000
err_has "a batch of 100000000000 VMs needs "
err_has "its VMs wait for each other"

# More VMs than anybody would hold at once run in the memory of a few.
program big.dun <<'END'
output y: u8 = 1
END
limit=unlimited
sanitized || limit=$((3 * 1024 * 1024)) # KiB
runs 0 bash -c "ulimit -v $limit; exec \"\$DUNLIN\" run big.dun --vms 200000000 --device cpu --threads 1"
out_is "y: u8[200000000]  min 1  mean 1.0  max 1"
