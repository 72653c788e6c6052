/* rig.h: one processor with nothing but memory around it, on which captured tests run. Ports
 * read as all ones. */
#ifndef GLASS86_GOLDEN_RIG_H
#define GLASS86_GOLDEN_RIG_H

#include <stdio.h>

#include "cpu/cpu.h"
#include "tests/golden/rules.h"

typedef struct {
    Cpu cpu;
    Bus bus;
    Clock clock;
    CpuDebug debug;
    CpuState blank; /* after reset */
    CpuExit exit;
    u8 *ram; /* all zero between two tests */
    u32 size;
    int vector; /* last interrupt or exception of the test, or -1 */
} Rig;

/* False: the host has no memory. */
bool rig_init(Rig *r, CpuModel model, CpuCore core);
void rig_free(Rig *r);

/* One test: load, run, judge. rig_clear() must follow. rig_run() is false for a test that can't
 * be loaded, because it names memory that the rig does not have. */
bool rig_run(Rig *r, Family f, const MooTest *t, const Shape *s, const Rule *rule);
bool rig_passed(const Rig *r, const MooTest *t, const Shape *s, const Rule *rule);
/* Initial, expected and actual state side by side. */
void rig_report(const Rig *r, const MooTest *t, const Shape *s, const Rule *rule, FILE *out);
void rig_clear(Rig *r, const MooTest *t);

/* After a failure: clears all of memory, whatever was written where. */
void rig_wipe(Rig *r);
/* Looks for bytes that tests wrote without being asked; false: there is none, else its address
 * is *addr. */
bool rig_stray_byte(Rig *r, u32 *addr);

const char *core_name(CpuCore core);

#endif
