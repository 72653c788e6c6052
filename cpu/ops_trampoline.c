/* ops_trampoline.c: the trampoline core: the same bodies and the same inline memory as the fast
 * core, but each handler returns the next record to a loop. It runs where tail calls can't be
 * had (sanitizers, -O0) and is an oracle for the fast core. */
#include "cpu/core.h"

#define H(name) \
    static const Insn *tramp2_##name(Cpu *c, const Insn *i, u64 fr, u64 fc); \
    static const Insn *tramp_##name(Cpu *c, const Insn *i) \
    { \
        return tramp2_##name(c, i, c->fr, c->fc); \
    } \
    static inline const Insn *tramp2_##name(Cpu *c, const Insn *i, u64 fr, u64 fc)

#define DONE(t) return c->fr = fr, c->fc = fc, (t)
#define NEXT DONE(i + 1)
#define GO(t) DONE(charge(c, i, t, 1))
#define CHAIN(t) DONE(charge(c, i, t, 0))
#define REDO return core_resume(c, i)
#define BRANCH(target) DONE(go_to(c, i, target, 1, true))
#define JUMP(target) DONE(go_to(c, i, target, 1, false))

/* From i to the run of t; NULL if that does not fit. */
static const Insn *charge(Cpu *c, const Insn *i, const Insn *t, int ticks)
{
    s64 remaining = c->budget + i->left - ticks;
    note_run(c, t, remaining);
    c->budget = remaining - t->left;
    if (likely(c->budget >= 0))
        return t;
    leave_before(c, t, remaining);
    return NULL;
}

static const Insn *go_to(Cpu *c, const Insn *i, u32 eip, int ticks, bool link)
{
    const DecodedPage *from = c->page;
    const Insn *t = page_target(c, eip);
    if (!t) {
        c->s.eip = eip;
        c->clock->now = c->end - (u64)(c->budget + i->left - ticks);
        return NULL;
    }
    if (link && c->page == from)
        page_link(c, i, t);
    return charge(c, i, t, ticks);
}

#include "cpu/ops_mem.inc"
#include "cpu/ops.inc"
#include "cpu/ops_x87.inc"
#define FULL REDO
#include "cpu/ops_system.inc"

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
    DONE(go_to(c, i, c->eip_base + i->off, 0, true));
}

const AnyFn trampoline_table[OP_COUNT] = {
#define ENTRY(n) (AnyFn)tramp_##n,
    HOT_OPS(ENTRY)
};
