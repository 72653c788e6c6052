#!/bin/sh
# The hardware vectors as a suite of tests/run.sh.
# What it prints is what `make golden` prints.
${MAKE:-make} -s "BUILD=$BUILD" "$BUILD/golden" || exit 1
exec "$BUILD/golden"
