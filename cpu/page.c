/* page.c: finding, forming and invalidating decoded pages.
 *
 * Every offset has at most one live record, so a write finds what it hit by looking at the few
 * offsets before it. Hit records get the `stale` handler and heal when they are next executed. */
#include "cpu/page.h"

#include <stdlib.h>

#include "cpu/hot.def"

enum { HASH_SIZE = 1024 };

struct Pages {
    DecodedPage *slot; /* [PAGE_COUNT]; zero pages until used */
    DecodedPage *hash[HASH_SIZE];
    int hand;          /* clock hand of the replacement */
};

static DecodedPage **chain_of(Pages *ps, u32 phys)
{
    return &ps->hash[phys >> 12 & (HASH_SIZE - 1)];
}

bool pages_init(Cpu *c)
{
    c->pages = calloc(1, sizeof *c->pages);
    if (!c->pages)
        return false;
    c->pages->slot = calloc(PAGE_COUNT, sizeof *c->pages->slot);
    return c->pages->slot;
}

void pages_free(Cpu *c)
{
    if (c->pages)
        free(c->pages->slot);
    free(c->pages);
    c->pages = NULL;
}

void pages_clear_refs(void *cpu)
{
    Cpu *c = cpu;
    for (int n = 0; n < PAGE_REFS; n++)
        c->ref[n].mode = 0;
    c->attention |= ATT_LOOKUP;
}

/* ---- code lines ------------------------------------------------------------------------------ */

u32 pages_code_lines(void *cpu, u32 phys)
{
    Cpu *c = cpu;
    u32 lines = 0;
    for (DecodedPage *p = *chain_of(c->pages, phys); p; p = p->next)
        if (p->phys == phys)
            lines |= p->lines;
    return lines;
}

static void lines_changed(Cpu *c, u32 phys)
{
    u32 lines = pages_code_lines(c, phys);
    u8 *flags = &c->bus->page_flags[phys >> BUS_PAGE_SHIFT];
    *flags = (u8)(lines ? *flags | BUS_PAGE_CODE : *flags & ~BUS_PAGE_CODE);
    mmu_code_changed(&c->mmu, phys, lines);
}

/* Lines whose writes can touch [off, end): a write starts up to 7 bytes before what it hits. */
static u32 line_mask(u32 off, u32 end)
{
    u32 first = off < 7 ? 0 : (off - 7) >> 7, last = (end - 1) >> 7;
    return (u32)((2ull << last) - (1ull << first));
}

/* ---- dropping -------------------------------------------------------------------------------- */

static void unhash(Cpu *c, DecodedPage *p)
{
    DecodedPage **at = chain_of(c->pages, p->phys);
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    p->used = false;
    lines_changed(c, p->phys);
    for (int n = 0; n < PAGE_REFS; n++)
        if (c->ref[n].dp == p)
            c->ref[n].mode = 0;
}

void pages_drop(Cpu *c)
{
    for (int n = 0; n < PAGE_COUNT; n++)
        if (c->pages->slot[n].used)
            unhash(c, &c->pages->slot[n]);
    c->page = NULL;
    c->attention |= ATT_LOOKUP;
}

void pages_remapped(void *cpu, u32 base, u32 size)
{
    Cpu *c = cpu;
    for (int n = 0; n < PAGE_COUNT; n++) {
        DecodedPage *p = &c->pages->slot[n];
        if (p->used && (!size || p->phys - base < size))
            unhash(c, p);
    }
    mmu_flush(&c->mmu);
    c->attention |= ATT_LOOKUP;
}

static void empty_page(DecodedPage *p)
{
    memset(p->map, 0, sizeof p->map);
    p->fill = 1;
}

/* ---- getting a page -------------------------------------------------------------------------- */

static DecodedPage *take_slot(Cpu *c)
{
    Pages *ps = c->pages;
    for (;;) {
        DecodedPage *p = &ps->slot[ps->hand];
        ps->hand = (ps->hand + 1) % PAGE_COUNT;
        if (p->used && (p->recent || p == c->page)) {
            p->recent = false;
            continue;
        }
        if (p->used)
            unhash(c, p);
        return p;
    }
}

