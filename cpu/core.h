/* core.h: what the three cores share (exec.c, ops_fast.c, ops_trampoline.c, ops_slow.c).
 *
 * Accounting. c->end is the tick of the deadline. Entering a run charges it as a whole: budget
 * -= left. So before any record i the ticks that remain to the deadline are budget + i->left,
 * and the clock is end - (budget + i->left). A run is entered only if budget stays >= 0; else
 * cpu_run() steps one instruction at a time to the exact tick. */
#ifndef GLASS86_CORE_H
#define GLASS86_CORE_H

#include "cpu/alu.h"
#include "cpu/hot.def"
#include "cpu/page.h"

typedef void FastFn(Cpu *c, const Insn *i, u64 free1, u64 free2, u64 fr, u64 fc);
typedef const Insn *StepFn(Cpu *c, const Insn *i); /* next record, or NULL: s.eip says where */

extern const AnyFn fast_table[OP_COUNT], simple_table[OP_COUNT], flat_table[OP_COUNT];
/* Pairs, by first instruction and condition code of the jump; NULL: not in this form of the core */
extern const AnyFn fast_fused[FUSED_COUNT][16], simple_fused[FUSED_COUNT][16],
    flat_fused[FUSED_COUNT][16];
extern const AnyFn trampoline_table[OP_COUNT];
extern const AnyFn slow_table[OP_COUNT];

/* Makes the state of the machine just before record i visible: EIP, clock. */
static inline void publish(Cpu *c, const Insn *i)
{
    c->cur = i;
    c->s.eip = c->eip_base + i->off;
    c->clock->now = c->end - (u64)(c->budget + i->left);
}

/* The run of record t is entered with `remaining` ticks to past_end, which is the deadline when the
 * fast core runs. That number decides the place in the ring, so there is neither an index to keep
 * nor a tick to work out. */
static inline void note_run(Cpu *c, const Insn *t, s64 remaining)
{
    c->past_insn[(u64)remaining % CPU_HISTORY] = t;
    c->past_left[(u64)remaining % CPU_HISTORY] = (u32)remaining;
}

/* The deadline has changed: makes the ring count to the new one (history.c). */
void history_rebase(Cpu *c);

/* Executes record i on the slow core from within a fast run whose flags and budget are in *c.
 * Returns the record to go on with, its run charged; NULL: leave, everything published. */
const Insn *core_resume(Cpu *c, const Insn *i);

/* Executes the cold instruction i, whose state is published. */
static inline void core_cold(Cpu *c, const Insn *i)
{
    const Row *r = &x86_rows[i->row];
    if (!c->usage.cold[i->row][c->s.cpl]++ && !c->usage.cold_first[i->row])
        c->usage.cold_first[i->row] = c->s.seg[SEG_CS].base + c->s.eip;
    r->cold(c, i);
}

/* The record behind the cold instruction i, which was executed; NULL: go to s.eip. */
static inline const Insn *core_next_of_cold(Cpu *c, const Insn *i)
{
    if (c->attention & ATT_FLOW)
        return NULL;
    if (!(x86_rows[i->row].attr & ROW_END))
        return i + 1;
    c->s.eip = next_eip(c, i);
    return NULL;
}

/* What core_resume() does after the instruction, when i was a cold one and has been executed. */
const Insn *core_after_cold(Cpu *c, const Insn *i);

/* Executes exactly one instruction on the slow core, with all traps (exec.c). */
void core_step_once(Cpu *c, const Insn *i);

/* Looks for a busy-waiting loop here and passes over it (idle.c). */
void idle_skip(Cpu *c);
enum { IDLE_LEAST = 64 }; /* ticks to the deadline, for which it is worth while */
static inline bool idle_due(const Cpu *c)
{
    return (c->clock->now >= c->idle_pace.next || c->poll.due) &&
           c->end - c->clock->now >= IDLE_LEAST;
}
/* The deadline, or the tick to look for a loop if that comes first. */
static inline u64 limit_by_idle(const Cpu *c)
{
    u64 next = c->idle_pace.next;
    return c->clock->now < next && next < c->end ? next : c->end;
}

/* Leaves before record t (not charged: c->budget is what remains) with flags in *c. */
static inline void leave_before(Cpu *c, const Insn *t, s64 remaining)
{
    c->s.eip = c->eip_base + t->off;
    c->clock->now = c->end - (u64)remaining;
}

#endif
