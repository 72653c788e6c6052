/* log.c: see log.h. Lines begin with the instruction count, so that logs of two runs can be
 * compared. */
#include "frontend/log.h"

#include "frontend/say.h"
#include "frontend/study.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

bool log_open(Log *l, const Options *o, char *err, size_t errlen)
{
    *l = (Log){.opt = o, .sink = -1};
    if (!o->log)
        return true;
    l->f = o->log_file ? fopen(o->log_file, "w") : stderr;
    if (o->log_file && o->log_limit) /* now: later nothing may be opened any more */
        l->sink = open("/dev/null", O_WRONLY | O_CLOEXEC);
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
    bool sensitive = l->opt->log & LOG_SENS && study_is_sensitive(&x86_rows[i->row]);
    if (!sensitive && !(l->opt->log & LOG_INSN))
        return;
    disasm(i, l->pc->cpu.s.eip, text, sizeof text);
    print_place(l);
    if (sensitive)
        fprintf(l->f, " sens ring %u", l->pc->cpu.s.cpl);
    fprintf(l->f, " %s\n", text);
}

/* ---- memory management ----------------------------------------------------------------------- */

static void on_mode(void *ctx)
{
    Log *l = ctx;
    const CpuState *s = &l->pc->cpu.s;
    u32 changed = s->cr0 ^ l->seen_cr0;
    bool seen = !(changed & (CR0_PG | CR0_PE)) && s->cr3 == l->seen_cr3 && s->a20 == l->seen_a20;
    l->seen_cr0 = s->cr0;
    l->seen_a20 = s->a20;
    bool space = s->cr3 != l->seen_cr3;
    l->seen_cr3 = s->cr3;
    if (seen || !code_wanted(l))
        return;
    print_place(l);
    fprintf(l->f, " mmu%s%s a20=%u", s->cr0 & CR0_PE ? " protected" : " real",
            s->cr0 & CR0_PG ? " paged" : "", s->a20);
    fprintf(l->f, space ? " cr3=%08x (changed)\n" : " cr3=%08x\n", s->cr3);
}

static void on_control(void *ctx, CpuControl kind, u32 number, u64 value)
{
    Log *l = ctx;
    if (kind == CPU_INVLPG && code_wanted(l)) {
        print_place(l);
        fprintf(l->f, " mmu invlpg %08x\n", number);
    }
}

static void on_fault(void *ctx, int vector, bool has_error, u32 error)
{
    Log *l = ctx;
    const CpuState *s = &l->pc->cpu.s;
    if (vector != 14 || !code_wanted(l))
        return;
    print_place(l);
    fprintf(l->f, " pf %08x error=%04x %s %s, %s cr3=%08x\n", s->cr2, error,
            error & 4 ? "user" : "supervisor", error & 2 ? "write" : "read",
            error & 8   ? "reserved bit"
            : error & 1 ? "not allowed"
                        : "not present",
            s->cr3);
}

/* ---- devices --------------------------------------------------------------------------------- */

static void on_dma(void *ctx, bool write, u32 addr, u32 len)
{
    Log *l = ctx;
    if (wanted(l->opt, addr))
        fprintf(l->f, "%" PRIu64 " dev dma %s phys:0x%08x %u\n", l->pc->clock.now,
                write ? "writes" : "reads", addr, len);
}

static void on_event(void *ctx, const Event *e)
{
    Log *l = ctx;
    fprintf(l->f, "%" PRIu64 " dev %s\n", l->pc->clock.now, e->name);
}

/* ---- what is not there ----------------------------------------------------------------------- */

static u32 ones(int size)
{
    return size == 4 ? 0xFFFFFFFF : (1u << size * 8) - 1;
}

static u32 nobody_reads(void *ctx, u32 addr, int size)
{
    Log *l = ctx;
    if (wanted(l->opt, addr)) {
        print_place(l);
        fprintf(l->f, " guest_errors read of 0x%08x, %d bytes: no memory there\n", addr, size);
    }
    return ones(size);
}

static void nobody_writes(void *ctx, u32 addr, int size, u32 value)
{
    Log *l = ctx;
    if (wanted(l->opt, addr)) {
        print_place(l);
        fprintf(l->f, " guest_errors write of 0x%0*x to 0x%08x: no memory there\n", size * 2, value,
                addr);
    }
}

static u32 nobody_in(void *ctx, u32 port, int size)
{
    Log *l = ctx;
    if (wanted(l->opt, port)) {
        print_place(l);
        fprintf(l->f, " guest_errors in from 0x%04x, %d bytes: no device there\n", port, size);
    }
    return ones(size);
}

static void nobody_out(void *ctx, u32 port, int size, u32 value)
{
    Log *l = ctx;
    if (wanted(l->opt, port)) {
        print_place(l);
        fprintf(l->f, " guest_errors out of 0x%0*x to 0x%04x: no device there\n", size * 2, value,
                port);
    }
}

/* Without peek functions: the debugger looks without a word. */
static const BusOps no_memory = {nobody_reads, nobody_writes, NULL, 1 | 2 | 4};
static const BusOps no_device = {nobody_in, nobody_out, NULL, 1 | 2 | 4};

void log_attach(Log *l, Pc *pc)
{
    l->pc = pc;
    if (!l->f)
        return;
    if (l->opt->log & LOG_IO) {
        pc->bus.hooks.tap = on_port;
        pc->bus.hooks.tap_ctx = l;
    }
    if (l->opt->log & LOG_DEV) {
        pc->bus.hooks.dma = on_dma;
        pc->bus.hooks.dma_ctx = l;
        pc->queue.fired = on_event;
        pc->queue.fired_ctx = l;
    }
    if (l->opt->log & LOG_GUEST) {
        pc->bus.regions[0].ops = &no_memory;
        pc->bus.ports[0].ops = &no_device;
        pc->bus.regions[0].ctx = pc->bus.ports[0].ctx = l;
    }
    if (l->opt->log & ~(u32)(LOG_IO | LOG_DEV | LOG_GUEST | LOG_RESET)) {
        l->hooks.ctx = l;
        l->hooks.on_interrupt = on_interrupt;
        l->hooks.on_insn = l->opt->log & (LOG_INSN | LOG_SENS) ? on_insn : NULL;
        l->hooks.on_mode = l->opt->log & LOG_MMU ? on_mode : NULL;
        l->hooks.on_control = l->opt->log & LOG_MMU ? on_control : NULL;
        l->hooks.on_fault = l->opt->log & LOG_PF ? on_fault : NULL;
        l->seen_cr0 = pc->cpu.s.cr0;
        l->seen_a20 = pc->cpu.s.a20;
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

void log_poll(Log *l)
{
    if (l->sink < 0 || !has_size(l->f, l->opt->log_limit))
        return;
    say("-D: %s has the size that -log-limit allows; no more is logged", l->opt->log_file);
    fflush(l->f);
    dup2(l->sink, fileno(l->f));
    close(l->sink);
    l->sink = -1;
}

bool log_close(Log *l)
{
    if (!l->f)
        return true;
    if (l->sink >= 0)
        close(l->sink);
    bool bad = fflush(l->f) || ferror(l->f);
    if (l->f != stderr)
        bad |= fclose(l->f) != 0;
    l->f = NULL;
    return !bad;
}