static DecodedPage *get_page(Cpu *c, u32 phys, u8 *host, u16 lo, u16 hi, bool code32)
{
    DecodedPage **chain = chain_of(c->pages, phys);
    for (DecodedPage *p = *chain; p; p = p->next)
        if (p->phys == phys && p->lo == lo && p->hi == hi && p->code32 == code32)
            return p;
    DecodedPage *p = take_slot(c);
    p->phys = phys;
    p->host = host;
    p->lo = lo;
    p->hi = hi;
    p->code32 = code32;
    p->lines = 0;
    p->used = true;
    empty_page(p);
    p->next = *chain;
    *chain = p;
    return p;
}

/* ---- forming runs ---------------------------------------------------------------------------- */

static void bind(Cpu *c, Insn *i)
{
    i->fn = c->core_fn[i->op];
}

static Insn *append(Cpu *c, DecodedPage *p, u32 off, u16 op)
{
    Insn *i = &p->pool[p->fill++];
    memset(i, 0, sizeof *i);
    i->off = (u16)off;
    i->op = op;
    bind(c, i);
    return i;
}

static bool at_breakpoint(const Cpu *c, u32 off)
{
    for (int n = 0; n < c->break_count; n++)
        if ((c->break_at[n] & 0xFFF) == off)
            return true;
    return false;
}

/* The exchange of a register with itself that a user chose as a breakpoint (87 /r, word or
 * dword). */
static bool is_magic(const Cpu *c, const u8 *p, int len)
{
    return c->magic && len == 2 && p[0] == 0x87 && p[1] == c->magic;
}

/* Decodes the instruction at `off` into *i; 0 if it is not wholly in the page's part of the code
 * segment. */
static int decode_at(Cpu *c, DecodedPage *p, u32 off, Insn *i)
{
    int len = decode(&c->decode, p->host + off, p->hi - (int)off, p->code32, i);
    if (!len)
        return 0;
    i->off = (u16)off;
    if (unlikely(c->break_count | c->magic) &&
        (at_breakpoint(c, off) || is_magic(c, p->host + off, len)))
        i->op = OP_brk;
    bind(c, i);
    return len;
}

/* Ends a run that falls through to `off`: by a link to a record that is there already, or by a
 * look-up. */
static void end_run(Cpu *c, DecodedPage *p, u32 off)
{
    u32 index = off < p->hi ? p->map[off] : 0;
    Insn *i = append(c, p, off, index ? OP_chain_l : OP_chain);
    if (index)
        i->dist = (s16)(&p->pool[index] - i);
}

static void add_lines(Cpu *c, DecodedPage *p, u32 off, u32 end)
{
    u32 lines = p->lines | line_mask(off, end);
    if (lines != p->lines) {
        p->lines = lines;
        lines_changed(c, p->phys);
    }
}

/* Bytes that decided what a record is: its own, but the 8086 goes through endless prefixes one
 * by one. */
static u32 extent(const Cpu *c, const Insn *i)
{
    return i->row == c->decode.too_long ? 15 : i->len;
}

/* Decodes a run from `off`; false if its first instruction can't stand in the page. */
static bool form_run(Cpu *c, DecodedPage *p, u32 off)
{
    u32 start = off, seen = off;
    int count = 0;
    bool ended = false;
    while (count < PAGE_RUN && off < p->hi && !p->map[off]) {
        Insn *i = &p->pool[p->fill];
        int len = decode_at(c, p, off, i);
        if (!len)
            break;
        p->map[off] = p->fill++;
        seen = off + extent(c, i);
        off += (u32)len;
        count++;
        ended = x86_rows[i->row].attr & ROW_END;
        if (ended)
            break;
    }
    if (!count)
        return false;
    if (!ended)
        end_run(c, p, off);
    Insn *last = &p->pool[p->fill - (ended ? 1 : 2)];
    for (int n = 0; n < count; n++)
        last[-n].left = (u8)(n + 1);
    add_lines(c, p, start, seen);
    return true;
}

/* ---- instructions outside decoded pages ------------------------------------------------------ */

