#!/bin/sh
# `make boot-matrix`: GRUB, syslinux and memtest86+ from floppy, CD and disk, under every firmware on every board
# that it knows, and how fast each is. Prints a table for docs/guests.md: guest seconds and host CPU seconds to the
# text that says it runs, or what was on the screen instead. Takes minutes; `make check` boots a part of it.
#
# Where GLASS86_GUESTS has freedos13.img, FreeDOS also partitions and formats a disk under each of three firmwares, and
# the disk is booted under each.
#
#   tests/boot/matrix.sh            all
#   tests/boot/matrix.sh GUEST...   some: grub-floppy, syslinux-cd, memtest-disk ..., made-ours, made-seabios, made-bochs
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}"
: "${GLASS86:=$PWD/$BUILD/glass86}"
work=$BUILD/test-matrix
# shellcheck source=tests/boot/lib.sh
. tests/boot/lib.sh

latest=/usr/share/bochs/BIOS-bochs-latest
isolinux=/usr/lib/ISOLINUX/isolinux.bin
modules=/usr/lib/syslinux/modules/bios
memtest=/boot/memtest86+ia32.bin

if why=$(missing mformat=mtools syslinux=syslinux sfdisk=fdisk grub-mkimage=grub-common grub-mkrescue=grub-common \
    xorriso=xorriso /usr/lib/grub/i386-pc/boot.img=grub-pc-bin $isolinux=isolinux $modules/ldlinux.c32=syslinux-common \
    /usr/lib/syslinux/mbr/mbr.bin=syslinux-common $memtest=memtest86+ $seabios=seabios $bochs=bochsbios \
    $latest=bochsbios $lgplvga=vgabios); then
    echo "ok - boot matrix # SKIP $why"
    exit 0
fi

# ---- disks --------------------------------------------------------------------------------------

# isolinux_cd FILE KERNEL: El Torito without emulation; without a kernel it stops at its prompt.
isolinux_cd() {
    tree=$work/tree
    rm -rf "$tree"
    mkdir -p "$tree" && cp $isolinux $modules/ldlinux.c32 "$tree" || return 1
    if [ -n "${2:-}" ]; then
        cp "$2" "$tree/kernel.bin"
        printf 'PROMPT 0\nDEFAULT guest\nLABEL guest\n LINUX kernel.bin\n' > "$tree/isolinux.cfg"
    else
        printf 'PROMPT 1\nTIMEOUT 0\n' > "$tree/isolinux.cfg"
    fi
    xorriso -as mkisofs -quiet -o "$1" -b isolinux.bin -c boot.cat -no-emul-boot -boot-load-size 4 \
        -boot-info-table "$tree"
}

make_disks() {
    grub_floppy "$work/grub-floppy.img" &&
        grub-mkrescue --locales= --fonts= --themes= --modules= -d /usr/lib/grub/i386-pc -o "$work/grub-cd.img" \
            "$work/grub" || return 1
    # GRUB on a disk: its first sector before the partition table, the rest in the gap behind it
    truncate -s 20M "$work/grub-disk.img" &&
        printf 'label: dos\nstart=2048,type=6,bootable\n' | sfdisk -q "$work/grub-disk.img" &&
        dd if=/usr/lib/grub/i386-pc/boot.img of="$work/grub-disk.img" conv=notrunc bs=440 count=1 status=none &&
        dd if="$work/core.img" of="$work/grub-disk.img" conv=notrunc bs=512 seek=1 status=none || return 1
    mformat -C -f 1440 -i "$work/syslinux-floppy.img" :: && syslinux --install "$work/syslinux-floppy.img" &&
        isolinux_cd "$work/syslinux-cd.img" &&
        fat_disk "$work/syslinux-disk.img" 20 6 /dev/null && mdel -i "$work/syslinux-disk.img@@32256" ::SYSLINUX.CFG ||
        return 1
    fat_floppy "$work/memtest-floppy.img" $memtest && isolinux_cd "$work/memtest-cd.img" $memtest &&
        fat_disk "$work/memtest-disk.img" 20 6 $memtest
}

# ---- the table ----------------------------------------------------------------------------------

# number NAME: of the run's statistics
number() { sed -n "s/.*\"$1\": \([0-9.]*\).*/\1/p" "$work/stats.json"; }

