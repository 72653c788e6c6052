/* x87_host.h: runs one x87 instruction on the host's own x87 and on ours, from the same state, and
 * compares all of both: control, status and tag words, registers, memory operand, arithmetic
 * flags. Only for x86-64 hosts. */
#ifndef GLASS86_TESTS_X87_HOST_H
#define GLASS86_TESTS_X87_HOST_H

#include <stdio.h>
#include <stdlib.h>

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

/* ---- the instructions ------------------------------------------------------------------------ */

static const HostOp ops[] = {
#define MEM8(n, op)                                                                                \
    {n " /0", op, 0x00}, {n " /1", op, 0x08}, {n " /2", op, 0x10}, {n " /3", op, 0x18},            \
        {n " /4", op, 0x20}, {n " /5", op, 0x28}, {n " /6", op, 0x30},                             \
    {                                                                                              \
        n " /7", op, 0x38                                                                          \
    }
    MEM8("arith m32", 0xD8),      MEM8("arith i32", 0xDA),       MEM8("arith m64", 0xDC),
    MEM8("arith i16", 0xDE),      {"fld m32", 0xD9, 0x00},       {"fst m32", 0xD9, 0x10},
    {"fstp m32", 0xD9, 0x18},     {"fild i32", 0xDB, 0x00},      {"fist i32", 0xDB, 0x10},
    {"fistp i32", 0xDB, 0x18},    {"fld m80", 0xDB, 0x28},       {"fstp m80", 0xDB, 0x38},
    {"fld m64", 0xDD, 0x00},      {"fst m64", 0xDD, 0x10},       {"fstp m64", 0xDD, 0x18},
    {"fild i16", 0xDF, 0x00},     {"fist i16", 0xDF, 0x10},      {"fistp i16", 0xDF, 0x18},
    {"fbld", 0xDF, 0x20},         {"fild i64", 0xDF, 0x28},      {"fbstp", 0xDF, 0x30},
    {"fistp i64", 0xDF, 0x38},    {"fnstcw", 0xD9, 0x38},        {"fnstsw", 0xDD, 0x38},
    {"fldcw", 0xD9, 0x28},
#define REG3(n, op, m)                                                                             \
    {n " st0", op, m}, {n " st1", op, m + 1},                                                      \
    {                                                                                              \
        n " st7", op, m + 7                                                                        \
    }
    REG3("fadd st,", 0xD8, 0xC0), REG3("fmul st,", 0xD8, 0xC8),  REG3("fcom", 0xD8, 0xD0),
    REG3("fcomp", 0xD8, 0xD8),    REG3("fsub st,", 0xD8, 0xE0),  REG3("fsubr st,", 0xD8, 0xE8),
    REG3("fdiv st,", 0xD8, 0xF0), REG3("fdivr st,", 0xD8, 0xF8), REG3("fld", 0xD9, 0xC0),
    REG3("fxch", 0xD9, 0xC8),     {"fnop", 0xD9, 0xD0},          {"fchs", 0xD9, 0xE0},
    {"fabs", 0xD9, 0xE1},         {"ftst", 0xD9, 0xE4},          {"fxam", 0xD9, 0xE5},
    {"fld1", 0xD9, 0xE8},         {"fldl2t", 0xD9, 0xE9},        {"fldl2e", 0xD9, 0xEA},
    {"fldpi", 0xD9, 0xEB},        {"fldlg2", 0xD9, 0xEC},        {"fldln2", 0xD9, 0xED},
    {"fldz", 0xD9, 0xEE},         {"fxtract", 0xD9, 0xF4},       {"fprem1", 0xD9, 0xF5},
    {"fdecstp", 0xD9, 0xF6},      {"fincstp", 0xD9, 0xF7},       {"fprem", 0xD9, 0xF8},
    {"fsqrt", 0xD9, 0xFA},        {"frndint", 0xD9, 0xFC},       {"fscale", 0xD9, 0xFD},
    REG3("fcmovb", 0xDA, 0xC0),   REG3("fcmove", 0xDA, 0xC8),    REG3("fcmovbe", 0xDA, 0xD0),
    REG3("fcmovu", 0xDA, 0xD8),   {"fucompp", 0xDA, 0xE9},       REG3("fcmovnb", 0xDB, 0xC0),
    REG3("fcmovne", 0xDB, 0xC8),  REG3("fcmovnbe", 0xDB, 0xD0),  REG3("fcmovnu", 0xDB, 0xD8),
    {"fnclex", 0xDB, 0xE2},       {"fninit", 0xDB, 0xE3},        REG3("fucomi", 0xDB, 0xE8),
    REG3("fcomi", 0xDB, 0xF0),    REG3("fadd to", 0xDC, 0xC0),   REG3("fmul to", 0xDC, 0xC8),
    REG3("fsubr to", 0xDC, 0xE0), REG3("fsub to", 0xDC, 0xE8),   REG3("fdivr to", 0xDC, 0xF0),
    REG3("fdiv to", 0xDC, 0xF8),  REG3("ffree", 0xDD, 0xC0),     REG3("fst", 0xDD, 0xD0),
    REG3("fstp", 0xDD, 0xD8),     REG3("fucom", 0xDD, 0xE0),     REG3("fucomp", 0xDD, 0xE8),
    REG3("faddp", 0xDE, 0xC0),    REG3("fmulp", 0xDE, 0xC8),     {"fcompp", 0xDE, 0xD9},
    REG3("fsubrp", 0xDE, 0xE0),   REG3("fsubp", 0xDE, 0xE8),     REG3("fdivrp", 0xDE, 0xF0),
    REG3("fdivp", 0xDE, 0xF8),    REG3("ffreep", 0xDF, 0xC0),    REG3("fucomip", 0xDF, 0xE8),
    REG3("fcomip", 0xDF, 0xF0),
};

