/* exec.c: cpu_run(): interrupts and traps at exact instructions, faults, and the choice between
 * running fast and stepping. */
#include "cpu/core.h"

/* ---- leaving and entering the cores ---------------------------------------------------------- */

/* Things that need a look after every single instruction, so that the slow core must step. */
static inline bool must_step(const Cpu *c)
{
    return c->s.shadow || c->s.eflags & (TF | RF) || c->align_check || c->core == CORE_SLOW ||
           (c->s.dr[7] & 0xFF && debug_code_breaks(c)) || (c->debug && c->debug->on_insn);
}

/* After an instruction that jumped or changed the mapping: the next record, if nothing else
 * wants attention and it can be had without decoding. Interrupts, far calls and their returns
 * stay in the fast core this way. */
static const Insn *find_next(Cpu *c, const Insn *n, s64 remaining)
{
    if (c->attention & ~(u32)(ATT_FLOW | ATT_LOOKUP) || must_step(c))
        return NULL;
    if (n) {
        if (!(c->attention & ATT_LOOKUP))
            return n;
        leave_before(c, n, remaining);
    }
    const Insn *t = page_target(c, c->s.eip);
    if (t)
        c->attention = 0;
    return t;
}

/* Goes on with n behind i, or at s.eip if n is NULL, in the fast core if that can be. */
static const Insn *resume_at(Cpu *c, const Insn *i, const Insn *n)
{
    s64 remaining = c->budget + i->left - 1;
    if (unlikely(!n || c->attention)) {
        const Insn *t = find_next(c, n, remaining);
        if (!t) {
            if (n)
                leave_before(c, n, remaining);
            else
                c->clock->now = c->end - (u64)remaining;
            return NULL;
        }
        n = t;
    }
    if (likely(c->clock->deadline >= c->end)) {
        c->budget = remaining - n->left;
        note_run(c, n, remaining);
        if (likely(c->budget >= 0))
            return n;
    }
    leave_before(c, n, remaining);
    return NULL;
}

const Insn *core_resume(Cpu *c, const Insn *i)
{
    publish(c, i);
    return resume_at(c, i, ((StepFn *)slow_table[i->op])(c, i));
}

const Insn *core_after_cold(Cpu *c, const Insn *i)
{
    return resume_at(c, i, core_next_of_cold(c, i));
}

static void run_fast(Cpu *c, const Insn *i)
{
    c->budget = (s64)(c->end - c->clock->now) - i->left;
    if (c->past_end != c->end)
        history_rebase(c);
    note_run(c, i, (s64)(c->end - c->clock->now));
#ifndef GLASS86_NO_TAIL
    if (c->core == CORE_FAST) {
        ((FastFn *)i->fn)(c, i, 0, 0, c->fr, c->fc);
        return;
    }
#endif
    while (i)
        i = ((StepFn *)i->fn)(c, i);
}

/* Executes exactly one instruction on the slow core, pseudo-instructions before it included. */
static void step(Cpu *c, const Insn *i)
{
    bool pseudo;
    do {
        u64 before = c->clock->now;
        c->budget = (s64)(c->end - before) - i->left;
        publish(c, i);
        note_run(c, i, (s64)(c->past_end - before));
        if (unlikely(c->debug && c->debug->on_insn) && (i->op == OP_cold || i->op > OP_chain_l))
            c->debug->on_insn(c->debug->ctx, i);
        const Insn *n = ((StepFn *)slow_table[i->op])(c, i);
        c->clock->now = c->end - (u64)(c->budget + i->left - 1);
        pseudo = c->clock->now == before && !c->attention;
        if (n)
            leave_before(c, n, (s64)(c->end - c->clock->now));
        i = n;
    } while (pseudo && i);
}

/* ---- between instructions -------------------------------------------------------------------- */

/* VIF and VIP both set where one of the Pentium's extensions is on: the monitor has an interrupt
 * for a program that takes interrupts, and hears of it before that executes anything (SDM vol. 3,
 * 20.3.2). STI, POPF and IRET of the program itself see to it; this is for IRETD and task switches
 * that come with both. */
static bool virtual_interrupt_due(const Cpu *c)
{
    u32 both = VIF | VIP;
    return unlikely((c->s.eflags & both) == both) && c->s.cpl == 3 &&
           c->s.cr4 & (v86(c) ? CR4_VME : CR4_PVI);
}

/* Delivers the interrupt or trap that is due, if any. */
static void take_interrupts(Cpu *c)
{
    CpuState *s = &c->s;
    if (s->nmi_pending && !s->nmi_blocked) {
        s->nmi_pending = 0;
        s->nmi_blocked = 1;
        s->halted = 0;
        interrupt(c, EX_NMI, false, false, 0, s->eip);
    } else if (s->intr && s->eflags & IF) {
        s->halted = 0;
        int vector = c->ack ? c->ack(c->ack_ctx) : 0;
        interrupt(c, vector, false, false, 0, s->eip);
    } else if (virtual_interrupt_due(c)) {
        raise_err(c, EX_GP, 0);
    }
}

