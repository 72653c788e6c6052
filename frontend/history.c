/* history.c: see history.h. Where states lie depends on host time too; what they hold does not,
 * and a stretch of time that is run again is the same whichever state it starts from. */
#include "frontend/history.h"

#include "devices/disk/journal.h"
#include "frontend/history_part.h"
#include "frontend/pace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SPACING = 8000000,     /* ticks between states: what a host executes in some 30 ms */
    SPACING_NS = 10000000, /* ... but where the guest idles, time is passed over much faster */
    WIDEST = 256000000,
    NEAREST = 2000000, /* ticks to the state that going far back leaves behind itself */
    AGES = 256,        /* states may be 1/AGES of their age apart */
    PIECE = 32000000,  /* ticks between two looks at whether the user has had enough */
};

static u64 now_of(const History *h)
{
    return h->pc->clock.now;
}

void *history_grow(void *list, size_t count, size_t *room, size_t size)
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

size_t history_states_until(const History *h, u64 tick)
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

void history_drop_state(History *h, size_t i)
{
    if (h->state[i].pins)
        history_forget_anchor(h, h->state[i].id);
    if (h->state[i].id == h->home)
        history_drop_lines(h);
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
    return n + history_branch_bytes(h);
}

static u64 gap_without(const History *h, size_t i)
{
    return h->state[i + 1].tick - h->state[i - 1].tick;
}

/* How far a state is from where somebody is: at the end, or where the machine was taken to. */
static u64 age_of(const History *h, size_t i)
{
    u64 tick = h->state[i].tick, now = now_of(h);
    u64 behind = h->last > tick ? h->last - tick : 0;
    u64 away = now > tick ? now - tick : tick - now;
    return away < behind ? away : behind;
}

/* No run leads to what the debugger has changed, so that state stays; so does one that another
 * future leaves from. */
static bool may_go(const History *h, size_t i)
{
    return !h->state[i].edited && !h->state[i].pins;
}

/* The state whose loss is felt least: where the gap it would leave is the smallest for its age.
 * 0: every one of them is needed. */
static size_t least_missed(const History *h)
{
    typedef unsigned __int128 Wide;
    size_t best = 0;
    for (size_t i = 1; i + 1 < h->states; i++) {
        if (may_go(h, i) && (!best || (Wide)gap_without(h, i) * (age_of(h, best) + SPACING) <
                                          (Wide)gap_without(h, best) * (age_of(h, i) + SPACING)))
            best = i;
    }
    return best;
}

static void keep_to_budget(History *h)
{
    while (bytes_used(h) > h->budget && h->states > 2) {
        if (h->states <= 16 && history_drop_a_line(h))
            continue;
        size_t i = h->states > 16 ? least_missed(h) : 0;
        if (!i && now_of(h) < h->state[1].tick)
            return; /* somebody is there */
        history_drop_state(h, i);
    }
}

static void thin(History *h)
{
    for (size_t i = 1; i + 1 < h->states;) {
        u64 allowed = age_of(h, i) / AGES;
        if (may_go(h, i) && gap_without(h, i) <= (allowed > SPACING ? allowed : SPACING))
            history_drop_state(h, i);
        else
            i++;
    }
    keep_to_budget(h);
}

StoreState *history_add_state(History *h)
{
    size_t at = history_states_until(h, now_of(h));
    h->state = history_grow(h->state, h->states, &h->state_room, sizeof *h->state);
    memmove(h->state + at + 1, h->state + at, (h->states - at) * sizeof *h->state);
    h->states++;
    store_take(&h->store, &h->state[at]);
    h->state[at].input = h->input_at;
    h->state[at].edited = false;
    h->state[at].pins = 0;
    h->state[at].id = ++h->next_id;
    h->taken_ns = host_ns();
    return &h->state[at];
}

