/* x87_host.h: runs one x87 instruction on the host's own x87 and on ours, from the same state, and compares all of both:
 * control, status and tag words, registers, memory operand, arithmetic flags. Only for x86-64 hosts. */
#ifndef GLASS86_TESTS_X87_HOST_H
#define GLASS86_TESTS_X87_HOST_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "cpu/fpu.h"

/* Image of FNSAVE in 32-bit protected mode. */
typedef struct {
    u16 control, r0, status, r1, tag, r2;
    u32 pointers[4];
    u8 st[8][10];
} Saved;
_Static_assert(sizeof(Saved) == 108, "as FNSAVE stores it");

typedef struct {
    Saved fpu;
    u8 mem[16];
    u32 flags;
} HostState;

typedef struct {
    const char *name;
    u8 opcode, modrm; /* memory forms have mod 0 */
} HostOp;

enum { ARITH_FLAGS = 0x8D5 };

/* ---- the host ------------------------------------------------------------------------------------- */

typedef u64 HostFn(const Saved *in, Saved *out, void *mem, u64 flags);

/* frstor [rdi]; push rcx; popf; OP [rdx]; pushf; pop rax; fnsave [rsi]; ret */
static HostFn *host_compile(u8 *at, const HostOp *op)
{
    bool mem = op->modrm < 0xC0;
    u8 code[] = {0xDD, 0x27, 0x51, 0x9D, op->opcode, (u8)(mem ? (op->modrm & 0x38) | 2 : op->modrm),
                 0x9C, 0x58, 0xDD, 0x36, 0xC3};
    memcpy(at, code, sizeof code);
    HostFn *f;
    memcpy(&f, &at, sizeof f);
    return f;
}

/* The same with an MMX instruction; a third byte is there for the shifts by immediate. */
static HostFn *host_compile_mmx(u8 *at, const HostOp *op, u8 count)
{
    bool mem = op->modrm < 0xC0, shift = op->opcode >= 0x71 && op->opcode <= 0x73, emms = op->opcode == 0x77;
    u8 *p = at;
    static const u8 head[] = {0xDD, 0x27, 0x51, 0x9D}, tail[] = {0x9C, 0x58, 0xDD, 0x36, 0xC3};
    memcpy(p, head, sizeof head);
    p += sizeof head;
    *p++ = 0x0F;
    *p++ = op->opcode;
    if (!emms)
        *p++ = (u8)(mem ? (op->modrm & 0x38) | 2 : op->modrm);
    if (shift)
        *p++ = count;
    memcpy(p, tail, sizeof tail);
    HostFn *f;
    memcpy(&f, &at, sizeof f);
    return f;
}

static void host_run(HostFn *f, HostState *s)
{
    Saved out;
    s->flags = (u32)f(&s->fpu, &out, s->mem, s->flags | 2) & ARITH_FLAGS;
    s->fpu = out;
}

/* ---- ours -------------------------------------------------------------------------------------------- */

enum { OPERAND = 0x8000 };

static struct {
    Bus bus;
    Clock clock;
    Cpu cpu;
    u8 *ram;
} m;

static void guest_start(CpuModel model)
{
    m.clock = (Clock){.ips = 1000000, .deadline = UINT64_MAX};
    m.ram = calloc(1, 1 << 20);
    bus_init(&m.bus);
    bus_map_ram(&m.bus, 0, 1 << 20, m.ram, 0, "ram");
    cpu_init(&m.cpu, &(CpuConfig){.bus = &m.bus, .clock = &m.clock, .model = model, .fpu = true});
    for (int seg = 0; seg < 6; seg++)
        seg_load_real(&m.cpu, seg, 0);
    m.cpu.s.cr0 |= CR0_NE;
    m.cpu.s.r[3] = OPERAND;
    cpu_state_changed(&m.cpu);
}

static void guest_stop(void)
{
    cpu_free(&m.cpu);
    bus_free(&m.bus);
    free(m.ram);
    memset(&m, 0, sizeof m);
}

