#!/bin/sh
# The same machine and inputs give the same machine at every instruction count: whole boots and random machines, compared over
# compilers, cores, displays, hosts under load, with the past kept or not, and on aarch64. Output is TAP.
#
# Builds of its own go to $BUILD/determinism. The sanitizer build is compared if `make san` has made one.
#
# GLASS86_PARTS   which comparisons: ways stale compilers sanitizers aarch64 (all of them)
# GLASS86_SEEDS   of the random machines
# GLASS86_CROSS   a directory for the aarch64 compiler, which is downloaded there (cross.sh) unless it is there or installed
program=${GLASS86:-./glass86}
case $program in /*) ;; *) program=$PWD/$program ;; esac
: "${BUILD:=build}"
case $BUILD in /*) build=$BUILD ;; *) build=$PWD/$BUILD ;; esac
root=$PWD
number=0 failed=0
seeds=${GLASS86_SEEDS:-"1 2 3 4 5 6"}
parts=${GLASS86_PARTS:-"ways stale compilers sanitizers aarch64"}
unset MAKEFLAGS MAKELEVEL DISPLAY WAYLAND_DISPLAY

result() { # CONDITION-STATUS NAME
    number=$((number + 1))
    if [ "$1" = 0 ]; then echo "ok $number - $2"; else
        echo "not ok $number - $2"
        sed 's/^/# /' "$out/log" | head -30
        failed=$((failed + 1))
    fi
}

skip() { number=$((number + 1)); echo "ok $number - $1 # SKIP $2"; }

out=$build/determinism
mkdir -p "$out"
: > "$out/log"
make -s -j2 BUILD="$build" "$build/random" CC="${CC:-cc}" > "$out/log" 2>&1 || { result 1 "the random machines are built"; exit 1; }

clock='-rtc base=1999-12-31T23:58:00'

# script FILE COUNT...: commands that print a hash at each count
script() {
    file=$1
    shift
    for n in "$@"; do printf 'bpinsn %s\nc\nhash\n' "$n"; done > "$file"
}
script "$out/demo.cmd" 3000000 20000000 50000000 90000000
script "$out/dos.cmd" 100000000 300000000 600000000
script "$out/short.cmd" 3000000 20000000

guest() { # demo | dos | short: options of that boot
    case $1 in
    dos) echo "-snapshot -fda $GLASS86_GUESTS/freedos13.img -x $out/dos.cmd" ;;
    *) echo "-x $out/$1.cmd" ;;
    esac
}

boots() { # RUNNER... : hashes of the boots on stdout
    for g in $which; do
        # shellcheck disable=SC2046
        timeout 1200 "$@" -config none -batch $clock $(guest "$g") 2>> "$out/log" < /dev/null | grep '^hash'
    done
}

randoms() { # RUNNER...
    for s in $seeds; do timeout 1200 "$@" -rounds 24 "$s" 2>> "$out/log" | grep '^hash'; done
}

which="demo"
[ -f "${GLASS86_GUESTS:-/nowhere}/freedos13.img" ] && which="demo dos"

# ---- what everything else is compared with ---------------------------------------------------------

boots "$program" -display none > "$out/boots"
randoms "$build/random" > "$out/randoms"
lines=$(grep -c . "$out/boots")
[ "$lines" = "$([ "$which" = demo ] && echo 4 || echo 7)" ] && [ "$(sort -u "$out/boots" | grep -c .)" = "$lines" ]
result $? "a boot goes through different machines"
[ "$(sort -u "$out/randoms" | grep -c .)" = $((6 * $(echo "$seeds" | wc -w))) ]
result $? "random machines are all different"

same_boots() { # NAME RUNNER...
    name=$1
    shift
    : > "$out/log"
    boots "$@" > "$out/now"
    diff "$out/boots" "$out/now" >> "$out/log"
    result $? "$name: boots"
}

same_randoms() {
    name=$1
    shift
    : > "$out/log"
    randoms "$@" > "$out/now"
    diff "$out/randoms" "$out/now" >> "$out/log"
    result $? "$name: random machines"
}

# Slow runners go as far as the first two counts.
same_start() {
    name=$1
    shift
    which=short
    : > "$out/log"
    boots "$@" > "$out/now"
    head -2 "$out/boots" | diff - "$out/now" >> "$out/log"
    result $? "$name: the beginning of a boot"
    which=$all
}
all=$which

# variant NAME CC [make arguments...]: builds glass86 and random headless
variant() {
    name=$1 cc=$2
    shift 2
    make -s -j2 BUILD="$out/$name" CC="$cc" SDL=0 EDIT=none "$@" "$out/$name/glass86" "$out/$name/random" > "$out/log" 2>&1
}

# ---- one build, different ways ---------------------------------------------------------------------

ways() {
    same_boots "again" "$program" -display none
    same_boots "trampoline" "$program" -display none -core trampoline
    same_start "slow core" "$program" -display none -core slow
    same_boots "no past" "$program" -display none -history 0

    for g in $which; do
        # shellcheck disable=SC2046
        set -- $(guest "$g" | sed 's/-x .*//')
        n=$(sed -n 's/^bpinsn //p' "$out/$g.cmd" | tail -1)
        timeout 600 "$program" -config none -display none $clock "$@" -max-insns "$n" -hash 2> "$out/log" | grep '^hash' > "$out/now"
        grep -qxF "$(cat "$out/now")" "$out/boots" && grep -q . "$out/now"
        result $? "without a debugger: $g"
    done
    if "$program" -config none -help | grep -q 'sdl'; then
        which=demo
        SDL_VIDEODRIVER=dummy SDL_AUDIODRIVER=dummy boots "$program" -display sdl -speed max > "$out/now"
        which=$all
        head -4 "$out/boots" | diff - "$out/now" > "$out/log"
        result $? "with a window"
    else
        skip "with a window" "no SDL in this build"
    fi
    pids=
    for _ in 1 2 3 4; do
        while :; do :; done &
        pids="$pids $!"
    done
    same_boots "a host under load" "$program" -display none
    kill $pids
    same_randoms "trampoline" "$build/random" -core trampoline
    same_randoms "slow core" "$build/random" -core slow
    same_randoms "two machines in turns" "$build/random" -two
    same_randoms "with travels to the past" "$build/random" -history
}

