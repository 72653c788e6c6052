/* audio.h: the mixer. Whatever makes sound in a PC is a pin or a converter that holds its level
 * until the next change, so a source is described by its changes, each with its exact guest time.
 * The mixer gives each change the shape that an ideal low-pass filter would (a band-limited step)
 * and thus turns sources of any rate, regular or not, into one stream of samples. Everything is
 * integer arithmetic on guest time: the same run gives the same samples on every host.
 *
 * Nothing here is guest-visible, and nothing flows back: a machine runs the same with any sink or
 * none. Without one a change costs two stores; while all sources rest, nothing is computed. */
#ifndef GLASS86_AUDIO_H
#define GLASS86_AUDIO_H

#include "mmu/base.h"

enum { AUDIO_SOURCES = 12, AUDIO_GAIN_1 = 1 << 16 };

/* A moment of guest time: `count` periods of an oscillator of `hz` that started at power-on. */
typedef struct {
    u64 count, hz;
} AudioTime;

/* Takes n frames of interleaved left and right; frames == NULL: n frames of silence. */
typedef void AudioSink(void *ctx, const s16 *frames, u32 n);

/* What a source goes through on its way: a sound card's amplifier, and before that the output
 * filter of its converter. */
typedef enum { AUDIO_DIRECT, AUDIO_CARD, AUDIO_VOICE, AUDIO_WAYS } AudioWay;

/* How that amplifier and that filter are set. The controls stand at 0-7 for -14 to 0 dB, at 8-15
 * for 0 to +14 dB. */
typedef struct {
    bool low_pass;         /* 3.2 kHz, for AUDIO_VOICE */
    u8 bass[2], treble[2]; /* left, right */
} AudioTone;

enum { AUDIO_FLAT = 8 };

typedef struct {
    struct Audio *audio;
    AudioWay way;
    s32 level[2]; /* left, right, as last given, in units of a 16-bit sample */
    u32 gain[2];  /* in 1 / AUDIO_GAIN_1 */
    s32 heard[2]; /* what of it is in the mix */
} AudioSource;

typedef struct Audio {
    AudioSource source[AUDIO_SOURCES];
    int sources;
    AudioTone tone;
    struct AudioMix *mix; /* NULL: nobody listens */
} Audio;

void audio_init(Audio *a);
void audio_free(Audio *a);

/* A further source; panics when there are more than AUDIO_SOURCES. It goes AUDIO_DIRECT until
 * audio_way(), which is for before audio_open(); NULL is legal there. */
AudioSource *audio_source(Audio *a);
void audio_way(AudioSource *s, AudioWay way);

/* From `when` on the source's level is left, right: up to +-32767 for a source at its loudest, and
 * not beyond +-2^20. Calls of one source come in order of time; sources may lag behind each other
 * by up to AUDIO_LAG_US. NULL as a source is legal and silent. */
void audio_step(AudioSource *s, AudioTime when, s32 left, s32 right);

/* From `when` on the source is so much louder or softer; up to 16 times AUDIO_GAIN_1. NULL as
 * above. At first it is AUDIO_GAIN_1. */
void audio_gain(AudioSource *s, AudioTime when, u32 left, u32 right);

/* From `when` on the card's filters are set so; at first they do nothing. */
void audio_tone(Audio *a, AudioTime when, const AudioTone *tone);

enum { AUDIO_LAG_US = 10000 };

/* From `now` on somebody listens, with `rate` frames a second (8000-192000). */
void audio_open(Audio *a, AudioTime now, u32 rate, AudioSink *sink, void *ctx);

/* Hands the sink what is final: everything older than AUDIO_LAG_US. */
void audio_run(Audio *a, AudioTime now);
/* ... and everything up to now, for the end of a run. */
void audio_flush(Audio *a, AudioTime now);

/* From what comes next on, one guest second gives rate * num / den frames: for a host's clock that
 * is faster or slower than the guest's. */
void audio_adjust(Audio *a, AudioTime now, u32 num, u32 den);

/* Guest time was set back or forth by restoring a state. What was heard already is not heard a
 * second time: the mix rests until guest time has come to where it had been. audio_restart() is
 * for when it shall be heard: the mix goes on at once. Sources give their levels anew after it. */
void audio_resync(Audio *a, AudioTime now);
void audio_restart(Audio *a, AudioTime now);
bool audio_behind(const Audio *a, AudioTime now); /* it rests for that reason */

/* The filter (audio_kernel.c): a windowed sinc that passes up to 0.40 of the sample rate and stops
 * from 0.58 of it on by more than 80 dB, at AUDIO_PHASES places between two samples. Each row adds
 * up to AUDIO_UNIT. */
enum { AUDIO_TAPS = 32, AUDIO_PHASES = 256, AUDIO_UNIT = 1 << 20 };
/* sin(2 pi n / d) in 2^-40, for 0 <= n < d, d divisible by 4. */
s64 audio_sine(s64 n, s64 d);
void audio_kernel(s32 kernel[AUDIO_PHASES + 1][AUDIO_TAPS]);

#endif
