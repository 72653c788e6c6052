/* rig.c: see rig.h. Loading and clearing touch only the bytes that a test names, so that a test
 * costs microseconds; the decoded pages learn of every byte through the bus, as with DMA. */
#include "tests/golden/rig.h"

#include <stdlib.h>

#include "cpu/page.h"

/* What a test from the 286 on may take before it must have come to its HLT: a REP of FFFFh and some
 * more. */
enum { TICKS = 0x18000 };

const char *core_name(CpuCore core)
{
    static const char *const name[] = {"fast", "trampoline", "slow"};
    return name[core];
}

/* ---- life ------------------------------------------------------------------------------------ */

static void on_interrupt(void *ctx, int vector, bool soft, u32 error)
{
    ((Rig *)ctx)->vector = vector;
}

/* What real mode leaves in the descriptor caches; reset has CS elsewhere. */
static void real_segments(CpuState *s)
{
    for (int n = 0; n < 6; n++) {
        s->seg[n].limit = 0xFFFF;
        s->seg[n].attr = ATTR_P | ATTR_S | ATTR_W | ATTR_A;
    }
}

bool rig_init(Rig *r, CpuModel model, CpuCore core)
{
    memset(r, 0, sizeof *r);
    r->size = model == CPU_8086 ? 1u << 20 : 1u << 24;
    r->ram = calloc(r->size, 1);
    if (!r->ram)
        return false;
    r->clock = (Clock){.deadline = UINT64_MAX, .ips = 1000000};
    bus_init(&r->bus);
    if (!bus_map_ram(&r->bus, 0, r->size, r->ram, 0, "ram"))
        panic("an empty bus has no room for memory");
    cpu_init(&r->cpu, &(CpuConfig){.bus = &r->bus, .clock = &r->clock, .model = model});
    cpu_select_core(&r->cpu, core);
    r->cpu.idle_pace.next =
        UINT64_MAX; /* the search for idle loops would run the tests on the slow core */
    r->debug = (CpuDebug){.ctx = r, .on_interrupt = on_interrupt};
    r->cpu.debug = &r->debug;
    real_segments(&r->cpu.s);
    r->blank = r->cpu.s;
    bus_clear_dirty(&r->bus, 0, r->size);
    return true;
}

void rig_free(Rig *r)
{
    cpu_free(&r->cpu);
    bus_free(&r->bus);
    free(r->ram);
}

/* ---- registers ------------------------------------------------------------------------------- */

static const u8 general[8] = {MOO_EAX, MOO_ECX, MOO_EDX, MOO_EBX,
                              MOO_ESP, MOO_EBP, MOO_ESI, MOO_EDI};
static const u8 segments[6] = {MOO_ES, MOO_CS, MOO_SS, MOO_DS, MOO_FS, MOO_GS};
static const char *const reg_name[MOO_REGS] = {
    "CR0", "CR3", "EAX", "EBX", "ECX", "EDX", "ESI", "EDI",    "EBP", "ESP",
    "CS",  "DS",  "ES",  "FS",  "GS",  "SS",  "EIP", "EFLAGS", "DR6", "DR7",
};

static void load_registers(Rig *r, Family f, const MooTest *t)
{
    CpuState *s = &r->cpu.s;
    const u32 *v = t->before.regs.v;
    *s = r->blank;
    for (int n = 0; n < 8; n++)
        s->r[n] = v[general[n]];
    for (int n = 0; n < 6; n++) {
        s->seg[n].sel = (u16)v[segments[n]];
        s->seg[n].base = (u32)s->seg[n].sel << 4;
    }
    s->eip = v[MOO_EIP];
    /* the 286's captures have rubbish in bits 12-15, which real mode can't hold there; the 386's
     * have ones above bit 17 */
    s->eflags = (v[MOO_EFLAGS] & (f == FAMILY_386 ? OSZAPC | DF | IOPL | NT : OSZAPC | DF)) | 2;
    if (f == FAMILY_386) {
        s->cr0 = v[MOO_CR0] & ~(u32)(CR0_PE | CR0_PG);
        s->cr3 = v[MOO_CR3];
        s->dr[6] = v[MOO_DR6];
        s->dr[7] = v[MOO_DR7];
    }
    cpu_state_changed(&r->cpu);
}

