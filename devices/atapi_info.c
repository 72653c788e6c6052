/* atapi_info.c: packet commands by which a CD-ROM drive describes itself and its disc (SFF-8020i,
 * MMC-2): INQUIRY, mode pages, table of contents, features, events. Each builds its answer in the
 * buffer and replies with as much of it as the host has room for. */
#include "devices/atapi_parts.h"

#include <stdio.h>

static u8 *begin(IdeDrive *d, u32 n)
{
    return memset(ide_state(d)->buffer, 0, n);
}

static const u8 *packet_of(IdeDrive *d)
{
    return ide_state(d)->cd.packet;
}

static void put_text(u8 *p, int n, const char *text)
{
    int len = (int)strlen(text);
    for (int i = 0; i < n; i++)
        p[i] = i < len ? (u8)text[i] : ' ';
}

void atapi_inquiry(IdeDrive *d)
{
    u8 *b = begin(d, 36);
    const u8 *p = packet_of(d);
    if (p[1] & 3) { /* vital product data */
        atapi_fail(d, KEY_ILLEGAL, ASC_FIELD, 0);
        return;
    }
    b[0] = 5;    /* CD-ROM */
    b[1] = 0x80; /* removable */
    b[3] = 0x21; /* ATAPI; response data format */
    b[4] = 31;
    put_text(b + 8, 8, "GLASS86");
    put_text(b + 16, 16, "CD-ROM DRIVE");
    put_text(b + 32, 4, "1.0");
    atapi_reply(d, 36, p[4]);
}

/* ---- mode pages ------------------------------------------------------------------------------ */

/* Each page; `changeable`: ones where MODE SELECT may change something, which is nowhere here. */
static u32 page_errors(u8 *p, bool changeable)
{
    p[0] = 0x01;
    p[1] = 6;
    if (changeable)
        return 8;
    p[3] = 5; /* retries */
    return 8;
}

static u32 page_cd(u8 *p, bool changeable)
{
    p[0] = 0x0D;
    p[1] = 6;
    if (changeable)
        return 8;
    p[3] = 0x0D; /* spin-down */
    put_be(p + 4, 2, 60);
    put_be(p + 6, 2, 75);
    return 8;
}

static u32 page_capabilities(u8 *p, bool locked, bool changeable)
{
    p[0] = 0x2A;
    p[1] = 18;
    if (changeable)
        return 20;
    p[4] = 0x71; /* audio, mode 2 forms 1 and 2, multisession */
    p[5] = 0x03; /* CD-DA commands, accurate stream */
    p[6] = (u8)(0x29 | (locked ? 2 : 0)); /* tray, eject, lock */
    put_be(p + 8, 2, 706); /* 4x, in KB/s */
    put_be(p + 10, 2, 256);
    put_be(p + 12, 2, 128);
    put_be(p + 14, 2, 706);
    return 20;
}

void atapi_mode_sense(IdeDrive *d)
{
    const u8 *p = packet_of(d);
    u8 *b = begin(d, 128), page = p[2] & 0x3F;
    bool changeable = p[2] >> 6 == 1;
    u32 n = 8;
    if (p[2] >> 6 == 3) { /* saved values */
        atapi_fail(d, KEY_ILLEGAL, 0x39, 0);
        return;
    }
    if (page == 0x01 || page == 0x3F)
        n += page_errors(b + n, changeable);
    if (page == 0x0D || page == 0x3F)
        n += page_cd(b + n, changeable);
    if (page == 0x0E || page == 0x3F)
        n += atapi_page_audio(d, b + n, changeable);
    if (page == 0x2A || page == 0x3F)
        n += page_capabilities(b + n, ide_state(d)->cd.locked, changeable);
    if (n == 8) {
        atapi_fail(d, KEY_ILLEGAL, ASC_FIELD, 0);
        return;
    }
    put_be(b, 2, n - 2);
    b[2] = !atapi_disc(d) ? (ide_state(d)->cd.open ? 0x71 : 0x70)
           : d->disk->toc->track[0].mode ? 0x01 : 0x02;
    atapi_reply(d, n, be(p + 7, 2));
}

