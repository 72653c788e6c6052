/* test_sb.c: the Sound Blaster as programs see it: detection, every way to play, interrupts, mixer;
 * with the real DMA controller on the other end. */
#include "tests/unit/io_rig.h"

#include <math.h>
#include <stdlib.h>

#include "devices/dma.h"
#include "devices/sb.h"

enum { BASE = 0x220, BUFFER = 0x20000, ROOM = 200000 };

typedef struct {
    Rig rig;
    Audio audio;
    Dma dma;
    Sb sb;
    Probe irq[16];
    Sink midi;
    u8 ram[1 << 20];
    s16 heard[ROOM][2];
    u32 n;
} Board;

static void listen(void *ctx, const s16 *frames, u32 n)
{
    Board *b = ctx;
    for (u32 i = 0; i < n && b->n < ROOM; i++, b->n++) {
        b->heard[b->n][0] = frames ? frames[i * 2] : 0;
        b->heard[b->n][1] = frames ? frames[i * 2 + 1] : 0;
    }
}

/* Left a ramp of 100 values, 1 kHz apart; right always the same. */
static void jacks(void *ctx, AudioTime when, u32 rate, s32 level[2])
{
    u64 n = when.count * 1000 / when.hz;
    level[0] = (s32)(n % 100) * 256;
    level[1] = -0x4000;
}

/* What plays inside: constant levels. */
static void cd(void *ctx, AudioTime when, u32 rate, s32 level[2])
{
    level[0] += 1000;
    level[1] += -2000;
}

static void fm(void *ctx, AudioTime when, u32 rate, s32 level[2])
{
    level[0] += 300;
    level[1] += 400;
}

static Board *make(SbKind kind)
{
    Board *b = calloc(1, sizeof *b);
    rig_init(&b->rig);
    bus_map_ram(&b->rig.bus, 0, sizeof b->ram, b->ram, 0, "ram");
    audio_init(&b->audio);
    dma_init(&b->dma, &(DmaConfig){&b->rig.bus, &b->rig.snap, false});
    SbConfig cfg = {.bus = &b->rig.bus,
                    .queue = &b->rig.queue,
                    .snap = &b->rig.snap,
                    .audio = &b->audio,
                    .out = audio_source(&b->audio),
                    .cd = {audio_source(&b->audio)},
                    .kind = kind,
                    .base = BASE,
                    .irq = 5,
                    .dma = 1,
                    .dma16 = kind == SB_16 ? 5 : 1,
                    .midi = sink_byte,
                    .line_in = jacks,
                    .cd_in = cd,
                    .fm_in = fm,
                    .ctx = &b->midi};
    for (int i = 0; i < 16; i++)
        cfg.irq_line[i] = probe_line(&b->irq[i]);
    for (int ch = 0; ch < 8; ch++)
        if (ch != 4)
            cfg.dma_line[ch] = dma_line(&b->dma, ch);
    sb_init(&b->sb, &cfg);
    sb_reset(&b->sb);
    out8(&b->rig, 0xD6, 0xC0); /* cascade */
    out8(&b->rig, 0xD4, 0);
    audio_open(&b->audio, (AudioTime){0, 1}, 48000, listen, b);
    return b;
}

static void drop(Board *b)
{
    audio_free(&b->audio);
    bus_free(&b->rig.bus);
    free(b);
}

static void dsp(Board *b, u8 v)
{
    assert_false(in8(&b->rig, BASE + 0xC) & 0x80);
    out8(&b->rig, BASE + 0xC, v);
}

static void dsp_word(Board *b, u8 command, u16 v)
{
    dsp(b, command);
    dsp(b, v & 0xFF);
    dsp(b, v >> 8);
}

static u8 answer(Board *b)
{
    assert_true(in8(&b->rig, BASE + 0xE) & 0x80);
    return in8(&b->rig, BASE + 0xA);
}

static bool reset(Board *b)
{
    out8(&b->rig, BASE + 6, 1);
    rig_run(&b->rig, 5);
    out8(&b->rig, BASE + 6, 0);
    assert_true(in8(&b->rig, BASE + 0xC) & 0x80);
    rig_run(&b->rig, 110);
    return in8(&b->rig, BASE + 0xE) & 0x80 && in8(&b->rig, BASE + 0xA) == 0xAA;
}

