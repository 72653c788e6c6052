/* stackops.c: PUSHA, POPA, ENTER, POP to memory. All check the whole stack range before they
 * change anything. */
#include "cpu/protect.h"

void op_pusha(Cpu *c, const Insn *i)
{
    int size = osize(i);
    Frame f = frame_current(c);
    frame_probe(c, &f, size, 8);
    for (int n = 0; n < 8; n++)
        frame_push(c, &f, size, c->s.r[n]);
    ESP = f.sp;
}

/* The stored SP is skipped; but on a 16-bit stack, the 386's POPAD lets the upper half of the
 * stored ESP into the register (seen on the chip by the authors of test386.asm; no manual has it).
 */
void op_popa(Cpu *c, const Insn *i)
{
    int size = osize(i);
    u32 v[8];
    const u8 *top = stack_top(c, 8 * (u32)size);
    for (int n = 0; n < 8; n++)
        v[n] = top ? load_le(top + (7 - n) * size, size)
                   : stack_peek(c, (u32)((7 - n) * size), size);
    for (int n = 0; n < 8; n++)
        if (n != 4)
            reg_set(c, (u8)(n * 4), size, v[n]);
    ESP = sp_add(c, 8 * size);
    if (c->model == CPU_386 && size == 4 && c->sp_mask == 0xFFFF)
        ESP = (ESP & 0xFFFF) | (v[4] & 0xFFFF0000);
}

void op_enter(Cpu *c, const Insn *i)
{
    int size = osize(i), level = i->disp & 31;
    u32 mask = c->sp_mask, sp = (ESP - (u32)size) & mask, bp = EBP;
    mem_write(c, SEG_SS, sp, size, EBP);
    u32 frame = (ESP & ~mask) | sp; /* all of ESP, also on a 16-bit stack */
    for (int n = 1; n < level; n++) {
        bp -= (u32)size;
        u32 v = mem_read(c, SEG_SS, bp & mask, size);
        sp = (sp - (u32)size) & mask;
        mem_write(c, SEG_SS, sp, size, v);
    }
    if (level) {
        sp = (sp - (u32)size) & mask;
        mem_write(c, SEG_SS, sp, size, frame);
    }
    sp = (sp - i->imm) & mask;
    mem_probe_write(c, SEG_SS, sp, (u32)size); /* the new top of stack must be writable */
    reg_set(c, REG_EBP, size, frame);
    ESP = (ESP & ~mask) | sp;
}

/* The address of the operand is computed with SP already incremented. If the write then faults, the
 * 286 leaves SP so (hardware captures); later models start over with the old one. */
void op_pop_rm(Cpu *c, const Insn *i)
{
    int size = osize(i);
    u32 v = stack_peek(c, 0, size), old = ESP, after = sp_add(c, size);
    if (i->flags & INSN_MEM) {
        ESP = after;
        u32 ea = insn_ea(c, i);
        if (c->model != CPU_286)
            ESP = old;
        mem_write(c, i->seg, ea, size, v);
        ESP = after;
    } else {
        ESP = after;
        reg_set(c, i->dst, size, v);
    }
}
