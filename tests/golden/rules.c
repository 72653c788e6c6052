/* rules.c: see rules.h. The 286 tests run under all later models too; what differs there: LOCK,
 * the vector of stack faults, length limits, IOPL and NT, the registers FS and GS, restart of
 * string instructions and of POP, flags that a failing AAM has changed, and overflows of IDIV that
 * the 286 does not see. */
#include "tests/golden/rules.h"

#include "cpu/flags.h"

/* ---- families -------------------------------------------------------------------------------- */

Family family_of(const char *cpu)
{
    static const struct {
        const char *cpu;
        Family family;
    } known[] = {
        {"8086", FAMILY_8086}, {"8088", FAMILY_8086}, {"C286", FAMILY_286}, {"386E", FAMILY_386}};
    for (size_t n = 0; n < ARRAY_LEN(known); n++)
        if (!strcmp(cpu, known[n].cpu))
            return known[n].family;
    return FAMILY_NONE;
}

const char *family_name(Family f)
{
    static const char *const name[] = {"8086", "80286", "80386", "unknown"};
    return name[f];
}

bool family_applies(Family f, CpuModel m)
{
    switch (f) {
    case FAMILY_8086:
        return m == CPU_8086;
    case FAMILY_286:
        return m >= CPU_286;
    case FAMILY_386:
        return m >= CPU_386;
    default:
        return false;
    }
}

/* ---- the instruction ------------------------------------------------------------------------- */

static bool take_prefix(Family f, u8 b, Shape *s)
{
    switch (b) {
    case 0x26:
        s->seg = SEG_ES;
        return true;
    case 0x2E:
        s->seg = SEG_CS;
        return true;
    case 0x36:
        s->seg = SEG_SS;
        return true;
    case 0x3E:
        s->seg = SEG_DS;
        return true;
    case 0xF0:
        s->lock = true;
        return true;
    case 0xF2:
    case 0xF3:
        s->rep = true;
        return true;
    case 0xF1:
        return f != FAMILY_386;
    }
    if (f != FAMILY_386)
        return false;
    switch (b) {
    case 0x64:
        s->seg = SEG_FS;
        return true;
    case 0x65:
        s->seg = SEG_GS;
        return true;
    case 0x66:
    case 0x67:
        return true;
    }
    return false;
}

Shape shape_of(Family f, const MooTest *t)
{
    Shape s = {.seg = -1, .length = t->length};
    if (f != FAMILY_8086 && t->length > 1 && t->bytes[t->length - 1] == 0xF4)
        s.length--; /* the HLT that ends the test */
    u32 n = 0;
    while (n < t->length && take_prefix(f, t->bytes[n], &s))
        n++;
    if (f != FAMILY_8086 && n < t->length && t->bytes[n] == 0x0F) {
        s.two = true;
        n++;
    }
    s.opcode = n < t->length ? t->bytes[n] : 0;
    s.modrm = n + 1 < t->length ? t->bytes[n + 1] : 0;
    return s;
}

static bool in(u8 v, u8 first, u8 last)
{
    return v >= first && v <= last;
}

bool shape_is_string(const Shape *s)
{
    return !s->two &&
           (in(s->opcode, 0x6C, 0x6F) || in(s->opcode, 0xA4, 0xA7) || in(s->opcode, 0xAA, 0xAF));
}

static int reg_field(const Shape *s)
{
    return s->modrm >> 3 & 7;
}

/* 386 and later: LOCK needs one of these with its destination in memory (i486 manual, LOCK). */
static bool lockable(const Shape *s)
{
    u8 op = s->opcode;
    if (s->modrm >> 6 == 3)
        return false;
    if (s->two)
        return op == 0xAB || op == 0xB3 || op == 0xBB || (op == 0xBA && reg_field(s) >= 5);
    if (op < 0x38)
        return (op & 7) < 2;
    if (in(op, 0x80, 0x83))
        return reg_field(s) < 7;
    if (in(op, 0xF6, 0xF7))
        return in((u8)reg_field(s), 2, 3);
    if (in(op, 0xFE, 0xFF))
        return reg_field(s) < 2;
    return in(op, 0x86, 0x87);
}

/* ---- which segments it uses ------------------------------------------------------------------ */

static bool has_modrm(const Shape *s)
{
    u8 op = s->opcode;
    if (s->two)
        return true;
    if (op < 0x40)
        return (op & 7) < 4;
    return in(op, 0x62, 0x63) || op == 0x69 || op == 0x6B || in(op, 0x80, 0x8F) ||
           in(op, 0xC0, 0xC1) || in(op, 0xC4, 0xC7) || in(op, 0xD0, 0xD3) || in(op, 0xD8, 0xDF) ||
           in(op, 0xF6, 0xF7) || in(op, 0xFE, 0xFF);
}

