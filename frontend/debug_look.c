/* debug_look.c: looking at the machine without touching it, and the few ways to change it.
 * Everything that
 * the debugger reads comes through here: no A bits, no TLB entries, no device side effects. */
#include "frontend/att.h"
#include "frontend/debug.h"
#include "frontend/past.h"

bool debug_read(Debug *d, u32 linear, void *dst, u32 n)
{
    return cpu_peek(&d->pc->cpu, linear, dst, n);
}

void debug_read_phys(Debug *d, u32 phys, void *dst, u32 n)
{
    for (u32 i = 0; i < n; i++)
        ((u8 *)dst)[i] = (u8)bus_peek(&d->pc->bus, phys + i, 1);
}

bool debug_write(Debug *d, u32 linear, const void *src, u32 n)
{
    for (u32 i = 0; i < n; i++) {
        u32 phys;
        if (!mmu_peek(&d->pc->cpu.mmu, linear + i, &phys))
            return debug_fail(d, "linear address 0x%08x is not mapped", linear + i);
        if (!debug_write_phys(d, phys, (const u8 *)src + i, 1))
            return false;
    }
    return true;
}

/* RAM and ROM alike: a debugger may patch a ROM. Device memory is written as the processor
 * would. */
bool debug_write_phys(Debug *d, u32 phys, const void *src, u32 n)
{
    Bus *b = &d->pc->bus;
    if (d->pc->in_cpu)
        return debug_fail(d, "memory can be written only while the machine is stopped");
    for (u32 i = 0; i < n; i++, phys++) {
        u8 *host = bus_host(b, phys, false);
        if (host) {
            *host = ((const u8 *)src)[i];
            bus_written(b, phys, 1);
        } else if (!strcmp(b->regions[b->page_region[phys >> BUS_PAGE_SHIFT]].name, "unmapped"))
            return debug_fail(d, "there is no memory at physical address 0x%08x", phys);
        else
            bus_write(b, phys, 1, ((const u8 *)src)[i]);
        debug_edited(d);
    }
    return true;
}

u32 debug_eflags(Debug *d)
{
    return cpu_eflags(&d->pc->cpu, d->pc->in_cpu);
}

u32 debug_pc(Debug *d)
{
    const CpuState *s = &d->pc->cpu.s;
    return s->seg[SEG_CS].base + s->eip;
}

bool debug_code32(Debug *d)
{
    const CpuState *s = &d->pc->cpu.s;
    return s->cr0 & CR0_PE && !(s->eflags & VM) && s->seg[SEG_CS].attr & ATTR_DB;
}

void debug_changed_state(Debug *d)
{
    cpu_registers_changed(&d->pc->cpu);
    d->skip = false;
    debug_edited(d);
}

void debug_edited(Debug *d)
{
    d->edited = true;
}

void debug_settle(Debug *d)
{
    if (d->edited && !d->pc->in_cpu)
        past_edited(d->session);
    d->edited = false;
}

void debug_flags_text(u32 f, char *text, size_t size)
{
    static const struct {
        const char *name;
        u32 bit;
    } flags[] = {{"CF", CF}, {"PF", PF},   {"AF", AF},   {"ZF", ZF}, {"SF", SF}, {"TF", TF},
                 {"IF", IF}, {"DF", DF},   {"OF", OF},   {"NT", NT}, {"RF", RF}, {"VM", VM},
                 {"AC", AC}, {"VIF", VIF}, {"VIP", VIP}, {"ID", ID}};
    size_t n = 0;
    *text = 0;
    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        if (f & flags[i].bit)
            n += (size_t)snprintf(text + n, size - n, "%s%s", n ? " " : "", flags[i].name);
    if (f & IOPL)
        snprintf(text + n, size - n, "%sIOPL=%u", n ? " " : "", f >> 12 & 3);
}

int debug_decode(Debug *d, u32 linear, bool code32, Insn *i, u8 bytes[16])
{
    int n = 0;
    while (n < 15 && debug_read(d, linear + (u32)n, &bytes[n], 1))
        n++;
    return n ? decode(&d->pc->cpu.decode, bytes, n, code32, i) : 0;
}

void debug_name_of(Debug *d, u32 linear, char *text, size_t size)
{
    const Symbol *sym = symbols_at(&d->symbols, linear);
    *text = 0;
    if (sym && sym->addr == linear)
        snprintf(text, size, " <%.80s>", sym->name);
    else if (sym)
        snprintf(text, size, " <%.80s+%u>", sym->name, linear - sym->addr);
}

/* The target of a direct branch has a name, perhaps. */
static void add_target(Debug *d, const Insn *i, u32 linear, u32 eip, char *text, size_t size)
{
    const Row *r = &x86_rows[i->row];
    char name[120];
    if (r->operand[0] != O_Jb && r->operand[0] != O_Jz)
        return;
    u32 target = eip + i->len + i->imm;
    if (!(i->flags & INSN_OP32))
        target &= 0xFFFF;
    debug_name_of(d, linear - eip + target, name, sizeof name);
    size_t n = strlen(text);
    snprintf(text + n, size - n, "%s", name);
}

int debug_disasm(Debug *d, u32 linear, u32 eip, bool code32, char *text, size_t size)
{
    Insn i;
    u8 bytes[16];
    char plain[120];
    int len = debug_decode(d, linear, code32, &i, bytes);
    if (!len) {
        snprintf(text, size, "(not mapped)");
        return 0;
    }
    disasm(&i, eip, plain, sizeof plain);
    if (d->att)
        att_from_intel(plain, text, size);
    else
        snprintf(text, size, "%s", plain);
    add_target(d, &i, linear, eip, text, size);
    return len;
}

/* "; [0x00000417]=0x20" for an instruction that is about to be executed. */
static void operand_note(Debug *d, const Insn *i, FILE *out)
{
    const CpuState *s = &d->pc->cpu.s;
    if (!(i->flags & INSN_MEM) || i->seg > 5)
        return;
    u32 ea = *(const u32 *)((const u8 *)s + i->base) +
             (*(const u32 *)((const u8 *)s + i->index) << i->flags / INSN_SCALE) + i->disp;
    if (!(i->flags & INSN_AD32))
        ea &= 0xFFFF;
    u32 la = s->seg[i->seg].base + ea;
    int size = i->flags & INSN_OP32 ? 4 : 2;
    u8 b[4];
    char name[120];
    debug_name_of(d, la, name, sizeof name);
    if (debug_read(d, la, b, (u32)size))
        fprintf(out, "  ; [0x%x]%s=%0*x", la, name, size * 2, load_le(b, size));
    else
        fprintf(out, "  ; [0x%x] not mapped", la);
}

void debug_where(Debug *d, FILE *out)
{
    const CpuState *s = &d->pc->cpu.s;
    char text[300], name[120];
    u8 bytes[16];
    Insn i;
    u32 la = debug_pc(d);
    bool code32 = debug_code32(d);
    int len = debug_decode(d, la, code32, &i, bytes);
    debug_name_of(d, la, name, sizeof name);
    fprintf(out, code32 ? "%04x:%08x%s  " : "%04x:%04x%s  ", s->seg[SEG_CS].sel, s->eip, name);
    for (int n = 0; n < len; n++)
        fprintf(out, "%02x", bytes[n]);
    debug_disasm(d, la, s->eip, code32, text, sizeof text);
    fprintf(out, "%*s%s", len < 8 ? 2 * (8 - len) + 1 : 1, "", text);
    if (len)
        operand_note(d, &i, out);
    fputc('\n', out);
}
