/* segop.c: instructions that move segment registers, load and store descriptor table registers,
 * and examine descriptors. Operands: a segment register's number is in Insn.dst or src. Source:
 * Intel SDM vol. 2; 80286 PRM for the 16-bit forms. */
#include "cpu/protect.h"

/* ---- segment registers ----------------------------------------------------------------------- */

/* The number in a ModR/M reg field, which may name no register of this model. */
static int segment_number(Cpu *c, int field)
{
    if (c->model == CPU_8086)
        return field & 3; /* one bit is not decoded */
    if (field > (c->model == CPU_286 ? SEG_DS : SEG_GS))
        raise_ex(c, EX_UD);
    return field;
}

/* After a load of SS nothing may interrupt the load of SP that follows (SDM vol. 3, 6.8.3). The
 * 8086 waits after every segment register. */
static void hold_interrupts(Cpu *c, int seg)
{
    if (seg != SEG_SS && c->model != CPU_8086)
        return;
    c->s.shadow |= SHADOW_MOV_SS;
    cpu_look(c);
}

void op_push_seg(Cpu *c, const Insn *i)
{
    u16 sel = c->s.seg[i->dst].sel;
    if (op32(i) && !wide_selectors(c)) {
        u32 sp = sp_add(c, -4);
        mem_write(c, SEG_SS, sp & c->sp_mask, 2, sel);
        ESP = sp;
        return;
    }
    push(c, osize(i), sel);
}

void op_pop_seg(Cpu *c, const Insn *i)
{
    u16 sel = (u16)stack_peek(c, 0, wide_selectors(c) ? osize(i) : 2);
    u32 sp = sp_add(c, osize(i)); /* by the old SS.B */
    seg_load(c, i->dst, sel);
    ESP = sp;
    hold_interrupts(c, i->dst);
    if (i->dst == SEG_CS) /* 8086 only */
        cpu_jump(c, next_eip(c, i));
}

void op_mov_from_seg(Cpu *c, const Insn *i)
{
    u16 sel = c->s.seg[segment_number(c, i->src)].sel;
    dst_write(c, i, i->flags & INSN_MEM ? 2 : osize(i), sel);
}

void op_mov_to_seg(Cpu *c, const Insn *i)
{
    int seg = segment_number(c, i->dst);
    if (seg == SEG_CS && c->model != CPU_8086)
        raise_ex(c, EX_UD);
    seg_load(c, seg, (u16)src_read(c, i, 2));
    hold_interrupts(c, seg);
    if (seg == SEG_CS)
        cpu_jump(c, next_eip(c, i));
}

/* Offset of the `n`-th byte of the memory operand. */
static u32 ea_plus(const Insn *i, u32 ea, u32 n)
{
    return ad32(i) ? ea + n : (u16)(ea + n);
}

static void load_far_pointer(Cpu *c, const Insn *i, int seg)
{
    u32 ea = insn_ea(c, i);
    u32 off = mem_read(c, i->seg, ea, osize(i));
    u16 sel = (u16)mem_read(c, i->seg, ea_plus(i, ea, (u32)osize(i)), 2);
    seg_load(c, seg, sel);
    reg_set(c, i->dst, osize(i), off);
}

void op_les(Cpu *c, const Insn *i)
{
    load_far_pointer(c, i, SEG_ES);
}
void op_lds(Cpu *c, const Insn *i)
{
    load_far_pointer(c, i, SEG_DS);
}
void op_lss(Cpu *c, const Insn *i)
{
    load_far_pointer(c, i, SEG_SS);
}
void op_lfs(Cpu *c, const Insn *i)
{
    load_far_pointer(c, i, SEG_FS);
}
void op_lgs(Cpu *c, const Insn *i)
{
    load_far_pointer(c, i, SEG_GS);
}

/* ---- examining descriptors ------------------------------------------------------------------- */

static void need_protected(Cpu *c)
{
    if (real_or_v86(c))
        raise_ex(c, EX_UD);
}

static void set_zf(Cpu *c, bool on)
{
    set_eflags(c, on ? ZF : 0, ZF);
}

