/* gen.c: see gen.h. Encoding: Intel SDM vol. 2, chapter 2. */
#include "tests/silicon/gen.h"

#include "tests/silicon/host.h"

/* ---- chance ---------------------------------------------------------------------------------- */

u32 gen_random(Gen *g)
{
    g->seed ^= g->seed >> 12; /* xorshift64*, Vigna 2014 */
    g->seed ^= g->seed << 25;
    g->seed ^= g->seed >> 27;
    return (u32)(g->seed * 0x2545F4914F6CDD1Dull >> 32);
}

u32 gen_below(Gen *g, u32 n)
{
    return (u32)((u64)gen_random(g) * n >> 32);
}

bool gen_one_in(Gen *g, u32 n)
{
    return gen_below(g, n) == 0;
}

u32 gen_edge(Gen *g)
{
    static const u32 edges[] = {
        0,          1,          2,          3,          7,          8,          9,
        0xA,        0xF,        0x10,       0x1F,       0x20,       0x7F,       0x80,
        0x81,       0x99,       0x9A,       0xFF,       0x100,      0x7FFF,     0x8000,
        0x8001,     0xFFFE,     0xFFFF,     0x10000,    0x7F80,     0xFF7F,     0x7FFFFFFF,
        0x80000000, 0x80000001, 0xFFFF0000, 0xFFFFFFFE, 0xFFFFFFFF, 0x55555555, 0xAAAAAAAA,
        0x7FFF7FFF, 0x80008000, 0x00FF00FF, 0xFF00FF00,
    };
    u32 v = edges[gen_below(g, ARRAY_LEN(edges))];
    switch (gen_below(g, 8)) {
    case 0:
        return gen_random(g);
    case 1:
        return v ^ 1u << gen_below(g, 32);
    case 2:
        return v + gen_below(g, 3) - 1;
    case 3:
        return (v & 0xFFFF) | (edges[gen_below(g, ARRAY_LEN(edges))] << 16);
    }
    return v;
}

u16 gen_selector(Gen *g)
{
    static const u16 any[] = {
        0,
        SEL_CODE32,
        SEL_CODE16,
        SEL_DATA,
        SEL_STACK32,
        SEL_STACK16,
        SEL_SMALL,
        SEL_READ_ONLY,
        SEL_DOWN,
        SEL_EXEC_ONLY,
        SEL_ABSENT,
        SEL_ABSENT_CODE,
        SEL_ABSENT_CONFORMING,
        SEL_CODE_SMALL,
        SEL_PAGES,
        SEL_BEYOND,
        0x08,
        0x1B,
        0x43,
        0x50,
        0x80,
        0xFFFF,
        SEL_DATA & ~3,
        SEL_STACK32 & ~2,
        0x13,
        0x63,
    };
    static const u16 good[] = {SEL_DATA,      SEL_DATA,   SEL_SMALL,
                               SEL_READ_ONLY, SEL_PAGES,  SEL_DOWN,
                               SEL_STACK32,   SEL_CODE32, 0};
    if (g->tame || gen_one_in(g, 2))
        return good[gen_below(g, ARRAY_LEN(good))];
    return any[gen_below(g, ARRAY_LEN(any))];
}

/* ---- what rows are like ---------------------------------------------------------------------- */

static bool in(u32 v, u32 first, u32 last)
{
    return v - first <= last - first;
}

bool gen_row_x87(const Row *r)
{
    for (int k = 0; k < 3; k++)
        if (r->operand[k] >= O_ST)
            return true;
    return in(r->opcode, 0xD8, 0xDF) || in(r->opcode, 0xD800, 0xDFFF) || r->opcode == 0x0F77;
}

