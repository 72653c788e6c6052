/* stream.c: random programs of 10 to 50 instructions, run on the host's processor and on ours,
 * registers, flags, exceptions and memory compared: with jumps ahead, loops, page faults, and code
 * that changes itself. What differs is reduced to what is needed and printed as a golden test.
 *
 *   silicon [-n INSTRUCTIONS] [-seed SEED] [-core fast|trampoline|slow] [-o FILE]
 *
 * Flags that the manuals leave undefined are followed through the program, so that nothing ever
 * looks at one; the other differences between processors that a program is kept away from are
 * listed in docs/silicon.md. */
#include <stdlib.h>
#include <time.h>

#include "tests/silicon/gen.h"
#include "tests/silicon/host.h"

enum { MAX_STEPS = 256, FAILURES = 20 };

/* One instruction of the program. */
typedef struct {
    u16 off, row;
    u8 len;
    bool head;     /* of a loop: reached from its end, too */
    u32 undefined; /* flags that are undefined before it */
} Step;

typedef struct {
    u16 at; /* of the displacement */
    u8 size;
    int steps; /* instructions still to skip */
} Fixup;

/* An instruction that another one changes: which of its bytes, and to what. */
typedef struct {
    u32 eip;
    u8 value;
} Victim;

static struct {
    Gen g;
    GoldenSetup setup[2][2][2]; /* paged, code, stack */
    GoldenTest test;
    DecodeTable decoder;
    Step step[MAX_STEPS];
    int steps;
    Fixup fixup[8];
    int fixups;
    u32 undefined;
    u8 insn[64]; /* the instruction under construction */
    int ecx_loads;
    u32 loaded;  /* registers that it loads first */
    int counter; /* register that counts the loop we are in, or -1 */
    int loops, changes;
    bool has_ac;
    u16 *candidate; /* rows */
    int candidates;
} w;

static GoldenRig rig[3];

/* ---- writing programs ------------------------------------------------------------------------ */

static void step_begin(int row)
{
    if (w.steps < MAX_STEPS)
        w.step[w.steps++] =
            (Step){.off = (u16)w.test.code_len, .row = (u16)row, .undefined = w.undefined};
}

static void append(const u8 *p, u32 n)
{
    memcpy(w.test.code + w.test.code_len, p, n);
    w.test.code_len += n;
    if (w.steps)
        w.step[w.steps - 1].len = (u8)(w.test.code_len - w.step[w.steps - 1].off);
}

static int row_of(u16 opcode)
{
    int n = 0;
    while (x86_rows[n].opcode != opcode || x86_rows[n].until < CPU_686)
        n++;
    return n;
}

/* An instruction by its bytes; `wide` wants a 32-bit operand. */
static void plain(u8 opcode, u32 imm, int size, bool wide)
{
    u8 b[8];
    u32 n = 0;
    step_begin(row_of(opcode));
    if (wide != w.g.code32)
        b[n++] = 0x66;
    b[n++] = opcode;
    store_le(b + n, 4, imm);
    append(b, n + (u32)size);
}

static void set_reg(void *ctx, int r, u32 v)
{
    w.ecx_loads += r == 1;
    w.loaded |= 1u << r;
    if (r == 4 && w.g.tame)
        return;
    plain((u8)(0xB8 + r), v, 4, true);
}

static void set_mem(void *ctx, u32 la, const u8 *p, u32 n)
{
    for (u32 k = 0; k < n && w.test.mem.count < 400; k++)
        if (la + k >= HOST_DATA && la + k < HOST_END)
            golden_put(&w.test.mem, la + k, p[k]);
}

/* Every flag gets a defined value. */
static void define_flags(void)
{
    plain(0x3D, gen_edge(&w.g), 4, true);
    if (!w.fixups)
        w.undefined = 0;
}

