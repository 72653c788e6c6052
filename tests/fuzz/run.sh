#!/bin/sh
# Replays the corpora of all fuzz targets: seeds, and every input that ever found a bug. A target passes when all its inputs
# are gone through without a crash, a hang, a panic or a sanitizer's report. The usual build's programs are those of `make san`;
# other builds (for coverage, say) use their own, and so does a compiler that comes without sanitizers.
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}"
san=
if [ "$BUILD" = build ]; then
    if echo 'int main(void) { return 0; }' | ${CC:-cc} -fsanitize=address,undefined -x c -o "$BUILD/san-try" - 2> /dev/null; then
        BUILD=build-san san="SAN=1 WERROR=" # sanitizers make gcc see what is not there
    else
        echo "ok the corpora under sanitizers # SKIP ${CC:-cc} cannot link with AddressSanitizer"
    fi
    rm -f build/san-try
fi
# What a small input makes us ask the host for must be small as well; libFuzzer has a limit like this one.
export ASAN_OPTIONS="max_allocation_size_mb=1000${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
if ! out=$(${MAKE:-make} -s -j"$(nproc)" $san "BUILD=$BUILD" fuzz-programs 2>&1); then
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
for target in image:raw,vhd,qcow2,vdi,vmdk,imd,teledisk,cue,committed,rebased replay:played state:taken golden:passed,failed \
    device:floppy_read,floppy_written,disk_read,disk_written,disc_read kernel:kernel,loaded audio:heard; do
    name=${target%%:*}
    FUZZ_VERBOSE=1 "$BUILD/fuzz/$name" "tests/fuzz/corpus/$name" > "$BUILD/fuzz/said" 2>&1 < /dev/null
    for word in $(echo "${target#*:}" | tr , ' '); do
        word=$(echo "$word" | tr _ ' ')
        if grep -qx "    $word" "$BUILD/fuzz/said"; then
            echo "ok $name: a seed is seen as '$word'"
        else
            echo "not ok $name: a seed is seen as '$word'"
        fi
    done
done
