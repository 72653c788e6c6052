/* ide.c: an ATA channel: the task file, device selection, resets, interrupts and the data port.
 * What commands do is in ide_disk.c and atapi.c. Reference: ATA/ATAPI-4 (NCITS 317-1998), cited as
 * "ATA-4" with its section.
 *
 *   port        read                     write
 *   base+0      data, 16 bits            data (32-bit accesses are two; see SET FEATURES 01h for 8)
 *   base+1      error                    features
 *   base+2      sector count             the same
 *   base+3..5   LBA low, mid, high (sector number, cylinder low, cylinder high)
 *   base+6      1 LBA 1 DEV head3-0      the same
 *   base+7      status                   command
 *               BSY DRDY DF DSC DRQ CORR IDX ERR
 *   control     alternate status         device control: bit 2 SRST, bit 1 nIEN
 *
 * Both drives hear every write; the selected one answers. If it does not exist: a lone device 0
 * answers for device 1 with status 00h (ATA-4 9.16.1), otherwise the bus floats, with DD7 pulled
 * down by the host as ATA-4 4.2 (note on DD7) wants it: 7Fh. */
#include "devices/ide_parts.h"

enum { CONTROL_SRST = 4, CONTROL_NIEN = 2, FLOAT = 0x7F };

/* ---- interrupt ------------------------------------------------------------------------------- */

/* Only the selected drive drives INTRQ, and only while nIEN is 0. */
static void update_irq(Ide *ide)
{
    bool level = ide->s.drive[ide->s.selected].intrq && !(ide->s.control & CONTROL_NIEN);
    if (level != ide->s.line) {
        ide->s.line = level;
        line_set(&ide->irq, level);
    }
}

static void arm(IdeDrive *d, u32 us)
{
    EventQueue *q = d->channel->queue;
    event_at(q, &d->event, q->clock->now + clock_us(q->clock, us));
}

void ide_interrupt(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    if (d->defer) {
        s->intrq_due = true;
        arm(d, IDE_BLOCK_US);
        return;
    }
    s->intrq = true;
    update_irq(d->channel);
}

/* The host has read the status or written a command: an interrupt still on its way is void too. */
static void acknowledge(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    if (s->intrq_due)
        event_cancel(d->channel->queue, &d->event);
    s->intrq = s->intrq_due = false;
    update_irq(d->channel);
}

/* ---- what a drive does ----------------------------------------------------------------------- */

void ide_later(IdeDrive *d, IdePhase phase, u32 us)
{
    IdeDriveState *s = ide_state(d);
    s->phase = (u8)phase;
    s->status = IDE_BSY;
    s->intrq_due = false;
    arm(d, us);
}

void ide_offer(IdeDrive *d, IdePhase phase, u32 bytes)
{
    IdeDriveState *s = ide_state(d);
    s->phase = (u8)phase;
    s->status = IDE_DRDY | IDE_DSC | IDE_DRQ;
    s->pos = 0;
    s->end = (u16)bytes;
}

void ide_complete(IdeDrive *d)
{
    ide_state(d)->phase = IDE_IDLE;
    ide_state(d)->status = IDE_DRDY | IDE_DSC;
    ide_interrupt(d);
}

void ide_abort(IdeDrive *d, u8 error, u8 status_bits)
{
    ide_state(d)->phase = IDE_IDLE;
    ide_state(d)->error = error;
    ide_state(d)->status = (u8)(IDE_DRDY | IDE_DSC | IDE_ERR | status_bits);
    ide_interrupt(d);
}

void ide_hang(IdeDrive *d)
{
    event_cancel(d->channel->queue, &d->event);
    ide_state(d)->phase = IDE_FETCH;
    ide_state(d)->status = IDE_BSY;
}

/* ---- resets ---------------------------------------------------------------------------------- */

/* ATA-4 9.12: what a drive with or without the PACKET feature set leaves in its registers, and "no
 * error". */
