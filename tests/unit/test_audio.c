/* test_audio.c: the mixer: exactness, the filter's quality, independence of how a run is cut, and
 * what a restored state means. Measurements are in double; what is measured is integer. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "devices/audio.h"
#include "devices/state.h"

enum { RATE = 48000, MOST = 1 << 18, LATENCY = AUDIO_TAPS / 2 - 1 };

typedef struct {
    Audio audio;
    AudioSource *source, *other;
    s16 out[MOST][2];
    u32 n, silent;
} Rig;

static void sink(void *ctx, const s16 *frames, u32 n)
{
    Rig *r = ctx;
    assert_in_range(r->n + n, 0, MOST);
    if (frames)
        memcpy(r->out[r->n], frames, n * sizeof r->out[0]);
    else
        memset(r->out[r->n], 0, n * sizeof r->out[0]);
    r->silent += frames ? 0 : n;
    r->n += n;
}

static int setup(void **state)
{
    Rig *r = *state = calloc(1, sizeof *r);
    audio_init(&r->audio);
    r->source = audio_source(&r->audio);
    r->other = audio_source(&r->audio);
    audio_open(&r->audio, (AudioTime){0, 1}, RATE, sink, r);
    return 0;
}

static int teardown(void **state)
{
    Rig *r = *state;
    audio_free(&r->audio);
    free(r);
    return 0;
}

static AudioTime ms(u64 n)
{
    return (AudioTime){n, 1000};
}

/* Power of frequency f in samples [from, from + n) of the left side, under a Blackman-Harris
 * window, relative to that of a sine at full scale. In dB. */
static double level_at(const Rig *r, u32 from, u32 n, double f)
{
    double re = 0, im = 0, gain = 0;
    for (u32 i = 0; i < n; i++) {
        double a = 2 * M_PI * i / n;
        double w = 0.35875 - 0.48829 * cos(a) + 0.14128 * cos(2 * a) - 0.01168 * cos(3 * a);
        re += w * r->out[from + i][0] * cos(2 * M_PI * f * i / RATE);
        im += w * r->out[from + i][0] * sin(2 * M_PI * f * i / RATE);
        gain += w;
    }
    return 20 * log10(2 * sqrt(re * re + im * im) / gain / 32768 + 1e-9);
}

static void test_kernel(void **state)
{
    static s32 k[AUDIO_PHASES + 1][AUDIO_TAPS];
    audio_kernel(k);
    for (int p = 0; p <= AUDIO_PHASES; p++) {
        s32 sum = 0;
        for (int j = 0; j < AUDIO_TAPS; j++) {
            sum += k[p][j];
            assert_in_range(k[p][j] - k[AUDIO_PHASES - p][AUDIO_TAPS - 1 - j] + 16, 0, 32);
        }
        assert_int_equal(sum, AUDIO_UNIT);
    }
    /* between two samples the filter is the same one: its response by direct summation */
    for (int hz = 0; hz <= 2 * RATE; hz += 250) {
        double re = 0, im = 0;
        for (int p = 0; p < AUDIO_PHASES; p++)
            for (int j = 0; j < AUDIO_TAPS; j++) {
                double t = j - (double)p / AUDIO_PHASES;
                re += k[p][j] * cos(2 * M_PI * hz * t / RATE);
                im += k[p][j] * sin(2 * M_PI * hz * t / RATE);
            }
        /* rows hold integrals over a sample, whose own response is taken out where it is not 0 */
        double w = M_PI * hz / RATE, box = hz ? sin(w) / w : 1;
        double db = 20 * log10(sqrt(re * re + im * im) / AUDIO_UNIT / AUDIO_PHASES + 1e-12);
        db -= hz <= 19000 ? 20 * log10(box) : 0;
        if (hz <= 19000)
            assert_true(db > -0.05 && db < 0.05);
        if (hz >= 27750)
            assert_true(db < -80);
    }
}

