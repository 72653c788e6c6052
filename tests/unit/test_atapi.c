/* test_atapi.c: every packet command of the CD-ROM drive, with what is good and what is bad about
 * its packet, against what MMC-2 says it answers. The disc: a data track of 30 frames, two audio
 * tracks of 20 and 25. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "devices/ide.h"

enum { BASE = 0x1F0, CTL = 0x3F6, FRAMES = 75, AUDIO = 30, SECOND = 50, ROOM = 65536 };

typedef struct {
    Clock clock;
    EventQueue queue;
    Bus bus;
    Snap snap;
    Ide ide;
    Disk *disc;
    Audio audio;
    bool irq;
    u16 limit; /* most bytes that the host takes between two interrupts */
    int blocks; /* DRQ blocks of the last reply */
    u8 sense[3];
    u8 data[ROOM];
} Rig;

static u8 image[FRAMES][DISK_CD_FRAME];
static char bin[] = "/tmp/glass86-atapi-XXXXXX", cue[sizeof bin + 4];

static void irq_set(void *ctx, int pin, bool level)
{
    ((Rig *)ctx)->irq = level;
}

static void out(Rig *r, int reg, u8 v)
{
    bus_out(&r->bus, (u16)(BASE + reg), 1, v);
}

static u8 in(Rig *r, int reg)
{
    return (u8)bus_in(&r->bus, (u16)(BASE + reg), 1);
}

static void pass_us(Rig *r, u64 us)
{
    u64 until = r->clock.now + clock_us(&r->clock, us);
    while (r->clock.deadline <= until) {
        if (r->clock.deadline > r->clock.now)
            r->clock.now = r->clock.deadline;
        event_run(&r->queue);
    }
    r->clock.now = until;
}

/* ---- the disc -------------------------------------------------------------------------------- */

static void write_file(const char *path, const void *p, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    fclose(f);
}

static void make_disc(void)
{
    char text[400];
    close(mkstemp(bin));
    snprintf(cue, sizeof cue, "%s.cue", bin);
    for (int f = 0; f < FRAMES; f++) {
        for (int i = 0; i < DISK_CD_FRAME; i++)
            image[f][i] = (u8)(f * 11 + i + i / 256);
        if (f < AUDIO) { /* sync, header with mode 1 */
            memset(image[f], 0xFF, 12);
            image[f][0] = image[f][11] = 0;
            memcpy(image[f] + 12, (u8[]){0, 2, (u8)(f / 10 << 4 | f % 10), 1}, 4);
        }
    }
    write_file(bin, image, sizeof image);
    int n = snprintf(text, sizeof text,
                     "FILE \"%s\" BINARY\n  TRACK 01 MODE1/2352\n    INDEX 01 00:00:00\n"
                     "  TRACK 02 AUDIO\n    INDEX 01 00:00:%d\n  TRACK 03 AUDIO\n"
                     "    INDEX 01 00:00:%d\n",
                     strrchr(bin, '/') + 1, AUDIO, SECOND);
    write_file(cue, text, (size_t)n);
}

/* ---- packets --------------------------------------------------------------------------------- */

/* Takes the DRQ blocks that come; the number of bytes. */
static u32 take_data(Rig *r)
{
    u32 n = 0;
    r->blocks = 0;
    while (in(r, 7) & 8 && r->blocks < 200) {
        u32 bytes = in(r, 4) | (u32)in(r, 5) << 8;
        assert_int_equal(in(r, 2), 2); /* data, to the host */
        assert_true(bytes && bytes <= r->limit && n + bytes <= ROOM - 1);
        for (u32 i = 0; i < bytes; i += 2, n += 2)
            store_le(r->data + n, 2, bus_in(&r->bus, BASE, 2));
        n -= bytes & 1;
        r->blocks++;
        pass_us(r, 2000);
    }
    return n;
}

/* Gives the drive a packet; what MODE SELECT takes are `give` bytes from r->data. The bytes of the
 * reply, or -1: it failed, and r->sense says how. */
