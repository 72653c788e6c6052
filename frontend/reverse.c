/* reverse.c: see reverse.h. */
#include "frontend/reverse.h"

#include "frontend/history.h"
#include "frontend/past.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

enum { FRAME_HZ = 60, WINDOW = 65536, REACH_NEXT = 1 << 28, REACH_FINISH = 1 << 30 };

static const char beginning[] = "the beginning of what is known";

static bool ready(Debug *d)
{
    if (!d->session->history)
        return debug_fail(d, d->session->opt->history
                                 ? "the past is kept only where the debugger is there from the "
                                   "beginning: use -dbg, -ex, -gdb or -monitor"
                                 : "the past is not kept: -history 0 turned it off");
    if (!d->stopped || d->pc->in_cpu)
        return debug_fail(d, "stop the machine first");
    d->seen = d->pc->cpu.s;
    return true;
}

/* Every search ends here: the machine is where it shall be. */
__attribute__((format(printf, 2, 3))) static bool arrive(Debug *d, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(d->why, sizeof d->why, fmt, ap);
    va_end(ap);
    d->why_number = 0;
    past_moved(d->session);
    debug_arrived(d);
    return true;
}

/* Nothing was found: to the beginning, as gdb does, unless the user called it off. */
static bool nothing(Debug *d, bool searched)
{
    History *h = d->session->history;
    char err[DEBUG_ERROR];
    if (searched && history_cancelled(h))
        return debug_fail(d, "called off; the machine has not moved");
    history_goto(h, history_first(h), err, sizeof err);
    d->at_beginning = true;
    return arrive(d, "%s", beginning);
}

/* ---- by count -------------------------------------------------------------------------------- */

bool reverse_step(Debug *d, u64 n)
{
    if (!ready(d))
        return false;
    bool enough = history_back(d->session->history, n);
    d->at_beginning = !enough;
    return arrive(d, "%s", enough ? "" : beginning);
}

bool reverse_goto(Debug *d, u64 tick)
{
    if (!ready(d))
        return false;
    History *h = d->session->history;
    if (tick > history_last(h)) { /* on from the present, to where nobody has been yet */
        if (!history_goto(h, history_last(h), d->error, sizeof d->error))
            return false;
        past_moved(d->session);
        debug_go(d, GO_TICK, tick);
        return true;
    }
    if (!history_goto(h, tick, d->error, sizeof d->error)) {
        if (tick >= history_first(h))
            arrive(d, "%s", "");
        return false;
    }
    return arrive(d, "%s", "");
}

bool reverse_branch(Debug *d, unsigned number)
{
    return ready(d) && past_branch(d->session, number, d->error, sizeof d->error) &&
           arrive(d, "the end of line %u", number);
}

/* ---- by stack -------------------------------------------------------------------------------- */

/* A call under way, or an interrupt: its return address lies below `esp`. */
typedef struct {
    u64 tick;
    u32 esp;
    u16 ss;
} Call;

enum { CALLS = 1024 };

typedef struct {
    Debug *d;
    CpuDebug hooks;
    u64 end;
    /* reverse_finish */
    Call call[CALLS];
    int depth;
    /* reverse_next */
    u32 level; /* only instructions with the stack at or above this count */
    u16 ss;
    bool repeated; /* the last of them was a repeated string instruction, at `linear` */
    u32 linear;
    u64 began; /* its first iteration */
} Walk;

static bool never_break(void *ctx, u32 linear)
{
    return false;
}

static void walk_watch(void *ctx, bool on)
{
    Walk *w = ctx;
    w->d->pc->cpu.debug = &w->hooks;
    if (on) {
        w->depth = 0;
        w->repeated = false;
    }
}

static bool calls(const Insn *i)
{
    const char *name = x86_rows[i->row].name;
    return !strncmp(name, "call", 4) || !strncmp(name, "int", 3);
}

static bool repeats(const Insn *i)
{
    return i->flags & (INSN_REP | INSN_REPNE) && x86_rows[i->row].attr & (ROW_REPS | ROW_REPC);
}

/* Calls whose return address is no longer on the stack are over, and all that they called. */
static void pop_calls(Walk *w)
{
    const CpuState *s = &w->d->pc->cpu.s;
    for (int n = w->depth; n--;)
        if (w->call[n].ss == s->seg[SEG_SS].sel && s->r[4] >= w->call[n].esp)
            w->depth = n;
}

static void push_call(Walk *w)
{
    const CpuState *s = &w->d->pc->cpu.s;
    if (w->depth == CALLS)
        memmove(w->call, w->call + 1, (size_t)--w->depth * sizeof *w->call);
    w->call[w->depth++] = (Call){w->d->pc->clock.now, s->r[4], s->seg[SEG_SS].sel};
}

