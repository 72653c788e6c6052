/* fdc_data.c: the floppy controller's commands that meet sectors. A track is what the image
 * holds: sectors 1 to n of 512 bytes with IDs (C = cylinder, H = head, R, N = 2), in MFM, at the
 * data rate that such a disk has; or sectors of several sizes where the image is one of a disk in
 * XDF (devices/disk/xdf.c). Everything a guest asks for is compared with that, as the chip
 * compares IDs.
 *
 * One sector is: begin (the ID is found; a read fetches it), move (DMA in one go, or byte by
 * byte through the FIFO), end (a write stores it), next. Reference: Intel 82077AA data sheet,
 * "Data Transfer Commands".
 *
 * NOTE: rotation is shortened: a sector comes after 200 us and a search fails after 20 ms, where
 * a real disk takes 11 ms and 400 ms. Without a disk, or with the motor off, the chip waits for
 * ever for an index pulse; here "no disk" fails like an unformatted one and the motor may be
 * off. NOTE: raw images keep no deleted-data marks: WRITE DELETED DATA writes ordinary sectors.
 * FORMAT can fill the sectors that the image has; IDs that it cannot hold end the command with
 * "no data". NOTE: double-density disks answer at 250 and at 300 kb/s in any drive, and as long
 * as no rate was programmed every disk answers: Bochs's BIOS never programs one. Nor does it
 * ever seek, so until a guest has used SEEK or CONFIGURE since the last reset, seeks are implied
 * whatever CONFIGURE's default. */
#include "devices/fdc_parts.h"

enum { SEARCH_US = 200, FAIL_US = 20000, RETRY_US = 200, RETRIES = 250 };
enum { N_512 = 2, N_MAX = 6 }; /* N of 512 and of FDC_SECTOR_MAX bytes */

/* PIO: no byte comes faster than this many instructions, so that slow processors can follow too. */
enum { BYTE_TICKS_MIN = 48 };

static void after_us(Fdc *f, u64 us)
{
    event_at(f->queue, &f->step, f->queue->clock->now + clock_us(f->queue->clock, us));
}

static void after_byte(Fdc *f, u64 when)
{
    static const u8 us[4] = {16, 27, 32, 8}; /* 8 bits at 500, 300, 250 and 1000 kb/s */
    u64 t = clock_us(f->queue->clock, us[f->s.dsr & 3]);
    event_at(f->queue, &f->step, when + (t < BYTE_TICKS_MIN ? BYTE_TICKS_MIN : t));
}

bool fdc_data_to_host(const Fdc *f)
{
    u8 op = fdc_op(f);
    return op == OP_READ || op == OP_READ_DELETED || op == OP_READ_TRACK;
}

static bool from_host(const Fdc *f)
{
    u8 op = fdc_op(f);
    return !fdc_data_to_host(f) && op != OP_VERIFY && op != OP_READ_ID;
}

static bool is_scan(u8 op)
{
    return op == OP_SCAN_EQUAL || op == OP_SCAN_LOW || op == OP_SCAN_HIGH;
}

static bool is_write(u8 op)
{
    return op == OP_WRITE || op == OP_WRITE_DELETED || op == OP_FORMAT;
}

/* ---- the end of a command -------------------------------------------------------------------- */

static void finish(Fdc *f, u8 st0)
{
    FdcState *s = &f->s;
    event_cancel(f->queue, &f->step);
    dma_line_dreq(&f->dma, false);
    s->drq = s->ending = false;
    s->fifo_len = 0;
    s->result[0] = (u8)(st0 | s->head << 2 | s->now);
    s->result[1] = s->st1;
    s->result[2] = s->st2;
    s->result[3] = s->c;
    s->result[4] = s->h;
    s->result[5] = s->r;
    s->result[6] = s->n;
    fdc_result(f, 7);
    s->result_int = true;
    fdc_set_int(f, false); /* PIO held it for data: the result is a new edge */
    fdc_set_int(f, true);
}

/* The command is over, but a PIO reader still has bytes to fetch. */
static void finish_when_empty(Fdc *f, u8 st0)
{
    if (!f->s.fifo_len) {
        finish(f, st0);
        return;
    }
    f->s.ending = true;
    f->s.ending_st0 = st0;
}

