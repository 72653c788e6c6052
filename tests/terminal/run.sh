#!/bin/sh
# -display text in a real terminal emulator: what tmux has on its screen when the guest shows text and pictures, with many
# colours, 256 and none, after a change of size, and the terminal's state afterwards. Output is TAP.
program=${GLASS86:-./glass86}
case $program in /*) ;; *) program=$PWD/$program ;; esac
dir=$(mktemp -d) || exit 70

command -v tmux > /dev/null || { echo "ok terminal # SKIP tmux is not installed"; rm -rf "$dir"; exit 0; }
command -v nasm > /dev/null || { echo "ok terminal # SKIP nasm is not installed"; rm -rf "$dir"; exit 0; }
cd "$dir" || exit 70
unset DISPLAY WAYLAND_DISPLAY TMUX COLORTERM NO_COLOR
LC_ALL=C.UTF-8 HOME=$dir
export LC_ALL HOME
tm() { tmux -L "glass86-$$-$server" -f /dev/null "$@"; }
server=0
trap 'tm kill-server 2> /dev/null; cd /; rm -rf "$dir"' EXIT

# Red, green, blue and yellow quarters in mode 13h; after a key, text.
cat > guest.asm << 'END'
        cpu     386
        org     7C00h
        xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     sp, 7C00h
        mov     ax, 13h
        int     10h
        push    0A000h
        pop     es
        xor     di, di
        mov     ax, 0402h
        call    half
        mov     ax, 010Eh
        call    half
        mov     ah, 0
        int     16h
        mov     ax, 3
        int     10h
        mov     si, text
        mov     cx, 11
.char:  lodsb
        mov     ah, 0Eh
        int     10h
        loop    .char
.stay:  hlt
        jmp     .stay
half:   mov     dx, 100
.row:   mov     cx, 160
        mov     bl, al
        mov     al, ah
        rep     stosb
        mov     al, bl
        mov     cx, 160
        rep     stosb
        dec     dx
        jnz     .row
        ret
text    db      "text at last"
        times   510-($-$$) db 0
        dw      0AA55h
        times   368640-($-$$) db 0
END
nasm -f bin -o guest.img guest.asm || exit 70

start() { # COLUMNS ROWS ENVIRONMENT...
    size="-x $1 -y $2"
    shift 2
    tm kill-server 2> /dev/null
    server=$((server + 1))
    # shellcheck disable=SC2086
    tm new-session -d $size "stty -a | tail -n +2 > before; env $* '$program' -config none -display text -audio none -snapshot guest.img; echo status \$?; stty -a | tail -n +2 > after; cat"
}
cells() { # row: its sequences and characters
    tm capture-pane -p -e | sed -n "$1p"
}
verdict() {
    name=$1
    shift
    if "$@"; then echo "ok $name"; else
        echo "not ok $name"
        tm capture-pane -p -e | head -n 40 | cat -v | cut -c 1-200 | sed 's/^/# /'
    fi
}
until_row() { # row, pattern: waits up to 10 s
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        cells "$1" | grep -q "$2" && return 0
        sleep 0.5
    done
    return 1
}
quarters() { # number of the first bottom row, pattern of red, green, blue, yellow
    until_row 1 "$2.*$3" && until_row "$(($1 - 1))" "$2.*$3" && until_row "$1" "$4.*$5"
}

# A picture of 4:3 is as many half rows high as three quarters of the columns: 40 columns, 30 half rows, 15 rows.
start 40 24 TERM=tmux-256color COLORTERM=truecolor
verdict "a picture in half blocks and true colour" quarters 9 '38;2;170;0;0' '38;2;0;170;0' '38;2;0;0;170' '38;2;255;255;85'
verdict "half blocks" until_row 1 '▀▀▀▀▀▀▀▀▀▀'
verdict "the status line below" until_row 24 'guest.img  running'
tm resize-window -x 80 -y 24
# 23 rows are left, and 46 half rows: 61 columns
verdict "the picture follows the terminal's size" quarters 13 '38;2;170;0;0' '38;2;0;170;0' '38;2;0;0;170' '38;2;255;255;85'
# shellcheck disable=SC2016
verdict "and fills it" sh -c '[ "$(tmux -L "$1" capture-pane -p | head -n 1 | tr -d "\n" | wc -m)" = 61 ]' sh "glass86-$$-$server"
tm send-keys x
verdict "text after a picture" until_row 1 'text at las'
tm send-keys C-']' q
verdict "Ctrl-] q ends with status 0" until_row 1 'status 0'
for i in 1 2 3 4 5 6 7 8 9 10; do
    [ -s after ] && break
    sleep 0.5
done
verdict "and leaves the terminal as it was" cmp -s before after

# What follows Ctrl-], with a row below the guest's 25 that says what became of it.
prefixed() { tm send-keys C-']' "$1"; }
anywhere() { # pattern: waits up to 10 s
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        tm capture-pane -p | grep -q "$1" && return 0
        sleep 0.5
    done
    return 1
}
start 80 26 TERM=tmux-256color
until_row 26 'Ctrl-\] h helps'
tm send-keys x
verdict "the row below tells how to get help" until_row 1 'text at las'
prefixed h
verdict "Ctrl-] h helps" until_row 26 'q quit  p pause  b debugger'
prefixed p
verdict "Ctrl-] p pauses, and any command ends the help" until_row 26 'guest.img  paused'
prefixed p
verdict "... and goes on" until_row 26 'guest.img  running'
prefixed t
verdict "Ctrl-] t: turbo" until_row 26 'running  turbo'
prefixed t
verdict "... and off again" until_row 26 'running  *Ctrl'
prefixed s
verdict "Ctrl-] s says where the picture is" until_row 26 'screen written to glass86-001.png'
verdict "... and it is there" sh -c 'head -c 4 glass86-001.png | grep -q PNG'
printf '\033[1;1HGARBAGE' > "$(tm display-message -p '#{pane_tty}')"
verdict "somebody else writes to the terminal" until_row 1 GARBAGE
prefixed l
verdict "Ctrl-] l draws all again" until_row 1 '^[^G]*text at las'
prefixed b
verdict "Ctrl-] b: the debugger's prompt instead of the guest's screen" anywhere '^(glass86)'
tm send-keys 'p 6*7' Enter
verdict "... takes commands" anywhere '^42 (0x2a)'
tm send-keys c Enter
verdict "... and gives the screen back" until_row 1 '^[^G]*text at las'
prefixed d
verdict "Ctrl-] d: Ctrl-Alt-Del boots again" until_row 1 '▀▀▀▀▀▀▀▀▀▀'
tm send-keys x
verdict "... up to the text" until_row 1 'text at las'
prefixed r
verdict "Ctrl-] r: the reset button as well" until_row 1 '▀▀▀▀▀▀▀▀▀▀'
prefixed x
verdict "Ctrl-] x ends as q does" anywhere '^status 0'

start 40 24 TERM=tmux-256color
verdict "256 colours" quarters 9 '38;5;124' '38;5;34' '38;5;19' '38;5;227'
start 40 24 TERM=tmux-256color NO_COLOR=1
verdict "no colours: shades" until_row 1 '░░░░▒▒▒▒'
verdict "and more of them" until_row 9 '░░░░████'
verdict "and no colour at all" sh -c '! tmux -L "$1" capture-pane -p -e | grep -q "\[3[0-9]"' sh "glass86-$$-$server"

# The host's disk is full: a limit on the size of files, which prlimit lifts, stands for that (1400 are 700 or 1400 KiB, by the shell). The guest writes its last sector.
cat > saver.asm << 'END'
        org     7C00h
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 7C00h
        mov     ax, 0301h
        mov     bx, 7C00h
        mov     cx, 4F12h
        mov     dx, 0100h
        int     13h
        mov     si, saved
        jnc     .char
        mov     si, lost
.char:  lodsb
        mov     ah, 0Eh
        int     10h
        or      al, al
        jnz     .char
.stay:  hlt
        jmp     .stay
saved   db      "all is saved", 0
lost    db      "all is lost", 0
        times   510-($-$$) db 0
        dw      0AA55h
        times   1474560-($-$$) db 0
END
full() {
    tm kill-server 2> /dev/null
    server=$((server + 1))
    nasm -f bin -o saver.img saver.asm
    tm new-session -d -x 150 -y 25 "ulimit -S -f 1400; echo \$\$ > pid; TERM=tmux-256color exec '$program' -config none -display text -audio none saver.img"
}
if command -v prlimit > /dev/null; then
    full
    verdict "a full disk of the host: the reason is on the last row" until_row 25 'saver.img: cannot write.*the machine waits'
    prlimit --pid "$(cat pid)" --fsize=unlimited:
    verdict "the guest goes on when that is mended" until_row 1 'all is saved'
    verdict "and the row is the guest's again" until_row 25 '^[^:]*$'
    full
    until_row 25 'the machine waits'
    tm send-keys C-']' q
    verdict "Ctrl-] q ends the waiting" sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$(cat pid)" 2> /dev/null || exit 0; sleep 0.5; done; exit 1'
else
    echo "ok a full disk of the host # SKIP prlimit is not installed"
fi
exit 0