/* May the program see this descriptor? Conforming code is open to all. */
static bool visible(const Cpu *c, u16 sel, Desc d)
{
    if (desc_code(d) && desc_conforming(d))
        return true;
    return desc_dpl(d) >= c->s.cpl && desc_dpl(d) >= sel_rpl(sel);
}

/* Code, data, and the system types that `mask` has a bit for. */
static bool type_in(const Cpu *c, Desc d, u32 mask)
{
    return desc_segment(d) || mask >> desc_system(c, d) & 1;
}

enum {
    LSL_TYPES = 1 << TYPE_TSS16 | 1 << TYPE_LDT | 1 << TYPE_TSS16_BUSY | 1 << TYPE_TSS32 |
                1 << TYPE_TSS32_BUSY,
    LAR_TYPES = LSL_TYPES | 1 << TYPE_CALL16 | 1 << TYPE_TASK_GATE | 1 << TYPE_CALL32,
};

void op_lar(Cpu *c, const Insn *i)
{
    need_protected(c);
    u16 sel = (u16)src_read(c, i, 2);
    Desc d;
    u32 la;
    bool ok = desc_fetch(c, sel, &d, &la) && type_in(c, d, LAR_TYPES) && visible(c, sel, d);
    if (ok)
        reg_set(c, i->dst, osize(i), d.hi & (op32(i) ? 0xFFFF00 : 0xFF00));
    set_zf(c, ok);
}

void op_lsl(Cpu *c, const Insn *i)
{
    need_protected(c);
    u16 sel = (u16)src_read(c, i, 2);
    Desc d;
    u32 la;
    bool ok = desc_fetch(c, sel, &d, &la) && type_in(c, d, LSL_TYPES) && visible(c, sel, d);
    if (ok)
        reg_set(c, i->dst, osize(i), desc_limit(d));
    set_zf(c, ok);
}

/* VERR, VERW, LLDT and LTR read their only operand, which is therefore Insn.dst. */
void op_verr(Cpu *c, const Insn *i)
{
    need_protected(c);
    u16 sel = (u16)dst_read(c, i, 2);
    Desc d;
    u32 la;
    set_zf(c, desc_fetch(c, sel, &d, &la) && desc_readable(d) && visible(c, sel, d));
}

void op_verw(Cpu *c, const Insn *i)
{
    need_protected(c);
    u16 sel = (u16)dst_read(c, i, 2);
    Desc d;
    u32 la;
    set_zf(c, desc_fetch(c, sel, &d, &la) && desc_writable(d) && visible(c, sel, d));
}

/* Memory that keeps its value need not be writable. */
void op_arpl(Cpu *c, const Insn *i)
{
    need_protected(c);
    u16 dst = (u16)dst_read(c, i, 2);
    u16 src = *reg16(c, i->src);
    bool raised = sel_rpl(dst) < sel_rpl(src);
    if (raised)
        dst_write(c, i, 2, (dst & 0xFFFC) | sel_rpl(src));
    set_zf(c, raised);
}

/* ---- LDTR and TR ----------------------------------------------------------------------------- */

static void need_ring0(Cpu *c)
{
    if (c->s.cpl != 0)
        raise_err(c, EX_GP, 0);
}

/* Selectors and the machine status word: 16 bits in memory, operand size in a register. */
static void store_word(Cpu *c, const Insn *i, u32 v)
{
    dst_write(c, i, i->flags & INSN_MEM ? 2 : osize(i), v);
}

void op_sldt(Cpu *c, const Insn *i)
{
    need_protected(c);
    store_word(c, i, c->s.ldtr.sel);
}

void op_str(Cpu *c, const Insn *i)
{
    need_protected(c);
    store_word(c, i, c->s.tr.sel);
}