static int packet(Rig *r, const u8 *p, int give)
{
    out(r, 1, 0);
    out(r, 4, (u8)r->limit);
    out(r, 5, (u8)(r->limit >> 8));
    out(r, 7, 0xA0);
    pass_us(r, 500);
    assert_int_equal(in(r, 7) & 0x89, 8);
    assert_int_equal(in(r, 2), 1);
    for (int i = 0; i < 12; i += 2)
        bus_out(&r->bus, BASE, 2, load_le(p + i, 2));
    pass_us(r, 3000);
    if (give && in(r, 7) & 8) {
        assert_int_equal(in(r, 2), 0); /* data, from the host */
        for (int i = 0; i < give; i += 2)
            bus_out(&r->bus, BASE, 2, load_le(r->data + i, 2));
        pass_us(r, 3000);
    }
    u32 n = take_data(r);
    assert_int_equal(in(r, 2), 3); /* status */
    if (!(in(r, 7) & 1))
        return (int)n;
    u8 key = in(r, 1) >> 4;
    if (p[0] != 0x03) {
        u32 got = (u32)packet(r, (const u8[12]){0x03, 0, 0, 0, 18}, 0);
        assert_int_equal(got, 18);
        assert_int_equal(r->data[2], key);
        memcpy(r->sense, (u8[]){key, r->data[12], r->data[13]}, 3);
    }
    return -1;
}

/* "28 0 0 0 0 5": the rest is zeros. */
static int hex(const char *text, u8 *to, int room)
{
    int n = 0;
    for (char *end; n < room; text = end, n++) {
        unsigned long v = strtoul(text, &end, 16);
        if (end == text)
            break;
        to[n] = (u8)v;
    }
    return n;
}

/* What a packet is answered: "! key asc ascq", or the bytes; "*" behind them: and more. */
static void check(Rig *r, const char *name, const char *command, const char *want)
{
    u8 p[12] = {0}, expected[256];
    hex(command, p, 12);
    int n = packet(r, p, 0);
    if (*want == '!') {
        u8 sense[3] = {0};
        hex(want + 1, sense, 3);
        if (n != -1 || memcmp(sense, r->sense, 3))
            fail_msg("%s: %d bytes, sense %X %02X %02X", name, n, r->sense[0], r->sense[1],
                     r->sense[2]);
        return;
    }
    int bytes = hex(want, expected, sizeof expected);
    bool more = strchr(want, '*');
    if (n < 0)
        fail_msg("%s: sense %X %02X %02X", name, r->sense[0], r->sense[1], r->sense[2]);
    if (more ? n < bytes : n != bytes)
        fail_msg("%s: %d bytes, wanted %d", name, n, bytes);
    for (int i = 0; i < bytes; i++)
        if (r->data[i] != expected[i])
            fail_msg("%s: byte %d is %02X, wanted %02X", name, i, r->data[i], expected[i]);
}

static Rig *empty_rig(void)
{
    Rig *r = calloc(1, sizeof *r);
    r->clock.ips = 10000000;
    r->limit = 0xFFFE;
    event_queue_init(&r->queue, &r->clock);
    bus_init(&r->bus);
    audio_init(&r->audio);
    IdeConfig cfg = {.bus = &r->bus,
                     .queue = &r->queue,
                     .snap = &r->snap,
                     .irq = {irq_set, r, 14},
                     .base = BASE,
                     .control = CTL,
                     .name = "ide0",
                     .cd = {true, false},
                     .sound = {audio_source(&r->audio), NULL}};
    ide_init(&r->ide, &cfg);
    pass_us(r, 1000);
    return r;
}

/* The disc is in, and the drive has told of it. */
static Rig *rig(void)
{
    Rig *r = empty_rig();
    char err[300];
    DiskOptions o = {.kind = DISK_CD, .read_only = true};
    r->disc = disk_open(cue, &o, err, sizeof err);
    if (!r->disc)
        fail_msg("%s", err);
    ide_change(&r->ide, 0, r->disc);
    check(r, "first words", "0", "! 6 28");
    check(r, "the new medium is announced", "4A 1 0 0 10 0 0 0 8", "0 6 4 10 2 2 0 0");
    return r;
}

