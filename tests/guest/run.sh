#!/bin/sh
# Boots each guest test in the emulator and prints TAP lines. A test is tests/guest/NAME.asm, assembled to a floppy image.
# Its first lines may say
#
#   ; run: OPTIONS       run it with these options of glass86; a line each time (default: once, without).
#                        disk=SIZE among them is an empty hard disk of so many bytes (as truncate takes them)
#   ; expect: TEXT       a line that the debug port must get; all lines together must be all its output
#                        (or a file NAME.expect); `; expect OPTIONS: TEXT` only where it runs with these options
#                        Without either, the guest judges itself: it writes
#                        `ok WHAT`, `not ok WHAT` or `FAIL WHAT` and a last line `done N`, `PASS...` or `FAIL...`
#   ; rom: NAME          an option ROM of 2 KiB, tests/guest/NAME, is there
#   ; status: N          exit status (default 0)
#   ; insns: N           at most so many instructions (default 2000M)
#
#   tests/guest/run.sh [NAME...]                   all tests, or those named
#   EMULATOR=qemu|bochs tests/guest/run.sh ...     the same guests elsewhere: is the test right?
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}" "${NASM:=nasm}" "${EMULATOR:=glass86}"
GLASS86=${GLASS86:-$PWD/$BUILD/glass86}
out=$BUILD/guest
mkdir -p "$out"

directive() { # file, word: the values of its `; word: ` lines
    sed -n "1,16s#^; $2: *##p" "$1"
}

bochs_config() { # image, options
    case $2 in
        *486*) cpu='model=pentium' ;;
        *) cpu='model=p2_klamath' ;;
    esac
    cat <<END
megs: 32
romimage: file=/usr/share/bochs/BIOS-bochs-legacy
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
floppya: 1_44=$1, status=inserted
boot: floppy
display_library: x
log: $out/bochs.log
panic: action=fatal
error: action=report
clock: sync=none
cpu: $cpu, ips=20000000, reset_on_triple_fault=0
port_e9_hack: enabled=1
END
}

# image, options, instructions: output to stdout, exit status of the emulator
boot() {
    case $EMULATOR in
        qemu)
            model=pentium
            case $2 in *486*) model=486 ;; esac
            # shellcheck disable=SC2086
            timeout 60 qemu-system-i386 -display none -cpu $model -m 16 -fda "$1" -snapshot -boot a -no-reboot \
                -debugcon stdio -device isa-debug-exit,iobase=0xf4,iosize=1 2> /dev/null
            # its status is value * 2 + 1
            [ $? -le 1 ] ;;
        bochs)
            bochs_config "$1" "$2" > "$out/bochsrc"
            echo c | timeout 60 xvfb-run -a bochs -q -f "$out/bochsrc" 2> /dev/null |
                awk '/^\(0\)\./ {exit} on; /^<bochs:1>/ {on = 1}' ;;
        *)
            # shellcheck disable=SC2086
            timeout 120 "$GLASS86" -config none -display none -batch $2 -fda "$1" -snapshot -debugcon stdio \
                -device isa-debug-exit,raw=on -max-insns "$3" < /dev/null 2> "$out/stderr" ;;
    esac
}

judge_text() { # name, wanted file, got file, status, wanted status
    if ! cmp -s "$2" "$3"; then
        echo "not ok $1 - output differs"
        diff "$2" "$3" | sed 's/^/# /'
    elif [ "$4" -ne "$5" ]; then
        echo "not ok $1 - status $4, not $5"
    else
        echo "ok $1"
    fi
}

# The guest's own lines, with the test's name in front; a guest that never comes to its last line has failed.
judge_checks() { # name, got file, status, wanted status
    awk -v n="$1" -v status="$3" -v wanted="$4" '
        {sub(/\r$/, "")}
        /^ok /      {print "ok " n ": " substr($0, 4); next}
        /^not ok /  {print "not ok " n ": " substr($0, 8); bad++; next}
        /^FAIL[: ]/ && !/ checks/ {print "not ok " n ": " substr($0, 6); bad++; next}
        /^(done |PASS|FAIL)/ {ended = 1; next}
        {print "# " $0}
        END {
            if (!ended) print "not ok " n " - ended early"
            else if (status != wanted && !bad) print "not ok " n " - status " status ", not " wanted
        }' "$2"
}

# Its bytes shall add up to zero: the last one sees to that.
assemble_rom() { # source, ROM
    "$NASM" -f bin -o "$2" "$1" || return 1
    sum=$(od -An -v -tu1 "$2" | awk '{for (i = 1; i <= NF; i++) s += $i} END {printf "%03o", (256 - s % 256) % 256}')
    printf "\\$sum" | dd of="$2" bs=1 seek=2047 conv=notrunc status=none
}

run_one() { # source, options
    name=$(basename "$1" .asm)
    label=$name${2:+ [$2]}
    options=
    for word in $2; do
        case $word in
            /*) [ -r "$word" ] || { echo "ok $label # SKIP $word is not installed"; return; } ;;
            disk=*)
                rm -f "$out/$name.disk"
                truncate -s "${word#disk=}" "$out/$name.disk"
                word="-boot a -hda $out/$name.disk" ;;
        esac
        options="$options $word"
    done
    image=$out/$name.img
    got=$out/$name.out
    rom=$(directive "$1" rom)
    [ -n "$rom" ] && assemble_rom "tests/guest/$rom" "$out/$name.rom"
    wanted=$(directive "$1" status)
    insns=$(directive "$1" insns)
    boot "$image" "$options${rom:+ -option-rom $out/$name.rom}" "${insns:-2000M}" > "$got"
    status=$?
    [ "$EMULATOR" = bochs ] && status=${wanted:-0}
    if [ -f "tests/guest/$name.expect" ]; then
        cp "tests/guest/$name.expect" "$out/$name.want"
    else
        { directive "$1" expect; directive "$1" "expect $2"; } > "$out/$name.want"
    fi
    if [ -s "$out/$name.want" ]; then
        judge_text "$label" "$out/$name.want" "$got" "$status" "${wanted:-0}"
    else
        judge_checks "$label" "$got" "$status" "${wanted:-0}"
    fi
    [ "$EMULATOR" = glass86 ] && grep -q '[^ ]' "$out/stderr" && sed 's/^/# /' "$out/stderr"
}

[ $# -gt 0 ] || set -- $(cd tests/guest && ls ./*.asm | sed 's/^..//; s/\.asm$//')
for name; do
    source=tests/guest/$name.asm
    if [ ! -f "$source" ]; then
        echo "not ok $name - no such test"
        continue
    fi
    if ! command -v "$NASM" > /dev/null; then
        echo "ok $name # SKIP nasm is not installed"
        continue
    fi
    if ! "$NASM" -f bin -w-number-overflow -Itests/guest/ -I"$BUILD/" -o "$out/$name.img" "$source" 2> "$out/stderr"; then
        echo "not ok $name - nasm"
        sed 's/^/# /' "$out/stderr"
        continue
    fi
    runs=$(directive "$source" run)
    if [ -z "$runs" ]; then
        run_one "$source" ""
    else
        echo "$runs" | while read -r options; do run_one "$source" "$options"; done
    fi
done

# what failed was said line by line
exit 0