/* Does the row write its flags whatever its operands are? */
static bool surely_writes(const Row *r)
{
    if (r->opcode == 0xC0 || r->opcode == 0xC1 || r->opcode == 0xD2 || r->opcode == 0xD3)
        return false;
    return !(r->attr & ROW_REPC) && (r->opcode & 0xFFF0) != 0x0FA0 && r->opcode != 0x63 &&
           r->opcode >> 8 != 0x0F;
}

static void note_flags(const Row *r)
{
    if (surely_writes(r) && !w.fixups)
        w.undefined &= ~(u32)r->written;
    w.undefined |= gen_undefined(r, true);
}

/* An instruction has ended: jumps that land here are told so. */
static void settle(void)
{
    int kept = 0;
    for (int n = 0; n < w.fixups; n++) {
        Fixup *f = &w.fixup[n];
        if (f->steps-- > 0) {
            w.fixup[kept++] = *f;
            continue;
        }
        store_le(w.test.code + f->at, f->size, w.test.code_len - f->at - f->size);
    }
    w.fixups = kept;
}

static void jump_over(u8 size)
{
    w.fixup[w.fixups++] = (Fixup){(u16)(w.test.code_len - size), size, (int)gen_below(&w.g, 3)};
}

static void conditional_jump(void)
{
    u32 cc = gen_below(&w.g, 16);
    int row = row_of((u16)(0x70 + cc));
    if (gen_flags_read(&x86_rows[row]) & w.undefined)
        define_flags();
    if (w.undefined & gen_flags_read(&x86_rows[row]))
        return;
    if (gen_one_in(&w.g, 2)) {
        plain((u8)(0x70 + cc), 0, 1, w.g.code32);
        jump_over(1);
        return;
    }
    step_begin(row_of((u16)(0x0F80 + cc)));
    u8 b[6] = {0x0F, (u8)(0x80 + cc)};
    u8 size = w.g.code32 ? 4 : 2;
    append(b, 2u + size);
    jump_over(size);
}

static void other_jump(void)
{
    static const u8 op[] = {0xE2, 0xE3, 0xEB, 0xE9, 0xE8};
    u8 o = op[gen_below(&w.g, sizeof op)], size = o < 0xE8 || o == 0xEB ? 1 : w.g.code32 ? 4 : 2;
    plain(o, 0, size, w.g.code32);
    jump_over(size);
}

static u32 eip_now(void)
{
    return w.test.before[G_EIP] + w.test.code_len;
}

/* RET, RETF, IRET and far JMP to the next instruction, which may be in the other code segment. */
static void transfer(void)
{
    bool op32 = gen_one_in(&w.g, 2), to32 = gen_one_in(&w.g, 2);
    u32 kind = gen_below(&w.g, 4), p = op32 != w.g.code32, word = op32 ? 4 : 2;
    u32 push = p + 1 + word; /* length of a PUSH of an immediate */
    u16 cs = to32 ? SEL_CODE32 : SEL_CODE16;
    if (w.fixups || w.undefined) /* a jump must not land in a segment of the other size */
        return;
    switch (kind) {
    case 0:
        plain(0x68, eip_now() + push + p + 1, (int)word, op32);
        plain(0xC3, 0, 0, op32);
        return;
    case 1:
        plain(0x68, cs, (int)word, op32);
        plain(0x68, eip_now() + push + p + 1, (int)word, op32);
        plain(0xCB, 0, 0, op32);
        break;
    case 2: {
        u32 f =
            (gen_random(&w.g) & (OSZAPC | DF | IOPL)) | IF | 2 | (gen_one_in(&w.g, 40) ? TF : 0);
        plain(0x68, f, (int)word, op32);
        plain(0x68, cs, (int)word, op32);
        plain(0x68, eip_now() + push + p + 1, (int)word, op32);
        plain(0xCF, 0, 0, op32);
        break;
    }
    default: {
        u8 b[8];
        u32 n = 0;
        step_begin(row_of(0xEA));
        if (p)
            b[n++] = 0x66;
        b[n++] = 0xEA;
        store_le(b + n, 4, eip_now() + n + word + 2);
        store_le(b + n + word, 2, cs);
        append(b, n + word + 2);
    }
    }
    w.g.code32 = to32;
}

