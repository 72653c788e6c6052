/* ide.h: one ATA channel (two of them make a PC's primary and secondary) with up to two drives.
 * See ide.c. */
#ifndef GLASS86_IDE_H
#define GLASS86_IDE_H

#include "devices/audio.h"
#include "devices/disk/disk.h"
#include "devices/dmaline.h"
#include "devices/event.h"
#include "devices/state.h"
#include "mmu/bus.h"
#include "mmu/line.h"

enum { IDE_MULTIPLE_MAX = 16, IDE_BUFFER = IDE_MULTIPLE_MAX * 512 };

typedef struct {
    Bus *bus;
    EventQueue *queue;
    Snap *snap;
    Line irq;          /* IRQ 14 or 15 */
    DmaLine dma;       /* to a bus master; all NULL: there is none, and drives say so */
    u16 base, control; /* 1F0h and 3F6h, or 170h and 376h */
    const char *name;  /* of the snapshot section and the ports, "ide0" or "ide1" */
    u8 number;         /* 0 or 1: makes the drives' serial numbers differ */
    Disk *disk[2];     /* master and slave; NULL: no such drive. Must outlive the channel */
    bool cd[2];        /* a CD-ROM drive, also without a disc; implied by a medium of that kind */
    AudioSource *sound[2]; /* of a CD-ROM drive; may be NULL */
} IdeConfig;

/* What a CD-ROM drive has beyond the task file (atapi.c). */
typedef struct {
    u32 left;          /* blocks of a read still to be fetched */
    u32 play, stop;    /* audio: frame at `began` and the end */
    u64 began;         /* Clock.now */
    u64 sounded;       /* samples of this play that the mixer has had */
    u16 filled;        /* bytes in the buffer; pos..end is the part that the host moves now */
    u16 limit;         /* most bytes between two interrupts */
    u16 frame;         /* bytes per block of this read: 2048, or as READ CD composes them */
    u8 packet[12];
    u8 stage;          /* AtapiStage */
    u8 select;         /* READ CD: which parts of a frame */
    u8 sub;            /* and which sub-channel */
    u8 key, asc, ascq; /* sense data of the last command */
    u8 attention;      /* ASC of a unit attention still to be told, or 0 */
    u8 event;          /* media event still to be told: 1 eject request, 2 new, 3 removed */
    u8 connected[2];   /* left and right outlet: bit 0 the disc's left channel, 1 its right one */
    u8 volume[2];
    u8 audio;          /* status of READ SUB-CHANNEL: 11h play, 12h pause, 13h done, 15h none */
    bool open, locked;
    bool dma; /* this packet's data go by the bus master */
} AtapiState;

/* One drive. Each has its own copy of the task file, as real drives do. */
typedef struct {
    u64 media;     /* Disk.id; 0: no drive */
    u64 lba;       /* next sector of the transfer */
    u32 left;      /* sectors of the command still to do, the block in the buffer included */
    u16 pos, end;  /* data port: next byte in the buffer, and where it ends */
    u16 cylinders; /* current translation: INITIALIZE DEVICE PARAMETERS */
    u8 heads, sectors;
    u8 error, features, count, lba0, lba1, lba2, device, status;
    u8 previous[4]; /* count, lba0 to lba2: the byte before the last one, for 48-bit commands */
    u8 command, phase; /* phase: IdePhase, devices/ide_parts.h */
    u8 block;          /* most sectors between two interrupts of this command */
    u8 multiple;       /* that number for READ/WRITE MULTIPLE, 0: not set */
    u8 power;          /* what CHECK POWER MODE answers: FFh active, 80h idle, 00h standby */
    u8 transfer_mode;
    bool wide;      /* the command is a 48-bit one */
    bool sleeping;  /* only a reset wakes it */
    bool intrq;     /* interrupt pending */
    bool intrq_due; /* it will be when the event fires: the status is there a little earlier */
    bool data8;     /* 8-bit transfers (SET FEATURES 01h) */
    bool write_cache, look_ahead, revert, smart;
    AtapiState cd;
    DiskFaults faults; /* the medium fails there */
    u8 buffer[IDE_BUFFER];
} IdeDriveState;

typedef struct {
    IdeDriveState drive[2];
    u8 selected; /* 0 or 1 */
    u8 control;  /* device control register: SRST, nIEN */
    bool line;   /* level of the interrupt line */
} IdeState;

typedef struct Ide Ide;

struct IdeKind;

typedef struct {
    Ide *channel;
    const struct IdeKind *kind; /* NULL: no drive here */
    Disk *disk;  /* the medium; a CD-ROM drive may have none */
    Event event; /* BSY ends, or intrq_due */
    Event slice; /* the next samples of an audio track are due */
    AudioSource *sound;
    u8 number;   /* 0 or 1 */
    bool defer;  /* only while a block that the host has filled is being written */
} IdeDrive;

struct Ide {
    IdeState s;
    Bus *bus;
    EventQueue *queue;
    Line irq;
    DmaLine dma;
    u16 base, control;
    u8 number;
    IdeDrive drive[2];
};

void ide_init(Ide *ide, const IdeConfig *cfg);
void ide_reset(Ide *ide); /* the RESET- pin */

/* Some of the state was loaded from a snapshot. */
void ide_post_load(Ide *ide);

/* Adds what a converter records now of the drive's audio: the mean over the time since it looked
 * last, if it looks `rate` times a second; with 0 the present level. */
void ide_record(Ide *ide, int drive, u32 rate, s32 level[2]);

/* The bus master was started: a Line that it drives high. */
void ide_dma_ready(void *ide, int pin, bool level);

/* A CD-ROM drive's disc; NULL: none. Returns what was in it. ide_locked(): the guest does not want
 * it to go; ide_ask_eject() tells the guest that somebody pressed the button. */
Disk *ide_change(Ide *ide, int drive, Disk *disc);
bool ide_is_cd(const Ide *ide, int drive);
bool ide_locked(const Ide *ide, int drive);
void ide_ask_eject(Ide *ide, int drive);

/* Where its medium fails; the caller may change it between two instructions. */
DiskFaults *ide_faults(Ide *ide, int drive);

/* Is the drive doing something (a light for the frontend)? */
bool ide_busy(const Ide *ide, int drive);

#endif