/* A step ends exactly where it should; then the high-pass takes it away, and silence is silence. */
static void test_step(void **state)
{
    Rig *r = *state;
    audio_step(r->source, ms(10), 10000, -20000);
    audio_flush(&r->audio, ms(60));
    u32 at = 480 + LATENCY;
    for (u32 i = 0; i + AUDIO_TAPS < at; i++)
        assert_true(r->out[i][0] == 0 && r->out[i][1] == 0);
    assert_in_range(r->out[at][0], 4000, 11000);
    assert_true(r->out[at + 20][0] > 9000 && r->out[at + 20][0] < 10100);
    for (u32 i = 0; i < 2000; i++) /* rounding apart, both sides are the same filter */
        assert_true(abs(r->out[i][1] + 2 * r->out[i][0]) <= 2);
    audio_flush(&r->audio, ms(3000));
    u32 silent = r->silent;
    audio_flush(&r->audio, ms(4000));
    assert_int_equal(r->silent - silent, RATE);
    assert_int_equal(r->n, 4 * RATE + AUDIO_TAPS / 2);
}

/* A sine through converters of various rates: what is no harmonic of the converter's own steps
 * stays far below. */
static void test_sampled_sine(void **state)
{
    static const u32 rates[] = {8000, 11025, 22050, 44100, 49716};
    Rig *r = *state;
    u64 start = 0;
    for (size_t k = 0; k < ARRAY_LEN(rates); k++) {
        double f = 1000;
        for (u64 i = 0; i < rates[k]; i++)
            audio_step(r->source, (AudioTime){start * rates[k] + i, rates[k]},
                       (s32)lrint(16000 * sin(2 * M_PI * f * (double)i / rates[k])), 0);
        audio_step(r->source, (AudioTime){start + 1, 1}, 0, 0);
        audio_flush(&r->audio, (AudioTime){start + 1, 1});
        u32 from = (u32)start * RATE + RATE / 2, n = RATE / 4;
        double tone = level_at(r, from, n, f), hold = M_PI * f / rates[k];
        assert_true(fabs(tone - 20 * log10(16000. / 32768 * sin(hold) / hold)) < 0.05);
        for (double g = 200; g < 20000; g += 97) {
            bool image = false; /* of the converter's steps: m * rate +- f */
            for (int m = 0; m < 4; m++)
                image |= fabs(g - fabs(m * (double)rates[k] - f)) < 60 ||
                         fabs(g - (m * (double)rates[k] + f)) < 60;
            if (!image)
                assert_true(level_at(r, from, n, g) < -88);
        }
        start++;
    }
}

/* A square wave whose edges fall anywhere: no aliases of its harmonics below 20 kHz. */
static void test_square(void **state)
{
    Rig *r = *state;
    const u32 hz = 1193182, divisor = 541; /* 2205.5 Hz, as by the timer of a PC */
    for (u64 i = 0; i * divisor < (u64)hz * 2; i++)
        audio_step(r->source, (AudioTime){i * divisor / 2, hz}, i & 1 ? 8000 : -8000, 0);
    audio_flush(&r->audio, (AudioTime){1, 1});
    double f = (double)hz / divisor;
    assert_true(fabs(level_at(r, 12000, 24000, f) - 20 * log10(8000. / 32768 * 4 / M_PI)) < 0.05);
    assert_true(fabs(level_at(r, 12000, 24000, 3 * f) - 20 * log10(8000. / 32768 * 4 / M_PI / 3)) <
                0.05);
    assert_true(fabs(level_at(r, 12000, 24000, 7 * f) - 20 * log10(8000. / 32768 * 4 / M_PI / 7)) <
                0.1);
    for (double g = 300; g < 20000; g += 53)
        if (fabs(g / f - round(g / f)) * f > 40)
            assert_true(level_at(r, 12000, 24000, g) < -88);
}

static void noise(Rig *r, bool cut, u64 *seed)
{
    u64 other = *seed;
    for (u64 tick = 0; tick < 3000000; tick += 40) {
        *seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
        u32 v = (u32)(*seed >> 33);
        audio_step(r->source, (AudioTime){tick + v % 40, 1000000}, (s16)v, (s16)(v >> 8));
        if (v & 1)
            audio_step(r->other, (AudioTime){tick * 3 + v % 100, 3000000}, (s16)(v >> 4) / 2, 0);
        other = other * 6364136223846793005ull + 1442695040888963407ull;
        if (cut && other >> 62 == 0)
            audio_run(&r->audio, (AudioTime){tick, 1000000});
    }
    audio_flush(&r->audio, (AudioTime){3, 1});
}