static void finish_insn(void *ctx, const Insn *i)
{
    pop_calls(ctx);
    if (calls(i))
        push_call(ctx);
}

static void finish_interrupt(void *ctx, int vector, bool soft, u32 error)
{
    if (!soft)
        push_call(ctx);
}

static void finish_after(void *ctx, PcExit e)
{
    Walk *w = ctx;
    if (w->d->pc->clock.now < w->end)
        return;
    pop_calls(w);
    if (w->depth)
        history_note(w->d->session->history, w->call[w->depth - 1].tick);
}

/* All iterations of a string instruction are one, whatever interrupted them. */
static void next_insn(void *ctx, const Insn *i)
{
    Walk *w = ctx;
    const CpuState *s = &w->d->pc->cpu.s;
    u32 linear = debug_pc(w->d);
    if (s->seg[SEG_SS].sel != w->ss || s->r[4] < w->level)
        return;
    bool again = repeats(i) && w->repeated && w->linear == linear;
    w->repeated = repeats(i);
    w->linear = linear;
    if (!again)
        w->began = w->d->pc->clock.now;
    history_note(w->d->session->history, w->began);
}

static bool walk_back(Walk *w, HistorySearch *s, u64 reach)
{
    s->ctx = w;
    s->watch = walk_watch;
    s->window = WINDOW;
    s->reach = reach;
    w->hooks.ctx = w;
    w->hooks.on_break = never_break;
    w->hooks.exact = true;
    w->end = w->d->pc->clock.now;
    return history_find_last(w->d->session->history, s);
}

static Walk *new_walk(Debug *d)
{
    Walk *w = calloc(1, sizeof *w);
    if (!w)
        panic("out of host memory");
    w->d = d;
    return w;
}

bool reverse_finish(Debug *d)
{
    if (!ready(d))
        return false;
    Walk *w = new_walk(d);
    HistorySearch s = {.after = finish_after};
    w->hooks.on_insn = finish_insn;
    w->hooks.on_interrupt = finish_interrupt;
    bool found = walk_back(w, &s, REACH_FINISH);
    free(w);
    if (found)
        return arrive(d, "%s", "");
    return debug_fail(d, history_cancelled(d->session->history)
                             ? "called off; the machine has not moved"
                             : "no call of this routine is known");
}

/* Where the stack stood before the call that the return at CS:EIP ends; without one, where it
 * stands. False: the instruction at CS:EIP is simply undone. */
static bool undone_as_a_whole(Debug *d, u32 esp_after, u32 *level)
{
    Insn i;
    u8 bytes[16];
    *level = esp_after;
    if (!debug_decode(d, debug_pc(d), debug_code32(d), &i, bytes))
        return false;
    const char *name = x86_rows[i.row].name;
    if (!strncmp(name, "ret", 3))
        *level -= bytes[0] == 0xC2 || bytes[0] == 0xCA ? i.imm & 0xFFFF : 0;
    return !strncmp(name, "ret", 3) || !strncmp(name, "iret", 4) || repeats(&i);
}

bool reverse_next(Debug *d)
{
    if (!ready(d))
        return false;
    History *h = d->session->history;
    char err[DEBUG_ERROR];
    u64 now = d->pc->clock.now;
    Walk *w = new_walk(d);
    HistorySearch s = {.watch = NULL};
    u32 esp = d->pc->cpu.s.r[4];
    w->ss = d->pc->cpu.s.seg[SEG_SS].sel;
    w->hooks.on_insn = next_insn;
    d->at_beginning = !history_back(h, 1);
    u64 before = d->pc->clock.now;
    bool whole = !d->at_beginning && undone_as_a_whole(d, esp, &w->level);
    if (whole && history_goto(h, now, err, sizeof err) && !walk_back(w, &s, REACH_NEXT))
        history_goto(h, before, err, sizeof err);
    free(w);
    return arrive(d, "%s", d->at_beginning ? beginning : "");
}

/* ---- by breakpoint --------------------------------------------------------------------------- */

typedef struct {
    Debug *d;
    char (*seen)[sizeof ((Break *)0)->seen]; /* what must not be touched by looking back */
    char serial_line[MAX_SERIAL + 1][sizeof ((Debug *)0)->serial_line[0]];
    size_t serial_n[MAX_SERIAL + 1];
} Hunt;

bool reverse_hit(Debug *d, const Break *b, u64 tick, const char *text)
{
    if (history_note(d->session->history, tick)) {
        d->search_linear = debug_pc(d);
        d->search_code = b->kind == BREAK_CODE || b->kind == BREAK_PHYS || b->kind == BREAK_MAGIC;
        snprintf(d->why, sizeof d->why, "%s", text);
        d->why_number = b->number;
    }
    return false;
}