static void pop_flags(void)
{
    bool op32 = gen_one_in(&w.g, 2);
    u32 f = (gen_random(&w.g) & (OSZAPC | DF | IOPL | IF | ID)) | 2;
    if (gen_one_in(&w.g, 40))
        f |= TF;
    plain(0x68, f, op32 ? 4 : 2, op32);
    plain(0x9D, 0, 0, op32);
    if (!w.fixups)
        w.undefined = 0;
}

/* Rows that random_insn() takes. */
static bool candidate(const Row *r)
{
    u16 op = r->opcode;
    if (!gen_row_runs(r) || gen_ends_block(r) || op == 0x9D)
        return false;
    if (r->operand[0] >= O_ES && r->operand[0] <= O_GS && strcmp(r->name, "pop") == 0)
        return false;
    return true;
}

/* Rows that mostly end a program. */
static bool ends_soon(const Row *r)
{
    u16 op = r->opcode;
    return (op >= 0x6C && op <= 0x6F) || (op >= 0xE4 && op <= 0xEF) || op == 0xFA || op == 0xFB ||
           op == 0x0F0B || op == 0x0FB9 ||
           (op >= 0x0F00 && op <= 0x0F01 && (op == 0x0F01 || r->ext < 4)) ||
           (op >= 0x0F06 && op <= 0x0F09) || (op >= 0x0F20 && op <= 0x0F32) || op == 0x62 ||
           op == 0xC8 || op == 0xC9 || op == 0x8E || (op >= 0xC4 && op <= 0xC5) || op == 0x0FB2 ||
           op == 0x0FB4 || op == 0x0FB5 || op == 0x61 || op == 0xD4;
}

/* Does it write this register through an operand? PUSH and POP may move the stack pointer. */
static bool writes_reg(const u8 *p, u32 n, bool code32, u8 reg)
{
    Insn i;
    u8 bytes[16] = {0};
    memcpy(bytes, p, n < 15 ? n : 15);
    decode(&w.decoder, bytes, 15, code32, &i);
    const Row *r = &x86_rows[i.row];
    bool rm = r->operand[0] >= O_Eb && r->operand[0] <= O_Ex;
    bool byte = reg != REG_ESP && i.dst == reg + 1;
    if (reg == REG_ESP && r->operand[0] == O_Zv && r->opcode >= 0x50 && r->opcode < 0x58)
        return false;
    if (!strcmp(r->name, "cmp") || !strcmp(r->name, "test") || !strcmp(r->name, "push"))
        return false;
    if ((i.dst == reg || byte) && !(rm && i.flags & INSN_MEM) && r->operand[0] != O_AL &&
        (r->operand[0] == O_Gv || r->operand[0] == O_Zv || rm || byte))
        return true;
    bool swaps = !strcmp(r->name, "xchg") || !strcmp(r->name, "xadd");
    return swaps && (i.src == reg || (reg != REG_ESP && i.src == reg + 1));
}

/* Would it make the loop run for ever? */
static bool harms_loop(const Row *r, const u8 *p, u32 n, bool code32)
{
    static const u8 offset[8] = {REG_EAX, REG_ECX, REG_EDX, REG_EBX,
                                 REG_ESP, REG_EBP, REG_ESI, REG_EDI};
    if (w.counter < 0)
        return false;
    return w.loaded >> w.counter & 1 || r->opcode == 0x61 || r->opcode == 0xC8 ||
           r->opcode == 0xC9 || writes_reg(p, n, code32, offset[w.counter]);
}

