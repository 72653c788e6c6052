/* atapi.c: a CD-ROM drive on an ATA channel: the PACKET protocol (ATA/ATAPI-4 9.7, SFF-8020i 5) and
 * the packet commands of MMC-2 that move blocks, the tray and the sense data; the others are in
 * atapi_info.c and atapi_audio.c. The task file's registers as a packet device uses them:
 *
 *   features     bit 0 DMA: the data go by the bus master (refused where there is none)
 *   count        interrupt reason: bit 1 IO (to the host), bit 0 CoD (command, or status)
 *   LBA mid/high byte count: the host's limit before, what this DRQ block holds after
 *   error        bits 7-4 sense key, 2 ABRT          status  bit 0 CHK
 *
 * A packet command: A0h, DRQ with CoD; 12 bytes; BSY; DRQ blocks with IO, each with an interrupt;
 * at last DRDY with IO and CoD and an interrupt. */
#include "devices/atapi_parts.h"

enum { PACKET_BYTES = 12, REASON_COMMAND = 1, REASON_TO_HOST = 2 };
enum { EVENT_EJECT = 1, EVENT_NEW = 2, EVENT_REMOVED = 3 };

static AtapiState *cd_state(IdeDrive *d)
{
    return &ide_state(d)->cd;
}

/* ---- the ends of a command ------------------------------------------------------------------- */

static void status_phase(IdeDrive *d)
{
    cd_state(d)->stage = ATAPI_IDLE;
    ide_state(d)->count = REASON_COMMAND | REASON_TO_HOST;
}

void atapi_good(IdeDrive *d)
{
    AtapiState *c = cd_state(d);
    c->key = c->asc = c->ascq = 0;
    status_phase(d);
    ide_complete(d);
}

void atapi_fail(IdeDrive *d, u8 key, u8 asc, u8 ascq)
{
    AtapiState *c = cd_state(d);
    c->key = key;
    c->asc = asc;
    c->ascq = ascq;
    status_phase(d);
    ide_abort(d, (u8)(key << 4 | IDE_ABRT), 0);
}

/* ---- data to the host ------------------------------------------------------------------------ */

/* Offers the next part of the buffer: at most as many bytes as the host allows between two
 * interrupts, an even number unless it is the last. */
static void offer_part(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    u32 from = s->end, left = s->cd.filled - from, limit = s->cd.limit;
    u32 n = left <= limit ? left : limit & ~1u;
    s->lba1 = (u8)n;
    s->lba2 = (u8)(n >> 8);
    s->count = REASON_TO_HOST;
    ide_offer(d, IDE_DATA_IN, 0);
    s->pos = (u16)from;
    s->end = (u16)(from + n);
    ide_interrupt(d);
}

/* What the buffer holds, to the bus master; it may take it in parts. */
static void dma_part(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    bool tc;
    s->pos += (u16)dma_line_write(&d->channel->dma, s->buffer + s->pos, s->end - s->pos, &tc);
    if (!ide_dma_wait(d))
        ide_later(d, IDE_DMA_IN, IDE_BLOCK_US);
}

/* The buffer is full: its first `filled` bytes are for the host. */
static void offer(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    s->pos = s->end = 0;
    if (!s->cd.dma) {
        offer_part(d);
        return;
    }
    s->count = REASON_TO_HOST;
    s->end = s->cd.filled;
    s->phase = IDE_DMA_IN;
    dma_part(d);
}

void atapi_reply(IdeDrive *d, u32 bytes, u32 room)
{
    AtapiState *c = cd_state(d);
    if (bytes > room)
        bytes = room;
    if (!bytes) {
        atapi_good(d);
        return;
    }
    c->stage = ATAPI_REPLY;
    c->filled = (u16)bytes;
    offer(d);
}

/* ---- reading --------------------------------------------------------------------------------- */

const DiskTrack *atapi_track(const DiskToc *t, u32 frame)
{
    int i = t->count - 1;
    while (i > 0 && t->track[i].start > frame)
        i--;
    return &t->track[i];
}

void atapi_put_msf(u8 *p, u32 frame)
{
    frame += 150;
    p[0] = 0;
    p[1] = (u8)(frame / 75 / 60);
    p[2] = (u8)(frame / 75 % 60);
    p[3] = (u8)(frame % 75);
}

static u8 bcd(u8 v)
{
    return (u8)(v / 10 << 4 | v % 10);
}

/* The Q channel as READ CD gives it (MMC-2 table 89): control and ADR, track, index, position in
 * the track, zero, position on the disc; no CRC. */