/* MMX, 0F and this opcode; shifts by immediate have a count of their own, mmx_count(). */
static const HostOp mmx_ops[] = {
    {"punpcklbw", 0x60, 0x08}, {"punpcklbw reg", 0x60, 0xCA},
    {"punpcklwd", 0x61, 0x08}, {"punpcklwd reg", 0x61, 0xCA},
    {"punpckldq", 0x62, 0x08}, {"punpckldq reg", 0x62, 0xCA},
    {"packsswb", 0x63, 0x08},  {"packsswb reg", 0x63, 0xCA},
    {"pcmpgtb", 0x64, 0x08},   {"pcmpgtb reg", 0x64, 0xCA},
    {"pcmpgtw", 0x65, 0x08},   {"pcmpgtw reg", 0x65, 0xCA},
    {"pcmpgtd", 0x66, 0x08},   {"pcmpgtd reg", 0x66, 0xCA},
    {"packuswb", 0x67, 0x08},  {"packuswb reg", 0x67, 0xCA},
    {"punpckhbw", 0x68, 0x08}, {"punpckhbw reg", 0x68, 0xCA},
    {"punpckhwd", 0x69, 0x08}, {"punpckhwd reg", 0x69, 0xCA},
    {"punpckhdq", 0x6A, 0x08}, {"punpckhdq reg", 0x6A, 0xCA},
    {"packssdw", 0x6B, 0x08},  {"packssdw reg", 0x6B, 0xCA},
    {"movd", 0x6E, 0x08},      {"movq", 0x6F, 0x08},
    {"movq reg", 0x6F, 0xCA},  {"movd to", 0x7E, 0x08},
    {"movq to", 0x7F, 0x08},   {"movq to reg", 0x7F, 0xCA},
    {"pcmpeqb", 0x74, 0x08},   {"pcmpeqb reg", 0x74, 0xCA},
    {"pcmpeqw", 0x75, 0x08},   {"pcmpeqw reg", 0x75, 0xCA},
    {"pcmpeqd", 0x76, 0x08},   {"pcmpeqd reg", 0x76, 0xCA},
    {"psrlw", 0xD1, 0x08},     {"psrlw reg", 0xD1, 0xCA},
    {"psrld", 0xD2, 0x08},     {"psrld reg", 0xD2, 0xCA},
    {"psrlq", 0xD3, 0x08},     {"psrlq reg", 0xD3, 0xCA},
    {"pmullw", 0xD5, 0x08},    {"pmullw reg", 0xD5, 0xCA},
    {"psubusb", 0xD8, 0x08},   {"psubusb reg", 0xD8, 0xCA},
    {"psubusw", 0xD9, 0x08},   {"psubusw reg", 0xD9, 0xCA},
    {"pand", 0xDB, 0x08},      {"pand reg", 0xDB, 0xCA},
    {"paddusb", 0xDC, 0x08},   {"paddusb reg", 0xDC, 0xCA},
    {"paddusw", 0xDD, 0x08},   {"paddusw reg", 0xDD, 0xCA},
    {"pandn", 0xDF, 0x08},     {"pandn reg", 0xDF, 0xCA},
    {"psraw", 0xE1, 0x08},     {"psraw reg", 0xE1, 0xCA},
    {"psrad", 0xE2, 0x08},     {"psrad reg", 0xE2, 0xCA},
    {"pmulhw", 0xE5, 0x08},    {"pmulhw reg", 0xE5, 0xCA},
    {"psubsb", 0xE8, 0x08},    {"psubsb reg", 0xE8, 0xCA},
    {"psubsw", 0xE9, 0x08},    {"psubsw reg", 0xE9, 0xCA},
    {"por", 0xEB, 0x08},       {"por reg", 0xEB, 0xCA},
    {"paddsb", 0xEC, 0x08},    {"paddsb reg", 0xEC, 0xCA},
    {"paddsw", 0xED, 0x08},    {"paddsw reg", 0xED, 0xCA},
    {"pxor", 0xEF, 0x08},      {"pxor reg", 0xEF, 0xCA},
    {"psllw", 0xF1, 0x08},     {"psllw reg", 0xF1, 0xCA},
    {"pslld", 0xF2, 0x08},     {"pslld reg", 0xF2, 0xCA},
    {"psllq", 0xF3, 0x08},     {"psllq reg", 0xF3, 0xCA},
    {"pmaddwd", 0xF5, 0x08},   {"pmaddwd reg", 0xF5, 0xCA},
    {"psubb", 0xF8, 0x08},     {"psubb reg", 0xF8, 0xCA},
    {"psubw", 0xF9, 0x08},     {"psubw reg", 0xF9, 0xCA},
    {"psubd", 0xFA, 0x08},     {"psubd reg", 0xFA, 0xCA},
    {"paddb", 0xFC, 0x08},     {"paddb reg", 0xFC, 0xCA},
    {"paddw", 0xFD, 0x08},     {"paddw reg", 0xFD, 0xCA},
    {"paddd", 0xFE, 0x08},     {"paddd reg", 0xFE, 0xCA},
    {"psrlw imm", 0x71, 0xD1}, {"psraw imm", 0x71, 0xE1},
    {"psllw imm", 0x71, 0xF1}, {"psrld imm", 0x72, 0xD1},
    {"psrad imm", 0x72, 0xE1}, {"pslld imm", 0x72, 0xF1},
    {"psrlq imm", 0x73, 0xD1}, {"psllq imm", 0x73, 0xF1},
    {"emms", 0x77, 0},
};

