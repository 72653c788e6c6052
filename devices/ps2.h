/* ps2.h: what the two devices behind the 8042 share: a small byte queue, and how they tell the
 * controller that they have something to send. Internal to kbc.c, keyboard.c and mouse.c.
 *
 * A device answers commands from its reply queue, which goes out before anything else it has. The
 * controller pulls: it asks has_byte(), lets the serial transfer time pass, and only then takes the
 * byte, so a command that arrives in between is answered before older data, as on the real wire. */
#ifndef GLASS86_PS2_H
#define GLASS86_PS2_H

#include "mmu/base.h"

enum { PS2_QUEUE_SIZE = 24 };

typedef struct {
    u8 byte[PS2_QUEUE_SIZE];
    u8 count;
} Ps2Queue;

static inline void ps2_push(Ps2Queue *q, u8 byte)
{
    if (q->count < PS2_QUEUE_SIZE)
        q->byte[q->count++] = byte;
}

/* Takes the oldest byte; the queue must not be empty. */
static inline u8 ps2_pop(Ps2Queue *q)
{
    u8 byte = q->byte[0];
    q->count--;
    memmove(q->byte, q->byte + 1, q->count);
    q->byte[q->count] = 0; /* equal queues are equal bytes, whatever their history: hashes agree */
    return byte;
}

static inline void ps2_clear(Ps2Queue *q)
{
    memset(q, 0, sizeof *q);
}

/* Called by a device when it got something to send. */
typedef struct {
    void (*fn)(void *ctx);
    void *ctx;
} Ps2Wake;

static inline void ps2_wake(const Ps2Wake *w)
{
    if (w->fn)
        w->fn(w->ctx);
}

#endif
