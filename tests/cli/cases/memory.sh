. "${CHECKS:?the suite sets it}"
export DUNLIN_CACHE="$work/cache"
# Memory stays flat, however many VMs stream through. What a process has had at most is told by --stats; the kernel is
# in the cache by then, so that no compiler is opened.
program pi.dun <<'END'
param n: int = 10
p = rand(n, 2)
inside = sum(p[:, 0]**2 + p[:, 1]**2 <= 1)
output estimate = 4 * inside / n
END
peak() { sed -n 's/.*"peak_resident_bytes":\([0-9]*\).*/\1/p' out; }
runs 0 dunlin run pi.dun --vms 16 --device cpu --width 16 --threads 1 --stats
few=""
for vms in 500000 5000000 10000000; do
    runs 0 dunlin run pi.dun --vms $vms --device cpu --width 16 --threads 1 --chunk 250000 --stats --format json
    out_has '"cached":true'
    out_has "\"vms_in_kernel\":$vms"
    [ -n "$few" ] || few=$(peak)
    sanitized || [ "$(peak)" -lt $((few + 4 * 1024 * 1024)) ] || fail "$(peak) bytes for $vms VMs, $few for few"
done

# What fits nowhere is refused with the number, at once: one VM that is too large, and VMs that wait for each other.
program wide.dun <<'END'
output y = zeros(100_000_000_000)
END
runs 2 timeout 10 "$DUNLIN" run wide.dun
err_has "a batch of 1 VM needs "
err_has "745.1 GiB"
err_has " are available"
err_lines 1
