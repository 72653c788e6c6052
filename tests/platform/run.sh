#!/bin/sh
# The board as other people's systems see it: foreign BIOSes on the board with PCI, an option ROM by others, the setup
# screen, Debian's i386 kernel to a shell. Prints TAP lines. The kernel and busybox come from the Debian archive (tests/platform/debian.sh), 53 MB, once, into
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

# answer_serial COMMANDS: types them into the serial port once the shell's prompt is there.
answer_serial() {
    tries=0
    until grep -q '/ # ' "$work/serial.txt" || [ $tries -ge 280 ]; do
        sleep 1
        tries=$((tries + 1))
    done
    sleep 1
    echo "$1"
    exec sleep 300
}

# Guest time flies while the guest idles and its typist sleeps, so the limit is far away.
# linux COMMANDS OPTION...: boots the disk and types COMMANDS at the serial port's shell; true if the run ends well.
linux() {
    rm -f "$work/serial.txt" "$work/typed"
    mkfifo "$work/typed"
    : > "$work/serial.txt"
    answer_serial "$1" > "$work/typed" &
    typist=$!
    shift
    timeout 300 "$GLASS86" -config none -display none -batch -cpu 686 -m 64 -hda "$work/linux.img" -serial stdio \
        -timeout 50000 -screendump "$work/screen.txt" "$@" < "$work/typed" > "$work/serial.txt" 2> "$work/said.txt"
    status=$?
    kill $typist 2> /dev/null
    tail -n 20 "$work/serial.txt" >> "$work/said.txt"
    return $status
}

# debian_shell NAME OPTION...: both shells answer what is typed.
debian_shell() {
    n="Debian's i386 kernel to a shell on serial port and screen$1"
    shift
    if linux 'uname -r -m; grep -ow fxsr /proc/cpuinfo; echo serial $((6 * 7))' -snapshot -type-at '60,echo screen $((6 * 7))\n' \
        -expect '^screen 42' -expect '^serial 42' "$@" &&
        grep -q 'serial 42' "$work/serial.txt" && grep -q '^screen 42' "$work/screen.txt" &&
        grep -q '6.*-686 i686' "$work/serial.txt" && grep -q '^fxsr' "$work/serial.txt"; then
        pass "$n"
    else
        fail "$n"
    fi
}

# debian_pci OPTION...: Debian's driver finds the bus master, reads and writes by it, interrupts are routed by ACPI, which
# also switches the machine off.
debian_pci() {
    n="Debian's ata_piix moves sectors by bus master under -M pci; the ACPI tables of our BIOS power off"
    sum=$(head -c 8M "$work/linux.img" | md5sum | cut -d ' ' -f 1)
    if linux 'disk; sleep 2; cat /sys/class/ata_device/dev1.0/dma_mode; echo 1 > /sys/bus/pci/devices/0000:00:02.0/enable; dmesg | grep "ACPI: [RSDF]\|LNKB: En"; head -n 1 /sys/bus/pci/devices/0000:00:02.0/resource; dd if=/dev/sda bs=1M count=8 2> /dev/null | md5sum
yes glass | head -c 65536 > /t; dd if=/t of=/dev/sda bs=64k seek=383; sync; poweroff -f' -M pci "$@" &&
        grep -q '^XFER_MW_DMA_2' "$work/serial.txt" && grep -q "^$sum" "$work/serial.txt" &&
        grep -q 'ACPI: DSDT.*GLASS8' "$work/serial.txt" && grep -q '^0x00000000e0000000 0x00000000e07fffff' "$work/serial.txt" && ! grep -q 'ACPI.*Error' "$work/serial.txt" &&
        grep -q 'ACPI: .*LNKB: Enabled at IRQ 9' "$work/serial.txt" && grep -q 'reboot: Power down' "$work/serial.txt" &&
        tail -c 65536 "$work/linux.img" | cmp -s - "$work/glass.txt"; then
        pass "$n"
    else
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
        else
            debian_shell ' under SeaBIOS with PCI' -M pci -bios $seabios -vgabios $seavga
        fi
        yes glass | head -c 65536 > "$work/glass.txt"
        debian_pci
    fi
}

# ---- firmware -----------------------------------------------------------------------------------

ipxe=/usr/lib/ipxe/ns8390.rom
stdvga=/usr/share/seabios/vgabios-stdvga.bin

# boots_pci NAME PACKAGE FILE OPTION...: syslinux's prompt from a floppy under -M pci; FILE is what must be there.
boots_pci() {
    n="-M pci boots under $1"
    if why=$(missing "$3=$2"); then skip "$n" "$why"; return; fi
    shift 3
    expect "$n" 20 'boot: *$' -M pci -snapshot -fda "$work/prompt.img" "$@"
}