/* ---- the disc -------------------------------------------------------------------------------- */

static void put_address(u8 *p, u32 frame, bool msf)
{
    if (msf)
        atapi_put_msf(p, frame);
    else
        put_be(p, 4, frame);
}

void atapi_read_capacity(IdeDrive *d)
{
    u8 *b = begin(d, 8);
    put_be(b, 4, atapi_end(d) - 1);
    put_be(b + 4, 4, DISK_CD_BLOCK);
    atapi_reply(d, 8, 8);
}

static u32 toc_tracks(const DiskToc *t, u8 from, bool msf, u8 *b)
{
    u32 n = 4;
    b[2] = t->track[0].number;
    b[3] = t->track[t->count - 1].number;
    for (int i = 0; i <= t->count; i++) {
        const DiskTrack *k = &t->track[i];
        if (k->number < from)
            continue;
        b[n + 1] = (u8)(0x10 | k->control);
        b[n + 2] = k->number;
        put_address(b + n + 4, k->start, msf);
        n += 8;
    }
    return n;
}

static u32 toc_session(const DiskToc *t, bool msf, u8 *b)
{
    b[2] = b[3] = 1;
    b[5] = (u8)(0x10 | t->track[0].control);
    b[6] = t->track[0].number;
    put_address(b + 8, t->track[0].start, msf);
    return 12;
}

/* The lead-in's Q channel: points A0h, A1h, A2h and the tracks (MMC-2 table 207). */
static u32 toc_full(const DiskToc *t, u8 *b)
{
    u32 n = 4;
    b[2] = b[3] = 1;
    for (int i = -3; i < t->count; i++) {
        const DiskTrack *k = i >= 0    ? &t->track[i]
                             : i == -3 ? &t->track[0]
                                       : &t->track[t->count - 1];
        u8 *e = b + n;
        u8 position[4] = {0};
        e[0] = 1;
        e[1] = (u8)(0x10 | k->control);
        e[3] = i >= 0 ? k->number : (u8)(0xA3 + i);
        if (i >= 0)
            atapi_put_msf(position, k->start);
        else if (i == -1)
            atapi_put_msf(position, t->track[t->count].start);
        else
            position[1] = k->number;
        memcpy(e + 8, position + 1, 3);
        n += 11;
    }
    return n;
}

void atapi_read_toc(IdeDrive *d)
{
    const u8 *p = packet_of(d);
    const DiskToc *t = d->disk->toc;
    u8 *b = begin(d, 4 + (DISK_CD_TRACKS + 4) * 11);
    u8 format = p[2] & 15 ? p[2] & 15 : p[9] >> 6; /* SFF-8020i has it in the last byte */
    bool msf = p[1] & 2;
    u32 n;
    if (format > 2 || (format == 0 && p[6] > t->track[t->count - 1].number && p[6] != 0xAA)) {
        atapi_fail(d, KEY_ILLEGAL, ASC_FIELD, 0);
        return;
    }
    n = format == 0 ? toc_tracks(t, p[6], msf, b) : format == 1 ? toc_session(t, msf, b)
                                                                : toc_full(t, b);
    put_be(b, 2, n - 2);
    atapi_reply(d, n, be(p + 7, 2));
}

static const DiskTrack *track_number(const DiskToc *t, u32 number)
{
    for (int i = 0; i < t->count; i++)
        if (t->track[i].number == number)
            return &t->track[i];
    return NULL;
}