static void random_insn(void)
{
    Gen *g = &w.g;
    int row = w.candidate[gen_below(g, (u32)w.candidates)];
    const Row *r = &x86_rows[row];
    if (ends_soon(r) && !gen_one_in(g, 12))
        return;
    if (w.has_ac && r->opcode == 0xC8)
        return;
    if (gen_flags_read(r) & w.undefined) {
        define_flags();
        if (gen_flags_read(r) & w.undefined)
            return;
    }
    bool rm = gen_row_has_rm(r), mem = gen_row_memory_only(r) || (rm && gen_one_in(g, 2));
    bool op32 = gen_one_in(g, 4) ? !g->code32 : g->code32,
         ad32 = gen_one_in(g, 4) ? !g->code32 : g->code32;
    if (!op32 && r->opcode >= 0x0FC8 && r->opcode <= 0x0FCF)
        op32 = true;
    if (r->operand[0] >= O_ES && r->operand[0] <= O_GS)
        op32 = false; /* the host moves all four bytes, which of our models the Pentium does */
    u32 len = w.test.code_len;
    int steps = w.steps;
    u32 undefined = w.undefined;
    bool code32 = g->code32;
    g->tame = !gen_one_in(g, 16);
    g->len = 0;
    g->code = w.insn;
    g->known = false;
    w.ecx_loads = 0;
    w.loaded = 0;
    gen_insn(g, row, op32, ad32, mem);
    bool shld_cl = (r->opcode == 0x0FA5 || r->opcode == 0x0FAD) && !op32; /* U2 */
    bool rep_io = r->opcode >= 0x6C && r->opcode <= 0x6F;                 /* A2 */
    if ((shld_cl && w.ecx_loads > 2) || rep_io || harms_loop(r, w.insn, g->len, code32) ||
        (g->tame && writes_reg(w.insn, g->len, code32, REG_ESP))) {
        w.test.code_len = len;
        w.steps = steps;
        w.undefined = undefined;
        return;
    }
    step_begin(row);
    append(w.insn, g->len);
    note_flags(r);
}

/* ---- loops, and code that changes itself ----------------------------------------------------- */

/* Bytes of an instruction that is in no table of ours by its opcode alone. */
static void raw(int row, const u8 *p, u32 n)
{
    step_begin(row);
    append(p, n);
    note_flags(&x86_rows[row]);
}

/* An instruction that is good for being changed: INC or DEC of a register, which may become another
 * one, or a load whose value changes. Flags are the same either way. */
static Victim victim(void)
{
    Gen *g = &w.g;
    u32 at = eip_now();
    bool load = gen_one_in(g, 2);
    u8 r = (u8)gen_below(g, 8), other = (u8)(gen_below(g, 16));
    if (r == 4 || r == w.counter)
        r = 0;
    if ((other & 7) == 4 || (other & 7) == w.counter)
        other = 8; /* DEC EAX */
    if (load) {
        u32 len = w.test.code_len;
        plain((u8)(0xB8 + r), gen_edge(g), 4, true);
        u32 size = w.test.code_len - len;
        return (Victim){at + size - 4 + gen_below(g, 4), (u8)gen_random(g)};
    }
    bool wide = gen_one_in(g, 2);
    plain((u8)(0x40 + r + (gen_one_in(g, 2) ? 8 : 0)), 0, 0, wide);
    note_flags(&x86_rows[row_of(0x40)]);
    return (Victim){at + (wide != g->code32), (u8)(0x40 + other)};
}

/* GS = the code as data; MOV byte [GS:...],value. Returns where its displacement is. */
static u32 store_into_code(Victim v)
{
    w.changes++;
    u8 b[12] = {0x66, 0x0F, 0xA9};
    bool code32 = w.g.code32;
    u32 n = 0;
    plain(0x68, SEL_WRITABLE_CODE, 2, false);
    raw(row_of(0x0FA9), b + !code32, 2u + code32);
    b[n++] = 0x65;
    b[n++] = 0xC6;
    b[n++] = code32 ? 0x05 : 0x06;
    store_le(b + n, code32 ? 4 : 2, v.eip);
    n += code32 ? 4 : 2;
    b[n++] = v.value;
    raw(row_of(0xC6), b, n);
    return w.test.code_len - 1 - (code32 ? 4 : 2);
}

