/* pace.c: see pace.h. */
#include "frontend/pace.h"

#include <time.h>

#define NS_PER_S 1000000000ull
#define LATE_NS  (NS_PER_S / 5)

u64 host_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * NS_PER_S + (u64)t.tv_nsec;
}

void host_sleep(u64 ns)
{
    struct timespec t = {(time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S)};
    nanosleep(&t, NULL); /* a signal ends it early, as it should */
}

void pace_rebase(Pace *p, u64 now)
{
    p->base_tick = now;
    p->base_ns = host_ns();
}

void pace_set(Pace *p, u64 ips, int percent, u64 now)
{
    p->ips = ips;
    p->percent = percent;
    pace_rebase(p, now);
}

u64 pace_ahead(Pace *p, u64 now)
{
    if (!p->percent)
        return 0;
    u64 guest = (u64)((unsigned __int128)(now - p->base_tick) * NS_PER_S * 100 / p->ips /
                      (unsigned)p->percent);
    u64 host = host_ns() - p->base_ns;
    if (host > guest + LATE_NS)
        pace_rebase(p, now);
    return guest > host ? guest - host : 0;
}