void ide_signature(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    s->error = 1;
    s->count = s->lba0 = 1;
    s->lba1 = d->kind->packet ? 0x14 : 0;
    s->lba2 = d->kind->packet ? 0xEB : 0;
    s->device = 0;
    s->status = d->kind->packet ? 0 : IDE_DRDY | IDE_DSC;
    s->phase = IDE_IDLE;
}

static void begin_reset(IdeDrive *d)
{
    event_cancel(d->channel->queue, &d->event);
    IdeDriveState *s = ide_state(d);
    s->phase = IDE_RESETTING;
    s->status = IDE_BSY;
    s->intrq = s->intrq_due = false;
    s->sleeping = false;
    s->pos = s->end = 0;
    s->left = 0;
}

void ide_diagnose(Ide *ide)
{
    ide->s.selected = 0;
    for (int i = 1; i >= 0; i--)
        if (ide->drive[i].kind) {
            event_cancel(ide->queue, &ide->drive[i].event);
            ide->s.drive[i].intrq_due = false;
            ide_signature(&ide->drive[i]);
        }
    IdeDrive *speaker = &ide->drive[ide->drive[0].kind ? 0 : 1];
    ide_interrupt(speaker);
}

static void write_control(Ide *ide, u8 v)
{
    u8 old = ide->s.control;
    ide->s.control = v & (CONTROL_SRST | CONTROL_NIEN | IDE_HOB);
    for (int i = 0; i < 2; i++) {
        IdeDrive *d = &ide->drive[i];
        if (!d->kind)
            continue;
        if (~old & v & CONTROL_SRST) {
            begin_reset(d);
        } else if (old & ~v & CONTROL_SRST) {
            d->kind->soft_reset(d);
            ide_later(d, IDE_RESETTING, IDE_RESET_US);
        }
    }
    if ((old ^ v) & CONTROL_SRST)
        ide->s.selected = 0;
    update_irq(ide);
}

void ide_reset(Ide *ide)
{
    ide->s.control = 0;
    ide->s.selected = 0;
    for (int i = 0; i < 2; i++)
        if (ide->drive[i].kind) {
            begin_reset(&ide->drive[i]);
            ide->drive[i].kind->power_on(&ide->drive[i]);
            ide_later(&ide->drive[i], IDE_RESETTING, IDE_RESET_US);
        }
    update_irq(ide);
}

static void drive_event(void *ctx, u64 when)
{
    IdeDrive *d = ctx;
    IdeDriveState *s = ide_state(d);
    if (s->intrq_due) {
        s->intrq_due = false;
        ide_interrupt(d);
    } else if (s->phase == IDE_RESETTING) {
        ide_signature(d);
    } else {
        d->kind->event(d);
    }
}

/* ---- bus master ------------------------------------------------------------------------------ */

bool ide_dma_wait(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    if (s->pos == s->end)
        return false;
    s->status = IDE_DRDY | IDE_DSC | IDE_DRQ;
    return true;
}

void ide_dma_ready(void *ctx, int pin, bool level)
{
    Ide *ide = ctx;
    IdeDrive *d = &ide->drive[ide->s.selected];
    const IdeDriveState *s = &ide->s.drive[ide->s.selected];
    bool dma = s->phase == IDE_DMA_IN || s->phase == IDE_DMA_OUT;
    if (level && d->kind && dma && s->status & IDE_DRQ)
        ide_later(d, (IdePhase)s->phase, IDE_BLOCK_US);
}

/* ---- data port ------------------------------------------------------------------------------- */

/* One cycle on the bus moves a word, or a byte in 8-bit mode. A drive not in a data phase leaves
 * the bus alone. */
static u32 data_in(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    if (s->phase != IDE_DATA_IN)
        return 0xFFFF;
    u32 v = s->buffer[s->pos++];
    if (!s->data8 && s->pos < s->end)
        v |= (u32)s->buffer[s->pos++] << 8;
    if (s->pos >= s->end)
        d->kind->transferred(d);
    return v;
}