static void fail(Fdc *f, u8 st1, u8 st2)
{
    f->s.st1 |= st1;
    f->s.st2 |= st2;
    finish(f, ST0_ABNORMAL);
}

/* The chip looks for the ID until the index hole has passed twice. */
static bool not_found(Fdc *f, u8 st1, u8 st2)
{
    f->s.st1 |= st1;
    f->s.st2 |= st2;
    f->s.phase = PHASE_FAIL;
    if (f->s.drq) { /* a PIO writer was called too early */
        f->s.drq = false;
        fdc_set_int(f, false);
    }
    after_us(f, FAIL_US);
    return false;
}

/* ---- the disk under the head ----------------------------------------------------------------- */

static bool rate_fits(const Fdc *f, const Disk *d)
{
    u8 n = d->geometry.sectors, rate = f->s.dsr & 3;
    if (!f->s.rate_set)
        return true;
    if (n <= 11)
        return rate == 1 || rate == 2;
    return rate == (n <= 24 ? 0 : 3);
}

/* The disk's cylinder under the heads; false: between two, or past the last. A 1.2M drive takes
 * two steps for one track of a 40-track disk. */
static bool cylinder_here(const Fdc *f, const Disk *d, u32 *cylinder)
{
    const FdcUnitState *u = &f->s.unit[f->s.now];
    *cylinder = u->head_track;
    if (u->type == FDC_DRIVE_1200K && d->geometry.cylinders <= 43) {
        if (u->head_track & 1)
            return false;
        *cylinder /= 2;
    }
    return *cylinder < d->geometry.cylinders;
}

/* A formatted track that can be read with the rate and encoding in use. NULL: there is no mark
 * to be seen. */
static Disk *track_here(const Fdc *f, u32 *cylinder)
{
    Disk *d = fdc_disk(f, f->s.now);
    bool ok = d && rate_fits(f, d) && f->s.command[0] & CMD_MFM && f->s.head < d->geometry.heads &&
              cylinder_here(f, d, cylinder);
    return ok ? d : NULL;
}

/* Bytes of a sector with the N that was asked for, as far as a disk here can have such. */
static u16 sector_size(const FdcState *s)
{
    return s->n > N_512 && s->n <= N_MAX ? (u16)(128u << s->n) : FDC_SECTOR;
}

static u32 sector_blocks(const FdcState *s)
{
    return sector_size(s) / FDC_SECTOR;
}

/* Has this track of the disk a sector with this R and N? *lba is its first of 512 bytes. */
static bool sector_at(const Disk *d, u32 cylinder, u8 head, u8 r, u8 n, u64 *lba)
{
    if (d->xdf.fat)
        return xdf_sector(d, cylinder, head, r, n, lba);
    *lba = disk_lba(&d->geometry, cylinder, head, r);
    return n == N_512 && *lba != UINT64_MAX;
}

/* Finds the sector that s->c, h, r, n name. True: *lba is its number, or that of its first 512
 * bytes. False: the command fails. */
static bool find_sector(Fdc *f, Disk **disk, u64 *lba)
{
    FdcState *s = &f->s;
    u32 cylinder;
    Disk *d = *disk = track_here(f, &cylinder);
    if (!d)
        return not_found(f, ST1_NO_MARK, 0);
    if (s->c != cylinder)
        return not_found(f, ST1_NO_DATA, ST2_WRONG_CYLINDER);
    if (s->h != s->head || !sector_at(d, cylinder, s->head, s->r, s->n, lba))
        return not_found(f, ST1_NO_DATA, 0);
    s->unit[s->now].sector = s->r % d->geometry.sectors;
    return true;
}

/* ---- from sector to sector ------------------------------------------------------------------- */

/* Steps C, H, R on after a sector (82077, "Result Phase Table"). True: that was the last of the
 * cylinder. */
static bool advance(FdcState *s, u8 step)
{
    if (s->r != s->eot && !(step > 1 && s->r > s->eot - (step - 1))) {
        s->r = (u8)(s->r + step);
        return false;
    }
    s->r = 1;
    if (!(s->command[0] & CMD_MT)) {
        s->c++;
        return true;
    }
    s->h ^= 1;
    s->head ^= 1;
    if (s->head) /* side 0 is done, side 1 follows */
        return false;
    s->c++;
    return true;
}

