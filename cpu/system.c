/* system.c: control, debug and test registers, MSRs, CPUID, time stamp, HLT, cache control,
 * LOADALL. Source: Intel SDM vol. 2 and vol. 3 chapter 2; 80386 and i486 programmer's reference
 * manuals; Pentium developer's manual vol. 3 (MSRs). */
#include "cpu/internal.h"

static void require_cpl0(Cpu *c)
{
    if (c->s.cpl)
        raise_err(c, EX_GP, 0);
}

/* ---- control registers ----------------------------------------------------------------------- */

static u32 cr0_writable(CpuModel m)
{
    u32 bits = CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_PG;
    return m >= CPU_486 ? bits | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD : bits;
}

void write_cr0(Cpu *c, u32 v)
{
    if ((v & (CR0_PG | CR0_PE)) == CR0_PG)
        raise_err(c, EX_GP, 0);
    if (c->model >= CPU_486 && (v & (CR0_NW | CR0_CD)) == CR0_NW)
        raise_err(c, EX_GP, 0);
    u32 mask = cr0_writable(c->model);
    u32 changed = c->s.cr0 ^ v;
    c->s.cr0 = (v & mask) | (c->s.cr0 & ~mask);
    if (changed & CR0_PE)
        for (int n = 0; n < 6; n++)
            seg_update(c, n); /* the caches stay, but checks differ between the modes */
    cpu_mode_changed(c);
    if (changed & CR0_NE)
        fpu_update_error(c);
}

static u32 cr4_valid(CpuModel m)
{
    if (m < CPU_PENTIUM)
        return 0;
    u32 bits = CR4_VME | CR4_PVI | CR4_TSD | CR4_DE | CR4_PSE | CR4_MCE;
    if (m >= CPU_PENTIUM_MMX)
        bits |= CR4_PCE;
    return m >= CPU_686 ? bits | CR4_PGE | CR4_OSFXSR : bits;
}

static void write_cr4(Cpu *c, u32 v)
{
    if (v & ~cr4_valid(c->model))
        raise_err(c, EX_GP, 0);
    c->s.cr4 = v;
    cpu_mode_changed(c);
}

static bool has_cr(const Cpu *c, int n)
{
    return n == 0 || n == 2 || n == 3 || (n == 4 && c->model >= CPU_PENTIUM);
}

void op_mov_from_cr(Cpu *c, const Insn *i)
{
    if (!has_cr(c, i->src))
        raise_ex(c, EX_UD);
    require_cpl0(c);
    const u32 cr[] = {c->s.cr0, 0, c->s.cr2, c->s.cr3, c->s.cr4};
    *reg32(c, i->dst) = cr[i->src];
}

void op_mov_to_cr(Cpu *c, const Insn *i)
{
    if (!has_cr(c, i->dst))
        raise_ex(c, EX_UD);
    require_cpl0(c);
    u32 v = *reg32(c, i->src);
    switch (i->dst) {
    case 0: write_cr0(c, v); break;
    case 2: c->s.cr2 = v; break;
    case 3:
        c->s.cr3 = v & (c->model >= CPU_486 ? 0xFFFFF018 : 0xFFFFF000);
        cpu_count_space(c);
        /* flushes also when the value is the same */
        mmu_set_cr(&c->mmu, c->s.cr0, c->s.cr3, c->s.cr4);
        break;
    case 4: write_cr4(c, v); break;
    }
    control_written(c, CPU_WRITE_CR, i->dst, v);
}

/* ---- debug registers ------------------------------------------------------------------------- */

/* DR4 and DR5 are DR6 and DR7 until CR4.DE makes them illegal. */
static int debug_register(Cpu *c, int n)
{
    if (n != 4 && n != 5)
        return n;
    if (c->s.cr4 & CR4_DE)
        raise_ex(c, EX_UD);
    return n + 2;
}

static void check_dr_access(Cpu *c)
{
    require_cpl0(c);
    if (c->s.dr[7] & DR7_GD) {
        c->s.dr[7] &= ~(u32)DR7_GD;
        c->s.dr[6] |= DR6_BD;
        raise_ex(c, EX_DB);
    }
}

