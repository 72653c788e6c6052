#!/bin/sh
# Boots real guests and looks at what they show. Prints TAP lines.
#
# Always: guests from Debian packages (memtest86+, GRUB, syslinux, memdisk), on disks made here, under our BIOS and
# under two foreign ones (SeaBIOS, Bochs). What is not installed is skipped, by name.
# With GLASS86_GUESTS=DIR: FreeDOS floppies that nobody may put into this repository:
#   fd160K.img ... fd1.4MB.img   boot floppies of eight sizes (github.com/codercowboy/freedosbootdisks)
#   freedos13.img                a FreeDOS 1.3 floppy with FDISK, FORMAT and SYS in \FREEDOS\BIN, for the hard disk
#   chkdsk.exe                   FreeDOS's CHKDSK (chkdsk.svp of github.com/roytam1/SvarDOS), for disks of killed runs
#   freedos-emm.img              a hard disk with HIMEMX, JEMM386, CWSDPMI, MEM and DOSFSCK (docs/guests.md says how)
#
#   GLASS86=build/glass86 BUILD=build tests/boot/run.sh
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}"
: "${GLASS86:=$PWD/$BUILD/glass86}"
work=$BUILD/test-boot
# shellcheck source=tests/boot/lib.sh
. tests/boot/lib.sh

# ---- guests from packages -----------------------------------------------------------------------

syslinux_needs='mformat=mtools syslinux=syslinux'
memdisk_needs="$syslinux_needs /usr/lib/syslinux/memdisk=syslinux-common gzip=gzip"
disk_needs="$memdisk_needs sfdisk=fdisk /usr/lib/syslinux/mbr/mbr.bin=syslinux-common"
grub_needs='grub-mkimage=grub-common /usr/lib/grub/i386-pc/boot.img=grub-pc-bin'
memtest=/boot/memtest86+ia32.bin

# shellcheck disable=SC2086
packages() {
    n='GRUB floppy to its menu'
    if why=$(missing $grub_needs); then skip "$n" "$why"
    elif ! grub_floppy "$work/grub.img" > "$work/said.txt" 2>&1; then fail "$n"
    else under_each "$n" 30 'first entry' -snapshot -fda "$work/grub.img"; fi

    n='GRUB rescue disk to its menu'
    if why=$(missing $grub_needs grub-mkrescue=grub-common xorriso=xorriso mformat=mtools); then skip "$n" "$why"
    elif ! { mkdir -p "$work/grub/boot/grub" && grub-mkrescue --locales= --fonts= --themes= --modules= \
        -d /usr/lib/grub/i386-pc -o "$work/rescue.iso" "$work/grub"; } > "$work/said.txt" 2>&1; then fail "$n"
    else expect "$n" 60 'first entry' -snapshot -hda "$work/rescue.iso"; fi

    n='syslinux and memdisk from a floppy'
    if why=$(missing $memdisk_needs $grub_needs); then skip "$n" "$why"
    elif ! { gzip -9c "$work/grub.img" > "$work/grub.gz" &&
        fat_floppy "$work/memdisk.img" /usr/lib/syslinux/memdisk "$work/grub.gz"; } > "$work/said.txt" 2>&1; then fail "$n"
    else under_each "$n" 60 'first entry' -snapshot -fda "$work/memdisk.img"; fi

    for disk in '20 6' '504 6' '2000 c'; do
        n="syslinux and memdisk from a hard disk of ${disk% *} MB"
        if why=$(missing $disk_needs $grub_needs); then skip "$n" "$why"
        elif ! fat_disk "$work/disk.img" $disk /usr/lib/syslinux/memdisk "$work/grub.gz" > "$work/said.txt" 2>&1; then fail "$n"
        elif [ "$disk" = '20 6' ]; then under_each "$n" 60 'first entry' -snapshot -hda "$work/disk.img"
        else expect "$n" 60 'first entry' -snapshot -hda "$work/disk.img"; fi
    done

    n='memtest86+ passes its first tests'
    if why=$(missing $syslinux_needs $memtest=memtest86+); then skip "$n" "$why"
    elif ! fat_floppy "$work/memtest.img" $memtest > "$work/said.txt" 2>&1; then fail "$n"
    else
        expect "$n" 30 'Test #4 ' -snapshot -m 8 -fda "$work/memtest.img" -fail-on 'Errors: *[1-9]'
    fi
}

