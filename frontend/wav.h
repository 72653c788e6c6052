/* wav.h: sound as a RIFF/WAVE file, 16 bits, stereo. */
#ifndef GLASS86_WAV_H
#define GLASS86_WAV_H

#include "mmu/base.h"

typedef struct Wav Wav;

/* NULL: err is one line. */
Wav *wav_open(const char *path, u32 rate, char *err, size_t errlen);

/* n frames of left and right; frames == NULL: silence. Every second of sound the header is brought
 * up to date, so the file is good however this process ends. A file that reaches the format's 4 GiB
 * takes no more, and says so once. */
void wav_write(Wav *w, const s16 *frames, u32 n);

/* From now on that happens with so many bytes of sound, at most the format's: for tests. */
void wav_limit(Wav *w, u32 bytes);

/* NULL is legal. False: the file could not be written to its end; err says why. */
bool wav_close(Wav *w, char *err, size_t errlen);

#endif
