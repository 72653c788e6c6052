/* decode.c: bytes -> Insn, a pure function of the bytes, the D bit and the model's DecodeTable.
 * It reads x86.def's rows and knows nothing of particular instructions. Source: Intel SDM vol.
 * 2, chapter 2 and appendix A. */
#include "cpu/flags.h"
#include "cpu/hot.def"
#include "cpu/insn.h"

/* ---- the opcode table of a model ------------------------------------------------------------- */

static bool is_x87_memory(u8 kind)
{
    return kind >= O_M16 && kind <= O_Men;
}

static bool memory_only(const Row *r)
{
    return is_x87_memory(r->operand[0]) || is_x87_memory(r->operand[1]) || r->operand[0] == O_M ||
           r->operand[1] == O_M || r->operand[0] == O_Mp || r->operand[1] == O_Mp;
}

/* Rows of D8-DF with a ModR/M byte as second opcode byte: one, or eight if it names ST(i). */
static bool is_esc_register(const Row *r)
{
    return r->opcode >> 11 == 0x1B;
}

static void fill_esc(DecodeTable *t, int row, const Row *r)
{
    bool range = r->operand[0] == O_STi || r->operand[1] == O_STi;
    for (int k = 0; k < (range ? 8 : 1); k++)
        t->esc[r->opcode >> 8 & 7][(r->opcode & 63) + k] = (u16)row;
}

static void fill_slot(DecodeTable *t, int row, const Row *r)
{
    int map = r->opcode >> 8 == 0x0F;
    for (int mod3 = 0; mod3 < 2; mod3++) {
        if (mod3 ? memory_only(r) : r->operand[0] == O_Nq)
            continue;
        for (int reg = 0; reg < 8; reg++)
            if ((r->ext < 0 || r->ext == reg) && t->row[map][r->opcode & 0xFF][mod3][reg] == t->bad)
                t->row[map][r->opcode & 0xFF][mod3][reg] = (u16)row;
    }
}

/* What to look for behind the opcode. */
enum {
    PLAN_MODRM = 1,
    PLAN_IGNORE_MOD = 2, /* MOV to and from CR, DR, TR: always registers */
    PLAN_IMM = 4,        /* operand 0 is in the instruction; two more bits for operands 1 and 2 */
};

static bool has_modrm(const Row *r)
{
    for (int k = 0; k < 3; k++)
        if ((r->operand[k] >= O_Eb && r->operand[k] <= O_Td) || r->operand[k] >= O_Ed)
            return true;
    return r->ext >= 0 || is_esc_register(r);
}

static u8 plan_of(const Row *r)
{
    u8 plan = has_modrm(r) ? PLAN_MODRM : 0;
    if (r->operand[0] == O_Rd || r->operand[1] == O_Rd)
        plan |= PLAN_IGNORE_MOD;
    for (int k = 0; k < 3; k++)
        if (r->operand[k] >= O_Ib && r->operand[k] <= O_Ov)
            plan |= (u8)(PLAN_IMM << k);
    return plan;
}

/* ---- registers ------------------------------------------------------------------------------- */

static int operand_width(u8 kind, bool op32)
{
    switch (kind) {
    case O_Eb:
    case O_Gb:
    case O_Zb:
    case O_AL:
    case O_CL:
    case O_Ob:
    case O_Xb:
    case O_Yb:
    case O_Xlat:
        return 1;
    case O_Ew: case O_Gw: case O_DX:
        return 2;
    case O_Rd: case O_Ed:
        return 4;
    }
    return op32 ? 4 : 2;
}

/* Register offsets (Insn.dst, src) by register number: of bytes, of words and dwords, the number
 * itself, and constants. */
enum { FILE_BYTES, FILE_WORDS, FILE_NUMBERS, FILE_CONSTANTS };

#define ALWAYS(n) {n, n, n, n, n, n, n, n}
static const u8 register_file[][8] = {
    {0, 4, 8, 12, 1, 5, 9, 13},
    {0, 4, 8, 12, 16, 20, 24, 28},
    {0, 1, 2, 3, 4, 5, 6, 7},
    ALWAYS(0), ALWAYS(1), ALWAYS(2), ALWAYS(3), ALWAYS(4), ALWAYS(5), ALWAYS(6), ALWAYS(7),
    ALWAYS(8),
};