static void next_sector(Fdc *f)
{
    f->s.phase = PHASE_SEARCH;
    after_us(f, SEARCH_US);
}

/* After a sector of READ, WRITE and their kin. ST0's head is the one that was in use. */
static void go_on(Fdc *f)
{
    FdcState *s = &f->s;
    u8 head = s->head;
    if (s->mark_differs) { /* the address stays; no further sector is looked for */
        finish_when_empty(f, 0);
        return;
    }
    bool end = advance(s, 1);
    if (s->tc) {
        s->head = head;
        finish_when_empty(f, 0);
    } else if (end) {
        s->head = head;
        s->st1 |= ST1_END_OF_CYLINDER;
        finish_when_empty(f, ST0_ABNORMAL);
    } else {
        next_sector(f);
    }
}

/* ---- each command's begin and end of a sector ------------------------------------------------ */

/* All return false when the command has ended or will end by itself. */

/* A sector that the medium is made to fail at? A write fault is the drive's: equipment check. */
static bool sound(Fdc *f, u64 lba, u32 blocks, bool writing)
{
    DiskFaultKind kind;
    disk_faults_before(&f->s.unit[f->s.now].faults, lba, blocks, writing, &kind);
    if (kind == FAULT_READ)
        fail(f, ST1_DATA_ERROR, ST2_DATA_ERROR);
    else if (kind == FAULT_WRITE)
        finish(f, ST0_ABNORMAL | ST0_EQUIPMENT);
    else if (kind == FAULT_MISSING)
        not_found(f, ST1_NO_DATA, 0);
    if (kind == FAULT_TIMEOUT) {
        f->s.phase = PHASE_SEARCH;
        event_cancel(f->queue, &f->step);
    }
    return kind == FAULT_NONE;
}

static bool fetch(Fdc *f, Disk *d, u64 lba, u32 blocks)
{
    f->s.want = (u16)(blocks * FDC_SECTOR);
    if (!sound(f, lba, blocks, false))
        return false;
    if (disk_read(d, lba, blocks, f->s.buffer) == DISK_OK)
        return true;
    fail(f, ST1_DATA_ERROR, ST2_DATA_ERROR);
    return false;
}

static bool begin_read(Fdc *f)
{
    FdcState *s = &f->s;
    Disk *d;
    u64 lba;
    if (!find_sector(f, &d, &lba))
        return false;
    s->mark_differs = fdc_op(f) == OP_READ_DELETED;
    if (!s->mark_differs)
        return fetch(f, d, lba, sector_blocks(s));
    s->st2 |= ST2_CONTROL_MARK;
    if (!(s->command[0] & CMD_SK))
        return fetch(f, d, lba, sector_blocks(s));
    s->mark_differs = false; /* skipped: on to the next */
    go_on(f);
    return false;
}

/* READ TRACK: the sectors as they come after the index hole, whatever their IDs. */
static bool begin_read_track(Fdc *f)
{
    FdcState *s = &f->s;
    u32 cylinder;
    Disk *d = track_here(f, &cylinder);
    if (!d)
        return not_found(f, ST1_NO_MARK, 0);
    u32 sector = (u32)s->eot - s->left + 1;
    if (!s->left || sector > d->geometry.sectors) { /* the index hole again */
        s->st1 |= ST1_END_OF_CYLINDER;
        finish(f, ST0_ABNORMAL);
        return false;
    }
    if (s->c != cylinder || s->h != s->head || s->r != sector || s->n != N_512)
        s->st1 |= ST1_NO_DATA;
    s->unit[s->now].sector = (u8)(sector % d->geometry.sectors);
    return fetch(f, d, disk_lba(&d->geometry, cylinder, s->head, sector), 1);
}

static void end_read_track(Fdc *f)
{
    FdcState *s = &f->s;
    s->left--;
    bool no_data = s->st1 & ST1_NO_DATA;
    if (s->tc) {
        s->r++;
        finish_when_empty(f, no_data ? ST0_ABNORMAL : 0);
    } else if (!s->left) {
        s->r = 1;
        s->c++;
        s->st1 |= ST1_END_OF_CYLINDER;
        finish_when_empty(f, ST0_ABNORMAL);
    } else {
        s->r++;
        next_sector(f);
    }
}

