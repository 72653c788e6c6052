/* test_ports_sound.c: MPU-401, converters at the printer port, game port, serial mouse; the MIDI
 * file, and where it and a WAV file end. */
#include "tests/unit/io_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "devices/joystick.h"
#include "devices/lptdac.h"
#include "devices/mpu401.h"
#include "devices/sermouse.h"
#include "frontend/midifile.h"
#include "frontend/say.h"
#include "frontend/stick.h"
#include "frontend/wav.h"

static void test_mpu401(void **state)
{
    Rig r;
    Mpu401 m;
    Probe irq = {0};
    Sink midi = {.count = 0};
    rig_init(&r);
    mpu401_init(&m, &(Mpu401Config){&r.bus, &r.snap, 0x330, probe_line(&irq), sink_byte, &midi});
    mpu401_reset(&m);
    assert_int_equal(in8(&r, 0x331) & 0xC0, 0x80);
    out8(&r, 0x330, 0x90); /* not yet */
    out8(&r, 0x331, 0xFF);
    assert_true(irq.level);
    assert_int_equal(in8(&r, 0x331) & 0xC0, 0);
    assert_int_equal(bus_peek_port(&r.bus, 0x330, 1), 0xFE);
    assert_int_equal(in8(&r, 0x330), 0xFE);
    assert_false(irq.level);
    out8(&r, 0x331, 0x3F);
    assert_int_equal(in8(&r, 0x330), 0xFE);
    out8(&r, 0x330, 0x90);
    out8(&r, 0x330, 0x3C);
    out8(&r, 0x331, 0x3F); /* no command is known here but the reset, */
    assert_int_equal(in8(&r, 0x331) & 0x80, 0x80);
    out8(&r, 0x331, 0xFF); /* which is not acknowledged */
    assert_int_equal(in8(&r, 0x331) & 0x80, 0x80);
    out8(&r, 0x330, 0x40);
    assert_int_equal(midi.count, 2);
    assert_memory_equal(midi.byte, "\x90\x3C", 2);
    bus_free(&r.bus);
}

typedef struct {
    s32 level;
    u32 rises;
} Tone;

static void count_rises(void *ctx, const s16 *frames, u32 n)
{
    Tone *t = ctx;
    for (u32 i = 0; frames && i < n; i++) {
        t->rises += t->level < 0 && frames[i * 2] > 3000;
        t->level = frames[i * 2] > 3000 ? 1 : frames[i * 2] < -3000 ? -1 : t->level;
    }
}

static void test_covox(void **state)
{
    Rig r;
    LptDac d;
    Audio a;
    Tone t = {0};
    rig_init(&r);
    audio_init(&a);
    lptdac_init(&d, &(LptDacConfig){&r.bus, &r.queue, &r.snap, audio_source(&a), 0x378, false});
    lptdac_reset(&d);
    audio_open(&a, (AudioTime){0, 1}, 48000, count_rises, &t);
    for (int i = 0; i < 1000; i++) {
        out8(&r, 0x378, i & 1 ? 0x30 : 0xD0);
        assert_int_equal(in8(&r, 0x378), i & 1 ? 0x30 : 0xD0);
        rig_run(&r, 1000);
    }
    audio_flush(&a, (AudioTime){1, 1});
    assert_in_range(t.rises, 498, 500);
    assert_int_equal(r.clock.deadline, UINT64_MAX);
    audio_free(&a);
    bus_free(&r.bus);
}

static void strobe(Rig *r, u8 v)
{
    out8(r, 0x378, v);
    out8(r, 0x37A, 0x0C);
    out8(r, 0x37A, 0x04);
}

/* Detection, as in games: the FIFO takes 16 bytes, says that it is full, and drains at 7 kHz. */
static void test_disney(void **state)
{
    Rig r;
    LptDac d;
    Audio a;
    Tone t = {0};
    rig_init(&r);
    audio_init(&a);
    lptdac_init(&d, &(LptDacConfig){&r.bus, &r.queue, &r.snap, audio_source(&a), 0x378, true});
    lptdac_reset(&d);
    audio_open(&a, (AudioTime){0, 1}, 48000, count_rises, &t);
    for (int i = 0; i < 16; i++) {
        assert_int_equal(in8(&r, 0x379) & 0x40, 0);
        strobe(&r, 0x80);
    }
    assert_int_equal(in8(&r, 0x379) & 0x40, 0x40);
    rig_run(&r, 150);
    assert_int_equal(in8(&r, 0x379) & 0x40, 0);
    for (u32 n = 0; r.clock.now < 1000000;) {
        if (!(in8(&r, 0x379) & 0x40))
            strobe(&r, n++ / 7 & 1 ? 0x30 : 0xD0);
        else
            rig_run(&r, 20);
    }
    audio_flush(&a, (AudioTime){1, 1});
    assert_in_range(t.rises, 497, 501); /* periods of 14 samples */
    rig_run(&r, 10000);
    assert_int_equal(d.s.count, 0);
    assert_int_equal(r.clock.deadline, UINT64_MAX);
    audio_free(&a);
    bus_free(&r.bus);
}