static RegisterField general(u8 kind, u8 shift)
{
    RegisterField f = {.shift = shift};
    for (int op32 = 0; op32 < 2; op32++)
        f.file[op32] = operand_width(kind, op32) == 1 ? FILE_BYTES : FILE_WORDS;
    return f;
}

static RegisterField same(u8 file, u8 shift)
{
    return (RegisterField){shift, {file, file}};
}

static RegisterField register_field(u8 kind)
{
    enum { RM = 0, REG = 3, OPCODE = 8 };
    switch (kind) {
    case O_Eb: case O_Ew: case O_Ev: case O_Es: case O_Rd: case O_Ed: return general(kind, RM);
    case O_Gb: case O_Gw: case O_Gv: return general(kind, REG);
    case O_Zb: case O_Zv: return general(kind, OPCODE);
    case O_Pq: case O_Sw: case O_Cd: case O_Dd: case O_Td: return same(FILE_NUMBERS, REG);
    case O_Nq: case O_Qd: case O_Qq: return same(FILE_NUMBERS, RM);
    case O_CL: return same(FILE_CONSTANTS + REG_ECX, 0);
    case O_DX: return same(FILE_CONSTANTS + REG_EDX, 0);
    case O_ES: case O_CS: case O_SS: case O_DS: case O_FS: case O_GS:
        return same((u8)(FILE_CONSTANTS + kind - O_ES + SEG_ES), 0);
    }
    return same(FILE_CONSTANTS + REG_EAX, 0); /* AL, eAX, and operands that are no register */
}

static u8 register_operand(const RegisterField *f, u32 bytes, bool op32)
{
    return register_file[f->file[op32]][bytes >> f->shift & 7];
}

/* ---- the handler ----------------------------------------------------------------------------- */

static bool is_immediate(u8 kind)
{
    return kind >= O_Ib && kind <= O_I1;
}

static bool is_memory_kind(u8 kind)
{
    return (kind >= O_Eb && kind <= O_Ex) || kind == O_M || kind == O_Mp || kind == O_Ob ||
           kind == O_Ov;
}

/* Forms r, m16, m32. */
static int form_rm(const Insn *i)
{
    return i->flags & INSN_MEM ? 1 + !!(i->flags & INSN_AD32) : 0;
}

static int form_alu2(const Row *r, const Insn *i)
{
    bool imm = is_immediate(r->operand[1]), a32 = i->flags & INSN_AD32;
    if (!(i->flags & INSN_MEM))
        return imm;
    if (is_memory_kind(r->operand[0]))
        return (imm ? 6 : 4) + a32;
    return 2 + a32;
}

static int form_shift(const Row *r, const Insn *i)
{
    bool cl = r->operand[1] == O_CL;
    if (!(i->flags & INSN_MEM))
        return cl;
    return (cl ? 4 : 2) + !!(i->flags & INSN_AD32);
}

static u16 pick_handler(const Row *r, const Insn *i)
{
    bool op32 = i->flags & INSN_OP32, a32 = i->flags & INSN_AD32;
    int width = operand_width(r->operand[0], op32); /* 1, 2, 4 */
    int w = width >> 1;                             /* index 0, 1, 2 */
    switch (r->cls) {
    case CLASS_ALU2: return (u16)(r->hot + w * 8 + form_alu2(r, i));
    case CLASS_SHIFT: return (u16)(r->hot + w * 6 + form_shift(r, i));
    case CLASS_ALU1: case CLASS_XCHG: case CLASS_MULDIV: return (u16)(r->hot + w * 3 + form_rm(i));
    case CLASS_IMUL: case CLASS_INDIRECT: return (u16)(r->hot + op32 * 3 + form_rm(i));
    case CLASS_MOVX:
        return (u16)(r->hot + (operand_width(r->operand[1], op32) == 2) * 6 + op32 * 3 +
                     form_rm(i));
    case CLASS_LEA: return (u16)(r->hot + op32 * 2 + a32);
    case CLASS_PUSH:
        return (u16)(r->hot + op32 * 4 + (is_immediate(r->operand[0]) ? 0 : 1 + form_rm(i)));
    case CLASS_POP: case CLASS_BY_OPSIZE: return (u16)(r->hot + op32);
    case CLASS_RM: return (u16)(r->hot + form_rm(i));
    case CLASS_BY_ADSIZE: return (u16)(r->hot + a32);
    case CLASS_LOOP: return (u16)(r->hot + 2 * a32);
    case CLASS_CALL: return (u16)(r->hot + 2 * op32);
    case CLASS_STRING: {
        bool wide = r->operand[0] == O_Yv || r->operand[1] == O_Yv || r->operand[1] == O_Xv;
        return (u16)(r->hot + a32 + (wide ? op32 * 2 : 0));
    }
    }
    return r->hot; /* COLD, JCC, JMP, PLAIN */
}

