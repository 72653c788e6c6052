#!/bin/sh
# Runs every test suite and adds up what they say. A suite is a program that prints TAP lines (ok, not ok, # SKIP):
# unit test binaries in $BUILD/unit, and each tests/*/run.sh, which is called with GLASS86 and BUILD set.
#
#   tests/run.sh [SUITE...]     all suites, or those named (test_pit, guest, boot, ...)
#
# One line per suite while they run, failures in full at the end, then `N passed, N failed, N skipped`.
# Two suites run at a time. Full output stays in $BUILD/test-logs/SUITE.tap.
set -u
cd "$(dirname "$0")/.." || exit 1
: "${BUILD:=build}"
GLASS86=${GLASS86:-$PWD/$BUILD/glass86}
export BUILD GLASS86
export CMOCKA_MESSAGE_OUTPUT=TAP
logs=$BUILD/test-logs
mkdir -p "$logs"

suites() {
    for t in "$BUILD"/unit/test_*; do
        case $t in *.d | *.o) ;; *) [ -x "$t" ] && echo "$t" ;; esac
    done
    for t in tests/*/run.sh; do [ -f "$t" ] && echo "$t"; done
}

name_of() {
    case $1 in */run.sh) basename "$(dirname "$1")" ;; *) basename "$1" ;; esac
}

wanted() {
    [ $# -eq 1 ] && return 0
    n=$1; shift
    for w in "$@"; do [ "$w" = "$n" ] && return 0; done
    return 1
}

# A suite that ends badly without having said `not ok` (a crash) is itself a failure.
run_suite() {
    n=$(name_of "$1")
    out=$logs/$n.tap
    case $1 in *.sh) sh "$1" ;; *) "$1" ;; esac > "$out" 2>&1 < /dev/null
    status=$?
    if [ $status -ne 0 ] && ! grep -v '# *SKIP' "$out" | grep -q '^not ok'; then
        echo "not ok - $n ended with status $status" >> "$out"
    fi
    grep -qE '^(not )?ok' "$out" || echo "not ok - $n ran no test" >> "$out"
    awk -v n="$n" '/^(not )?ok.*# *[Ss][Kk][Ii][Pp]/ {s++; next} /^ok/ {p++} /^not ok/ {f++}
        END {printf "%s %-20s %4d passed%s%s\n", f ? "FAIL" : "  ok", n, p, f ? ", " f " failed" : "", s ? ", " s " skipped" : ""}' "$out"
}

running=
for t in $(suites); do
    n=$(name_of "$t")
    if [ $# -gt 0 ]; then wanted "$n" "$@" || continue; fi
    rm -f "$logs/$n.tap"
    run_suite "$t" &
    running="$running $!"
    set_count=$(echo "$running" | wc -w)
    if [ "$set_count" -ge 2 ]; then
        first=$(echo $running | cut -d' ' -f1)
        wait "$first"
        running=$(echo $running | cut -d' ' -f2-)
    fi
    list="${list:-} $logs/$n.tap"
done
wait
[ -n "${list:-}" ] || { echo "no such suite"; echo "0 passed, 0 failed"; exit 1; }

# shellcheck disable=SC2086
awk '/^not ok/ && !/# *SKIP/ {print FILENAME ": " $0}' $list
awk '/^(not )?ok.*# *[Ss][Kk][Ii][Pp]/ {s++; sub(/.*# */, ""); why[$0]++; next} /^ok/ {p++} /^not ok/ {f++}
    END {for (w in why) print why[w] " skipped: " w
         printf "%d passed, %d failed", p, f; if (s) printf ", %d skipped", s; print ""; exit f > 0}' $list
