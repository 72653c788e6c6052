/* opcode_docs.c: docs/opcodes.md, printed from the instruction table (cpu/x86.def). Its words are
 * kept as they stand in the source, so the document says what the decoder is built from.
 * Neighbouring opcodes that differ in nothing else share a line. */
#include "frontend/options.h"

#include <string.h>

typedef struct {
    unsigned opcode;
    const char *ext, *name, *operand[3], *body, *written, *undefined, *since, *until, *attr;
} Entry;

static const Entry entries[] = {
#define X(opcode, ext, name, o1, o2, o3, body, wr, un, since, until, attr)                         \
    {opcode, #ext, name, {#o1, #o2, #o3}, #body, #wr, #un, #since, #until, #attr},
#include "cpu/x86.def"
#undef X
};

typedef struct {
    const char *title;
    unsigned first, last;
} Map;

static const Map maps[] = {
    {"One byte", 0x0000, 0x00FF},
    {"Two bytes, 0F", 0x0F00, 0x0FFF},
    {"x87 between registers: the ModR/M byte is part of the opcode", 0xD800, 0xDFFF},
};

static const char *processor(const char *model)
{
    static const char *const names[][2] = {
        {"I86", "8086"},   {"I286", "286"},        {"I386", "386"}, {"I486", "486"},
        {"P5", "Pentium"}, {"MMX", "Pentium MMX"}, {"P6", "686"},
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (!strcmp(model, names[i][0]))
            return names[i][1];
    }
    return model;
}

static bool named(const char *word)
{
    return strcmp(word, "0") && strcmp(word, "_");
}

/* Everything but the opcode is the same, so that a range says it all. */
static bool alike(const Entry *a, const Entry *b)
{
    return !strcmp(a->ext, b->ext) && !strcmp(a->name, b->name) && !strcmp(a->body, b->body) &&
           !strcmp(a->operand[0], b->operand[0]) && !strcmp(a->operand[1], b->operand[1]) &&
           !strcmp(a->operand[2], b->operand[2]) && !strcmp(a->written, b->written) &&
           !strcmp(a->undefined, b->undefined) && !strcmp(a->since, b->since) &&
           !strcmp(a->until, b->until) && !strcmp(a->attr, b->attr);
}

static void print_opcode(const Entry *first, const Entry *last, FILE *f)
{
    if (first->opcode > 0xFF)
        fprintf(f, "| `%02X %02X", first->opcode >> 8, first->opcode & 0xFF);
    else
        fprintf(f, "| `%02X", first->opcode);
    if (last->opcode != first->opcode)
        fprintf(f, "-%02X", last->opcode & 0xFF);
    if (named(first->ext))
        fprintf(f, " /%s", first->ext);
    fputs("` | ", f);
}

/* Bars inside a cell would end it. */
static void print_cell(const char *text, FILE *f)
{
    for (; *text; text++) {
        if (*text == '|')
            putc('\\', f);
        putc(*text, f);
    }
}

static void print_models(const Entry *e, FILE *f)
{
    bool to_the_end = !strcmp(e->until, "LAST");
    if (to_the_end && !strcmp(e->since, "I86"))
        fputs("all", f);
    else if (to_the_end)
        fprintf(f, "%s on", processor(e->since));
    else if (!strcmp(e->since, e->until))
        fprintf(f, "%s only", processor(e->since));
    else
        fprintf(f, "%s to %s", processor(e->since), processor(e->until));
}

static void print_entry(const Entry *first, const Entry *last, FILE *f)
{
    const Entry *e = first;
    print_opcode(first, last, f);
    print_cell(e->name, f);
    for (int k = 0; k < 3 && named(e->operand[k]); k++)
        fprintf(f, "%s%s", k ? ", " : " ", e->operand[k]);
    fputs(" | ", f);
    fputs(strncmp(e->body, "COLD", 4) ? "hot" : "cold", f);
    fputs(" | ", f);
    print_cell(named(e->written) ? e->written : "", f);
    fputs(" | ", f);
    print_cell(named(e->undefined) ? e->undefined : "", f);
    fputs(" | ", f);
    print_models(e, f);
    fputs(" | ", f);
    print_cell(named(e->attr) ? e->attr : "", f);
    fputs(" |\n", f);
}

static void print_map(const Map *m, FILE *f)
{
    fprintf(f,
            "\n## %s\n\n| opcode | instruction | core | flags written | undefined | processors | "
            "attributes |\n|---|---|---|---|---|---|---|\n",
            m->title);
    const Entry *end = entries + ARRAY_LEN(entries);
    for (const Entry *e = entries; e < end; e++) {
        if (e->opcode < m->first || e->opcode > m->last)
            continue;
        const Entry *last = e;
        while (last + 1 < end && last[1].opcode == last->opcode + 1 && alike(last + 1, e))
            last++;
        print_entry(e, last, f);
        e = last;
    }
}

void opcode_docs(FILE *f)
{
    fprintf(
        f,
        "# Instructions\n\n"
        "Generated from `cpu/x86.def` by `make docs`; do not edit. %zu rows.\n\n"
        "Operands are written with the letters of the Intel manual's opcode map; the head of "
        "`cpu/x86.def` explains them. *hot*: a tail-called\n"
        "handler (`cpu/ops.inc`) where the operands allow it; *cold*: a C function. "
        "*flags written* includes the *undefined* ones, which\n"
        "golden tests mask where no processor is named. `|` parts the 16-bit mnemonic from the "
        "32-bit one. Attributes: `END` never falls\n"
        "through, `LOCK` may be locked when the destination is memory, `REPS` takes REP, `REPC` "
        "takes REPE and REPNE.\n",
        ARRAY_LEN(entries));
    for (size_t i = 0; i < ARRAY_LEN(maps); i++)
        print_map(&maps[i], f);
}
