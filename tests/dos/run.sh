#!/bin/sh
# What the debugger knows of DOS: INT 21h calls in words (calls.txt, dos.py), and with GLASS86_GUESTS a session with FreeDOS.
suite=dos
. tests/common/scratch.sh
nasm -f bin -o calls.bin "$root/tests/dos/calls.asm" || exit 70
failed=0
python3 "$root/tests/dos/dos.py" "$program" "$root/tests/dos/calls.txt" || failed=1

image=${GLASS86_GUESTS:-/nowhere}/fd1.4MB.img
if [ ! -f "$image" ]; then
    echo "ok - FreeDOS in words # SKIP GLASS86_GUESTS names no directory with fd1.4MB.img"
    exit $failed
fi
cat > session <<'A'
bptext "A:.>"
c
d
bpinsn +1s
c
dos files
dos psp
dos devices
dos drives
dos mcb
dos int21 on
type "cd nosuch\n"
bpinsn +1s
c
A
timeout 300 "$program" -config none -batch -fda "$image" -snapshot -x session > out 2>&1 < /dev/null
seen() { # TEXT NAME
    if grep -q -e "$1" out; then echo "ok - FreeDOS: $2"; else
        echo "not ok - FreeDOS: $2"
        sed 's/^/# /' out | tail -30
        failed=1
    fi
}
seen '  1  CON           opened .* device' "dos files"
seen 'handles: 0=1(CON) 1=1(CON)' "dos psp finds the running program"
seen ' CLOCK\$ *clock' "dos devices"
seen '^A:  A:.  physical' "dos drives"
seen 'owner .*COMMAND' "dos mcb"
seen 'AH=3b chdir "nosuch"' "a call with its path"
seen 'AH=3b -> error 3, path not found' "... and its error"
exit $failed
