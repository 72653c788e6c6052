#!/bin/sh
# The board as other people's systems see it: Debian's i386 kernel to a shell. Prints TAP lines.
# The kernel and busybox come from the Debian archive (tests/platform/debian.sh), 53 MB, once, into
# $BUILD/packages or GLASS86_PACKAGES; without a network these tests are skipped.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}"
: "${GLASS86:=$PWD/$BUILD/glass86}"
work=$BUILD/test-platform
# shellcheck source=tests/boot/lib.sh
. tests/boot/lib.sh
# shellcheck source=tests/platform/debian.sh
. tests/platform/debian.sh

# ---- Debian -------------------------------------------------------------------------------------

linux_needs="mformat=mtools syslinux=syslinux sfdisk=fdisk /usr/lib/syslinux/mbr/mbr.bin=syslinux-common cpio=cpio"

# linux_disk FILE: the kernel and its initramfs on a hard disk that syslinux boots. The crypto self-tests, which would
# be half of the boot, are left out; everything else is as in Debian.
linux_disk() {
    initramfs "$work/initramfs.gz" &&
        append='console=tty0 console=ttyS0,115200 cryptomgr.notests' \
            fat_disk "$1" 24 6 "$packages"/root/boot/vmlinuz-* "$work/initramfs.gz"
}

# answer_serial: types a command into the serial port once the shell's prompt is there.
answer_serial() {
    tries=0
    until grep -q '/ # ' "$work/serial.txt" || [ $tries -ge 280 ]; do
        sleep 1
        tries=$((tries + 1))
    done
    sleep 1
    echo 'cat /proc/cpuinfo; uname -r -m; echo serial $((6 * 7))'
    exec sleep 300
}

# debian_shell NAME OPTION...: both shells answer what is typed.
debian_shell() {
    n="Debian's i386 kernel to a shell on serial port and screen$1"
    shift
    rm -f "$work/serial.txt" "$work/typed"
    mkfifo "$work/typed"
    : > "$work/serial.txt"
    answer_serial > "$work/typed" &
    typist=$!
    timeout 300 "$GLASS86" -config none -display none -batch -snapshot -cpu 686 -m 64 -hda "$work/linux.img" -serial stdio \
        -timeout 120 -type-at '60,echo screen $((6 * 7))\n' -expect '^screen 42' -expect '^serial 42' \
        -screendump "$work/screen.txt" "$@" < "$work/typed" > "$work/serial.txt" 2> "$work/said.txt"
    status=$?
    kill $typist 2> /dev/null
    if [ $status -eq 0 ] && grep -q 'serial 42' "$work/serial.txt" && grep -q '^screen 42' "$work/screen.txt" &&
        grep -q '6.*-686 i686' "$work/serial.txt"; then
        pass "$n"
    else
        tail -n 20 "$work/serial.txt" >> "$work/said.txt"
        fail "$n"
    fi
}

# shellcheck disable=SC2086
debian() {
    n="Debian's i386 kernel"
    if why=$(missing $linux_needs); then skip "$n" "$why"
    elif ! fetch_debian; then skip "$n" 'linux-image-686 and busybox-static cannot be fetched from the Debian archive'
    elif ! linux_disk "$work/linux.img" > "$work/said.txt" 2>&1; then fail "$n"
    else
        debian_shell ''
        if why=$(missing $seabios=seabios $seavga=seabios); then skip "$n under SeaBIOS" "$why"
        else debian_shell ' under SeaBIOS' -bios $seabios -vgabios $seavga; fi
    fi
}

debian
rm -rf "$work"
