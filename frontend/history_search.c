/* history_search.c: looking for something in the machine's past: see history.h. The stretches
 * between states are executed again, the latest first, with whatever notices things installed;
 * what was noticed last in the first stretch that has anything is the answer. */
#include "devices/snapshot.h"
#include "frontend/history_part.h"

#include <stdlib.h>

enum { WHEN_MAX = 64 };

static u64 now_of(const History *h)
{
    return h->pc->clock.now;
}

bool history_note(History *h, u64 tick)
{
    if (tick < h->note_from || tick >= h->note_until ||
        (h->noted != UINT64_MAX && tick < h->noted))
        return false;
    h->noted = tick;
    return true;
}

static void install(History *h, const HistorySearch *s, bool on)
{
    if (s->watch)
        s->watch(s->ctx, on);
    if (!on) {
        h->pc->cpu.debug = &h->quiet;
        h->pc->bus.hooks.tap = NULL;
    }
}

/* From where the machine is to `until`. False: called off. */
static bool search_from_here(History *h, const HistorySearch *s, u64 until)
{
    Pieces pieces = {s->ctx, s->after, s->limit};
    install(h, s, true);
    bool there = history_run_to(h, until, &pieces);
    install(h, s, false);
    return there;
}

/* The stretch from state i on. With `s->earlier` it begins a state earlier, for things that take a
 * while to be noticed. */
static bool search_stretch(History *h, const HistorySearch *s, size_t i, u64 until)
{
    history_restore(h, s->earlier && i ? i - 1 : i);
    h->note_from = h->state[i].tick;
    h->note_until = until;
    return search_from_here(h, s, until);
}

/* All of the last `window` ticks, then of eight times as many, and so on. */
static void search_windows(History *h, const HistorySearch *s, u64 end)
{
    u64 first = history_first(h), window = s->window;
    if (s->reach && end - first > s->reach)
        first = end - s->reach;
    for (bool more = end > first; more && h->noted == UINT64_MAX; window *= 8) {
        more = end - first > window;
        h->note_from = more ? end - window : first;
        h->note_until = end;
        if (!history_go(h, h->note_from) || !search_from_here(h, s, end))
            return;
    }
}

static void search_stretches(History *h, const HistorySearch *s, u64 end)
{
    for (size_t i = history_states_until(h, end); i-- && h->noted == UINT64_MAX;) {
        u64 until = i + 1 < h->states && h->state[i + 1].tick < end ? h->state[i + 1].tick : end;
        if (until > h->state[i].tick && !search_stretch(h, s, i, until))
            return;
    }
}

bool history_find_last(History *h, const HistorySearch *s)
{
    history_note_present(h);
    u64 end = now_of(h);
    Silenced before = history_begin_work(h);
    h->noted = UINT64_MAX;
    h->cancelled = false;
    if (s->window)
        search_windows(h, s, end);
    else
        search_stretches(h, s, end);
    bool found = h->noted != UINT64_MAX && !h->cancelled;
    history_go(h, found ? h->noted : end);
    history_end_work(h, before);
    return found;
}

bool history_cancelled(const History *h)
{
    return h->cancelled;
}

/* ---- who wrote this? ------------------------------------------------------------------------- */

typedef struct {
    History *h;
    u32 linear, len;
    u8 bytes[WHEN_MAX]; /* as they must be if only instructions write them */
    bool there[WHEN_MAX];
    bool device;
    u64 piece, low; /* where this piece began, and that in which a device wrote */
    CpuDebug debug;
} When;

static bool when_access(void *ctx, u32 linear, int size, bool write, u32 value)
{
    When *w = ctx;
    for (int i = 0; write && i < size; i++) {
        u32 at = linear + (u32)i - w->linear;
        if (at >= w->len)
            continue;
        w->bytes[at] = (u8)(value >> (8 * i));
        if (history_note(w->h, now_of(w->h)))
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
    if (changed && history_note(w->h, now_of(w->h) - 1)) {
        w->device = true;
        w->low = w->piece;
    }
}

/* Devices write when events fire; of those that are armed within a piece close_in() finds out. */
static u64 when_limit(void *ctx, const History *h, u64 until)
{
    ((When *)ctx)->piece = now_of(h);
    u64 deadline = h->pc->clock.deadline;
    return deadline < until && deadline > now_of(h) ? deadline : until;
}

static void when_after(void *ctx, PcExit e)
{
    look(ctx, true);
}

static void when_watch(void *ctx, bool on)
{
    When *w = ctx;
    w->h->pc->cpu.debug = &w->debug;
    cpu_watch(&w->h->pc->cpu, w->linear, w->len, false, true, on);
    if (on)
        look(w, false);
}

static bool holds(const When *w, const u8 *bytes)
{
    u8 b[WHEN_MAX];
    return cpu_peek(&w->h->pc->cpu, w->linear, b, w->len) && !memcmp(b, bytes, w->len);
}

/* The machine is in front of the last tick of the piece in which the bytes changed: goes to just
 * before they did. */
static void close_in(When *w)
{
    History *h = w->h;
    u8 last[WHEN_MAX];
    u64 low = w->low, high = now_of(h) + 1;
    Silenced before = history_begin_work(h);
    history_go(h, high);
    for (bool ok = cpu_peek(&h->pc->cpu, w->linear, last, w->len); ok && high - low > 1;) {
        u64 mid = low + (high - low) / 2;
        ok = history_go(h, mid);
        if (holds(w, last))
            high = mid;
        else
            low = mid;
    }
    history_go(h, high - 1);
    history_end_work(h, before);
}

bool history_when(History *h, u32 linear, u32 len, bool *device)
{
    When w = {.h = h, .linear = linear, .len = len < WHEN_MAX ? len : WHEN_MAX};
    w.debug = h->quiet;
    w.debug.ctx = &w;
    w.debug.on_access = when_access;
    HistorySearch s = {.ctx = &w, .watch = when_watch, .after = when_after, .limit = when_limit};
    bool found = history_find_last(h, &s);
    *device = w.device;
    if (found && w.device)
        close_in(&w);
    return found;
}
