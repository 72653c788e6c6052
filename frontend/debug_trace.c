/* debug_trace.c: see debug_trace.h. The format is described in docs/debugger.md. */
#include "frontend/debug_trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

struct DebugTrace {
    TraceOptions o;
    FILE *f; /* NULL: where the debugger tells things */
    u64 lines;
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

void trace_insn(Debug *d, const Insn *i)
{
    const CpuState *s = &d->pc->cpu.s;
    FILE *f = file_of(d);
    char text[120];
    u8 b[16] = {0};
    if (!wanted(d))
        return;
    disasm(i, s->eip, text, sizeof text);
    debug_read(d, s->seg[SEG_CS].base + s->eip, b, i->len);
    fprintf(f, "%" PRIu64 " %04x:%08x %u ", d->pc->clock.now, s->seg[SEG_CS].sel, s->eip, s->cpl);
    for (int n = 0; n < i->len; n++)
        fprintf(f, "%02x", b[n]);
    fprintf(f, " %s\n", text);
    if (d->trace->o.regs)
        fprintf(f,
                "regs eax=%08x ebx=%08x ecx=%08x edx=%08x esi=%08x edi=%08x ebp=%08x esp=%08x "
                "efl=%08x\n",
                s->r[0], s->r[3], s->r[1], s->r[2], s->r[6], s->r[7], s->r[5], s->r[4],
                debug_eflags(d));
    if (d->trace->o.mem && i->flags & INSN_MEM && i->seg < 6) {
        u32 ea = *(const u32 *)((const u8 *)s + i->base) +
                 (*(const u32 *)((const u8 *)s + i->index) << i->flags / INSN_SCALE) + i->disp;
        u32 la = s->seg[i->seg].base + (i->flags & INSN_AD32 ? ea : (u16)ea);
        u8 m[4] = {0};
        bool ok = debug_read(d, la, m, 4);
        fprintf(f, ok ? "mem 0x%08x %08x\n" : "mem 0x%08x unmapped\n", la, load_le(m, 4));
    }
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