static bool uses_stack(const Shape *s)
{
    u8 op = s->opcode;
    if (s->two)
        return false;
    if (op < 0x20)
        return (op & 7) >= 6;
    if (op == 0xFF)
        return reg_field(s) == 2 || reg_field(s) == 3 || reg_field(s) == 6;
    return in(op, 0x50, 0x61) || op == 0x68 || op == 0x6A || op == 0x8F || op == 0x9A ||
           in(op, 0x9C, 0x9D) || in(op, 0xC2, 0xC3) || in(op, 0xC8, 0xCF) || op == 0xE8;
}

/* Segment of the operand that ModR/M, a string source, XLAT or a memory offset names; -1: there
 * is none. */
static int operand_segment(const Shape *s)
{
    u8 op = s->opcode;
    bool plain =
        !s->two && (in(op, 0xA0, 0xA7) || in(op, 0xAC, 0xAD) || in(op, 0x6E, 0x6F) || op == 0xD7);
    bool memory = has_modrm(s) && s->modrm >> 6 != 3;
    if (!plain && !memory)
        return -1;
    if (s->seg >= 0)
        return s->seg;
    int mod = s->modrm >> 6, rm = s->modrm & 7;
    bool bp = rm == 2 || rm == 3 || (rm == 6 && mod != 0);
    return !plain && bp ? SEG_SS : SEG_DS;
}

static bool writes_es(const Shape *s)
{
    u8 op = s->opcode;
    return !s->two &&
           (in(op, 0x6C, 0x6D) || in(op, 0xA4, 0xA7) || in(op, 0xAA, 0xAB) || in(op, 0xAE, 0xAF));
}

bool rule_allows_vector(const Shape *s, const MooTest *t, int vector)
{
    int seg = operand_segment(s);
    if (vector == 12)
        return uses_stack(s) || seg == SEG_SS;
    bool fetch = (u16)t->before.regs.v[MOO_EIP] + s->length > 0xFFFF;
    return fetch || writes_es(s) || (seg >= 0 && seg != SEG_SS);
}

/* ---- the rules ------------------------------------------------------------------------------- */

/* IDIV that ended with the quotient that its overflows can have on the 286. */
static bool idiv_maybe_wrong(const MooTest *t, const Shape *s)
{
    if (s->two || s->opcode < 0xF6 || s->opcode > 0xF7 || reg_field(s) != 7 || t->has_event)
        return false;
    u32 ax = moo_after(t, MOO_EAX);
    return s->opcode == 0xF6 ? (ax & 0xFF) == 0x80 : (ax & 0xFFFF) == 0x8000;
}

static void rule_286_on_later(const MooTest *t, const Shape *s, Rule *r)
{
    r->flags = 0x0FFF; /* the 286 has IOPL and NT at 0 in real mode */
    if (s->lock && !lockable(s))
        r->skip = "LOCK is #UD from the 386 on";
    else if (s->length > 10)
        r->skip = "longer than the 286 allows";
    else if (in(s->opcode, 0x8C, 0x8E) && s->opcode != 0x8D && in((u8)reg_field(s), 4, 5) &&
             !s->two)
        r->skip = "FS and GS came with the 386";
    else if (t->has_event && t->vector == 6 && s->two)
        r->skip = "opcode came with a later model";
    else if (t->has_event && s->opcode == 0x8F && !s->two)
        r->skip = "later models restart POP with the SP before it";
    else if (idiv_maybe_wrong(t, s))
        r->skip = "the 286 misses overflows that give 80h";
    bool fault = t->has_event && (s->two || s->opcode != 0xCD); /* not INT n */
    if (fault && t->vector == 0) /* the quotient's flags, on the 286 only */
        r->flags &= ~(u32)(SF | ZF | PF);
    if (!fault || t->vector != 13)
        return;
    r->stack_fault = true;
    if (shape_is_string(s)) /* restart: the 286 has advanced these, later models have not */
        r->ignore = 1u << MOO_ECX | 1u << MOO_ESI | 1u << MOO_EDI;
}

static void rule_386_on_later(CpuModel m, const MooTest *t, const Shape *s, Rule *r)
{
    if (!s->two)
        return;
    if (t->has_event && t->vector == 6)
        r->skip = "opcode came with a later model";
    else if (s->opcode == 0x20 || s->opcode == 0x22)
        r->skip = "control registers have other bits";
    else if (in(s->opcode, 0x21, 0x26))
        r->skip = "debug and test registers have other bits";
    else if (in(s->opcode, 0x10, 0x13) && m >= CPU_PENTIUM)
        r->skip = "UMOV went with the 486";
}

Rule rule_for(Family f, CpuModel m, const MooTest *t, const Shape *s)
{
    Rule r = {.flags = f == FAMILY_386 ? 0x3FFFF : 0xFFFF};
    if (f == FAMILY_286 && m > CPU_286)
        rule_286_on_later(t, s, &r);
    if (f == FAMILY_386 && m > CPU_386)
        rule_386_on_later(m, t, s, &r);
    return r;
}
