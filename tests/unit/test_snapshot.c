/* test_snapshot.c: a state loaded at any tick, in any state of any device, goes on exactly as the
 * machine it was saved from; anything else than a whole, sound, fitting state is refused and
 * leaves the machine alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bios/roms.h"
#include "devices/disk/journal.h"
#include "devices/snapshot.h"
#include "devices/snapshot_file.h"

enum { HARD_DISK = 4 << 20, RAM = 2 << 20 };

static u8 hard_disk[HARD_DISK];
static char err[2048];

typedef struct {
    Pc *pc;
    Disk *fda, *hda;
} Machine;

static u64 seed = 1;

static u32 rnd(u32 below)
{
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return (u32)(seed >> 33) % below;
}

static Machine make(u64 ram, CpuModel cpu)
{
    Machine m;
    Rom bios, vgabios;
    DiskOptions floppy = {.kind = DISK_FLOPPY}, hard = {.kind = DISK_HARD};
    rom_builtin(&bios, ROM_BIOS);
    rom_builtin(&vgabios, ROM_VGA);
    m.fda = disk_open_memory("demo", rom_demo, rom_demo_size, &floppy, err, sizeof err);
    m.hda = disk_open_memory("hard", hard_disk, sizeof hard_disk, &hard, err, sizeof err);
    assert_non_null(m.fda);
    assert_non_null(m.hda);
    PcConfig c = {.ram = ram,
                  .cpu = cpu,
                  .ips = 4000000,
                  .bios = {bios.data, bios.size, 0},
                  .vgabios = {vgabios.data, vgabios.size, 0},
                  .floppy = {m.fda},
                  .ide = {m.hda},
                  .debug_exit_port = 0xF4};
    m.pc = malloc(sizeof *m.pc);
    memset(m.pc, 0x5A, sizeof *m.pc);
    if (!pc_init(m.pc, &c, err, sizeof err))
        fail_msg("%s", err);
    return m;
}

static void drop(Machine *m)
{
    pc_free(m->pc);
    free(m->pc);
    disk_close(m->fda);
    disk_close(m->hda);
}

static void save(Machine *m, u8 **data, size_t *size)
{
    if (!snapshot_encode(m->pc, "test", data, size, err, sizeof err))
        fail_msg("%s", err);
}

static void load(Machine *m, const u8 *data, size_t size)
{
    if (!snapshot_decode(m->pc, "test", data, size, err, sizeof err))
        fail_msg("%s", err);
}

static void expect_same(const Machine *a, const Machine *b)
{
    if (pc_hash(a->pc) == pc_hash(b->pc))
        return;
    for (int i = 0; i < a->pc->snap.count; i++) {
        const SnapSection *s = &a->pc->snap.section[i], *t = &b->pc->snap.section[i];
        for (u32 n = 0; n < s->size; n++)
            if (((u8 *)s->data)[n] != ((u8 *)t->data)[n])
                fail_msg("at %llu: section %s differs at byte %u",
                         (unsigned long long)a->pc->clock.now, s->name, (unsigned)n);
    }
    for (int i = 0; i < a->pc->queue.count; i++) {
        const Event *e = a->pc->queue.all[i], *f = b->pc->queue.all[i];
        if (e->armed != f->armed || (e->armed && e->when != f->when))
            fail_msg("at %llu: event %s differs", (unsigned long long)a->pc->clock.now, e->name);
    }
    fail_msg("hashes differ");
}

static void run_to(Machine *m, u64 tick)
{
    while (m->pc->clock.now < tick)
        if (pc_run(m->pc, tick) == PC_EXIT_SHUTDOWN)
            pc_reset_cpu(m->pc);
}

/* ---- exactness ------------------------------------------------------------------------------- */

