/* eflags.c: EFLAGS as a whole and the instructions that handle its system flags: PUSHF, POPF, CLI,
 * STI. Inside cpu_run() the arithmetic flags live in Cpu.fr and fc, all others in CpuState.eflags.
 * Source: Intel SDM vol. 1, 3.4.3; vol. 2; vol. 3, 20.3 (VME, PVI). */
#include "cpu/protect.h"

u32 get_eflags(Cpu *c)
{
    u32 fixed = c->model == CPU_8086 ? 0xF002 : 2; /* bits that always read as ones */
    return (c->s.eflags & ~(u32)OSZAPC) | get_arith_flags(c) | fixed;
}

void set_eflags(Cpu *c, u32 value, u32 mask)
{
    if ((mask & OSZAPC) == OSZAPC)
        set_arith_flags(c, value);
    else if (mask & OSZAPC)
        set_arith_flags(c, (get_arith_flags(c) & ~mask) | (value & mask));
    mask &= ~(u32)OSZAPC;
    u32 old = c->s.eflags;
    u32 now = (old & ~mask) | (value & mask);
    c->s.eflags = now;
    if (now & (TF | RF | VIP) || (now & IF && (c->s.intr | c->s.nmi_pending)))
        cpu_look(c);
    if ((now ^ old) & AC) {
        c->align_check = c->s.cpl == 3 && c->s.cr0 & CR0_AM && now & AC;
        cpu_look(c); /* out of the fast core, which does not check */
    }
    if ((now ^ old) & VM)
        cpu_mode_changed(c);
}

void cpu_edit_eflags(Cpu *c, u32 value)
{
    c->s.eflags = (value & eflags_of_model(c)) | 2;
}

/* V86 tasks with IOPL < 3 get at the interrupt flag only through its virtual copy, and only by
 * 16-bit instructions. */
static bool v86_virtual(Cpu *c, const Insn *i)
{
    if (!v86(c) || iopl(c) == 3)
        return false;
    if (!(c->s.cr4 & CR4_VME) || op32(i))
        raise_err(c, EX_GP, 0);
    return true;
}

void op_pushf(Cpu *c, const Insn *i)
{
    u32 image = get_eflags(c) & ~(u32)(VM | RF);
    if (v86_virtual(c, i))
        image = (image & ~(u32)IF) | IOPL | (c->s.eflags & VIF ? IF : 0);
    push(c, osize(i), image);
}

/* The virtual interrupt flag takes IF's place; turning it on while an interrupt is pending, or TF,
 * is for the monitor. */
static void popf_virtual(Cpu *c, u32 image)
{
    if (image & TF || (image & IF && c->s.eflags & VIP))
        raise_err(c, EX_GP, 0);
    u32 vif = image & IF ? VIF : 0;
    set_eflags(c, (image & 0xFFFF) | vif, OSZAPC | TF | DF | NT | VIF);
}

static u32 popf_mask(Cpu *c, bool wide)
{
    u32 mask = eflags_of_model(c) & (wide ? ~(u32)(VM | VIF | VIP) : 0xFFFF);
    if (real_or_v86(c)) {
        if (v86(c))
            mask &= ~(u32)IOPL;
        else if (c->model == CPU_286)
            mask &= ~(u32)(IOPL | NT); /* stay 0 until protected mode */
        return mask;
    }
    if (c->s.cpl > 0)
        mask &= ~(u32)IOPL;
    if (c->s.cpl > iopl(c))
        mask &= ~(u32)IF;
    return mask;
}

void op_popf(Cpu *c, const Insn *i)
{
    bool virtual = v86_virtual(c, i);
    u32 image = stack_peek(c, 0, osize(i));
    if (virtual)
        popf_virtual(c, image);
    else
        set_eflags(c, image & ~(u32)RF, popf_mask(c, op32(i)));
    ESP = sp_add(c, osize(i));
}

/* ---- CLI, STI (SDM vol. 2, tables 3-7 and 4-19) ---------------------------------------------- */

/* Which flag the instruction acts on: IF, VIF, or #GP. */
static u32 interrupt_flag(Cpu *c)
{
    if (real_or_v86(c)) {
        if (!v86(c) || iopl(c) == 3)
            return IF;
        if (c->s.cr4 & CR4_VME)
            return VIF;
    } else {
        if (c->s.cpl <= iopl(c))
            return IF;
        if (c->s.cpl == 3 && c->s.cr4 & CR4_PVI)
            return VIF;
    }
    raise_err(c, EX_GP, 0);
}

void op_cli(Cpu *c, const Insn *i)
{
    set_eflags(c, 0, interrupt_flag(c));
}

void op_sti(Cpu *c, const Insn *i)
{
    u32 flag = interrupt_flag(c);
    if (flag == VIF && c->s.eflags & VIP)
        raise_err(c, EX_GP, 0);
    if (flag == IF && !(c->s.eflags & IF)) {
        c->s.shadow |= SHADOW_STI;
        cpu_look(c);
    }
    set_eflags(c, flag, flag);
}
