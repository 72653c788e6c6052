/* cpu.c: random code on a processor in a random state, in every mode, on every core. Input: model,
 * mode and core, and what else follows; registers; rarer state; what a debugger watches; edits to
 * the tables that the mode needs; code. Handlers of faults step over one byte, so that an
 * instruction that faults hides nothing of what follows. */
#include "tests/fuzz/fuzz.h"

enum {
    IDT_AT = 0x1000,
    GDT_AT = 0x2000,
    TSS_AT = 0x3000, /* two of them, 400h apart */
    STACK_0 = 0x6800,
    STACK_TASK = 0x6000,
    STACK = 0x7000,
    PAGES_AT = 0x8000,
    HANDLERS = 0xC000,
    HANDLER_SIZE = 16,
    GATE_TO = 0xD000, /* where the call gate leads, and the second task begins */
    TASK_AT = 0xD010,
    DEBUG_AT = 0xD020,
    CODE_AT = 0x10000,
    CODE_OFF = 0x800,
    CODE_MAX = 4000,
    TICKS = 250,
    TURNS = 12,
    PARTS = 8, /* of the code, where it begins again */
    RESTARTS = 32,
    STOPS = 100,
};

/* Bits of the first two bytes of an input, besides model, mode and core. */
enum { MORE_STATE = 0x80, WATCHED = 0x400, FOLLOWED = 0x800, PCI_BOARD = 0x8000 };

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

/* ---- tables ---------------------------------------------------------------------------------- */

/* Where the handlers are: in a 16-bit segment that begins at 0, or in the flat one. */
static void gate(u8 *at, bool wide, u32 off, u32 type)
{
    store_le(at, 4, (u32)(wide ? CODE0 : CODE16) << 16 | off);
    store_le(at + 4, 4, wide ? type | 0x800 : type);
}

static void interrupt_table(u8 *ram, bool wide)
{
    for (u32 v = 0; v < 256; v++) {
        u8 *at = ram + IDT_AT + v * 8;
        if (v % 16 == 9) {
            store_le(at, 4, TSS_B << 16);
            store_le(at + 4, 4, 0xE500);
        } else {
            gate(at, wide, HANDLERS + v * HANDLER_SIZE, 0xE600);
        }
    }
}

static void task_state(u8 *tss)
{
    store_le(tss + 4, 4, STACK_0);
    store_le(tss + 8, 4, DATA0);
    store_le(tss + 0x1C, 4, PAGES_AT);
    store_le(tss + 0x20, 4, TASK_AT);
    store_le(tss + 0x38, 4, STACK_TASK);
    for (u32 at = 0x48; at <= 0x5C; at += 4)
        store_le(tss + at, 4, at == 0x4C ? CODE0 : DATA0);
    store_le(tss + 0x64, 4, 0x68u << 16);
}

static void task_state_286(u8 *tss)
{
    store_le(tss + 2, 2, STACK_0);
    store_le(tss + 4, 2, DATA0);
    store_le(tss + 0xE, 2, TASK_AT);
    store_le(tss + 0x1A, 2, STACK_TASK);
    for (u32 at = 0x22; at <= 0x28; at += 2)
        store_le(tss + at, 2, at == 0x24 ? CODE16 : DATA0);
}

static void tables(u8 *ram, bool wide)
{
    u32 limit = wide ? 0xFFFFF : 0xFFFF, flags = wide ? 12 : 0, base = wide ? 0 : CODE_AT;
    u32 wide_type = wide ? 8 : 0;
    descriptor(ram, CODE0, base, limit, 0x9B, flags);
    descriptor(ram, DATA0, 0, limit, 0x93, flags);
    descriptor(ram, CODE3, base, limit, 0xFB, flags);
    descriptor(ram, DATA3, 0, limit, 0xF3, flags);
    descriptor(ram, TSS, TSS_AT, 0x2067, 0x83 | wide_type, 0);
    descriptor(ram, TSS_B, TSS_AT + 0x400, 0x67, 0x81 | wide_type, 0);
    descriptor(ram, LDT, GDT_AT, 0x7F, 0x82, 0);
    descriptor(ram, CODE16, 0, 0xFFFF, 0x9B, 0);
    descriptor(ram, DOWN, 0, 0x3000, 0x97, flags);
    descriptor(ram, CONFORMING, base, limit, 0x9F, flags);
    gate(ram + GDT_AT + GATE, wide, GATE_TO, 0xE401);
    store_le(ram + GDT_AT + TASK_GATE, 4, TSS_B << 16);
    store_le(ram + GDT_AT + TASK_GATE + 4, 4, 0xE500);
    interrupt_table(ram, wide);
    for (int t = 0; t < 2; t++)
        (wide ? task_state : task_state_286)(ram + TSS_AT + t * 0x400);
    store_le(ram + PAGES_AT, 4, (PAGES_AT + 0x1000) | 7);
    for (u32 n = 0; n < 256; n++)
        store_le(ram + PAGES_AT + 0x1000 + 4 * n, 4, n << 12 | (n % 32 == 31 ? 0 : 7));
}