/* The demo boots from floppy and shows text, planar and linear graphics, protected mode, sound. */
static void test_demo_at_random_ticks(void **state)
{
    Machine a = make(RAM, CPU_PENTIUM), b = make(RAM, CPU_PENTIUM);
    u8 *data;
    size_t size;
    u64 t = 0;
    for (int i = 0; i < 60; i++) {
        t += rnd(i % 3 ? 40000 : 4000000);
        run_to(&a, t);
        save(&a, &data, &size);
        load(&b, data, size);
        free(data);
        expect_same(&a, &b);
        t += rnd(300000);
        run_to(&a, t);
        for (int cut = 0; cut < 5; cut++) /* cut otherwise, and in another order */
            run_to(&b, b.pc->clock.now + rnd((u32)(t - b.pc->clock.now + 1)));
        run_to(&b, t);
        expect_same(&a, &b);
    }
    drop(&a);
    drop(&b);
}

/* Something a guest or a person might do. */
typedef struct {
    int what;
    u16 port;
    u32 value;
    int size;
} Act;

static Act random_act(void)
{
    static const u16 ports[] = {
        0x20,  0x21,  0xA0,  0xA1,  0x40,  0x41,  0x42,  0x43,  0x60,  0x64,  0x61,  0x70,
        0x71,  0x92,  0x3C0, 0x3C1, 0x3C2, 0x3C4, 0x3C5, 0x3C8, 0x3C9, 0x3CE, 0x3CF, 0x3D4,
        0x3D5, 0x3DA, 0x3F2, 0x3F4, 0x3F5, 0x3F7, 0x1F0, 0x1F1, 0x1F2, 0x1F3, 0x1F4, 0x1F5,
        0x1F6, 0x1F7, 0x3F6, 0x3F8, 0x3F9, 0x3FA, 0x3FB, 0x3FC, 0x3FD, 0x378, 0x37A, 0x00,
        0x08,  0x0A,  0x0B,  0x0C,  0x81,  0xD4,  0xD6,  0x80,  0x510};
    static const u16 values[] = {0x00, 0x20, 0x34, 0x36, 0x90, 0xB6, 0xD1, 0x60,
                                 0xAE, 0xFF, 0xA7, 0x14, 0xE6, 0x46, 0x0F, 0x08,
                                 0x07, 0x04, 0x1C, 0xEC, 0xC4, 0xC5, 0xA0, 0x0E};
    Act a = {.what = (int)rnd(20), .port = ports[rnd(ARRAY_LEN(ports))], .size = 1};
    a.value = rnd(3) ? values[rnd(ARRAY_LEN(values))] : rnd(256);
    if (rnd(8) == 0)
        a.size = 1 << rnd(3);
    return a;
}

static void act(Machine *m, Act a)
{
    switch (a.what) {
    case 0:
        pc_key(m->pc, (u16)(1 + a.value % (KEY_COUNT - 1)), a.size & 1);
        break;
    case 1:
        pc_mouse(m->pc, (int)a.value - 128, a.size, 0, a.value & 7);
        break;
    case 2:
        pc_serial_rx(m->pc, 0, (u8)a.value);
        break;
    case 3:
        if (a.value == 0xFF)
            pc_reset(m->pc, a.size & 1);
        break;
    case 4:
        bus_write(&m->pc->bus, 0xA0000 + a.port * 61u, a.size, a.value * 0x01010101u);
        break;
    case 5:
    case 6:
    case 7:
    case 8:
        bus_in(&m->pc->bus, a.port, a.size);
        break;
    default:
        bus_out(&m->pc->bus, a.port, a.size, a.value);
        break;
    }
}

