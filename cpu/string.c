/* string.c: string instructions with REP, and INS and OUTS. One iteration is one tick. Stretches
 * in which both operands are plain memory go page by page on host pointers; everything else
 * (first touch of a page, MMIO, decoded code, wraps, faults) goes element by element through
 * mem.c. Registers are up to date after every stretch, so a fault or the deadline can come
 * between any two iterations. Source: Intel SDM vol. 2, "REP". */
#include "cpu/alu.h"
#include "cpu/hot.def"
#include "cpu/page.h"

typedef struct {
    Cpu *c;
    const Insn *i;
    int size; /* element: 1, 2, 4 bytes */
    s32 step; /* +size or -size by DF */
    bool a32;
} Str;

static Str begin(Cpu *c, const Insn *i, int size)
{
    return (Str){c, i, size, c->s.eflags & DF ? -size : size, ad32(i)};
}

static u32 index_get(const Str *t, int reg)
{
    return t->a32 ? t->c->s.r[reg] : (u16)t->c->s.r[reg];
}

static void index_set(const Str *t, int reg, u32 v)
{
    t->c->s.r[reg] = t->a32 ? v : (t->c->s.r[reg] & 0xFFFF0000) | (u16)v;
}

static bool has_operand(const Row *r, u8 narrow, u8 wide)
{
    for (int k = 0; k < 2; k++)
        if (r->operand[k] == narrow || r->operand[k] == wide)
            return true;
    return false;
}

enum { R_CX = 1, R_SI = 6, R_DI = 7 };

static void advance(const Str *t, int reg, u32 n)
{
    index_set(t, reg, index_get(t, reg) + (u32)t->step * n);
}

/* Where a stretch of elements lies: in host memory, in a device's storage, or nowhere that many can
 * be had at once (both NULL). */
typedef struct {
    u8 *host;
    const BusRegion *device;
    u32 phys; /* of the first element, if on a device */
} Place;

/* The place of the element at seg:off, and in *n (lowered) how many elements from there on, in the
 * direction of DF, can be had there. */
static Place stretch(const Str *t, int seg, u32 off, bool write, u32 *n)
{
    Cpu *c = t->c;
    const Seg *s = &c->s.seg[seg];
    /* idle.c sees every write by itself */
    u64 end = write && c->idle ? 0 : write ? s->wend : s->rend;
    u32 size = (u32)t->size, la = s->base + off, in_page = la & 0xFFF;
    if ((u64)off + size > end || in_page + size > 0x1000)
        return (Place){0};
    if (unlikely(c->align_check) && la & (size - 1))
        return (Place){0}; /* mem.c raises #AC */
    const TlbEntry *e = tlb_entry(write ? c->wtlb : c->rtlb, la);
    Place p = {0};
    if (e->tag == la - in_page) {
        p.host = (u8 *)(e->addend + la);
    } else {
        /* no watched page among those that are slow, and no loop that must look harmless */
        if (e->tag != (la - in_page) + TLB_SLOW || c->mmu.slow_count || c->idle)
            return p;
        p.phys = mmu_entry_phys(&c->mmu, e) + in_page;
        p.device = bus_storage(c->bus, p.phys);
    }
    u64 room; /* elements */
    if (t->step > 0) {
        room = end - off < 0x1000 - in_page ? end - off : 0x1000 - in_page;
        if (!t->a32 && room > 0x10000 - off)
            room = 0x10000 - off;
        room /= size;
    } else {
        room = (off < in_page ? off : in_page) / size + 1;
    }
    if (room < *n)
        *n = (u32)room;
    return p;
}

/* For an instruction that has a way of its own with plain memory only. */
static u8 *plain_stretch(const Str *t, int seg, u32 off, bool write, u32 *n)
{
    return stretch(t, seg, off, write, n).host;
}

static bool found(Place p)
{
    return p.host || p.device;
}

/* Elements [d, n) are about to be written through a pointer from stretch(). False: that would hit
 * the instruction itself, and must be done element by element, see interrupted(). */
static bool spares_itself(const Str *t, const u8 *d, u32 n)
{
    const DecodedPage *p = t->c->page;
    if (!p || !d)
        return true;
    const u8 *self = p->host + t->i->off;
    const u8 *low = t->step > 0 ? d : d - (size_t)(n - 1) * (size_t)t->size;
    return low >= self + 15 || low + (size_t)n * (size_t)t->size <= self;
}

