/* debug_fault.c: see debug_fault.h. Reasons are those of the SDM, vol. 3, chapter 6 (exceptions)
 * and 4.7 (page
 * faults); they are worked out from the registers as they were and, for memory, from what it
 * holds now. */
#include "frontend/debug_fault.h"

#include "frontend/debug.h"
#include "frontend/debug_history.h"

#include <inttypes.h>

enum {
    V_DE,
    V_DB,
    V_NMI,
    V_BP,
    V_OF,
    V_BR,
    V_UD,
    V_NM,
    V_DF,
    V_MP,
    V_TS,
    V_NP,
    V_SS,
    V_GP,
    V_PF,
    V_MF = 16,
    V_AC,
    V_MC
};

const char *vector_name(int vector)
{
    static const char *const names[] = {"#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD",
                                        "#NM", "#DF", "#MP", "#TS", "#NP", "#SS", "#GP",
                                        "#PF", "15",  "#MF", "#AC", "#MC"};
    return vector >= 0 && vector < (int)ARRAY_LEN(names) ? names[vector] : "vector";
}

static const char *vector_words(int vector)
{
    static const char *const words[] = {"divide error",
                                        "debug",
                                        "non-maskable interrupt",
                                        "breakpoint",
                                        "overflow",
                                        "bound range exceeded",
                                        "invalid opcode",
                                        "coprocessor not available",
                                        "double fault",
                                        "coprocessor segment overrun",
                                        "invalid TSS",
                                        "segment not present",
                                        "stack fault",
                                        "general protection",
                                        "page fault",
                                        "reserved",
                                        "floating-point error",
                                        "alignment check",
                                        "machine check"};
    return vector >= 0 && vector < (int)ARRAY_LEN(words) ? words[vector] : "";
}

/* ---- the log --------------------------------------------------------------------------------- */

void page_walk(Debug *d, const CpuState *s, u32 la, PageWalk *w)
{
    const Mmu *m = &d->pc->cpu.mmu;
    memset(w, 0, sizeof *w);
    w->paging = s->cr0 & CR0_PG;
    if (!w->paging)
        return;
    w->pde_at = ((s->cr3 & 0xFFFFF000) | (la >> 22 << 2)) & m->phys_mask;
    w->pde = bus_peek(&d->pc->bus, w->pde_at, 4);
    w->large = w->pde & 0x80 && m->has_pse && s->cr4 & CR4_PSE;
    if (!(w->pde & 1) || w->large)
        return;
    w->pte_at = ((w->pde & 0xFFFFF000) | (la >> 12 & 0x3FF) << 2) & m->phys_mask;
    w->pte = bus_peek(&d->pc->bus, w->pte_at, 4);
}

/* The descriptor or gate that an error code names. */
static bool named_entry(Debug *d, const CpuState *s, u32 error, u8 entry[8])
{
    u32 index = error & 0xFFF8, base, limit;
    if (error & 2)
        base = s->idtr.base, limit = s->idtr.limit;
    else if (error & 4)
        base = s->ldtr.base, limit = s->ldtr.limit;
    else
        base = s->gdtr.base, limit = s->gdtr.limit;
    return index + 7 <= limit && debug_read(d, base + index, entry, 8);
}

const Fault *fault_note(Debug *d, int vector, bool has_error, u32 error, bool list)
{
    Faults *fs = &d->faults;
    Fault *f = list ? &fs->ring[fs->count++ % FAULTS] : &fs->other;
    f->tick = d->pc->clock.now;
    f->vector = vector;
    f->during = d->pc->cpu.delivering;
    f->has_error = has_error;
    f->error = error;
    f->s = d->pc->cpu.s;
    f->s.eflags = debug_eflags(d);
    f->code_len = 0;
    u32 la = f->s.seg[SEG_CS].base + f->s.eip;
    while (f->code_len < 15 && debug_read(d, la + (u32)f->code_len, &f->code[f->code_len], 1))
        f->code_len++;
    if (vector == V_PF)
        page_walk(d, &f->s, f->s.cr2, &f->walk);
    f->has_entry = vector >= V_TS && vector <= V_GP && has_error && error & 0xFFFE &&
                   f->s.cr0 & CR0_PE && named_entry(d, &f->s, error, f->entry);
    return f;
}

