/* ide_parts.h: what an ATA channel (ide.c) and the kinds of drive on it (ide_disk.c) share.
 * Nobody else includes this. A kind of drive is an IdeKind: above all, what a command does when
 * its time has come, and what follows when the host has emptied or filled the buffer. */
#ifndef GLASS86_IDE_PARTS_H
#define GLASS86_IDE_PARTS_H

#include "devices/ide.h"

typedef enum {
    IDE_IDLE,
    IDE_COMMAND,  /* BSY: the command runs when the event fires */
    IDE_FETCH,    /* BSY: the next block is read */
    IDE_DATA_IN,  /* DRQ: the host reads the buffer */
    IDE_DATA_OUT, /* DRQ: the host fills the buffer */
    IDE_RESETTING,
    IDE_DMA_IN,  /* a bus master empties the buffer: BSY between blocks, DRQ while it must wait */
    IDE_DMA_OUT, /* it fills the buffer, likewise */
} IdePhase;

/* What the host and a CD-ROM drive are about to exchange. */
typedef enum { ATAPI_IDLE, ATAPI_PACKET, ATAPI_READ, ATAPI_REPLY, ATAPI_TAKE } AtapiStage;

enum {
    IDE_BSY = 0x80,
    IDE_DRDY = 0x40,
    IDE_DF = 0x20,
    IDE_DSC = 0x10,
    IDE_DRQ = 0x08,
    IDE_ERR = 0x01
};
enum { IDE_HOB = 0x80 }; /* of the device control register: previous bytes are read */
enum { IDE_UNC = 0x40, IDE_WP = 0x40, IDE_IDNF = 0x10, IDE_ABRT = 0x04 };

/* Guest time, in microseconds: short, since nothing depends on real drives' slowness. */
enum { IDE_COMMAND_US = 20, IDE_BLOCK_US = 10, IDE_RESET_US = 400 };

static inline IdeDriveState *ide_state(const IdeDrive *d)
{
    return &d->channel->s.drive[d->number];
}

static inline bool ide_has_bus_master(const IdeDrive *d)
{
    return d->channel->dma.read;
}

enum { IDE_MWDMA = 0x20 }; /* transfer modes: multiword DMA mode 0 */

/* ide.c: what a drive does to the channel */
void ide_later(IdeDrive *d, IdePhase phase,
               u32 us);          /* BSY until the event, then ide_disk_event() */
void ide_interrupt(IdeDrive *d); /* now, or soon if d->defer */
void ide_offer(IdeDrive *d, IdePhase phase,
               u32 bytes);                             /* DRQ: the host moves bytes of the buffer */
/* Bytes of the buffer are left that the bus master did not take or bring: DRQ until it is started
 * again, then the phase's event. False: none are. */
bool ide_dma_wait(IdeDrive *d);
void ide_complete(IdeDrive *d);                        /* success, with interrupt */
void ide_abort(IdeDrive *d, u8 error, u8 status_bits); /* ERR, with interrupt */
void ide_hang(IdeDrive *d); /* BSY for good: only a reset ends it */
void ide_signature(IdeDrive *d);
void ide_diagnose(Ide *ide); /* EXECUTE DEVICE DIAGNOSTIC concerns both drives */

/* A kind of drive: a hard disk (ide_disk.c) or a CD-ROM drive (atapi.c). */
typedef struct IdeKind {
    bool packet; /* signature EB14h; DEVICE RESET is heard while busy */
    bool (*at_once)(u8 command); /* it runs without BSY; NULL: none does */
    void (*power_on)(IdeDrive *d);
    void (*soft_reset)(IdeDrive *d);
    void (*event)(IdeDrive *d);       /* phases COMMAND, FETCH */
    void (*transferred)(IdeDrive *d); /* the host has moved the last byte */
} IdeKind;

extern const IdeKind ide_disk_kind, atapi_kind;
void atapi_on_slice(void *drive, u64 when); /* event, atapi_audio.c */

/* IDENTIFY's words and strings */
static inline void ide_put_word(u8 *b, int word, u32 value)
{
    store_le(b + word * 2, 2, value);
}
void ide_put_string(u8 *b, int word, int words, const char *text);
void ide_put_dma(const IdeDriveState *s, u8 *b); /* where there is a bus master */

/* SET FEATURES 03h. False: no such mode. */
bool ide_set_transfer_mode(IdeDrive *d);

#endif