pci_boards() {
    n='-M pci boots a floppy'
    if why=$(missing mformat=mtools syslinux=syslinux); then skip "$n" "$why"; return; fi
    if ! { mformat -C -f 1440 -i "$work/prompt.img" :: && syslinux --install "$work/prompt.img"; } > "$work/said.txt" 2>&1
    then fail "$n"; return; fi
    boots_pci 'our BIOS, 386' coreutils /bin/true -cpu 386
    boots_pci 'our BIOS, 686' coreutils /bin/true -cpu 686
    boots_pci SeaBIOS seabios $seabios -bios $seabios -vgabios $seavga
    boots_pci 'SeaBIOS of 256 KiB' seabios /usr/share/seabios/bios-256k.bin -bios /usr/share/seabios/bios-256k.bin \
        -vgabios $seavga
    boots_pci 'SeaBIOS and a VGA BIOS for PCI' seabios $stdvga -bios $seabios -vgabios $stdvga \
        -debugcon "file:$work/sea.txt,port=0x402"
    if [ -r $stdvga ]; then
        n='it finds the frame buffer by the base address register'
        if grep -q '^VBE DISPI: bdf 00:02.0, bar 0' "$work/sea.txt"; then pass "$n"
        else cp "$work/sea.txt" "$work/said.txt"; fail "$n"; fi
    fi
    boots_pci "Bochs's latest BIOS" bochsbios /usr/share/bochs/BIOS-bochs-latest \
        -bios /usr/share/bochs/BIOS-bochs-latest -vgabios $lgplvga
    boots_pci "Bochs's legacy BIOS" bochsbios $bochs -bios $bochs -vgabios $lgplvga
}

# iPXE's entry in the boot menu, and its command line, for which it wants a processor with FXSAVE; on the board with PCI it can write its own name, since it lies in RAM there.
option_roms() {
    truncate -s 8M "$work/empty.img"
    n='iPXE initialises and joins the boot menu'
    if why=$(missing $ipxe=ipxe-qemu); then skip "$n" "$why"; return; fi
    expect "$n" 10 'ROM +iPXE' -M isa -snapshot -hda "$work/empty.img" -option-rom $ipxe -boot menu=on
    expect "$n, -M pci" 10 'ROM +iPXE .PCI 00:00.0' -M pci -snapshot -hda "$work/empty.img" -option-rom $ipxe \
        -boot menu=on
    expect 'iPXE is started where nothing else boots, and answers' 10 '^glass86 i386' -snapshot -cpu 686 \
        -hda "$work/empty.img" -option-rom $ipxe -expect 'iPXE> echo' -type-at '2,{ctrl-b}' \
        -type-at '4,echo $\{smbios/manufacturer\} $\{buildarch\}\n'
}

# What the setup screen saves is there after the reset that follows.
setup_screen() {
    n='the setup screen edits CMOS'
    truncate -s 8M "$work/empty.img"
    "$GLASS86" -config none -display none -batch -snapshot -hda "$work/empty.img" -boot c -timeout 4 \
        -type-at '0.6,{f2}' -type-at '1.5,{down}{down}{right}{f10}' -type-at '2.4,{f2}' \
        -screendump "$work/screen.txt" > "$work/said.txt" 2>&1
    if grep -q 'Setup' "$work/screen.txt" && grep -q 'Boot first from  *CD-ROM' "$work/screen.txt"; then pass "$n"
    else fail "$n"; fi
    # from 1994-12-30 21:59 a month back and a day on: the 31st of November is the 30th; the minute after 59 is 0
    n='the setup screen sets the clock'
    down='{down}{down}{down}{down}{down}{down}{down}{down}{down}{down}'
    "$GLASS86" -config none -display none -batch -snapshot -hda "$work/empty.img" -boot c -timeout 4 \
        -rtc base=1994-12-30T21:59:10 -type-at '0.6,{f2}' \
        -type-at "1.0,$down{down}{right}{down}{left}{down}{right}{down}{left}{f10}" -type-at '2.4,{f2}' \
        -screendump "$work/screen.txt" > "$work/said.txt" 2>&1
    if grep -q 'Hour  *21' "$work/screen.txt" && grep -q 'Minute  *00' "$work/screen.txt" &&
        grep -q 'Day  *30' "$work/screen.txt" && grep -q 'Month  *11' "$work/screen.txt" &&
        grep -q 'Century  *19' "$work/screen.txt"; then pass "$n"
    else fail "$n"; fi
}

pci_boards
option_roms
setup_screen
debian
rm -rf "$work"
