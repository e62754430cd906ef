. "${CHECKS:?the suite sets it}"
program p.dun <<'END'
input x: float[3]
output y = 2 * x
END
runs 0 dunlin run p.dun --in x="$SEEDS/npy/f8_matrix.npy" --out y=y.npy
out_is "y: f64[2, 3]  min -6.0  mean 2.1666667  max 12.0"
program again.dun <<'END'
input x: float[3]
output y = x
END
runs 0 dunlin run again.dun --in x=y.npy
out_is "y: f64[2, 3]  min -6.0  mean 2.1666667  max 12.0"
runs 0 dunlin run again.dun --in x=y.npy --vms 2
runs 2 dunlin run again.dun --in x=y.npy --vms 3
err_has "'x' has 2 entries along its leading axis"
[ "$(ls)" = "again.dun
err
out
p.dun
y.npy" ] || fail "files left behind: $(ls)"

# Each bad file: one clear line, exit code 2.
bad() {
    runs 2 dunlin run p.dun --in x="$1"
    err_has "$2"
    err_lines 1
}
printf '' > empty.npy
mkdir folder.npy
head -c 100 y.npy > torn.npy
printf 'hello, this is no array' > text.npy
bad missing.npy "No such file"
bad empty.npy "the file is empty"
bad folder.npy "is a directory"
bad torn.npy "cut short"
bad text.npy "not a .npy file"
bad "$SEEDS/npy/huge.npy" "too large"
bad "$SEEDS/npy/pickled.npy" "pickled"
bad "$SEEDS/npy/torn.npy" "cut short"
bad "$SEEDS/npy/i2_fortran.npy" "has elements of type f64, the array has i16"
bad "$SEEDS/npy/bool_scalar.npy" "the array has bool"

runs 2 dunlin run p.dun --set x=1 --out y=no/such/folder/y.npy
err_has "there is no folder no/such/folder"
runs 2 dunlin run p.dun --set x=1 --out y=folder.npy
err_has "is a directory"
