/* cmd_system.c: commands that show what the processor and the operating system have built:
 * descriptor
 * tables, page tables, the TLB, the memory map; and why things went wrong. */
#include "frontend/cmd.h"
#include "frontend/debug_fault.h"
#include "frontend/expr.h"

#include <inttypes.h>

/* ---- tables
 * --------------------------------------------------------------------------------------- */

static bool show_table(Debug *d, const char *args, u32 base, u32 limit, bool idt)
{
    u64 only = 0;
    bool one = *args, any = false;
    u32 size = 8;
    if ((one && !arg_number(d, &args, 8191, &only)) || !arg_end(d, args))
        return false;
    fprintf(d->out, "base %08x, limit %04x\n", base, limit);
    if (limit > 0xFFFF) /* an LDT's can be larger, but no selector reaches further */
        limit = 0xFFFF;
    for (u32 n = one ? (u32)only : 0; n * size + 7 <= limit && (!one || n == only); n++) {
        u8 e[8];
        char text[200], name[120] = "";
        if (!debug_read(d, base + n * size, e, 8)) {
            fprintf(d->out, "%4u  not mapped\n", n);
            break;
        }
        if (!load_le(e, 4) && !load_le(e + 4, 4) && !one)
            continue;
        gate_or_descriptor_text(e, text, sizeof text);
        if (idt && e[5] & 4)
            debug_name_of(d, load_le(e, 2) | load_le(e + 6, 2) << 16, name, sizeof name);
        fprintf(d->out, idt ? "%02X  %s%s\n" : "%04x  %s%s\n", idt ? n : n * 8, text, name);
        any = true;
    }
    if (!any)
        fprintf(d->out, "no entries\n");
    return true;
}

static bool real_mode(const Debug *d)
{
    return !(d->pc->cpu.s.cr0 & CR0_PE);
}

static bool cmd_gdt(Debug *d, const char *args)
{
    const CpuState *s = &d->pc->cpu.s;
    return show_table(d, args, s->gdtr.base,
                      real_mode(d) && s->gdtr.limit == 0xFFFF && !s->gdtr.base ? 0 : s->gdtr.limit,
                      false);
}

static bool cmd_ldt(Debug *d, const char *args)
{
    const CpuState *s = &d->pc->cpu.s;
    if (!(s->ldtr.sel & 0xFFFC)) {
        fprintf(d->out, "there is no LDT\n");
        return arg_end(d, args);
    }
    return show_table(d, args, s->ldtr.base, s->ldtr.limit, false);
}

static bool cmd_ivt(Debug *d, const char *args)
{
    const CpuState *s = &d->pc->cpu.s;
    u64 only = 0;
    bool one = *args;
    u32 base = real_mode(d) ? s->idtr.base : 0;
    if ((one && !arg_number(d, &args, 255, &only)) || !arg_end(d, args))
        return false;
    for (u32 n = one ? (u32)only : 0; n < 256 && (!one || n == only); n++) {
        u8 e[4];
        char name[120];
        if (!debug_read(d, base + n * 4, e, 4))
            return debug_fail(d, "linear address 0x%08x is not mapped", base + n * 4);
        if (!load_le(e, 4) && !one)
            continue;
        debug_name_of(d, load_le(e + 2, 2) * 16 + load_le(e, 2), name, sizeof name);
        fprintf(d->out, "%02X  %04x:%04x%s\n", n, load_le(e + 2, 2), load_le(e, 2), name);
    }
    return true;
}

static bool cmd_idt(Debug *d, const char *args)
{
    const CpuState *s = &d->pc->cpu.s;
    return real_mode(d) ? cmd_ivt(d, args) : show_table(d, args, s->idtr.base, s->idtr.limit, true);
}

