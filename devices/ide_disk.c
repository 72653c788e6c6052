/* ide_disk.c: the commands of an ATA hard disk at the level of ATA/ATAPI-4 (NCITS 317-1998, cited
 * as "ATA-4"): the mandatory set, power management, write cache, SMART's basics, buffers, and LBA
 * beside CHS: 28-bit, and 48-bit as ATA-6 adds it. Everything that an IDENTIFY does not announce is
 * answered with ABRT, which is how hosts find out.
 *
 * The protocols: no data (BSY, then an interrupt); data in (BSY, then DRQ and an interrupt per
 * block); data out (DRQ at once without an interrupt, then an interrupt per block). A written block
 * is taken at once, without BSY, as by a drive with a quick cache: Bochs's BIOS looks at the status
 * right after the last word and does not wait. The interrupt comes a little later.
 *
 * DMA commands work where the channel has a bus master; elsewhere they abort, and IDENTIFY says so.
 * NOTE: SRST keeps translation and block size unless SET FEATURES CCh asked for the defaults; ATA-4
 * leaves that to the drive. */
#include "devices/ide_parts.h"

#include <stdio.h>

enum { LBA28_MAX = 0x0FFFFFFF };
enum { POWER_ACTIVE = 0xFF, POWER_IDLE = 0x80, POWER_STANDBY = 0 };

/* ---- addresses ------------------------------------------------------------------------------- */

/* As the command in work can address it. */
static u64 capacity(const IdeDrive *d)
{
    bool all = ide_state(d)->wide || d->disk->sectors < LBA28_MAX;
    return all ? d->disk->sectors : LBA28_MAX;
}

static bool by_lba(const IdeDriveState *s)
{
    return s->device & 0x40;
}

/* The sector that the registers name; UINT64_MAX if there is none. */
static u64 get_address(IdeDrive *d)
{
    const IdeDriveState *s = ide_state(d);
    u64 lba;
    if (s->wide) {
        const u8 *p = s->previous + 1;
        lba = s->lba0 | (u32)s->lba1 << 8 | (u32)s->lba2 << 16 | (u64)p[0] << 24 |
              (u64)p[1] << 32 | (u64)p[2] << 40;
    } else if (by_lba(s)) {
        lba = s->lba0 | (u32)s->lba1 << 8 | (u32)s->lba2 << 16 | (u32)(s->device & 15) << 24;
    } else {
        DiskGeometry g = {s->cylinders, s->heads, s->sectors};
        lba = disk_lba(&g, s->lba1 | (u32)s->lba2 << 8, s->device & 15, s->lba0);
    }
    return lba < capacity(d) ? lba : UINT64_MAX;
}

/* Shows the host how far a command came: the sector in work, or the last one done. */
static void put_address(IdeDrive *d, u64 lba)
{
    IdeDriveState *s = ide_state(d);
    if (s->wide || by_lba(s)) {
        s->lba0 = (u8)lba;
        s->lba1 = (u8)(lba >> 8);
        s->lba2 = (u8)(lba >> 16);
        for (int i = 0; s->wide && i < 3; i++)
            s->previous[1 + i] = (u8)(lba >> (24 + 8 * i));
        if (s->wide)
            return;
        s->device = (u8)((s->device & 0xF0) | (lba >> 24 & 15));
        return;
    }
    u64 track = lba / s->sectors;
    s->lba0 = (u8)(lba % s->sectors + 1);
    s->lba1 = (u8)(track / s->heads);
    s->lba2 = (u8)(track / s->heads >> 8);
    s->device = (u8)((s->device & 0xF0) | (track % s->heads & 15));
}

static void put_count(IdeDriveState *s)
{
    s->count = (u8)s->left;
    if (s->wide)
        s->previous[0] = (u8)(s->left >> 8);
}

/* A sector that cannot be had: registers name it, count says how many are missing. */
static void media_error(IdeDrive *d, u8 error, u8 status_bits)
{
    IdeDriveState *s = ide_state(d);
    put_address(d, s->lba);
    put_count(s);
    ide_abort(d, error, status_bits);
}