/* They have been written; la: linear address of the first. */
static void wrote(const Str *t, u32 la, u32 n)
{
    Cpu *c = t->c;
    const TlbEntry *e = tlb_entry(c->wtlb, la);
    if (likely(!e->code))
        return;
    u32 low = t->step > 0 ? la : la - (n - 1) * (u32)t->size;
    bus_written(c->bus, mmu_entry_phys(&c->mmu, e) | (low & 0xFFF), n * (u32)t->size);
}

/* ---- bodies: n elements on host pointers; s and d are the first elements --------------------- */

static void copy_elements(u8 *d, const u8 *s, u32 n, int size, s32 step)
{
    size_t len = (size_t)n * (size_t)size;
    /* elementwise copying in the direction of DF differs from memmove only if it reads what it
     * wrote */
    ptrdiff_t gap = d - s;
    bool smears = step > 0 ? gap > 0 && gap < (ptrdiff_t)len : gap < 0 && -gap < (ptrdiff_t)len;
    if (!smears) {
        size_t back = step > 0 ? 0 : len - (size_t)size;
        memmove(d - back, s - back, len);
        return;
    }
    for (; n; n--, d += step, s += step)
        memmove(d, s, (size_t)size);
}

static void fill_elements(u8 *d, u32 v, u32 n, int size, s32 step)
{
    if (step < 0)
        d -= (size_t)(n - 1) * (size_t)size;
    if (size == 1) {
        memset(d, (int)v, n);
        return;
    }
    if (size == 2) {
        v = (v & 0xFFFF) | v << 16;
        if (n & 1)
            memcpy(d + (size_t)(n - 1) * 2, &v, 2);
        n >>= 1;
    }
    for (; n; n--, d += 4)
        memcpy(d, &v, 4);
}

static u32 get_element(const Place *p, s32 at, int size)
{
    return p->host ? load_le(p->host + at, size)
                   : p->device->ops->read(p->device->ctx, p->phys + (u32)at, size);
}

static void put_element(const Place *p, s32 at, int size, u32 v)
{
    if (p->host)
        store_le(p->host + at, size, v);
    else
        p->device->ops->write(p->device->ctx, p->phys + (u32)at, size, v);
}

static void move_elements(const Place *d, const Place *s, u32 n, int size, s32 step)
{
    if (d->host && s->host) {
        copy_elements(d->host, s->host, n, size, step);
        return;
    }
    for (s32 at = 0; n; n--, at += step)
        put_element(d, at, size, get_element(s, at, size));
}

/* ---- the REP loop ---------------------------------------------------------------------------- */

/* Does up to n iterations, n >= 1; returns how many were done and sets *stop when the condition
 * of REPE/REPNE ended it. */
typedef u32 Stretch(const Str *t, u32 n, bool *stop);

static void sync_clock(Cpu *c, const Insn *i)
{
    c->clock->now = c->end - (u64)(c->budget + i->left);
}

/* Must the loop end before the count does? NOTE: an instruction that overwrites itself is
 * fetched anew before its next iteration. Processors fetch it anew only after an interrupt, but
 * here the result must not depend on where runs are cut. */
static bool interrupted(const Cpu *c, const Insn *i)
{
    return c->attention || c->clock->deadline < c->end || i->op == OP_stale;
}

static void repeat(const Str *t, Stretch *body)
{
    Cpu *c = t->c;
    const Insn *i = t->i;
    bool stop = false;
    if (!(i->flags & (INSN_REP | INSN_REPNE))) {
        body(t, 1, &stop);
        return;
    }
    /* nobody notices writes to bytes outside decoded pages */
    u64 ticks = i == c->temp ? 1 : ticks_left(c, i);
    u32 count = index_get(t, R_CX);
    if (!count)
        return;
    while (count && ticks && !stop && !interrupted(c, i)) {
        u32 n = body(t, count < ticks ? count : (u32)ticks, &stop);
        count -= n;
        ticks -= n;
        index_set(t, R_CX, count);
        use_ticks(c, n);
        sync_clock(c, i);
    }
    c->budget++; /* the caller counts the last iteration */
    if (count && !stop)
        cpu_jump(c, c->s.eip); /* an interrupt or event may come here; then it goes on */
}

/* What a 286 has done to SI, DI and CX when an iteration faults, in contrast to later models,
 * which restart with the values before it: an index register advances with the access that uses
 * it, and the count runs ahead. Source: hardware captures (80C286). */