/* WRITE and SCAN: the sector must be there before the host's bytes are taken. */
static bool begin_from_host(Fdc *f)
{
    Disk *d;
    u64 lba;
    f->s.want = sector_size(&f->s);
    return find_sector(f, &d, &lba);
}

/* A write that the host refused is what the 765 calls a fault of the drive: equipment check. */
static bool store(Fdc *f, Disk *d, u64 lba)
{
    u32 blocks = sector_blocks(&f->s);
    if (!sound(f, lba, blocks, true))
        return false;
    DiskResult r = disk_write(d, lba, blocks, f->s.buffer);
    if (r == DISK_OK)
        return true;
    if (r == DISK_PROTECTED)
        f->s.st1 |= ST1_NOT_WRITABLE;
    finish(f, ST0_ABNORMAL | ST0_EQUIPMENT);
    return false;
}

static void end_write(Fdc *f)
{
    FdcState *s = &f->s;
    Disk *d;
    u64 lba;
    memset(s->buffer + s->pos, 0, sizeof s->buffer - s->pos); /* TC came early: zeros follow */
    if (find_sector(f, &d, &lba) && store(f, d, lba))
        go_on(f);
}

static void begin_verify(Fdc *f)
{
    FdcState *s = &f->s;
    Disk *d;
    u64 lba;
    if (!find_sector(f, &d, &lba) || !fetch(f, d, lba, sector_blocks(s)))
        return;
    u8 head = s->head;
    bool counted = s->command[1] & 0x80; /* EC: DTL counts sectors */
    bool enough = counted && --s->left == 0;
    bool end = advance(s, 1);
    if (enough || end) {
        s->head = head;
        if (counted && !enough)
            s->st1 |= ST1_END_OF_CYLINDER;
        finish(f, counted && !enough ? ST0_ABNORMAL : 0);
    } else {
        next_sector(f);
    }
}

static void read_id(Fdc *f)
{
    FdcState *s = &f->s;
    u32 cylinder;
    Disk *d = track_here(f, &cylinder);
    if (!d) {
        not_found(f, ST1_NO_MARK, 0);
        return;
    }
    FdcUnitState *u = &s->unit[s->now];
    s->c = (u8)cylinder;
    s->h = s->head;
    s->r = (u8)(u->sector % d->geometry.sectors + 1);
    s->n = N_512;
    u->sector = (u8)(s->r % d->geometry.sectors);
    if (d->xdf.fat)
        xdf_id(d, cylinder, s->head, u->sector, &s->r, &s->n);
    finish(f, 0);
}

static bool begin_format(Fdc *f)
{
    u32 cylinder;
    if (!f->s.left) {
        finish(f, f->s.st1 ? ST0_ABNORMAL : 0);
        return false;
    }
    f->s.want = 4; /* C, H, R and N of the next ID */
    return track_here(f, &cylinder) || not_found(f, ST1_NO_MARK, 0);
}

static void end_format(Fdc *f)
{
    FdcState *s = &f->s;
    u8 id[4];
    u32 cylinder;
    Disk *d = track_here(f, &cylinder);
    memcpy(id, s->buffer, 4);
    if (s->pos == 4 && d) {
        u64 lba;
        s->c = id[0], s->h = id[1], s->r = id[2], s->n = id[3];
        if (s->c != cylinder || s->h != s->head ||
            !sector_at(d, cylinder, s->head, s->r, s->n, &lba)) {
            s->st1 |= ST1_NO_DATA;
        } else {
            memset(s->buffer, s->command[5], sector_size(s));
            if (!store(f, d, lba))
                return;
        }
    }
    s->left = s->tc ? 0 : s->left - 1;
    if (s->left)
        next_sector(f);
    else
        finish(f, s->st1 ? ST0_ABNORMAL : 0);
}

/* Compares byte by byte; FFh on either side matches anything. <0: the disk's data are the lower. */
static int scan_compare(const u8 *disk, const u8 *host, u32 n)
{
    for (u32 i = 0; i < n; i++)
        if (disk[i] != host[i] && disk[i] != 0xFF && host[i] != 0xFF)
            return disk[i] < host[i] ? -1 : 1;
    return 0;
}

