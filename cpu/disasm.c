/* disasm.c: Insn -> Intel-syntax text. Names and operand kinds come from x86.def, values from
 * the record, so what is printed is what is executed. */
#include <stdarg.h>
#include <stdio.h>

#include "cpu/hot.def"
#include "cpu/internal.h"

typedef struct {
    char *text;
    int size, len;
} Out;

static void put(Out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(Out *o, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(o->text + o->len, (size_t)(o->size - o->len), fmt, ap);
    va_end(ap);
    o->len += n < o->size - o->len ? n : o->size - o->len - 1;
}

static const char *const seg_names[] = {"es", "cs", "ss", "ds", "fs", "gs", "?s", "?s"};

static const char *reg_name(u8 off, int size)
{
    static const char *const r8[] = {"al", "ah", "cl", "ch", "dl", "dh", "bl", "bh"};
    static const char *const r16[] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    static const char *const r32[] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
    int n = off / 4 & 7;
    return size == 1 ? r8[(n & 3) * 2 + (off & 1)] : size == 2 ? r16[n] : r32[n];
}

/* Hexadecimal with a leading 0x above 9, as nasm reads it. */
static void put_number(Out *o, u32 v)
{
    put(o, v < 10 ? "%u" : "0x%x", v);
}

static void put_signed(Out *o, u32 v, bool first)
{
    s32 s = (s32)v;
    if (!first)
        put(o, "%c", s < 0 ? '-' : '+');
    else if (s < 0)
        put(o, "-");
    put_number(o, s < 0 ? 0 - v : v);
}

static void put_address(Out *o, const Insn *i)
{
    bool a32 = i->flags & INSN_AD32, any = false;
    bool stack = i->base == REG_EBP || (a32 && i->base == REG_ESP);
    put(o, "[");
    if (i->seg != (stack ? SEG_SS : SEG_DS))
        put(o, "%s:", seg_names[i->seg & 7]);
    if (i->base != REG_ZERO) {
        put(o, "%s", reg_name(i->base, a32 ? 4 : 2));
        any = true;
    }
    if (i->index != REG_ZERO) {
        put(o, "%s%s", any ? "+" : "", reg_name(i->index, a32 ? 4 : 2));
        int scale = 1 << i->flags / INSN_SCALE;
        if (scale > 1 || !any) /* [ebp*1] is in DS, [ebp] in SS */
            put(o, "*%d", scale);
        any = true;
    }
    if (!any)
        put_number(o, a32 ? i->disp : (u16)i->disp);
    else if (i->disp)
        put_signed(o, a32 ? i->disp : (u32)(s16)i->disp, false);
    put(o, "]");
}

static const char *size_word(int size)
{
    switch (size) {
    case 1: return "byte ";
    case 2: return "word ";
    case 8: return "qword ";
    case 10: return "tword ";
    }
    return "dword ";
}

static int kind_size(u8 kind, bool op32, bool mem)
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
        return 1;
    case O_Ew: case O_Gw: case O_DX: return 2;
    case O_Es: return mem ? 2 : op32 ? 4 : 2;
    case O_Rd: case O_Ed: case O_M32: case O_Qd: return 4;
    case O_M16: return 2;
    case O_M64: case O_Qq: return 8;
    case O_M80: return 10;
    }
    return op32 ? 4 : 2;
}

/* Does a register operand elsewhere tell the size of the memory operand? */
static bool size_is_clear(const Row *r)
{
    for (int k = 0; k < 2; k++)
        if ((r->operand[k] >= O_Gb && r->operand[k] <= O_Gv) || r->operand[k] == O_AL ||
            r->operand[k] == O_eAX)
            return r->operand[0] != O_Gv || (r->operand[1] != O_Eb && r->operand[1] != O_Ew);
    return false;
}

static void put_target(Out *o, const Insn *i, u32 eip)
{
    u32 t = eip + i->len + i->imm;
    put(o, "0x%x", i->flags & INSN_OP32 ? t : (u16)t);
}

