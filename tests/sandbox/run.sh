#!/bin/sh
# -sandbox on, through the command line: what must go on working does, and what must not is refused with a line that says why.
# tests/unit/test_sandbox.c tries to break out.
program=${GLASS86:-./glass86}
case $program in /*) ;; *) program=$PWD/$program ;; esac
root=$PWD
command -v python3 > /dev/null || { echo "ok 1 - sandbox # SKIP no python3"; exit 0; }
dir=$(mktemp -d) || exit 70
trap 'cd /; rm -rf "$dir"' EXIT
cd "$dir" || exit 70
unset DISPLAY WAYLAND_DISPLAY
# what ends it by force must be the sandbox
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS
python3 "$root/tests/sandbox/sandbox.py" "$program"