static void data_out(IdeDrive *d, u32 v)
{
    IdeDriveState *s = ide_state(d);
    if (s->phase != IDE_DATA_OUT)
        return;
    s->buffer[s->pos++] = (u8)v;
    if (!s->data8 && s->pos < s->end)
        s->buffer[s->pos++] = (u8)(v >> 8);
    if (s->pos >= s->end)
        d->kind->transferred(d);
}

static u32 data_port_read(void *ctx, u32 port, int size)
{
    Ide *ide = ctx;
    IdeDrive *d = &ide->drive[ide->s.selected];
    if (!d->kind)
        return size == 1 ? FLOAT : 0xFFFFFF7Fu;
    u32 v = data_in(d);
    return size == 4 ? v | data_in(d) << 16 : v;
}

static void data_port_write(void *ctx, u32 port, int size, u32 value)
{
    Ide *ide = ctx;
    IdeDrive *d = &ide->drive[ide->s.selected];
    if (!d->kind)
        return;
    data_out(d, value);
    if (size == 4)
        data_out(d, value >> 16);
}

static u32 data_port_peek(void *ctx, u32 port, int size)
{
    const Ide *ide = ctx;
    const IdeDriveState *s = &ide->s.drive[ide->s.selected];
    u32 v = 0;
    if (s->phase != IDE_DATA_IN)
        return 0xFFFFFFFFu;
    for (int i = 0; i < size && s->pos + i < s->end; i++)
        v |= (u32)s->buffer[s->pos + i] << (i * 8);
    return v;
}

/* ---- task file ------------------------------------------------------------------------------- */

/* The drive that answers for the selected one; NULL: nobody. */
static IdeDrive *answering(Ide *ide)
{
    IdeDrive *d = &ide->drive[ide->s.selected];
    if (d->kind)
        return d;
    return ide->drive[0].kind ? &ide->drive[0] : NULL;
}

static u8 peek_status(Ide *ide)
{
    const IdeDrive *d = answering(ide);
    if (!d)
        return FLOAT;
    return d->number == ide->s.selected ? ide->s.drive[d->number].status : 0;
}

static u32 task_peek(void *ctx, u32 port, int size)
{
    Ide *ide = ctx;
    IdeDrive *d = answering(ide);
    int reg = port & 7;
    if (!d)
        return FLOAT;
    const IdeDriveState *s = ide_state(d);
    if (ide->s.control & IDE_HOB && reg >= 2 && reg <= 5)
        return s->previous[reg - 2];
    switch (reg) {
    case 1:
        return s->error;
    case 2:
        return s->count;
    case 3:
        return s->lba0;
    case 4:
        return s->lba1;
    case 5:
        return s->lba2;
    case 6:
        return s->device | 0xA0; /* bits 7 and 5 were always written as ones */
    default:
        return peek_status(ide);
    }
}

static u32 task_read(void *ctx, u32 port, int size)
{
    Ide *ide = ctx;
    u32 v = task_peek(ctx, port, size);
    if ((port & 7) == 7 && ide->drive[ide->s.selected].kind)
        acknowledge(&ide->drive[ide->s.selected]);
    return v;
}

/* ATA-4 9.16.1: a command for a device that does not exist is ignored, except the diagnostic. */
static void write_command(Ide *ide, u8 v)
{
    IdeDrive *d = &ide->drive[ide->s.selected];
    if (v == 0x90 && !d->kind)
        d = answering(ide);
    if (!d || !d->kind)
        return;
    IdeDriveState *s = ide_state(d);
    bool reset = v == 0x08 && d->kind->packet; /* DEVICE RESET */
    if ((s->status & IDE_BSY || s->sleeping) && !reset)
        return;
    if (s->phase == IDE_RESETTING)
        return;
    acknowledge(d);
    s->command = v;
    s->error = 0;
    s->pos = s->end = 0;
    if (!d->kind->at_once || !d->kind->at_once(v)) {
        ide_later(d, IDE_COMMAND, IDE_COMMAND_US);
        return;
    }
    d->defer = true; /* an error's interrupt follows a little later */
    s->phase = IDE_COMMAND;
    d->kind->event(d);
    d->defer = false;
}

