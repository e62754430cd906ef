. "${CHECKS:?the suite sets it}"
mkdir -p tests/deep
program tests/good.dun <<'END'
# vms: 4
# print-vm: 2
# param: n=2
param n: int = 1
print vm_id * n          # expect: 4
for i in 0..3 { print i }  # expect: 0 | 1 | 2
output y = 12 // (vm_id - 1)   # fault: divide_by_zero 1
output z = [vm_id, n]    # expect: [[0, 2], [0, 0], [2, 2], [3, 2]]
END
program tests/deep/errors.dun <<'END'
a = summ([1])     # error: E0301 did you mean
b = zeros(3) + zeros(4)  # error: E0203
END
program tests/deep/library.dun <<'END'
fn double(x) = 2 * x
END
program tests/deep/blocks.dun <<'END'
import "library.dun"
test "doubles" { assert library.double(2) == 4 }
test "fails" {
    x = library.double(2)
    assert x == 5, "not five"
}
END
runs 1 dunlin test tests
out_has 'FAILED tests/deep/blocks.dun: test "fails"'
out_has "line 5: fault assert_failed: not five"
out_has "assert x == 5"
[ "$(tail -n 1 out)" = "3 passed, 1 failed" ] || fail "the last line counts"
runs 0 dunlin test tests/good.dun tests/deep/errors.dun --alone --verbose
out_has "passed tests/good.dun: alone"
[ "$(tail -n 1 out)" = "3 passed, 0 failed" ] || fail "the last line counts"

# Every way to fail.
failing() {
    program f.dun
    runs 1 dunlin test f.dun
    out_has "$1"
    [ "$(tail -n 1 out)" = "0 passed, 1 failed" ] || fail "the last line counts"
}
failing "expected 4" <<< 'print 2 + 1  # expect: 4'
failing "found    3" <<< 'print 2 + 1  # expect: 4'
failing "nothing was printed here" <<< 'x = 1  # expect: 1'
failing "line 2: printed, but not expected: 2" <<< $'print 1  # expect: 1\nprint 2'
failing "checks nothing" <<< 'print 1'
failing "checks nothing" <<< 'output y = 1'
failing "line 1: not reported: E0203" <<< 'x = 1  # error: E0203'
failing "line 1: not expected: E0301" <<< 'x = summ(1)  # error: E0203'
failing "line 2: not expected: E0301" <<< $'x = summ(1)  # error: E0301\ny = summ(1)'
failing "not reported: E0301 quite other words" <<< 'x = summ(1)  # error: E0301 quite other words'
failing "line 1: no such fault: divide_by_zero" <<< 'x = 1  # fault: divide_by_zero'
failing "line 1: fault divide_by_zero" <<< $'x = 1 // vm_id\nprint 1  # expect: 1'
failing "no such fault: divide_by_zero 2" <<< $'# vms: 3\nx = 1 // vm_id  # fault: divide_by_zero 2'
failing "on the line of code that it speaks of" <<< $'# expect: 1\nprint 1  # expect: 1'
failing "'x' is not a value for 'vms'" <<< $'# vms: x\nprint 1  # expect: 1'
failing "no input or shared value is called 'q'" <<< $'# set: q=1\nprint 1  # expect: 1'
failing "has no value" <<< $'input q: int\nprint 1  # expect: 1'
failing "not reported: W0301" <<< 'x = 1  # warning: W0301'

# Directives and what else may be expected.
passing() {
    program f.dun
    runs 0 dunlin test f.dun
    out_is "1 passed, 0 failed"
}
passing <<< $'# set: x=[1, 2]\ninput x: int[2]\noutput y = x  # expect: [1, 2]'
passing <<< $'# steps: 3\nstate s: int = 0\ns += 1\noutput y = s  # expect: 3'
passing <<< $'# int: i32\n# float: f32\nprint 1 / 3  # expect: 0.33333334'
passing <<< $'# fuel: 10\nwhile true { x = 1 }  # fault: fuel_exhausted'
passing <<< $'print "a # b"  # expect: a # b'
passing <<< 'sum = 3  # warning: W0301'
passing <<< 'fail "no reason"  # fault: failed no reason'
cp "$SEEDS/npy/i4_big_endian.npy" x.npy
passing <<< $'# in: x=x.npy\ninput x: i32\noutput y = x  # expect: [1, -2]'

runs 1 dunlin test tests --format json
out_has '{"type":"total","passed":3,"failed":1}'
mkdir nothing
runs 2 dunlin test nothing
err_has "no .dun file"
