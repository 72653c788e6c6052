/* test_history.c: wherever the machine is taken within its past, and however it came there, it is
 * what it was; searches backwards find what a search forwards finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "bios/roms.h"
#include "devices/snapshot.h"
#include "devices/state.h"
#include "frontend/history.h"

enum { MARKS = 400, RAM = 2 << 20 };
#ifdef __SANITIZE_ADDRESS__
enum { WALKS = 60 };
#else
enum { WALKS = 1000 };
#endif

static char err[400];
static u64 seed = 3;

static u32 rnd(u32 below)
{
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return (u32)(seed >> 33) % below;
}

typedef struct {
    Pc *pc;
    Disk *fda;
    Input input;
    History *h;
    u64 tick[MARKS], hash[MARKS];
    int marks;
} Rig;

static Rig *make(const u8 *floppy, size_t size, u64 budget)
{
    Rig *r = calloc(1, sizeof *r);
    Rom bios, vgabios;
    DiskOptions how = {.kind = DISK_FLOPPY};
    rom_builtin(&bios, ROM_BIOS);
    rom_builtin(&vgabios, ROM_VGA);
    r->fda = disk_open_memory("floppy", floppy, size, &how, err, sizeof err);
    assert_non_null(r->fda);
    PcConfig c = {.ram = RAM,
                  .cpu = CPU_PENTIUM,
                  .ips = 20000000,
                  .bios = {bios.data, bios.size, 0},
                  .vgabios = {vgabios.data, vgabios.size, 0},
                  .floppy = {r->fda}};
    r->pc = malloc(sizeof *r->pc);
    if (!pc_init(r->pc, &c, err, sizeof err))
        fail_msg("%s", err);
    input_init(&r->input, r->pc);
    r->h = history_open(r->pc, budget);
    input_add_tap(&r->input, history_input, r->h);
    return r;
}

static void drop(Rig *r)
{
    history_close(r->h);
    pc_free(r->pc);
    free(r->pc);
    disk_close(r->fda);
    free(r);
}

/* What a session does, with a person at the keyboard. */
static void live(Rig *r, u64 ticks, bool typing)
{
    for (u64 end = r->pc->clock.now + ticks; r->pc->clock.now < end;) {
        history_deliver(r->h);
        if (typing && !history_behind(r->h) && rnd(3) == 0)
            input_key(&r->input, (u16)(1 + rnd(KEY_COUNT - 1)), rnd(2));
        if (typing && !history_behind(r->h) && rnd(9) == 0)
            input_mouse(&r->input, (int)rnd(50) - 25, (int)rnd(50) - 25, 0, rnd(4));
        input_deliver(&r->input);
        u64 until = history_next(r->h, r->pc->clock.now + 1 + rnd(400000));
        pc_run(r->pc, until);
        history_poll(r->h);
        if (!history_behind(r->h) && r->marks < MARKS && rnd(2)) {
            r->tick[r->marks] = r->pc->clock.now;
            r->hash[r->marks++] = pc_hash(r->pc);
        }
    }
}

static void visit(Rig *r, int mark)
{
    if (!history_goto(r->h, r->tick[mark], err, sizeof err))
        fail_msg("%s", err);
    assert_true(r->pc->clock.now == r->tick[mark]);
    if (pc_hash(r->pc) != r->hash[mark])
        fail_msg("another machine at tick %llu", (unsigned long long)r->tick[mark]);
}

static void test_walks(void **state)
{
    const char *walks = getenv("GLASS86_WALKS");
    Rig *r = make(rom_demo, rom_demo_size, 64 << 20);
    live(r, 90000000, true);
    HistoryInfo info;
    history_info(r->h, &info);
    assert_true(info.states >= 4 && info.inputs > 10);
    u64 end = r->pc->clock.now, hash = pc_hash(r->pc);
    for (int i = 0, n = walks ? atoi(walks) : WALKS; i < n; i++) {
        visit(r, (int)rnd((u32)r->marks));
        if (rnd(4) == 0)
            live(r, rnd(3000000), false);
        if (rnd(8) == 0)
            history_back(r->h, rnd(100000));
    }
    assert_true(history_goto(r->h, end, err, sizeof err));
    assert_true(pc_hash(r->pc) == hash);
    assert_false(history_goto(r->h, history_last(r->h) + 1, err, sizeof err));
    assert_non_null(strstr(err, "known are 0 to"));
    drop(r);
}

