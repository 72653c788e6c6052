/* flow.c: far jumps, calls and returns, and the stack frames that all transfers push. Gates are in
 * gate.c, tasks in task.c. Source: Intel SDM vol. 2, JMP, CALL, RET (the order of checks is that
 * of their pseudo-code); vol. 3, 5.8. */
#include "cpu/protect.h"

/* ---- stack frames ---------------------------------------------------------------------------- */

Frame frame_current(const Cpu *c)
{
    return (Frame){.ss = NULL, .sp = c->s.r[4], .mask = c->sp_mask};
}

/* On a 16-bit stack only SP changes; the upper half of ESP stays what it was. */
Frame frame_inner(const Cpu *c, const Seg *ss, u32 esp)
{
    u32 mask = ss->attr & ATTR_DB ? 0xFFFFFFFF : 0xFFFF;
    return (Frame){.ss = ss,
                   .sp = (c->s.r[4] & ~mask) | (esp & mask),
                   .mask = mask,
                   .error = sel_error(ss->sel)};
}

static bool inner_room(const Frame *f, u32 off, u32 size)
{
    const Seg *s = f->ss;
    u64 last = (u64)off + size - 1;
    if (s->attr & ATTR_E)
        return off > s->limit && last <= (s->attr & ATTR_DB ? 0xFFFFFFFF : 0xFFFF);
    return last <= s->limit;
}

static void probe_at(Cpu *c, const Frame *f, u32 off, u32 size)
{
    if (!f->ss) {
        mem_probe_write(c, SEG_SS, off, size);
        return;
    }
    if (!inner_room(f, off, size))
        raise_err(c, EX_SS, f->error);
    sys_probe(c, f->ss->base + off, size, true); /* inner rings are supervisor to the page tables */
}

/* Does any of the code lines of the `size` bytes (at most 2 KiB) from la on hold code? */
static bool code_lines(const TlbEntry *e, u32 la, u32 size)
{
    u32 first = la >> 7 & 31, last = (la + size - 1) >> 7 & 31;
    return e->code >> first & ((2u << (last - first)) - 1);
}

/* Pushes will go straight to the host's memory if nothing about it is special. */
static bool probe_plain(const Cpu *c, Frame *f, const Seg *ss, u32 size)
{
    u32 sp = f->sp & f->mask, la = ss->base + (sp - size);
    const TlbEntry *e = tlb_entry(f->ss ? (TlbEntry *)c->mmu.tlb[0][1] : c->wtlb, la);
    if (sp < size || sp > ss->wend || !tlb_hit(e, la, size) || code_lines(e, la, size) ||
        c->align_check || c->idle)
        return false;
    f->host = e->addend + la - (sp - size);
    return true;
}

void frame_probe(Cpu *c, Frame *f, int size, int count)
{
    const Seg *ss = f->ss ? f->ss : &c->s.seg[SEG_SS];
    u32 total = (u32)(size * count), sp = f->sp & f->mask;
    if (likely(probe_plain(c, f, ss, total)) || c->model == CPU_8086)
        return; /* on the 8086 nothing can fault, and words wrap at FFFFh */
    if (sp >= total && ((ss->base + sp - 1) & 0xFFF) >= total - 1) { /* no wrap, one page */
        probe_at(c, f, sp - total, total);
        return;
    }
    for (int n = 0; n < count; n++) {
        sp = (sp - (u32)size) & f->mask;
        probe_at(c, f, sp, (u32)size);
    }
}

void frame_push_checked(Cpu *c, const Frame *f, int size, u32 v)
{
    if (f->ss)
        sys_write(c, f->ss->base + (f->sp & f->mask), size, v);
    else
        mem_write(c, SEG_SS, f->sp & f->mask, size, v);
}

void frame_commit(Cpu *c, const Frame *f)
{
    if (f->ss)
        seg_commit(c, SEG_SS, f->ss);
    ESP = f->sp;
}

/* ---- entering code --------------------------------------------------------------------------- */

void flow_enter(Cpu *c, const Seg *cs, int cpl, u32 eip)
{
    seg_enter_code(c, cs, cpl);
    cpu_jump(c, eip);
}