const Fault *fault_get(const Debug *d, u64 back)
{
    u64 n = d->faults.count;
    return back < n && back < FAULTS ? &d->faults.ring[(n - 1 - back) % FAULTS] : NULL;
}

void fault_line(const Fault *f, char *text, size_t size)
{
    char error[24] = "";
    if (f->has_error)
        snprintf(error, sizeof error, "(%04x)", f->error);
    int n = snprintf(text, size, "%s%s at %04x:%08x", vector_name(f->vector), error,
                     f->s.seg[SEG_CS].sel, f->s.eip);
    if (f->vector == V_PF && n > 0 && (size_t)n < size)
        snprintf(text + n, size - (size_t)n, ", linear address 0x%08x", f->s.cr2);
}

/* ---- descriptors in words -------------------------------------------------------------------- */

static const char *const system_types[16] = {"reserved",
                                             "16-bit TSS, available",
                                             "LDT",
                                             "16-bit TSS, busy",
                                             "16-bit call gate",
                                             "task gate",
                                             "16-bit interrupt gate",
                                             "16-bit trap gate",
                                             "reserved",
                                             "32-bit TSS, available",
                                             "reserved",
                                             "32-bit TSS, busy",
                                             "32-bit call gate",
                                             "reserved",
                                             "32-bit interrupt gate",
                                             "32-bit trap gate"};

void descriptor_text(const u8 e[8], char *text, size_t size)
{
    u32 base = load_le(e + 2, 2) | (u32)e[4] << 16 | (u32)e[7] << 24,
        limit = load_le(e, 2) | (u32)(e[6] & 15) << 16;
    char kind[80];
    if (e[6] & 0x80)
        limit = limit << 12 | 0xFFF;
    if (!load_le(e, 4) && !load_le(e + 4, 4)) {
        snprintf(text, size, "empty");
        return;
    }
    if (!(e[5] & 0x10))
        snprintf(kind, sizeof kind, "%s", system_types[e[5] & 15]);
    else if (e[5] & 8)
        snprintf(kind, sizeof kind, "%s-bit code, execute%s%s", e[6] & 0x40 ? "32" : "16",
                 e[5] & 2 ? " and read" : " only", e[5] & 4 ? ", conforming" : "");
    else
        snprintf(kind, sizeof kind, "%s-bit data, read%s%s", e[6] & 0x40 ? "32" : "16",
                 e[5] & 2 ? " and write" : " only", e[5] & 4 ? ", expand-down" : "");
    snprintf(text, size, "base %08x, limit %08x, %s, DPL %u%s%s", base, limit, kind, e[5] >> 5 & 3,
             e[5] & 0x80 ? "" : ", not present", e[5] & 0x10 && e[5] & 1 ? ", accessed" : "");
}

void gate_or_descriptor_text(const u8 e[8], char *text, size_t size)
{
    u8 type = e[5] & 15;
    bool gate = !(e[5] & 0x10) && (type & 4);
    if (!gate) {
        descriptor_text(e, text, size);
        return;
    }
    u32 off = load_le(e, 2) | (type & 8 ? load_le(e + 6, 2) << 16 : 0);
    if (type == 5)
        snprintf(text, size, "task gate to TSS %04x, DPL %u%s", load_le(e + 2, 2), e[5] >> 5 & 3,
                 e[5] & 0x80 ? "" : ", not present");
    else
        snprintf(text, size, "%s to %04x:%08x, DPL %u%s", system_types[type], load_le(e + 2, 2),
                 off, e[5] >> 5 & 3, e[5] & 0x80 ? "" : ", not present");
}

