#!/bin/sh
# The window: on SDL's dummy driver, and on a virtual X server with keys from xdotool where both are installed; full screen
# under a window manager (openbox), what a desktop does (desktop.c: a file dropped, the close button, the keyboard taken),
# a Wayland desktop (wayland.sh), and a window that goes away.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}"
GLASS86=${GLASS86:-$PWD/$BUILD/glass86}
out=$PWD/$BUILD/window
rm -rf "$out"
mkdir -p "$out"

skip() {
    echo "ok $1 # SKIP $2"
}
verdict() { # name, command...
    name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "not ok $name"; fi
}
run() { # options: with a window, to the end
    "$GLASS86" -config none -snapshot -display sdl "$@" > "$out/log" 2>&1 < /dev/null
}

if ! "$GLASS86" -config none -display sdl -dump-config > /dev/null 2>&1; then
    skip window "built without SDL"
    exit 0
fi
if ! command -v nasm > /dev/null; then
    skip window "nasm is not installed"
    exit 0
fi
export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}" # the desktop's libraries leave much behind
for guest in echo held saver; do
    nasm -f bin -o "$out/$guest.img" "tests/window/$guest.asm" || exit 1
done

# Every shortcut of the table, by its name, stands in the help and in the manual page.
said=$("$GLASS86" -help)
manual=$(sed 's/\\-/-/g' docs/glass86.1)
missing=
for key in $(sed -n 's/^    {KEY_.*, "\([A-Za-z]*\)", ".*/\1/p' frontend/shortcuts.c); do
    case $said in *"Ctrl-Alt-$key "*) ;; *) missing="$missing $key (help)" ;; esac
    case $manual in *"Ctrl-Alt-$key"*) ;; *) missing="$missing $key (manual)" ;; esac
done
[ -z "$missing" ] || echo "# $missing"
verdict "every shortcut is in -help and in the manual" test -z "$missing" -a -n "$key"

# ---- without a screen --------------------------------------------------------------------------

for how in "-renderer software" "-scaling integer" "-scaling smooth" "-aspect square"; do
    # shellcheck disable=SC2086
    SDL_VIDEODRIVER=dummy run -speed max -timeout 1 $how -fda "$out/echo.img"
    verdict "dummy driver, $how" test $? = 124
done
env -u DISPLAY -u WAYLAND_DISPLAY -u SDL_VIDEODRIVER SDL_VIDEODRIVER=x11 \
    "$GLASS86" -config none -display sdl -fda "$out/echo.img" > "$out/log" 2>&1 < /dev/null
verdict "no display: a line that says what to use" grep -q 'no window can be opened here.*-display text or none' "$out/log"

# ---- with one ----------------------------------------------------------------------------------

if ! command -v Xvfb > /dev/null || ! command -v xdotool > /dev/null; then
    skip "keys in a window" "Xvfb and xdotool are not installed"
    exit 0
fi
Xvfb -noreset -displayfd 3 -screen 0 1280x1024x24 -nolisten tcp 3> "$out/number" > /dev/null 2>&1 &
x=$!
trap 'kill $x $guest 2> /dev/null' EXIT
guest=
for i in 1 2 3 4 5 6 7 8 9 10; do
    [ -s "$out/number" ] && break
    sleep 0.5
done
DISPLAY=:$(cat "$out/number")
export DISPLAY
unset SDL_VIDEODRIVER WAYLAND_DISPLAY

# A monitor says what the text screen shows.
start() { # more options
    (cd "$out" && exec "$GLASS86" -config none -audio none -display sdl -renderer software \
        -monitor "unix:$out/monitor,server" "$@" > "$out/log" 2>&1 < /dev/null) &
    guest=$!
}
start -snapshot -fda echo.img -record run.log
title() {
    xdotool search --name glass86 getwindowname 2> /dev/null | tail -n 1
}
screen() { # what the text screen shows, by the debugger's word
    echo screen | timeout 5 socat -t 2 - "UNIX-CONNECT:$out/monitor" 2> /dev/null
}
until_screen() { # count, pattern: waits up to 20 s or more
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ "$(screen | grep -c "$2")" -ge "$1" ] && return 0
        sleep 0.5
    done
    screen | sed 's/^/# /' | head -n 5
    return 1
}
until_blank() { # pattern: waits until the screen has no longer what was typed, but "Ready" again
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        now=$(screen)
        case $now in *"$1"*) ;; *Ready*) return 0 ;; esac
        sleep 0.5
    done
    echo "$now" | sed 's/^/# /' | head -n 5
    return 1
}
until_log() { # pattern
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        grep -q "$1" "$out/log" && return 0
        sleep 0.5
    done
    sed 's/^/# /' "$out/log"
    return 1
}
until_size() { # pattern: the window's geometry
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        xdotool getwindowgeometry "$window" | grep -q "$1" && return 0
        sleep 0.5
    done
    xdotool getwindowgeometry "$window" | sed 's/^/# /'
    return 1
}
until_title() { # pattern: waits up to 10 s
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        title | grep -q "$1" && return 0
        sleep 0.5
    done
    title | sed 's/^/# title: /'
    return 1
}
verdict "title: image, state, drive, how to capture" \
    until_title 'echo.img - glass86 - running .* - A:.* - click or Ctrl-Alt captures the mouse'
