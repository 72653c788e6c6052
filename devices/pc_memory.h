/* pc_memory.h: the memory map of the board; internal to pc.c. */
#ifndef GLASS86_PC_MEMORY_H
#define GLASS86_PC_MEMORY_H

#include "devices/pc.h"

/* Takes RAM and ROMs as pc->cfg describes them and maps them. False: err says what does not fit. */
bool pc_memory_init(Pc *pc, char *err, size_t errlen);
void pc_memory_free(Pc *pc);

/* A ShadowFn (i440fx.h) with the Pc as its context: an area of C0000h-FFFFFh becomes ROM or RAM. */
void pc_memory_shadow(void *ctx, u32 base, u32 size, bool read_ram, bool write_ram);

/* Power-on contents: RAM zero, shadowed ROMs as their images. */
void pc_memory_clear(Pc *pc);

#endif
