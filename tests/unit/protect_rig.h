/* protect_rig.h: a Cpu with 1 MB of flat RAM, descriptor tables at fixed places, and a catch for
 * faults: what the unit tests of segments, transfers and tasks share. */
#ifndef GLASS86_TESTS_PROTECT_RIG_H
#define GLASS86_TESTS_PROTECT_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cpu/protect.h"

/* ---- the machine ----------------------------------------------------------------------------- */

enum {
    RAM_SIZE = 1 << 20,
    GDT = 0x1000,
    IDT = 0x2000,
    LDT = 0x3000,
    TSS = 0x4000,
    TSS2 = 0x5000,
    TSS3 = 0x6000
};

/* GDT selectors */
enum {
    CODE0 = 0x08,
    DATA0 = 0x10,
    CODE3 = 0x1B,
    DATA3 = 0x23,
    CODE16 = 0x28,
    TSS_SEL = 0x30,
    LDT_SEL = 0x38,
    CONF = 0x40,
    RODATA = 0x48,
    DOWN = 0x50,
    ABSENT = 0x58,
    GATE = 0x60,
    TSS2_SEL = 0x68,
    TASKGATE = 0x70,
    EXEC_ONLY = 0x78,
    STACK0 = 0x80,
    TSS3_SEL = 0x88,
    GATE16 = 0x90,
    DATA16 = 0x98,
    FREE = 0xA0,
    GDT_LIMIT = 0xFF,
};

static struct {
    Bus bus;
    Clock clock;
    Cpu cpu;
    u8 *ram;
} m;
static Cpu *const cpu = &m.cpu;

static inline void put(u32 at, int size, u32 v)
{
    store_le(m.ram + at, size, v);
}
static inline u32 get(u32 at, int size)
{
    return load_le(m.ram + at, size);
}

static inline void start(CpuModel model)
{
    m.clock = (Clock){.ips = 1000000, .deadline = UINT64_MAX};
    m.ram = calloc(1, RAM_SIZE);
    bus_init(&m.bus);
    bus_map_ram(&m.bus, 0, RAM_SIZE, m.ram, 0, "ram");
    cpu_init(cpu, &(CpuConfig){.bus = &m.bus, .clock = &m.clock, .model = model});
    for (int seg = 0; seg < 6; seg++)
        seg_load_real(cpu, seg, 0);
    cpu->s.seg[SEG_CS].base = 0;
    cpu->s.eip = 0x100;
    cpu->s.r[4] = 0x8000;
    seg_update(cpu, SEG_CS);
    cpu->attention = 0;
}

static inline int stop(void **state)
{
    cpu_free(cpu);
    bus_free(&m.bus);
    free(m.ram);
    memset(&m, 0, sizeof m);
    return 0;
}

/* access: P DPL S type; flags: G D bits as in byte 6 >> 4 */
static inline void desc_at(u32 at, u32 base, u32 limit, u32 access, u32 flags)
{
    put(at, 4, (limit & 0xFFFF) | base << 16);
    put(at + 4, 4,
        (base >> 16 & 0xFF) | access << 8 | (limit & 0xF0000) | flags << 20 | (base & 0xFF000000));
}
static inline void gdt(u16 sel, u32 base, u32 limit, u32 access, u32 flags)
{
    desc_at(GDT + (sel & 0xFFF8), base, limit, access, flags);
}
static inline void gate_at(u32 at, u16 sel, u32 off, u32 access, u32 params)
{
    put(at, 4, (u32)sel << 16 | (off & 0xFFFF));
    put(at + 4, 4, (off & 0xFFFF0000) | access << 8 | params);
}
static inline void idt(int vector, u16 sel, u32 off, u32 access)
{
    gate_at(IDT + 8 * (u32)vector, sel, off, access, 0);
}

