/* test_seg_flow.c: segments, far transfers, interrupts, IRET, tasks and flags, driven function by function on a Cpu with 1 MB of flat
 * RAM. Each test builds the descriptor tables it needs; faults are caught where cpu_run() would catch them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cpu/protect.h"

/* ---- the machine --------------------------------------------------------------------------------------------- */

enum { RAM_SIZE = 1 << 20, GDT = 0x1000, IDT = 0x2000, LDT = 0x3000, TSS = 0x4000, TSS2 = 0x5000, TSS3 = 0x6000 };

/* GDT selectors */
enum {
    CODE0 = 0x08, DATA0 = 0x10, CODE3 = 0x1B, DATA3 = 0x23, CODE16 = 0x28, TSS_SEL = 0x30, LDT_SEL = 0x38, CONF = 0x40, RODATA = 0x48,
    DOWN = 0x50, ABSENT = 0x58, GATE = 0x60, TSS2_SEL = 0x68, TASKGATE = 0x70, EXEC_ONLY = 0x78, STACK0 = 0x80, TSS3_SEL = 0x88, GATE16 = 0x90,
    DATA16 = 0x98, FREE = 0xA0, GDT_LIMIT = 0xFF,
};

static struct {
    Bus bus;
    Clock clock;
    Cpu cpu;
    u8 *ram;
} m;
static Cpu *const cpu = &m.cpu;

static void put(u32 at, int size, u32 v)
{
    store_le(m.ram + at, size, v);
}
static u32 get(u32 at, int size)
{
    return load_le(m.ram + at, size);
}

static void start(CpuModel model)
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

static int stop(void **state)
{
    cpu_free(cpu);
    bus_free(&m.bus);
    free(m.ram);
    memset(&m, 0, sizeof m);
    return 0;
}

/* access: P DPL S type; flags: G D bits as in byte 6 >> 4 */
static void desc_at(u32 at, u32 base, u32 limit, u32 access, u32 flags)
{
    put(at, 4, (limit & 0xFFFF) | base << 16);
    put(at + 4, 4, (base >> 16 & 0xFF) | access << 8 | (limit & 0xF0000) | flags << 20 | (base & 0xFF000000));
}
static void gdt(u16 sel, u32 base, u32 limit, u32 access, u32 flags)
{
    desc_at(GDT + (sel & 0xFFF8), base, limit, access, flags);
}
static void gate_at(u32 at, u16 sel, u32 off, u32 access, u32 params)
{
    put(at, 4, (u32)sel << 16 | (off & 0xFFFF));
    put(at + 4, 4, (off & 0xFFFF0000) | access << 8 | params);
}
static void idt(int vector, u16 sel, u32 off, u32 access)
{
    gate_at(IDT + 8 * (u32)vector, sel, off, access, 0);
}

/* Protected mode at ring `cpl` with flat 32-bit segments. */
static void start_protected(CpuModel model, int cpl)
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
static void start_v86(CpuModel model, u32 iopl_bits)
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

/* ---- instructions and faults ------------------------------------------------------------------------------------ */

static int fault; /* vector of the last catch, -1 if none */
static u32 fault_error;

#define TRY(call)                             \
    do {                                      \
        fault = -1;                           \
        cpu->attention = 0;                   \
        if (!setjmp(cpu->fault_jmp)) {        \
            call;                             \
        } else {                              \
            fault = cpu->fault_vector;        \
            fault_error = cpu->fault_error;   \
            cpu->external = false;            \
        }                                     \
    } while (0)
#define assert_fault(v, e)                    \
    do {                                      \
        assert_int_equal(fault, v);           \
        assert_int_equal(fault_error, e);     \
    } while (0)
#define assert_ok() assert_int_equal(fault, -1)
#define EIP (cpu->s.eip)
#define SP (cpu->s.r[4])
#define SEL(n) (cpu->s.seg[n].sel)

static Insn far_insn(u16 sel, u32 off, bool wide)
{
    return (Insn){.disp = sel, .imm = off, .len = wide ? 7 : 5, .flags = wide ? INSN_OP32 | INSN_AD32 : 0};
}
static Insn plain(bool wide)
{
    return (Insn){.len = 1, .flags = wide ? INSN_OP32 : 0};
}
static Insn reg_insn(int dst, int src, bool wide)
{
    return (Insn){.len = 2, .dst = (u8)dst, .src = (u8)src, .flags = wide ? INSN_OP32 : 0};
}
static Insn mem_insn(u32 at, int reg, bool wide)
{
    return (Insn){.len = 3, .dst = (u8)reg, .src = (u8)reg, .base = REG_ZERO, .index = REG_ZERO, .disp = at, .seg = SEG_DS,
                  .flags = INSN_MEM | INSN_AD32 | (wide ? INSN_OP32 : 0)};
}

/* Delivers what TRY caught as cpu_run() does, and again whatever that raises. */
static void deliver(void)
{
    setjmp(cpu->fault_jmp);
    fault_deliver(cpu);
}

/* ---- real mode ------------------------------------------------------------------------------------------------------ */

static void real_int_and_iret(void **state)
{
    start(CPU_486);
    put(0x21 * 4, 4, 0x12345678);
    set_eflags(cpu, IF | TF | CF | ZF, IF | TF | OSZAPC);
    Insn i = {.imm = 0x21, .len = 2};
    TRY(op_int_n(cpu, &i));
    assert_ok();
    assert_int_equal(SEL(SEG_CS), 0x1234);
    assert_int_equal(cpu->s.seg[SEG_CS].base, 0x12340);
    assert_int_equal(EIP, 0x5678);
    assert_int_equal(SP, 0x7FFA);
    assert_int_equal(get(0x7FFA, 2), 0x102);
    assert_int_equal(get(0x7FFC, 2), 0);
    assert_int_equal(get(0x7FFE, 2), IF | TF | CF | ZF | 2);
    assert_int_equal(cpu->s.eflags & (IF | TF), 0);
    assert_true(cpu->attention & ATT_FLOW);
    assert_true(cpu->attention & ATT_LOOKUP);

    cpu->s.nmi_blocked = 1;
    i = plain(false);
    set_arith_flags(cpu, 0);
    TRY(op_iret(cpu, &i));
    assert_int_equal(EIP, 0x102);
    assert_int_equal(SEL(SEG_CS), 0);
    assert_int_equal(SP, 0x8000);
    assert_int_equal(get_eflags(cpu), IF | TF | CF | ZF | 2);
    assert_int_equal(cpu->s.nmi_blocked, 0);
    assert_true(cpu->attention & ATT_EVENT);
}