bool gen_row_runs(const Row *r)
{
    u16 op = r->opcode;
    if (r->since > CPU_686 || r->until < CPU_686 || op == 0xFFFF)
        return false;
    if (gen_row_x87(r)) /* its state, and MMX's, is no part of a golden test */
        return false;
    if (op == 0xF0 || op == 0xF1) /* LOCK behind LOCK is never found; INT1 belongs to hypervisors */
        return false;
    /* the kernel answers for the processor (UMIP), or the result is not a function of the state */
    if ((op == 0x0F00 && r->ext < 2) || (op == 0x0F01 && (r->ext < 2 || r->ext == 4)))
        return false;
    /* nor may the host's kernel be entered, or a hint be one of a later processor's instructions */
    if (op == 0x0F34 || in(op, 0x0F18, 0x0F1F))
        return false;
    return op != 0x0FA2 && op != 0x0F31 && op != 0x0F33;
}

static int kind_of(const Row *r, u8 first, u8 last)
{
    for (int k = 0; k < 3; k++)
        if (in(r->operand[k], first, last))
            return r->operand[k];
    return 0;
}

bool gen_row_memory_only(const Row *r)
{
    return kind_of(r, O_M, O_Mp);
}

bool gen_row_has_rm(const Row *r)
{
    return kind_of(r, O_Eb, O_Ex);
}

static bool implicit_memory(const Row *r)
{
    return kind_of(r, O_Ob, O_Xlat) || in(r->opcode, 0xE0, 0xE3);
}

bool gen_row_uses_memory(const Row *r, bool mem)
{
    return implicit_memory(r) || gen_row_memory_only(r) || (gen_row_has_rm(r) && mem);
}

static bool stack_row(u16 op)
{
    return in(op, 0xC2, 0xC3) || in(op, 0xC8, 0xCB) || in(op, 0x60, 0x61) || op == 0x68 ||
           op == 0x6A || op == 0xCF || op == 0x0F00 || op == 0x0F01 || in(op, 0x9C, 0x9D) ||
           op == 0x9A || op == 0xEA || in(op, 0x70, 0x7F) || in(op, 0xE0, 0xE3) || op == 0xEB;
}

bool gen_row_has_sizes(const Row *r)
{
    static const u8 wide[] = {O_Ev, O_Es, O_Gv, O_Mp, O_Zv, O_eAX, O_ES, O_CS, O_SS, O_DS,
                              O_FS, O_GS, O_Iz, O_Jz, O_Ap, O_Ov,  O_Xv, O_Yv, O_Ibs};
    for (size_t n = 0; n < sizeof wide; n++)
        if (kind_of(r, wide[n], wide[n]))
            return true;
    return strchr(r->name, '|') || stack_row(r->opcode);
}

u32 gen_flags_read(const Row *r)
{
    static const u32 condition[8] = {OF, CF, ZF, CF | ZF, SF, PF, SF | OF, SF | OF | ZF};
    u16 op = r->opcode;
    if (in(op, 0x70, 0x7F) || in(op, 0x0F40, 0x0F4F) || in(op, 0x0F80, 0x0F9F))
        return condition[op >> 1 & 7];
    if (!strcmp(r->name, "adc") || !strcmp(r->name, "sbb") || op == 0xF5 || op == 0xD6 ||
        !strncmp(r->name, "rc", 2))
        return CF;
    if (in(op, 0x26, 0x2F) || op == 0x37 || op == 0x3F)
        return AF | CF;
    if (op == 0x9C || in(op, 0xCC, 0xCD) || op == 0xCF)
        return OSZAPC;
    if (op == 0x9F)
        return OSZAPC & ~(u32)OF;
    if (op == 0xCE)
        return OF;
    if (in(op, 0xE0, 0xE1))
        return ZF;
    return 0;
}

u32 gen_undefined(const Row *r, bool op32)
{
    return r->undefined;
}

