/* page.h: decoded pages. A DecodedPage holds the records of one physical page, decoded for one D
 * bit, flat segments or not, and one pair of code-segment cuts (lo, hi: the part of the page that
 * lies inside CS, nearly always all of it). Records stand in straight runs in a pool; `map` finds
 * the record of an offset. All of this is derived: dropping it at any moment changes nothing. */
#ifndef GLASS86_PAGE_H
#define GLASS86_PAGE_H

#include "cpu/internal.h"

#ifndef GLASS86_PAGES
#define GLASS86_PAGES 512 /* fuzzing, which makes a machine for every input, does with fewer */
#endif

enum {
    PAGE_POOL = 2048, /* records of one page; when full, the page starts over */
    PAGE_COUNT = GLASS86_PAGES, /* decoded pages of a Cpu, of 73 KiB, touched as needed */
    PAGE_RUN = 128,   /* longest run */
};

/* What is code in a physical page; the decoded pages of the same one share it. */
typedef struct {
    u32 lines;           /* 128-byte lines that hold code */
    u8 bytes[CODE_BYTES]; /* a bit for each byte of an instruction, or of one that was there */
} CodeMap;

struct DecodedPage {
    u32 phys; /* physical address of the page */
    u16 lo, hi;
    bool code32;
    bool flat;   /* MODE_FLAT */
    bool used;
    bool recent; /* second-chance bit of the replacement */
    u16 fill;    /* pool entries in use; entry 0 is never used, so that map 0 means none */
    u8 *host;
    DecodedPage *next; /* in its hash chain */
    CodeMap *code;     /* own, or that of another decoded page of the same physical one */
    CodeMap own;
    u16 map[4096];
    Insn pool[PAGE_POOL];
};

bool pages_init(Cpu *c); /* false: out of host memory */
void pages_free(Cpu *c);
void pages_drop(Cpu *c);       /* forget every record */
void pages_clear_refs(void *cpu); /* linear-to-physical relations changed */
/* ... of one linear page. It is not the current one, or nothing in it will be executed next. */
void pages_clear_refs_to(void *cpu, u32 page);
u32 pages_code_lines(void *cpu, u32 phys_page, const u8 **bytes);
void pages_written(void *cpu, u32 phys, u32 len);
void pages_remapped(void *cpu, u32 base, u32 size);

/* Record for CS:EIP, decoded if need be; sets c->page and c->eip_base. Raises #GP, #PF. */
const Insn *page_find(Cpu *c);

/* A stale record is about to run: decodes it again in place or chains it to a new one. NULL:
 * look up from scratch. */
const Insn *page_heal(Cpu *c, const Insn *i);

/* Makes the direct branch `i` go straight to `t` from now on, if both lie in the current page. */
void page_link(Cpu *c, const Insn *i, const Insn *t);

/* Execution breakpoints changed at this linear address: its records must be decoded again. */
void page_forget(Cpu *c, u32 linear);

/* Where the look-up of la's page is remembered: rings, and real-mode segments that overlap in a
 * page, must not evict each other. */
static inline PageRef *page_ref(Cpu *c, u32 la)
{
    u32 base = (u32)(c->cs_key >> 32);
    return &c->ref[(la >> 12 ^ base >> 4 ^ c->code_mode << 2) & (PAGE_REFS - 1)];
}

/* The page that holds record i, or NULL. */
const DecodedPage *page_of(const Cpu *c, const Insn *i);

/* The record at `eip`, which CS's limit admits, if it is in the current page; else NULL. */
static inline const Insn *page_near(const Cpu *c, u32 eip)
{
    u32 off = eip - c->eip_base;
    const DecodedPage *p = c->page;
    u32 index;
    if (off >= 4096 || !p || !(index = p->map[off]))
        return NULL;
    return &p->pool[index];
}

/* Branch target without decoding, translation or faults; NULL when any of these is needed. On
 * success the target's page is current. */
static inline const Insn *page_target(Cpu *c, u32 eip)
{
    if (unlikely(eip > (u32)c->cs_key)) /* beyond the limit */
        return NULL;
    u32 la = (u32)(c->cs_key >> 32) + eip;
    const PageRef *r = page_ref(c, la);
    if (unlikely(r->page != la >> 12 || r->mode != c->code_mode || r->cs_key != c->cs_key))
        return NULL;
    DecodedPage *p = r->dp;
    u32 index = p->map[la & 0xFFF];
    if (unlikely(!index))
        return NULL;
    c->page = p;
    c->eip_base = eip - (la & 0xFFF);
    return &p->pool[index];
}

#endif
