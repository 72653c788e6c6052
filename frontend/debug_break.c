/* debug_break.c: see debug_break.h. */
#include "frontend/debug_break.h"

#include "frontend/expr.h"
#include "frontend/shadow.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>

static const char *const kind_names[] = {
    [BREAK_CODE] = "code",       [BREAK_PHYS] = "physical code",
    [BREAK_WATCH] = "watch",     [BREAK_PWATCH] = "physical watch",
    [BREAK_INT] = "interrupt",   [BREAK_EXC] = "exception",
    [BREAK_FAULT] = "any fault", [BREAK_IO] = "port",
    [BREAK_MODE] = "mode",       [BREAK_CR] = "control reg",
    [BREAK_INSN] = "count",      [BREAK_TEXT] = "text",
    [BREAK_MAGIC] = "magic",
};

/* ---- table
 * ---------------------------------------------------------------------------------------- */

Break *break_new(Debug *d, BreakKind kind, const char *what)
{
    Breaks *bs = &d->breaks;
    if (bs->count == BREAK_MAX) {
        debug_fail(d, "there are %d breakpoints already; delete one with `d N`", BREAK_MAX);
        return NULL;
    }
    Break *b = calloc(1, sizeof *b);
    if (!b)
        panic("out of host memory for a breakpoint");
    b->kind = kind;
    b->enabled = true;
    b->vector = b->ah = b->control = -1;
    b->number = bs->next++;
    snprintf(b->what, sizeof b->what, "%s", what);
    bs->list[bs->count++] = b;
    return b;
}

static void release(Break *b)
{
    if (b->kind == BREAK_TEXT)
        regfree(&b->re);
    lines_free(b->command, b->command_count);
    free(b->condition);
    free(b->log);
    free(b);
}

void break_delete(Debug *d, Break *b)
{
    Breaks *bs = &d->breaks;
    int n = 0;
    while (n < bs->count && bs->list[n] != b)
        n++;
    if (n == bs->count)
        return;
    memmove(&bs->list[n], &bs->list[n + 1], (size_t)(bs->count - n - 1) * sizeof *bs->list);
    bs->count--;
    release(b);
}

Break *break_find(Debug *d, int number)
{
    for (int n = 0; n < d->breaks.count; n++)
        if (d->breaks.list[n]->number == number && !d->breaks.list[n]->internal)
            return d->breaks.list[n];
    return NULL;
}

void breaks_free(Debug *d)
{
    while (d->breaks.count)
        release(d->breaks.list[--d->breaks.count]);
}

bool breaks_any(const Debug *d, BreakKind kind)
{
    for (int n = 0; n < d->breaks.count; n++)
        if (d->breaks.list[n]->kind == kind && d->breaks.list[n]->enabled)
            return true;
    return false;
}

/* ---- in the processor
 * ------------------------------------------------------------------------------ */

static void take_all(Cpu *c)
{
    while (c->break_count)
        cpu_break(c, c->break_at[0], false);
    while (c->watch_count)
        cpu_watch(c, c->watch[0].linear, c->watch[0].len, c->watch[0].read, c->watch[0].write,
                  false);
    while (c->watch_phys_count)
        cpu_watch_phys(c, c->watch_phys[0].first,
                       c->watch_phys[0].last - c->watch_phys[0].first + 1, false);
}

static bool put(Cpu *c, const Break *b)
{
    switch (b->kind) {
    case BREAK_CODE:
    case BREAK_PHYS: /* the processor goes by the offset in the page; on_break() looks closely */
        return cpu_break(c, b->addr, true);
    case BREAK_WATCH:
        return cpu_watch(c, b->addr, b->len, b->rw & BREAK_R, b->rw & BREAK_W, true);
    case BREAK_PWATCH:
        return cpu_watch_phys(c, b->addr, b->len, true);
    case BREAK_TEXT:
        return cpu_watch_phys(c, DEBUG_VIDEO, DEBUG_VIDEO_SIZE, true);
    default:
        return true;
    }
}

bool breaks_apply(Debug *d)
{
    Cpu *c = &d->pc->cpu;
    bool ok = true, magic = breaks_any(d, BREAK_MAGIC);
    take_all(c);
    if (!magic && c->magic) {
        c->magic = 0;
        cpu_drop_derived(c);
    }
    for (int n = 0; n < d->breaks.count; n++) {
        const Break *b = d->breaks.list[n];
        if (b->enabled && b->kind == BREAK_MAGIC && c->magic != (u8)b->addr) {
            c->magic = (u8)b->addr;
            cpu_drop_derived(c);
        }
        if (b->enabled && !put(c, b))
            ok = debug_fail(d,
                            "the processor watches at most %zu code addresses and %zu data ranges; "
                            "%s was not set",
                            ARRAY_LEN(c->break_at), ARRAY_LEN(c->watch), b->what);
    }
    shadow_watch(d);
    debug_hook_up(d);
    return ok;
}

/* ---- hits
 * ------------------------------------------------------------------------------------------ */

bool break_condition(Debug *d, Break *b, const char *text)
{
    if (text && !expr_check(d, text))
        return false;
    free(b->condition);
    b->condition = text ? strdup(text) : NULL;
    return true;
}

bool break_matches(Debug *d, Break *b)
{
    Value v = {.v = 1};
    if (!b->enabled || b->internal || b->log)
        return false;
    return !b->condition || !expr_eval(d, b->condition, &v) || v.v;
}

