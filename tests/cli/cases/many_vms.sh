. "${CHECKS:?the suite sets it}"
program p.dun <<'END'
input x: int
assert x != 7, "seven"
output y = 100 // x
END
runs 3 dunlin run p.dun --set 'x=[1, 0, 3, 7, 0]'
out_is "y: i64[5]  min 0  mean 26.6  max 100"
err_is "3 of 5 VMs faulted:
  divide_by_zero at p.dun:3 in 2 VMs, first VM 1
  assert_failed at p.dun:2 in 1 VM, first VM 3: seven"

program v.dun <<'END'
print "VM", vm_id
output y = [vm_id, 0]
END
runs 0 dunlin run v.dun --vms 3
out_is "y: i64[3, 2]  min 0  mean 0.5  max 2"
runs 0 dunlin run v.dun --vms 3 --print-vm 2
out_is "VM 2
y: i64[3, 2]  min 0  mean 0.5  max 2"
runs 2 dunlin run v.dun --vms 3 --print-vm 3
err_has "there is no VM 3"
