#!/bin/sh
# Golden tests of our own on all cores, rows of x86.def without a test, and some random programs against the host's
# processor where it is one that can run them.
${MAKE:-make} -s "BUILD=$BUILD" "$BUILD/rows" "$BUILD/silicon" "$BUILD/unicorn" || exit 1
here=tests/silicon
for f in $here/*.golden.gz; do
    echo "# $f"
    gzip -dc "$f" | "$GLASS86" -config none -golden - || echo "not ok - $f"
done
"$GLASS86" -config none -golden $here/*.golden || echo "not ok - $here/*.golden"
{ gzip -dc $here/*.golden.gz; cat $here/*.golden; } | "$BUILD/rows" $here/other-tests.txt
"$BUILD/silicon" -n "${N:-2e6}" -seed 1
"$BUILD/unicorn" -n 8000 -seed 1

# The format's own example passes; with one wrong bit in its flags it fails; a recorded instruction can be run.
out=$BUILD/test-logs
sed -n '/^    golden 1/,/^    after/s/^    //p' docs/golden-format.md > "$out/example.golden"
sed 's/eflags=896/eflags=897/' "$out/example.golden" > "$out/wrong.golden"
sed 's/^after.*//' "$out/example.golden" > "$out/memory.golden"
rm -f "$out/recorded.golden"
"$GLASS86" -config none -batch -max-insns 2000 -golden-record 1,"$out/recorded.golden" \
    -golden-record 1500,"$out/recorded.golden" > /dev/null 2>&1
printf '%s\n' 'ORG 7C00h' 'cpu 586' 'fninit' 'fldpi' 'fld1' 'fdivp st1,st0' 'fistp dword [8000h]' 'in al,61h' \
    'mov dx,80h' 'out dx,ax' 'mov ecx,16' 'rdmsr' 'hlt' > "$out/more.asm"
rm -f "$out/more.golden"
for n in 1 2 3 4 5 6 7 8 9; do echo "golden-record $out/more.golden"; echo si; done > "$out/more.cmd"
"${NASM:-nasm}" -f bin -o "$out/more.bin" "$out/more.asm" 2> /dev/null &&
    "$GLASS86" -config none -batch -display none -m 1 -load "$out/more.bin@0:7c00" -entry 0:7c00 -x "$out/more.cmd" \
        > "$out/more.out" 2>&1
sed 's/0F1h$/0F2h/; s/cpu_686/cpu_687/' $here/other-tests.txt > "$out/wrong.txt"
say() { # status, name
    [ "$1" = 0 ] && echo "ok - $2" || echo "not ok - $2"
}
status() { # file
    "$GLASS86" -config none -golden "$1" > /dev/null 2>&1
    echo $?
}
[ "$("$BUILD/rows" "$out/wrong.txt" < "$out/example.golden" | grep -c 'not ok.*does not have that text')" = \
    "$(grep -vc '^#' "$out/wrong.txt")" ]
say $? "a line that names no test is noticed"
say "$(status "$out/example.golden")" "the example of docs/golden-format.md"
say $(($(status "$out/wrong.golden") != 90)) "a wrong flag is noticed"
say $(($(status "$out/memory.golden") != 90)) "a byte that was not to change is noticed"
say "$(status "$out/recorded.golden")" "recorded instructions"
if command -v "${NASM:-nasm}" > /dev/null; then
    [ "$(grep -c '^test' "$out/more.golden")" = 9 ] && grep -q '^out 80 2 ' "$out/more.golden" && grep -q ' st[0-7]=' "$out/more.golden"
    say $? "the debugger records ports and the x87"
    say "$(status "$out/more.golden")" "and they can be run"
    sed 's/^out 80 2 .*/out 80 2 1234/' "$out/more.golden" > "$out/wrong.golden"
    say $(($(status "$out/wrong.golden") != 90)) "a wrong value for a port is noticed"
    sed 's/^in 61 1/in 62 1/' "$out/more.golden" > "$out/wrong.golden"
    say $(($(status "$out/wrong.golden") != 90)) "a wrong port is noticed"
    sed 's/^then \(.*\)fsw=[0-9a-f]*/then \1fsw=1/' "$out/more.golden" > "$out/wrong.golden"
    say $(($(status "$out/wrong.golden") != 90)) "a wrong x87 status is noticed"
else
    echo "ok - recording ports and the x87 # SKIP nasm is not installed"
fi
