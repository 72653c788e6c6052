/* audio.c: see audio.h. Steps are added to a ring of differences, from which a running sum makes
 * the samples, after A. Collins' and S. Green's work on band-limited synthesis (E. Brandt, "Hard
 * sync without aliasing", 2001). Each way a sound may take has its ring and its sum, for the
 * filters that stand in it; their settings lie in a ring as well, at the sample where they begin.
 * Between two rows of the filter a step is divided by its distance to each, so that the sum is
 * exact and levels never drift. Behind the sum comes a high-pass of 15 Hz, the coupling capacitor
 * of every sound card. */
#include "devices/audio.h"

#include "devices/audio_tone.h"

#include <stdlib.h>

typedef unsigned __int128 u128;
typedef __int128 s128;

enum {
    TIME_BITS = 36, /* guest time in units of 2^-36 s: 15 ps, for some 30 years */
    POS_BITS = 20,  /* places between samples: 8 bits select a row, 12 the share of two rows */
    PHASE_BITS = 8,
    SHARE_BITS = POS_BITS - PHASE_BITS,
    UNIT_BITS = 20,
    RING = 1 << 14,
    BLOCK = 512,
    BLOCK_DC = 9 /* time constant of the high-pass: 2^9 samples */
};

_Static_assert(1 << UNIT_BITS == AUDIO_UNIT, "the filter's unit");

typedef struct AudioMix {
    AudioSink *sink;
    void *ctx;
    u32 rate;
    u64 step;          /* samples per second, in 2^-16 */
    u64 base_time;     /* where ... */
    s64 base_pos;      /* ... this sample was, in 2^-20 */
    u64 heard;         /* guest time up to which something was computed */
    u64 done;          /* samples given to the sink */
    u64 touched;       /* from this sample on the ring is empty */
    bool resting;      /* guest time lies before `heard` */
    s64 dc[2];         /* in AUDIO_UNITths of a level, as what follows */
    s64 sum[AUDIO_WAYS][2], ring[AUDIO_WAYS][RING][2];
    int ways; /* that some source takes: the first ones of AudioWay */
    AudioTone tone, setting[RING];
    bool set[RING]; /* setting[] holds from this sample on */
    AudioFilters filters;
    AudioFilterState filter[2];
    s32 kernel[AUDIO_PHASES + 1][AUDIO_TAPS];
} AudioMix;

/* Rounded up, so that what is a whole sample is not just before it. */
static u64 fixed(AudioTime t)
{
    return (u64)((((u128)t.count << TIME_BITS) + t.hz - 1) / t.hz);
}

/* Moments just before the base, from a source that lags, are right with negative differences. */
static s64 position(const AudioMix *m, u64 time)
{
    return m->base_pos + (s64)((s128)((s64)time - (s64)m->base_time) * (s64)m->step >>
                               (TIME_BITS + 16 - POS_BITS));
}

/* ---- to the sink ----------------------------------------------------------------------------- */

static s16 clip(s64 v)
{
    return (s16)(v > 32767 ? 32767 : v < -32768 ? -32768 : v);
}

static bool is_flat(const AudioMix *m, int side)
{
    return !m->filters.boost[m->tone.bass[side]] && !m->filters.boost[m->tone.treble[side]];
}

static s64 filtered(const AudioMix *m, int side, AudioFilterState *f)
{
    s64 v = m->sum[AUDIO_VOICE][side];
    if (m->tone.low_pass)
        v = audio_low_pass(&m->filters, f, v);
    v += m->sum[AUDIO_CARD][side];
    if (!is_flat(m, side))
        v = audio_bass_treble(&m->filters, f, m->tone.bass[side], m->tone.treble[side], v);
    return v + m->sum[AUDIO_DIRECT][side];
}

/* A filter that had no part in the sound begins with the level that stands there. */
static void set_tone(AudioMix *m, const AudioTone *tone)
{
    for (int side = 0; side < 2; side++) {
        s64 voice = m->sum[AUDIO_VOICE][side];
        if (!m->tone.low_pass)
            audio_filter_start(&m->filter[side], voice);
        if (is_flat(m, side))
            audio_tone_start(&m->filter[side], voice + m->sum[AUDIO_CARD][side]);
    }
    m->tone = *tone;
}

/* One sample on, as far as the filters. */
static void next_sum(AudioMix *m, u64 at)
{
    for (int way = 0; way < m->ways; way++)
        for (int side = 0; side < 2; side++) {
            m->sum[way][side] += m->ring[way][at][side];
            m->ring[way][at][side] = 0;
        }
    if (unlikely(m->set[at])) {
        m->set[at] = false;
        set_tone(m, &m->setting[at]);
    }
}

static s16 next_sample(AudioMix *m, int side)
{
    s64 v = m->ways > 1 ? filtered(m, side, &m->filter[side]) : m->sum[AUDIO_DIRECT][side];
    v -= m->dc[side];
    m->dc[side] += v >> BLOCK_DC;
    return clip((v + AUDIO_UNIT / 2) >> UNIT_BITS);
}