/* One code byte at CS:eip. False: not to be had; then *vector and *error say why. */
static bool code_byte(Cpu *c, u32 eip, u8 *byte, int *vector, u32 *error, u32 *la)
{
    const Seg *cs = &c->s.seg[SEG_CS];
    if (c->model == CPU_8086)
        eip = (u16)eip;
    *vector = EX_GP;
    *error = 0;
    if (eip > cs->limit)
        return false;
    *la = cs->base + eip;
    Xlat x;
    if (!mmu_translate(&c->mmu, *la, MMU_READ | (c->s.cpl == 3 ? MMU_USER : 0), &x, error)) {
        *vector = EX_PF;
        return false;
    }
    *byte = x.host ? *x.host : (u8)bus_read(c->bus, x.phys, 1);
    return true;
}

/* Fetches and decodes the instruction at CS:EIP into c->temp: it crosses into the next page,
 * lies in MMIO, or in the last bytes before the limit. Bytes are fetched one by one, so that
 * only those it has can fault. */
static const Insn *temp_insn(Cpu *c)
{
    u8 bytes[16];
    Insn *i = &c->temp[0];
    for (int n = 0; n < 15;) {
        int vector;
        u32 error, la;
        if (!code_byte(c, c->s.eip + (u32)n, &bytes[n], &vector, &error, &la)) {
            if (vector == EX_PF)
                raise_pf(c, la, error);
            raise_err(c, vector, error);
        }
        n++;
        if (decode(&c->decode, bytes, n, c->code_mode & 2, i))
            break;
    }
    i->off = 0;
    i->left = 1;
    c->temp_op = i->op;
    if (unlikely(c->break_count) && at_breakpoint(c, (c->s.seg[SEG_CS].base + c->s.eip) & 0xFFF))
        i->op = OP_brk;
    bind(c, i);
    c->temp[1] = (Insn){.op = OP_chain, .off = i->len};
    bind(c, &c->temp[1]);
    c->page = NULL;
    c->eip_base = c->s.eip;
    return i;
}

/* ---- look-up --------------------------------------------------------------------------------- */

/* The part of the linear page of la that lies inside CS. */
static void cuts(const Seg *cs, u32 la, u16 *lo, u16 *hi)
{
    u32 page = la & 0xFFFFF000, last = cs->base + cs->limit;
    *lo = (cs->base & 0xFFFFF000) == page && cs->limit != 0xFFFFFFFF ? cs->base & 0xFFF : 0;
    *hi = (last & 0xFFFFF000) == page && cs->limit != 0xFFFFFFFF ? (last & 0xFFF) + 1 : 4096;
    /* the segment ends and, a whole address space later, begins here: let every fetch be checked */
    if (*lo >= *hi) {
        *lo = 0;
        *hi = 0;
    }
}

static DecodedPage *page_at(Cpu *c, u32 la)
{
    const Seg *cs = &c->s.seg[SEG_CS];
    Xlat x;
    u32 error;
    if (!mmu_translate(&c->mmu, la, MMU_READ | (c->s.cpl == 3 ? MMU_USER : 0), &x, &error))
        raise_pf(c, la, error);
    if (!x.host)
        return NULL;
    u16 lo, hi;
    cuts(cs, la, &lo, &hi);
    DecodedPage *p =
        get_page(c, x.phys & 0xFFFFF000, x.host - (x.phys & 0xFFF), lo, hi, c->code_mode & 2);
    PageRef *r = page_ref(c, la);
    r->cs_key = c->cs_key;
    r->page = la >> 12;
    r->mode = c->code_mode;
    r->dp = p;
    return p;
}

const Insn *page_find(Cpu *c)
{
    const Seg *cs = &c->s.seg[SEG_CS];
    if (c->model < CPU_386)
        c->s.eip = (u16)c->s.eip;
    u32 eip = c->s.eip;
    const Insn *i = page_target(c, eip);
    if (likely(i != NULL))
        return i;
    if (eip > cs->limit)
        raise_err(c, EX_GP, 0);
    u32 la = cs->base + eip, off = la & 0xFFF;
    DecodedPage *p = page_at(c, la);
    if (!p || off < p->lo)
        return temp_insn(c);
    p->recent = true;
    if (!p->map[off]) {
        if (p->fill + PAGE_RUN + 2 > PAGE_POOL)
            empty_page(p);
        if (!form_run(c, p, off))
            return temp_insn(c);
    }
    c->page = p;
    c->eip_base = eip - off;
    return &p->pool[p->map[off]];
}