static void real_int_beyond_limit(void **state)
{
    Insn i = {.imm = 0x21, .len = 2};
    start(CPU_486);
    cpu->s.idtr.limit = 0x80;
    TRY(op_int_n(cpu, &i));
    assert_fault(EX_GP, 0x21 * 8 + 2);
    stop(state);
    start(CPU_286);
    cpu->s.idtr.limit = 0;
    TRY(op_int_n(cpu, &i));
    assert_int_equal(fault, EX_DF);
    deliver();
    assert_int_equal(cpu->s.shutdown, 1);
    assert_int_equal(cpu->delivering, -1);
}

static void real_stack_faults_leave_state(void **state)
{
    start(CPU_386);
    put(0x21 * 4, 4, 0x12345678);
    SP = 3; /* third word would lie at FFFFh */
    Insn i = {.imm = 0x21, .len = 2};
    TRY(op_int_n(cpu, &i));
    assert_int_equal(fault, EX_SS);
    assert_int_equal(SP, 3);
    assert_int_equal(EIP, 0x100);
    assert_int_equal(get(1, 2), 0);
    SP = 2; /* wraps between words: legal */
    TRY(op_int_n(cpu, &i));
    assert_ok();
    assert_int_equal(SP & 0xFFFF, 0xFFFC);
}

static void real_8086_interrupt_wraps_and_sets_high_flags(void **state)
{
    start(CPU_8086);
    put(0, 4, 0x00500060);
    SP = 1;
    TRY(interrupt(cpu, 0, false, false, 0, 0x1FF));
    assert_ok();
    assert_int_equal(SP, 0xFFFB);
    assert_int_equal(m.ram[0xFFFF], 0x02);
    assert_int_equal(m.ram[0], 0xF0);
    assert_int_equal(get(0xFFFB, 2), 0x1FF);
}

static void real_far_call_and_ret(void **state)
{
    start(CPU_386);
    Insn i = far_insn(0x800, 0x10, false);
    TRY(op_call_far(cpu, &i));
    assert_int_equal(cpu->s.seg[SEG_CS].base, 0x8000);
    assert_int_equal(EIP, 0x10);
    assert_int_equal(get(0x7FFC, 4), 0x0105);
    i = (Insn){.imm = 6, .len = 3};
    TRY(op_ret_far(cpu, &i));
    assert_int_equal(EIP, 0x105);
    assert_int_equal(SEL(SEG_CS), 0);
    assert_int_equal(SP, 0x8006);

    i = far_insn(0x800, 0x10000, true);
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_GP, 0);
    put(0x500, 4, 0x07001234);
    i = mem_insn(0x500, 0, false);
    TRY(op_jmp_far_m(cpu, &i));
    assert_int_equal(EIP, 0x1234);
    assert_int_equal(SEL(SEG_CS), 0x700);
}

static void unreal_mode_keeps_limits(void **state)
{
    start_protected(CPU_386, 0);
    write_cr0(cpu, cpu->s.cr0 & ~(u32)CR0_PE);
    seg_load(cpu, SEG_DS, 0x100);
    assert_int_equal(cpu->s.seg[SEG_DS].base, 0x1000);
    assert_int_equal(cpu->s.seg[SEG_DS].limit, 0xFFFFFFFF);
    assert_true(cpu->s.seg[SEG_DS].wend == (u64)1 << 32);
    Insn i = far_insn(0x10, 0x20, false);
    TRY(op_jmp_far(cpu, &i));
    assert_int_equal(cpu->s.seg[SEG_CS].limit, 0xFFFF);
    assert_int_equal(cpu->code_mode, 1);
}

static void null_segment_works_again_in_real_mode(void **state)
{
    start_protected(CPU_386, 0);
    seg_load(cpu, SEG_DS, DATA16);
    seg_load(cpu, SEG_DS, 0);
    assert_true(cpu->s.seg[SEG_DS].rend == 0);
    write_cr0(cpu, cpu->s.cr0 & ~(u32)CR0_PE);
    seg_load(cpu, SEG_DS, 0x100);
    assert_int_equal(cpu->s.seg[SEG_DS].rend, 0x10000);
}

/* ---- segment loads --------------------------------------------------------------------------------------------------- */

static void loads_check_the_descriptor(void **state)
{
    start_protected(CPU_386, 0);
    TRY(seg_load(cpu, SEG_DS, FREE));
    assert_fault(EX_GP, FREE);
    TRY(seg_load(cpu, SEG_DS, 0x103)); /* beyond the limit */
    assert_fault(EX_GP, 0x100);
    TRY(seg_load(cpu, SEG_DS, ABSENT));
    assert_fault(EX_NP, ABSENT);
    TRY(seg_load(cpu, SEG_DS, EXEC_ONLY));
    assert_fault(EX_GP, EXEC_ONLY);
    TRY(seg_load(cpu, SEG_DS, TSS2_SEL));
    assert_fault(EX_GP, TSS2_SEL);
    TRY(seg_load(cpu, SEG_DS, DATA0 | 3)); /* RPL > DPL */
    assert_fault(EX_GP, DATA0);
    TRY(seg_load(cpu, SEG_DS, CONF | 3));
    assert_ok();
    TRY(seg_load(cpu, SEG_SS, 0));
    assert_fault(EX_GP, 0);
    TRY(seg_load(cpu, SEG_SS, RODATA));
    assert_fault(EX_GP, RODATA);
    TRY(seg_load(cpu, SEG_SS, DATA3));
    assert_fault(EX_GP, DATA3 & ~3);
    TRY(seg_load(cpu, SEG_SS, ABSENT));
    assert_fault(EX_SS, ABSENT);
    TRY(seg_load(cpu, SEG_DS, 0x0C)); /* LDT, none loaded */
    assert_fault(EX_GP, 0x0C);
    assert_int_equal(SEL(SEG_SS), DATA0);
    assert_int_equal(SEL(SEG_DS), CONF | 3);
}

static void ring3_cannot_load_ring0_data(void **state)
{
    start_protected(CPU_386, 3);
    TRY(seg_load(cpu, SEG_ES, DATA0));
    assert_fault(EX_GP, DATA0);
    TRY(seg_load(cpu, SEG_SS, DATA0));
    assert_fault(EX_GP, DATA0);
}

