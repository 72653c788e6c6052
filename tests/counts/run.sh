#!/bin/sh
# Host instructions per guest instruction on the programs of tests/bench, as callgrind counts them: that repeats exactly,
# on any machine. A program that needs over 3 % more than `baseline` says is a failure; under 3 % less is reported, so
# that the baseline follows. Counts depend on the compiler, so the baseline names it, and others skip.
#
#   tests/counts/run.sh -update     writes the baseline anew
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}"
baseline=tests/counts/baseline
insns=0.2 # million
skip() { echo "ok host instructions per guest instruction # SKIP $1"; exit 0; }

command -v valgrind > /dev/null || skip "valgrind is not installed"
command -v nasm > /dev/null || skip "nasm is not installed"
nm "$BUILD/cpu/ops_fast.o" 2> /dev/null | grep -q fast_add32_rr || skip "this build has no tail calls"
${MAKE:-make} -s BUILD="$BUILD" bench-programs > "$BUILD/counts.log" 2>&1 || { echo "not ok building tests/bench"; exit 1; }
compiler=$(strings -a "$BUILD/cpu/page.o" | sed -n 's/^GNU C11 \([0-9.]*\) .*\(-O[0-9s]\).*/gcc \1 \2/p' | head -n 1)
[ -n "$compiler" ] || skip "built by another compiler than gcc, or without -g"

count() { # program
    valgrind --tool=callgrind --toggle-collect=measured --callgrind-out-file="$BUILD/counts.out" \
        "$BUILD/bench/bench" -core fast -rounds 1 -n $insns "$BUILD/bench/$1.bin" > "$BUILD/counts.log" 2>&1
    sed -n 's/^totals: //p' "$BUILD/counts.out"
    rm -f "$BUILD/counts.out"
}

programs=$(basename -s .asm tests/bench/*.asm)
if [ "${1:-}" = -update ]; then
    { echo "$compiler"; for p in $programs; do echo "$p $(count "$p")"; done; } > $baseline.new && mv $baseline.new $baseline
    exit
fi
[ "$compiler" = "$(head -n 1 $baseline)" ] || skip "the baseline is for $(head -n 1 $baseline), this is $compiler"
for p in $programs; do
    was=$(sed -n "s/^$p //p" $baseline)
    now=$(count "$p")
    if [ -z "$was" ] || [ -z "$now" ]; then
        echo "not ok $p: baseline '$was', counted '$now'"
    elif [ "$now" -gt $((was * 103 / 100)) ]; then
        echo "not ok $p needs no more host instructions: $was -> $now"
    else
        [ "$now" -ge $((was * 97 / 100)) ] || echo "# $p improved: $was -> $now; tests/counts/run.sh -update keeps it"
        echo "ok $p needs no more host instructions"
    fi
done