static void rig_free(Rig *r)
{
    bus_free(&r->bus);
    audio_free(&r->audio);
    disk_close(r->disc);
    free(r);
}

/* ---- what the drive tells -------------------------------------------------------------------- */

typedef struct {
    const char *name, *command, *want;
} Row;

static const Row rows[] = {
    {"TEST UNIT READY", "0", ""},
    {"a command that no CD-ROM drive has", "1", "! 5 20"},
    {"WRITE(10)", "2A 0 0 0 0 0 0 0 1", "! 5 20"},
    {"REQUEST SENSE: nothing", "3 0 0 0 12", "70 0 0 0 0 0 0 A 0 0 0 0 0 0 0 0 0 0"},
    {"INQUIRY", "12 0 0 0 24",
     "5 80 0 21 1F 0 0 0 47 4C 41 53 53 38 36 20 43 44 2D 52 4F 4D 20 44 52 49 56 45 20 20 20 20 "
     "31 2E 30 20"},
    {"INQUIRY, 5 bytes", "12 0 0 0 5", "5 80 0 21 1F"},
    {"INQUIRY, no bytes", "12", ""},
    {"INQUIRY, vital product data", "12 1 0 0 24", "! 5 24"},
    {"READ CAPACITY", "25", "0 0 0 4A 0 0 8 0"},

    {"TOC", "43 0 0 0 0 0 0 0 FF",
     "0 22 1 3 0 14 1 0 0 0 0 0 0 10 2 0 0 0 0 1E 0 10 3 0 0 0 0 32 0 10 AA 0 0 0 0 4B"},
    {"TOC, 4 bytes", "43 0 0 0 0 0 0 0 4", "0 22 1 3"},
    {"TOC from track 3, MSF", "43 2 0 0 0 0 3 0 FF",
     "0 12 1 3 0 10 3 0 0 0 2 32 0 10 AA 0 0 0 3 0"},
    {"TOC, lead-out", "43 0 0 0 0 0 AA 0 FF", "0 A 1 3 0 10 AA 0 0 0 0 4B"},
    {"TOC, no such track", "43 0 0 0 0 0 4 0 FF", "! 5 24"},
    {"TOC, sessions", "43 0 1 0 0 0 0 0 FF", "0 A 1 1 0 14 1 0 0 0 0 0"},
    {"TOC, sessions, as SFF-8020i asks", "43 2 0 0 0 0 0 0 FF 40", "0 A 1 1 0 14 1 0 0 0 2 0"},
    {"TOC, full", "43 0 2 0 0 0 0 0 FF",
     "0 44 1 1 1 14 0 A0 0 0 0 0 1 0 0 1 10 0 A1 0 0 0 0 3 0 0 1 10 0 A2 0 0 0 0 0 3 0 "
     "1 14 0 1 0 0 0 0 0 2 0 1 10 0 2 0 0 0 0 0 2 1E 1 10 0 3 0 0 0 0 0 2 32"},
    {"TOC, PMA", "43 0 3 0 0 0 0 0 FF", "! 5 24"},

    {"SUB-CHANNEL, header", "42 0 0 1 0 0 0 0 FF", "0 15 0 0"},
    {"SUB-CHANNEL, position", "42 0 40 1 0 0 0 0 FF", "0 15 0 C 1 14 1 1 0 0 0 0 0 0 0 0"},
    {"SUB-CHANNEL, position, MSF", "42 2 40 1 0 0 0 0 FF",
     "0 15 0 C 1 14 1 1 0 0 2 0 0 0 0 0"},
    {"SUB-CHANNEL, catalogue number", "42 0 40 2 0 0 0 0 FF",
     "0 15 0 14 2 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"},
    {"SUB-CHANNEL, ISRC of track 2", "42 0 40 3 0 0 2 0 FF",
     "0 15 0 14 3 10 2 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"},
    {"SUB-CHANNEL, ISRC of no track", "42 0 40 3 0 0 9 0 FF", "! 5 24"},
    {"SUB-CHANNEL, format 0", "42 0 40 0 0 0 0 0 FF", "! 5 24"},
    {"SUB-CHANNEL, format 4", "42 0 40 4 0 0 0 0 FF", "! 5 24"},

    {"DISC INFORMATION", "51 0 0 0 0 0 0 0 FF",
     "0 20 E 1 1 1 3 20 0 0 0 0 0 0 0 0 FF FF FF FF FF FF FF FF 0 0 0 0 0 0 0 0 0 0"},
    {"TRACK INFORMATION, track 2", "52 1 0 0 0 2 0 0 FF",
     "0 1A 2 1 0 0 F 0 0 0 0 1E 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 14"},
    {"TRACK INFORMATION, by address", "52 0 0 0 0 1D 0 0 FF", "0 1A 1 1 0 4 1 0 0 0 0 0 *"},
    {"TRACK INFORMATION, track 9", "52 1 0 0 0 9 0 0 FF", "! 5 24"},
    {"TRACK INFORMATION, behind the end", "52 0 0 0 0 4B 0 0 FF", "! 5 24"},
    {"TRACK INFORMATION, by session", "52 2 0 0 0 1 0 0 FF", "! 5 24"},

    {"CONFIGURATION, one feature", "46 2 0 3 0 0 0 0 FF",
     "0 0 0 C 0 0 0 8 0 3 3 4 29 0 0 0"},
    {"CONFIGURATION, a feature it has not", "46 2 77 77 0 0 0 0 FF", "0 0 0 4 0 0 0 8"},
    {"CONFIGURATION, all", "46 0 0 0 0 0 0 0 FF",
     "0 0 0 40 0 0 0 8 0 0 3 4 0 8 1 0 0 1 3 4 0 0 0 2 0 2 3 4 *"},
    {"CONFIGURATION, current from 10h on", "46 1 0 10 0 0 0 0 FF",
     "0 0 0 20 0 0 0 8 0 10 1 8 0 0 8 0 0 10 0 0 0 1E 1 4 0 0 0 0 1 3 1 4 0 0 0 1"},

    {"EVENT STATUS, asynchronous", "4A 0 0 0 10 0 0 0 8", "! 5 24"},
    {"EVENT STATUS, nothing new", "4A 1 0 0 10 0 0 0 8", "0 6 4 10 0 2 0 0"},
    {"EVENT STATUS, another class", "4A 1 0 0 2 0 0 0 8", "0 2 80 10"},
    {"MECHANISM STATUS", "BD 0 0 0 0 0 0 0 0 8", "0 0 0 0 0 0 0 0"},
    {"SET CD SPEED", "BB 0 FF FF", ""},

    {"MODE SENSE, errors", "5A 0 1 0 0 0 0 0 FF", "0 E 1 0 0 0 0 0 1 6 0 5 0 0 0 0"},
    {"MODE SENSE, CD", "5A 0 D 0 0 0 0 0 FF", "0 E 1 0 0 0 0 0 D 6 0 D 0 3C 0 4B"},
    {"MODE SENSE, audio", "5A 0 E 0 0 0 0 0 FF",
     "0 16 1 0 0 0 0 0 E E 4 0 0 0 0 0 1 FF 2 FF 0 0 0 0"},
    {"MODE SENSE, audio, what can be changed", "5A 0 4E 0 0 0 0 0 FF",
     "0 16 1 0 0 0 0 0 E E 0 0 0 0 0 0 3 FF 3 FF 0 0 0 0"},
    {"MODE SENSE, errors, what can be changed", "5A 0 41 0 0 0 0 0 FF",
     "0 E 1 0 0 0 0 0 1 6 0 0 0 0 0 0"},
    {"MODE SENSE, capabilities", "5A 0 2A 0 0 0 0 0 FF",
     "0 1A 1 0 0 0 0 0 2A 12 0 0 71 3 29 0 2 C2 1 0 0 80 2 C2 0 0 0 0"},
    {"MODE SENSE, capabilities, what can be changed", "5A 0 6A 0 0 0 0 0 FF",
     "0 1A 1 0 0 0 0 0 2A 12 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"},
    {"MODE SENSE, all", "5A 0 3F 0 0 0 0 0 FF", "0 3A 1 0 0 0 0 0 1 6 *"},
    {"MODE SENSE, saved", "5A 0 C1 0 0 0 0 0 FF", "! 5 39"},
    {"MODE SENSE, a page it has not", "5A 0 7 0 0 0 0 0 FF", "! 5 24"},
    {"MODE SELECT, nothing", "55 10", ""},

    {"SEEK", "2B 0 0 0 0 4A", ""},
    {"SEEK behind the end", "2B 0 0 0 0 4B", "! 5 21"},
    {"PREVENT", "1E 0 0 0 1", ""},
    {"ALLOW", "1E", ""},

    {"READ(10), no blocks", "28", ""},
    {"READ(10) behind the end", "28 0 0 0 0 4B 0 0 1", "! 5 21"},
    {"READ(10) over the end", "28 0 0 0 0 4A 0 0 2", "! 5 21"},
    {"READ(12) over the end", "A8 0 0 0 0 1 FF FF FF FF", "! 5 21"},
    {"READ(10) of an audio track", "28 0 0 0 0 1E 0 0 1", "! 5 64"},
    {"READ CD, nothing selected", "BE 0 0 0 0 0 0 0 1", ""},
    {"READ CD, header", "BE 0 0 0 0 5 0 0 1 20", "0 2 5 1"},
    {"READ CD, sync and header", "BE 8 0 0 0 5 0 0 1 A0",
     "0 FF FF FF FF FF FF FF FF FF FF 0 0 2 5 1"},
    {"READ CD, header and Q", "BE 0 0 0 0 5 0 0 1 20 2",
     "0 2 5 1 41 1 1 0 0 5 0 0 2 5 0 0 0 0 0 0"},
    {"READ CD, Q of an audio track", "BE 4 0 0 0 33 0 0 1 0 2",
     "1 3 1 0 0 1 0 0 2 51 0 0 0 0 0 0"},
    {"READ CD, mode 1 where there is audio", "BE 8 0 0 0 1E 0 0 1 10", "! 5 64"},
    {"READ CD, mode 2", "BE C 0 0 0 0 0 0 1 10", "! 5 64"},
    {"READ CD, audio where there are data", "BE 4 0 0 0 0 0 0 1 F8", "! 5 64"},
    {"READ CD, a type that does not exist", "BE 18 0 0 0 0 0 0 1 10", "! 5 64"},
    {"READ CD, C2 pointers", "BE 0 0 0 0 0 0 0 1 12", "! 5 24"},
    {"READ CD, raw sub-channels", "BE 0 0 0 0 0 0 0 1 10 1", "! 5 24"},
    {"READ CD, R to W", "BE 0 0 0 0 0 0 0 1 10 4", "! 5 24"},
    {"READ CD behind the end", "BE 0 0 0 0 4B 0 0 1 10", "! 5 21"},
    {"READ CD over the end", "BE 0 0 0 0 4A 0 0 2 F8", "! 5 21"},
    {"READ CD MSF, header", "B9 0 0 0 2 7 0 2 8 20", "0 2 7 1"},
    {"READ CD MSF, 75 frames", "B9 0 0 0 2 4B 0 3 0 20", "! 5 24"},
    {"READ CD MSF, before the disc", "B9 0 0 0 1 0 0 2 0 20", "! 5 24"},
    {"READ CD MSF, backwards", "B9 0 0 0 2 8 0 2 7 20", "! 5 24"},
    {"READ CD MSF behind the end", "B9 0 0 0 3 0 0 3 1 20", "! 5 21"},

    {"PLAY AUDIO(10), nothing", "45 0 0 0 0 1E", ""},
    {"PLAY AUDIO(10), data", "45 0 0 0 0 5 0 0 5", "! 5 64"},
    {"PLAY AUDIO(10) over the end", "45 0 0 0 0 40 0 0 20", "! 5 21"},
    {"PLAY AUDIO(12) far over the end", "A5 0 0 0 0 1E FF FF FF FF", "! 5 21"},
    {"PLAY AUDIO MSF, 60 seconds", "47 0 0 0 3C 0 1 0 0", "! 5 24"},
    {"PLAY AUDIO MSF, backwards", "47 0 0 0 2 32 0 2 28", "! 5 21"},
    {"PAUSE with nothing playing", "4B", "! 5 2C"},
    {"RESUME with nothing playing", "4B 0 0 0 0 0 0 0 1", "! 5 2C"},
    {"STOP with nothing playing", "4E", ""},
};