static void guest_load(const HostState *s)
{
    Fpu *f = &m.cpu.s.fpu;
    f->control = s->fpu.control;
    f->status = s->fpu.status & (u16)~SW_TOP;
    f->top = s->fpu.status >> 11 & 7;
    f->empty = 0;
    for (unsigned n = 0; n < 8; n++) {
        unsigned p = (f->top + n) & 7;
        if ((s->fpu.tag >> (2 * n) & 3) == 3)
            f->empty |= (u8)(1u << n);
        memcpy(&f->man[p], s->fpu.st[n], 8);
        memcpy(&f->exp[p], s->fpu.st[n] + 8, 2);
    }
    memcpy(m.ram + OPERAND, s->mem, sizeof s->mem);
    m.cpu.s.eflags = 2 | s->flags;
}

static void guest_store(HostState *s)
{
    Fpu *f = &m.cpu.s.fpu;
    s->fpu.control = f->control;
    s->fpu.status = fpu_status_word(&m.cpu);
    s->fpu.tag = fpu_tag_word(&m.cpu);
    for (unsigned n = 0; n < 8; n++) {
        unsigned p = (f->top + n) & 7;
        memcpy(s->fpu.st[n], &f->man[p], 8);
        memcpy(s->fpu.st[n] + 8, &f->exp[p], 2);
    }
    memcpy(s->mem, m.ram + OPERAND, sizeof s->mem);
    s->flags = m.cpu.s.eflags & ARITH_FLAGS;
}

/* op lies at `at`. */
static void guest_run(u32 at, HostState *s)
{
    guest_load(s);
    m.cpu.s.eip = at;
    cpu_run(&m.cpu, m.clock.now + 1);
    guest_store(s);
}

static void guest_compile(u32 at, const HostOp *op)
{
    m.ram[at] = op->opcode;
    m.ram[at + 1] = op->modrm < 0xC0 ? (op->modrm & 0x38) | 7 : op->modrm; /* [bx] */
    m.ram[at + 2] = 0xF4;
}

static void guest_compile_mmx(u32 at, const HostOp *op, u8 count)
{
    u8 *p = m.ram + at;
    *p++ = 0x0F;
    *p++ = op->opcode;
    if (op->opcode != 0x77)
        *p++ = op->modrm < 0xC0 ? (op->modrm & 0x38) | 7 : op->modrm;
    if (op->opcode >= 0x71 && op->opcode <= 0x73)
        *p++ = count;
    *p = 0xF4;
}

/* ---- operands ------------------------------------------------------------------------------------------- */

static u64 rng_state = 88172645463325252ull;

static u64 rnd(void)
{
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return rng_state * 0x2545F4914F6CDD1Dull;
}

static u64 pattern(void)
{
    static const u64 edge[] = {0, 1, 2, 3, 0x7FF, 0x400, 0x401, 0x3FF, 0xFF00000000, 0x8000000000, 0x7FFFFFFFFF,
                               1ull << 63, 1ull << 62, 3ull << 62, ~0ull, ~0ull << 11, ~0ull << 40, ~0ull >> 1,
                               0xFFFFFFFFFFFFFBFF, 0xFFFFFFFFFFFFFC00, 0xFFFFFF7FFFFFFFFF, 0xFFFFFF8000000000};
    u64 r = rnd();
    switch (r & 7) {
    case 0: return edge[(r >> 8) % ARRAY_LEN(edge)];
    case 1: return edge[(r >> 8) % ARRAY_LEN(edge)] | edge[(r >> 16) % ARRAY_LEN(edge)];
    case 2: return rnd() << (r >> 8 & 63);
    case 3: return ~0ull << (r >> 8 & 63);
    case 4: return rnd() >> (r >> 8 & 63);
    }
    return rnd();
}

