/* debug_rig.h: a machine of 1 MiB that does not run, and its debugger: for tests of expressions,
 * commands and gdb packets. */
#ifndef GLASS86_DEBUG_RIG_H
#define GLASS86_DEBUG_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "frontend/cmd.h"
#include "frontend/expr.h"
#include "frontend/gdbstub.h"

static Session *session;
static Options options;
static Debug *d;

static int setup(void **state)
{
    char err[200];
    options_init(&options);
    session = calloc(1, sizeof *session);
    session->opt = &options;
    session->limit = UINT64_MAX;
    session->text = calloc(1, sizeof *session->text);
    session->pc = calloc(1, sizeof *session->pc);
    PcConfig cfg = {.ram = 1 << 20, .cpu = CPU_PENTIUM};
    if (!pc_init(session->pc, &cfg, err, sizeof err))
        return -1;
    input_init(&session->input, session->pc);
    d = session->debug = debug_open(session);
    d->stopped = true;
    d->out = fopen("/dev/null", "w");
    return 0;
}

static int teardown(void **state)
{
    fclose(d->out);
    debug_close(d);
    pc_free(session->pc);
    free(session->pc);
    free(session->text);
    free(session);
    options_free(&options);
    return 0;
}

static inline void put64(u32 phys, u64 v)
{
    assert_true(debug_write_phys(d, phys, &v, 8));
}

/* 1 MiB mapped as it is, but for the page at 50000h. */
static inline void map_pages(void)
{
    CpuState *s = &d->pc->cpu.s;
    put64(0x10000, 0x11007);
    for (u32 page = 0; page < 0x100; page += 2)
        put64(0x11000 + 4 * page, (page == 0x50 ? 0 : page << 12 | 7) | (u64)((page + 1) << 12 | 7)
                                                                            << 32);
    s->cr3 = 0x10000;
    s->cr0 |= CR0_PE | CR0_PG;
    debug_changed_state(d);
}

/* The same numbers in every run. */
static inline u32 pick(u32 n)
{
    static u32 seed = 1;
    seed = seed * 1103515245 + 12345;
    return (seed >> 8) % n;
}

#endif
