/* clock.h: guest time. It is a count of executed instructions (one REP iteration counts as one),
 * never host time, so every run repeats. `ips` says how many instructions make a guest second. */
#ifndef GLASS86_CLOCK_H
#define GLASS86_CLOCK_H

#include "mmu/base.h"

typedef struct {
    /* instructions executed since power-on; while halted, instructions that could have run */
    u64 now;
    /* `when` of the earliest armed event, UINT64_MAX if none; owned by the event queue */
    u64 deadline;
    u64 ips;      /* instructions per guest second, fixed for the life of the machine, never 0 */
} Clock;

/* How many whole cycles of a `hz` oscillator that started at tick 0 have passed at tick t. */
static inline u64 clock_cycles(const Clock *c, u64 t, u64 hz)
{
    return (u64)((unsigned __int128)t * hz / c->ips);
}

/* The first tick at which clock_cycles() has reached `cycles`. The two are exact inverses, so
 * a periodic device that counts in its own cycles and re-arms through here never drifts. */
static inline u64 clock_tick_of(const Clock *c, u64 cycles, u64 hz)
{
    return (u64)(((unsigned __int128)cycles * c->ips + hz - 1) / hz);
}

/* Ticks in `us` microseconds of guest time, at least 1. */
static inline u64 clock_us(const Clock *c, u64 us)
{
    u64 t = (u64)((unsigned __int128)us * c->ips / 1000000);
    return t ? t : 1;
}

#endif
