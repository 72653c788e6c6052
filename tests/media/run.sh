#!/bin/sh
# Media from end to end: CDs that boot through our BIOS, image formats against qemu-img in both
# directions, overlays, folders as disks. Output is TAP; what needs a tool that is not there is
# skipped. Everything happens in a scratch folder.
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}"
root=$PWD
glass86=${GLASS86:-$root/$BUILD/glass86}
dir=$(mktemp -d) && cd "$dir" || exit 70
trap 'cd /; rm -rf "$dir"' EXIT
unset DISPLAY WAYLAND_DISPLAY

ok() { # name, condition...
    name=$1
    shift
    if "$@" > log 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        sed 's/^/# /' log | head -n 8
        [ -s err ] && sed 's/^/# stderr: /' err | head -n 4
    fi
}
have() { command -v "$1" > /dev/null; }
run() { timeout "${limit:-120}" "$glass86" -config none -display none -batch "$@" > out 2> err < /dev/null; }
says() { printf '%s\n' "$1" | cmp - port; }

. "$root/tests/media/cd.sh"
. "$root/tests/media/formats.sh"
. "$root/tests/media/overlay.sh"
. "$root/tests/media/folder.sh"
. "$root/tests/media/faults.sh"