static void loads_fill_caches(void **state)
{
    start_protected(CPU_386, 0);
    assert_int_equal(m.ram[GDT + RODATA + 5], 0x90);
    seg_load(cpu, SEG_ES, RODATA);
    assert_int_equal(m.ram[GDT + RODATA + 5], 0x91); /* accessed */
    assert_int_equal(cpu->s.seg[SEG_ES].rend, 0x1000);
    assert_int_equal(cpu->s.seg[SEG_ES].wend, 0);
    seg_load(cpu, SEG_ES, DOWN);
    assert_int_equal(cpu->s.seg[SEG_ES].rend | cpu->s.seg[SEG_ES].wend, 0);
    seg_load(cpu, SEG_ES, DATA0);
    assert_true(cpu->s.seg[SEG_ES].wend == (u64)1 << 32);
    seg_load(cpu, SEG_ES, CODE0);
    assert_true(cpu->s.seg[SEG_ES].rend == (u64)1 << 32);
    assert_int_equal(cpu->s.seg[SEG_ES].wend, 0);
    seg_load(cpu, SEG_ES, 3);
    assert_int_equal(cpu->s.seg[SEG_ES].rend, 0);
    assert_int_equal(cpu->sp_mask, 0xFFFFFFFF);
    seg_load(cpu, SEG_SS, DATA16);
    assert_int_equal(cpu->sp_mask, 0xFFFF);
}

static void ldt_and_task_register(void **state)
{
    start_protected(CPU_386, 0);
    Insn i = reg_insn(REG_EAX, 0, false);
    cpu->s.r[0] = TSS_SEL;
    TRY(op_lldt(cpu, &i));
    assert_fault(EX_GP, TSS_SEL);
    cpu->s.r[0] = LDT_SEL;
    TRY(op_lldt(cpu, &i));
    assert_ok();
    TRY(seg_load(cpu, SEG_DS, 0x0C));
    assert_ok();
    assert_int_equal(cpu->s.seg[SEG_DS].base, 0x12340);
    TRY(seg_load(cpu, SEG_DS, 0x14));
    assert_fault(EX_GP, 0x14);
    i = reg_insn(REG_EBX, 0, true);
    cpu->s.r[3] = 0xFFFFFFFF;
    TRY(op_sldt(cpu, &i));
    assert_int_equal(cpu->s.r[3], LDT_SEL);

    i = reg_insn(REG_EAX, 0, false);
    cpu->s.r[0] = TSS_SEL; /* busy */
    TRY(op_ltr(cpu, &i));
    assert_fault(EX_GP, TSS_SEL);
    cpu->s.r[0] = TSS2_SEL;
    TRY(op_ltr(cpu, &i));
    assert_ok();
    assert_int_equal(m.ram[GDT + TSS2_SEL + 5], 0x8B);
    assert_int_equal(cpu->s.tr.base, TSS2);
}

static void examine_descriptors(void **state)
{
    start_protected(CPU_386, 3);
    Insn i = reg_insn(REG_EAX, REG_EBX, true);
    cpu->s.r[3] = DATA3;
    TRY(op_lar(cpu, &i));
    assert_int_equal(cpu->s.r[0], 0x00CFF300); /* accessed since SS was loaded */
    assert_int_equal(get_eflags(cpu) & ZF, ZF);
    TRY(op_lsl(cpu, &i));
    assert_int_equal(cpu->s.r[0], 0xFFFFFFFF);
    cpu->s.r[3] = DATA0;
    TRY(op_lsl(cpu, &i));
    assert_int_equal(get_eflags(cpu) & ZF, 0);
    cpu->s.r[3] = 0;
    TRY(op_lar(cpu, &i));
    assert_int_equal(get_eflags(cpu) & ZF, 0);

    i = reg_insn(REG_EBX, 0, false);
    cpu->s.r[3] = CODE3;
    TRY(op_verr(cpu, &i));
    assert_int_equal(get_eflags(cpu) & ZF, ZF);
    TRY(op_verw(cpu, &i));
    assert_int_equal(get_eflags(cpu) & ZF, 0);
    cpu->s.r[3] = CONF;
    TRY(op_verr(cpu, &i));
    assert_int_equal(get_eflags(cpu) & ZF, ZF);

    i = reg_insn(REG_EBX, REG_ECX, false);
    cpu->s.r[3] = 0x10;
    cpu->s.r[1] = 0x03;
    TRY(op_arpl(cpu, &i));
    assert_int_equal(cpu->s.r[3], 0x13);
    assert_int_equal(get_eflags(cpu) & ZF, ZF);
    TRY(op_arpl(cpu, &i));
    assert_int_equal(get_eflags(cpu) & ZF, 0);
}

static void moves_of_segment_registers(void **state)
{
    start_protected(CPU_486, 0);
    Insn i = {.len = 2, .dst = REG_EAX, .src = SEG_DS, .flags = INSN_OP32};
    cpu->s.r[0] = 0xFFFFFFFF;
    TRY(op_mov_from_seg(cpu, &i));
    assert_int_equal(cpu->s.r[0], DATA0);
    i = mem_insn(0x9000, SEG_DS, true);
    put(0x9000, 4, 0xFFFFFFFF);
    TRY(op_mov_from_seg(cpu, &i));
    assert_int_equal(get(0x9000, 4), 0xFFFF0000 | DATA0);
    i = (Insn){.len = 2, .dst = SEG_CS, .src = REG_EAX};
    TRY(op_mov_to_seg(cpu, &i));
    assert_int_equal(fault, EX_UD);
    i.dst = 6;
    TRY(op_mov_to_seg(cpu, &i));
    assert_int_equal(fault, EX_UD);
    i.dst = SEG_SS;
    TRY(op_mov_to_seg(cpu, &i));
    assert_ok();
    assert_int_equal(cpu->s.shadow, SHADOW_MOV_SS);
    assert_true(cpu->attention & ATT_EVENT);

    put(0x9000, 4, 0xCAFEF00D);
    put(0x9004, 2, DATA16);
    i = mem_insn(0x9000, REG_ESI, true);
    TRY(op_lfs(cpu, &i));
    assert_int_equal(cpu->s.r[6], 0xCAFEF00D);
    assert_int_equal(SEL(SEG_FS), DATA16);
    put(0x9004, 2, FREE);
    put(0x9000, 4, 0);
    TRY(op_lgs(cpu, &i));
    assert_fault(EX_GP, FREE);
    assert_int_equal(cpu->s.r[6], 0xCAFEF00D);

    i = reg_insn(SEG_FS, 0, true);
    u32 sp = SP;
    put(sp - 4, 4, 0x55555555);
    TRY(op_push_seg(cpu, &i));
    assert_int_equal(SP, sp - 4);
    assert_int_equal(get(sp - 4, 4), 0x55550000 | DATA16); /* 486 */
    i.dst = SEG_GS;
    TRY(op_pop_seg(cpu, &i));
    assert_int_equal(SP, sp);
    assert_int_equal(SEL(SEG_GS), DATA16);
}

