. "${CHECKS:?the suite sets it}"
# What an example says at its head about how to run it, can be done as it stands there.
root=$SEEDS/../../..
cp -r "$root/examples" .
commands=0
for file in examples/*.dun; do
    # Lines that begin with "#   dunlin" or "#   echo"; a backslash at the end goes on in the next.
    sed -n '/^#/!q; s/^#   //p' "$file" | sed -e ':again' -e '/\\$/{N;s/\\\n */ /;b again' -e '}' |
        grep -E '^(dunlin|echo) ' > commands
    [ -s commands ] || { said=$file; : > out; : > err; fail "it does not say how to run it"; }
    while read -r command; do
        wanted=0
        case $command in *collatz*--fuel*) wanted=3 ;; esac # some VMs run out of fuel, as it says
        runs $wanted eval "$command"
        commands=$((commands + 1))
    done < commands
done
said="examples"
[ $commands -ge 20 ] || fail "only $commands commands were found"
