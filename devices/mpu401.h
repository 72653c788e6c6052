/* mpu401.h: Roland's MPU-401 MIDI interface in its UART mode; see mpu401.c. */
#ifndef GLASS86_MPU401_H
#define GLASS86_MPU401_H

#include "devices/event.h"
#include "devices/state.h"
#include "mmu/bus.h"
#include "mmu/line.h"

typedef struct {
    bool uart;
    bool answer; /* an acknowledge waits to be read */
} Mpu401State;

typedef struct {
    Bus *bus;
    Snap *snap;
    u16 base; /* first of 2 ports: 330h */
    Line irq;
    void (*midi)(void *ctx, u8 byte); /* what goes out; may be NULL */
    void *ctx;
} Mpu401Config;

typedef struct {
    Mpu401State s;
    Mpu401Config cfg;
} Mpu401;

void mpu401_init(Mpu401 *m, const Mpu401Config *cfg);
void mpu401_reset(Mpu401 *m);

#endif