static void test_little_memory(void **state)
{
    Rig *r = make(rom_demo, rom_demo_size, 2500 << 10);
    live(r, 150000000, true);
    HistoryInfo info;
    history_info(r->h, &info);
    assert_true(info.bytes < 3000 << 10);
    for (int i = 0; i < 20; i++) {
        int mark = (int)rnd((u32)r->marks);
        if (r->tick[mark] >= history_first(r->h))
            visit(r, mark);
    }
    drop(r);
}

static void test_back_by_one(void **state)
{
    Rig *r = make(rom_demo, rom_demo_size, 64 << 20);
    live(r, 20000000, false);
    u64 now = r->pc->clock.now, hash[200];
    assert_true(history_goto(r->h, now - 200, err, sizeof err));
    for (int i = 0; i < 200; i++) {
        hash[i] = pc_hash(r->pc);
        pc_run(r->pc, r->pc->clock.now + 1);
    }
    for (int i = 200; i--;) {
        u64 before = r->pc->clock.now;
        assert_true(history_back(r->h, 1));
        if (before - r->pc->clock.now > 1) /* a halt */
            break;
        assert_true(pc_hash(r->pc) == hash[i]);
    }
    assert_false(history_back(r->h, r->pc->clock.now + 5));
    assert_true(r->pc->clock.now == 0);
    drop(r);
}

/* ---- another future -------------------------------------------------------------------------- */

static void test_new_future(void **state)
{
    Rig *r = make(rom_demo, rom_demo_size, 64 << 20);
    live(r, 60000000, true);
    int mark = r->marks / 2;
    visit(r, mark);
    assert_true(history_behind(r->h));
    input_key(&r->input, KEY_F1, true);
    input_deliver(&r->input); /* somebody types in the past */
    assert_false(history_behind(r->h));
    assert_true(history_last(r->h) == r->tick[mark]);
    live(r, 30000000, false);
    u64 end = r->pc->clock.now, hash = pc_hash(r->pc);
    visit(r, mark / 2);
    assert_true(history_goto(r->h, end, err, sizeof err));
    assert_true(pc_hash(r->pc) == hash);
    visit(r, mark / 2);
    r->pc->cpu.s.r[0] ^= 0x1000; /* a debugger changes a register */
    history_edited(r->h);
    u64 edited = pc_hash(r->pc);
    live(r, 10000000, false);
    assert_true(history_goto(r->h, r->tick[mark / 2], err, sizeof err));
    assert_true(pc_hash(r->pc) == edited);
    drop(r);
}

/* ---- disks ----------------------------------------------------------------------------------- */

/* A boot sector that counts, and writes the count to sector 2 without end. */
static const u8 writer[] = {
    0xFA, 0x31, 0xC0, 0x8E, 0xD8, 0x8E, 0xC0, 0x8E, 0xD0, 0xBC, 0x00, 0x7C, 0xFB, /* segments 0 */
    0xFF, 0x06, 0x00, 0x7E,                                                       /* inc [7E00] */
    0xB8, 0x01, 0x03, 0xBB, 0x00, 0x7E, 0xB9, 0x02, 0x00, 0x31, 0xD2, 0xCD, 0x13, /* int 13h */
    0xEB, 0xED};

static u32 count_on_disk(Rig *r)
{
    u8 sector[DISK_SECTOR];
    assert_int_equal(disk_read(r->fda, 1, 1, sector), DISK_OK);
    return load_le(sector, 2);
}

static Rig *make_guest(const u8 *code, size_t size)
{
    static u8 image[1440 << 10];
    memcpy(image, code, size);
    image[510] = 0x55, image[511] = 0xAA;
    return make(image, sizeof image, 64 << 20);
}

static Rig *make_writer(void)
{
    return make_guest(writer, sizeof writer);
}

static void test_disks_go_along(void **state)
{
    Rig *r = make_writer();
    u64 tick[30];
    u32 count[30];
    live(r, 60000000, false);
    for (int i = 0; i < 30; i++) {
        live(r, 1 + rnd(4000000), false);
        tick[i] = r->pc->clock.now;
        count[i] = count_on_disk(r);
    }
    assert_true(count[29] > count[0]);
    for (int n = 0; n < 100; n++) {
        int i = (int)rnd(30);
        assert_true(history_goto(r->h, tick[i], err, sizeof err));
        assert_int_equal(count_on_disk(r), count[i]);
    }
    drop(r);
}

/* ---- searches -------------------------------------------------------------------------------- */

typedef struct {
    Rig *r;
    u32 linear;
    CpuDebug debug;
} Breakpoint;

static bool on_break(void *ctx, u32 linear)
{
    Breakpoint *b = ctx;
    if (linear != b->linear)
        return false;
    if (history_working(b->r->h))
        history_note(b->r->h, b->r->pc->clock.now);
    return !history_working(b->r->h);
}