static void end_scan(Fdc *f)
{
    FdcState *s = &f->s;
    u8 sector[FDC_SECTOR_MAX], head = s->head;
    Disk *d;
    u64 lba;
    if (!find_sector(f, &d, &lba) || !sound(f, lba, sector_blocks(s), false))
        return;
    if (disk_read(d, lba, sector_blocks(s), sector) != DISK_OK) {
        fail(f, ST1_DATA_ERROR, ST2_DATA_ERROR);
        return;
    }
    int order = scan_compare(sector, s->buffer, s->pos);
    bool met = order == 0 || (order < 0 && fdc_op(f) == OP_SCAN_LOW) ||
               (order > 0 && fdc_op(f) == OP_SCAN_HIGH);
    s->st2 &= (u8) ~(ST2_SCAN_HIT | ST2_SCAN_MISS);
    s->st2 |= order == 0 ? ST2_SCAN_HIT : met ? 0 : ST2_SCAN_MISS;
    if (met) {
        finish(f, 0);
        return;
    }
    if (advance(s, s->command[8] == 2 ? 2 : 1) || s->tc) {
        s->head = head;
        finish(f, 0);
    } else {
        next_sector(f);
    }
}

static void end_sector(Fdc *f)
{
    u8 op = fdc_op(f);
    if (op == OP_READ_TRACK)
        end_read_track(f);
    else if (op == OP_WRITE || op == OP_WRITE_DELETED)
        end_write(f);
    else if (op == OP_FORMAT)
        end_format(f);
    else if (is_scan(op))
        end_scan(f);
    else
        go_on(f);
}

/* True: bytes of a sector are to be moved now. */
static bool begin_sector(Fdc *f)
{
    u8 op = fdc_op(f);
    const Disk *d = fdc_disk(f, f->s.now);
    if (is_write(op) && d && d->read_only) {
        fail(f, ST1_NOT_WRITABLE, 0);
        return false;
    }
    switch (op) {
    case OP_READ_ID:
        read_id(f);
        return false;
    case OP_VERIFY:
        begin_verify(f);
        return false;
    case OP_READ_TRACK:
        return begin_read_track(f);
    case OP_FORMAT:
        return begin_format(f);
    case OP_READ:
    case OP_READ_DELETED:
        return begin_read(f);
    default:
        return begin_from_host(f);
    }
}

/* ---- moving bytes by DMA --------------------------------------------------------------------- */

static void move_dma(Fdc *f)
{
    FdcState *s = &f->s;
    bool tc = false;
    u8 *at = s->buffer + s->pos;
    u32 n = (u32)(s->want - s->pos);
    dma_line_dreq(&f->dma, true);
    /* DOR's gate disconnects DREQ and DACK as well */
    u32 moved = !(s->dor & 8)         ? 0
                : fdc_data_to_host(f) ? dma_line_write(&f->dma, at, n, &tc)
                                      : dma_line_read(&f->dma, at, n, &tc);
    s->pos = (u16)(s->pos + (moved > n ? n : moved));
    if (tc || s->pos == s->want) {
        dma_line_dreq(&f->dma, false);
        s->tc = tc;
        end_sector(f);
    } else if (++s->tries > RETRIES) {
        fail(f, ST1_OVERRUN, 0);
    } else {
        after_us(f, RETRY_US);
    }
}

/* ---- moving bytes through the FIFO ----------------------------------------------------------- */

static unsigned fifo_size(const Fdc *f)
{
    return f->s.config & CONFIG_FIFO_OFF ? 1 : FDC_FIFO;
}

/* RQM and INT, by the threshold (82077, "FIFO"): a reader is called when all but `threshold`
 * places are full or the sector has ended, and served until the FIFO is empty; a writer when
 * `threshold` bytes are left, until it is full. */