static bool cmd_tss(Debug *d, const char *args)
{
    const Seg *tr = &d->pc->cpu.s.tr;
    static const char *const wide[] = {"link", "esp0", "ss0",    "esp1", "ss1",  "esp2", "ss2",
                                       "cr3",  "eip",  "eflags", "eax",  "ecx",  "edx",  "ebx",
                                       "esp",  "ebp",  "esi",    "edi",  "es",   "cs",   "ss",
                                       "ds",   "fs",   "gs",     "ldt",  "iomap"};
    static const char *const narrow[] = {"link",  "sp0", "ss0", "sp1", "ss1", "sp2", "ss2", "ip",
                                         "flags", "ax",  "cx",  "dx",  "bx",  "sp",  "bp",  "si",
                                         "di",    "es",  "cs",  "ss",  "ds",  "ldt"};
    bool is32 = tr->attr & 8;
    u32 count = is32 ? ARRAY_LEN(wide) : ARRAY_LEN(narrow), size = is32 ? 4 : 2;
    u8 b[4];
    if (!arg_end(d, args))
        return false;
    if (!(tr->sel & 0xFFFC)) {
        fprintf(d->out, "the task register is empty\n");
        return true;
    }
    fprintf(d->out, "TR %04x, base %08x, limit %08x, %s-bit\n", tr->sel, tr->base, tr->limit,
            is32 ? "32" : "16");
    for (u32 n = 0; n < count; n++) {
        if (!debug_read(d, tr->base + n * size, b, size))
            return debug_fail(d, "the TSS is not mapped");
        u32 v = load_le(b, (int)size);
        fprintf(d->out, "%-6s %0*x%s", is32 ? wide[n] : narrow[n], (int)size * 2,
                is32 && n == 25 ? v >> 16 : v, n % 6 == 5 || n + 1 == count ? "\n" : "  ");
    }
    return true;
}

static bool cmd_mode(Debug *d, const char *args)
{
    const CpuState *s = &d->pc->cpu.s;
    const char *mode = real_mode(d)     ? "real mode"
                       : s->eflags & VM ? "virtual-8086 mode"
                                        : "protected mode";
    fprintf(d->out,
            "%s, ring %u, %d-bit code, %d-bit stack, paging %s, A20 %s, interrupts %s%s%s\n", mode,
            s->cpl, debug_code32(d) ? 32 : 16, s->seg[SEG_SS].attr & ATTR_DB ? 32 : 16,
            s->cr0 & CR0_PG ? "on" : "off", s->a20 ? "on" : "off", s->eflags & IF ? "on" : "off",
            s->nmi_blocked ? ", NMI blocked" : "",
            s->halted     ? ", halted"
            : s->shutdown ? ", shut down"
                          : "");
    for (int n = 0; n < 6 && real_mode(d); n++)
        if (s->seg[n].limit > 0xFFFF) {
            fprintf(d->out, "\"unreal\": a segment has a limit above FFFFh\n");
            break;
        }
    return arg_end(d, args);
}

/* ---- memory
 * --------------------------------------------------------------------------------------- */

/* Ranges of linear pages with the same rights, when paging; else the physical map. */
static bool linear_map(Debug *d)
{
    const CpuState *s = &d->pc->cpu.s;
    u32 start = 0, rights = 0, phys0 = 0, shown = 0;
    bool open = false;
    for (u64 page = 0; page <= 0x100000; page++) {
        PageWalk w = {0};
        u32 r = 0, phys = 0;
        if (page < 0x100000) {
            page_walk(d, s, (u32)page << 12, &w);
            if (!(w.pde & 1) && !(page & 0x3FF) && !open) {
                page += 0x3FF;
                continue;
            }
            bool ok = w.pde & 1 && (w.large || w.pte & 1);
            r = ok ? 1 | (w.large ? w.pde & 6 : w.pde & w.pte & 6) : 0;
            phys =
                w.large ? (w.pde & 0xFFC00000) | ((u32)page << 12 & 0x3FF000) : w.pte & 0xFFFFF000;
        }
        if (open && (r != rights || phys != phys0 + ((u32)page << 12) - start)) {
            fprintf(d->out, "%08x-%08x -> phys %08x  %s %s\n", start, ((u32)page << 12) - 1, phys0,
                    rights & 4 ? "user" : "supervisor", rights & 2 ? "read-write" : "read-only");
            open = false;
            if (++shown == 500) {
                fprintf(d->out, "... and more\n");
                return true;
            }
        }
        if (r && !open) {
            open = true;
            start = (u32)page << 12;
            rights = r;
            phys0 = phys;
        }
    }
    return true;
}

