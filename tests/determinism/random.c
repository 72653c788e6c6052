/* random.c: whole machines that do what no guest in its right mind would: random bytes are executed
 * in real and protected mode, with interrupts, while random values are written to every device's
 * ports, keys are pressed, and floppy and hard disk are read and written by DMA and PIO. What comes
 * of it is printed as hashes, so that builds, cores and hosts can be compared.
 *
 *   random [-core fast|trampoline|slow] [-two] [-rounds N] [-history] SEED
 *
 * Each line is `hash TICK STATE OUTPUT`; -two runs a second machine in turns with the first, which
 * must not change what is printed. -history keeps the past, goes there now and then and back. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bios/roms.h"
#include "devices/state.h"
#include "frontend/history.h"

enum { HARD_DISK = 4 << 20, RAM = 2 << 20, TURN = 50000 };

typedef struct {
    Pc *pc;
    Disk *fda, *hda;
    Input input;
    History *past; /* NULL: not kept */
    u64 seed, output;
    u8 *hard_disk;
} World;

static u32 rnd(World *w, u32 below)
{
    w->seed = w->seed * 6364136223846793005ull + 1442695040888963407ull;
    return (u32)(w->seed >> 33) % below;
}

static void hear(World *w, u64 what)
{
    if (!w->past || !history_repeating(w->past))
        w->output = state_hash(w->output, &what, sizeof what);
}

static void on_serial(void *ctx, int port, u8 byte)
{
    hear(ctx, byte | (u64)port << 8);
}

static void on_byte(void *ctx, u8 byte)
{
    hear(ctx, byte | 0x10000u);
}

static void on_speaker(void *ctx, u64 tick, bool level)
{
    hear(ctx, tick << 1 | level);
}

static World *begin(u64 seed, CpuCore core, bool past)
{
    static const CpuModel models[] = {CPU_PENTIUM, CPU_8086, CPU_286, CPU_386, CPU_486, CPU_686};
    char err[400];
    Rom bios, vgabios;
    DiskOptions floppy = {.kind = DISK_FLOPPY}, hard = {.kind = DISK_HARD};
    World *w = calloc(1, sizeof *w);
    w->hard_disk = calloc(1, HARD_DISK);
    w->pc = calloc(1, sizeof *w->pc);
    w->seed = seed;
    rom_builtin(&bios, ROM_BIOS);
    rom_builtin(&vgabios, ROM_VGA);
    w->fda = disk_open_memory("demo", rom_demo, rom_demo_size, &floppy, err, sizeof err);
    w->hda = disk_open_memory("hard", w->hard_disk, HARD_DISK, &hard, err, sizeof err);
    PcConfig c = {.ram = RAM,
                  .cpu = models[seed % ARRAY_LEN(models)],
                  .ips = 4000000,
                  .bios = {bios.data, bios.size, 0},
                  .vgabios = {vgabios.data, vgabios.size, 0},
                  .floppy = {w->fda},
                  .ide = {w->hda},
                  .debug_exit_port = 0xF4,
                  .hooks = {w, on_serial, on_byte, on_byte, on_speaker, NULL}};
    if (!w->fda || !w->hda || !pc_init(w->pc, &c, err, sizeof err))
        panic("%s", err);
    cpu_select_core(&w->pc->cpu, core);
    input_init(&w->input, w->pc);
    if (past) {
        w->past = history_open(w->pc, 64 << 20);
        input_add_tap(&w->input, history_input, w->past);
    }
    return w;
}

static void end(World *w)
{
    history_close(w->past);
    pc_free(w->pc);
    disk_close(w->fda);
    disk_close(w->hda);
    free(w->pc);
    free(w->hard_disk);
    free(w);
}

static void run(World *w, u64 ticks)
{
    for (u64 until = w->pc->clock.now + ticks; w->pc->clock.now < until;) {
        PcExit e = pc_run(w->pc, until);
        if (e == PC_EXIT_SHUTDOWN || e == PC_EXIT_HALT_FOREVER)
            input_cpu_reset(&w->input);
        if (w->past)
            history_poll(w->past);
    }
}

static void use_ports(World *w)
{
    for (int n = (int)rnd(w, 40); n--;) {
        u16 port = (u16)(rnd(w, 4) ? rnd(w, 0x400) : 0x3C0 + rnd(w, 0x40));
        int size = 1 << (rnd(w, 8) ? 0 : rnd(w, 3));
        u32 value = rnd(w, 3) ? rnd(w, 256) : rnd(w, 0x10000);
        if (port >= 0xE9 && port <= 0xFF)
            continue;
        if (rnd(w, 3))
            bus_out(&w->pc->bus, port, size, value);
        else
            hear(w, bus_in(&w->pc->bus, port, size));
        if (w->past)
            history_edited(w->past);
        run(w, rnd(w, 300));
    }
}

static void use_input(World *w)
{
    for (int n = (int)rnd(w, 10); n--;) {
        u32 key = rnd(w, KEY_COUNT - 1), down = rnd(w, 2); /* arguments have no order */
        input_key(&w->input, (u16)(1 + key), down);
        if (rnd(w, 3) == 0) {
            u32 dx = rnd(w, 100), dy = rnd(w, 100), buttons = rnd(w, 8);
            input_mouse(&w->input, (int)dx - 50, (int)dy - 50, 0, buttons);
        }
        if (rnd(w, 3) == 0)
            input_serial(&w->input, 0, (u8)rnd(w, 256));
        input_deliver(&w->input);
        run(w, rnd(w, 5000));
    }
}