void atapi_read_subchannel(IdeDrive *d)
{
    const u8 *p = packet_of(d);
    u8 *b = begin(d, 24);
    u32 at = atapi_play_position(d), n = 4;
    AtapiState *c = &ide_state(d)->cd;
    b[1] = c->audio;
    if (c->audio == AUDIO_DONE) /* told once */
        c->audio = AUDIO_NONE;
    if (p[2] & 0x40) {
        if (p[3] < 1 || p[3] > 3) {
            atapi_fail(d, KEY_ILLEGAL, ASC_FIELD, 0);
            return;
        }
        b[4] = p[3];
        n = p[3] == 1 ? 16 : 24; /* no media catalogue number, no ISRC */
        if (p[3] == 1) {
            const DiskTrack *t = atapi_track(d->disk->toc, at);
            u32 within = at >= t->start ? at - t->start : 0;
            b[5] = (u8)(0x10 | t->control);
            b[6] = t->number;
            b[7] = 1;
            put_address(b + 8, at, p[1] & 2);
            put_address(b + 12, p[1] & 2 ? within - 150 : within, p[1] & 2);
        } else if (p[3] == 3) {
            const DiskTrack *t = track_number(d->disk->toc, p[6]);
            if (!t) {
                atapi_fail(d, KEY_ILLEGAL, ASC_FIELD, 0);
                return;
            }
            b[5] = (u8)(0x10 | t->control);
            b[6] = p[6];
        }
    }
    put_be(b + 2, 2, n - 4);
    atapi_reply(d, n, be(p + 7, 2));
}

void atapi_disc_information(IdeDrive *d)
{
    const DiskToc *t = d->disk->toc;
    u8 *b = begin(d, 34);
    put_be(b, 2, 32);
    b[2] = 0x0E; /* complete */
    b[3] = t->track[0].number;
    b[4] = 1;
    b[5] = t->track[0].number;
    b[6] = t->track[t->count - 1].number;
    b[7] = 0x20; /* unrestricted use */
    memset(b + 16, 0xFF, 8);
    atapi_reply(d, 34, be(packet_of(d) + 7, 2));
}

void atapi_track_information(IdeDrive *d)
{
    const u8 *p = packet_of(d);
    const DiskToc *t = d->disk->toc;
    const DiskTrack *k = NULL;
    u32 number = be(p + 2, 4);
    u8 *b = begin(d, 28);
    if ((p[1] & 3) == 1)
        k = track_number(t, number);
    if ((p[1] & 3) == 0 && number < atapi_end(d))
        k = atapi_track(t, number);
    if (!k) {
        atapi_fail(d, KEY_ILLEGAL, ASC_FIELD, 0);
        return;
    }
    put_be(b, 2, 26);
    b[2] = k->number;
    b[3] = 1;
    b[5] = k->control;
    b[6] = k->mode ? k->mode : 0x0F;
    put_be(b + 8, 4, k->start);
    put_be(b + 24, 4, k[1].start - k->start);
    atapi_reply(d, 28, be(p + 7, 2));
}

/* ---- features and events --------------------------------------------------------------------- */

static u32 feature(u8 *p, u16 code, u8 flags, u8 extra)
{
    put_be(p, 2, code);
    p[2] = flags; /* bit 1 persistent, bit 0 current */
    p[3] = extra;
    return 4u + extra;
}