static u16 exponent(void)
{
    static const u16 edge[] = {0, 1, 2, 0x3F, 0x40, 0x3FFE, 0x3FFF, 0x4000, 0x7FFE, 0x7FFF, 0x7FFD, 0x3F80, 0x3F81, 0x3F6A,
                               0x3F69, 0x407E, 0x407F, 0x3C01, 0x3C00, 0x3BCD, 0x3BCC, 0x43FE, 0x43FF, 0x403D, 0x403E,
                               0x403F, 0x401D, 0x401E, 0x400D, 0x400E, 0x3A00, 0x1FFF, 0x2000, 0x5FFF, 0x6000};
    u64 r = rnd();
    u16 e;
    switch (r >> 16 & 3) {
    case 0: e = edge[(r >> 20) % ARRAY_LEN(edge)]; break;
    case 1: e = (u16)(0x3FFF - 80 + (r >> 20) % 160); break;
    case 2: e = (u16)(0x3FFF - 4 + (r >> 20) % 8); break;
    default: e = r >> 20 & 0x7FFF;
    }
    return (u16)(e | (r & 0x8000));
}

static void random_f80(u8 *p)
{
    u64 man = pattern();
    u16 exp = exponent();
    if (exp & 0x7FFF && rnd() % 32)
        man |= 1ull << 63;
    memcpy(p, &man, 8);
    memcpy(p + 8, &exp, 2);
}

/* The same neighbourhood as *q, so that sums cancel and quotients end. */
static void near_f80(u8 *p, const u8 *q)
{
    u64 man;
    u16 exp;
    memcpy(&man, q, 8);
    memcpy(&exp, q + 8, 2);
    man ^= pattern() >> (rnd() & 63);
    exp = (u16)(exp ^ (rnd() & 0x8000));
    exp = (u16)((exp & 0x8000) | (((exp & 0x7FFF) + rnd() % 5 - 2) & 0x7FFF));
    memcpy(p, &man, 8);
    memcpy(p + 8, &exp, 2);
}

static void random_mem(u8 *p)
{
    u64 r = rnd(), v = pattern();
    switch (r & 7) {
    case 0: random_f80(p); return;
    case 1: /* float */
        v = (v & 0x807FFFFF) | (u64)((r >> 8) % 3 ? r >> 16 & 0xFF : (r >> 16 & 1) * 0xFF) << 23;
        break;
    case 2: /* double */
        v = (v & 0x800FFFFFFFFFFFFF) | (u64)((r >> 8) % 3 ? r >> 16 & 0x7FF : (r >> 16 & 1) * 0x7FF) << 52;
        break;
    case 3: /* decimal */
        for (int k = 0; k < 10; k++) {
            u64 d = rnd();
            p[k] = (u8)(d % 10 | (d >> 8) % 10 << 4);
        }
        return;
    }
    memcpy(p, &v, 8);
    memcpy(p + 8, &r, 8);
}

/* A state with no error pending. Mostly everything but ST(7) is full, so that pushes work. */
static void random_state(HostState *s)
{
    memset(s, 0, sizeof *s);
    u64 r = rnd();
    u16 masked = r & 3 ? 0x3F : r >> 2 & 0x3F;
    static const u16 precision[4] = {0x300, 0x300, 0x200, 0};
    s->fpu.control = (u16)(0x40 | masked | (r >> 8 & 0xC00) | precision[r >> 20 & 3]);
    s->fpu.status = (u16)(r >> 24 & 0x7F00) | (r >> 22 & 3 ? 0 : r >> 32 & masked);
    unsigned top = s->fpu.status >> 11 & 7;
    s->fpu.tag = (u16)(r >> 40 & 7 ? 3u << (2 * ((top - 1) & 7)) : rnd() & rnd());
    for (int n = 0; n < 8; n++) {
        random_f80(s->fpu.st[n]);
        if (n && !(rnd() & 3))
            near_f80(s->fpu.st[n], s->fpu.st[0]);
    }
    random_mem(s->mem);
    s->flags = (u32)rnd() & ARITH_FLAGS;
}

#endif
