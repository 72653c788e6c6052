#!/bin/sh
# Executes what the documents tell a reader to type, in an empty directory, and compares the answers with those printed there:
# follow.py. A document takes part by having ```console blocks and standing in the list below. Whether the tests exist that prove
# the claims of other documents says claims.py.
root=$PWD
program=${GLASS86:-./glass86}
case $program in /*) ;; *) program=$PWD/$program ;; esac
dir=$(mktemp -d) || exit 70
trap 'cd /; rm -rf "$dir"' EXIT

command -v python3 > /dev/null || { echo "ok 1 - documents # SKIP no python3"; exit 0; }
failed=0
for document in firmware-and-disks system-behaviour; do
    python3 tests/docs/claims.py "docs/$document.md" || failed=1
done
command -v nasm > /dev/null || { echo "ok 1 - documents # SKIP no nasm"; exit $failed; }

mkdir "$dir/bin" "$dir/home" || exit 70
ln -s "$program" "$dir/bin/glass86"
PATH=$dir/bin:$PATH HOME=$dir/home XDG_CONFIG_HOME=$dir/home
export PATH HOME XDG_CONFIG_HOME
unset DISPLAY WAYLAND_DISPLAY XDG_STATE_HOME

for document in boot-sector-tutorial virtualization; do
    mkdir "$dir/$document" && cd "$dir/$document" || exit 70
    python3 "$root/tests/docs/follow.py" "$root/docs/$document.md" || failed=1
done
exit $failed
