/* opl_streams.h: register streams for FM synthesizers, made by a fixed generator: nearly every
 * register, value and moment. A synthesizer under test is two functions; what it is compared with
 * are digests of what a reference core made of the same streams. */
#ifndef GLASS86_OPL_STREAMS_H
#define GLASS86_OPL_STREAMS_H

#include "mmu/base.h"

typedef struct {
    void (*write)(void *ctx, int reg, u8 value); /* reg: bit 8 is the bank */
    void (*run)(void *ctx, int samples);
    void *ctx;
    u64 seed;
} OplPlayer;

/* OPL2: no second bank, no NEW bit. OPL3: random pairs of channels are joined first. Rests: now and
 * then all keys go off and a long time passes. */
typedef enum { OPL_STREAM_OPL2, OPL_STREAM_OPL3, OPL_STREAM_RESTS, OPL_STREAM_KINDS } OplStream;

static inline u32 opl_random(OplPlayer *p)
{
    p->seed = p->seed * 6364136223846793005ull + 1442695040888963407ull;
    return (u32)(p->seed >> 33);
}

static inline void opl_random_slot(OplPlayer *p, int bank)
{
    static const u8 base[5] = {0x20, 0x40, 0x60, 0x80, 0xE0};
    int group = (int)(opl_random(p) % 5), at = (int)(opl_random(p) % 22);
    u8 v = (u8)opl_random(p);
    if (group == 1 && opl_random(p) & 1)
        v &= 0xC7; /* loud enough to be heard */
    if (group == 2 && opl_random(p) & 1)
        v |= 0xF0; /* ... and soon */
    if ((at & 7) < 6)
        p->write(p->ctx, bank << 8 | (base[group] + at), v);
}

static inline void opl_random_write(OplPlayer *p, OplStream kind)
{
    static const u8 base[3] = {0xA0, 0xB0, 0xC0};
    int bank = kind == OPL_STREAM_OPL2 ? 0 : (int)(opl_random(p) & 1);
    u32 what = opl_random(p) % 19;
    if (what < 12)
        opl_random_slot(p, bank);
    else if (what < 18)
        p->write(p->ctx, bank << 8 | (base[what % 3] + (int)(opl_random(p) % 9)),
                 (u8)opl_random(p));
    else if (opl_random(p) % 3 == 0)
        p->write(p->ctx, 0xBD, (u8)opl_random(p));
}

static inline void opl_rest(OplPlayer *p)
{
    for (int bank = 0; bank < 2; bank++) {
        for (int i = 0; i < 9; i++)
            p->write(p->ctx, bank << 8 | (0xB0 + i), (u8)(opl_random(p) & 0x1F));
        for (int i = 0; i < 22; i++)
            if ((i & 7) < 6)
                p->write(p->ctx, bank << 8 | (0x80 + i), 0x0F);
    }
    p->write(p->ctx, 0xBD, (u8)(opl_random(p) & 0xC0));
    p->run(p->ctx, 3000 + (int)(opl_random(p) % 30000));
}

static inline void opl_play(OplPlayer *p, OplStream kind, u64 seed)
{
    p->seed = seed;
    if (kind != OPL_STREAM_OPL2) {
        p->write(p->ctx, 0x105, 1);
        p->write(p->ctx, 0x104, (u8)(opl_random(p) & 0x3F));
    }
    for (int i = 0; i < 18; i++)
        if (i < 9 || kind != OPL_STREAM_OPL2)
            p->write(p->ctx, i / 9 << 8 | (0xC0 + i % 9), (u8)opl_random(p));
    for (int i = 0; i < 2500; i++) {
        if (i < 60 || opl_random(p) % 8 == 0)
            opl_random_write(p, kind);
        if (kind == OPL_STREAM_RESTS && opl_random(p) % 300 == 0)
            opl_rest(p);
        p->run(p->ctx, (int)(opl_random(p) % 64));
    }
}

static inline u64 opl_digest(u64 digest, s16 left, s16 right)
{
    digest = (digest ^ (u16)left) * 0x100000001B3u;
    return (digest ^ (u16)right) * 0x100000001B3u;
}

#endif
