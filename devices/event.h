/* event.h: the one event queue of a machine. A device embeds Event structs by value, registers each
 * once at init, and arms it for a tick of guest time. Order is (when, id): ids are given in
 * order of registration, so two events of the same tick always fire in the same order.
 *
 * A periodic device re-arms from `when`, the tick it was due, not from the clock: no drift. The
 * queue owns Clock.deadline, which is how the CPU knows when to come back. */
#ifndef GLASS86_EVENT_H
#define GLASS86_EVENT_H

#include "mmu/base.h"
#include "mmu/clock.h"

typedef void EventFn(void *ctx, u64 when);

typedef struct Event {
    struct Event *next; /* in the sorted list while armed */
    u64 when;
    EventFn *fn;
    void *ctx;
    const char *name;
    u16 id;
    bool armed;
} Event;

enum { EVENT_MAX = 64 };

typedef struct {
    Clock *clock;
    Event *head;
    Event *all[EVENT_MAX];
    u16 count;
    void (*fired)(void *ctx, const Event *e); /* an observer, before the event's own function */
    void *fired_ctx;
} EventQueue;

void event_queue_init(EventQueue *q, Clock *clock);

/* Registers `e`; once per machine, at init. `name` is what `info events` shows and a snapshot
 * keys on. */
void event_init(EventQueue *q, Event *e, const char *name, EventFn *fn, void *ctx);

/* Arms (or moves) `e` to tick `when`; a tick in the past fires at the next chance. */
void event_at(EventQueue *q, Event *e, u64 when);
void event_cancel(EventQueue *q, Event *e); /* legal when not armed */

/* Fires everything due at clock->now, in order, including what the handlers arm for now. */
void event_run(EventQueue *q);

#endif
