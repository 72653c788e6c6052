#!/bin/sh
# Our disassembler against Zydis and Capstone, where they are installed: every row of x86.def, and random byte strings.
# The program is built by `make` (target unit); `make disasm N=1e7` compares more. The rules for what may differ are documented.
program=${BUILD:-build}/disasm-compare
"$program" || failed=1
"$program" -rules | while read -r rule; do
    grep -qFx -e "- $rule" docs/disassembler.md || echo "not ok - docs/disassembler.md lacks: $rule"
done

# AT&T syntax through the GNU assembler and back. It does not know undocumented names and sizes, nor reaches the far ends of random
# short jumps; those are left out, and nothing else may be.
if command -v as > /dev/null && echo nop | as --32 -o /dev/stdout - > /dev/null 2>&1 && ld -V 2> /dev/null | grep -q elf_i386; then
    dir=$(mktemp -d)
    for bits in 16 32; do
        "$program" -att-text $bits > "$dir/all.s"
        as --32 -o "$dir/o" "$dir/all.s" 2> "$dir/errors" || :
        sed -n 's/^.*:\([0-9]*\): Error.*/\1/p' "$dir/errors" | sort -un > "$dir/lines"
        awk 'NR == FNR {bad[$1] = 1; next} FNR in bad {sub(/^[^#]*#/, "nop #")} {print}' "$dir/lines" "$dir/all.s" > "$dir/good.s"
        sed -n 's/^nop # //p' "$dir/good.s" |
            grep -vE '^(nop|salc|esc|loop|loope|loopne|jcxz|jecxz|f[a-z]*[0-9])( |$)|\?s|^bswap ..$|^mov[sz]x ..,(word |..$)' > "$dir/refused"
        as --32 -o "$dir/o" "$dir/good.s" && ld -m elf_i386 -Ttext=0 --oformat binary --noinhibit-exec -o "$dir/bin" "$dir/o" 2> /dev/null
        "$program" -att-read $bits "$dir/bin" > "$dir/got"
        sed -n 's/^[^.].*# //p' "$dir/good.s" | paste -d'|' - "$dir/got" |
            awk -F'|' '$1 != $2 && $2 != "nop" && $1 !~ /^(xchg|sal) /' > "$dir/differ"
        if [ "$(wc -l < "$dir/got")" -gt 3000 ] && [ ! -s "$dir/refused" ] && [ ! -s "$dir/differ" ]; then
            echo "ok - AT&T syntax, $bits bits: the GNU assembler reads it as what it is of"
        else
            head -20 "$dir/refused" "$dir/differ" | sed 's/^/# /'
            echo "not ok - AT&T syntax, $bits bits: the GNU assembler reads it as what it is of"
            failed=1
        fi
    done
    rm -rf "$dir"
else
    echo "ok - AT&T syntax # SKIP no assembler and linker for i386"
fi
exit ${failed:-0}