static void old_cs_moves(void **state)
{
    start(CPU_8086);
    cpu->s.r[0] = 0x1234;
    Insn i = {.len = 2, .dst = SEG_CS | 4, .src = REG_EAX};
    TRY(op_mov_to_seg(cpu, &i));
    assert_int_equal(cpu->s.seg[SEG_CS].base, 0x12340);
    assert_int_equal(EIP, 0x102);
    put(0x8000, 2, 0x4321);
    i = (Insn){.len = 1, .dst = SEG_CS};
    TRY(op_pop_seg(cpu, &i));
    assert_int_equal(cpu->s.seg[SEG_CS].base, 0x43210);
    assert_int_equal(EIP, 0x103);
    assert_int_equal(SP, 0x8002);
}

static void table_registers(void **state)
{
    start(CPU_286);
    cpu->s.gdtr = (TableReg){0x123456, 0x789A};
    Insn i = mem_insn(0x600, 0, false);
    i.flags = INSN_MEM;
    TRY(op_sgdt(cpu, &i));
    assert_int_equal(get(0x600, 2), 0x789A);
    assert_int_equal(get(0x602, 4), 0xFF123456);
    TRY(op_lidt(cpu, &i));
    assert_int_equal(cpu->s.idtr.base, 0x123456);
    cpu->s.r[0] = 0xFFFF;
    i = reg_insn(REG_EAX, 0, false);
    TRY(op_lmsw(cpu, &i));
    assert_int_equal(cpu->s.cr0 & 15, 15);
    cpu->s.r[0] = 0;
    TRY(op_lmsw(cpu, &i));
    assert_int_equal(cpu->s.cr0 & 15, CR0_PE);
    TRY(op_smsw(cpu, &i));
    assert_int_equal(cpu->s.r[0], 0xFFF1);
    stop(state);

    start_protected(CPU_386, 3);
    i = mem_insn(0x600, 0, true);
    TRY(op_lgdt(cpu, &i));
    assert_fault(EX_GP, 0);
    i = plain(false);
    TRY(op_clts(cpu, &i));
    assert_fault(EX_GP, 0);
}

/* ---- far transfers in protected mode ------------------------------------------------------------------------------- */

static void far_jumps_check(void **state)
{
    start_protected(CPU_386, 3);
    Insn i = far_insn(0, 0x10, true);
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_GP, 0);
    i.disp = CODE0;
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_GP, CODE0);
    i.disp = DATA3;
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_GP, DATA3 & ~3);
    i.disp = CONF; /* stays at CPL 3 */
    TRY(op_jmp_far(cpu, &i));
    assert_ok();
    assert_int_equal(SEL(SEG_CS), CONF | 3);
    assert_int_equal(cpu->s.cpl, 3);
    assert_int_equal(EIP, 0x10);
    stop(state);

    start_protected(CPU_386, 0);
    i = far_insn(CODE16, 0x10000, true);
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_GP, 0);
    assert_int_equal(cpu->code_mode, 3);
    i.imm = 0x55;
    TRY(op_jmp_far(cpu, &i));
    assert_int_equal(cpu->code_mode, 1);
    assert_true(cpu->cs_key == 0xFFFF);
    i = far_insn(CODE3, 0, true);
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_GP, CODE3 & ~3);
}

static void call_gate_to_ring0_and_back(void **state)
{
    start_protected(CPU_386, 3);
    gate_at(GDT + GATE, CODE0, 0x22222, 0xEC, 2);
    put(0x8000, 4, 0x11111111);
    put(0x8004, 4, 0x22222222);
    Insn i = far_insn(GATE | 3, 0xDEAD, true);
    TRY(op_call_far(cpu, &i));
    assert_ok();
    assert_int_equal(cpu->s.cpl, 0);
    assert_int_equal(SEL(SEG_CS), CODE0);
    assert_int_equal(SEL(SEG_SS), DATA0);
    assert_int_equal(EIP, 0x22222);
    assert_int_equal(SP, 0x7000 - 24);
    static const u32 frame[] = {0x107, CODE3, 0x11111111, 0x22222222, 0x8000, DATA3};
    for (u32 n = 0; n < 6; n++)
        assert_int_equal(get(0x7000 - 24 + 4 * n, 4), frame[n]);
    assert_true(cpu->rtlb == cpu->mmu.tlb[0][0]);

    seg_load(cpu, SEG_DS, DATA0);
    seg_load(cpu, SEG_ES, DATA3);
    i = (Insn){.imm = 8, .len = 3, .flags = INSN_OP32};
    TRY(op_ret_far(cpu, &i));
    assert_ok();
    assert_int_equal(cpu->s.cpl, 3);
    assert_int_equal(EIP, 0x107);
    assert_int_equal(SP, 0x8008);
    assert_int_equal(SEL(SEG_SS), DATA3);
    assert_int_equal(SEL(SEG_DS), 0); /* not for ring 3 */
    assert_int_equal(SEL(SEG_ES), DATA3);
    assert_true(cpu->rtlb == cpu->mmu.tlb[1][0]);
}

static void call_gate_faults_change_nothing(void **state)
{
    start_protected(CPU_386, 3);
    Insn i = far_insn(GATE | 3, 0, true);
    gate_at(GDT + GATE, CODE0, 0x222, 0x8C, 0); /* DPL 0 */
    TRY(op_call_far(cpu, &i));
    assert_fault(EX_GP, GATE);
    gate_at(GDT + GATE, CODE0, 0x222, 0x6C, 0);
    TRY(op_call_far(cpu, &i));
    assert_fault(EX_NP, GATE);
    gate_at(GDT + GATE, CODE0, 0x222, 0xEC, 0);
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_GP, CODE0);
    put(TSS + 8, 4, DATA3);
    TRY(op_call_far(cpu, &i));
    assert_fault(EX_TS, DATA3 & ~3);
    put(TSS + 8, 4, 0);
    TRY(op_call_far(cpu, &i));
    assert_fault(EX_TS, 0);
    put(TSS + 8, 4, ABSENT);
    TRY(op_call_far(cpu, &i));
    assert_fault(EX_SS, ABSENT);
    put(TSS + 8, 4, STACK0); /* limit FFFh */
    put(TSS + 4, 4, 0x1004);
    TRY(op_call_far(cpu, &i));
    assert_fault(EX_SS, STACK0);
    put(TSS + 4, 4, 0x1000);
    cpu->s.tr.limit = 8;
    TRY(op_call_far(cpu, &i));
    assert_fault(EX_TS, TSS_SEL);
    assert_int_equal(cpu->s.cpl, 3);
    assert_int_equal(SEL(SEG_SS), DATA3);
    assert_int_equal(SP, 0x8000);
    assert_int_equal(EIP, 0x100);
}

