#!/bin/sh
# Every command of the debugger through the command line, -monitor and the gdb protocol: doors.py, doors.txt. Kinds of stops: tests/stops.
program=${GLASS86:-./glass86}
case $program in /*) ;; *) program=$PWD/$program ;; esac
root=$PWD
command -v python3 > /dev/null || { echo "ok 1 - doors # SKIP no python3"; exit 0; }
command -v nasm > /dev/null || { echo "ok 1 - doors # SKIP no nasm"; exit 0; }
dir=$(mktemp -d) || exit 70
trap 'cd /; rm -rf "$dir"' EXIT
cd "$dir" || exit 70
unset DISPLAY WAYLAND_DISPLAY
nasm -f bin -o guest.bin "$root/tests/debugger/guest.asm" || exit 70
dd if=/dev/zero of=floppy.img bs=1024 count=1440 2> dd.log
python3 "$root/tests/doors/doors.py" "$program" "$root/tests/doors/doors.txt"
