. "${CHECKS:?the suite sets it}"
program p.dun <<'END'
input x: float[4]
s = x + 1
output y = sum(s * s)
END
runs 0 dunlin explain p.dun --stage ast
out_has "output"
runs 0 dunlin explain p.dun --stage microcode
out_has "program vm_bytes="
runs 0 dunlin explain p.dun --stage microcode --float f32
out_has "f32[4]"
runs 0 dunlin explain p.dun --stage memory
out_has "VM memory: "
out_has "inputs, per VM: 32 bytes"
runs 0 dunlin explain p.dun --stage kernel
out_has "void dunlin_kernel(kernel::Run* run, kernel::Task* task)"
out_has "V::"
runs 0 dunlin explain p.dun --stage kernel --width 1
out_has "void dunlin_kernel"
! grep -q "V::load_vms" out || fail "one lane has no vectors"
runs 0 dunlin explain p.dun --stage asm --instructions baseline
out_has "dunlin_kernel:"
! grep -q "ymm" out || fail "the baseline has no wide registers"
runs 0 dunlin explain p.dun --stage kernel --lanes element
out_has "void dunlin_kernel"
runs 2 dunlin explain p.dun --stage kernel --after fold
err_has "passes work on microcode"
runs 2 dunlin explain p.dun --stage kernels
err_has "did you mean 'kernel'?"
printf 'output y = summ(1)\n' > bad.dun
runs 1 dunlin explain bad.dun --stage ast
out_has "output"
err_has "error[E0301]"
runs 1 dunlin explain bad.dun --stage microcode
out_is ""

runs 0 dunlin doc sqrt
out_has "sqrt(x)"
out_has "    built in"
runs 0 dunlin doc
out_has "sqrt(x)"
runs 0 dunlin doctor
out_has "self test     passed"
runs 0 dunlin --version
out_has "dunlin "
runs 0 dunlin --help
out_has "Examples:"
# Every option is in the documentation, and every option there is one.
page=$SEEDS/../../../docs/command-line.md
for command in run test explain doctor doc; do
    runs 0 dunlin $command --help
    out_has "Examples:"
    ! grep -q "dunlin run wave.dun --vms 1000" out || fail "the examples are those of another command"
    for option in $(grep -oE '^ +--[a-z-]+' out); do
        grep -qF -- "\`$option" "$page" || grep -qF -- "$option\`" "$page" || fail "$option of $command is not documented"
    done
    cat out >> all_options
done
for option in $(grep -oE '`--[a-z-]+' "$page" | tr -d '`' | sort -u); do
    [ "$option" = --version ] || grep -q -- "$option" all_options || fail "$option is documented, but there is none"
done
