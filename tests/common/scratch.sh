# For run.sh of suites that drive the program from Python with guests assembled on the spot: $program, $root, and an empty
# directory that goes away again. Set `suite` first.
program=${GLASS86:-./glass86}
case $program in /*) ;; *) program=$PWD/$program ;; esac
root=$PWD
command -v python3 > /dev/null || { echo "ok 1 - $suite # SKIP no python3"; exit 0; }
command -v nasm > /dev/null || { echo "ok 1 - $suite # SKIP no nasm"; exit 0; }
dir=$(mktemp -d) || exit 70
trap 'cd /; rm -rf "$dir"' EXIT
cd "$dir" || exit 70
unset DISPLAY WAYLAND_DISPLAY
