#!/bin/sh
# Guests that wait (guest.asm): the machine must come to the same state whether their loops are executed or passed over, and
# most of the time must be passed over where that is possible. A breakpoint on an interrupt that never comes makes the
# debugger want every event: then each instruction is executed. Output is TAP.
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}" "${NASM:=nasm}"
GLASS86=${GLASS86:-$PWD/$BUILD/glass86}
out=$BUILD/idle
mkdir -p "$out"
command -v "$NASM" > /dev/null || { echo "ok waiting # SKIP nasm is not installed"; exit 0; }

run() { # image, options
    image=$1
    shift
    "$GLASS86" -config none -batch -display none -snapshot -fda "$image" -ips 20000000 -timeout 1.5 -stats "$out/stats.json" -hash \
        -serial null -type-at 1.3,ab "$@" 2> /dev/null | tail -n 1
}

number() { sed -n "s/.*\"$1\": \([0-9]*\).*/\1/p" "$out/stats.json"; }

compare() { # kind of wait, per cent of the time that must be passed over, options
    kind=$1 least=$2
    shift 2
    "$NASM" -f bin -DWAIT="$kind" -o "$out/$kind.img" tests/idle/guest.asm && truncate -s 1474560 "$out/$kind.img" || exit 1
    executed=$(run "$out/$kind.img" -ex 'bpint 0xEE' -ex c "$@")
    [ "$(number waited_ticks)" = 0 ] || executed="loops passed over all the same"
    hash=$(run "$out/$kind.img" "$@")
    all=$(number instructions) passed=$(($(number waited_ticks) + $(number halted_ticks)))
    if [ -n "$hash" ] && [ "$hash" = "$executed" ]; then echo "ok $kind $*: the same machine"; else
        echo "not ok $kind $*: the same machine - '$hash', executed '$executed'"
    fi
    share=$((passed * 100 / all))
    [ "$least" = 0 ] && return # nothing to be passed over
    if [ $share -ge "$least" ]; then echo "ok $kind $*: the host sleeps"; else
        echo "not ok $kind $*: the host sleeps - $share per cent are passed over, not $least"
    fi
}

compare halt 90
compare bios 80
compare dos 80
compare key 80
compare key_status 80
compare retrace 80
compare retrace 70 -vga cga
compare line 50
compare serial 80
compare counted 0
