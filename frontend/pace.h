/* pace.h: keeps guest time in step with host time. Host time is read to sleep and to report,
 * never to decide anything that the guest could see. */
#ifndef GLASS86_PACE_H
#define GLASS86_PACE_H

#include "mmu/base.h"

typedef struct {
    u64 ips;
    int percent;   /* of real time; 0: as fast as it goes */
    u64 base_tick; /* guest and host time that belong together */
    u64 base_ns;
} Pace;

u64 host_ns(void); /* monotonic */
void host_sleep(u64 ns);

void pace_set(Pace *p, u64 ips, int percent, u64 now);

/* After a pause, when the guest's time should go on from here. */
void pace_rebase(Pace *p, u64 now);

/* Nanoseconds until the host has caught up with guest time `now`; 0 when it is late. A host that
 * is more than a fifth of a second late gives the lost time up, so that the guest does not race
 * afterwards. */
u64 pace_ahead(Pace *p, u64 now);

#endif
