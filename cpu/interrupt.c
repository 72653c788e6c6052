/* interrupt.c: delivery of interrupts and exceptions through the real-mode table, interrupt and
 * trap gates and task gates; INT, INT3, INT1, INTO and BOUND. Source: Intel SDM vol. 2, INT; vol.
 * 3, chapter 6 and 20 (V86 mode, VME). */
#include "cpu/protect.h"

/* One event on its way in. */
typedef struct {
    int vector;
    bool soft;
    bool has_error;
    u32 error;
    u32 return_eip;
    u32 eflags; /* image to push */
} Event;

/* Faults push RF set, so that the instruction restarts without meeting its breakpoint again (SDM
 * vol. 3, 17.3.1.1). */
static bool sets_rf(const Cpu *c, int vector)
{
    if (c->delivering != vector || c->model < CPU_386)
        return false;
    return vector != EX_DB && vector != EX_NMI && vector != EX_BP && vector != EX_OF &&
           vector != EX_DF;
}

/* ---- real mode ------------------------------------------------------------------------------- */

static void push_real_frame(Cpu *c, u32 eflags, u32 eip)
{
    Frame f = frame_current(c);
    frame_probe(c, &f, 2, 3);
    frame_push(c, &f, 2, eflags);
    frame_push(c, &f, 2, c->s.seg[SEG_CS].sel);
    frame_push(c, &f, 2, eip);
    frame_commit(c, &f);
}

/* The table has four bytes for each vector and, from the 286 on, a base and a limit. The 286 and
 * 386 report a vector beyond the limit as interrupt 8 (80386 PRM, 14.6), later models as #GP. */
static void deliver_real(Cpu *c, const Event *e)
{
    u32 at = (u32)e->vector * 4;
    if (at + 3 > c->s.idtr.limit) {
        if (c->model <= CPU_386)
            raise_ex(c, EX_DF);
        raise_err(c, EX_GP, at * 2 + 2);
    }
    u32 entry = sys_read(c, c->s.idtr.base + at, 4);
    push_real_frame(c, e->eflags, e->return_eip);
    set_eflags(c, 0, IF | TF | RF | AC);
    seg_load_real(c, SEG_CS, (u16)(entry >> 16));
    cpu_jump(c, entry & 0xFFFF);
}

/* ---- protected mode: gates ------------------------------------------------------------------- */

typedef struct {
    u16 sel;
    u32 off;
    int size;  /* of stack items */
    bool trap; /* leaves IF alone */
} Gate;

/* IF is cleared by interrupt gates only; NT, VM, RF and TF always. */
static void clear_flags(Cpu *c, const Gate *g)
{
    set_eflags(c, 0, TF | NT | VM | RF | (g->trap ? 0 : IF));
}

static void push_event(Cpu *c, Frame *f, const Event *e, int size)
{
    frame_push(c, f, size, e->eflags);
    frame_push(c, f, size, c->s.seg[SEG_CS].sel);
    frame_push(c, f, size, e->return_eip);
    if (e->has_error)
        frame_push(c, f, size, e->error);
}

static void deliver_same(Cpu *c, const Event *e, const Gate *g, const Seg *cs)
{
    Frame f = frame_current(c);
    frame_probe(c, &f, g->size, 3 + e->has_error);
    check_eip(c, cs, g->off);
    push_event(c, &f, e, g->size);
    frame_commit(c, &f);
    clear_flags(c, g);
    flow_enter(c, cs, c->s.cpl, g->off);
}

/* Out of V86 mode the data segments travel over the stack: their caches mean nothing to protected
 * mode. */
static void push_v86_segments(Cpu *c, Frame *f, int size)
{
    static const u8 order[] = {SEG_GS, SEG_FS, SEG_DS, SEG_ES};
    for (size_t n = 0; n < ARRAY_LEN(order); n++)
        frame_push(c, f, size, c->s.seg[order[n]].sel);
}