static void put_q(IdeDrive *d, u32 frame, u8 *p)
{
    const DiskTrack *t = atapi_track(d->disk->toc, frame);
    u8 within[4], absolute[4];
    atapi_put_msf(within, (frame >= t->start ? frame - t->start : t->start - frame) - 150);
    atapi_put_msf(absolute, frame);
    memset(p, 0, 16);
    p[0] = (u8)(t->control << 4 | 1);
    p[1] = bcd(t->number);
    p[2] = frame >= t->start;
    for (int i = 1; i < 4; i++) {
        p[2 + i] = bcd(within[i]);
        p[6 + i] = bcd(absolute[i]);
    }
}

/* Which bytes of a frame READ CD's flags select (MMC-2 table 91): sync, header, subheader, user
 * data, EDC and ECC, by kind of track. Returns how many. */
static u32 pick(const u8 *frame, const DiskTrack *t, u8 select, u8 *dst)
{
    bool form = t->mode == 2;
    const struct {
        u8 flag;
        u16 from, bytes;
    } parts[] = {{0x80, 0, 12},
                 {0x20, 12, 4},
                 {0x40, 16, form ? 8 : 0},
                 {0x10, form ? 24 : 16, 2048},
                 {0x08, form ? 2072 : 2064, form ? 280 : 288}};
    u32 n = 0;
    if (t->mode == 0) { /* audio has no parts */
        if (select & 0xF8)
            memcpy(dst, frame, DISK_CD_FRAME);
        return select & 0xF8 ? DISK_CD_FRAME : 0;
    }
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (select & parts[i].flag) {
            memcpy(dst + n, frame + parts[i].from, parts[i].bytes);
            n += parts[i].bytes;
        }
    return n;
}

/* Is the block one that the medium is made to fail at? The command then has failed, or hangs. */
static bool faulty(IdeDrive *d, u32 frame)
{
    DiskFaultKind kind;
    disk_faults_before(&ide_state(d)->faults, frame, 1, false, &kind);
    if (kind == FAULT_TIMEOUT)
        ide_hang(d);
    else if (kind != FAULT_NONE)
        atapi_fail(d, KEY_MEDIUM, kind == FAULT_READ ? ASC_UNREADABLE : ASC_POSITIONING, 0);
    return kind != FAULT_NONE;
}

/* One block into the buffer. False: the command has failed. */
static bool fetch_block(IdeDrive *d, u32 frame, u8 *dst)
{
    AtapiState *c = cd_state(d);
    const DiskTrack *t = atapi_track(d->disk->toc, frame);
    u8 raw[DISK_CD_FRAME];
    bool plain = c->select == 0x10 && !c->sub && c->frame == DISK_CD_BLOCK;
    if (plain && !t->mode) {
        atapi_fail(d, KEY_ILLEGAL, ASC_TRACK_MODE, 0);
        return false;
    }
    DiskResult r = plain ? disk_read(d->disk, (u64)frame * 4, 4, dst)
                         : disk_read_frame(d->disk, frame, raw);
    if (r != DISK_OK) {
        atapi_fail(d, KEY_MEDIUM, ASC_UNREADABLE, 0);
        return false;
    }
    if (plain)
        return true;
    u32 n = pick(raw, t, c->select, dst);
    if (c->sub)
        put_q(d, frame, dst + n);
    if (n + (c->sub ? 16u : 0) == c->frame)
        return true;
    atapi_fail(d, KEY_ILLEGAL, ASC_TRACK_MODE, 0); /* another kind of track begins */
    return false;
}

static void fetch(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    AtapiState *c = &s->cd;
    u32 room = IDE_BUFFER / c->frame, n = c->left < room ? c->left : room;
    if (!atapi_disc(d)) { /* taken out meanwhile */
        atapi_fail(d, KEY_NOT_READY, ASC_NO_DISC, 0);
        return;
    }
    for (u32 i = 0; i < n; i++) {
        if (s->lba + i >= atapi_end(d)) {
            atapi_fail(d, KEY_ILLEGAL, ASC_ADDRESS, 0);
            return;
        }
        if (faulty(d, (u32)s->lba + i) ||
            !fetch_block(d, (u32)s->lba + i, s->buffer + i * c->frame))
            return;
    }
    s->lba += n;
    c->left -= n;
    c->filled = (u16)(n * c->frame);
    offer(d);
}