static void random_walk(CpuModel cpu, int rounds)
{
    Machine a = make(RAM, cpu), b = make(RAM, cpu);
    u8 *data;
    size_t size;
    run_to(&a, 3000000);
    for (int i = 0; i < rounds; i++) {
        for (int n = (int)rnd(30); n--;) {
            act(&a, random_act());
            run_to(&a, a.pc->clock.now + rnd(300));
        }
        save(&a, &data, &size);
        load(&b, data, size);
        free(data);
        expect_same(&a, &b);
        for (int n = (int)rnd(20); n--;) {
            Act x = random_act();
            u64 t = a.pc->clock.now + rnd(rnd(4) ? 200 : 20000);
            act(&a, x);
            act(&b, x);
            run_to(&a, t);
            run_to(&b, t);
        }
        expect_same(&a, &b);
    }
    drop(&a);
    drop(&b);
}

static void test_devices_in_any_state(void **state)
{
    random_walk(CPU_PENTIUM, 250);
    random_walk(CPU_8086, 60);
    random_walk(CPU_386, 60);
}

/* States in the middle of what takes many ticks. */
static void test_in_the_middle(void **state)
{
    static const u8 code[] = {
        0xFA, 0x31, 0xC0, 0x8E, 0xD8, 0x8E, 0xD0, 0xBC, 0x00,
        0x70,                                                 /* cli; ds = ss = 0; sp = 7000h */
        0xB8, 0x00, 0x20, 0x8E, 0xC0, 0xFC,                   /* es = 2000h; cld */
        0x31, 0xF6, 0x31, 0xFF, 0xB9, 0xE8, 0x03, 0xF3, 0xA4, /* rep movsb, 1000 times */
        0xFB, 0x90, 0x16, 0x17, 0xFB, 0x90,        /* sti; nop; push ss; pop ss; sti; nop */
        0xBA, 0xF6, 0x03, 0xEC, 0xF4, 0xEB, 0xE4}; /* in al, dx; hlt; again */
    Machine a = make(RAM, CPU_486), b = make(RAM, CPU_486);
    u8 *data;
    size_t size;
    run_to(&a, 2500000);
    memcpy(a.pc->ram + 0x7000, code, sizeof code);
    a.pc->ram[0x6FFE] = a.pc->ram[0x6FFF] = 0;
    pc_reset_cpu(a.pc); /* the BIOS's interrupt vectors stay */
    CpuState *s = &a.pc->cpu.s;
    s->seg[SEG_CS].sel = 0;
    s->seg[SEG_CS].base = 0;
    s->eip = 0x7000;
    cpu_drop_derived(&a.pc->cpu);
    cpu_state_changed(&a.pc->cpu);
    int halted = 0, repeating = 0;
    for (int i = 0; i < 1500; i++) {
        run_to(&a, a.pc->clock.now + 1 + (i % 50 == 49 ? rnd(200000) : 0));
        halted += s->halted;
        repeating += s->r[1] > 0 && s->r[1] < 1000;
        save(&a, &data, &size);
        load(&b, data, size);
        free(data);
        expect_same(&a, &b);
        u64 t = a.pc->clock.now + rnd(40);
        run_to(&a, t);
        run_to(&b, t);
        expect_same(&a, &b);
    }
    assert_true(halted && repeating);
    drop(&a);
    drop(&b);
}

/* ---- disks ----------------------------------------------------------------------------------- */

static void fill(Disk *d, u64 lba, u8 value)
{
    u8 sector[DISK_SECTOR];
    memset(sector, value, sizeof sector);
    assert_int_equal(disk_write(d, lba, 1, sector), DISK_OK);
}

static u8 look(Disk *d, u64 lba)
{
    u8 sector[DISK_SECTOR];
    assert_int_equal(disk_read(d, lba, 1, sector), DISK_OK);
    return sector[100];
}

static void test_disks_come_along(void **state)
{
    Machine a = make(RAM, CPU_486), b = make(RAM, CPU_486);
    u8 *data;
    size_t size;
    fill(a.hda, 5, 0x11);
    fill(a.hda, 8191, 0x22);
    fill(b.hda, 6, 0x33);
    save(&a, &data, &size);
    assert_true(size < 20000); /* two sectors, not an image */
    load(&b, data, size);
    assert_int_equal(look(b.hda, 5), 0x11);
    assert_int_equal(look(b.hda, 8191), 0x22);
    assert_int_equal(look(b.hda, 6), 0);
    fill(a.hda, 5, 0x44);
    load(&a, data, size);
    assert_int_equal(look(a.hda, 5), 0x11);
    free(data);
    drop(&a);
    drop(&b);
}

