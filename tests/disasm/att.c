/* att.c: AT&T syntax for the GNU assembler to read: what it makes of our text must be the
 * instruction that the text is of.
 *
 *   compare -att-text 16|32          each row six times, in slots of 32 bytes, with the Intel text
 *   compare -att-read 16|32 FILE     the Intel text of what stands in those slots */
#include "canon.h"

#include "frontend/att.h"

#include <stdio.h>
#include <stdlib.h>

enum { SLOT = 32, EACH = 6, SLOTS = 1 << 13 };

static void show(const Row *r, int row, const DecodeTable *t, bool code32, u64 *seed, u32 *slot)
{
    u8 p[16];
    Insn i;
    char intel[200], att[200];
    int n = 0;
    for (int k = 0; k < 16; k++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        p[k] = (u8)(*seed >> 40);
    }
    if (r->opcode > 0xFF)
        p[n++] = (u8)(r->opcode >> 8);
    p[n++] = (u8)r->opcode;
    if (r->ext >= 0)
        p[n] = (u8)((p[n] & 0xC7) | r->ext << 3);
    if (!decode(t, p, 16, code32, &i) || i.row != row)
        return;
    disasm(&i, *slot * SLOT, intel, sizeof intel);
    att_from_intel(intel, att, sizeof att);
    printf(".org %u\n%s # %s\n", *slot * SLOT, att, intel);
    ++*slot;
}

static void read_back(const DecodeTable *t, bool code32, const char *path)
{
    static u8 bytes[SLOTS * SLOT + 16];
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(bytes, 1, SLOTS * SLOT, f) : 0;
    for (u32 at = 0; at < n; at += SLOT) {
        char text[200] = "(bad)";
        Insn i;
        if (decode(t, bytes + at, 16, code32, &i))
            disasm(&i, at, text, sizeof text);
        puts(text);
    }
    if (f)
        fclose(f);
}

int att_mode(int argc, char **argv)
{
    DecodeTable t;
    bool code32 = atoi(argv[2]) == 32;
    u64 seed = 1;
    u32 slot = 0;
    decode_table_init(&t, CPU_686);
    if (argc > 3) {
        read_back(&t, code32, argv[3]);
        return 0;
    }
    puts(code32 ? ".code32" : ".code16");
    for (int row = 0; row < x86_row_count - 2; row++)
        for (int k = 0; k < EACH && x86_rows[row].until >= CPU_686; k++)
            show(&x86_rows[row], row, &t, code32, &seed, &slot);
    return 0;
}
