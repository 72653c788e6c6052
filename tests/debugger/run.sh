#!/bin/sh
# Tests of the debugger, all through the command line: every command and every kind of stop by -ex, scripts by -x, the monitor over a
# socket, and the real gdb against the stub. Output is TAP. Needs nasm; the gdb part needs gdb, the monitor part python3.
program=${GLASS86:-./glass86}
case $program in /*) ;; *) program=$PWD/$program ;; esac
root=$PWD
dir=$(mktemp -d) || exit 70
number=0 failed=0

skip() { echo "ok 1 - debugger # SKIP $1"; rm -rf "$dir"; exit 0; }
command -v nasm >/dev/null || skip "no nasm"
cd "$dir" || exit 70
trap 'cd /; rm -rf "$dir"' EXIT
unset DISPLAY WAYLAND_DISPLAY
nasm -f bin -o guest.bin "$root/tests/debugger/guest.asm" || exit 70

result() { # CONDITION-STATUS NAME
    number=$((number + 1))
    if [ "$1" = 0 ]; then echo "ok $number - $2"; else
        echo "not ok $number - $2"
        sed 's/^/# /' out | head -40
        failed=$((failed + 1))
    fi
}

dbg() { # commands, one per argument
    set -- "$@"
    args=
    : > cmds
    for c in "$@"; do printf '%s\n' "$c" >> cmds; done
    timeout 60 "$program" -config none -batch -m 1 -load guest.bin@0:7c00 -entry 0:7c00 -x cmds > out 2>&1 < /dev/null
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

# fails NAME TEXT COMMAND...: the command is refused with TEXT, and the status is 64
fails() {
    name=$1 text=$2
    shift 2
    dbg "$@"
    grep -q -e "$text" out && [ $status = 64 ]
    result $? "$name"
}

# ---- running --------------------------------------------------------------------------------------

t "starts before the first instruction" '^=> 0000:7c00 .*xor ax,ax' 'u /1'
t "si" '^0000:7c02' si
t "si N" '^0000:7c08' 'si 4'
t "ni steps over a call" '<again+3>' 'sym guest.map' 'until again' ni
grep -q 'loop' out; result $? "ni stands behind it"
t "ni N" 'call' 'sym guest.map' 'until again' 'ni 2'
t "ni steps over REP" 'mov al,\[0x5100\]' 'sym guest.map' 'until rep_end-2' ni
t "finish" '<again+3>' 'sym guest.map' 'until count' 'si 2' finish
t "until" '<after>' 'sym guest.map' 'until after'
t "reset" '^f000:fff0\|^0000:7c00\|fff0' 'si 5' reset
dbg 'q 42'; [ $status = 42 ]; result $? "q with a status"
dbg 'si'; [ $status = 0 ]; result $? "the end of the commands ends a batch"

# ---- breakpoints ----------------------------------------------------------------------------------

t "b" 'Breakpoint 1, b count' 'sym guest.map' 'b count' c
t "b if" '5002\] *$\|^2 (0x2)' 'sym guest.map' 'b count if $cx==3' c 'p word[0x5002]'
t "b hit again after c" 'hit 2 times' 'sym guest.map' 'b count' c c 'info b'
t "tb" 'no breakpoints' 'sym guest.map' 'tb count' c 'info b'
t "pb" 'phys:0x7c23' 'pb 0x7c23' c
t "bpint" 'INT 21h, AX=09' 'bpint 0x21' c
t "bpint ah" 'INT 21h, AX=09' 'bpint 0x21 ah=9' c
t "bpint stops in the handler" '<int21>' 'sym guest.map' 'bpint 0x21' c
t "bpexc by name" '#DE at 0000' 'bpexc de' c
t "bpexc by number" '#DE at 0000' 'bpexc 0' c
t "bpfault" 'Breakpoint 1, #DE' bpfault c
t "bpint is not for exceptions" 'Breakpoint 2, #PF' 'bpint 0' 'bpexc pf' c
t "bpio" 'writes port 0x3fb, value 0x83' 'bpio 0x3fb' c
t "bpio range, r" 'reads port 0x3f8' 'bpio 0x3f0-0x3ff r' c
t "bpio if" 'value 0x69' 'bpio 0x3f8 w if $val==0x69' c
t "bpmode" 'protected mode' bpmode c
t "bpmode, paging" 'protected, paged mode' bpmode c c
t "bpcr" 'CR3 = 0x10000' 'bpcr 3' c
t "bpcr all" 'CR0 = 0x' bpcr c
t "bpinsn" '^17 (0x11)' 'bpinsn 17' c 'p $insn'
t "bpinsn +N" '^30 (0x1e)' 'si 10' 'bpinsn +20' c 'p $insn'
t "bpinsn, guest time" 'Breakpoint 1, 100 instructions' 'bpinsn 0.000001s' c
t "bptext on a serial port" 'Hi. on serial port 1' 'bptext Hi' c
t "bpmagic" 'xchg bx,bx' bpmagic c
t "watch" 'writes 0x42 at 0x5000' 'watch 0x5000' c
t "watch stops behind the instruction" '<after>' 'sym guest.map' 'watch 0x5000' c
t "watch if val" '^3 (0x3)' 'watch 0x5002,2 if val==3' c 'p word[0x5002]'
t "rwatch" 'reads 0x48 at 0x5100' 'rwatch 0x5100' c
t "awatch" 'reads 0x0000 at 0x5002' 'awatch 0x5002,2' c
t "pwatch" 'writes 0x42 at phys:0x5000' 'pwatch 0x5000' c
t "watch within REP" '^6 (0x6)' 'watch 0x5101' c 'p $cx'

# ---- what needs the BIOS: a boot sector that writes Hello -----------------------------------------

cat > hello.asm <<'A'
        org     0x7c00
[map symbols brief hello.map]
        xor     ax, ax
        mov     ds, ax
        mov     si, text
next:   lodsb
        xor     al, 0x20
        out     0xe9, al                ; hELLO
        xor     al, 0x20
        mov     ah, 0x0e
        int     0x10
        cmp     byte [si], 0
        jne     next
        cli
over:   hlt
text:   db      'Hello', 0
        times   510 - ($ - $$) db 0
        dw      0xaa55
A
nasm -f bin -o hello.img hello.asm || exit 70
boot() { # NAME TEXT COMMAND...
    name=$1 text=$2
    shift 2
    printf '%s\n' "$@" > cmds
    timeout 100 "$program" -config none -batch -m 1 -fda hello.img -x cmds > out 2>&1 < /dev/null
    grep -q -e "$text" out
    result $? "$name"
}
boot "bptext on the screen" '`Hello` on the screen' 'bptext "Hel+o"' c
boot "... at the very instruction" '  stosb$' 'bptext "Hel+o"' c 'history 1'
boot "... also backwards" '`Hello` on the screen' 'sym hello.map' 'until over' 'bptext "Hel+o"' rc
boot "bptext: what was there is no news" 'halted with interrupts off' 'sym hello.map' 'until over' 'bptext "Hello"' c
boot "bptext on the debug port" '`hEL` on the debug port' 'bptext hEL' c
boot "pwatch sees DMA" 'pwatch 0x7c00,2: DMA writes 512 bytes at phys:0x7c00' 'pwatch 0x7c00,2' c
boot "... by its bytes" 'Breakpoint 2' 'pwatch 0x7c00 if byte[phys:0x7c00]==1' 'b 0x7c00' c

# ---- -d -------------------------------------------------------------------------------------------

logs() { # NAME ITEM TEXT
    timeout 60 "$program" -config none -batch -m 1 -load guest.bin@0:7c00 -entry 0:7c00 -on-triple-fault exit \
        -d "$2" -D log > out 2>&1
    cp log out
    grep -q -e "$3" log
    result $? "$1"
}
logs "-d insn" insn '^0 0000:00007c00 xor ax,ax'
logs "-d int" int 'int 0x21'
logs "-d exc" exc 'exc 0x00'
logs "-d io" io 'out 0x03f8 1 0x48'
logs "-d mmu" mmu 'mmu protected paged a20=1 cr3=00010000 (changed)'
logs "-d pf" pf 'pf 00050000 error=0003 supervisor write, not allowed cr3=00010000'
logs "-d sens" sens 'sens ring 0 sgdt'
logs "-d dev" dev 'dev uart0.tx'
timeout 60 "$program" -config none -batch -m 1 -fda hello.img -max-insns 105M -d irq,dev,guest_errors -D log > out 2>&1
grep -q ' irq 0x08' log; result $? "-d irq"
grep -q 'dev dma writes phys:0x00007c00 512' log; result $? "-d dev: DMA"
grep -q 'guest_errors in from' log; result $? "-d guest_errors"
timeout 60 "$program" -config none -batch -m 1 -fda hello.img -max-insns 105M -d guest_errors,reset -dfilter 0x2f8-0x2ff -D log > out 2>&1
! grep -q guest_errors log; result $? "-dfilter"

timeout 60 "$program" -config none -batch -m 1 -load guest.bin@0:7c00 -entry 0:7c00 -d mmu -D log -ex 'sym guest.map' -ex 'until paged' \
    -ex 'rsi 5000' -ex 'until paged' > out 2>&1
cp log out; [ "$(grep -c ' mmu ' log)" = 2 ]; result $? "-d mmu has each event once, however often the past is run"

# ---- managing -------------------------------------------------------------------------------------

t "info b" '^1 *y code *b count$' 'sym guest.map' 'b count' 'info b'
t "delete" 'no breakpoints' 'b 0x7c23' 'd 1' 'info b'
t "disable" '^1 *n' 'b 0x7c23' 'disable 1' 'info b'
t "disabled does not stop" 'Breakpoint 2' 'sym guest.map' 'b count' 'b after' 'disable 1' c
t "enable" 'Breakpoint 1' 'sym guest.map' 'b count' 'disable 1' 'enable 1' c
t "ignore" '^3 (0x3)' 'sym guest.map' 'b count' 'ignore 1 2' c 'p $cx'
t "c N" '^2 (0x2)' 'sym guest.map' 'b count' c 'c 3' 'p $cx'
t "condition" '^1 (0x1)' 'sym guest.map' 'b count' 'condition 1 $cx==1' c 'p $cx'
t "commands" 'seen 5' 'sym guest.map' 'b count' 'commands 1' 'printf "seen %d\n",$cx' 'end' c
t "commands may go on" 'seen 1' 'sym guest.map' 'b count' 'commands' 'printf "seen %d\n",$cx' c 'end' c
t "log" 'cx=1' 'sym guest.map' 'log count "cx=%d\n",$cx' 'b after' c
dbg 'b 0x7c23 if $cx==2' 'watch 0x5000' 'save breakpoints saved' 'd' 'source saved' 'info b'
grep -q 'b 0x7c23 if $cx==2' out && grep -q 'watch 0x5000' out; result $? "save breakpoints, source"

# ---- registers, expressions -----------------------------------------------------------------------

t "info registers" 'eip=00007c02' si 'info registers'
t "r, changes are marked" 'esp\*00007c00' 'si 4' si r
t "sregs" 'cs *0000 *base 00000000, limit 0000ffff' sregs
t "creg" 'cr0=........ *PG* *.*PE' 'sym guest.map' 'until paged' creg
t "dreg" 'dr7=' dreg
t "fpu" 'st0' fpu
t "p" '^47 (0x2f)' 'p 5*8+7'
t "p/x" '^0xffffffff' 'p/x -1'
t "p/t" '^101' 'p/t 5'
t "p/c" "65 'A'" "p/c 'A'"
t "p far" 'f000:fff0 = linear 0xffff0' 'p f000:fff0'
t "sub-registers" '^0x12' 'set $eax=0x1234' 'p/x $ah'
t "caches" '^0xffff' 'p/x $cs.limit'
t "flags" '^1 (0x1)' 'set $zf=1' 'p $zf'
t "memory" '^0xc08e' 'p/x word[0:7c04]'
t "physical memory" '^0xaa55' 'p/x word[phys:0x7dfe]'
t "gdb's memory form" '^0x31' 'p/x {byte}0x7c00'
t "ternary" '^7 ' 'p 1 ? 7 : 0:8'
t "set memory" '^0x99' 'set byte[0x5000]=0x99' 'p/x byte[0x5000]'
t "variables" '^12 ' 'set $a=3' 'p $a*4'
t "display" '^1: 5 ' 'sym guest.map' 'display $cx' 'until count'
t "display, of what cannot be" '^1: division by zero' 'set $k=1' 'display 1/$k' 'set $k=0' si
t "undisplay" 'at 0\|^0000' 'display $cx' 'undisplay 1' si
fails "a bad expression says what is missing" 'expected ) at' 'p (1+2'
fails "an unknown name" 'neither symbol nor register' 'p nonsense'
fails "division by zero" 'division by zero' 'p 1/0'
fails "a hex number without 0x" 'wanted 123, 0x7b' 'p 7c00'

# ---- memory ---------------------------------------------------------------------------------------

t "x/xb" '^0x00007c00: 31 c0 8e d8' 'x/4xb 0x7c00'
t "x/xw" '^0x00007c00: d88ec031' 'x/1xw 0x7c00'
t "x/i" 'xor ax,ax' 'x/2i 0x7c00'
t "x/s" '"Hello' 'sym guest.map' 'x/1s text'
t "x goes on" '^0x00007c04' 'x/4xb 0x7c00' 'x'
t "xp" '^phys:0x00007dfe: 55 aa' 'xp/2xb 0x7dfe'
t "find a text" '^1 found' 'find 0,+0x10000,"Hello"'
t "find bytes" '0x00007dfe' 'find 0,+0x10000,0x55,0xaa'
t "find next changed" '0x00005002' 'sym guest.map' 'find 0x5000,+16' 'until after' 'find next changed' 'find next =5'
dbg 'dump d.bin 0x7c00,+512' 'restore d.bin 0x20000' 'x/2xb 0x20000'; cmp -s d.bin guest.bin; result $? "dump"
grep -q '0x00020000: 31 c0' out; result $? "restore"
t "reading does not fault" 'is not mapped' 'sym guest.map' 'until paged' 'x/4xb 0x80000000'

# ---- code -----------------------------------------------------------------------------------------

t "disas" '^=> 0000:7c00  31c0 *xor ax,ax' 'disas /3'
t "disas AT&T" 'xor %ax,%ax' 'disas /att /1'
t "set syntax" 'movw $0x....,0x84' 'set syntax att' 'disas 0x7c0b,+6'
t "disas goes on" '0000:7c04' 'u /2' 'u /1'
t "bt" '#1  0000:.*<again+3>' 'sym guest.map' 'until count+3' bt
t "history" 'call 0x7c.. <count>' 'sym guest.map' 'b count' c 'history 4'
dbg 'trace on file trace.txt regs mem' 'si 40' 'trace off'; grep -q 'xor ax,ax' trace.txt && grep -q '^regs eax=' trace.txt && grep -q '^mem 0x' trace.txt; result $? "trace"
t "sym" '[0-9]* symbols' 'sym guest.map'
t "info symbol" '<count+1>' 'sym guest.map' 'info symbol count+1'

# ---- system ---------------------------------------------------------------------------------------

t "info mode" '^real mode, ring 0' 'info mode'
t "info gdt" '0008  base 00000000, limit ffffffff, 32-bit code' 'sym guest.map' 'until wide' 'info gdt'
t "info ldt" 'no LDT' 'info ldt'
t "info idt" '^21  0000:7c' 'si 8' 'info idt 0x21'
t "info ivt" '^21  0000:7c' 'si 8' 'info ivt'
t "info tss" 'empty' 'info tss'
t "info mem" 'RAM' 'info mem'
t "info mem, paged" '00007000-00008fff -> phys 00007000  user read-write' 'sym guest.map' 'until paged' 'info mem'
t "info tlb" '00005000' 'sym guest.map' 'until paged+5' 'info tlb'
t "walk" 'PTE 80 at phys:0x00011140 = 00005001: present read-only supervisor' 'sym guest.map' 'until paged' 'walk 0x50000'
t "walk names the reason" 'only (CR0.WP is set)' 'sym guest.map' 'until paged' 'walk 0x50000'
t "info faults" '1 faults' 'bpexc de' c 'info faults'
t "explain #DE" 'divisor is 0' 'bpexc de' c explain
t "explain #PF" 'R/W bit of the PTE is 0, and CR0.WP' 'bpexc pf' c 'explain 3'
t "triple fault" 'Fault 1 of [34]: #PF' c
dbg c; grep -q 'The last instructions' out && [ $status = 86 ]; result $? "triple fault ends a batch with 86"
timeout 60 "$program" -config none -batch -m 1 -load guest.bin@0:7c00 -entry 0:7c00 > out 2>&1; [ $? = 86 ] && grep -q 'Fault 1 of' out && grep -q 'mov dword \[0x50000\],1' out; result $? "the report without a debugger"

# ---- devices --------------------------------------------------------------------------------------

for what in irq pic pit rtc dma kbc vga ide fdc uart events; do
    dbg "info $what"; [ $status = 0 ] && [ "$(wc -l < out)" -gt 1 ]; result $? "info $what"
done
t "inb, outb" '^0x5a' 'outb 0x3ff 0x5a' 'inb 0x3ff'
t "inw, outw" '^0x' 'outw 0x3c4 0x0402' 'inw 0x3c4'
t "inl, outl" '^0x' 'outl 0x80 1' 'inl 0x80'
t "irq" 'IRQ5 .*requested' 'irq 5 raise' 'info irq'
t "nmi" '^0000:0000\|ffff\|.' nmi si
dd if=/dev/zero of=floppy.img bs=1024 count=1440 2> dd.err
t "change" 'drive A: 1.44 MB, floppy.img' 'change fda floppy.img' 'info fdc'
t "eject" 'drive A: 1.44 MB, empty' 'change fda floppy.img' 'eject fda' 'info fdc'
fails "change, in the past" 'media can be changed only in the present' 'si 5' rsi 'change fda floppy.img'
head -c 1048576 floppy.img > disk.img
timeout 60 "$program" -config none -batch -m 1 -load guest.bin@0:7c00 -entry 0:7c00 -hdb disk.img,ro -ex 'info ide' > out 2>&1
grep -q '^primary master: none' out && grep -q '^primary slave: disk.img, 2048 sectors (2/16/63), read-only' out &&
    grep -q '^  command 00, status 80: BSY, error 00, at sector 0, 0 left$' out; result $? "info ide"
dbg 'type "dir\n"' 'sendkey ctrl-alt-del' 'speed max' 'speed 50%'; [ $status = 0 ]; result $? "type, sendkey, speed"
t "mouse_move, mouse_button" 'buttons 5$' 'mouse_move -3 4 1' 'mouse_button 5' 'bpinsn 1000' c 'info kbc'
fails "mouse_move wants numbers" 'how far right and down' 'mouse_move 3'
dbg screen 'screendump s.txt' 'screendump s.png'; [ -s s.png ] && [ -f s.txt ]; result $? "screen, screendump"
t "hash" '^hash 0 [0-9a-f]\{16\}$' hash

# ---- study, DOS -----------------------------------------------------------------------------------

t "info sensitive" 'sgdt' 'bpexc pf' c 'info sensitive'
t "info usage" '21 *1' 'sym guest.map' 'until rep_end' 'info usage'
t "info stats" 'TLB:' 'info stats'
t "info shadow" 'would hold 1 page tables and 3 pages' 'sym guest.map' 'until paged' 'info shadow'
t "info shadow on" ' 0 writes to page tables.* 3 loads of CR3 or changes of mode' 'sym guest.map' 'info shadow on' 'until paged' 'info shadow'
t "dos int21" 'AH=09 write string "Hello"' 'dos int21 on' 'sym guest.map' 'until rep_end'
t "dos psp" 'command line: "abc"' 'set word[0x20000]=0x20cd' 'set byte[0x20080]=3' 'set byte[0x20081]=0x61' 'set byte[0x20082]=0x62' 'set byte[0x20083]=0x63' 'dos psp 0x2000'
fails "dos mcb without DOS" 'no chain' 'dos mcb'
t "dos mcb" 'free' 'set byte[0x10000]=0x4d' 'set word[0x10001]=0x1001' 'set word[0x10003]=0x10' 'set byte[0x10110]=0x4d' 'set word[0x10113]=0x20' 'set byte[0x10320]=0x5a' 'set word[0x10323]=0x20' 'dos mcb'

fails "dos files without DOS" 'no system file table' 'dos files'
# a chain of memory blocks, a list of lists at 1000h, and a file table of DOS 4 at 2000h
printf 'AUX     \0\0\0' > aux; printf 'CON     \0\0\0' > con; printf 'README  TXT' > readme
t "dos files" '2  README.TXT    opened 1 times, mode 0002, owner 2000, drive C:, 1234 bytes, at 100' \
    'set byte[0x10000]=0x4d' 'set word[0x10003]=0x10' 'set byte[0x10110]=0x4d' 'set word[0x10113]=0x20' \
    'set byte[0x10320]=0x5a' 'set word[0x10323]=0x20' \
    'set word[0xffe]=0x1000' 'set word[0x1004]=0x2000' 'set word[0x1006]=0' \
    'set dword[0x2000]=0xffff' 'set word[0x2004]=3' 'set word[0x2006]=1' 'restore aux 0x2026' \
    'set word[0x2041]=1' 'restore con 0x2061' 'set word[0x207c]=1' 'set word[0x207e]=2' 'set word[0x2081]=2' \
    'set dword[0x208d]=1234' 'set dword[0x2091]=100' 'restore readme 0x209c' 'set word[0x20ad]=0x2000' 'dos files'

# ---- scripts, help --------------------------------------------------------------------------------

t "echo" '^hello$' 'echo hello\n'
t "printf" '^-1 ff 0007 A Hello$ 100%$' 'sym guest.map' 'printf "%d %x %04x %c %s 100%%\n",-1,255,7,0x41,text' 
grep -q 'Hello' out; result $? "printf %s"
t "define" '^got 7$' 'define show' 'printf "got %d\n",$arg0' 'end' 'show 7'
t "hook-stop" '^stopped at 2$' 'hook-stop' 'printf "stopped at %d\n",$insn' 'end' 'si 2'
dbg 'assert 1==1'; [ $status = 0 ]; result $? "assert holds"
dbg 'assert 1==2'; [ $status = 92 ] && grep -q 'assertion failed' out; result $? "assert fails with 92"
printf '\260\005\346\364' > ends.bin # mov al,5; out 0xf4,al: the guest ends the run
timeout 60 "$program" -config none -batch -m 1 -load ends.bin@0:7c00 -entry 0:7c00 -device isa-debug-exit,iobase=0xf4 \
    -ex c -ex 'p $al+1' -ex c -ex 'echo never\n' > out 2>&1
[ $? = 11 ] && grep -q 'the guest ended the run with status 11' out && grep -q '^6 (0x6)' out && ! grep -q never out
result $? "c, after the guest has ended the run"
timeout 60 "$program" -config none -batch -m 1 -load guest.bin@0:7c00 -entry 0:7c00 -magic-break bx -ex c -ex 'info b' > out 2>&1
grep -q '^Breakpoint 1, bpmagic bx' out && grep -q 'hit 1 times' out; result $? "-magic-break"
for wrong in '-x none.cmd' '-monitor unix:none/door,server' '-gdb unix:none/door'; do
    timeout 60 "$program" -config none -batch -m 1 -load guest.bin@0:7c00 -entry 0:7c00 $wrong > out 2>&1
    [ $? != 0 ] && grep -q -e "${wrong% *}: .*none.*No such file" out; result $? "$wrong is refused"
done
t "help" 'Breakpoints' help
t "help of a command" 'Executes one instruction' 'help si'
t "apropos" 'info tlb' 'apropos TLB'
fails "unknown command" 'unknown command .frobnicate' frobnicate
fails "a command without what it wants" 'outb wants PORT V' outb
fails "a file that is missing is asked for" 'savevm wants FILE' savevm
fails "a family of commands" 'dos needs one of its subjects' 'dos nonsense'
fails "a register that is none" 'no register or variable .eaxx' 'b 0x7c23 if $eaxx==5'
fails "an exception that is none" 'wanted 0 to 31, or de db' 'bpexc xy'
t "i for info" 'eip=00007c00' 'i reg'
t "info breakpoints, as gdb says it" '^1 *y code' 'b 0x7c23' 'info breakpoints'
fails "ambiguous command" 'could be several' 'di'
fails "a line of a script is named" 'cmds:2' si nonsense
dbg 'source cmds'; [ $status = 64 ]; result $? "a script that calls itself"

# every command is in the help and in the manual
"$program" -config none -help-debugger > manual.md
cmp -s manual.md "$root/docs/debugger.md"; result $? "docs/debugger.md is up to date"

# ---- the console on a pipe ------------------------------------------------------------------------

printf 'si\n\n\np $insn\nq\n' | timeout 60 "$program" -config none -display none -m 1 -load guest.bin@0:7c00 -entry 0:7c00 -dbg > out 2>&1
grep -q '^3 (0x3)' out; result $? "an empty line repeats"
printf 'define two\nprintf "%%d\\n",2*$arg0\nend\ntwo 21\nq\n' | timeout 60 "$program" -config none -display none -m 1 \
    -load guest.bin@0:7c00 -entry 0:7c00 -dbg > out 2>&1
grep -q '^42$' out; result $? "a block typed at the console"
printf 'p 1/0\np 5\n' | timeout 60 "$program" -config none -display none -m 1 -load guest.bin@0:7c00 -entry 0:7c00 -dbg > out 2>&1
[ $? = 0 ] && grep -q '^5 (0x5)' out; result $? "errors at the console are only told"

# ---- symbols and frames of real compilers ------------------------------------------------------------

nasm -f bin -o frames.bin "$root/tests/debugger/frames.asm" || exit 70
frames() { # SYMBOL, then the routines that bt names behind it
    at=$1
    shift
    timeout 60 "$program" -config none -batch -m 1 -load frames.bin@0:7c00 -entry 0:7c00 -ex 'sym frames.map' -ex "until $at" -ex bt > out 2>&1
    [ "$(sed -n 's/^#[1-9].*<\(.*\)>$/\1/p' out | tr '\n' ' ')" = "$*" ]
    result $? "bt at $at: near, far, interrupt"
}
frames stop 'handler+6 far1+5 near1+8 start+24 '
frames near2 'handler+6 far1+5 near1+8 start+24 '
frames near2+1 'handler+6 far1+5 near1+8 start+24 '
frames handler 'far1+5 near1+8 start+24 '
frames far1 'near1+8 start+24 '

if command -v gcc > /dev/null && command -v ld > /dev/null && nasm -f elf32 -o start.o "$root/tests/debugger/start.asm" &&
    gcc -m32 -O0 -fno-pic -fno-omit-frame-pointer -ffreestanding -fcf-protection=none -c \
        "$root/tests/debugger/kernel.c" -o kernel.o 2> err &&
    ld -m elf_i386 -n --build-id=none -Ttext 0x100000 -e start -Map kernel.ldmap -o kernel.elf start.o kernel.o 2> err; then
    nm kernel.elf > kernel.nm
    nm -S kernel.elf > kernel.nmsize
    for f in kernel.elf kernel.nm kernel.nmsize; do
        timeout 60 "$program" -config none -batch -display none kernel.elf -ex "sym $f" -ex 'until inner' -ex bt -ex 'si 3' -ex bt \
            -ex 'p/a total' > out 2>&1 < /dev/null
        [ "$(grep -c '^#1 .*<middle+[0-9]*>$' out)" = 2 ] && [ "$(grep -c '^#2 .*<kmain+[0-9]*>$' out)" = 2 ] &&
            [ "$(grep -c '^#3 .*<start+[0-9]*>$' out)" = 2 ] && grep -q '<total>$' out
        result $? "symbols and bt of gcc: $f"
    done
    timeout 60 "$program" -config none -batch -display none kernel.elf -ex 'sym kernel.ldmap' -ex 'until kmain' -ex 'p/a total' > out 2>&1 < /dev/null
    grep -q '<total>$' out && grep -q '<kmain>' out
    result $? "symbols of ld -Map"
else
    number=$((number + 1)); echo "ok $number - symbols of gcc # SKIP no gcc -m32"
fi

# ---- the same run ---------------------------------------------------------------------------------

hash_of() { timeout 60 "$program" -config none -batch -m 1 -max-insns 4000 -hash "$@" 2> err | grep '^hash'; }
printf '\372\220\353\375' > loop.bin # cli; nop; jmp back: never ends, so the hash is at the limit
printf 'start: \n' > err
plain=$(hash_of -load guest.bin@0:7c00 -entry 0:7c00 -on-triple-fault exit)
none=$(hash_of -load loop.bin@0:7c00 -entry 0:7c00)
[ -n "$none" ]; result $? "a run has a hash"
[ "$none" = "$(hash_of -load loop.bin@0:7c00 -entry 0:7c00 -ex c)" ]; result $? "the same run with the debugger"
[ "$none" = "$(hash_of -load loop.bin@0:7c00 -entry 0:7c00 -ex 'si 17' -ex 'si 1000' -ex c)" ]; result $? "... stepping"
[ "$none" = "$(hash_of -load loop.bin@0:7c00 -entry 0:7c00 -ex 'b 0x7c01 if 0' -ex 'watch 0x5000' -ex 'bpio 0-0xffff' -ex c)" ]; result $? "... with breakpoints"
[ "$none" = "$(hash_of -load loop.bin@0:7c00 -entry 0:7c00 -ex 'trace on file t.txt' -ex c)" ]; result $? "... tracing"
[ "$none" = "$(hash_of -load loop.bin@0:7c00 -entry 0:7c00 -ex 'info tlb' -ex 'x/64xb 0xa0000' -ex 'info mem' -ex c)" ]; result $? "... looking"

# The same with a BIOS, its devices and its interrupts at work: the machine reads the boot sector, writes to the screen.
boots() { timeout 100 "$program" -config none -batch -m 1 -fda hello.img -max-insns 105000000 -hash "$@" 2> err | tail -n 1; }
none=$(boots)
[ -n "$none" ] && [ "$none" = "$(boots -ex c)" ]; result $? "a boot: the same with the debugger attached"
[ "$none" = "$(boots -ex 'b 0x7c00' -ex 'bptext Nothing' -ex 'pwatch 0x500 if 0' -ex 'bpmode if 0' -ex 'bpint 0x10 if 0' \
    -ex 'bpcr if 0' -ex 'bpio 0-0xffff if 0' -ex 'bpfault if 0' -ex 'awatch 0x400,256 if 0' -ex c -ex 'si 1000' -ex c)" ]
result $? "... with breakpoints of every kind, and stepping"
[ "$none" = "$(boots -ex 'b 0x7c00' -ex c -ex 'trace on file t.txt regs mem' -ex c)" ]; result $? "... tracing"
[ "$none" = "$(boots -ex 'b 0x7c00' -ex c -ex 'info shadow on' -ex 'dos int21 on' -ex c)" ]; result $? "... counting"
# every view there is, all of memory and every port by peeking, in the middle of the run
"$program" -config none -help-debugger | sed -n 's/^| `\(info [a-z]*\).*/\1/p' > views
{ echo 'b 0x7c00'; echo c; cat views; echo 'dump all.bin 0,+0x110000'; echo 'dump high.bin 0xfff00000,+0x100000'
  echo 'find 0,+0x110000,"Hello"'; echo 'x/64xb 0xa0000'; echo 'xp/64xb 0xb8000'; echo 'walk 0xffffffff'; echo 'bt'; echo 'history 2000'
  echo 'screen'; echo 'hash'; echo 'u 0xffffff00 /100'; echo 'dos mcb'; echo c; } | grep -v 'dos mcb' > look
