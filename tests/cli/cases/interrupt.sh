. "${CHECKS:?the suite sets it}"
program p.dun <<'END'
print "started"
n = 0
for i in 0..1_000_000_000_000 { n += 1 }
output y = n
END
program w.dun <<'END'
n = vm_id
while n >= 0 { n = (n + 1) % 1000 }
output y = n
END
program one.dun <<'END'
n = 0
while vm_id == 77_777 or vm_count == 1 { n = (n + 1) % 1000 }
output y = n
END

milliseconds() { date +%s%3N; }

# interrupted SECONDS OPTIONS...: runs, presses Ctrl-C after so many seconds, and looks how long the end took.
interrupted() {
    local after=$1
    shift
    said="Ctrl-C: dunlin run $*"
    # A job of a script ignores SIGINT unless it has a terminal; this one must not.
    ( trap - INT; exec "$DUNLIN" run "$@" > out 2> err ) &
    local process=$!
    sleep "$after"
    local asked
    asked=$(milliseconds)
    kill -INT $process
    wait $process
    local code=$?
    local took=$(($(milliseconds) - asked))
    [ $code = 130 ] || fail "exit code $code instead of 130"
    [ $took -lt 1000 ] || fail "it took $took ms"
    [ -z "${VERBOSE:-}" ] || echo "$took ms: $*"
}

interrupted 1 p.dun --out y=y.npy
err_is "interrupted after 0 of 1 VMs"
out_is "started"
[ -z "$(ls | grep npy)" ] || fail "an output was written: $(ls)"

for device in interp "cpu --width 1" "cpu --width 16" auto; do
    for file in w.dun one.dun; do
        for vms in 1 100000; do
            # shellcheck disable=SC2086
            interrupted 1 $file --vms $vms --device $device
            err_has "interrupted after "
            err_has "of $vms VMs"
        done
    done
done

# Arrays: between their operations, and in the middle of one that nobody can cut short.
program arrays.dun <<'END'
x = [float(i) for i in 0..1_000_000]
while x[0] >= 0 { x = abs(sin(x)) + 0.1 }
output y = x[0]
END
program product.dun <<'END'
a = [[float(i * j % 7) for i in 0..6000] for j in 0..6000]
output y = sum(a @ a)
END
for options in "--device cpu --lanes element" "--device cpu --lanes element --threads 1" "--device interp" "--device auto"; do
    # shellcheck disable=SC2086
    interrupted 1 arrays.dun $options
    err_is "interrupted after 0 of 1 VMs"
done
interrupted 1 product.dun --device cpu
grep -q "^interrupted" err || fail "it should say that it was interrupted"
interrupted 1 product.dun --device cpu --format json
out_has '"interrupted":true'
err_is ""

# While a kernel is being compiled; should it be there sooner, it never ends.
{
    echo 'x = float(vm_id)'
    for k in $(seq 3000); do echo "x = x * 0.$k + sqrt(abs(x)) // $k"; done
    echo 'while x == x { x = x + 1 }'
    echo 'output y = x'
} > long.dun
loaded=1
sanitized && loaded=4
for options in "--device cpu" "--device cpu --format json" "--device auto" "--vms 20 --verify"; do
    # shellcheck disable=SC2086
    interrupted $loaded long.dun $options
    grep -q "interrupted" out err || fail "it should say that it was interrupted"
    ! grep -q "differs" err || fail "what was interrupted does not differ"
done

# While chunks stream into files: older files stay as they are, and nothing is left beside them.
program stream.dun <<'END'
output y = rand()
output z = vm_id
END
mkdir files
echo "older" > files/y.npy
interrupted 1 stream.dun --vms 2000000000 --chunk 100000 --out y=files/y.npy --out z=files/z.npy
err_has "of 2000000000 VMs"
[ "$(ls files)" = "y.npy" ] || fail "files were left: $(ls files)"
[ "$(cat files/y.npy)" = "older" ] || fail "an older file was changed"
program slow.dun <<'END'
a = [[float(i * j % 7) for i in 0..6000] for j in 0..6000]
output y = sum(a @ a)
END
interrupted 1 slow.dun --device cpu --vms 3 --chunk 1 --out y=files/y.npy
[ "$(ls files)" = "y.npy" ] || fail "files were left: $(ls files)"
[ "$(cat files/y.npy)" = "older" ] || fail "an older file was changed"

# With fuel the endless VM ends by itself, and the others with it.
runs 3 dunlin run one.dun --vms 1000000 --fuel 100000 --device cpu
err_is "1 of 1000000 VMs faulted:
  fuel_exhausted at one.dun:2 in 1 VM, first VM 77777"
out_is "y: i64[1000000]  min 0  mean 0.0  max 0"
