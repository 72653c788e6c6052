#!/bin/sh
# Going back in time, through the command line and with the real gdb: every command, every kind of stop, that outputs are
# made once, and that the past is the same however it is come to. Output is TAP. Needs nasm; the gdb part needs gdb.
program=${GLASS86:-./glass86}
case $program in /*) ;; *) program=$PWD/$program ;; esac
root=$PWD
dir=$(mktemp -d) || exit 70
number=0 failed=0

if ! command -v nasm > /dev/null; then
    echo "ok 1 - reverse # SKIP no nasm"
    rm -rf "$dir"
    exit 0
fi
cd "$dir" || exit 70
trap 'cd /; rm -rf "$dir"' EXIT
unset DISPLAY WAYLAND_DISPLAY
nasm -f bin -o guest.bin "$root/tests/reverse/guest.asm" || exit 70
machine="-config none -m 1 -ips 10000000 -load guest.bin@0:7c00 -entry 0:7c00 -device isa-debug-exit"

result() { # CONDITION-STATUS NAME
    number=$((number + 1))
    if [ "$1" = 0 ]; then echo "ok $number - $2"; else
        echo "not ok $number - $2"
        sed 's/^/# /' out | head -40
        failed=$((failed + 1))
    fi
}

more= # further options
dbg() { # commands, one per argument; those that every test wants come first
    printf '%s\n' 'sym guest.map' "$@" > cmds
    # shellcheck disable=SC2086
    timeout 60 "$program" $machine $more -batch -x cmds > out 2>&1 < /dev/null
    status=$?
}

# t NAME TEXT COMMAND...: the output has TEXT (a basic regular expression)
t() {
    name=$1 text=$2
    shift 2
    dbg "$@"
    grep -q -e "$text" out
    result $? "$name"
}

# same NAME COMMAND...: the commands print two hashes (or other lines that begin with `hash`), which are equal
same() {
    name=$1
    shift
    dbg "$@"
    [ "$(grep -c '^hash' out)" = 2 ] && [ "$(grep '^hash' out | sort -u | wc -l)" = 1 ]
    result $? "$name"
}

here='printf "hash %d %x\n",$insn,$pc'

# ---- by count -------------------------------------------------------------------------------------

same "rsi undoes si" 'si 20' hash si rsi hash
same "rsi N undoes si N" 'si 20' hash 'si 5000' 'rsi 5000' hash
same "there and back" 'until written' hash 'goto-insn 100' 'until written' hash
same "goto-insn, back and forth" 'goto-insn 70000' hash 'until written' 'goto-insn 70000' hash
same "goto-insn goes beyond the present" 'si 1000' 'goto-insn 70000' hash 'goto-insn 10' 'goto-insn 70000' hash
t "rsi stops at the beginning" 'the beginning of what is known' 'si 5' 'rsi 6'
t "... which is the first instruction" '^0 (0x0)' 'si 5' 'rsi 6' 'p $insn'
t "a HLT that was waited out is one instruction" '<nap>' 'until woken' rsi
same "within a busy wait that was passed over" 'until spin' 'si 12345' hash 'until written' 'until last' 'rc' 'until spun' 'goto-insn 5' \
    'until spin' 'si 12345' hash
t "rsi within a busy wait" '<spin' 'until spin' 'si 12345' rsi
t "when: the present" '^instruction 20, 0.000002' 'si 20' when
t "info timeline" '^known: instructions 0 to 20$' 'si 20' 'rsi 5' 'info timeline'

# ---- the ring of runs ---------------------------------------------------------------------------------

# The slow core notes every instruction, the others each run, in a ring that moves with the deadline.
for n in 1000 1003 1010 1160 1415 1671 3000 9990 10020 20010 30300 50000 60000; do echo "bpinsn $n"; echo c; echo 'history 60'; done > ring
for core in slow trampoline fast; do
    # shellcheck disable=SC2086
    timeout 60 "$program" $machine -core $core -history 0 -batch -x ring > ring.$core 2>&1 < /dev/null
done
cp ring.slow out
[ "$(grep -c '  0x0000[0-9a-f]*  ' out)" = $((13 * 60)) ] && cmp -s ring.slow ring.fast && cmp -s ring.slow ring.trampoline
result $? "history is the same on all cores, over interrupts and deadlines"

# ---- by stack -------------------------------------------------------------------------------------

t "rni undoes a call" '<again+3>' 'until back' rni
grep -q 'call' out; result $? "... and stands before it, arguments on the stack"
t "rni undoes an interrupt routine" '<spun>' 'until spun' ni rni
t "rni undoes a repeated string instruction" 'rep movsb' 'until copied' rni
t "... from its first round" '^100 (0x64)' 'until copied' rni 'p $cx'
t "rni undoes a timer interrupt" '^-1$' 'until halts' 'bpint 8' rc d 'set $t=$insn' 'si 6' rni 'p/d $insn-$t'
t "rni N" '<again>' 'until back' 'rni 3'
t "rfinish" 'call 0x' 'until inside' rfinish
t "rfinish from within a nested call" '<work+6>' 'until inner' rfinish
t "rfinish passes over routines that have returned" '<again+3>' 'until inside' rfinish
t "rfinish leaves an interrupt" '<pause>\|<say' 'until say' 'until timer' rfinish

# ---- by breakpoint --------------------------------------------------------------------------------

same "rc: the last hit of a breakpoint" 'b work' c c "$here" 'disable 1' 'until written' 'enable 1' rc rc rc rc "$here"
t "rc, with a condition" '^3 (0x3)' 'until written' 'b inside if $ax==10' rc 'p word[$bp+6]'
t "rc does not look at disabled ones" 'the beginning of what is known' 'until written' 'b work' 'disable 1' rc
t "rc without any goes to the beginning" '<start>' 'until written' rc
t "rc to a watchpoint stands before the write" '<copied>' 'until last' 'watch 0x5000' rc rc
t "rc to a read watchpoint" '<inside>' 'until written' 'awatch total,2' rc
t "rc to a port" '<say+5>' 'until halts' 'bpio 0xe9' rc
t "rc to an interrupt" '<spun>' 'until written' 'bpint 0x21' rc
t "rc to a hardware interrupt" 'interrupt 08h' 'until spin' 'bpint 8' rc
t "rc to a count" '^777 (0x309)' 'until halts' 'bpinsn 777' rc 'p $insn'
t "rc to the latest of several" '<spun>' 'until written' 'bpinsn 777' 'b work' 'bpint 0x21' rc
t "rc to text on a serial port" 'Breakpoint 1, .past. on serial port 1' 'until written' 'bptext past' rc
t "rc deletes a temporary breakpoint" 'no breakpoints' 'until written' 'tb work' rc 'info b'
same "forward and back meet at the same instruction" 'b timer' c c c "$here" c rc "$here"
t "an exception" '#DE at\|#UD at' 'until halts' 'set byte[$pc]=0xf' 'set byte[$pc+1]=0xff' 'si 3' 'bpfault' rc

# Every hit of a forward search, found again backwards.
commands='until again
b timer
b work
watch ticks,2
'
forward= backward=
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
    forward="$forward
c
printf \"fwd %d\\n\",\$insn"
    backward="$backward
rc
printf \"bwd %d\\n\",\$insn"
done
printf '%s\n' 'sym guest.map' "$commands$forward" 'goto-insn 200000' "$backward" > cmds
# shellcheck disable=SC2086
timeout 60 "$program" $machine -batch -x cmds > out 2>&1
# a watchpoint stops behind the instruction going forward, before it going back
awk '/^Watchpoint/ {w = 1} /^Breakpoint/ {w = 0} /^fwd/ {f[$2 - w] = 1} /^bwd/ {b[$2] = 1; if (!low || $2 < low) low = $2}
    END {for (t in f) if (t + 0 >= low && !(t in b)) {print "missed", t; bad = 1} for (t in b) n++; exit bad || n < 12}' out
result $? "twelve hits backwards, none of those found forwards is missed"

# ---- by memory ------------------------------------------------------------------------------------

t "when ADDR" '<copied>' 'until last' 'when 0x5000' 'when 0x5000'
t "when ADDR,+LEN" 'add \[' 'until halts' 'when total,+2'
t "when: who filled this" 'rep movsb' 'until last' 'when 0x6000,+4'
t "when: nobody" 'nothing that is known wrote there' 'until last' 'when 0x80000'

# ---- what has been done is not done again ---------------------------------------------------------

more='-debugcon file:e9 -serial file:com1'
dbg 'until last' 'goto-insn 10' 'until last' rsi rc 'b work' c 'rsi 100' d c
[ $status = 11 ] && [ "$(cat e9)" = "Hello, past" ] && [ "$(cat com1)" = "Hello, past" ]
result $? "text goes out once, however often the past is run"
more='-d io -D log'
dbg 'until halts' 'goto-insn 10' 'until halts' 'rsi 1000' c
[ "$(grep -c 'out .*e9' log)" = 12 ]
result $? "the log has each event once"
more=

# ---- another future -------------------------------------------------------------------------------

t "a change in the past starts another future" 'known: instructions 0 to 20$' 'si 100' 'goto-insn 20' 'set $bx=1' 'info timeline'
same "... which can be gone back to as well" 'si 100' 'goto-insn 20' 'set $dx=0x1234' 'si 3000' hash 'rsi 2500' 'rsi 450' 'si 2950' hash
t "a change at the end stays when going over it" '^0x1234' 'until halts' 'set $dx=0x1234' 'si 1000' 'goto-insn 5' 'until woken' 'p/x $dx'
t "info timeline lists both" '^line 1 leaves line 2 at instruction 20 and goes on to 100' 'si 100' 'goto-insn 20' 'set $bx=1' \
    'info timeline'
same "the old future can be gone to" 'until halts' 'set $h=$insn' hash 'goto-insn 20' 'set $bx=1' 'si 1000' 'branch 1' hash
same "... and the new one again" 'until halts' 'goto-insn 20' 'set $bx=0x77' 'si 1000' hash 'branch 1' 'rsi 5' 'branch 2' hash
same "a branch of a branch" 'si 300' 'goto-insn 200' 'set $bx=2' 'si 50' 'goto-insn 220' 'set $dx=3' 'si 70' hash 'goto-insn 100' \
    'set $si=1' 'si 500' 'branch 2' 'branch 3' hash
t "... and how it hangs together" '^line 2 leaves line 1 at instruction 200 and goes on to 250' 'si 300' 'goto-insn 200' 'set $bx=2' 'si 50' \
    'goto-insn 100' 'set $bx=3' 'branch 1' 'branch 3' 'info timeline' 'goto-insn 100' 'branch 2' 'info timeline'
t "a branch can be dropped" 'there is no line 1' 'si 100' 'goto-insn 20' 'set $bx=1' 'branch drop 1' 'branch 1'
t "... but not the one the machine is in" 'line 2 is the present one' 'si 100' 'goto-insn 20' 'set $bx=1' 'branch drop 2'
t "a patched ROM is as it was in the other line" '^ff 5a ff$' 'si 100' 'set $v=byte[0xffff0]' 'goto-insn 20' 'set byte[0xffff0]=0x5a' 'si 5' \
    'set $w=byte[0xffff0]' 'branch 1' 'printf "%x %x %x\n",$v,$w,byte[0xffff0]'
same "memory changed in the past" 'until again' 'set byte[message]=0x4a' 'goto-insn 5' 'goto-insn 70000' hash 'goto-insn 5' 'goto-insn 70000' hash
more='-debugcon file:e9'
dbg 'until halts' 'until again' 'goto-insn 100' "set byte[message]='J'" c
[ "$(cat e9)" = "Hello, past
Jello, past" ]
result $? "another future makes outputs of its own"
more=

# ---- states in files ------------------------------------------------------------------------------

same "savevm, loadvm" 'until again' hash 'savevm one.state' 'until halts' 'loadvm one.state' hash
t "loadvm begins another line" 'known: instructions 37 to 37' 'until again' 'savevm one.state' 'until halts' 'loadvm one.state' 'info timeline'
grep -q '^line 1 is another run, from instruction 0 to [0-9]*, left at [0-9]* for a state' out
result $? "... and the run that was left is listed"
same "... which can be gone back to" 'until again' 'savevm one.state' 'until halts' 'si 100' hash 'loadvm one.state' 'si 500' 'branch 1' 'rsi 50' \
    'si 50' hash
same "... also from the past, with its branches" 'until again' 'savevm one.state' 'until halts' 'si 100' 'goto-insn 200' 'set $bx=9' 'si 70' \
    hash 'goto-insn 210' 'loadvm one.state' 'si 500' 'branch 1' 'branch 2' hash
same "... and left again" 'until again' 'savevm one.state' 'until halts' 'loadvm one.state' 'si 500' hash 'branch 1' 'rsi 3' 'branch 2' hash
t "loadvm refuses what is no state" 'this is no saved state' 'loadvm guest.bin'
t "info snapshots" '^one.state .* instruction 37, 0.000 s' 'info snapshots'
t "diff of a state with itself" 'no difference' 'diff one.state one.state'
t "diff with the present: registers" '^  eip    00007c[0-9a-f]* -> 00007c' 'until halts' 'diff one.state'
grep -q '^ram$' out && grep -q ' bytes in [0-9]* ranges' out; result $? "... and memory"
grep -q '^pit$' out; result $? "... and devices"
t "diff of memory says where" '0x5000$' 'loadvm one.state' 'set byte[0x5000]=1' 'diff one.state now'

# ---- without it -----------------------------------------------------------------------------------

more='-history 0'
t "-history 0 keeps nothing" 'history 0 turned it off' 'si 5' rsi
more='-history 1'
same "a small budget" 'goto-insn 70000' hash 'until last' 'goto-insn 70000' hash
more=
# shellcheck disable=SC2086
"$program" $machine -history 100K > out 2>&1
[ $? = 64 ] && grep -q 'at least 1M' out
result $? "a budget too small is refused"

# ---- recording ------------------------------------------------------------------------------------

more='-record log.rec'
dbg 'until halts' 'rsi 500' 'until halts' 'goto-insn 300' reset 'si 3000'
more=
# shellcheck disable=SC2086
timeout 60 "$program" $machine -batch -replay log.rec > out 2>&1
result $? "a run that went back and on another way can be replayed"
more='-record log.rec'
dbg 'until halts' 'set $dx=1' 'si 5'
more=
# shellcheck disable=SC2086
timeout 60 "$program" $machine -batch -replay log.rec > out 2>&1
[ $? = 94 ] && grep -q 'changed in the debugger' out
result $? "a replay says where a run was changed by hand"

at() { awk -v s="$1" '$NF == s {print "0x" $2}' guest.map | tail -1; }

# ---- gdb's Ctrl-C -----------------------------------------------------------------------------------

if command -v python3 > /dev/null; then
    cat > ctrlc.py <<'PY'
import socket, sys, time
for _ in range(100):
    try:
        s = socket.socket(socket.AF_UNIX); s.connect("gdb2.sock"); break
    except OSError:
        time.sleep(0.1)
def packet(text):
    return b"$%s#%02x" % (text, sum(text) & 255)
def answer():
    got = b""
    while got.count(b"#") < 1 or len(got) < got.index(b"#") + 3:
        got += s.recv(1000)
    s.sendall(b"+")
    return got.split(b"$")[1].split(b"#")[0]
s.sendall(packet(b"?")); answer()
where = sys.argv[1].encode()
s.sendall(packet(b"Z0," + where + b",1")); answer()
s.sendall(packet(b"c")); answer()
s.sendall(packet(b"z0," + where + b",1")); answer()
s.sendall(packet(b"Z2,9f000,1")); answer()
s.sendall(packet(b"p8")); before = answer()
s.sendall(packet(b"bc") + b"\x03"); print("stop", answer().decode())
s.sendall(packet(b"p8")); print("moved" if answer() != before else "same place")
s.sendall(packet(b"bc")); print("stop", answer().decode())
s.sendall(packet(b"k"))
PY
    # shellcheck disable=SC2086
    timeout 60 "$program" $machine -display none -S -gdb unix:gdb2.sock > log 2>&1 &
    pid=$!
    timeout 50 python3 ctrlc.py "$(printf %x "$(at written)")" > out 2>&1
    wait $pid
    grep -q '^stop T02' out && grep -q '^same place' out; result $? "gdb: Ctrl-C calls a search off"
    grep -q '^stop T05replaylog:begin' out; result $? "... and the next one is not"
fi

# ---- gdb ------------------------------------------------------------------------------------------

if command -v gdb > /dev/null; then
    cat > gdb.cmd <<G
set pagination off
set confirm off
target remote gdb.sock
break *$(at last)
continue
printf "last %x value %x\n", \$eip, *(unsigned char*)0x5000
watch *(unsigned char*)0x5000
reverse-continue
printf "second %x value %x\n", \$eip, *(unsigned char*)0x5000
reverse-continue
printf "first %x value %x\n", \$eip, *(unsigned char*)0x5000
delete
break *$(at inside)
reverse-continue
printf "inside %x\n", \$eip
reverse-stepi
printf "before %x\n", \$eip
stepi
printf "again %x\n", \$eip
delete
reverse-continue
printf "begin %x\n", \$eip
break *$(at spun)
continue
printf "spun %x\n", \$eip
kill
G
    # shellcheck disable=SC2086
    timeout 60 "$program" $machine -display none -S -gdb unix:gdb.sock > log 2>&1 &
    pid=$!
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -S gdb.sock ] && break; sleep 0.1; done
    timeout 50 gdb -nx -batch -x gdb.cmd > out 2>&1
    wait $pid
    low() { at "$1" | tr A-F a-f | sed 's/^0x0*//'; }
    grep -q "^last $(low last) value 43" out; result $? "gdb: forward"
    grep -q "^second $(printf %x $(($(at written) + 3))) value 42" out; result $? "gdb: reverse-continue to a watchpoint"
    grep -q "^first $(low copied) value 0" out; result $? "gdb: and to the one before"
    grep -q "^inside $(low inside)" out; result $? "gdb: reverse-continue to a breakpoint"
    grep -q "^before $(printf %x $(($(at inner) + 3)))" out; result $? "gdb: reverse-stepi"
    grep -q "^again $(low inside)" out; result $? "gdb: stepi undoes it"
    grep -q "No more reverse-execution history" out && grep -q "^begin 7c00" out; result $? "gdb: the beginning"
    grep -q "^spun $(low spun)" out; result $? "gdb: forward again"
else
    number=$((number + 1)); echo "ok $number - gdb # SKIP no gdb"
fi

echo "1..$number"
[ $failed = 0 ]