/* A store into an instruction a little ahead, with or without a jump in between. */
static void modify_ahead(void)
{
    u32 disp = store_into_code((Victim){0});
    u8 *value = &w.test.code[w.test.code_len - 1];
    bool code32 = w.g.code32;
    if (gen_one_in(&w.g, 2))
        plain(0xEB, 0, 1, code32);
    for (u32 n = gen_below(&w.g, 3); n--;)
        random_insn();
    Victim v = victim();
    store_le(w.test.code + disp, code32 ? 4 : 2, v.eip);
    *value = v.value;
}

/* MOV counter,2-6; a few instructions, of which the last may change the first; DEC and JNZ, or
 * LOOP. All flags count as undefined at its head, since nobody knows what its end leaves. */
static void loop(void)
{
    Gen *g = &w.g;
    bool by_loop = gen_one_in(g, 2), changes = gen_one_in(g, 3);
    int counter = by_loop ? 1 : 3;
    Victim v;
    while (w.fixups)
        settle();
    plain((u8)(0xB8 + counter), 2 + gen_below(g, 5), 4, true);
    w.counter = counter;
    w.loops++;
    u32 head = w.test.code_len, first = (u32)w.steps;
    w.undefined = OSZAPC;
    if (changes)
        v = victim();
    for (u32 n = 1 + gen_below(g, 6); n--;) {
        int before = w.steps;
        if (gen_one_in(g, 8) && w.fixups < 4)
            conditional_jump();
        else
            random_insn();
        if (w.steps != before)
            settle();
    }
    while (w.fixups)
        settle();
    if (changes)
        store_into_code(v);
    if ((u32)w.steps > first)
        w.step[first].head = true;
    if (by_loop && w.test.code_len - head < 100) {
        plain(0xE2, head - (w.test.code_len + 2), 1, g->code32);
    } else {
        u8 b[6] = {0x0F, 0x85}, size = g->code32 ? 4 : 2;
        plain((u8)(0x48 + counter), 0, 0, true);
        note_flags(&x86_rows[row_of(0x48)]);
        store_le(b + 2, size, head - (w.test.code_len + 2 + size));
        raw(row_of(0x0F85), b, 2u + size);
    }
    w.counter = -1;
}

static void choose_state(void)
{
    Gen *g = &w.g;
    u32 *b = w.test.before;
    for (int n = 0; n < 8; n++)
        if (n != 4)
            b[G_EAX + n] = gen_edge(g);
    if (gen_one_in(g, 20))
        b[G_ESP] = gen_edge(g);
    if (g->paged && gen_one_in(g, 8)) /* pushes or pops will meet a closed page */
        b[G_ESP] = (gen_one_in(g, 2) ? HOST_ABSENT : HOST_READ_ONLY) +
                   (gen_one_in(g, 2) ? 0x1000 : 0) + gen_below(g, 64) - 32;
    if (g->paged && gen_one_in(g, 8)) /* or code will run into one */
        b[G_EIP] = HOST_ABSENT - 1 - gen_below(g, 60);
    b[G_EFLAGS] = (gen_random(g) & (OSZAPC | DF)) | IF | 2;
    w.has_ac = gen_one_in(g, 40);
    if (w.has_ac)
        b[G_EFLAGS] |= AC;
}