static void test_journal(void **state)
{
    Machine m = make(RAM, CPU_486);
    Disk *d = m.hda;
    u64 mark[40];
    u8 want[40][16];
    memset(want, 0, sizeof want);
    fill(d, 3, 9);
    assert_true(disk_journal_start(d));
    for (int i = 0; i < 40; i++) {
        mark[i] = d->generation;
        for (int k = 0; k < 16; k++)
            want[i][k] = look(d, (u64)k);
        fill(d, rnd(16), (u8)rnd(256));
    }
    for (int n = 0; n < 200; n++) {
        int i = (int)rnd(40);
        assert_true(disk_journal_go(d, mark[i]));
        for (int k = 0; k < 16; k++)
            assert_int_equal(look(d, (u64)k), want[i][k]);
    }
    assert_true(disk_journal_go(d, mark[10]));
    fill(d, 15, want[11][15]); /* may or may not be what was written then: both ways must hold */
    fill(d, 0, 0xEE);
    assert_false(disk_journal_go(d, mark[0] - 1));
    disk_journal_forget(d, mark[5]);
    assert_false(disk_journal_go(d, mark[4]));
    assert_true(disk_journal_go(d, mark[6]));
    assert_int_equal(look(d, 0), want[6][0]);
    drop(&m);
}

/* A stretch of time that is executed again writes the same: what lies ahead stays reachable. */
static void test_journal_repeats(void **state)
{
    Machine m = make(RAM, CPU_486);
    Disk *d = m.hda;
    assert_true(disk_journal_start(d));
    u64 start = d->generation;
    for (u8 i = 1; i < 10; i++)
        fill(d, i % 3, i);
    u64 end = d->generation;
    assert_true(disk_journal_go(d, start));
    assert_int_equal(look(d, 0), 0);
    for (u8 i = 1; i < 5; i++)
        fill(d, i % 3, i);
    assert_true(disk_journal_go(d, end));
    assert_int_equal(look(d, 0), 9);
    assert_true(disk_journal_go(d, start));
    fill(d, 1, 0x77); /* another future */
    assert_false(d->generation == end);
    disk_journal_go(d, end);
    assert_int_equal(look(d, 1), 0x77);
    drop(&m);
}

/* ---- refusals -------------------------------------------------------------------------------- */

static void refused(Machine *m, const u8 *data, size_t size, const char *part)
{
    u64 before = pc_hash(m->pc);
    err[0] = 0;
    if (snapshot_decode(m->pc, "test", data, size, err, sizeof err))
        fail_msg("taken, although: %s", part);
    if (!strstr(err, part) || strchr(err, '\n') || strncmp(err, "test: ", 6))
        fail_msg("'%s' lacks '%s'", err, part);
    assert_true(pc_hash(m->pc) == before);
}

static void test_other_machines(void **state)
{
    Machine a = make(RAM, CPU_486), b = make(RAM, CPU_386), c = make(2 * RAM, CPU_486);
    u8 *data;
    size_t size;
    run_to(&a, 1000000);
    save(&a, &data, &size);
    refused(&b, data, size, "cpu=486, this machine has cpu=386; start glass86 with that -cpu");
    refused(&c, data, size, "memory=2097152");
    hard_disk[1000] ^= 1;
    Machine d = make(RAM, CPU_486);
    refused(&d, data, size, "is not what hard was");
    hard_disk[1000] ^= 1;
    fdc_eject(&a.pc->fdc, 0);
    refused(&a, data, size, "this machine has nothing there; start glass86 with -fda demo");
    free(data);
    save(&a, &data, &size);
    fdc_insert(&a.pc->fdc, 0, a.fda);
    refused(&a, data, size, "leave it out");
    free(data);
    drop(&a);
    drop(&b);
    drop(&c);
    drop(&d);
}

