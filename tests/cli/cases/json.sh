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
runs 2 dunlin run p.dun --format json --set q=1
out_has '{"type":"error","code":"unknown_name"'
err_is ""
