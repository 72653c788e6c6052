# CDs. Sourced by run.sh.
if have nasm && have xorriso; then
    mkdir cd
    nasm -DEMU=0 -o cd/plain.bin "$root/tests/media/cd.asm"
    nasm -DEMU=1 -o floppy.bin "$root/tests/media/cd.asm"
    nasm -DEMU=2 -o hard.bin "$root/tests/media/cd.asm"
    pattern() { # boot sector, sectors: each further one is filled with its number
        cat "$1"
        awk -v n="$2" 'BEGIN {for (i = 1; i < n; i++) for (k = 0; k < 512; k++) printf "%c", 33 + i % 64}'
    }
    LC_ALL=C
    export LC_ALL
    pattern floppy.bin 2880 > cd/floppy.img
    pattern hard.bin 680 > cd/hard.img
    mkcd() { xorriso -as mkisofs -quiet -o "$@" cd 2> /dev/null; }
    mkcd plain.iso -b plain.bin -no-emul-boot -boot-load-size 4
    mkcd floppy.iso -b floppy.img
    mkcd hard.iso -b hard.img -hard-disk-boot
    awk 'BEGIN {for (i = 0; i < 1474560; i++) printf "Z"}' > z.img
    awk 'BEGIN {for (i = 0; i < 10240000; i++) printf "Y"}' > y.img
    blocks=$(($(wc -c < plain.iso) / 2048))
    run -cdrom plain.iso -boot d -timeout 10 -debugcon file:port
    ok "El Torito without emulation: INT 13h on drive E0h" says \
        "drive E0 spec -0000E0 edd -30AA5507 params -00$(printf %04X $blocks)0800 read -00C1 write -03 lock -00+B1-00-00+31 end"
    # the letters are the sectors' numbers: # $ %
    run -cdrom floppy.iso -fda z.img -boot d -timeout 10 -debugcon file:port
    ok "El Torito with an emulated floppy; the real one is B:" says \
        "drive 00 spec -000200 params -004F120102 read -00232425 write -03 range -04 real -005A01 end"
    run -cdrom hard.iso -hda y.img -boot d -timeout 10 -debugcon file:port
    ok "El Torito with an emulated hard disk; the real one is 81h" says \
        "drive 80 spec -000480 params -0009110302 read -00232425 write -03 range -04 real -005981 end"
    run plain.iso -timeout 10 -debugcon file:port
    ok "a bare image is known as a CD by its content" grep -q '^drive E0' port
    run -drive media=cdrom -boot d -timeout 6 -expect 'no disk in the drive'
    ok "an empty CD-ROM drive is said to be empty" [ $? = 0 ]
    run -cdrom z.img -boot d -timeout 6 -expect 'has no boot code'
    ok "a CD without boot code is said to be one" [ $? = 0 ]
    awk 'BEGIN {printf "%c%c", 205, 24; for (i = 2; i < 510; i++) printf "Z"; printf "U%c", 170}' > giveup.img # int 18h
    run -fda giveup.img -timeout 6 -expect 'Floppy A:  came back without booting'
    ok "a system that gives up by INT 18h is said to have done so" [ $? = 0 ]
    run -cdrom plain.iso -hda y.img -boot cd,menu=on -timeout 6 -expect 'CD-ROM  *GLASS86 CD-ROM.*'
    ok "the boot menu lists the CD-ROM drive" [ $? = 0 ]
    run -cdrom plain.iso -hda y.img -boot c -timeout 6 -type-at '0.6,{f12}' -expect 'CD-ROM  *GLASS86 CD-ROM.*'
    ok "F12 calls the boot menu" [ $? = 0 ]
    rm -f port
    run -cdrom plain.iso -hda y.img -boot c -timeout 10 -type-at '0.6,{f12}' -type-at '2,3' -debugcon file:port
    ok "and what is chosen there boots" grep -q '^drive E0' port
    {
        printf 'FILE "plain.iso" BINARY\n  TRACK 01 MODE1/2048\n    INDEX 01 00:00:00\n'
        printf 'FILE "audio.bin" BINARY\n  TRACK 02 AUDIO\n    PREGAP 00:02:00\n    INDEX 01 00:00:00\n'
    } > disc.cue
    awk 'BEGIN {for (i = 0; i < 2352 * 75; i++) printf "A"}' > audio.bin
    run disc.cue -timeout 10 -debugcon file:port
    ok "a cue sheet boots, and its audio counts as part of the disc" grep -q "params -00$(printf %04X $((blocks + 225)))0800" port
else
    echo "ok CDs # SKIP nasm or xorriso is not installed"
fi
if have grub-mkrescue && have xorriso && [ -d /usr/lib/grub/i386-pc ]; then
    mkdir -p rescue/boot/grub
    echo 'set timeout=60
menuentry "an entry of this test" { true }' > rescue/boot/grub/grub.cfg
    grub-mkrescue -o grub.iso rescue > log 2>&1
    run grub.iso -timeout 30 -expect 'an entry of this test'
    ok "a GRUB rescue CD reaches its menu" [ $? = 0 ]
    run -hda grub.iso -snapshot -timeout 30 -expect 'an entry of this test'
    ok "the same image as a hard disk" [ $? = 0 ]
else
    echo "ok GRUB rescue CD # SKIP grub-mkrescue, its i386-pc files or xorriso are not installed"
fi
memtest=/usr/lib/memtest86+/memtest86+ia32.iso
if [ -f $memtest ]; then
    run -cdrom $memtest -m 4 -timeout 20 -expect 'Memtest86.*Pentium'
    ok "the memtest86+ CD tests memory" [ $? = 0 ]
else
    echo "ok memtest86+ CD # SKIP memtest86+ is not installed"
fi
