/* misc.h: the ports by which emulated guests talk to their emulator: debug console (E9h),
 * isa-debug-exit, and power-off. No PC has them; Bochs, QEMU and VirtualBox do, and guests' tests
 * rely on them. */
#ifndef GLASS86_MISC_H
#define GLASS86_MISC_H

#include "devices/state.h"
#include "mmu/bus.h"

/* ---- debug console: each byte written is passed on; reads give E9h, "I am there" ------------- */

typedef struct {
    Bus *bus;
    u16 port; /* E9h; 402h for firmware that logs there */
    void (*tx)(void *ctx, u8 byte);
    void *ctx;
} DebugconConfig;

typedef struct {
    DebugconConfig cfg;
} Debugcon;

void debugcon_init(Debugcon *d, const DebugconConfig *cfg);

/* ---- isa-debug-exit: the first write of 1, 2 or 4 bytes ends the run ------------------------- */

typedef struct {
    Bus *bus;
    Snap *snap;
    u16 base; /* first of 4 ports; F4h. A wide write at an odd base counts as its lowest byte */
    void (*exit)(void *ctx, u32 value);
    void *ctx;
} DebugExitConfig;

typedef struct {
    u8 fired; /* once per reset: a wide write at an odd base arrives as several */
} DebugExitState;

typedef struct {
    DebugExitState s;
    DebugExitConfig cfg;
} DebugExit;

void debug_exit_init(DebugExit *d, const DebugExitConfig *cfg);
void debug_exit_reset(DebugExit *d);

/* ---- power-off: "Shutdown" to 8900h; ACPI sleep writes to 604h, B004h, 4004h ----------------- */

typedef struct {
    Bus *bus;
    Snap *snap;
    bool acpi; /* the three ACPI ports as well; a board with power management has it do that */
    void (*off)(void *ctx);
    void *ctx;
} PowerOffConfig;

typedef struct {
    u8 matched; /* characters of "Shutdown" seen */
} PowerOffState;

typedef struct {
    PowerOffState s;
    PowerOffConfig cfg;
} PowerOff;

void power_off_init(PowerOff *p, const PowerOffConfig *cfg);
void power_off_reset(PowerOff *p);

#endif
