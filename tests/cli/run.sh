#!/bin/sh
# Command line tests: every bad input gives one clear line and the right exit status, and the options
# for tests do what they say. Output is TAP. Usage: tests/cli/run.sh [PROGRAM]; else $GLASS86 is
# tested. Guests are a few bytes of raw code, written here in hexadecimal, so nothing but the program
# and a POSIX shell is needed.
program=${1:-${GLASS86:-./glass86}}
case $program in
/*) glass86=$program ;;
*) glass86=$PWD/$program ;;
esac
root=$PWD
dir=$(mktemp -d) && cd "$dir" || exit 70
trap 'cd /; rm -rf "$dir"' EXIT
unset DISPLAY WAYLAND_DISPLAY

number=0 failed=0

# run ARGS...: fills $status, out, err
run() {
    timeout 60 "$glass86" "$@" >out 2>err </dev/null
    status=$?
}

# ok NAME CONDITION...: one test
ok() {
    name=$1
    shift
    number=$((number + 1))
    if "$@"; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        echo "# status $status; stderr: $(head -c 600 err | tr '\n' '|')"
        echo "# stdout: $(head -c 300 out | tr '\n' '|')"
        failed=$((failed + 1))
    fi
}

# gives STATUS 'TEXT': the last run's status, and one line of stderr that has the text
gives() {
    [ "$status" = "$1" ] && [ "$(wc -l <err)" = 1 ] && grep -qF -e "$2" err
}

# bad NAME STATUS TEXT ARGS...
bad() {
    name=$1 want=$2 text=$3
    shift 3
    run "$@"
    ok "$name" gives "$want" "$text"
}

# code FILE HEX...: raw bytes
code() {
    file=$1
    shift
    for h in "$@"; do printf "\\$(printf %03o "0x$h")"; done >"$file"
}

zeros() {
    dd if=/dev/zero of="$1" bs=512 count="$2" 2>/dev/null
}

# ---- usage ---------------------------------------------------------------------------------------

bad "unknown option" 64 "did you mean -display?" -dispaly none
bad "unknown option, two dashes" 64 "did you mean -snapshot?" --snapshto
bad "option like none" 64 "glass86 -help" -qwertyuiop
bad "missing value" 64 "needs a value" -m
bad "bad size" 64 "is no size" -m lots
bad "size out of range" 64 "256K to 3G" -m 5G
bad "bad model" 64 "unknown model" -cpu 6502
bad "bad speed" 64 "wanted max, real" -speed slow
bad "bad display" 64 "none of" -display vnc
bad "bad audio" 64 "wanted none|wav:F|sdl" -audio loud
bad "audio without a name" 64 "wanted none" -audio wav:
bad "bad latency" 64 "audio" -audio sdl,latency=5
bad "bad serial" 64 "wanted stdio" -serial COM1
bad "bad expression" 64 "POSIX extended" -expect '*('
bad "bad time" 64 "no time" -type-at soon,x
bad "bad key name" 64 "names no keys" -type-at '1,{hyper-x}'
bad "bad range" 64 "is no range" -d io -dfilter x
bad "bad dump name" 64 ".png" -screendump x.bmp
bad "bad boot order" 64 "order is made of" -boot z
bad "bad interrupt of a card" 64 "one of 2 5 7 10" -device sb16,irq=6
bad "bad base of a card" 64 "0x220" -device sb2,iobase=0x300
bad "bad interrupt of MIDI" 64 "one of 2 3 5 7 9" -device mpu401,irq=4
bad "MIDI file that cannot be written" 66 "/nowhere/x.mid" -display none -midi /nowhere/x.mid
bad "recording without a card" 64 "add -device sb16" -audio-in wav:text.wav
echo text >text.wav
bad "recording from a text" 66 "text.wav is not a WAV file" -device sb16 -audio-in wav:text.wav
bad "recording from nowhere" 66 "cannot read /nowhere" -device sb16 -audio-in wav:/nowhere
truncate -s 257M large.wav
bad "recording from too much" 66 "larger than 256 MiB" -device sb16 -audio-in wav:large.wav
rm large.wav
bad "recording from a device" 64 "wanted wav:F" -device sb16 -audio-in sdl
bad "two mice" 64 "one msmouse" -serial msmouse -serial msmouse
bad "bad joystick" 64 "none of" -joystick yes
bad "no such channel" 64 "unknown key" -device sbpro,dma16=5
bad "bad device" 64 "unknown device" -device gus
bad "too many serial ports" 64 "2 serial ports" -serial null -serial null -serial null
bad "text display without terminal" 70 "needs a terminal" -display text
bad "text display and stdio" 64 "both want the terminal" -display text -serial stdio

run -help
ok "help" [ "$status" = 0 ]
ok "help names options" grep -q -- -type-at out
run -version
ok "version" grep -q '^glass86 [0-9]' out
run -cpu help
ok "models" grep -q '^pentium ' out
run -help-man
ok "man page" grep -q '^.TH GLASS86 1' out
[ -f "$root/docs/glass86.1" ] && ok "docs/glass86.1 is that (make docs)" cmp -s out "$root/docs/glass86.1"
run -help-opcodes
ok "instructions from x86.def" grep -q '^| `0F A2` | cpuid | ' out
[ -f "$root/docs/opcodes.md" ] && ok "docs/opcodes.md is that (make docs)" cmp -s out "$root/docs/opcodes.md"
if [ -e /dev/full ]; then
    "$glass86" -help >/dev/full 2>err
    status=$?
    ok "help to a full disk" [ "$status" = 70 ]
fi

# ---- glass86.conf --------------------------------------------------------------------------------

bad "missing config" 66 "none.conf" -config none.conf
echo 'm = much' >glass86.conf
bad "bad config value" 64 "glass86.conf:1: -m:"
echo 'memory = 16' >glass86.conf
bad "unknown config key" 64 "unknown key"
printf 'm = 24\nserial = null\nexpect = a b\n' >glass86.conf
run -dump-config -serial file:x
ok "dump of config" [ "$status" = 0 ]
ok "config value in dump" grep -q '^m = 24$' out
ok "command line wins" grep -q '^serial = file:x$' out
cp out again.conf
run -config again.conf -dump-config
ok "dump reads back" cmp -s out again.conf
rm glass86.conf
# files without an end, and options without number
if [ -c /dev/zero ]; then
    bad "endless config" 64 "has more than 1024 KiB" -config /dev/zero
    bad "endless run log" 66 "has more than 262144 KiB" -display none -replay /dev/zero
    bad "endless script" 66 "has more than 16384 KiB" -display none -x /dev/zero
    bad "endless test" 66 "this is no text" -golden /dev/zero
    run -display none -batch -ex 'sym /dev/zero'
    ok "endless symbols" grep -q "has more than 262144 KiB" err
fi
awk 'BEGIN {for (i = 0; i < 5000; i++) print "m=8"}' > many.conf
bad "too many options" 64 "more than 4096 options" -config many.conf
run -display none -d insn -D limited.log -log-limit 100K -timeout 0.05
ok "-log-limit ends the log" sh -c 'grep -q "no more is logged" err && [ "$(wc -c < limited.log)" -ge 100000 ] && ! grep -q "^4[0-9]\{6\} " limited.log'
run -display none -batch -log-limit 100K -ips 6M -ex 'trace on file limited.trace' -ex c -timeout 0.1
ok "-log-limit ends a trace" sh -c 'grep -q "no more is traced" err && n=$(wc -c < limited.trace) && [ $n -ge 100000 ] && [ $n -lt 20000000 ]'
if [ -c /dev/stdout ] || [ -h /dev/stdout ]; then
    piped() { timeout 60 "$glass86" -display none -batch -ips 6M -max-insns 300000 "$@" < /dev/null 2> err | wc -l > lines; }
    piped -d insn -D /dev/stdout
    ok "a log into a pipe goes to its end" [ "$(cat lines)" -gt 250000 ]
    piped -ex 'trace on file /dev/stdout' -ex c
    ok "a trace into a pipe goes to its end" [ "$(cat lines)" -gt 250000 ]
fi

run -display none "$(printf 'no\033[2Jimage')"
ok "what a name holds does not reach the terminal" sh -c 'grep -q "no?\[2Jimage" err && ! grep -q "$(printf "\033")" err'

# ---- images --------------------------------------------------------------------------------------

zeros zero.img 2880
mkdir folder
: >empty.img
bad "missing image" 66 "missing.img" -display none missing.img
bad "missing hard disk" 66 "missing.img" -display none -hda missing.img
bad "directory as image" 66 "folder" -display none folder
bad "empty image" 66 "empty.img" -display none empty.img
bad "missing in -drive" 66 "missing.img" -display none -drive file=missing.img,if=floppy
for n in 1 2 3 4 5; do
    cp zero.img floppy$n.img
    zeros disk$n.img 20480
done
bad "three floppies" 64 "no free floppy drive for floppy3.img" -display none floppy1.img floppy2.img floppy3.img
bad "five disks" 64 "no free IDE drive for disk5.img" -display none disk1.img disk2.img disk3.img disk4.img disk5.img
bad "a CD and four disks" 64 "no free IDE drive for disk4.img" -display none -cdrom zero.img disk1.img disk2.img disk3.img disk4.img
rm floppy?.img
name=$(awk 'BEGIN {for (i = 0; i < 1100; i++) printf "n"}')
bad "an overlay's name without end" 66 "-overlay: the name is too long" -display none -overlay "$name" disk1.img
bad "a commit without image" 64 "glass86 -commit-overlay x.ovl IMAGE" -commit-overlay x.ovl
bad "a commit of nothing" 66 "missing.img" -commit-overlay x.ovl missing.img
bad "a rebase with one image" 64 "glass86 -rebase-overlay x.ovl OLD NEW" -rebase-overlay x.ovl disk1.img
bad "a rebase of nothing" 66 "missing.img" -rebase-overlay x.ovl missing.img disk1.img
rm disk?.img
bad "a change to what is not there" 64 "missing.img" -display none -batch -ex 'change fda missing.img' -ex q zero.img
bad "same image twice" 66 "zero.img" -display none -fda zero.img -fdb zero.img
printf 'x' >tiny.img
run -display none -max-insns 1 tiny.img
ok "tiny image does not crash" [ "$status" = 66 -o "$status" = 124 ]
if [ "$(id -u)" != 0 ]; then
    cp zero.img secret.img
    chmod 0 secret.img
    bad "unreadable image" 66 "secret.img" -display none secret.img
fi

# ---- firmware ------------------------------------------------------------------------------------

zeros rom64 128
bad "missing BIOS" 66 "missing.bin" -display none -bios missing.bin zero.img
bad "directory as BIOS" 66 "folder" -display none -bios folder zero.img
dd if=/dev/zero of=odd bs=65537 count=1 2>/dev/null
bad "odd BIOS" 66 "65537" -display none -bios odd zero.img
zeros huge 1024
bad "huge BIOS" 66 "at most 256 KiB" -display none -bios huge zero.img
run -display none -bios rom64 -max-insns 1000 zero.img
ok "any BIOS runs" [ "$status" = 124 -o "$status" = 86 ]
bad "bad option ROM" 66 "missing.rom" -display none -option-rom missing.rom zero.img
bad "bad option ROM address" 64 "0xC0000" -option-rom rom64@100

# ---- raw code: how runs end ----------------------------------------------------------------------

code exit1 b0 01 e6 f4 eb fe
code exit0 b0 00 e6 f4 eb fe
code spin eb fe
code dead fa f4
code off ba 04 06 b8 00 20 ef eb fe
code triple 2e 0f 01 1e 08 7c cc 90 00 00 00 00 00 00
code reset b0 fe e6 64 eb fe
code pass b0 50 e6 e9 b0 41 e6 e9 b0 53 e6 e9 e6 e9 b0 0a e6 e9 eb fe

raw() {
    file=$1
    shift
    run -display none -load "$file@0:7c00" "$@"
}

raw exit1 -device isa-debug-exit
ok "isa-debug-exit" [ "$status" = 3 ]
raw exit1 -device isa-debug-exit,raw=on
ok "isa-debug-exit raw" [ "$status" = 1 ]
raw exit0 -device isa-debug-exit,raw=on
ok "isa-debug-exit raw 0" [ "$status" = 0 ]
raw exit1 -max-insns 1000
ok "no isa-debug-exit unless asked for" [ "$status" = 124 ]
raw spin -max-insns 1000000
ok "limit in instructions" gives 124 "1000000 instructions"
raw spin -timeout 0.5
ok "limit in seconds" gives 124 "0.500 guest seconds"
raw dead
ok "dead halt ends" [ "$status" = 0 ]
raw dead -timeout 1.5
ok "dead halt lasts to a limit" [ "$status" = 124 ]
raw off
ok "power off" [ "$status" = 0 ]
raw triple
ok "triple fault" sh -c '[ "$0" = 86 ] && grep -qi "triple fault" err' "$status"
raw triple -on-triple-fault exit
ok "triple fault, exit" [ "$status" = 86 ]
raw triple -on-triple-fault reset -no-reboot
ok "triple fault, reset, no reboot" [ "$status" = 0 ]
raw reset -no-reboot
ok "no reboot" [ "$status" = 0 ]
raw pass -timeout 1 -expect '^PAS+$'
ok "expect" [ "$status" = 0 ]
raw pass -timeout 1 -expect FAIL
ok "expect not seen" gives 90 "FAIL"
raw pass -timeout 1 -expect FAIL -fail-on PASS
ok "fail-on" gives 92 "PASS"
raw pass -timeout 1 -debugcon file:e9
ok "debugcon file" [ "$(cat e9)" = PASS ]
raw pass -timeout 1 -debugcon stdio
ok "debugcon stdio" [ "$(cat out)" = PASS ]
raw off -expect PASS
ok "power off without the text" [ "$status" = 90 ]
raw exit1 -regs ax=0x1234 -entry 0:7c02 -device isa-debug-exit,raw=on
ok "entry and registers" [ "$status" = 52 ]
raw missing
ok "missing raw code" gives 66 "missing"
run -display none -load spin@0:7c00 -regs cs=0x7c0,eip=0 -max-insns 10
ok "registers over entry" [ "$status" = 124 ]
run -display none -m 1 -load spin@ffff:ffff0
ok "load outside RAM" gives 64 "no RAM"

. "$root/tests/cli/golden.sh"

# ---- results -------------------------------------------------------------------------------------

raw pass -max-insns 50000 -hash
cp out hash1
raw pass -max-insns 50000 -hash -core slow
ok "hash is the last line" [ "$(tail -n 1 out | cut -d' ' -f1-2)" = "hash 50000" ]
ok "hash repeats on the slow core" cmp -s out hash1
raw pass -max-insns 50001 -hash
ok "hash tells runs apart" [ "$(cat out)" != "$(cat hash1)" ]
raw pass -max-insns 1000 -stats s.json -screendump s.png -screendump s.txt
ok "stats" grep -q '"instructions": 1000,' s.json
ok "picture" [ "$(head -c 4 s.png | tail -c 3)" = PNG ]
ok "text screen" [ -s s.txt ]
raw off -screendump folder/none/x.png
ok "picture cannot be written" gives 70 "x.png"
raw off -stats folder
ok "stats cannot be written" gives 70 "folder"
raw pass -max-insns 100 -d io -D log
ok "log" [ "$(grep -c ' out 0x00e9 1 ' log)" = 5 ]
raw pass -max-insns 100 -d io,insn -D log -dfilter 0x7c00-0x7c01
ok "filtered log" [ "$(wc -l <log)" = 1 ]
raw pass -d io -D folder
ok "log cannot be written" gives 66 "folder"
raw pass -serial file:folder
ok "serial file cannot be written" gives 66 "folder"
code chatter b0 41 e6 e9 eb fc
raw chatter -max-insns 100000 -debugcon file:limited -log-limit 4K
ok "-log-limit ends a port's file" sh -c 'grep -q "limited has the size" err && [ "$(wc -c < limited)" = 4096 ]'
ok "... and the run goes on" [ "$status" = 124 ]
rm -f limited
(ulimit -f 4; raw chatter -max-insns 100000 -debugcon file:limited; echo "$status" >st)
status=$(cat st)
ok "a limit on file sizes kills nobody" [ "$status" -lt 128 -a "$(wc -c <limited)" -gt 1000 ]

# ---- a whole machine -----------------------------------------------------------------------------

run -display none -timeout 20 -expect glass86 zero.img
ok "BIOS screen" [ "$status" = 0 ]
run -display none -cpu 8086 -timeout 20 -expect glass86 zero.img
ok "BIOS screen, 8086" [ "$status" = 0 ]
run -display none -timeout 20 -expect glass86 -serial mon:stdio zero.img
ok "serial on stdio at its end" [ "$status" = 0 ]
"$glass86" -display none -timeout 20 -expect glass86 zero.img <&- >out 2>err
status=$?
ok "no standard input at all" [ "$status" = 0 ]
"$glass86" -display none zero.img >out 2>err </dev/null &
pid=$!
sleep 1
kill -TERM $pid
wait $pid
status=$?
ok "SIGTERM ends a run cleanly" [ "$status" = 0 ]

echo "1..$number"
[ "$failed" = 0 ]
