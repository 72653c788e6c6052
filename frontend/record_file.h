/* record_file.h: what the writer (record.c) and the reader (replay.c) of a run log share. */
#ifndef GLASS86_RECORD_FILE_H
#define GLASS86_RECORD_FILE_H

#include "devices/pc.h"

#define RECORD_MAGIC "glass86 run log 1"
enum { RECORD_LINE = 2048, RECORD_NAME = 1900 /* of a medium */ };

/* Checksum of a log up to and including a line, from the one up to the line before. */
static inline u64 record_chain(u64 chain, const char *text, size_t len)
{
    return state_hash(chain, text, len);
}

/* One component of the machine: a section, or after the last one the armed events. */
u32 record_hash(const Pc *pc, int section);
const char *record_section(const Pc *pc, int section);

#endif
