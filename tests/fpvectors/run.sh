#!/bin/sh
# Published vectors of floating point (fpvectors.c) from the directory GLASS86_FPVECTORS, and what Berkeley's
# testfloat_gen generates if it is there or in PATH. Before that, that the reader sees what is right and what is wrong.
${MAKE:-make} -s "BUILD=$BUILD" "$BUILD/fpvectors" || exit 1
out=$BUILD/test-logs
say() { # status, name
    [ "$1" = 0 ] && echo "ok - $2" || echo "not ok - $2"
}

# Our own, of both kinds: each line as it is, then with a wrong flag, then with a wrong last bit.
{
    echo extF80_div -rmin -precision80
    echo 3FFF8000000000000000 4000C000000000000000 3FFDAAAAAAAAAAAAAAAA 01
    echo BFFF8000000000000000 00000000000000000000 FFFF8000000000000000 08
} > "$out/right.fpv"
printf '! one ulp less than 2^16384, doubled\nA* => Hd1 2 xo H\nA* 0< Hd1 2 xo Hd1\nA+ ALL -1i1 1 OK -1u1\n' > "$out/coded.fpv"
"$BUILD/fpvectors" "$out/right.fpv" "$out/coded.fpv"
for change in 's/ 01$/ 00/' 's/AAAA 01/AAAB 01/' 's/ 08$/ 10/'; do
    sed "$change" "$out/right.fpv" > "$out/wrong.fpv"
    "$BUILD/fpvectors" "$out/wrong.fpv" > /dev/null && s=1 || s=0
    say $s "a wrong vector is noticed: $change"
done
for change in 's/xo H$/x H/' 's/u1$/u3/' 's/Hd1$/H/' 's/ALL/?/'; do
    sed "$change" "$out/coded.fpv" > "$out/wrong.fpv"
    "$BUILD/fpvectors" "$out/wrong.fpv" > /dev/null && s=1 || s=0
    say $s "a wrong vector is noticed: $change"
done
rm -f "$out"/*.fpv

found=
dir=${GLASS86_FPVECTORS:-/nowhere}
for f in "$dir"/*; do
    case $f in */testfloat_gen | */\*) continue ;; esac
    [ -f "$f" ] && found=1 && "$BUILD/fpvectors" "$f"
done
[ "$found" ] || echo "ok - published vectors # SKIP no files in GLASS86_FPVECTORS"

gen=$dir/testfloat_gen
[ -x "$gen" ] || gen=$(command -v testfloat_gen) || {
    echo "ok - TestFloat # SKIP no testfloat_gen in GLASS86_FPVECTORS or PATH"
    exit 0
}
for round in near_even minMag min max; do
    for f in add sub mul div rem sqrt; do
        for precision in 32 64 80; do
            set -- "-r$round" "-precision$precision" -tininessafter -level "${LEVEL:-1}" "extF80_$f"
            "$gen" -prefix "$*" "$@" | "$BUILD/fpvectors" -
        done
    done
    for f in extF80_roundToInt extF80_eq extF80_le extF80_lt extF80_eq_signaling extF80_le_quiet extF80_lt_quiet \
        extF80_to_f32 extF80_to_f64 extF80_to_i32 extF80_to_i64 f32_to_extF80 f64_to_extF80 i32_to_extF80 i64_to_extF80; do
        set -- "-r$round" -exact -tininessafter "$f"
        "$gen" -prefix "$*" "$@" | "$BUILD/fpvectors" -
    done
done