static void watch(void *ctx, bool on)
{
    Breakpoint *b = ctx;
    b->debug = (CpuDebug){.ctx = b, .on_break = on_break};
    b->r->pc->cpu.debug = &b->debug;
    cpu_break(&b->r->pc->cpu, b->linear, on);
}

/* A state of long ago is loaded, the machine goes on from there, back to the run that was left, and
 * forth: both are what they were, disks included, and a load that fails leaves no trace. */
static void test_loaded_states(void **state)
{
    Rig *r = make_writer();
    char path[] = "/tmp/test_historyXXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    live(r, 60000000, false);
    assert_true(pc_save(r->pc, path, err, sizeof err));
    u64 saved = pc_hash(r->pc), tick = r->pc->clock.now;
    live(r, 60000000, false);
    u64 end[3], hash[3], mid, mid_hash;
    u32 count[3];
    for (int n = 0; n < 3; n++) {
        end[n] = r->pc->clock.now;
        hash[n] = pc_hash(r->pc);
        count[n] = count_on_disk(r);
        assert_true(history_leave(r->h));
        assert_false(pc_load(r->pc, "/nowhere", err, sizeof err));
        history_stay(r->h);
        assert_true(pc_hash(r->pc) == hash[n]);
        assert_int_equal(count_on_disk(r), count[n]);
        assert_true(history_leave(r->h));
        assert_true(pc_load(r->pc, path, err, sizeof err));
        history_enter(r->h);
        assert_true(pc_hash(r->pc) == saved && history_first(r->h) == tick);
        live(r, 20000000 + 10000000 * (u64)n, n == 1);
    }
    assert_true(count[0] > count[1]);
    mid = r->pc->clock.now - 12345678;
    assert_true(history_goto(r->h, mid, err, sizeof err));
    mid_hash = pc_hash(r->pc);
    unlink(path);
    for (int n = 0; n < 12; n++) {
        unsigned line = 1 + rnd(3);
        if (line != history_line(r->h) && !history_branch_go(r->h, line, err, sizeof err))
            fail_msg("%s", err);
        if (line == history_line(r->h) && rnd(2))
            history_back(r->h, rnd(5000000));
        assert_true(history_goto(r->h, end[line - 1], err, sizeof err));
        assert_true(pc_hash(r->pc) == hash[line - 1]);
        assert_int_equal(count_on_disk(r), count[line - 1]);
    }
    assert_true(history_branch_go(r->h, 4, err, sizeof err));
    assert_true(history_goto(r->h, mid, err, sizeof err) && pc_hash(r->pc) == mid_hash);
    assert_true(history_branch_drop(r->h, 1, err, sizeof err));
    assert_false(history_branch_go(r->h, 1, err, sizeof err));
    drop(r);
}

/* The same, but each of 16 sectors gets 1,024 counts in turn: what was written long ago shows, and
 * executing the way to a place from the state before it does not write it again. */
static const u8 spreader[] = {
    0xFA, 0x31, 0xC0, 0x8E, 0xD8, 0x8E, 0xC0, 0x8E, 0xD0, 0xBC, 0x00, 0x7C, 0xFB, /* segments 0 */
    0xFF, 0x06, 0x00, 0x7E,                                                       /* inc [7E00] */
    0xB8, 0x01, 0x03, 0xBB, 0x00, 0x7E, 0x8B, 0x0E, 0x00, 0x7E, 0xC1, 0xE9, 0x0A, 0x83, 0xE1,
    0x0F, 0x41, 0x41, 0x31, 0xD2, 0xCD, 0x13, 0xEB, 0xE4};

static u64 print_of_disk(Rig *r)
{
    u8 track[18 * DISK_SECTOR];
    assert_int_equal(disk_read(r->fda, 0, 18, track), DISK_OK);
    return state_hash(0, track, sizeof track);
}

typedef struct {
    u64 tick, hash, disk;
} Moment;

static Moment moment(Rig *r)
{
    return (Moment){r->pc->clock.now, pc_hash(r->pc), print_of_disk(r)};
}

static void visit_moment(Rig *r, const Moment *m, bool edited)
{
    if (!history_goto(r->h, m->tick, err, sizeof err))
        fail_msg("%s", err);
    assert_true(edited || pc_hash(r->pc) == m->hash);
    assert_true(print_of_disk(r) == m->disk);
}

/* Futures that left from one past and wrote other things to the disk: each holds its own, whichever
 * the machine comes from. */
