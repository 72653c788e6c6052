/* p6.c: what the P6 family (`-cpu 686`, a Pentium II) adds to the Pentium: its model-specific
 * registers, SYSENTER and SYSEXIT, the long no-operations. The memory type ranges, machine check
 * banks and performance counters hold what is written, by the rules that make a bad write #GP;
 * nothing here has caches that they could steer. Source: Intel SDM vol. 4, table "MSRs in the P6
 * Family Processors"; vol. 3, 12.11 (MTRRs) and 16.3 (machine check); vol. 2. */
#include "cpu/protect.h"

enum {
    MSR_PLATFORM_ID = 0x17,
    MSR_APIC_BASE = 0x1B,
    MSR_UPDATE_TRIGGER = 0x79,
    MSR_BIOS_SIGN = 0x8B,
    MSR_MTRR_CAP = 0xFE,
    MSR_SYSENTER_CS = 0x174,
    MSR_SYSENTER_ESP = 0x175,
    MSR_SYSENTER_EIP = 0x176,
    MSR_MCG_CAP = 0x179,
};
enum { MTRR_RANGES = 8, MC_BANKS = 5 };

/* What a register lets itself be given; everything else is #GP(0). */
typedef enum { ANY, DWORD, STATUS, RANGE, FIXED, DEFAULT, BANK } Rule;

/* The registers that store; their places in P6State.msr follow each other. */
static const struct {
    u16 first;
    u8 count, rule;
} stored[] = {
    {0x02A, 1, ANY},     /* EBL_CR_POWERON */
    {0x033, 1, ANY},     /* TEST_CTL */
    {0x088, 3, ANY},     /* BBL_CR_D0-D2: second-level cache, by its own commands */
    {0x0C1, 2, ANY},     /* PERFCTR0, 1. NOTE: they count nothing */
    {0x116, 1, ANY},     /* BBL_CR_ADDR */
    {0x118, 4, ANY},     /* BBL_CR_DECC, CTL, TRIG, BUSY */
    {0x11E, 1, ANY},     /* BBL_CR_CTL3 */
    {0x174, 3, DWORD},   /* SYSENTER_CS, ESP, EIP */
    {0x17A, 1, STATUS},  /* MCG_STATUS */
    {0x186, 2, DWORD},   /* EVNTSEL0, 1 */
    {0x1D9, 1, DWORD},   /* DEBUGCTL. NOTE: no branch is recorded */
    {0x1DB, 4, ANY},     /* LASTBRANCHFROMIP to LASTINTTOIP */
    {0x1E0, 1, ANY},     /* ROB_CR_BKUPTMPDR6 */
    {0x200, 2 * MTRR_RANGES, RANGE},
    {0x250, 1, FIXED},
    {0x258, 2, FIXED},
    {0x268, 8, FIXED},
    {0x2FF, 1, DEFAULT},
    {0x400, 4 * MC_BANKS, BANK},
};

/* ---- model-specific registers ---------------------------------------------------------------- */

/* Uncacheable, write combining, write through, write protected, write back. */
static bool memory_type(u64 t)
{
    return t <= 6 && t != 2 && t != 3;
}

static bool fixed_types(u64 v)
{
    for (; v; v >>= 8)
        if (!memory_type(v & 0xFF))
            return false;
    return true;
}

/* Addresses have 36 bits. Even registers are bases with a type, odd ones masks with a valid bit. */
static bool range_fits(u32 n, u64 v)
{
    if (v >> 36)
        return false;
    return n & 1 ? !(v & 0x7FF) : !(v & 0xF00) && memory_type(v & 0xFF);
}

static bool fits(Rule rule, u32 n, u64 v)
{
    switch (rule) {
    case DWORD:
        return !(v >> 32);
    case STATUS:
        return !(v & ~7ull);
    case RANGE:
        return range_fits(n, v);
    case FIXED:
        return fixed_types(v);
    case DEFAULT:
        return !(v & ~0xCFFull) && memory_type(v & 0xFF);
    case BANK: /* STATUS can only be cleared; ADDR and MISC likewise */
        return !(n & 3) || !v;
    default:
        return true;
    }
}

