/* cpu.c: random code on a processor in a random state, in every mode, on every core. Input: model,
 * mode and core; registers; edits to the tables that the mode needs; code. */
#include "tests/fuzz/fuzz.h"

enum {
    IDT_AT = 0x1000,
    GDT_AT = 0x2000,
    TSS_AT = 0x3000, /* three of them: 386, 286, V86's */
    PAGES_AT = 0x8000,
    CODE_AT = 0x10000,
    TICKS = 1000,
};

typedef enum { REAL, V86, PROTECTED_16, PROTECTED_32, PAGED_0, PAGED_3, MODES } Mode;

/* Selectors: code and data of rings 0 and 3, then system descriptors. */
enum {
    CODE0 = 0x08,
    DATA0 = 0x10,
    CODE3 = 0x1B,
    DATA3 = 0x23,
    TSS = 0x28,
    TSS_B = 0x30,
    GATE = 0x38,
    LDT = 0x40,
    TASK_GATE = 0x48,
    CODE16 = 0x50,
    DOWN = 0x58,
    CONFORMING = 0x60
};

void fuzz_start(void)
{
}

static void descriptor(u8 *ram, u32 sel, u32 base, u32 limit, u32 access, u32 flags)
{
    u8 *d = ram + GDT_AT + (sel & ~7u);
    store_le(d, 4, (limit & 0xFFFF) | base << 16);
    store_le(d + 4, 4,
             (base >> 16 & 0xFF) | access << 8 | (limit & 0xF0000) | flags << 20 |
                 (base & 0xFF000000));
}

static void tables(u8 *ram, bool wide)
{
    u32 limit = wide ? 0xFFFFF : 0xFFFF, flags = wide ? 12 : 0;
    descriptor(ram, CODE0, 0, limit, 0x9B, flags);
    descriptor(ram, DATA0, 0, limit, 0x93, flags);
    descriptor(ram, CODE3, 0, limit, 0xFB, flags);
    descriptor(ram, DATA3, 0, limit, 0xF3, flags);
    descriptor(ram, TSS, TSS_AT, 0x2067, 0x8B, 0);
    descriptor(ram, TSS_B, TSS_AT + 0x400, 0x67, 0x89, 0);
    descriptor(ram, LDT, GDT_AT, 0x7F, 0x82, 0);
    descriptor(ram, CODE16, 0, 0xFFFF, 0x9B, 0);
    descriptor(ram, DOWN, 0, 0x3000, 0x97, flags);
    descriptor(ram, CONFORMING, 0, limit, 0x9F, flags);
    store_le(ram + GDT_AT + GATE, 4, CODE0 << 16 | CODE_AT % 0x10000);
    store_le(ram + GDT_AT + GATE + 4, 4, 0xEC01 | 0x10000);
    store_le(ram + GDT_AT + TASK_GATE, 4, TSS_B << 16);
    store_le(ram + GDT_AT + TASK_GATE + 4, 4, 0xE500);
    for (u32 v = 0; v < 256; v++) {
        u32 off = CODE_AT + v * 8, type = v % 16 == 9 ? 0xE500 : wide ? 0xEE00 : 0xE600;
        store_le(ram + IDT_AT + v * 8, 4,
                 (v % 16 == 9 ? TSS_B : (u32)CODE0) << 16 | (off & 0xFFFF));
        store_le(ram + IDT_AT + v * 8 + 4, 4, type | (off & 0xFFFF0000));
    }
    for (int t = 0; t < 2; t++) {
        u8 *tss = ram + TSS_AT + t * 0x400;
        store_le(tss + 4, 4, 0x7000);
        store_le(tss + 8, 4, DATA0);
        store_le(tss + 0x1C, 4, PAGES_AT);
        store_le(tss + 0x20, 4, CODE_AT);
        store_le(tss + 0x38, 4, 0x6000);
        for (u32 at = 0x48; at <= 0x5C; at += 4)
            store_le(tss + at, 4, at == 0x4C ? CODE0 : DATA0);
        store_le(tss + 0x64, 4, 0x68u << 16);
    }
    store_le(ram + PAGES_AT, 4, (PAGES_AT + 0x1000) | 7);
    for (u32 n = 0; n < 256; n++)
        store_le(ram + PAGES_AT + 0x1000 + 4 * n, 4, n << 12 | (n % 32 == 31 ? 0 : 7));
}

