. "${CHECKS:?the suite sets it}"
export DUNLIN_CACHE="$work/cache"
program p.dun <<'END'
n = 0
while n < vm_id % 1000 { n += 1 }
output y = n + rand()
END
# Whatever runs it, the result is the same.
runs 0 dunlin run p.dun --vms 5000 --device interp --out y=a.npy
for options in "--device cpu" "--device cpu --width 1" "--device cpu --width 32 --threads 3" "--device auto" \
    "--device cpu --instructions baseline" "--device cpu --lanes element" "--device auto --chunk 999" \
    "--device cpu --chunk 33" "--device interp --chunk 4999"; do
    # shellcheck disable=SC2086
    runs 0 dunlin run p.dun --vms 5000 $options --out y=b.npy
    err_is ""
    cmp a.npy b.npy || fail "other bits with $options"
done
# A kernel that counts is another one.
runs 0 dunlin run p.dun --vms 5000 --device cpu --stats
err_has ", compiled: emit"
runs 0 dunlin run p.dun --vms 5000 --device cpu --stats
err_has "lanes of VMs"
err_has "from the cache: emit"
err_has "loop turns"
err_has "% idle: their VM had ended"
err_has "segments lanes are VMs, 16 together"
err_has "region under masks: "
err_has " for each VM; "
err_has "the process had "
err_has " passes "
! grep -q "pass fold" err || fail "passes are summed up"
err_has "1 hits, 0 misses, 0 stored"
err_has "this machine copies"
runs 0 dunlin run p.dun --vms 5000 --device cpu --width 1 --stats --instructions baseline
err_has "kernel, one VM after the other"
err_has "baseline"
runs 0 dunlin run p.dun --vms 3 --device interp --stats
err_has "where    interpreter"
runs 0 dunlin run p.dun --vms 5000 --device cpu --stats --format json
out_has '"kernel":{"lanes":"vm","width":'
out_has '"vms_in_kernel":5000'
out_has '"cache":{"folder":"'
out_has '"pass fold":'
out_has '"segments":["lanes are VMs'
out_has '"idle_lanes":0.'
out_has '"waiting_ms":'
out_has '"peak_resident_bytes":'
out_has '"share_of_copy_rate":'
# Lanes that wait for others are counted, not guessed: 15 of 16 do while one runs alone; none where all go the same way.
program apart.dun <<'END'
n = 0
while vm_id % 16 == 3 and n < 100_000 { n += 1 }
output y = n
END
idle() { sed -n 's/^lanes *\([0-9]*\)\.[0-9] % idle.*/\1/p' err; }
runs 0 dunlin run apart.dun --vms 16 --device cpu --width 16 --stats
[ "$(idle)" = 93 ] || fail "15 of 16 lanes are idle, not $(idle) %"
program alike.dun <<'END'
n = 0
while n < 1000 + vm_count { n += 1 + vm_id * 0 }
output y = n
END
runs 0 dunlin run alike.dun --vms 16 --device cpu --width 16 --stats
[ "$(idle)" = 0 ] || fail "no lane is idle, not $(idle) %"
for bad in "--device gpu" "--lanes x" "--width 7" "--instructions mmx" "--threads 0" "--chunk 0"; do
    # shellcheck disable=SC2086
    runs 2 dunlin run p.dun $bad
done
# A fresh cache: the kernel is compiled, and the stages are said.
rm -rf "$work/cache"
runs 0 dunlin run p.dun --vms 100 --device cpu --stats
err_has ", compiled: emit"
err_has "front end"
err_has "0 hits, 1 misses, 1 stored"

# Without a compiler, what is not in the cache is left to the interpreter, or refused.
mkdir empty
rm -rf "$work/cache"
program long.dun <<'END'
n = vm_id
for i in 0..2_000_000 { n += i % 7 }
output y = n
END
export DUNLIN_MODULES="$work/empty"
runs 0 dunlin run long.dun
out_is "y = 5999995"
err_has "dunlin: the interpreter ran this; the kernel could not be compiled: "
err_has "libdunlin_clang.so"
err_lines 1
runs 0 dunlin run long.dun --format json --stats
out_has '"note":"the kernel could not be compiled'
runs 2 dunlin run long.dun --device cpu
err_has "dunlin: the kernel could not be compiled: "
runs 1 dunlin doctor
out_has "cannot be opened"
unset DUNLIN_MODULES
runs 0 dunlin doctor
out_has "compiler"
out_has "clang "
out_has "kernel cache"
out_has "$work/cache, "
! grep -q "cannot be written" out || fail "the cache can be written"
DUNLIN_CACHE=$work/p.dun/cache runs 0 dunlin doctor
out_has "$work/p.dun/cache, 0 bytes, cannot be written"
out_has "instructions"
out_has "kernel test   passed"
