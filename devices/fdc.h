/* fdc.h: the floppy controller, an Intel 82077AA in PC/AT mode, with up to two drives. See
 * fdc.c. */
#ifndef GLASS86_FDC_H
#define GLASS86_FDC_H

#include "devices/disk/disk.h"
#include "devices/dmaline.h"
#include "devices/event.h"
#include "devices/state.h"
#include "mmu/bus.h"
#include "mmu/line.h"

enum {
    FDC_DRIVES = 2,
    FDC_UNITS = 4,
    FDC_FIFO = 16,
    FDC_SECTOR = 512,
    FDC_SECTOR_MAX = 8192, /* of a disk in XDF */
    FDC_TRACK_MAX = 83, /* the mechanical stop of a drive with 80 tracks */
};

/* Kinds of drive, numbered as in CMOS register 10h. */
typedef enum {
    FDC_DRIVE_NONE,
    FDC_DRIVE_360K,
    FDC_DRIVE_1200K,
    FDC_DRIVE_720K,
    FDC_DRIVE_1440K,
    FDC_DRIVE_2880K,
} FdcDriveType;

typedef struct {
    Bus *bus;
    EventQueue *queue;
    Snap *snap;
    Line irq;    /* IRQ 6 */
    DmaLine dma; /* channel 2 */
    FdcDriveType drive[FDC_DRIVES];
} FdcConfig;

typedef struct {
    u64 media;     /* Disk.id of the medium, 0: empty */
    DiskFaults faults; /* it fails there */
    u8 type;       /* FdcDriveType */
    u8 head_track; /* where the heads stand, 0 to FDC_TRACK_MAX */
    u8 pcn;        /* present cylinder number: where the controller believes they stand */
    u8 sector;     /* the sector (from 0) that passes under the head next */
    bool changed;  /* the disk-change latch */
    u8 seek_st0;   /* what SENSE INTERRUPT will say when the seek has ended */
    u8 seek_pcn;   /* pcn when the seek has ended */
} FdcUnitState;

typedef struct {
    FdcUnitState unit[FDC_UNITS]; /* units 2 and 3 have no drive but can be addressed */
    u8 dor, tdr, dsr;
    bool rate_set;  /* DSR or CCR was written since power-on */
    bool own_seeks; /* SEEK or CONFIGURE was used since the last reset */
    u8 phase;       /* FdcPhase, devices/fdc_parts.h */
    u8 command[9], command_len, command_have;
    u8 result[10], result_len, result_pos;
    u8 seeking, seek_done; /* masks of units */
    u8 reset_left;         /* SENSE INTERRUPTs still owed after a reset */
    bool int_pending;      /* the INT pin, before DOR's gate */
    bool result_int;       /* it announces a result: the first byte read lowers it */
    /* parameters: SPECIFY, CONFIGURE, PERPENDICULAR, LOCK */
    u8 srt_hut, hlt_nd, config, pretrk, perpendicular;
    bool lock;
    /* the command in execution */
    u8 now, head; /* unit and side */
    u8 c, h, r, n, eot;
    u8 st1, st2;
    bool mark_differs; /* the sector's data mark is not the kind that was asked for */
    bool tc;
    bool ending; /* PIO read: the result comes when the host has emptied the FIFO */
    u8 ending_st0;
    bool drq;      /* PIO: the controller asks for a byte */
    u16 left;      /* VERIFY, FORMAT, READ TRACK: sectors still to do */
    u16 tries;     /* DMA: times the channel gave nothing */
    u16 pos, want; /* bytes of this sector done, and in all */
    u8 fifo[FDC_FIFO], fifo_len;
    u8 buffer[FDC_SECTOR_MAX];
} FdcState;

typedef struct Fdc {
    FdcState s;
    Bus *bus;
    EventQueue *queue;
    Line irq;
    DmaLine dma;
    Disk *disk[FDC_DRIVES];
    Event step;            /* the next thing the command in execution does */
    Event poll;            /* end of the polling after a reset */
    Event seek[FDC_UNITS]; /* end of a seek */
} Fdc;

void fdc_init(Fdc *f, const FdcConfig *cfg);
void fdc_reset(Fdc *f); /* the RESET pin */

/* Media. Drive 0 or 1; the Disk stays the caller's. A change sets the disk-change line.
 * fdc_insert() ejects what was there; both return it, or NULL. Before the first fdc_reset() they
 * set what is in the drive at power-on. */
Disk *fdc_insert(Fdc *f, int drive, Disk *disk);
Disk *fdc_eject(Fdc *f, int drive);

/* Where its medium fails; the caller may change it between two instructions. */
DiskFaults *fdc_faults(Fdc *f, int drive);

/* Is a motor running (a light for the frontend)? */
static inline bool fdc_motor(const Fdc *f, int drive)
{
    return f->s.dor >> (4 + drive) & 1;
}

#endif