static void test_packets(void **state)
{
    Rig *r = rig();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check(r, rows[i].name, rows[i].command, rows[i].want);
    rig_free(r);
}

/* ---- reading --------------------------------------------------------------------------------- */

static void reads(Rig *r, const char *command, u32 frame, u32 from, u32 bytes, u32 count)
{
    u8 p[12] = {0};
    hex(command, p, 12);
    assert_int_equal(packet(r, p, 0), bytes * count);
    for (u32 i = 0; i < count; i++)
        assert_memory_equal(r->data + i * bytes, image[frame + i] + from, bytes);
}

static void test_reading(void **state)
{
    Rig *r = rig();
    reads(r, "28 0 0 0 0 3 0 0 9", 3, 16, 2048, 9);
    reads(r, "A8 0 0 0 0 1D 0 0 0 1", 29, 16, 2048, 1);
    reads(r, "BE 0 0 0 0 2 0 0 3 F8", 2, 0, 2352, 3);
    reads(r, "BE 8 0 0 0 2 0 0 5 10", 2, 16, 2048, 5);
    reads(r, "BE 4 0 0 0 1E 0 0 14 10", 30, 0, 2352, 20);
    reads(r, "B9 4 0 0 2 32 0 3 0 F8", 50, 0, 2352, 25);
    reads(r, "B9 0 0 0 2 1 0 2 1 F8", 1, 0, 2352, 0);
    static const u16 limits[][2] = {{2048, 4}, {8192, 1}, {1000, 9}, {0xFFFF, 1}, {2049, 4}};
    for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
        r->limit = limits[i][0];
        reads(r, "28 0 0 0 0 8 0 0 4", 8, 16, 2048, 4);
        assert_in_range(r->blocks, 1, limits[i][1] == 1 ? 2 : limits[i][1]);
        if (limits[i][1] > 1)
            assert_int_equal(r->blocks, limits[i][1]);
    }
    r->limit = 0xFFFE;
    /* the blocks before another kind of track come, then it fails */
    check(r, "READ(10) into the audio track", "28 0 0 0 0 1D 0 0 2", "! 5 64");
    check(r, "READ CD into the audio track", "BE 0 0 0 0 1D 0 0 2 10", "! 5 64");
    rig_free(r);
}