static void call_gate_16(void **state)
{
    start_protected(CPU_386, 3);
    gate_at(GDT + GATE16, CODE16, 0x333, 0xE4, 1);
    put(0x8000, 2, 0xABCD);
    Insn i = far_insn(GATE16 | 3, 0, true);
    TRY(op_call_far(cpu, &i));
    assert_ok();
    assert_int_equal(EIP, 0x333);
    assert_int_equal(SP, 0x7000 - 10);
    static const u32 frame[] = {0x107, CODE3, 0xABCD, 0x8000, DATA3};
    for (u32 n = 0; n < 5; n++)
        assert_int_equal(get(0x7000 - 10 + 2 * n, 2), frame[n]);
}

static void far_return_checks(void **state)
{
    start_protected(CPU_386, 3);
    Insn i = plain(true);
    put(0x8000, 4, 0x500);
    put(0x8004, 4, CODE0);
    TRY(op_ret_far(cpu, &i)); /* inwards */
    assert_fault(EX_GP, CODE0);
    put(0x8004, 4, CODE3);
    TRY(op_ret_far(cpu, &i));
    assert_ok();
    assert_int_equal(SP, 0x8008);
    assert_int_equal(EIP, 0x500);
}

/* ---- interrupts in protected mode ------------------------------------------------------------------------------------- */

static void interrupt_same_ring(void **state)
{
    start_protected(CPU_386, 0);
    idt(0x30, CODE0, 0x4444, 0x8E);
    idt(0x31, CODE0, 0x5555, 0x8F);
    set_eflags(cpu, IF | NT, IF | NT);
    TRY(interrupt(cpu, 0x30, false, false, 0, 0x100));
    assert_ok();
    assert_int_equal(SP, 0x7FF4);
    assert_int_equal(get(0x7FF4, 4), 0x100);
    assert_int_equal(get(0x7FF8, 4), CODE0);
    assert_int_equal(get(0x7FFC, 4), IF | NT | 2 | (get_eflags(cpu) & OSZAPC));
    assert_int_equal(cpu->s.eflags & (IF | NT), 0);
    assert_int_equal(EIP, 0x4444);
    set_eflags(cpu, IF, IF);
    TRY(interrupt(cpu, 0x31, false, true, 0x77, 0x200));
    assert_true(cpu->s.eflags & IF); /* trap gate */
    assert_int_equal(get(SP, 4), 0x77);
    assert_int_equal(get(SP + 4, 4), 0x200);
}

static void interrupt_from_ring3_and_iret(void **state)
{
    start_protected(CPU_486, 3);
    idt(0x30, CODE0, 0x4444, 0xEE);
    set_eflags(cpu, IF | CF, IF | OSZAPC);
    Insn i = {.imm = 0x30, .len = 2};
    TRY(op_int_n(cpu, &i));
    assert_ok();
    assert_int_equal(cpu->s.cpl, 0);
    static const u32 frame[] = {0x102, CODE3, IF | CF | 2, 0x8000, DATA3};
    for (u32 n = 0; n < 5; n++)
        assert_int_equal(get(0x7000 - 20 + 4 * n, 4), frame[n]);
    assert_int_equal(SEL(SEG_DS), DATA3);

    put(SP + 8, 4, IF | ZF | IOPL | RF | AC);
    seg_load(cpu, SEG_FS, DATA0);
    i = plain(true);
    TRY(op_iret(cpu, &i));
    assert_ok();
    assert_int_equal(cpu->s.cpl, 3);
    assert_int_equal(SP, 0x8000);
    assert_int_equal(EIP, 0x102);
    assert_int_equal(get_eflags(cpu), IF | ZF | IOPL | RF | AC | 2);
    assert_int_equal(SEL(SEG_FS), 0);
    assert_int_equal(SEL(SEG_DS), DATA3);
}

static void interrupt_gate_errors(void **state)
{
    start_protected(CPU_386, 3);
    Insn i = {.imm = 0x30, .len = 2};
    idt(0x30, CODE0, 0x4444, 0x8E);
    TRY(op_int_n(cpu, &i)); /* DPL 0: not for programs */
    assert_fault(EX_GP, 0x30 * 8 + 2);
    TRY(interrupt(cpu, 0x30, false, false, 0, 0x100));
    assert_ok();
    stop(state);

    start_protected(CPU_386, 3);
    idt(0x30, CODE0, 0x4444, 0x0E);
    TRY(interrupt(cpu, 0x30, false, false, 0, 0x100));
    assert_fault(EX_NP, 0x30 * 8 + 3); /* EXT */
    idt(0x30, CODE0, 0x4444, 0x8C);
    TRY(interrupt(cpu, 0x30, false, false, 0, 0x100));
    assert_fault(EX_GP, 0x30 * 8 + 3);
    idt(0x30, DATA0, 0x4444, 0x8E);
    TRY(interrupt(cpu, 0x30, false, false, 0, 0x100));
    assert_fault(EX_GP, DATA0 + 1);
    idt(0x30, 0, 0x4444, 0x8E);
    TRY(interrupt(cpu, 0x30, false, false, 0, 0x100));
    assert_fault(EX_GP, 1);
    cpu->s.idtr.limit = 0x30 * 8 + 6;
    TRY(interrupt(cpu, 0x30, false, false, 0, 0x100));
    assert_fault(EX_GP, 0x30 * 8 + 3);
}

static void faults_push_error_and_rf(void **state)
{
    start_protected(CPU_386, 0);
    idt(EX_GP, CODE0, 0x4444, 0x8E);
    TRY(seg_load(cpu, SEG_DS, FREE));
    deliver();
    assert_int_equal(EIP, 0x4444);
    assert_int_equal(get(SP, 4), FREE);
    assert_int_equal(get(SP + 4, 4), 0x100);
    assert_true(get(SP + 12, 4) & RF);
    assert_int_equal(cpu->delivering, -1);
}

static void double_and_triple_faults(void **state)
{
    start_protected(CPU_386, 0);
    idt(EX_DF, CODE0, 0xDDDD, 0x8E);
    TRY(seg_load(cpu, SEG_DS, FREE)); /* #GP has no gate */
    deliver();
    assert_int_equal(EIP, 0xDDDD);
    assert_int_equal(get(SP, 4), 0);
    assert_int_equal(cpu->s.shutdown, 0);
    idt(EX_DF, CODE0, 0xDDDD, 0x0E);
    TRY(raise_ex(cpu, EX_DE));
    deliver();
    assert_int_equal(cpu->s.shutdown, 1);
    stop(state);

    /* benign first: the second fault is served by itself */
    start_protected(CPU_386, 0);
    idt(EX_GP, CODE0, 0x4444, 0x8E);
    TRY(raise_ex(cpu, EX_UD));
    deliver();
    assert_int_equal(EIP, 0x4444);
    assert_int_equal(get(SP, 4), EX_UD * 8 + 3);
}

