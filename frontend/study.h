/* study.h: figures that both `info usage` and -stats show. */
#ifndef GLASS86_STUDY_H
#define GLASS86_STUDY_H

#include "frontend/debug.h"

void study_rings(Debug *d, u64 ring[4]); /* ticks by privilege level */
u32 study_pages(Debug *d);               /* pages of memory written so far */
/* Reads or changes the machine's real state, and does not trap in ring 3. */
bool study_is_sensitive(const Row *r);

#endif
