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

void log_attach(Log *l, Pc *pc)
{
    l->pc = pc;
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
