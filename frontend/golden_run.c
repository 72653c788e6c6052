/* golden_run.c: runs golden tests. All of memory that no test names holds HLT, so that a test ends
 * by itself wherever its instruction leads: with the halt in ring 0, elsewhere with the #GP that
 * HLT is there. A test that expects an exception ends just before its delivery. */
#include "frontend/golden.h"

#include <stdlib.h>

#include "cpu/fpu.h"

enum {
    TICKS = 1 << 18, /* after which a test is held to run for ever */
    CHUNK = 32,
};

/* ---- registers ------------------------------------------------------------------------------- */

static void load_seg(Seg *s, const u32 *w)
{
    s->sel = (u16)w[0];
    s->base = w[1];
    s->limit = w[2];
    s->attr = (u16)w[3];
}

static void save_seg(const Seg *s, u32 *w)
{
    w[0] = s->sel;
    w[1] = s->base;
    w[2] = s->limit;
    w[3] = s->attr;
}

static Seg *seg_of(CpuState *s, int n)
{
    return n < 6 ? &s->seg[n] : n == 6 ? &s->ldtr : &s->tr;
}

static void load_fpu(Fpu *f, const u32 *w)
{
    memset(f, 0, sizeof *f);
    f->control = (u16)w[G_FCW];
    f->status = (u16)(w[G_FSW] & ~(u32)SW_TOP);
    f->top = w[G_FSW] >> 11 & 7;
    f->opcode = (u16)w[G_FOP];
    f->cs = (u16)w[G_FCS];
    f->ip = w[G_FIP];
    f->ds = (u16)w[G_FDS];
    f->dp = w[G_FDP];
    for (unsigned n = 0; n < 8; n++) {
        const u32 *st = w + G_ST + 3 * n;
        unsigned p = (f->top + n) & 7;
        f->exp[p] = (u16)st[0];
        f->man[p] = (u64)st[1] << 32 | st[2];
        if ((w[G_FTW] >> 2 * n & 3) == 3)
            f->empty |= (u8)(1u << n);
    }
}

static void save_fpu(const Cpu *c, u32 *w)
{
    const Fpu *f = &c->s.fpu;
    w[G_FCW] = f->control;
    w[G_FSW] = fpu_status_word(c);
    w[G_FTW] = fpu_tag_word(c);
    w[G_FOP] = f->opcode;
    w[G_FCS] = f->cs;
    w[G_FIP] = f->ip;
    w[G_FDS] = f->ds;
    w[G_FDP] = f->dp;
    for (unsigned n = 0; n < 8; n++) {
        F80 v = fpu_st(c, n);
        u32 *st = w + G_ST + 3 * n;
        st[0] = v.exp;
        st[1] = (u32)(v.man >> 32);
        st[2] = (u32)v.man;
    }
}

void golden_load_state(Cpu *c, const u32 w[G_WORDS])
{
    CpuState *s = &c->s;
    memcpy(s->r, w, 8 * sizeof *w);
    s->eip = w[G_EIP];
    s->eflags = w[G_EFLAGS] | 2;
    s->cr0 = w[G_CR0];
    s->cr2 = w[G_CR2];
    s->cr3 = w[G_CR3];
    s->cr4 = w[G_CR4];
    memcpy(s->dr, w + G_DR0, 4 * sizeof *w);
    s->dr[6] = w[G_DR6];
    s->dr[7] = w[G_DR7];
    for (int n = 0; n < 8; n++)
        load_seg(seg_of(s, n), w + G_ES + 4 * n);
    s->gdtr = (TableReg){w[G_GDTR], w[G_GDTR + 1]};
    s->idtr = (TableReg){w[G_IDTR], w[G_IDTR + 1]};
    s->cpl = (u8)w[G_CPL];
    s->halted = (u8)w[G_HALTED];
    golden_load_msrs(s, w);
    s->shutdown = s->shadow = s->nmi_pending = s->nmi_blocked = s->intr = 0;
    s->a20 = 1;
    s->debug_trap = 0;
    load_fpu(&s->fpu, w);
    cpu_state_changed(c);
}

