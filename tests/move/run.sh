#!/bin/sh
# A running machine moves to another process over a socket and is the same there; what cannot be taken is refused and goes on
# where it was. Output is TAP. Needs nasm and python3.
program=${GLASS86:-./glass86}
case $program in /*) ;; *) program=$PWD/$program ;; esac
root=$PWD
dir=$(mktemp -d) || exit 70
number=0 failed=0
for need in nasm python3; do
    if ! command -v $need > /dev/null; then
        echo "ok 1 - move # SKIP no $need"
        rm -rf "$dir"
        exit 0
    fi
done
cd "$dir" || exit 70
trap 'cd /; rm -rf "$dir"' EXIT
unset DISPLAY WAYLAND_DISPLAY

result() { # CONDITION-STATUS NAME
    number=$((number + 1))
    if [ "$1" = 0 ]; then echo "ok $number - $2"; else
        echo "not ok $number - $2"
        sed 's/^/# /' from to 2> /dev/null | head -30
        failed=$((failed + 1))
    fi
}

# Writes all over 300 KiB of memory without end, and a sector of its floppy now and then.
cat > boot.asm <<'ASM'
        bits 16
        org 0x7c00
        cli
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7c00
        sti
again:  mov ax, 0x1000
fill:   mov es, ax
        xor di, di
        mov cx, 0x2000
        mov ax, [count]
        rep stosw
        mov ax, es
        add ax, 0x400
        inc word [count]
        cmp ax, 0x5000
        jb fill
        xor ax, ax
        mov es, ax
        mov ax, 0x0301
        mov bx, count
        mov cx, 2
        xor dx, dx
        int 0x13
        jmp again
count:  dw 0
        times 510 - ($ - $$) db 0
        dw 0xaa55
        times 1474560 - ($ - $$) db 0
ASM
nasm -f bin -o boot.img boot.asm || exit 70
machine="-config none -display none -snapshot -fda boot.img -ips 20000000"
hash_of() { grep '^hash' "$1" | tail -1; }
wait_for() { n=0; while [ ! -S "$1" ] && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done; }

printf 'bpinsn 50000000\nc\nhash\nbpinsn 80000000\nc\nhash\n' > straight
# shellcheck disable=SC2086
timeout 100 "$program" $machine -batch -x straight > from 2>&1
half=$(grep '^hash' from | head -1) end=$(hash_of from)

# ---- standing still -------------------------------------------------------------------------------

printf 'hash\nbpinsn 80000000\nc\nhash\n' > there
printf 'bpinsn 50000000\nc\nmigrate unix:sock\n' > here
# shellcheck disable=SC2086
timeout 100 "$program" $machine -batch -incoming unix:sock -x there > to 2>&1 &
pid=$!
wait_for sock
# shellcheck disable=SC2086
timeout 100 "$program" $machine -batch -x here -hash > from 2>&1
status=$?
wait $pid
[ $? = 0 ] && [ $status = 0 ]
result $? "a stopped machine moves"
[ -n "$half" ] && [ "$(hash_of from)" = "$half" ] && [ "$(grep '^hash' to | head -1)" = "$half" ]
result $? "... and is the same there"
[ "$(hash_of to)" = "$end" ]; result $? "... and goes on as it would have, disk included"
grep -q 'the machine has moved in [0-9]* rounds: .* downtime [0-9.]* ms; hash' from
result $? "rounds and downtime are reported"

# ---- with stale translations in its TLB --------------------------------------------------------------

nasm -f bin -o stale.bin "$root/tests/determinism/stale.asm" || exit 70
stale="-config none -display none -m 4 -ips 10000000 -load stale.bin@0:7c00 -entry 0:7c00"
printf 'bpinsn 1000000\nc\nhash\nbpinsn 2000000\nc\nhash\n' > straight
# shellcheck disable=SC2086
timeout 100 "$program" $stale -batch -x straight > out 2>&1
printf 'hash\nbpinsn 2000000\nc\nhash\n' > there
printf 'bpinsn 1000000\nc\nmigrate unix:sock\n' > here
# shellcheck disable=SC2086
timeout 100 "$program" $stale -batch -incoming unix:sock -x there > to 2>&1 &
pid=$!
wait_for sock
# shellcheck disable=SC2086
timeout 100 "$program" $stale -batch -x here > from 2>&1
wait $pid
grep '^hash' out > want
[ "$(wc -l < want)" = 2 ] && grep '^hash' to | cmp -s want -; result $? "stale translations move along"

# ---- running ---------------------------------------------------------------------------------------

printf 'p/d $insn\nhash\n' > there
cat > drive.py <<'PY'
import socket, time, sys
for _ in range(100):
    try:
        m = socket.socket(socket.AF_UNIX); m.connect("mon"); break
    except OSError:
        time.sleep(0.1)
time.sleep(0.5)
m.sendall(("migrate unix:%s\n" % sys.argv[1]).encode())
while m.recv(1000):
    pass
PY
# shellcheck disable=SC2086
timeout 100 "$program" $machine -batch -incoming unix:sock -x there > to 2>&1 &
pid=$!
wait_for sock
timeout 100 python3 drive.py sock &
# shellcheck disable=SC2086
timeout 100 "$program" $machine -monitor unix:mon,server -timeout 600 -hash > from 2>&1
status=$?
wait $pid
[ $? = 0 ] && [ $status = 0 ]
result $? "a running machine moves"
[ -n "$(hash_of from)" ] && [ "$(hash_of from)" = "$(hash_of to)" ]; result $? "... with the same hash on both sides"
rounds=$(sed -n 's/.*has moved in \([0-9]*\) rounds.*/\1/p' from)
[ "${rounds:-0}" -gt 2 ]; result $? "... in rounds, while it ran"
insn=$(hash_of to | cut -d' ' -f2)
printf 'bpinsn %s\nc\nhash\n' "$insn" > straight
# shellcheck disable=SC2086
timeout 100 "$program" $machine -batch -x straight > out 2>&1
[ "$(hash_of out)" = "$(hash_of to)" ]; result $? "... and it is the machine that never moved"