/* ---- page walks in words --------------------------------------------------------------------- */

static void entry_bits(u32 e, char *text, size_t size)
{
    snprintf(text, size, "%s %s %s%s%s%s%s", e & 1 ? "present" : "NOT PRESENT",
             e & 2 ? "writable" : "read-only", e & 4 ? "user" : "supervisor",
             e & 0x20 ? " accessed" : "", e & 0x40 ? " dirty" : "", e & 0x10 ? " uncached" : "",
             e & 0x100 ? " global" : "");
}

void page_walk_print(const PageWalk *w, const CpuState *s, CpuModel model, u32 la, FILE *out)
{
    char bits[120];
    if (!w->paging) {
        fprintf(out, "paging is off: linear 0x%08x is physical 0x%08x%s\n", la, la,
                s->a20 ? "" : " (A20 is off: bit 20 reads as 0)");
        return;
    }
    entry_bits(w->pde, bits, sizeof bits);
    fprintf(out, "CR3 = %08x: page directory at phys:0x%08x\n", s->cr3, s->cr3 & 0xFFFFF000);
    fprintf(out, "PDE %u at phys:0x%08x = %08x: %s%s\n", la >> 22, w->pde_at, w->pde, bits,
            w->large ? ", 4 MiB page" : "");
    u32 rights = w->pde;
    if (!(w->pde & 1)) {
        fprintf(out, "=> any access faults: the page directory entry is not present\n");
        return;
    }
    u32 phys = (w->pde & 0xFFC00000) | (la & 0x3FFFFF);
    if (!w->large) {
        entry_bits(w->pte, bits, sizeof bits);
        fprintf(out, "PTE %u at phys:0x%08x = %08x: %s\n", la >> 12 & 0x3FF, w->pte_at, w->pte,
                bits);
        if (!(w->pte & 1)) {
            fprintf(out, "=> any access faults: the page table entry is not present\n");
            return;
        }
        rights &= w->pte;
        phys = (w->pte & 0xFFFFF000) | (la & 0xFFF);
    }
    bool wp = model >= CPU_486 && s->cr0 & CR0_WP;
    fprintf(out, "=> linear 0x%08x is physical 0x%08x\n", la, phys);
    fprintf(out, "   supervisor: read%s; user: %s\n",
            rights & 2 || !wp ? " and write" : " only (CR0.WP is set)",
            !(rights & 4) ? "no access"
            : rights & 2  ? "read and write"
                          : "read only");
}

static void explain_page_fault(Debug *d, const Fault *f, FILE *out)
{
    const CpuState *s = &f->s;
    bool write = f->error & 2, user = f->error & 4;
    const PageWalk *w = &f->walk;
    fprintf(out, "A %s %s linear address 0x%08x (CR2), which was not allowed.\n",
            user ? "user-mode" : "supervisor", write ? "write to" : "read of", s->cr2);
    page_walk_print(w, s, d->pc->cpu.model, s->cr2, out);
    if (f->error & 8)
        fprintf(out, "Reason: a reserved bit is set in the page directory entry.\n");
    else if (!(f->error & 1))
        fprintf(out, "Reason: the P bit of the %s is 0.\n",
                w->pde & 1 && !w->large ? "PTE" : "PDE");
    else if (user && !(w->pde & 4))
        fprintf(out,
                "Reason: the U/S bit of the PDE is 0, so the page belongs to the supervisor.\n");
    else if (user && !w->large && !(w->pte & 4))
        fprintf(out,
                "Reason: the U/S bit of the PTE is 0, so the page belongs to the supervisor.\n");
    else if (write && !(w->pde & 2))
        fprintf(out, "Reason: the R/W bit of the PDE is 0%s.\n",
                user ? "" : ", and CR0.WP makes that count for the supervisor");
    else
        fprintf(out, "Reason: the R/W bit of the PTE is 0%s.\n",
                user ? "" : ", and CR0.WP makes that count for the supervisor");
}

