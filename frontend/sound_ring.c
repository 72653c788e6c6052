/* sound_ring.c: see sound_ring.h. One thread puts, one takes; each index is written by one of them
 * only. Nothing here knows of time or of a device, so tests run both sides by turns. */
#include "frontend/sound_ring.h"

enum { FADE = 64, SLACK = 512 };

/* What an empty ring or one twice as full as wanted is worth, 0.5 %, is a tenth of a semitone; what
 * differs for good between two clocks, some 0.01 %, is learned within a minute. The device takes
 * frames in pieces, which the average over a quarter of a second hides. */
int sound_regulate(SoundRegulator *r, u32 fill, u32 target)
{
    enum { MOST = 5000, SCALE = 1 << 20, AVERAGE = 16, LEARN = 20000 };
    s64 error = ((s64)target - fill) * SCALE / target;
    error = error > SCALE ? SCALE : error < -SCALE ? -SCALE : error;
    r->error += (error - r->error) / AVERAGE;
    r->drift += r->error * MOST / LEARN;
    s64 most = (s64)MOST * SCALE;
    r->drift = r->drift > most ? most : r->drift < -most ? -most : r->drift;
    s64 parts = (r->error * MOST + r->drift) / SCALE;
    return (int)(parts > MOST ? MOST : parts < -MOST ? -MOST : parts);
}

/* ---- seams ----------------------------------------------------------------------------------- */

static s16 clip(s32 v)
{
    return (s16)(v > 32767 ? 32767 : v < -32768 ? -32768 : v);
}

/* What comes next begins with the values of `next`; NULL: with silence. */
static void join(SoundSeam seam[2], const s16 *next)
{
    for (int side = 0; side < 2; side++)
        seam[side].rest = seam[side].last - (next ? next[side] : 0);
}

/* Without a seam behind it a frame passes as it is. */
static void pass(SoundSeam seam[2], s16 *to, const s16 *frame)
{
    for (int side = 0; side < 2; side++) {
        SoundSeam *s = &seam[side];
        to[side] = clip((frame ? frame[side] : 0) + s->rest);
        s->last = to[side];
        s->rest = s->rest * (FADE - 1) / FADE;
    }
}

/* ---- the machine's thread -------------------------------------------------------------------- */

u32 sound_ring_fill(SoundRing *r)
{
    return atomic_load_explicit(&r->tail, memory_order_acquire) -
           atomic_load_explicit(&r->head, memory_order_acquire);
}

u32 sound_ring_level(SoundRing *r)
{
    u32 tail = atomic_load_explicit(&r->tail, memory_order_relaxed), burst = tail - r->seen;
    u32 fill = sound_ring_fill(r);
    r->seen = tail;
    return fill > burst / 2 ? fill - burst / 2 : 0;
}

/* Leaving out begins late and goes on for long: few large pieces are better than many small. */
void sound_ring_put(SoundRing *r, const s16 *frames, u32 n)
{
    static const s16 silence[2];
    u32 tail = atomic_load_explicit(&r->tail, memory_order_relaxed), fill = sound_ring_fill(r);
    bool was_skipping = r->skipping;
    r->skipping = fill + n > SOUND_RING || fill > (r->skipping ? r->target : 3 * r->target + SLACK);
    if (r->skipping || !n)
        return;
    if (was_skipping)
        join(r->in, frames);
    for (u32 i = 0; i < n; i++)
        pass(r->in, r->frame[(tail + i) % SOUND_RING], frames ? frames + i * 2 : silence);
    atomic_store_explicit(&r->tail, tail + n, memory_order_release);
}

void sound_ring_prime(SoundRing *r)
{
    for (u32 fill = sound_ring_fill(r); fill < r->target; fill += 64)
        sound_ring_put(r, NULL, 64);
}

void sound_ring_trim(SoundRing *r)
{
    r->skipping |= sound_ring_fill(r) > r->target;
}

void sound_ring_hold(SoundRing *r, bool held)
{
    atomic_store(&r->quiet, false);
    atomic_store(&r->held, held);
}

bool sound_ring_quiet(SoundRing *r)
{
    return atomic_load(&r->quiet);
}

/* ---- the device's thread --------------------------------------------------------------------- */

/* What there is for it now. A ring that ran empty begins again when there is enough to go on. */
static u32 available(SoundRing *r, u32 n)
{
    u32 there = sound_ring_fill(r);
    if (atomic_load(&r->held) || (!r->flowing && there < r->target))
        return 0;
    return there < n ? there : n;
}

void sound_ring_take(SoundRing *r, s16 *out, u32 n)
{
    u32 head = atomic_load_explicit(&r->head, memory_order_relaxed), part = available(r, n);
    if (part && !r->flowing)
        join(r->out, r->frame[head % SOUND_RING]);
    for (u32 i = 0; i < part; i++)
        pass(r->out, out + i * 2, r->frame[(head + i) % SOUND_RING]);
    atomic_store_explicit(&r->head, head + part, memory_order_release);
    if (part < n && (part || r->flowing))
        join(r->out, NULL);
    for (u32 i = part; i < n; i++)
        pass(r->out, out + i * 2, NULL);
    r->flowing = part == n;
    atomic_store(&r->quiet, !part && !r->out[0].last && !r->out[1].last);
}