static void write_program(void)
{
    Gen *g = &w.g;
    g->code32 = gen_one_in(g, 2);
    g->stack32 = g->code32 ? !gen_one_in(g, 4) : gen_one_in(g, 4);
    g->paged = gen_one_in(g, 4);
    golden_start(&w.test, &w.setup[g->paged][g->code32][g->stack32]);
    g->reg = w.test.before;
    choose_state();
    w.steps = w.fixups = 0;
    w.undefined = 0;
    w.counter = -1;
    w.loops = w.changes = 0;
    int wanted = 10 + (int)gen_below(g, 41);
    while (w.steps < wanted && w.test.code_len < GOLDEN_CODE - 200) {
        int before = w.steps;
        u32 kind = gen_below(g, 26);
        if (kind < 2 && w.fixups < 4)
            conditional_jump();
        else if (kind == 2 && w.fixups < 4)
            other_jump();
        else if (kind == 3)
            transfer();
        else if (kind == 4 && gen_one_in(g, 2))
            pop_flags();
        else if (kind == 5)
            loop();
        else if (kind == 6 && !w.fixups)
            modify_ahead();
        else
            random_insn();
        if (w.steps != before)
            settle();
    }
    while (w.fixups)
        settle();
    step_begin(row_of(0xF4)); /* what fills memory */
}

/* ---- running them ---------------------------------------------------------------------------- */

static const Step *step_at(u32 eip)
{
    for (int n = 0; n < w.steps; n++)
        if (w.test.before[G_EIP] + w.step[n].off == eip)
            return &w.step[n];
    return NULL;
}

/* Differences that docs/silicon.md explains. */
static bool explained(const GoldenTest *t)
{
    const Step *s = step_at(t->after[G_EIP]);
    u16 op = s ? x86_rows[s->row].opcode : 0;
    if (t->exception < 0)
        return false;
    if (op == 0x60 || op == 0x61 || op == 0xC8) /* A3 */
        return true;
    return false;
}

typedef enum { SAME, DIFFERENT, DROPPED } Verdict;

/* With paging the code of a golden test is for the reader only: here it is placed by hand. */
static void place_code(GoldenRig *r, const GoldenTest *t)
{
    u32 at = t->before[G_CS + 1] + t->before[G_EIP];
    if (!(t->before[G_CR0] & CR0_PG))
        return;
    for (u32 n = 0; n < t->code_len; n++) {
        *golden_byte(r, at + n) = t->code[n];
        bus_written(&r->bus, at + n, 1);
    }
}

static Verdict compare(int core)
{
    GoldenTest *t = &w.test;
    GoldenRig *r = &rig[core];
    Verdict v = DROPPED;
    if (host_run(t)) {
        const Step *s = step_at(t->after[G_EIP]);
        t->undefined = s ? s->undefined : OSZAPC;
        place_code(r, t);
        golden_run(r, t);
        bool same = golden_state_passed(r) &&
                    !memcmp(host_memory(), r->ram + HOST_CODE, HOST_END - HOST_CODE);
        bool endless = w.loops && !r->ended;
        v = same ? SAME : explained(t) || endless ? DROPPED : DIFFERENT;
        golden_clear(r);
    }
    return v;
}

/* ---- making them small ----------------------------------------------------------------------- */

/* The flags that are undefined where, anew. */
static void follow_flags(void)
{
    w.undefined = 0;
    w.fixups = 0;
    for (int n = 0; n < w.steps; n++) {
        Step *s = &w.step[n];
        const Row *r = &x86_rows[s->row];
        bool nop = s->len;
        for (int k = 0; k < s->len; k++)
            nop &= w.test.code[s->off + k] == 0x90;
        if (s->head)
            w.undefined = OSZAPC;
        s->undefined = w.undefined;
        if (nop)
            continue;
        if (gen_flags_read(r) & w.undefined)
            w.fixups = 1; /* it may spread to anything; no more than a mark here */
        w.fixups |= gen_ends_block(r);
        if (r->opcode == 0x9D)
            w.undefined = 0;
        else
            note_flags(r);
    }
}

static bool still_fails(int core)
{
    follow_flags();
    Verdict v = compare(core);
    host_clear();
    return v == DIFFERENT;
}