[ "$none" = "$(boots -x look)" ]; result $? "... looking at everything"
[ "$(wc -l < views)" -gt 30 ] && [ -s all.bin ]; result $? "... which was a lot"

# Registers that a read changes, each with something to lose: a received byte, the clock's flags, the attribute flip-flop, the latches.
cat > fragile.asm <<'A'
        org     0x7c00
[map symbols brief fragile.map]
start:  cli
        mov     dx, 0x3fc               ; loopback, and a byte on its way round
        mov     al, 0x10
        out     dx, al
        mov     dl, 0xf8
        mov     al, 0x5a
        out     dx, al
        mov     al, 0x0b                ; periodic interrupts of the clock, whose flags nobody reads
        out     0x70, al
        mov     al, 0x42
        out     0x71, al
        mov     al, 0x0c
        out     0x70, al
        mov     dx, 0x3c2
        mov     al, 0x67                ; colour: the status is at 3DAh
        out     dx, al
        mov     dl, 0xda
        in      al, dx
        mov     dl, 0xc0
        mov     al, 0x10
        out     dx, al                  ; the flip-flop expects data now
        mov     ax, 0xa000
        mov     ds, ax
        mov     byte [0], 0x81
        mov     al, [0]                 ; latches
        mov     cx, 0
wait1:  loop    wait1
wait2:  loop    wait2
spin:   jmp     spin
A
nasm -f bin -o fragile.bin fragile.asm || exit 70
{ echo 'sym fragile.map'; echo 'until spin'; echo hash; cat views; echo 'dump a.bin 0xa0000,+0x20000'; echo 'dump b.bin 0xfec00000,+0x1000'
  echo 'x/16xb 0xa0001'; echo 'xp/16xw 0xb8000'; echo 'p byte[0xa0000]'; echo 'u 0xa0000 /20'; echo 'find 0xa0000,+0x20000'; echo 'find next same'
  echo 'walk 0xa0000'; echo screen; echo 'screendump s.txt'; echo 'display/4xb 0xa0000'; echo hash; } > look
