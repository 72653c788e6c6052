/* cpu_world.h: worlds for random programs. An Image (processor state and memory) is made from a seed; a World runs it on one core,
 * cut into slices and robbed of its derived state as told, in front of a device that notices the exact tick of every
 * access, interrupts, writes memory as DMA does and arms events. Worlds that began alike must stay alike. */
#ifndef GLASS86_TESTS_CPU_WORLD_H
#define GLASS86_TESTS_CPU_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cpu/cpu.h"
#include "cpu/internal.h"

/* ---- chance ---------------------------------------------------------------------------------------------- */

typedef struct {
    u64 state;
} Rng;

static inline u32 rnd(Rng *r)
{
    r->state += 0x9E3779B97F4A7C15;
    u64 z = r->state;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return (u32)(z >> 32 ^ z);
}
static inline u32 below(Rng *r, u32 n)
{
    return (u32)((u64)rnd(r) * n >> 32);
}
static inline bool one_in(Rng *r, u32 n)
{
    return !below(r, n);
}

/* ---- the world ------------------------------------------------------------------------------------------- */

enum { WORLD_RAM = 1 << 20, WORLD_MMIO = 0xA0000, WORLD_DMA = 0x10000 /* DMA goes to the 64 KiB from here */ };

typedef struct {
    CpuModel model;
    CpuState s;
    u8 ram[WORLD_RAM];
} Image;

typedef struct {
    CpuCore core;
    u32 slice; /* longest stretch between two calls of cpu_run(); 0: none */
    bool drop; /* drop derived state between slices */
} Plan;

typedef struct {
    Cpu cpu;
    Bus bus;
    Clock clock;
    u8 *ram;
    u64 noticed; /* everything that the device saw, and when */
    Rng cut;
    Plan plan;
} World;

/* ---- the device ------------------------------------------------------------------------------------------ */

static inline u64 mix(u64 h, u64 v)
{
    h = (h ^ v) * 0xD6E8FEB86659FD93;
    return h ^ h >> 32;
}

static u32 device_read(void *ctx, u32 addr, int size)
{
    World *w = ctx;
    w->noticed = mix(w->noticed, w->clock.now << 32 ^ addr << 3 ^ (u32)size);
    return (u32)(w->noticed >> 7);
}

/* What it does with a written value: nothing, an interrupt, an NMI, DMA, an event some ticks ahead. */
static void device_write(void *ctx, u32 addr, int size, u32 value)
{
    World *w = ctx;
    w->noticed = mix(w->noticed, w->clock.now << 32 ^ addr << 3 ^ (u32)size);
    w->noticed = mix(w->noticed, value);
    u32 n = (u32)w->noticed;
    switch (n >> 8 & 15) {
    case 0: cpu_set_intr(&w->cpu, 0, true); break;
    case 1: cpu_set_nmi(&w->cpu, 0, true); break;
    case 2: {
        u8 data[8];
        for (u32 k = 0; k < sizeof data; k++)
            data[k] = (u8)(n >> k);
        bus_dma_write(&w->bus, WORLD_DMA + (n >> 12 & 0xFFF8), data, sizeof data);
        break;
    }
    case 3: w->clock.deadline = w->clock.now + 1 + (n >> 12 & 63); break;
    case 4: cpu_set_intr(&w->cpu, 0, false); break;
    }
}

static int acknowledge(void *ctx)
{
    World *w = ctx;
    w->noticed = mix(w->noticed, w->clock.now);
    cpu_set_intr(&w->cpu, 0, false);
    return 32 + (int)(w->noticed & 15);
}

static const BusOps device_ops = {.read = device_read, .write = device_write, .sizes = 1 | 2 | 4};
static const BusOps port_ops = {.read = device_read, .write = device_write, .sizes = 1 | 2};

/* ---- life ------------------------------------------------------------------------------------------------ */

static inline void world_init(World *w, CpuModel model, Plan plan)
{
    memset(w, 0, sizeof *w);
    w->plan = plan;
    w->ram = calloc(WORLD_RAM, 1);
    assert_non_null(w->ram);
    w->clock = (Clock){.ips = 1000000, .deadline = UINT64_MAX};
    bus_init(&w->bus);
    bus_map_ram(&w->bus, 0, WORLD_RAM, w->ram, 0, "ram");
    bus_map_mmio(&w->bus, WORLD_MMIO, 0x1000, &device_ops, w, "device");
    bus_map_port(&w->bus, 0, 65536, &port_ops, w, "ports");
    cpu_init(&w->cpu, &(CpuConfig){.bus = &w->bus, .clock = &w->clock, .model = model, .ack = acknowledge, .ack_ctx = w});
    cpu_select_core(&w->cpu, plan.core);
}

static inline void world_free(World *w)
{
    cpu_free(&w->cpu);
    bus_free(&w->bus);
    free(w->ram);
}

static inline void world_load(World *w, const Image *image)
{
    memcpy(w->ram, image->ram, WORLD_RAM);
    w->cpu.s = image->s;
    w->clock.now = 0;
    w->clock.deadline = UINT64_MAX;
    w->noticed = 0;
    w->cut = (Rng){1};
    cpu_drop_derived(&w->cpu);
    cpu_state_changed(&w->cpu);
}

/* ---- running --------------------------------------------------------------------------------------------- */

static inline u64 next_stop(World *w, u64 end)
{
    if (!w->plan.slice)
        return end;
    u64 stop = w->clock.now + 1 + below(&w->cut, w->plan.slice);
    return stop < end ? stop : end;
}

/* To tick `end`. A processor that halts waits for the next event or that tick, one that shuts down for that tick. */
static inline void world_run(World *w, u64 end)
{
    while (w->clock.now < end) {
        if (w->plan.drop && one_in(&w->cut, 3))
            cpu_drop_derived(&w->cpu);
        CpuExit e = cpu_run(&w->cpu, next_stop(w, end));
        if (e == CPU_EXIT_HALT || e == CPU_EXIT_SHUTDOWN)
            w->clock.now = e == CPU_EXIT_HALT && w->clock.deadline < end ? w->clock.deadline : end;
        if (w->clock.now >= w->clock.deadline) {
            w->noticed = mix(w->noticed, w->clock.now);
            w->clock.deadline = UINT64_MAX;
            cpu_set_intr(&w->cpu, 0, true);
        }
    }
}

static inline u64 world_hash(const World *w)
{
    u64 h[4] = {w->noticed, w->clock.now, w->clock.deadline, 0};
    const u8 *part[] = {(const u8 *)&w->cpu.s, w->ram};
    const size_t size[] = {sizeof w->cpu.s, WORLD_RAM};
    for (int k = 0; k < 2; k++)
        for (size_t n = 0; n + 8 <= size[k]; n += 8) {
            u64 v;
            memcpy(&v, part[k] + n, 8);
            h[n >> 3 & 3] = (h[n >> 3 & 3] ^ v) * 0x100000001B3 + (v >> 29);
        }
    return mix(mix(mix(h[0], h[1]), h[2]), h[3]);
}

#endif
