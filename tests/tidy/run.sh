#!/bin/sh
# House rules that a machine can check: who includes whom, no global state, hot handlers stay leaves, lines fit.
cd "$(dirname "$0")/../.." || exit 1

none() { # description, offending lines on stdin
    found=$(cat)
    if [ -z "$found" ]; then
        echo "ok $1"
    else
        printf '%s\n' "$found" | head -n 20 | sed 's/^/# /'
        echo "not ok $1"
    fi
}

sources() { git ls-files -- "$@" 2> /dev/null || find "$@" -name '*.[ch]'; }

grep -nE '#include "(cpu|devices|frontend|bios)/' mmu/*.[ch] | none "mmu includes nothing above it"
grep -nE '#include "(devices|frontend|bios)/' cpu/* | none "cpu includes mmu only"
grep -nE '#include "(cpu|frontend|bios)/' $(ls devices/*.[ch] devices/disk/*.[ch] | grep -v '/pc') |
    none "a chip includes neither the processor nor a frontend"
awk 'length > 100 {print FILENAME ":" FNR}' $(sources 'mmu/*.[ch]' 'cpu/*.[ch]' 'devices/*.[ch]' 'frontend/*.[ch]' 'tests/*.[ch]' \
    bios/bin2c.c) | none "no line is longer than 100 columns"
grep -nP '\t| +$' $(sources 'mmu/*.[ch]' 'cpu/*.[ch]' 'devices/*.[ch]' 'frontend/*.[ch]') | none "no tabs, no trailing blanks"
sources '*.c' '*.h' | grep -vE '/(alu|hot)' | xargs wc -l | awk '$1 > 1000 && $2 != "total"' | none "no file passes 1,000 lines"

# Writable globals below the frontend, by the symbol table: panic()'s hook is the only one.
if objdump --version > /dev/null 2>&1; then
    for f in "$BUILD"/mmu/*.o "$BUILD"/cpu/*.o "$BUILD"/devices/*.o "$BUILD"/devices/disk/*.o; do
        objdump -t "$f" | awk -v f="$f" '$0 ~ / \.(data|bss)[ \t]/ && $NF !~ /^\.(data|bss)$/ {print f, $NF}'
    done | grep -vE ' (panic_hook|panic_ctx)$| (__|\.)|asan|ubsan' | none "no global holds guest state"
fi

# Hot handlers of the fast core: no call but to what is out of line by design.
if [ -f "$BUILD/cpu/ops_fast.o" ] && nm "$BUILD/cpu/ops_fast.o" | grep -q fast_add32_rr && objdump --version > /dev/null 2>&1; then
    objdump -d --no-show-raw-insn "$BUILD/cpu/ops_fast.o" "$BUILD/cpu/ops_simple.o" "$BUILD/cpu/ops_flat.o" |
        awk '/^[0-9a-f]+ </ {f = $2 ~ /^<(fast|simple|flat)_/ ? $2 : ""}
             f != "" && f !~ /_(redo|branch|chain|jump|leave|cold)/ && /\tcall / {print f, $0}' |
        none "hot handlers are leaves"
else
    echo "ok hot handlers are leaves # SKIP this build has no tail calls or there is no objdump"
fi

# The table of claims names tests that exist, and every program that tests the processor is in it.
claims=docs/system-behaviour.md
{
    grep -o '`tests/[^`]*`' $claims | tr -d '`' | while read -r f; do [ -e "$f" ] || echo "$f"; done
    grep -o '`\(cpu\|x87\)_[a-z0-9_]*`' $claims | tr -d '`' | sort -u |
        while read -r n; do [ -f "tests/guest/$n.asm" ] || echo "tests/guest/$n.asm"; done
    for f in tests/guest/cpu_*.asm tests/guest/x87_*.asm; do
        grep -q "\`$(basename "$f" .asm)\`" $claims || echo "$f is not named"
    done
} | none "$claims and the programs agree"