static void push_return(Cpu *c, Frame *f, int size, u32 eip)
{
    frame_push(c, f, size, c->s.seg[SEG_CS].sel);
    frame_push(c, f, size, eip);
    frame_commit(c, f);
}

/* Real and V86 mode: no checks but the limit of CS, which a load there leaves alone or sets to
 * FFFFh. */
static void transfer_real(Cpu *c, const Insn *i, u16 sel, u32 off, bool call)
{
    if (off > 0xFFFF && off > c->s.seg[SEG_CS].limit)
        raise_err(c, EX_GP, 0);
    if (call) {
        Frame f = frame_current(c);
        frame_probe(c, &f, osize(i), 2);
        push_return(c, &f, osize(i), next_eip(c, i));
    }
    seg_load_real(c, SEG_CS, sel);
    cpu_jump(c, off);
}

/* To code whose selector has been checked. */
static void transfer_known(Cpu *c, const Insn *i, const Seg *cs, u32 off, bool call)
{
    Frame f = frame_current(c);
    if (call)
        frame_probe(c, &f, osize(i), 2);
    check_eip(c, cs, off);
    if (call)
        push_return(c, &f, osize(i), next_eip(c, i));
    flow_enter(c, cs, c->s.cpl, off);
}

/* Code reached without a gate keeps the privilege level. */
static void transfer_code(Cpu *c, const Insn *i, u16 sel, Desc d, u32 la, u32 off, bool call)
{
    int dpl = desc_dpl(d);
    if (desc_conforming(d) ? dpl > c->s.cpl : sel_rpl(sel) > c->s.cpl || dpl != c->s.cpl)
        raise_err(c, EX_GP, sel_error(sel));
    if (!desc_present(d))
        raise_err(c, EX_NP, sel_error(sel));
    Seg cs;
    seg_build(&cs, sel, d);
    Frame f = frame_current(c); /* what else faults does so before the accessed bit is set */
    if (call)
        frame_probe(c, &f, osize(i), 2);
    check_eip(c, &cs, off);
    seg_keep(c, sel, c->s.cpl, FOR_FAR, d, la, &cs);
    transfer_known(c, i, &cs, off, call);
}

/* A task gate, or a TSS itself: what matters is that the program may use the descriptor. */
static void transfer_task(Cpu *c, const Insn *i, u16 sel, Desc d, bool call)
{
    if (desc_dpl(d) < c->s.cpl || desc_dpl(d) < sel_rpl(sel))
        raise_err(c, EX_GP, sel_error(sel));
    u16 tss = sel;
    if (desc_system(c, d) == TYPE_TASK_GATE) {
        if (!desc_present(d))
            raise_err(c, EX_NP, sel_error(sel));
        tss = (u16)(d.lo >> 16);
    }
    TaskSwitch t = {
        .why = call ? TASK_CALL : TASK_JMP, .return_eip = next_eip(c, i), .eflags = get_eflags(c)};
    task_switch(c, tss, &t);
}

static void transfer(Cpu *c, const Insn *i, u16 sel, u32 off, bool call)
{
    if (likely(real_or_v86(c))) {
        transfer_real(c, i, sel, off, call);
        return;
    }
    Seg known;
    if (likely(seg_recall(c, sel, c->s.cpl, FOR_FAR, &known))) {
        transfer_known(c, i, &known, off, call);
        return;
    }
    Desc d;
    u32 la;
    if (sel_null(sel) || !desc_fetch(c, sel, &d, &la))
        raise_err(c, EX_GP, sel_error(sel));
    if (desc_code(d)) {
        transfer_code(c, i, sel, d, la, off, call);
        return;
    }
    switch (desc_system(c, d)) {
    case TYPE_CALL16:
    case TYPE_CALL32:
        gate_transfer(c, sel, d, call, next_eip(c, i));
        break;
    case TYPE_TASK_GATE:
    case TYPE_TSS16:
    case TYPE_TSS32:
        transfer_task(c, i, sel, d, call);
        break;
    default: /* data, a busy TSS, an LDT, an interrupt gate */
        raise_err(c, EX_GP, sel_error(sel));
    }
}

