/* mem.c: the complete memory access path: segment limits and types, alignment check,
 * translation, page crossing, MMIO, writes to decoded code, watched pages, and the 8086's wrap
 * at FFFFh. The slow core and all cold code use it; the fast path (ops_fast.c) handles only what
 * hits its TLB and comes here for everything else. Source: Intel SDM vol. 3, chapters 5 and 6. */
#include "cpu/internal.h"

/* ---- segment checks -------------------------------------------------------------------------- */

static _Noreturn void raise_seg(Cpu *c, int seg)
{
    /* The 286 in real mode gives vector 13 for a word at FFFFh even through SS (hardware
     * capture). */
    if (seg == SEG_SS && c->model > CPU_286)
        raise_err(c, EX_SS, 0);
    if (seg == SEG_SS && protected_mode(c))
        raise_err(c, EX_SS, 0);
    raise_err(c, EX_GP, 0);
}

static bool limit_ok(const Cpu *c, const Seg *s, u32 off, u32 size)
{
    u64 last = (u64)off + size - 1;
    if (protected_mode(c) && (s->attr & (ATTR_CODE | ATTR_E)) == ATTR_E) { /* expand-down data */
        u32 top = s->attr & ATTR_DB ? 0xFFFFFFFF : 0xFFFF;
        return off > s->limit && last <= top;
    }
    /* NOTE: with a limit of FFFFFFFFh an access across the top wraps, as the SDM allows. */
    return last <= s->limit || s->limit == 0xFFFFFFFF;
}

/* Null selectors, code that may not be read, data that may not be written. */
static bool type_ok(const Cpu *c, const Seg *s, bool write)
{
    if (!protected_mode(c))
        return true;
    bool code = s->attr & ATTR_CODE;
    if (!(s->attr & ATTR_P))
        return false;
    return s->attr & ATTR_W ? !(write && code) : !write && !code;
}

bool seg_allows(Cpu *c, int seg, u32 off, u32 size, bool write)
{
    const Seg *s = &c->s.seg[seg];
    return c->model == CPU_8086 || (type_ok(c, s, write) && limit_ok(c, s, off, size));
}

u32 seg_linear(Cpu *c, int seg, u32 off, u32 size, bool write)
{
    const Seg *s = &c->s.seg[seg];
    if (likely((u64)off + size <= (write ? s->wend : s->rend)))
        return s->base + off;
    if (c->model == CPU_8086)
        return s->base + off;
    if (!type_ok(c, s, write))
        raise_err(c, EX_GP, 0);
    if (!limit_ok(c, s, off, size))
        raise_seg(c, seg);
    return s->base + off;
}

static void check_alignment(Cpu *c, u32 la, int size)
{
    if (unlikely(c->align_check) && la & (u32)(size - 1))
        raise_err(c, EX_AC, 0);
}

/* ---- linear access --------------------------------------------------------------------------- */

static unsigned access_of(bool write, bool user)
{
    return (write ? MMU_WRITE : MMU_READ) | (user ? MMU_USER : 0);
}

/* The entry that maps la; raises #PF. */
static const TlbEntry *entry_for(Cpu *c, u32 la, bool write, bool user)
{
    u32 error;
    const TlbEntry *e = mmu_lookup(&c->mmu, la, access_of(write, user), &error);
    if (!e)
        raise_pf(c, la, error);
    return e;
}

static bool crosses(u32 la, u32 size)
{
    return (la & 0xFFF) + size > 0x1000;
}

/* `write`: by the entry for writes. */
static u32 read_in_page(Cpu *c, u32 la, int size, bool write, bool user)
{
    const TlbEntry *e = entry_for(c, la, write, user);
    if (likely(!(e->tag & TLB_SLOW)))
        return load_le((const u8 *)(e->addend + la), size);
    u32 v = bus_read(c->bus, mmu_entry_phys(&c->mmu, e) | (la & 0xFFF), size);
    idle_impure(c);
    if (c->mmu.slow_count)
        watch_access(c, la, size, false, v);
    return v;
}

static void write_in_page(Cpu *c, u32 la, int size, u32 v, bool user)
{
    const TlbEntry *e = entry_for(c, la, true, user);
    u32 phys = mmu_entry_phys(&c->mmu, e) | (la & 0xFFF);
    if (unlikely(e->tag & TLB_SLOW)) {
        bus_write(c->bus, phys, size, v);
        idle_impure(c);
        if (c->mmu.slow_count)
            watch_access(c, la, size, true, v);
        return;
    }
    if (unlikely(c->idle != NULL))
        idle_note_write(c, (u8 *)(e->addend + la), size);
    store_le((u8 *)(e->addend + la), size, v);
    if (tlb_code(e, la))
        bus_written(c->bus, phys, (u32)size);
}