/* ---- links ----------------------------------------------------------------------------------- */

static bool in_page(const DecodedPage *p, const Insn *i)
{
    return p && i >= p->pool && i < p->pool + PAGE_POOL;
}

void page_link(Cpu *c, const Insn *i, const Insn *t)
{
    DecodedPage *p = c->page;
    if (!in_page(p, i) || !in_page(p, t))
        return;
    if (p->code32 && !(i->flags & INSN_OP32) && i->op != OP_chain)
        return; /* the target depends on the upper half of EIP, which the page does not fix */
    Insn *w = (Insn *)i;
    w->dist = (s16)(t - i);
    w->op++; /* FORMS_LINK: the linked form follows */
    bind(c, w);
}

/* ---- writes to code -------------------------------------------------------------------------- */

static bool make_stale(Cpu *c, DecodedPage *p, u32 off, u32 end)
{
    bool any = false;
    for (u32 o = off < 14 ? 0 : off - 14; o < end; o++) {
        Insn *i = p->map[o] ? &p->pool[p->map[o]] : NULL;
        if (!i || o + extent(c, i) <= off)
            continue;
        i->op = OP_stale;
        bind(c, i);
        p->map[o] = 0;
        any = true;
    }
    return any;
}

/* A write went the slow way and hit no record: clear the bits of its lines if they are empty by
 * now. */
static void tidy_lines(Cpu *c, DecodedPage *p, u32 off)
{
    u32 line = off >> 7, from = line * 128 < 15 ? 0 : line * 128 - 15;
    u32 to = line * 128 + 128 + 7 < 4096 ? line * 128 + 128 + 7 : 4096;
    for (u32 o = from; o < to; o++)
        if (p->map[o])
            return;
    p->lines &= ~(1u << line);
    lines_changed(c, p->phys);
}

void pages_written(void *cpu, u32 phys, u32 len)
{
    Cpu *c = cpu;
    u32 page = phys & 0xFFFFF000, off = phys & 0xFFF, end = off + len;
    if (end > 4096)
        end = 4096;
    for (DecodedPage *p = *chain_of(c->pages, page); p; p = p->next) {
        if (p->phys != page)
            continue;
        if (!make_stale(c, p, off, end) && p->lines >> (off >> 7) & 1)
            tidy_lines(c, p, off);
    }
}

const Insn *page_heal(Cpu *c, const Insn *stale)
{
    DecodedPage *p = c->page;
    Insn *i = (Insn *)stale;
    if (!in_page(p, i) || p->fill + PAGE_RUN + 2 > PAGE_POOL)
        return NULL;
    u32 off = i->off;
    if (!p->map[off]) {
        Insn fresh;
        int len = decode_at(c, p, off, &fresh);
        u8 was_end = x86_rows[i->row].attr & ROW_END;
        if (len == i->len && (x86_rows[fresh.row].attr & ROW_END) == was_end) {
            fresh.left = i->left;
            *i = fresh;
            p->map[off] = (u16)(i - p->pool);
            add_lines(c, p, off, off + extent(c, i));
            return i;
        }
        if (!len || !form_run(c, p, off))
            return NULL;
    }
    const Insn *t = &p->pool[p->map[off]];
    i->op = OP_chain;
    page_link(c, i, t);
    return t;
}

void page_forget(Cpu *c, u32 linear)
{
    u32 off = linear & 0xFFF;
    for (int n = 0; n < PAGE_COUNT; n++)
        if (c->pages->slot[n].used)
            make_stale(c, &c->pages->slot[n], off, off + 1);
}

const DecodedPage *page_of(const Cpu *c, const Insn *i)
{
    for (int n = 0; n < PAGE_COUNT; n++)
        if (c->pages->slot[n].used && i >= c->pages->slot[n].pool &&
            i < c->pages->slot[n].pool + c->pages->slot[n].fill)
            return &c->pages->slot[n];
    return NULL;
}
