#!/bin/sh
# Golden tests of our own on all cores, rows of x86.def without a test, and some random programs against the host's
# processor where it is one that can run them.
${MAKE:-make} -s "BUILD=$BUILD" "$BUILD/rows" "$BUILD/silicon" || exit 1
here=tests/silicon
for f in $here/*.golden.gz; do
    echo "# $f"
    gzip -dc "$f" | "$GLASS86" -config none -golden - || echo "not ok - $f"
done
"$GLASS86" -config none -golden $here/*.golden || echo "not ok - $here/*.golden"
{ gzip -dc $here/*.golden.gz; cat $here/*.golden; } | "$BUILD/rows" $here/other-tests.txt
"$BUILD/silicon" -n "${N:-2e6}" -seed 1

# The format's own example passes; with one wrong bit in its flags it fails; a recorded instruction can be run.
out=$BUILD/test-logs
sed -n '/^    golden 1/,/^    after/s/^    //p' docs/golden-format.md > "$out/example.golden"
sed 's/eflags=896/eflags=897/' "$out/example.golden" > "$out/wrong.golden"
sed 's/^after.*//' "$out/example.golden" > "$out/memory.golden"
rm -f "$out/recorded.golden"
"$GLASS86" -config none -batch -max-insns 2000 -golden-record 1,"$out/recorded.golden" \
    -golden-record 1500,"$out/recorded.golden" > /dev/null 2>&1
say() { # status, name
    [ "$1" = 0 ] && echo "ok - $2" || echo "not ok - $2"
}
status() { # file
    "$GLASS86" -config none -golden "$1" > /dev/null 2>&1
    echo $?
}
say "$(status "$out/example.golden")" "the example of docs/golden-format.md"
say $(($(status "$out/wrong.golden") != 90)) "a wrong flag is noticed"
say $(($(status "$out/memory.golden") != 90)) "a byte that was not to change is noticed"
say "$(status "$out/recorded.golden")" "recorded instructions"
