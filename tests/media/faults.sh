# Sectors made to fail, from the command line and from the debugger. Sourced by run.sh.
if have nasm; then
    nasm -DCD=0 -o faults.img "$root/tests/media/faults.asm" && truncate -s 1440K faults.img
    truncate -s 10M sound.img
    want='1000 0001 2000 0001 0400 8000 0000 0001 1000 1000 0001 CC00 0001 0400 1002 8000 0000 0001 e'
    run -drive file=faults.img,if=floppy,fault=read:36,fault=write:37,fault=missing:38,fault=timeout:39 \
        -hda sound.img,fault=read:1,fault=write:2,fault=missing:3,fault=timeout:4,fault=read:7-8 \
        -snapshot -timeout 60 -debugcon file:port
    ok "INT 13h tells which way a floppy's and a disk's sectors fail" says "$want"
    cat > faults.cmd <<'END'
fault fda read:36
fault fda write:37
fault fda missing:38
fault fda timeout:39
fault hda timeout:1
fault hda off
fault hda read:1
fault hda write:2
fault hda missing:3
fault hda timeout:4
fault hda read:7-8
fault
c
END
    run -fda faults.img -hda sound.img -snapshot -S -x faults.cmd -timeout 60 -debugcon file:port
    ok "the debugger's fault does the same" says "$want"
    ok "and lists what fails" grep -q '^hda read:7-8' out
    run -hda sound.img,fault=read:9-7
    ok "a range that ends before it begins is an error" [ $? = 64 ]
    run -fda faults.img -hda sound.img -snapshot -S -ex 'fault hdd read:1'
    ok "a drive that is not there cannot fail" grep -q 'hdd: no such drive' err
    if have xorriso; then
        mkdir faulty
        nasm -DCD=1 -o faulty/boot.bin "$root/tests/media/faults.asm"
        head -c 100000 /dev/zero > faulty/more.bin
        xorriso -as mkisofs -quiet -o faulty.iso -b boot.bin -no-emul-boot -boot-load-size 4 faulty 2> /dev/null
        run -cdrom faulty.iso,fault=read:21,fault=missing:22 -boot d -timeout 60 -debugcon file:port
        ok "and which way a CD's blocks do" says '0000 1000 1000 0000 e'
    else
        echo "ok CDs that fail # SKIP xorriso is not installed"
    fi
else
    echo "ok media that fail # SKIP nasm is not installed"
fi

# INT 13h behind sector 2^28, on a sparse image of 200 GB.
if have nasm && truncate -s 200G beyond.img 2> /dev/null; then
    nasm -o beyond.bin "$root/tests/media/beyond.asm"
    dd if=beyond.bin of=beyond.img conv=notrunc status=none
    printf 'glass' | dd of=beyond.img bs=512 seek=268435461 conv=notrunc status=none
    run -hda beyond.img -timeout 30 -debugcon file:port
    ok "INT 13h reaches behind sector 2^28" says AAglassAAAAAAI
    ok "also for writing" sh -c '[ "$(dd if=beyond.img bs=512 skip=268435462 count=1 status=none | head -c 5)" = glass ]'
    rm -f beyond.img
else
    echo "ok disks behind sector 2^28 # SKIP nasm is not installed, or no sparse file of 200 GB can be made"
fi