# ---- a guest that depends on stale translations ----------------------------------------------------

stale_hashes() { # OPTIONS...: with the commands in $out/stale.cmd
    timeout 300 "$program" -config none -display none -m 4 -ips 10000000 -load "$out/stale.bin@0:7c00" -entry 0:7c00 \
        -batch -x "$out/stale.cmd" "$@" 2>> "$out/log" | grep '^hash' > "$out/now"
}

# Hashes at three places, however the machine came there.
same_stale() { # NAME OPTIONS...
    name=$1
    shift
    : > "$out/log"
    stale_hashes "$@"
    diff "$out/stale" "$out/now" >> "$out/log"
    result $? "stale translations: $name"
}

stale() {
    if ! command -v nasm > /dev/null; then
        skip "stale translations" "no nasm"
        return
    fi
    nasm -f bin -o "$out/stale.bin" "$root/tests/determinism/stale.asm" || exit 70
    script "$out/stale.cmd" 1000000 1500000 3000000
    stale_hashes
    cp "$out/now" "$out/stale"
    timeout 60 "$program" -config none -display none -m 4 -load "$out/stale.bin@0:7c00" -entry 0:7c00 -batch -ex 'bpinsn 1000000' \
        -ex c -ex 'info stats' > "$out/log" 2>&1
    [ "$(sort -u "$out/stale" | grep -c .)" = 3 ] && grep -q 'stale entries: [1-9]..' "$out/log"
    result $? "stale translations: a guest has hundreds of them"
    same_stale "trampoline" -core trampoline
    same_stale "slow core" -core slow
    same_stale "no past" -history 0
    same_stale "traced" -d insn -D /dev/null
    printf '%s\n' 'watch 0x400100' 'pwatch 0x100200' c c c d 'goto-insn 1000000' hash 'bpinsn 1500000' c hash \
        'goto-insn 3000000' hash > "$out/stale.cmd"
    same_stale "watched"
    printf '%s\n' 'goto-insn 3000000' 'goto-insn 1000000' hash 'goto-insn 1499000' 'si 1000' hash 'rsi 70000' 'goto-insn 3000000' \
        'rsi 5' 'rni 5' 'watch 0x400100' rc d 'goto-insn 3000000' hash > "$out/stale.cmd"
    same_stale "there and back"
    printf '%s\n' 'goto-insn 1000000' "savevm $out/stale.state" 'goto-insn 3000000' "loadvm $out/stale.state" hash 'bpinsn 1500000' c hash \
        'goto-insn 3000000' hash > "$out/stale.cmd"
    same_stale "saved and loaded"
}

# ---- other builds ----------------------------------------------------------------------------------

compilers() {
    case $(${CC:-cc} --version 2> /dev/null) in *clang*) other=gcc ;; *) other=clang ;; esac
    if command -v $other > /dev/null; then
        variant $other $other
        result $? "$other builds it"
        same_boots "$other" "$out/$other/glass86" -display none
        same_randoms "$other" "$out/$other/random"
    else
        skip "another compiler" "no $other"
    fi
    variant O1 "${CC:-cc}" OPT=-O1
    result $? "-O1 builds it"
    same_randoms "-O1" "$out/O1/random"
}

sanitizers() {
    san=$root/build-san
    if [ -x "$san/glass86" ] && [ "$build" != "$san" ]; then
        make -s SAN=1 BUILD=build-san build-san/random > "$out/log" 2>&1
        result $? "sanitizers: random machines are built"
        same_start "sanitizers" "$san/glass86" -display none
        same_randoms "sanitizers" "$san/random"
    else
        skip "the sanitizer build" "there is none; \`make san\` makes one"
    fi
}

aarch64() {
    cross= run=
    if command -v aarch64-linux-gnu-gcc > /dev/null && command -v qemu-aarch64-static > /dev/null; then
        cross="aarch64-linux-gnu-gcc -static" run=qemu-aarch64-static
    elif [ -n "${GLASS86_CROSS:-}" ]; then
        if sh "$root/tests/determinism/cross.sh" "$GLASS86_CROSS" 2> "$out/log"; then
            cross=$GLASS86_CROSS/cc run=$GLASS86_CROSS/run
        else
            skip "aarch64" "its compiler cannot be had: $(head -1 "$out/log")"
        fi
    else
        skip "aarch64" "no cross compiler and qemu-user here; GLASS86_CROSS=DIR downloads them to DIR"
    fi
    if [ -n "$cross" ]; then
        variant aarch64 "$cross" ZLIB=0 ZSTD=0 PKG=false HOSTCC="${HOSTCC:-cc}"
        result $? "aarch64: it is built"
        same_start "aarch64" "$run" "$out/aarch64/glass86" -display none
        same_randoms "aarch64" "$run" "$out/aarch64/random"
    fi
}

for part in $parts; do
    case $part in
    ways | stale | compilers | sanitizers | aarch64) $part ;;
    *) result 1 "GLASS86_PARTS: no part $part" ;;
    esac
done

echo "1..$number"
[ $failed = 0 ]