/* ---- the others ------------------------------------------------------------------------------ */

static void explain_selector(const Fault *f, FILE *out)
{
    char text[200];
    const char *table = f->error & 2 ? "IDT" : f->error & 4 ? "LDT" : "GDT";
    u32 limit = f->error & 2 ? f->s.idtr.limit : f->error & 4 ? f->s.ldtr.limit : f->s.gdtr.limit;
    if (f->error & 2)
        fprintf(out, "The error code names IDT entry %u (vector %02Xh).\n", f->error >> 3 & 0x1FFF,
                f->error >> 3 & 0xFF);
    else
        fprintf(out, "The error code names selector %04x: entry %u of the %s.\n", f->error & 0xFFFC,
                f->error >> 3 & 0x1FFF, table);
    if (f->error & 1)
        fprintf(out,
                "It happened while an interrupt or an earlier exception was delivered (EXT).\n");
    if (f->error & 4 && !(f->error & 2) && !(f->s.ldtr.attr & ATTR_P)) {
        fprintf(out, "Reason: there is no LDT; LDTR holds a null selector.\n");
        return;
    }
    if ((f->error & 0xFFF8) + 7 > limit) {
        fprintf(out, "Reason: that entry lies beyond the limit of the %s, %04x.\n", table, limit);
        return;
    }
    if (!f->has_entry) {
        fprintf(out, "The table cannot be read there.\n");
        return;
    }
    gate_or_descriptor_text(f->entry, text, sizeof text);
    fprintf(out, "It holds: %s.\n", text);
    if (!(f->entry[5] & 0x80) && f->vector != V_GP) /* which says that the rest comes first */
        fprintf(out, "Reason: it is not present (P = 0).\n");
    else if (f->error & 2 && (f->entry[5] & 0x1F) != 5 && (f->entry[5] & 0x17) != 6 &&
             (f->entry[5] & 0x17) != 7)
        fprintf(out, "Reason: that is no interrupt, trap or task gate.\n");
    else
        fprintf(out, "Reason: type or privilege do not suit: CPL was %u, the entry's DPL is %u.\n",
                f->s.cpl, f->entry[5] >> 5 & 3);
}

static const char *const seg_names[] = {"ES", "CS", "SS", "DS", "FS", "GS"};

static bool is_name(const Insn *i, const char *list)
{
    const char *name = x86_rows[i->row].name;
    size_t n = strcspn(name, "|");
    for (const char *p = list; *p;) {
        size_t k = strcspn(p, " ");
        if (k == n && !strncmp(p, name, n))
            return true;
        p += k + (p[k] == ' ');
    }
    return false;
}

typedef struct {
    int seg;
    u32 ea;
} Operand;

/* Places of the memory operands; string instructions imply theirs. Returns how many there are. */
static int operands_of(const CpuState *s, const Insn *i, Operand o[2])
{
    int n = 0;
    for (int k = 0; k < 2; k++) {
        u8 kind = x86_rows[i->row].operand[k];
        if (kind == O_Xb || kind == O_Xv)
            o[n++] = (Operand){i->seg, s->r[6]};
        else if (kind == O_Yb || kind == O_Yv)
            o[n++] = (Operand){SEG_ES, s->r[7]};
    }
    if (!n && i->flags & INSN_MEM && i->seg < 6) {
        u32 base = *(const u32 *)((const u8 *)s + i->base),
            index = *(const u32 *)((const u8 *)s + i->index);
        o[n++] = (Operand){i->seg, base + (index << i->flags / INSN_SCALE) + i->disp};
    }
    for (int k = 0; k < n && !(i->flags & INSN_AD32); k++)
        o[k].ea &= 0xFFFF;
    return n;
}