# ---- FreeDOS ------------------------------------------------------------------------------------

# session CPU MEGABYTES: commands typed at the prompt; a file written, edited as it is typed, another deleted.
session() {
    n="FreeDOS session, -cpu $1 -m $2"
    cp "$GLASS86_GUESTS/fd1.4MB.img" "$work/dos.img"
    typed='ver\ndel readme.txt\ncopy con new.txt\nhello glass{bs}{bs}{bs}{bs}{bs}world\nline 2{f6}\ndir\n'
    if ! run 40 '[0-9] bytes free' -cpu "$1" -m "$2" -fda "$work/dos.img" -type-at "22,$typed"; then
        fail "$n"
        return
    fi
    mtype -i "$work/dos.img" ::NEW.TXT 2>&1 | tr -d '\r' > "$work/new.txt"
    mdir -b -i "$work/dos.img" :: > "$work/files.txt" 2>&1
    if [ "$(cat "$work/new.txt")" != "$(printf 'hello world\nline 2')" ]; then
        { echo 'NEW.TXT holds:'; cat "$work/new.txt"; } > "$work/said.txt"
        fail "$n"
    elif grep -q README "$work/files.txt"; then
        echo 'README.TXT is still there' > "$work/said.txt"
        fail "$n"
    else
        pass "$n"
    fi
}

# The guest partitions and formats an empty disk, puts its system on it and boots from it.
own_disk() {
    megabytes=$1 n="FreeDOS makes a hard disk of $1 MB and boots from it"
    fd=$GLASS86_GUESTS/freedos13.img disk=$work/own.img
    if [ ! -r "$fd" ]; then
        skip "$n" "no freedos13.img in GLASS86_GUESTS"
        return
    fi
    rm -f "$disk"
    truncate -s "${megabytes}M" "$disk"
    if run 40 'C: 1 +A ' -fda "$fd,ro" -hda "$disk" -boot a \
        -type-at '15,fdisk /auto\n' -type-at '25,fdisk /mbr\n' -type-at '28,fdisk /info\n' &&
        run 60 'Volume Serial Number is' -fda "$fd,ro" -hda "$disk" -boot a \
            -expect 'System transferred' -type-at '15,format c: /s /v:OWN\n' -type-at '20,YES\n' &&
        run 30 '[0-9] bytes free' -hda "$disk" -type-at '8,\n\n' -type-at '10,dir\n'; then
        pass "$n"
        [ "$megabytes" = 20 ] && under_others "$n" 30 '[0-9] bytes free' -hda "$disk" -type-at '12,\n\n' -type-at '14,dir\n'
    else
        fail "$n"
    fi
    rm -f "$disk"
}