window=$(xdotool search --name glass86 | tail -n 1)
xdotool windowfocus "$window"
if command -v socat > /dev/null; then
    verdict "the guest starts" until_screen 1 Ready
    xdotool type --delay 60 'Hello'
    xdotool key Return
    verdict "keys reach the guest" until_screen 1 Hello
    xdotool key ctrl+alt+c
    sleep 0.5
    xdotool key ctrl+alt+v # what was copied is typed
    verdict "text is copied and pasted" until_screen 2 Hello
    sleep 2 # the empty rows of the copied screen are typed, too
    xdotool key ctrl+alt+End
    verdict "Ctrl-Alt-Del by its key" until_blank Hello
    xdotool type --delay 60 'Again'
    verdict "keys reach the guest after it" until_screen 1 Again
    xdotool key ctrl+alt+r
    verdict "reset" until_blank Again
    xdotool key ctrl+alt+d
    verdict "the debugger wants a terminal" until_log 'the debugger needs a terminal'
    xdotool type --delay 60 'still'
    verdict "and the guest runs on without one" until_screen 1 still
else
    skip "text is copied and pasted" "socat is not installed"
    sleep 5
fi
xdotool key ctrl+alt+s
until_there() { # file
    for i in 1 2 3 4 5 6 7 8 9 10; do
        [ -s "$1" ] && return 0
        sleep 0.5
    done
    return 1
}
verdict "screenshot key" until_there "$out/glass86-001.png"
xdotool key ctrl+alt+p
verdict "pause" until_title 'paused'
xdotool key ctrl+alt+p
verdict "and on" until_title 'running'
xdotool key ctrl+alt+t
verdict "turbo" until_title 'turbo'
xdotool key ctrl+alt+t
verdict "turbo off" until_title '%  *- A:'
xdotool keydown ctrl keydown alt keydown space
verdict "turbo while a key is held" until_title 'turbo'
xdotool keyup space keyup alt keyup ctrl
verdict "and off when it is let go" until_title '%  *- A:'
xdotool mousemove --window "$window" 100 100 click 1
verdict "a click captures the mouse" until_title 'Ctrl-Alt releases the mouse'
xdotool keydown ctrl keydown alt keyup alt keyup ctrl
verdict "Ctrl-Alt releases it" until_title 'captures the mouse'
xdotool key ctrl+alt+g
verdict "Ctrl-Alt-G captures it" until_title 'Ctrl-Alt releases the mouse'
until_run() { # patterns, each of which a line of the run log must have
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        missing=
        for line; do grep -q " mouse $line " "$out/run.log" || missing=$line; done
        [ -z "$missing" ] && return 0
        sleep 0.25
    done
    grep ' mouse ' "$out/run.log" | sed 's/^/# /' | tail -n 20
    return 1
}
xdotool mousemove_relative 30 0 sleep 0.2 mousemove_relative -- -20 15
verdict "the mouse moves in the guest" until_run '[0-9]* 0 0 0' '-[0-9]* [0-9]* 0 0'
for button in 1 2 3; do xdotool mousedown $button sleep 0.1 mouseup $button sleep 0.1; done
verdict "and has three buttons" until_run '.* 0 1' '.* 0 4' '.* 0 2'
xdotool click 4 sleep 0.2 click 5
verdict "and a wheel" until_run '0 0 -[0-9]* 0' '0 0 [1-9]* 0'
xdotool key ctrl+alt+g
verdict "Ctrl-Alt-G releases it" until_title 'captures the mouse'
xdotool windowsize "$window" 333 777
sleep 0.5
xdotool windowsize "$window" 1000 600
sleep 1
rss=$(awk '/^VmRSS/ {print $2}' "/proc/$guest/status")
before=$(awk '{print $14 + $15}' "/proc/$guest/stat")
sleep 4
after=$(awk '{print $14 + $15}' "/proc/$guest/stat")
# 5 % is the aim, on a quiet machine; tests run on busy ones
echo "# idle: $((after - before)) ticks in 4 s, $rss KiB"
if [ -n "${SAN:-}${TSAN_OPTIONS:-}" ]; then
    skip "little memory and less than a core" "a sanitizer takes more"
else
    verdict "less than 64 MiB of memory" test "${rss:-999999}" -lt 65536
    verdict "idle: far less than a core" test $((after - before)) -lt 80
fi

