/* cmos.h: the MC146818 real-time clock and its 128 bytes of battery RAM; see cmos.c. */
#ifndef GLASS86_CMOS_H
#define GLASS86_CMOS_H

#include "devices/event.h"
#include "devices/state.h"
#include "mmu/bus.h"
#include "mmu/line.h"

typedef struct {
    u8 ram[128];   /* registers 00h-0Dh and battery RAM */
    u8 index;      /* port 70h bits 0-6 */
    bool nmi_mask; /* port 70h bit 7 */
    bool irq;
    bool fell_back; /* daylight saving: this night's hour has been repeated */
    s64 origin;     /* oscillator cycle at which the divider chain was at 0 */
    u64 settled;    /* oscillator cycle up to which PF is accounted for */
} CmosState;

/* A hard disk as the BIOS set-up would describe it; heads 0: none. */
typedef struct {
    u16 cylinders;
    u8 heads, sectors;
} CmosDisk;

typedef struct {
    Bus *bus;
    EventQueue *queue;
    Snap *snap;
    Line irq;      /* IRQ 8 */
    Line nmi_mask; /* high while NMI is masked */
    s64 time;      /* seconds since 1970-01-01 00:00, as the clock shall show them */
    u64 ram;       /* bytes of memory */
    u8 floppy[2];  /* drive types 0-5 */
    CmosDisk disk[2];
    u8 translation[4]; /* per IDE drive: 0 none, 1 LBA assisted, 2 large */
    bool fpu;
    bool mouse;
    u8 boot[3]; /* 0 none, 1 floppy, 2 hard disk, 3 CD-ROM */
    bool boot_menu;
} CmosConfig;

typedef struct {
    CmosState s;
    Bus *bus;
    EventQueue *queue;
    Line irq, nmi_mask;
    Event second, periodic;
} Cmos;

void cmos_init(Cmos *c, const CmosConfig *cfg);
void cmos_reset(Cmos *c);     /* the RESET pin: interrupts off; time and RAM stay */
void cmos_post_load(Cmos *c); /* re-arms the events from the state */

/* Stores a byte as the BIOS set-up would and mends the checksum. */
void cmos_set(Cmos *c, int index, u8 value);

#endif