bool break_hits(Debug *d, Break *b)
{
    Value v = {.v = 1};
    if (!b->enabled)
        return false;
    if (b->check_esp) {
        const CpuState *s = &d->pc->cpu.s;
        if (s->seg[SEG_SS].sel == b->ss && s->r[4] < b->esp)
            return false; /* a deeper call of the same code */
    }
    if (b->condition && !expr_eval(d, b->condition, &v)) {
        b->hits++;
        return true; /* the stop says what is wrong with it: d->error */
    }
    if (!v.v)
        return false;
    b->hits++;
    if (b->ignore) {
        b->ignore--;
        return false;
    }
    if (b->log) {
        if (!debug_printf(d, b->log, d->out, false))
            fprintf(d->out, "log %d: %s\n", b->number, d->error);
        return false;
    }
    return true;
}

/* ---- printf
 * ---------------------------------------------------------------------------------------- */

static int unescape(const char **p)
{
    static const char from[] = "nrt0eab\\\"'", to[] = "\n\r\t\0\033\a\b\\\"'";
    if (**p != '\\' || !(*p)[1])
        return (unsigned char)*(*p)++;
    const char *e = strchr(from, (*p)[1]);
    int c = e ? to[e - from] : (*p)[1];
    *p += 2;
    return c;
}

static bool string_at(Debug *d, u32 linear, FILE *out)
{
    u8 c;
    for (int n = 0; n < 256 && debug_read(d, linear + (u32)n, &c, 1) && c; n++)
        fputc(c >= 32 && c < 127 ? c : '.', out);
    return true;
}

static bool next_argument(Debug *d, const char **args, Value *v, bool dry)
{
    if (**args != ',')
        return debug_fail(d, "printf: an argument is missing");
    (*args)++;
    return expr_parse(d, args, v, dry);
}

/* One % conversion at *p (behind the %). */
static bool conversion(Debug *d, const char **p, const char **args, FILE *out, bool dry)
{
    char spec[24] = "%";
    size_t n = strspn(*p, "-+ #0123456789.");
    if (n > 8)
        return debug_fail(d, "printf: `%.12s` is too long a width", *p);
    memcpy(spec + 1, *p, n);
    *p += n;
    *p += strspn(*p, "lh");
    char c = **p;
    if (!c || !strchr("diuxXocsp", c))
        return debug_fail(d, "printf: %%%c is unknown; there are %%d %%u %%x %%o %%c %%s %%p %%%%",
                          c ? c : ' ');
    int width = atoi(spec + 1 + strspn(spec + 1, "-+ #0")),
        precision = strchr(spec, '.') ? atoi(strchr(spec, '.') + 1) : 0;
    if (width > 200 || precision > 200)
        return debug_fail(d, "printf: a width of at most 200");
    (*p)++;
    Value v;
    if (!next_argument(d, args, &v, dry))
        return false;
    if (dry)
        return true;
    if (c == 's')
        return string_at(d, (u32)v.v, out);
    if (c == 'c') {
        fputc((int)(v.v & 0xFF), out);
        return true;
    }
    if (c == 'p') {
        fprintf(out, "0x%08x", (u32)v.v);
        return true;
    }
    if (c == 'd' || c == 'i') /* registers are unsigned; a person who asks for %d wants the sign */
        v.v = v.v <= UINT32_MAX && v.size < 8 ? (u64)(s64)(v.size == 1   ? (s8)v.v
                                                           : v.size == 2 ? (s16)v.v
                                                                         : (s32)v.v)
                                              : v.v;
    n = strlen(spec);
    snprintf(spec + n, sizeof spec - n, "ll%c", c);
    fprintf(out, spec, v.v);
    return true;
}

bool debug_printf(Debug *d, const char *args, FILE *out, bool dry)
{
    if (*args != '"')
        return debug_fail(d, "expected \"format\" at `%.30s`", args);
    const char *p = args + 1, *end = p;
    while (*end && *end != '"')
        end += *end == '\\' && end[1] ? 2 : 1;
    if (!*end)
        return debug_fail(d, "the format has no closing quote");
    args = end + 1;
    while (*args == ' ')
        args++;
    while (p < end) {
        if (*p == '%' && p[1] == '%') {
            if (!dry)
                fputc('%', out);
            p += 2;
        } else if (*p == '%') {
            p++;
            if (!conversion(d, &p, &args, out, dry))
                return false;
        } else {
            int c = unescape(&p);
            if (!dry)
                fputc(c, out);
        }
    }
    return !*args || debug_fail(d, "printf: too many arguments at `%.30s`", args);
}

/* ---- showing
 * --------------------------------------------------------------------------------------- */

void break_describe(const Break *b, char *text, size_t size)
{
    size_t n = (size_t)snprintf(text, size, "%-14s %s", kind_names[b->kind], b->what);
    if (b->condition && n < size)
        n += (size_t)snprintf(text + n, size - n, " if %s", b->condition);
}

/* Whether the command of this one can end with `if E`. */
static bool takes_if(const Break *b)
{
    return !b->log && b->kind != BREAK_INSN && b->kind != BREAK_TEXT && b->kind != BREAK_MAGIC;
}

void breaks_save(Debug *d, FILE *f)
{
    for (int n = 0; n < d->breaks.count; n++) {
        const Break *b = d->breaks.list[n];
        if (b->internal || b->gdb)
            continue;
        fprintf(f, b->log ? "%s %s" : "%s", b->what, b->log);
        if (b->condition)
            fprintf(f, takes_if(b) ? " if %s" : "\ncondition $bpnum %s", b->condition);
        fputc('\n', f);
        if (b->ignore)
            fprintf(f, "ignore $bpnum %llu\n", (unsigned long long)b->ignore);
        if (b->command_count) {
            fprintf(f, "commands $bpnum\n");
            for (int i = 0; i < b->command_count; i++)
                fprintf(f, "%s\n", b->command[i]);
            fprintf(f, "end\n");
        }
        if (!b->enabled)
            fprintf(f, "disable $bpnum\n");
    }
}