/* Does this memory operand explain it? */
static bool explain_operand(const CpuState *s, const Insn *i, const Operand *o, FILE *out)
{
    const Seg *g = &s->seg[o->seg];
    int size = i->flags & INSN_OP32 ? 4 : 2;
    bool prot = s->cr0 & CR0_PE && !(s->eflags & VM);
    fprintf(out, "Its memory operand is %s:%08x; %s has selector %04x, base %08x, limit %08x.\n",
            seg_names[o->seg], o->ea, seg_names[o->seg], g->sel, g->base, g->limit);
    if (prot && !(g->sel & 0xFFFC) && !(g->attr & ATTR_P))
        fprintf(out, "Reason: %s holds a null selector.\n", seg_names[o->seg]);
    else if (prot && (g->attr & (ATTR_CODE | ATTR_E)) == ATTR_E && o->ea <= g->limit)
        fprintf(out, "Reason: the offset is not above the limit of an expand-down segment.\n");
    else if (!(g->attr & ATTR_E && !(g->attr & ATTR_CODE)) &&
             (u64)o->ea + (u64)size - 1 > g->limit)
        fprintf(out, "Reason: offset %08x is beyond the segment limit %08x.\n", o->ea, g->limit);
    else if (prot && g->attr & ATTR_CODE)
        fprintf(out, "Reason: a code segment cannot be written%s.\n",
                g->attr & ATTR_W ? "" : ", and this one not even read");
    else if (prot && !(g->attr & ATTR_W))
        fprintf(out, "Reason: the segment is read-only.\n");
    else
        return false;
    return true;
}

static void explain_gp0(Debug *d, const Fault *f, const Insn *i, FILE *out)
{
    const CpuState *s = &f->s;
    u32 iopl = s->eflags >> 12 & 3;
    Operand o[2];
    for (int n = operands_of(s, i, o), k = 0; k < n; k++)
        if (explain_operand(s, i, &o[k], out))
            return;
    if (is_name(i, "hlt lgdt lidt lmsw clts invd wbinvd invlpg wrmsr rdmsr lldt ltr") && s->cpl)
        fprintf(out, "Reason: the instruction is privileged and CPL is %u.\n", s->cpl);
    else if (is_name(i, "mov") && s->cpl &&
             (x86_rows[i->row].operand[0] >= O_Cd || x86_rows[i->row].operand[1] >= O_Cd))
        fprintf(out, "Reason: control, debug and test registers are for ring 0; CPL is %u.\n",
                s->cpl);
    else if (is_name(i, "in out insb insw outsb outsw insd outsd cli sti") &&
             (s->cpl > iopl || s->eflags & VM))
        fprintf(out, "Reason: CPL is %u and IOPL %u%s%s.\n", s->cpl, iopl,
                s->eflags & VM ? ", in virtual-8086 mode" : "",
                is_name(i, "cli sti")
                    ? ""
                    : "; the I/O permission bitmap of the TSS does not allow the port");
    else if (s->eflags & VM && iopl < 3 && is_name(i, "int pushf pushfd popf popfd iret iretd"))
        fprintf(out,
                "Reason: in virtual-8086 mode with IOPL %u this instruction is for the monitor.\n",
                iopl);
    else if (s->eip > s->seg[SEG_CS].limit)
        fprintf(out, "Reason: EIP %08x is beyond the limit of CS, %08x.\n", s->eip,
                s->seg[SEG_CS].limit);
    else if (is_name(i, "push pop call ret enter leave pusha popa"))
        fprintf(
            out,
            "Reason: the stack, %04x:%08x with limit %08x, or the target is outside its segment.\n",
            s->seg[SEG_SS].sel, s->r[4], s->seg[SEG_SS].limit);
    else
        fprintf(
            out,
            "The error code is 0: a limit, type or privilege check of this instruction failed.\n");
}