/* Register n as the files show it. */
static u32 actual(const Rig *r, int n)
{
    const CpuState *s = &r->cpu.s;
    for (int k = 0; k < 8; k++)
        if (general[k] == n)
            return s->r[k];
    for (int k = 0; k < 6; k++)
        if (segments[k] == n)
            return s->seg[k].sel;
    switch (n) {
    case MOO_CR0:
        return s->cr0;
    case MOO_CR3:
        return s->cr3;
    case MOO_DR6:
        return s->dr[6];
    case MOO_DR7:
        return s->dr[7];
    case MOO_EIP:
        return s->eip;
    default:
        return s->eflags | (r->cpu.model == CPU_8086 ? 0xF002 : 2);
    }
}

static u32 reg_mask(const MooTest *t, const Rule *rule, int n)
{
    if (!(t->before.regs.present >> n & 1) || rule->ignore >> n & 1)
        return 0;
    if ((n >= MOO_CS && n <= MOO_SS) ||
        (n == MOO_EIP && !t->wide)) /* behind a HLT at FFFFh, EIP is 10000h and IP is 0 */
        return t->mask.v[n] & 0xFFFF;
    return t->mask.v[n] & (n == MOO_EFLAGS ? rule->flags : 0xFFFFFFFF);
}

static bool reg_right(const Rig *r, const MooTest *t, const Rule *rule, int n)
{
    return !((actual(r, n) ^ moo_after(t, n)) & reg_mask(t, rule, n));
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void store(Rig *r, u32 addr, u8 v)
{
    r->ram[addr] = v;
    bus_written(&r->bus, addr, 1);
}

static bool within(const Rig *r, const MooRam *m)
{
    for (u32 n = 0; n < m->count; n++)
        if (moo_addr(m, n) >= r->size)
            return false;
    return true;
}

static bool load_memory(Rig *r, const MooTest *t, const Rule *rule)
{
    if (!within(r, &t->before.ram) || !within(r, &t->after.ram))
        return false;
    for (u32 n = 0; n < t->before.ram.count; n++)
        store(r, moo_addr(&t->before.ram, n), moo_byte(&t->before.ram, n));
    if (rule->stack_fault) /* vector 12 shall lead where 13 leads */
        for (u32 n = 0; n < 4; n++)
            store(r, 12 * 4 + n, r->ram[13 * 4 + n]);
    return true;
}

/* Addresses of the FLAGS word that an event pushed, low byte first. Files from processors with a
 * 16-bit bus have lost bit 0 of the address; the stack pointer after the event has it. */
static void flags_bytes(const Rig *r, const MooTest *t, u32 at[2])
{
    u32 base = (moo_after(t, MOO_SS) & 0xFFFF) << 4, off = (moo_after(t, MOO_ESP) + 4) & 0xFFFF;
    u32 mask = r->cpu.model == CPU_8086 ? 0xFFFFF : 0xFFFFFF;
    at[0] = (base + off) & mask;
    at[1] = (base + ((off + 1) & 0xFFFF)) & mask;
    if ((at[0] ^ t->flags_at) > 1) {
        at[0] = t->flags_at;
        at[1] = t->flags_at + 1;
    }
}

void rig_clear(Rig *r, const MooTest *t)
{
    const MooRam *all[] = {&t->before.ram, &t->after.ram};
    for (int k = 0; k < 2; k++)
        for (u32 n = 0; n < all[k]->count; n++)
            if (moo_addr(all[k], n) < r->size)
                store(r, moo_addr(all[k], n), 0);
    for (u32 n = 0; n < 4; n++)
        store(r, 12 * 4 + n, 0);
    if (!t->has_event)
        return;
    u32 flags[2]; /* masked, so perhaps not what the file names */
    flags_bytes(r, t, flags);
    for (int n = 0; n < 2; n++)
        if (flags[n] < r->size)
            store(r, flags[n], 0);
}

void rig_wipe(Rig *r)
{
    for (u32 p = 0; p < r->size; p += BUS_PAGE_SIZE)
        if (bus_dirty(&r->bus, p))
            memset(r->ram + p, 0, BUS_PAGE_SIZE);
    cpu_drop_derived(&r->cpu);
}

bool rig_stray_byte(Rig *r, u32 *addr)
{
    bool found = false;
    for (u32 p = 0; p < r->size && !found; p += BUS_PAGE_SIZE) {
        const u8 *page = r->ram + p;
        if (!bus_dirty(&r->bus, p) || (!page[0] && !memcmp(page, page + 1, BUS_PAGE_SIZE - 1)))
            continue;
        found = true;
        *addr = p;
        while (!r->ram[*addr])
            ++*addr;
    }
    if (found)
        rig_wipe(r);
    bus_clear_dirty(&r->bus, 0, r->size);
    return found;
}

/* The bits of the byte at `addr` that count: those of a FLAGS word that an event pushed are
 * masked like FLAGS. */
static u8 byte_mask(const Rig *r, const MooTest *t, const Rule *rule, u32 addr)
{
    if (!t->has_event)
        return 0xFF;
    u32 at[2], flags = t->mask.v[MOO_EFLAGS] & rule->flags;
    flags_bytes(r, t, at);
    return addr == at[0] ? (u8)flags : addr == at[1] ? (u8)(flags >> 8) : 0xFF;
}

static bool changed(const MooTest *t, u32 addr)
{
    for (u32 n = 0; n < t->after.ram.count; n++)
        if (moo_addr(&t->after.ram, n) == addr)
            return true;
    return false;
}

/* Last entry of `addr` wins, in either list. */
static u8 byte_before(const MooTest *t, u32 addr)
{
    for (u32 n = t->before.ram.count; n--;)
        if (moo_addr(&t->before.ram, n) == addr)
            return moo_byte(&t->before.ram, n);
    return 0;
}

static bool byte_right(const Rig *r, const MooTest *t, const Rule *rule, u32 addr, u8 want)
{
    return !((r->ram[addr] ^ want) & byte_mask(r, t, rule, addr));
}

static bool memory_right(const Rig *r, const MooTest *t, const Rule *rule)
{
    for (u32 n = 0; n < t->after.ram.count; n++)
        if (!byte_right(r, t, rule, moo_addr(&t->after.ram, n), moo_byte(&t->after.ram, n)))
            return false;
    for (u32 n = 0; n < t->before.ram.count; n++) {
        u32 addr = moo_addr(&t->before.ram, n);
        if (r->ram[addr] != moo_byte(&t->before.ram, n) && !changed(t, addr) &&
            !byte_right(r, t, rule, addr, byte_before(t, addr)))
            return false;
    }
    return true;
}

/* ---- running --------------------------------------------------------------------------------- */

/* Ticks of an 8086 instruction: one, or one for each iteration of a REP. */
static u64 ticks_8086(const MooTest *t, const Shape *s)
{
    u16 done = (u16)(t->before.regs.v[MOO_ECX] - moo_after(t, MOO_ECX));
    return s->rep && shape_is_string(s) && done ? done : 1;
}

/* The cores run a record only if the deadline lets them finish the straight run of records it
 * stands in. So that the one instruction of an 8086 test does run on its core, what follows it
 * is decoded first: a new run ends where another begins. */
static void isolate(Rig *r, const Shape *s)
{
    Cpu *c = &r->cpu;
    u32 eip = c->s.eip;
    c->s.eip = (u16)(eip + s->length);
    page_find(c); /* an 8086 has no fault to raise here */
    c->s.eip = eip;
}

bool rig_run(Rig *r, Family f, const MooTest *t, const Shape *s, const Rule *rule)
{
    if (!load_memory(r, t, rule))
        return false;
    load_registers(r, f, t);
    r->vector = -1;
    u64 ticks = TICKS;
    if (f == FAMILY_8086) {
        ticks = ticks_8086(t, s);
        isolate(r, s);
    }
    r->exit = cpu_run(&r->cpu, r->clock.now + ticks);
    return true;
}

static bool event_right(const Rig *r, const MooTest *t, const Shape *s, const Rule *rule)
{
    if (!t->has_event)
        return true;
    if (rule->stack_fault && r->vector == 12)
        return rule_allows_vector(s, t, 12);
    return r->vector == t->vector && (!rule->stack_fault || rule_allows_vector(s, t, 13));
}

static bool ended_right(const Rig *r)
{
    return r->cpu.model == CPU_8086 || r->exit == CPU_EXIT_HALT;
}

bool rig_passed(const Rig *r, const MooTest *t, const Shape *s, const Rule *rule)
{
    if (!ended_right(r) || !event_right(r, t, s, rule))
        return false;
    for (int n = 0; n < MOO_REGS; n++)
        if (!reg_right(r, t, rule, n))
            return false;
    return memory_right(r, t, rule);
}

/* ---- reporting ------------------------------------------------------------------------------- */

static void report_event(const Rig *r, const MooTest *t, const Shape *s, const Rule *rule,
                         FILE *out)
{
    if (!ended_right(r))
        fprintf(out, "#   never came to the HLT behind the instruction or its handler\n");
    if (event_right(r, t, s, rule))
        return;
    fprintf(out, "#   event: expected vector %d%s, ", t->vector,
            rule->stack_fault ? " (12 if through SS)" : "");
    if (r->vector < 0)
        fprintf(out, "none came\n");
    else
        fprintf(out, "vector %d came\n", r->vector);
}

static void flag_letters(u32 f, char text[10])
{
    static const char letter[] = "ODITSZAPC";
    static const u16 bit[] = {OF, DF, IF, TF, SF, ZF, AF, PF, CF};
    for (int n = 0; n < 9; n++)
        text[n] = f & bit[n] ? letter[n] : '-';
    text[9] = 0;
}

static void report_registers(const Rig *r, const MooTest *t, const Rule *rule, FILE *out)
{
    int digits = t->wide ? 8 : 4;
    fprintf(out, "#   %-8s %-10s %-10s %-10s\n", "", "initial", "expected", "actual");
    for (int n = 0; n < MOO_REGS; n++) {
        if (!(t->before.regs.present >> n & 1))
            continue;
        fprintf(out, "#   %-8s %0*X%*s %0*X%*s %0*X%s\n", reg_name[n], digits,
                (unsigned)t->before.regs.v[n], 10 - digits, "", digits, (unsigned)moo_after(t, n),
                10 - digits, "", digits, (unsigned)actual(r, n),
                reg_right(r, t, rule, n) ? "" : "  <--");
    }
    char before[10], want[10], got[10];
    flag_letters(t->before.regs.v[MOO_EFLAGS], before);
    flag_letters(moo_after(t, MOO_EFLAGS), want);
    flag_letters(actual(r, MOO_EFLAGS), got);
    fprintf(out, "#   %-8s %-10s %-10s %-10s compared: %04X\n", "", before, want, got,
            (unsigned)reg_mask(t, rule, MOO_EFLAGS));
}

static void report_byte(const Rig *r, const MooTest *t, const Rule *rule, u32 addr, u8 want,
                        FILE *out)
{
    fprintf(out, "#   %06X   %02X         %02X         %02X%s\n", (unsigned)addr,
            byte_before(t, addr), want, r->ram[addr],
            byte_right(r, t, rule, addr, want) ? "" : "  <--");
}

void rig_report(const Rig *r, const MooTest *t, const Shape *s, const Rule *rule, FILE *out)
{
    fprintf(out, "#   %.*s   ", (int)t->name_len, t->name ? t->name : "");
    for (u32 n = 0; n < t->length; n++)
        fprintf(out, " %02X", t->bytes[n]);
    fprintf(out, "\n");
    report_event(r, t, s, rule, out);
    report_registers(r, t, rule, out);
    for (u32 n = 0; n < t->before.ram.count; n++)
        if (!changed(t, moo_addr(&t->before.ram, n)))
            report_byte(r, t, rule, moo_addr(&t->before.ram, n), moo_byte(&t->before.ram, n), out);
    for (u32 n = 0; n < t->after.ram.count; n++)
        report_byte(r, t, rule, moo_addr(&t->after.ram, n), moo_byte(&t->after.ram, n), out);
}