static void start_read(IdeDrive *d, u32 lba, u32 count)
{
    IdeDriveState *s = ide_state(d);
    AtapiState *c = &s->cd;
    if (lba >= atapi_end(d) || count > atapi_end(d) - lba) {
        atapi_fail(d, KEY_ILLEGAL, ASC_ADDRESS, 0);
        return;
    }
    if (c->audio == AUDIO_PLAY)
        atapi_end_audio(d, AUDIO_DONE);
    if (!count || !c->frame) {
        atapi_good(d);
        return;
    }
    s->lba = lba;
    c->left = count;
    c->stage = ATAPI_READ;
    fetch(d);
}

static void read_blocks(IdeDrive *d)
{
    AtapiState *c = cd_state(d);
    const u8 *p = c->packet;
    c->frame = DISK_CD_BLOCK;
    c->select = 0x10;
    c->sub = 0;
    start_read(d, be(p + 2, 4), p[0] == 0xA8 ? be(p + 6, 4) : be(p + 7, 2));
}

bool atapi_from_msf(const u8 *p, u32 *frame)
{
    u32 at = (p[0] * 60u + p[1]) * 75 + p[2];
    *frame = at - 150;
    return p[1] < 60 && p[2] < 75 && at >= 150;
}

static void read_cd(IdeDrive *d)
{
    static const u8 wanted_mode[8] = {0xFF, 0, 1, 2, 2, 2, 0xFE, 0xFE};
    AtapiState *c = cd_state(d);
    const u8 *p = c->packet;
    u32 from, to, count;
    u8 frame[DISK_CD_FRAME] = {0}, out[DISK_CD_FRAME];
    if (p[0] == 0xB9) {
        if (!atapi_from_msf(p + 3, &from) || !atapi_from_msf(p + 6, &to) || to < from) {
            atapi_fail(d, KEY_ILLEGAL, ASC_FIELD, 0);
            return;
        }
        count = to - from;
    } else {
        from = be(p + 2, 4);
        count = be(p + 6, 3);
    }
    if (from >= atapi_end(d)) {
        atapi_fail(d, KEY_ILLEGAL, ASC_ADDRESS, 0);
        return;
    }
    const DiskTrack *t = atapi_track(d->disk->toc, from);
    u8 wanted = wanted_mode[p[1] >> 2 & 7];
    if (p[9] & 6 || (p[10] & 7) == 1 || (p[10] & 7) > 2) { /* C2 pointers; R-W */
        atapi_fail(d, KEY_ILLEGAL, ASC_FIELD, 0);
        return;
    }
    if (wanted != 0xFF && wanted != t->mode) {
        atapi_fail(d, KEY_ILLEGAL, ASC_TRACK_MODE, 0);
        return;
    }
    c->select = p[9] & 0xF8;
    c->sub = (p[10] & 7) == 2;
    c->frame = (u16)(pick(frame, t, c->select, out) + (c->sub ? 16 : 0));
    start_read(d, from, count);
}

static void seek(IdeDrive *d)
{
    if (be(cd_state(d)->packet + 2, 4) >= atapi_end(d))
        atapi_fail(d, KEY_ILLEGAL, ASC_ADDRESS, 0);
    else
        atapi_good(d);
}

/* ---- the tray -------------------------------------------------------------------------------- */

static void start_stop(IdeDrive *d)
{
    AtapiState *c = cd_state(d);
    bool load = c->packet[4] & 2, start = c->packet[4] & 1;
    atapi_end_audio(d, AUDIO_NONE);
    if (load && !start && c->locked && !c->open) {
        atapi_fail(d, KEY_NOT_READY, ASC_LOCKED, 2);
        return;
    }
    if (load && c->open != !start) {
        c->open = !start;
        if (d->disk) {
            c->event = start ? EVENT_NEW : EVENT_REMOVED;
            c->attention = start ? ASC_CHANGED : 0;
        }
    }
    atapi_good(d);
}

static void prevent_removal(IdeDrive *d)
{
    cd_state(d)->locked = cd_state(d)->packet[4] & 1;
    atapi_good(d);
}

Disk *ide_change(Ide *ide, int drive, Disk *disc)
{
    IdeDrive *d = &ide->drive[drive];
    Disk *old = d->disk;
    AtapiState *c = cd_state(d);
    atapi_end_audio(d, AUDIO_NONE);
    d->disk = disc && disc->toc ? disc : NULL;
    ide_state(d)->media = disc ? disc->id : 0;
    ide_state(d)->faults = disc ? disc->faults : (DiskFaults){.count = 0};
    c->open = false;
    c->locked = c->locked && disc;
    c->event = disc ? EVENT_NEW : EVENT_REMOVED;
    c->attention = disc ? ASC_CHANGED : c->attention;
    return old;
}