bool gen_ends_block(const Row *r)
{
    u16 op = r->opcode;
    return r->attr & ROW_END || in(op, 0x70, 0x7F) || in(op, 0xE0, 0xE3) ||
           in(op, 0x0F80, 0x0F8F) || op == 0xCE;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static void put(Gen *g, u32 v, int size)
{
    store_le(g->code + g->len, size, v);
    g->len += (u32)size;
}

/* ---- memory operands ------------------------------------------------------------------------- */

static u32 base_of(const Gen *g, int seg)
{
    return g->reg[G_ES + 4 * seg + 1];
}

/* An offset within segment `seg`, mostly near its start, for n bytes. */
static u32 target(Gen *g, bool ad32, int seg, u32 n)
{
    bool small = g->reg[G_ES + 4 * seg + 2] < 0x1000;
    if (g->paged && !small && gen_one_in(g, g->tame ? 40 : 3))
        return (gen_one_in(g, 2) ? HOST_ABSENT : HOST_READ_ONLY) +
               (gen_one_in(g, 3) ? gen_below(g, 0x1000) : gen_below(g, 16) - 8);
    if (!g->tame && gen_one_in(g, 12)) {
        if (small)
            return 0x200 - gen_below(g, 8);
        switch (gen_below(g, 4)) {
        case 0:
            return 0x10000 - gen_below(g, 10);
        case 1:
            return ad32 ? 0x10000 + gen_below(g, 4) : gen_below(g, 4);
        case 2:
            return ad32 ? gen_random(g) : gen_below(g, 0x10000);
        default:
            return 0x1000 - gen_below(g, 8);
        }
    }
    return seg == SEG_SS ? 0x700 + gen_below(g, 0x200 - 64) : gen_below(g, 0x200 - 64);
}

static int default_segment(const Gen *g, bool ad32, int mod, int rm, int base)
{
    if (!ad32)
        return rm == 2 || rm == 3 || (rm == 6 && mod) ? SEG_SS : SEG_DS;
    return base == 4 || (base == 5 && mod) ? SEG_SS : SEG_DS;
}

static u32 displacement(Gen *g, int mod, bool ad32)
{
    u32 v = mod == 1           ? (u32)(s8)gen_random(g)
            : gen_one_in(g, 2) ? gen_below(g, 0x400)
                               : gen_random(g);
    return mod == 0 ? 0 : ad32 ? v : mod == 1 ? v : (u16)v;
}

static void want_reg(Gen *g, int r, u32 v, bool ad32)
{
    if (!ad32) /* the upper half must not matter */
        v = (v & 0xFFFF) | (gen_one_in(g, 2) ? gen_random(g) << 16 : 0);
    g->set_reg(g->ctx, r, v);
}

static u32 modrm16(Gen *g, int reg, int *segp, int prefix_seg)
{
    static const s8 base[8] = {3, 3, 5, 5, -1, -1, -1, -1};
    static const s8 index[8] = {6, 7, 6, 7, 6, 7, 5, 3};
    int mod = (int)gen_below(g, 3), rm = (int)gen_below(g, 8);
    int seg = prefix_seg >= 0 ? prefix_seg : default_segment(g, false, mod, rm, 0);
    *segp = seg;
    u32 ea = target(g, false, seg, 8) & 0xFFFF;
    put(g, (u32)(mod << 6 | reg << 3 | rm), 1);
    if (mod == 0 && rm == 6) {
        put(g, ea, 2);
        return ea;
    }
    u32 disp = displacement(g, mod, false), rest = ea - disp;
    if (mod)
        put(g, disp, mod);
    if (base[rm] >= 0) {
        u32 b = gen_one_in(g, 4) ? gen_random(g) : gen_below(g, 0x100);
        want_reg(g, base[rm], b, false);
        rest -= b;
    }
    want_reg(g, index[rm], rest, false);
    return ea;
}

static u32 modrm32(Gen *g, int reg, int *segp, int prefix_seg)
{
    int mod = (int)gen_below(g, 3), rm = (int)gen_below(g, 8), base = rm, index = -1, scale = 0;
    if (rm == 4) {
        base = (int)gen_below(g, 8);
        index = (int)gen_below(g, 8);
        scale = (int)gen_below(g, 4);
        if (index == 4 || index == base)
            index = -1;
    }
    bool none = mod == 0 && base == 5;
    if (base == 4 && g->tame) /* the stack pointer stays what it is */
        none = false, base = rm == 4 ? 3 : base, index = index == 3 ? -1 : index;
    int seg = prefix_seg >= 0 ? prefix_seg : default_segment(g, true, mod, rm, base);
    *segp = seg;
    u32 ea = target(g, true, seg, 8);
    put(g, (u32)(mod << 6 | reg << 3 | rm), 1);
    if (rm == 4)
        put(g, (u32)(scale << 6 | (index < 0 ? 4 : index) << 3 | base), 1);
    u32 i = 0;
    if (index >= 0) {
        i = gen_one_in(g, 4) ? gen_random(g) : gen_below(g, 0x40);
        want_reg(g, index, i, true);
    }
    u32 rest = ea - (i << scale);
    if (none) {
        put(g, rest, 4);
        return ea;
    }
    u32 disp = displacement(g, mod, true);
    if (mod)
        put(g, disp, mod == 1 ? 1 : 4);
    want_reg(g, base, rest - disp, true);
    return ea;
}

/* ---- what single instructions need ----------------------------------------------------------- */

static void mem_value(Gen *g, u32 la, u32 v, u32 n)
{
    u8 b[4];
    store_le(b, 4, v);
    g->set_mem(g->ctx, la, b, n);
}

/* Values for the memory operand. */
static void fill_memory(Gen *g, const Row *r, u32 la, bool op32)
{
    u32 size = op32 ? 4 : 2;
    if (r->operand[0] == O_Mp || r->operand[1] == O_Mp) {
        bool code = r->opcode == 0xFF;
        mem_value(g, la, code ? gen_below(g, gen_one_in(g, 8) ? 0x20000 : 0x10000) : gen_edge(g),
                  size);
        mem_value(g, la + size,
                  code && !gen_one_in(g, 3) ? (gen_one_in(g, 2) ? SEL_CODE32 : SEL_CODE16)
                                            : gen_selector(g),
                  2);
        return;
    }
    if (r->opcode == 0x62) {
        u32 low = gen_edge(g), high = gen_one_in(g, 4) ? gen_edge(g) : low + gen_below(g, 100);
        mem_value(g, la, low, size);
        mem_value(g, la + size, high, size);
        return;
    }
    u32 v = gen_edge(g);
    if (r->opcode == 0x8E || (r->opcode >> 8 == 0x0F && r->opcode <= 0x0F03) ||
        (r->opcode == 0x63 && gen_one_in(g, 2)))
        v = gen_selector(g);
    if (r->opcode == 0xFF && in((u32)r->ext, 2, 5)) /* a target */
        v = gen_below(g, gen_one_in(g, 8) ? 0x20000 : 0x10000);
    if (r->opcode == 0x0FC7) {
        mem_value(g, la + 4, gen_edge(g), 4);
        if (gen_one_in(g, 2)) {
            g->set_reg(g->ctx, 0, v);
            g->set_reg(g->ctx, 2, 0x12345678);
            mem_value(g, la + 4, 0x12345678, 4);
        }
    }
    mem_value(g, la, v, 4);
}

static u32 stack_top(const Gen *g)
{
    return base_of(g, SEG_SS) + (g->stack32 ? g->reg[G_ESP] : g->reg[G_ESP] & 0xFFFF);
}

static u32 some_target(Gen *g)
{
    return gen_one_in(g, 8) ? gen_edge(g) : gen_below(g, 0x10000);
}

static u32 some_eflags(Gen *g)
{
    u32 f = gen_random(g) & (OSZAPC | DF | IF | IOPL | RF | ID);
    if (gen_one_in(g, 16))
        f |= gen_random(g) & (AC | VM | VIF | VIP);
    return f;
}

/* Items at the top of the stack for instructions that take more than data from it. */
static void fill_stack(Gen *g, const Row *r, bool op32)
{
    u32 size = op32 ? 4 : 2, at = stack_top(g);
    u16 op = r->opcode;
    u16 cs = gen_one_in(g, 4) ? gen_selector(g) : gen_one_in(g, 2) ? SEL_CODE32 : SEL_CODE16;
    if (in(op, 0xC2, 0xC3)) {
        mem_value(g, at, some_target(g), size);
    } else if (in(op, 0xCA, 0xCB) || op == 0xCF) {
        mem_value(g, at, some_target(g), size);
        mem_value(g, at + size, cs, size);
        mem_value(g, at + 2 * size, some_eflags(g), size);
    } else if (op == 0x9D) {
        mem_value(g, at, some_eflags(g), size);
    } else if (kind_of(r, O_ES, O_GS)) {
        mem_value(g, at, gen_selector(g) | (op32 ? gen_random(g) << 16 : 0), size);
    } else if (in(op, 0x58, 0x5F) || op == 0x8F) {
        mem_value(g, at, gen_edge(g), size);
    }
}

static void string_operands(Gen *g, const Row *r, bool ad32, u32 *la)
{
    bool source = kind_of(r, O_Xb, O_Xv), dest = kind_of(r, O_Yb, O_Yv);
    u32 n = gen_below(g, 8);
    u8 bytes[16];
    for (int k = 0; k < 16; k++)
        bytes[k] = gen_one_in(g, 2) ? 0 : (u8)gen_edge(g);
    if (source) {
        u32 off = target(g, ad32, SEG_DS, 16);
        want_reg(g, 6, off, ad32);
        g->set_mem(g->ctx, base_of(g, SEG_DS) + (ad32 ? off : off & 0xFFFF), bytes, 8);
        *la = base_of(g, SEG_DS) + off;
    }
    if (dest) {
        u32 off = target(g, ad32, SEG_ES, 16);
        want_reg(g, 7, off, ad32);
        if (r->opcode != 0xAA && r->opcode != 0xAB)
            g->set_mem(g->ctx, base_of(g, SEG_ES) + (ad32 ? off : off & 0xFFFF), bytes + n % 4, 8);
        *la = base_of(g, SEG_ES) + off;
    }
    if (in(r->opcode, 0xAE, 0xAF))
        g->set_reg(g->ctx, 0, load_le(bytes + n, 4));
}

static void dividend(Gen *g, const Row *r, bool op32)
{
    u32 v = gen_edge(g);
    g->set_reg(g->ctx, 0, gen_edge(g));
    if (gen_one_in(g, 3))
        g->set_reg(g->ctx, 2, gen_edge(g));
    else if (gen_one_in(g, 2))
        g->set_reg(g->ctx, 2, r->ext == 7 && v & 1 ? 0xFFFFFFFF : 0);
    else
        g->set_reg(g->ctx, 2, gen_below(g, 0x80));
    if (r->opcode == 0xF6 && gen_one_in(g, 2))
        g->set_reg(g->ctx, 0, (r->ext == 7 && v & 1 ? 0xFF00 : 0) | gen_below(g, 0x900));
}

/* See docs/silicon.md, "explained differences", for each. */
bool gen_explained(const Gen *g, const GoldenTest *t, const Row *r, bool op32, bool ad32)
{
    u16 op = r->opcode;
    bool faulted = t->exception >= 0;
    if (in(op, 0x6C, 0x6F) && !(ad32 ? t->before[G_ECX] : t->before[G_ECX] & 0xFFFF)) /* A2 */
        return true;
    if ((op == 0x0FA5 || op == 0x0FAD) && !op32 && (t->before[G_ECX] & 31) > 16) /* U2 */
        return true;
    if (faulted &&
        (in(op, 0x60, 0x61) || op == 0x9A || op == 0xC8 || (op == 0xFF && r->ext == 3)) &&
        (t->changed.count || memcmp(t->before, t->after, 8 * sizeof t->before[0]))) /* A3 */
        return true;
    if (op == 0xC8 && t->before[G_EFLAGS] & AC) /* A4 */
        return true;
    return false;
}

static void prepare(Gen *g, const Row *r, bool op32, bool ad32)
{
    u16 op = r->opcode;
    if (in(op, 0xF6, 0xF7) && r->ext >= 6)
        dividend(g, r, op32);
    if (in(op, 0xD2, 0xD3) || op == 0x0FA5 || op == 0x0FAD)
        g->set_reg(g->ctx, 1,
                   (gen_random(g) & 0xFFFFFF00) | gen_below(g, gen_one_in(g, 4) ? 256 : 34));
    if ((op == 0x0FA5 || op == 0x0FAD) && !op32) /* counts above 16 leave the result undefined */
        g->set_reg(g->ctx, 1, (gen_random(g) & 0xFFFFFF00) | gen_below(g, 17));
    if (in(op, 0xE0, 0xE3))
        g->set_reg(g->ctx, 1,
                   gen_one_in(g, 2) ? gen_below(g, 3) | (ad32 ? 0 : gen_random(g) << 16)
                                    : gen_edge(g));
    if (op == 0xD7) {
        u32 off = target(g, ad32, SEG_DS, 1), al = gen_random(g) & 0xFF;
        g->set_reg(g->ctx, 0, al);
        want_reg(g, 3, off - al, ad32);
    }
}

/* ---- operands -------------------------------------------------------------------------------- */

static void branch(Gen *g, bool op32, u8 kind)
{
    u32 size = kind == O_Jb ? 1 : op32 ? 4 : 2, start = g->len, next = g->eip + start + size;
    s32 rel;
    do {
        rel = kind == O_Jb ? (s8)gen_random(g) : (s32)(some_target(g) - next);
    } while (next + (u32)rel - g->eip <= start + size); /* not into itself */
    put(g, (u32)rel, (int)size);
}

static void immediate(Gen *g, const Row *r, u8 kind, bool op32, bool ad32)
{
    u16 op = r->opcode;
    int w = op32 ? 4 : 2;
    switch (kind) {
    case O_Ib: {
        u32 v = gen_edge(g);
        if (in(op, 0xC0, 0xC1) || in(op, 0x0FA4, 0x0FAD))
            v = gen_below(g, gen_one_in(g, 4) ? 256 : 34);
        if (!op32 && in(op, 0x0FA4, 0x0FAD))
            v = gen_below(g, 17);
        if (op == 0xCD && (u8)v == 0x80)
            v = 0x81; /* the kernel's gate */
        if (in(op, 0xD4, 0xD5) && gen_one_in(g, 2))
            v = 10;
        put(g, v, 1);
        return;
    }
    case O_Ib2:
        put(g, gen_one_in(g, 4) ? gen_random(g) : gen_below(g, 4), 1);
        return;
    case O_Ibs:
        put(g, gen_edge(g), 1);
        return;
    case O_Iw:
        put(g, gen_one_in(g, 8) ? gen_random(g) : gen_below(g, 0x40), 2);
        return;
    case O_Iz:
        put(g, gen_edge(g), w);
        return;
    case O_Jb:
    case O_Jz:
        branch(g, op32, kind);
        return;
    case O_Ap:
        put(g, some_target(g), w);
        put(g, gen_one_in(g, 3) ? gen_selector(g) : gen_one_in(g, 2) ? SEL_CODE32 : SEL_CODE16, 2);
        return;
    case O_Ob:
    case O_Ov: {
        u32 off = target(g, ad32, SEG_DS, 4);
        put(g, off, ad32 ? 4 : 2);
        g->address = base_of(g, SEG_DS) + (ad32 ? off : off & 0xFFFF);
        return;
    }
    }
}

static int register_form(Gen *g, const Row *r, int reg)
{
    int rm = (int)gen_below(g, 8);
    put(g, (u32)(0xC0 | reg << 3 | rm), 1);
    return rm;
}

/* The register of an E operand, when it is one that jumps or loads a segment. */
static void special_register(Gen *g, const Row *r, int rm, bool op32)
{
    if (r->opcode == 0xFF && in((u32)r->ext, 2, 5))
        g->set_reg(g->ctx, rm, some_target(g) | (op32 ? 0 : gen_random(g) << 16));
    else if (r->opcode == 0x8E || (in(r->opcode, 0x0F00, 0x0F03)) || r->opcode == 0x63)
        g->set_reg(g->ctx, rm, gen_selector(g) | (gen_random(g) << 16));
}

static int reg_field(Gen *g, const Row *r)
{
    if (r->ext >= 0)
        return r->ext;
    if (kind_of(r, O_Sw, O_Sw))
        return (int)gen_below(g, gen_one_in(g, 4) ? 8 : 6);
    if (kind_of(r, O_Cd, O_Cd)) {
        static const u8 number[] = {0, 2, 3, 4};
        return number[gen_below(g, 4)];
    }
    if (kind_of(r, O_Dd, O_Dd)) {
        static const u8 number[] = {0, 1, 2, 3, 6, 7};
        return number[gen_below(g, 6)];
    }
    return (int)gen_below(g, 8);
}

static int segment_prefix(Gen *g)
{
    static const u8 prefix[6] = {0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65};
    if (!gen_one_in(g, 6))
        return -1;
    int seg = (int)gen_below(g, 6);
    put(g, prefix[seg], 1);
    return seg;
}

static void modrm(Gen *g, const Row *r, bool op32, bool ad32, bool mem, int prefix_seg)
{
    int reg = reg_field(g, r), seg;
    if (kind_of(r, O_Rd, O_Rd)) {
        register_form(g, r, reg);
        return;
    }
    if (!mem) {
        special_register(g, r, register_form(g, r, reg), op32);
        return;
    }
    u32 ea = ad32 ? modrm32(g, reg, &seg, prefix_seg) : modrm16(g, reg, &seg, prefix_seg);
    bool bits = r->opcode >> 8 == 0x0F && kind_of(r, O_Gv, O_Gv) && r->written == CF;
    if (bits) { /* the register is a bit offset that may lead far */
        u32 v = gen_one_in(g, 8) && !g->tame ? gen_edge(g)
                                             : gen_below(g, 512) - (gen_one_in(g, 2) ? 256 : 0);
        g->set_reg(g->ctx, reg, v);
        ea += (u32)((op32 ? (s32)v : (s16)v) >> (op32 ? 5 : 4)) * (op32 ? 4 : 2);
    }
    g->address = base_of(g, seg) + (ad32 ? ea : ea & 0xFFFF);
    fill_memory(g, r, g->address, op32);
}

void gen_insn(Gen *g, int row, bool op32, bool ad32, bool mem)
{
    const Row *r = &x86_rows[row];
    g->address = ~0u;
    prepare(g, r, op32, ad32);
    int seg = -1;
    bool string = r->attr & (ROW_REPS | ROW_REPC);
    if (gen_row_uses_memory(r, mem) && (mem || !string))
        seg = segment_prefix(g);
    if (op32 != g->code32)
        put(g, 0x66, 1);
    if (ad32 != g->code32)
        put(g, 0x67, 1);
    if (r->attr & ROW_LOCK && (mem ? gen_one_in(g, 8) : !g->tame && gen_one_in(g, 20)))
        put(g, 0xF0, 1);
    if (string && gen_one_in(g, 2)) {
        put(g, gen_one_in(g, 2) ? 0xF2 : 0xF3, 1);
        g->set_reg(g->ctx, 1, gen_below(g, 6) | (ad32 ? 0 : gen_random(g) << 16));
    }
    if (string)
        string_operands(g, r, ad32, &g->address);
    if (r->opcode >> 8)
        put(g, 0x0F, 1);
    put(g, r->opcode & 0xFF, 1);
    if (kind_of(r, O_Eb, O_Td) || r->ext >= 0)
        modrm(g, r, op32, ad32, mem || gen_row_memory_only(r), seg);
    for (int k = 0; k < 3; k++)
        immediate(g, r, r->operand[k], op32, ad32);
    if (g->known)
        fill_stack(g, r, op32);
}
