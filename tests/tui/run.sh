#!/bin/sh
# The full-screen view of the debugger in a real terminal emulator: tmux shows what a person would see. Output is TAP.
program=${GLASS86:-./glass86}
case $program in /*) ;; *) program=$PWD/$program ;; esac
root=$PWD
dir=$(mktemp -d) || exit 70
number=0 failed=0

skip() { echo "ok 1 - full-screen view # SKIP $1"; rm -rf "$dir"; exit 0; }
command -v tmux > /dev/null || skip "no tmux"
command -v nasm > /dev/null || skip "no nasm"
cd "$dir" || exit 70
unset DISPLAY WAYLAND_DISPLAY TMUX
LC_ALL=C.UTF-8 TERM=xterm-256color HOME=$dir
export LC_ALL TERM HOME
server=0
tm() { tmux -L "glass86-$$-$server" -f /dev/null "$@"; }
trap 'tm kill-server 2> /dev/null; cd /; rm -rf "$dir"' EXIT

nasm -f bin -o guest.bin "$root/tests/debugger/guest.asm" || exit 70
cat > hello.asm <<'A'
        bits 16
        mov     ax, 0xb800
        mov     es, ax
        mov     dword [es:0], 0x07690748        ; Hi
        mov     byte [0x5000], 0x42
stay:   jmp     stay
        times   510 - ($ - $$) db 0
        dw      0xaa55
A
nasm -f bin -o hello.bin hello.asm || exit 70

start() { # COLUMNS ROWS, arguments of the program: shows it until it ends, then its status and the terminal's state
    size="-x $1 -y $2"
    shift 2
    tm kill-server 2> /dev/null
    server=$((server + 1)) # the old one may take a moment to die
    # shellcheck disable=SC2086
    tm new-session -d $size "stty -a | tail -n +2 > before; '$program' -config none -display none -m 1 $* ; echo status \$?; stty -a | tail -n +2 > after; cat"
}
keys() { tm send-keys "$@"; }
see() { tm capture-pane -p > out 2> /dev/null; grep -q -e "$1" out; }
result() { # STATUS NAME
    number=$((number + 1))
    if [ "$1" = 0 ]; then echo "ok $number - $2"; else
        echo "not ok $number - $2"
        sed 's/^/# /' out
        failed=$((failed + 1))
    fi
}
t() { # NAME TEXT: it is on the screen within ten seconds
    n=0
    while ! see "$2" && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
    see "$2"
    result $? "$1"
}

start 100 34 -load guest.bin@0:7c00 -entry 0:7c00 -tui
n=0
while ! see 'Registers\|built without' && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
see 'built without' && skip "built without ncursesw"
t "opens" 'real mode, ring 0  instruction 0'
t "code around CS:EIP" ' 0000:7c02  mov ds,ax'
t "registers" 'eip 00007c00'
t "stack" ' Stack'
t "memory" 'Memory at DS:SI'
keys F11
t "F11 steps" 'eip 00007c02'
keys F11 F11
t "... again" 'eip 00007c06'
keys F11 F11
t "a third time" 'eip 00007c0b'
tm capture-pane -e -p > out
grep -q '33mesp 00007c00' out
result $? "what changed is highlighted"
keys F9
t "F9 sets a breakpoint" '^\*0000:7c0b'
keys F9
n=0
while see '^\*0000:7c0b' && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
see '^\*0000:7c0b'; [ $? != 0 ]; result $? "F9 takes it away"
keys 'sym guest.map' Enter 'b count' Enter
t "the command line" '^2: code  *b count'
keys F5
t "F5 runs to it" 'Breakpoint 2, b count'
t "symbols in the code" '<count>'
keys F12
t "F12 runs to the return" '<again+3>'
keys Tab Tab
t "Tab: breakpoints" '2 y code  *b count, hit 1 times'
keys 'layout output' Enter 'p 40' Enter
t "layout output" '^40 (0x28)'
keys 'info pi' Tab
t "completion" '(glass86) info pi'
t "... lists what fits" 'pic pit'
keys C-u 'p 6*7' Enter
t "Ctrl-U" '^42 (0x2a)'
keys Up
t "Up recalls" '(glass86) p 6'
keys C-u 'layout mem 0x7dfe' Enter
t "layout mem" '^00007dfe  55 aa'
keys 'nonsense' Enter
t "errors are told" 'unknown command .nonsense'
tm resize-window -x 40 -y 10
t "a window that is too small" 'too small'
tm resize-window -x 120 -y 40
t "... and larger again" 'Registers'
keys 'layout off' Enter
t "layout off gives the terminal back" '^(glass86)$'
keys 'p 5+6' Enter
t "... to the line editor" '^11 (0xb)'
keys 'layout' Enter
t "layout opens it again" 'Registers'
keys 'q 42' Enter
t "q" '^status 42'
sleep 0.2
diff before after > out; result $? "the terminal is as before"

start 170 50 -fda hello.bin -tui
t "a large terminal: the guest's screen" "Guest's screen"
keys 'layout mem 0x5000' Enter F5
t "running" 'RUNNING'
t "the guest's screen while it runs" '^Hi'
keys C-c
t "Ctrl-C stops" 'interrupted'
t "memory that was written" '^00005000  42'
keys 'q' Enter
t "ends" '^status 0'

echo 'q' | "$program" -config none -display none -m 1 -load hello.bin@0:7c00 -entry 0:7c00 -tui > out 2>&1
[ $? = 66 ] && grep -q 'needs the terminal' out; result $? "without a terminal it says so"

echo "1..$number"
[ $failed = 0 ]