static void conforming_handler_keeps_ring(void **state)
{
    start_protected(CPU_386, 3);
    idt(0x30, CONF, 0x4444, 0xEE);
    TRY(interrupt(cpu, 0x30, true, false, 0, 0x100));
    assert_ok();
    assert_int_equal(cpu->s.cpl, 3);
    assert_int_equal(SEL(SEG_CS), CONF | 3);
    assert_int_equal(SP, 0x7FF4);
}

static void iret_flag_rights(void **state)
{
    start_protected(CPU_486, 3);
    put(0x8000, 4, 0x500);
    put(0x8004, 4, CODE3);
    put(0x8008, 4, IF | IOPL | TF | CF);
    Insn i = plain(true);
    TRY(op_iret(cpu, &i));
    assert_ok();
    assert_int_equal(get_eflags(cpu), TF | CF | 2); /* neither IF nor IOPL */
    SP = 0x8000;
    put(0x8004, 4, CODE0);
    TRY(op_iret(cpu, &i));
    assert_fault(EX_GP, CODE0);
}

/* ---- V86 mode -------------------------------------------------------------------------------------------------------------- */

static void v86_round_trip(void **state)
{
    start_protected(CPU_486, 0);
    static const u32 image[] = {0x100, 0x1000, VM | IF | IOPL | 2, 0x200, 0x2000, 0x3000, 0x3100, 0x3200, 0x3300};
    SP = 0x7000;
    for (u32 n = 0; n < 9; n++)
        put(0x7000 + 4 * n, 4, image[n]);
    Insn i = plain(true);
    TRY(op_iret(cpu, &i));
    assert_ok();
    assert_true(v86(cpu));
    assert_int_equal(cpu->s.cpl, 3);
    assert_int_equal(cpu->s.seg[SEG_GS].base, 0x33000);
    assert_int_equal(cpu->s.seg[SEG_ES].base, 0x30000);
    assert_int_equal(cpu->s.seg[SEG_SS].base, 0x20000);
    assert_int_equal(cpu->s.seg[SEG_DS].limit, 0xFFFF);
    assert_int_equal(cpu->s.seg[SEG_DS].wend, 0x10000);
    assert_int_equal(cpu->sp_mask, 0xFFFF);
    assert_int_equal(cpu->code_mode, 5);
    assert_int_equal(SP, 0x200);

    idt(0x30, CODE0, 0x4444, 0xEE);
    put(TSS + 4, 4, 0x6000);
    i = (Insn){.imm = 0x30, .len = 2};
    TRY(op_int_n(cpu, &i));
    assert_ok();
    assert_false(v86(cpu));
    assert_int_equal(cpu->s.cpl, 0);
    assert_int_equal(SP, 0x6000 - 36);
    for (u32 n = 0; n < 9; n++)
        assert_int_equal(get(SP + 4 * n, 4), n ? n == 2 ? image[n] | (get_eflags(cpu) & OSZAPC) : image[n] : 0x102);
    assert_int_equal(SEL(SEG_DS), 0);
    assert_int_equal(cpu->s.seg[SEG_GS].rend, 0);
    assert_int_equal(cpu->code_mode, 3);
}

static void v86_sensitive_instructions(void **state)
{
    start_v86(CPU_486, 0);
    Insn i = {.imm = 0x30, .len = 2};
    idt(0x30, CODE0, 0x4444, 0xEE);
    TRY(op_int_n(cpu, &i));
    assert_fault(EX_GP, 0);
    i = plain(false);
    TRY(op_cli(cpu, &i));
    assert_fault(EX_GP, 0);
    TRY(op_sti(cpu, &i));
    assert_fault(EX_GP, 0);
    TRY(op_pushf(cpu, &i));
    assert_fault(EX_GP, 0);
    TRY(op_popf(cpu, &i));
    assert_fault(EX_GP, 0);
    TRY(op_iret(cpu, &i));
    assert_fault(EX_GP, 0);
    TRY(op_sldt(cpu, &i));
    assert_int_equal(fault, EX_UD);
    idt(EX_BP, CODE0, 0x3333, 0xEE);
    TRY(op_int3(cpu, &i)); /* not sensitive */
    assert_ok();
    assert_int_equal(EIP, 0x3333);
}

static void v86_must_enter_ring0(void **state)
{
    start_v86(CPU_486, IOPL);
    idt(0x30, CODE3, 0x4444, 0xEE);
    TRY(interrupt(cpu, 0x30, true, false, 0, 0x100));
    assert_fault(EX_GP, CODE3 & ~3);
    idt(0x30, CONF, 0x4444, 0xEE);
    TRY(interrupt(cpu, 0x30, true, false, 0, 0x100));
    assert_fault(EX_GP, CONF);
}

static void vme_virtual_interrupts(void **state)
{
    start_v86(CPU_PENTIUM, 0);
    cpu->s.cr4 = CR4_VME;
    cpu_mode_changed(cpu);
    put(TSS + 0x66, 2, 0x40); /* map at 40h, redirection map at 20h */
    put(0x21 * 4, 4, 0x11112222);
    Insn i = plain(false);
    TRY(op_sti(cpu, &i));
    assert_ok();
    assert_int_equal(cpu->s.eflags & (IF | VIF), VIF);
    i = (Insn){.imm = 0x21, .len = 2};
    TRY(op_int_n(cpu, &i));
    assert_ok();
    assert_int_equal(SEL(SEG_CS), 0x1111);
    assert_int_equal(EIP, 0x2222);
    assert_int_equal(get(0x20200 - 2, 2) & (IF | IOPL), IF | IOPL);
    assert_int_equal(cpu->s.eflags & VIF, 0);
    i = plain(false);
    TRY(op_iret(cpu, &i));
    assert_ok();
    assert_int_equal(cpu->s.eflags & VIF, VIF);
    assert_int_equal(SP, 0x200);
    assert_int_equal(cpu->s.eflags & IOPL, 0);

    set_eflags(cpu, VIP, VIP | VIF);
    TRY(op_sti(cpu, &i));
    assert_fault(EX_GP, 0);
    put(TSS + 0x24, 1, 2); /* vector 21h to the monitor */
    i = (Insn){.imm = 0x21, .len = 2};
    TRY(op_int_n(cpu, &i));
    assert_fault(EX_GP, 0);
    put(TSS + 0x66, 2, 0x10); /* map would start below the TSS */
    TRY(op_int_n(cpu, &i));
    assert_fault(EX_GP, 0);
}

/* ---- flags ---------------------------------------------------------------------------------------------------------------------- */