timeout 60 "$program" -config none -batch -m 1 -load fragile.bin@0:7c00 -entry 0:7c00 -x look > out 2>&1 < /dev/null
[ $? = 0 ] && [ "$(grep -c '^hash' out)" = 2 ] && [ "$(grep '^hash' out | sort -u | wc -l)" = 1 ]
result $? "looking at registers that a read would change"
seen() { timeout 60 "$program" -config none -batch -m 1 -load fragile.bin@0:7c00 -entry 0:7c00 -ex 'sym fragile.map' -ex 'until spin' -ex "$1" \
    -ex hash 2>&1 | grep '^hash'; }
plain=$(seen 'p 1')
for port in 0x3f8 0x3da 0x71; do # so the test can fail: reading it as the processor does is another machine
    [ -n "$plain" ] && [ "$plain" != "$(seen "inb $port")" ]
    result $? "... whereas inb $port changes the machine"
done

# ---- monitor --------------------------------------------------------------------------------------

if command -v python3 > /dev/null; then
    timeout 60 "$program" -config none -display none -m 1 -load loop.bin@0:7c00 -entry 0:7c00 -monitor unix:mon,server > log 2>&1 &
    pid=$!
    timeout 40 python3 - > out 2>&1 <<'P'
import socket, time
for _ in range(50):
    try:
        s = socket.socket(socket.AF_UNIX); s.connect('mon'); break
    except OSError: time.sleep(0.1)
