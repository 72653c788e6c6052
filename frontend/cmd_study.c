/* cmd_study.c: views for people who study machines: sensitive instructions after Popek and
 * Goldberg ("Formal requirements for
 * virtualizable third generation architectures", 1974) in the list of Robin and Irvine (2000),
 * usage metering, TLB statistics, and
 * what a shadow page table would hold. */
#include "frontend/cmd.h"
#include "frontend/debug_fault.h"
#include "frontend/shadow.h"
#include "frontend/study.h"

#include <inttypes.h>

/* Sensitive: reads or changes the machine's real state. Unprivileged: does not trap in ring 3. */
static const char *const sensitive[] = {
    "sgdt", "sidt", "sldt", "smsw", "str", "pushf|pushfd", "popf|popfd", "lar", "lsl",       "verr",
    "verw", "pop",  "push", "call", "jmp", "int",          "retf",       "mov", "iret|iretd"};

/* Of push, pop and mov only those with a segment register; of call and jmp only the far ones. */
bool study_is_sensitive(const Row *r)
{
    bool seg = false;
    for (int k = 0; k < 2; k++)
        seg |= r->operand[k] == O_Sw || (r->operand[k] >= O_ES && r->operand[k] <= O_GS);
    bool far = r->operand[0] == O_Ap || r->operand[0] == O_Mp;
    for (size_t n = 0; n < ARRAY_LEN(sensitive); n++) {
        if (strcmp(r->name, sensitive[n]))
            continue;
        if (!strcmp(r->name, "pop") || !strcmp(r->name, "push") || !strcmp(r->name, "mov"))
            return seg;
        if (!strcmp(r->name, "call") || !strcmp(r->name, "jmp"))
            return far;
        return true;
    }
    return false;
}

static const char *why_sensitive(const Row *r)
{
    const char *n = r->name;
    if (*n == 's' && n[1] != 't')
        return "shows the real machine's tables";
    if (!strcmp(n, "str") || !strcmp(n, "sldt"))
        return "shows the real machine's tables";
    if (strstr(n, "popf") || !strncmp(n, "iret", 4))
        return "drops changes of IF and IOPL in silence";
    if (strstr(n, "pushf"))
        return "shows the real IF and IOPL";
    return "shows the real privilege level, or depends on the real tables";
}

/* What the disassembler would write, as far as the row says it. */
static void form(const Row *r, char *text, size_t size)
{
    static const char segs[6][3] = {"es", "cs", "ss", "ds", "fs", "gs"};
    bool plain = !strcmp(r->name, "pop") || !strcmp(r->name, "push") || !strcmp(r->name, "mov");
    u8 a = r->operand[0], b = r->operand[1];
    if (plain && a >= O_ES && a <= O_GS)
        snprintf(text, size, "%s %s", r->name, segs[a - O_ES]);
    else if (plain)
        snprintf(text, size, "mov %s", a == O_Sw ? "to segment" : b == O_Sw ? "of segment" : "");
    else if (a == O_Ap || a == O_Mp)
        snprintf(text, size, "%s far%s", r->name, a == O_Mp ? " [m]" : "");
    else {
        size_t first = strcspn(r->name, "|"); /* pushf|pushfd */
        snprintf(text, size, "%.*s%s", (int)first, r->name,
                 !strcmp(r->name, "retf") && a != O__ ? " n" : "");
    }
}

static bool cmd_sensitive(Debug *d, const char *args)
{
    const Cpu *c = &d->pc->cpu;
    u64 total = 0, outer = 0;
    if (!arg_end(d, args))
        return false;
    fprintf(d->out, "%-14s %12s %10s %10s %10s  first at\n", "instruction", "ring 0", "ring 1",
            "ring 2", "ring 3");
    for (u32 n = 0; n < x86_row_count && n < CPU_ROWS; n++) {
        const u64 *k = c->usage.cold[n];
        u64 sum = k[0] + k[1] + k[2] + k[3];
        if (!sum || !study_is_sensitive(&x86_rows[n]))
            continue;
        char name[80], what[24];
        form(&x86_rows[n], what, sizeof what);
        debug_name_of(d, c->usage.cold_first[n], name, sizeof name);
        fprintf(d->out,
                "%-14s %12" PRIu64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "  0x%08x%s  %s\n",
                what, k[0], k[1], k[2], k[3], c->usage.cold_first[n], name,
                why_sensitive(&x86_rows[n]));
        total += sum;
        outer += sum - k[0];
    }
    fprintf(d->out,
            "%" PRIu64 " sensitive but unprivileged instructions, %" PRIu64
            " of them outside ring 0.\n",
            total, outer);
    fprintf(d->out,
            total ? "A trap-and-emulate monitor, which runs all of the guest in an outer ring, "
                    "would not have seen them.\n"
                  : "A trap-and-emulate monitor would have run this guest correctly so far.\n");
    return true;
}

/* ---- usage
 * ---------------------------------------------------------------------------------------- */

void study_rings(Debug *d, u64 ring[4])
{
    const Cpu *c = &d->pc->cpu;
    for (int n = 0; n < 4; n++)
        ring[n] = c->usage.ring[n];
    if (d->pc->clock.now > c->usage.since)
        ring[c->usage.cpl & 3] += d->pc->clock.now - c->usage.since;
}

u32 study_pages(Debug *d)
{
    u32 pages = 0;
    for (u32 n = 0; n < BUS_PAGES; n++)
        pages += !!(d->pc->bus.page_flags[n] & BUS_PAGE_DIRTY);
    return pages;
}