static void put_operand(Out *o, const Insn *i, const Row *r, int k, u32 eip)
{
    bool op32 = i->flags & INSN_OP32, mem = i->flags & INSN_MEM;
    u8 kind = r->operand[k];
    int size = kind_size(kind, op32, mem);
    u8 reg = k == 0 ? i->dst : i->src;
    switch (kind) {
    case O_Eb:
    case O_Ew:
    case O_Ev:
    case O_Es:
    case O_Ex:
    case O_M:
    case O_Mp:
    case O_Ob:
    case O_Ov:
        if (!mem) {
            put(o, "%s", reg_name(reg, size));
            return;
        }
        if (kind == O_Mp && r->operand[1] == O__)
            put(o, "far ");
        else if (kind != O_M && kind != O_Mp && kind != O_Ex && !size_is_clear(r))
            put(o, "%s", size_word(size));
        put_address(o, i);
        return;
    case O_M16: case O_M32: case O_M64: case O_M80:
        put(o, "%s", size_word(size));
        put_address(o, i);
        return;
    case O_Men: put_address(o, i); return;
    case O_ST: put(o, "st0"); return;
    case O_STi: put(o, "st%u", i->imm & 7); return;
    case O_Ed:
        if (mem)
            put_address(o, i);
        else
            put(o, "%s", reg_name(reg, 4));
        return;
    case O_Pq: case O_Nq: case O_Qd: case O_Qq:
        if (kind != O_Pq && mem)
            put_address(o, i);
        else
            put(o, "mm%d", reg);
        return;
    case O_Sw: put(o, "%s", seg_names[reg & 7]); return;
    case O_Cd: put(o, "cr%d", reg); return;
    case O_Dd: put(o, "dr%d", reg); return;
    case O_Td: put(o, "tr%d", reg); return;
    case O_ES: case O_CS: case O_SS: case O_DS: case O_FS: case O_GS:
        put(o, "%s", seg_names[kind - O_ES]);
        return;
    case O_CL: put(o, "cl"); return;
    case O_Ib: put_number(o, r->cls == CLASS_SHIFT ? i->src : i->imm); return;
    case O_Iw: put_number(o, i->imm); return;
    case O_Ib2: put_number(o, i->disp); return;
    case O_Ibs: put_signed(o, i->imm, true); return;
    case O_Iz: put_number(o, op32 ? i->imm : (u16)i->imm); return;
    case O_I1: put(o, "1"); return;
    case O_Jb: case O_Jz: put_target(o, i, eip); return;
    case O_Ap: put(o, "0x%x:0x%x", i->disp, i->imm); return;
    }
    put(o, "%s", reg_name(reg, size)); /* all other kinds are registers */
}

/* String and XLAT operands are implied by the mnemonic. */
static bool is_implied(u8 kind)
{
    return kind == O__ || (kind >= O_Xb && kind <= O_Xlat);
}

static void put_mnemonic(Out *o, const Insn *i, const Row *r)
{
    const char *name = r->name, *bar = strchr(name, '|');
    bool by_address = r->operand[0] == O_Jb; /* JCXZ and JECXZ differ by address size */
    bool wide = i->flags & (by_address ? INSN_AD32 : INSN_OP32);
    if (!bar)
        put(o, "%s", name);
    else if (wide)
        put(o, "%s", bar + 1);
    else
        put(o, "%.*s", (int)(bar - name), name);
}

/* Does this row read memory at a segment that a prefix can choose? */
static bool has_source(const Row *r)
{
    for (int k = 0; k < 2; k++)
        if (r->operand[k] == O_Xb || r->operand[k] == O_Xv || r->operand[k] == O_Xlat)
            return true;
    return false;
}

int disasm(const Insn *i, u32 eip, char *text, int size)
{
    Out o = {text, size, 0};
    const Row *r = &x86_rows[i->row];
    bool repeats = r->attr & (ROW_REPS | ROW_REPC), string = repeats || r->operand[0] == O_Xlat;
    text[0] = 0;
    if (i->flags & INSN_LOCK)
        put(&o, "lock ");
    if (repeats && i->flags & INSN_REP)
        put(&o, r->attr & ROW_REPC ? "repe " : "rep ");
    if (repeats && i->flags & INSN_REPNE)
        put(&o, "repne ");
    if (has_source(r) && i->seg != SEG_DS)
        put(&o, "%s ", seg_names[i->seg & 7]);
    put_mnemonic(&o, i, r);
    if (string)
        return o.len;
    for (int k = 0, shown = 0; k < 3; k++) {
        if (is_implied(r->operand[k]))
            continue;
        put(&o, shown++ ? "," : " ");
        put_operand(&o, i, r, k, eip);
    }
    return o.len;
}