/* ---- handlers -------------------------------------------------------------------------------- */

/* What follows an exception: the stack holds where it was, below that perhaps an error code. */
static const u8 back[] = {0xCF};                     /* iret */
static const u8 step32[] = {0xFF, 0x04, 0x24, 0xCF}; /* inc dword [esp]; iret */
static const u8 step_error32[] = {0x83, 0xC4, 4, 0xFF, 0x04, 0x24, 0xCF}; /* add esp,4; ... */
static const u8 resume32[] = {0x80, 0x4C, 0x24, 10, 1, 0xCF}; /* or byte [esp+10],1: RF; iret */
/* push bp; mov bp,sp; inc word [bp+2]; pop bp; iret */
static const u8 step16[] = {0x55, 0x89, 0xE5, 0xFF, 0x46, 2, 0x5D, 0xCF};
/* push bp; mov bp,sp; inc word [bp+4]; pop bp; add sp,2; iret */
static const u8 step_error16[] = {0x55, 0x89, 0xE5, 0xFF, 0x46, 4, 0x5D, 0x83, 0xC4, 2, 0xCF};
/* RF can only be set by a 32-bit IRET: push ebp; mov bp,sp; push 1, push flags; push 0, push cs;
 * push 0, push ip; mov ebp,[bp]; iretd */
static const u8 resume16[] = {0x66, 0x55, 0x89, 0xE5, 0x6A, 1,    0xFF, 0x76, 8,
                              0x6A, 0,    0xFF, 0x76, 6,    0x6A, 0,    0xFF, 0x76,
                              4,    0x66, 0x8B, 0x6E, 0,    0x66, 0xCF};
/* push eax; smsw eax; and al,0F3h; lmsw ax; pop eax; iret: EM and TS are gone */
static const u8 fpu_on[] = {0x50, 0x0F, 1, 0xE0, 0x24, 0xF3, 0x0F, 1, 0xF0, 0x58, 0xCF};
static const u8 fpu_clear[] = {0xDB, 0xE2, 0xCF}; /* fnclex; iret */
static const u8 task[] = {0xCF, 0xEB, 0xFD};      /* 1: iret; jmp 1b: back to who called */
static const u8 gate32[] = {0xCA, 4, 0}, gate16[] = {0xCA, 2, 0}; /* retf with one parameter */

/* push eax; out 0F0h,al; fnclex; mov al,20h; out 0A0h,al; out 20h,al; pop eax; iret: for IRQ13 */
static const u8 fpu_irq[] = {0x50, 0xE6, 0xF0, 0xDB, 0xE2, 0xB0, 0x20,
                             0xE6, 0xA0, 0xE6, 0x20, 0x58, 0xCF};

enum { DEBUG = 1, NO_FPU = 7, FPU_ERROR = 16, FPU_IRQ = 0x75 };
enum {
    STEPS = 1 << 0 | 1 << 5 | 1 << 6 | 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 |
            1 << 17,
    HAS_ERROR = 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17
};

#define PUT(at, code) memcpy(at, code, sizeof(code))

static void fault_handler(u8 *at, bool error, bool wide)
{
    if (wide && error)
        PUT(at, step_error32);
    else if (wide)
        PUT(at, step32);
    else if (error)
        PUT(at, step_error16);
    else
        PUT(at, step16);
}