# killed IMAGE FORMAT OPTION...: DOS copies a file again and again and tells the serial port of each copy; after the third
# the emulator is killed. What it told of must be there, for the host and for DOS's own CHKDSK.
killed() {
    image=$1 n="FreeDOS saves, killed with -9: $2" format=$2
    shift 2
    rm -f "$work/saved.txt"
    "$GLASS86" -config none -display none -batch -fda "$GLASS86_GUESTS/fd1.4MB.img,snapshot" -boot a "$@" \
        -serial "file:$work/saved.txt" -type-at '16,c:\nsave\n' -timeout 600 > "$work/said.txt" 2>&1 < /dev/null &
    pid=$!
    for _ in $(seq 600); do
        [ "$(grep -c saved "$work/saved.txt" 2> /dev/null)" -ge 3 ] 2> /dev/null && break
        sleep 0.1
    done
    kill -9 $pid
    wait $pid 2> /dev/null
    saved=$(grep -c saved "$work/saved.txt")
    case $format in
        raw) cp "$image" "$work/after.img" ;;
        overlay) cp "$work/save.img" "$work/after.img" &&
            "$GLASS86" -commit-overlay "$image" "$work/after.img" > "$work/said.txt" 2>&1 ;;
        *) qemu-img convert -O raw "$image" "$work/after.img" > "$work/said.txt" 2>&1 ;;
    esac
    whole=0
    for i in $(seq "$saved"); do
        mtype -i "$work/after.img@@32256" "::$i.BIN" 2> /dev/null | cmp -s - "$work/big" && whole=$((whole + 1))
    done
    echo "$whole of $saved saved files are whole" > "$work/said.txt"
    dd if="$work/after.img" of="$work/part.img" bs=512 skip=63 status=none
    fsck.fat -n "$work/part.img" > "$work/fsck.txt" 2>&1
    # what DOS had not saved yet may be a lost chain, a file shorter than its chain, or a second FAT that is a write behind
    worse=$(grep -ciE 'cross|bad|share|loop|invalid|start' "$work/fsck.txt")
    cat "$work/fsck.txt" >> "$work/said.txt"
    if [ "$saved" -ge 3 ] && [ $whole = "$saved" ] && [ "$worse" = 0 ] &&
        run 60 'number of free clusters' -hda "$work/after.img,snapshot" -fda "$GLASS86_GUESTS/fd1.4MB.img,snapshot" \
            -boot a -type-at '16,c:\nchkdsk\n'; then
        pass "$n"
    else
        fail "$n"
    fi
}

killed_saves() {
    n='FreeDOS saves, killed with -9'
    if [ ! -r "$GLASS86_GUESTS/chkdsk.exe" ]; then skip "$n" 'no chkdsk.exe in GLASS86_GUESTS'; return; fi
    if why=$(missing sfdisk=fdisk mformat=mtools fsck.fat=dosfstools qemu-img=qemu-utils); then skip "$n" "$why"; return; fi
    head -c 700000 /dev/urandom > "$work/big"
    for i in $(seq 25); do printf 'copy big.bin %d.bin\r\necho saved %d > aux\r\n' "$i" "$i"; done > "$work/save.bat"
    truncate -s 20M "$work/save.img"
    printf 'label: dos\nstart=63, type=6, bootable\n' | sfdisk -q "$work/save.img" > "$work/said.txt" 2>&1
    part=$work/save.img@@32256
    mformat -i "$part" -t 40 -h 16 -s 63 -H 63 :: && mcopy -i "$part" "$work/big" ::BIG.BIN &&
        mcopy -i "$part" "$work/save.bat" ::SAVE.BAT && mcopy -i "$part" "$GLASS86_GUESTS/chkdsk.exe" ::CHKDSK.EXE
    cp "$work/save.img" "$work/killed.raw"
    killed "$work/killed.raw" raw -hda "$work/killed.raw"
    rm -f "$work/killed.ovl"
    killed "$work/killed.ovl" overlay -drive "file=$work/save.img,if=ide,overlay=$work/killed.ovl"
    for format in qcow2 vpc; do
        qemu-img convert -O $format "$work/save.img" "$work/killed.$format"
        killed "$work/killed.$format" $format -hda "$work/killed.$format"
    done
}

# DOS works in a folder of the host.
in_folder() {
    n='FreeDOS on a folder of the host'
    folder=$work/folder
    mkdir -p "$folder/sub" && head -c 300000 /dev/urandom > "$folder/sub/big.bin" && echo text > "$folder/readme.txt"
    cp "$folder/sub/big.bin" "$work/big"
    typed='c:\ncd sub\nmd new\ncopy big.bin new\\copy.bin\nren big.bin other.bin\ncopy con hi.txt\nhello{f6}\ncd ..\ndel readme.txt\ndir\n'
    if run 60 '[0-9] bytes free' -cpu 386 -hda "fat:$folder" -fda "$GLASS86_GUESTS/fd1.4MB.img,snapshot" -type-at "16,$typed" &&
        cmp "$folder/sub/NEW/COPY.BIN" "$work/big" && cmp "$folder/sub/other.bin" "$work/big" &&
        [ "$(cat "$folder/sub/HI.TXT")" = hello ] && [ ! -e "$folder/readme.txt" ] && [ "$(find "$folder" | wc -l)" = 6 ]
    then pass "$n"; else fail "$n"; fi
    rm -rf "$folder"
}

