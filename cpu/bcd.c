/* bcd.c: decimal adjustment. The 8086 differs from all later models in AAA, AAS and DAA, as
 * hardware captures show. */
#include "cpu/internal.h"

static void decimal_flags(Cpu *c, bool carry, bool aux)
{
    c->fr = flags_result(AL, 8);
    c->fc = flags_make_fc(carry, 0, aux);
}

/* The bound of the upper digit: the 8086 takes the lower digit's carry into account. */
static bool high_digit_over(const Cpu *c, u8 old_al, bool aux)
{
    return old_al > (c->model == CPU_8086 && aux ? 0x9F : 0x99);
}

static void adjust_packed(Cpu *c, int sign)
{
    u8 old = AL;
    bool carry = flag_c(c->fc), aux = flag_a(c->fc);
    bool low = (old & 15) > 9 || aux, high = high_digit_over(c, old, aux) || carry;
    u32 v = old;
    bool borrow = false;
    if (low) {
        v += (u32)(sign * 6);
        borrow = v > 0xFF;
    }
    if (high)
        v += (u32)(sign * 0x60);
    AL = (u8)v;
    /* DAS with a borrow from the lower digit sets CF also where the upper digit needs no
     * adjustment */
    decimal_flags(c, high || (sign < 0 && borrow && c->model > CPU_8086), low);
}

void op_daa(Cpu *c, const Insn *i)
{
    adjust_packed(c, 1);
}

void op_das(Cpu *c, const Insn *i)
{
    adjust_packed(c, -1);
}

static void adjust_unpacked(Cpu *c, int sign)
{
    bool over = (AL & 15) > 9 || flag_a(c->fc);
    if (over && c->model == CPU_8086) { /* AL and AH apart */
        AL = (u8)(AL + sign * 6);
        AH = (u8)(AH + sign);
    } else if (over) {
        AX = (u16)(AX + sign * 0x106);
    }
    decimal_flags(c, over, over);
    AL &= 15;
}

void op_aaa(Cpu *c, const Insn *i)
{
    adjust_unpacked(c, 1);
}

void op_aas(Cpu *c, const Insn *i)
{
    adjust_unpacked(c, -1);
}

void op_aam(Cpu *c, const Insn *i)
{
    if (!i->imm)
        divide_error(c, i);
    u8 al = AL;
    AH = (u8)(al / i->imm);
    AL = (u8)(al % i->imm);
    decimal_flags(c, false, false);
}

void op_aad(Cpu *c, const Insn *i)
{
    AX = (u8)(AL + AH * i->imm);
    decimal_flags(c, false, false);
}
