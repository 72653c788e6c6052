/* history_line.c: lines that are runs of their own. Where a state from a file takes the machine's
 * place, no instruction leads from the one to the other, so all that is known of the run that is
 * left waits as a whole: its states, inputs, branches, and the pasts of its media.
 *
 * A medium with writes in memory takes them along. An image has one content only: it must be the
 * same in each line at the place where that is left, its home. A state loads only if the image is
 * what it was when the state was saved, so that holds by itself for the first one; later ones are
 * taken as new lines only while this line has written no image, and a line that did goes home
 * before it is left for another. */
#include "frontend/history_part.h"

#include <stdlib.h>

static Branch *find_line(const History *h)
{
    Branch *b = h->branch, *first = NULL;
    for (; b; b = b->next)
        if (b->whole)
            first = b;
    return first;
}

static void set_aside(History *h)
{
    Branch *b = history_memory(sizeof *b);
    b->whole = true;
    b->number = h->line;
    b->home = h->home;
    b->fork = h->state[history_index_of(h->state, h->states, h->home)].tick;
    b->last = h->last;
    b->state = h->state;
    b->states = h->states;
    b->input = h->input;
    b->inputs = h->inputs;
    b->input_at = h->input_at;
    memcpy(b->first_medium, h->first_medium, sizeof b->first_medium);
    for (int d = 0; d < SNAPSHOT_DRIVES; d++) {
        b->medium[d].disk = pc_medium(h->pc, d);
        if (b->medium[d].disk && !(b->medium[d].past = disk_past_take(b->medium[d].disk)))
            panic("out of host memory for a disk's past; use a smaller -history");
    }
    b->next = h->branch;
    h->branch = b;
    h->state = NULL;
    h->input = NULL;
    h->states = h->state_room = h->inputs = h->input_room = h->input_at = 0;
}

static void take_up(History *h, Branch *b)
{
    free(h->state);
    free(h->input);
    h->line = b->number;
    h->home = b->home;
    h->last = b->last;
    h->state = b->state;
    h->states = h->state_room = b->states;
    h->input = b->input;
    h->inputs = h->input_room = b->inputs;
    h->input_at = b->input_at;
    memcpy(h->first_medium, b->first_medium, sizeof h->first_medium);
    for (int d = 0; d < SNAPSHOT_DRIVES; d++) {
        if (b->medium[d].past)
            disk_past_put(b->medium[d].disk, b->medium[d].past);
        b->medium[d].past = NULL;
    }
    b->state = NULL; /* they are the line's now */
    b->input = NULL;
    b->states = b->inputs = 0;
    history_drop_branch(h, b);
}

/* Has an image been written since this line's home? */
static bool image_changed(const History *h)
{
    const StoreState *home = &h->state[history_index_of(h->state, h->states, h->home)];
    for (int i = 0; i < SNAPSHOT_DRIVES; i++) {
        const Disk *d = pc_medium(h->pc, i);
        if (d && !d->snapshot && !d->read_only && d->generation != home->generation[i])
            return true;
    }
    return false;
}

static void make_home(History *h)
{
    history_take_here(h);
    StoreState *s = &h->state[history_states_until(h, h->pc->clock.now) - 1];
    s->pins++;
    h->home = s->id;
}

bool history_leave(History *h)
{
    history_note_present(h);
    if (find_line(h) && image_changed(h))
        return false;
    make_home(h);
    set_aside(h);
    return true;
}

void history_stay(History *h)
{
    take_up(h, h->branch); /* which was set aside last */
}

void history_enter(History *h)
{
    h->store.lost = true;
    h->line = ++h->next_line;
    history_begin(h);
    make_home(h);
}

void history_switch_line(History *h, Branch *b)
{
    history_restore(h, history_index_of(h->state, h->states, h->home));
    set_aside(h);
    take_up(h, b);
    history_restore(h, h->states - 1);
}

bool history_drop_a_line(History *h)
{
    Branch *b = find_line(h);
    if (b)
        history_drop_branch(h, b);
    return b;
}

void history_drop_lines(History *h)
{
    while (history_drop_a_line(h))
        continue;
}
