. "${CHECKS:?the suite sets it}"
program p.dun <<'END'
print "hello", 1.5
output y = [1.5, inf, nan]
output k = vm_id > 0
END
runs 0 dunlin run p.dun --format json
out_is '{"type":"print","file":"p.dun","line":1,"vm":0,"text":"hello 1.5"}
{"type":"result","vms":1,"steps":1,"interrupted":false,"faulted":0,"faults":[],"outputs":{"y":{"type":"f64[3]","value":[1.5,"inf","nan"]},"k":{"type":"bool","value":false}}}'
runs 0 dunlin run p.dun --format json --vms 4 --stats
out_has '"k":{"type":"bool[4]","min":false,"mean":0.75,"max":true}'
out_has '"vms_per_second":'
# Everything that is said can be had as JSON.
runs 0 dunlin explain p.dun --stage microcode --format json
out_has '{"type":"explanation","file":"p.dun","stage":"microcode","lines":["program vm_bytes='
err_is ""
runs 2 dunlin explain p.dun --stage microcodes --format json
out_has '{"type":"error","code":"unknown_name"'
err_is ""
printf 'output y = summ(1)\n' > bad.dun
runs 1 dunlin explain bad.dun --stage kernel --format json
out_has '{"type":"diagnostic","severity":"error","code":"E0301"'
err_is ""
runs 0 dunlin doctor --format json
out_has '{"type":"doctor","ok":true,"facts":[{"name":"version",'
out_has '{"name":"instructions","value":"baseline'
out_has '{"name":"compiler","value":"clang '
out_has '{"name":"kernel cache","value":"'
out_has '{"name":"kernel test","value":"passed","ok":true}'
[ "$(wc -l < out)" = 1 ] || fail "one line"
runs 0 dunlin doc sqrt --format json
out_has '{"type":"doc","name":"sqrt","signature":"sqrt(x)",'
runs 0 dunlin doc --format json
out_has '{"type":"doc","name":"sqrt","signature":"sqrt(x)",'
runs 2 dunlin doc sqr --format json
out_has '"help":"did you mean '
runs 2 dunlin run p.dun --format json --set q=1
out_has '{"type":"error","code":"unknown_name"'
err_is ""