static void popf_by_model(void **state)
{
    static const struct {
        CpuModel model;
        bool wide;
        u32 expect;
    } t[] = {
        {CPU_8086, false, 0xFFD7}, {CPU_286, false, 0x0FD7}, {CPU_386, false, 0x7FD7}, {CPU_386, true, 0x7FD7},
        {CPU_486, true, 0x47FD7},  {CPU_PENTIUM, true, 0x247FD7},
    };
    for (size_t n = 0; n < ARRAY_LEN(t); n++) {
        start(t[n].model);
        put(0x8000, 4, 0xFFFFFFFF);
        Insn i = plain(t[n].wide);
        TRY(op_popf(cpu, &i));
        assert_ok();
        assert_int_equal(get_eflags(cpu), t[n].expect);
        assert_true(cpu->attention & ATT_EVENT);
        if (n + 1 < ARRAY_LEN(t))
            stop(state);
    }
}

static void popf_rights(void **state)
{
    start_protected(CPU_486, 3);
    put(0x8000, 4, 0xFFFFFFFF);
    Insn i = plain(true);
    TRY(op_popf(cpu, &i));
    assert_ok();
    assert_int_equal(get_eflags(cpu) & (IF | IOPL | VM | RF), 0);
    assert_int_equal(get_eflags(cpu) & AC, AC);
    TRY(op_cli(cpu, &i));
    assert_fault(EX_GP, 0);
    set_eflags(cpu, IOPL, IOPL);
    TRY(op_sti(cpu, &i));
    assert_ok();
    assert_int_equal(cpu->s.shadow, SHADOW_STI);
    assert_true(cpu->s.eflags & IF);
    SP = 0x8000;
    set_eflags(cpu, RF, RF);
    TRY(op_pushf(cpu, &i));
    assert_int_equal(get(0x7FFC, 4) & RF, 0);
}

static void bound_and_into(void **state)
{
    start(CPU_386);
    put(0x600, 4, 0x0005FFFE); /* -2 .. 5 */
    Insn i = mem_insn(0x600, REG_EAX, false);
    cpu->s.r[0] = 0xFFFE;
    TRY(op_bound(cpu, &i));
    assert_ok();
    cpu->s.r[0] = 6;
    TRY(op_bound(cpu, &i));
    assert_int_equal(fault, EX_BR);
    cpu->s.r[0] = 0xFFFD;
    TRY(op_bound(cpu, &i));
    assert_int_equal(fault, EX_BR);
    put(16, 4, 0x00201234);
    i = plain(false);
    set_arith_flags(cpu, 0);
    TRY(op_into(cpu, &i));
    assert_int_equal(EIP, 0x100);
    set_arith_flags(cpu, OF);
    TRY(op_into(cpu, &i));
    assert_int_equal(EIP, 0x1234);
    assert_int_equal(get(0x7FFA, 2), 0x101);
}

/* ---- tasks ------------------------------------------------------------------------------------------------------------------------ */

static void fill_tss32(u32 at, int cpl)
{
    static const u8 order[] = {SEG_ES, SEG_CS, SEG_SS, SEG_DS, SEG_FS, SEG_GS};
    put(at + 0x20, 4, 0x9999);
    put(at + 0x24, 4, CF | 2);
    for (u32 n = 0; n < 8; n++)
        put(at + 0x28 + 4 * n, 4, 0x1000 * (n + 1));
    for (u32 n = 0; n < 6; n++)
        put(at + 0x48 + 4 * n, 4, order[n] == SEG_CS ? cpl ? CODE3 : CODE0 : cpl ? DATA3 : DATA0);
    put(at + 0x60, 4, LDT_SEL);
}

static void task_jump(void **state)
{
    start_protected(CPU_386, 0);
    fill_tss32(TSS2, 3);
    cpu->s.r[0] = 0xAAAA5555;
    Insn i = far_insn(TSS2_SEL, 0, true);
    TRY(op_jmp_far(cpu, &i));
    assert_ok();
    assert_int_equal(EIP, 0x9999);
    assert_int_equal(cpu->s.cpl, 3);
    assert_int_equal(cpu->s.r[0], 0x1000);
    assert_int_equal(SP, 0x5000);
    assert_int_equal(SEL(SEG_GS), DATA3);
    assert_int_equal(cpu->s.ldtr.base, LDT);
    assert_int_equal(cpu->s.tr.sel, TSS2_SEL);
    assert_int_equal(m.ram[GDT + TSS2_SEL + 5], 0x8B);
    assert_int_equal(m.ram[GDT + TSS_SEL + 5], 0x89);
    assert_int_equal(get(TSS + 0x20, 4), 0x107);
    assert_int_equal(get(TSS + 0x28, 4), 0xAAAA5555);
    assert_int_equal(get(TSS + 0x38, 4), 0x8000);
    assert_int_equal(get(TSS + 0x4C, 2), CODE0);
    assert_int_equal(get(TSS2, 2), 0);
    assert_true(cpu->s.cr0 & CR0_TS);
    assert_int_equal(get_eflags(cpu), CF | 2);
}

static void task_call_and_return(void **state)
{
    start_protected(CPU_386, 0);
    fill_tss32(TSS2, 0);
    gate_at(GDT + TASKGATE, TSS2_SEL, 0, 0x85, 0);
    Insn i = far_insn(TASKGATE, 0, true);
    TRY(op_call_far(cpu, &i));
    assert_ok();
    assert_int_equal(get(TSS2, 2), TSS_SEL);
    assert_true(cpu->s.eflags & NT);
    assert_int_equal(m.ram[GDT + TSS_SEL + 5], 0x8B); /* both busy */
    assert_int_equal(m.ram[GDT + TSS2_SEL + 5], 0x8B);
    i = plain(true);
    TRY(op_iret(cpu, &i));
    assert_ok();
    assert_int_equal(EIP, 0x107);
    assert_int_equal(cpu->s.tr.sel, TSS_SEL);
    assert_int_equal(cpu->s.eflags & NT, 0);
    assert_int_equal(m.ram[GDT + TSS2_SEL + 5], 0x89);
    assert_int_equal(get(TSS2 + 0x24, 4) & NT, 0);
    assert_int_equal(get(TSS2 + 0x20, 4), 0x999A);
    assert_int_equal(SP, 0x8000);
}

static void task_gate_fault_pushes_error(void **state)
{
    start_protected(CPU_386, 3);
    fill_tss32(TSS2, 0);
    idt(EX_GP, TSS2_SEL, 0, 0x85);
    TRY(seg_load(cpu, SEG_DS, DATA0));
    deliver();
    assert_int_equal(EIP, 0x9999);
    assert_int_equal(cpu->s.cpl, 0);
    assert_int_equal(SP, 0x4FFC);
    assert_int_equal(get(0x4FFC, 4), DATA0);
    assert_true(get(TSS + 0x24, 4) & RF);
    assert_int_equal(get(TSS + 0x20, 4), 0x100);
}