static void drop_instructions(int core)
{
    u8 saved[16];
    for (int n = w.steps; n--;) {
        Step *s = &w.step[n];
        u8 *p = w.test.code + s->off;
        if (!s->len)
            continue;
        memcpy(saved, p, s->len);
        memset(p, 0x90, s->len);
        if (!still_fails(core))
            memcpy(p, saved, s->len);
    }
}

static void drop_tail(int core)
{
    for (int n = w.steps; n--;) {
        u32 len = w.test.code_len;
        w.test.code_len = w.step[n].off;
        if (w.test.code_len && still_fails(core))
            continue;
        w.test.code_len = len;
        return;
    }
}

/* Without NOPs, if the program does not mind being moved. */
static void close_gaps(int core)
{
    GoldenTest *t = &w.test;
    u8 code[GOLDEN_CODE];
    Step step[MAX_STEPS];
    u32 len = t->code_len, kept = 0;
    int steps = w.steps, left = 0;
    memcpy(code, t->code, sizeof code);
    memcpy(step, w.step, sizeof step);
    for (int n = 0; n < steps; n++) {
        const Step *s = &step[n];
        if (s->off >= len && s->len)
            continue;
        bool nop = s->len;
        for (int k = 0; k < s->len; k++)
            nop &= code[s->off + k] == 0x90;
        if (nop)
            continue;
        w.step[left] = *s;
        w.step[left++].off = (u16)kept;
        memcpy(t->code + kept, code + s->off, s->len);
        kept += s->len;
    }
    w.steps = left;
    t->code_len = kept;
    if (kept && still_fails(core))
        return;
    memcpy(t->code, code, sizeof code);
    memcpy(w.step, step, sizeof step);
    t->code_len = len;
    w.steps = steps;
}

static void drop_state(int core)
{
    GoldenTest *t = &w.test;
    for (int n = 0; n < G_EFLAGS + 1; n++) {
        u32 v = t->before[n];
        t->before[n] = t->setup->reg[n];
        if (v != t->before[n] && !still_fails(core))
            t->before[n] = v;
    }
    for (u32 n = t->mem.count; n--;) {
        GoldenByte b = t->mem.byte[n];
        t->mem.byte[n] = t->mem.byte[t->mem.count - 1];
        t->mem.count--;
        if (still_fails(core))
            continue;
        t->mem.byte[t->mem.count++] = t->mem.byte[n];
        t->mem.byte[n] = b;
    }
}

static void describe(void)
{
    GoldenTest *t = &w.test;
    u32 at = 0;
    char *p = t->text;
    bool code32 = t->before[G_CS + 3] & ATTR_DB;
    *p = 0;
    while (at < t->code_len) {
        Insn i;
        u8 bytes[16] = {0};
        char text[64];
        memcpy(bytes, t->code + at, t->code_len - at < 15 ? t->code_len - at : 15);
        int len = decode(&w.decoder, bytes, 15, code32, &i);
        disasm(&i, t->before[G_EIP] + at, text, sizeof text);
        size_t used = (size_t)(p - t->text);
        if (used + strlen(text) + 3 > sizeof t->text)
            break;
        p += sprintf(p, "%s%s", used ? "; " : "", text);
        at += (u32)len;
    }
}

static void report(int core, u64 seed, FILE *out)
{
    static const char *const name[] = {"fast", "trampoline", "slow"};
    drop_tail(core);
    drop_instructions(core);
    close_gaps(core);
    drop_state(core);
    GoldenTest *t = &w.test;
    snprintf(t->name, sizeof t->name, "difference, seed %llx", (unsigned long long)seed);
    t->first = t->last = CPU_686;
    describe();
    compare(core);
    host_changes(t);
    host_clear();
    for (u32 n = 0; n < t->code_len && t->before[G_CR0] & CR0_PG; n++)
        golden_put(&t->mem, t->before[G_CS + 1] + t->before[G_EIP] + n, t->code[n]);
    golden_write(out, t);
    golden_run(&rig[core], t);
    fprintf(out, "# our %s core:\n", name[core]);
    golden_report(&rig[core], out);
    golden_clear(&rig[core]);
    fflush(out);
}