# ---- refused ---------------------------------------------------------------------------------------

# shellcheck disable=SC2086
timeout 100 "$program" $machine -cpu 486 -batch -incoming unix:sock > to 2>&1 &
pid=$!
wait_for sock
printf 'bpinsn 5000000\nc\nmigrate unix:sock\n' > here
# shellcheck disable=SC2086
timeout 100 "$program" $machine -batch -x here > from 2>&1
status=$?
wait $pid
[ $? = 66 ] && [ $status = 64 ] && grep -q 'cpu=pentium.*cpu=486' to; result $? "another machine is refused"
grep -q 'did not take it: .*the machine goes on here' from; result $? "... and the sender is told why"
printf 'migrate unix:nobody\n' > here
# shellcheck disable=SC2086
timeout 100 "$program" $machine -batch -x here > from 2>&1
[ $? = 64 ] && grep -q 'nobody' from; result $? "nobody there"
printf 'migrate file:x\n' > here
# shellcheck disable=SC2086
timeout 100 "$program" $machine -batch -x here > from 2>&1
[ $? = 64 ] && grep -q 'wanted unix:F or tcp:HOST:PORT' from; result $? "no place for a machine"
# shellcheck disable=SC2086
timeout 100 "$program" $machine -batch -incoming unix:sock > to 2>&1 &
pid=$!
wait_for sock
python3 -c '
import socket
s = socket.socket(socket.AF_UNIX); s.connect("sock"); s.sendall(b"GET / HTTP/1.0\r\n\r\n" * 9); print(s.recv(1000))' > from
wait $pid
[ $? = 66 ] && grep -q 'this is no machine that moves' to; result $? "a stream of something else is refused"

echo "1..$number"
[ $failed = 0 ]