static void mixer(Board *b, u8 reg, u8 v)
{
    out8(&b->rig, BASE + 4, reg);
    out8(&b->rig, BASE + 5, v);
}

static u8 mixer_at(Board *b, u8 reg)
{
    out8(&b->rig, BASE + 4, reg);
    return in8(&b->rig, BASE + 5);
}

/* Channel 1 (bytes) or 5 (words) on `n` bytes at BUFFER. */
static void program(Board *b, int ch, u32 n, u8 mode)
{
    Rig *r = &b->rig;
    u16 k = ch < 4 ? (u16)ch * 2 : (u16)(0xC0 + (ch & 3) * 4), step = ch < 4 ? 1 : 2;
    u32 at = ch < 4 ? BUFFER & 0xFFFF : BUFFER >> 1 & 0xFFFF, count = (ch < 4 ? n : n / 2) - 1;
    out8(r, ch < 4 ? 0x0A : 0xD4, (u8)(4 | (ch & 3)));
    out8(r, ch < 4 ? 0x0C : 0xD8, 0);
    out8(r, ch < 4 ? 0x0B : 0xD6, (u8)(mode | (ch & 3)));
    out8(r, k, (u8)at);
    out8(r, k, (u8)(at >> 8));
    out8(r, k + step, (u8)count);
    out8(r, k + step, (u8)(count >> 8));
    static const u8 page[8] = {0x87, 0x83, 0x81, 0x82, 0, 0x8B, 0x89, 0x8A};
    out8(r, page[ch], BUFFER >> 16);
    out8(r, ch < 4 ? 0x0A : 0xD4, (u8)(ch & 3));
}

enum { SINGLE = 0x48, AUTO = 0x58, RECORD = 0x44 };

/* A square wave, `half` values of one side high, then low. */
static void fill_square(Board *b, u32 n, u32 half)
{
    for (u32 i = 0; i < n; i++)
        b->ram[BUFFER + i] = i / half & 1 ? 0x40 : 0xC0;
}

