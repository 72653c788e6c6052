/* sermouse.h: a Microsoft serial mouse; see sermouse.c. */
#ifndef GLASS86_SERMOUSE_H
#define GLASS86_SERMOUSE_H

#include "devices/event.h"
#include "devices/state.h"

typedef struct {
    s32 dx, dy;   /* movement not yet told */
    u8 buttons;   /* bit 0 left, 1 right, as held */
    u8 told;      /* ... as told */
    u8 packet[4]; /* being sent; [0] is next */
    u8 count;
    bool dtr, rts, powered;
} SermouseState;

typedef struct {
    EventQueue *queue;
    Snap *snap;
    bool (*send)(void *ctx, u8 byte); /* to the port's receiver; false: it cannot take it now */
    void *ctx;
} SermouseConfig;

typedef struct {
    SermouseState s;
    SermouseConfig cfg;
    Event due;
} Sermouse;

void sermouse_init(Sermouse *m, const SermouseConfig *cfg);

/* The host's mouse: dx right, dy down; buttons 1 left, 2 right. */
void sermouse_move(Sermouse *m, int dx, int dy, unsigned buttons);

/* The port's outputs, as Lines. */
void sermouse_set_dtr(void *mouse, int pin, bool level);
void sermouse_set_rts(void *mouse, int pin, bool level);

#endif