/* Random bytes all over low memory above the BIOS's data, half of them frequent opcodes. */
static void random_program(World *w)
{
    static const u8 common[] = {0x01, 0x03, 0x29, 0x31, 0x40, 0x48, 0x50, 0x58, 0x74, 0x75, 0x88,
                                0x89, 0x8A, 0x8B, 0xA4, 0xA5, 0xAA, 0xAB, 0xB8, 0xC3, 0xCD, 0xD1,
                                0xD9, 0xDC, 0xE2, 0xE8, 0xEB, 0xEC, 0xEE, 0xF3, 0xF7, 0xFB, 0xFF};
    u32 at = 0x8000 + rnd(w, 0x60000);
    for (u32 n = 0; n < 4096; n++) {
        u8 b = (u8)(rnd(w, 2) ? common[rnd(w, ARRAY_LEN(common))] : rnd(w, 256));
        cpu_poke(&w->pc->cpu, at + n, &b, 1);
    }
    CpuState *s = &w->pc->cpu.s;
    for (int n = 0; n < 8; n++)
        s->r[n] = rnd(w, 4) ? rnd(w, 0x10000) : w->seed >> 32 & 0xFFFFFFFF;
    if (!(s->cr0 & CR0_PE)) {
        s->seg[SEG_CS].sel = (u16)(at >> 4);
        s->seg[SEG_CS].base = at & ~15u;
        s->seg[SEG_SS].sel = 0x700;
        s->seg[SEG_SS].base = 0x7000;
        s->eip = at & 15;
    }
    s->eflags = 0x202;
    s->halted = 0;
    cpu_state_changed(&w->pc->cpu);
    if (w->past)
        history_edited(w->past);
}

/* Copies of every section, to name the one that differs. */
static void expect_same(World *w, u64 hash, u8 **before)
{
    for (int i = 0; i < w->pc->snap.count && pc_hash(w->pc) != hash; i++) {
        const SnapSection *s = &w->pc->snap.section[i];
        for (u32 n = 0; n < s->size; n++)
            if (((u8 *)s->data)[n] != before[i][n])
                panic("there and back: section %s differs at byte %u", s->name, n);
    }
    if (pc_hash(w->pc) != hash)
        panic("there and back: the armed events differ");
}

static void go_there_and_back(World *w)
{
    char err[300];
    u8 *before[SNAP_MAX] = {0};
    u64 hash = pc_hash(w->pc);
    for (int i = 0; i < w->pc->snap.count; i++) {
        const SnapSection *s = &w->pc->snap.section[i];
        before[i] = malloc(s->size);
        memcpy(before[i], s->data, s->size);
    }
    u64 now = w->pc->clock.now, first = history_first(w->past);
    u64 span = now - first < 20000000 ? now - first : 20000000;
    if (!history_goto(w->past, now - rnd(w, (u32)span + 1), err, sizeof err) ||
        !history_goto(w->past, now, err, sizeof err))
        panic("%s", err);
    expect_same(w, hash, before);
    for (int i = 0; i < w->pc->snap.count; i++)
        free(before[i]);
}

static void turn(World *w)
{
    switch (rnd(w, 5)) {
    case 0:
        use_ports(w);
        break;
    case 1:
        use_input(w);
        break;
    case 2:
        random_program(w);
        break;
    case 3:
        if (rnd(w, 6) == 0) {
            input_reset(&w->input, rnd(w, 3) == 0);
            input_deliver(&w->input);
        }
        break;
    default:
        break;
    }
    u32 far = rnd(w, 4); /* drawn also where no past is kept */
    u64 keep = w->seed;
    run(w, 1); /* what entered at this tick belongs to the next one */
    if (w->past && far == 0)
        go_there_and_back(w);
    w->seed = keep;
    run(w, TURN + rnd(w, TURN * 4));
}

static CpuCore core_of(const char *name)
{
    return !strcmp(name, "slow") ? CORE_SLOW
           : !strcmp(name, "trampoline") ? CORE_TRAMPOLINE
                                         : CORE_FAST;
}

int main(int argc, char **argv)
{
    u64 seed = 1;
    int rounds = 40;
    bool two = false, past = false;
    CpuCore core = CORE_FAST;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "-core") && i + 1 < argc)
            core = core_of(argv[++i]);
        else if (!strcmp(argv[i], "-rounds") && i + 1 < argc)
            rounds = atoi(argv[++i]);
        else if (!strcmp(argv[i], "-two"))
            two = true;
        else if (!strcmp(argv[i], "-history"))
            past = true;
        else
            seed = strtoull(argv[i], NULL, 10);
    }
    World *w = begin(seed, core, past), *other = two ? begin(seed + 1, core, past) : NULL;
    run(w, 2500000);
    for (int n = 0; n < rounds; n++) {
        turn(w);
        if (other)
            turn(other);
        if (n % 4 == 3)
            printf("hash %" PRIu64 " %016" PRIx64 " %016" PRIx64 "\n", w->pc->clock.now,
                   pc_hash(w->pc), w->output);
    }
    end(w);
    if (other)
        end(other);
    return 0;
}