static void hunt_watch(void *ctx, bool on)
{
    Debug *d = ((Hunt *)ctx)->d;
    d->searching = on;
    memset(d->serial_n, 0, sizeof d->serial_n);
    if (!on)
        return;
    debug_hook_up(d);
    d->pc->cpu.debug = &d->hooks;
    for (int n = 0; n < d->breaks.count; n++)
        if (d->breaks.list[n]->kind == BREAK_INSN)
            debug_count_hit(d, d->breaks.list[n]);
}

static u64 next_frame(const Debug *d)
{
    const Clock *c = &d->pc->clock;
    return clock_tick_of(c, clock_cycles(c, c->now, FRAME_HZ) + 1, FRAME_HZ);
}

static u64 hunt_limit(void *ctx, const History *h, u64 until)
{
    u64 frame = next_frame(((Hunt *)ctx)->d);
    return frame < until ? frame : until;
}

static void hunt_after(void *ctx, PcExit e)
{
    Debug *d = ((Hunt *)ctx)->d;
    const Clock *c = &d->pc->clock;
    debug_text_touched(d);
    if (clock_tick_of(c, clock_cycles(c, c->now, FRAME_HZ), FRAME_HZ) == c->now)
        debug_on_frame(d);
}

static Hunt *begin_hunt(Debug *d)
{
    Hunt *h = calloc(1, sizeof *h);
    if (!h || !(h->seen = calloc(BREAK_MAX, sizeof *h->seen)))
        panic("out of host memory");
    h->d = d;
    for (int n = 0; n < d->breaks.count; n++)
        memcpy(h->seen[n], d->breaks.list[n]->seen, sizeof h->seen[n]);
    memcpy(h->serial_line, d->serial_line, sizeof h->serial_line);
    memcpy(h->serial_n, d->serial_n, sizeof h->serial_n);
    return h;
}

static void end_hunt(Hunt *h)
{
    Debug *d = h->d;
    for (int n = 0; n < d->breaks.count; n++)
        memcpy(d->breaks.list[n]->seen, h->seen[n], sizeof h->seen[n]);
    memcpy(d->serial_line, h->serial_line, sizeof h->serial_line);
    memcpy(d->serial_n, h->serial_n, sizeof h->serial_n);
    free(h->seen);
    free(h);
}

static bool landing(void *ctx, u32 linear)
{
    return linear == ((Debug *)ctx)->search_linear;
}

/* An interrupt is delivered between two instructions and takes no time. A breakpoint on the first
 * instruction of its handler was hit after that, so the machine goes on to there. */
static void enter_handler(Debug *d)
{
    Cpu *c = &d->pc->cpu;
    u64 now = d->pc->clock.now;
    if (debug_pc(d) == d->search_linear)
        return;
    CpuDebug land = {.ctx = d, .on_break = landing, .exact = true}, *hooks = c->debug;
    c->debug = &land;
    while (d->pc->clock.now == now && pc_run(d->pc, now + 1) != PC_EXIT_BREAK)
        continue;
    c->debug = hooks;
    c->break_passed = false;
}

bool reverse_continue(Debug *d)
{
    if (!ready(d))
        return false;
    Hunt *hunt = begin_hunt(d);
    bool texts = breaks_any(d, BREAK_TEXT);
    HistorySearch s = {.ctx = hunt,
                       .watch = hunt_watch,
                       .after = texts ? hunt_after : NULL,
                       .limit = texts ? hunt_limit : NULL,
                       .earlier = texts};
    bool any = false;
    for (int n = 0; n < d->breaks.count; n++)
        any |= d->breaks.list[n]->enabled;
    bool found = any && history_find_last(d->session->history, &s);
    debug_hook_up(d);
    end_hunt(hunt);
    if (!found)
        return nothing(d, any);
    if (d->search_code)
        enter_handler(d);
    Break *b = d->why_number ? break_find(d, d->why_number) : NULL;
    if (b)
        b->hits++;
    d->at_beginning = false;
    past_moved(d->session);
    debug_arrived(d);
    return true;
}

/* ---- by memory ------------------------------------------------------------------------------- */

bool reverse_when(Debug *d, u32 linear, u32 len)
{
    bool device;
    if (!ready(d))
        return false;
    if (!history_when(d->session->history, linear, len, &device))
        return debug_fail(d, history_cancelled(d->session->history)
                                 ? "called off; the machine has not moved"
                                 : "nothing that is known wrote there: instructions %" PRIu64
                                   " to here",
                          history_first(d->session->history));
    d->at_beginning = false;
    return arrive(d, device ? "a device writes there after this instruction"
                            : "this instruction writes there");
}