static u32 read_linear(Cpu *c, u32 la, int size, bool write, bool user)
{
    if (likely(!crosses(la, (u32)size)))
        return read_in_page(c, la, size, write, user);
    /* lower page first, so that its fault comes first; both before any MMIO side effect */
    entry_for(c, la, write, user);
    entry_for(c, (la | 0xFFF) + 1, write, user);
    u32 v = 0;
    for (int n = 0; n < size; n++)
        v |= read_in_page(c, la + (u32)n, 1, write, user) << (8 * n);
    return v;
}

u32 lin_read_checked(Cpu *c, u32 la, int size, bool user)
{
    return read_linear(c, la, size, false, user);
}

void lin_write_checked(Cpu *c, u32 la, int size, u32 v, bool user)
{
    if (likely(!crosses(la, (u32)size))) {
        write_in_page(c, la, size, v, user);
        return;
    }
    entry_for(c, la, true, user);
    entry_for(c, (la | 0xFFF) + 1, true, user);
    for (int n = 0; n < size; n++)
        write_in_page(c, la + (u32)n, 1, v >> (8 * n), user);
}

static void probe(Cpu *c, u32 la, u32 size, bool write, bool user)
{
    entry_for(c, la, write, user);
    for (u32 next = (la | 0xFFF) + 1; next - la < size; next += 0x1000)
        entry_for(c, next, write, user);
}

void sys_probe(Cpu *c, u32 la, u32 size, bool write)
{
    probe(c, la, size, write, false);
}

/* ---- access by segment ----------------------------------------------------------------------- */

static inline bool user_mode(const Cpu *c)
{
    return c->s.cpl == 3;
}

/* The 8086 has no limits: a word at FFFFh takes its second byte from offset 0 of the segment. */
static bool wraps_8086(const Cpu *c, u32 off, int size)
{
    return unlikely(c->model == CPU_8086) && off + (u32)size > 0x10000;
}

static u32 read_wrapped(Cpu *c, int seg, u32 off, int size)
{
    u32 v = 0;
    for (int n = 0; n < size; n++)
        v |= lin_read(c, c->s.seg[seg].base + (u16)(off + (u32)n), 1, false) << (8 * n);
    return v;
}

u32 mem_read_checked(Cpu *c, int seg, u32 off, int size)
{
    if (wraps_8086(c, off, size))
        return read_wrapped(c, seg, off, size);
    u32 la = seg_linear(c, seg, off, (u32)size, false);
    check_alignment(c, la, size);
    return lin_read(c, la, size, user_mode(c));
}

/* By the entry for writes alone, as the fast core does it: which entries the TLB holds must not
 * depend on the core. */
u32 mem_read_rmw(Cpu *c, int seg, u32 off, int size)
{
    if (wraps_8086(c, off, size))
        return read_wrapped(c, seg, off, size);
    u32 la = seg_linear(c, seg, off, (u32)size, true);
    check_alignment(c, la, size);
    return read_linear(c, la, size, true, user_mode(c));
}

void mem_write_checked(Cpu *c, int seg, u32 off, int size, u32 v)
{
    if (wraps_8086(c, off, size)) {
        for (int n = 0; n < size; n++)
            lin_write(c, c->s.seg[seg].base + (u16)(off + (u32)n), 1, v >> (8 * n), false);
        return;
    }
    u32 la = seg_linear(c, seg, off, (u32)size, true);
    check_alignment(c, la, size);
    lin_write(c, la, size, v, user_mode(c));
}

void mem_probe_write(Cpu *c, int seg, u32 off, u32 size)
{
    probe(c, seg_linear(c, seg, off, size, true), size, true, user_mode(c));
}

void mem_probe_read(Cpu *c, int seg, u32 off, u32 size)
{
    probe(c, seg_linear(c, seg, off, size, false), size, false, user_mode(c));
}

/* ---- stack ----------------------------------------------------------------------------------- */

void push(Cpu *c, int size, u32 v)
{
    u32 sp = sp_add(c, -size);
    mem_write(c, SEG_SS, sp & c->sp_mask, size, v);
    ESP = sp;
}

u32 pop(Cpu *c, int size)
{
    u32 v = mem_read(c, SEG_SS, ESP & c->sp_mask, size);
    ESP = sp_add(c, size);
    return v;
}
