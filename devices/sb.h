/* sb.h: Creative's Sound Blaster 1.5, 2.0, Pro 2 and 16. sb.c: ports, mixers, interrupts; sb_dsp.c:
 * the commands; sb_stream.c: sound by DMA. The cards' FM synthesizer is opl.h's. */
#ifndef GLASS86_SB_H
#define GLASS86_SB_H

#include "devices/audio.h"
#include "devices/dmaline.h"
#include "devices/event.h"
#include "devices/state.h"
#include "mmu/bus.h"
#include "mmu/line.h"

typedef enum { SB_NONE, SB_1, SB_2, SB_PRO, SB_16 } SbKind;

enum { SB_FIFO = 64, SB_PARAMETERS = 3 };
enum { SB_IRQ_8BIT = 1, SB_IRQ_16BIT = 2, SB_IRQ_MPU = 4 }; /* bits of mixer register 82h */

typedef enum { SB_PCM, SB_ADPCM2, SB_ADPCM26, SB_ADPCM4, SB_SILENCE } SbCoding;

/* What the DSP plays or records. Time is in periods of an oscillator of `hz`, in which a value
 * for each side comes every `step`: 1 MHz for the time constant, else the rate itself. */
typedef struct {
    u64 next; /* when the next one is due */
    u32 hz, step;
    u32 left, block;  /* of the block: what is left, what it is reloaded with */
    u8 coding;        /* SbCoding */
    u8 step_size;     /* ADPCM */
    u8 packed, parts; /* ... a byte, and the values it still holds */
    u8 reference;     /* ... the last value */
    bool running, paused;
    bool sixteen, stereo, is_signed, input;
    bool again; /* auto-init */
    bool last;  /* ... until the end of this block */
    bool want_reference, fast;
    bool starved; /* the last time there was no data: DREQ waits */
} SbStream;

typedef struct {
    SbStream stream;
    u8 fifo[SB_FIFO]; /* to be read at base+Ah; [0] is next */
    u8 count, last_read;
    u8 command, parameter[SB_PARAMETERS], parameters; /* being received; how many there are */
    bool has_command;
    u8 time_constant;
    u16 rate;  /* command 41h; 0: the time constant counts */
    u16 block; /* command 48h, minus 1 */
    u8 test;   /* commands E4h, E8h */
    u8 e2_value, e2_xor;
    u8 asp[256];
    s16 level[2];   /* at the converter */
    bool speaker;   /* D1h */
    bool resetting; /* 1 was written to base+6h */
    bool midi;      /* UART mode: everything written is MIDI */
    u8 mixer[256], mixer_index;
    u8 pending;         /* SB_IRQ_* */
    u8 irq, dma, dma16; /* in force: numbers */
    bool irq_level;
} SbState;

typedef struct {
    Bus *bus;
    EventQueue *queue;
    Snap *snap;
    Audio *audio;                  /* for its filters */
    AudioSource *out, *fm, *cd[4]; /* fm, cd: for their volumes; NULL: there is none */
    SbKind kind;
    u16 base;           /* 210h-280h */
    u8 irq, dma, dma16; /* as jumpers or EEPROM have them; dma16 == dma: none of its own */
    Line irq_line[16];  /* 2 (which is 9), 5, 7, 10 may be asked for, and `irq` */
    DmaLine dma_line[8];
    void (*midi)(void *ctx, u8 byte); /* may be NULL */
    /* What comes in at `when` at the line and microphone jacks, left and right in 16 bits, for
     * somebody who looks `rate` times a second (0: now and then). NULL: nothing is plugged in.
     * The same of the CD and of the synthesizer, where `when` is now. */
    void (*line_in)(void *ctx, AudioTime when, u32 rate, s32 level[2]);
    void (*cd_in)(void *ctx, AudioTime when, u32 rate, s32 level[2]);
    void (*fm_in)(void *ctx, AudioTime when, u32 rate, s32 level[2]);
    void *ctx;
} SbConfig;

typedef struct {
    SbState s;
    SbConfig cfg;
    Event due;   /* the stream */
    Event ready; /* the end of a reset */
} Sb;

void sb_init(Sb *sb, const SbConfig *cfg);
void sb_reset(Sb *sb);
void sb_post_load(Sb *sb);

/* An MPU-401 on the card (Sound Blaster 16) wants its interrupt. */
void sb_set_mpu_irq(void *sb, int pin, bool level);

/* ---- between the files of the card ----------------------------------------------------------- */

void sb_raise(Sb *sb, u8 which); /* SB_IRQ_* */
void sb_acknowledge(Sb *sb, u8 which);
AudioTime sb_now(const Sb *sb);
void sb_output(Sb *sb, AudioTime when, s32 left, s32 right); /* the converter's level */
void sb_input(Sb *sb, AudioTime when, u32 rate, s32 level[2]); /* at the other converter */
bool sb_input_inside(const Sb *sb); /* ... hears CD or synthesizer, as they are now */
void sb_answer(Sb *sb, u8 byte);

void sb_dsp_reset(Sb *sb);
void sb_dsp_write(Sb *sb, u8 byte);
bool sb_dsp_ok(const SbState *s);

/* Begins with what stream->coding, sixteen, stereo, is_signed, input, again and left are. */
void sb_stream_start(Sb *sb);
void sb_stream_stop(Sb *sb);
void sb_stream_pause(Sb *sb, bool paused);
void sb_stream_due(void *sb, u64 when);
bool sb_stream_ok(const SbStream *s, const Clock *clock);

#endif
