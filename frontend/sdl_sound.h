/* sdl_sound.h: the host's sound device, with SDL 2. It never blocks the machine and never changes
 * guest time. */
#ifndef GLASS86_SDL_SOUND_H
#define GLASS86_SDL_SOUND_H

#include "devices/pc.h"

typedef struct SdlSound SdlSound;

/* Opens the default device and the machine's mixer at its rate. latency_ms: how much sound lies
 * between the two. NULL: why says what is missing. */
SdlSound *sdl_sound_open(Pc *pc, int latency_ms, char *why, size_t size);

void sdl_sound_poll(SdlSound *s, Pc *pc);
void sdl_sound_speed(SdlSound *s, Pc *pc, int percent);
void sdl_sound_pause(SdlSound *s, bool paused);
void sdl_sound_close(SdlSound *s); /* NULL is legal */

#endif