/* Transcendental functions: no two processors agree on the last bit. */
static const HostOp trans_ops[] = {
    {"f2xm1", 0xD9, 0xF0},   {"fyl2x", 0xD9, 0xF1},   {"fptan", 0xD9, 0xF2}, {"fpatan", 0xD9, 0xF3},
    {"fyl2xp1", 0xD9, 0xF9}, {"fsincos", 0xD9, 0xFB}, {"fsin", 0xD9, 0xFE},  {"fcos", 0xD9, 0xFF},
};

static inline u8 mmx_count(unsigned k)
{
    return (u8)(7 * k % 37);
}

/* What the host does differently from Intel's manuals: an AMD processor leaves C1 alone in FCOMI
 * and FUCOMI. */
static u16 ignored_status(const HostOp *op)
{
    bool fcomi = (op->opcode & 0xFB) == 0xDB && op->modrm >= 0xE8 && op->modrm < 0xF8;
    return fcomi ? SW_C1 : 0;
}

enum { ARITH_FLAGS = 0x8D5 };

#ifdef __x86_64__
/* ---- the host -------------------------------------------------------------------------------- */

typedef u64 HostFn(const Saved *in, Saved *out, void *mem, u64 flags);

/* frstor [rdi]; push rcx; popf; OP [rdx]; pushf; pop rax; fnsave [rsi]; ret */
static inline HostFn *host_compile(u8 *at, const HostOp *op)
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
static inline HostFn *host_compile_mmx(u8 *at, const HostOp *op, u8 count)
{
    bool mem = op->modrm < 0xC0, shift = op->opcode >= 0x71 && op->opcode <= 0x73,
         emms = op->opcode == 0x77;
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

static inline void host_run(HostFn *f, HostState *s)
{
    Saved out;
    s->flags = (u32)f(&s->fpu, &out, s->mem, s->flags | 2) & ARITH_FLAGS;
    s->fpu = out;
}

#endif

/* ---- ours ------------------------------------------------------------------------------------ */

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
    fpu_changed(&m.cpu);
}