void string_fault_286(Cpu *c)
{
    const Insn *i = c->cur;
    const Row *r = &x86_rows[i->row];
    if (r->opcode > 0xFF || !r->cold || !(r->attr & (ROW_REPS | ROW_REPC)) || c->delivering >= 0)
        return;
    Str t = begin(c, i, r->opcode & 1 ? 2 : 1);
    bool stores = r->operand[0] == O_Yb || r->operand[0] == O_Yv, compares = r->attr & ROW_REPC;
    bool uses_si = has_operand(r, O_Xb, O_Xv), uses_di = has_operand(r, O_Yb, O_Yv);
    bool si_bad = uses_si && !seg_allows(c, i->seg, index_get(&t, R_SI), (u32)t.size, false);
    bool di_bad = uses_di && !seg_allows(c, SEG_ES, index_get(&t, R_DI), (u32)t.size, stores);
    if (!si_bad && !di_bad)
        return; /* it was not a limit: I/O privilege */
    /* CMPS begins with ES:DI, MOVS with the source */
    bool si_first = uses_si && !(compares && uses_di);
    bool first = si_first ? si_bad : di_bad;
    u32 count = 1;
    if (compares && uses_si && first)
        count = 0;
    else if (stores && !(si_first && si_bad))
        count = 2; /* the next iteration has begun when the write fails, even behind the last */
    if (uses_si && (si_first || !first))
        advance(&t, R_SI, 1);
    if (uses_di && (!si_first || !first))
        advance(&t, R_DI, 1);
    if (i->flags & (INSN_REP | INSN_REPNE))
        index_set(&t, R_CX, index_get(&t, R_CX) - count);
}

/* ---- MOVS STOS LODS -------------------------------------------------------------------------- */

static u32 movs(const Str *t, u32 n, bool *stop)
{
    Cpu *c = t->c;
    u32 si = index_get(t, R_SI), di = index_get(t, R_DI);
    if (n > 1) {
        Place s = stretch(t, t->i->seg, si, false, &n), d = stretch(t, SEG_ES, di, true, &n);
        if (found(s) && found(d) && spares_itself(t, d.host, n)) {
            move_elements(&d, &s, n, t->size, t->step);
            wrote(t, c->s.seg[SEG_ES].base + di, n);
            advance(t, R_SI, n);
            advance(t, R_DI, n);
            return n;
        }
    }
    u32 v = mem_read(c, t->i->seg, si, t->size);
    mem_write(c, SEG_ES, di, t->size, v);
    advance(t, R_SI, 1);
    advance(t, R_DI, 1);
    return 1;
}

static u32 stos(const Str *t, u32 n, bool *stop)
{
    Cpu *c = t->c;
    u32 di = index_get(t, R_DI);
    Place d = n > 1 ? stretch(t, SEG_ES, di, true, &n) : (Place){0};
    if (found(d) && spares_itself(t, d.host, n)) {
        if (d.host)
            fill_elements(d.host, EAX, n, t->size, t->step);
        else
            for (u32 k = 0; k < n; k++)
                put_element(&d, (s32)k * t->step, t->size, reg_get(c, REG_EAX, t->size));
        wrote(t, c->s.seg[SEG_ES].base + di, n);
        advance(t, R_DI, n);
        return n;
    }
    mem_write(c, SEG_ES, di, t->size, EAX);
    advance(t, R_DI, 1);
    return 1;
}

static u32 lods(const Str *t, u32 n, bool *stop)
{
    Cpu *c = t->c;
    u32 si = index_get(t, R_SI);
    const u8 *s = n > 1 ? plain_stretch(t, t->i->seg, si, false, &n) : NULL;
    if (s) { /* only the last element is seen */
        reg_set(c, REG_EAX, t->size, load_le(s + (ptrdiff_t)(n - 1) * t->step, t->size));
        advance(t, R_SI, n);
        return n;
    }
    reg_set(c, REG_EAX, t->size, mem_read(c, t->i->seg, si, t->size));
    advance(t, R_SI, 1);
    return 1;
}

/* ---- CMPS SCAS ------------------------------------------------------------------------------- */

static void compare(const Str *t, u32 a, u32 b, bool *stop)
{
    Cpu *c = t->c;
    if (t->size == 1)
        alu_sub(a, b, 8, &c->fr, &c->fc);
    else if (t->size == 2)
        alu_sub(a, b, 16, &c->fr, &c->fc);
    else
        alu_sub(a, b, 32, &c->fr, &c->fc);
    *stop = flag_z(c->fr) == !!(t->i->flags & INSN_REPNE);
}

/* Elements that REPE CMPS at s, d looks at, of n: up to and including the first that differs.
 * Eight bytes at a time. */