def ask(line):
    s.sendall(line.encode() + b'\n'); text = b''
    while not text.endswith(b'(glass86) '): text += s.recv(4096)
    return text.decode()
print(ask('info mode')); print(ask('stop')); a = ask('p $insn'); time.sleep(0.2)
print('same' if a == ask('p $insn') else 'runs'); print(ask('c')); b = ask('p $insn'); time.sleep(0.2)
print('stands' if b == ask('p $insn') else 'goes on')
def lines(*all): # a block: one prompt at its end, `>` before
    s.sendall(('\n'.join(all) + '\n').encode()); text = b''
    while not text.endswith(b'(glass86) '): text += s.recv(4096)
    return text.decode()
print(ask('stop'))
print(lines('define twice', 'p 2*$arg0', 'end'), ask('twice 21'))
print(lines('define outer', 'b *0x9000', 'commands', 'p 1110', 'end', 'p 1111', 'end'), ask('outer'))
print(lines('define long', *['p 1112'] * 1000))
print(ask('p 1114' + ' ' * 4000 + '+1'))
print(ask('log 0x7c01 "logged %d\\n",$insn%2'), ask('condition $bpnum $insn%1000==1'), lines('define run', 'bpinsn +5000', 'c', 'p 1115', 'end'))
s.sendall(b'run\n'); text = ''
while '1115' not in text: text += s.recv(4096).decode()
print(text)
s.sendall(b'q\n')
P
    grep -q 'real mode' out && grep -q '^same' out && grep -q '^goes on' out; result $? "monitor: look, stop, continue"
    grep -q '>>.*(glass86)' out && grep -q '^.*42 (0x2a)' out; result $? "monitor: define"
    grep -q '1111 (0x457)' out && ! grep -q '1110 (0x456)' out; result $? "monitor: a block within a block"
    grep -q 'a block has at most 1000 lines' out; result $? "monitor: a block without end"
    grep -q 'a command line of more than 4000 characters' out && ! grep -q '1114 (0x45a)' out; result $? "monitor: a line without end"
    [ "$(grep -c 'logged 1' out)" = 5 ]; result $? "monitor: what is logged while the machine runs"
    sed -n '/logged/,$p' out | grep -q '1115 (0x45b)'; result $? "monitor: a script goes on after a stop"
    wait $pid; [ $? = 0 ]; result $? "monitor: quit"
