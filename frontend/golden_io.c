/* golden_io.c: what golden tests hold beside registers, x87 and memory: accesses to ports, MSRs. */
#include "frontend/golden.h"

#include <ctype.h>
#include <stdlib.h>

/* ---- ports ----------------------------------------------------------------------------------- */

void golden_ports_add(GoldenPorts *p, GoldenIo access)
{
    if (p->count == p->room) {
        p->room = p->room ? p->room * 2 : 8;
        p->access = realloc(p->access, p->room * sizeof *p->access);
        if (!p->access)
            panic("out of host memory");
    }
    p->access[p->count++] = access;
}

bool golden_ports_read(GoldenPorts *p, bool out, const char *text)
{
    u64 v[3];
    for (int n = 0; n < 3; n++) {
        char *end;
        while (isspace((unsigned char)*text))
            text++;
        if (!isxdigit((unsigned char)*text))
            return false;
        v[n] = strtoull(text, &end, 16);
        text = end;
    }
    bool good = v[0] <= 0xFFFF && (v[1] == 1 || v[1] == 2 || v[1] == 4) &&
                v[2] <= 0xFFFFFFFF >> (32 - 8 * v[1]);
    if (good && !*text)
        golden_ports_add(p, (GoldenIo){out, (u8)v[1], (u16)v[0], (u32)v[2]});
    return good && !*text;
}

void golden_ports_write(FILE *f, const GoldenPorts *p)
{
    for (u32 n = 0; n < p->count; n++)
        fprintf(f, "%s %x %d %x\n", p->access[n].out ? "out" : "in", p->access[n].port,
                p->access[n].size, (unsigned)p->access[n].value);
}

/* The test's next access, if it is this one. */
static const GoldenIo *next_access(GoldenRig *r, bool out, u32 port, int size)
{
    const GoldenPorts *p = &r->test->ports;
    const GoldenIo *a = r->io_done < p->count ? &p->access[r->io_done] : NULL;
    if (a && a->out == out && a->port == port && a->size == size) {
        r->io_done++;
        return a;
    }
    r->io_wrong = true;
    return NULL;
}

static u32 on_in(void *ctx, u32 port, int size)
{
    const GoldenIo *a = next_access(ctx, false, port, size);
    return a ? a->value : 0xFFFFFFFF;
}

static void on_out(void *ctx, u32 port, int size, u32 value)
{
    GoldenRig *r = ctx;
    const GoldenIo *a = next_access(r, true, port, size);
    if (a && a->value != value)
        r->io_wrong = true;
}

static u32 on_peek(void *ctx, u32 port, int size)
{
    return 0xFFFFFFFF;
}

bool golden_ports_map(GoldenRig *r)
{
    static const BusOps ops = {on_in, on_out, on_peek, 1 | 2 | 4};
    return bus_map_port(&r->bus, 0, 0x10000, &ops, r, "ports of the test");
}

bool golden_ports_right(const GoldenRig *r)
{
    u32 count = r->test->ports.count;
    return !count || (!r->io_wrong && r->io_done == count);
}

void golden_ports_report(const GoldenRig *r, FILE *f)
{
    if (!golden_ports_right(r))
        fprintf(f, "#   ports: %u of %u accesses came as expected\n", (unsigned)r->io_done,
                (unsigned)r->test->ports.count);
}

/* ---- MSRs ------------------------------------------------------------------------------------ */

void golden_load_msrs(CpuState *s, const u32 w[G_WORDS])
{
    for (int n = 0; n < 16; n++)
        s->msr[n] = (u64)w[G_MSR + 2 * n] << 32 | w[G_MSR + 2 * n + 1];
}

void golden_save_msrs(const CpuState *s, u32 w[G_WORDS])
{
    for (int n = 0; n < 16; n++) {
        w[G_MSR + 2 * n] = (u32)(s->msr[n] >> 32);
        w[G_MSR + 2 * n + 1] = (u32)s->msr[n];
    }
}