static bool cmd_mem(Debug *d, const char *args)
{
    const Bus *b = &d->pc->bus;
    if (!arg_end(d, args))
        return false;
    fprintf(d->out, "physical memory:\n");
    for (u32 page = 0, from = 0; page < BUS_PAGES; page++) {
        u8 r = b->page_region[page];
        if (page + 1 < BUS_PAGES && b->page_region[page + 1] == r)
            continue;
        const BusRegion *g = &b->regions[r];
        if (r)
            fprintf(d->out, "%08x-%08x  %-8s %s\n", from << 12, (page << 12) + 0xFFF,
                    g->ops   ? "device"
                    : g->rom ? "ROM"
                             : "RAM",
                    g->name);
        from = page + 1;
    }
    if (d->pc->cpu.s.cr0 & CR0_PG) {
        fprintf(d->out, "linear memory:\n");
        return linear_map(d);
    }
    return true;
}

/* Entries that say the same of pages one behind the other are one line. */
typedef struct {
    u32 first, last, phys, pages; /* pages 0: nothing is held back */
    bool user;
    char what[60];
} TlbRun;

static void end_run(Debug *d, TlbRun *r)
{
    if (r->pages)
        fprintf(d->out, "%08x-%08x -> phys %08x  %s %s\n", r->first, r->last + 0xFFF, r->phys,
                r->user ? "user" : "supervisor", r->what);
    r->pages = 0;
}

static void show_translation(Debug *d, TlbRun *r, u32 la, u32 phys, bool user, const char *kind)
{
    u32 now;
    char what[sizeof r->what];
    bool mapped = mmu_peek(&d->pc->cpu.mmu, la, &now),
         stale = !mapped || (now & 0xFFFFF000) != phys;
    snprintf(what, sizeof what, "%s%s", kind, stale ? ", STALE: no longer in the page tables" : "");
    if (r->pages && r->user == user && la == r->last + 0x1000 && phys - r->phys == la - r->first &&
        !strcmp(what, r->what)) {
        r->last = la;
        r->pages++;
        return;
    }
    end_run(d, r);
    *r = (TlbRun){la, la, phys, 1, user, ""};
    memcpy(r->what, what, sizeof what);
}

static u32 show_entries(Debug *d, bool user, bool write)
{
    const Mmu *m = &d->pc->cpu.mmu;
    TlbRun run = {0};
    u32 shown = 0;
    for (int n = 0; n < TLB_SIZE; n++) {
        const TlbEntry *e = &m->tlb[user][write][n];
        char what[30];
        if (e->tag & TLB_INVALID)
            continue;
        snprintf(what, sizeof what, "%s%s", write ? "write" : "read",
                 e->tag & TLB_SLOW ? ", slow path" : "");
        show_translation(d, &run, e->tag & 0xFFFFF000, m->tlb_phys[user][write][n], user, what);
        shown++;
    }
    end_run(d, &run);
    return shown;
}

static u32 show_fetches(Debug *d, bool user)
{
    const Mmu *m = &d->pc->cpu.mmu;
    TlbRun run = {0};
    u32 shown = 0;
    for (int n = 0; n < TLB_SIZE; n++)
        if (!(m->fetch[user][n].page & TLB_INVALID)) {
            show_translation(d, &run, m->fetch[user][n].page, m->fetch[user][n].phys, user,
                             "fetch");
            shown++;
        }
    end_run(d, &run);
    return shown;
}

static bool cmd_tlb(Debug *d, const char *args)
{
    const Mmu *m = &d->pc->cpu.mmu;
    u32 shown = 0;
    if (!arg_end(d, args))
        return false;
    for (int user = 0; user < 2; user++)
        shown += show_entries(d, user, false) + show_entries(d, user, true) + show_fetches(d, user);
    fprintf(d->out,
            "%u entries; walks %" PRIu64 ", misses %" PRIu64 ", flushes %" PRIu64
            ", INVLPG %" PRIu64 "\n",
            shown, m->stats.walks, m->stats.misses, m->stats.flushes, m->stats.invlpgs);
    return true;
}