void golden_save_state(const Cpu *c, u32 w[G_WORDS])
{
    const CpuState *s = &c->s;
    memcpy(w, s->r, 8 * sizeof *w);
    w[G_EIP] = s->eip;
    w[G_EFLAGS] = s->eflags | 2;
    w[G_CR0] = s->cr0;
    w[G_CR2] = s->cr2;
    w[G_CR3] = s->cr3;
    w[G_CR4] = s->cr4;
    memcpy(w + G_DR0, s->dr, 4 * sizeof *w);
    w[G_DR6] = s->dr[6];
    w[G_DR7] = s->dr[7];
    for (int n = 0; n < 8; n++)
        save_seg(seg_of((CpuState *)s, n), w + G_ES + 4 * n);
    w[G_GDTR] = s->gdtr.base;
    w[G_GDTR + 1] = s->gdtr.limit;
    w[G_IDTR] = s->idtr.base;
    w[G_IDTR + 1] = s->idtr.limit;
    w[G_CPL] = s->cpl;
    w[G_HALTED] = s->halted;
    save_fpu(c, w);
    golden_save_msrs(s, w);
}

/* ---- events ------------------------------------------------------------------------------------
 */

/* The state as the frame of this event would show it. */
static void capture(GoldenRig *r, bool behind)
{
    Cpu *c = &r->cpu;
    golden_save_state(c, r->after);
    r->after[G_EFLAGS] = (r->after[G_EFLAGS] & ~(u32)OSZAPC) | flags_get(c->fr, c->fc);
    if (behind)
        r->after[G_EIP] += c->cur->len;
    if (behind && !(c->s.seg[SEG_CS].attr & ATTR_DB))
        r->after[G_EIP] &= 0xFFFF;
    r->ended = true;
    c->s.idtr = (TableReg){0, 0}; /* so that the delivery writes nothing */
    cpu_stop(c);
}

/* INT3 and INTO report like the exceptions they are, as though their gates were open to all rings;
 * INT n goes on to its #GP. */
static void on_interrupt(void *ctx, int vector, bool soft, u32 error)
{
    GoldenRig *r = ctx;
    u16 opcode = x86_rows[r->cpu.cur->row].opcode;
    bool between = r->cpu.cur == &r->cpu.between;
    if (r->ended || (soft && vector != 3 && vector != 4))
        return;
    if (r->test->exception >= 0) {
        r->exception = vector;
        r->error = error;
        capture(r, soft || (opcode == 0xF1 && vector == 1 && !between));
    } else if (vector == 13 && opcode == 0xF4 && !between && r->cpu.s.cpl) {
        capture(r, false);
    } else if (r->exception < 0) {
        r->exception = vector;
        r->error = error;
    }
}

/* ---- life ------------------------------------------------------------------------------------ */

bool golden_rig_init(GoldenRig *r, CpuModel model, CpuCore core)
{
    memset(r, 0, sizeof *r);
    r->ram = malloc(GOLDEN_RAM);
    r->back = malloc(GOLDEN_RAM);
    r->want = malloc(GOLDEN_RAM);
    if (!r->ram || !r->back || !r->want)
        return false;
    memset(r->ram, GOLDEN_FILL, GOLDEN_RAM);
    memset(r->back, GOLDEN_FILL, GOLDEN_RAM);
    memset(r->want, GOLDEN_FILL, GOLDEN_RAM);
    r->clock = (Clock){.deadline = UINT64_MAX, .ips = 1000000};
    bus_init(&r->bus);
    if (!bus_map_ram(&r->bus, 0, GOLDEN_RAM, r->ram, 0, "ram") || !golden_ports_map(r))
        return false;
    cpu_init(&r->cpu,
             &(CpuConfig){.bus = &r->bus, .clock = &r->clock, .model = model, .fpu = true});
    cpu_select_core(&r->cpu, core);
    r->cpu.idle_pace.next = UINT64_MAX;
    r->debug = (CpuDebug){.ctx = r, .on_interrupt = on_interrupt};
    r->cpu.debug = &r->debug;
    bus_clear_dirty(&r->bus, 0, GOLDEN_RAM);
    return true;
}

static void drop_extras(GoldenRig *r)
{
    for (int n = 0; n < r->extras; n++) {
        bus_unmap(&r->bus, r->extra[n].base, BUS_PAGE_SIZE);
        free(r->extra[n].page);
    }
    r->extras = 0;
}