/* Protected mode at ring `cpl` with flat 32-bit segments. */
static inline void start_protected(CpuModel model, int cpl)
{
    start(model);
    u32 flat = model == CPU_286 ? 0xFFFF : 0xFFFFF, fl = model == CPU_286 ? 0 : 0xC;
    gdt(CODE0, 0, flat, 0x9A, fl);
    gdt(DATA0, 0, flat, 0x92, fl);
    gdt(CODE3, 0, flat, 0xFA, fl);
    gdt(DATA3, 0, flat, 0xF2, fl);
    gdt(CODE16, 0, 0xFFFF, 0x9A, 0);
    gdt(DATA16, 0, 0xFFFF, 0x92, 0);
    gdt(TSS_SEL, TSS, 0x67, model == CPU_286 ? 0x81 : 0x89, 0);
    gdt(TSS2_SEL, TSS2, 0x67, 0x89, 0);
    gdt(TSS3_SEL, TSS3, 0x2B, 0x81, 0);
    gdt(LDT_SEL, LDT, 0xF, 0x82, 0);
    gdt(CONF, 0, flat, 0x9E, fl);
    gdt(RODATA, 0, 0xFFF, 0x90, 0);
    gdt(DOWN, 0, 0xFFF, 0x96, 4);
    gdt(ABSENT, 0, 0xFFF, 0x12, 0);
    gdt(EXEC_ONLY, 0, 0xFFF, 0x98, 0);
    gdt(STACK0, 0, 0xFFF, 0x92, 4);
    desc_at(LDT + 8, 0x12340, 0xFFF, 0x92, 0);
    cpu->s.gdtr = (TableReg){GDT, GDT_LIMIT};
    cpu->s.idtr = (TableReg){IDT, 0x7FF};
    cpu->s.cr0 |= CR0_PE;
    cpu_state_changed(cpu);
    Desc d;
    u32 la;
    assert_true(desc_fetch(cpu, TSS_SEL, &d, &la));
    d.hi |= DESC_BUSY;
    put(la + 4, 4, d.hi);
    seg_build(&cpu->s.tr, TSS_SEL, d);
    u16 code = cpl ? CODE3 : CODE0, data = cpl ? DATA3 : DATA0;
    desc_fetch(cpu, code, &d, &la);
    seg_set_from_desc(cpu, &cpu->s.seg[SEG_CS], code, d, la);
    set_cpl(cpu, cpl);
    for (int seg = 0; seg < 6; seg++)
        if (seg != SEG_CS && (model > CPU_286 || seg < SEG_FS))
            seg_load(cpu, seg, data);
    put(TSS + 4, 4, 0x7000);
    put(TSS + 8, 4, DATA0);
    cpu->attention = 0;
}

/* V86 mode at 1000:100, stack 2000:200. */
static inline void start_v86(CpuModel model, u32 iopl_bits)
{
    start_protected(model, 0);
    set_eflags(cpu, VM | iopl_bits, VM | IOPL);
    set_cpl(cpu, 3);
    for (int seg = 0; seg < 6; seg++)
        seg_load_real(cpu, seg, (u16)(0x3000 + seg * 0x100));
    seg_load_real(cpu, SEG_CS, 0x1000);
    seg_load_real(cpu, SEG_SS, 0x2000);
    cpu->s.r[4] = 0x200;
}

/* ---- instructions and faults ----------------------------------------------------------------- */

static int fault; /* vector of the last catch, -1 if none */
static u32 fault_error;

#define TRY(call)                                                                                  \
    do {                                                                                           \
        fault = -1;                                                                                \
        cpu->attention = 0;                                                                        \
        if (!setjmp(cpu->fault_jmp)) {                                                             \
            call;                                                                                  \
        } else {                                                                                   \
            fault = cpu->fault_vector;                                                             \
            fault_error = cpu->fault_error;                                                        \
            cpu->external = false;                                                                 \
        }                                                                                          \
    } while (0)
#define assert_fault(v, e)                                                                         \
    do {                                                                                           \
        assert_int_equal(fault, v);                                                                \
        assert_int_equal(fault_error, e);                                                          \
    } while (0)
#define assert_ok() assert_int_equal(fault, -1)
#define EIP         (cpu->s.eip)
#define SP          (cpu->s.r[4])
#define SEL(n)      (cpu->s.seg[n].sel)

static inline Insn far_insn(u16 sel, u32 off, bool wide)
{
    return (Insn){
        .disp = sel, .imm = off, .len = wide ? 7 : 5, .flags = wide ? INSN_OP32 | INSN_AD32 : 0};
}
static inline Insn plain(bool wide)
{
    return (Insn){.len = 1, .flags = wide ? INSN_OP32 : 0};
}
static inline Insn reg_insn(int dst, int src, bool wide)
{
    return (Insn){.len = 2, .dst = (u8)dst, .src = (u8)src, .flags = wide ? INSN_OP32 : 0};
}
static inline Insn mem_insn(u32 at, int reg, bool wide)
{
    return (Insn){.len = 3,
                  .dst = (u8)reg,
                  .src = (u8)reg,
                  .base = REG_ZERO,
                  .index = REG_ZERO,
                  .disp = at,
                  .seg = SEG_DS,
                  .flags = INSN_MEM | INSN_AD32 | (wide ? INSN_OP32 : 0)};
}

/* Delivers what TRY caught as cpu_run() does, and again whatever that raises. */
static inline void deliver(void)
{
    setjmp(cpu->fault_jmp);
    fault_deliver(cpu);
}

#define TEST(f) cmocka_unit_test_teardown(f, stop)

#endif