static void test_damage(void **state)
{
    Machine a = make(RAM, CPU_486);
    u8 *data;
    size_t size;
    run_to(&a, 3000000);
    save(&a, &data, &size);
    u8 *copy = malloc(size + 1);
    refused(&a, data, 0, "no saved state");
    for (size_t n = 1; n < size; n += n < 100 ? 1 : 1 + rnd(500))
        refused(&a, data, n, n < 56 ? "" : "cut off");
    memcpy(copy, data, size);
    refused(&a, copy, size + 1, "too long");
    for (int i = 0; i < 2000; i++) {
        memcpy(copy, data, size);
        copy[i < 56 ? (u32)i : rnd((u32)size)] ^= (u8)(1 << rnd(8));
        refused(&a, copy, size, "");
    }
    load(&a, data, size);
    free(copy);
    free(data);
    drop(&a);
}

/* A body with good checksums and bad contents: it may be refused or taken, and a machine that took
 * it may do what it likes, but not crash, hang or read where it must not. */
static void seal(const Blob *body, StateHeader *h, Blob *file)
{
    h->packed = body->size;
    h->body = state_hash(0, body->data, body->size);
    h->header = state_hash(0, h, offsetof(StateHeader, header));
    file->size = 0;
    blob_add(file, h, sizeof *h);
    blob_add(file, body->data, body->size);
}

static void reseal(const Blob *body, Blob *file)
{
    StateHeader h = {.magic = STATE_MAGIC, .format = STATE_FORMAT, .order = STATE_ORDER};
    h.unpacked = body->size;
    seal(body, &h, file);
}

static void unseal(const u8 *data, size_t size, Blob *body)
{
    StateHeader h;
    memcpy(&h, data, sizeof h);
    u8 *out = malloc(h.unpacked);
    assert_true(unpack((PackMethod)h.method, data + sizeof h, size - sizeof h, out, h.unpacked));
    blob_add(body, out, h.unpacked);
    free(out);
}

/* Bytes of small sections are where the danger is: RAM is most of the body, and harmless. */
static size_t dangerous(const Blob *body)
{
    size_t at = 0;
    for (int tries = 0; tries < 100; tries++) {
        ChunkHeader h;
        memcpy(&h, body->data + at, sizeof h);
        size_t size = (size_t)h.size;
        if (h.size > body->size - at - sizeof h) /* changed by us a moment ago */
            break;
        if (h.kind != CHUNK_PAGES && rnd(6) == 0)
            return at + (rnd(8) ? sizeof h + (size ? rnd((u32)size) : 0) : rnd(sizeof h));
        at += sizeof h + ((size + 7) & ~(size_t)7);
        if (body->size - at < sizeof h)
            at = 0;
    }
    return rnd((u32)body->size);
}

static void test_hostile(void **state)
{
    const char *rounds = getenv("GLASS86_FUZZ");
    Machine a = make(RAM, CPU_486), b = make(RAM, CPU_486);
    Blob body = {0}, file = {0};
    int taken = 0;
    for (int i = 0, n = rounds ? atoi(rounds) : 400; i < n; i++) {
        u8 *data;
        size_t size;
        if (i % 8 == 0) {
            for (int k = 0; k < 10; k++)
                act(&a, random_act());
            run_to(&a, a.pc->clock.now + rnd(100000));
        }
        save(&a, &data, &size);
        body.size = 0;
        unseal(data, size, &body);
        free(data);
        for (int k = 1 + (int)rnd(3); k--;) {
            static const u8 edges[] = {0, 1, 2, 0x7F, 0x80, 0xFF};
            size_t at = dangerous(&body);
            body.data[at] = rnd(2) ? edges[rnd(sizeof edges)] : (u8)rnd(256);
        }
        reseal(&body, &file);
        if (snapshot_decode(b.pc, "test", file.data, file.size, err, sizeof err)) {
            taken++;
            for (int k = 0; k < 20; k++) {
                pc_run(b.pc, b.pc->clock.now + rnd(2000));
                act(&b, random_act());
            }
            pc_hash(b.pc);
        }
    }
    assert_true(taken > 0);
    blob_free(&body);
    blob_free(&file);
    drop(&a);
    drop(&b);
}

