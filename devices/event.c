/* event.c: a sorted intrusive list. A PC has about thirty events, few of them armed, so the list
 * beats any heap, and it needs no allocation. */
#include "devices/event.h"

static void publish_deadline(EventQueue *q)
{
    q->clock->deadline = q->head ? q->head->when : UINT64_MAX;
}

void event_queue_init(EventQueue *q, Clock *clock)
{
    memset(q, 0, sizeof *q);
    q->clock = clock;
    publish_deadline(q);
}

void event_init(EventQueue *q, Event *e, const char *name, EventFn *fn, void *ctx)
{
    if (q->count >= EVENT_MAX)
        panic("too many events: raise EVENT_MAX (registering %s)", name);
    *e = (Event){.fn = fn, .ctx = ctx, .name = name, .id = q->count};
    q->all[q->count++] = e;
}

static void unlink_event(EventQueue *q, Event *e)
{
    Event **p = &q->head;
    while (*p != e)
        p = &(*p)->next;
    *p = e->next;
    e->armed = false;
}

void event_at(EventQueue *q, Event *e, u64 when)
{
    if (e->armed)
        unlink_event(q, e);
    Event **p = &q->head;
    while (*p && ((*p)->when < when || ((*p)->when == when && (*p)->id < e->id)))
        p = &(*p)->next;
    e->when = when;
    e->next = *p;
    e->armed = true;
    *p = e;
    publish_deadline(q);
}

void event_cancel(EventQueue *q, Event *e)
{
    if (!e->armed)
        return;
    unlink_event(q, e);
    publish_deadline(q);
}

void event_run(EventQueue *q)
{
    while (q->head && q->head->when <= q->clock->now) {
        Event *e = q->head;
        q->head = e->next;
        e->armed = false;
        if (unlikely(q->fired != NULL))
            q->fired(q->fired_ctx, e);
        e->fn(e->ctx, e->when);
    }
    publish_deadline(q);
}
