. "${CHECKS:?the suite sets it}"
# Each is rejected with a message, and neither crashes nor takes long.
rejected() {
    runs "$1" timeout 20 "$DUNLIN" run "$2"
    err_has "$3"
}
printf 'output y = summ([1, 2])\n' > unknown.dun
rejected 1 unknown.dun "error[E0301]"
err_has "did you mean"
printf 'output y = zeros(3) + zeros(4)\n' > shapes.dun
rejected 1 shapes.dun "error[E0203]"
err_has "--> shapes.dun:1:"
printf 'x = \xff\xfe\n' > utf8.dun
rejected 1 utf8.dun "error[E0101]"
printf 'x = 99999999999999999999999999\n' > literal.dun
rejected 1 literal.dun "error[E0108]"
printf 'output y = zeros(1000000000, 1000000000)\n' > shape.dun
rejected 1 shape.dun "error[E0206]"
head -c 100000 /dev/zero | tr '\0' '(' > open.dun
rejected 1 open.dun "error[E01"
{ printf 'x = 1'; head -c 10000000 /dev/zero | sed 's/\x00/+1/g'; } > line.dun
rejected 1 line.dun "error[E0102]"
head -c 100000 /dev/urandom > random.dun
rejected 1 random.dun "error[E0"
rejected 2 missing.dun "cannot read missing.dun: No such file"
mkdir folder.dun
rejected 2 folder.dun "Is a directory"
rejected 2 /dev/zero "longer than any program"

# Several errors in one run; as JSON, one object a line.
printf 'a = summ(1)\nb = zeros(3) + zeros(4)\n' > two.dun
rejected 1 two.dun "error[E0301]"
err_has "error[E0203]"
runs 1 dunlin run two.dun --format json
[ "$(wc -l < out)" = 2 ] || fail "two lines of JSON"
out_has '"code":"E0301"'
out_has '"severity":"error"'
out_has '"line":2,"column":5'
err_is ""