/* Reads address and count (0 is 256, or 65536) into the transfer. False: the command has failed
 * with IDNF. */
static bool start_transfer(IdeDrive *d, u32 block)
{
    IdeDriveState *s = ide_state(d);
    s->lba = get_address(d);
    s->left = s->count ? s->count : 256;
    if (s->wide) {
        u32 n = s->count | (u32)s->previous[0] << 8;
        s->left = n ? n : 65536;
    }
    s->block = (u8)block;
    s->power = POWER_ACTIVE;
    if (s->lba != UINT64_MAX)
        return true;
    ide_abort(d, IDE_IDNF, 0);
    return false;
}

/* Sectors of the next block: a block ends where the disk ends, so that the error is the next
 * one's. 0: at the end. */
static u32 block_sectors(IdeDrive *d)
{
    const IdeDriveState *s = ide_state(d);
    u32 n = s->left < s->block ? s->left : s->block;
    u64 room = s->lba < capacity(d) ? capacity(d) - s->lba : 0;
    return room < n ? (u32)room : n;
}

static void advance(IdeDrive *d, u32 n)
{
    IdeDriveState *s = ide_state(d);
    s->lba += n;
    s->left -= n;
    put_address(d, s->lba - 1);
    put_count(s);
}

/* Ends the command at the sector in work. A refusal to write is the drive's fault: DF (ATA-4
 * 7.15.6.2). */
static void fail_sector(IdeDrive *d, DiskFaultKind kind)
{
    if (kind == FAULT_TIMEOUT)
        ide_hang(d);
    else if (kind == FAULT_MISSING)
        media_error(d, IDE_IDNF, 0);
    else if (kind == FAULT_READ)
        media_error(d, IDE_UNC, 0);
    else
        media_error(d, IDE_ABRT, IDE_DF);
}

/* Reads the next n sectors into the buffer. False: the command has ended at the first one that
 * cannot be had, those before it done. */
static bool read_block(IdeDrive *d, u32 n)
{
    IdeDriveState *s = ide_state(d);
    DiskFaultKind kind;
    u32 sound = disk_faults_before(&s->faults, s->lba, n, false, &kind);
    if (kind == FAULT_NONE && disk_read(d->disk, s->lba, n, s->buffer) == DISK_OK) {
        advance(d, n);
        return true;
    }
    if (kind != FAULT_NONE && sound) {
        s->lba += sound;
        s->left -= sound;
    }
    fail_sector(d, kind == FAULT_NONE ? FAULT_READ : kind);
    return false;
}

/* Writes n sectors from the buffer, likewise. */
static bool write_block(IdeDrive *d, u32 n)
{
    IdeDriveState *s = ide_state(d);
    DiskFaultKind kind;
    u32 sound = disk_faults_before(&s->faults, s->lba, n, true, &kind);
    if (sound && disk_write(d->disk, s->lba, sound, s->buffer) != DISK_OK) {
        fail_sector(d, FAULT_WRITE);
        return false;
    }
    if (sound)
        advance(d, sound);
    if (kind != FAULT_NONE)
        fail_sector(d, kind);
    return kind == FAULT_NONE;
}

/* ---- reading --------------------------------------------------------------------------------- */

static void fetch(IdeDrive *d)
{
    u32 n = block_sectors(d);
    if (!n) {
        media_error(d, IDE_IDNF, 0);
    } else if (read_block(d, n)) {
        ide_offer(d, IDE_DATA_IN, n * DISK_SECTOR);
        ide_interrupt(d);
    }
}

static void read_sectors(IdeDrive *d)
{
    if (start_transfer(d, 1))
        fetch(d);
}

static void read_multiple(IdeDrive *d)
{
    u8 n = ide_state(d)->multiple;
    if (!n)
        ide_abort(d, IDE_ABRT, 0);
    else if (start_transfer(d, n))
        fetch(d);
}