/* How long a one-shot is high, in microseconds. */
static int one_shot(Rig *r, int axis)
{
    out8(r, 0x201, 0);
    int us = 0;
    for (; in8(r, 0x201) >> axis & 1 && us < 5000; us++)
        rig_run(r, 1);
    rig_run(r, 5000);
    return us;
}

static void test_joystick(void **state)
{
    Rig r;
    Joystick j;
    rig_init(&r);
    joystick_init(&j, &r.bus, &r.snap, &r.clock);
    assert_int_equal(in8(&r, 0x201), 0xF0);
    joystick_set(&j, &(JoystickInput){{0, 128, 255, 0}, 1 | 8, 8});
    assert_int_equal(in8(&r, 0x201), 0x60);
    assert_in_range(one_shot(&r, 0), 23, 25);
    assert_in_range(one_shot(&r, 1), 574, 579);
    assert_in_range(one_shot(&r, 2), 1122, 1126);
    assert_int_equal(one_shot(&r, 3), 5000); /* nothing plugged in */
    assert_int_equal(stick_axis(-32768), 0);
    assert_int_equal(stick_axis(0), 128);
    assert_int_equal(stick_axis(32767), 255);
    bus_free(&r.bus);
}

static bool take(void *ctx, u8 byte)
{
    sink_byte(ctx, byte);
    return true;
}

static void test_serial_mouse(void **state)
{
    Rig r;
    Sermouse m;
    Sink out = {.count = 0};
    rig_init(&r);
    sermouse_init(&m, &(SermouseConfig){&r.queue, &r.snap, take, &out});
    sermouse_move(&m, 5, 5, 1); /* nobody has switched it on */
    rig_run(&r, 100000);
    assert_int_equal(out.count, 0);
    sermouse_set_dtr(&m, 0, true);
    sermouse_set_rts(&m, 0, true);
    rig_run(&r, 13000);
    assert_int_equal(out.count, 0);
    rig_run(&r, 2000);
    assert_int_equal(out.count, 1);
    assert_int_equal(out.byte[0], 'M');
    rig_run(&r, 100000);
    assert_int_equal(out.count, 4); /* the button was down all the time */
    assert_int_equal(out.byte[1], 0x60);
    sermouse_move(&m, 70, -3, 2);
    rig_run(&r, 100000);
    assert_int_equal(out.count, 7);
    assert_memory_equal(out.byte + 4, "\x5D\x06\x3D", 3);
    sermouse_move(&m, -200, 0, 0); /* in two packets */
    rig_run(&r, 100000);
    assert_int_equal(out.count, 13);
    assert_memory_equal(out.byte + 7, "\x42\x01\x00\x42\x37\x00", 6);
    assert_int_equal(r.clock.deadline, UINT64_MAX);
    sermouse_set_rts(&m, 0, false); /* drivers switch it off and on to find it */
    rig_run(&r, 20000);
    sermouse_set_rts(&m, 0, true);
    rig_run(&r, 20000);
    assert_int_equal(out.byte[out.count - 1], 'M');
    bus_free(&r.bus);
}

/* Running status, system exclusive, real time in the middle, garbage; the file is compared whole,
 * as it is before it is closed. */
static void test_midi_file(void **state)
{
    static const u8 in[] = {0x40, 0x90, 0x3C, 0xF8, 0x40, 0x3C, 0x00,
                            0xF0, 0x41, 0x10, 0xF7, 0x55, 0xC3, 0x07};
    static const u8 want[] = {'M',  'T',  'h',  'd',  0,    0,    0,    6,    0,
                              0,    0,    1,    1,    0xF4, 'M',  'T',  'r',  'k',
                              0,    0,    0,    26,   0x81, 0x48, 0x90, 0x3C, 0x40, /* at 200 ms */
                              0x64, 0x90, 0x3C, 0x00,                   /* 100 ms later; at 300 */
                              0x81, 0x48, 0xF0, 3,    0x41, 0x10, 0xF7, /* 500 */
                              0x82, 0x2C, 0xC3, 0x07,                   /* 800 */
                              0,    0xFF, 0x2F, 0};
    static const u64 at[] = {0, 100, 150, 150, 200, 250, 300, 350, 400, 450, 500, 550, 600, 800};
    char path[] = "/tmp/test-midi-XXXXXX", err[200];
    u8 got[sizeof want + 1];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    MidiFile *m = midifile_open(path, err, sizeof err);
    assert_non_null(m);
    for (size_t i = 0; i < sizeof in; i++)
        midifile_byte(m, at[i], in[i]);
    FILE *f = fopen(path, "rb");
    assert_int_equal(fread(got, 1, sizeof got, f), sizeof want);
    fclose(f);
    assert_memory_equal(got, want, 18);
    assert_int_equal(got[21], sizeof want - 22);
    assert_memory_equal(got + 22, want + 22, sizeof want - 22);
    u64 seed = 1;
    for (int i = 0; i < 20000; i++)
        midifile_byte(m, (u64)i * 1000, (u8)rig_random(&seed));
    assert_true(midifile_close(m, err, sizeof err));
    assert_true(midifile_close(NULL, err, sizeof err));
    unlink(path);
    assert_null(midifile_open("/nowhere/x.mid", err, sizeof err));
    assert_non_null(strstr(err, "/nowhere/x.mid"));
}

