/* fault.c: exceptions. raise_*() abandons an instruction by longjmp to cpu_run(); fault_deliver()
 * then sends the pending fault through interrupt(). A fault raised during that delivery comes back
 * here, where it becomes a second fault, a double fault or a shutdown. Source: Intel SDM vol. 3,
 * chapter 6, table 6-5 above all. */
#include "cpu/protect.h"

/* Error codes of these name a selector and have room for EXT, the mark of a fault met while
 * delivering an event from outside the program (SDM vol. 3, 6.13). */
static bool has_ext(int vector)
{
    return vector >= EX_TS && vector <= EX_GP;
}

static _Noreturn void leave(Cpu *c, int vector, bool has_error, u32 error)
{
    c->fault_vector = vector;
    c->fault_has_error = has_error;
    c->fault_error = error;
    longjmp(c->fault_jmp, 1);
}

_Noreturn void raise_ex(Cpu *c, int vector)
{
    leave(c, vector, false, 0);
}

_Noreturn void raise_err(Cpu *c, int vector, u32 error)
{
    leave(c, vector, true, error | (c->external && has_ext(vector)));
}

_Noreturn void raise_pf(Cpu *c, u32 la, u32 error)
{
    c->s.cr2 = la;
    leave(c, EX_PF, true, error);
}

_Noreturn void debug_exception(Cpu *c, u32 dr6_bits)
{
    c->s.dr[6] |= dr6_bits;
    c->s.dr[7] &= ~(u32)DR7_GD; /* so that the handler may use the debug registers */
    raise_ex(c, EX_DB);
}

/* ---- delivery -------------------------------------------------------------------------------- */

static bool contributory(int vector)
{
    return vector == EX_DE || (vector >= EX_TS && vector <= EX_GP);
}

static bool makes_double_fault(int first, int second)
{
    if (first == EX_PF)
        return second == EX_PF || contributory(second);
    return contributory(first) && contributory(second);
}

static bool makes_shutdown(int first, int second)
{
    return first == EX_DF && (second == EX_DF || second == EX_PF || contributory(second));
}

static void shut_down(Cpu *c)
{
    c->delivering = -1;
    c->s.shutdown = 1;
    cpu_look(c);
}

static void tell(Cpu *c)
{
    if (c->debug && c->debug->on_fault)
        c->debug->on_fault(c->debug->ctx, c->fault_vector, c->fault_has_error, c->fault_error);
}

void fault_deliver(Cpu *c)
{
    int first = c->delivering;
    c->external = false;
    tell(c);
    if (makes_shutdown(first, c->fault_vector)) {
        shut_down(c);
        return;
    }
    if (makes_double_fault(first, c->fault_vector)) {
        c->fault_vector = EX_DF;
        c->fault_has_error = true;
        c->fault_error = 0;
        tell(c);
    } else if (c->fault_vector == EX_DF) {
        c->fault_has_error = true;
    }
    c->delivering = c->fault_vector;
    interrupt(c, c->fault_vector, false, c->fault_has_error, c->fault_error, c->s.eip);
    c->delivering = -1;
}
