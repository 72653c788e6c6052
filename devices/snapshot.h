/* snapshot.h: a machine's state as a file; the format is docs/state-format.md. What is saved is
 * the sections of state.h, the armed events, what was written to media that keep their writes in
 * memory, and enough of the configuration to refuse a state that is not this machine's. */
#ifndef GLASS86_SNAPSHOT_H
#define GLASS86_SNAPSHOT_H

#include "devices/pc.h"

/* Writes the state to a temporary file beside `path` and renames it: `path` is either the old file
 * or a whole new one. Between two pc_run() only. False: err holds a line with the file, what is
 * wrong and the fix. */
bool pc_save(Pc *pc, const char *path, char *err, size_t errlen);

/* Checks everything in the file and only then changes the machine, which must have been built with
 * the same configuration and media. False: the machine is untouched; err as above. */
bool pc_load(Pc *pc, const char *path, char *err, size_t errlen);

/* The same from and to memory; `name` stands for the file in messages. The caller frees *data. */
bool snapshot_encode(Pc *pc, const char *name, u8 **data, size_t *size, char *err, size_t errlen);
bool snapshot_decode(Pc *pc, const char *name, const u8 *data, size_t size, char *err,
                     size_t errlen);

/* The same without memory, which goes another way; `ram` has all of it, [ram_size]. A state without
 * memory has at most snapshot_rest_limit() bytes. */
bool snapshot_encode_rest(Pc *pc, const char *name, u8 **data, size_t *size, char *err,
                          size_t errlen);
bool snapshot_decode_rest(Pc *pc, const char *name, const u8 *data, size_t size, const u8 *ram,
                          char *err, size_t errlen);
u64 snapshot_rest_limit(const Pc *pc);

/* Reads a state of this machine without loading it: copies of its sections, in the order of
 * Pc.snap. False: see err. */
bool snapshot_sections(Pc *pc, const char *path, u8 *copy[SNAP_MAX], char *err, size_t errlen);
void snapshot_sections_free(const Pc *pc, u8 *copy[SNAP_MAX]);

/* After the sections and the clock were written from outside: rebuilds what is derived from them in
 * the processor and in every chip. Events are the caller's business, afterwards. */
void pc_post_load(Pc *pc);

/* The medium in one of the six drives: A, B, then the four on the IDE channels. */
enum { SNAPSHOT_DRIVES = PC_FLOPPIES + PC_IDE_DRIVES };
Disk *pc_medium(const Pc *pc, int drive);
extern const char *const pc_drive_option[SNAPSHOT_DRIVES]; /* "-fda" ... */

#endif
