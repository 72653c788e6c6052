#!/bin/sh
# Every kind of stop through the command line, -monitor and a real gdb: stops.py, stops.txt, guest.asm.
program=${GLASS86:-./glass86}
case $program in /*) ;; *) program=$PWD/$program ;; esac
root=$PWD
command -v python3 > /dev/null || { echo "ok 1 - stops # SKIP no python3"; exit 0; }
command -v nasm > /dev/null || { echo "ok 1 - stops # SKIP no nasm"; exit 0; }
dir=$(mktemp -d) || exit 70
trap 'cd /; rm -rf "$dir"' EXIT
cd "$dir" || exit 70
unset DISPLAY WAYLAND_DISPLAY
nasm -f bin -o guest.bin "$root/tests/stops/guest.asm" || exit 70
nasm -f bin -o screen.img "$root/tests/stops/screen.asm" || exit 70
python3 "$root/tests/stops/stops.py" "$program" "$root/tests/stops/stops.txt"
