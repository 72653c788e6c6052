/* log.c: see log.h. Lines begin with the instruction count, so that logs of two runs can be compared. */
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
        fprintf(l->f, "%" PRIu64 " %s 0x%04x %d 0x%0*x\n", l->pc->clock.now, write ? "out" : "in ", port,
                size, size * 2, value);
}

static void on_insn(void *ctx, const Insn *i)
{
    Log *l = ctx;
    const Cpu *c = &l->pc->cpu;
    if (!wanted(l->opt, c->s.seg[SEG_CS].base + c->s.eip))
        return;
    char text[80];
    disasm(i, c->s.eip, text, sizeof text);
    fprintf(l->f, "%" PRIu64 " %04x:%04x %s\n", l->pc->clock.now, c->s.seg[SEG_CS].sel, c->s.eip, text);
}

static void on_interrupt(void *ctx, int vector, bool soft, u32 error)
{
    Log *l = ctx;
    const Cpu *c = &l->pc->cpu;
    bool exception = !soft && vector < 32 && !c->external;
    if (!(l->opt->log & (exception ? LOG_EXC : LOG_INT)))
        return;
    fprintf(l->f, "%" PRIu64 " %s 0x%02x at %04x:%04x ax=%04x error=%x\n", l->pc->clock.now,
            exception ? "exc" : soft ? "int" : "irq", (unsigned)vector, c->s.seg[SEG_CS].sel, c->s.eip,
            c->s.r[0] & 0xFFFF, error);
}

void log_attach(Log *l, Pc *pc)
{
    l->pc = pc;
    if (l->f && l->opt->log & (LOG_INSN | LOG_INT | LOG_EXC)) {
        l->hooks = (CpuDebug){.ctx = l, .on_interrupt = on_interrupt};
        if (l->opt->log & LOG_INSN)
            l->hooks.on_insn = on_insn;
        pc->cpu.debug = &l->hooks;
    }
    if (l->f && l->opt->log & LOG_IO) {
        pc->bus.hooks.tap = on_port;
        pc->bus.hooks.tap_ctx = l;
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
