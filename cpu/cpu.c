/* cpu.c: life of a Cpu: init, reset, wires, and what is derived from the control registers. */
#include "cpu/core.h"

/* ---- derived state --------------------------------------------------------------------------- */

static u32 phys_mask(const Cpu *c)
{
    if (c->model == CPU_8086)
        return 0xFFFFF;
    u32 mask = c->model == CPU_286 ? 0xFFFFFF : 0xFFFFFFFF;
    return c->s.a20 ? mask : mask & ~(1u << 20);
}

void cpu_count_space(Cpu *c)
{
    bool paged = c->mmu.cr0 & CR0_PG;
    u32 cr3 = paged ? c->mmu.cr3 & 0xFFFFF000 : 0;
    int n = 0;
    while (n < CPU_SPACES - 1 && c->usage.space[n].used &&
           (c->usage.space[n].cr3 != cr3 || c->usage.space[n].paged != paged))
        n++;
    c->usage.space[n].used = true;
    c->usage.space[n].paged = paged;
    c->usage.space[n].cr3 = cr3;
    if (c->clock->now > c->usage.space_since) /* else the past was gone back to */
        c->usage.space[n].ticks += c->clock->now - c->usage.space_since;
    c->usage.space_since = c->clock->now;
}

void cpu_mode_changed(Cpu *c)
{
    CpuState *s = &c->s;
    mmu_set_phys_mask(&c->mmu, phys_mask(c));
    if ((c->mmu.cr0 ^ s->cr0) & CR0_PG || c->mmu.cr3 != s->cr3)
        cpu_count_space(c);
    if (c->mmu.cr0 != s->cr0 || c->mmu.cr3 != s->cr3 || c->mmu.cr4 != s->cr4)
        mmu_set_cr(&c->mmu, s->cr0, s->cr3, s->cr4);
    if (unlikely(c->debug && c->debug->on_mode))
        c->debug->on_mode(c->debug->ctx);
    c->align_check = s->cr0 & CR0_AM && s->eflags & AC && s->cpl == 3 && c->model >= CPU_486;
    fpu_changed(c);
    c->attention |= ATT_LOOKUP;
}

void cpu_state_changed(Cpu *c)
{
    set_cpl(c, c->s.cpl);
    for (int n = 0; n < 6; n++)
        seg_update(c, n);
    cpu_count_space(c);
    mmu_set_cr(&c->mmu, c->s.cr0, c->s.cr3, c->s.cr4);
    cpu_mode_changed(c);
    debug_changed(c);
    c->attention |= ATT_LOOKUP | ATT_EVENT;
}

void cpu_registers_changed(Cpu *c)
{
    const CpuState *s = &c->s;
    bool same = s->cr0 == c->mmu.cr0 && s->cr3 == c->mmu.cr3 && s->cr4 == c->mmu.cr4;
    mmu_gather(&c->mmu);
    cpu_state_changed(c);
    if (same)
        mmu_scatter(&c->mmu);
}

void cpu_drop_derived(Cpu *c)
{
    pages_drop(c);
    mmu_refresh(&c->mmu);
}

void cpu_select_core(Cpu *c, CpuCore core)
{
#ifdef GLASS86_NO_TAIL
    if (core == CORE_FAST)
        core = CORE_TRAMPOLINE;
    static const AnyFn *const table[] = {trampoline_table, trampoline_table, slow_table};
#else
    static const AnyFn *const table[] = {fast_table, trampoline_table, slow_table};
#endif
    c->core = core;
    c->core_fn = c->simple_fn = c->flat_fn = table[core];
    c->fused[0] = c->fused[1] = c->fused[2] = NULL;
#ifndef GLASS86_NO_TAIL
    if (core == CORE_FAST) {
        c->simple_fn = simple_table;
        c->flat_fn = flat_table;
        c->fused[0] = fast_fused;
        c->fused[1] = simple_fused;
        c->fused[2] = flat_fused;
    }
#endif
    pages_drop(c);
}

/* ---- bus hooks ------------------------------------------------------------------------------- */

static void on_clean(void *cpu, u32 base, u32 size)
{
    Cpu *c = cpu;
    mmu_forget_writes(&c->mmu, base, size);
}

/* ---- life ------------------------------------------------------------------------------------ */

void cpu_init(Cpu *c, const CpuConfig *cfg)
{
    memset(c, 0, sizeof *c);
    c->bus = cfg->bus;
    c->clock = cfg->clock;
    c->model = cfg->model;
    c->fpu_present = cfg->fpu;
    c->ack = cfg->ack;
    c->ack_ctx = cfg->ack_ctx;
    c->ferr = cfg->ferr;
    c->delivering = -1;
    c->cur = &c->between;
    c->end = cfg->clock->now;
    if (!pages_init(c))
        panic("out of host memory for decoded pages");
    decode_table_init(&c->decode, c->model);
    mmu_init(&c->mmu, c->bus);
    c->mmu.has_wp = c->model >= CPU_486;
    c->mmu.has_pse = c->model >= CPU_PENTIUM;
    c->mmu.has_pge = c->model >= CPU_686;
    c->mmu.code_lines = pages_code_lines;
    c->mmu.code_ctx = c;
    c->mmu.on_flush = pages_clear_refs;
    c->mmu.on_evict = pages_clear_refs_to;
    c->mmu.flush_ctx = c;
    c->bus->hooks.cpu_ctx = c;
    c->bus->hooks.on_code_write = pages_written;
    c->bus->hooks.on_remap = pages_remapped;
    c->bus->hooks.on_clean = on_clean;
    c->s.a20 = 1;
    cpu_select_core(c, CORE_FAST);
    cpu_reset(c);
}