/* Index into DecodeTable.op[row]. */
static unsigned form_of(u8 flags)
{
    return (flags & (INSN_OP32 | INSN_AD32)) | (flags & INSN_MEM ? 4 : 0);
}

static void fill_forms(DecodeTable *t, int row)
{
    for (int k = 0; k < 2; k++)
        t->reg[row][k] = register_field(x86_rows[row].operand[k]);
    for (unsigned form = 0; form < 8; form++) {
        Insn i = {.flags = (u8)((form & 3) | (form & 4 ? INSN_MEM : 0))};
        t->op[row][form] = pick_handler(&x86_rows[row], &i);
    }
}

static bool is_prefix(CpuModel m, u8 b)
{
    switch (b) {
    case 0x26: case 0x2E: case 0x36: case 0x3E: case 0xF0: case 0xF2: case 0xF3: return true;
    case 0xF1: return m < CPU_386; /* an alias of LOCK before it became INT1 */
    case 0x64: case 0x65: case 0x66: case 0x67: return m >= CPU_386;
    }
    return false;
}

void decode_table_init(DecodeTable *t, CpuModel model)
{
    memset(t, 0, sizeof *t);
    t->model = model;
    t->bad = (u16)(x86_row_count - 2);
    t->too_long = (u16)(x86_row_count - 1);
    t->max_length = model == CPU_286 ? 10 : 15; /* the 8086 has no limit; 15 serves */
    u16 *slot = &t->row[0][0][0][0];
    for (size_t n = 0; n < sizeof t->row / sizeof *slot; n++)
        slot[n] = t->bad;
    for (int n = 0; n < x86_row_count - 2; n++)
        if (x86_rows[n].since <= model && model <= x86_rows[n].until &&
            !is_esc_register(&x86_rows[n]))
            fill_slot(t, n, &x86_rows[n]);
    for (int op = 0; op < 8; op++)
        for (int m = 0; m < 64; m++)
            t->esc[op][m] = t->row[0][0xD8 + op][1][m >> 3];
    for (int n = 0; n < x86_row_count - 2; n++)
        if (x86_rows[n].since <= model && model <= x86_rows[n].until &&
            is_esc_register(&x86_rows[n]))
            fill_esc(t, n, &x86_rows[n]);
    for (int b = 0; b < 256; b++)
        t->is_prefix[b] = is_prefix(model, (u8)b);
    for (int n = 0; n < x86_row_count; n++)
        t->plan[n] = plan_of(&x86_rows[n]);
    for (int n = 0; n < x86_row_count; n++)
        fill_forms(t, n);
    for (int map = 0; map < 2; map++)
        for (int op = 0; op < 256; op++) {
            const u16 *s = &t->row[map][op][0][0];
            for (int k = 1; k < 16; k++)
                t->by_modrm[map][op] |= s[k] != s[0];
        }
}

/* ---- reading bytes --------------------------------------------------------------------------- */

typedef struct {
    const DecodeTable *table;
    const u8 *p;
    int avail;
    int pos;
    bool short_of_bytes;
    u8 modrm;
    s8 seg; /* override, or -1 */
    Insn *i;
} Decoder;

static u32 fetch(Decoder *d, int size)
{
    if (d->pos + size > d->avail) {
        d->short_of_bytes = true;
        return 0;
    }
    u32 v = load_le(d->p + d->pos, size);
    d->pos += size;
    return v;
}

/* The next byte without taking it. */
static u8 next_byte(Decoder *d)
{
    if (d->pos >= d->avail) {
        d->short_of_bytes = true;
        return 0;
    }
    return d->p[d->pos];
}

/* ---- prefixes -------------------------------------------------------------------------------- */

