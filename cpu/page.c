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

void pages_clear_refs_to(void *cpu, u32 page)
{
    Cpu *c = cpu;
    for (int n = 0; n < PAGE_REFS; n++)
        if (c->ref[n].page == page >> 12)
            c->ref[n].mode = 0;
}

/* ---- code lines ------------------------------------------------------------------------------ */

static DecodedPage *first_at(const Cpu *c, u32 phys)
{
    DecodedPage *p = *chain_of(c->pages, phys);
    while (p && p->phys != phys)
        p = p->next;
    return p;
}

u32 pages_code_lines(void *cpu, u32 phys, const u8 **bytes)
{
    const DecodedPage *p = first_at(cpu, phys);
    *bytes = p ? p->code->bytes : NULL;
    return p ? p->code->lines : 0;
}

static void lines_changed(Cpu *c, u32 phys)
{
    const u8 *bytes;
    u32 lines = pages_code_lines(c, phys, &bytes);
    u8 *flags = &c->bus->page_flags[phys >> BUS_PAGE_SHIFT];
    *flags = (u8)(lines ? *flags | BUS_PAGE_CODE : *flags & ~BUS_PAGE_CODE);
    mmu_code_changed(&c->mmu, phys, lines, bytes);
}

/* Marks bytes [off, end) of the page, at most 16, as code, or not. */
static void mark_bytes(DecodedPage *p, u32 off, u32 end, bool code)
{
    u32 bits, mask = (1u << (end - off)) - 1;
    u8 *at = p->code->bytes + (off >> 3);
    memcpy(&bits, at, 4);
    bits = code ? bits | mask << (off & 7) : bits & ~(mask << (off & 7));
    memcpy(at, &bits, 4);
}