void op_mov_from_dr(Cpu *c, const Insn *i)
{
    int n = debug_register(c, i->src);
    check_dr_access(c);
    *reg32(c, i->dst) = c->s.dr[n];
}

void op_mov_to_dr(Cpu *c, const Insn *i)
{
    int n = debug_register(c, i->dst);
    check_dr_access(c);
    u32 v = *reg32(c, i->src);
    if (n == 6)
        v = (v & 0xE00F) | 0xFFFF0FF0;
    else if (n == 7)
        v = (v & 0xFFFF2FFF) | 0x400;
    c->s.dr[n] = v;
    debug_changed(c);
    control_written(c, CPU_WRITE_DR, (u32)n, v);
}

/* Test registers: TLB and cache tests of the 386 (TR6, TR7) and 486 (TR3-TR7). They hold what is
 * written. */
static void check_tr(Cpu *c, int n)
{
    if (n < (c->model == CPU_386 ? 6 : 3))
        raise_ex(c, EX_UD);
    require_cpl0(c);
}

void op_mov_from_tr(Cpu *c, const Insn *i)
{
    check_tr(c, i->src);
    *reg32(c, i->dst) = c->s.test[i->src];
}

void op_mov_to_tr(Cpu *c, const Insn *i)
{
    check_tr(c, i->dst);
    c->s.test[i->dst] = *reg32(c, i->src);
}

/* ---- time stamp and model-specific registers ------------------------------------------------- */

static u64 tsc(Cpu *c)
{
    idle_impure(c); /* a loop that looks at the time does not repeat */
    return c->clock->now + c->s.tsc_offset;
}

static void set_edx_eax(Cpu *c, u64 v)
{
    EAX = (u32)v;
    EDX = (u32)(v >> 32);
}

void op_rdtsc(Cpu *c, const Insn *i)
{
    if (c->s.cr4 & CR4_TSD && c->s.cpl)
        raise_err(c, EX_GP, 0);
    set_edx_eax(c, tsc(c));
}

void op_rdpmc(Cpu *c, const Insn *i)
{
    if (ECX > 1 || (c->s.cpl && !(c->s.cr4 & CR4_PCE)))
        raise_err(c, EX_GP, 0);
    set_edx_eax(c, 0); /* NOTE: the counters count nothing */
}

enum { MSR_TSC = 0x10, PENTIUM_PLAIN = 16, P6_PLAIN = 2 };

/* Storage of an MSR that only holds its value (machine check and test registers); NULL: there is
 * none. */
static u64 *plain_msr(Cpu *c, u32 n)
{
    return n < (c->model >= CPU_686 ? P6_PLAIN : PENTIUM_PLAIN) ? &c->s.msr[n] : NULL;
}

/* CESR, CTR0, CTR1 of the Pentium. NOTE: they count nothing. */
static bool pentium_counter(const Cpu *c, u32 n)
{
    return n >= 0x11 && n <= 0x13 && c->model < CPU_686;
}

void op_rdmsr(Cpu *c, const Insn *i)
{
    require_cpl0(c);
    u64 v = 0, *msr = plain_msr(c, ECX);
    if (ECX == MSR_TSC)
        v = tsc(c);
    else if (msr)
        v = *msr;
    else if (!pentium_counter(c, ECX) && !(c->model >= CPU_686 && p6_read_msr(c, ECX, &v)))
        raise_err(c, EX_GP, 0);
    set_edx_eax(c, v);
}

void op_wrmsr(Cpu *c, const Insn *i)
{
    require_cpl0(c);
    u64 v = (u64)EDX << 32 | EAX, *msr = plain_msr(c, ECX);
    if (ECX == MSR_TSC)
        c->s.tsc_offset = v - c->clock->now;
    else if (msr)
        *msr = v;
    else if (!pentium_counter(c, ECX) && !(c->model >= CPU_686 && p6_write_msr(c, ECX, v)))
        raise_err(c, EX_GP, 0);
    control_written(c, CPU_WRITE_MSR, ECX, v);
}

/* ---- CPUID ----------------------------------------------------------------------------------- */