static void segment(CpuState *s, int seg, u16 sel, u32 base, u32 limit, u16 attr)
{
    s->seg[seg] = (Seg){.sel = sel, .base = base, .limit = limit, .attr = attr};
}

static void enter(CpuState *s, Mode mode)
{
    bool wide = mode >= PROTECTED_32, user = mode == PAGED_3 || mode == V86;
    u16 dpl = user ? ATTR_DPL : 0, big = wide ? ATTR_DB | ATTR_G : 0;
    u32 limit = wide ? 0xFFFFFFFF : 0xFFFF;
    u16 data = ATTR_P | ATTR_S | ATTR_W | ATTR_A, code = data | ATTR_CODE;
    for (int n = 0; n < 6; n++) {
        if (mode == REAL || mode == V86)
            segment(s, n, CODE_AT >> 4, CODE_AT, 0xFFFF, data | dpl);
        else if (n == SEG_CS)
            segment(s, n, user ? CODE3 : CODE0, wide ? 0 : CODE_AT, limit, code | dpl | big);
        else
            segment(s, n, user ? DATA3 : DATA0, 0, limit, data | dpl | big);
    }
    s->eip = wide ? CODE_AT + 0x800 : 0x800;
    if (mode == REAL)
        return;
    s->cr0 |= CR0_PE | (mode == PAGED_0 || user ? CR0_PG : 0);
    s->cr3 = PAGES_AT;
    s->cpl = user ? 3 : 0;
    s->gdtr = (TableReg){GDT_AT, 0x7F};
    s->idtr = (TableReg){IDT_AT, 0x7FF};
    s->tr = (Seg){.sel = TSS, .base = TSS_AT, .limit = 0x2067, .attr = ATTR_P | 11};
}

static Mode mode_of(u32 choice, CpuModel model)
{
    Mode mode = (Mode)(choice % MODES);
    if (model == CPU_8086)
        return REAL;
    return model == CPU_286 && mode != REAL ? PROTECTED_16 : mode;
}

static void registers(Rig *m, Feed *f, Mode mode)
{
    CpuState *s = &m->pc->cpu.s;
    enter(s, mode);
    for (int n = 0; n < 8; n++)
        s->r[n] = feed(f, n & 1 ? 4 : 2) & (m->pc->cpu.model < CPU_386 ? 0xFFFF : 0xFFFFFFFF);
    s->r[4] = 0x7000;
    s->eflags = 2 | (feed(f, 2) & 0x7FD5 & ~(u32)(m->pc->cpu.model < CPU_386 ? 0x7000 : 0));
    if (mode == V86)
        s->eflags |= VM;
    if (m->pc->cpu.model >= CPU_386)
        s->dr[feed(f, 1) & 3] = CODE_AT + feed(f, 2), s->dr[7] = 0x400 | feed(f, 1);
    cpu_state_changed(&m->pc->cpu);
}

void fuzz_one(const u8 *data, size_t size)
{
    Feed f = {data, size};
    u32 choice = feed(&f, 2);
    Rig *m = rig_new((choice & 7) << 8 | (choice >> 15 & 1));
    u8 *ram = m->pc->ram;
    Mode mode = mode_of(choice >> 3 & 15, m->pc->cpu.model);
    size_t n;
    if (mode != REAL)
        tables(ram, mode != PROTECTED_16);
    cpu_select_core(&m->pc->cpu, (CpuCore)((choice >> 8 & 3) % 3));
    registers(m, &f, mode);
    for (u32 edits = feed(&f, 1) & 15; edits--;) {
        u32 at = IDT_AT + feed(&f, 2) % (CODE_AT - IDT_AT);
        const u8 *bytes = feed_bytes(&f, 8, &n);
        memcpy(ram + at, bytes, n);
    }
    const u8 *code = feed_bytes(&f, 2048, &n);
    for (u32 v = 0; v < 256; v++)
        ram[CODE_AT + v * 8] = 0xCF; /* handlers return */
    memcpy(ram + CODE_AT + 0x800, code, n);
    for (int turn = 0; turn < 3; turn++) {
        rig_run(m, TICKS);
        cpu_drop_derived(&m->pc->cpu);
    }
    rig_free(m);
}
