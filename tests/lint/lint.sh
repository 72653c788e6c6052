#!/bin/sh
# Static checks: lint.sh [cppcheck|clang-tidy] [FOLDER...]. Findings are mended, or stand with a reason in suppressions.txt
# (cppcheck) or .clang-tidy. The dispatch loops (cpu/ops_*) are left out: they are one table, spelled out by macros.
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}"
tool=${1:-all}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- mmu cpu devices devices/disk bios frontend
files=
for dir; do
    for f in "$dir"/*.c; do
        case $f in cpu/ops_*) ;; *) files="$files $f" ;; esac
    done
done
options="-std=c11 -D_GNU_SOURCE -I. -I$BUILD"
status=0
if [ "$tool" != clang-tidy ]; then
    if command -v cppcheck > /dev/null; then
        # shellcheck disable=SC2086
        cppcheck -q -j 2 --error-exitcode=1 --library=tests/lint/cppcheck.cfg --suppressions-list=tests/lint/suppressions.txt \
            --std=c11 --language=c --max-configs=1 -I. "-I$BUILD" -D_GNU_SOURCE -D__linux__ -D__x86_64__ \
            --enable=warning,portability --template='{file}:{line}: {id}: {message}' $files || status=1
    else
        echo "cppcheck is not installed"
    fi
fi
if [ "$tool" != cppcheck ]; then
    if command -v clang-tidy > /dev/null; then
        # shellcheck disable=SC2086
        printf '%s\n' $files | xargs -P 2 -n 8 sh -c 'clang-tidy --quiet "$@" -- '"$options"' 2> /dev/null' lint || status=1
    else
        echo "clang-tidy is not installed"
    fi
fi
exit $status