/* ---- audio ----------------------------------------------------------------------------------- */

static void status_is(Rig *r, u8 audio, u32 from, u32 to)
{
    check(r, "SUB-CHANNEL", "42 0 40 1 0 0 0 0 10", "0 *");
    assert_int_equal(r->data[1], audio);
    u32 at = (u32)r->data[10] << 8 | r->data[11];
    assert_in_range(at, from, to);
}

static void test_playing(void **state)
{
    Rig *r = rig();
    check(r, "PLAY(10)", "45 0 0 0 0 1E 0 0 14", "");
    pass_us(r, 100000);
    status_is(r, 0x11, 36, 40);
    check(r, "MECHANISM STATUS while it plays", "BD 0 0 0 0 0 0 0 0 8", "0 20 0 *");
    check(r, "PAUSE", "4B", "");
    status_is(r, 0x12, 36, 41);
    u8 paused = r->data[11];
    pass_us(r, 500000);
    status_is(r, 0x12, paused, paused);
    check(r, "PAUSE again", "4B", "");
    check(r, "RESUME", "4B 0 0 0 0 0 0 0 1", "");
    pass_us(r, 40000);
    status_is(r, 0x11, paused + 2, paused + 7);
    pass_us(r, 400000);
    status_is(r, 0x13, 50, 50); /* told once */
    status_is(r, 0x15, 50, 50);
    check(r, "PLAY MSF from where it stands", "47 0 0 FF FF FF 0 2 3C", "");
    pass_us(r, 50000);
    status_is(r, 0x11, 52, 57);
    check(r, "STOP", "4E", "");
    status_is(r, 0x15, 52, 57);
    check(r, "PLAY(12)", "A5 0 0 0 0 32 0 0 0 5", "");
    check(r, "a read ends it", "28 0 0 0 0 0 0 0 1", "*");
    status_is(r, 0x13, 50, 52);
    check(r, "PLAY MSF", "47 0 0 0 2 1E 0 2 32", "");
    check(r, "STOP UNIT", "1B", "");
    status_is(r, 0x15, 30, 32);
    rig_free(r);
}

