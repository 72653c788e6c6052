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
