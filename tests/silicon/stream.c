/* stream.c: random programs of 10 to 50 instructions, run on the host's processor and on ours,
 * registers, flags, exceptions and memory compared. What differs is reduced to what is needed and
 * printed as a golden test.
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
    u32 undefined; /* flags that are undefined before it */
} Step;

typedef struct {
    u16 at; /* of the displacement */
    u8 size;
    int steps; /* instructions still to skip */
} Fixup;

static struct {
    Gen g;
    GoldenSetup setup[2][2];
    GoldenTest test;
    DecodeTable decoder;
    Step step[MAX_STEPS];
    int steps;
    Fixup fixup[8];
    int fixups;
    u32 undefined;
    u8 insn[64]; /* the instruction under construction */
    int ecx_loads;
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

/* Does it change ESP to anything? */
static bool harms_stack(const u8 *p, u32 n, bool code32)
{
    Insn i;
    u8 bytes[16] = {0};
    memcpy(bytes, p, n < 15 ? n : 15);
    decode(&w.decoder, bytes, 15, code32, &i);
    const Row *r = &x86_rows[i.row];
    bool rm = r->operand[0] >= O_Eb && r->operand[0] <= O_Ex;
    if (r->operand[0] == O_Zv && r->opcode >= 0x50 && r->opcode < 0x58)
        return false;
    if (!strcmp(r->name, "cmp") || !strcmp(r->name, "test") || !strcmp(r->name, "push"))
        return false;
    if (i.dst == REG_ESP && !(rm && i.flags & INSN_MEM) && r->operand[0] != O_AL &&
        (r->operand[0] == O_Gv || r->operand[0] == O_Zv || rm))
        return true;
    bool swaps = !strcmp(r->name, "xchg") || !strcmp(r->name, "xadd");
    return swaps && i.src == REG_ESP;
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
    gen_insn(g, row, op32, ad32, mem);
    bool shld_cl = (r->opcode == 0x0FA5 || r->opcode == 0x0FAD) && !op32; /* U2 */
    bool rep_io = r->opcode >= 0x6C && r->opcode <= 0x6F;                 /* A2 */
    if ((shld_cl && w.ecx_loads > 2) || rep_io ||
        (g->tame && harms_stack(w.insn, g->len, code32))) {
        w.test.code_len = len;
        w.steps = steps;
        w.undefined = undefined;
        return;
    }
    step_begin(row);
    append(w.insn, g->len);
    note_flags(r);
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
    golden_start(&w.test, &w.setup[g->code32][g->stack32]);
    g->reg = w.test.before;
    choose_state();
    w.steps = w.fixups = 0;
    w.undefined = 0;
    int wanted = 10 + (int)gen_below(g, 41);
    while (w.steps < wanted && w.test.code_len < GOLDEN_CODE - 200) {
        int before = w.steps;
        u32 kind = gen_below(g, 24);
        if (kind < 2 && w.fixups < 4)
            conditional_jump();
        else if (kind == 2 && w.fixups < 4)
            other_jump();
        else if (kind == 3)
            transfer();
        else if (kind == 4 && gen_one_in(g, 2))
            pop_flags();
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

static Verdict compare(int core)
{
    GoldenTest *t = &w.test;
    GoldenRig *r = &rig[core];
    Verdict v = DROPPED;
    if (host_run(t)) {
        const Step *s = step_at(t->after[G_EIP]);
        t->undefined = s ? s->undefined : OSZAPC;
        golden_run(r, t);
        bool same = golden_state_passed(r) &&
                    !memcmp(host_memory(), r->ram + HOST_CODE, HOST_END - HOST_CODE);
        v = same ? SAME : explained(t) ? DROPPED : DIFFERENT;
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
    for (int code32 = 0; code32 < 2; code32++)
        for (int stack32 = 0; stack32 < 2; stack32++) {
            GoldenSetup *s = &w.setup[code32][stack32];
            host_setup(s, code32, stack32);
            for (u32 n = 0; n < 0x200; n++) {
                golden_put(&s->mem, HOST_DATA + n, (u8)gen_edge(&w.g));
                golden_put(&s->mem, HOST_STACK + 0x700 + n, (u8)gen_edge(&w.g));
            }
        }
}

int main(int argc, char **argv)
{
    u64 wanted = 1000000, done = 0, programs = 0, dropped = 0, seed = 1;
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
    printf("%s 1 - silicon: %llu instructions in %llu programs (%llu left out as explained), %d "
           "differences\n1..1\n",
           failures ? "not ok" : "ok", (unsigned long long)done, (unsigned long long)programs,
           (unsigned long long)dropped, failures);
    return failures > 0;
}
