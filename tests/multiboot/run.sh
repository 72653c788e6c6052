#!/bin/sh
# Multiboot kernels, flat and ELF, under our BIOS and under SeaBIOS; broken ones are refused with one line.
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}" "${NASM:=nasm}"
GLASS86=${GLASS86:-$PWD/$BUILD/glass86}
out=$BUILD/multiboot
mkdir -p "$out"
if ! command -v "$NASM" > /dev/null; then
    echo "ok multiboot # SKIP nasm is not installed"
    exit 0
fi
seabios=/usr/share/seabios/bios.bin
seavga=/usr/share/seabios/vgabios-isavga.bin

say() { # status, name
    if [ "$1" = 0 ]; then echo "ok $2"; else echo "not ok $2"; sed 's/^/# /' "$out/out" "$out/err"; fi
}
run() { # options...
    timeout 60 "$GLASS86" -config none -display none -batch -debugcon stdio -device isa-debug-exit,raw=on \
        -max-insns 2000M "$@" > "$out/out" 2> "$out/err" < /dev/null
}
# The kernel's name, then memory below 640 KiB, above 1 MiB, and all in the map, in KiB. A foreign BIOS may keep some.
expect() { # name, file and arguments, KiB above 1 MiB or any
    status=$?
    awk -v line="$2" -v upper="$3" '
        NR == 1 {good = $0 == line} NR == 2 {good = good && $0 == "glass86"} NR == 3 {low = $0; good = good && low > 600}
        NR == 4 {good = good && (upper == "any" ? $0 > 15000 : $0 == upper); sum = low + $0}
        NR == 5 {good = good && $0 == sum}
        END {exit !(good && NR == 5)}' "$out/out" && [ $status = 0 ]
    say $? "$1"
}
refused() { # name, words of the message
    status=$?
    [ $status = 66 ] && grep -q "$2" "$out/err" && [ "$(wc -l < "$out/err")" = 1 ]
    say $? "$1"
}

"$NASM" -f bin -DFLAT -o "$out/flat" tests/multiboot/kernel.asm
run "$out/flat"
expect "flat kernel" "$out/flat" 15360
run -m 64 -cpu 386 -append "one two" "$out/flat"
expect "with a command line, -m 64, -cpu 386" "$out/flat one two" 64512
if [ -f $seabios ] && [ -f $seavga ]; then
    run -bios $seabios -vgabios $seavga "$out/flat"
    expect "under SeaBIOS" "$out/flat" any
else
    echo "ok under SeaBIOS # SKIP seabios is not installed"
fi
if "$NASM" -f elf32 -o "$out/kernel.o" tests/multiboot/kernel.asm &&
    ld -m elf_i386 -N -Ttext=0x200000 -e start -o "$out/elf" "$out/kernel.o" 2> /dev/null; then
    run "$out/elf" -append x
    expect "ELF kernel" "$out/elf x" 15360
    head -c 200 "$out/elf" > "$out/cut"
    run "$out/cut"
    refused "truncated ELF kernel" "truncated\|no sound ELF"
    printf '\002' | dd of="$out/elf" bs=1 seek=4 conv=notrunc 2> /dev/null
    run "$out/elf"
    refused "64-bit ELF kernel" "32-bit ELF"
else
    echo "ok ELF kernel # SKIP ld cannot make 32-bit programs"
fi
run -cpu 286 "$out/flat"
refused "a 286 cannot" "needs -cpu 386"
run -m 1 "$out/flat"
refused "too little memory" "does not fit"
run "$out/flat" "$out/flat"
refused "two kernels" "another is there"
head -c 40 "$out/flat" > "$out/short"
run -m 2 "$out/short"
refused "truncated flat kernel" "truncated"

# Headers alone: what is wrong with them comes before anything is loaded.
cat > "$out/flat.asm" << 'END'
%ifndef FLAGS
%define FLAGS 10003h
%endif
        dd      1BADB002h, FLAGS, -(1BADB002h + FLAGS)
        dd      HEADER, LOAD, END, BSS, LOAD
        times   4096 - 32 db 90h
