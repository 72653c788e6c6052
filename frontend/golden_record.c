/* golden_record.c: makes a golden test of the instruction that a machine is about to execute. It
 * runs on a second processor whose memory is the machine's, seen through callbacks: they note what
 * is read, page tables and descriptors included, and keep what is written. The machine itself does
 * not notice. */
#include "frontend/golden.h"

#include <errno.h>
#include <stdlib.h>

/* Repetitions and bytes of one test: a guest may name billions of both. */
enum { REPEATS = 1 << 16, BYTES = 1 << 16 };

typedef struct {
    Bus *from;
    Cpu cpu;
    Bus bus;
    Clock clock;
    CpuDebug debug;
    GoldenTest test;
    const char *trouble; /* why it can't be a test */
    bool event;
} Recorder;

static u32 read_byte(Recorder *r, u32 addr)
{
    u8 v;
    if (golden_get(&r->test.changed, addr, &v) || golden_get(&r->test.mem, addr, &v))
        return v;
    v = (u8)bus_peek(r->from, addr, 1);
    golden_put(&r->test.mem, addr, v);
    return v;
}

static u32 on_read(void *ctx, u32 addr, int size)
{
    return read_byte(ctx, addr);
}

static void on_write(void *ctx, u32 addr, int size, u32 value)
{
    Recorder *r = ctx;
    if (bus_host(r->from, addr, false) && !bus_host(r->from, addr, true))
        r->trouble = "it writes to ROM";
    golden_put(&r->test.changed, addr, (u8)value);
}

static u32 on_in(void *ctx, u32 port, int size)
{
    Recorder *r = ctx;
    u32 v = bus_peek_port(r->from, (u16)port, size); /* the device must not notice */
    golden_ports_add(&r->test.ports, (GoldenIo){false, (u8)size, (u16)port, v});
    return v;
}

static void on_out(void *ctx, u32 port, int size, u32 value)
{
    golden_ports_add(&((Recorder *)ctx)->test.ports,
                     (GoldenIo){true, (u8)size, (u16)port, value});
}

static const BusOps memory = {on_read, on_write, on_read, 1};
static const BusOps ports = {on_in, on_out, NULL, 1 | 2 | 4};

static void on_interrupt(void *ctx, int vector, bool soft, u32 error)
{
    ((Recorder *)ctx)->event = true;
}

static bool init(Recorder *r, const Cpu *c)
{
    r->from = c->bus;
    r->clock = (Clock){.now = c->clock->now, .deadline = UINT64_MAX, .ips = c->clock->ips};
    bus_init(&r->bus);
    const u32 half = 1u << 31;
    if (!bus_map_mmio(&r->bus, 0, half, &memory, r, "recorded memory") ||
        !bus_map_mmio(&r->bus, half, half, &memory, r, "recorded memory") ||
        !bus_map_port(&r->bus, 0, 0x10000, &ports, r, "recorded ports"))
        return false;
    cpu_init(
        &r->cpu,
        &(CpuConfig){.bus = &r->bus, .clock = &r->clock, .model = c->model, .fpu = c->fpu_present});
    cpu_select_core(&r->cpu, CORE_SLOW);
    r->cpu.idle_pace.next = UINT64_MAX;
    r->debug = (CpuDebug){.ctx = r, .on_interrupt = on_interrupt};
    r->cpu.debug = &r->debug;
    r->cpu.s = c->s;
    r->cpu.s.intr = r->cpu.s.nmi_pending = 0;
    cpu_state_changed(&r->cpu);
    return true;
}

/* Bytes and text of the instruction at CS:EIP. */
static const Row *fetch(Recorder *r, Cpu *c)
{
    GoldenTest *t = &r->test;
    const Seg *cs = &c->s.seg[SEG_CS];
    bool code32 = cs->attr & ATTR_DB;
    Insn i;
    for (int n = 0, len = 0; !len && n < 15; n++) {
        u32 off = c->s.eip + (u32)n;
        if (!cpu_peek(c, cs->base + (code32 ? off : off & 0xFFFF), &t->code[n], 1)) {
            t->code_len = (u32)n + 1;
            return NULL; /* a page fault */
        }
        len = decode(&c->decode, t->code, n + 1, code32, &i);
        t->code_len = (u32)len;
    }
    disasm(&i, c->s.eip, t->text, sizeof t->text);
    return &x86_rows[i.row];
}

/* All of a repeated instruction: its iterations are instructions of their own to the clock. */
static void run(Recorder *r, const Row *row)
{
    const GoldenTest *t = &r->test;
    u32 eip = r->cpu.s.eip;
    bool string = row && row->attr & (ROW_REPS | ROW_REPC);
    for (int n = 0; n < REPEATS && t->mem.count + t->changed.count < BYTES; n++) {
        cpu_run(&r->cpu, r->clock.now + 1);
        if (!string || r->event || r->cpu.s.eip != eip)
            return;
    }
    r->trouble = "it repeats itself too often";
}

