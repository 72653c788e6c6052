/* golden_text.c: golden tests as text, both ways. The format is described in docs/golden-format.md.
 */
#include "frontend/golden.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>

const GoldenReg golden_regs[] = {
    {"eax", G_EAX, 1, {8}},
    {"ebx", G_EBX, 1, {8}},
    {"ecx", G_ECX, 1, {8}},
    {"edx", G_EDX, 1, {8}},
    {"esi", G_ESI, 1, {8}},
    {"edi", G_EDI, 1, {8}},
    {"ebp", G_EBP, 1, {8}},
    {"esp", G_ESP, 1, {8}},
    {"eip", G_EIP, 1, {8}},
    {"eflags", G_EFLAGS, 1, {8}},
    {"es", G_ES, 4, {4, 8, 8, 3}},
    {"cs", G_CS, 4, {4, 8, 8, 3}},
    {"ss", G_SS, 4, {4, 8, 8, 3}},
    {"ds", G_DS, 4, {4, 8, 8, 3}},
    {"fs", G_FS, 4, {4, 8, 8, 3}},
    {"gs", G_GS, 4, {4, 8, 8, 3}},
    {"ldtr", G_LDTR, 4, {4, 8, 8, 3}},
    {"tr", G_TR, 4, {4, 8, 8, 3}},
    {"gdtr", G_GDTR, 2, {8, 4}},
    {"idtr", G_IDTR, 2, {8, 4}},
    {"cpl", G_CPL, 1, {1}},
    {"cr0", G_CR0, 1, {8}},
    {"cr2", G_CR2, 1, {8}},
    {"cr3", G_CR3, 1, {8}},
    {"cr4", G_CR4, 1, {8}},
    {"dr0", G_DR0, 1, {8}},
    {"dr1", G_DR1, 1, {8}},
    {"dr2", G_DR2, 1, {8}},
    {"dr3", G_DR3, 1, {8}},
    {"dr6", G_DR6, 1, {8}},
    {"dr7", G_DR7, 1, {8}},
    {"halted", G_HALTED, 1, {1}},
    {"fcw", G_FCW, 1, {4}},
    {"fsw", G_FSW, 1, {4}},
    {"ftw", G_FTW, 1, {4}},
    {"fop", G_FOP, 1, {3}},
    {"fcs", G_FCS, 1, {4}},
    {"fip", G_FIP, 1, {8}},
    {"fds", G_FDS, 1, {4}},
    {"fdp", G_FDP, 1, {8}},
    {"st0", G_ST, 3, {4, 8, 8}},
    {"st1", G_ST + 3, 3, {4, 8, 8}},
    {"st2", G_ST + 6, 3, {4, 8, 8}},
    {"st3", G_ST + 9, 3, {4, 8, 8}},
    {"st4", G_ST + 12, 3, {4, 8, 8}},
    {"st5", G_ST + 15, 3, {4, 8, 8}},
    {"st6", G_ST + 18, 3, {4, 8, 8}},
    {"st7", G_ST + 21, 3, {4, 8, 8}},
    {"msr0", G_MSR + 0, 2, {8, 8}},
    {"msr1", G_MSR + 2, 2, {8, 8}},
    {"msr2", G_MSR + 4, 2, {8, 8}},
    {"msr3", G_MSR + 6, 2, {8, 8}},
    {"msr4", G_MSR + 8, 2, {8, 8}},
    {"msr5", G_MSR + 10, 2, {8, 8}},
    {"msr6", G_MSR + 12, 2, {8, 8}},
    {"msr7", G_MSR + 14, 2, {8, 8}},
    {"msr8", G_MSR + 16, 2, {8, 8}},
    {"msr9", G_MSR + 18, 2, {8, 8}},
    {"msra", G_MSR + 20, 2, {8, 8}},
    {"msrb", G_MSR + 22, 2, {8, 8}},
    {"msrc", G_MSR + 24, 2, {8, 8}},
    {"msrd", G_MSR + 26, 2, {8, 8}},
    {"msre", G_MSR + 28, 2, {8, 8}},
    {"msrf", G_MSR + 30, 2, {8, 8}},
    {NULL, 0, 0, {0}},
};