static void test_mode_select(void **state)
{
    static const u8 quiet[24] = {0, 22, 0, 0, 0, 0, 0, 0, 0x0E, 14, 4, 0,
                                 0, 0,  0, 0, 2, 0x80, 1, 0x40};
    Rig *r = rig();
    memcpy(r->data, quiet, sizeof quiet);
    assert_int_equal(packet(r, (const u8[12]){0x55, 0x10, 0, 0, 0, 0, 0, 0, 24}, 24), 0);
    check(r, "MODE SENSE, what was selected", "5A 0 E 0 0 0 0 0 FF",
          "0 16 1 0 0 0 0 0 E E 4 0 0 0 0 0 2 80 1 40 0 0 0 0");
    memset(r->data, 0x0E, 24); /* a page cut off, whose length leads nowhere */
    assert_int_equal(packet(r, (const u8[12]){0x55, 0x10, 0, 0, 0, 0, 0, 0, 12}, 12), 0);
    check(r, "MODE SENSE, nothing was taken", "5A 0 E 0 0 0 0 0 FF",
          "0 16 1 0 0 0 0 0 E E 4 0 0 0 0 0 2 80 1 40 *");
    check(r, "MODE SELECT, more than the drive takes", "55 10 0 0 0 0 0 FF FE", "! 5 24");
    r->limit = 20;
    check(r, "MODE SELECT, more than the host would give", "55 10 0 0 0 0 0 0 18", "! 5 24");
    rig_free(r);
}

