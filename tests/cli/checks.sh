# What the cases have in common. A case sources this file; it then stands in an empty folder that is gone afterwards, and
# `dunlin` is the program that was built. The case fails when any check has failed.
set -u
work=$(mktemp -d)
cd "$work" || exit 1
failures=0

finish() {
    cd / && rm -rf "$work"
    [ "$failures" = 0 ] || echo "$failures checks failed"
    exit $((failures > 0))
}
trap finish EXIT

dunlin() { "$DUNLIN" "$@"; }

# runs CODE COMMAND...: the command must end with that exit code. Its output is left in ./out and ./err for the checks that follow.
runs() {
    local wanted=$1
    shift
    "$@" > "$work/out" 2> "$work/err" < /dev/null
    local code=$?
    said="$*"
    [ "$code" = "$wanted" ] || fail "exit code $code instead of $wanted"
}

fail() {
    failures=$((failures + 1))
    echo "FAILED: $said"
    echo "  $1"
    sed 's/^/  out: /' "$work/out"
    sed 's/^/  err: /' "$work/err"
}

# The whole of standard output, or of standard error.
out_is() { [ "$(cat "$work/out")" = "$1" ] || fail "standard output should be: $1"; }
err_is() { [ "$(cat "$work/err")" = "$1" ] || fail "standard error should be: $1"; }
# Some of it.
out_has() { grep -qF -- "$1" "$work/out" || fail "standard output should have: $1"; }
err_has() { grep -qF -- "$1" "$work/err" || fail "standard error should have: $1"; }
err_lines() { [ "$(wc -l < "$work/err")" = "$1" ] || fail "standard error should have $1 lines"; }

# Sanitizers take memory of their own, so that limits on it mean nothing.
sanitized() { "$DUNLIN" doctor | grep -q '^build .*sanitizers'; }

program() { cat > "$1"; }