/* Notes the prefix `b`. */
static void prefix(Decoder *d, u8 b, bool code32)
{
    Insn *i = d->i;
    switch (b) {
    case 0x26: d->seg = SEG_ES; break;
    case 0x2E: d->seg = SEG_CS; break;
    case 0x36: d->seg = SEG_SS; break;
    case 0x3E: d->seg = SEG_DS; break;
    case 0xF0: i->flags |= INSN_LOCK; break;
    case 0xF2: i->flags = (u8)((i->flags & ~INSN_REP) | INSN_REPNE); break;
    case 0xF3: i->flags = (u8)((i->flags & ~INSN_REPNE) | INSN_REP); break;
    case 0x64: d->seg = SEG_FS; break;
    case 0x65: d->seg = SEG_GS; break;
    case 0x66: i->flags = (u8)((i->flags & ~INSN_OP32) | (code32 ? 0 : INSN_OP32)); break;
    case 0x67: i->flags = (u8)((i->flags & ~INSN_AD32) | (code32 ? 0 : INSN_AD32)); break;
    }
}

/* ---- ModR/M ---------------------------------------------------------------------------------- */

static void address16(Decoder *d)
{
    static const u8 base[8] = {REG_EBX, REG_EBX, REG_EBP, REG_EBP,
                               REG_ESI, REG_EDI, REG_EBP, REG_EBX};
    static const u8 index[8] = {REG_ESI,  REG_EDI,  REG_ESI,  REG_EDI,
                                REG_ZERO, REG_ZERO, REG_ZERO, REG_ZERO};
    Insn *i = d->i;
    int mod = d->modrm >> 6, rm = d->modrm & 7;
    i->base = base[rm];
    i->index = index[rm];
    if (mod == 0 && rm == 6) {
        i->base = REG_ZERO;
        i->disp = fetch(d, 2);
    } else if (mod == 1) {
        i->disp = (u32)(s8)fetch(d, 1);
    } else if (mod == 2) {
        i->disp = fetch(d, 2);
    }
    i->seg = i->base == REG_EBP ? SEG_SS : SEG_DS;
}

/* Without an index the scale means nothing, but the 386 scales the base then (found by the authors
 * of test386.asm; the manual leaves it undefined). */
static void address32(Decoder *d)
{
    Insn *i = d->i;
    int mod = d->modrm >> 6, base = d->modrm & 7;
    bool no_index = false;
    i->index = REG_ZERO;
    if (base == 4) {
        u8 sib = (u8)fetch(d, 1);
        base = sib & 7;
        no_index = (sib >> 3 & 7) == 4;
        if (!no_index)
            i->index = (u8)((sib >> 3 & 7) * 4);
        if (!no_index || d->table->model == CPU_386)
            i->flags |= (u8)((sib >> 6) * INSN_SCALE);
    }
    i->base = (u8)(base * 4);
    if (mod == 0 && base == 5) {
        i->base = REG_ZERO;
        i->disp = fetch(d, 4);
    } else if (mod == 1) {
        i->disp = (u32)(s8)fetch(d, 1);
    } else if (mod == 2) {
        i->disp = fetch(d, 4);
    }
    i->seg = i->base == REG_ESP || i->base == REG_EBP ? SEG_SS : SEG_DS;
    if (no_index && i->flags >= INSN_SCALE) {
        i->index = i->base;
        i->base = REG_ZERO;
    }
}

static void memory_operand(Decoder *d)
{
    d->i->flags |= INSN_MEM;
    if (d->i->flags & INSN_AD32)
        address32(d);
    else
        address16(d);
}

/* ---- operands -------------------------------------------------------------------------------- */

static void immediate(Decoder *d, u8 kind)
{
    Insn *i = d->i;
    bool op32 = i->flags & INSN_OP32;
    switch (kind) {
    case O_Ib: i->imm = fetch(d, 1); break;
    case O_Ib2: i->disp = fetch(d, 1); break;
    case O_Ibs: case O_Jb: i->imm = (u32)(s8)fetch(d, 1); break;
    case O_Iw: i->imm = fetch(d, 2); break;
    case O_Iz: i->imm = fetch(d, op32 ? 4 : 2); break;
    case O_Jz: i->imm = op32 ? fetch(d, 4) : (u32)(s16)fetch(d, 2); break;
    case O_I1: i->imm = 1; break;
    case O_Ap:
        i->imm = fetch(d, op32 ? 4 : 2);
        i->disp = fetch(d, 2);
        break;
    case O_Ob: case O_Ov:
        i->flags |= INSN_MEM;
        i->disp = fetch(d, i->flags & INSN_AD32 ? 4 : 2);
        i->seg = SEG_DS;
        break;
    }
}

