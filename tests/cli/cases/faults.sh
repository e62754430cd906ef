. "${CHECKS:?the suite sets it}"
program p.dun <<'END'
x = [1, 2, 3]
i = 5 * len(x) + vm_id
print "before"
output y = 7
output z = x[i]
END
runs 3 dunlin run p.dun
out_is "before
y = 7
z = 0"
err_has "fault: index_out_of_range at p.dun:5"
err_has " 5 | output z = x[i]"
err_has "^"

program a.dun <<'END'
fn check(v) {
    assert v < 0, "must be negative"
    return v
}
output y = check(vm_id)
END
runs 3 dunlin run a.dun
err_has "fault: assert_failed at a.dun:2: must be negative"
runs 3 dunlin run a.dun --format json
out_has '"fault":"assert_failed","message":"must be negative"'
out_has '"faulted":1'

program f.dun <<'END'
n = 0
while true { n += 1 }
END
runs 3 timeout 20 "$DUNLIN" run f.dun --fuel 1000
err_has "fuel_exhausted at f.dun:2"
