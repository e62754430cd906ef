. "${CHECKS:?the suite sets it}"
program p.dun <<'END'
param count: int = 3
input angle: float
output final = angle * count
END
# One line on standard error, exit code 2.
bad() {
    local wanted=$1
    shift
    runs 2 dunlin "$@"
    err_has "$wanted"
    err_lines 1
    out_is ""
}
bad "subcommand" 
bad "there is no command 'frobnicate'" frobnicate
bad "did you mean 'explain'?" explian p.dun
bad "did you mean 'dunlin run p.dun'?" p.dun --vms 3
bad "--frobnicate" run p.dun --frobnicate
bad "there is no option '--vm'; did you mean '--vms'?" run p.dun --vm 3
bad "there is no option '--verbos'; did you mean '--verbose'?" test p.dun --verbos
bad "FILE" run
bad "NAME=VALUE" run p.dun --set angle
bad "NAME=VALUE" run p.dun --set =3
bad "'angle' is given twice" run p.dun --set angle=1 --set angle=2
bad "did you mean 'angle'?" run p.dun --set angel=1
bad "did you mean 'angle'?" run p.dun --in angel="$SEEDS/npy/f8_matrix.npy"
bad "did you mean 'final'?" run p.dun --set angle=1 --out finale=x.npy
bad "the name of a file is missing" run p.dun --set angle=1 --out final=
bad "an output, which cannot be given" run p.dun --set final=1
runs 0 dunlin run p.dun --set 'angle=[1, 2]' --out final=angles.npy
bad "given by --in and by --set" run p.dun --set angle=1 --in angle=angles.npy
bad "--set angle" run p.dun --set 'angle=[1,'
bad "--set angle" run p.dun --set 'angle=x'
bad "'angle', f64, has no value" run p.dun
bad "--vms" run p.dun --vms 0
bad "--vms" run p.dun --vms many
bad "--seed" run p.dun --seed -1
bad "--steps" run p.dun --steps 0
bad "--int" run p.dun --int f32
bad "--float" run p.dun --float i32
bad "--device" run p.dun --device tpu
bad "--format" run p.dun --format xml
bad "param count" run p.dun --set angle=1 --param 'count=[1,'
bad "there is no file or folder nowhere" test nowhere
bad "did you mean 'microcode'?" explain p.dun --stage microcodes
bad "no pass is called 'nopass'" explain p.dun --stage microcode --after nopass
bad "did you mean 'cumsum'?" doc cumsun

runs 2 dunlin run p.dun --set angle=1 --param cuont=4
err_has "error[E0502]"
err_has "count"
runs 2 dunlin run p.dun --set angle=1 --param count=1.5
err_has "error[E0503]"

# A batch that cannot fit is refused with the number, at once.
program big.dun <<'END'
output y = zeros(1000000)
output total = batch_sum(sum(y))
END
runs 2 timeout 10 "$DUNLIN" run big.dun --vms 1000000000
err_has "a batch of 1000000000 VMs needs "
err_has "(arrays 7.1 PiB"
# One without collectives is run in chunks, whose file cannot be so large.
program chunks.dun <<'END'
output y = zeros(1000000)
END
runs 130 bash -c 'trap - INT; timeout --preserve-status -s INT 2 "$DUNLIN" run chunks.dun --vms 1000000000'
err_has "of 1000000000 VMs"