enum {
    FEAT_FPU = 1,
    FEAT_VME = 2,
    FEAT_DE = 4,
    FEAT_PSE = 8,
    FEAT_TSC = 16,
    FEAT_MSR = 32,
    FEAT_MCE = 1 << 7,
    FEAT_CX8 = 1 << 8,
    FEAT_SEP = 1 << 11,
    FEAT_MTRR = 1 << 12,
    FEAT_PGE = 1 << 13,
    FEAT_MCA = 1 << 14,
    FEAT_CMOV = 1 << 15,
    FEAT_MMX = 1 << 23,
    FEAT_FXSR = 1 << 24,
};

static u32 features(const Cpu *c)
{
    u32 f = FEAT_VME | FEAT_DE | FEAT_PSE | FEAT_TSC | FEAT_MSR | FEAT_CX8;
    if (c->fpu_present)
        f |= FEAT_FPU;
    if (c->model >= CPU_PENTIUM_MMX && c->fpu_present)
        f |= FEAT_MMX; /* its registers are those of the x87 */
    if (c->model >= CPU_686)
        f |= FEAT_MCE | FEAT_SEP | FEAT_MTRR | FEAT_PGE | FEAT_MCA | FEAT_CMOV;
    if (c->model >= CPU_686 && c->fpu_present)
        f |= FEAT_FXSR;
    return f;
}

/* A leaf above the highest answers as the highest does. */
void op_cpuid(Cpu *c, const Insn *i)
{
    static const u32 signature[] = {
        [CPU_PENTIUM] = 0x525, [CPU_PENTIUM_MMX] = 0x543, [CPU_686] = 0x652};
    u32 leaf = EAX, highest = c->model >= CPU_686 ? 2 : 1;
    if (leaf == 0) {
        EAX = highest;
        EBX = 0x756E6547; /* "GenuineIntel" */
        EDX = 0x49656E69;
        ECX = 0x6C65746E;
    } else if (leaf == 1 || highest == 1) {
        EAX = signature[c->model];
        EBX = ECX = 0;
        EDX = features(c);
    } else {
        EAX = 0x03020101; /* one call tells all; TLBs and caches of a Pentium II with 512 KiB */
        EBX = ECX = 0;
        EDX = 0x0C040843;
    }
}

/* ---- the rest -------------------------------------------------------------------------------- */

void op_hlt(Cpu *c, const Insn *i)
{
    require_cpl0(c);
    c->s.halted = 1;
    cpu_look(c);
}

void op_invd(Cpu *c, const Insn *i)
{
    require_cpl0(c); /* there is no cache to invalidate */
}

void op_invlpg(Cpu *c, const Insn *i)
{
    require_cpl0(c);
    u32 la = c->s.seg[i->seg].base + insn_ea(c, i);
    mmu_invlpg(&c->mmu, la);
    control_written(c, CPU_INVLPG, la, 0);
}

/* ---- LOADALL --------------------------------------------------------------------------------- */

static u32 phys_read(Cpu *c, u32 addr, int size)
{
    return bus_read(c->bus, addr & c->mmu.phys_mask, size);
}

static void loaded_all(Cpu *c, u32 eflags)
{
    c->s.eflags = (eflags & ~(u32)OSZAPC) | 2;
    set_arith_flags(c, eflags);
    set_cpl(c, c->s.eflags & VM ? 3 : c->s.seg[SEG_SS].attr >> 5 & 3);
    for (int n = 0; n < 6; n++)
        seg_update(c, n);
    mmu_flush(&c->mmu);
    cpu_mode_changed(c);
    debug_changed(c);
    c->attention |= ATT_FLOW;
    cpu_look(c);
}

/* 286: 102 bytes at physical 800h. A cache entry is base (24 bits), access byte, limit. */
static void load_cache_286(Cpu *c, Seg *s, u32 at)
{
    s->base = phys_read(c, at, 2) | phys_read(c, at + 2, 1) << 16;
    s->attr = (u16)phys_read(c, at + 3, 1);
    s->limit = phys_read(c, at + 4, 2);
}

