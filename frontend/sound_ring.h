/* sound_ring.h: frames on their way from the machine's thread to that of a sound device. Neither
 * waits for the other. Where the stream has to be cut (nothing came, too much came, a pause) the
 * cut is smoothed over, so that it makes no click. */
#ifndef GLASS86_SOUND_RING_H
#define GLASS86_SOUND_RING_H

#include "mmu/base.h"

#include <stdatomic.h>

/* Frames: half a second at 192 kHz is 96,000. */
enum { SOUND_RING = 1 << 17 };

/* Takes a step out of one side of a stream: what is added to it dies away. */
typedef struct {
    s32 last, rest;
} SoundSeam;

/* All zero but `target`: a ring without frames. */
typedef struct {
    u32 target; /* frames that shall wait, less than SOUND_RING */
    s16 frame[SOUND_RING][2];
    _Atomic u32 head, tail; /* taken, put: in frames, and only ever growing */
    _Atomic bool held, quiet;
    /* the device's thread */
    SoundSeam out[2];
    bool flowing;
    /* the machine's thread */
    SoundSeam in[2];
    bool skipping;
    u32 seen; /* `tail` when it was regulated last */
} SoundRing;

u32 sound_ring_fill(SoundRing *r);

/* For the regulator, after frames were put: what waits on the average, of which they come at once
 * and go little by little. */
u32 sound_ring_level(SoundRing *r);

/* The machine's thread. n frames, or that much silence (NULL). Of what is far ahead of the device,
 * as with the throttle off, pieces are left out. */
void sound_ring_put(SoundRing *r, const s16 *frames, u32 n);

/* Silence up to the wanted distance: for a new beginning. */
void sound_ring_prime(SoundRing *r);

/* What waits beyond the wanted distance is made up for by leaving out what comes next. */
void sound_ring_trim(SoundRing *r);

/* From now on the device gets silence, until it is let go again. quiet(): it is silent by now, and
 * can be stopped. */
void sound_ring_hold(SoundRing *r, bool held);
bool sound_ring_quiet(SoundRing *r);

/* The device's thread wants n frames. */
void sound_ring_take(SoundRing *r, s16 *out, u32 n);

/* A regulator with a proportional and an integral part: how many millionths more (or fewer) frames
 * a second shall be made, when `fill` frames wait where `target` should. Called 60 times a second;
 * its memory begins with 0. */
typedef struct {
    s64 error, drift;
} SoundRegulator;
int sound_regulate(SoundRegulator *r, u32 fill, u32 target);

#endif
