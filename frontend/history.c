/* history.c: see history.h. Where states lie depends on host time too; what they hold does not,
 * and a stretch of time that is run again is the same whichever state it starts from. */
#include "frontend/history.h"

#include "devices/disk/journal.h"
#include "frontend/history_store.h"
#include "frontend/pace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SPACING = 8000000,     /* ticks between states: what a host executes in some 30 ms */
    SPACING_NS = 10000000, /* ... but where the guest idles, time is passed over much faster */
    WIDEST = 256000000,
    AGES = 128, /* states may be 1/AGES of their age apart */
    WHEN_MAX = 64,
};

typedef struct {
    InputEvent e;
    u64 generation; /* of the medium put in */
} Known;

struct History {
    Pc *pc;
    Store store;
    u64 budget;
    StoreState *state; /* in order of tick */
    size_t states, state_room;
    Known *input;
    size_t inputs, input_room, input_at; /* input_at: the next one, where the machine now is */
    Disk *first_medium[PC_FLOPPIES];     /* in the drives at the beginning */
    u64 last;
    u64 taken_ns;
    bool working;
    CpuDebug quiet;
};

static u64 now_of(const History *h)
{
    return h->pc->clock.now;
}

static void *grow(void *list, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return list;
    *room = *room ? *room * 2 : 256;
    list = realloc(list, *room * size);
    if (!list)
        panic("out of host memory for the machine's past; use a smaller -history");
    return list;
}

/* ---- states ---------------------------------------------------------------------------------- */