void fault_explain(Debug *d, const Fault *f, FILE *out)
{
    char text[200];
    Insn i = {0};
    const CpuState *s = &f->s;
    bool code32 = s->cr0 & CR0_PE && !(s->eflags & VM) && s->seg[SEG_CS].attr & ATTR_DB;
    fault_line(f, text, sizeof text);
    fprintf(out, "%s (%s), instruction count %" PRIu64 "%s\n", text, vector_words(f->vector),
            f->tick, f->during >= 0 ? ", while another exception was delivered" : "");
    int len = f->code_len ? decode(&d->pc->cpu.decode, f->code, f->code_len, code32, &i) : 0;
    if (len) {
        disasm(&i, s->eip, text, sizeof text);
        fprintf(out, "The instruction is: %s\n", text);
    } else
        fprintf(out, "The instruction there cannot be read.\n");
    switch (f->vector) {
    case V_PF:
        explain_page_fault(d, f, out);
        break;
    case V_TS:
    case V_NP:
    case V_SS:
    case V_GP:
        if (f->has_error && f->error & 0xFFFE)
            explain_selector(f, out);
        else
            explain_gp0(d, f, &i, out);
        break;
    case V_DE:
        fprintf(out, "Reason: the divisor is 0 or the quotient does not fit.\n");
        break;
    case V_UD:
        fprintf(out, "Reason: these bytes are no instruction of this processor%s.\n",
                i.flags & INSN_LOCK ? ", or LOCK stands before one that does not take it" : "");
        break;
    case V_NM:
        fprintf(out, "Reason: CR0.EM is %u and CR0.TS is %u.\n", !!(s->cr0 & CR0_EM),
                !!(s->cr0 & CR0_TS));
        break;
    case V_DB:
        fprintf(out, "DR6 = %08x, DR7 = %08x, TF = %u.\n", s->dr[6], s->dr[7], s->eflags >> 8 & 1);
        break;
    case V_DF:
        fprintf(out, "Reason: an exception came up while another one was delivered.\n");
        break;
    case V_AC:
        fprintf(out, "Reason: a misaligned access in ring 3 with CR0.AM and EFLAGS.AC set.\n");
        break;
    default:
        break;
    }
}

/* ---- triple faults --------------------------------------------------------------------------- */

/* The faults that led to the latest one, which comes first: from the one that no delivery raised.
 * That two of them made a double fault is what was delivered, no fault of its own. */
enum { CHAIN = 8 };

static u64 chain_of(const Debug *d, const Fault *chain[CHAIN])
{
    u64 n = 0;
    for (u64 back = 0; n < CHAIN; back++) {
        const Fault *f = fault_get(d, back);
        if (!f)
            break;
        if (f->vector != V_DF)
            chain[n++] = f;
        if (f->during < 0)
            break;
    }
    return n;
}

void fault_triple_report(Debug *d, FILE *out)
{
    const Fault *chain[CHAIN];
    u64 n = chain_of(d, chain);
    for (u64 k = n; k-- > 0;) {
        const Fault *f = chain[k];
        u8 gate[8];
        char text[200];
        fprintf(out, "Fault %u of %u: ", (unsigned)(n - k), (unsigned)n);
        fault_explain(d, f, out);
        int next = k ? chain[k - 1]->during : -1; /* what was delivered for it */
        if (k == 0)
            fprintf(out, "No handler is left: the processor shuts down.\n");
        else if (next >= 0 && f->s.cr0 & CR0_PE) {
            u32 at = (u32)next * 8;
            if (at + 7 > f->s.idtr.limit)
                fprintf(out,
                        "Delivered as %s: IDT entry %d is beyond the limit of the IDT, %04x.\n",
                        vector_name(next), next, f->s.idtr.limit);
            else if (debug_read(d, f->s.idtr.base + at, gate, 8)) {
                gate_or_descriptor_text(gate, text, sizeof text);
                fprintf(out, "Delivered as %s: IDT entry %d at %08x: %s\n", vector_name(next), next,
                        f->s.idtr.base + at, text);
            }
        }
        fputc('\n', out);
    }
    fprintf(out, "The last instructions:\n");
    history_print(d, 32, out);
}
