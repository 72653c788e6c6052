/* gate.c: call gates, and the stack of an inner ring, which interrupts use too. Source: Intel SDM
 * vol. 3, 5.8.3 to 5.8.5; vol. 2, CALL ("CALL-GATE" and below). */
#include "cpu/protect.h"

/* ---- the stack of an inner ring -------------------------------------------------------------- */

/* SS:ESP for `dpl` as the TSS has them: 8 bytes each from offset 4 in a 32-bit TSS, 4 bytes each
 * from offset 2 in a 16-bit one. */
static u16 read_inner_stack(Cpu *c, int dpl, u32 *esp)
{
    const Seg *tr = &c->s.tr;
    bool wide = tr->attr & TYPE_32BIT;
    u32 size = wide ? 4 : 2;
    u32 at = size + (u32)dpl * 2 * size;
    if (at + size + 1 > tr->limit)
        raise_err(c, EX_TS, sel_error(tr->sel));
    *esp = sys_read(c, tr->base + at, (int)size);
    return (u16)sys_read(c, tr->base + at + size, 2);
}

void gate_inner_stack(Cpu *c, int dpl, Seg *ss, u32 *esp)
{
    u16 sel = read_inner_stack(c, dpl, esp);
    seg_check_stack(c, sel, dpl, EX_TS, ss);
}

/* ---- call gates ------------------------------------------------------------------------------ */

enum { MAX_PARAMS = 31 };

/* To an inner ring: its stack receives the old SS:ESP, the parameters and the return address. */
static void call_inner(Cpu *c, Desc gate, const Seg *cs, int dpl, u32 eip, u32 return_eip)
{
    int size = desc_system(c, gate) == TYPE_CALL32 ? 4 : 2;
    int params = gate.hi & MAX_PARAMS;
    u32 param[MAX_PARAMS];
    Seg ss;
    u32 esp;
    gate_inner_stack(c, dpl, &ss, &esp);
    Frame f = frame_inner(c, &ss, esp);
    frame_probe(c, &f, size, 4 + params);
    check_eip(c, cs, eip);
    for (int n = 0; n < params; n++)
        param[n] = stack_peek(c, (u32)(n * size), size);

    frame_push(c, &f, size, c->s.seg[SEG_SS].sel);
    frame_push(c, &f, size, ESP);
    for (int n = params; n-- > 0;)
        frame_push(c, &f, size, param[n]);
    frame_push(c, &f, size, c->s.seg[SEG_CS].sel);
    frame_push(c, &f, size, return_eip);
    frame_commit(c, &f);
    flow_enter(c, cs, dpl, eip);
}

static void enter_same(Cpu *c, Desc gate, const Seg *cs, u32 eip, bool call, u32 return_eip)
{
    int size = desc_system(c, gate) == TYPE_CALL32 ? 4 : 2;
    Frame f = frame_current(c);
    if (call)
        frame_probe(c, &f, size, 2);
    check_eip(c, cs, eip);
    if (call) {
        frame_push(c, &f, size, c->s.seg[SEG_CS].sel);
        frame_push(c, &f, size, return_eip);
        frame_commit(c, &f);
    }
    flow_enter(c, cs, c->s.cpl, eip);
}

/* A jump cannot gain privilege. */
static void check_jump(Cpu *c, u16 sel, u16 attr, bool call)
{
    if (!call && code_is_inner(c, attr))
        raise_err(c, EX_GP, sel_error(sel));
}

static void check_code(Cpu *c, u16 sel, bool call, Seg *cs)
{
    if (likely(seg_recall(c, sel, c->s.cpl, FOR_GATE, cs))) {
        check_jump(c, sel, cs->attr, call);
        return;
    }
    Desc d;
    u32 la;
    if (sel_null(sel) || !desc_fetch(c, sel, &d, &la) || !desc_code(d) || desc_dpl(d) > c->s.cpl)
        raise_err(c, EX_GP, sel_error(sel));
    check_jump(c, sel, desc_attr(d), call);
    if (!desc_present(d))
        raise_err(c, EX_NP, sel_error(sel));
    seg_keep(c, sel, c->s.cpl, FOR_GATE, d, la, cs);
}

void gate_transfer(Cpu *c, u16 sel, Desc gate, bool call, u32 return_eip)
{
    if (desc_dpl(gate) < c->s.cpl || desc_dpl(gate) < sel_rpl(sel))
        raise_err(c, EX_GP, sel_error(sel));
    if (!desc_present(gate))
        raise_err(c, EX_NP, sel_error(sel));
    u32 eip = gate.lo & 0xFFFF;
    if (desc_system(c, gate) == TYPE_CALL32)
        eip |= gate.hi & 0xFFFF0000;
    Seg cs;
    check_code(c, (u16)(gate.lo >> 16), call, &cs);
    if (code_is_inner(c, cs.attr))
        call_inner(c, gate, &cs, attr_dpl(cs.attr), eip, return_eip);
    else
        enter_same(c, gate, &cs, eip, call, return_eip);
}
