/* audio_kernel.c: the mixer's low-pass filter, computed with integers only so that its
 * coefficients, and with them every sample, are the same on every host. The impulse response of an
 * ideal low-pass with cutoff c = 0.48 of the sample rate, under a Kaiser window (J. F. Kaiser,
 * 1974) of w = 15.5 samples to each side and b = 8.5,
 *
 *     h(d) = sin(2 pi c d) / (pi d) * I0(b * sqrt(1 - (d / w)^2)) / I0(b)
 *
 * attenuates by about 86 dB with a transition 0.17 of the sample rate wide: for 48 kHz from 19 to
 * 27 kHz, so what folds back does so above 21 kHz. The mixer wants the differences between the
 * samples of a filtered step, which are the integrals of h over one sample. A row holds those of a
 * step that lies p / AUDIO_PHASES behind sample 15. */
#include "devices/audio.h"

typedef __int128 s128;

enum {
    Q = 40,                    /* fixed point: fraction bits */
    HALF = AUDIO_PHASES / 2,   /* half a sample */
    REACH = AUDIO_TAPS * HALF, /* from the centre to the end of a row */
    WINDOW = REACH - HALF      /* w */
};

static const s64 ONE = (s64)1 << Q;
static const s64 PI = 3454217652358; /* pi * 2^40 */

static s64 mul(s64 a, s64 b)
{
    return (s64)((s128)a * b >> Q);
}

/* Taylor's series in the first quarter. */
s64 audio_sine(s64 n, s64 d)
{
    if (n >= d / 2)
        return -audio_sine(n - d / 2, d);
    if (n > d / 4)
        n = d / 2 - n;
    s64 x = (s64)((s128)2 * PI * n / d), sum = x, term = x, square = mul(x, x);
    for (int k = 2; term; k += 2) {
        term = -mul(term, square) / (k * (k + 1));
        sum += term;
    }
    return sum;
}

/* I0(x) as a function of (x / 2)^2: the sum of its powers over the squares of the factorials. */
static s64 bessel(s64 quarter_square)
{
    s64 sum = ONE, term = ONE;
    for (int k = 1; term; k++) {
        term = mul(term, quarter_square) / (k * k);
        sum += term;
    }
    return sum;
}

/* h at n / AUDIO_PHASES samples from the centre, times AUDIO_PHASES. */
static s64 response(s64 n)
{
    const s64 edge = (s64)WINDOW * WINDOW, b = (s64)(72.25 / 4 * 16) * (ONE / 16);
    const s64 turns = 100 * AUDIO_PHASES; /* c * n / AUDIO_PHASES = 48 n / turns */
    if (n < -WINDOW || n > WINDOW)
        return 0;
    s64 window = (s64)((s128)bessel((s64)((s128)b * (edge - n * n) / edge)) * ONE / bessel(b));
    if (!n)
        return mul(96 * ONE / 100, window);
    s64 m = 48 * n % turns;
    s64 s = audio_sine(m < 0 ? m + turns : m, turns);
    return mul((s64)((s128)s * AUDIO_PHASES * ONE / ((s128)PI * n)), window);
}

/* Rounding must not change what a step comes to in the end: the rest goes to the largest tap. */
static void round_row(const s64 exact[AUDIO_TAPS], s32 row[AUDIO_TAPS])
{
    s64 sum = 0;
    s32 rest = AUDIO_UNIT;
    int largest = 0;
    for (int j = 0; j < AUDIO_TAPS; j++)
        sum += exact[j];
    for (int j = 0; j < AUDIO_TAPS; j++) {
        row[j] = (s32)(((s128)exact[j] * AUDIO_UNIT * 2 / sum + 1) >> 1);
        rest -= row[j];
        if (row[j] > row[largest])
            largest = j;
    }
    row[largest] += rest;
}

/* Twice the integral from the centre - 1/2 to the centre + 1/2 sample, by trapezoids. below[n]: sum
 * of all h up to n - REACH. */
static s64 integral(const s64 *below, int centre)
{
    int from = centre - HALF + REACH, to = centre + HALF + REACH;
    s64 inner = below[to < 2 * REACH ? to : 2 * REACH] - below[from > 0 ? from : 0];
    s64 shifted = (to > 0 ? below[to < 2 * REACH ? to - 1 : 2 * REACH] : 0) -
                  (from > 0 ? below[from - 1] : 0);
    return inner + shifted;
}

void audio_kernel(s32 kernel[AUDIO_PHASES + 1][AUDIO_TAPS])
{
    s64 below[2 * REACH + 1], sum = 0;
    for (int n = -REACH; n <= REACH; n++)
        below[n + REACH] = sum += response(n);
    for (int p = 0; p <= AUDIO_PHASES; p++) {
        s64 exact[AUDIO_TAPS];
        for (int j = 0; j < AUDIO_TAPS; j++)
            exact[j] = integral(below, (j - (AUDIO_TAPS / 2 - 1)) * AUDIO_PHASES - p);
        round_row(exact, kernel[p]);
    }
}
