/* lpt.h: a parallel port of the first PC (SPP: data, status, control) with a printer on it that
 * passes each strobed byte on. Registers: lpt.c. */
#ifndef GLASS86_LPT_H
#define GLASS86_LPT_H

#include "devices/event.h"
#include "devices/state.h"
#include "mmu/bus.h"
#include "mmu/line.h"

typedef struct {
    Bus *bus;
    EventQueue *queue;
    Snap *snap;
    const char *name;               /* "lpt0" ...: unique, at most 15 characters, static */
    u16 base;                       /* first of 3 ports: 378h, 278h, 3BCh */
    Line irq;                       /* rises at the end of the acknowledge pulse, if enabled */
    void (*tx)(void *ctx, u8 byte); /* a byte was strobed; NULL: no printer is connected */
    void *ctx;
} LptConfig;

typedef struct {
    u8 data, control;
    u8 phase;     /* of the byte being taken: 0 idle, 1 busy, 2 acknowledge */
    u8 acked;     /* an acknowledge ended and the guest has not looked at the status since */
    u8 irq_level; /* level driven */
} LptState;

typedef struct {
    LptState s;
    LptConfig cfg;
    Event step;
} Lpt;

void lpt_init(Lpt *l, const LptConfig *cfg);
void lpt_reset(Lpt *l);
void lpt_post_load(Lpt *l);

#endif
