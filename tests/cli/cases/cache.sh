. "${CHECKS:?the suite sets it}"
# Whatever is wrong with the cache, a run gives the same results, and says nothing.
program p.dun <<'END'
n = 0
while n < vm_id % 50 { n += 1 }
output y = n * 3 + rand()
END
export DUNLIN_CACHE="$work/cache"
dunlin run p.dun --vms 1000 --device interp --out y=wanted.npy > wanted

# right COMPILED: a run gives what is wanted, from the cache or not.
right() {
    runs 0 dunlin run p.dun --vms 1000 --device cpu --out y=y.npy
    cmp -s out wanted || fail "other results"
    cmp -s y.npy wanted.npy || fail "other bits"
    err_is ""
    runs 0 dunlin run p.dun --vms 1000 --device cpu --stats --format json
    out_has "\"cached\":$1"
}
kernel_files() { find "$work/cache" -name '*.kernel' | wc -l; }

right false # the kernel that counts for --stats is another one than that before it
right true
[ "$(kernel_files)" = 2 ] || fail "there should be two kernels in the cache"
[ "$(stat -c %a "$work/cache")" = 700 ] || fail "the cache is open to others"
[ -z "$(find "$work/cache" -type f ! -perm 600)" ] || fail "files of the cache are open to others"

# Torn, emptied, overwritten, of the wrong length: compiled again, and mended.
for damage in "truncate -s -1" "truncate -s 100" "truncate -s 0" "truncate -s +1"; do
    for file in "$work"/cache/*.kernel; do $damage "$file"; done
    right false
    right true
done
for file in "$work"/cache/*.kernel; do
    size=$(stat -c %s "$file")
    printf 'XXXXXXXX' | dd of="$file" bs=1 seek=$((size / 2)) conv=notrunc 2> dd
done
right false
right true
# Somebody else may have written it.
chmod 666 "$work"/cache/*.kernel
right false
if [ "$(id -u)" = 0 ]; then
    chown 12345 "$work"/cache/*.kernel
    right false
fi
right true

# A folder that cannot be made, or belongs to a device, or is none.
for place in "$work/p.dun/cache" /dev/full /proc/cache off; do
    DUNLIN_CACHE=$place right false
done
# One that may only be read still gives what it has. Root may write all the same.
chmod 500 "$work/cache"
right true
chmod 700 "$work/cache"

# Files that may not grow, as on a full disk: nothing is left of them. The limit is in KiB; the output is below it.
rm -rf "$work/cache"
said="a full disk"
(
    trap '' XFSZ
    ulimit -f 12
    "$DUNLIN" run p.dun --vms 1000 --device cpu --out y=y.npy > out 2> err
) || fail "exit code $?"
cmp -s out wanted || fail "other results"
cmp -s y.npy wanted.npy || fail "other bits"
[ ! -d "$work/cache" ] || [ -z "$(ls "$work/cache")" ] || fail "something was left: $(ls -l "$work/cache")"

# Many at once, with a cold cache: all are right, and whole files are left.
rm -rf "$work/cache"
said="ten processes"
for k in 1 2 3 4 5 6 7 8 9 10; do
    "$DUNLIN" run p.dun --vms 1000 --device cpu --out y=y$k.npy > out$k 2>&1 &
done
wait
for k in 1 2 3 4 5 6 7 8 9 10; do
    cmp -s out$k wanted || fail "process $k: other results"
    cmp -s y$k.npy wanted.npy || fail "process $k: other bits"
done
[ "$(find "$work/cache" -type f | wc -l)" = 1 ] || fail "there should be one file: $(ls "$work/cache")"

# The limit, in MiB, is kept; what does not fit is not stored.
DUNLIN_CACHE_LIMIT=0 right false
