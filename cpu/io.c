/* io.c: IN, OUT, and the few cold instructions that fit nowhere else. */
#include "cpu/internal.h"

static void in(Cpu *c, u16 port, int size)
{
    io_check(c, port, size);
    idle_note_read(c, port, size);
    u32 v = bus_in(c->bus, port, size);
    debug_io_hit(c, port, size);
    reg_set(c, REG_EAX, size, v);
}

static void out(Cpu *c, u16 port, int size)
{
    io_check(c, port, size);
    idle_impure(c);
    bus_out(c->bus, port, size, reg_get(c, REG_EAX, size));
    debug_io_hit(c, port, size);
}

void op_in8_imm(Cpu *c, const Insn *i)
{
    in(c, (u16)i->imm, 1);
}
void op_inv_imm(Cpu *c, const Insn *i)
{
    in(c, (u16)i->imm, osize(i));
}
void op_in8_dx(Cpu *c, const Insn *i)
{
    in(c, DX, 1);
}
void op_inv_dx(Cpu *c, const Insn *i)
{
    in(c, DX, osize(i));
}
void op_out8_imm(Cpu *c, const Insn *i)
{
    out(c, (u16)i->imm, 1);
}
void op_outv_imm(Cpu *c, const Insn *i)
{
    out(c, (u16)i->imm, osize(i));
}
void op_out8_dx(Cpu *c, const Insn *i)
{
    out(c, DX, 1);
}
void op_outv_dx(Cpu *c, const Insn *i)
{
    out(c, DX, osize(i));
}

void op_xlat(Cpu *c, const Insn *i)
{
    u32 off = EBX + AL;
    AL = (u8)mem_read(c, i->seg, ad32(i) ? off : (u16)off, 1);
}

/* The 8086 has no undefined opcodes: what it does with them is unknown here, so nothing. */
void op_ud(Cpu *c, const Insn *i)
{
    if (c->model > CPU_8086)
        raise_ex(c, EX_UD);
}

/* An instruction longer than the model allows. */
void op_gp_fetch(Cpu *c, const Insn *i)
{
    if (c->model > CPU_8086)
        raise_err(c, EX_GP, 0);
}