/* A busy drive does not listen (ATA-4 7.x: "shall only be written when BSY and DRQ are zero"). */
static void write_task_file(IdeDriveState *s, int reg, u8 v)
{
    u8 *const pair[4] = {&s->count, &s->lba0, &s->lba1, &s->lba2};
    if (s->status & IDE_BSY)
        return;
    switch (reg) {
    case 1:
        s->features = v;
        break;
    case 2:
    case 3:
    case 4:
    case 5:
        s->previous[reg - 2] = *pair[reg - 2];
        *pair[reg - 2] = v;
        break;
    case 6:
        s->device = v;
        break;
    }
}

static void task_write(void *ctx, u32 port, int size, u32 value)
{
    Ide *ide = ctx;
    u8 v = (u8)value;
    int reg = port & 7;
    if (reg == 7) {
        write_command(ide, v);
        return;
    }
    ide->s.control &= (u8)~IDE_HOB;
    for (int i = 0; i < 2; i++)
        if (ide->drive[i].kind)
            write_task_file(&ide->s.drive[i], reg, v);
    if (reg == 6) {
        ide->s.selected = v >> 4 & 1;
        update_irq(ide);
    }
}

static u32 control_read(void *ctx, u32 port, int size)
{
    return peek_status(ctx);
}

static void control_write(void *ctx, u32 port, int size, u32 value)
{
    write_control(ctx, (u8)value);
}

/* ---- life ------------------------------------------------------------------------------------ */

static bool check_drive(const IdeDriveState *s)
{
    bool data = s->phase == IDE_DATA_IN || s->phase == IDE_DATA_OUT;
    return STATE_BOOL(s->wide) && STATE_BOOL(s->sleeping) && STATE_BOOL(s->intrq) &&
           STATE_BOOL(s->intrq_due) && STATE_BOOL(s->data8) && STATE_BOOL(s->write_cache) &&
           STATE_BOOL(s->look_ahead) && STATE_BOOL(s->revert) && STATE_BOOL(s->smart) &&
           s->phase <= IDE_DMA_OUT && s->pos <= s->end && s->end <= IDE_BUFFER &&
           (!data || s->pos < s->end) && s->block <= IDE_MULTIPLE_MAX &&
           s->multiple <= IDE_MULTIPLE_MAX && s->left <= 65536 && (!s->left || s->block) &&
           (!s->media || (s->heads && s->sectors)) && disk_faults_check(&s->faults);
}

/* A CD-ROM drive's part; all zero in a hard disk. */
static bool check_cd(const IdeDriveState *s, const Clock *clock)
{
    const AtapiState *c = &s->cd;
    return STATE_BOOL(c->open) && STATE_BOOL(c->locked) && STATE_BOOL(c->dma) &&
           c->filled <= IDE_BUFFER &&
           c->stage <= ATAPI_TAKE && (!c->stage || c->limit >= 2) &&
           (c->stage != ATAPI_READ || (c->frame && c->frame <= IDE_BUFFER)) &&
           (c->stage < ATAPI_READ || c->stage == ATAPI_TAKE || s->end <= c->filled) &&
           c->began <= clock->now && c->play <= c->stop;
}

static bool check_state(const void *state, const Clock *clock)
{
    const IdeState *s = state;
    return s->selected < 2 && STATE_BOOL(s->line) && check_drive(&s->drive[0]) &&
           check_drive(&s->drive[1]) && check_cd(&s->drive[0], clock) &&
           check_cd(&s->drive[1], clock);
}

