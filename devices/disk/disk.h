/* disk.h: the one block interface between media and drives. A Disk is a medium: a number of
 * 512-byte sectors, a geometry, and read, write and flush. Where the sectors live (an image
 * file, memory, an overlay above either) is behind struct DiskLayer; drives and frontends never
 * ask.
 *
 * Promises to whoever saved something in the guest: a write that returned DISK_OK has been
 * handed to the host's kernel (killing the emulator loses nothing), disk_flush() has it on the
 * host's medium, and a host error is both a device error to the guest and one message to the
 * frontend, never silence. */
#ifndef GLASS86_DISK_H
#define GLASS86_DISK_H

#include "devices/disk/faults.h"
#include "mmu/base.h"

enum { DISK_SECTOR = 512 };

typedef enum { DISK_ANY, DISK_FLOPPY, DISK_HARD, DISK_CD } DiskKind;

typedef struct {
    u32 cylinders;
    u8 heads;   /* 1-255 */
    u8 sectors; /* per track, 1-63 */
} DiskGeometry;

enum { DISK_CD_TRACKS = 99, DISK_CD_BLOCK = 2048, DISK_CD_FRAME = 2352 };

/* A CD's table of contents. Positions are in frames (blocks) of the disc, the first is 0. */
typedef struct {
    u8 number;  /* 1-99; AAh: lead-out */
    u8 control; /* as in the Q channel: 4 data, 0 audio */
    u8 mode;    /* 0 audio, 1 or 2 data */
    u32 start;
} DiskTrack;

typedef struct {
    u8 count;                             /* tracks without the lead-out */
    DiskTrack track[DISK_CD_TRACKS + 1]; /* [count] is the lead-out */
} DiskToc;

typedef enum {
    DISK_OK,
    DISK_RANGE, /* the sectors are not all on the medium; the guest's mistake, nothing reported */
    DISK_PROTECTED, /* write to a read-only medium; nothing reported */
    DISK_FAILED,    /* the host could not do it; reported through disk_on_error() */
} DiskResult;

typedef void DiskErrorFn(void *ctx, const char *message);
/* The host cannot take a write or a flush. Returns after a while: true, try again; false, tell the
 * guest of a drive error. `message` NULL: it went well in the end. */
typedef bool DiskWaitFn(void *ctx, const char *message);

typedef struct DiskLayer DiskLayer;     /* devices/disk/layer.h */
typedef struct DiskJournal DiskJournal; /* devices/disk/journal.h */

/* A floppy in IBM's XDF (xdf.c): what its boot sector says about the places on its first
 * cylinder. */
typedef struct {
    u8 fat, root; /* sectors of a FAT and of the root directory; 0, 0: not such a floppy */
    bool small;   /* the image has the small file system that the disk shows to others */
} DiskXdf;

typedef struct Disk {
    char *name;         /* the file as the user named it */
    const char *format; /* "raw", "vhd", "qcow2", "memory", ... */
    DiskKind kind;      /* as asked for, else by content; never DISK_ANY */
    u64 sectors;        /* always at least 1 */
    /* What the drive has; for a hard disk heads <= 16, cylinders <= 16383. */
    DiskGeometry geometry;
    /* What a BIOS should show: the geometry the medium was partitioned under, cylinders <= 1024.
     * Equals `geometry` for floppies and small disks. */
    DiskGeometry logical;
    DiskXdf xdf;    /* of a floppy in IBM's XDF; else all zero */
    bool read_only; /* writes answer DISK_PROTECTED */
    bool snapshot;  /* writes go to memory and vanish with the Disk */
    /* Of the medium as opened (size and first sectors): tells a loaded state or a replayed log
     * whether it sees the same medium. Never 0. */
    u64 id;
    bool plain;     /* raw by content, not by the user's word */
    u64 tail;       /* of such an image: the host file ends with this sector, or grows */
    u64 generation; /* number of write operations since it was opened */
    u64 sectors_read, sectors_written; /* for people */
    /* What the user should see (opened write-protected, truncated image), a line each, or "". */
    char note[512];
    const DiskToc *toc; /* of a CD, whose block n is sectors 4n to 4n+3; else NULL */
    DiskFaults faults; /* for the drive that gets it; disk_read() and its kin ignore them */

    DiskLayer *layer;
    DiskJournal *journal; /* NULL: the past is not kept */
    u64 fingerprint, fingerprint_at; /* of journal.h, and the generation + 1 it is of */
    DiskErrorFn *error_fn;
    void *error_ctx;
    DiskWaitFn *wait_fn; /* NULL: nobody is there to mend the host's trouble */
    void *wait_ctx;
    int reported; /* errno last reported; 0 again after a write that succeeded */
} Disk;