/* The high-pass and the other filters move no more, and what is left of the level rounds to 0. */
static bool settled_side(const AudioMix *m, int side)
{
    s64 voice = m->sum[AUDIO_VOICE][side], card = voice + m->sum[AUDIO_CARD][side];
    AudioFilterState f = m->filter[side];
    if ((m->tone.low_pass && !audio_filter_rests(&f, voice)) ||
        (!is_flat(m, side) && !audio_tone_rests(&f, card)))
        return false;
    return (u64)(filtered(m, side, &f) - m->dc[side]) < 1 << BLOCK_DC;
}

static bool settled(const AudioMix *m)
{
    return m->done >= m->touched && settled_side(m, 0) && settled_side(m, 1);
}

/* Samples up to `end`. */
static void emit(AudioMix *m, u64 end)
{
    s16 block[BLOCK][2];
    while (m->done < end) {
        if (settled(m)) {
            m->sink(m->ctx, NULL, (u32)(end - m->done < BLOCK ? end - m->done : BLOCK));
            m->done += end - m->done < BLOCK ? end - m->done : BLOCK;
            continue;
        }
        u32 n = 0;
        for (; n < BLOCK && m->done < end; n++, m->done++) {
            next_sum(m, m->done % RING);
            for (int side = 0; side < 2; side++)
                block[n][side] = next_sample(m, side);
        }
        m->sink(m->ctx, block[0], n);
    }
}

/* ---- from the sources ------------------------------------------------------------------------ */

/* The first sample that this moment has a part in; there is room for it and those behind it. */
static u64 first_sample(AudioMix *m, s64 pos)
{
    u64 at = pos < 0 || (u64)pos >> POS_BITS < m->done ? m->done : (u64)pos >> POS_BITS;
    if (at + AUDIO_TAPS >= m->done + RING)
        emit(m, at + AUDIO_TAPS - RING / 2);
    if (at + AUDIO_TAPS > m->touched)
        m->touched = at + AUDIO_TAPS;
    return at;
}

static void add(AudioMix *m, s64 pos, s64 (*ring)[2], int side, s64 delta)
{
    u64 at = first_sample(m, pos);
    u32 fraction = (u32)pos & ((1u << POS_BITS) - 1);
    u32 phase = fraction >> SHARE_BITS, share = fraction & ((1u << SHARE_BITS) - 1);
    s64 late = delta * share >> SHARE_BITS, early = delta - late;
    const s32 *k0 = m->kernel[phase], *k1 = m->kernel[phase + 1];
    for (u32 j = 0; j < AUDIO_TAPS; j++)
        ring[(at + j) % RING][side] += k0[j] * early + k1[j] * late;
}

static s32 loudness(const AudioSource *s, int side)
{
    return (s32)((s64)s->level[side] * s->gain[side] >> 16);
}

/* Brings a source's level into the mix. */
static void hear(AudioMix *m, AudioSource *s, u64 time)
{
    s64 pos = position(m, time);
    for (int side = 0; side < 2; side++) {
        s32 now = loudness(s, side);
        if (now != s->heard[side])
            add(m, pos, m->ring[s->way], side, (s64)now - s->heard[side]);
        s->heard[side] = now;
    }
}

static void schedule_tone(AudioMix *m, const AudioTone *tone, u64 time)
{
    u64 at = first_sample(m, position(m, time) + ((s64)AUDIO_TAPS / 2 << POS_BITS)) % RING;
    m->setting[at] = *tone;
    m->set[at] = true;
}

/* All that is held begins to be heard. */
static void hear_all(Audio *a)
{
    AudioMix *m = a->mix;
    for (int i = 0; i < a->sources; i++)
        hear(m, &a->source[i], m->heard);
    schedule_tone(m, &a->tone, m->heard);
}

/* Guest time comes to `time`; is that past what was heard? */
static bool awake(Audio *a, u64 time)
{
    AudioMix *m = a->mix;
    if (likely(!m->resting))
        return true;
    if (time < m->heard)
        return false;
    m->resting = false;
    hear_all(a);
    return true;
}

void audio_step(AudioSource *s, AudioTime when, s32 left, s32 right)
{
    if (!s || (s->level[0] == left && s->level[1] == right))
        return;
    if (s->audio->mix) {
        u64 time = fixed(when);
        bool on = awake(s->audio, time); /* with the level it had */
        s->level[0] = left;
        s->level[1] = right;
        if (on)
            hear(s->audio->mix, s, time);
        return;
    }
    s->level[0] = left;
    s->level[1] = right;
}