/* The place of a register that stores, NULL: it does not. */
static u64 *find(Cpu *c, u32 n, Rule *rule)
{
    u32 at = 0;
    for (size_t k = 0; k < ARRAY_LEN(stored); k++) {
        if (n >= stored[k].first && n < (u32)stored[k].first + stored[k].count) {
            *rule = (Rule)stored[k].rule;
            return &c->s.p6_msr[at + n - stored[k].first];
        }
        at += stored[k].count;
    }
    return NULL;
}

bool p6_read_msr(Cpu *c, u32 n, u64 *v)
{
    Rule rule;
    const u64 *at = find(c, n, &rule);
    *v = 0;
    if (at)
        *v = *at;
    else if (n == MSR_MTRR_CAP)
        *v = MTRR_RANGES | 1 << 8 | 1 << 10; /* fixed ranges, write combining */
    else if (n == MSR_MCG_CAP)
        *v = MC_BANKS;
    else
        /* no local APIC, no microcode update */
        return n == MSR_PLATFORM_ID || n == MSR_APIC_BASE || n == MSR_BIOS_SIGN;
    return true;
}

bool p6_write_msr(Cpu *c, u32 n, u64 v)
{
    Rule rule;
    u64 *at = find(c, n, &rule);
    if (!at) /* an update is taken and forgotten, as one for another stepping is */
        return n == MSR_BIOS_SIGN || n == MSR_UPDATE_TRIGGER;
    if (!fits(rule, n, v))
        return false;
    *at = v;
    return true;
}

/* ---- fast system calls ----------------------------------------------------------------------- */

static u32 sysenter_msr(Cpu *c, u32 n)
{
    Rule rule;
    return (u32)*find(c, n, &rule);
}

/* A flat 32-bit segment, made up without any descriptor. */
static Seg flat(u32 sel, int dpl, int type)
{
    return (Seg){.sel = (u16)sel,
                 .base = 0,
                 .limit = 0xFFFFFFFF,
                 .attr = (u16)(ATTR_P | ATTR_S | ATTR_DB | ATTR_G | dpl << 5 | type)};
}

static void enter_flat(Cpu *c, u32 cs, int cpl, u32 esp, u32 eip)
{
    Seg code = flat((cs & 0xFFFC) | (u32)cpl, cpl, ATTR_CODE | ATTR_W | ATTR_A);
    Seg stack = flat(((cs + 8) & 0xFFFC) | (u32)cpl, cpl, ATTR_W | ATTR_A);
    seg_bound(c, &code);
    seg_bound(c, &stack);
    seg_commit(c, SEG_SS, &stack);
    ESP = esp;
    flow_enter(c, &code, cpl, eip);
    for (int n = SEG_ES; n <= SEG_GS; n++)
        seg_update(c, n); /* the caches stay, but V86 mode checked less of them */
}

void op_sysenter(Cpu *c, const Insn *i)
{
    u32 cs = sysenter_msr(c, MSR_SYSENTER_CS);
    if (!(c->s.cr0 & CR0_PE) || sel_null((u16)cs))
        raise_err(c, EX_GP, 0);
    set_eflags(c, 0, VM | IF);
    enter_flat(c, cs, 0, sysenter_msr(c, MSR_SYSENTER_ESP), sysenter_msr(c, MSR_SYSENTER_EIP));
}

void op_sysexit(Cpu *c, const Insn *i)
{
    u32 cs = sysenter_msr(c, MSR_SYSENTER_CS);
    if (!(c->s.cr0 & CR0_PE) || c->s.cpl || sel_null((u16)cs))
        raise_err(c, EX_GP, 0);
    enter_flat(c, cs + 16, 3, ECX, EDX);
}

/* ---- no-operations --------------------------------------------------------------------------- */

/* The operand is decoded and left alone: it cannot fault. */
void op_nop_hint(Cpu *c, const Insn *i)
{
}