static const struct {
    const char *name;
    u32 bit;
} flag_names[] = {{"cf", CF}, {"pf", PF}, {"af", AF}, {"zf", ZF}, {"sf", SF},
                  {"tf", TF}, {"if", IF}, {"df", DF}, {"of", OF}, {"nt", NT},
                  {"rf", RF}, {"vm", VM}, {"ac", AC}, {"id", ID}};

/* ---- memory lists ---------------------------------------------------------------------------- */

static GoldenByte *find(const GoldenMem *m, u32 addr)
{
    for (u32 n = m->count; n--;)
        if (m->byte[n].addr == addr)
            return &m->byte[n];
    return NULL;
}

static void append(GoldenMem *m, u32 addr, u8 value)
{
    if (m->count == m->room) {
        m->room = m->room ? m->room * 2 : 64;
        m->byte = realloc(m->byte, m->room * sizeof *m->byte);
        if (!m->byte)
            panic("out of host memory");
    }
    m->byte[m->count++] = (GoldenByte){addr, value};
}

void golden_put(GoldenMem *m, u32 addr, u8 value)
{
    GoldenByte *b = find(m, addr);
    if (b)
        b->value = value;
    else
        append(m, addr, value);
}

bool golden_get(const GoldenMem *m, u32 addr, u8 *value)
{
    const GoldenByte *b = find(m, addr);
    if (b)
        *value = b->value;
    return b;
}

void golden_free(GoldenTest *t)
{
    free(t->mem.byte);
    free(t->changed.byte);
    free(t->ports.access);
    t->mem = t->changed = (GoldenMem){0};
    t->ports = (GoldenPorts){0};
}

void golden_file_free(GoldenFile *file)
{
    for (GoldenSetup *s = file->setup, *next; s; s = next) {
        next = s->next;
        free(s->mem.byte);
        free(s);
    }
    file->setup = NULL;
}

/* ---- empty states ------------------------------------------------------------------------------
 */

void golden_reset_state(u32 reg[G_WORDS])
{
    memset(reg, 0, G_WORDS * sizeof *reg);
    reg[G_EFLAGS] = 2;
    for (int n = G_ES; n < G_LDTR; n += 4) {
        reg[n + 2] = 0xFFFF;
        reg[n + 3] = ATTR_P | ATTR_S | ATTR_W | ATTR_A;
    }
    reg[G_LDTR + 2] = reg[G_TR + 2] = 0xFFFF;
    reg[G_LDTR + 3] = ATTR_P | 2;
    reg[G_TR + 3] = ATTR_P | 11;
    reg[G_IDTR + 1] = 0x3FF;
    reg[G_GDTR + 1] = 0xFFFF;
    reg[G_DR6] = 0xFFFF0FF0;
    reg[G_DR7] = 0x400;
    reg[G_FCW] = 0x37F; /* after FNINIT */
    reg[G_FTW] = 0xFFFF;
}

void golden_start(GoldenTest *t, const GoldenSetup *s)
{
    GoldenMem mem = t->mem, changed = t->changed; /* keep the room */
    GoldenPorts ports = t->ports;
    memset(t, 0, sizeof *t);
    mem.count = changed.count = ports.count = 0;
    t->ports = ports;
    t->mem = mem;
    t->changed = changed;
    t->setup = s;
    t->last = CPU_686;
    t->exception = -1;
    if (s)
        memcpy(t->before, s->reg, sizeof t->before);
    else
        golden_reset_state(t->before);
}

/* ---- reading --------------------------------------------------------------------------------- */

typedef struct {
    GoldenFile *file;
    const char *name;
    int line;
    GoldenTest test;
    GoldenSetup *setup; /* the one being read, or NULL */
    bool head;          /* the line `golden 1` has been there */
    bool in_test, then; /* then: `then` lines have begun, test.after is set */
    GoldenFn *fn;
    void *ctx;
    bool stopped;
} Reader;

