/* sound.h: where the machine's sound goes: a file, the host's sound device, or nowhere. */
#ifndef GLASS86_SOUND_H
#define GLASS86_SOUND_H

#include "devices/pc.h"
#include "frontend/options.h"

typedef struct Sound Sound;

/* Connects what -audio asks for; *out is NULL if that is nothing. A host without a sound device is
 * no reason not to run: one line says so. False: err is one line. */
bool sound_open(Sound **out, const Options *o, Pc *pc, char *err, size_t errlen);

/* Between two pc_run(). NULL is legal in all that follow. */
void sound_poll(Sound *s, Pc *pc);

/* Guest time runs at `percent` of the host's; 0: as fast as it can. */
void sound_speed(Sound *s, Pc *pc, int percent);

/* The guest stands still, or goes on: nothing is to be heard meanwhile. */
void sound_pause(Sound *s, bool paused);

/* False: something could not be written; it was said. */
bool sound_close(Sound *s, Pc *pc);

#endif