static void deliver_inner(Cpu *c, const Event *e, const Gate *g, const Seg *cs, int dpl)
{
    bool from_v86 = v86(c);
    Seg ss;
    u32 esp;
    gate_inner_stack(c, dpl, &ss, &esp);
    Frame f = frame_inner(c, &ss, esp);
    frame_probe(c, &f, g->size, 5 + e->has_error + (from_v86 ? 4 : 0));
    check_eip(c, cs, g->off);

    if (from_v86)
        push_v86_segments(c, &f, g->size);
    frame_push(c, &f, g->size, c->s.seg[SEG_SS].sel);
    frame_push(c, &f, g->size, ESP);
    push_event(c, &f, e, g->size);
    clear_flags(c, g); /* VM first: the new caches are protected-mode ones */
    frame_commit(c, &f);
    flow_enter(c, cs, dpl, g->off);
    if (from_v86)
        for (int seg = 0; seg < 6; seg++)
            if (seg != SEG_CS && seg != SEG_SS)
                seg_set_null(c, seg, 0);
}

/* V86 mode is left for ring 0 or not at all. */
static void check_v86(Cpu *c, u16 sel, u16 attr)
{
    if (v86(c) && (!code_is_inner(c, attr) || attr_dpl(attr) != 0))
        raise_err(c, EX_GP, sel_error(sel));
}

static void check_code(Cpu *c, u16 sel, Seg *cs)
{
    if (likely(seg_recall(c, sel, c->s.cpl, FOR_GATE, cs))) {
        check_v86(c, sel, cs->attr);
        return;
    }
    Desc d;
    u32 la;
    if (sel_null(sel) || !desc_fetch(c, sel, &d, &la) || !desc_code(d) || desc_dpl(d) > c->s.cpl)
        raise_err(c, EX_GP, sel_error(sel));
    if (!desc_present(d))
        raise_err(c, EX_NP, sel_error(sel));
    check_v86(c, sel, desc_attr(d));
    seg_keep(c, sel, c->s.cpl, FOR_GATE, d, la, cs);
}

static void deliver_gate(Cpu *c, const Event *e, const Gate *g)
{
    Seg cs;
    check_code(c, g->sel, &cs);
    if (code_is_inner(c, cs.attr))
        deliver_inner(c, e, g, &cs, attr_dpl(cs.attr));
    else
        deliver_same(c, e, g, &cs);
}

static void deliver_protected(Cpu *c, const Event *e)
{
    u32 at = (u32)e->vector * 8;
    u32 error = at + 2; /* the IDT bit; raise_err() adds EXT */
    if (at + 7 > c->s.idtr.limit)
        raise_err(c, EX_GP, error);
    Desc d = {.lo = sys_read(c, c->s.idtr.base + at, 4),
              .hi = sys_read(c, c->s.idtr.base + at + 4, 4)};
    int type = desc_system(c, d);
    if (type != TYPE_TASK_GATE && (type | TYPE_32BIT | 1) != TYPE_TRAP32)
        raise_err(c, EX_GP, error);
    if (e->soft && desc_dpl(d) < c->s.cpl)
        raise_err(c, EX_GP, error);
    if (!desc_present(d))
        raise_err(c, EX_NP, error);
    u16 sel = (u16)(d.lo >> 16);
    if (type == TYPE_TASK_GATE) {
        TaskSwitch t = {TASK_INT, e->return_eip, e->eflags, e->has_error, e->error};
        task_switch(c, sel, &t);
        return;
    }
    Gate g = {.sel = sel, .off = d.lo & 0xFFFF, .size = 2, .trap = type & 1};
    if (type & TYPE_32BIT) {
        g.off |= d.hi & 0xFFFF0000;
        g.size = 4;
    }
    deliver_gate(c, e, &g);
}