static bool cmd_walk(Debug *d, const char *args)
{
    u32 la;
    PageWalk w;
    if (!*args)
        return debug_fail(d, "walk which address? e.g. `walk 0xc0000000`");
    if (!arg_address(d, &args, &la, NULL) || !arg_end(d, args))
        return false;
    page_walk(d, &d->pc->cpu.s, la, &w);
    page_walk_print(&w, &d->pc->cpu.s, d->pc->cpu.model, la, d->out);
    return true;
}

/* ---- faults
 * --------------------------------------------------------------------------------------- */

static bool cmd_faults(Debug *d, const char *args)
{
    u64 n = 16;
    if ((*args && !arg_number(d, &args, FAULTS, &n)) || !arg_end(d, args))
        return false;
    fprintf(d->out, "%" PRIu64 " faults in all\n", d->faults.count);
    for (u64 k = n; k-- > 0;) {
        const Fault *f = fault_get(d, k);
        char text[160];
        if (!f)
            continue;
        fault_line(f, text, sizeof text);
        fprintf(d->out, "%12" PRIu64 "  %s, ring %u, CR3 %08x", f->tick, text, f->s.cpl, f->s.cr3);
        if (f->vector == 14)
            fprintf(d->out, " [%s, %s, %s]", f->error & 1 ? "protection" : "not present",
                    f->error & 2 ? "write" : "read", f->error & 4 ? "user" : "supervisor");
        fprintf(d->out, f->during >= 0 ? ", during %s\n" : "\n", vector_name(f->during));
    }
    return true;
}

static bool cmd_explain(Debug *d, const char *args)
{
    u64 back = 0;
    if ((*args && !arg_number(d, &args, FAULTS - 1, &back)) || !arg_end(d, args))
        return false;
    const Fault *f = fault_get(d, back);
    if (!f)
        return debug_fail(d, d->faults.count ? "so many faults are not remembered"
                                             : "nothing has faulted yet");
    if (d->dead && !back)
        fault_triple_report(d, d->out);
    else
        fault_explain(d, f, d->out);
    return true;
}

const Cmd cmds_system[] = {
    {"info mode", NULL, "", cmd_mode, "Shows the mode of the processor", COMPLETE_NOTHING},
    {"info gdt", NULL, "[N]", cmd_gdt, "Shows the global descriptor table in words",
     COMPLETE_NOTHING},
    {"info ldt", NULL, "[N]", cmd_ldt, "Shows the local descriptor table", COMPLETE_NOTHING},
    {"info idt", NULL, "[N]", cmd_idt,
     "Shows the interrupt descriptor table, in real mode the vector table", COMPLETE_NOTHING},
    {"info ivt", NULL, "[N]", cmd_ivt, "Shows the real-mode vector table", COMPLETE_NOTHING},
    {"info tss", NULL, "", cmd_tss, "Shows the current task state segment", COMPLETE_NOTHING},
    {"info mem", NULL, "", cmd_mem,
     "Shows the physical memory map and, with paging, what is mapped where", COMPLETE_NOTHING},
    {"info tlb", NULL, "", cmd_tlb,
     "Shows the TLB; entries that the page tables contradict are marked stale. On the slow path is "
     "what is not plain memory or is watched, by the debugger or for code that changes",
     COMPLETE_NOTHING},
    {"walk", NULL, "A", cmd_walk,
     "Walks the page tables for an address, step by step, with the reason where it is denied",
     COMPLETE_EXPR},
    {"info faults", NULL, "[N]", cmd_faults,
     "Shows the last N (16) faults: address, error bits, EIP, CR3, ring", COMPLETE_NOTHING},
    {"explain", NULL, "[N]", cmd_explain,
     "Explains why the last fault happened, or the Nth before it", COMPLETE_NOTHING},
    {0},
};