static void temporary(char path[32])
{
    strcpy(path, "/tmp/test-sound-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
}

static u32 read_all(const char *path, u8 *to, u32 most)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    u32 n = (u32)fread(to, 1, most, f);
    fclose(f);
    unlink(path);
    return n;
}

/* At its end a file says so once, takes no more, and what is there is whole. */
static void test_wav_end(void **state)
{
    char path[32], err[200];
    static s16 frames[1000][2];
    static u8 got[8000];
    temporary(path);
    Wav *w = wav_open(path, 48000, err, sizeof err);
    assert_non_null(w);
    for (int i = 0; i < 1000; i++)
        frames[i][0] = frames[i][1] = (s16)(i + 1);
    wav_limit(w, 6003);
    say_hold();
    wav_write(w, frames[0], 1000);
    assert_null(say_last());
    wav_write(w, frames[0], 700);
    assert_non_null(strstr(say_last(), path));
    assert_non_null(strstr(say_last(), "4 GiB"));
    say_hold(); /* forgets it */
    wav_write(w, NULL, 300);
    assert_null(say_last());
    say_release();
    assert_true(wav_close(w, err, sizeof err));
    assert_int_equal(read_all(path, got, sizeof got), 44 + 6000);
    assert_int_equal(load_le(got + 4, 4), 36 + 6000);
    assert_int_equal(load_le(got + 40, 4), 6000);
    assert_int_equal(load_le(got + 44 + 5996, 2), 500);
}

static void test_midi_end(void **state)
{
    char path[32], err[200];
    u8 got[300];
    temporary(path);
    MidiFile *m = midifile_open(path, err, sizeof err);
    midifile_limit(m, 50);
    say_hold();
    for (u64 i = 0; i < 100; i++) {
        midifile_byte(m, i, 0xC0);
        midifile_byte(m, i, i & 0x7F);
        if (i == 16) /* 3 bytes each: this is 51 */
            assert_null(say_last());
        if (i == 17) {
            assert_non_null(strstr(say_last(), path));
            assert_non_null(strstr(say_last(), "2 GiB"));
            say_hold();
        }
    }
    assert_null(say_last());
    say_release();
    assert_true(midifile_close(m, err, sizeof err));
    assert_int_equal(read_all(path, got, sizeof got), 22 + 51 + 4);
    assert_memory_equal(got + 18, "\0\0\0\x37", 4);
    assert_memory_equal(got + 22 + 48, "\1\xC0\x10\0\xFF\x2F\0", 7);
}

static void test_hostile(void **state)
{
    Rig r;
    LptDac d;
    Audio a;
    Mpu401 m;
    Joystick j;
    u64 seed = 3;
    rig_init(&r);
    audio_init(&a);
    lptdac_init(&d, &(LptDacConfig){&r.bus, &r.queue, &r.snap, audio_source(&a), 0x378, true});
    mpu401_init(&m, &(Mpu401Config){&r.bus, &r.snap, 0x330, {0}, NULL, NULL});
    joystick_init(&j, &r.bus, &r.snap, &r.clock);
    static const u16 ports[] = {0x378, 0x379, 0x37A, 0x330, 0x331, 0x201};
    for (int i = 0; i < 20000; i++) {
        u16 port = ports[rig_random(&seed) % ARRAY_LEN(ports)];
        if (rig_random(&seed) & 1)
            out8(&r, port, (u8)rig_random(&seed));
        else
            in8(&r, port);
        rig_run(&r, rig_random(&seed) % 300);
        for (int k = 0; k < r.snap.count; k++)
            assert_true(!r.snap.section[k].check ||
                        r.snap.section[k].check(r.snap.section[k].data, &r.clock));
    }
    bus_free(&r.bus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mpu401),       cmocka_unit_test(test_covox),
        cmocka_unit_test(test_disney),       cmocka_unit_test(test_joystick),
        cmocka_unit_test(test_serial_mouse), cmocka_unit_test(test_midi_file),
        cmocka_unit_test(test_wav_end),      cmocka_unit_test(test_midi_end),
        cmocka_unit_test(test_hostile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