typedef struct {
    DiskKind kind;    /* DISK_ANY: by content */
    bool read_only;   /* the guest sees a write-protected medium */
    bool snapshot;    /* copy-on-write in memory, the file is never written */
    bool raw;         /* take the file as raw sectors whatever it looks like */
    DiskGeometry chs; /* hard disk: forced geometry; all zero: by content */
    bool refs_any;    /* files that the image names (parents, extents, tracks) may lie anywhere */
    char format[12];  /* of the file: raw, vhd, qcow2, ...; "": by content */
    DiskFaults faults;
    char overlay[1024]; /* writes go to this file (docs/overlay-format.md); "": to the image */
} DiskOptions;

/* Splits "FILE,ro,snapshot,raw" (also readonly=on, snapshot=on, format=F, chs=C/H/S, overlay=F,
 * fault=KIND:FIRST-LAST) into a path of at most size-1 characters and options, which keep what
 * the caller had set. A text that is the name of an existing file is that file, whatever commas
 * it holds. False: err says which word is unknown. */
bool disk_parse(const char *text, char *path, size_t size, DiskOptions *o, char *err,
                size_t errlen);

/* Opens an image. A file open for writing is locked against every other writer (and against
 * other emulators); the lock ends with the process, however it ends. NULL: err holds one line
 * naming the file, what is wrong and the fix. `o` may be NULL. */
Disk *disk_open(const char *path, const DiskOptions *o, char *err, size_t errlen);

/* A medium whose contents are `data` (not copied, not written to, must outlive the Disk). Writes
 * are kept in memory unless o->read_only. Same errors as an image of the same contents. */
Disk *disk_open_memory(const char *name, const u8 *data, u64 size, const DiskOptions *o, char *err,
                       size_t errlen);

/* Writes what an overlay file holds into its image and empties the overlay; *blocks: of 4 KiB,
 * written. False: see err; running it again goes on. */
bool disk_commit(const char *overlay, const char *image, const DiskOptions *how, u64 *blocks,
                 char *err, size_t errlen);
/* Makes an overlay of image `from` one of image `to`, so that it shows the same contents. */
bool disk_rebase(const char *overlay, const char *from, const char *to, u64 *blocks, char *err,
                 size_t errlen);

/* Flushes, unlocks, frees. NULL is legal. False: the last flush failed (and was reported). */
bool disk_close(Disk *d);

/* Who hears of host errors: one line per kind of error, told again only after a write has
 * succeeded. */
void disk_on_error(Disk *d, DiskErrorFn *fn, void *ctx);

/* Who waits for the host's disk to be mended, with the guest standing still inside its write. */
void disk_on_trouble(Disk *d, DiskWaitFn *fn, void *ctx);

/* `count` sectors from sector `lba`. A read that fails leaves `dst` undefined. */
DiskResult disk_read(Disk *d, u64 lba, u32 count, void *dst);
DiskResult disk_write(Disk *d, u64 lba, u32 count, const void *src);
DiskResult disk_flush(Disk *d);
/* A CD's frame in full, DISK_CD_FRAME bytes: sync, header, data and codes, or audio samples. */
DiskResult disk_read_frame(Disk *d, u32 frame, u8 *dst);

/* Sector number of a CHS address (sectors from 1), or UINT64_MAX if the geometry does not
 * contain it. */
u64 disk_lba(const DiskGeometry *g, u32 cylinder, u32 head, u32 sector);

/* xdf.c: the sectors of a floppy with d->xdf. Cylinder and head are where the heads stand; R and N
 * are as in a sector's ID, 128 << N its bytes. True: that sector is there; *lba is its first of
 * 512 bytes in the image. */
bool xdf_sector(const Disk *d, u32 cylinder, u32 head, u8 r, u8 n, u64 *lba);
/* The track's sector number `k`, counted from 0 and modulo their number, as the head meets it. */
void xdf_id(const Disk *d, u32 cylinder, u32 head, u32 k, u8 *r, u8 *n);

/* CMOS type (1 360K, 2 1.2M, 3 720K, 4 1.44M, 5 2.88M) of the drive that suits a floppy. */
u8 disk_drive_type(const Disk *d);

#endif
