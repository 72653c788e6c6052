#!/bin/sh
# Copies of a running machine: each is what a machine of its own would be, disks and outputs are apart, statuses come back.
# Output is TAP. Needs nasm.
program=${GLASS86:-./glass86}
case $program in /*) ;; *) program=$PWD/$program ;; esac
dir=$(mktemp -d) || exit 70
number=0 failed=0
if ! command -v nasm > /dev/null; then
    echo "ok 1 - fork # SKIP no nasm"
    rm -rf "$dir"
    exit 0
fi
cd "$dir" || exit 70
trap 'cd /; rm -rf "$dir"' EXIT
unset DISPLAY WAYLAND_DISPLAY

result() { # CONDITION-STATUS NAME
    number=$((number + 1))
    if [ "$1" = 0 ]; then echo "ok $number - $2"; else
        echo "not ok $number - $2"
        sed 's/^/# /' out | head -30
        failed=$((failed + 1))
    fi
}

# Counts; writes the count to sector 2 of its floppy, and its low digit to the serial port.
cat > boot.asm <<'ASM'
        bits 16
        org 0x7c00
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        sti
again:  inc word [0x7e00]
        mov ax, 0x0301
        mov bx, 0x7e00
        mov cx, 2
        xor dx, dx
        int 0x13
        mov dx, 0x3f8
        mov al, [0x7e00]
        add al, [0x6000]
        and al, 15
        add al, 'A'
        out dx, al
        jmp again
        times 510 - ($ - $$) db 0
        dw 0xaa55
        times 1474560 - ($ - $$) db 0
ASM
nasm -f bin -o boot.img boot.asm || exit 70
cp boot.img original.img
machine="-config none -display none -snapshot -fda boot.img -ips 20000000"
boot=60000000 later=90000000

printf '%s\n' 'set byte[0x6000]=1' "bpinsn $later" c hash 'dump sector 0x7e00,+2' > one.cmd
printf '%s\n' 'set byte[0x6000]=2' "bpinsn $later" c hash 'p $insn' > two.cmd
printf '%s\n' 'q 5' > five.cmd
printf '%s\n' 'assert 1==2' > wrong.cmd
printf '%s\n' 'rsi 1000' 'si 1000' hash > back.cmd

run() { # commands, one per argument
    printf '%s\n' "$@" > cmds
    # shellcheck disable=SC2086
    timeout 100 "$program" $machine -serial file:serial -batch -x cmds > out 2>&1 < /dev/null
    status=$?
}
hash_of() { grep '^hash' "$1" | tail -1; }

run "bpinsn $boot" c 'set byte[0x6000]=1' "bpinsn $later" c hash
alone1=$(hash_of out)
cp serial alone.serial
run "bpinsn $boot" c 'set byte[0x6000]=2' "bpinsn $later" c hash
alone2=$(hash_of out)
run "bpinsn $boot" c hash "bpinsn $later" c hash
alone=$(hash_of out) before=$(grep '^hash' out | head -1)
cp serial plain.serial
[ -n "$alone" ] && [ "$alone" != "$alone1" ] && [ "$alone1" != "$alone2" ]
result $? "the three runs differ"

run "bpinsn $boot" c 'fork one.cmd one' 'fork two.cmd two' 'fork back.cmd back' "bpinsn $later" c hash wait
[ "$status" = 0 ]; result $? "copies run and end"
[ "$(hash_of one.out)" = "$alone1" ]; result $? "a copy is what a machine of its own would be"
[ "$(hash_of two.out)" = "$alone2" ]; result $? "so is another"
[ "$(hash_of out)" = "$alone" ]; result $? "the original is as if nothing had been"
[ "$(hash_of back.out)" = "$before" ]; result $? "a copy has the past of the original"
cmp -s boot.img original.img; result $? "the image is what it was"
cmp -s serial plain.serial && [ -s serial ]; result $? "the original's port has its own output"
cat serial > all
[ -s one.serial1 ] && [ "$(tail -c "$(wc -c < one.serial1)" alone.serial)" = "$(cat one.serial1)" ]
result $? "a copy's port has what came after the copy was made"
grep -q '^one: status 0$' out && grep -q '^two: status 0$' out; result $? "wait tells of each"

run 'fork five.cmd five' wait
[ "$status" = 64 ] && grep -q '^five: status 5$' out; result $? "wait fails if a copy did"
run 'fork five.cmd five'
[ "$status" = 5 ]; result $? "without wait the exit status tells"
run 'fork wrong.cmd wrong' wait
grep -q '^wrong: status 92$' out; result $? "a failed assertion in a copy"
run 'fork nothere.cmd x'
[ "$status" = 64 ] && grep -q 'nothere.cmd: cannot read it' out; result $? "a script that is not there"
run 'fork one.cmd'
grep -q 'where shall its output go' out; result $? "a copy needs a place for its output"
machine="-config none -display none -fda boot.img -ips 20000000"
run 'fork five.cmd five'
[ "$status" = 64 ] && grep -q 'start with -snapshot' out; result $? "disks must be apart"

echo "1..$number"
[ $failed = 0 ]