/* ---- the tray -------------------------------------------------------------------------------- */

static void test_tray(void **state)
{
    Rig *r = rig();
    check(r, "PREVENT", "1E 0 0 0 1", "");
    assert_true(ide_locked(&r->ide, 0));
    check(r, "capabilities: locked", "5A 0 2A 0 0 0 0 0 FF",
          "0 1A 1 0 0 0 0 0 2A 12 0 0 71 3 2B *");
    check(r, "eject while locked", "1B 0 0 0 2", "! 2 53 2");
    check(r, "ALLOW", "1E", "");
    check(r, "eject", "1B 0 0 0 2", "");
    check(r, "the removal is announced", "4A 1 0 0 10 0 0 0 8", "0 6 4 10 3 1 0 0");
    check(r, "the tray is open", "0", "! 2 3A 2");
    check(r, "MODE SENSE says so", "5A 0 1 0 0 0 0 0 4", "0 E 71 0");
    check(r, "MECHANISM STATUS says so", "BD 0 0 0 0 0 0 0 0 2", "0 10");
    check(r, "CONFIGURATION: no profile", "46 2 0 0 0 0 0 0 FF", "0 0 0 C 0 0 0 0 0 0 3 4 0 8 0 0");
    check(r, "load", "1B 0 0 0 3", "");
    check(r, "a medium may have changed", "0", "! 6 28");
    check(r, "and is there", "0", "");
    check(r, "start", "1B 0 0 0 1", "");
    ide_ask_eject(&r->ide, 0);
    check(r, "the button is told", "4A 1 0 0 10 0 0 0 8", "0 6 4 10 1 2 0 0");
    ide_change(&r->ide, 0, NULL);
    check(r, "no disc", "43 0 0 0 0 0 0 0 FF", "! 2 3A 1");
    check(r, "MODE SENSE: no disc", "5A 0 1 0 0 0 0 0 4", "0 E 70 0");
    rig_free(r);
}

