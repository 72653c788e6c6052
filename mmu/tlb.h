/* tlb.h: the softMMU's translation cache, as hot code sees it. One entry maps one linear page to
 * host memory. A look-up is
 *
 *     e = &set[(la >> 12) % TLB_SIZE];
 *     hit = e->tag == ((la + n - 1) & ~0xFFF);   host = e->addend + la
 *
 * so an access that crosses into the next page misses by itself. Write entries carry the page's
 * code-line mask: a bit for each 128 bytes that hold (or start less than 8 bytes before) decoded
 * instructions. */
#ifndef GLASS86_TLB_H
#define GLASS86_TLB_H

#include "mmu/base.h"

enum { TLB_SIZE = 256 };

enum {
    TLB_INVALID = 1, /* tag of an empty entry: never equal to a page address */
    TLB_SLOW =
        2, /* tag bit: the translation is good, but the page is not plain memory (MMIO, ROM on
                        write) or is watched: ask the bus, at Mmu.tlb_phys */
};

typedef struct {
    u32 tag;          /* linear page address, or with TLB_* bits */
    u32 code;         /* write sets: lines holding code */
    uintptr_t addend; /* host address minus linear address */
} TlbEntry;
_Static_assert(sizeof(void *) == 8, "glass86 needs a 64-bit host");

static inline TlbEntry *tlb_entry(TlbEntry *set, u32 la)
{
    return &set[la >> 12 & (TLB_SIZE - 1)];
}

static inline bool tlb_hit(const TlbEntry *e, u32 la, u32 n)
{
    return e->tag == ((la + n - 1) & ~0xFFFu);
}

/* True when a write at la may touch decoded code. */
static inline bool tlb_code(const TlbEntry *e, u32 la)
{
    return e->code >> (la >> 7 & 31) & 1;
}

#endif