static void test_branches_write_disks(void **state)
{
    enum { LINES = 3, MOMENTS = 4 };
    Rig *r = make_guest(spreader, sizeof spreader);
    Moment fork, at[LINES][MOMENTS];
    live(r, 60000000, false);
    fork = moment(r);
    for (u32 n = 0; n < LINES; n++) {
        if (n) { /* a debugger sets the guest's counter */
            visit_moment(r, &fork, true);
            store_le(bus_host(&r->pc->bus, 0x7E00, false), 2, 10000 * n);
            bus_written(&r->pc->bus, 0x7E00, 2);
            history_edited(r->h);
        }
        for (int i = 0; i < MOMENTS; i++) {
            usleep(12000); /* a guest that idles leaves a state every 10 ms of the host's time */
            live(r, 12000000 + 1000000 * n, false);
            at[n][i] = moment(r);
            assert_true(at[n][i].disk != (i ? at[n][i - 1].disk : fork.disk));
            assert_true(!n || at[n][i].disk != at[n - 1][i].disk);
        }
        assert_int_equal(history_line(r->h), n + 1);
    }
    for (int n = 0; n < 10; n++) {
        unsigned line = rnd(LINES);
        if (line + 1 != history_line(r->h) && !history_branch_go(r->h, line + 1, err, sizeof err))
            fail_msg("%s", err);
        if (rnd(4) == 0)
            visit_moment(r, &fork, true);
        visit_moment(r, &at[line][rnd(MOMENTS)], false);
        visit_moment(r, &at[line][rnd(MOMENTS)], false);
    }
    drop(r); /* with branches that hold what they would write */
}

static void test_reverse_continue(void **state)
{
    Rig *r = make_writer();
    Breakpoint b = {.r = r, .linear = 0x7C00 + 13};
    HistorySearch search = {.ctx = &b, .watch = watch};
    live(r, 60000000, false);
    u64 now = r->pc->clock.now, from = now - 3000000, hits[2000];
    int n = 0;
    assert_true(history_goto(r->h, from, err, sizeof err));
    watch(&b, true);
    while (r->pc->clock.now < now)
        if (pc_run(r->pc, now) == PC_EXIT_BREAK && n < 2000)
            hits[n++] = r->pc->clock.now;
    watch(&b, false);
    r->pc->cpu.debug = NULL;
    assert_true(n > 5);
    for (int i = n; i--;) {
        assert_true(history_find_last(r->h, &search));
        if (r->pc->clock.now != hits[i])
            fail_msg("hit %d of %d: %llu, not %llu", i, n, (unsigned long long)r->pc->clock.now,
                     (unsigned long long)hits[i]);
        assert_true(r->pc->cpu.s.seg[SEG_CS].base + r->pc->cpu.s.eip == b.linear);
    }
    b.linear = 0x12345;
    u64 hash = pc_hash(r->pc);
    assert_false(history_find_last(r->h, &search));
    assert_true(pc_hash(r->pc) == hash);
    drop(r);
}

static void test_when(void **state)
{
    Rig *r = make_writer();
    bool device;
    live(r, 60000000, false);
    u32 count = load_le(r->pc->ram + 0x7E00, 2);
    assert_true(history_when(r->h, 0x7E00, 2, &device));
    assert_false(device);
    assert_int_equal(r->pc->cpu.s.seg[SEG_CS].base + r->pc->cpu.s.eip, 0x7C00 + 13);
    assert_int_equal(load_le(r->pc->ram + 0x7E00, 2), count - 1);
    pc_run(r->pc, r->pc->clock.now + 1);
    assert_int_equal(load_le(r->pc->ram + 0x7E00, 2), count);
    /* the boot sector itself came by DMA */
    assert_true(history_when(r->h, 0x7C00 + 510, 2, &device));
    assert_true(device);
    assert_int_not_equal(load_le(r->pc->ram + 0x7C00 + 510, 2), 0xAA55);
    pc_run(r->pc, r->pc->clock.now + 1);
    assert_int_equal(load_le(r->pc->ram + 0x7C00 + 510, 2), 0xAA55);
    assert_false(history_when(r->h, 0x100000, 4, &device) && !device);
    drop(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walks),          cmocka_unit_test(test_little_memory),
        cmocka_unit_test(test_back_by_one),    cmocka_unit_test(test_new_future),
        cmocka_unit_test(test_disks_go_along), cmocka_unit_test(test_loaded_states),
        cmocka_unit_test(test_branches_write_disks), cmocka_unit_test(test_reverse_continue),
        cmocka_unit_test(test_when),
    };
    if (getenv("GLASS86_SEED"))
        seed = strtoull(getenv("GLASS86_SEED"), NULL, 10);
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
