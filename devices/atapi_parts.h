/* atapi_parts.h: what the CD-ROM drive's files share: packets and their protocol (atapi.c), what
 * drive and disc tell of themselves (atapi_info.c). Nobody else includes this. */
#ifndef GLASS86_ATAPI_PARTS_H
#define GLASS86_ATAPI_PARTS_H

#include "devices/ide_parts.h"

/* Sense keys and additional codes (MMC-2, SPC) */
enum { KEY_NONE, KEY_NOT_READY = 2, KEY_MEDIUM = 3, KEY_ILLEGAL = 5, KEY_ATTENTION = 6 };
enum {
    ASC_SEEK = 0x02,
    ASC_UNREADABLE = 0x11,
    ASC_POSITIONING = 0x15,
    ASC_COMMAND = 0x20,
    ASC_ADDRESS = 0x21,
    ASC_FIELD = 0x24,
    ASC_CHANGED = 0x28,
    ASC_RESET = 0x29,
    ASC_SEQUENCE = 0x2C,
    ASC_NO_DISC = 0x3A,
    ASC_LOCKED = 0x53,
    ASC_TRACK_MODE = 0x64,
};

static inline u32 be(const u8 *p, int n)
{
    u32 v = 0;
    while (n--)
        v = v << 8 | *p++;
    return v;
}

static inline void put_be(u8 *p, int n, u32 v)
{
    while (n--) {
        p[n] = (u8)v;
        v >>= 8;
    }
}

/* The disc that the drive sees: none while the tray is open. */
static inline Disk *atapi_disc(IdeDrive *d)
{
    return ide_state(d)->cd.open ? NULL : d->disk;
}

static inline u32 atapi_end(IdeDrive *d) /* first frame after the last */
{
    const DiskToc *t = d->disk->toc;
    return t->track[t->count].start;
}

const DiskTrack *atapi_track(const DiskToc *t, u32 frame); /* that holds it */

/* Ends the packet command. */
void atapi_good(IdeDrive *d);
void atapi_fail(IdeDrive *d, u8 key, u8 asc, u8 ascq);
/* The first `bytes` of the buffer go to the host, at most `room` of them. */
void atapi_reply(IdeDrive *d, u32 bytes, u32 room);
void atapi_put_msf(u8 *p, u32 frame); /* 4 bytes: 0, minute, second, frame */
/* Where the audio playing has come to; ends it when it is through. */
u32 atapi_play_position(IdeDrive *d);

/* Minute, second, frame; false: not a position on a disc. */
bool atapi_from_msf(const u8 *p, u32 *frame);

/* atapi_audio.c */
enum { AUDIO_PLAY = 0x11, AUDIO_PAUSE = 0x12, AUDIO_DONE = 0x13, AUDIO_NONE = 0x15 };
void atapi_reset_audio(IdeDrive *d); /* power-on: silent, full volume */
void atapi_end_audio(IdeDrive *d, u8 how); /* AUDIO_DONE, AUDIO_NONE or AUDIO_PAUSE from now on */
u32 atapi_page_audio(IdeDrive *d, u8 *p, bool changeable);
void atapi_take_pages(IdeDrive *d, const u8 *b, u32 bytes); /* what MODE SELECT brought */
void atapi_play_audio(IdeDrive *d);
void atapi_pause_resume(IdeDrive *d);
void atapi_stop_play(IdeDrive *d);

/* atapi_info.c: commands; each ends with one of the above */
void atapi_inquiry(IdeDrive *d);
void atapi_mode_sense(IdeDrive *d);
void atapi_read_toc(IdeDrive *d);
void atapi_read_subchannel(IdeDrive *d);
void atapi_get_configuration(IdeDrive *d);
void atapi_event_status(IdeDrive *d);
void atapi_mechanism_status(IdeDrive *d);
void atapi_read_capacity(IdeDrive *d);
void atapi_disc_information(IdeDrive *d);
void atapi_track_information(IdeDrive *d);
void atapi_identify(IdeDrive *d);

#endif