static void update_request(Fdc *f)
{
    FdcState *s = &f->s;
    unsigned size = fifo_size(f), threshold = size == 1 ? 0 : (s->config & CONFIG_THRESHOLD) + 1u;
    bool more = s->pos < s->want;
    if (fdc_data_to_host(f)) {
        if (!s->fifo_len)
            s->drq = false;
        else if (s->fifo_len + threshold >= size || !more)
            s->drq = true;
    } else {
        if (s->fifo_len >= size || s->pos + s->fifo_len >= s->want)
            s->drq = false;
        else if (s->fifo_len <= threshold)
            s->drq = true;
    }
    if (s->drq != s->int_pending)
        fdc_set_int(f, s->drq);
}

static u8 fifo_take(FdcState *s)
{
    u8 v = s->fifo[0];
    memmove(s->fifo, s->fifo + 1, --s->fifo_len);
    return v;
}

u8 fdc_data_read(Fdc *f)
{
    FdcState *s = &f->s;
    if (!fdc_pio(f) || !fdc_data_to_host(f) || !s->fifo_len)
        return 0xFF;
    u8 v = fifo_take(s);
    if (s->ending && !s->fifo_len)
        finish(f, s->ending_st0);
    else
        update_request(f);
    return v;
}

void fdc_data_write(Fdc *f, u8 value)
{
    FdcState *s = &f->s;
    if (!fdc_pio(f) || !from_host(f) || !s->drq)
        return;
    s->fifo[s->fifo_len++] = value;
    update_request(f);
}

/* One byte's time has passed at the head. */
static void move_byte(Fdc *f, u64 when)
{
    FdcState *s = &f->s;
    bool to_host = fdc_data_to_host(f);
    if (s->ending)
        return;
    if (to_host ? s->fifo_len >= fifo_size(f) : s->fifo_len == 0) {
        fail(f, ST1_OVERRUN, 0);
        return;
    }
    if (to_host)
        s->fifo[s->fifo_len++] = s->buffer[s->pos++];
    else
        s->buffer[s->pos++] = fifo_take(s);
    if (s->pos == s->want) {
        end_sector(f);
        if (s->phase != PHASE_SEARCH && s->phase != PHASE_MOVE)
            return;
        if (!to_host) /* ask for the next sector's bytes ahead */
            s->pos = 0;
    } else {
        after_byte(f, when);
    }
    update_request(f);
}

/* ---- execution ------------------------------------------------------------------------------- */

void fdc_data_step(void *ctx, u64 when)
{
    Fdc *f = ctx;
    FdcState *s = &f->s;
    if (s->phase == PHASE_FAIL) {
        finish(f, ST0_ABNORMAL);
    } else if (s->phase == PHASE_SEARCH) {
        if (!begin_sector(f))
            return;
        s->phase = PHASE_MOVE;
        s->pos = s->tries = 0;
        if (fdc_pio(f))
            after_byte(f, when);
        else
            move_dma(f);
    } else if (s->phase == PHASE_MOVE) {
        if (fdc_pio(f))
            move_byte(f, when);
        else
            move_dma(f);
    }
}

void fdc_data_start(Fdc *f)
{
    FdcState *s = &f->s;
    const u8 *p = s->command;
    u8 op = fdc_op(f);
    s->now = p[1] & 3;
    s->head = p[1] >> 2 & 1;
    s->st1 = s->st2 = 0;
    s->mark_differs = s->tc = s->ending = s->drq = false;
    s->fifo_len = 0;
    s->pos = s->tries = 0;
    u64 delay = 0;
    if (op == OP_FORMAT) {
        s->n = p[2];
        s->left = s->eot = p[3];
        s->want = 4;
    } else if (op != OP_READ_ID) {
        s->c = p[2], s->h = p[3], s->r = p[4], s->n = p[5], s->eot = p[6];
        s->left = op == OP_VERIFY ? (p[8] ? p[8] : 256) : s->eot;
        s->want = sector_size(s);
        if (s->config & CONFIG_IMPLIED_SEEK || !s->own_seeks) {
            delay = fdc_step_heads(f, s->now, s->c - s->unit[s->now].pcn);
            s->unit[s->now].pcn = s->c;
        }
    }
    fdc_set_int(f, false);
    s->phase = PHASE_SEARCH;
    if (fdc_pio(f) && from_host(f))
        update_request(f);
    event_at(f->queue, &f->step,
             f->queue->clock->now + delay + clock_us(f->queue->clock, SEARCH_US));
}
