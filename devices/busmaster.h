/* busmaster.h: the bus master of the chipset's IDE function; see busmaster.c. */
#ifndef GLASS86_BUSMASTER_H
#define GLASS86_BUSMASTER_H

#include "devices/dmaline.h"
#include "devices/pci.h"
#include "mmu/line.h"

typedef struct {
    u32 table;   /* of descriptors: as written */
    u32 next;    /* descriptor to be fetched */
    u32 addr;    /* where the next byte of this region goes or comes from */
    u32 left;    /* bytes of this region */
    u8 command, status;
    bool last;   /* no descriptor follows */
    u8 pad;
} BusMasterChannel;

typedef struct {
    BusMasterChannel channel[2];
} BusMasterState;

typedef struct {
    Bus *bus;
    Snap *snap;
    Line irq[2];   /* IRQ 14 and 15 */
    Line ready[2]; /* high when a channel is started: the drive may move bytes */
} BusMasterConfig;

typedef struct {
    BusMasterState s;
    PciFunction function;
    PciPorts ports;
    BusMasterConfig cfg;
} BusMaster;

void busmaster_init(BusMaster *b, Pci *pci, const BusMasterConfig *cfg);
void busmaster_reset(BusMaster *b);

/* What an ATA channel is wired to: where its bytes go, and its interrupt on the way to the 8259A
 * (pin: the channel). */
DmaLine busmaster_line(BusMaster *b, int channel);
void busmaster_set_irq(void *bus_master, int channel, bool level);

#endif
