#!/bin/sh
# What the debugger knows of DOS: INT 21h calls in words (calls.txt, dos.py), a chain of memory blocks (chain.asm), and with GLASS86_GUESTS a session with FreeDOS.
suite=dos
. tests/common/scratch.sh
nasm -f bin -o calls.bin "$root/tests/dos/calls.asm" || exit 70
nasm -f bin -o chain.bin "$root/tests/dos/chain.asm" || exit 70
failed=0
cat > expected << 'A'
0070     144 bytes  owner 0008  DOS
  0071      32 bytes  device EMMXXXX0
  0074      48 bytes  FILES
007a     256 bytes  owner 007b  COMMAND
008b      16 bytes  owner 007b  COMMAND, environment
008d      16 bytes  owner 007b  COMMAND, data
008f      32 bytes  owner 0000  free
0092      16 bytes  owner 0093  program
0094  589824 bytes  owner 0000  free
A
"$program" -config none -batch -m 1 -load chain.bin@70:0 -ex 'dos mcb' > blocks 2>&1 < /dev/null
if cmp -s blocks expected; then echo "ok - dos mcb: whose each block is"; else
    echo "not ok - dos mcb: whose each block is"
    sed 's/^/# /' blocks
    failed=1
fi
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
