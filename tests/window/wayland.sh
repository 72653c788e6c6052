#!/bin/sh
# A Wayland desktop whose points are two pixels wide: weston inside the X server that DISPLAY names. Its output has 480x300
# points, 960x600 pixels; a picture of 320x200 in whole multiples is 3 times as large in pixels, and would be once in points.
# Called by run.sh, with the name of glass86 and a directory to work in.
set -u
GLASS86=$1
out=$2/wayland
XDG_RUNTIME_DIR=$out/run
mkdir -p "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
export XDG_RUNTIME_DIR

verdict() { # name, command...
    name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "not ok $name"; fi
}
for tool in weston weston-screenshooter; do
    if ! command -v $tool > /dev/null; then
        echo "ok HiDPI under Wayland # SKIP weston is not installed"
        exit 0
    fi
done
if ! ${MAKE:-make} -s "$BUILD/compare" 2> "$out/log"; then
    echo "ok HiDPI under Wayland # SKIP libpng is not installed"
    exit 0
fi
nasm -f bin -o "$out/colours.img" tests/window/colours.asm || exit 1

weston --backend=x11-backend.so --use-pixman --shell=kiosk-shell.so --width=480 --height=300 --scale=2 --no-config \
    --idle-time=0 --debug --socket=glass86 > "$out/weston.log" 2>&1 &
weston=$!
guest=
trap 'kill $weston $guest 2> /dev/null' EXIT
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ -S "$XDG_RUNTIME_DIR/glass86" ] && break
    sleep 0.5
done
if ! [ -S "$XDG_RUNTIME_DIR/glass86" ]; then
    echo "ok HiDPI under Wayland # SKIP weston does not start here: $(tail -n 1 "$out/weston.log")"
    exit 0
fi
WAYLAND_DISPLAY=glass86
export WAYLAND_DISPLAY
"$GLASS86" -config none -display none -snapshot -timeout 2 -fda "$out/colours.img" -screendump "$out/guest.png" \
    > "$out/log" 2>&1 < /dev/null
env -u DISPLAY SDL_VIDEODRIVER=wayland "$GLASS86" -config none -audio none -display sdl -fullscreen -aspect square \
    -scaling integer -snapshot -fda "$out/colours.img" > "$out/log" 2>&1 < /dev/null &
guest=$!
same() { # a click captures the mouse, so its cursor is gone; until what the screen shows is the guest's picture, every dot of it 3x3 pixels
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        xdotool mousemove 300 300 click 1
        rm -f "$out"/wayland-screenshot-*.png
        (cd "$out" && weston-screenshooter) > /dev/null 2>&1
        said=$("$BUILD/compare" "$out/guest.png" "$out"/wayland-screenshot-*.png 2>&1) && return 0
        sleep 0.5
    done
    echo "# $said"
    sed 's/^/# /' "$out/log"
    return 1
}
verdict "HiDPI under Wayland: a window in pixels, and sharp" same
kill $weston
gone() {
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        grep -q 'the window is gone; the run goes on without one' "$out/log" && return 0
        sleep 0.25
    done
    sed 's/^/# /' "$out/log"
    return 1
}
verdict "the compositor gone: a clear line" gone
sleep 0.5
verdict "the compositor gone: the run goes on" grep -qs '^State:[[:space:]]*[RSD]' "/proc/$guest/status"
kill -TERM $guest 2> /dev/null
wait $guest
status=$?
guest=
verdict "the compositor gone: a signal ends the run with status 0" test $status = 0
exit 0
