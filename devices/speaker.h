/* speaker.h: system control port B (61h) and the speaker behind it; see speaker.c. */
#ifndef GLASS86_SPEAKER_H
#define GLASS86_SPEAKER_H

#include "devices/event.h"
#include "devices/state.h"
#include "mmu/bus.h"
#include "mmu/line.h"

typedef struct {
    u8 control; /* bits 0-3 as written */
    u8 status;  /* bits 6 and 7: channel check, parity check, latched */
    bool out2;  /* OUT of timer 2 */
    bool nmi_masked;
    bool fpu;   /* the 8087 of a PC wants an NMI */
    bool level; /* where the cone is */
    bool nmi;
} SpeakerState;

typedef struct {
    Bus *bus;
    Snap *snap;
    Line gate2;                 /* GATE of timer 2 */
    Line nmi;                   /* to the processor */
    bool (*refresh)(void *ctx); /* the refresh toggle, from timer 1 */
    void *refresh_ctx;
    /* Every movement of the cone, at clock->now, or, by_timer, a little before: at the edge of OUT2
     * that has just been reported. May be NULL. */
    void (*sound)(void *ctx, bool level, bool by_timer);
    void *sound_ctx;
} SpeakerConfig;

typedef struct {
    SpeakerState s;
    SpeakerConfig wire;
} Speaker;

void speaker_init(Speaker *sp, const SpeakerConfig *cfg);
void speaker_reset(Speaker *sp);

/* Inputs, as Lines. */
void speaker_set_fpu(void *speaker, int pin, bool level); /* interrupt output of the 8087 */
void speaker_set_out2(void *speaker, int pin, bool level);
void speaker_set_nmi_mask(void *speaker, int pin, bool masked); /* port 70h bit 7 */
enum { SPEAKER_IOCHK = 0x40, SPEAKER_PARITY = 0x80 };
void speaker_set_check(void *speaker, int pin, bool level); /* pin: one of the two above */

#endif