static void handlers(Rig *m, Mode mode)
{
    u8 *ram = m->pc->ram;
    CpuModel model = m->pc->cpu.model;
    bool wide = mode != REAL && mode != PROTECTED_16;
    for (u32 v = 0; v < 256; v++) {
        u8 *at = ram + HANDLERS + v * HANDLER_SIZE;
        if (v < 32 && STEPS >> v & 1)
            fault_handler(at, mode != REAL && HAS_ERROR >> v & 1, wide);
        else if (v == NO_FPU && model >= CPU_286)
            PUT(at, fpu_on);
        else if (v == FPU_ERROR)
            PUT(at, fpu_clear);
        else if (v == FPU_IRQ)
            PUT(at, fpu_irq);
        else if (v == DEBUG && wide)
            PUT(at, resume32);
        else
            PUT(at, back);
        if (mode == REAL)
            store_le(ram + 4 * v, 4, HANDLERS + v * HANDLER_SIZE);
    }
    PUT(ram + TASK_AT, task);
    memcpy(ram + GATE_TO, wide ? gate32 : gate16, sizeof gate32);
    PUT(ram + DEBUG_AT, resume16);
    /* An instruction breakpoint, unlike a trap, is met again. */
    if (!wide && model >= CPU_386 && m->pc->cpu.s.dr[7] & 0xFF) {
        u8 jump[] = {0xE9, 0, 0};
        store_le(jump + 1, 2, DEBUG_AT - (HANDLERS + DEBUG * HANDLER_SIZE + sizeof jump));
        PUT(ram + HANDLERS + DEBUG * HANDLER_SIZE, jump);
    }
}

/* ---- state ----------------------------------------------------------------------------------- */

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
    s->eip = wide ? CODE_AT + CODE_OFF : CODE_OFF;
    if (mode == REAL)
        return;
    s->cr0 |= CR0_PE | (mode == PAGED_0 || user ? CR0_PG : 0);
    s->cr3 = PAGES_AT;
    s->cpl = user ? 3 : 0;
    s->gdtr = (TableReg){GDT_AT, 0x7F};
    s->idtr = (TableReg){IDT_AT, 0x7FF};
    u16 busy = mode == PROTECTED_16 ? 3 : 11; /* 286 or 386 TSS */
    s->tr = (Seg){.sel = TSS, .base = TSS_AT, .limit = 0x2067, .attr = ATTR_P | busy};
}

static Mode mode_of(u32 choice, CpuModel model)
{
    Mode mode = (Mode)(choice % MODES);
    if (model == CPU_8086)
        return REAL;
    return model == CPU_286 && mode != REAL ? PROTECTED_16 : mode;
}

/* Numbers of all classes, as ST(n) may hold them. */
static const struct {
    u16 exp;
    u64 man;
} numbers[16] = {
    {0, 0},
    {0x3FFF, 1ull << 63},         /* 1 */
    {0x7FFF, 1ull << 63},         /* infinity */
    {0x7FFF, 3ull << 62},         /* quiet NaN */
    {0x7FFF, 5ull << 61},         /* signalling NaN */
    {0, 1},                       /* denormal */
    {0, 1ull << 63},              /* pseudo-denormal */
    {0x3FFF, 1},                  /* unnormal */
    {0x7FFF, 0},                  /* pseudo-infinity */
    {0x4000, 0xC90FDAA22168C235}, /* pi */
    {0x7FFE, ~0ull},              /* the largest */
    {1, 1ull << 63},              /* the smallest */
    {0x3FFE, 0xB504F333F9DE6484}, /* between 0 and 1 */
    {0x403E, 0x8000000000000001}, /* does not fit an integer */
    {0x400E, 0x8001000000000000}, /* 32769 */
    {0x3FBF, 0x8000000000000001}, /* 2^-64 and a bit more */
};

/* One byte each: number, sign, and whether the register is empty. */
static void fpu_registers(Fpu *fpu, Feed *f)
{
    fpu->control = (u16)(feed(f, 2) & 0x1F7F) | 0x40;
    fpu->top = feed(f, 1) & 7;
    for (int n = 0; n < 8; n++) {
        u32 b = feed(f, 1);
        fpu->man[n] = numbers[b & 15].man;
        fpu->exp[n] = (u16)(numbers[b & 15].exp | (b & 0x80) << 8);
        fpu->empty = (u8)(fpu->empty & ~(1u << n)) | (u8)((b >> 4 & 1) << n);
    }
}

static u32 control_bits(CpuModel model)
{
    const u32 old = CR0_MP | CR0_EM | CR0_TS, later = CR0_NE | CR0_WP | CR0_AM;
    return model < CPU_286 ? 0 : model < CPU_486 ? old : old | later;
}

