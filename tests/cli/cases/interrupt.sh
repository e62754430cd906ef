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

# With fuel the endless VM ends by itself, and the others with it.
runs 3 dunlin run one.dun --vms 1000000 --fuel 100000 --device cpu
err_is "1 of 1000000 VMs faulted:
  fuel_exhausted at one.dun:2 in 1 VM, first VM 77777"
out_is "y: i64[1000000]  min 0  mean 0.0  max 0"