static void usage_spaces(Debug *d)
{
    Cpu *c = &d->pc->cpu;
    cpu_count_space(c);
    for (int n = 0; n < CPU_SPACES; n++) {
        if (!c->usage.space[n].used)
            continue;
        if (n == CPU_SPACES - 1)
            fprintf(d->out, "all further address spaces");
        else if (c->usage.space[n].paged)
            fprintf(d->out, "address space at CR3 %08x", c->usage.space[n].cr3);
        else
            fprintf(d->out, "without paging");
        fprintf(d->out, " %" PRIu64 " ticks\n", c->usage.space[n].ticks);
    }
}

static bool cmd_usage(Debug *d, const char *args)
{
    const Pc *pc = d->pc;
    u64 ring[4];
    if (!arg_end(d, args))
        return false;
    study_rings(d, ring);
    fprintf(d->out,
            "ticks in all %" PRIu64 ", of them halted %" PRIu64 ", in waiting loops %" PRIu64 "\n",
            pc->clock.now, pc->halted_ticks, pc->cpu.usage.waited);
    for (int n = 0; n < 4; n++)
        if (ring[n])
            fprintf(d->out, "ring %d %" PRIu64 " ticks%s\n", n, ring[n],
                    n == 0 ? " (halted ones included)" : "");
    usage_spaces(d);
    fprintf(d->out, "pages written %u\n", study_pages(d));
    for (int n = 0; n < MAX_SERIAL; n++)
        fprintf(d->out, "serial port %d: %" PRIu64 " bytes sent, %" PRIu64 " received\n", n + 1,
                d->session->serial_tx[n], d->session->input.rx_total[n]);
    for (int n = 0; n < DRIVE_COUNT; n++) {
        const Disk *disk = d->session->machine.media.disk[n];
        if (disk)
            fprintf(d->out, "disk %s: %" PRIu64 " bytes read, %" PRIu64 " written\n", disk->name,
                    disk->sectors_read * DISK_SECTOR, disk->sectors_written * DISK_SECTOR);
    }
    fprintf(d->out, "interrupts and exceptions by vector:\n");
    for (int n = 0; n < 256; n++)
        if (pc->cpu.usage.vector[n])
            fprintf(d->out, "  %02X %-4s %" PRIu64 "\n", n,
                    n < 19 && pc->cpu.s.cr0 & CR0_PE ? vector_name(n) : "",
                    pc->cpu.usage.vector[n]);
    return true;
}

static bool is_stale(const Mmu *m, int n)
{
    const TlbEntry *e = &m->tlb[0][0][0] + n;
    u32 phys;
    return !(e->tag & TLB_INVALID) && (!mmu_peek(m, e->tag & 0xFFFFF000, &phys) ||
                                       (phys & 0xFFFFF000) != (&m->tlb_phys[0][0][0])[n]);
}

static bool cmd_stats(Debug *d, const char *args)
{
    const Mmu *m = &d->pc->cpu.mmu;
    u32 used = 0, stale = 0;
    if (!arg_end(d, args))
        return false;
    for (int n = 0; n < 4 * TLB_SIZE; n++) {
        used += !((&m->tlb[0][0][0])[n].tag & TLB_INVALID);
        stale += is_stale(m, n);
    }
    fprintf(d->out,
            "TLB: %u of %u entries in use; %" PRIu64 " misses, %" PRIu64 " page walks, %" PRIu64
            " evictions\n",
            used, 4 * TLB_SIZE, m->stats.misses, m->stats.walks, m->stats.evictions);
    fprintf(d->out,
            "flushes: %" PRIu64 " by loads of CR3, %" PRIu64 " by changes of CR0 and CR4, %" PRIu64
            " in all; %" PRIu64 " INVLPG\n",
            m->stats.cr3_flushes, m->stats.mode_flushes, m->stats.flushes, m->stats.invlpgs);
    fprintf(d->out, "stale entries: %u%s\n", stale,
            stale ? "; the tables were changed without INVLPG or a flush:" : "");
    for (int n = 0; n < 4 * TLB_SIZE; n++) {
        u32 phys, la = (&m->tlb[0][0][0])[n].tag & 0xFFFFF000;
        if (!is_stale(m, n))
            continue;
        fprintf(d->out, "  linear 0x%08x is cached as phys:0x%08x, %s; ", la,
                (&m->tlb_phys[0][0][0])[n], n / TLB_SIZE & 1 ? "for writes" : "for reads");
        if (mmu_peek(m, la, &phys))
            fprintf(d->out, "the tables say phys:0x%08x\n", phys & 0xFFFFF000);
        else
            fprintf(d->out, "the tables say not present\n");
    }
    fprintf(d->out, "faults: %" PRIu64 "\n", d->faults.count);
    return true;
}

const Cmd cmds_study[] = {
    {"info sensitive", NULL, "", cmd_sensitive,
     "Counts the instructions that are sensitive but unprivileged after Popek and Goldberg, by "
     "ring, with the first address of each",
     COMPLETE_NOTHING},
    {"info usage", NULL, "", cmd_usage,
     "Shows what the guest has used: ticks by ring and address space, halted time, pages, bytes, "
     "interrupts by vector",
     COMPLETE_NOTHING},
    {"info stats", NULL, "", cmd_stats,
     "Shows TLB statistics: misses, walks, evictions, flushes by cause, entries gone stale",
     COMPLETE_NOTHING},
    {"info shadow", NULL, "[on|off]", cmd_shadow,
     "Shows what a shadow page table would hold now and what nested paging would cost; `on` counts "
     "from now on the guest's writes to its page tables, each of which would trap",
     COMPLETE_NOTHING},
    {0},
};