/* ---- main ------------------------------------------------------------------------------------ */

static void prepare(void)
{
    decode_table_init(&w.decoder, CPU_686);
    w.candidate = malloc(x86_row_count * sizeof *w.candidate);
    for (int n = 0; n < x86_row_count; n++)
        if (candidate(&x86_rows[n]))
            w.candidate[w.candidates++] = (u16)n;
    for (int k = 0; k < 8; k++) {
        GoldenSetup *s = &w.setup[k >> 2][k >> 1 & 1][k & 1];
        host_setup(s, k & 2, k & 1, k & 4);
        for (u32 n = 0; n < 0x200; n++) {
            golden_put(&s->mem, HOST_DATA + n, (u8)gen_edge(&w.g));
            golden_put(&s->mem, HOST_STACK + 0x700 + n, (u8)gen_edge(&w.g));
        }
    }
}

int main(int argc, char **argv)
{
    u64 wanted = 1000000, done = 0, programs = 0, dropped = 0, seed = 1;
    u64 loops = 0, changes = 0, page_faults = 0;
    int only = -1, failures = 0;
    FILE *out = stdout;
    for (int n = 1; n + 1 < argc; n += 2) {
        if (!strcmp(argv[n], "-n"))
            wanted = (u64)strtod(argv[n + 1], NULL);
        else if (!strcmp(argv[n], "-seed"))
            seed = strtoull(argv[n + 1], NULL, 0);
        else if (!strcmp(argv[n], "-core"))
            only = argv[n + 1][0] == 'f' ? 0 : argv[n + 1][0] == 't' ? 1 : 2;
        else if (!strcmp(argv[n], "-o"))
            out = fopen(argv[n + 1], "a");
    }
    const char *why;
    if (!host_init(&why)) {
        printf("ok 1 - silicon # SKIP %s\n1..1\n", why);
        return 0;
    }
    w.g = (Gen){.seed = 0x9E3779B97F4A7C15ull, .set_reg = set_reg, .set_mem = set_mem};
    prepare();
    for (int core = 0; core < 3; core++)
        if (!golden_rig_init(&rig[core], CPU_686, (CpuCore)core))
            panic("out of host memory");
    time_t last = time(NULL);
    for (; done < wanted && failures < FAILURES; programs++) {
        u64 this_seed = seed + programs;
        w.g.seed = this_seed * 0x9E3779B97F4A7C15ull + 0x632BE59BD9B4E019ull;
        int core = only >= 0 ? only : (int)(programs % 3);
        write_program();
        u64 before = rig[core].clock.now;
        Verdict v = compare(core);
        host_clear();
        done += rig[core].clock.now - before;
        dropped += v == DROPPED;
        loops += w.loops > 0;
        changes += w.changes > 0;
        page_faults += v == SAME && w.test.exception == 14;
        if (v == DIFFERENT) {
            failures++;
            report(core, this_seed, out);
        }
        if (time(NULL) - last >= 60) {
            last = time(NULL);
            fprintf(stderr, "# %llu instructions in %llu programs, %d differences\n",
                    (unsigned long long)done, (unsigned long long)programs, failures);
        }
    }
    printf("# programs: %llu with loops, %llu change themselves, %llu end in a page fault\n",
           (unsigned long long)loops, (unsigned long long)changes, (unsigned long long)page_faults);
    printf("%s 1 - silicon: %llu instructions in %llu programs (%llu left out as explained), %d "
           "differences\n1..1\n",
           failures ? "not ok" : "ok", (unsigned long long)done, (unsigned long long)programs,
           (unsigned long long)dropped, failures);
    return failures > 0;
}