void op_lldt(Cpu *c, const Insn *i)
{
    need_protected(c);
    need_ring0(c);
    u16 sel = (u16)dst_read(c, i, 2);
    if (sel_null(sel)) {
        c->s.ldtr.sel = sel;
        c->s.ldtr.attr = 0;
        return;
    }
    Desc d;
    u32 la;
    if (sel & 4 || !desc_fetch(c, sel, &d, &la) || desc_system(c, d) != TYPE_LDT)
        raise_err(c, EX_GP, sel_error(sel));
    if (!desc_present(d))
        raise_err(c, EX_NP, sel_error(sel));
    seg_build(&c->s.ldtr, sel, d);
}

void op_ltr(Cpu *c, const Insn *i)
{
    need_protected(c);
    need_ring0(c);
    u16 sel = (u16)dst_read(c, i, 2);
    Desc d;
    u32 la;
    if (sel_null(sel) || sel & 4 || !desc_fetch(c, sel, &d, &la))
        raise_err(c, EX_GP, sel_error(sel));
    int type = desc_system(c, d);
    if (type != TYPE_TSS16 && type != TYPE_TSS32)
        raise_err(c, EX_GP, sel_error(sel));
    if (!desc_present(d))
        raise_err(c, EX_NP, sel_error(sel));
    d.hi |= DESC_BUSY;
    sys_write(c, la + 5, 1, d.hi >> 8);
    seg_build(&c->s.tr, sel, d);
}

/* ---- GDTR and IDTR --------------------------------------------------------------------------- */

/* The 286 has 24 address bits and stores ones above them. Later models store all 32 bits whatever
 * the operand size. */
static void store_table(Cpu *c, const Insn *i, const TableReg *t)
{
    u32 ea = insn_ea(c, i), base_ea = ea_plus(i, ea, 2);
    u32 base = c->model == CPU_286 ? t->base | 0xFF000000 : t->base;
    mem_probe_write(c, i->seg, ea, 2);
    mem_probe_write(c, i->seg, base_ea, 4);
    mem_write(c, i->seg, ea, 2, t->limit);
    mem_write(c, i->seg, base_ea, 4, base);
}

static void load_table(Cpu *c, const Insn *i, TableReg *t)
{
    need_ring0(c);
    u32 ea = insn_ea(c, i);
    u32 limit = mem_read(c, i->seg, ea, 2);
    u32 base = mem_read(c, i->seg, ea_plus(i, ea, 2), 4);
    t->limit = limit;
    t->base = op32(i) ? base : base & 0xFFFFFF;
}

void op_sgdt(Cpu *c, const Insn *i)
{
    store_table(c, i, &c->s.gdtr);
}

void op_sidt(Cpu *c, const Insn *i)
{
    store_table(c, i, &c->s.idtr);
}

void op_lgdt(Cpu *c, const Insn *i)
{
    load_table(c, i, &c->s.gdtr);
}

void op_lidt(Cpu *c, const Insn *i)
{
    load_table(c, i, &c->s.idtr);
}

/* ---- the machine status word: the low half of CR0 -------------------------------------------- */

void op_smsw(Cpu *c, const Insn *i)
{
    u32 cr0 = c->s.cr0;
    if (c->model == CPU_286)
        cr0 = (cr0 & 0xF) | 0xFFF0; /* undefined bits read as ones */
    store_word(c, i, cr0);
}

/* LMSW reaches the four bits of the 286's MSW, and cannot leave protected mode. */
void op_lmsw(Cpu *c, const Insn *i)
{
    need_ring0(c);
    u32 v = dst_read(c, i, 2) & (CR0_PE | CR0_MP | CR0_EM | CR0_TS);
    u32 cr0 = (c->s.cr0 & ~(u32)(CR0_MP | CR0_EM | CR0_TS)) | v;
    if ((c->s.cr0 ^ cr0) & CR0_PE)
        write_cr0(c, cr0);
    else
        c->s.cr0 = cr0;
    fpu_changed(c); /* nothing else is derived from MP, EM and TS */
    control_written(c, CPU_WRITE_CR, 0, cr0);
}

void op_clts(Cpu *c, const Insn *i)
{
    need_ring0(c);
    c->s.cr0 &= ~(u32)CR0_TS;
    fpu_changed(c);
    control_written(c, CPU_WRITE_CR, 0, c->s.cr0);
}
