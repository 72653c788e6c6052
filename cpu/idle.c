/* idle.c: passes over busy-waiting without executing it. When a stretch of instructions ends in
 * exactly the state it began in (registers, flags, every byte it wrote, and the TLB) and touched no
 * device, then it will repeat until the next event: whole periods are added to the clock at
 * once. Nothing a guest can see depends on whether this happens, so it needs no heuristics about
 * what the guest is, and when to look is a matter of cost alone.
 *
 * A DOS prompt polls the keyboard through INT 16h some 300 instructions at a time; this is what
 * lets the host sleep. */
#include "cpu/core.h"

enum {
    IDLE_STEPS = 4000,      /* longest period looked for */
    IDLE_FIRST_WAIT = 4096, /* ticks between two attempts; doubled by each failure */
    IDLE_LAST_WAIT = 1 << 24,
};

void idle_note_write(Cpu *c, u8 *host, int size)
{
    IdleLog *l = c->idle;
    if (l->count == (int)ARRAY_LEN(l->write)) {
        l->impure = true;
        return;
    }
    l->write[l->count].host = host;
    l->write[l->count].size = (u8)size;
    l->write[l->count].old = load_le(host, size);
    l->count++;
}

/* Does every byte that was written hold what it held at the beginning? Entries may overlap, so
 * the writes are undone, newest first, compared, and done again. */
static bool memory_unchanged(const IdleLog *l)
{
    u32 final[ARRAY_LEN(l->write)];
    bool same = true;
    for (int n = 0; n < l->count; n++)
        final[n] = load_le(l->write[n].host, l->write[n].size);
    for (int n = l->count - 1; n >= 0; n--)
        store_le(l->write[n].host, l->write[n].size, l->write[n].old);
    for (int n = 0; n < l->count; n++)
        same &= load_le(l->write[n].host, l->write[n].size) == final[n];
    for (int n = 0; n < l->count; n++)
        store_le(l->write[n].host, l->write[n].size, final[n]);
    return same;
}

static bool same_state(Cpu *c, const CpuState *before)
{
    if (c->s.eip != before->eip || memcmp(c->s.r, before->r, sizeof before->r))
        return false;
    CpuState now = c->s;
    now.eflags = (now.eflags & ~(u32)OSZAPC) | get_arith_flags(c);
    return !memcmp(&now, before, sizeof now);
}

/* What else decides how the instructions would go on: the TLB, and page tables that the processor
 * has written itself. */
typedef struct {
    u64 marks;
    TlbState tlb;
} Translations;

static void note_translations(Cpu *c, Translations *t)
{
    t->marks = c->mmu.marks;
    if (c->s.cr0 & CR0_PG) {
        mmu_gather(&c->mmu);
        t->tlb = c->mmu.s;
    }
}

static bool same_translations(Cpu *c, const Translations *t)
{
    if (!(c->s.cr0 & CR0_PG))
        return true;
    mmu_gather(&c->mmu);
    return t->marks == c->mmu.marks && !memcmp(&t->tlb, &c->mmu.s, sizeof t->tlb);
}

/* Something wants to happen other than the next instruction. */
static bool interrupted(const Cpu *c)
{
    const CpuState *s = &c->s;
    return c->attention & (ATT_STOP | ATT_BREAK) || s->intr || s->nmi_pending || s->halted ||
           s->shutdown || s->debug_trap;
}

/* Executes instructions until the state at entry comes back; the ticks that took, or 0. */
static u64 find_period(Cpu *c)
{
    IdleLog log = {.impure = false};
    CpuState before = c->s;
    before.eflags = (before.eflags & ~(u32)OSZAPC) | get_arith_flags(c);
    u64 start = c->clock->now, period = 0;
    Translations translations;
    note_translations(c, &translations);
    c->idle = &log;
    for (int n = 0; n < IDLE_STEPS && !log.impure && !interrupted(c) && c->clock->now < c->end;
         n++) {
        c->attention = 0;
        c->cur = &c->between;
        core_step_once(c, page_find(c));
        if (log.impure || !same_state(c, &before))
            continue;
        if (memory_unchanged(&log) && same_translations(c, &translations)) {
            period = c->clock->now - start;
            break;
        }
        /* the first round left its traces on the stack; the next one will not differ */
        log.count = 0;
        start = c->clock->now;
        note_translations(c, &translations);
    }
    c->idle = NULL;
    return period;
}

void idle_skip(Cpu *c)
{
    u64 period = find_period(c);
    if (period && !interrupted(c) && c->clock->now < c->end) {
        c->clock->now += (c->end - c->clock->now) / period * period;
        c->idle_wait = IDLE_FIRST_WAIT;
    } else if (c->idle_wait < IDLE_LAST_WAIT) {
        c->idle_wait = c->idle_wait ? c->idle_wait * 2 : IDLE_FIRST_WAIT;
    }
    c->idle_next = c->clock->now + (period ? 0 : c->idle_wait);
}