/* Upward crossings in what was heard from `from` on. */
static int rises(Board *b, u32 from, int side)
{
    int count = 0;
    bool low = false;
    audio_flush(&b->audio, (AudioTime){b->rig.clock.now, b->rig.clock.ips});
    for (u32 i = from; i < b->n; i++) {
        count += low && b->heard[i][side] > 2000;
        low = b->heard[i][side] < -2000 || (low && b->heard[i][side] <= 2000);
    }
    return count;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void test_identity(void **state)
{
    static const u16 versions[] = {0, 0x105, 0x201, 0x302, 0x405};
    for (SbKind kind = SB_1; kind <= SB_16; kind++) {
        Board *b = make(kind);
        assert_true(reset(b));
        dsp(b, 0xE1);
        u16 high = answer(b);
        assert_int_equal(high << 8 | answer(b), versions[kind]);
        dsp(b, 0xE0);
        dsp(b, 0x55);
        assert_int_equal(answer(b), 0xAA);
        dsp(b, 0xD1);
        if (kind > SB_1) {
            dsp(b, 0xD8);
            assert_int_equal(answer(b), 0xFF);
            dsp(b, 0xE4);
            dsp(b, 0x5A);
            dsp(b, 0xE8);
            assert_int_equal(answer(b), 0x5A);
        }
        program(b, 1, 4, RECORD);
        dsp(b, 0xE2);
        dsp(b, 0xF0);
        assert_int_equal(b->ram[BUFFER], 0xAA + (0xF0 ^ 0x96) - 0x100);
        if (kind == SB_16) {
            dsp(b, 0xE3);
            assert_int_equal(answer(b), 'C');
            assert_int_equal(answer(b), 'O');
        }
        assert_int_equal(in8(&b->rig, 0x22F), 0xFF);
        drop(b);
    }
}

static void test_interrupt(void **state)
{
    Board *b = make(SB_16);
    reset(b);
    dsp(b, 0xF2);
    assert_true(b->irq[5].level);
    assert_int_equal(mixer_at(b, 0x82) & 7, 1);
    in8(&b->rig, BASE + 0xE);
    assert_false(b->irq[5].level);
    dsp(b, 0xF3);
    assert_int_equal(mixer_at(b, 0x82) & 7, 2);
    in8(&b->rig, BASE + 0xE);
    assert_true(b->irq[5].level);
    mixer(b, 0x80, 8); /* IRQ 10 takes over */
    assert_false(b->irq[5].level);
    assert_true(b->irq[10].level);
    in8(&b->rig, BASE + 0xF);
    assert_false(b->irq[10].level);
    mixer(b, 0x81, 0x48); /* DMA 3 and 6 */
    assert_int_equal(mixer_at(b, 0x81), 0x48);
    assert_int_equal(b->sb.s.dma, 3);
    assert_int_equal(b->sb.s.dma16, 6);
    drop(b);
}

/* Interrupt and channels that the 16's mixer chose are those that playing uses. */
static void test_selection(void **state)
{
    static const struct {
        u8 irq_bit, irq, dma_bits, dma, dma16;
    } chosen[] = {{1, 2, 0x21, 0, 5}, {2, 5, 0x42, 1, 6}, {4, 7, 0x88, 3, 7}, {8, 10, 0x82, 1, 7}};
    for (size_t i = 0; i < ARRAY_LEN(chosen); i++)
        for (int words = 0; words < 2; words++) {
            Board *b = make(SB_16);
            int ch = words ? chosen[i].dma16 : chosen[i].dma;
            mixer(b, 0x80, chosen[i].irq_bit);
            mixer(b, 0x81, chosen[i].dma_bits);
            assert_int_equal(mixer_at(b, 0x80) & 15, chosen[i].irq_bit);
            assert_int_equal(mixer_at(b, 0x81), chosen[i].dma_bits);
            reset(b);
            program(b, ch, 200, SINGLE);
            dsp(b, 0x40);
            dsp(b, 156);
            dsp(b, words ? 0xB0 : 0xC0);
            dsp(b, 0);
            dsp(b, 79);
            dsp(b, 0);
            rig_run(&b->rig, 8100);
            assert_true(b->irq[chosen[i].irq].level);
            assert_int_equal(dma_left(&b->dma, ch), words ? 40 : 120);
            drop(b);
        }
}

static void test_single(void **state)
{
    for (SbKind kind = SB_1; kind <= SB_16; kind++) {
        Board *b = make(kind);
        reset(b);
        fill_square(b, 10000, 10);
        program(b, 1, 10000, SINGLE);
        dsp(b, 0xD1);
        dsp(b, 0x40);
        dsp(b, 156); /* 10,000 Hz */
        dsp_word(b, 0x14, 4999);
        u64 began = b->rig.clock.now;
        while (!b->irq[5].level && b->rig.clock.now < began + 2000000)
            rig_run(&b->rig, 10);
        assert_in_range(b->rig.clock.now - began, 499900, 500100);
        assert_int_equal(dma_left(&b->dma, 1), 5000);
        assert_in_range(rises(b, 0, 0), 249, 250); /* 500 Hz for half a second */
        in8(&b->rig, BASE + 0xE);
        rig_run(&b->rig, 1000000);
        assert_int_equal(b->irq[5].rises, 1);
        drop(b);
    }
}

static void test_auto_init(void **state)
{
    Board *b = make(SB_2);
    reset(b);
    fill_square(b, 2000, 10);
    program(b, 1, 2000, AUTO);
    dsp(b, 0xD1);
    dsp(b, 0x40);
    dsp(b, 156);
    dsp_word(b, 0x48, 999);
    dsp(b, 0x1C);
    for (int i = 0; i < 10; i++) {
        rig_run(&b->rig, 100000);
        assert_int_equal(b->irq[5].rises, i + 1);
        in8(&b->rig, BASE + 0xE);
    }
    dsp(b, 0xD0);
    rig_run(&b->rig, 300000);
    assert_int_equal(b->irq[5].rises, 10);
    dsp(b, 0xD4);
    rig_run(&b->rig, 50000);
    dsp(b, 0xDA); /* no block after this one */
    rig_run(&b->rig, 300000);
    assert_int_equal(b->irq[5].rises, 11);
    assert_in_range(rises(b, 0, 0), 548, 552);
    drop(b);
}

/* In high speed the DSP is deaf until it is reset, which then only ends that. */
static void test_high_speed(void **state)
{
    Board *b = make(SB_PRO);
    reset(b);
    fill_square(b, 4000, 20);
    program(b, 1, 4000, AUTO);
    mixer(b, 0x0E, 2); /* stereo: bytes of both sides by turns */
    dsp(b, 0xD1);
    dsp(b, 0x40);
    dsp(b, 256 - 25); /* 40,000 bytes a second */
    dsp_word(b, 0x48, 3999);
    dsp(b, 0x90);
    rig_run(&b->rig, 500500);
    assert_int_equal(b->irq[5].calls, 1); /* not acknowledged yet */
    assert_in_range(rises(b, 0, 1), 498, 502);
    dsp(b, 0xD0);
    assert_true(b->sb.s.stream.running && !b->sb.s.stream.paused);
    out8(&b->rig, BASE + 6, 1);
    out8(&b->rig, BASE + 6, 0);
    rig_run(&b->rig, 200);
    assert_false(b->sb.s.stream.running);
    assert_int_equal(in8(&b->rig, BASE + 0xE) & 0x80, 0);
    drop(b);
}

static void test_sixteen(void **state)
{
    Board *b = make(SB_16);
    reset(b);
    for (u32 i = 0; i < 2000; i++) { /* left 1 kHz, right 500 Hz at 20 kHz, signed */
        s16 left = i / 10 & 1 ? -12000 : 12000, right = i / 20 & 1 ? -9000 : 9000;
        memcpy(b->ram + BUFFER + i * 4, &left, 2);
        memcpy(b->ram + BUFFER + i * 4 + 2, &right, 2);
    }
    program(b, 5, 8000, AUTO);
    dsp(b, 0x41);
    dsp(b, 20000 >> 8);
    dsp(b, 20000 & 0xFF);
    dsp(b, 0xB6);
    dsp(b, 0x30);
    dsp(b, 3999 & 0xFF); /* 4,000 values of one side: a tenth of a second */
    dsp(b, 3999 >> 8);
    for (int i = 0; i < 10; i++) {
        rig_run(&b->rig, 100000);
        assert_int_equal(mixer_at(b, 0x82) & 7, 2);
        in8(&b->rig, BASE + 0xF);
    }
    assert_int_equal(b->irq[5].rises, 10);
    assert_in_range(rises(b, 0, 0), 998, 1001);
    assert_in_range(rises(b, 0, 1), 498, 501);
    drop(b);
}

/* What Creative's encoder would have made of a ramp, decoded: it follows to a step. */
static void test_adpcm(void **state)
{
    static const struct {
        u8 command, byte;
        u16 values, bytes;
    } kinds[] = {{0x75, 0x11, 8, 5}, {0x77, 0x24, 9, 4}, {0x17, 0x44, 8, 3}};
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
        Board *b = make(SB_1);
        reset(b);
        memset(b->ram + BUFFER, kinds[k].byte, 100);
        b->ram[BUFFER] = 0x80;
        program(b, 1, 100, SINGLE);
        dsp(b, 0xD1);
        dsp(b, 0x40);
        dsp(b, 156);
        dsp_word(b, kinds[k].command, kinds[k].bytes - 1u);
        u64 began = b->rig.clock.now;
        while (!b->irq[5].level && b->rig.clock.now < began + 100000)
            rig_run(&b->rig, 1);
        /* the reference has a moment of its own */
        assert_in_range(b->rig.clock.now - began, (kinds[k].values + 1u) * 100,
                        (kinds[k].values + 1u) * 100 + 2);
        /* 4 bits: m = 1 at step 0 adds 1 each time; the others have zeros among their parts */
        assert_true(b->sb.s.stream.reference >= 0x80);
        assert_in_range(b->sb.s.stream.reference, k == 0 ? 0x88 : 0x80, k == 0 ? 0x88 : 0xFF);
        drop(b);
    }
}

