#!/bin/sh
# Every kind of stop through the command line, -monitor and a real gdb: stops.py, stops.txt, guest.asm.
suite=stops
. tests/common/scratch.sh
nasm -f bin -o guest.bin "$root/tests/stops/guest.asm" || exit 70
nasm -f bin -o screen.img "$root/tests/stops/screen.asm" || exit 70
python3 "$root/tests/stops/stops.py" "$program" "$root/tests/stops/stops.txt"
