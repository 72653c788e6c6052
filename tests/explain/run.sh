#!/bin/sh
# What `explain` says of each kind of fault: explain.py, explain.txt, guest.asm.
suite=explain
. tests/common/scratch.sh
python3 "$root/tests/explain/explain.py" "$program" "$root/tests/explain"
