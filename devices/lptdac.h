/* lptdac.h: sound from the printer port: a Covox Speech Thing or a Disney Sound Source in place of
 * the printer; see lptdac.c. */
#ifndef GLASS86_LPTDAC_H
#define GLASS86_LPTDAC_H

#include "devices/audio.h"
#include "devices/event.h"
#include "devices/state.h"
#include "mmu/bus.h"

enum { LPTDAC_FIFO = 16 };

typedef struct {
    u64 next; /* when the next sample of the FIFO is due, in 1/7000 s */
    u8 data, control;
    u8 fifo[LPTDAC_FIFO]; /* [0] is next */
    u8 count;
    s8 level;
} LptDacState;

typedef struct {
    Bus *bus;
    EventQueue *queue;
    Snap *snap;
    AudioSource *out;
    u16 base; /* first of 3 ports */
    bool disney;
} LptDacConfig;

typedef struct {
    LptDacState s;
    LptDacConfig cfg;
    Event due;
} LptDac;

void lptdac_init(LptDac *d, const LptDacConfig *cfg);
void lptdac_reset(LptDac *d);
void lptdac_post_load(LptDac *d);

#endif