/* Creative's three codings as tables of what each code adds at each step size, and whether the step
 * then grows or shrinks: the card computes them, so this is written another way. */
typedef struct {
    u8 command, bits, per_byte, sizes, codes; /* codes: without the sign */
    s16 change[6][8];
} Coding;

static const Coding codings[] = {
    {0x75,
     4,
     2,
     4,
     8,
     {{0, 1, 2, 3, 4, 5, 6, 7},
      {1, 3, 5, 7, 9, 11, 13, 15},
      {2, 6, 10, 14, 18, 22, 26, 30},
      {4, 12, 20, 28, 36, 44, 52, 60}}},
    {0x77,
     3,
     3,
     5,
     4,
     {{0, 1, 2, 3}, {1, 3, 5, 7}, {2, 6, 10, 14}, {4, 12, 20, 28}, {5, 15, 25, 35}}},
    {0x17, 2, 4, 6, 2, {{0, 1}, {1, 3}, {2, 6}, {4, 12}, {8, 24}, {16, 48}}}};

typedef struct {
    int value, size;
} Coded;

static Coded decode(const Coding *c, Coded at, u32 code)
{
    u32 m = code & (c->codes - 1u);
    int change = c->change[at.size][m], v = at.value + (code & c->codes ? -change : change);
    u32 grow = c->codes == 8 ? 5 : c->codes - 1u;
    at.value = v < 0 ? 0 : v > 255 ? 255 : v;
    at.size += m >= grow ? at.size < c->sizes - 1 : m == 0 ? -(at.size > 0) : 0;
    return at;
}

