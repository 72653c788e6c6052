/* fpu.c: the x87 as a part of the machine: is it there, may it run, what happens to its errors.
 *
 * An unmasked exception sets ES. The next waiting instruction then, with CR0.NE, is #MF. Without
 * NE (and always before the 486) FERR# is active from the error on; the board makes IRQ 13 of it.
 * A waiting instruction stands still until an interrupt comes, or runs regardless while the board
 * holds IGNNE#, which it does from the handler's write to port F0h until FERR# goes away. The 8087
 * asks by its interrupt output (same Line) and never stops the 8086. Sources: Intel SDM vol. 1,
 * 8.7 and vol. 3, 2.5; i486 programmer's reference manual, 16.2. */
#include "cpu/fpu.h"

static void check_available(Cpu *c)
{
    if (c->s.cr0 & (CR0_EM | CR0_TS) && c->model > CPU_8086)
        raise_ex(c, EX_NM);
}

static bool native_errors(const Cpu *c)
{
    return c->model >= CPU_486 && c->s.cr0 & CR0_NE;
}

/* An error is pending and a waiting instruction comes. true: it runs all the same. */
static bool pass_error(Cpu *c)
{
    if (native_errors(c))
        raise_ex(c, EX_MF);
    if (c->s.fpu.ignne || c->model == CPU_8086)
        return true;
    cpu_jump(c, c->s.eip); /* stands still, one tick at a time, until an interrupt */
    return false;
}

/* Without a coprocessor an ESC is nothing but the bus cycle that reads its operand. */
static void read_operand(Cpu *c, const Insn *i)
{
    if (i->flags & INSN_MEM)
        mem_read(c, i->seg, insn_ea(c, i), 2);
}

static bool is_present(Cpu *c)
{
    check_available(c);
    if (!c->fpu_present)
        read_operand(c, c->cur);
    return c->fpu_present;
}

bool fpu_not_ready(Cpu *c)
{
    if (!is_present(c))
        return false;
    return !(c->s.fpu.status & SW_ES) || pass_error(c);
}

bool fpu_ready_nowait(Cpu *c)
{
    return is_present(c);
}

void fpu_changed(Cpu *c)
{
    fpu_derive(c);
}

void fpu_update_error(Cpu *c)
{
    u16 *sw = &c->s.fpu.status;
    bool error = *sw & ~c->s.fpu.control & 0x3F;
    if (c->model == CPU_8086 && c->s.fpu.control & CW_IEM)
        error = false;
    /* B has been a copy of ES since the 387; before, it is the BUSY signal, never seen high by a
     * waiting CPU */
    u16 bits = c->model >= CPU_386 ? SW_ES | SW_B : SW_ES;
    *sw = (u16)((*sw & ~(SW_ES | SW_B)) | (error ? bits : 0));
    fpu_changed(c);
    bool ferr = error && !native_errors(c);
    if (ferr != c->s.fpu.ferr) {
        c->s.fpu.ferr = ferr;
        line_set(&c->ferr, ferr);
    }
}

void cpu_set_ignne(void *cpu, int pin, bool level)
{
    Cpu *c = cpu;
    c->s.fpu.ignne = level;
}

bool fpu_stack_underflow(Cpu *c)
{
    fpu_raise(c, X87_IE | X87_SF);
    return c->s.fpu.control & X87_IE;
}

bool fpu_stack_overflow(Cpu *c)
{
    if (!fpu_old(c))
        c->s.fpu.status |= SW_C1;
    fpu_raise(c, X87_IE | X87_SF);
    return c->s.fpu.control & X87_IE;
}

void op_fwait(Cpu *c, const Insn *i)
{
    if ((c->s.cr0 & (CR0_MP | CR0_TS)) == (CR0_MP | CR0_TS) && c->model > CPU_8086)
        raise_ex(c, EX_NM);
    if (c->s.fpu.status & SW_ES && c->fpu_present)
        pass_error(c);
}

/* Encodings that no x87 defines: #UD since the 387, before that nothing but the bus cycle. */
void op_esc(Cpu *c, const Insn *i)
{
    check_available(c);
    if (c->fpu_present && c->model >= CPU_386)
        raise_ex(c, EX_UD);
    read_operand(c, i);
}
