/* compare.c: our decoder and disassembler against Zydis and Capstone, for every row of x86.def in
 * 16 and 32 bits and for random byte strings.
 *
 *   compare [-n RANDOM_STRINGS] [-seed S] [-v]     -v: how often each rule of rules.c applied
 *   compare -rules                                 lists the rules
 *
 * Output is TAP. A library that was not there when this was built is skipped with a word. */
#include "canon.h"

#include <stdio.h>
#include <stdlib.h>

enum { PER_ROW = 48, SHOWN = 25, RULES = 64 };

typedef bool CanonFn(const u8 *p, bool code32, Canon *out);

static struct Reference {
    const char *name;
    CanonFn *fn;
    bool there;
    u64 compared, differ;
} reference[] = {{.name = "Zydis", .fn = canon_zydis}, {.name = "Capstone", .fn = canon_capstone}};

static struct {
    const char *why;
    u64 count;
} applied[RULES];

static DecodeTable table;
static u64 state = 1;

/* xorshift64*: the same strings on every host. */
static u64 next_random(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 2685821657736338717u;
}

static void count_rule(const char *why)
{
    int n = 0;
    while (n < RULES - 1 && applied[n].why && applied[n].why != why)
        n++;
    applied[n].why = why;
    applied[n].count++;
}

static void complain(struct Reference *r, const char *what, const u8 *p, bool code32,
                     const Canon *a, const Canon *b)
{
    if (r->differ++ >= SHOWN)
        return;
    printf("# %s, %d bits, %s:", r->name, code32 ? 32 : 16, what);
    for (int n = 0; n < (a->len > b->len ? a->len : b->len); n++)
        printf(" %02x", p[n]);
    printf("  ours `%s`, theirs `%s`\n", a->text, b->text);
}

static void compare(const u8 *p, bool code32)
{
    Canon ours, theirs;
    Encoding e;
    canon_ours(&table, p, code32, &ours);
    encoding_of(&table, p, code32, &e);
    for (size_t n = 0; n < ARRAY_LEN(reference); n++) {
        struct Reference *r = &reference[n];
        r->there = r->fn(p, code32, &theirs);
        if (!r->there)
            continue;
        r->compared++;
        const char *what = !ours.len && !theirs.len ? NULL
                           : !ours.len              ? "we reject it"
                           : !theirs.len            ? "they reject it"
                                                    : canon_differ(&ours, &theirs);
        const char *why = what ? rule_for(n == 1, &e, &ours, &theirs) : NULL;
        if (why)
            count_rule(why);
        else if (what)
            complain(r, what, p, code32, &ours, &theirs);
    }
}

/* ---- every row ------------------------------------------------------------------------------- */

/* An instruction of this row, with random operands and perhaps prefixes; its length without them
 * does not matter, since 16 bytes are filled. */
static void make(const Row *r, u8 p[16])
{
    static const u8 prefix[] = {0x66, 0x67, 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65};
    int n = 0;
    for (int k = 0; k < 16; k++)
        p[k] = (u8)(next_random() >> 32);
    while (n < 2 && next_random() >> 40 & 1)
        p[n++] = prefix[next_random() >> 40 & 7];
    if (r->opcode > 0xFF)
        p[n++] = (u8)(r->opcode >> 8);
    p[n++] = (u8)r->opcode;
    if (r->opcode >> 11 == 0x1B && (r->operand[0] == O_STi || r->operand[1] == O_STi))
        p[n - 1] += next_random() >> 40 & 7;
    if (r->ext >= 0)
        p[n] = (u8)((p[n] & 0xC7) | r->ext << 3);
}

static bool compare_row(int row, bool code32)
{
    const Row *r = &x86_rows[row];
    bool reached = false;
    for (int k = 0; k < PER_ROW * 4 && !(reached && k >= PER_ROW); k++) {
        u8 p[16];
        Insn i;
        make(r, p);
        compare(p, code32);
        reached |= decode(&table, p, 16, code32, &i) && i.row == row;
    }
    return reached;
}

/* Every other string is all random; the rest begin with 0F, or a prefix or two. */
static void random_string(u8 p[16], u64 n)
{
    static const u8 first[] = {0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x2E, 0x0F, 0x66};
    int k = 0;
    for (; n >> 1 & 1 && k < 2; k++)
        p[k] = k == 1 && n >> 2 & 1 ? 0x0F : first[next_random() >> 40 & 7];
    for (; k < 16; k++)
        p[k] = (u8)(next_random() >> 32);
}

static int number, failed;

static void result(bool ok, const char *text, u64 count)
{
    printf("%s %d - %s (%llu)\n", ok ? "ok" : "not ok", ++number, text, (unsigned long long)count);
    failed += !ok;
}

static void summary(const char *what)
{
    for (size_t n = 0; n < ARRAY_LEN(reference); n++) {
        struct Reference *r = &reference[n];
        char text[120];
        snprintf(text, sizeof text, "%s: %s agrees on length and meaning", what, r->name);
        if (r->there)
            result(!r->differ, text, r->compared);
        else
            printf("ok %d - %s # SKIP no lib%s-dev\n", ++number, text, n ? "capstone" : "zydis");
        r->compared = r->differ = 0;
    }
}

int main(int argc, char **argv)
{
    u64 strings = 200000, rows = 0, older = 0, unreached = 0;
    bool verbose = false;
    if (argc > 2 && !strncmp(argv[1], "-att", 4))
        return att_mode(argc, argv);
    for (int n = 1; n < argc; n++) {
        if (!strcmp(argv[n], "-n") && n + 1 < argc)
            strings = (u64)strtod(argv[++n], NULL);
        else if (!strcmp(argv[n], "-seed") && n + 1 < argc)
            state = strtoull(argv[++n], NULL, 0) | 1;
        else if (!strcmp(argv[n], "-rules")) {
            rules_print();
            return 0;
        } else
            verbose = !strcmp(argv[n], "-v");
    }
    decode_table_init(&table, CPU_686);
    for (int row = 0; row < x86_row_count - 2; row++) {
        if (x86_rows[row].until < CPU_686) {
            older++; /* what only old processors had, the others do not know */
            continue;
        }
        for (int code32 = 0; code32 < 2; code32++, rows++)
            if (!compare_row(row, code32)) {
                printf("# row %d (%s) was not reached\n", row, x86_rows[row].name);
                unreached++;
            }
    }
    result(!unreached, "every row of the latest processor was reached, in 16 and 32 bits", rows);
    printf("# %llu rows of older processors are not compared\n", (unsigned long long)older);
    summary("rows");
    for (u64 n = 0; n < strings; n++) {
        u8 p[16];
        random_string(p, n);
        compare(p, n & 1);
    }
    summary("random strings");
    for (int n = 0; verbose && n < RULES && applied[n].why; n++)
        printf("# %10llu %s\n", (unsigned long long)applied[n].count, applied[n].why);
    printf("1..%d\n", number);
    return failed > 0;
}