/* The same for any number of them. */
static void mark_code(DecodedPage *p, u32 off, u32 end, bool code)
{
    for (; off < end; off += 16)
        mark_bytes(p, off, end - off < 16 ? end : off + 16, code);
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
    DecodedPage *heir = first_at(c, p->phys);
    if (heir && heir->code == &p->own) {
        heir->own = p->own;
        for (DecodedPage *q = heir; q; q = q->next)
            if (q->phys == p->phys)
                q->code = &heir->own;
    }
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
    mmu_refresh(&c->mmu);
    pages_clear_refs(c);
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

static DecodedPage *get_page(Cpu *c, u32 phys, u8 *host, u16 lo, u16 hi)
{
    bool code32 = c->code_mode & MODE_CODE32, flat = c->code_mode & MODE_FLAT;
    DecodedPage **chain = chain_of(c->pages, phys);
    for (DecodedPage *p = *chain; p; p = p->next)
        if (p->phys == phys && p->lo == lo && p->hi == hi && p->code32 == code32 &&
            p->flat == flat)
            return p;
    DecodedPage *p = take_slot(c), *other = first_at(c, phys);
    p->phys = phys;
    if (!other)
        memset(&p->own, 0, sizeof p->own);
    p->code = other ? other->code : &p->own;
    p->host = host;
    p->lo = lo;
    p->hi = hi;
    p->code32 = code32;
    p->flat = flat;
    p->used = true;
    empty_page(p);
    p->next = *chain;
    *chain = p;
    return p;
}

/* ---- forming runs ---------------------------------------------------------------------------- */

/* The handler of record i: a special form where there is one. */
static inline void bind(const Cpu *c, bool flat, Insn *i)
{
    bool memory = i->flags & INSN_MEM, data = i->seg <= SEG_DS && i->seg != SEG_CS;
    if (memory && i->index != REG_ZERO)
        i->fn = c->core_fn[i->op];
    else if (flat && data)
        i->fn = c->flat_fn[i->op];
    else
        i->fn = memory ? c->simple_fn[i->op] : c->core_fn[i->op];
}

/* ---- pairs: ops_fused.inc -------------------------------------------------------------------- */

static const u8 fused_number[OP_COUNT] = { /* plus 1 */
#define NUMBER(op, w, form) [OP_##op##w##_##form] = FUSED_##op##w##_##form + 1,
    FUSED_ALL(NUMBER)
};

/* Is i + 1 in the same run as i? */
static bool goes_on(const DecodedPage *p, const Insn *i)
{
    return i > p->pool && i->left == i[1].left + 1;
}

/* Makes i and the jump behind it a pair, if they can be one. */
static void fuse(const Cpu *c, const DecodedPage *p, Insn *i)
{
    const Insn *j = i + 1;
    int number = fused_number[i->op];
    bool linked = j->op >= OP_jo && j->op <= OP_jnle_l && (j->op - OP_jo) & 1;
    if (!c->fused[0] || !number || !linked || !goes_on(p, i))
        return;
    int cc = (j->op - OP_jo) / 2;
    AnyFn fn = c->fused[0][number - 1][cc];
    if (i->flags & INSN_MEM) {
        bool flat = p->flat && i->seg <= SEG_DS && i->seg != SEG_CS;
        fn = i->index != REG_ZERO ? NULL : c->fused[flat ? 2 : 1][number - 1][cc];
    }
    if (fn)
        i->fn = fn;
}

/* Record j is about to become another: no pair may count on it. */
static void unfuse(const Cpu *c, DecodedPage *p, const Insn *j)
{
    Insn *i = (Insn *)j - 1;
    if (fused_number[i->op] && goes_on(p, i))
        bind(c, p->flat, i);
}

static Insn *append(Cpu *c, DecodedPage *p, u32 off, u16 op)
{
    Insn *i = &p->pool[p->fill++];
    memset(i, 0, sizeof *i);
    i->off = (u16)off;
    i->op = op;
    bind(c, p->flat, i);
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
    bind(c, p->flat, i);
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
    u32 lines = p->code->lines | line_mask(off, end);
    if (lines != p->code->lines) {
        p->code->lines = lines;
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
    mark_code(p, start, seen < 4096 ? seen : 4096, true);
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
    if (!mmu_fetch(&c->mmu, *la, c->s.cpl == 3, &x, error)) {
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
        if (decode(&c->decode, bytes, n, c->code_mode & MODE_CODE32, i))
            break;
    }
    i->off = 0;
    i->left = 1;
    c->temp_op = i->op;
    if (unlikely(c->break_count) && at_breakpoint(c, (c->s.seg[SEG_CS].base + c->s.eip) & 0xFFF))
        i->op = OP_brk;
    bind(c, false, i);
    c->temp[1] = (Insn){.op = OP_chain, .off = i->len};
    bind(c, false, &c->temp[1]);
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
    if (!mmu_fetch(&c->mmu, la, c->s.cpl == 3, &x, &error))
        raise_pf(c, la, error);
    if (!x.host)
        return NULL;
    u16 lo, hi;
    cuts(cs, la, &lo, &hi);
    DecodedPage *p =
        get_page(c, x.phys & 0xFFFFF000, x.host - (x.phys & 0xFFF), lo, hi);
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
    bind(c, p->flat, w);
    fuse(c, p, w - 1);
}

/* ---- writes to code -------------------------------------------------------------------------- */

/* How many bytes at the end of an instruction are an immediate operand that stands in Insn.imm as
 * it is; 0: none, or not so simply. */
static u32 plain_immediate(const Insn *i)
{
    const Row *r = &x86_rows[i->row];
    if (r->cls != CLASS_ALU2 && r->cls != CLASS_PUSH)
        return 0;
    switch (r->operand[r->cls == CLASS_ALU2]) {
    case O_Ib: case O_Ibs: return 1;
    case O_Iw: return 2;
    case O_Iz: return i->flags & INSN_OP32 ? 4 : 2;
    }
    return 0;
}

/* A write from offset `off` on, which is done, hit record i: if it hit no more than an immediate,
 * the record takes the new one. Programs that patch themselves patch immediates mostly. */
static bool patch_immediate(const DecodedPage *p, Insn *i, u32 off)
{
    u32 size = plain_immediate(i), start = i->off + i->len - size;
    if (!size || off < start)
        return false;
    u32 v = load_le(p->host + start, (int)size);
    i->imm = x86_rows[i->row].operand[x86_rows[i->row].cls == CLASS_ALU2] == O_Ibs ? (u32)(s8)v : v;
    return true;
}

/* Bytes [off, end) changed, or with `force` what hangs on them did: records that overlap them get
 * the stale handler or, without `force`, a new immediate. True: one of them lives on. */
static bool make_stale(Cpu *c, DecodedPage *p, u32 off, u32 end, bool force)
{
    bool alive = false;
    for (u32 o = off < 14 ? 0 : off - 14; o < end; o++) {
        u64 four;
        if (o + 4 <= end && (memcpy(&four, &p->map[o], 8), !four)) {
            o += 3;
            continue;
        }
        Insn *i = p->map[o] ? &p->pool[p->map[o]] : NULL;
        if (!i || o + extent(c, i) <= off)
            continue;
        if (!force && patch_immediate(p, i, off)) {
            alive = true;
            continue;
        }
        unfuse(c, p, i);
        i->op = OP_stale;
        i->fn = c->core_fn[OP_stale];
        p->map[o] = 0;
    }
    return alive;
}

/* Clears the bit of `line` if no byte that a write to it can reach is code. */
static void tidy_line(Cpu *c, DecodedPage *p, u32 line)
{
    u64 w[2];
    u8 beyond = line < 31 ? p->code->bytes[line * 16 + 16] : 0;
    memcpy(w, p->code->bytes + line * 16, 16);
    if (w[0] | w[1] | (beyond & 0x7F) || !(p->code->lines >> line & 1))
        return;
    p->code->lines &= ~(1u << line);
    lines_changed(c, p->phys);
}

static bool any_code(const DecodedPage *p, u32 off, u32 end)
{
    for (; off < end; off += 16)
        if (code_bytes_hit(p->code->bytes, off, end - off < 16 ? end - off : 16))
            return true;
    return false;
}

/* Most of the page is new, as when a program is loaded: forget all its records at once, unless one
 * of them is being executed. */
static bool start_over(Cpu *c, DecodedPage *first)
{
    for (const DecodedPage *q = first; q; q = q->next)
        if (q->phys == first->phys && q == c->page)
            return false;
    for (DecodedPage *q = first; q; q = q->next)
        if (q->phys == first->phys)
            empty_page(q);
    memset(first->code, 0, sizeof *first->code);
    lines_changed(c, first->phys);
    return true;
}

void pages_written(void *cpu, u32 phys, u32 len)
{
    Cpu *c = cpu;
    u32 page = phys & 0xFFFFF000, off = phys & 0xFFF, end = off + len;
    if (end > 4096)
        end = 4096;
    DecodedPage *p = first_at(c, page);
    if (!p || !any_code(p, off, end))
        return;
    if (end - off >= 2048 && start_over(c, p))
        return;
    bool alive = false;
    for (DecodedPage *q = p; q; q = q->next)
        if (q->phys == page)
            alive |= make_stale(c, q, off, end, false);
    if (alive)
        return;
    mark_code(p, off, end, false);
    for (u32 line = off >> 7; line <= (end - 1) >> 7; line++)
        tidy_line(c, p, line);
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
            fuse(c, p, i);
            p->map[off] = (u16)(i - p->pool);
            u32 end = off + extent(c, i);
            mark_bytes(p, off, end < 4096 ? end : 4096, true);
            add_lines(c, p, off, end);
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
            make_stale(c, &c->pages->slot[n], off, off + 1, true);
}

const DecodedPage *page_of(const Cpu *c, const Insn *i)
{
    for (int n = 0; n < PAGE_COUNT; n++)
        if (c->pages->slot[n].used && i >= c->pages->slot[n].pool &&
            i < c->pages->slot[n].pool + c->pages->slot[n].fill)
            return &c->pages->slot[n];
    return NULL;
}