void cpu_free(Cpu *c)
{
    pages_free(c);
}

/* EDX after reset: family, model and stepping of a typical part. */
static u32 reset_signature(CpuModel m)
{
    static const u32 sig[] = {[CPU_386] = 0x0308,
                              [CPU_486] = 0x0435,
                              [CPU_PENTIUM] = 0x0525,
                              [CPU_PENTIUM_MMX] = 0x0543,
                              [CPU_686] = 0x0633};
    return m >= CPU_386 ? sig[m] : 0;
}

static void reset_segments(Cpu *c)
{
    CpuState *s = &c->s;
    for (int n = 0; n < 6; n++)
        s->seg[n] = (Seg){.limit = 0xFFFF, .attr = ATTR_P | ATTR_S | ATTR_W | ATTR_A};
    s->ldtr = s->tr = (Seg){.limit = 0xFFFF, .attr = ATTR_P};
    s->tr.attr = ATTR_P | (c->model >= CPU_386 ? 11 : 3); /* busy TSS */
    s->ldtr.attr = ATTR_P | 2;
    /* the first fetch is at the last 16 bytes of the address space */
    Seg *cs = &s->seg[SEG_CS];
    if (c->model == CPU_8086) {
        cs->sel = 0xFFFF;
        cs->base = 0xFFFF0;
        s->eip = 0;
    } else {
        cs->sel = 0xF000;
        cs->base = c->model == CPU_286 ? 0xFF0000 : 0xFFFF0000;
        s->eip = 0xFFF0;
    }
}

void cpu_reset(Cpu *c)
{
    CpuState *s = &c->s;
    u8 a20 = s->a20, intr = s->intr, ferr = s->fpu.ferr, ignne = s->fpu.ignne;
    memset(s, 0, sizeof *s);
    s->a20 = a20;
    s->intr = intr;
    s->r[2] = reset_signature(c->model);
    s->eflags = 2;
    s->cr0 = c->model >= CPU_486   ? CR0_CD | CR0_NW | CR0_ET
             : c->model == CPU_386 ? (c->fpu_present ? CR0_ET : 0)
             : c->model == CPU_286 ? 0xFFF0
                                   : 0;
    s->dr[6] = c->model >= CPU_386 ? 0xFFFF0FF0 : 0;
    s->dr[7] = c->model >= CPU_386 ? 0x400 : 0;
    s->idtr.limit = c->model == CPU_8086 ? 0xFFFF : 0x3FF;
    s->gdtr.limit = 0xFFFF;
    s->fpu.ignne = ignne;
    fpu_reset(c);
    if (ferr)
        line_set(&c->ferr, false);
    reset_segments(c);
    flags_set(s->eflags, &c->fr, &c->fc);
    cpu_state_changed(c);
    c->attention |= ATT_FLOW;
}

/* ---- wires ----------------------------------------------------------------------------------- */

void cpu_set_intr(void *cpu, int pin, bool level)
{
    Cpu *c = cpu;
    c->s.intr = level;
    if (level)
        cpu_look(c);
}

void cpu_set_nmi(void *cpu, int pin, bool level)
{
    Cpu *c = cpu;
    if (level) {
        c->s.nmi_pending = 1;
        cpu_look(c);
    }
}

void cpu_set_a20(void *cpu, int pin, bool level)
{
    Cpu *c = cpu;
    if (c->s.a20 == level)
        return;
    c->s.a20 = level;
    cpu_mode_changed(c);
}

void cpu_stop(Cpu *c)
{
    c->attention |= ATT_STOP;
}

/* ---- access without side effects ------------------------------------------------------------- */

bool cpu_peek(Cpu *c, u32 linear, void *dst, u32 n)
{
    for (u32 k = 0; k < n; k++) {
        u32 phys;
        if (!mmu_peek(&c->mmu, linear + k, &phys))
            return false;
        ((u8 *)dst)[k] = (u8)bus_peek(c->bus, phys, 1);
    }
    return true;
}

bool cpu_poke(Cpu *c, u32 linear, const void *src, u32 n)
{
    for (u32 k = 0; k < n; k++) {
        u32 phys;
        u8 *host = mmu_peek(&c->mmu, linear + k, &phys) ? bus_host(c->bus, phys, true) : NULL;
        if (!host)
            return false;
        *host = ((const u8 *)src)[k];
        bus_written(c->bus, phys, 1);
    }
    return true;
}

static const char *const model_names[] = {"8086",    "286",         "386", "486",
                                          "pentium", "pentium-mmx", "686"};

CpuModel cpu_model_by_name(const char *name, bool *ok)
{
    for (size_t n = 0; n < ARRAY_LEN(model_names); n++)
        if (!strcmp(name, model_names[n])) {
            *ok = true;
            return (CpuModel)n;
        }
    *ok = false;
    return CPU_PENTIUM;
}

const char *cpu_model_name(CpuModel m)
{
    return model_names[m];
}
