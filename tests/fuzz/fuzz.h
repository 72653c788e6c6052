/* fuzz.h: what the fuzz targets share. A target is one file NAME.c with the two functions below; it
 * is built three ways (see the Makefile): for libFuzzer, for AFL++, and by the normal compiler as a
 * program that runs the files it is given, which is how `make check` replays tests/fuzz/corpus.
 * What a target does with an input depends on that input alone. */
#ifndef GLASS86_TESTS_FUZZ_H
#define GLASS86_TESTS_FUZZ_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/input.h"
#include "mmu/base.h"

/* Once, before the first input. */
void fuzz_start(void);
/* Anything may be in an input; panic(), a signal or a sanitizer's report is a bug. */
void fuzz_one(const u8 *data, size_t size);

/* ---- main.c ---------------------------------------------------------------------------------- */

/* A directory of this process's own, empty at the start and removed at the end. */
const char *fuzz_dir(void);
/* A file of this name in it, with these bytes; its path, valid until the next call. */
const char *fuzz_file(const char *name, const u8 *data, size_t size);
/* Forbids the process to open anything (files, sockets, pipes), and allows it again: for targets
 * whose inputs may name any file of the host. */
void fuzz_forbid_files(bool forbid);
/* What became of an input, for who looks whether seeds get past the door: told by the replay
 * programs if FUZZ_VERBOSE is set. */
void fuzz_note(const char *text);
/* fopen("/dev/null", "w"), opened once. */
FILE *fuzz_null(void);

/* ---- eating an input from the front ---------------------------------------------------------- */

typedef struct {
    const u8 *at;
    size_t left;
} Feed;

/* `n` bytes as a little-endian number; zeros behind the end. */
static inline u32 feed(Feed *f, unsigned n)
{
    u32 v = 0;
    for (unsigned i = 0; i < n && f->left; i++, f->left--)
        v |= (u32)*f->at++ << 8 * i;
    return v;
}

/* Up to `max` bytes; *n says how many there are. */
static inline const u8 *feed_bytes(Feed *f, size_t max, size_t *n)
{
    const u8 *p = f->at;
    *n = max < f->left ? max : f->left;
    f->at += *n;
    f->left -= *n;
    return p;
}

/* ---- rig.c ------------------------------------------------------------------------------- */

/* A machine with everything in it: floppy, hard disk and CD in memory, and by `choices` one or the
 * other board, sound card, adapter and processor. */
typedef struct {
    Pc *pc;
    Disk *fda, *hda, *cd;
    Input input;
} Rig;

/* With our BIOSes, from a floppy that stops at once; else it sits in HLT, and interrupts return. */
enum { RIG_FIRMWARE = 0x80 };

Rig *rig_new(u32 choices);
void rig_free(Rig *m);
/* Real mode: sti / hlt / jmp back, and every vector leads to an IRET. */
void rig_idle(Rig *m);
/* Lets time pass; a reset by the guest is one. Returns early if the machine stands for good. */
void rig_run(Rig *m, u64 ticks);
/* The same for who uses its devices: the processor only waits for interrupts. DMA into its vectors
 * may lead it anywhere, and most of the time would go into what it finds there (cpu.c is for that).
 */
void rig_pass(Rig *m, u64 ticks);
/* What a person does with any machine: looks at the screen. */
u32 rig_look(Rig *m);

/* Operations on its devices from `f`, at most so many, begun in at most so many ticks, up to a byte
 * FFh in the place of one: accesses to ports and memory, time, media, keys (ops.c), and what takes
 * several accesses in the right order, as drivers do it (tasks.c). */
void rig_use(Rig *m, Feed *f, int ops, u64 ticks);
void rig_task(Rig *m, Feed *f);

/* The machine's state as it would be in a file, not compressed, with edits from `f` applied to it
 * (a byte that counts them, then each: see edit()) and its checksums put right. `rest`: without
 * memory. The caller frees it. */
u8 *rig_state(Rig *m, Feed *f, bool rest, size_t *size);

#endif