static u32 extension_bits(CpuModel model)
{
    const u32 p5 = CR4_VME | CR4_PVI | CR4_TSD | CR4_DE | CR4_PSE | CR4_MCE;
    const u32 p6 = CR4_PGE | CR4_PCE | CR4_OSFXSR;
    return model < CPU_PENTIUM ? 0 : model < CPU_686 ? p5 : p5 | p6;
}

static void more_state(Rig *m, Feed *f)
{
    CpuState *s = &m->pc->cpu.s;
    CpuModel model = m->pc->cpu.model;
    s->cr0 |= feed(f, 3) & control_bits(model);
    s->cr4 = feed(f, 2) & extension_bits(model);
    fpu_registers(&s->fpu, f);
    u32 flags = feed(f, 1);
    cpu_set_a20(&m->pc->cpu, 0, !(flags & 1));
    if (flags & 2 && model >= CPU_386) {
        for (int n = 0; n < 4; n++)
            s->dr[n] = feed(f, 4);
        s->dr[7] = (feed(f, 4) & 0xFFFF2FFF) | 0x400;
    }
}

static void registers(Rig *m, Feed *f, Mode mode, bool more)
{
    CpuState *s = &m->pc->cpu.s;
    enter(s, mode);
    for (int n = 0; n < 8; n++)
        s->r[n] = feed(f, n & 1 ? 4 : 2) & (m->pc->cpu.model < CPU_386 ? 0xFFFF : 0xFFFFFFFF);
    s->r[4] = STACK;
    s->eflags = 2 | (feed(f, 2) & 0x7FD5 & ~(u32)(m->pc->cpu.model < CPU_386 ? 0x7000 : 0));
    if (mode == V86)
        s->eflags |= VM;
    if (m->pc->cpu.model >= CPU_386)
        s->dr[feed(f, 1) & 3] = CODE_AT + feed(f, 2), s->dr[7] = 0x400 | feed(f, 1);
    if (more)
        more_state(m, f);
    cpu_state_changed(&m->pc->cpu);
}

/* ---- a debugger ------------------------------------------------------------------------------ */

/* The text of an instruction must fit, also if it is a bad one. */
static void print(const Insn *i, u32 eip)
{
    char text[80];
    int n = disasm(i, eip, text, sizeof text);
    if (n < 0 || n >= (int)sizeof text || strlen(text) != (size_t)n)
        panic("disasm() says its text has %d characters", n);
}

static void print_code(Rig *m, const u8 *code, size_t size, bool code32)
{
    size_t at = 0;
    for (int lines = 0; lines < 48 && at < size; lines++) {
        Insn i;
        int left = (int)(size - at), n = decode(&m->pc->cpu.decode, code + at, left, code32, &i);
        if (n < 0 || n > left)
            panic("an instruction has %d of %d bytes", n, left);
        if (!n)
            break;
        print(&i, (u32)at);
        at += (size_t)n;
    }
}

typedef struct {
    int printed, calls;
    u32 code, data, len, phys; /* what is watched */
} Debugger;

static bool on_break(void *ctx, u32 linear)
{
    return true;
}

static bool on_access(void *ctx, u32 linear, int size, bool write, u32 value)
{
    return write;
}

static void on_insn(void *ctx, const Insn *i)
{
    Debugger *d = ctx;
    if (d->printed++ < 64)
        print(i, i->off);
}

static void on_interrupt(void *ctx, int vector, bool soft, u32 error)
{
    ((Debugger *)ctx)->calls++;
}

static void on_fault(void *ctx, int vector, bool has_error, u32 error)
{
    ((Debugger *)ctx)->calls++;
}

static void on_mode(void *ctx)
{
    ((Debugger *)ctx)->calls++;
}

static void on_control(void *ctx, CpuControl kind, u32 number, u64 value)
{
    ((Debugger *)ctx)->calls++;
}

static void watch(Cpu *c, const Debugger *d, bool on)
{
    cpu_break(c, d->code, on);
    cpu_watch(c, d->data, d->len, d->len & 1, true, on);
    cpu_watch_phys(c, d->phys, 4, on);
}

/* A breakpoint and two watches near the code. `debug` outlives the machine. */
static void attach(Cpu *c, CpuDebug *debug, Feed *f, bool follow)
{
    *debug = (CpuDebug){.ctx = debug->ctx,
                        .on_break = on_break,
                        .on_access = on_access,
                        .on_insn = follow ? on_insn : NULL,
                        .on_interrupt = on_interrupt,
                        .on_fault = on_fault,
                        .on_mode = on_mode,
                        .on_control = on_control};
    c->debug = debug;
    Debugger *d = debug->ctx;
    d->code = CODE_AT + CODE_OFF + feed(f, 1);
    d->data = CODE_AT + feed(f, 2);
    d->len = 1 + feed(f, 1);
    d->phys = feed(f, 2) << 2;
    watch(c, d, true);
}

