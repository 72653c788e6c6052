/* dma.h: the two 8237A DMA controllers of a PC/AT and their page registers; see dma.c. */
#ifndef GLASS86_DMA_H
#define GLASS86_DMA_H

#include "devices/dmaline.h"
#include "devices/event.h"
#include "devices/state.h"
#include "mmu/bus.h"

typedef struct {
    u16 base_addr, base_count;
    u16 addr, count;
    u8 mode;
    u8 pad;
} DmaChannel;

typedef struct {
    DmaChannel channel[4];
    u8 command, mask, status; /* status: TC bits 0-3 */
    u8 dreq;                  /* DREQ pins */
    u8 request;               /* software requests */
    u8 temp;
    bool high; /* the byte flip-flop: next is the high byte */
} Dma8237;

typedef struct {
    Dma8237 chip[2]; /* channels 0-3, channels 4-7 */
    u8 page[16];     /* 80h-8Fh */
} DmaState;

typedef struct {
    Bus *bus;
    Snap *snap;
    bool single; /* a PC or XT: one controller, not behind channel 4 of a second one */
} DmaConfig;

typedef struct {
    DmaState s;
    Bus *bus;
    bool single;
} Dma;

void dma_init(Dma *d, const DmaConfig *cfg);
void dma_reset(Dma *d);

/* The other end of channel 0-3 or 5-7, for the chip that uses it. */
DmaLine dma_line(Dma *d, int channel);

/* Physical address and bytes left of a channel, for displays. */
u32 dma_address(const Dma *d, int channel);
u32 dma_left(const Dma *d, int channel);

#endif
