/* debug_trace.c: see debug_trace.h. The format is described in docs/debugger.md. */
#include "frontend/debug_trace.h"

#include "frontend/say.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

enum { CACHE = 4096, TEXT = 120, TAIL = 2 * 16 + TEXT + 4 };

/* What stands behind the place: bytes and text. Most instructions are executed again and again. */
typedef struct {
    u32 eip;
    u8 len, bytes[15]; /* len 0: nothing */
    bool code32;
    u8 n;
    char text[TAIL];
} Tail;

struct DebugTrace {
    TraceOptions o;
    FILE *f; /* NULL: where the debugger tells things */
    Tail cache[CACHE];
};

bool trace_start(Debug *d, const char *path, const TraceOptions *o)
{
    trace_stop(d);
    struct DebugTrace *t = calloc(1, sizeof *t);
    if (!t)
        panic("out of host memory for the trace");
    t->o = *o;
    t->f = path ? fopen(path, "w") : NULL;
    if (path && !t->f) {
        free(t);
        return debug_fail(d, "cannot write %s: %s", path, strerror(errno));
    }
    d->trace = t;
    debug_hook_up(d);
    return true;
}

void trace_stop(Debug *d)
{
    struct DebugTrace *t = d->trace;
    if (!t)
        return;
    if (t->f)
        fclose(t->f);
    else
        fflush(d->out);
    free(t);
    d->trace = NULL;
    debug_hook_up(d);
}

void trace_poll(Debug *d)
{
    if (!d->trace || !d->trace->f || !has_size(d->trace->f, d->session->opt->log_limit))
        return;
    trace_stop(d);
    say("trace: its file has the size that -log-limit allows; no more is traced");
}

static FILE *file_of(const Debug *d)
{
    return d->trace->f ? d->trace->f : d->out;
}

static bool wanted(Debug *d)
{
    const TraceOptions *o = &d->trace->o;
    const CpuState *s = &d->pc->cpu.s;
    u32 la = s->seg[SEG_CS].base + s->eip;
    return la >= o->first && la <= o->last && (o->ring < 0 || o->ring == s->cpl);
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* Without printf, which was most of what tracing cost. */

static char *put_text(char *p, const char *s)
{
    size_t n = strlen(s);
    memcpy(p, s, n);
    return p + n;
}

static char *put_hex(char *p, u32 v, int digits)
{
    static const char digit[] = "0123456789abcdef";
    for (int n = digits - 1; n >= 0; n--, v >>= 4)
        p[n] = digit[v & 15];
    return p + digits;
}

static char *put_number(char *p, u64 v)
{
    char text[20];
    int n = 0;
    do
        text[n++] = (char)('0' + v % 10);
    while (v /= 10);
    while (n)
        *p++ = text[--n];
    return p;
}

static void print_line(Debug *d, const char *line, const char *end)
{
    fwrite(line, 1, (size_t)(end - line), file_of(d));
}

static const Tail *tail_of(Debug *d, const Insn *i)
{
    const CpuState *s = &d->pc->cpu.s;
    u32 linear = s->seg[SEG_CS].base + s->eip;
    Tail *t = &d->trace->cache[linear % CACHE];
    bool code32 = debug_code32(d);
    u8 b[15] = {0};
    debug_read(d, linear, b, i->len);
    if (t->len == i->len && t->eip == s->eip && t->code32 == code32 &&
        !memcmp(t->bytes, b, sizeof b))
        return t;
    char *p = t->text, text[TEXT];
    t->eip = s->eip;
    t->len = i->len;
    t->code32 = code32;
    memcpy(t->bytes, b, sizeof b);
    disasm(i, s->eip, text, sizeof text);
    *p++ = ' ';
    for (int n = 0; n < i->len; n++)
        p = put_hex(p, b[n], 2);
    *p++ = ' ';
    p = put_text(p, text);
    *p++ = '\n';
    t->n = (u8)(p - t->text);
    return t;
}

static char *put_registers(Debug *d, char *p)
{
    static const char *const names[8] = {
        "regs eax=", " ebx=", " ecx=", " edx=", " esi=", " edi=", " ebp=", " esp="};
    static const u8 order[8] = {0, 3, 1, 2, 6, 7, 5, 4};
    for (int n = 0; n < 8; n++)
        p = put_hex(put_text(p, names[n]), d->pc->cpu.s.r[order[n]], 8);
    p = put_hex(put_text(p, " efl="), debug_eflags(d), 8);
    return put_text(p, "\n");
}

static char *put_memory(Debug *d, const Insn *i, char *p)
{
    const CpuState *s = &d->pc->cpu.s;
    u32 ea = *(const u32 *)((const u8 *)s + i->base) +
             (*(const u32 *)((const u8 *)s + i->index) << i->flags / INSN_SCALE) + i->disp;
    u32 la = s->seg[i->seg].base + (i->flags & INSN_AD32 ? ea : (u16)ea);
    u8 m[4] = {0};
    bool ok = debug_read(d, la, m, 4);
    p = put_hex(put_text(p, "mem 0x"), la, 8);
    if (!ok)
        return put_text(p, " unmapped\n");
    *p++ = ' ';
    return put_text(put_hex(p, load_le(m, 4), 8), "\n");
}

void trace_insn(Debug *d, const Insn *i)
{
    const CpuState *s = &d->pc->cpu.s;
    char line[TAIL + 400], *p = line;
    if (!wanted(d))
        return;
    p = put_number(p, d->pc->clock.now);
    *p++ = ' ';
    p = put_hex(p, s->seg[SEG_CS].sel, 4);
    *p++ = ':';
    p = put_hex(p, s->eip, 8);
    *p++ = ' ';
    *p++ = (char)('0' + s->cpl);
    const Tail *t = tail_of(d, i);
    memcpy(p, t->text, t->n);
    p += t->n;
    if (d->trace->o.regs)
        p = put_registers(d, p);
    if (d->trace->o.mem && i->flags & INSN_MEM && i->seg < 6)
        p = put_memory(d, i, p);
    print_line(d, line, p);
}

void trace_interrupt(Debug *d, int vector, bool soft)
{
    const CpuState *s = &d->pc->cpu.s;
    if (wanted(d))
        fprintf(file_of(d), "int %" PRIu64 " %04x:%08x %s 0x%02x ax=%04x\n", d->pc->clock.now,
                s->seg[SEG_CS].sel, s->eip,
                soft                         ? "soft"
                : d->pc->cpu.delivering >= 0 ? "exception"
                                             : "hard",
                (unsigned)vector, s->r[0] & 0xFFFF);
}

void trace_port(Debug *d, bool write, u16 port, int size, u32 value)
{
    if (wanted(d))
        fprintf(file_of(d), "io %" PRIu64 " %s 0x%04x 0x%0*x\n", d->pc->clock.now,
                write ? "out" : "in", port, size * 2, value);
}
