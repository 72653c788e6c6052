/* pc_memory.h: the memory map of the board; internal to pc.c. */
#ifndef GLASS86_PC_MEMORY_H
#define GLASS86_PC_MEMORY_H

#include "devices/pc.h"

/* Takes RAM and ROMs as pc->cfg describes them and maps them. False: err says what does not fit. */
bool pc_memory_init(Pc *pc, char *err, size_t errlen);
void pc_memory_free(Pc *pc);

/* Power-on contents: RAM zero, shadowed ROMs as their images. */
void pc_memory_clear(Pc *pc);

#endif
