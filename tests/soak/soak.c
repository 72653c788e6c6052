/* soak.c: long runs. Two machines with different guests live in one process and take turns of
 * random length, with keys, mouse and serial bytes at random; the first is recorded meanwhile.
 *
 *   soak SECONDS SEED LOG FLOPPY DISK
 *
 * One guest is the demo, the other boots from FLOPPY and works on DISK, whose writes are kept in
 * memory. After so many guest seconds of each, both must be what each becomes alone, the log must
 * replay to the same machine, and the process must not have grown after its first quarter. */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "bios/roms.h"
#include "devices/state.h"
#include "frontend/record.h"

enum { IPS = 1000000, GROWTH_MAX = 1 << 20 };

typedef struct {
    Pc *pc;
    Disk *fda, *hda;
    Input input;
    u64 seed;
} World;

static const char *floppy, *disk;
static char err[1200];

static u32 rnd(World *w, u32 below)
{
    w->seed = w->seed * 6364136223846793005ull + 1442695040888963407ull;
    return (u32)(w->seed >> 33) % below;
}

static Disk *open_disk(const char *name, DiskKind kind)
{
    DiskOptions how = {.kind = kind, .snapshot = true};
    Disk *d = name ? disk_open(name, &how, err, sizeof err)
                   : disk_open_memory("demo", rom_demo, rom_demo_size, &how, err, sizeof err);
    if (!d)
        panic("%s", err);
    return d;
}

static World *begin(bool second, u64 seed)
{
    World *w = calloc(1, sizeof *w);
    Rom bios, vgabios;
    rom_builtin(&bios, ROM_BIOS);
    rom_builtin(&vgabios, ROM_VGA);
    w->seed = seed + second;
    w->fda = open_disk(second ? floppy : NULL, DISK_FLOPPY);
    w->hda = second ? open_disk(disk, DISK_HARD) : NULL;
    PcConfig c = {.ram = 4 << 20,
                  .cpu = second ? CPU_486 : CPU_PENTIUM,
                  .ips = IPS,
                  .bios = {bios.data, bios.size, 0},
                  .vgabios = {vgabios.data, vgabios.size, 0},
                  .floppy = {w->fda},
                  .ide = {w->hda},
                  .pci = second,
                  .sound = {.sb = SB_16}};
    w->pc = calloc(1, sizeof *w->pc);
    if (!pc_init(w->pc, &c, err, sizeof err))
        panic("%s", err);
    input_init(&w->input, w->pc);
    return w;
}

static void end(World *w)
{
    pc_free(w->pc);
    free(w->pc);
    disk_close(w->fda);
    disk_close(w->hda);
    free(w);
}

static void run_to(World *w, u64 until)
{
    while (w->pc->clock.now < until)
        if (pc_run(w->pc, until) == PC_EXIT_SHUTDOWN)
            input_cpu_reset(&w->input);
}

/* Up to a fifth of a second, then perhaps some input. */
static void turn(World *w, u64 last)
{
    if (w->pc->clock.now >= last)
        return;
    u64 until = w->pc->clock.now + 1 + rnd(w, IPS / 5);
    run_to(w, until < last ? until : last);
    if (rnd(w, 3) == 0) {
        u32 key = rnd(w, KEY_COUNT - 1), down = rnd(w, 2);
        input_key(&w->input, (u16)(1 + key), down);
    }
    if (rnd(w, 8) == 0) {
        u32 dx = rnd(w, 60), dy = rnd(w, 60), buttons = rnd(w, 8);
        input_mouse(&w->input, (int)dx - 30, (int)dy - 30, 0, buttons);
    }
    if (rnd(w, 8) == 0)
        input_serial(&w->input, 0, (u8)rnd(w, 256));
    if (rnd(w, 20000) == 0)
        input_reset(&w->input, rnd(w, 2));
    input_deliver(&w->input);
}

static u64 alone(bool second, u64 seed, u64 last)
{
    World *w = begin(second, seed);
    while (w->pc->clock.now < last)
        turn(w, last);
    u64 hash = pc_hash(w->pc);
    end(w);
    return hash;
}

static void verdict(const char *what, bool good)
{
    printf("%s %s\n", good ? "ok" : "not ok", what);
    fflush(stdout);
}

static u64 replayed(const char *log)
{
    Replay *r = replay_open(log, err, sizeof err);
    World *w = begin(false, 0);
    bool good = r && replay_check(r, w->pc, err, sizeof err);
    while (good && !replay_ended(r)) {
        run_to(w, replay_next(r, w->pc->clock.now + IPS));
        good = replay_poll(r, &w->input, err, sizeof err);
    }
    if (!good)
        printf("# %s\n", err);
    u64 hash = good ? pc_hash(w->pc) : 0;
    replay_free(r);
    end(w);
    return hash;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: soak SECONDS SEED LOG FLOPPY DISK\n");
        return 2;
    }
    u64 last = strtoull(argv[1], NULL, 10) * IPS, seed = strtoull(argv[2], NULL, 10);
    const char *log = argv[3];
    floppy = argv[4];
    disk = argv[5];
    World *a = begin(false, seed), *b = begin(true, seed);
    Record *record = record_open(log, a->pc, err, sizeof err);
    if (!record)
        panic("%s", err);
    input_add_tap(&a->input, record_input, record);
    size_t quarter = 0;
    while (a->pc->clock.now < last || b->pc->clock.now < last) {
        turn(a, last);
        record_poll(record);
        turn(b, last);
        if (!quarter && a->pc->clock.now >= last / 4 && b->pc->clock.now >= last / 4)
            quarter = mallinfo2().uordblks + mallinfo2().hblkhd;
    }
    size_t now = mallinfo2().uordblks + mallinfo2().hblkhd;
    u64 hash_a = pc_hash(a->pc), hash_b = pc_hash(b->pc);
    bool logged = record_close(record);
    printf("# %s guest seconds, seed %" PRIu64 ": hashes %016" PRIx64 " %016" PRIx64
           ", heap %zu KiB after a quarter, %zu KiB in the end\n",
           argv[1], seed, hash_a, hash_b, quarter >> 10, now >> 10);
    end(a);
    end(b);
    verdict("memory is flat", now <= quarter + GROWTH_MAX);
    verdict("the first machine is what it becomes alone", alone(false, seed, last) == hash_a);
    verdict("the second machine is what it becomes alone", alone(true, seed, last) == hash_b);
    verdict("the log replays to the same machine", logged && replayed(log) == hash_a);
    return 0;
}
