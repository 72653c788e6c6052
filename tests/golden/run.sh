#!/bin/sh
# The hardware vectors as a suite of tests/run.sh. Its comments and TAP lines are those of `make golden`.
${MAKE:-make} -s "BUILD=$BUILD" "$BUILD/golden" || exit 1
exec "$BUILD/golden"
