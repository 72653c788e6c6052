/* iret.c: return from interrupts: in real mode, in and into V86 mode, to the same or an outer
 * ring, and to the task that a nested one interrupted. Source: Intel SDM vol. 2, IRET, whose
 * labels the functions here follow; vol. 3, 20.2.2 and 20.3. */
#include "cpu/protect.h"

/* What lies on the stack. */
typedef struct {
    int size;
    u32 eip;
    u16 cs;
    u32 eflags;
} Image;

static Image read_image(Cpu *c, const Insn *i)
{
    int size = osize(i);
    const u8 *top = stack_top(c, 3 * (u32)size);
    if (likely(top != NULL))
        return (Image){size, load_le(top, size), (u16)load_le(top + size, 2),
                       load_le(top + 2 * size, size)};
    return (Image){size, stack_peek(c, 0, size), (u16)stack_peek(c, (u32)size, size),
                   stack_peek(c, 2 * (u32)size, size)};
}

/* Bits that a return with this operand size may write at all. */
static u32 writable(const Cpu *c, const Image *m)
{
    return eflags_of_model(c) & (m->size == 4 ? ~(u32)(VM | VIF | VIP) : 0xFFFF);
}

static void release(Cpu *c, const Image *m)
{
    ESP = sp_add(c, 3 * m->size);
}

/* ---- real and V86 mode ----------------------------------------------------------------------- */

static void finish_real(Cpu *c, const Image *m, u32 value, u32 mask)
{
    if (m->eip > 0xFFFF && m->eip > c->s.seg[SEG_CS].limit)
        raise_err(c, EX_GP, 0);
    release(c, m);
    set_eflags(c, value, mask);
    seg_load_real(c, SEG_CS, m->cs);
    cpu_jump(c, m->eip);
}

static void iret_real(Cpu *c, const Image *m)
{
    u32 mask = writable(c, m);
    if (c->model == CPU_286)
        mask &= ~(u32)(IOPL | NT); /* stay 0 until protected mode */
    finish_real(c, m, m->eflags, mask);
}

/* Without IOPL 3 only VME's 16-bit form gets here, and its IF is the virtual one. */
static void iret_v86(Cpu *c, const Image *m)
{
    if (iopl(c) == 3) {
        finish_real(c, m, m->eflags, writable(c, m) & ~(u32)IOPL);
        return;
    }
    if (m->eflags & TF || (m->eflags & IF && c->s.eflags & VIP))
        raise_err(c, EX_GP, 0);
    u32 vif = m->eflags & IF ? VIF : 0;
    finish_real(c, m, (m->eflags & 0xFFFF) | vif, OSZAPC | TF | DF | NT | VIF);
}

/* ---- protected mode -------------------------------------------------------------------------- */

/* IF and IOPL belong to those who may change them at the privilege level that returns. */
static u32 protected_mask(const Cpu *c, const Image *m)
{
    u32 mask = writable(c, m) & ~(u32)(IF | IOPL);
    if (c->s.cpl <= iopl(c))
        mask |= IF;
    if (c->s.cpl == 0) {
        mask |= IOPL;
        if (m->size == 4)
            mask |= eflags_of_model(c) & (VIF | VIP);
    }
    return mask;
}

/* RETURN-TO-VIRTUAL-8086-MODE: nine dwords: EIP CS EFLAGS ESP SS ES DS FS GS. The manual has #GP(0)
 * for an EIP above FFFFh; Bochs and QEMU, for the sake of programs, ignore its upper half. */
static void return_to_v86(Cpu *c, const Image *m)
{
    static const u8 order[] = {SEG_SS, SEG_ES, SEG_DS, SEG_FS, SEG_GS};
    u32 esp = stack_peek(c, 12, 4);
    u16 sel[ARRAY_LEN(order)];
    for (u32 n = 0; n < ARRAY_LEN(order); n++)
        sel[n] = (u16)stack_peek(c, 16 + 4 * n, 4);
    set_eflags(c, m->eflags, eflags_of_model(c));
    set_cpl(c, 3);
    for (u32 n = 0; n < ARRAY_LEN(order); n++)
        seg_load_real(c, order[n], sel[n]);
    seg_load_real(c, SEG_CS, m->cs);
    ESP = esp;
    cpu_jump(c, (u16)m->eip);
}

/* RETURN-TO-OUTER-PRIVILEGE-LEVEL */
static void return_outer(Cpu *c, const Image *m, const Seg *cs)
{
    int cpl = sel_rpl(cs->sel);
    u32 esp = stack_peek(c, 3 * (u32)m->size, m->size);
    u16 sel = (u16)stack_peek(c, 4 * (u32)m->size, m->size);
    Seg ss;
    seg_check_stack(c, sel, cpl, EX_GP, &ss);
    check_eip(c, cs, m->eip);
    Frame f = frame_inner(c, &ss, esp);
    set_eflags(c, m->eflags, protected_mask(c, m));
    frame_commit(c, &f);
    flow_enter(c, cs, cpl, m->eip);
    flow_drop_segments(c);
}

static void iret_protected(Cpu *c, const Image *m)
{
    if (m->size == 4 && m->eflags & VM && c->s.cpl == 0) {
        return_to_v86(c, m);
        return;
    }
    Seg cs;
    flow_check_return(c, m->cs, &cs);
    if (sel_rpl(m->cs) > c->s.cpl) {
        return_outer(c, m, &cs);
        return;
    }
    check_eip(c, &cs, m->eip);
    release(c, m);
    set_eflags(c, m->eflags, protected_mask(c, m));
    flow_enter(c, &cs, c->s.cpl, m->eip);
}

/* TASK-RETURN: NT says that the first word of the TSS names who was interrupted. */
static void return_task(Cpu *c, const Insn *i)
{
    u16 link = (u16)sys_read(c, c->s.tr.base, 2);
    TaskSwitch t = {
        .why = TASK_IRET, .return_eip = next_eip(c, i), .eflags = get_eflags(c) & ~(u32)NT};
    task_switch(c, link, &t);
}

void op_iret(Cpu *c, const Insn *i)
{
    if (c->s.nmi_blocked) { /* ends even when the return faults (SDM vol. 3, 6.7.1) */
        c->s.nmi_blocked = 0;
        cpu_look(c);
    }
    if (protected_mode(c) && c->s.eflags & NT) {
        return_task(c, i);
        return;
    }
    if (v86(c) && iopl(c) < 3 && (op32(i) || !(c->s.cr4 & CR4_VME)))
        raise_err(c, EX_GP, 0); /* before the stack is looked at */
    Image m = read_image(c, i);
    if (!(c->s.cr0 & CR0_PE))
        iret_real(c, &m);
    else if (v86(c))
        iret_v86(c, &m);
    else
        iret_protected(c, &m);
}