bool ide_locked(const Ide *ide, int drive)
{
    return ide->s.drive[drive].cd.locked && ide->drive[drive].disk;
}

void ide_ask_eject(Ide *ide, int drive)
{
    ide->s.drive[drive].cd.event = EVENT_EJECT;
}

/* ---- packet commands ------------------------------------------------------------------------- */

static void request_sense(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    AtapiState *c = &s->cd;
    if (!c->key && c->attention) {
        c->key = KEY_ATTENTION;
        c->asc = c->attention;
        c->attention = 0;
    }
    memset(s->buffer, 0, 18);
    s->buffer[0] = 0x70;
    s->buffer[2] = c->key;
    s->buffer[7] = 10;
    s->buffer[12] = c->asc;
    s->buffer[13] = c->ascq;
    c->key = c->asc = c->ascq = 0;
    atapi_reply(d, 18, c->packet[4]);
}

/* Of the settings that the host writes only the volume has an effect. */
static void mode_select(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    AtapiState *c = &s->cd;
    u32 n = be(c->packet + 7, 2);
    if (!n) {
        atapi_good(d);
        return;
    }
    if (n > IDE_BUFFER || n > c->limit || c->dma) {
        atapi_fail(d, KEY_ILLEGAL, ASC_FIELD, 0);
        return;
    }
    c->stage = ATAPI_TAKE;
    s->count = 0;
    s->lba1 = (u8)n;
    s->lba2 = (u8)(n >> 8);
    ide_offer(d, IDE_DATA_OUT, n);
    ide_interrupt(d);
}

enum { NEEDS_DISC = 1, NO_ATTENTION = 2 };

static const struct {
    u8 code, flags;
    void (*run)(IdeDrive *d);
} packets[] = {
    {0x00, NEEDS_DISC, atapi_good},
    {0x03, NO_ATTENTION, request_sense},
    {0x12, NO_ATTENTION, atapi_inquiry},
    {0x1B, 0, start_stop},
    {0x1E, 0, prevent_removal},
    {0x25, NEEDS_DISC, atapi_read_capacity},
    {0x28, NEEDS_DISC, read_blocks},
    {0x2B, NEEDS_DISC, seek},
    {0x42, NEEDS_DISC, atapi_read_subchannel},
    {0x43, NEEDS_DISC, atapi_read_toc},
    {0x45, NEEDS_DISC, atapi_play_audio},
    {0x46, NO_ATTENTION, atapi_get_configuration},
    {0x47, NEEDS_DISC, atapi_play_audio},
    {0x4A, NO_ATTENTION, atapi_event_status},
    {0x4B, NEEDS_DISC, atapi_pause_resume},
    {0x4E, NEEDS_DISC, atapi_stop_play},
    {0x51, NEEDS_DISC, atapi_disc_information},
    {0x52, NEEDS_DISC, atapi_track_information},
    {0x55, 0, mode_select},
    {0x5A, 0, atapi_mode_sense},
    {0xA5, NEEDS_DISC, atapi_play_audio},
    {0xA8, NEEDS_DISC, read_blocks},
    {0xB9, NEEDS_DISC, read_cd},
    {0xBB, 0, atapi_good}, /* SET CD SPEED */
    {0xBD, 0, atapi_mechanism_status},
    {0xBE, NEEDS_DISC, read_cd},
};

static void run_packet(IdeDrive *d)
{
    AtapiState *c = cd_state(d);
    for (size_t i = 0; i < ARRAY_LEN(packets); i++) {
        if (packets[i].code != c->packet[0])
            continue;
        if (c->attention && !(packets[i].flags & NO_ATTENTION)) {
            u8 asc = c->attention;
            c->attention = 0;
            atapi_fail(d, KEY_ATTENTION, asc, 0);
        } else if (packets[i].flags & NEEDS_DISC && !atapi_disc(d)) {
            atapi_fail(d, KEY_NOT_READY, ASC_NO_DISC, c->open ? 2 : 1);
        } else {
            packets[i].run(d);
        }
        return;
    }
    atapi_fail(d, KEY_ILLEGAL, ASC_COMMAND, 0);
}

/* ---- ATA commands ---------------------------------------------------------------------------- */