void atapi_get_configuration(IdeDrive *d)
{
    const u8 *p = packet_of(d);
    u8 *b = begin(d, 128), *f;
    bool disc = atapi_disc(d);
    u32 from = be(p + 2, 2), n = 8;
    u8 how = p[1] & 3;
    static const struct {
        u16 code;
        u8 flags, extra;
    } all[] = {{0x0000, 3, 4}, {0x0001, 3, 4}, {0x0002, 3, 4}, {0x0003, 3, 4},
               {0x0010, 0, 8}, {0x001E, 0, 4}, {0x0103, 0, 4}};
    put_be(b + 6, 2, disc ? 0x0008 : 0); /* CD-ROM profile */
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        u8 flags = (u8)(all[i].flags | disc);
        if (how == 2 ? all[i].code != from : all[i].code < from)
            continue;
        if (how == 1 && !(flags & 1))
            continue;
        f = b + n;
        n += feature(f, all[i].code, flags, all[i].extra);
        switch (all[i].code) {
        case 0x0000: /* profile list */
            put_be(f + 4, 2, 0x0008);
            f[6] = disc;
            break;
        case 0x0001: /* core: ATAPI */
            put_be(f + 4, 4, 2);
            break;
        case 0x0003: /* removable: tray, eject, lock */
            f[4] = 0x29;
            break;
        case 0x0010: /* random readable */
            put_be(f + 4, 4, DISK_CD_BLOCK);
            put_be(f + 8, 2, 16);
            break;
        case 0x0103: /* analogue play: no volume */
            put_be(f + 6, 2, 1);
            break;
        }
    }
    put_be(b, 4, n - 4);
    atapi_reply(d, n, be(p + 7, 2));
}

void atapi_event_status(IdeDrive *d)
{
    const u8 *p = packet_of(d);
    AtapiState *c = &ide_state(d)->cd;
    u8 *b = begin(d, 8);
    if (!(p[1] & 1)) { /* asynchronous */
        atapi_fail(d, KEY_ILLEGAL, ASC_FIELD, 0);
        return;
    }
    b[3] = 0x10; /* media events are what there is */
    if (!(p[4] & 0x10)) {
        b[1] = 2;
        b[2] = 0x80; /* none of those asked for */
        atapi_reply(d, 4, be(p + 7, 2));
        return;
    }
    b[1] = 6;
    b[2] = 4;
    b[4] = c->event;
    b[5] = (u8)((atapi_disc(d) ? 2 : 0) | (c->open ? 1 : 0));
    if (be(p + 7, 2) > 4)
        c->event = 0;
    atapi_reply(d, 8, be(p + 7, 2));
}

void atapi_mechanism_status(IdeDrive *d)
{
    u8 *b = begin(d, 8);
    u32 at = atapi_play_position(d);
    b[1] = (u8)((ide_state(d)->cd.open ? 0x10 : 0) | (ide_state(d)->cd.audio == 0x11 ? 0x20 : 0));
    put_be(b + 2, 3, at);
    atapi_reply(d, 8, be(packet_of(d) + 8, 2));
}

/* ---- IDENTIFY PACKET DEVICE ------------------------------------------------------------------ */

void atapi_identify(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    u8 *b = begin(d, DISK_SECTOR);
    char serial[21];
    snprintf(serial, sizeof serial, "G86-CD%02d", d->channel->number * 2 + d->number + 1);
    ide_put_word(b, 0, 0x85C0); /* packet device, CD-ROM, removable, DRQ in 50 us, 12 bytes */
    ide_put_string(b, 10, 10, serial);
    ide_put_string(b, 23, 4, "1.0");
    ide_put_string(b, 27, 20, "GLASS86 CD-ROM");
    ide_put_word(b, 49, 0x0A00); /* IORDY, LBA; no DMA but for ide_put_dma() */
    ide_put_word(b, 51, 0x0200);
    if (ide_has_bus_master(d))
        ide_put_dma(s, b);
    ide_put_word(b, 53, 2);
    ide_put_word(b, 64, 3);
    ide_put_word(b, 67, 120);
    ide_put_word(b, 68, 120);
    ide_put_word(b, 80, 0x1E);
    ide_put_word(b, 82, 0x0210); /* DEVICE RESET, PACKET */
    ide_put_word(b, 83, 0x4000);
    ide_put_word(b, 84, 0x4000);
    ide_put_word(b, 85, 0x0210);
    ide_put_word(b, 87, 0x4000);
    s->cd.stage = ATAPI_IDLE;
    ide_offer(d, IDE_DATA_IN, DISK_SECTOR);
    ide_interrupt(d);
}
