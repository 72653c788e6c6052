/* shadow.c: see shadow.h. A shadow table maps guest-linear to host-physical addresses; here
 * guest-physical is as good. */
#include "frontend/shadow.h"

#include "frontend/debug_fault.h"

#include <inttypes.h>
#include <stdlib.h>

enum { RANGES = 8, PAGES = 1 << 20 };

struct Shadow {
    u64 since, writes, moves; /* tick of `on`; writes to tables; changes of the directory */
    bool again;               /* look through the tables after this instruction */
    u8 is_table[PAGES / 8];
};

typedef struct {
    u32 tables, large, pages;
} Content;

static void mark(struct Shadow *s, u32 phys)
{
    if (s)
        s->is_table[phys >> 15] |= (u8)(1 << (phys >> 12 & 7));
}

static bool is_table(const struct Shadow *s, u32 phys)
{
    return s->is_table[phys >> 15] >> (phys >> 12 & 7) & 1;
}

/* Looks through the tables of CR3; s, which may be NULL, learns where they lie. */
static Content scan(Debug *d, struct Shadow *s)
{
    const Cpu *c = &d->pc->cpu;
    Content k = {0};
    if (s)
        memset(s->is_table, 0, sizeof s->is_table);
    if (!(c->s.cr0 & CR0_PG))
        return k;
    mark(s, c->s.cr3 & c->mmu.phys_mask);
    for (u32 n = 0; n < 1024; n++) {
        PageWalk w;
        page_walk(d, &c->s, n << 22, &w);
        if (!(w.pde & 1))
            continue;
        if (w.large) {
            k.large++;
            k.pages += 1024;
            continue;
        }
        k.tables++;
        u32 table = w.pde & 0xFFFFF000 & c->mmu.phys_mask;
        mark(s, table);
        for (u32 i = 0; i < 1024; i++)
            k.pages += bus_peek(&d->pc->bus, table | i << 2, 4) & 1;
    }
    return k;
}

/* ---- counting -------------------------------------------------------------------------------- */

/* The processor takes few ranges, so the smallest gaps between tables are watched as well;
 * shadow_write() looks closely. */
void shadow_watch(Debug *d)
{
    struct Shadow *s = d->shadow;
    u32 first[RANGES], last[RANGES];
    int count = 0;
    if (!s)
        return;
    scan(d, s);
    for (u32 page = 0; page < PAGES; page++) {
        if (!is_table(s, page << 12))
            continue;
        if (count && last[count - 1] + 1 == page) {
            last[count - 1] = page;
            continue;
        }
        if (count == RANGES) { /* join the two that are nearest */
            int best = 1;
            for (int n = 1; n < count; n++)
                if (first[n] - last[n - 1] < first[best] - last[best - 1])
                    best = n;
            last[best - 1] = last[best];
            memmove(&first[best], &first[best + 1], (size_t)(count - best - 1) * sizeof *first);
            memmove(&last[best], &last[best + 1], (size_t)(count - best - 1) * sizeof *last);
            count--;
        }
        first[count] = last[count] = page;
        count++;
    }
    for (int n = 0; n < count; n++)
        cpu_watch_phys(&d->pc->cpu, first[n] << 12, (last[n] - first[n] + 1) << 12, true);
}

bool shadow_write(Debug *d, u32 phys)
{
    struct Shadow *s = d->shadow;
    if (!s || !is_table(s, phys))
        return false;
    s->writes++;
    bool directory = !((phys ^ d->pc->cpu.s.cr3) & 0xFFFFF000);
    s->again |= directory;
    return directory;
}

void shadow_moved(Debug *d)
{
    if (!d->shadow)
        return;
    d->shadow->moves++;
    d->shadow->again = true;
    if (d->pc->in_cpu)
        cpu_break_here(&d->pc->cpu);
}

void shadow_follow(Debug *d)
{
    if (!d->shadow || !d->shadow->again)
        return;
    d->shadow->again = false;
    breaks_apply(d);
}

void shadow_close(Debug *d)
{
    free(d->shadow);
    d->shadow = NULL;
}

static bool count(Debug *d, bool on)
{
    shadow_close(d);
    if (on) {
        d->shadow = calloc(1, sizeof *d->shadow);
        if (!d->shadow)
            panic("out of host memory for the shadow view");
        d->shadow->since = d->pc->clock.now;
    }
    return breaks_apply(d);
}

/* ---- the view -------------------------------------------------------------------------------- */

static void print_counts(Debug *d)
{
    const struct Shadow *s = d->shadow;
    if (!s) {
        fprintf(d->out, "`info shadow on` counts the writes to them.\n");
        return;
    }
    fprintf(d->out,
            "Since tick %" PRIu64 ": %" PRIu64 " writes to page tables, each of which would have "
            "trapped; %" PRIu64 " loads of CR3 or changes of mode.\n",
            s->since, s->writes, s->moves);
}

static void print_tables(Debug *d)
{
    const CpuState *s = &d->pc->cpu.s;
    const Mmu *m = &d->pc->cpu.mmu;
    Content k = scan(d, NULL);
    fprintf(d->out,
            "A shadow of the tables at phys:0x%08x would hold %u page tables and %u pages (%u of 4 "
            "MiB, split into 4 KiB).\n",
            s->cr3 & 0xFFFFF000, k.tables + k.large, k.pages, k.large);
    fprintf(d->out,
            "It would be filled on demand: %" PRIu64
            " TLB misses so far are the upper bound of its faults; %" PRIu64 " INVLPG and %" PRIu64
            " flushes would reach the monitor.\n",
            m->stats.misses, m->stats.invlpgs, m->stats.flushes);
    fprintf(d->out,
            "The guest's %u table pages would be write-protected: each write to them would trap.\n",
            k.tables + 1);
    print_counts(d);
    fprintf(
        d->out,
        "Nested paging: a walk of 2 levels over 2 costs 8 memory reads instead of 2; for %" PRIu64
        " walks that is %" PRIu64 " reads more. No write to a table would trap.\n",
        m->stats.walks, m->stats.walks * 6);
}

bool cmd_shadow(Debug *d, const char *args)
{
    bool on;
    if (*args)
        return arg_on_off(d, &args, &on) && arg_end(d, args) && count(d, on);
    if (d->pc->cpu.s.cr0 & CR0_PG)
        print_tables(d);
    else {
        fprintf(d->out, "paging is off: a shadow table would be the identity map\n");
        print_counts(d);
    }
    return true;
}