/* The code that comes closest. The last of the three of 2.6 bits has no lowest bit. */
static u32 encode(const Coding *c, Coded at, int want, u32 part)
{
    u32 best = 0;
    for (u32 code = 0; code < 2u * c->codes; code++)
        if (!(c->bits == 3 && part == 2 && code & 1) &&
            abs(decode(c, at, code).value - want) < abs(decode(c, at, best).value - want))
            best = code;
    return best;
}

/* A tone in each coding: every value is what the tables say, at its moment, and the noise of the
 * coding is what its bits allow. */
static void test_adpcm_tone(void **state)
{
    static const double least_db[] = {39, 32, 28};
    enum { VALUES = 996 };
    for (size_t k = 0; k < ARRAY_LEN(codings); k++) {
        const Coding *c = &codings[k];
        Board *b = make(SB_2);
        u8 want[VALUES], *to = b->ram + BUFFER;
        Coded at = {128, 0};
        double tone = 0, noise = 0;
        reset(b);
        *to++ = 128;
        for (u32 i = 0; i < VALUES; i++) {
            u32 part = i % c->per_byte, v = 0;
            double sine = 100 * sin(2 * M_PI * i / 83);
            u32 code = encode(c, at, 128 + (int)lrint(sine), part);
            at = decode(c, at, code);
            v = c->bits == 3 && part == 2 ? code >> 1 : code << (8 - c->bits * (part + 1));
            *to = part ? *to | (u8)v : (u8)v;
            to += part == c->per_byte - 1u;
            want[i] = (u8)at.value;
            tone += i > 100 ? sine * sine : 0;
            noise += i > 100 ? (at.value - 128 - sine) * (at.value - 128 - sine) : 0;
        }
        program(b, 1, VALUES / c->per_byte + 1, SINGLE);
        dsp(b, 0x40);
        dsp(b, 0); /* the slowest, where each value is fetched at its moment */
        dsp_word(b, c->command, (u16)(VALUES / c->per_byte));
        rig_run(&b->rig, 257); /* the reference */
        for (u32 i = 0; i < VALUES; i++) {
            rig_run(&b->rig, 256);
            assert_int_equal(b->sb.s.stream.reference, want[i]);
        }
        assert_true(b->irq[5].level);
        assert_true(10 * log10(tone / noise) > least_db[k]);
        drop(b);
    }
}