/* The test ends at the HLT that will lie at the next instruction, so its address must translate. */
static void note_translation(Recorder *r)
{
    u32 phys;
    CpuState *s = &r->cpu.s;
    if (mmu_peek(&r->cpu.mmu, s->seg[SEG_CS].base + s->eip, &phys)) {
        u8 v;
        if (golden_get(&r->test.mem, phys, &v) && !s->halted)
            r->trouble = "what follows it is part of it";
    }
}

static bool save(Recorder *r, const char *name, char *err, size_t errlen)
{
    FILE *f = fopen(name, "a");
    if (!f) {
        snprintf(err, errlen, "cannot write %s: %s", name, strerror(errno));
        return false;
    }
    fseek(f, 0, SEEK_END);
    if (!ftell(f))
        golden_write_head(f);
    golden_write(f, &r->test);
    bool ok = !ferror(f);
    ok &= !fclose(f);
    if (!ok)
        snprintf(err, errlen, "cannot write %s: %s", name, strerror(errno));
    return ok;
}

/* The code is in its own line, unless paging hides where it lies. */
static void leave_out_code(GoldenTest *t)
{
    if (t->before[G_CR0] & CR0_PG)
        return;
    u32 mask = t->before[G_CS + 3] & ATTR_DB ? 0xFFFFFFFF : 0xFFFF, kept = 0;
    for (u32 n = 0; n < t->mem.count; n++) {
        bool code = false;
        for (u32 k = 0; k < t->code_len; k++)
            code |= t->mem.byte[n].addr == t->before[G_CS + 1] + ((t->before[G_EIP] + k) & mask);
        if (!code)
            t->mem.byte[kept++] = t->mem.byte[n];
    }
    t->mem.count = kept;
}

/* Why this instruction can't be a test by itself; NULL: it can. */
static const char *obstacle(const Cpu *c, const Row *row)
{
    const Fpu *p = &c->s.fpu;
    u16 op = row ? row->opcode : 0, first = op >= 0xD800 ? op >> 8 : op;
    bool x87 = first == 0x9B || (first >= 0xD8 && first <= 0xDF);
    if (x87 && !c->fpu_present)
        return "a missing x87 is no part of golden tests";
    if (x87 && (p->ferr || p->ignne || p->protected287))
        return "an x87 error on its way to the interrupt controller is no part of golden tests";
    if (op == 0x0F31 || op == 0x0F33 || ((op == 0x0F30 || op == 0x0F32) && c->s.r[1] > 15))
        return "counters and model-specific registers above 15 are no part of golden tests";
    if (c->s.halted || c->s.shutdown)
        return "the processor is halted";
    return NULL;
}

/* The tests' x87 is always there, in its state after FNINIT. */
static void leave_out_fpu(const Cpu *c, u32 state[G_WORDS])
{
    u32 plain[G_WORDS];
    golden_reset_state(plain);
    if (!c->fpu_present)
        memcpy(state + G_FCW, plain + G_FCW, (G_MSR - G_FCW) * sizeof *plain);
}

/* Where the tests are run, it must be right. A closed gate of A20, a trap on its way and all else
 * that a test cannot say shows here. */
static bool passes(const GoldenTest *t, CpuModel model)
{
    GoldenRig *rig = malloc(sizeof *rig);
    if (!rig || !golden_rig_init(rig, model, CORE_SLOW))
        panic("out of host memory");
    bool ok = golden_run(rig, t) && golden_passed(rig);
    golden_rig_free(rig);
    free(rig);
    return ok;
}

bool golden_record(Cpu *c, const char *name, char *err, size_t errlen)
{
    Recorder *r = calloc(1, sizeof *r);
    if (!r || !init(r, c))
        panic("out of host memory");
    GoldenTest *t = &r->test;
    golden_start(t, NULL);
    snprintf(t->name, sizeof t->name, "recorded at %llu", (unsigned long long)c->clock->now);
    t->first = t->last = c->model;
    golden_save_state(c, t->before);
    const Row *row = fetch(r, c);
    r->trouble = obstacle(c, row);
    if (!r->trouble)
        run(r, row);
    if (!r->trouble)
        note_translation(r);
    golden_save_state(&r->cpu, t->after);
    leave_out_fpu(c, t->before);
    leave_out_fpu(c, t->after);
    leave_out_code(t);
    if (!r->trouble && !passes(t, c->model))
        r->trouble = "it hangs on something that golden tests do not hold";
    if (r->trouble)
        snprintf(err, errlen, "the instruction at %llu (%s) cannot be recorded: %s",
                 (unsigned long long)c->clock->now, t->text, r->trouble);
    bool ok = !r->trouble && save(r, name, err, errlen);
    golden_free(t);
    cpu_free(&r->cpu);
    bus_free(&r->bus);
    free(r);
    return ok;
}
