#!/bin/sh
# Every command of the debugger through the command line, -monitor and the gdb protocol: doors.py, doors.txt. Kinds of stops: tests/stops.
suite=doors
. tests/common/scratch.sh
nasm -f bin -o guest.bin "$root/tests/debugger/guest.asm" || exit 70
dd if=/dev/zero of=floppy.img bs=1024 count=1440 2> dd.log
python3 "$root/tests/doors/doors.py" "$program" "$root/tests/doors/doors.txt"