void golden_rig_free(GoldenRig *r)
{
    drop_extras(r);
    cpu_free(&r->cpu);
    bus_free(&r->bus);
    free(r->ram);
    free(r->back);
    free(r->want);
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* The pages of a byte: what is in memory, and what shall be there. Above the first megabyte, a page
 * exists once a test names it; its second half is what is wanted. */
static u8 *page_of(GoldenRig *r, u32 addr, u8 **want)
{
    u32 base = addr & ~(u32)(BUS_PAGE_SIZE - 1);
    if (addr < GOLDEN_RAM) {
        *want = r->want + base;
        return r->ram + base;
    }
    int n = 0;
    while (n < r->extras && r->extra[n].base != base)
        n++;
    if (n == GOLDEN_EXTRA)
        return NULL;
    if (n == r->extras) {
        u8 *page = malloc(2 * BUS_PAGE_SIZE);
        if (!page || !bus_map_ram(&r->bus, base, BUS_PAGE_SIZE, page, 0, "ram"))
            panic("out of host memory");
        memset(page, GOLDEN_FILL, 2 * BUS_PAGE_SIZE);
        r->extra[n].base = base;
        r->extra[n].page = page;
        r->extras++;
        bus_clear_dirty(&r->bus, base, BUS_PAGE_SIZE);
    }
    *want = r->extra[n].page + BUS_PAGE_SIZE;
    return r->extra[n].page;
}

u8 *golden_byte(GoldenRig *r, u32 addr)
{
    u8 *want, *page = page_of(r, addr, &want);
    return page ? page + addr % BUS_PAGE_SIZE : NULL;
}

static bool store(GoldenRig *r, u32 addr, u8 v)
{
    u8 *want, *page = page_of(r, addr, &want);
    if (!page)
        return false;
    page[addr % BUS_PAGE_SIZE] = want[addr % BUS_PAGE_SIZE] = v;
    bus_written(&r->bus, addr, 1);
    return true;
}

static bool store_all(GoldenRig *r, const GoldenMem *m)
{
    for (u32 n = 0; n < m->count; n++)
        if (!store(r, m->byte[n].addr, m->byte[n].value))
            return false;
    return true;
}

/* Memory as it is between tests: HLT, and the bytes of the latest setup that lie below 1 MiB. */
static void set_background(GoldenRig *r, const GoldenSetup *s, bool on)
{
    for (u32 n = 0; s && n < s->mem.count; n++) {
        u32 addr = s->mem.byte[n].addr;
        if (addr < GOLDEN_RAM)
            r->ram[addr] = r->want[addr] = r->back[addr] = on ? s->mem.byte[n].value : GOLDEN_FILL;
        if (addr < GOLDEN_RAM && r->bus.page_flags[addr >> BUS_PAGE_SHIFT] & BUS_PAGE_CODE)
            bus_written(&r->bus, addr, 1);
    }
}

static void use_setup(GoldenRig *r, const GoldenSetup *s)
{
    if (r->setup == s)
        return;
    set_background(r, r->setup, false);
    set_background(r, s, true);
    r->setup = s;
}

/* Memory that only `after` names is there as well. */
static bool make_pages(GoldenRig *r, const GoldenMem *m)
{
    u8 *want;
    for (u32 n = 0; n < m->count; n++)
        if (!page_of(r, m->byte[n].addr, &want))
            return false;
    return true;
}

bool golden_place(GoldenRig *r, const GoldenTest *t)
{
    use_setup(r, t->setup);
    for (u32 n = 0; t->setup && n < t->setup->mem.count; n++)
        if (t->setup->mem.byte[n].addr >= GOLDEN_RAM &&
            !store(r, t->setup->mem.byte[n].addr, t->setup->mem.byte[n].value))
            return false;
    if (!(t->before[G_CR0] & CR0_PG)) {
        u32 mask = t->before[G_CS + 3] & ATTR_DB ? 0xFFFFFFFF : 0xFFFF;
        for (u32 n = 0; n < t->code_len; n++)
            if (!store(r, t->before[G_CS + 1] + ((t->before[G_EIP] + n) & mask), t->code[n]))
                return false;
    }
    return store_all(r, &t->mem) && make_pages(r, &t->changed);
}

void golden_clear(GoldenRig *r)
{
    for (u32 p = 0; p < GOLDEN_RAM; p += BUS_PAGE_SIZE) {
        if (!bus_dirty(&r->bus, p))
            continue;
        for (u32 n = p; n < p + BUS_PAGE_SIZE; n += CHUNK) { /* decoded code next to it may stay */
            if (!memcmp(r->ram + n, r->back + n, CHUNK))
                continue;
            memcpy(r->ram + n, r->back + n, CHUNK);
            bus_written(&r->bus, n, CHUNK);
        }
        memcpy(r->want + p, r->back + p, BUS_PAGE_SIZE);
        bus_clear_dirty(&r->bus, p, BUS_PAGE_SIZE);
    }
    drop_extras(r);
}

/* ---- running --------------------------------------------------------------------------------- */

bool golden_run(GoldenRig *r, const GoldenTest *t)
{
    r->test = t;
    r->exception = -1;
    r->error = 0;
    r->ended = r->io_wrong = false;
    r->io_done = 0;
    if (!golden_place(r, t))
        return false;
    golden_load_state(&r->cpu, t->before);
    CpuExit exit = cpu_run(&r->cpu, r->clock.now + TICKS);
    if (r->ended)
        return true;
    golden_save_state(&r->cpu, r->after);
    r->ended = exit == CPU_EXIT_HALT;
    if (r->ended && !t->after[G_HALTED]) {
        r->after[G_HALTED] = 0;
        r->after[G_EIP]--;
        if (!(r->after[G_CS + 3] & ATTR_DB))
            r->after[G_EIP] &= 0xFFFF;
    }
    return true;
}

/* ---- judging --------------------------------------------------------------------------------- */

static u32 mask_of(const GoldenRig *r, int n, int part)
{
    const GoldenTest *t = r->test;
    const GoldenReg *g = &golden_regs[n];
    if (part && golden_bit(t->selector_only, n))
        return 0;
    if (g->word == G_EFLAGS)
        return ~(t->undefined | RF) & (r->cpu.model < CPU_386 ? 0xFFFF : 0xFFFFFFFF) &
               (r->cpu.model == CPU_8086 ? 0xFFF : 0xFFFFFFFF);
    if (g->word == G_DR6 && t->exception == 1)
        return 0;
    if (t->exception >= 0 && g->word == G_IDTR)
        return 0;
    return 0xFFFFFFFF;
}

/* Null selectors 0 to 3 are one where only the selector counts: real processors turn 1-3 into 0 on
 * any interrupt that comes by. */
static bool both_null(const GoldenRig *r, int n)
{
    const GoldenReg *g = &golden_regs[n];
    return golden_bit(r->test->selector_only, n) && !r->test->after[g->word] &&
           r->after[g->word] < 4;
}

static bool reg_right(const GoldenRig *r, int n)
{
    const GoldenReg *g = &golden_regs[n];
    if (both_null(r, n))
        return true;
    for (int k = 0; k < g->parts; k++)
        if ((r->after[g->word + k] ^ r->test->after[g->word + k]) & mask_of(r, n, k))
            return false;
    return true;
}

static bool event_right(const GoldenRig *r)
{
    const GoldenTest *t = r->test;
    if (!r->ended)
        return false;
    return t->exception < 0 ||
           (r->exception == t->exception && (!t->has_error || r->error == t->error));
}

/* Writes what `changed` says into the wanted pages. */
static void expect_memory(GoldenRig *r)
{
    const GoldenMem *m = &r->test->changed;
    for (u32 n = 0; n < m->count; n++) {
        u8 *want, *page = page_of(r, m->byte[n].addr, &want);
        if (page)
            want[m->byte[n].addr % BUS_PAGE_SIZE] = m->byte[n].value;
        if (m->byte[n].addr < GOLDEN_RAM)
            r->bus.page_flags[m->byte[n].addr >> BUS_PAGE_SHIFT] |= BUS_PAGE_DIRTY;
    }
}

/* First byte from `from` on that is not as wanted. */
static bool wrong_byte(GoldenRig *r, u32 from, u32 *addr)
{
    for (u32 p = from & ~(u32)(BUS_PAGE_SIZE - 1); p < GOLDEN_RAM; p += BUS_PAGE_SIZE) {
        if (!bus_dirty(&r->bus, p) || !memcmp(r->ram + p, r->want + p, BUS_PAGE_SIZE))
            continue;
        for (*addr = p > from ? p : from; *addr < p + BUS_PAGE_SIZE; ++*addr)
            if (r->ram[*addr] != r->want[*addr])
                return true;
    }
    bool found = false;
    for (int n = 0; n < r->extras; n++) /* in the order of the test's lines */
        for (u32 k = 0; k < BUS_PAGE_SIZE; k++) {
            u32 a = r->extra[n].base + k;
            if (a < from || r->extra[n].page[k] == r->extra[n].page[BUS_PAGE_SIZE + k])
                continue;
            if (!found || a < *addr)
                *addr = a;
            found = true;
            break;
        }
    return found;
}

bool golden_state_passed(const GoldenRig *r)
{
    if (!event_right(r) || !golden_ports_right(r))
        return false;
    for (int n = 0; golden_regs[n].name; n++)
        if (!reg_right(r, n))
            return false;
    return true;
}

bool golden_passed(GoldenRig *r)
{
    u32 addr;
    if (!golden_state_passed(r))
        return false;
    expect_memory(r);
    return !wrong_byte(r, 0, &addr);
}

void golden_take(GoldenRig *r, GoldenTest *t)
{
    memcpy(t->after, r->after, sizeof t->after);
    t->changed.count = 0;
    u32 addr = 0;
    for (u32 from = 0; wrong_byte(r, from, &addr); from = addr + 1) {
        u8 *want, *page = page_of(r, addr, &want);
        golden_put(&t->changed, addr, page[addr % BUS_PAGE_SIZE]);
        if (addr == 0xFFFFFFFF)
            break;
    }
}

/* ---- reporting ------------------------------------------------------------------------------- */

static void reg_text(char *out, size_t size, const GoldenReg *g, const u32 *w)
{
    int len = 0;
    for (int k = 0; k < g->parts; k++)
        len += snprintf(out + len, size - (size_t)len, "%s%0*x", k ? ":" : "", g->digits[k],
                        (unsigned)w[g->word + k]);
}

static void flag_letters(u32 f, char *text)
{
    static const char letter[] = "NODITSZAPC";
    static const u16 bit[] = {NT, OF, DF, IF, TF, SF, ZF, AF, PF, CF};
    for (size_t n = 0; n < ARRAY_LEN(bit); n++)
        text[n] = f & bit[n] ? letter[n] : '-';
    text[ARRAY_LEN(bit)] = 0;
}

static void report_event(const GoldenRig *r, FILE *f)
{
    const GoldenTest *t = r->test;
    if (event_right(r))
        return;
    if (t->exception < 0)
        fprintf(f, "#   expected no exception");
    else
        fprintf(f, "#   expected exception %d, error %x", t->exception, (unsigned)t->error);
    if (!r->ended && r->exception < 0)
        fprintf(f, ", ran for ever\n");
    else if (r->exception < 0)
        fprintf(f, ", none came\n");
    else
        fprintf(f, ", exception %d, error %x came\n", r->exception, (unsigned)r->error);
}

static void report_memory(GoldenRig *r, FILE *f)
{
    u32 addr;
    expect_memory(r);
    for (u32 from = 0, lines = 0; lines < 16 && wrong_byte(r, from, &addr);
         from = addr + 1, lines++) {
        u8 *want, *page = page_of(r, addr, &want);
        fprintf(f, "#   %08x expected %02x, actual %02x\n", (unsigned)addr,
                want[addr % BUS_PAGE_SIZE], page[addr % BUS_PAGE_SIZE]);
        if (addr == 0xFFFFFFFF)
            break;
    }
}

void golden_report(GoldenRig *r, FILE *f)
{
    const GoldenTest *t = r->test;
    fprintf(f, "#   %s   ", t->text);
    for (u32 n = 0; n < t->code_len && n < 16; n++)
        fprintf(f, " %02x", t->code[n]);
    fprintf(f, "\n");
    report_event(r, f);
    golden_ports_report(r, f);
    for (int n = 0; golden_regs[n].name; n++) {
        const GoldenReg *g = &golden_regs[n];
        char before[40], want[40], got[40];
        if (g->word > G_EFLAGS && reg_right(r, n))
            continue;
        reg_text(before, sizeof before, g, t->before);
        reg_text(want, sizeof want, g, t->after);
        reg_text(got, sizeof got, g, r->after);
        fprintf(f, "#   %-7s %-10s %-10s %-10s%s\n", g->name, before, want, got,
                reg_right(r, n) ? "" : "  <--");
        if (g->word != G_EFLAGS)
            continue;
        flag_letters(t->before[G_EFLAGS], before);
        flag_letters(t->after[G_EFLAGS], want);
        flag_letters(r->after[G_EFLAGS], got);
        fprintf(f, "#   %-7s %-10s %-10s %-10s undefined: %x\n", "", before, want, got,
                (unsigned)t->undefined);
    }
    report_memory(r, f);
}
