/* idle.c: passes over busy-waiting without executing it. When a stretch of instructions ends in
 * exactly the state it began in (registers, flags, every byte it wrote, and the TLB) and touched no
 * device, then it will repeat until the next event: whole periods are added to the clock at
 * once. Reading a port whose device says that the answer holds up to some tick (bus_steady()) is no
 * touch, but ends the stretch there. Nothing a guest can see depends on whether this happens, so it
 * needs no heuristics about what the guest is, and when to look is a matter of cost alone.
 *
 * A DOS prompt polls the keyboard through INT 16h some 300 instructions at a time, a game waits for
 * the vertical retrace at port 3DAh; this is what lets the host sleep. Loops of the first kind are
 * looked for at a pace of their own, those of the second when IN after IN is seen. */
#include "cpu/core.h"

enum {
    IDLE_STEPS = 4000, /* longest period looked for */
    /* ticks from a failed attempt to the next: at first; doubled by each failure up to ... */
    IDLE_FIRST_WAIT = 4096,
    IDLE_SHARE = 4096, /* ... so many times the ticks that the attempt took ... */
    IDLE_COST = 64,    /* ... and so many more, since beginning one has its price as well */
    POLLS = 8,         /* reads of ports within POLL_TICKS after which a loop is looked for */
    POLL_TICKS = 400,
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

/* Counts reads of ports; when many follow each other and a device may be waited for, cpu_run()
 * looks into it before the next instruction. */
static void note_poll(Cpu *c, u16 port)
{
    u64 now = c->clock->now;
    if (c->poll.count++ == 0)
        c->poll.since = now;
    if (c->poll.count < POLLS)
        return;
    c->poll.count = 0;
    if (now - c->poll.since < POLL_TICKS && now >= c->poll.pace.next &&
        bus_steady(c->bus, port).until > now) {
        c->poll.due = true;
        cpu_look(c);
    }
}

void idle_note_read(Cpu *c, u16 port, int size)
{
    IdleLog *l = c->idle;
    if (likely(!l)) {
        note_poll(c, port);
        return;
    }
    BusSteady steady = size == 1 ? bus_steady(c->bus, port) : (BusSteady){0};
    l->impure |= steady.until <= c->clock->now;
    l->until = steady.until < l->until ? steady.until : l->until;
    l->toggled ^= steady.toggles;
}

static void log_begin(IdleLog *l)
{
    l->count = 0;
    l->impure = false;
    l->until = UINT64_MAX;
    l->toggled = 0;
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
    return c->attention & (ATT_STOP | ATT_BREAK) || (s->intr && s->eflags & IF) || s->nmi_pending ||
           s->halted || s->shutdown || s->debug_trap;
}

/* Executes instructions until the state at entry comes back; the ticks that took, or 0. *until: the
 * tick at which it may turn out otherwise. */
static u64 find_period(Cpu *c, u64 *until)
{
    IdleLog log;
    log_begin(&log);
    CpuState before = c->s;
    before.eflags = (before.eflags & ~(u32)OSZAPC) | get_arith_flags(c);
    u64 start = c->clock->now, period = 0;
    Translations translations;
    note_translations(c, &translations);
    c->idle = &log;
    for (int n = 0; n < IDLE_STEPS && !log.impure && !interrupted(c) && c->clock->now < c->end &&
                    c->clock->now < log.until;
         n++) {
        c->attention = 0;
        c->cur = &c->between;
        core_step_once(c, page_find(c));
        if (log.impure || !same_state(c, &before))
            continue;
        if (!log.toggled && memory_unchanged(&log) && same_translations(c, &translations)) {
            period = c->clock->now - start;
            break;
        }
        /* the first round left its traces on the stack; the next one will not differ */
        log_begin(&log);
        start = c->clock->now;
        note_translations(c, &translations);
    }
    c->idle = NULL;
    *until = log.until;
    return period;
}

static void set_pace(const Cpu *c, IdlePace *p, u64 wait)
{
    p->wait = wait;
    p->next = c->clock->now + wait;
}

void idle_skip(Cpu *c)
{
    IdlePace *p = c->poll.due ? &c->poll.pace : &c->idle_pace;
    u64 start = c->clock->now, until;
    c->poll.due = false;
    /* now, since a fault ends the attempt without coming back here */
    set_pace(c, p, p->wait ? p->wait * 2 : IDLE_FIRST_WAIT);
    u64 period = find_period(c, &until), most = (IDLE_COST + c->clock->now - start) * IDLE_SHARE;
    until = until < c->end ? until : c->end;
    if (period && !interrupted(c) && c->clock->now < until) {
        u64 ticks = (until - c->clock->now) / period * period;
        c->clock->now += ticks;
        c->usage.waited += ticks;
        set_pace(c, p, 0);
    } else {
        set_pace(c, p, p->wait < most ? p->wait : most);
    }
}