/* A state with sound checksums and one thing in it that is wrong: what the message says of it. */
typedef enum {
    HEADER, /* h.member = value */
    CHUNK,  /* the same in a chunk's header */
    DATA,   /* byte `at` of a chunk's data becomes value */
    TAIL,   /* `at` bytes of value behind the last chunk */
} Place;

typedef struct {
    Place place;
    const char *chunk;
    size_t at;
    u32 value;
    const char *says;
} Wrong;

static const Wrong wrongs[] = {
    {HEADER, "", offsetof(StateHeader, order), 0x04030201, "a host with another byte order"},
    {HEADER, "", offsetof(StateHeader, format), 99, "has format 99 and this glass86 reads"},
    {HEADER, "", offsetof(StateHeader, reserved), 1, "its header's checksum is wrong"},
    {HEADER, "", offsetof(StateHeader, method), 3, "a library of a later version"},
    {HEADER, "", offsetof(StateHeader, method), PACK_ZLIB, "it cannot be decompressed"},
    {HEADER, "", offsetof(StateHeader, unpacked) + 4, 1, "larger than this machine"},
    {TAIL, "", 8, 0, "its list of sections is wrong"},
    {TAIL, "", sizeof(ChunkHeader), 0x58585858, "a section reaches beyond its end"},
    {TAIL, "", 2 * sizeof(ChunkHeader), 0, "it has a section twice"},
    {CHUNK, "pit", offsetof(ChunkHeader, size) + 4, 1, "a section reaches beyond its end"},
    {CHUNK, "machine", offsetof(ChunkHeader, kind), CHUNK_PLAIN, "not say what machine it is of"},
    {DATA, "machine", 0, 'x', "whose machines have no 'board'"},
    {DATA, "machine", 6, 'x', "with board=xsa, this machine has board=isa; start glass86 with"},
    {CHUNK, "pit", 0, 'x', "has no section 'pit', which this machine needs"},
    {CHUNK, "pit", offsetof(ChunkHeader, kind), CHUNK_TEXT, "has no section 'pit'"},
    {CHUNK, "pit", offsetof(ChunkHeader, version), 77, "section 'pit' has version 77"},
    {CHUNK, "disk2", offsetof(ChunkHeader, kind), CHUNK_PLAIN, "devices that this machine lacks"},
    {DATA, "ram", 6, 1, "the state is damaged (ram)"},
    {DATA, "clock", offsetof(Clock, ips), 1, "its clock is wrong"},
    {DATA, "cpu", offsetof(CpuState, cpl), 9, "section 'cpu' holds values that no machine"},
    {CHUNK, "events", offsetof(ChunkHeader, kind), CHUNK_TEXT, "its list of events is wrong"},
    {DATA, "events", 23, 1, "its list of events is wrong"},
    {DATA, "events", 0, '?', "that this glass86 does not know"},
    {CHUNK, "media", offsetof(ChunkHeader, kind), CHUNK_TEXT, "its list of media is wrong"},
    {DATA, "disk2", 6, 1, "what was written to its disks"},
};

static size_t chunk_at(const Blob *body, const char *name)
{
    for (size_t at = 0; at < body->size;) {
        ChunkHeader h;
        memcpy(&h, body->data + at, sizeof h);
        if (!strcmp(h.name, name))
            return at;
        at += sizeof h + ((size_t)h.size + 7) / 8 * 8;
    }
    fail_msg("no chunk %s", name);
    return 0;
}

