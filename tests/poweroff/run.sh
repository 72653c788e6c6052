#!/bin/sh
# Kills the emulator while a guest writes files: poweroff.py. KILLS says how often; `make poweroff N=1000` is the long way.
cd "$(dirname "$0")/../.." || exit 1
root=$PWD
: "${BUILD:=build}"
program=${GLASS86:-$root/$BUILD/glass86}
PATH=$PATH:/usr/sbin:/sbin
for need in python3 nasm mkfs.fat fsck.fat; do
    command -v $need > /dev/null || { echo "ok 1 - killed at random # SKIP no $need"; exit 0; }
done
${MAKE:-make} -s "BUILD=$BUILD" "$BUILD/imgtool" || exit 1
dir=$(mktemp -d) || exit 70
trap 'cd /; rm -rf "$dir"' EXIT
cd "$dir" || exit 70
nasm -f bin -o guest.asm.img "$root/tests/poweroff/guest.asm" || exit 70
python3 "$root/tests/poweroff/poweroff.py" "$program" "$root/$BUILD/imgtool" guest.asm.img "${KILLS:-30}" "${SEED:-1}"
