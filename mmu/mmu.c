/* mmu.c: page walk and TLB. Source: Intel SDM vol. 3, chapter 4 ("Paging", 32-bit), 80386 PRM
 * chapter 5. */
#include "mmu/mmu.h"

enum {
    CR0_WP = 1 << 16,
    CR0_PG = 1 << 31,
    CR4_PSE = 1 << 4,
    PTE_P = 1,
    PTE_W = 2,
    PTE_U = 4,
    PTE_A = 0x20,
    PTE_D = 0x40,
    PTE_PS = 0x80,
};

static void clear_tlb(Mmu *m)
{
    TlbEntry *e = &m->tlb[0][0][0];
    for (int n = 0; n < 4 * TLB_SIZE; n++)
        e[n].tag = TLB_INVALID;
    for (int n = 0; n < TLB_SIZE; n++)
        m->fetch[0][n].page = m->fetch[1][n].page = TLB_INVALID;
    if (m->on_flush)
        m->on_flush(m->flush_ctx);
}

void mmu_init(Mmu *m, Bus *bus)
{
    memset(m, 0, sizeof *m);
    m->bus = bus;
    m->phys_mask = 0xFFFFFFFF;
    clear_tlb(m);
}

void mmu_flush(Mmu *m)
{
    m->stats.flushes++;
    clear_tlb(m);
}

void mmu_set_cr(Mmu *m, u32 cr0, u32 cr3, u32 cr4)
{
    if (cr0 == m->cr0 && cr4 == m->cr4)
        m->stats.cr3_flushes++;
    else
        m->stats.mode_flushes++;
    m->cr0 = cr0;
    m->cr3 = cr3;
    m->cr4 = cr4;
    mmu_flush(m);
}

void mmu_set_phys_mask(Mmu *m, u32 mask)
{
    if (m->phys_mask == mask)
        return;
    m->phys_mask = mask;
    mmu_flush(m);
}

void mmu_invlpg(Mmu *m, u32 la)
{
    m->stats.invlpgs++;
    for (int user = 0; user < 2; user++) {
        for (int write = 0; write < 2; write++)
            tlb_entry(m->tlb[user][write], la)->tag = TLB_INVALID;
        m->fetch[user][la >> 12 & (TLB_SIZE - 1)].page = TLB_INVALID;
    }
    if (m->on_flush)
        m->on_flush(m->flush_ctx);
}

/* ---- the walk -------------------------------------------------------------------------------- */

static u32 read_entry(Mmu *m, u32 addr)
{
    const u8 *host = bus_host(m->bus, addr & m->phys_mask, false);
    return likely(host != NULL) ? load_le(host, 4) : bus_read(m->bus, addr & m->phys_mask, 4);
}

/* Sets bits of an entry in memory; a write only when there is something to set. */
static void mark_entry(Mmu *m, u32 addr, u32 entry, u32 bits)
{
    if ((entry & bits) == bits)
        return;
    m->marks++;
    bus_write(m->bus, addr & m->phys_mask, 4, entry | bits);
}

/* May an access with the combined rights `rights` (PTE_W, PTE_U) go on? Supervisor writes ignore
 * W unless CR0.WP. */
static bool rights_allow(const Mmu *m, u32 rights, unsigned access)
{
    if (access & MMU_USER)
        return rights & PTE_U && (!(access & MMU_WRITE) || rights & PTE_W);
    return !(access & MMU_WRITE) || rights & PTE_W || !(m->has_wp && m->cr0 & CR0_WP);
}

static bool fail(u32 *pf_error, unsigned access, u32 present)
{
    *pf_error = present | (access & MMU_WRITE ? PF_WRITE : 0) | (access & MMU_USER ? PF_USER : 0);
    return false;
}

/* Linear to physical through CR3's tables; sets A (and D for writes) only once the access is
 * known to be allowed. */
static bool walk(Mmu *m, u32 la, unsigned access, u32 *phys, u32 *pf_error)
{
    m->stats.walks++;
    u32 pde_addr = (m->cr3 & 0xFFFFF000) | (la >> 22 << 2);
    u32 pde = read_entry(m, pde_addr);
    if (!(pde & PTE_P))
        return fail(pf_error, access, 0);
    u32 dirty = access & MMU_WRITE ? PTE_D : 0;
    if (pde & PTE_PS && m->has_pse && m->cr4 & CR4_PSE) {
        if (pde & 0x3FE000) /* reserved address bits of a 4 MB page */
            return fail(pf_error, access, PF_PRESENT | PF_RSVD);
        if (!rights_allow(m, pde, access))
            return fail(pf_error, access, PF_PRESENT);
        mark_entry(m, pde_addr, pde, PTE_A | dirty);
        *phys = (pde & 0xFFC00000) | (la & 0x3FFFFF);
        return true;
    }
    u32 pte_addr = (pde & 0xFFFFF000) | (la >> 12 & 0x3FF) << 2;
    u32 pte = read_entry(m, pte_addr);
    if (!(pte & PTE_P))
        return fail(pf_error, access, 0);
    if (!rights_allow(m, pde & pte, access))
        return fail(pf_error, access, PF_PRESENT);
    mark_entry(m, pde_addr, pde, PTE_A);
    mark_entry(m, pte_addr, pte, PTE_A | dirty);
    *phys = (pte & 0xFFFFF000) | (la & 0xFFF);
    return true;
}