static void spoil(const Wrong *w, Blob *body, StateHeader *h)
{
    u8 tail[4 * sizeof(ChunkHeader)];
    size_t at = *w->chunk ? chunk_at(body, w->chunk) : 0;
    memset(tail, (int)(u8)w->value, sizeof tail);
    if (w->place == HEADER)
        store_le((u8 *)h + w->at, 4, w->value);
    else if (w->place == TAIL)
        blob_add(body, tail, w->at), h->unpacked += w->at;
    else if (w->place == CHUNK)
        store_le(body->data + at + w->at, w->at ? 4 : 1, w->value);
    else
        store_le(body->data + at + sizeof(ChunkHeader) + w->at, 1, w->value);
}

static void test_refusals(void **state)
{
    Machine a = make(RAM, CPU_486);
    Blob body = {0}, file = {0};
    u8 *data;
    size_t size;
    run_to(&a, 1000000);
    fill(a.hda, 5, 1);
    save(&a, &data, &size);
    for (size_t i = 0; i < ARRAY_LEN(wrongs); i++) {
        StateHeader h;
        body.size = 0;
        unseal(data, size, &body);
        reseal(&body, &file);
        memcpy(&h, file.data, sizeof h);
        spoil(&wrongs[i], &body, &h);
        seal(&body, &h, &file);
        refused(&a, file.data, file.size, wrongs[i].says);
    }
    load(&a, data, size);
    blob_free(&body);
    blob_free(&file);
    free(data);
    drop(&a);
}

/* A state from before the TLB was part of one is one with an empty TLB. */
static void test_without_tlb(void **state)
{
    Machine a = make(RAM, CPU_PENTIUM), b = make(RAM, CPU_PENTIUM);
    u8 *data;
    size_t size;
    Snap *snap = &a.pc->snap, whole = *snap;
    run_to(&a, 1000000);
    int n = 0;
    while (strcmp(snap->section[n].name, "tlb"))
        n++;
    memmove(&snap->section[n], &snap->section[n + 1],
            (size_t)(snap->count - n - 1) * sizeof snap->section[0]);
    snap->count--;
    save(&a, &data, &size);
    *snap = whole;
    memset(&b.pc->cpu.mmu.s, 0x5A, sizeof b.pc->cpu.mmu.s);
    load(&b, data, size);
    expect_same(&a, &b);
    free(data);
    drop(&a);
    drop(&b);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void test_files(void **state)
{
    Machine a = make(RAM, CPU_486), b = make(RAM, CPU_486);
    char path[] = "/tmp/glass86-state-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "w");
    fputs("old", f);
    fclose(f);
    run_to(&a, 1234567);
    assert_true(pc_save(a.pc, path, err, sizeof err));
    assert_true(pc_load(b.pc, path, err, sizeof err));
    expect_same(&a, &b);
    remove(path);
    assert_false(pc_load(b.pc, path, err, sizeof err));
    assert_non_null(strstr(err, "check the name"));
    assert_false(pc_save(b.pc, "/nonexistent/x", err, sizeof err));
    assert_non_null(strstr(err, "/nonexistent/x: cannot write the state"));
    drop(&a);
    drop(&b);
}

/* GLASS86_SEED gives other random walks, GLASS86_FUZZ more rounds of test_hostile. */
int main(void)
{
    if (getenv("GLASS86_SEED"))
        seed = strtoull(getenv("GLASS86_SEED"), NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_demo_at_random_ticks),
        cmocka_unit_test(test_devices_in_any_state),
        cmocka_unit_test(test_in_the_middle),
        cmocka_unit_test(test_disks_come_along),
        cmocka_unit_test(test_journal),
        cmocka_unit_test(test_journal_repeats),
        cmocka_unit_test(test_other_machines),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_without_tlb),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
