/* bcd.c: decimal adjustment. The 8086 differs from all later models in AAA, AAS and DAA, as
 * hardware captures show. The flags that the manuals call undefined are those of the addition
 * or subtraction behind each instruction, as the authors of test386.asm found on a 386SX. */
#include "cpu/alu.h"
#include "cpu/internal.h"

/* CF and AF as given, the others of the last addition or subtraction. */
static void decimal_flags(Cpu *c, bool carry, bool aux)
{
    c->fc = flags_make_fc(carry, flag_o(c->fc), aux);
}

/* The flags of AL + add or AL - add; AL stays. */
static void adjustment_flags(Cpu *c, int sign, u32 add)
{
    if (sign > 0)
        alu_add(AL, add, 8, &c->fr, &c->fc);
    else
        alu_sub(AL, add, 8, &c->fr, &c->fc);
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
    bool borrow = low && old < 6;
    u32 add = (low ? 6 : 0) + (high ? 0x60 : 0);
    adjustment_flags(c, sign, add);
    AL = (u8)(old + (u32)sign * add);
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
    adjustment_flags(c, sign, over ? 6 : 0);
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
    if (!i->imm) {
        /* the division has begun, as hardware captures show */
        if (c->model <= CPU_286)
            alu_logic(c->model == CPU_286 ? AL >> 1 : 0, 8, &c->fr, &c->fc);
        divide_error(c, i);
    }
    u8 al = AL;
    AH = (u8)(al / i->imm);
    AL = (u8)(al % i->imm);
    alu_logic(AL, 8, &c->fr, &c->fc);
}

void op_aad(Cpu *c, const Insn *i)
{
    AX = (u8)alu_add(AL, (u8)(AH * i->imm), 8, &c->fr, &c->fc);
}
