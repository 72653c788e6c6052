/* wavin.h: a RIFF/WAVE file as what comes in at a sound card's jacks: it plays from power-on, once,
 * in guest time. */
#ifndef GLASS86_WAVIN_H
#define GLASS86_WAVIN_H

#include "devices/audio.h"

typedef struct WavIn WavIn;

/* All of the file is read here. NULL: err is one line that says why, and what would do. */
WavIn *wavin_open(const char *path, char *err, size_t errlen);
void wavin_close(WavIn *w); /* NULL is legal */

/* Left and right at `when`, of 16 bits: without what somebody who looks `rate` times a second could
 * not tell from lower tones; rate 0: as it is. After the end comes silence. */
void wavin_level(const WavIn *w, AudioTime when, u32 rate, s32 level[2]);

#endif
