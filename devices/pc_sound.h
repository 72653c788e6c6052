/* pc_sound.h: the sounding part of the board; internal to pc.c and snapshot.c. */
#ifndef GLASS86_PC_SOUND_H
#define GLASS86_PC_SOUND_H

#include "devices/pc.h"

/* Before any chip that makes sound. */
void pc_sound_init(Pc *pc);

/* The cards, once the board is there. */
void pc_sound_cards(Pc *pc);
void pc_sound_reset(Pc *pc);

/* Guest time and levels are those of a state that has just been restored. */
void pc_sound_post_load(Pc *pc);

/* The speaker's cone has moved; see SpeakerConfig.sound. */
void pc_sound_cone(void *pc, bool level, bool by_timer);

#endif