END
cat > "$out/elf.asm" << 'END'
%ifndef MACHINE
%define MACHINE 3
%endif
%ifndef EACH
%define EACH 32
%endif
%macro segment_at 3                     ; address, bytes in the file, in memory
        dd      1, 0, %1, %1, %2, %3, 7, 0
%endmacro
        db      7Fh, "ELF", 1, 1, 1
        times   9 db 0
        dw      2, MACHINE
        dd      1, 100000h, 64, 0, 0
        dw      52, EACH, COUNT, 0, 0, 0
        dd      1BADB002h, 3, -(1BADB002h + 3)
%if COUNT > 0
        segment_at FIRST
%endif
%if COUNT > 1
        segment_at SECOND
%endif
        times   4096 db 90h
END
while IFS='|' read -r form words defines; do
    # shellcheck disable=SC2086
    "$NASM" -f bin $defines -o "$out/wrong" "$out/$form.asm"
    run -m 4 "$out/wrong"
    refused "$form: $words ($defines)" "wrong: $words"
done << 'END'
flat|needs something that its Multiboot header calls required|-DFLAGS=10011h -DHEADER=100000h -DLOAD=100000h -DEND=0 -DBSS=0
flat|has a Multiboot header whose addresses do not fit|-DHEADER=100000h -DLOAD=100010h -DEND=0 -DBSS=0
flat|has a Multiboot header whose addresses do not fit|-DHEADER=100010h -DLOAD=100000h -DEND=0 -DBSS=0
flat|has a Multiboot header whose addresses do not fit|-DHEADER=100000h -DLOAD=100000h -DEND=0FFFFFh -DBSS=0
flat|is truncated: a segment reaches beyond|-DHEADER=100000h -DLOAD=100000h -DEND=101001h -DBSS=0
flat|wants to be loaded over the BIOS|-DHEADER=0 -DLOAD=0 -DEND=0 -DBSS=0
flat|wants to be loaded over the BIOS|-DHEADER=8F001h -DLOAD=8F001h -DEND=0 -DBSS=0
flat|does not fit into the machine|-DHEADER=100000h -DLOAD=100000h -DEND=0 -DBSS=400001h
elf|is no 32-bit ELF file for the 386|-DMACHINE=62 -DCOUNT=0
elf|is no sound ELF file: its program headers lie outside|-DEACH=31 -DCOUNT=1 -DFIRST=100000h,0,1
elf|has no segment to load|-DCOUNT=0
elf|has no segment to load|-DCOUNT=1 -DFIRST=100000h,0,0
elf|has a segment that is larger in the file|-DCOUNT=1 -DFIRST=100000h,2,1
elf|is truncated: a segment reaches beyond|-DCOUNT=1 -DFIRST=100000h,10000,10000
elf|wants to be loaded over the BIOS|-DCOUNT=2 -DFIRST=100000h,1,1 -DSECOND=0A0000h,1,1
elf|has segments below and above the BIOS|-DCOUNT=2 -DFIRST=100000h,1,1 -DSECOND=40000h,1,1
END
"$NASM" -f bin -DHEADER=100000h -DLOAD=100000h -DEND=0 -DBSS=0 -o "$out/wrong" "$out/flat.asm"
run -append "$(awk 'BEGIN {while (n++ < 30700) printf "x"}')" "$out/wrong"
refused "a command line without end" "wrong: has a command line longer than"

# Any bytes behind a sound header: a start or a refusal, never a crash.
n=0 bad=0
while [ $n -lt 40 ]; do
    { head -c 12 "$out/flat"
      awk -v s=$n 'BEGIN {srand(s); for (i = 0; i < 200; i++) printf "%c", 1 + int(rand() * 255)}'; } > "$out/random"
    timeout 20 "$GLASS86" -config none -display none -batch -max-insns 1000 "$out/random" > /dev/null 2> "$out/err"
    case $? in 66 | 124 | 86) ;; *) bad=$((bad + 1)) ;; esac
    n=$((n + 1))
done
say $bad "40 kernels with random addresses"
