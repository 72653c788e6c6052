/* ops_fast.c: the fast core. Every handler ends in a tail call to the next one; the lazy
 * flags travel in argument registers; memory is inline. Whatever is not plain goes through
 * fast_redo() to the slow core and comes back. Compiled at -O2 always: gcc before 15 has no
 * musttail and would grow the stack without sibling-call optimisation. */
#include "cpu/core.h"

#ifndef GLASS86_NO_TAIL

#ifndef FAST /* ops_flat.c and ops_simple.c include this file */
#define FAST(name) fast_##name
#endif

#ifdef __clang__
#define TAIL __attribute__((musttail)) return
#else
#define TAIL return
#endif

/* Goes to the handler of record t. The third and fourth argument mean nothing: their registers stay
 * free for the bodies that way; x86-64 hosts need them for shift counts and products, and gcc likes
 * to compute in them. The asm also hides that t may be i + 1, which gcc would compute twice. */
#ifdef __x86_64__
#define ANY3 "=d"
#define ANY4 "=c"
#else
#define ANY3 "=r"
#define ANY4 "=r"
#endif
#define DISPATCH(t) \
    do { \
        const Insn *to_ = (t); \
        u64 free_, free2_; \
        __asm__("" : "+r"(to_), ANY3(free_), ANY4(free2_)); \
        TAIL((FastFn *)to_->fn)(c, to_, free_, free2_, fr, fc); \
    } while (0)
#define PASS 0, 0, fr, fc
#define H(name) \
    static void FAST(name)(Cpu *c, const Insn *i, u64 free1, u64 free2, u64 fr, u64 fc)

#define NEXT DISPATCH(i + 1)

#define ENTER(t, ticks) \
    do { \
        const Insn *t_ = (t); \
        s64 remaining_ = c->budget + i->left - (ticks); \
        note_run(c, t_, remaining_); \
        c->budget = remaining_ - t_->left; \
        if (unlikely(c->budget < 0)) \
            TAIL FAST(leave)(c, t_, PASS); \
        DISPATCH(t_); \
    } while (0)

#define GO(t) ENTER(t, 1)
#define CHAIN(t) ENTER(t, 0)
#define REDO TAIL FAST(redo)(c, i, PASS)
#define BRANCH(target) \
    do { \
        c->s.eip = (target); \
        TAIL FAST(branch)(c, i, PASS); \
    } while (0)
#define JUMP(target) \
    do { \
        u32 eip_ = (target); \
        const Insn *near_ = page_near(c, eip_); \
        if (likely(near_ != NULL)) \
            GO(near_); \
        c->s.eip = eip_; \
        TAIL FAST(jump)(c, i, PASS); \
    } while (0)

#define OUT_OF_LINE(name) __attribute__((noinline)) H(name)

/* The run of record i does not fit the budget it was just charged to. */
OUT_OF_LINE(leave)
{
    c->fr = fr;
    c->fc = fc;
    leave_before(c, i, c->budget + i->left);
}

/* The target in s.eip needs more than a look-up: c->budget is what remains. */
OUT_OF_LINE(leave_at_eip)
{
    c->fr = fr;
    c->fc = fc;
    c->clock->now = c->end - (u64)c->budget;
}

OUT_OF_LINE(redo)
{
    c->fr = fr;
    c->fc = fc;
    const Insn *n = core_resume(c, i);
    if (unlikely(!n))
        return;
    fr = c->fr;
    fc = c->fc;
    DISPATCH(n);
}

/* Continues at s.eip with c->budget remaining. */
OUT_OF_LINE(enter_eip)
{
    const Insn *t = page_target(c, c->s.eip);
    if (unlikely(!t))
        TAIL FAST(leave_at_eip)(c, i, PASS);
    note_run(c, t, c->budget);
    c->budget -= t->left;
    if (unlikely(c->budget < 0))
        TAIL FAST(leave)(c, t, PASS);
    DISPATCH(t);
}

/* Goes from i, which takes one tick, to s.eip. */
OUT_OF_LINE(jump)
{
    c->budget += i->left - 1;
    TAIL FAST(enter_eip)(c, i, PASS);
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
    if (c->s.eip - c->eip_base < 4096)
        link_to(c, i);
    TAIL FAST(jump)(c, i, PASS);
}

#include "cpu/ops_mem.inc"
#include "cpu/ops.inc"
#include "cpu/ops_fused.inc"
#include "cpu/ops_x87.inc"

/* The instruction jumped, or something wants attention. */
OUT_OF_LINE(cold_left)
{
    const Insn *n = core_after_cold(c, i);
    if (unlikely(!n))
        return;
    fr = c->fr;
    fc = c->fc;
    DISPATCH(n);
}

/* Plain C with everything published before. It may have armed an event that is due sooner than the
 * deadline of this run, or, repeating, have used up the budget. */
H(cold)
{
    c->fr = fr;
    c->fc = fc;
    publish(c, i);
    core_cold(c, i);
    if (unlikely(c->attention || x86_rows[i->row].attr & ROW_END ||
                 c->clock->deadline < c->end || c->budget < 0))
        TAIL FAST(cold_left)(c, i, PASS);
    fr = c->fr;
    fc = c->fc;
    NEXT;
}

#define FULL TAIL FAST(cold)(c, i, PASS)
#include "cpu/ops_system.inc"

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
    c->budget += i->left;
    c->s.eip = c->eip_base + i->off;
    link_to(c, i);
    TAIL FAST(enter_eip)(c, i, PASS);
}

const AnyFn FAST(table)[OP_COUNT] = {
#define ENTRY(n) (AnyFn)FAST(n),
    HOT_OPS(ENTRY)
};

#endif
