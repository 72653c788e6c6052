/* att.h: AT&T syntax. */
#ifndef GLASS86_ATT_H
#define GLASS86_ATT_H

#include <stddef.h>

/* Rewrites one line of cpu/disasm.c's Intel syntax. */
void att_from_intel(const char *intel, char *out, size_t size);

#endif