static u32 compared(const Str *t, const u8 *s, const u8 *d, u32 n)
{
    u32 k = 0, size = (u32)t->size;
    if (t->i->flags & INSN_REPNE || t->step < 0) {
        bool until_equal = t->i->flags & INSN_REPNE;
        while (k < n && (load_le(s, t->size) == load_le(d, t->size)) != until_equal)
            k++, s += t->step, d += t->step;
        return k < n ? k + 1 : n;
    }
    u64 a = 0, b = 0;
    u32 bytes = n * size, at = 0;
    for (; at + 8 <= bytes; at += 8) {
        memcpy(&a, s + at, 8);
        memcpy(&b, d + at, 8);
        if (a != b)
            return (at + (u32)__builtin_ctzll(a ^ b) / 8) / size + 1;
    }
    for (; at < bytes; at++)
        if (s[at] != d[at])
            return at / size + 1;
    return n;
}

/* The same for SCAS: d against the value a. */
static u32 scanned(const Str *t, const u8 *d, u32 a, u32 n)
{
    bool until_equal = t->i->flags & INSN_REPNE;
    if (until_equal && t->step == 1) {
        const u8 *found = memchr(d, (int)a, n);
        return found ? (u32)(found - d) + 1 : n;
    }
    u32 k = 0;
    while (k < n && (load_le(d, t->size) == a) != until_equal)
        k++, d += t->step;
    return k < n ? k + 1 : n;
}

static u32 cmps(const Str *t, u32 n, bool *stop)
{
    Cpu *c = t->c;
    u32 si = index_get(t, R_SI), di = index_get(t, R_DI);
    if (n > 1) {
        const u8 *s = plain_stretch(t, t->i->seg, si, false, &n);
        const u8 *d = plain_stretch(t, SEG_ES, di, false, &n);
        if (s && d) {
            u32 k = compared(t, s, d, n);
            ptrdiff_t last = (ptrdiff_t)(k - 1) * t->step;
            u32 a = load_le(s + last, t->size), b = load_le(d + last, t->size);
            compare(t, a, b, stop);
            advance(t, R_SI, k);
            advance(t, R_DI, k);
            return k;
        }
    }
    u32 b = mem_read(c, SEG_ES, di, t->size); /* first, as the 286 and present-day processors do */
    u32 a = mem_read(c, t->i->seg, si, t->size);
    compare(t, a, b, stop);
    advance(t, R_SI, 1);
    advance(t, R_DI, 1);
    return 1;
}

static u32 scas(const Str *t, u32 n, bool *stop)
{
    Cpu *c = t->c;
    u32 di = index_get(t, R_DI), a = reg_get(c, REG_EAX, t->size);
    const u8 *d = n > 1 ? plain_stretch(t, SEG_ES, di, false, &n) : NULL;
    if (d) {
        u32 k = scanned(t, d, a, n);
        u32 b = load_le(d + (ptrdiff_t)(k - 1) * t->step, t->size);
        compare(t, a, b, stop);
        advance(t, R_DI, k);
        return k;
    }
    compare(t, a, mem_read(c, SEG_ES, di, t->size), stop);
    advance(t, R_DI, 1);
    return 1;
}

/* ---- INS OUTS -------------------------------------------------------------------------------- */

static u32 ins(const Str *t, u32 n, bool *stop)
{
    Cpu *c = t->c;
    u32 di = index_get(t, R_DI);
    io_check(c, DX, t->size);
    mem_probe_write(c, SEG_ES, di, (u32)t->size); /* a fault must come before the port is read */
    idle_impure(c);
    u32 v = bus_in(c->bus, DX, t->size);
    debug_io_hit(c, DX, t->size);
    mem_write(c, SEG_ES, di, t->size, v);
    advance(t, R_DI, 1);
    return 1;
}

static u32 outs(const Str *t, u32 n, bool *stop)
{
    Cpu *c = t->c;
    io_check(c, DX, t->size);
    u32 si = index_get(t, R_SI);
    u32 v = mem_read(c, t->i->seg, si, t->size);
    idle_impure(c);
    bus_out(c->bus, DX, t->size, v);
    debug_io_hit(c, DX, t->size);
    advance(t, R_SI, 1);
    return 1;
}

#define STRING_OPS(name) \
    void op_##name##8(Cpu *c, const Insn *i) \
    { \
        Str t = begin(c, i, 1); \
        repeat(&t, name); \
    } \
    void op_##name##v(Cpu *c, const Insn *i) \
    { \
        Str t = begin(c, i, osize(i)); \
        repeat(&t, name); \
    }
STRING_OPS(movs)
STRING_OPS(stos)
STRING_OPS(lods)
STRING_OPS(cmps)
STRING_OPS(scas)
STRING_OPS(ins)
STRING_OPS(outs)
