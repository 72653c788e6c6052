#!/bin/sh
# What the suites that boot real guests share (boot, platform): verdicts, looking for what must be installed, disks with
# syslinux, foreign firmware. Sourced, with GLASS86, BUILD and work, a directory of its own, set.
PATH=$PATH:/usr/sbin:/sbin
export PATH
export MTOOLS_SKIP_CHECK=1
rm -rf "$work"
mkdir -p "$work" || exit 1

pass() { echo "ok - $1"; }
skip() { echo "ok - $1 # SKIP $2"; }

# fail NAME: shows what was said and what stood on the screen.
fail() {
    echo "not ok - $1"
    head -n 25 "$work/said.txt" | sed 's/^/#   /'
    [ -f "$work/screen.txt" ] && sed 's/^/# | /' "$work/screen.txt"
}

# missing FILE-OR-COMMAND=PACKAGE...: prints the first package that is not there; false if all are.
missing() {
    for need; do
        what=${need%%=*}
        case $what in
            /*) [ -r "$what" ] && continue ;;
            *) command -v "$what" > /dev/null && continue ;;
        esac
        echo "Debian package ${need#*=} is not installed"
        return 0
    done
    return 1
}

# run SECONDS RE OPTION...: boots, true when one line of the screen matches RE within so many guest seconds.
run() {
    seconds=$1 re=$2
    shift 2
    rm -f "$work/screen.txt"
    timeout 300 "$GLASS86" -config none -display none -batch -timeout "$seconds" -expect "$re" \
        -screendump "$work/screen.txt" "$@" > "$work/said.txt" 2>&1
}

# expect NAME SECONDS RE OPTION...
expect() {
    name=$1
    shift
    if run "$@"; then pass "$name"; else fail "$name"; return 1; fi
}

# ---- disks --------------------------------------------------------------------------------------

# linux_fat IMAGE[@@OFFSET] KERNEL [INITRD]: what syslinux shall boot, onto a FAT volume that has syslinux. $append is
# the kernel's command line.
linux_fat() {
    volume=$1 kernel=$2 initrd=${3:-}
    {
        echo 'PROMPT 0'
        echo 'DEFAULT guest'
        echo 'LABEL guest'
        echo ' LINUX kernel.bin'
        [ -z "$initrd" ] || echo ' INITRD initrd.gz'
        [ -z "${append:-}" ] || echo " APPEND $append"
    } > "$work/syslinux.cfg"
    mcopy -i "$volume" "$kernel" ::KERNEL.BIN && mcopy -i "$volume" "$work/syslinux.cfg" ::SYSLINUX.CFG || return 1
    [ -z "$initrd" ] || mcopy -i "$volume" "$initrd" ::INITRD.GZ
}

# fat_floppy FILE KERNEL [INITRD]
fat_floppy() {
    rm -f "$1"
    mformat -C -f 1440 -i "$1" :: && syslinux --install "$1" && linux_fat "$@"
}

# fat_disk FILE MEGABYTES TYPE KERNEL [INITRD]: partition table and its boot code, one FAT partition.
fat_disk() {
    file=$1 megabytes=$2 type=$3
    shift 3
    rm -f "$file"
    truncate -s "${megabytes}M" "$file" &&
        printf 'label: dos\nstart=63,type=%s,bootable\n' "$type" | sfdisk -q "$file" &&
        dd if=/usr/lib/syslinux/mbr/mbr.bin of="$file" conv=notrunc bs=440 count=1 status=none || return 1
    fat=
    [ "$type" = c ] && fat=-F
    mformat -i "$file@@32256" $fat -T $((megabytes * 2048 - 63)) -H 63 -h 16 -s 63 :: &&
        syslinux --install --offset 32256 "$file" && linux_fat "$file@@32256" "$@"
}

# grub_floppy FILE: GRUB from the first sector on, its menu in a memory disk inside it.
grub_floppy() {
    mkdir -p "$work/grub/boot/grub"
    cat > "$work/grub/boot/grub/grub.cfg" <<'END'
set timeout=-1
terminal_output console
menuentry "first entry" { echo hello }
menuentry "second entry" { halt }
END
    tar -C "$work/grub" -cf "$work/grub.tar" boot &&
        grub-mkimage -O i386-pc -m "$work/grub.tar" -p '(memdisk)/boot/grub' -o "$work/core.img" \
            biosdisk memdisk tar normal configfile echo halt &&
        cat /usr/lib/grub/i386-pc/boot.img "$work/core.img" > "$1" &&
        truncate -s 1440K "$1"
}

# ---- firmware -----------------------------------------------------------------------------------

seabios=/usr/share/seabios/bios.bin
seavga=/usr/share/seabios/vgabios-isavga.bin
bochs=/usr/share/bochs/BIOS-bochs-legacy
lgplvga=/usr/share/vgabios/vgabios.bin

# under_others NAME SECONDS RE OPTION...: a disk under two BIOSes that are not ours.
under_others() {
    guest=$1
    shift
    if why=$(missing $seabios=seabios $seavga=seabios); then skip "$guest under SeaBIOS" "$why"
    else expect "$guest under SeaBIOS" "$@" -bios $seabios -vgabios $seavga; fi
    if why=$(missing $bochs=bochsbios $lgplvga=vgabios); then skip "$guest under Bochs's BIOS" "$why"
    else expect "$guest under Bochs's BIOS" "$@" -bios $bochs -vgabios $lgplvga; fi
}

# under_each NAME SECONDS RE OPTION...: the same disk under three BIOSes.
under_each() {
    expect "$@"
    under_others "$@"
}