/* What somebody who looks at a machine at rest calls, and a change of a register to what it is. */
static void look(Cpu *c)
{
    CpuPast past[32];
    int n = cpu_history(c, past, ARRAY_LEN(past));
    for (int k = 0; k < n; k++) {
        u8 bytes[15];
        if (past[k].linear && cpu_peek(c, past[k].addr, bytes, sizeof bytes)) {
            Insn i;
            if (decode(&c->decode, bytes, sizeof bytes, past[k].code32, &i))
                print(&i, past[k].addr);
        }
    }
    cpu_edit_eflags(c, c->s.eflags);
    cpu_registers_changed(c);
}

/* ---- running --------------------------------------------------------------------------------- */

typedef struct {
    CpuState start;
    u32 size; /* of the code */
    u32 restarts;
    u32 before; /* where it was at the end of the last turn */
} Course;

/* Begins again, further on in the code. */
static void restart(Cpu *c, Course *way)
{
    c->s = way->start;
    c->s.eip += way->size * (++way->restarts % PARTS) / PARTS;
    cpu_state_changed(c);
}

/* What has left the code, by its end or else, meets zeros; one that is where it was waits. */
static bool astray(const Cpu *c, Course *way)
{
    u32 at = c->s.seg[SEG_CS].base + c->s.eip;
    bool waits = at == way->before;
    way->before = at;
    return waits || (at - HANDLERS >= CODE_AT - HANDLERS && at - CODE_AT >= CODE_OFF + way->size);
}

/* A processor that stands for good gets an NMI; one that shut down begins again. */
static void run(Rig *m, Course *way)
{
    u64 until = m->pc->clock.now + TICKS;
    for (int stops = 0; m->pc->clock.now < until && stops < STOPS && way->restarts < RESTARTS;
         stops++) {
        PcExit e = pc_run(m->pc, until);
        if (e == PC_EXIT_HALT_FOREVER)
            cpu_set_nmi(&m->pc->cpu, 0, true);
        if (e == PC_EXIT_SHUTDOWN) {
            input_cpu_reset(&m->input);
            restart(&m->pc->cpu, way);
        }
    }
    if (astray(&m->pc->cpu, way))
        restart(&m->pc->cpu, way);
}

void fuzz_one(const u8 *data, size_t size)
{
    Feed f = {data, size};
    u32 choice = feed(&f, 2);
    Rig *m = rig_new((choice & 7) << 8 | (choice & PCI_BOARD ? 1 : 0));
    Cpu *c = &m->pc->cpu;
    u8 *ram = m->pc->ram;
    Mode mode = mode_of(choice >> 3 & 15, c->model);
    Debugger debugger = {0};
    CpuDebug debug = {.ctx = &debugger};
    size_t n;
    if (mode != REAL)
        tables(ram, mode != PROTECTED_16);
    cpu_select_core(c, (CpuCore)((choice >> 8 & 3) % 3));
    registers(m, &f, mode, choice & MORE_STATE);
    handlers(m, mode);
    if (choice & WATCHED)
        attach(c, &debug, &f, choice & FOLLOWED);
    for (u32 edits = feed(&f, 1) & 15; edits--;) {
        u32 at = IDT_AT + feed(&f, 2) % (CODE_AT - IDT_AT);
        const u8 *bytes = feed_bytes(&f, 8, &n);
        memcpy(ram + at, bytes, n);
    }
    const u8 *code = feed_bytes(&f, CODE_MAX, &n);
    memcpy(ram + CODE_AT + CODE_OFF, code, n);
    print_code(m, code, n, mode >= PROTECTED_32);
    Course way = {.start = c->s, .size = (u32)n};
    for (int turn = 1; turn <= TURNS; turn++) {
        run(m, &way);
        if (turn % 4)
            continue;
        look(c);
        if (choice & WATCHED)
            watch(c, &debugger, turn != TURNS * 2 / 3);
        cpu_drop_derived(c);
        cpu_set_nmi(c, 0, true); /* so that a HLT ends, too */
    }
    rig_free(m);
}
