/* opl.h: the FM synthesizers of AdLib and Sound Blaster cards: Yamaha's YM3812 (OPL2) and YMF262
 * (OPL3). Registers and timers: opl.c; what makes the sound: opl_core.c. */
#ifndef GLASS86_OPL_H
#define GLASS86_OPL_H

#include "devices/audio.h"
#include "devices/event.h"
#include "devices/state.h"
#include "mmu/bus.h"

enum { OPL_SLOTS = 36, OPL_CHANNELS = 18, OPL_WAVES = 8 };

/* A sample is made every 288 cycles of the master clock: 49,716 a second. (The YM3812 divides a
 * clock of a quarter by 72.) */
#define OPL_CLOCK_HZ 14318180u
enum { OPL_CYCLES = 288 };

typedef struct {
    u32 phase;       /* 10.9 bits of a period */
    u16 attenuation; /* of the envelope: 0-1FFh, in 3/16 dB */
    s16 out, before; /* this sample and the one before it */
    u8 stage;        /* OPL_ATTACK ... */
    bool key;
} OplSlot;

enum { OPL_ATTACK, OPL_DECAY, OPL_SUSTAIN, OPL_RELEASE };

/* What the registers hold, and what runs. */
typedef struct {
    OplSlot slot[OPL_SLOTS];
    u64 count;       /* samples since power-on */
    u64 overflow[2]; /* the timers': count of their clock at which they overflow next */
    u64 looked;      /* cycle of the last access to a port */
    u32 credit;      /* cycles by which the timers are ahead: see opl.c */
    s32 right;       /* leaves the chip one sample after its left */
    u32 noise;       /* shift register, 23 bits */
    u8 reg[2][256];
    u8 address;
    u8 status;       /* bits 7-5: any, timer 1, timer 2 */
    u8 tremolo;      /* attenuation by tremolo */
    u8 hat, cymbal;  /* bits of the phases of slots 13 and 17 that rhythm mode combines */
    bool bank;       /* of the address */
    bool running[2]; /* the timers */
    bool awake;      /* anything may be heard */
    s16 level[2];    /* the last sample */
    /* for who records: since cycle `looked_in` the levels, times the cycles they stood, were `sum`,
     * as of cycle `summed` */
    s64 sum[2];
    u64 looked_in, summed;
} OplState;

/* What follows from the registers, by slot. */
typedef struct {
    u32 increment; /* of the phase, without vibrato */
    u16 f_number, level, sustain;
    u8 rate[4]; /* by stage: 0 stands still, else 4 * coarse + fine, as the timing wants it */
    u8 multiple, block, wave, feedback, tremolo;
    s8 modulator;   /* OPL_NONE, OPL_SELF or a slot */
    s8 left, right; /* how often it is in the mix */
    bool vibrato;
} OplVoice;

enum { OPL_NONE = -1, OPL_SELF = -2 };

typedef struct {
    OplVoice voice[OPL_SLOTS];
    u16 wave[OPL_WAVES][1024]; /* attenuation in 1/256 octaves; bit 15: negative */
    u16 exponent[256];
} OplTables;

typedef struct {
    Bus *bus;
    EventQueue *queue;
    Snap *snap;
    AudioSource *out;
    bool opl3;
    u16 base[3]; /* first ports of 2 (OPL2) or 4 (OPL3); 0: none. Multiples of 4 */
} OplConfig;

typedef struct {
    OplState s;
    OplTables t;
    OplConfig cfg;
    Event batch;
} Opl;

void opl_init(Opl *o, const OplConfig *cfg);
void opl_reset(Opl *o);
void opl_post_load(Opl *o);

/* What a converter records now: the mean since it looked last, if it looks `rate` times a second,
 * so that what is too high for it hardly comes through; with 0 the present level. */
void opl_record(Opl *o, u32 rate, s32 level[2]);

/* ---- opl_core.c ------------------------------------------------------------------------------ */

typedef struct {
    s16 left, right;
} OplFrame;

void opl_core_init(Opl *o);
void opl_core_reset(Opl *o);

/* A register was written: voices follow. */
void opl_core_update(Opl *o);

/* The next sample. */
OplFrame opl_core_next(Opl *o);

/* Nothing is heard, and without a write nothing ever will be. */
bool opl_core_silent(const Opl *o);

/* Passes n samples while silent, all that runs running on. */
void opl_core_skip(Opl *o, u64 n);

#endif