static void operands(Decoder *d, const Row *r, u8 opcode)
{
    Insn *i = d->i;
    int prefixes = d->table->model == CPU_8086 ? d->pos - 1 : 0;
    u8 plan = d->table->plan[r - x86_rows];
    if (plan & PLAN_MODRM) {
        d->modrm = (u8)fetch(d, 1);
        if (d->modrm >> 6 != 3 && !(plan & PLAN_IGNORE_MOD))
            memory_operand(d);
    }
    for (int k = 0; plan >= PLAN_IMM << k; k++)
        if (plan & PLAN_IMM << k)
            immediate(d, r->operand[k]);
    if (opcode >> 3 == 0x1B && !(r->opcode >> 8 == 0x0F))
        i->imm = (u32)prefixes << 16 | (opcode & 7u) << 8 | d->modrm;
    const RegisterField *reg = d->table->reg[r - x86_rows];
    u32 bytes = d->modrm | (u32)opcode << 8;
    i->dst = register_operand(&reg[0], bytes, i->flags & INSN_OP32);
    i->src = register_operand(&reg[1], bytes, i->flags & INSN_OP32);
    if (d->seg >= 0)
        i->seg = (u8)d->seg;
}

/* ---- decode ---------------------------------------------------------------------------------- */

/* LOCK is legal from the 386 on only before certain instructions, with a memory destination. */
static bool lock_is_legal(const DecodeTable *t, const Row *r, const Insn *i)
{
    return t->model < CPU_386 || !(i->flags & INSN_LOCK) ||
           (r->attr & ROW_LOCK && i->flags & INSN_MEM);
}

/* The row of the opcode. One that needs the ModR/M byte and is illegal counts that byte as part
 * of it. */
static const Row *find_row(Decoder *d, u8 *opcode)
{
    int map = 0;
    *opcode = (u8)fetch(d, 1);
    if (*opcode == 0x0F && d->table->model > CPU_8086) {
        map = 1;
        *opcode = (u8)fetch(d, 1);
    }
    int reg = 0, mod3 = 0;
    bool by_modrm = d->table->by_modrm[map][*opcode];
    if (by_modrm) {
        u8 m = next_byte(d);
        reg = m >> 3 & 7;
        mod3 = m >> 6 == 3;
        if (mod3 && map == 0 && *opcode >> 3 == 0x1B)
            return &x86_rows[d->table->esc[*opcode & 7][m & 63]];
    }
    u16 row = d->table->row[map][*opcode][mod3][reg];
    if (by_modrm && row == d->table->bad)
        d->pos++;
    return &x86_rows[row];
}

static int bad(Insn *out, u16 row, int len)
{
    out->row = row;
    out->op = OP_cold;
    out->flags &= (u8)~INSN_MEM;
    out->len = (u8)len;
    return len;
}

int decode(const DecodeTable *t, const u8 *p, int avail, bool code32, Insn *out)
{
    int max = t->max_length;
    memset(out, 0, sizeof *out);
    out->base = out->index = REG_ZERO;
    out->seg = SEG_DS;
    out->flags = code32 ? INSN_OP32 | INSN_AD32 : 0;
    Decoder d = {.table = t, .p = p, .avail = avail < max ? avail : max, .seg = -1, .i = out};

    for (u8 b; b = next_byte(&d), unlikely(t->is_prefix[b]); d.pos++) /* 0 is none */
        prefix(&d, b, code32);
    u8 opcode = 0;
    const Row *r = NULL;
    if (!d.short_of_bytes)
        r = find_row(&d, &opcode);
    if (r && !d.short_of_bytes)
        operands(&d, r, opcode);
    if (d.short_of_bytes) {
        if (avail < max)
            return 0;
        return bad(out, t->too_long, t->model == CPU_8086 ? 1 : max);
    }
    if (r == &x86_rows[t->bad] || !lock_is_legal(t, r, out))
        return bad(out, t->bad, d.pos);
    out->row = (u16)(r - x86_rows);
    out->len = (u8)d.pos;
    out->op = t->op[out->row][form_of(out->flags)];
    if (r->cls == CLASS_STRING && out->flags & (INSN_REP | INSN_REPNE))
        out->op = OP_cold;
    if (r->cls == CLASS_SHIFT) {
        if (r->operand[1] == O_Ib)
            out->src = (u8)out->imm; /* as written, for the disassembler */
        if (t->model > CPU_8086)
            out->imm &= 31;
    }
    return d.pos;
}