bool mmu_translate(Mmu *m, u32 la, unsigned access, Xlat *out, u32 *pf_error)
{
    u32 phys = la;
    if (m->cr0 & CR0_PG && !walk(m, la, access, &phys, pf_error))
        return false;
    out->phys = phys & m->phys_mask;
    out->host = bus_host(m->bus, out->phys, access & MMU_WRITE);
    return true;
}

bool mmu_peek(const Mmu *m, u32 la, u32 *phys)
{
    u32 p = la;
    if (m->cr0 & CR0_PG) {
        u32 pde = bus_peek(m->bus, ((m->cr3 & 0xFFFFF000) | (la >> 22 << 2)) & m->phys_mask, 4);
        if (!(pde & PTE_P))
            return false;
        if (pde & PTE_PS && m->has_pse && m->cr4 & CR4_PSE) {
            p = (pde & 0xFFC00000) | (la & 0x3FFFFF);
        } else {
            u32 at = (pde & 0xFFFFF000) | (la >> 12 & 0x3FF) << 2;
            u32 pte = bus_peek(m->bus, at & m->phys_mask, 4);
            if (!(pte & PTE_P))
                return false;
            p = (pte & 0xFFFFF000) | (la & 0xFFF);
        }
    }
    *phys = p & m->phys_mask;
    return true;
}

/* ---- TLB ------------------------------------------------------------------------------------- */

static bool is_slow_page(const Mmu *m, u32 page, u32 phys_page)
{
    for (int n = 0; n < m->slow_count; n++) {
        u32 p = m->slow[n].phys ? phys_page : page;
        if (m->slow[n].first <= p && p <= m->slow[n].last)
            return true;
    }
    return false;
}

/* Entries are numbered as they stand in Mmu.tlb. */
static ptrdiff_t number_of(const Mmu *m, const TlbEntry *e)
{
    return e - &m->tlb[0][0][0];
}

/* The number of an entry says what it is for. */
static bool for_writes(ptrdiff_t n)
{
    return n / TLB_SIZE & 1;
}

static bool for_user(ptrdiff_t n)
{
    return n / (2 * TLB_SIZE);
}

/* Makes *e map la's page. A write that asked for it is about to happen. */
static void fill(Mmu *m, TlbEntry *e, u32 la, const Xlat *x)
{
    u32 page = la & 0xFFFFF000;
    ptrdiff_t n = number_of(m, e);
    e->code = 0;
    (&m->tlb_phys[0][0][0])[n] = x->phys & 0xFFFFF000;
    if (!x->host || is_slow_page(m, la >> 12, x->phys >> 12)) {
        e->tag = page | TLB_SLOW;
        return;
    }
    e->tag = page;
    e->addend = (uintptr_t)x->host - la;
    if (for_writes(n)) {
        u8 *flags = &m->bus->page_flags[x->phys >> BUS_PAGE_SHIFT];
        *flags |= BUS_PAGE_DIRTY;
        if (*flags & BUS_PAGE_CODE)
            e->code = m->code_lines(m->code_ctx, x->phys & 0xFFFFF000,
                                    &m->code_bytes[for_user(n)][n % TLB_SIZE]);
    }
}

u32 mmu_entry_phys(const Mmu *m, const TlbEntry *e)
{
    return (&m->tlb_phys[0][0][0])[number_of(m, e)];
}

/* A write through an entry with TLB_RETRY: if it is slow only because dirty tracking began anew, it
 * is fast again from here on. The page tables are not asked: when others look at what was written
 * must not show in a guest that has changed them without INVLPG. */
static void write_again(Mmu *m, TlbEntry *e, u32 la)
{
    Xlat x = {.phys = mmu_entry_phys(m, e)};
    x.host = bus_host(m->bus, x.phys, true);
    fill(m, e, la & 0xFFFFF000, &x);
}

const TlbEntry *mmu_lookup(Mmu *m, u32 la, unsigned access, u32 *pf_error)
{
    TlbEntry *e = tlb_entry(m->tlb[!!(access & MMU_USER)][access & MMU_WRITE], la);
    if ((e->tag & ~(u32)(TLB_SLOW | TLB_RETRY)) == (la & 0xFFFFF000)) {
        if (unlikely(e->tag & TLB_RETRY))
            write_again(m, e, la);
        return e;
    }
    m->stats.misses++;
    Xlat x;
    if (!mmu_translate(m, la, access, &x, pf_error))
        return NULL;
    m->stats.evictions += !(e->tag & TLB_INVALID);
    fill(m, e, la, &x);
    return e;
}

