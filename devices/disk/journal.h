/* journal.h: a medium's past. While a journal is kept, each write remembers what it replaced, so
 * that the contents can go back to what they were at an earlier generation, and forward again.
 * This is how going back in time takes the disks along without ever copying an image. */
#ifndef GLASS86_DISK_JOURNAL_H
#define GLASS86_DISK_JOURNAL_H

#include "devices/disk/disk.h"

/* Begins to remember; what was written before stays as it is. False: no host memory. */
bool disk_journal_start(Disk *d);
void disk_journal_stop(Disk *d);

/* Brings the contents to those of `generation`, which lies within what is remembered. False: it
 * does not, or the host could not write (reported through disk_on_error()). */
bool disk_journal_go(Disk *d, u64 generation);

/* Nobody will go back to before `generation`. */
void disk_journal_forget(Disk *d, u64 generation);

/* Host memory taken. */
u64 disk_journal_bytes(const Disk *d);

/* What lies ahead of the present generation, taken out to be put in again at the same generation;
 * NULL: nothing. Meanwhile the medium can go another way. */
typedef struct DiskFuture DiskFuture;
DiskFuture *disk_journal_cut(Disk *d);
void disk_journal_join(Disk *d, DiskFuture *f); /* f is used up; NULL is legal */
void disk_future_free(DiskFuture *f);
u64 disk_future_bytes(const DiskFuture *f);

/* The whole past of a medium with where it is in it and, of one with writes in memory, these: taken
 * out, so that the medium can have another past, and put in again in place of that. A medium whose
 * writes go to its image must then hold what it held when the past was taken out. */
typedef struct DiskPast DiskPast;
DiskPast *disk_past_take(Disk *d); /* NULL: no host memory */
void disk_past_put(Disk *d, DiskPast *p); /* p is used up */
void disk_past_free(DiskPast *p);
u64 disk_past_bytes(const DiskPast *p);

/* ---- for states in files --------------------------------------------------------------------- */

/* Of a medium with writes in memory (Disk.snapshot): was anything written since it was opened? */
bool disk_has_writes(const Disk *d);

/* Tells fn of every run of sectors, [first, end), that was written to such a medium, in order. Ends
 * as soon as fn says false, and says so; also without host memory. */
bool disk_writes(const Disk *d, bool (*fn)(void *ctx, u64 first, u64 end), void *ctx);

/* Throws away every write of such a medium: the image below shows again. */
void disk_forget_writes(Disk *d);

/* Tells whether two images hold the same: hash over all of a medium of up to 64 MiB, else over its
 * first MiB (boot sector, file allocation tables) and samples of the rest. Of a medium with writes
 * in memory it is the image below that counts. False: it cannot be read. */
bool disk_fingerprint(Disk *d, u64 *print);

/* ---- called by disk.c ------------------------------------------------------------------------ */

/* Around a write: before it, and after it with whether it went well. False: no host memory. */
bool journal_before(Disk *d, u64 lba, u32 count);
void journal_after(Disk *d, u64 lba, u32 count, const u8 *src, bool done);

#endif