static void task_faults(void **state)
{
    start_protected(CPU_386, 0);
    fill_tss32(TSS2, 0);
    Insn i = far_insn(TSS2_SEL, 0, true);
    gdt(TSS2_SEL, TSS2, 0x66, 0x89, 0);
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_TS, TSS2_SEL);
    gdt(TSS2_SEL, TSS2, 0x67, 0x09, 0);
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_NP, TSS2_SEL);
    gdt(TSS2_SEL, TSS2, 0x67, 0x8B, 0);
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_GP, TSS2_SEL);
    assert_int_equal(cpu->s.tr.sel, TSS_SEL);
    gdt(TSS2_SEL, TSS2, 0x67, 0x89, 0);
    put(TSS2 + 0x50, 4, RODATA); /* SS */
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_TS, RODATA);
    assert_int_equal(cpu->s.tr.sel, TSS2_SEL); /* the fault is the new task's */
    assert_int_equal(EIP, 0x9999);
    assert_int_equal(cpu->s.seg[SEG_DS].rend, 0);
}

static void task_debug_trap(void **state)
{
    start_protected(CPU_386, 0);
    fill_tss32(TSS2, 0);
    put(TSS2 + 0x64, 2, 1);
    cpu->s.dr[7] = 0x455;
    Insn i = far_insn(TSS2_SEL, 0, true);
    TRY(op_jmp_far(cpu, &i));
    assert_int_equal(fault, EX_DB);
    assert_true(cpu->s.dr[6] & DR6_BT);
    assert_int_equal(EIP, 0x9999);
    assert_int_equal(cpu->s.dr[7] & 0x3FF, 0);
}

static void task_286(void **state)
{
    start_protected(CPU_286, 0);
    put(TSS3 + 0x0E, 2, 0x1111);
    put(TSS3 + 0x12, 2, 0x2222);
    put(TSS3 + 0x1A, 2, 0x9000);
    put(TSS3 + 0x22, 2, DATA0);
    put(TSS3 + 0x24, 2, CODE0);
    put(TSS3 + 0x26, 2, DATA0);
    put(TSS3 + 0x28, 2, DATA0);
    cpu->s.r[3] = 0x7777;
    Insn i = far_insn(TSS3_SEL, 0, false);
    TRY(op_call_far(cpu, &i));
    assert_ok();
    assert_int_equal(EIP, 0x1111);
    assert_int_equal(cpu->s.r[0], 0x2222);
    assert_int_equal(get(TSS + 0x0E, 2), 0x105);
    assert_int_equal(get(TSS + 0x18, 2), 0x7777);
    assert_int_equal(get(TSS3, 2), TSS_SEL);
    i = plain(false);
    TRY(op_iret(cpu, &i));
    assert_ok();
    assert_int_equal(EIP, 0x105);
    assert_int_equal(cpu->s.r[3], 0x7777);
}

static void io_permission(void **state)
{
    start_protected(CPU_386, 3);
    gdt(TSS_SEL, TSS, 0x90, 0x8B, 0);
    cpu->s.tr.limit = 0x90;
    put(TSS + 0x66, 2, 0x68);
    memset(m.ram + TSS + 0x68, 0xFF, 0x40);
    put(TSS + 0x68, 2, 0xFE7F); /* ports 7 and 8 */
    TRY(io_check(cpu, 7, 1));
    assert_ok();
    TRY(io_check(cpu, 7, 2));
    assert_ok();
    TRY(io_check(cpu, 7, 4));
    assert_fault(EX_GP, 0);
    TRY(io_check(cpu, 6, 1));
    assert_fault(EX_GP, 0);
    put(TSS + 0x90, 1, 0);
    TRY(io_check(cpu, 0x140, 1)); /* the second byte lies beyond the limit */
    assert_fault(EX_GP, 0);
    set_eflags(cpu, IOPL, IOPL);
    TRY(io_check(cpu, 6, 1));
    assert_ok();
    set_eflags(cpu, VM, VM);
    TRY(io_check(cpu, 6, 1)); /* V86: IOPL does not help */
    assert_fault(EX_GP, 0);
}

/* ---- paging ------------------------------------------------------------------------------------------------------------------------ */

/* A frame whose second page is missing must leave nothing behind. */
static void page_fault_during_delivery(void **state)
{
    start_protected(CPU_486, 3);
    u32 dir = 0x10000, table = 0x11000;
    put(dir, 4, table | 7);
    for (u32 n = 0; n < 256; n++)
        put(table + 4 * n, 4, n << 12 | 7);
    put(table + 4 * 6, 4, 0); /* page 6000h */
    cpu->s.cr3 = dir;
    cpu->s.cr0 |= CR0_PG;
    cpu_mode_changed(cpu);
    put(TSS + 4, 4, 0x7008);
    idt(0x30, CODE0, 0x4444, 0xEE);
    Insn i = {.imm = 0x30, .len = 2};
    TRY(op_int_n(cpu, &i));
    assert_fault(EX_PF, PF_WRITE);
    assert_int_equal(cpu->s.cr2, 0x6FFC);
    assert_int_equal(cpu->s.cpl, 3);
    assert_int_equal(SP, 0x8000);
    assert_int_equal(get(0x7004, 4), 0);
    assert_int_equal(EIP, 0x100);
}

#define TEST(f) cmocka_unit_test_teardown(f, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(real_int_and_iret), TEST(real_int_beyond_limit), TEST(real_stack_faults_leave_state),
        TEST(real_8086_interrupt_wraps_and_sets_high_flags), TEST(real_far_call_and_ret), TEST(unreal_mode_keeps_limits),
        TEST(null_segment_works_again_in_real_mode), TEST(loads_check_the_descriptor), TEST(ring3_cannot_load_ring0_data),
        TEST(loads_fill_caches), TEST(ldt_and_task_register), TEST(examine_descriptors), TEST(moves_of_segment_registers), TEST(old_cs_moves),
        TEST(table_registers), TEST(far_jumps_check), TEST(call_gate_to_ring0_and_back), TEST(call_gate_faults_change_nothing),
        TEST(call_gate_16), TEST(far_return_checks), TEST(interrupt_same_ring), TEST(interrupt_from_ring3_and_iret),
        TEST(interrupt_gate_errors), TEST(faults_push_error_and_rf), TEST(double_and_triple_faults), TEST(conforming_handler_keeps_ring),
        TEST(iret_flag_rights), TEST(v86_round_trip), TEST(v86_sensitive_instructions), TEST(v86_must_enter_ring0), TEST(vme_virtual_interrupts),
        TEST(popf_by_model), TEST(popf_rights), TEST(bound_and_into), TEST(task_jump), TEST(task_call_and_return),
        TEST(task_gate_fault_pushes_error), TEST(task_faults), TEST(task_debug_trap), TEST(task_286), TEST(io_permission),
        TEST(page_fault_during_delivery),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
