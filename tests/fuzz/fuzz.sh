#!/bin/sh
# Runs fuzz targets one after the other: fuzz.sh [-afl] BUILD TARGET... for MINUTES each (5);
# an input that takes HANG seconds (20) hangs. What is new and interesting goes to
# BUILD/found/TARGET, where the next run begins; an input that crashes, hangs, leaks or eats memory goes to
# BUILD/crash/TARGET-*, and belongs into tests/fuzz/corpus/TARGET once the bug is mended. Ends with a line for each target.
cd "$(dirname "$0")/../.." || exit 1
afl=
[ "$1" = -afl ] && afl=1 && shift
build=$1
shift
seconds=$((${MINUTES:-5} * 60))
mkdir -p "$build/crash" "$build/log"
# A machine is some megabytes, made for every input: memory is used again sooner than ASan would by itself. A guest's fault is a
# longjmp(), for which ASan wipes its notes of the whole stack and asks for the signal stack. (AFL++ has its own ideas of these.)
[ -n "$afl" ] || export ASAN_OPTIONS=quarantine_size_mb=16:use_sigaltstack=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
ulimit -s 1024
# What a fuzzer has done, from its log or AFL++'s figures.
so_far() {
    if [ -n "$afl" ]; then
        sed -n 's/^execs_done *: */executions /p' "$build/afl/$t/default/fuzzer_stats" 2> /dev/null
    else
        sed -n 's/^#\([0-9]*\).* cov: \([0-9]*\) ft: \([0-9]*\).*/executions \1 edges \2 features \3/p' "$build/log/$t" | tail -n 1
    fi
}
# Waits for the fuzzer $1, and shows who sits at a terminal how far it is. Ctrl-C ends it, with its figures, and the row.
await() {
    trap 'stop=1; kill -INT '"$1"' 2> /dev/null' INT
    begun=$(date +%s)
    while [ -t 2 ] && kill -0 "$1" 2> /dev/null; do
        printf '\r\033[K%s: %d of %d s %s' "$t" $(($(date +%s) - begun)) "$seconds" "$(so_far)" >&2
        sleep 1
    done
    [ -t 2 ] && printf '\r\033[K' >&2
    wait "$1"
    ended=$?
    if kill -0 "$1" 2> /dev/null; then # only the waiting was over
        wait "$1"
        ended=$?
    fi
    return $ended
}
with_afl() {
    AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 timeout $((seconds + 60)) \
        afl-fuzz -V "$seconds" -t 5000+ -i "tests/fuzz/corpus/$1" -o "$build/afl/$1" "$build/fuzz/$1" > "$build/log/$1" 2>&1 &
    await $!
}
with_libfuzzer() {
    mkdir -p "$build/found/$1"
    "$build/fuzz/$1" -max_total_time="$seconds" -timeout="${HANG:-20}" -rss_limit_mb=3000 -close_fd_mask=3 -max_len=8192 -print_final_stats=1 \
        -artifact_prefix="$build/crash/$1-" "$build/found/$1" "tests/fuzz/corpus/$1" > "$build/log/$1" 2>&1 &
    await $!
}
read_cpu() { # sets cpu: seconds of this shell's children so far
    times > "$build/log/$t.times"
    cpu=$(tail -n 1 "$build/log/$t.times" | tr 'ms' '  ' | awk '{ print int(($1 + $3) * 60 + $2 + $4) }')
}
stop=
for t; do
    [ -z "$stop" ] || break
    mkdir -p "$build/afl"
    read_cpu
    before=$cpu
    if [ -n "$afl" ]; then
        with_afl "$t"
        status=$?
        figures=$(grep -hE '^(execs_done|bitmap_cvg|saved_crashes|saved_hangs)' "$build/afl/$t/default/fuzzer_stats" 2> /dev/null | tr -s ' \n' ' ')
        [ $status = 0 ] || tail -n 3 "$build/log/$t"
    else
        with_libfuzzer "$t"
        status=$?
        figures="$(sed -n 's/^stat::number_of_executed_units: */executions /p' "$build/log/$t") $(
            sed -n 's/.* cov: \([0-9]*\) ft: \([0-9]*\) corp: \([0-9]*\).*/edges \1 features \2 corpus \3/p' "$build/log/$t" | tail -n 1)"
    fi
    read_cpu
    cpu=" ($((cpu - before)) s of a processor)"
    [ -z "$afl" ] || cpu= # it does not wait for all of its processes
    echo "$t: status $status, $seconds s$cpu, $figures"
    [ $status = 0 ] || worst=1
done
for dir in /dev/shm/glass86-fuzz-* /tmp/glass86-fuzz-*; do
    pid=${dir#*-fuzz-}
    [ -d "$dir" ] && [ -O "$dir" ] && ! kill -0 "${pid%%-*}" 2> /dev/null && rm -rf "$dir"
done
exit ${worst:-0}
