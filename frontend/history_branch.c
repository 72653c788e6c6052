/* history_branch.c: futures that wait. Where the past is changed, what lay ahead is cut off as a
 * branch: its states, its inputs, and what it wrote to disks. The state it leaves from, its anchor,
 * stays in the line, pinned; going to a branch is going to its anchor, cutting off what now lies
 * behind that, and putting the branch in its place. A branch may leave from another one. */
#include "frontend/history_part.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static u64 now_of(const History *h)
{
    return h->pc->clock.now;
}

void *history_memory(size_t size)
{
    void *p = calloc(1, size ? size : 1);
    if (!p)
        panic("out of host memory for the machine's past; use a smaller -history");
    return p;
}

/* ---- states by their id ---------------------------------------------------------------------- */

size_t history_index_of(const StoreState *list, size_t count, u64 id)
{
    size_t i = 0;
    while (i < count && list[i].id != id)
        i++;
    return i;
}

Branch *history_holder_of(const History *h, u64 id)
{
    Branch *b = h->branch;
    while (b && history_index_of(b->state, b->states, id) == b->states)
        b = b->next;
    return b;
}

static void unpin(History *h, u64 id)
{
    size_t i = history_index_of(h->state, h->states, id);
    Branch *b = history_holder_of(h, id);
    StoreState *s = i < h->states ? &h->state[i]
                    : b           ? &b->state[history_index_of(b->state, b->states, id)]
                                  : NULL;
    if (s && s->pins)
        s->pins--;
}

/* ---- dropping -------------------------------------------------------------------------------- */

static void unlink_branch(History *h, Branch *b)
{
    Branch **p = &h->branch;
    while (*p != b)
        p = &(*p)->next;
    *p = b->next;
}

void history_drop_branch(History *h, Branch *b)
{
    unlink_branch(h, b);
    unpin(h, b->anchor);
    for (size_t i = 0; i < b->states; i++) {
        if (b->state[i].pins)
            history_forget_anchor(h, b->state[i].id);
        store_drop(&h->store, &b->state[i]);
    }
    for (int d = 0; d < SNAPSHOT_DRIVES; d++) {
        disk_future_free(b->medium[d].future);
        disk_past_free(b->medium[d].past);
    }
    free(b->state);
    free(b->input);
    free(b);
}

void history_forget_anchor(History *h, u64 id)
{
    for (Branch *b = h->branch; b;) {
        if (b->anchor == id) {
            history_drop_branch(h, b);
            b = h->branch; /* others may have gone with it */
        } else {
            b = b->next;
        }
    }
}

void history_drop_branches(History *h)
{
    while (h->branch)
        history_drop_branch(h, h->branch);
}

u64 history_branch_bytes(const History *h)
{
    u64 n = 0;
    for (const Branch *b = h->branch; b; b = b->next) {
        n += b->inputs * sizeof *b->input + b->states * sizeof *b->state;
        for (int d = 0; d < SNAPSHOT_DRIVES; d++)
            n += disk_future_bytes(b->medium[d].future) + disk_past_bytes(b->medium[d].past);
    }
    return n;
}

/* ---- cutting and joining --------------------------------------------------------------------- */

/* What lies behind state `anchor` becomes a branch; the machine stands at the anchor. */
static void cut(History *h, size_t anchor)
{
    StoreState *a = &h->state[anchor];
    Branch *b = history_memory(sizeof *b);
    b->number = h->line;
    b->anchor = a->id;
    b->fork = a->tick;
    b->last = h->last;
    b->states = h->states - anchor - 1;
    b->state = history_memory(b->states * sizeof *b->state);
    memcpy(b->state, a + 1, b->states * sizeof *b->state);
    b->inputs = h->inputs - a->input;
    b->input = history_memory(b->inputs * sizeof *b->input);
    if (b->inputs)
        memcpy(b->input, h->input + a->input, b->inputs * sizeof *b->input);
    for (int d = 0; d < SNAPSHOT_DRIVES; d++) {
        b->medium[d].disk = pc_medium(h->pc, d);
        if (b->medium[d].disk)
            b->medium[d].future = disk_journal_cut(b->medium[d].disk);
    }
    a->pins++;
    h->states = anchor + 1;
    h->inputs = h->input_at = a->input;
    h->last = a->tick;
    b->next = h->branch;
    h->branch = b;
}

