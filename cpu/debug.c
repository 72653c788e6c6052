/* debug.c: DR0-DR7 of the guest, and the debugger's breakpoints and watches. Nothing here costs
 * anything while unused: watched pages are kept out of the TLB's fast entries, breakpoints
 * replace a record's handler. Source: Intel SDM vol. 3, chapter 17. */
#include "cpu/page.h"

/* Length in bytes that the LEN field of DR7 gives breakpoint n. */
static u32 dr_len(const Cpu *c, int n)
{
    static const u8 len[4] = {1, 2, 8, 4};
    return len[c->s.dr[7] >> (18 + 4 * n) & 3];
}

enum { RW_EXEC, RW_WRITE, RW_IO, RW_ACCESS };

static bool dr_enabled(const Cpu *c, int n)
{
    return c->s.dr[7] >> (2 * n) & 3;
}

static u32 dr_rw(const Cpu *c, int n)
{
    return c->s.dr[7] >> (16 + 4 * n) & 3;
}

static bool overlaps(u32 a, u32 alen, u32 b, u32 blen)
{
    return a - b < blen || b - a < alen;
}

bool debug_code_breaks(const Cpu *c)
{
    if (likely(!(c->s.dr[7] & 0xFF)))
        return false;
    for (int n = 0; n < 4; n++)
        if (dr_enabled(c, n) && dr_rw(c, n) == RW_EXEC)
            return true;
    return false;
}

bool debug_code_hit(Cpu *c)
{
    u32 la = c->s.seg[SEG_CS].base + c->s.eip, hit = 0;
    if (!debug_code_breaks(c))
        return false;
    for (int n = 0; n < 4; n++)
        if (dr_enabled(c, n) && dr_rw(c, n) == RW_EXEC && c->s.dr[n] == la)
            hit |= 1u << n;
    if (hit) {
        /* The 386 and 486 push RF = 1, as with any fault, so that IRET gets past the breakpoint
         * (PRM, 12.3.1.1); later ones leave that to the handler (SDM vol. 3, 17.3.1.1). */
        if (c->model < CPU_PENTIUM)
            c->s.eflags |= RF;
        debug_exception(c, hit);
    }
    return hit;
}

void debug_io_hit(Cpu *c, u16 port, int size)
{
    if (likely(!(c->s.dr[7] & 0xFF)) || !(c->s.cr4 & CR4_DE))
        return;
    for (int n = 0; n < 4; n++) {
        u32 len = dr_len(c, n);
        if (dr_enabled(c, n) && dr_rw(c, n) == RW_IO &&
            overlaps(port, (u32)size, c->s.dr[n] & ~(len - 1), len))
            c->s.debug_trap |= 1u << n;
    }
    if (c->s.debug_trap)
        cpu_look(c);
}

static void watch_phys_access(Cpu *c, u32 la, int size, bool write, u32 value)
{
    u32 phys;
    if (!mmu_peek(&c->mmu, la, &phys))
        return;
    for (int n = 0; n < c->watch_phys_count; n++)
        if (overlaps(phys, (u32)size, c->watch_phys[n].first,
                     c->watch_phys[n].last - c->watch_phys[n].first + 1) &&
            c->debug && c->debug->on_access &&
            c->debug->on_access(c->debug->ctx, la, size, write, value))
            c->attention |= ATT_BREAK;
}

void watch_access(Cpu *c, u32 la, int size, bool write, u32 value)
{
    for (int n = 0; n < 4; n++) {
        u32 rw = dr_rw(c, n), len = dr_len(c, n);
        if (dr_enabled(c, n) && (rw == RW_ACCESS || (rw == RW_WRITE && write)) &&
            overlaps(la, (u32)size, c->s.dr[n] & ~(len - 1), len)) {
            c->s.debug_trap |= 1u << n;
            cpu_look(c);
        }
    }
    for (int n = 0; n < c->watch_count; n++) {
        if ((write ? c->watch[n].write : c->watch[n].read) &&
            overlaps(la, (u32)size, c->watch[n].linear, c->watch[n].len) && c->debug &&
            c->debug->on_access && c->debug->on_access(c->debug->ctx, la, size, write, value))
            c->attention |= ATT_BREAK;
    }
    if (c->watch_phys_count)
        watch_phys_access(c, la, size, write, value);
}

void debug_changed(Cpu *c)
{
    mmu_clear_slow(&c->mmu);
    for (int n = 0; n < 4; n++)
        if (dr_enabled(c, n) && (dr_rw(c, n) == RW_WRITE || dr_rw(c, n) == RW_ACCESS))
            mmu_add_slow(&c->mmu, c->s.dr[n] & ~(dr_len(c, n) - 1), dr_len(c, n));
    for (int n = 0; n < c->watch_count; n++)
        mmu_add_slow(&c->mmu, c->watch[n].linear, c->watch[n].len);
    for (int n = 0; n < c->watch_phys_count; n++)
        mmu_add_slow_phys(&c->mmu, c->watch_phys[n].first, c->watch_phys[n].last);
    c->attention |= ATT_LOOKUP;
}

bool cpu_watch_phys(Cpu *c, u32 phys, u32 len, bool on)
{
    int n = 0;
    u32 last = phys + (len ? len - 1 : 0);
    while (n < c->watch_phys_count &&
           (c->watch_phys[n].first != phys || c->watch_phys[n].last != last))
        n++;
    if (!on && n < c->watch_phys_count) {
        c->watch_phys[n] = c->watch_phys[--c->watch_phys_count];
    } else if (on && n == c->watch_phys_count) {
        if (n == (int)ARRAY_LEN(c->watch_phys))
            return false;
        c->watch_phys[n].first = phys;
        c->watch_phys[n].last = last;
        c->watch_phys_count++;
    }
    debug_changed(c);
    return true;
}

bool cpu_watch(Cpu *c, u32 linear, u32 len, bool read, bool write, bool on)
{
    int n = 0;
    while (n < c->watch_count && (c->watch[n].linear != linear || c->watch[n].len != len ||
                                  c->watch[n].read != read || c->watch[n].write != write))
        n++;
    if (!on) {
        if (n < c->watch_count)
            c->watch[n] = c->watch[--c->watch_count];
    } else if (n == c->watch_count) {
        if (n == (int)ARRAY_LEN(c->watch))
            return false;
        c->watch[n].linear = linear;
        c->watch[n].len = len;
        c->watch[n].read = read;
        c->watch[n].write = write;
        c->watch_count++;
    }
    debug_changed(c);
    return true;
}

bool cpu_break(Cpu *c, u32 linear, bool on)
{
    int n = 0;
    while (n < c->break_count && c->break_at[n] != linear)
        n++;
    if (!on && n < c->break_count)
        c->break_at[n] = c->break_at[--c->break_count];
    if (on && n == c->break_count) {
        if (n == (int)ARRAY_LEN(c->break_at))
            return false;
        c->break_at[c->break_count++] = linear;
    }
    page_forget(c, linear);
    return true;
}