else
    number=$((number + 1)); echo "ok $number - monitor # SKIP no python3"
fi

# ---- gdb ------------------------------------------------------------------------------------------

if command -v gdb > /dev/null; then
    : > gdb.cmd
    cat > gdb.cmd <<'G'
set pagination off
set confirm off
target remote gdb.sock
x/2i $pc
break *0x7c23
continue
printf "first at %x cx=%d\n", $eip, $ecx
delete
hbreak *0x7c3a
continue
delete
watch *(unsigned char*)0x5000
continue
printf "watched %x\n", *(unsigned char*)0x5000
delete
stepi
set $ebx = 0x1234
printf "ebx=%x\n", $ebx
set *(unsigned char*)0x5010 = 0x77
x/1xb 0x5010
monitor info mode
monitor p $bx
monitor c
hbreak *(0x7c74)
continue
set architecture i386
x/2i $pc
info registers eflags cs
set architecture i8086
delete
disconnect
target remote gdb.sock
printf "again at %x\n", $eip
detach
G
    wide=$(awk '$NF == "wide" {print $2}' guest.map | tail -1)
    count=$(awk '$NF == "count" {print $2}' guest.map | tail -1)
    out1=$(awk '$NF == "out1" {print $2}' guest.map | tail -1)
    sed -i "s/0x7c23/0x$count/; s/0x7c3a/0x$out1/; s/(0x7c74)/0x$wide/" gdb.cmd
    timeout 60 "$program" -config none -display none -on-triple-fault exit -m 1 -load guest.bin@0:7c00 -entry 0:7c00 -S -gdb unix:gdb.sock > log 2>&1 &
    pid=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do [ -S gdb.sock ] && break; sleep 0.1; done
    timeout 50 gdb -nx -batch -x gdb.cmd > out 2>&1
    grep -q 'xor *%ax,%ax' out; result $? "gdb: 16-bit code"
    grep -q "first at $(echo "$count" | tr A-F a-f | sed 's/^0*//') cx=5" out; result $? "gdb: software breakpoint"
    grep -q 'watched 42' out; result $? "gdb: watchpoint"
    grep -q 'ebx=1234' out; result $? "gdb: register write"
    grep -q '0x5010:.*0x77' out; result $? "gdb: memory write"
    grep -q 'real mode, ring 0' out && grep -q '4660 (0x1234)' out; result $? "gdb: monitor commands"
    grep -q 'let gdb run the machine' out; result $? "gdb: monitor does not run the machine"
    grep -q 'mov *$0x10,%ax' out; result $? "gdb: switch to 32-bit code"
    grep -q "again at $(echo "$wide" | tr A-F a-f | sed 's/^0*//')" out; result $? "gdb: attach again"
    wait $pid; [ $? = 86 ]; result $? "gdb: detach lets the machine run"
else
    number=$((number + 1)); echo "ok $number - gdb # SKIP no gdb"
fi

echo "1..$number"
[ $failed = 0 ]
