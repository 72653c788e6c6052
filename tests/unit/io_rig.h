/* io_rig.h: what a chip test needs: a real bus, clock and event queue, and recording fakes for its
 * lines. The clock runs at 1 MHz, so a tick is a microsecond. */
#ifndef GLASS86_IO_RIG_H
#define GLASS86_IO_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "devices/event.h"
#include "devices/state.h"
#include "mmu/bus.h"
#include "mmu/line.h"

typedef struct {
    bool level;
    int rises, falls, calls;
} Probe;

typedef struct {
    Bus bus;
    Clock clock;
    EventQueue queue;
    Snap snap;
} Rig;

static inline void rig_init(Rig *r)
{
    memset(r, 0, sizeof *r);
    r->clock.ips = 1000000;
    bus_init(&r->bus);
    event_queue_init(&r->queue, &r->clock);
}

/* Lets guest time pass, events firing at their ticks. */
static inline void rig_run(Rig *r, u64 ticks)
{
    u64 end = r->clock.now + ticks;
    while (r->clock.deadline <= end) {
        if (r->clock.deadline > r->clock.now)
            r->clock.now = r->clock.deadline;
        event_run(&r->queue);
    }
    r->clock.now = end;
}

static inline u8 in8(Rig *r, u16 port)
{
    return (u8)bus_in(&r->bus, port, 1);
}

static inline void out8(Rig *r, u16 port, u8 v)
{
    bus_out(&r->bus, port, 1, v);
}

static inline void probe_set(void *ctx, int pin, bool level)
{
    Probe *p = ctx;
    p->calls++;
    p->rises += level && !p->level;
    p->falls += !level && p->level;
    p->level = level;
}

static inline Line probe_line(Probe *p)
{
    return (Line){probe_set, p, 0};
}

/* Bytes that a device passed on. */
typedef struct {
    u8 byte[256];
    int count;
} Sink;

static inline void sink_byte(void *ctx, u8 byte)
{
    Sink *s = ctx;
    if (s->count < 256)
        s->byte[s->count++] = byte;
}

/* A fixed stream of "hostile" numbers. */
static inline u32 rig_random(u64 *seed)
{
    *seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
    return (u32)(*seed >> 33);
}

#endif
