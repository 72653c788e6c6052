/* ops_fast.c: the fast core. Every handler ends in a tail call to the next one; budget and lazy
 * flags travel in argument registers; memory is inline. Whatever is not plain goes through
 * fast_redo() to the slow core and comes back. Compiled at -O2 always: gcc before 15 has no
 * musttail and would grow the stack without sibling-call optimisation. */
#include "cpu/core.h"

#ifndef GLASS86_NO_TAIL

#ifdef __clang__
#define TAIL __attribute__((musttail)) return
#else
#define TAIL return
#endif

#define DISPATCH(t) TAIL((FastFn *)(t)->fn)(c, t, budget, fr, fc)
#define H(name) static void fast_##name(Cpu *c, const Insn *i, s64 budget, u64 fr, u64 fc)

#define NEXT \
    do { \
        const Insn *n_ = i + 1; \
        DISPATCH(n_); \
    } while (0)

#define ENTER(t, ticks) \
    do { \
        const Insn *t_ = (t); \
        budget += i->left - (ticks); \
        note_run(c, t_, budget); \
        budget -= t_->left; \
        if (unlikely(budget < 0)) \
            TAIL fast_leave(c, t_, budget, fr, fc); \
        DISPATCH(t_); \
    } while (0)

#define GO(t) ENTER(t, 1)
#define CHAIN(t) ENTER(t, 0)
#define REDO TAIL fast_redo(c, i, budget, fr, fc)
#define BRANCH(target) \
    do { \
        c->s.eip = (target); \
        TAIL fast_branch(c, i, budget, fr, fc); \
    } while (0)
#define JUMP(target) \
    do { \
        c->s.eip = (target); \
        TAIL fast_jump(c, i, budget, fr, fc); \
    } while (0)

#define OUT_OF_LINE(name) __attribute__((noinline)) H(name)

/* The run of record i does not fit the budget it was just charged to. */
OUT_OF_LINE(leave)
{
    c->fr = fr;
    c->fc = fc;
    leave_before(c, i, budget + i->left);
}

/* The target in s.eip needs more than a look-up: `budget` is what remains. */
OUT_OF_LINE(leave_at_eip)
{
    c->fr = fr;
    c->fc = fc;
    c->clock->now = c->end - (u64)budget;
}

OUT_OF_LINE(redo)
{
    c->fr = fr;
    c->fc = fc;
    c->budget = budget;
    const Insn *n = core_resume(c, i);
    if (unlikely(!n))
        return;
    TAIL((FastFn *)n->fn)(c, n, c->budget, c->fr, c->fc);
}

/* Continues at s.eip with `budget` remaining. */
OUT_OF_LINE(jump)
{
    budget += i->left - 1;
    const Insn *t = page_target(c, c->s.eip);
    if (unlikely(!t))
        TAIL fast_leave_at_eip(c, i, budget, fr, fc);
    note_run(c, t, budget);
    budget -= t->left;
    if (unlikely(budget < 0))
        TAIL fast_leave(c, t, budget, fr, fc);
    DISPATCH(t);
}

static __attribute__((noinline)) void link_to(Cpu *c, const Insn *i)
{
    const DecodedPage *from = c->page;
    const Insn *t = page_target(c, c->s.eip);
    if (t && c->page == from)
        page_link(c, i, t);
}

OUT_OF_LINE(branch)
{
    link_to(c, i);
    TAIL fast_jump(c, i, budget, fr, fc);
}

#include "cpu/ops_mem.inc"
#include "cpu/ops.inc"
#include "cpu/ops_x87.inc"

H(cold)
{
    REDO;
}

H(stale)
{
    REDO;
}

H(brk)
{
    REDO;
}

H(chain)
{
    budget += i->left;
    c->s.eip = c->eip_base + i->off;
    const DecodedPage *from = c->page;
    const Insn *t = page_target(c, c->s.eip);
    if (unlikely(!t))
        TAIL fast_leave_at_eip(c, i, budget, fr, fc);
    if (unlikely(c->page == from))
        page_link(c, i, t);
    note_run(c, t, budget);
    budget -= t->left;
    if (unlikely(budget < 0))
        TAIL fast_leave(c, t, budget, fr, fc);
    DISPATCH(t);
}

const AnyFn fast_table[OP_COUNT] = {
#define ENTRY(n) (AnyFn)fast_##n,
    HOT_OPS(ENTRY)
};

#endif
