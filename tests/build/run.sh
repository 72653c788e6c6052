#!/bin/sh
# Builds that a person may ask for: headless with nothing but a C compiler, and with the other compiler; both boot the demo to
# its end and must agree with the main build on the state of the machine there.
cd "$(dirname "$0")/../.." || exit 1
hash_of() {
    "$1" -config none -display none -batch -snapshot -max-insns 300000000 -hash < /dev/null 2> /dev/null | tail -n 1
}
expected=$(hash_of "$GLASS86")

try() { # name, make variables
    name=$1; shift
    dir=$BUILD/variant
    rm -rf "$dir"
    if ! ${MAKE:-make} -s -j2 BUILD="$dir" "$@" "$dir/glass86" > "$BUILD/variant.log" 2>&1; then
        sed 's/^/# /' "$BUILD/variant.log" | tail -n 5
        echo "not ok $name builds"
        return
    fi
    echo "ok $name builds"
    got=$(hash_of "$dir/glass86")
    if [ -n "$got" ] && [ "$got" = "$expected" ]; then
        echo "ok $name runs the demo to the same state"
    else
        echo "# expected: $expected, got: $got"
        echo "not ok $name runs the demo to the same state"
    fi
    rm -rf "$dir"
}

# pkg-config is hidden as well: nothing of the system's libraries may be needed
if pkg-config --exists libedit 2> /dev/null; then
    try "a build with libedit" SDL=0 EDIT=libedit OPT=-O1 WERROR=1
else
    echo "ok a build with libedit # SKIP libedit-dev is not installed"
fi
try "a headless build with only a C compiler" SDL=0 EDIT=none PKG=false OPT=-O1
if [ -n "${SAN:-}" ]; then
    exit 0
fi
if command -v clang > /dev/null; then
    try "a clang build" CC=clang OPT=-O2 WERROR=1
else
    echo "ok a clang build # SKIP clang is not installed"
fi
