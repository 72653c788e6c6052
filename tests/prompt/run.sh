#!/bin/sh
# The debugger's prompt on a terminal: completion, history, Ctrl-C (prompt.py), with the guest of tests/debugger.
suite=prompt
. tests/common/scratch.sh
ldd "$program" 2> /dev/null | grep -qE 'readline|libedit' || { echo "ok 1 - prompt # SKIP built without readline"; exit 0; }
nasm -f bin -o guest.bin "$root/tests/debugger/guest.asm" || exit 70
printf '\353\376' > loop.bin
python3 "$root/tests/prompt/prompt.py" "$program"