/* The digest is that of the first version: other hosts, compilers and cuts must give it as well. */
static void test_repeatable(void **state)
{
    u64 digest[2];
    for (int cut = 0; cut < 2; cut++) {
        void *mine;
        u64 seed = 86;
        setup(&mine);
        noise(mine, cut, &seed);
        Rig *r = mine;
        digest[cut] = state_hash(0, r->out, r->n * sizeof r->out[0]);
        assert_int_equal(r->n, 3 * RATE + AUDIO_TAPS / 2);
        teardown(&mine);
    }
    assert_true(digest[0] == digest[1]);
    assert_true(digest[0] == 0xE30C75E28E316425ull ||
                (print_message("%llx\n", (unsigned long long)digest[0]), false));
}

/* Past that is run again is not heard again; what comes after it goes on from where levels are. */
static void test_going_back(void **state)
{
    Rig *r = *state;
    audio_step(r->source, ms(100), 5000, 5000);
    audio_run(&r->audio, ms(200));
    u32 n = r->n;
    audio_resync(&r->audio, ms(50));
    audio_step(r->source, ms(50), 0, 0);
    assert_true(audio_behind(&r->audio, ms(60)));
    audio_step(r->source, ms(100), 5000, 5000);
    audio_run(&r->audio, ms(150));
    assert_int_equal(r->n, n);
    audio_flush(&r->audio, ms(300));
    assert_int_equal(r->n, 300 * 48 + AUDIO_TAPS / 2);
    for (u32 i = 150 * 48; i < r->n; i++) /* no click at the seam */
        assert_true(abs(r->out[i][0] - r->out[i - 1][0]) < 100);
    audio_resync(&r->audio, ms(100));
    audio_restart(&r->audio, ms(100));
    assert_false(audio_behind(&r->audio, ms(100)));
    n = r->n;
    audio_flush(&r->audio, ms(200));
    assert_in_range(r->n, n + 4800, n + 4800 + 600);
}

/* How much of a sine comes through, in dB, on AUDIO_VOICE. */
static double through(double hz, const AudioTone *tone)
{
    Rig *r;
    setup((void **)&r);
    audio_free(&r->audio);
    audio_way(r->source, AUDIO_VOICE);
    audio_open(&r->audio, (AudioTime){0, 1}, RATE, sink, r);
    if (tone)
        audio_tone(&r->audio, (AudioTime){0, 1}, tone);
    for (u32 i = 0; i < RATE; i++) {
        s32 v = (s32)(4000 * sin(2 * M_PI * hz * i / RATE));
        audio_step(r->source, (AudioTime){i, RATE}, v, v);
    }
    audio_run(&r->audio, ms(1000));
    double level = level_at(r, RATE / 2, 9600, hz);
    teardown((void **)&r);
    return level;
}

/* Corners at -3 dB, slopes of 12 and 6 dB an octave, gains at the ends; flat is exactly nothing. */
static void test_tone(void **state)
{
    static const struct {
        double hz, least, most;
        AudioTone tone;
    } points[] = {{100, -0.3, 0.1, {true, {8, 8}, {8, 8}}},
                  {3200, -3.2, -2.8, {true, {8, 8}, {8, 8}}},
                  {6400, -13.5, -12, {true, {8, 8}, {8, 8}}},
                  {12000, -32, -24, {true, {8, 8}, {8, 8}}},
                  {40, 13.5, 14.1, {false, {15, 0}, {8, 8}}},
                  {40, -14.1, -12.5, {false, {0, 15}, {8, 8}}},
                  {10000, -0.1, 0.2, {false, {15, 8}, {8, 8}}},
                  {350, 9.5, 12, {false, {15, 8}, {8, 8}}},
                  {100, -0.1, 0.2, {false, {8, 8}, {15, 8}}},
                  {15000, 13, 14.1, {false, {7, 7}, {15, 7}}},
                  {15000, -14.1, -11, {false, {7, 7}, {0, 7}}},
                  {15000, 5.4, 6.1, {false, {7, 7}, {11, 7}}},
                  {1000, -0.001, 0.001, {false, {7, 8}, {8, 7}}}};
    for (size_t i = 0; i < ARRAY_LEN(points); i++) {
        double change = through(points[i].hz, &points[i].tone) - through(points[i].hz, NULL);
        if (change < points[i].least || change > points[i].most)
            fail_msg("%g Hz: %g dB", points[i].hz, change);
    }
}