static void test_direct_and_silence(void **state)
{
    Board *b = make(SB_1);
    reset(b);
    dsp(b, 0xD1);
    for (int i = 0; i < 1000; i++) {
        dsp(b, 0x10);
        dsp(b, i & 1 ? 0x40 : 0xC0);
        rig_run(&b->rig, 500);
    }
    assert_in_range(rises(b, 0, 0), 498, 500);
    dsp(b, 0x40);
    dsp(b, 156);
    dsp_word(b, 0x80, 999);
    rig_run(&b->rig, 99000);
    assert_false(b->irq[5].level);
    rig_run(&b->rig, 2000);
    assert_true(b->irq[5].level);
    drop(b);
}

/* 100 values of `bytes` for each of `sides` lie in the buffer, 1 kHz apart: ramps on the left, or
 * on the only side, that go up by `step`, and `right` on the right. */
static void assert_recorded(const Board *b, u32 bytes, u32 sides, s32 step, s32 right)
{
    const u8 *p = b->ram + BUFFER;
    for (u32 i = 0; i < 100; i++, p += bytes * sides) {
        s32 now = (s32)load_le(p, (int)bytes), next = (s32)load_le(p + bytes * sides, (int)bytes);
        s32 change = bytes == 1 ? (s8)(next - now) : (s16)(next - now);
        if (i < 99)
            assert_true(change == step || change <= -90 * step);
        if (sides == 2)
            assert_int_equal(load_le(p + bytes, (int)bytes), right);
    }
}

/* A microphone is the mean of both jacks; unsigned values of 8 bits. */
static void test_recording(void **state)
{
    static const u8 commands[] = {0x24, 0x2C, 0x98, 0x99};
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        Board *b = make(SB_2);
        reset(b);
        program(b, 1, 400, RECORD);
        dsp(b, 0x40);
        dsp(b, 6); /* 4 kHz: each of the ramp's values four times */
        if (commands[i] == 0x24) {
            dsp_word(b, 0x24, 399);
        } else {
            dsp_word(b, 0x48, 399);
            dsp(b, commands[i]);
        }
        rig_run(&b->rig, 101000);
        assert_true(b->irq[5].level);
        for (int k = 0; k < 396; k++)
            assert_in_range((s8)(b->ram[BUFFER + k + 4] - b->ram[BUFFER + k]) + 100, 50, 101);
        assert_in_range(b->ram[BUFFER], 0x60, 0x92);
        drop(b);
    }
    Board *b = make(SB_1);
    reset(b);
    rig_run(&b->rig, 250000); /* at 50 of the ramp: (50 * 256 - 4000h) / 2 */
    u32 at = (u32)(b->rig.clock.now * 1000 / b->rig.clock.ips) % 100;
    dsp(b, 0x20);
    assert_int_equal(answer(b), 0x80 + (((s32)at * 256 - 0x4000) / 2 >> 8));
    b->sb.cfg.line_in = NULL;
    dsp(b, 0x20);
    assert_int_equal(answer(b), 0x80);
    drop(b);
}

/* What the 16's converter gets by its mixer, in all formats. */
static void test_recording_sixteen(void **state)
{
    static const struct {
        u8 command, mode;
        u32 bytes, sides;
        s32 step, right;
    } kinds[] = {{0xB8, 0x30, 2, 2, 256, 0xC000},
                 {0xBE, 0x20, 2, 2, 256, 0x4000},
                 {0xB8, 0x10, 2, 1, 128, 0},
                 {0xC8, 0x20, 1, 2, 1, 0x40},
                 {0xCE, 0x30, 1, 2, 1, 0xC0}};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        Board *b = make(SB_16);
        reset(b);
        mixer(b, 0x3D, 0x10); /* the line only */
        mixer(b, 0x3E, 8);
        u32 values = 100 * kinds[i].sides, bytes = values * kinds[i].bytes;
        program(b, kinds[i].bytes == 2 ? 5 : 1, bytes, RECORD);
        dsp(b, 0x42);
        dsp(b, 1000 >> 8);
        dsp(b, 1000 & 0xFF);
        dsp(b, kinds[i].command);
        dsp(b, kinds[i].mode);
        dsp(b, (u8)(values - 1));
        dsp(b, (u8)((values - 1) >> 8));
        rig_run(&b->rig, 101000);
        assert_true(b->irq[5].level);
        assert_recorded(b, kinds[i].bytes, kinds[i].sides, kinds[i].step, kinds[i].right);
        drop(b);
    }
    Board *b = make(SB_16);
    s32 in[2];
    AudioTime when = {10, 1000};
    mixer(b, 0x3D, 8); /* the left converter hears the right line, quieter by 12 dB */
    mixer(b, 0x39, 25 << 3);
    sb_input(&b->sb, when, 0, in);
    assert_in_range(-in[0], 0x1000, 0x1040);
    mixer(b, 0x3F, 0xC0); /* +18 dB */
    sb_input(&b->sb, when, 0, in);
    assert_in_range(-in[0], 0x7F00, 0x8000);
    mixer(b, 0x3D, 0);
    sb_input(&b->sb, when, 0, in);
    assert_int_equal(in[0], 0);
    mixer(b, 0x3D, 1); /* the microphone is turned down at first */
    sb_input(&b->sb, when, 0, in);
    assert_in_range(in[0] + 100, 0, 100);
    drop(b);
    b = make(SB_PRO);
    mixer(b, 0x0C, 6); /* line */
    sb_input(&b->sb, when, 0, in);
    assert_int_equal(in[0], 2560);
    assert_int_equal(in[1], -0x4000);
    assert_false(sb_input_inside(&b->sb));
    mixer(b, 0x0C, 2); /* CD */
    assert_true(sb_input_inside(&b->sb));
    sb_input(&b->sb, when, 0, in);
    assert_int_equal(in[0], 1000);
    assert_int_equal(in[1], -2000);
    drop(b);
}