static void packet(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    u32 limit = s->lba1 | (u32)s->lba2 << 8;
    s->cd.dma = s->features & 1;
    if (s->cd.dma && !ide_has_bus_master(d)) {
        ide_abort(d, IDE_ABRT, 0);
        return;
    }
    /* ATA-4 8.23: FFFFh counts as FFFEh, an odd limit only serves what fits in one go */
    s->cd.limit = (u16)(limit == 0xFFFF || !limit ? 0xFFFE : limit);
    if (s->cd.limit == 1)
        s->cd.limit = 2;
    s->cd.stage = ATAPI_PACKET;
    s->count = REASON_COMMAND;
    ide_offer(d, IDE_DATA_OUT, PACKET_BYTES);
}

static void refuse_with_signature(IdeDrive *d)
{
    u8 device = ide_state(d)->device;
    ide_signature(d);
    ide_state(d)->device = device;
    ide_abort(d, IDE_ABRT, 0);
}

static void reset_transfer(IdeDrive *d)
{
    AtapiState *c = cd_state(d);
    c->stage = ATAPI_IDLE;
    c->left = 0;
    c->filled = 0;
    c->key = c->asc = c->ascq = 0;
}

static void run_command(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    switch (s->command) {
    case 0x08: /* DEVICE RESET */
        reset_transfer(d);
        ide_signature(d);
        break;
    case 0x20: /* READ SECTORS, IDENTIFY DEVICE: "I am a packet device" (ATA-4 9.1) */
    case 0x21:
    case 0xEC:
        refuse_with_signature(d);
        break;
    case 0x90:
        ide_diagnose(d->channel);
        break;
    case 0xA0:
        packet(d);
        break;
    case 0xA1:
        atapi_identify(d);
        break;
    case 0xE5: /* CHECK POWER MODE */
    case 0x98:
        s->count = 0xFF;
        ide_complete(d);
        break;
    case 0xEF: /* SET FEATURES: the transfer mode */
        if (s->features == 3 && ide_set_transfer_mode(d))
            ide_complete(d);
        else
            ide_abort(d, IDE_ABRT, 0);
        break;
    default:
        if (s->command >= 0xE0 && s->command <= 0xE3) /* idle, standby */
            ide_complete(d);
        else
            ide_abort(d, IDE_ABRT, 0);
    }
}

static void atapi_event(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    if (s->phase == IDE_COMMAND) {
        s->cd.stage = ATAPI_IDLE;
        run_command(d);
    } else if (s->phase == IDE_DMA_IN && s->pos < s->end) {
        dma_part(d);
    } else if (s->phase == IDE_DMA_IN) {
        if (s->cd.stage == ATAPI_READ && s->cd.left)
            fetch(d);
        else
            atapi_good(d);
    } else if (s->phase == IDE_FETCH && s->cd.stage == ATAPI_PACKET) {
        run_packet(d);
    } else if (s->phase == IDE_FETCH && s->cd.stage == ATAPI_READ) {
        if (s->end < s->cd.filled)
            offer_part(d);
        else if (s->cd.left)
            fetch(d);
        else
            atapi_good(d);
    } else if (s->phase == IDE_FETCH) {
        if (s->cd.stage == ATAPI_REPLY && s->end < s->cd.filled) {
            offer_part(d);
            return;
        }
        if (s->cd.stage == ATAPI_TAKE)
            atapi_take_pages(d, s->buffer, s->end);
        atapi_good(d);
    }
}

static void atapi_transferred(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    if (s->cd.stage == ATAPI_IDLE) { /* IDENTIFY PACKET DEVICE */
        s->phase = IDE_IDLE;
        s->status = IDE_DRDY | IDE_DSC;
        return;
    }
    if (s->cd.stage == ATAPI_PACKET)
        memcpy(s->cd.packet, s->buffer, PACKET_BYTES);
    ide_later(d, IDE_FETCH, s->cd.stage == ATAPI_PACKET ? IDE_COMMAND_US : IDE_BLOCK_US);
}

static void atapi_power_on(IdeDrive *d)
{
    AtapiState *c = cd_state(d);
    memset(c, 0, sizeof *c);
    atapi_reset_audio(d);
    c->attention = ASC_RESET;
    ide_state(d)->cylinders = ide_state(d)->heads = ide_state(d)->sectors = 1; /* has none */
}

static void atapi_soft_reset(IdeDrive *d)
{
    reset_transfer(d);
}

const IdeKind atapi_kind = {.packet = true,
                            .power_on = atapi_power_on,
                            .soft_reset = atapi_soft_reset,
                            .event = atapi_event,
                            .transferred = atapi_transferred};
