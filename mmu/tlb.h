/* tlb.h: the softMMU's translation cache, as hot code sees it. One entry maps one linear page to
 * host memory. A look-up is
 *
 *     e = &set[(la >> 12) % TLB_SIZE];
 *     hit = e->tag == ((la + n - 1) & ~0xFFF);   host = e->addend + la
 *
 * so an access that crosses into the next page misses by itself. Write entries carry the page's
 * code-line mask: a bit for each 128 bytes that hold (or start less than 8 bytes before) decoded
 * instructions. Only when that bit is set, the page's map of code bytes is asked (Mmu.code_bytes),
 * so data next to code cost a few instructions more than other data. */
#ifndef GLASS86_TLB_H
#define GLASS86_TLB_H

#include "mmu/base.h"

enum { TLB_SIZE = 256 };

enum {
    TLB_INVALID = 1, /* tag of an empty entry: never equal to a page address */
    /* tag bit: the translation is good, but the page is not plain memory (MMIO, ROM on write) or is
     * watched: ask the bus, at Mmu.tlb_phys */
    TLB_SLOW = 2,
    /* tag bit, with TLB_SLOW: that may no longer be so, look at the next write */
    TLB_RETRY = 4,
};

typedef struct {
    u32 tag;          /* linear page address, or with TLB_* bits */
    u32 code;         /* write sets: lines holding code */
    uintptr_t addend; /* host address minus linear address */
} TlbEntry;
_Static_assert(sizeof(void *) == 8, "glass86 needs a 64-bit host");

/* The translations that the TLB holds, as a state keeps them: a guest that changed its page tables
 * without INVLPG goes on with the old ones until they are evicted. Linear page in bits 31-12,
 * physical page in bits 63-44, bit 0 set; 0: no entry. All empty while paging is off. */
enum { TLB_READ, TLB_WRITE, TLB_FETCH, TLB_KINDS };
typedef struct {
    u64 entry[2][TLB_KINDS][TLB_SIZE]; /* CPL 0-2, CPL 3 */
} TlbState;

static inline TlbEntry *tlb_entry(TlbEntry *set, u32 la)
{
    return &set[la >> 12 & (TLB_SIZE - 1)];
}

static inline bool tlb_hit(const TlbEntry *e, u32 la, u32 n)
{
    return e->tag == ((la + n - 1) & ~0xFFFu);
}

/* A bit for each byte of a physical page that belongs to a decoded instruction, and some bytes
 * more, so that 32 bits can be read from any byte. */
enum { CODE_BYTES = 4096 / 8 + 4 };

/* Is one of the n bytes (at most 16) from la on marked in `map`? */
static inline bool code_bytes_hit(const u8 *map, u32 la, u32 n)
{
    u32 bits;
    memcpy(&bits, map + (la >> 3 & 511), 4);
    return bits >> (la & 7) & ((1u << n) - 1);
}

/* True when a write at la may touch decoded code. */
static inline bool tlb_code(const TlbEntry *e, u32 la)
{
    return e->code >> (la >> 7 & 31) & 1;
}

#endif