# What was typed and the disk that was written come again from the log.
ten_minutes() {
    n='ten minutes of FreeDOS replay to the same state and screen'
    dos="-config none -display none -batch -snapshot -fda $GLASS86_GUESTS/fd1.4MB.img -timeout 600 -hash"
    # shellcheck disable=SC2086
    "$GLASS86" $dos -record "$work/ten.log" -screendump "$work/ten1.txt" -type-at '16,dir\nver\n' \
        -type-at '100,copy con a.txt\nhello{f6}\n' -type-at '300,dir\ntype a.txt\n' > "$work/ten1.out" 2> "$work/said.txt"
    # shellcheck disable=SC2086
    "$GLASS86" $dos -replay "$work/ten.log" -screendump "$work/ten2.txt" > "$work/ten2.out" 2>> "$work/said.txt"
    if grep -q '^hello' "$work/ten1.txt" && cmp "$work/ten1.txt" "$work/ten2.txt" && grep -q '^hash' "$work/ten1.out" &&
        cmp "$work/ten1.out" "$work/ten2.out"
    then pass "$n"; else fail "$n"; fi
}

freedos() {
    if [ -z "${GLASS86_GUESTS:-}" ]; then
        skip 'FreeDOS' 'GLASS86_GUESTS is not set'
        return
    fi
    if [ ! -r "$GLASS86_GUESTS/fd1.4MB.img" ]; then
        skip 'FreeDOS' 'no fd1.4MB.img in GLASS86_GUESTS'
        return
    fi
    for size in 160K 180K 320K 360K 640K 720K 1200K 1.4MB; do
        if [ -r "$GLASS86_GUESTS/fd$size.img" ]; then
            expect "FreeDOS from a floppy of $size" 30 'A:.>' -snapshot -fda "$GLASS86_GUESTS/fd$size.img"
        else
            skip "FreeDOS from a floppy of $size" "no fd$size.img in GLASS86_GUESTS"
        fi
    done
    under_each 'FreeDOS' 30 '[0-9] bytes free' -snapshot -type-at '16,dir\n' -fda "$GLASS86_GUESTS/fd1.4MB.img"
    for cpu in 8086 286 386 486 pentium; do session $cpu 16; done
    session pentium 1
    session pentium 512
    memory=$GLASS86_GUESTS/freedos13.img
    for total in 1=1,024K 16=16,384K 512=524,288K; do
        n="FreeDOS MEM, -m ${total%=*}"
        if [ ! -r "$memory" ]; then skip "$n" 'no freedos13.img in GLASS86_GUESTS'
        else expect "$n" 30 "Total memory +${total#*=}" -expect 'Conventional +639K' -snapshot -m "${total%=*}" \
            -fda "$memory" -type-at '15,mem\n'; fi
    done
    for cpu in 386 486 pentium; do
        n="FreeDOS under JEMM386 runs a DPMI program, -cpu $cpu"
        if [ ! -r "$GLASS86_GUESTS/freedos-emm.img" ]; then skip "$n" 'no freedos-emm.img in GLASS86_GUESTS'
        else expect "$n" 60 '^DONE' -expect 'Free Expanded' -expect 'files, .* clusters' -snapshot -m 32 -cpu $cpu \
            -hda "$GLASS86_GUESTS/freedos-emm.img"; fi
    done
    in_folder
    killed_saves
    ten_minutes
    for megabytes in 20 500 2047; do own_disk $megabytes; done
}

packages
freedos
rm -rf "$work"
