/* audio_tone.h: filters that a sound card has in the way of what it plays, for audio.c: a low-pass
 * behind its converter, and the bass and treble controls of its amplifier. Integers only, as in
 * the rest of the mixer; values are samples in units of 1 / AUDIO_UNIT. */
#ifndef GLASS86_AUDIO_TONE_H
#define GLASS86_AUDIO_TONE_H

#include "devices/audio.h"

/* Coefficients for one sample rate, in 2^-30. */
typedef struct {
    s64 low[3];       /* of the low-pass */
    s64 bass, treble; /* shares of a step that reach the controls' capacitors in a sample */
    s64 boost[16];    /* by the position of a control: what is added of its band */
} AudioFilters;

void audio_filters_init(AudioFilters *f, u32 rate);

/* What one side's filters remember. */
typedef struct {
    s64 low[2], bass, treble;
} AudioFilterState;

s64 audio_low_pass(const AudioFilters *f, AudioFilterState *s, s64 v);
/* bass, treble: positions of the controls, 0-15; see AudioTone. */
s64 audio_bass_treble(const AudioFilters *f, AudioFilterState *s, u8 bass, u8 treble, s64 v);

/* The state of the low-pass, or of the controls, after v has stood there for ever; and whether it
 * is that, to 1/256 of a sample's unit. */
void audio_filter_start(AudioFilterState *s, s64 v);
void audio_tone_start(AudioFilterState *s, s64 v);
bool audio_filter_rests(const AudioFilterState *s, s64 v);
bool audio_tone_rests(const AudioFilterState *s, s64 v);

#endif