void interrupt(Cpu *c, int vector, bool soft, bool has_error, u32 error, u32 return_eip)
{
    Event e = {vector, soft, has_error, error, return_eip, get_eflags(c)};
    if (sets_rf(c, vector))
        e.eflags |= RF;
    c->external = !soft;
    c->usage.vector[vector & 0xFF]++;
    c->s.halted = 0;
    if (c->debug && c->debug->on_interrupt)
        c->debug->on_interrupt(c->debug->ctx, vector, soft, error);
    if (c->s.cr0 & CR0_PE)
        deliver_protected(c, &e);
    else
        deliver_real(c, &e);
    c->external = false;
}

/* ---- V86 mode -------------------------------------------------------------------------------- */

/* The 32 bytes below the I/O bitmap have a bit for each vector: 0 sends INT n to the program's own
 * handler. */
bool vme_redirects(Cpu *c, int vector)
{
    const Seg *tr = &c->s.tr;
    if (!(c->s.cr4 & CR4_VME))
        return false;
    if (!(tr->attr & TYPE_32BIT) || tr->limit < 0x67)
        raise_err(c, EX_GP, 0);
    u32 at = sys_read(c, tr->base + 0x66, 2) + (u32)vector / 8 - 32;
    if (at > tr->limit) /* also when the map would begin below the TSS */
        raise_err(c, EX_GP, 0);
    return !(sys_read(c, tr->base + at, 1) >> (vector & 7) & 1);
}

/* As real mode does it, through the table at linear address 0. With IOPL < 3 the virtual interrupt
 * flag plays IF's part (SDM vol. 3, table 20-2, methods 5 and 6). */
static void deliver_vme(Cpu *c, int vector, u32 return_eip)
{
    u32 entry = lin_read(c, (u32)vector * 4, 4, true);
    u32 image = get_eflags(c);
    u32 clear = TF | IF;
    if (c->debug && c->debug->on_interrupt)
        c->debug->on_interrupt(c->debug->ctx, vector, true, 0);
    if (iopl(c) < 3) {
        image = (image & ~(u32)IF) | IOPL | (c->s.eflags & VIF ? IF : 0);
        clear = TF | VIF;
    }
    push_real_frame(c, image, return_eip);
    set_eflags(c, 0, clear);
    seg_load_real(c, SEG_CS, (u16)(entry >> 16));
    cpu_jump(c, entry & 0xFFFF);
}

/* ---- instructions ---------------------------------------------------------------------------- */

/* INT n alone is sensitive to IOPL in V86 mode, and alone subject to redirection; INT3 and INTO
 * are not. */
void op_int_n(Cpu *c, const Insn *i)
{
    int vector = (u8)i->imm;
    if (unlikely(v86(c))) {
        if (vme_redirects(c, vector)) {
            deliver_vme(c, vector, next_eip(c, i));
            return;
        }
        if (iopl(c) < 3)
            raise_err(c, EX_GP, 0);
    }
    interrupt(c, vector, true, false, 0, next_eip(c, i));
}

void op_int3(Cpu *c, const Insn *i)
{
    interrupt(c, EX_BP, true, false, 0, next_eip(c, i));
}

/* Behaves as a hardware debug trap: no look at the gate's DPL, DR6 stays (SDM vol. 2, INT1). */
void op_int1(Cpu *c, const Insn *i)
{
    interrupt(c, EX_DB, false, false, 0, next_eip(c, i));
}

void op_into(Cpu *c, const Insn *i)
{
    if (flag_o(c->fc))
        interrupt(c, EX_OF, true, false, 0, next_eip(c, i));
}

void op_bound(Cpu *c, const Insn *i)
{
    int size = osize(i);
    u32 ea = insn_ea(c, i), upper_ea = ea + (u32)size;
    s32 lower = (s32)mem_read(c, i->seg, ea, size);
    s32 upper = (s32)mem_read(c, i->seg, ad32(i) ? upper_ea : (u16)upper_ea, size);
    s32 index = (s32)reg_get(c, i->dst, size);
    if (size == 2) {
        lower = (s16)lower;
        upper = (s16)upper;
        index = (s16)index;
    }
    if (index < lower || index > upper)
        raise_ex(c, EX_BR);
}
