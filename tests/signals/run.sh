#!/bin/sh
# Signals and lost terminals: signals.py, with the guest of tests/sandbox, which writes a name and does not flush.
program=${GLASS86:-./glass86}
case $program in /*) ;; *) program=$PWD/$program ;; esac
root=$PWD
for need in python3 nasm; do
    command -v $need > /dev/null || { echo "ok 1 - signals # SKIP no $need"; exit 0; }
done
dir=$(mktemp -d) || exit 70
trap 'cd /; rm -rf "$dir"' EXIT
cd "$dir" || exit 70
unset DISPLAY WAYLAND_DISPLAY
nasm -f bin -o write.img "$root/tests/sandbox/write.asm" || exit 70
python3 "$root/tests/signals/signals.py" "$program"