void history_take_here(History *h)
{
    size_t at = history_states_until(h, now_of(h));
    const StoreState *s = at ? &h->state[at - 1] : NULL;
    if (!s || s->tick != now_of(h) || s->input != h->input_at)
        history_add_state(h);
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

void history_begin(History *h)
{
    for (int d = 0; d < SNAPSHOT_DRIVES; d++)
        start_journal(pc_medium(h->pc, d));
    for (int i = 0; i < SNAPSHOT_DRIVES; i++)
        h->first_medium[i] = pc_medium(h->pc, i);
    h->last = now_of(h);
    history_take_here(h);
}

History *history_open(Pc *pc, u64 budget)
{
    History *h = calloc(1, sizeof *h);
    if (!h)
        panic("out of host memory");
    h->pc = pc;
    h->budget = budget;
    h->line = h->next_line = 1;
    h->quiet.on_break = never_break;
    store_open(&h->store, pc);
    history_begin(h);
    return h;
}

void history_on_cancel(History *h, bool (*cancel)(void *ctx), void *ctx)
{
    h->cancel = cancel;
    h->cancel_ctx = ctx;
}

static void forget_all(History *h)
{
    history_drop_branches(h);
    while (h->states)
        store_drop(&h->store, &h->state[--h->states]);
    h->inputs = h->input_at = 0;
    h->home = 0;
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
    history_begin(h);
}

/* ---- while the machine runs ------------------------------------------------------------------ */

bool history_behind(const History *h)
{
    return h->input_at < h->inputs || now_of(h) < h->last;
}

void history_fork(History *h)
{
    if (history_behind(h))
        history_branch_off(h, false);
}

void history_input(void *history, const InputEvent *e)
{
    History *h = history;
    if (history_behind(h))
        history_branch_off(h, true);
    h->input = history_grow(h->input, h->inputs, &h->input_room, sizeof *h->input);
    start_journal(e->medium);
    h->input[h->inputs++] = (Known){*e, e->medium ? e->medium->generation : 0};
    h->input_at = h->inputs;
}

void history_edited(History *h)
{
    history_note_present(h);
    h->store.roms = true;
    if (history_behind(h))
        history_branch_off(h, true);
    size_t at = history_states_until(h, now_of(h));
    if (at && h->state[at - 1].tick == now_of(h) && !h->state[at - 1].pins)
        history_drop_state(h, at - 1); /* it is of before the change, or of one before this */
    history_add_state(h)->edited = true;
}

u64 history_inputs(const History *h)
{
    return h->input_at;
}

void history_poll(History *h)
{
    u64 now = now_of(h);
    if (now > h->last)
        h->last = now;
    size_t at = history_states_until(h, now);
    u64 since = at ? now - h->state[at - 1].tick : UINT64_MAX;
    if (since < SPACING || (since < WIDEST && host_ns() - h->taken_ns < SPACING_NS))
        return;
    history_take_here(h);
    thin(h);
}

/* The next place at which the debugger changed the machine; h->states: none. */
static size_t next_edit(const History *h)
{
    size_t i = h->last > now_of(h) ? history_states_until(h, now_of(h)) : h->states;
    while (i < h->states && !h->state[i].edited)
        i++;
    return i;
}

u64 history_next(const History *h, u64 until)
{
    size_t edit = next_edit(h);
    if (edit < h->states && h->state[edit].tick < until)
        until = h->state[edit].tick;
    return h->input_at < h->inputs && h->input[h->input_at].e.tick < until
               ? h->input[h->input_at].e.tick
               : until;
}

void history_deliver_inputs(History *h, size_t until)
{
    while (h->input_at < until && h->input[h->input_at].e.tick <= now_of(h)) {
        const Known *k = &h->input[h->input_at++];
        if (k->e.medium)
            disk_journal_go(k->e.medium, k->generation);
        input_repeat(h->pc, &k->e);
    }
}

void history_deliver(History *h)
{
    size_t at = history_states_until(h, now_of(h));
    const StoreState *here = at ? &h->state[at - 1] : NULL;
    if (here && here->edited && here->tick == now_of(h) && h->input_at <= here->input) {
        history_deliver_inputs(h, here->input);
        history_restore(h, at - 1);
    }
    history_deliver_inputs(h, h->inputs);
}

/* ---- running again --------------------------------------------------------------------------- */

Silenced history_begin_work(History *h)
{
    Silenced s = {h->pc->cpu.debug, h->pc->bus.hooks.tap, h->pc->bus.hooks.dma,
                  h->pc->queue.fired};
    h->working = true;
    h->pc->cpu.debug = &h->quiet;
    h->pc->bus.hooks.tap = NULL;
    h->pc->bus.hooks.dma = NULL;
    h->pc->queue.fired = NULL;
    return s;
}

void history_end_work(History *h, Silenced s)
{
    h->pc->cpu.debug = s.debug;
    h->pc->bus.hooks.tap = s.tap;
    h->pc->bus.hooks.dma = s.dma;
    h->pc->queue.fired = s.fired;
    h->working = false;
}

bool history_run_to(History *h, u64 target, const Pieces *pieces)
{
    enum { STUCK = 1000 };
    for (int stuck = 0; now_of(h) < target && stuck < STUCK;) {
        history_deliver(h);
        u64 before = now_of(h), until = target - before > PIECE ? before + PIECE : target;
        until = history_next(h, until);
        if (pieces && pieces->limit)
            until = pieces->limit(pieces->ctx, h, until);
        PcExit e = pc_run(h->pc, until);
        if (pieces && pieces->after)
            pieces->after(pieces->ctx, e);
        stuck = now_of(h) > before ? 0 : stuck + 1; /* shut down: it never came further than this */
        if (h->cancel && h->cancel(h->cancel_ctx)) {
            h->cancelled = true;
            return false;
        }
    }
    return now_of(h) >= target;
}

static void put_into_drive(Pc *pc, int drive, Disk *medium)
{
    int n = drive - PC_FLOPPIES;
    if (n < 0)
        pc->fdc.disk[drive] = medium;
    else
        pc->ide[n / 2].drive[n % 2].disk = medium;
}

/* The media that were in the drives when `inputs` inputs had entered. */
static void place_media(History *h, size_t inputs)
{
    Disk *in[SNAPSHOT_DRIVES];
    memcpy(in, h->first_medium, sizeof in);
    for (size_t i = 0; i < inputs; i++)
        if (h->input[i].e.kind == INPUT_MEDIUM)
            in[h->input[i].e.port] = h->input[i].e.medium;
    for (int i = 0; i < SNAPSHOT_DRIVES; i++)
        put_into_drive(h->pc, i, in[i]);
}

void history_restore(History *h, size_t i)
{
    place_media(h, h->state[i].input);
    store_restore(&h->store, &h->state[i]);
    h->input_at = h->state[i].input;
}

/* On a long way to `tick` states are taken, closer and closer, so that whoever goes on backwards
 * from there finds one near. */
static bool go_leaving_states(History *h, u64 tick)
{
    while (tick > now_of(h) && tick - now_of(h) > NEAREST) {
        if (!history_run_to(h, now_of(h) + (tick - now_of(h)) / 2, NULL))
            return false;
        history_take_here(h);
    }
    return history_run_to(h, tick, NULL);
}

bool history_go(History *h, u64 tick)
{
    size_t at = history_states_until(h, tick);
    if (now_of(h) > tick || h->state[at - 1].tick > now_of(h))
        history_restore(h, at - 1);
    bool there = go_leaving_states(h, tick);
    keep_to_budget(h);
    return there;
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

bool history_repeating(const History *h)
{
    return h->working || now_of(h) < h->last;
}

void history_note_present(History *h)
{
    h->last = history_last(h);
}

bool history_goto(History *h, u64 tick, char *err, size_t errlen)
{
    history_note_present(h);
    if (tick < history_first(h) || tick > h->last) {
        snprintf(err, errlen,
                 "instruction %" PRIu64 " is not known; known are %" PRIu64 " to %" PRIu64, tick,
                 history_first(h), h->last);
        return false;
    }
    Silenced s = history_begin_work(h);
    bool there = history_go(h, tick);
    history_end_work(h, s);
    if (!there)
        snprintf(err, errlen, "the machine is at instruction %" PRIu64 " and does not come further",
                 now_of(h));
    return there;
}

bool history_back(History *h, u64 n)
{
    history_note_present(h);
    u64 first = history_first(h), now = now_of(h);
    bool enough = now - first >= n;
    Silenced s = history_begin_work(h);
    history_go(h, enough ? now - n : first);
    const PcState *board = &h->pc->s;
    if (h->pc->cpu.s.halted && board->is_halted && board->halted_since > first)
        history_go(h, board->halted_since - 1); /* before the HLT, not in the middle of the wait */
    history_end_work(h, s);
    return enough;
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
