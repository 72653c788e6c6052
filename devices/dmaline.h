/* dmaline.h: a DMA channel as the chip on its other end sees it (floppy controller, sound card).
 * The 8237A pair stands behind the three calls; pc.c fills the struct with dma_line(). A client
 * never learns addresses or counts: it offers or asks for bytes and is told how many moved and
 * whether the channel's count ran out (the TC pin).
 *
 * The model is "demand": the client calls read or write when it holds DREQ and has data. All bytes
 * of one call move in zero guest time; a client that wants real rates moves few bytes per event. */
#ifndef GLASS86_DMALINE_H
#define GLASS86_DMALINE_H

#include "mmu/base.h"

typedef struct {
    /* Memory to device: fills `dst` with up to n bytes. */
    u32 (*read)(void *ctx, int channel, void *dst, u32 n, bool *tc);
    /* Device to memory: takes up to n bytes from `src`. */
    u32 (*write)(void *ctx, int channel, const void *src, u32 n, bool *tc);
    /* The DREQ pin, which software reads in the status register. */
    void (*dreq)(void *ctx, int channel, bool level);
    void *ctx;
    int channel; /* 0-3: bytes; 5-7: 16-bit words: of an odd n the last byte is not moved */
} DmaLine;

/* Both return the number of bytes moved, 0 while the channel is masked, the controller is disabled
 * or nothing is connected: the client then waits (or reports an overrun) and tries again later. A
 * call never moves past terminal count: it stops there with *tc = true, and the rest is the
 * client's decision. After TC without autoinit the channel is masked, so the next call moves 0. A
 * channel in verify mode, or one programmed for the other direction, counts but leaves memory
 * alone. */
static inline u32 dma_line_read(const DmaLine *l, void *dst, u32 n, bool *tc)
{
    *tc = false;
    return l->read ? l->read(l->ctx, l->channel, dst, n, tc) : 0;
}

static inline u32 dma_line_write(const DmaLine *l, const void *src, u32 n, bool *tc)
{
    *tc = false;
    return l->write ? l->write(l->ctx, l->channel, src, n, tc) : 0;
}

static inline void dma_line_dreq(const DmaLine *l, bool level)
{
    if (l->dreq)
        l->dreq(l->ctx, l->channel, level);
}

#endif
