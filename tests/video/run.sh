#!/bin/sh
# Golden frames: each guest in tests/video/*.asm draws pictures, which are compared pixel by pixel with the committed ones in
# tests/video/png, all of which a person has looked at. A guest names its pictures in lines
#
#   ; picture: NAME -DWHAT...     assembled with these definitions; OPTIONS of glass86 may follow after a colon
#
#   tests/video/run.sh [NAME...]          all pictures, or those named
#   ACCEPT=1 tests/video/run.sh NAME...   take what is drawn as right (needs ImageMagick) - after looking at it
#   EMULATOR=qemu tests/video/run.sh ...  what QEMU draws with our VGA BIOS, give or take its rounding of colours
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}" "${NASM:=nasm}" "${ACCEPT:=}" "${EMULATOR:=glass86}"
GLASS86=${GLASS86:-$PWD/$BUILD/glass86}
out=$BUILD/video
mkdir -p "$out"

if ! command -v "$NASM" > /dev/null; then
    echo "ok video # SKIP nasm is not installed"
    exit 0
fi
if ! ${MAKE:-make} -s BUILD="$BUILD" "$BUILD/compare" 2> "$out/log"; then
    echo "ok video # SKIP libpng is not installed"
    exit 0
fi

draw_here() { # name, options
    # shellcheck disable=SC2086
    timeout 120 "$GLASS86" -config none -display none -batch $2 -fda "$out/$1.img" -snapshot \
        -device isa-debug-exit,raw=on -max-insns 3000M -screendump "$out/$1.png" < /dev/null > "$out/log" 2>&1
}

draw_in_qemu() { # name
    mkdir -p "$out/roms"
    cp roms/vgabios.bin "$out/roms/vgabios.bin"
    (
        sleep "${WAIT:-4}"
        echo "screendump $out/$1.ppm"
        sleep 1
        echo quit
    ) | timeout 60 qemu-system-i386 -L "$out/roms" -L /usr/share/seabios -L /usr/share/qemu -display none -m 16 \
        -vga none -device isa-vga -fda "$out/$1.img" -snapshot -boot a -monitor stdio > "$out/log" 2>&1
    convert "$out/$1.ppm" "$out/$1.png"
}

one() { # source, name, definitions, options
    peer=
    [ "$EMULATOR" = glass86 ] || peer=-DPEER
    # shellcheck disable=SC2086
    if ! "$NASM" -f bin -w-number-overflow -Itests/video/ $peer $3 -o "$out/$2.img" "$1" 2> "$out/log"; then
        echo "not ok $2 - nasm"
        sed 's/^/# /' "$out/log"
        return
    fi
    truncate -s 360K "$out/$2.img"
    rm -f "$out/$2.png"
    tolerance=0
    if [ "$EMULATOR" = qemu ]; then
        draw_in_qemu "$2"
        tolerance=4
    elif ! draw_here "$2" "$4"; then
        echo "not ok $2 - ended with status $?"
        sed 's/^/# /' "$out/log"
        return
    fi
    if [ -n "$ACCEPT" ]; then
        convert "$out/$2.png" -strip -define png:compression-level=9 -define png:exclude-chunks=date,time \
            "tests/video/png/$2.png"
        # few colours: a palette, if it loses nothing
        convert "$out/$2.png" -strip -define png:compression-level=9 "PNG8:$out/small.png"
        "$BUILD/compare" "$out/$2.png" "$out/small.png" > "$out/log" && [ "$(wc -c < "$out/small.png")" -lt \
            "$(wc -c < "tests/video/png/$2.png")" ] && cp "$out/small.png" "tests/video/png/$2.png"
    fi
    if said=$("$BUILD/compare" "tests/video/png/$2.png" "$out/$2.png" $tolerance 2>&1); then
        echo "ok $2"
    else
        echo "not ok $2 - $said"
    fi
    rm -f "$out/$2.img"
}

grep -H '^; picture: ' tests/video/*.asm | sed 's/:; picture: */ /' | while read -r source name rest; do
    wanted=1
    if [ $# -gt 0 ]; then
        wanted=
        for w; do [ "$w" = "$name" ] && wanted=1; done
    fi
    [ -n "$wanted" ] || continue
    case $rest in
        *:*) one "$source" "$name" "${rest%%:*}" "${rest#*:}" ;;
        *) one "$source" "$name" "$rest" "" ;;
    esac
done
exit 0