void audio_gain(AudioSource *s, AudioTime when, u32 left, u32 right)
{
    if (!s || (s->gain[0] == left && s->gain[1] == right))
        return;
    AudioMix *m = s->audio->mix;
    bool on = m && awake(s->audio, fixed(when));
    s->gain[0] = left;
    s->gain[1] = right;
    if (on)
        hear(m, s, fixed(when));
}

static bool same_tone(const AudioTone *a, const AudioTone *b)
{
    return a->low_pass == b->low_pass && !memcmp(a->bass, b->bass, sizeof a->bass) &&
           !memcmp(a->treble, b->treble, sizeof a->treble);
}

void audio_tone(Audio *a, AudioTime when, const AudioTone *tone)
{
    if (same_tone(&a->tone, tone))
        return;
    bool on = a->mix && awake(a, fixed(when));
    a->tone = *tone;
    if (on)
        schedule_tone(a->mix, tone, fixed(when));
}

/* ---- life ------------------------------------------------------------------------------------ */

void audio_init(Audio *a)
{
    memset(a, 0, sizeof *a);
    a->tone = (AudioTone){false, {AUDIO_FLAT, AUDIO_FLAT}, {AUDIO_FLAT, AUDIO_FLAT}};
}

void audio_free(Audio *a)
{
    free(a->mix);
    a->mix = NULL;
}

AudioSource *audio_source(Audio *a)
{
    if (a->sources == AUDIO_SOURCES)
        panic("too many sources of sound: raise AUDIO_SOURCES");
    AudioSource *s = &a->source[a->sources++];
    s->audio = a;
    s->gain[0] = s->gain[1] = AUDIO_GAIN_1;
    return s;
}

void audio_way(AudioSource *s, AudioWay way)
{
    if (s)
        s->way = way;
}

/* Levels that the sources hold already come as a step at the beginning, without their click. */
void audio_open(Audio *a, AudioTime now, u32 rate, AudioSink *sink, void *ctx)
{
    AudioMix *m = calloc(1, sizeof *m);
    if (!m)
        panic("out of host memory for sound");
    audio_free(a);
    a->mix = m;
    m->sink = sink;
    m->ctx = ctx;
    m->rate = rate;
    m->step = (u64)rate << 16;
    m->base_time = m->heard = fixed(now);
    audio_kernel(m->kernel);
    audio_filters_init(&m->filters, rate);
    m->tone = a->tone;
    m->ways = 1;
    for (int i = 0; i < a->sources; i++) {
        AudioSource *s = &a->source[i];
        for (int side = 0; side < 2; side++) {
            s->heard[side] = loudness(s, side);
            m->sum[s->way][side] += (s64)s->heard[side] * AUDIO_UNIT;
        }
        m->ways = (int)s->way >= m->ways ? (int)s->way + 1 : m->ways;
    }
    for (int side = 0; side < 2; side++) {
        s64 voice = m->sum[AUDIO_VOICE][side];
        audio_filter_start(&m->filter[side], voice);
        audio_tone_start(&m->filter[side], voice + m->sum[AUDIO_CARD][side]);
        AudioFilterState f = m->filter[side];
        m->dc[side] = filtered(m, side, &f);
    }
}

static void run_to(Audio *a, AudioTime now, s64 later)
{
    if (!a->mix || !awake(a, fixed(now)))
        return;
    AudioMix *m = a->mix;
    s64 end = (position(m, fixed(now)) >> POS_BITS) + later;
    m->heard = fixed(now);
    if (end > 0)
        emit(m, (u64)end);
}

void audio_run(Audio *a, AudioTime now)
{
    if (a->mix)
        run_to(a, now, -(s64)((u64)a->mix->rate * AUDIO_LAG_US / 1000000));
}

void audio_flush(Audio *a, AudioTime now)
{
    run_to(a, now, AUDIO_TAPS / 2);
}

void audio_adjust(Audio *a, AudioTime now, u32 num, u32 den)
{
    AudioMix *m = a->mix;
    if (!m || m->resting)
        return;
    m->base_pos = position(m, fixed(now));
    m->base_time = fixed(now);
    m->step = ((u64)m->rate << 16) * num / den;
}

void audio_resync(Audio *a, AudioTime now)
{
    if (a->mix)
        a->mix->resting = fixed(now) < a->mix->heard;
    if (a->mix && !a->mix->resting)
        audio_restart(a, now); /* time jumped ahead: nothing is heard of what was passed over */
}

void audio_restart(Audio *a, AudioTime now)
{
    AudioMix *m = a->mix;
    if (!m)
        return;
    m->resting = false;
    u64 end = m->done > m->touched ? m->done : m->touched;
    m->base_pos = (s64)((end + (u64)m->rate * AUDIO_LAG_US / 1000000) << POS_BITS);
    m->base_time = m->heard = fixed(now);
    hear_all(a);
}

bool audio_behind(const Audio *a, AudioTime now)
{
    return a->mix && a->mix->resting && fixed(now) < a->mix->heard;
}
