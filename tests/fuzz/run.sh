#!/bin/sh
# Replays the corpora of all fuzz targets: seeds, and every input that ever found a bug. A target passes when all its inputs
# are gone through without a crash, a hang, a panic or (make san) a sanitizer's report.
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}"
# What a small input makes us ask the host for must be small as well; libFuzzer has a limit like this one.
export ASAN_OPTIONS="max_allocation_size_mb=1000${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
if ! out=$(${MAKE:-make} -s "BUILD=$BUILD" fuzz-programs 2>&1); then
    printf '%s\n' "$out" | sed 's/^/# /'
    echo "not ok - the fuzz targets build"
    exit 1
fi
for dir in tests/fuzz/corpus/*; do
    name=${dir##*/}
    if out=$(timeout 300 "$BUILD/fuzz/$name" "$dir" 2>&1 < /dev/null); then
        echo "ok $name: $(printf '%s\n' "$out" | tail -n 1)"
    else
        printf '%s\n' "$out" | tail -n 30 | sed 's/^/# /'
        echo "not ok $name"
    fi
done
# Seeds that are refused at the door try nothing behind it.
for target in image:raw,vhd,qcow2,vdi,vmdk,imd,teledisk,cue replay:played state:taken golden:passed,failed \
    kernel:kernel,loaded audio:heard; do
    name=${target%%:*}
    FUZZ_VERBOSE=1 "$BUILD/fuzz/$name" "tests/fuzz/corpus/$name" > "$BUILD/fuzz/said" 2>&1 < /dev/null
    for word in $(echo "${target#*:}" | tr , ' '); do
        if grep -qx "    $word" "$BUILD/fuzz/said"; then
            echo "ok $name: a seed is seen as '$word'"
        else
            echo "not ok $name: a seed is seen as '$word'"
        fi
    done
done