static void read_verify(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    if (!start_transfer(d, IDE_MULTIPLE_MAX))
        return;
    while (s->left) {
        u32 n = block_sectors(d);
        if (!n) {
            media_error(d, IDE_IDNF, 0);
            return;
        }
        if (!read_block(d, n))
            return;
    }
    ide_complete(d);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void ask_block(IdeDrive *d)
{
    u32 n = block_sectors(d);
    if (n)
        ide_offer(d, IDE_DATA_OUT, n * DISK_SECTOR);
    else
        media_error(d, IDE_IDNF, 0);
}

static void start_write(IdeDrive *d, u32 block)
{
    if (d->disk->read_only)
        ide_abort(d, IDE_ABRT | IDE_WP, 0);
    else if (start_transfer(d, block))
        ask_block(d);
}

static void write_sectors(IdeDrive *d)
{
    start_write(d, 1);
}

static void write_multiple(IdeDrive *d)
{
    u8 n = ide_state(d)->multiple;
    if (n)
        start_write(d, n);
    else
        ide_abort(d, IDE_ABRT, 0);
}

static void store(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    if (!write_block(d, s->end / DISK_SECTOR))
        return;
    if (!s->left) {
        ide_complete(d);
        return;
    }
    ask_block(d);
    if (s->phase == IDE_DATA_OUT) /* an error has interrupted by itself */
        ide_interrupt(d);
}

static void flush_cache(IdeDrive *d)
{
    if (disk_flush(d->disk) == DISK_OK)
        ide_complete(d);
    else
        ide_abort(d, IDE_ABRT, IDE_DF);
}

static void read_buffer(IdeDrive *d)
{
    ide_state(d)->left = 0;
    ide_offer(d, IDE_DATA_IN, DISK_SECTOR);
    ide_interrupt(d);
}

static void write_buffer(IdeDrive *d)
{
    ide_state(d)->left = 0;
    ide_offer(d, IDE_DATA_OUT, DISK_SECTOR);
}

/* ---- DMA ------------------------------------------------------------------------------------- */

static void dma_in(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    bool tc;
    if (s->pos == s->end) {
        u32 n = block_sectors(d);
        if (!n) {
            media_error(d, IDE_IDNF, 0);
            return;
        }
        if (!read_block(d, n))
            return;
        s->pos = 0;
        s->end = (u16)(n * DISK_SECTOR);
    }
    s->pos += (u16)dma_line_write(&d->channel->dma, s->buffer + s->pos, s->end - s->pos, &tc);
    if (ide_dma_wait(d))
        return;
    if (s->left)
        ide_later(d, IDE_DMA_IN, IDE_BLOCK_US);
    else
        ide_complete(d);
}

static void dma_out(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    bool tc;
    if (s->pos == s->end) {
        u32 n = block_sectors(d);
        if (!n) {
            media_error(d, IDE_IDNF, 0);
            return;
        }
        s->pos = 0;
        s->end = (u16)(n * DISK_SECTOR);
    }
    s->pos += (u16)dma_line_read(&d->channel->dma, s->buffer + s->pos, s->end - s->pos, &tc);
    if (ide_dma_wait(d))
        return;
    if (!write_block(d, s->end / DISK_SECTOR))
        return;
    if (s->left)
        ide_later(d, IDE_DMA_OUT, IDE_BLOCK_US);
    else
        ide_complete(d);
}

static void read_dma(IdeDrive *d)
{
    if (!ide_has_bus_master(d)) {
        ide_abort(d, IDE_ABRT, 0);
    } else if (start_transfer(d, IDE_MULTIPLE_MAX)) {
        ide_state(d)->phase = IDE_DMA_IN;
        dma_in(d);
    }
}

static void write_dma(IdeDrive *d)
{
    if (!ide_has_bus_master(d)) {
        ide_abort(d, IDE_ABRT, 0);
    } else if (d->disk->read_only) {
        ide_abort(d, IDE_ABRT | IDE_WP, 0);
    } else if (start_transfer(d, IDE_MULTIPLE_MAX)) {
        ide_state(d)->phase = IDE_DMA_OUT;
        dma_out(d);
    }
}

/* ---- heads and translation ------------------------------------------------------------------- */

static void seek(IdeDrive *d)
{
    if (get_address(d) == UINT64_MAX) {
        ide_abort(d, IDE_IDNF, 0);
        return;
    }
    ide_state(d)->power = POWER_ACTIVE;
    ide_complete(d);
}

static void succeed(IdeDrive *d)
{
    ide_complete(d);
}

/* Cylinders follow from the capacity; a translation without even one is refused. */
static bool set_translation(IdeDrive *d, u32 heads, u32 sectors)
{
    IdeDriveState *s = ide_state(d);
    u64 cylinders = sectors ? capacity(d) / (heads * sectors) : 0;
    if (!cylinders)
        return false;
    s->heads = (u8)heads;
    s->sectors = (u8)sectors;
    s->cylinders = (u16)(cylinders > 65535 ? 65535 : cylinders);
    return true;
}

static void initialize_parameters(IdeDrive *d)
{
    const IdeDriveState *s = ide_state(d);
    if (set_translation(d, (s->device & 15) + 1u, s->count))
        ide_complete(d);
    else
        ide_abort(d, IDE_ABRT, 0);
}

/* ---- IDENTIFY DEVICE ------------------------------------------------------------------------- */

static void identify_geometry(IdeDrive *d, u8 *b)
{
    const IdeDriveState *s = ide_state(d);
    const DiskGeometry *g = &d->disk->geometry;
    ide_put_word(b, 1, g->cylinders);
    ide_put_word(b, 3, g->heads);
    ide_put_word(b, 4,
             g->sectors *
                 512u); /* 4 and 5: ATA-1's unformatted bytes, still looked at by old software */
    ide_put_word(b, 5, 512);
    ide_put_word(b, 6, g->sectors);
    u32 current = (u32)s->cylinders * s->heads * s->sectors;
    ide_put_word(b, 54, s->cylinders);
    ide_put_word(b, 55, s->heads);
    ide_put_word(b, 56, s->sectors);
    ide_put_word(b, 57, current & 0xFFFF);
    ide_put_word(b, 58, current >> 16);
    ide_put_word(b, 60, (u32)capacity(d) & 0xFFFF);
    ide_put_word(b, 61, (u32)capacity(d) >> 16);
    for (int i = 0; i < 4; i++)
        ide_put_word(b, 100 + i, (u32)(d->disk->sectors >> 16 * i) & 0xFFFF);
}

static void identify_features(const IdeDriveState *s, u8 *b)
{
    ide_put_word(b, 47, 0x8000 | IDE_MULTIPLE_MAX);
    ide_put_word(b, 48, 1);      /* ATA-1: 32-bit data port */
    ide_put_word(b, 49, 0x0A00); /* IORDY, LBA; no DMA but for ide_put_dma() */
    ide_put_word(b, 50, 0x4000);
    ide_put_word(b, 51, 0x0200); /* PIO mode 2 without IORDY */
    ide_put_word(b, 53, 3);      /* words 54-58 and 64-70 are valid */
    ide_put_word(b, 59, s->multiple ? 0x100u | s->multiple : 0);
    ide_put_word(b, 64, 3); /* PIO modes 3 and 4 */
    ide_put_word(b, 67, 120);
    ide_put_word(b, 68, 120);
    ide_put_word(b, 80, 0x5E);   /* ATA-1 to ATA-4, and ATA-6 */
    ide_put_word(b, 82, 0x7069); /* NOP, READ/WRITE BUFFER, look-ahead, write cache, power, SMART */
    ide_put_word(b, 83, 0x7400); /* FLUSH CACHE and its EXT, 48-bit addresses */
    ide_put_word(b, 84, 0x4000);
    ide_put_word(b, 85,
                 0x7008u | (s->look_ahead ? 0x40 : 0) | (s->write_cache ? 0x20 : 0) | s->smart);
    ide_put_word(b, 86, 0x3400);
    ide_put_word(b, 87, 0x4000);
}

static void identify(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    u8 *b = s->buffer;
    char serial[21];
    snprintf(serial, sizeof serial, "G86-%04d", d->channel->number * 2 + d->number + 1);
    memset(b, 0, DISK_SECTOR);
    ide_put_word(b, 0, 0x0040); /* not removable */
    ide_put_string(b, 10, 10, serial);
    ide_put_word(b, 20, 3); /* dual-ported buffer with read caching */
    ide_put_word(b, 21, IDE_MULTIPLE_MAX);
    ide_put_word(b, 22, 4);
    ide_put_string(b, 23, 4, "1.0");
    ide_put_string(b, 27, 20, "GLASS86 HARD DISK");
    identify_geometry(d, b);
    identify_features(s, b);
    if (ide_has_bus_master(d))
        ide_put_dma(s, b);
    s->left = 0;
    ide_offer(d, IDE_DATA_IN, DISK_SECTOR);
    ide_interrupt(d);
}

/* ---- settings -------------------------------------------------------------------------------- */

static void default_settings(IdeDriveState *s)
{
    s->multiple = 0;
    s->data8 = false;
    s->write_cache = s->look_ahead = true;
    s->transfer_mode = 0;
}

static bool set_feature(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    switch (s->features) {
    case 0x01:
    case 0x81:
        s->data8 = s->features == 0x01;
        return true;
    case 0x02:
    case 0x82:
        s->write_cache = s->features == 0x02;
        return true;
    case 0x03:
        return ide_set_transfer_mode(d);
    case 0x55:
    case 0xAA:
        s->look_ahead = s->features == 0xAA;
        return true;
    case 0x66:
    case 0xCC:
        s->revert = s->features == 0xCC;
        return true;
    default:
        return false;
    }
}

static void set_features(IdeDrive *d)
{
    if (!set_feature(d)) {
        ide_abort(d, IDE_ABRT, 0);
        return;
    }
    /* a host that turns the cache off wants what is in it on the disk first */
    if (ide_state(d)->features == 0x82)
        flush_cache(d);
    else
        ide_complete(d);
}

static void set_multiple(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    u8 n = s->count;
    s->multiple = 0;
    if (n > IDE_MULTIPLE_MAX || n & (n - 1)) {
        ide_abort(d, IDE_ABRT, 0);
        return;
    }
    s->multiple = n;
    ide_complete(d);
}

static void power_mode(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    switch (s->command) {
    case 0xE0:
    case 0x94:
    case 0xE2:
    case 0x96:
        s->power = POWER_STANDBY;
        break;
    case 0xE1:
    case 0x95:
    case 0xE3:
    case 0x97:
        s->power = POWER_IDLE;
        break;
    case 0xE5:
    case 0x98:
        s->count = s->power;
        break;
    default: /* SLEEP: deaf until a reset */
        s->power = POWER_STANDBY;
        s->sleeping = true;
    }
    ide_complete(d);
}

/* SMART READ DATA: a healthy drive without attributes. The last byte makes the sum zero. */
static void smart_data(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    u8 sum = 0;
    memset(s->buffer, 0, DISK_SECTOR);
    ide_put_word(s->buffer, 0, 0x0010);
    for (int i = 0; i < DISK_SECTOR - 1; i++)
        sum += s->buffer[i];
    s->buffer[DISK_SECTOR - 1] = (u8)-sum;
    s->left = 0;
    ide_offer(d, IDE_DATA_IN, DISK_SECTOR);
    ide_interrupt(d);
}

static void smart(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    bool key = s->lba1 == 0x4F && s->lba2 == 0xC2;
    if (!key || (!s->smart && s->features != 0xD8)) {
        ide_abort(d, IDE_ABRT, 0);
        return;
    }
    switch (s->features) {
    case 0xD0:
    case 0xD1:
        smart_data(d);
        return;
    case 0xD2: /* attribute autosave */
    case 0xD3: /* save attributes */
    case 0xDA: /* return status: the key unchanged means healthy */
        break;
    case 0xD8:
    case 0xD9:
        s->smart = s->features == 0xD8;
        break;
    default:
        ide_abort(d, IDE_ABRT, 0);
        return;
    }
    ide_complete(d);
}

static void diagnostic(IdeDrive *d)
{
    ide_diagnose(d->channel);
}

/* ---- commands -------------------------------------------------------------------------------- */

typedef struct {
    u8 first, last;
    void (*run)(IdeDrive *d);
} Command;

static const Command commands[] = {
    {0x10, 0x1F, succeed}, /* RECALIBRATE; the low digit was a step rate */
    {0x20, 0x21, read_sectors},
    {0x30, 0x31, write_sectors},
    {0x40, 0x41, read_verify},
    {0x70, 0x7F, seek},
    {0x90, 0x90, diagnostic},
    {0x91, 0x91, initialize_parameters},
    {0x94, 0x99, power_mode}, /* ATA-1's codes */
    {0xB0, 0xB0, smart},
    {0xC4, 0xC4, read_multiple},
    {0xC5, 0xC5, write_multiple},
    {0xC6, 0xC6, set_multiple},
    {0xC8, 0xC9, read_dma},
    {0xCA, 0xCB, write_dma},
    {0xE0, 0xE3, power_mode},
    {0xE4, 0xE4, read_buffer},
    {0xE5, 0xE6, power_mode},
    {0xE7, 0xE7, flush_cache},
    {0xE8, 0xE8, write_buffer},
    {0xEC, 0xEC, identify},
    {0xEF, 0xEF, set_features},
};

/* The same with 48-bit addresses and 16-bit counts (ATA-6). */
static const Command wide_commands[] = {
    {0x24, 0x24, read_sectors},   {0x25, 0x25, read_dma},  {0x29, 0x29, read_multiple},
    {0x34, 0x34, write_sectors},  {0x35, 0x35, write_dma}, {0x39, 0x39, write_multiple},
    {0x42, 0x42, read_verify},    {0xEA, 0xEA, flush_cache},
};

static const Command *find(const Command *list, size_t count, u8 code)
{
    for (size_t i = 0; i < count; i++) {
        if (code >= list[i].first && code <= list[i].last)
            return &list[i];
    }
    return NULL;
}

static void run_command(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    const Command *c = find(wide_commands, ARRAY_LEN(wide_commands), s->command);
    s->wide = c != NULL;
    if (!c)
        c = find(commands, ARRAY_LEN(commands), s->command);
    if (c)
        c->run(d);
    else
        ide_abort(d, IDE_ABRT, 0); /* NOP as well: it exists to be aborted */
}

/* Commands that ask for data do so within the 400 ns that a host must wait anyway: the first system
 * of many students, xv6, sends them without a look at the status. */
static bool at_once(u8 command)
{
    return command == 0x30 || command == 0x31 || command == 0x34 || command == 0x39 ||
           command == 0xC5 || command == 0xE8;
}

static void disk_event(IdeDrive *d)
{
    switch ((IdePhase)ide_state(d)->phase) {
    case IDE_COMMAND:
        run_command(d);
        break;
    case IDE_FETCH:
        fetch(d);
        break;
    case IDE_DMA_IN:
        dma_in(d);
        break;
    case IDE_DMA_OUT:
        dma_out(d);
        break;
    default:
        break;
    }
}

static void disk_transferred(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    if (s->phase == IDE_DATA_IN && s->left) {
        ide_later(d, IDE_FETCH, IDE_BLOCK_US);
    } else if (s->phase == IDE_DATA_IN) {
        s->phase = IDE_IDLE; /* the last block ends without an interrupt */
        s->status = IDE_DRDY | IDE_DSC;
    } else {
        d->defer = true;
        if (s->left)
            store(d);
        else
            ide_complete(d); /* WRITE BUFFER */
        d->defer = false;
    }
}

/* ---- resets ---------------------------------------------------------------------------------- */

static void disk_power_on(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    const DiskGeometry *g = &d->disk->geometry;
    default_settings(s);
    s->revert = s->smart = false;
    s->power = POWER_ACTIVE;
    s->cylinders = (u16)g->cylinders;
    s->heads = g->heads;
    s->sectors = g->sectors;
}

static void disk_soft_reset(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    if (s->revert)
        default_settings(s);
    s->power = POWER_ACTIVE;
}

const IdeKind ide_disk_kind = {.at_once = at_once,
                               .power_on = disk_power_on,
                               .soft_reset = disk_soft_reset,
                               .event = disk_event,
                               .transferred = disk_transferred};
