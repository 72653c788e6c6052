#!/bin/sh
# Our disassembler against Zydis and Capstone, where they are installed: every row of x86.def, and random byte strings.
# The program is built by `make` (target unit); `make disasm N=1e7` compares more. The rules for what may differ are documented.
program=${BUILD:-build}/disasm-compare
"$program" || failed=1
"$program" -rules | while read -r rule; do
    grep -qFx -e "- $rule" docs/disassembler.md || echo "not ok - docs/disassembler.md lacks: $rule"
done
exit ${failed:-0}