static bool wrong(Reader *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool wrong(Reader *r, const char *fmt, ...)
{
    char text[200];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    text_tame(text, false);
    snprintf(r->file->error, sizeof r->file->error, "%s:%d: %s", r->name, r->line, text);
    return false;
}

/* Takes hexadecimal digits off *p. False: there are none, or the number has more than `digits`. */
static bool hex(const char **p, int digits, u32 *v)
{
    const char *s = *p;
    u64 value = 0;
    for (; isxdigit((unsigned char)*s); s++)
        if (!(value >> 32))
            value =
                value << 4 | (u32)(isdigit((unsigned char)*s) ? *s - '0' : tolower(*s) - 'a' + 10);
    bool good = s != *p && !(value >> 4 * digits);
    *v = (u32)value;
    *p = s;
    return good;
}

static const char *skip_space(const char *p)
{
    while (*p == ' ' || *p == '\t')
        p++;
    return p;
}

/* Copies the next word; returns what follows it and the blanks behind it. */
static const char *word(const char *p, char *out, size_t size)
{
    size_t n = 0;
    for (; *p && !isspace((unsigned char)*p); p++)
        if (n + 1 < size)
            out[n++] = *p;
    out[n] = 0;
    return skip_space(p);
}

static int reg_index(const char *name, size_t len)
{
    for (int n = 0; golden_regs[n].name; n++)
        if (strlen(golden_regs[n].name) == len && !memcmp(golden_regs[n].name, name, len))
            return n;
    return -1;
}

/* Rings and halts that no processor knows would lead it astray. */
static bool possible(const GoldenReg *g, const u32 *reg)
{
    return reg[g->word] <= (g->word == G_CPL ? 3 : g->word == G_HALTED ? 1 : 0xFFFFFFFF);
}

/* "reg=part:part ..." into reg[]. In real mode a selector alone gives the base as well. */
static bool read_regs(Reader *r, const char *p, u32 *reg, u64 *selector_only)
{
    while (*p) {
        const char *eq = strchr(p, '=');
        int n = eq ? reg_index(p, (size_t)(eq - p)) : -1;
        if (n < 0)
            return wrong(r, "no register and value: %.20s", p);
        const GoldenReg *g = &golden_regs[n];
        int parts = 0;
        p = eq;
        do {
            p++;
            if (parts == g->parts)
                return wrong(r, "%s takes %d hexadecimal value(s)", g->name, g->parts);
            if (!hex(&p, g->digits[parts], &reg[g->word + parts]) || !possible(g, reg))
                return wrong(r, "no hexadecimal value, or too large a one, for %s", g->name);
            parts++;
        } while (*p == ':');
        if (parts == 1 && g->parts == 4) {
            if (selector_only)
                *selector_only |= 1ull << n;
            else
                reg[g->word + 1] = reg[g->word] << 4;
        } else if (parts != g->parts) {
            return wrong(r, "%s takes %d values", g->name, g->parts);
        }
        if (*p && !isspace((unsigned char)*p))
            return wrong(r, "no hexadecimal value: %.20s", p);
        p = skip_space(p);
    }
    return true;
}

/* Appends to the *count bytes that are there. */
static bool read_bytes(Reader *r, const char *p, u8 *out, u32 room, u32 *count)
{
    for (; *p && *p != ';'; p = skip_space(p)) {
        if (!isxdigit((unsigned char)p[0]) || !isxdigit((unsigned char)p[1]))
            return wrong(r, "bytes are pairs of hexadecimal digits: %.20s", p);
        if (*count == room)
            return wrong(r, "more than %u bytes", (unsigned)room);
        char pair[3] = {p[0], p[1], 0};
        out[(*count)++] = (u8)strtoul(pair, NULL, 16);
        p += 2;
    }
    return true;
}

static bool read_mem(Reader *r, const char *p, GoldenMem *m)
{
    u32 addr, count = 0;
    static _Thread_local u8 bytes[8192];
    if (!hex(&p, 8, &addr))
        return wrong(r, "an address of 32 bits must come first");
    if (!read_bytes(r, skip_space(p), bytes, sizeof bytes, &count))
        return false;
    if (!count || addr + (count - 1) < addr)
        return wrong(r, "no bytes, or some behind the last address");
    for (u32 n = 0; n < count; n++)
        append(m, addr + n, bytes[n]);
    return true;
}

static bool read_models(Reader *r, char *p)
{
    char *dash = strchr(p, '-');
    bool ok;
    /* names may hold a dash themselves: pentium-mmx */
    r->test.first = cpu_model_by_name(p, &ok);
    if (ok) {
        r->test.last = r->test.first;
        return true;
    }
    for (; dash; dash = strchr(dash + 1, '-')) {
        *dash = 0;
        r->test.first = cpu_model_by_name(p, &ok);
        *dash = '-';
        if (!ok)
            continue;
        r->test.last = CPU_686;
        if (dash[1])
            r->test.last = cpu_model_by_name(dash + 1, &ok);
        if (ok && r->test.first <= r->test.last)
            return true;
    }
    return wrong(r, "no processor or range of processors: %s", p);
}

static bool read_undefined(Reader *r, const char *p)
{
    char name[8];
    while (*p) {
        size_t n = 0;
        p = word(p, name, sizeof name);
        while (n < ARRAY_LEN(flag_names) && strcmp(flag_names[n].name, name))
            n++;
        if (n == ARRAY_LEN(flag_names))
            return wrong(r, "no flag: %s", name);
        r->test.undefined |= flag_names[n].bit;
    }
    return true;
}

/* The state after starts as the one before, EIP behind the code. */
static void begin_then(Reader *r)
{
    GoldenTest *t = &r->test;
    if (r->then)
        return;
    r->then = true;
    memcpy(t->after, t->before, sizeof t->after);
    if (t->exception < 0) {
        t->after[G_EIP] += t->code_len;
        if (!(t->before[G_CS + 3] & ATTR_DB))
            t->after[G_EIP] &= 0xFFFF;
    }
}

static bool finish(Reader *r)
{
    GoldenTest *t = &r->test;
    if (!r->in_test)
        return true;
    if (!t->code_len)
        return wrong(r, "test %s has no code", t->name);
    begin_then(r);
    r->in_test = r->then = false;
    r->stopped = !r->fn(r->ctx, t);
    return true;
}

static const GoldenSetup *setup_named(const Reader *r, const char *name)
{
    const GoldenSetup *s = r->file->setup;
    while (s && strcmp(s->name, name))
        s = s->next;
    return s;
}

static bool new_setup(Reader *r, const char *p)
{
    if (!finish(r))
        return false;
    r->setup = calloc(1, sizeof *r->setup);
    if (!r->setup)
        panic("out of host memory");
    word(p, r->setup->name, sizeof r->setup->name);
    golden_reset_state(r->setup->reg);
    r->setup->next = r->file->setup;
    r->file->setup = r->setup;
    return true;
}

static bool new_test(Reader *r, const char *p)
{
    if (!finish(r))
        return false;
    r->setup = NULL;
    golden_start(&r->test, NULL);
    snprintf(r->test.name, sizeof r->test.name, "%s", p);
    text_tame(r->test.name, false);
    r->test.line = r->line;
    r->in_test = true;
    return true;
}

static bool read_code(Reader *r, const char *p)
{
    GoldenTest *t = &r->test;
    const char *comment = strchr(p, ';');
    if (comment)
        snprintf(t->text, sizeof t->text, "%s", skip_space(comment + 1));
    text_tame(t->text, false);
    return read_bytes(r, p, t->code, sizeof t->code, &t->code_len);
}

static bool read_exception(Reader *r, const char *p)
{
    GoldenTest *t = &r->test;
    char *end;
    long vector = strtol(p, &end, 10);
    if (end == p || vector < 0 || vector > 255)
        return wrong(r, "an exception needs a vector, 0 to 255");
    t->exception = (int)vector;
    p = skip_space(end);
    t->has_error = *p;
    if (*p && (!hex(&p, 8, &t->error) || *p))
        return wrong(r, "no hexadecimal error code: %.40s", p);
    return true;
}

static bool read_from(Reader *r, const char *p)
{
    GoldenTest *t = &r->test;
    u32 plain[G_WORDS];
    golden_reset_state(plain);
    if (memcmp(t->before, plain, sizeof plain))
        return wrong(r, "`from` belongs before `init`, and once");
    t->setup = setup_named(r, p);
    if (!t->setup)
        return wrong(r, "no setup %s before", p);
    memcpy(t->before, t->setup->reg, sizeof t->before);
    return true;
}

/* What `then` starts from must be known when it comes. */
static bool comes_late(const Reader *r, const char *key)
{
    return r->then && (!strcmp(key, "from") || !strcmp(key, "code") || !strcmp(key, "init") ||
                       !strcmp(key, "exception"));
}

static bool test_line(Reader *r, const char *key, char *p)
{
    GoldenTest *t = &r->test;
    if (comes_late(r, key))
        return wrong(r, "`%s` belongs before `then`", key);
    if (!strcmp(key, "cpu"))
        return read_models(r, p);
    if (!strcmp(key, "from"))
        return read_from(r, p);
    if (!strcmp(key, "code"))
        return read_code(r, p);
    if (!strcmp(key, "init"))
        return read_regs(r, p, t->before, NULL);
    if (!strcmp(key, "mem"))
        return read_mem(r, p, &t->mem);
    if (!strcmp(key, "exception"))
        return read_exception(r, p);
    if (!strcmp(key, "undefined"))
        return read_undefined(r, p);
    if (!strcmp(key, "then")) {
        begin_then(r);
        return read_regs(r, p, t->after, &t->selector_only);
    }
    if (!strcmp(key, "after"))
        return read_mem(r, p, &t->changed);
    if (!strcmp(key, "in") || !strcmp(key, "out"))
        return golden_ports_read(&t->ports, *key == 'o', p) ||
               wrong(r, "an access is port, size (1, 2 or 4) and value: %.40s", p);
    return wrong(r, "no such line in a test: %s", key);
}

static bool setup_line(Reader *r, const char *key, const char *p)
{
    if (!strcmp(key, "init"))
        return read_regs(r, p, r->setup->reg, NULL);
    if (!strcmp(key, "mem"))
        return read_mem(r, p, &r->setup->mem);
    return wrong(r, "no such line in a setup: %s", key);
}

static bool read_line(Reader *r, char *line)
{
    char key[16], *p = (char *)skip_space(line);
    size_t len = strlen(p);
    while (len && isspace((unsigned char)p[len - 1]))
        p[--len] = 0;
    if (!*p || *p == '#')
        return true;
    p = (char *)word(p, key, sizeof key);
    if (!strcmp(key, "golden"))
        return (r->head = !strcmp(p, "1")) ||
               wrong(r, "format %s is not known to this program", p);
    if (!r->head)
        return wrong(r, "these are no golden tests: their first line is `golden 1`");
    if (!strcmp(key, "setup"))
        return new_setup(r, p);
    if (!strcmp(key, "test"))
        return new_test(r, p);
    if (r->in_test)
        return test_line(r, key, p);
    if (r->setup)
        return setup_line(r, key, p);
    return wrong(r, "outside of any test: %s", key);
}

enum { LINE_MAX_BYTES = 1 << 16 };

bool golden_read(GoldenFile *file, FILE *f, const char *name, GoldenFn *fn, void *ctx)
{
    Reader r = {.file = file, .name = name, .fn = fn, .ctx = ctx};
    char *line = malloc(LINE_MAX_BYTES);
    bool ok = true;
    while (ok && !r.stopped && line && fgets(line, LINE_MAX_BYTES, f)) {
        r.line++;
        if (r.line == 1 && !memcmp(line, "\x1F\x8B", 2))
            ok = wrong(&r, "this is compressed; unpack it: gzip -dc F | glass86 -golden -");
        else
            ok = strchr(line, '\n') || feof(f) ? read_line(&r, line) : wrong(&r, "this is no text");
    }
    if (ok && !r.stopped)
        ok = ferror(f) ? wrong(&r, "cannot be read")
             : r.head  ? finish(&r)
                       : wrong(&r, "this is empty; golden tests begin with `golden 1`");
    free(line);
    golden_free(&r.test);
    return ok;
}

/* ---- writing --------------------------------------------------------------------------------- */

enum { LINE = 96 };

/* Registers of reg[] that differ from those of old[], as lines that begin with `key`. */
static void write_regs(FILE *f, const char *key, const u32 *reg, const u32 *old, u64 selector_only)
{
    int column = 0;
    for (int n = 0; golden_regs[n].name; n++) {
        const GoldenReg *g = &golden_regs[n];
        char text[80];
        int parts = golden_bit(selector_only, n) ? 1 : g->parts;
        if (!memcmp(reg + g->word, old + g->word, (size_t)parts * 4))
            continue;
        int len = snprintf(text, sizeof text, " %s", g->name);
        for (int k = 0; k < parts; k++)
            len += snprintf(text + len, sizeof text - (size_t)len, "%c%0*x", k ? ':' : '=',
                            parts == 1 && g->parts == 1 ? 1 : g->digits[k],
                            (unsigned)reg[g->word + k]);
        if (column + len > LINE) {
            fputc('\n', f);
            column = 0;
        }
        if (!column)
            column = fprintf(f, "%s", key);
        fputs(text, f);
        column += len;
    }
    if (column)
        fputc('\n', f);
}

static int by_address(const void *a, const void *b)
{
    u32 x = ((const GoldenByte *)a)->addr, y = ((const GoldenByte *)b)->addr;
    return x < y ? -1 : x > y;
}

static void write_mem(FILE *f, const char *key, const GoldenMem *m)
{
    if (m->count)
        qsort(m->byte, m->count, sizeof *m->byte, by_address);
    for (u32 n = 0; n < m->count; n++) {
        bool fresh = !n || m->byte[n].addr != m->byte[n - 1].addr + 1 || !(m->byte[n].addr & 31);
        if (fresh)
            fprintf(f, "%s%s %x ", n ? "\n" : "", key, (unsigned)m->byte[n].addr);
        fprintf(f, "%02x", m->byte[n].value);
    }
    if (m->count)
        fputc('\n', f);
}

void golden_write_head(FILE *f)
{
    fputs("golden 1\n", f);
}

void golden_write_setup(FILE *f, const GoldenSetup *s)
{
    u32 empty[G_WORDS];
    golden_reset_state(empty);
    fprintf(f, "\nsetup %s\n", s->name);
    write_regs(f, "init", s->reg, empty, 0);
    write_mem(f, "mem", &s->mem);
}

static void write_models(FILE *f, const GoldenTest *t)
{
    if (t->first == CPU_8086 && t->last == CPU_686)
        return;
    fprintf(f, "cpu %s", cpu_model_name(t->first));
    if (t->last == CPU_686 && t->first != CPU_686)
        fputc('-', f);
    else if (t->last != t->first)
        fprintf(f, "-%s", cpu_model_name(t->last));
    fputc('\n', f);
}

void golden_write(FILE *f, const GoldenTest *t)
{
    u32 old[G_WORDS];
    golden_reset_state(old);
    fprintf(f, "\ntest %s\n", t->name);
    if (t->setup) {
        fprintf(f, "from %s\n", t->setup->name);
        memcpy(old, t->setup->reg, sizeof old);
    }
    write_models(f, t);
    fputs("code ", f);
    for (u32 n = 0; n < t->code_len; n++)
        fprintf(f, "%02x", t->code[n]);
    fprintf(f, "%s%s\n", *t->text ? " ; " : "", t->text);
    write_regs(f, "init", t->before, old, 0);
    write_mem(f, "mem", &t->mem);
    if (t->exception >= 0) {
        fprintf(f, "exception %d", t->exception);
        if (t->has_error)
            fprintf(f, " %x", (unsigned)t->error);
        fputc('\n', f);
    }
    if (t->undefined) {
        fputs("undefined", f);
        for (size_t n = 0; n < ARRAY_LEN(flag_names); n++)
            if (t->undefined & flag_names[n].bit)
                fprintf(f, " %s", flag_names[n].name);
        fputc('\n', f);
    }
    memcpy(old, t->before, sizeof old);
    if (t->exception < 0) {
        old[G_EIP] += t->code_len;
        if (!(old[G_CS + 3] & ATTR_DB))
            old[G_EIP] &= 0xFFFF;
    }
    golden_ports_write(f, &t->ports);
    write_regs(f, "then", t->after, old, t->selector_only);
    write_mem(f, "after", &t->changed);
}