/* CD and synthesizer by the 16's switches, with their volumes and the input's gain. */
static void test_recording_inside(void **state)
{
    static const struct {
        u8 left, right;
        s32 level[2];
    } kinds[] = {{0x04, 0x02, {1000, -2000}}, {0x02, 0x04, {-2000, 1000}},
                 {0x06, 0x00, {-1000, 0}},    {0x40, 0x20, {300, 400}},
                 {0x60, 0x26, {700, -600}},   {0x80, 0x80, {0, 0}}};
    AudioTime when = {0, 1};
    s32 in[2];
    Board *b = make(SB_16);
    b->sb.cfg.line_in = NULL;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        mixer(b, 0x3D, kinds[i].left);
        mixer(b, 0x3E, kinds[i].right);
        assert_int_equal(sb_input_inside(&b->sb), i < 5);
        sb_input(&b->sb, when, 0, in);
        for (int side = 0; side < 2; side++)
            assert_int_equal(in[side], kinds[i].level[side]);
    }
    mixer(b, 0x3D, 0x24); /* the left of the CD, quieter by 6 dB, the right FM by 12, all by 6 up */
    mixer(b, 0x36, 28 << 3);
    mixer(b, 0x35, 25 << 3);
    mixer(b, 0x3F, 0x40);
    sb_input(&b->sb, when, 0, in);
    assert_in_range(in[0], 1190, 1206);
    drop(b);
}

static void test_midi(void **state)
{
    Board *b = make(SB_2);
    reset(b);
    dsp(b, 0x38);
    dsp(b, 0x90);
    dsp(b, 0x34); /* from here on everything is MIDI */
    dsp(b, 0x38);
    dsp(b, 0xE1);
    assert_int_equal(b->midi.count, 3);
    assert_memory_equal(b->midi.byte, "\x90\x38\xE1", 3);
    reset(b);
    dsp(b, 0xE1);
    assert_int_equal(answer(b), 2);
    drop(b);
}