void op_loadall286(Cpu *c, const Insn *i)
{
    CpuState *s = &c->s;
    require_cpl0(c);
    u32 msw = phys_read(c, 0x806, 2);
    s->cr0 = (s->cr0 & ~0xEu) | (msw & 0xF) | (s->cr0 & CR0_PE); /* PE can't be cleared */
    s->tr.sel = (u16)phys_read(c, 0x816, 2);
    s->eip = phys_read(c, 0x81A, 2);
    s->ldtr.sel = (u16)phys_read(c, 0x81C, 2);
    static const u8 seg_at[4][2] = {{SEG_DS, 0x1E}, {SEG_SS, 0x20}, {SEG_CS, 0x22}, {SEG_ES, 0x24}};
    for (int n = 0; n < 4; n++)
        s->seg[seg_at[n][0]].sel = (u16)phys_read(c, 0x800u + seg_at[n][1], 2);
    static const u8 reg_order[8] = {7, 6, 5, 4, 3, 2, 1, 0}; /* DI SI BP SP BX DX CX AX */
    for (u32 n = 0; n < 8; n++)
        s->r[reg_order[n]] = phys_read(c, 0x826 + 2 * n, 2);
    load_cache_286(c, &s->seg[SEG_ES], 0x836);
    load_cache_286(c, &s->seg[SEG_CS], 0x83C);
    load_cache_286(c, &s->seg[SEG_SS], 0x842);
    load_cache_286(c, &s->seg[SEG_DS], 0x848);
    Seg table;
    load_cache_286(c, &table, 0x84E);
    s->gdtr = (TableReg){table.base, table.limit};
    load_cache_286(c, &s->ldtr, 0x854);
    load_cache_286(c, &table, 0x85A);
    s->idtr = (TableReg){table.base, table.limit};
    load_cache_286(c, &s->tr, 0x860);
    loaded_all(c, phys_read(c, 0x818, 2));
}

/* 386: 204 bytes at ES:EDI. A cache entry is access dword, base, limit. */
static void load_cache_386(Cpu *c, Seg *s, u32 at)
{
    u32 access = sys_read(c, at, 4);
    s->attr = (u16)((access >> 8 & 0xFF) | (access >> 12 & 0xF00));
    s->base = sys_read(c, at + 4, 4);
    s->limit = sys_read(c, at + 8, 4);
}

void op_loadall386(Cpu *c, const Insn *i)
{
    CpuState *s = &c->s;
    require_cpl0(c);
    u32 at = s->seg[SEG_ES].base + EDI;
    sys_probe(c, at, 204, false);
    u32 cr0 = sys_read(c, at, 4), eflags = sys_read(c, at + 4, 4);
    u32 eip = sys_read(c, at + 8, 4);
    static const u8 reg_order[8] = {7, 6, 5, 4, 3, 2, 1, 0};
    u32 regs[8];
    for (u32 n = 0; n < 8; n++)
        regs[n] = sys_read(c, at + 0x0C + 4 * n, 4);
    s->dr[6] = sys_read(c, at + 0x2C, 4);
    s->dr[7] = sys_read(c, at + 0x30, 4);
    s->tr.sel = (u16)sys_read(c, at + 0x34, 4);
    s->ldtr.sel = (u16)sys_read(c, at + 0x38, 4);
    static const u8 sel_order[6] = {SEG_GS, SEG_FS, SEG_DS, SEG_SS, SEG_CS, SEG_ES};
    for (u32 n = 0; n < 6; n++)
        s->seg[sel_order[n]].sel = (u16)sys_read(c, at + 0x3C + 4 * n, 4);
    Seg table;
    load_cache_386(c, &s->tr, at + 0x54);
    load_cache_386(c, &table, at + 0x60);
    s->idtr = (TableReg){table.base, table.limit};
    load_cache_386(c, &table, at + 0x6C);
    s->gdtr = (TableReg){table.base, table.limit};
    load_cache_386(c, &s->ldtr, at + 0x78);
    for (u32 n = 0; n < 6; n++)
        load_cache_386(c, &s->seg[sel_order[n]], at + 0x84 + 12 * n);
    for (int n = 0; n < 8; n++)
        s->r[reg_order[n]] = regs[n];
    s->cr0 = cr0 & (cr0_writable(CPU_386) | CR0_ET);
    s->eip = eip;
    loaded_all(c, eflags);
}