bool mmu_fetch(Mmu *m, u32 la, bool user, Xlat *out, u32 *pf_error)
{
    unsigned access = MMU_READ | (user ? MMU_USER : 0);
    u32 n = la >> 12 & (TLB_SIZE - 1);
    if (!(m->cr0 & CR0_PG))
        return mmu_translate(m, la, access, out, pf_error);
    if (m->fetch[user][n].page != (la & 0xFFFFF000)) {
        if (!mmu_translate(m, la, access, out, pf_error))
            return false;
        if (!(m->fetch[user][n].page & TLB_INVALID) && m->on_evict)
            m->on_evict(m->flush_ctx, m->fetch[user][n].page);
        m->fetch[user][n].page = la & 0xFFFFF000;
        m->fetch[user][n].phys = out->phys & 0xFFFFF000;
    }
    out->phys = m->fetch[user][n].phys | (la & 0xFFF);
    out->host = bus_host(m->bus, out->phys, false);
    return true;
}

void mmu_refresh(Mmu *m)
{
    for (ptrdiff_t n = 0; n < 4 * TLB_SIZE; n++) {
        TlbEntry *e = &m->tlb[0][0][0] + n;
        Xlat x = {.phys = (&m->tlb_phys[0][0][0])[n]};
        if (e->tag & TLB_INVALID)
            continue;
        if (for_writes(n)) {
            e->tag |= TLB_SLOW | TLB_RETRY;
            continue;
        }
        x.host = bus_host(m->bus, x.phys, false);
        fill(m, e, e->tag & 0xFFFFF000, &x);
    }
}

/* ---- the TLB in a state ---------------------------------------------------------------------- */

static u64 state_entry(u32 page, u32 phys)
{
    return page & TLB_INVALID ? 0 : (u64)phys << 32 | (page & 0xFFFFF000) | 1;
}

void mmu_gather(Mmu *m)
{
    if (!(m->cr0 & CR0_PG)) {
        memset(&m->s, 0, sizeof m->s);
        return;
    }
    for (int user = 0; user < 2; user++)
        for (int n = 0; n < TLB_SIZE; n++) {
            for (int write = 0; write < 2; write++)
                m->s.entry[user][write][n] =
                    state_entry(m->tlb[user][write][n].tag, m->tlb_phys[user][write][n]);
            m->s.entry[user][TLB_FETCH][n] =
                state_entry(m->fetch[user][n].page, m->fetch[user][n].phys);
        }
}

void mmu_scatter(Mmu *m)
{
    clear_tlb(m);
    if (!(m->cr0 & CR0_PG))
        return;
    for (int user = 0; user < 2; user++)
        for (int n = 0; n < TLB_SIZE; n++) {
            for (int write = 0; write < 2; write++) {
                u64 v = m->s.entry[user][write][n];
                m->tlb[user][write][n].tag = v ? (u32)v & 0xFFFFF000 : TLB_INVALID;
                m->tlb[user][write][n].code = 0;
                m->tlb_phys[user][write][n] = (u32)(v >> 32);
            }
            u64 v = m->s.entry[user][TLB_FETCH][n];
            m->fetch[user][n].page = v ? (u32)v & 0xFFFFF000 : TLB_INVALID;
            m->fetch[user][n].phys = (u32)(v >> 32);
        }
    mmu_refresh(m);
}

bool mmu_check(const TlbState *s)
{
    const u64 *e = &s->entry[0][0][0];
    for (u32 n = 0; n < sizeof s->entry / sizeof *e; n++)
        if (e[n] &&
            ((e[n] & 0x00000FFF00000FFF) != 1 || (e[n] >> 12 & (TLB_SIZE - 1)) != n % TLB_SIZE))
            return false;
    return true;
}

/* ---- entries that others change -------------------------------------------------------------- */

void mmu_code_changed(Mmu *m, u32 phys, u32 lines, const u8 *bytes)
{
    for (int user = 0; user < 2; user++)
        for (int n = 0; n < TLB_SIZE; n++) {
            TlbEntry *e = &m->tlb[user][1][n];
            if (m->tlb_phys[user][1][n] == phys) {
                e->code = lines;
                m->code_bytes[user][n] = bytes;
            }
        }
}

void mmu_forget_writes(Mmu *m, u32 phys, u32 size)
{
    for (int user = 0; user < 2; user++)
        for (int n = 0; n < TLB_SIZE; n++) {
            TlbEntry *e = &m->tlb[user][1][n];
            if (m->tlb_phys[user][1][n] - phys < size && !(e->tag & TLB_INVALID))
                e->tag |= TLB_SLOW | TLB_RETRY;
        }
}

static bool add_slow(Mmu *m, u32 first, u32 last, bool phys)
{
    if (m->slow_count == (int)ARRAY_LEN(m->slow))
        return false;
    m->slow[m->slow_count].first = first >> 12;
    m->slow[m->slow_count].last = last >> 12;
    m->slow[m->slow_count].phys = phys;
    m->slow_count++;
    mmu_refresh(m);
    return true;
}

bool mmu_add_slow(Mmu *m, u32 la, u32 len)
{
    return add_slow(m, la, la + (len ? len - 1 : 0), false);
}

bool mmu_add_slow_phys(Mmu *m, u32 first, u32 last)
{
    return add_slow(m, first, last, true);
}

void mmu_clear_slow(Mmu *m)
{
    if (!m->slow_count)
        return;
    m->slow_count = 0;
    mmu_refresh(m);
}