static void test_mixer(void **state)
{
    Board *b = make(SB_PRO);
    assert_true(b->audio.tone.low_pass);
    mixer(b, 0x0E, 0x20);
    assert_false(b->audio.tone.low_pass);
    assert_int_equal(mixer_at(b, 0x04), 0xFF);
    mixer(b, 0x22, 0x99);
    mixer(b, 0x04, 0x5F);
    assert_int_equal(mixer_at(b, 0x22), 0x99);
    assert_int_equal(mixer_at(b, 0x04), 0x5F);
    AudioSource *s = b->sb.cfg.out;
    assert_true(s->gain[0] < s->gain[1] && s->gain[1] < AUDIO_GAIN_1 / 2);
    mixer(b, 0, 0);
    assert_int_equal(s->gain[0], AUDIO_GAIN_1);
    assert_int_equal(mixer_at(b, 0x30), 0xFF);
    drop(b);
    b = make(SB_16);
    s = b->sb.cfg.out;
    mixer(b, 0x30, 25 << 3); /* 12 dB below: a quarter, and then 6 dB of the voice: an eighth */
    mixer(b, 0x32, 28 << 3);
    assert_in_range(s->gain[0], AUDIO_GAIN_1 * 124 / 1000, AUDIO_GAIN_1 * 127 / 1000);
    assert_int_equal(s->gain[1], AUDIO_GAIN_1);
    AudioSource *cd = b->sb.cfg.cd[0];
    assert_in_range(cd->gain[0], AUDIO_GAIN_1 / 4 - 100, AUDIO_GAIN_1 / 4 + 200);
    assert_int_equal(cd->gain[1], AUDIO_GAIN_1);
    mixer(b, 0x28, 0xF8); /* the Pro's CD volume: the right by 28 dB down */
    assert_in_range(cd->gain[1], AUDIO_GAIN_1 * 39 / 1000, AUDIO_GAIN_1 * 41 / 1000);
    mixer(b, 0x36, 0);
    assert_in_range(cd->gain[0], 0, 20);
    mixer(b, 0x3C, 0x1D);
    assert_int_equal(cd->gain[1], 0);
    mixer(b, 0x42, 0x40); /* +6 dB for all on the right */
    assert_int_equal(s->gain[1], 2 * AUDIO_GAIN_1);
    mixer(b, 0x44, 0x30);
    mixer(b, 0x47, 0xF0);
    assert_int_equal(b->audio.tone.treble[0], 3);
    assert_int_equal(b->audio.tone.bass[1], 15);
    mixer(b, 0x22, 0xC8); /* the Pro's view of the same */
    assert_int_equal(mixer_at(b, 0x30), 0xC8);
    assert_int_equal(mixer_at(b, 0x31), 0x88);
    drop(b);
    b = make(SB_2);
    assert_int_equal(mixer_at(b, 0x22), 0xFF);
    drop(b);
}

/* Nothing plays: nothing is armed. And anything may be written. */
static void test_hostile(void **state)
{
    for (SbKind kind = SB_1; kind <= SB_16; kind++) {
        Board *b = make(kind);
        assert_int_equal(b->rig.clock.deadline, UINT64_MAX);
        u64 seed = kind;
        for (int i = 0; i < 60000; i++) {
            u16 port = (u16)(BASE + 4 + rig_random(&seed) % 12);
            if (rig_random(&seed) % 3 == 0)
                port = BASE + 0xC;
            if (rig_random(&seed) % 4)
                out8(&b->rig, port, (u8)rig_random(&seed));
            else
                in8(&b->rig, port);
            if (rig_random(&seed) % 50 == 0)
                program(b, rig_random(&seed) & 1 ? 1 : 5, 2 + rig_random(&seed) % 60000,
                        rig_random(&seed) & 0x3C);
            if (rig_random(&seed) % 16 == 0)
                rig_run(&b->rig, rig_random(&seed) % 2000);
            const SnapSection *section = &b->rig.snap.section[1];
            assert_true(section->check(&b->sb.s, &b->rig.clock));
        }
        assert_true(reset(b) || reset(b)); /* the first may only have ended high speed */
        drop(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_identity),
                                       cmocka_unit_test(test_interrupt),
                                       cmocka_unit_test(test_single),
                                       cmocka_unit_test(test_auto_init),
                                       cmocka_unit_test(test_high_speed),
                                       cmocka_unit_test(test_sixteen),
                                       cmocka_unit_test(test_adpcm),
                                       cmocka_unit_test(test_direct_and_silence),
                                       cmocka_unit_test(test_recording),
                                       cmocka_unit_test(test_midi),
                                       cmocka_unit_test(test_recording_sixteen),
                                       cmocka_unit_test(test_adpcm_tone),
                                       cmocka_unit_test(test_selection),
        cmocka_unit_test(test_recording_inside),
                                       cmocka_unit_test(test_mixer),
                                       cmocka_unit_test(test_hostile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