# cell GUEST OPTION...: "5.1 / 2.3": guest seconds and host CPU seconds.
cell() {
    guest=$1
    shift
    case $guest in
        grub-*) re='first entry' ;;
        syslinux-*) re='boot: *$' ;;
        memtest-*) re='Test #[12] ' ;;
    esac
    file=$work/$guest.img
    case $guest in
        *-floppy) medium="-fda $file -boot a" ;;
        *-cd) medium="-cdrom $file -boot d" ;;
        *) medium="-hda $file -boot c" ;;
    esac
    before=$(children)
    # shellcheck disable=SC2086
    if run 120 "$re" -snapshot -m 8 $medium -stats "$work/stats.json" -fail-on 'Errors: *[1-9]' "$@"; then
        printf ' %s / %.1f |' "$(number guest_seconds | sed 's/..$//')" "$(children | awk -v b="$before" '{print $1 - b}')"
    else
        printf ' FAILS |'
        bad="$bad$(printf '\n%s %s' "$guest" "$*")"
        cp "$work/screen.txt" "$BUILD/matrix-$guest-$column.txt" 2> /dev/null
    fi
}

# CPU seconds of the programs that have ended so far
children() { awk '{print ($16 + $17) / 100}' /proc/$$/stat; }

# firmware NAME: the options for it; none for ours
firmware() {
    case $1 in
        seabios) echo "-bios $seabios -vgabios $seavga" ;;
        bochs) echo "-bios $bochs -vgabios $lgplvga" ;;
    esac
}

# made_under FIRMWARE: FreeDOS's own FDISK, FORMAT and SYS make $work/made.img, from nothing.
made_under() {
    fd=$GLASS86_GUESTS/freedos13.img,ro
    rm -f "$work/made.img"
    truncate -s 100M "$work/made.img"
    # shellcheck disable=SC2046
    run 60 'C: 1 +A ' $(firmware "$1") -fda "$fd" -hda "$work/made.img" -boot a \
        -type-at '20,fdisk /auto\n' -type-at '35,fdisk /mbr\n' -type-at '38,fdisk /info\n' &&
        run 60 'Volume Serial Number is' $(firmware "$1") -fda "$fd" -hda "$work/made.img" -boot a \
            -type-at '20,format c: /s /v:OWN\n' -type-at '30,YES\n'
}

# made_row FIRMWARE: where the disk made under it boots and lists itself
made_row() {
    printf '| %s |' "$1"
    if ! made_under "$1"; then
        bad="$bad$(printf '\nFreeDOS makes no disk under %s' "$1")"
        echo ' FAILS | | |'
        cp "$work/screen.txt" "$BUILD/matrix-made-$1.txt" 2> /dev/null
        return
    fi
    for here in ours seabios bochs; do
        # shellcheck disable=SC2046
        if run 60 '[0-9] bytes free' -snapshot -hda "$work/made.img" -stats "$work/stats.json" $(firmware $here) \
            -type-at '12,\n\n' -type-at '14,dir\n'; then printf ' boots |'
        else
            printf ' FAILS |'
            bad="$bad$(printf '\nmade under %s, under %s' "$1" $here)"
            cp "$work/screen.txt" "$BUILD/matrix-made-$1-$here.txt" 2> /dev/null
        fi
    done
    echo
}

# row GUEST: under every firmware
row() {
    printf '| %s |' "$1"
    column=0
    while read -r options; do
        column=$((column + 1))
        # shellcheck disable=SC2086
        cell "$1" $options < /dev/null
    done << LIST
-M isa
-M pci
-M isa -bios $seabios -vgabios $seavga
-M pci -bios $seabios -vgabios $seavga
-M isa -bios $bochs -vgabios $lgplvga
-M pci -bios $bochs -vgabios $lgplvga
-M pci -bios $latest -vgabios $lgplvga
LIST
    echo
}

make_disks > "$work/said.txt" 2>&1 || { fail 'disks for the boot matrix'; exit 1; }
bad=
[ $# -gt 0 ] || set -- grub-floppy grub-cd grub-disk syslinux-floppy syslinux-cd syslinux-disk memtest-floppy memtest-cd \
    memtest-disk made-ours made-seabios made-bochs
echo '| guest seconds / host CPU seconds | ours isa | ours pci | SeaBIOS isa | SeaBIOS pci | Bochs legacy isa | Bochs legacy pci | Bochs latest pci |'
echo '|---|---|---|---|---|---|---|---|'
for guest; do
    case $guest in made-*) ;; *) row "$guest" ;; esac
done
case " $* " in
    *' made-'*)
        echo
        echo '| FreeDOS makes a disk under | boots under ours | SeaBIOS | Bochs legacy |'
        echo '|---|---|---|---|' ;;
esac
for guest; do
    case $guest in
        made-*)
            if [ -r "${GLASS86_GUESTS:-}/freedos13.img" ]; then made_row "${guest#made-}"
            else echo "| ${guest#made-} | no freedos13.img in GLASS86_GUESTS |"; fi ;;
    esac
done
[ -z "$bad" ] || { echo "not ok - these did not come up; their screens are $BUILD/matrix-*.txt:$bad"; exit 1; }
echo "ok - boot matrix"