static inline void guest_store(HostState *s)
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

/* op lies at `at`, a HLT behind it. With one tick to run it goes through the slow core, with more
 * through the fast one. */
static inline void guest_run(u32 at, HostState *s, bool fast)
{
    guest_load(s);
    m.cpu.s.eip = at;
    cpu_run(&m.cpu, m.clock.now + (fast ? 100 : 1));
    m.cpu.s.halted = 0;
    guest_store(s);
}

static inline void guest_compile(u32 at, const HostOp *op)
{
    m.ram[at] = op->opcode;
    m.ram[at + 1] = op->modrm < 0xC0 ? (op->modrm & 0x38) | 7 : op->modrm; /* [bx] */
    m.ram[at + 2] = 0xF4;
}

static inline void guest_compile_mmx(u32 at, const HostOp *op, u8 count)
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

/* ---- operands -------------------------------------------------------------------------------- */

#define RNG_SEED 88172645463325252ull
static u64 rng_state = RNG_SEED;

static u64 rnd(void)
{
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return rng_state * 0x2545F4914F6CDD1Dull;
}

static u64 pattern(void)
{
    static const u64 edge[] = {0,
                               1,
                               2,
                               3,
                               0x7FF,
                               0x400,
                               0x401,
                               0x3FF,
                               0xFF00000000,
                               0x8000000000,
                               0x7FFFFFFFFF,
                               1ull << 63,
                               1ull << 62,
                               3ull << 62,
                               ~0ull,
                               ~0ull << 11,
                               ~0ull << 40,
                               ~0ull >> 1,
                               0xFFFFFFFFFFFFFBFF,
                               0xFFFFFFFFFFFFFC00,
                               0xFFFFFF7FFFFFFFFF,
                               0xFFFFFF8000000000};
    u64 r = rnd();
    switch (r & 7) {
    case 0:
        return edge[(r >> 8) % ARRAY_LEN(edge)];
    case 1:
        return edge[(r >> 8) % ARRAY_LEN(edge)] | edge[(r >> 16) % ARRAY_LEN(edge)];
    case 2:
        return rnd() << (r >> 8 & 63);
    case 3:
        return ~0ull << (r >> 8 & 63);
    case 4:
        return rnd() >> (r >> 8 & 63);
    }
    return rnd();
}

static u16 exponent(void)
{
    static const u16 edge[] = {0,      1,      2,      0x3F,   0x40,   0x3FFE, 0x3FFF,
                               0x4000, 0x7FFE, 0x7FFF, 0x7FFD, 0x3F80, 0x3F81, 0x3F6A,
                               0x3F69, 0x407E, 0x407F, 0x3C01, 0x3C00, 0x3BCD, 0x3BCC,
                               0x43FE, 0x43FF, 0x403D, 0x403E, 0x403F, 0x401D, 0x401E,
                               0x400D, 0x400E, 0x3A00, 0x1FFF, 0x2000, 0x5FFF, 0x6000};
    u64 r = rnd();
    u16 e;
    switch (r >> 16 & 3) {
    case 0:
        e = edge[(r >> 20) % ARRAY_LEN(edge)];
        break;
    case 1:
        e = (u16)(0x3FFF - 80 + (r >> 20) % 160);
        break;
    case 2:
        e = (u16)(0x3FFF - 4 + (r >> 20) % 8);
        break;
    default:
        e = r >> 20 & 0x7FFF;
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
    u64 shift = rnd() & 63; /* by itself: the stream must not depend on the compiler */
    man ^= pattern() >> shift;
    exp = (u16)(exp ^ (rnd() & 0x8000));
    exp = (u16)((exp & 0x8000) | (((exp & 0x7FFF) + rnd() % 5 - 2) & 0x7FFF));
    memcpy(p, &man, 8);
    memcpy(p + 8, &exp, 2);
}

static void random_mem(u8 *p)
{
    u64 r = rnd(), v = pattern();
    switch (r & 7) {
    case 0:
        random_f80(p);
        return;
    case 1: /* float */
        v = (v & 0x807FFFFF) | (u64)((r >> 8) % 3 ? r >> 16 & 0xFF : (r >> 16 & 1) * 0xFF) << 23;
        break;
    case 2: /* double */
        v = (v & 0x800FFFFFFFFFFFFF) | (u64)((r >> 8) % 3 ? r >> 16 & 0x7FF : (r >> 16 & 1) * 0x7FF)
                                           << 52;
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