void ide_init(Ide *ide, const IdeConfig *cfg)
{
    static const BusOps data = {data_port_read, data_port_write, data_port_peek, 1 | 2 | 4};
    static const BusOps task = {task_read, task_write, task_peek, 1};
    static const BusOps control = {control_read, control_write, control_read, 1};
    static const char *const events[2][2] = {{"ide0.master", "ide0.slave"},
                                             {"ide1.master", "ide1.slave"}};
    static const char *const slices[2][2] = {{"ide0.master.audio", "ide0.slave.audio"},
                                             {"ide1.master.audio", "ide1.slave.audio"}};
    memset(ide, 0, sizeof *ide);
    ide->bus = cfg->bus;
    ide->queue = cfg->queue;
    ide->irq = cfg->irq;
    ide->dma = cfg->dma;
    ide->base = cfg->base;
    ide->control = cfg->control;
    ide->number = cfg->number & 1;
    for (u8 i = 0; i < 2; i++) {
        IdeDrive *d = &ide->drive[i];
        bool cd = cfg->cd[i] || (cfg->disk[i] && cfg->disk[i]->kind == DISK_CD);
        *d = (IdeDrive){.channel = ide, .disk = cfg->disk[i], .number = i};
        d->kind = cd ? &atapi_kind : d->disk ? &ide_disk_kind : NULL;
        if (cd && d->disk && !d->disk->toc)
            d->disk = NULL; /* not a disc */
        ide->s.drive[i].media = d->disk ? d->disk->id : 0;
        ide->s.drive[i].faults = d->disk ? d->disk->faults : (DiskFaults){.count = 0};
        event_init(ide->queue, &d->event, events[ide->number][i], drive_event, d);
        d->sound = cfg->sound[i];
        if (cd)
            event_init(ide->queue, &d->slice, slices[ide->number][i], atapi_on_slice, d);
    }
    if (!bus_map_port(ide->bus, ide->base, 1, &data, ide, cfg->name) ||
        !bus_map_port(ide->bus, ide->base + 1, 7, &task, ide, cfg->name) ||
        !bus_map_port(ide->bus, ide->control, 1, &control, ide, cfg->name))
        panic("no room in the port table for %s", cfg->name);
    if (cfg->snap) {
        snap_add(cfg->snap, cfg->name, 6, &ide->s, sizeof ide->s);
        snap_check(cfg->snap, check_state);
    }
    ide_reset(ide);
}

/* Multiword DMA modes 0 to 2, and which of them is set. */
void ide_put_dma(const IdeDriveState *s, u8 *b)
{
    u8 mode = s->transfer_mode;
    bool set = mode >= IDE_MWDMA && mode <= IDE_MWDMA + 2;
    ide_put_word(b, 49, 0x0B00);
    ide_put_word(b, 63, 7u | (set ? 0x100u << (mode - IDE_MWDMA) : 0));
    ide_put_word(b, 65, 120); /* cycle time in ns */
    ide_put_word(b, 66, 120);
}

/* PIO default, flow control mode 0-4, or multiword DMA mode 0-2 (ATA-4 table 22). */
bool ide_set_transfer_mode(IdeDrive *d)
{
    IdeDriveState *s = ide_state(d);
    bool dma = ide_has_bus_master(d) && s->count >= IDE_MWDMA && s->count <= IDE_MWDMA + 2;
    if (s->count > 1 && (s->count < 8 || s->count > 12) && !dma)
        return false;
    s->transfer_mode = s->count;
    return true;
}

/* ATA strings: padded with blanks, the two characters of each word swapped (ATA-4 8.12.8). */
void ide_put_string(u8 *b, int word, int words, const char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < (size_t)words * 2; i++)
        b[(size_t)word * 2 + (i ^ 1)] = i < len ? (u8)text[i] : ' ';
}

bool ide_is_cd(const Ide *ide, int drive)
{
    return ide->drive[drive].kind && ide->drive[drive].kind->packet;
}

DiskFaults *ide_faults(Ide *ide, int drive)
{
    return &ide->s.drive[drive].faults;
}

bool ide_busy(const Ide *ide, int drive)
{
    return ide->s.drive[drive].phase != IDE_IDLE;
}