/* Looks at everything that asked for attention; true: cpu_run() returns *e. */
static bool attend(Cpu *c, CpuExit *e)
{
    u32 why = c->attention;
    c->attention = 0;
    if (why & ATT_BREAK) {
        c->break_passed = true;
        *e = CPU_EXIT_BREAK;
        return true;
    }
    if (why & ATT_STOP) {
        c->attention = why & ATT_EVENT;
        *e = CPU_EXIT_STOP;
        return true;
    }
    if (!(why & ATT_EVENT))
        return false;
    c->cur = &c->between;
    if (!c->s.shutdown && !c->s.shadow)
        take_interrupts(c);
    if (c->s.shutdown || c->s.halted) {
        c->attention |= ATT_EVENT; /* until something changes, stay here */
        *e = c->s.shutdown ? CPU_EXIT_SHUTDOWN : CPU_EXIT_HALT;
        return true;
    }
    return false;
}

static bool is_software_interrupt(const Insn *i)
{
    ColdFn *f = x86_rows[i->row].cold;
    return f == op_int_n || f == op_int3 || f == op_into || f == op_int1;
}

static bool repeats(const Insn *i)
{
    return i->flags & (INSN_REP | INSN_REPNE) && x86_rows[i->row].attr & (ROW_REPS | ROW_REPC);
}

/* One instruction, or one iteration of a REP, with the trap flag, RF, the shadow of STI and MOV
 * SS, and the code breakpoints of DR0-3. */
static void step_with_traps(Cpu *c, const Insn *i)
{
    CpuState *s = &c->s;
    bool trap = s->eflags & TF, resumed = s->eflags & RF, again = repeats(i);
    u8 shadow = s->shadow;
    u64 end = c->end;
    u32 eip = s->eip;
    if (!resumed && !(shadow & SHADOW_MOV_SS) && debug_code_hit(c))
        return;
    s->eflags &= ~(u32)RF; /* holds for one instruction; IRET may set it again */
    s->shadow = 0;
    if (trap || resumed || shadow)
        c->end = c->clock->now + 1;
    bool soft_int = is_software_interrupt(i);
    step(c, i);
    c->end = end;
    if (resumed && again && s->eip == eip)
        s->eflags |= RF; /* the instruction is not over yet */
    if (shadow | s->shadow)
        cpu_look(c); /* interrupts were held off */
    if (s->shadow & SHADOW_MOV_SS)
        return; /* traps wait as well */
    if (trap && !(soft_int && !(s->eflags & TF))) { /* INT clears TF and with it its own trap */
        u32 data = s->debug_trap; /* one exception tells of all that happened */
        s->debug_trap = 0;
        c->cur = &c->between;
        debug_exception(c, DR6_BS | data);
    }
}

void core_step_once(Cpu *c, const Insn *i)
{
    if (must_step(c))
        step_with_traps(c, i);
    else
        step(c, i);
}

/* The next tick at which somebody must look. */
static u64 limit(const Cpu *c, u64 until)
{
    return c->clock->deadline < until ? c->clock->deadline : until;
}

static CpuExit loop(Cpu *c, u64 until)
{
    CpuExit e;
    for (;;) {
        c->end = limit(c, until);
        if (c->s.debug_trap && !c->s.shadow) {
            u32 hit = c->s.debug_trap;
            c->s.debug_trap = 0;
            c->cur = &c->between;
            debug_exception(c, hit);
        }
        /* again after a delivery: nothing of it may be left when instructions run */
        while (c->attention)
            if (attend(c, &e))
                return e;
        c->end = limit(c, until); /* a frame pushed into a device may have armed an event */
        if (c->clock->now >= c->end)
            return CPU_EXIT_TIME;
        bool stepping = must_step(c);
        if (unlikely(idle_due(c)) && !stepping && !(c->debug && c->debug->exact)) {
            idle_skip(c);
            continue;
        }
        c->end = limit_by_idle(c);
        c->cur = &c->between;
        const Insn *i = page_find(c);
        if (unlikely(stepping))
            step_with_traps(c, i);
        else if (i->left > c->end - c->clock->now)
            step(c, i);
        else
            run_fast(c, i);
    }
}

CpuExit cpu_run(Cpu *c, u64 until)
{
    flags_set(c->s.eflags, &c->fr, &c->fc);
    c->end = limit(c, until);
    c->between.left = 0;
    c->budget = 0;
    if (setjmp(c->fault_jmp)) {
        /* the faulting instruction took the tick that its delivery takes */
        if (c->cur != &c->between)
            c->clock->now = c->end - (u64)(c->budget + c->cur->left);
        c->clock->now++;
        c->idle = NULL;
        c->s.shadow = 0;
        c->s.debug_trap = 0; /* an instruction that faults has touched nothing */
        if (unlikely(c->model == CPU_286))
            string_fault_286(c);
        fault_deliver(c);
    }
    CpuExit e = loop(c, until);
    if (c->model < CPU_386)
        c->s.eip = (u16)c->s.eip; /* IP wraps; page_find() sees to it in between */
    c->s.eflags = (c->s.eflags & ~(u32)OSZAPC) | get_arith_flags(c);
    return e;
}
