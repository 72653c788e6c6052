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

gone() { # TEXT: it leaves the screen within ten seconds
    n=0
    while see "$1" && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
    ! see "$1"
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
keys Down
t "Down returns to the empty line" '^(glass86) F9 break\|^(glass86)  *F9'
keys 'p 1234' Home Right Right DC DC Left Right End BSpace BSpace 9 Enter
t "Home, Right, Delete, End, Backspace edit the line" '^9 (0x9)'
keys 'p 8' C-a C-e C-h 7 C-a C-d p Enter
t "... and Ctrl-A, Ctrl-E, Ctrl-H, Ctrl-D" '^7 (0x7)'
keys Left Home BSpace DC
keys 'p 5' Enter
t "nothing goes beyond the line's ends" '^5 (0x5)'
keys C-u 'layout mem 0x7dfe' Enter
t "layout mem" '^00007dfe  55 aa'
keys NPage
t "Page Down: 64 bytes on" '^00007e3e '
keys PPage PPage
t "Page Up: back" '^00007dbe '
printf '\033[1;1HGARBAGE' > "$(tm display-message -p '#{pane_tty}')"
t "somebody else writes to the terminal" GARBAGE
keys C-l
gone GARBAGE
result $? "Ctrl-L draws all again"
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do keys "p 50$n" Enter; done
t "output of many commands" '^5015 (0x1397)'
gone '^501 (0x1f5)'
result $? "... the first has gone up"
tm send-keys -N 28 S-Up
t "Shift-Up shows it again" '^501 (0x1f5)'
tm send-keys -N 28 S-Down
t "Shift-Down goes back to the last" '^5015 (0x1397)'
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

# ---- the line editor, for which this terminal serves as well ----

if ldd "$program" 2> /dev/null | grep -q readline; then
    GLASS86_HISTORY=$dir/history
    export GLASS86_HISTORY
    start 100 30 -load guest.bin@0:7c00 -entry 0:7c00 -dbg
    t "the prompt" '^(glass86)$'
    keys 'hist' Tab
    t "Tab completes a command" '^(glass86) history'
    keys C-u 'info sy' Tab
    t "... its second word" '^(glass86) info symbol'
    keys C-u 'sym gue' Tab
    t "... a file" '^(glass86) sym guest\.'
    keys C-u 'sym guest.map' Enter 'p cou' Tab
    t "... a symbol" '^(glass86) p count'
    keys C-u 'p $efl' Tab
    t "... a register" '^(glass86) p \$eflags'
    keys C-u 'p 1234+1' Enter 'c' Enter
    t "running" 'triple fault\|^[0-9a-f]*:'
    keys 'q' Enter
    t "ends with the triple fault's status" '^status 86'
    start 100 30 -load guest.bin@0:7c00 -entry 0:7c00 -dbg
    t "another session" '^(glass86)$'
    keys Up Up Up
    t "history is kept" '^(glass86) p 1234+1'
    keys C-u 'q' Enter
    t "ends again" '^status 0'
    start 100 30 -load hello.bin@0:7c00 -entry 0:7c00 -dbg
    t "a third session" '^(glass86)$'
    keys 'c' Enter
    sleep 0.5
    keys C-c
    t "Ctrl-C at any time" 'interrupted'
    keys 'q' Enter
    t "ends once more" '^status 0'
else
    number=$((number + 1))
    echo "ok $number - line editor # SKIP built without readline"
fi

echo 'q' | "$program" -config none -display none -m 1 -load hello.bin@0:7c00 -entry 0:7c00 -tui > out 2>&1
[ $? = 66 ] && grep -q 'needs the terminal' out; result $? "without a terminal it says so"

echo "1..$number"
[ $failed = 0 ]