if ! pkg-config --exists x11 2> /dev/null; then
    skip "a file dropped, keys held, the close button" "libx11-dev is not installed"
else
    # shellcheck disable=SC2046
    ${CC:-cc} -o "$out/desktop" tests/window/desktop.c $(pkg-config --cflags --libs x11) || exit 1
    cp "$out/echo.img" "$out/other disk.img"
    verdict "a file dropped is taken" "$out/desktop" drop "$window" "$out/other disk.img"
    verdict "and is in the drive" until_log 'other disk.img is in drive fda'
    verdict "and in the title" until_title '^other disk.img - glass86 - running'
    if command -v socat > /dev/null; then
        echo "eject fda" | timeout 5 socat -t 1 - "UNIX-CONNECT:$out/monitor" > /dev/null 2>&1
        verdict "ejected, and out of the title" until_title '^no disk - glass86 - running'
    fi
    verdict "what is no image is taken from the hand" "$out/desktop" drop "$window" "$out"
    verdict "and refused with a line that says why" until_log 'is a directory, not a disk image'
fi
if ! command -v openbox > /dev/null; then
    skip "full screen under a window manager" "openbox is not installed"
else
    openbox > /dev/null 2>&1 &
    wm=$!
    sleep 1
    xdotool windowfocus "$window"
    xdotool key alt+Return
    verdict "Alt-Enter: full screen under a window manager" until_size 1280x1024
    xdotool key alt+Return
    verdict "and back" until_size 1000x600
    xdotool key ctrl+alt+f
    verdict "Ctrl-Alt-F: full screen" until_size 1280x1024
    xdotool key ctrl+alt+f
    verdict "and back again" until_size 1000x600
    kill $wm
fi
xdotool windowfocus "$window"
xdotool key ctrl+alt+q
wait $guest
status=$?
guest=
verdict "Ctrl-Alt-Q ends with status 0" test $status = 0

BUILD=$BUILD sh tests/window/wayland.sh "$GLASS86" "$out"

# ---- a window that goes away -------------------------------------------------------------------

gone() { # name: the run goes on, and a signal ends it
    verdict "$1: a clear line" until_log 'the window is gone; the run goes on without one'
    command -v socat > /dev/null && verdict "$1: the guest runs on" until_screen 1 Ready
    kill -TERM $guest
    wait $guest
    status=$?
    guest=
    verdict "$1: a signal ends the run with status 0" test $status = 0
}
if ! [ -e /usr/include/X11/Xlib.h ]; then
    skip "a window that goes away" "libx11-dev is not installed"
    exit 0
fi
start -snapshot -fda echo.img
until_title 'running'
for i in 1 2 3 4 5; do # until it is the right one, and not one of those before
    xdotool windowclose "$(xdotool search --onlyvisible --name glass86 | tail -n 1)"
    sleep 0.5
    grep -q 'window is gone' "$out/log" && break
done
gone "window destroyed"

# Keys that are down when the keyboard goes elsewhere are let go; the guest counts what is down (held.asm).
start -snapshot -fda held.img -ips 4M
until_title 'running'
if ! command -v socat > /dev/null; then
    skip "keys held are let go" "socat is not installed"
else
    until_screen 1 'held 0'
    window=$(xdotool search --onlyvisible --name glass86 | tail -n 1)
    xdotool windowfocus "$window"
    sleep 0.5
    xdotool keydown ctrl keydown shift keydown a keydown F5 keydown Right
    verdict "five keys are down" until_screen 1 'held 5'
    "$out/desktop" away &
    verdict "none is when the keyboard goes elsewhere" until_screen 1 'held 0'
    wait $!
    xdotool windowfocus "$window"
    xdotool keyup ctrl keyup shift keyup a keyup F5 keyup Right
    sleep 0.5
    verdict "and none after it came back" until_screen 1 'held 0'
fi
kill -TERM $guest
wait $guest
guest=

# The close button, while the guest writes without end into a folder of the host, which is brought up to date when the
# guest has been quiet for a second, or at the end.
mkdir "$out/folder"
printf 'glass86 old' > "$out/folder/file"
start -boot a -fda saver.img -hda "fat:$out/folder"
until_title 'running'
if command -v socat > /dev/null; then until_screen 1 Ready; else sleep 5; fi
verdict "while the guest writes, the folder waits" grep -q old "$out/folder/file"
"$out/desktop" close "$(xdotool search --onlyvisible --name glass86 | tail -n 1)"
(sleep 20; kill -KILL $guest) 2> /dev/null &
patience=$!
wait $guest
status=$?
guest=
kill $patience
verdict "the close button ends with status 0" test $status = 0
verdict "and what the guest wrote is on the host" grep -q new "$out/folder/file"
start -snapshot -fda echo.img
until_title 'running'
kill $x
gone "X server gone"
exit 0
