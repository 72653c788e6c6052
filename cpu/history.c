/* history.c: the instructions executed last. The cores note where each run is entered, in a ring
 * whose index is the low bits of the ticks that remain to the deadline, which they have at hand
 * anyway; from that the instructions in between are worked out when somebody asks. Records may be
 * decoded again or dropped meanwhile; those are left out. */
#include "cpu/core.h"

#include <stdlib.h>

typedef struct {
    u32 age; /* ticks since the run was entered */
    const Insn *i;
} Entry;

/* Every entry moves by the difference, round the ring, so that the entry of a tick keeps being
 * where a run entered at that tick would be noted. */
void history_rebase(Cpu *c)
{
    const Insn *insn[CPU_HISTORY];
    u32 left[CPU_HISTORY], by = (u32)(c->end - c->past_end), at = by % CPU_HISTORY;
    memcpy(insn, c->past_insn, sizeof insn);
    memcpy(left, c->past_left, sizeof left);
    memcpy(c->past_insn + at, insn, (CPU_HISTORY - at) * sizeof *insn);
    memcpy(c->past_insn, insn + CPU_HISTORY - at, at * sizeof *insn);
    for (u32 n = 0; n < CPU_HISTORY - at; n++)
        c->past_left[at + n] = left[n] + by;
    for (u32 n = 0; n < at; n++)
        c->past_left[n] = left[CPU_HISTORY - at + n] + by;
    c->past_end = c->end;
}

static int by_age(const void *a, const void *b)
{
    u32 x = ((const Entry *)a)->age, y = ((const Entry *)b)->age;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* A linear address of offset `off` of decoded page p; physical when none is known. */
static u32 address_of(Cpu *c, const DecodedPage *p, u32 off, bool *linear)
{
    *linear = true;
    for (int n = 0; n < PAGE_REFS; n++)
        if (c->ref[n].dp == p && c->ref[n].mode)
            return c->ref[n].page << 12 | off;
    *linear = !(c->s.cr0 & CR0_PG);
    return p->phys | off;
}

static int expand(Cpu *c, const Entry *e, u32 ticks, CpuPast *out, int max)
{
    const DecodedPage *p = page_of(c, e->i);
    int count = 0;
    if (!p)
        return 0;
    for (const Insn *i = e->i; (u32)count < ticks && count < max && i < p->pool + p->fill;
         i++, count++) {
        CpuPast *past = &out[count];
        past->tick = c->clock->now - e->age + (u32)count;
        past->addr = address_of(c, p, i->off, &past->linear);
        past->code32 = p->code32;
        /* The end of the run; or a repeated string instruction, whose ticks tell nothing of what
         * comes behind it: the cores note a new run there. */
        bool repeats = x86_rows[i->row].attr & (ROW_REPS | ROW_REPC) &&
                       i->flags & (INSN_REP | INSN_REPNE);
        if (i->left <= 1 || repeats) {
            count++;
            break;
        }
    }
    return count;
}

int cpu_history(Cpu *c, CpuPast *out, int max)
{
    static const u32 too_old = 1u << 24; /* ticks are kept by their low 32 bits */
    Entry e[CPU_HISTORY];
    int n = 0, count = 0, skip;
    for (int k = 0; k < CPU_HISTORY; k++) {
        u32 age = (u32)c->clock->now - ((u32)c->past_end - c->past_left[k]);
        if (c->past_insn[k] && age - 1 < too_old)
            e[n++] = (Entry){age, c->past_insn[k]};
    }
    qsort(e, (size_t)n, sizeof e[0], by_age);
    CpuPast *all = malloc(sizeof *all * CPU_HISTORY * 8);
    if (!all)
        return 0;
    for (int k = 0; k < n && count < CPU_HISTORY * 8; k++)
        count += expand(c, &e[k], e[k].age - (k + 1 < n ? e[k + 1].age : 0), all + count,
                        CPU_HISTORY * 8 - count);
    skip = count > max ? count - max : 0;
    memcpy(out, all + skip, (size_t)(count - skip) * sizeof *out);
    free(all);
    return count - skip;
}