/* Filters change at their sample however the run is cut; and all comes to rest behind them. */
static void test_tone_repeatable(void **state)
{
    static const AudioTone tones[] = {
        {true, {15, 3}, {0, 12}}, {false, {8, 8}, {8, 8}}, {true, {2, 8}, {15, 8}}};
    Rig *r[2];
    for (int k = 0; k < 2; k++) {
        setup((void **)&r[k]);
        audio_free(&r[k]->audio);
        audio_way(r[k]->source, AUDIO_CARD);
        audio_way(r[k]->other, AUDIO_VOICE);
        audio_open(&r[k]->audio, (AudioTime){0, 1}, RATE, sink, r[k]);
        for (u32 i = 0; i < 900; i++) {
            s32 level = i < 800 ? (s32)(i * 7919 % 20000) - 10000 : 5000;
            audio_step(r[k]->source, ms(i), level, -level);
            audio_step(r[k]->other, ms(i), -level / 2, level);
            if (i % 37 == 5)
                audio_tone(&r[k]->audio, ms(i), &tones[i / 37 % 3]);
            if (k ? i % 11 == 3 : i % 70 == 69)
                audio_run(&r[k]->audio, ms(i));
        }
        audio_flush(&r[k]->audio, ms(2000));
        assert_true(r[k]->silent > RATE / 4);
    }
    assert_int_equal(r[0]->n, r[1]->n);
    assert_memory_equal(r[0]->out, r[1]->out, r[0]->n * sizeof r[0]->out[0]);
    teardown((void **)&r[0]);
    teardown((void **)&r[1]);
}

static void test_nobody_listens(void **state)
{
    Rig *r = *state;
    audio_free(&r->audio);
    audio_step(r->source, ms(1), 1, 2);
    audio_step(NULL, ms(1), 1, 2);
    audio_run(&r->audio, ms(100));
    audio_flush(&r->audio, ms(100));
    audio_resync(&r->audio, ms(1));
    audio_adjust(&r->audio, ms(1), 1, 2);
    assert_int_equal(r->n, 0);
    assert_int_equal(r->source->level[1], 2);
    audio_open(&r->audio, ms(200), RATE, sink, r); /* a level that is there already is no click */
    audio_flush(&r->audio, ms(300));
    for (u32 i = 0; i < r->n; i++)
        assert_int_equal(r->out[i][0], 0);
}

/* Half the frames are half the frames. */
static void test_adjust(void **state)
{
    Rig *r = *state;
    audio_adjust(&r->audio, ms(1), 1, 2);
    audio_flush(&r->audio, ms(1001));
    assert_in_range(r->n, 24048, 24080);
}

/* Counts only: an hour has no room in a Rig. */
static void count(void *ctx, const s16 *frames, u32 n)
{
    *(u64 *)ctx += n;
}

/* After an hour of guest time there are as many frames as an hour has, and those of the filter's
 * delay: with a machine of an odd speed, looked at at odd moments, with sound now and then. */
static void test_hour(void **state)
{
    static const u64 speeds[] = {397727, 33333333, 99999989};
    for (size_t k = 0; k < ARRAY_LEN(speeds); k++) {
        Audio a;
        u64 frames = 0;
        audio_init(&a);
        AudioSource *s = audio_source(&a);
        audio_open(&a, (AudioTime){0, speeds[k]}, RATE, count, &frames);
        for (u64 second = 0; second < 3600; second++) {
            AudioTime now = {second * speeds[k] + speeds[k] / 7, speeds[k]};
            if (second % 16 == 0)
                audio_step(s, now, second & 16 ? 9000 : -9000, 0);
            audio_run(&a, now);
            u64 due = (second * RATE + RATE / 7) - RATE / 100;
            assert_in_range(frames, due - 1, due + 1);
        }
        audio_flush(&a, (AudioTime){3600 * speeds[k], speeds[k]});
        assert_true(frames == 3600ull * RATE + AUDIO_TAPS / 2);
        audio_free(&a);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_kernel),     T(test_step),       T(test_sampled_sine),   T(test_square),
        T(test_repeatable), T(test_going_back), T(test_nobody_listens), T(test_adjust),
        T(test_tone),       T(test_tone_repeatable), T(test_hour)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
