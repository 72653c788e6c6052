/* audio_tone.c: see audio_tone.h. Both kinds are analogue filters carried over by the trapezoidal
 * rule (V. Zavalishin, "The Art of VA Filter Design", chapters 3 and 4), which keeps them stable
 * and exact for a level that stands still.
 *
 * The Sound Blaster Pro's output filter is a low-pass of 3.2 kHz (Creative, "Sound Blaster Series
 * Hardware Programming Guide"); two poles, no peak. The controls of the 16 go from -14 to +14 dB in
 * steps of 2 dB; each adds or takes away its band, which ends at 350 Hz or begins at 3.5 kHz. The
 * guide gives no frequencies: these are what other emulators of the card use. */
#include "devices/audio_tone.h"

typedef __int128 s128;

enum { Q = 30, LOW_PASS_HZ = 3200, BASS_HZ = 350, TREBLE_HZ = 3500, NEARLY = 1 << 12 };

static const s64 ONE = (s64)1 << Q, SQUARE_ROOT_2 = 1518500250;

static s64 mul(s64 a, s64 b)
{
    return (s64)((s128)a * b >> Q);
}

static s64 ratio(s64 a, s64 b)
{
    return (s64)(((s128)a << Q) / b);
}

/* tan(pi hz / rate). */
static s64 tangent(u32 hz, u32 rate)
{
    s64 circle = 2 * (s64)(rate & ~1u);
    return ratio(audio_sine(hz, circle), audio_sine(hz + circle / 4, circle));
}

void audio_filters_init(AudioFilters *f, u32 rate)
{
    static const s64 two_db = 1351762823; /* 10^(1/10) * 2^30 */
    s64 g = tangent(LOW_PASS_HZ, rate), bass = tangent(BASS_HZ, rate),
        treble = tangent(TREBLE_HZ, rate);
    f->low[0] = ratio(ONE, ONE + mul(g, g + SQUARE_ROOT_2));
    f->low[1] = mul(g, f->low[0]);
    f->low[2] = mul(g, f->low[1]);
    f->bass = ratio(bass, ONE + bass);
    f->treble = ratio(treble, ONE + treble);
    f->boost[7] = f->boost[8] = 0;
    for (s64 i = 1, up = ONE, down = ONE; i <= 7; i++) {
        up = mul(up, two_db);
        down = ratio(down, two_db);
        f->boost[8 + i] = up - ONE;
        f->boost[7 - i] = down - ONE;
    }
}

s64 audio_low_pass(const AudioFilters *f, AudioFilterState *s, s64 v)
{
    s64 in = v - s->low[1], band = mul(f->low[0], s->low[0]) + mul(f->low[1], in),
        low = s->low[1] + mul(f->low[1], s->low[0]) + mul(f->low[2], in);
    s->low[0] = 2 * band - s->low[0];
    s->low[1] = 2 * low - s->low[1];
    return low;
}

/* A low-pass of one pole. */
static s64 below(s64 share, s64 *state, s64 v)
{
    s64 step = mul(share, v - *state), low = *state + step;
    *state = low + step;
    return low;
}

s64 audio_bass_treble(const AudioFilters *f, AudioFilterState *s, u8 bass, u8 treble, s64 v)
{
    s64 low = below(f->bass, &s->bass, v), high = v - below(f->treble, &s->treble, v);
    return v + mul(f->boost[bass], low) + mul(f->boost[treble], high);
}

static bool near(s64 a, s64 b)
{
    return a - b < NEARLY && b - a < NEARLY;
}

void audio_filter_start(AudioFilterState *s, s64 v)
{
    s->low[0] = 0;
    s->low[1] = v;
}

void audio_tone_start(AudioFilterState *s, s64 v)
{
    s->bass = s->treble = v;
}

bool audio_filter_rests(const AudioFilterState *s, s64 v)
{
    return near(s->low[0], 0) && near(s->low[1], v);
}

bool audio_tone_rests(const AudioFilterState *s, s64 v)
{
    return near(s->bass, v) && near(s->treble, v);
}
