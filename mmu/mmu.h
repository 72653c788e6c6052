/* mmu.h: from linear to physical addresses. The Mmu has its own view of CR0, CR3 and CR4, walks
 * page tables, sets A and D bits, applies the A20 gate, and fills and flushes the TLB. It never
 * unwinds: a page fault is a return value. Segments are the CPU's business. Source: Intel SDM
 * vol. 3, chapter "Paging"; 80386 manual, chapter 5. */
#ifndef GLASS86_MMU_H
#define GLASS86_MMU_H

#include "mmu/bus.h"
#include "mmu/tlb.h"

/* access = one of READ, WRITE, plus USER for accesses made at CPL 3 (system structures: never
 * USER) */
enum { MMU_READ = 0, MMU_WRITE = 1, MMU_USER = 2, MMU_FETCH = 4 };

/* #PF error code bits */
enum { PF_PRESENT = 1, PF_WRITE = 2, PF_USER = 4, PF_RSVD = 8 };

typedef struct {
    u32 phys;  /* physical address of la */
    /* host address of la if plain memory that this access may touch directly, else NULL */
    u8 *host;
} Xlat;

typedef struct {
    Bus *bus;
    u32 cr0, cr3, cr4;
    u32 phys_mask; /* A20 gate and address width (20, 24 or 32 bits) */
    bool has_pse, has_wp, has_pge;
    /* [user][write]: sets for CPL 0-2 and CPL 3 */
    TlbEntry tlb[2][2][TLB_SIZE];
    u32 tlb_phys[2][2][TLB_SIZE]; /* physical page of each entry; not hot, so not in it */
    /* pages that instructions are fetched from, while paging is on: linear, or TLB_INVALID */
    struct {
        u32 page, phys;
    } fetch[2][TLB_SIZE];
    TlbState s; /* valid between mmu_gather() and the next instruction */
    u64 marks;  /* how many A and D bits were set */
    /* linear pages that must stay slow (watchpoints, data breakpoints) */
    struct {
        u32 first, last; /* linear page numbers, inclusive */
        bool phys;       /* they are physical ones */
    } slow[48];
    int slow_count;
    /* of write entries with code lines: the page's map of code bytes */
    const u8 *code_bytes[2][TLB_SIZE];
    /* code-line mask, and map of code bytes, of a page with BUS_PAGE_CODE */
    u32 (*code_lines)(void *ctx, u32 phys_page, const u8 **bytes);
    void *code_ctx;
    /* derived translations elsewhere (decoded-page look-up) are stale */
    void (*on_flush)(void *ctx);
    /* ... those of one linear page are: its entry for fetches was evicted */
    void (*on_evict)(void *ctx, u32 page);
    void *flush_ctx;
    struct {
        u64 walks, misses, flushes, invlpgs;
        u64 cr3_flushes, mode_flushes; /* flushes by a load of CR3, by a change of CR0 or CR4 */
        u64 evictions; /* good entries that made room for others */
    } stats; /* for info stats; not guest-visible */
} Mmu;

void mmu_init(Mmu *m, Bus *bus);

/* New control register values; flushes what the change makes stale. */
void mmu_set_cr(Mmu *m, u32 cr0, u32 cr3, u32 cr4);
void mmu_set_phys_mask(Mmu *m, u32 mask);
void mmu_flush(Mmu *m);
void mmu_invlpg(Mmu *m, u32 la);

/* Translates la for `access`, setting A/D bits, without the TLB. false: #PF, *pf_error is its
 * error code. */
bool mmu_translate(Mmu *m, u32 la, unsigned access, Xlat *out, u32 *pf_error);

/* TLB entry for la, filled if need be; its tag may have TLB_SLOW.
 * NULL: #PF. */
const TlbEntry *mmu_lookup(Mmu *m, u32 la, unsigned access, u32 *pf_error);

/* Translates la for an instruction fetch, through the TLB while paging is on. false: #PF. */
bool mmu_fetch(Mmu *m, u32 la, bool user, Xlat *out, u32 *pf_error);

/* Physical page address that a valid entry maps to. */
u32 mmu_entry_phys(const Mmu *m, const TlbEntry *e);

/* Translation without side effects for the debugger: no A/D bits, no TLB, no faults. */
bool mmu_peek(const Mmu *m, u32 la, u32 *phys);

/* The code-line mask of physical page `phys` grew (or shrank), or its map of code bytes moved:
 * update write entries that map it. */
void mmu_code_changed(Mmu *m, u32 phys, u32 lines, const u8 *bytes);
/* Dirty tracking of a physical range begins anew: the next write to each page is seen. */
void mmu_forget_writes(Mmu *m, u32 phys, u32 size);

/* What is behind physical addresses changed: entries keep their translation and find out anew
 * whether it leads to memory. */
void mmu_refresh(Mmu *m);

/* Writes the TLB's translations to m->s; makes them those of m->s. */
void mmu_gather(Mmu *m);
void mmu_scatter(Mmu *m);
/* Could a TLB have come into this state? */
bool mmu_check(const TlbState *s);

/* Keep pages [la, la+len) out of the fast path; mmu_clear_slow() forgets all such ranges. */
bool mmu_add_slow(Mmu *m, u32 la, u32 len);
/* The same for the pages that hold physical bytes first to last. */
bool mmu_add_slow_phys(Mmu *m, u32 first, u32 last);
void mmu_clear_slow(Mmu *m);

#endif
