/* ops_slow.c: the slow core: the same bodies with called memory (mem.c), which handles
 * everything and raises faults by longjmp. It executes single instructions for the other cores
 * (TLB misses, MMIO, watched pages, all cold instructions) and steps, traces and single-steps. */
#include "cpu/core.h"

#define H(name) \
    static const Insn *slow2_##name(Cpu *c, const Insn *i, u64 fr, u64 fc); \
    static const Insn *slow_##name(Cpu *c, const Insn *i) \
    { \
        return slow2_##name(c, i, c->fr, c->fc); \
    } \
    static inline const Insn *slow2_##name(Cpu *c, const Insn *i, u64 fr, u64 fc)

#define DONE(t) return c->fr = fr, c->fc = fc, (t)
#define NEXT DONE(i + 1)
#define GO(t) DONE(t)
#define CHAIN(t) DONE(no_tick(c, t))
#define BRANCH(target) DONE(go_to(c, target))
#define JUMP(target) DONE(go_to(c, target))
#define REDO panic("the slow core has nowhere to go")
#define DIVIDE_ERROR raise_ex(c, EX_DE)

#define LOAD(w, v, sg, off) v = (u##w)mem_read(c, sg, off, w / 8)
#define RMW(w, v, sg, off) \
    int seg_ = (sg); \
    u32 off_ = (off); \
    v = (u##w)mem_read_rmw(c, seg_, off_, w / 8)
#define WRITE_BACK(w, v) mem_write(c, seg_, off_, w / 8, v)
#define STORE(w, sg, off, v) mem_write(c, sg, off, w / 8, v)
#define CHECK_EIP(eip) \
    do { \
        if ((eip) > (u32)c->cs_key) \
            raise_err(c, EX_GP, 0); \
    } while (0)

/* The caller counts every record as one tick; a pseudo-instruction takes none. */
static const Insn *no_tick(Cpu *c, const Insn *t)
{
    c->budget++;
    return t;
}

static const Insn *go_to(Cpu *c, u32 eip)
{
    c->s.eip = eip;
    return page_target(c, eip);
}

#include "cpu/ops.inc"

H(cold)
{
    core_cold(c, i);
    return core_next_of_cold(c, i);
}

#define SYSTEM_SLOW(n) \
    H(n) \
    { \
        core_cold(c, i); \
        return core_next_of_cold(c, i); \
    }
HOT_SYSTEM(SYSTEM_SLOW)

#define X87_SLOW(n) \
    H(n) \
    { \
        x86_rows[i->row].cold(c, i); \
        return c->attention & ATT_FLOW ? NULL : i + 1; \
    }
HOT_X87(X87_SLOW)

H(stale)
{
    return no_tick(c, page_heal(c, i));
}

H(brk)
{
    idle_impure(c); /* whoever waits here wants to hear of each time */
    if (!c->break_passed && c->debug &&
        c->debug->on_break(c->debug->ctx, c->s.seg[SEG_CS].base + c->s.eip)) {
        c->attention |= ATT_BREAK;
        return no_tick(c, NULL);
    }
    c->break_passed = false;
    if (!c->page) /* not in a decoded page: temp_insn() kept the handler */
        return ((StepFn *)slow_table[c->temp_op])(c, i);
    Insn real;
    if (!decode(&c->decode, c->page->host + i->off, 4096 - i->off, c->page->code32, &real))
        panic("breakpoint on an instruction that is no longer there");
    return ((StepFn *)slow_table[real.op])(c, i);
}

H(chain)
{
    const DecodedPage *from = c->page;
    const Insn *t = go_to(c, c->eip_base + i->off);
    if (t && c->page == from)
        page_link(c, i, t);
    return no_tick(c, t);
}

const AnyFn slow_table[OP_COUNT] = {
#define ENTRY(n) (AnyFn)slow_##n,
    HOT_OPS(ENTRY)
};