void op_jmp_far(Cpu *c, const Insn *i)
{
    transfer(c, i, (u16)i->disp, i->imm, false);
}

void op_call_far(Cpu *c, const Insn *i)
{
    transfer(c, i, (u16)i->disp, i->imm, true);
}

static void transfer_indirect(Cpu *c, const Insn *i, bool call)
{
    u32 ea = insn_ea(c, i), sel_ea = ea + (u32)osize(i);
    u32 off = mem_read(c, i->seg, ea, osize(i));
    u16 sel = (u16)mem_read(c, i->seg, ad32(i) ? sel_ea : (u16)sel_ea, 2);
    transfer(c, i, sel, off, call);
}

void op_jmp_far_m(Cpu *c, const Insn *i)
{
    transfer_indirect(c, i, false);
}

void op_call_far_m(Cpu *c, const Insn *i)
{
    transfer_indirect(c, i, true);
}

/* ---- far return ------------------------------------------------------------------------------ */

void flow_check_return(Cpu *c, u16 sel, Seg *out)
{
    if (likely(seg_recall(c, sel, c->s.cpl, FOR_RETURN, out)))
        return;
    Desc d;
    u32 la;
    if (sel_null(sel) || !desc_fetch(c, sel, &d, &la))
        raise_err(c, EX_GP, sel_error(sel));
    int rpl = sel_rpl(sel), dpl = desc_dpl(d);
    if (!desc_code(d) || rpl < c->s.cpl || (desc_conforming(d) ? dpl > rpl : dpl != rpl))
        raise_err(c, EX_GP, sel_error(sel));
    if (!desc_present(d))
        raise_err(c, EX_NP, sel_error(sel));
    seg_keep(c, sel, c->s.cpl, FOR_RETURN, d, la, out);
}

void flow_drop_segments(Cpu *c)
{
    static const u8 data[] = {SEG_ES, SEG_DS, SEG_FS, SEG_GS};
    for (size_t n = 0; n < ARRAY_LEN(data); n++) {
        const Seg *s = &c->s.seg[data[n]];
        bool conforming = (s->attr & (ATTR_CODE | ATTR_E)) == (ATTR_CODE | ATTR_E);
        int dpl = s->attr >> 5 & 3;
        if (s->attr & ATTR_P && !conforming && dpl < c->s.cpl)
            seg_set_null(c, data[n], 0);
    }
}

/* The outer stack pointer lies above the return address and `bytes` of parameters; those are
 * released on both stacks. */
static void return_outer(Cpu *c, const Seg *cs, u32 eip, int size, u32 bytes)
{
    int cpl = sel_rpl(cs->sel);
    u32 at = 2 * (u32)size + bytes;
    u32 esp = stack_peek(c, at, size);
    u16 sel = (u16)stack_peek(c, at + (u32)size, size);
    Seg ss;
    seg_check_stack(c, sel, cpl, EX_GP, &ss);
    check_eip(c, cs, eip);
    Frame f = frame_inner(c, &ss, esp + bytes);
    frame_commit(c, &f);
    flow_enter(c, cs, cpl, eip);
    flow_drop_segments(c);
}

void op_ret_far(Cpu *c, const Insn *i)
{
    int size = osize(i);
    u32 eip = stack_peek(c, 0, size);
    u16 sel = (u16)stack_peek(c, (u32)size, size);
    u32 sp = sp_add(c, 2 * size + (s32)i->imm);
    if (likely(real_or_v86(c))) {
        if (eip > 0xFFFF && eip > c->s.seg[SEG_CS].limit)
            raise_err(c, EX_GP, 0);
        ESP = sp;
        seg_load_real(c, SEG_CS, sel);
        cpu_jump(c, eip);
        return;
    }
    Seg cs;
    flow_check_return(c, sel, &cs);
    if (sel_rpl(sel) > c->s.cpl) {
        return_outer(c, &cs, eip, size, i->imm);
        return;
    }
    check_eip(c, &cs, eip);
    ESP = sp;
    flow_enter(c, &cs, c->s.cpl, eip);
}