/* After power-on the first command but a few fails, once; REQUEST SENSE may be that one. */
static void test_attention(void **state)
{
    Rig *r = empty_rig();
    check(r, "INQUIRY before it", "12 0 0 0 1", "5");
    check(r, "reset", "0", "! 6 29");
    check(r, "told once", "0", "! 2 3A 1");
    rig_free(r);
    r = empty_rig();
    check(r, "REQUEST SENSE tells it", "3 0 0 0 12", "70 0 6 0 0 0 0 A 0 0 0 0 29 0 0 0 0 0");
    check(r, "and then no more", "3 0 0 0 12", "70 0 0 *");
    rig_free(r);
}

/* ---- ATA commands ---------------------------------------------------------------------------- */

static u8 command(Rig *r, u8 code, u8 features)
{
    out(r, 1, features);
    out(r, 2, 0x55);
    out(r, 7, code);
    pass_us(r, 2000);
    return in(r, 7);
}

static bool signature(Rig *r)
{
    return in(r, 4) == 0x14 && in(r, 5) == 0xEB;
}

static void test_ata_commands(void **state)
{
    Rig *r = rig();
    assert_int_equal(command(r, 0xEC, 0) & 0x89, 1); /* IDENTIFY DEVICE */
    assert_int_equal(in(r, 1), 4);
    assert_true(signature(r));
    out(r, 4, 0);
    assert_int_equal(command(r, 0x20, 0) & 0x89, 1);
    assert_true(signature(r));
    assert_int_equal(command(r, 0xA1, 0) & 0x89, 8); /* IDENTIFY PACKET DEVICE */
    assert_int_equal(bus_in(&r->bus, BASE, 2), 0x85C0);
    for (int i = 1; i < 256; i++)
        bus_in(&r->bus, BASE, 2);
    assert_int_equal(in(r, 7) & 0x89, 0);
    assert_int_equal(command(r, 0xE5, 0) & 0x89, 0);
    assert_int_equal(in(r, 2), 0xFF);
    for (u8 code = 0xE0; code <= 0xE3; code++) /* idle, standby */
        assert_int_equal(command(r, code, 0) & 0x89, 0);
    assert_int_equal(command(r, 0xEF, 0x55) & 0x89, 1);
    assert_int_equal(command(r, 0xC6, 0) & 0x89, 1);
    assert_int_equal(in(r, 1), 4);
    assert_int_equal(command(r, 0xA0, 1) & 0x89, 1); /* by DMA, where there is no bus master */
    assert_int_equal(command(r, 0x90, 0) & 0x08, 0);
    assert_true(signature(r));
    out(r, 1, 0); /* DEVICE RESET in the middle of a packet */
    out(r, 4, 0xFE);
    out(r, 5, 0xFF);
    out(r, 7, 0xA0);
    pass_us(r, 500);
    bus_out(&r->bus, BASE, 2, 0x28);
    out(r, 7, 0x08);
    pass_us(r, 2000);
    assert_true(signature(r));
    assert_int_equal(in(r, 7) & 0x88, 0);
    check(r, "it goes on as ever", "0", "");
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packets),     cmocka_unit_test(test_reading),
        cmocka_unit_test(test_playing),     cmocka_unit_test(test_mode_select),
        cmocka_unit_test(test_tray),        cmocka_unit_test(test_attention),
        cmocka_unit_test(test_ata_commands)};
    make_disc();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(bin);
    unlink(cue);
    return failed;
}