/* How many states lie at or before `tick`. */
static size_t states_until(const History *h, u64 tick)
{
    size_t low = 0, high = h->states;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (h->state[mid].tick <= tick)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void drop_state(History *h, size_t i)
{
    store_drop(&h->store, &h->state[i]);
    memmove(h->state + i, h->state + i + 1, (h->states - i - 1) * sizeof *h->state);
    h->states--;
    for (int d = 0; i == 0 && h->states && d < SNAPSHOT_DRIVES; d++) {
        Disk *disk = pc_medium(h->pc, d);
        if (disk)
            disk_journal_forget(disk, h->state[0].generation[d]);
    }
}

static u64 bytes_used(const History *h)
{
    u64 n = h->store.bytes + h->input_room * sizeof *h->input;
    for (int d = 0; d < SNAPSHOT_DRIVES; d++)
        n += pc_medium(h->pc, d) ? disk_journal_bytes(pc_medium(h->pc, d)) : 0;
    return n;
}

static u64 gap_without(const History *h, size_t i)
{
    return h->state[i + 1].tick - h->state[i - 1].tick;
}

static u64 age_of(const History *h, size_t i)
{
    return h->last > h->state[i].tick ? h->last - h->state[i].tick : 0;
}

/* The state whose loss is felt least: where the gap it would leave is the smallest for its age. */
static size_t least_missed(const History *h)
{
    size_t best = 1;
    for (size_t i = 2; i + 1 < h->states; i++) {
        unsigned __int128 mine = (unsigned __int128)gap_without(h, i) * (age_of(h, best) + SPACING);
        unsigned __int128 its = (unsigned __int128)gap_without(h, best) * (age_of(h, i) + SPACING);
        if (mine < its)
            best = i;
    }
    return best;
}

static void thin(History *h)
{
    for (size_t i = 1; i + 1 < h->states;) {
        u64 allowed = age_of(h, i) / AGES;
        if (gap_without(h, i) <= (allowed > SPACING ? allowed : SPACING))
            drop_state(h, i);
        else
            i++;
    }
    while (bytes_used(h) > h->budget && h->states > 2)
        drop_state(h, h->states > 16 ? least_missed(h) : 0);
}

static void take_here(History *h)
{
    size_t at = states_until(h, now_of(h));
    if (at && h->state[at - 1].tick == now_of(h))
        return;
    h->state = grow(h->state, h->states, &h->state_room, sizeof *h->state);
    memmove(h->state + at + 1, h->state + at, (h->states - at) * sizeof *h->state);
    h->states++;
    store_take(&h->store, &h->state[at]);
    h->state[at].input = h->input_at;
    h->taken_ns = host_ns();
}

/* ---- life ------------------------------------------------------------------------------------ */

static bool never_break(void *ctx, u32 linear)
{
    return false;
}

static void start_journal(Disk *d)
{
    if (d && !disk_journal_start(d))
        panic("out of host memory for a disk's past; use a smaller -history");
}

static void begin(History *h)
{
    for (int i = 0; i < PC_FLOPPIES; i++)
        h->first_medium[i] = pc_medium(h->pc, i);
    h->last = now_of(h);
    take_here(h);
}

History *history_open(Pc *pc, u64 budget)
{
    History *h = calloc(1, sizeof *h);
    if (!h)
        panic("out of host memory");
    h->pc = pc;
    h->budget = budget;
    h->quiet.on_break = never_break;
    for (int d = 0; d < SNAPSHOT_DRIVES; d++)
        start_journal(pc_medium(pc, d));
    store_open(&h->store, pc);
    begin(h);
    return h;
}

static void forget_all(History *h)
{
    while (h->states)
        store_drop(&h->store, &h->state[--h->states]);
    h->inputs = h->input_at = 0;
}

void history_close(History *h)
{
    if (!h)
        return;
    forget_all(h);
    for (int d = 0; d < SNAPSHOT_DRIVES; d++)
        if (pc_medium(h->pc, d))
            disk_journal_stop(pc_medium(h->pc, d));
    store_close(&h->store);
    free(h->state);
    free(h->input);
    free(h);
}

void history_restart(History *h)
{
    forget_all(h);
    store_close(&h->store);
    store_open(&h->store, h->pc);
    for (int d = 0; d < SNAPSHOT_DRIVES; d++)
        start_journal(pc_medium(h->pc, d));
    begin(h);
}

/* ---- while the machine runs ------------------------------------------------------------------ */

bool history_behind(const History *h)
{
    return h->input_at < h->inputs || now_of(h) < h->last;
}

/* What lay ahead of here will not happen. */
static void forget_ahead(History *h)
{
    h->inputs = h->input_at;
    while (h->states && h->state[h->states - 1].tick > now_of(h))
        store_drop(&h->store, &h->state[--h->states]);
    h->last = now_of(h);
}

void history_input(void *history, const InputEvent *e)
{
    History *h = history;
    if (history_behind(h))
        forget_ahead(h);
    h->input = grow(h->input, h->inputs, &h->input_room, sizeof *h->input);
    start_journal(e->medium);
    h->input[h->inputs++] = (Known){*e, e->medium ? e->medium->generation : 0};
    h->input_at = h->inputs;
}

void history_edited(History *h)
{
    forget_ahead(h);
    size_t at = states_until(h, now_of(h));
    if (at && h->state[at - 1].tick == now_of(h))
        drop_state(h, at - 1); /* it is of before the change, and one place cannot be two */
    take_here(h);
}

void history_poll(History *h)
{
    u64 now = now_of(h);
    if (now > h->last)
        h->last = now;
    size_t at = states_until(h, now);
    u64 since = at ? now - h->state[at - 1].tick : UINT64_MAX;
    if (since < SPACING || (since < WIDEST && host_ns() - h->taken_ns < SPACING_NS))
        return;
    take_here(h);
    thin(h);
}

u64 history_next(const History *h, u64 until)
{
    return h->input_at < h->inputs && h->input[h->input_at].e.tick < until
               ? h->input[h->input_at].e.tick
               : until;
}

void history_deliver(History *h)
{
    while (h->input_at < h->inputs && h->input[h->input_at].e.tick <= now_of(h)) {
        const Known *k = &h->input[h->input_at++];
        if (k->e.medium)
            disk_journal_go(k->e.medium, k->generation);
        input_repeat(h->pc, &k->e);
    }
}

/* ---- running again --------------------------------------------------------------------------- */

typedef struct {
    CpuDebug *debug;
    void (*tap)(void *ctx, bool write, u16 port, int size, u32 value);
} Silenced;

/* Nothing that happens while we look for something is to be seen or to stop anything. */
static Silenced begin_work(History *h)
{
    Silenced s = {h->pc->cpu.debug, h->pc->bus.hooks.tap};
    h->working = true;
    h->pc->cpu.debug = &h->quiet;
    h->pc->bus.hooks.tap = NULL;
    return s;
}

static void end_work(History *h, Silenced s)
{
    h->pc->cpu.debug = s.debug;
    h->pc->bus.hooks.tap = s.tap;
    h->working = false;
}

/* Called after each piece of a run with how it ended. */
typedef void Watcher(void *ctx, PcExit e);

/* True: the machine came to `target`. In pieces of at most one event each, if `fine`. */
static bool run_to(History *h, u64 target, bool fine, Watcher *watcher, void *ctx)
{
    enum { STUCK = 1000 };
    for (int stuck = 0; now_of(h) < target && stuck < STUCK;) {
        history_deliver(h);
        u64 before = now_of(h), until = history_next(h, target);
        if (fine && h->pc->clock.deadline < until && h->pc->clock.deadline > before)
            until = h->pc->clock.deadline;
        PcExit e = pc_run(h->pc, until);
        if (watcher)
            watcher(ctx, e);
        stuck = now_of(h) > before ? 0 : stuck + 1; /* shut down: it never came further than this */
    }
    return now_of(h) >= target;
}

/* The media that were in the drives when `inputs` inputs had entered. */
static void place_media(History *h, size_t inputs)
{
    Disk *in[PC_FLOPPIES];
    memcpy(in, h->first_medium, sizeof in);
    for (size_t i = 0; i < inputs; i++)
        if (h->input[i].e.kind == INPUT_MEDIUM)
            in[h->input[i].e.port] = h->input[i].e.medium;
    memcpy(h->pc->fdc.disk, in, sizeof in);
}

static void restore(History *h, size_t i)
{
    place_media(h, h->state[i].input);
    store_restore(&h->store, &h->state[i]);
    h->input_at = h->state[i].input;
}

/* Anywhere from the first state on. */
static bool go(History *h, u64 tick)
{
    size_t at = states_until(h, tick);
    if (now_of(h) > tick || h->state[at - 1].tick > now_of(h))
        restore(h, at - 1);
    return run_to(h, tick, false, NULL, NULL);
}

u64 history_first(const History *h)
{
    return h->state[0].tick;
}

u64 history_last(const History *h)
{
    return now_of(h) > h->last ? now_of(h) : h->last;
}

bool history_working(const History *h)
{
    return h->working;
}

/* The machine may have run on since the last poll. */
static void note_present(History *h)
{
    h->last = history_last(h);
}

bool history_goto(History *h, u64 tick, char *err, size_t errlen)
{
    note_present(h);
    if (tick < history_first(h) || tick > h->last) {
        snprintf(err, errlen,
                 "instruction %" PRIu64 " is not known; known are %" PRIu64 " to %" PRIu64, tick,
                 history_first(h), h->last);
        return false;
    }
    Silenced s = begin_work(h);
    bool there = go(h, tick);
    end_work(h, s);
    if (!there)
        snprintf(err, errlen, "the machine stopped for good at instruction %" PRIu64, now_of(h));
    return there;
}

bool history_back(History *h, u64 n)
{
    note_present(h);
    u64 first = history_first(h), now = now_of(h);
    bool enough = now - first >= n;
    Silenced s = begin_work(h);
    go(h, enough ? now - n : first);
    const PcState *board = &h->pc->s;
    if (h->pc->cpu.s.halted && board->is_halted && board->halted_since > first)
        go(h, board->halted_since - 1); /* before the HLT, not in the middle of the wait */
    end_work(h, s);
    return enough;
}

/* ---- looking for something ------------------------------------------------------------------- */

/* Runs the stretches between states, the latest first, until one has what is looked for; true: it
 * was found, and *tick says where. The stretches end at `end`. */
typedef struct {
    History *h;
    const HistorySearch *s;
    u64 end, tick;
    bool found;
} Search;

static void search_watcher(void *ctx, PcExit e)
{
    Search *f = ctx;
    if (e != PC_EXIT_BREAK || now_of(f->h) >= f->end)
        return;
    if (f->s->hit && !f->s->hit(f->s->ctx))
        return;
    f->found = true;
    f->tick = now_of(f->h);
}

static void search_stretch(Search *f, size_t i, u64 until)
{
    History *h = f->h;
    restore(h, i);
    if (f->s->watch)
        f->s->watch(f->s->ctx, true);
    run_to(h, until, false, search_watcher, f);
    if (f->s->watch)
        f->s->watch(f->s->ctx, false);
    h->pc->cpu.debug = &h->quiet;
}

bool history_find_last(History *h, const HistorySearch *s)
{
    note_present(h);
    Search f = {.h = h, .s = s, .end = now_of(h)};
    Silenced before = begin_work(h);
    for (size_t i = states_until(h, f.end), next; i-- && !f.found;) {
        next = i + 1;
        u64 until = next < h->states && h->state[next].tick < f.end ? h->state[next].tick : f.end;
        if (until > h->state[i].tick)
            search_stretch(&f, i, until);
    }
    go(h, f.found ? f.tick : f.end);
    end_work(h, before);
    return f.found;
}

/* ---- who wrote this? ------------------------------------------------------------------------- */

typedef struct {
    History *h;
    u32 linear, len;
    u8 bytes[WHEN_MAX]; /* as they must be if only instructions write them */
    bool there[WHEN_MAX];
    u64 tick;
    bool found, device;
    CpuDebug debug;
} When;

static bool when_access(void *ctx, u32 linear, int size, bool write, u32 value)
{
    When *w = ctx;
    if (!write)
        return false;
    for (int i = 0; i < size; i++) {
        u32 at = linear + (u32)i - w->linear;
        if (at >= w->len)
            continue;
        w->bytes[at] = (u8)(value >> (8 * i));
        w->tick = now_of(w->h);
        w->found = true;
        w->device = false;
    }
    return false;
}

static void look(When *w, bool compare)
{
    bool changed = false;
    for (u32 i = 0; i < w->len; i++) {
        u8 byte = 0;
        bool there = cpu_peek(&w->h->pc->cpu, w->linear + i, &byte, 1);
        changed |= compare && there && w->there[i] && byte != w->bytes[i];
        w->there[i] = there;
        w->bytes[i] = byte;
    }
    if (changed) {
        w->tick = now_of(w->h);
        w->found = w->device = true;
    }
}

static void when_watcher(void *ctx, PcExit e)
{
    look(ctx, true);
}

static void when_stretch(When *w, size_t i, u64 until)
{
    History *h = w->h;
    restore(h, i);
    h->pc->cpu.debug = &w->debug;
    cpu_watch(&h->pc->cpu, w->linear, w->len, false, true, true);
    look(w, false);
    run_to(h, until, true, when_watcher, w);
    cpu_watch(&h->pc->cpu, w->linear, w->len, false, true, false);
    h->pc->cpu.debug = &h->quiet;
}

bool history_when(History *h, u32 linear, u32 len, bool *device)
{
    note_present(h);
    u64 end = now_of(h);
    When w = {.h = h, .linear = linear, .len = len < WHEN_MAX ? len : WHEN_MAX};
    w.debug = (CpuDebug){.ctx = &w, .on_break = never_break, .on_access = when_access};
    Silenced before = begin_work(h);
    for (size_t i = states_until(h, end); i-- && !w.found;) {
        u64 until = i + 1 < h->states && h->state[i + 1].tick < end ? h->state[i + 1].tick : end;
        if (until > h->state[i].tick)
            when_stretch(&w, i, until);
    }
    go(h, w.found ? w.tick : end);
    end_work(h, before);
    *device = w.device;
    return w.found;
}

/* ---- figures --------------------------------------------------------------------------------- */

void history_info(const History *h, HistoryInfo *info)
{
    *info = (HistoryInfo){history_first(h),    history_last(h), now_of(h), (unsigned)h->states,
                          (unsigned)h->inputs, bytes_used(h),   h->budget, 0};
    for (size_t i = 1; i < h->states; i++)
        if (h->state[i].tick - h->state[i - 1].tick > info->widest)
            info->widest = h->state[i].tick - h->state[i - 1].tick;
}