/* The machine stands at b's anchor, with nothing behind it. */
static void join(History *h, Branch *b)
{
    for (size_t i = 0; i < b->states; i++) {
        h->state = history_grow(h->state, h->states, &h->state_room, sizeof *h->state);
        h->state[h->states++] = b->state[i];
    }
    for (size_t i = 0; i < b->inputs; i++) {
        h->input = history_grow(h->input, h->inputs, &h->input_room, sizeof *h->input);
        h->input[h->inputs++] = b->input[i];
    }
    for (int d = 0; d < SNAPSHOT_DRIVES; d++) {
        if (b->medium[d].disk)
            disk_journal_join(b->medium[d].disk, b->medium[d].future);
        b->medium[d].future = NULL;
    }
    h->last = b->last;
    h->line = b->number;
    b->states = 0; /* they are the line's now */
    history_drop_branch(h, b);
}

/* ---- leaving --------------------------------------------------------------------------------- */

/* The machine was changed before anybody asked for a state of it: goes there once more. */
static void take_anchor_again(History *h, u64 tick, size_t inputs)
{
    size_t at = history_states_until(h, tick);
    history_restore(h, at - 1);
    history_run_to(h, tick, NULL);
    history_deliver_inputs(h, inputs);
    history_take_here(h);
}

void history_branch_off(History *h, bool changed)
{
    StoreState as_it_is;
    u64 tick = now_of(h);
    size_t inputs = h->input_at;
    history_note_present(h);
    if (changed) {
        Silenced s = history_begin_work(h);
        store_take(&h->store, &as_it_is);
        take_anchor_again(h, tick, inputs);
        cut(h, history_states_until(h, tick) - 1);
        store_restore(&h->store, &as_it_is);
        store_drop(&h->store, &as_it_is);
        history_end_work(h, s);
    } else {
        history_take_here(h);
        cut(h, history_states_until(h, tick) - 1);
    }
    h->line = ++h->next_line;
}

/* ---- going there ----------------------------------------------------------------------------- */

static Branch *find_branch(const History *h, unsigned number)
{
    Branch *b = h->branch;
    while (b && b->number != number)
        b = b->next;
    return b;
}

static bool unknown(const History *h, unsigned number, char *err, size_t errlen)
{
    snprintf(err, errlen,
             number == h->line ? "the machine is in line %u already"
                               : "there is no line %u; `info timeline` lists them",
             number);
    return false;
}

static bool switch_to(History *h, Branch *b)
{
    if (b->whole) {
        history_switch_line(h, b);
        return true;
    }
    size_t anchor = history_index_of(h->state, h->states, b->anchor);
    if (anchor == h->states) {
        Branch *from = history_holder_of(h, b->anchor);
        if (!from || !switch_to(h, from))
            return false;
        anchor = history_index_of(h->state, h->states, b->anchor);
    }
    history_restore(h, anchor);
    if (h->states > anchor + 1 || h->inputs > h->input_at || h->last > now_of(h))
        cut(h, anchor);
    join(h, b);
    return true;
}

bool history_branch_go(History *h, unsigned number, char *err, size_t errlen)
{
    Branch *b = find_branch(h, number);
    if (!b)
        return unknown(h, number, err, errlen);
    history_note_present(h);
    Silenced s = history_begin_work(h);
    bool there = switch_to(h, b) && history_go(h, h->last);
    history_end_work(h, s);
    if (!there)
        snprintf(err, errlen, "the end of line %u was not reached; it is at instruction %" PRIu64,
                 number, h->last);
    return there;
}

bool history_branch_drop(History *h, unsigned number, char *err, size_t errlen)
{
    Branch *b = find_branch(h, number);
    if (!b && number == h->line)
        snprintf(err, errlen, "line %u is the present one; go to another one first", number);
    else if (!b)
        unknown(h, number, err, errlen);
    else
        history_drop_branch(h, b);
    return b;
}

unsigned history_line(const History *h)
{
    return h->line;
}

bool history_branch_info(const History *h, unsigned i, HistoryBranch *info)
{
    const Branch *b = h->branch;
    while (b && i--)
        b = b->next;
    if (!b)
        return false;
    const Branch *from = history_holder_of(h, b->anchor);
    *info = (HistoryBranch){b->number, from ? from->number : h->line, b->fork, b->last,
                            (unsigned)b->inputs,
                            b->whole,
                            b->whole ? b->state[0].tick : b->fork};
    return true;
}
