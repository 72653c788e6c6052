/* log.c: see log.h. Lines begin with the instruction count, so that logs of two runs can be
 * compared. */
#include "frontend/log.h"

#include <errno.h>
#include <inttypes.h>

bool log_open(Log *l, const Options *o, char *err, size_t errlen)
{
    *l = (Log){.opt = o};
    if (!o->log)
        return true;
    l->f = o->log_file ? fopen(o->log_file, "w") : stderr;
    if (!l->f)
        snprintf(err, errlen, "cannot write the log %s: %s", o->log_file, strerror(errno));
    return l->f;
}

static bool wanted(const Options *o, u32 addr)
{
    for (int i = 0; i < o->filter_count; i++) {
        if (addr >= o->filter[i].first && addr <= o->filter[i].last)
            return true;
    }
    return !o->filter_count;
}

static void on_port(void *ctx, bool write, u16 port, int size, u32 value)
{
    Log *l = ctx;
    if (wanted(l->opt, port))
        fprintf(l->f, "%" PRIu64 " %s 0x%04x %d 0x%0*x\n", l->pc->clock.now, write ? "out" : "in ",
                port, size, size * 2, value);
}

/* "12345 1234:00005678", the beginning of a line about the processor. */
static void print_place(Log *l)
{
    const CpuState *s = &l->pc->cpu.s;
    fprintf(l->f, "%" PRIu64 " %04x:%08x", l->pc->clock.now, s->seg[SEG_CS].sel, s->eip);
}

static bool code_wanted(const Log *l)
{
    const CpuState *s = &l->pc->cpu.s;
    return wanted(l->opt, s->seg[SEG_CS].base + s->eip);
}

/* Stands between the processor and the interrupt controllers, to know a hardware interrupt from
 * an exception. */
static int on_ack(void *ctx)
{
    Log *l = ctx;
    l->acked = true;
    return l->ack(l->ack_ctx);
}

static void on_interrupt(void *ctx, int vector, bool soft, u32 error)
{
    Log *l = ctx;
    const CpuState *s = &l->pc->cpu.s;
    u32 kind = soft ? LOG_INT : l->acked ? LOG_IRQ : LOG_EXC;
    l->acked = false;
    if (!(l->opt->log & kind) || !code_wanted(l))
        return;
    print_place(l);
    if (kind == LOG_INT)
        fprintf(l->f, " int 0x%02x eax=%08x ebx=%08x ecx=%08x edx=%08x ds=%04x es=%04x\n",
                (unsigned)vector, s->r[0], s->r[3], s->r[1], s->r[2], s->seg[SEG_DS].sel,
                s->seg[SEG_ES].sel);
    else if (kind == LOG_IRQ)
        fprintf(l->f, " irq 0x%02x\n", (unsigned)vector);
    else
        fprintf(l->f, " exc 0x%02x error=%04x cr2=%08x\n", (unsigned)vector, error, s->cr2);
}

static void on_insn(void *ctx, const Insn *i)
{
    Log *l = ctx;
    char text[100];
    if (!code_wanted(l))
        return;
    disasm(i, l->pc->cpu.s.eip, text, sizeof text);
    print_place(l);
    fprintf(l->f, " %s\n", text);
}

void log_attach(Log *l, Pc *pc)
{
    l->pc = pc;
    if (!l->f)
        return;
    if (l->opt->log & LOG_IO) {
        pc->bus.hooks.tap = on_port;
        pc->bus.hooks.tap_ctx = l;
    }
    if (l->opt->log & (LOG_INT | LOG_IRQ | LOG_EXC | LOG_INSN)) {
        l->hooks.ctx = l;
        l->hooks.on_interrupt = on_interrupt;
        l->hooks.on_insn = l->opt->log & LOG_INSN ? on_insn : NULL;
        pc->cpu.debug = &l->hooks;
        l->ack = pc->cpu.ack;
        l->ack_ctx = pc->cpu.ack_ctx;
        pc->cpu.ack = on_ack;
        pc->cpu.ack_ctx = l;
    }
}

void log_reset(Log *l)
{
    if (l->f && l->opt->log & LOG_RESET)
        fprintf(l->f, "%" PRIu64 " reset\n", l->pc->clock.now);
}

bool log_close(Log *l)
{
    if (!l->f)
        return true;
    bool bad = fflush(l->f) || ferror(l->f);
    if (l->f != stderr)
        bad |= fclose(l->f) != 0;
    l->f = NULL;
    return !bad;
}
