/* fdc.c: the floppy controller, an Intel 82077AA in PC/AT mode (IDENT high). Here: registers,
 * reset, interrupts, seeks and the commands that touch no sector; the others are in fdc_data.c.
 * Reference: Intel 82077AA data sheet (order number 290166), cited as "82077" with its section
 * titles.
 *
 *   port  read                                   write
 *   3F0h  - (PS/2 modes only)                    -
 *   3F1h  - (PS/2 modes only)                    -
 *   3F2h  DOR  MOT3-0 DMAGATE RESET- DS1-0       the same
 *   3F3h  TDR  tape drive select, bits 1-0       the same
 *   3F4h  MSR  RQM DIO NONDMA CMDBSY DRV3-0BSY   DSR  SWRESET PDOWN 0 PRECOMP2-0 RATE1-0
 *   3F5h  data register (FIFO)                   the same
 *   3F7h  DIR  DSKCHG, bits 6-0 not driven       CCR  RATE1-0
 *
 * Port 3F6h belongs to the hard disk. A motor may be off: see the NOTE at fdc_data.c.
 *
 * NOTE: the controller takes command bytes at once, where the chip needs up to 12 us for each. */
#include "devices/fdc_parts.h"

enum { DOR_RESET = 4, DOR_GATE = 8, DSR_RESET = 0x80, DSR_HARD = 2 /* 250 kb/s */ };
enum { MSR_RQM = 0x80, MSR_DIO = 0x40, MSR_NONDMA = 0x20, MSR_BUSY = 0x10 };
enum { POLL_US = 60, SEEK_MIN_US = 50 };

/* Most step pulses of one RECALIBRATE (82077, "Recalibrate"). */
enum { RECALIBRATE_STEPS = 79 };

/* ---- interrupt ------------------------------------------------------------------------------- */

static void update_irq(Fdc *f)
{
    bool gate = (f->s.dor & (DOR_GATE | DOR_RESET)) == (DOR_GATE | DOR_RESET);
    line_set(&f->irq, f->s.int_pending && gate);
}

void fdc_set_int(Fdc *f, bool level)
{
    f->s.int_pending = level;
    if (level)
        f->s.reset_left = 0; /* a new reason replaces what a reset left unread */
    update_irq(f);
}

/* ---- reset ----------------------------------------------------------------------------------- */

static void stop(Fdc *f)
{
    FdcState *s = &f->s;
    event_cancel(f->queue, &f->step);
    event_cancel(f->queue, &f->poll);
    for (int i = 0; i < FDC_UNITS; i++)
        event_cancel(f->queue, &f->seek[i]);
    s->seeking = s->seek_done = s->reset_left = 0;
    s->command_have = s->command_len = s->result_len = s->result_pos = 0;
    s->fifo_len = 0;
    s->drq = s->ending = s->tc = s->result_int = false;
    dma_line_dreq(&f->dma, false);
    fdc_set_int(f, false);
}

/* What DOR, DSR and the pin have in common. PCN is kept (the heads have not moved), SPECIFY's
 * and the data rate too (82077, "Reset"). */
static void soft_reset(Fdc *f)
{
    stop(f);
    f->s.own_seeks = false;
    if (!f->s.lock) {
        f->s.config = CONFIG_FIFO_OFF;
        f->s.pretrk = 0;
    }
    f->s.perpendicular &= 0x3C; /* GAP and WGATE */
}

static void leave_reset(Fdc *f)
{
    f->s.phase = PHASE_COMMAND;
    if (!(f->s.config & CONFIG_POLL_OFF))
        event_at(f->queue, &f->poll, f->queue->clock->now + clock_us(f->queue->clock, POLL_US));
}

/* After a reset the chip polls its four drives and finds each "changed its ready state": one
 * interrupt, four statuses to fetch. */
static void poll_ended(void *ctx, u64 when)
{
    Fdc *f = ctx;
    fdc_set_int(f, true);
    f->s.reset_left = FDC_UNITS;
}

void fdc_reset(Fdc *f)
{
    FdcState *s = &f->s;
    s->lock = false;
    s->perpendicular = 0;
    s->srt_hut = s->hlt_nd = 0;
    s->dor = s->tdr = 0;
    s->dsr = DSR_HARD;
    s->rate_set = false;
    soft_reset(f);
    for (int i = 0; i < FDC_UNITS; i++)
        s->unit[i].pcn = 0;
    s->phase = PHASE_RESET;
}

static void write_dor(Fdc *f, u8 v)
{
    u8 old = f->s.dor;
    f->s.dor = v;
    if (old & ~v & DOR_RESET) {
        soft_reset(f);
        f->s.phase = PHASE_RESET;
    } else if (~old & v & DOR_RESET) {
        leave_reset(f);
    }
    update_irq(f);
}

static void write_dsr(Fdc *f, u8 v)
{
    f->s.dsr = v & 0x7F;
    f->s.rate_set = true;
    if (v & DSR_RESET && f->s.phase != PHASE_RESET) { /* the bit clears itself */
        soft_reset(f);
        leave_reset(f);
    }
}

/* ---- heads ----------------------------------------------------------------------------------- */

/* SPECIFY's step rate: 16 - SRT milliseconds at 500 kb/s, in proportion at other rates. */
static u32 step_us(const Fdc *f)
{
    static const u16 us[4] = {1000, 1667, 2000, 500}; /* at 500, 300, 250 and 1000 kb/s */
    return (16u - (f->s.srt_hut >> 4)) * us[f->s.dsr & 3];
}

u64 fdc_step_heads(Fdc *f, int unit, int n)
{
    FdcUnitState *u = &f->s.unit[unit];
    int to = u->head_track + n;
    u->head_track = (u8)(to < 0 ? 0 : to > FDC_TRACK_MAX ? FDC_TRACK_MAX : to);
    if (n && fdc_disk(f, unit)) /* a step pulse resets the latch if there is a disk */
        u->changed = false;
    u32 steps = (u32)(n < 0 ? -n : n);
    return clock_us(f->queue->clock, SEEK_MIN_US + (u64)steps * step_us(f));
}

static void start_seek(Fdc *f, int unit, int steps, u8 pcn, u8 st0)
{
    FdcState *s = &f->s;
    s->unit[unit].seek_st0 = (u8)(st0 | (s->command[1] & 4) | unit);
    s->unit[unit].seek_pcn = pcn;
    s->seeking |= (u8)(1 << unit);
    s->seek_done &= (u8) ~(1 << unit);
    if (!s->seek_done) /* a status nobody fetched must not swallow this seek's edge */
        fdc_set_int(f, false);
    event_at(f->queue, &f->seek[unit], f->queue->clock->now + fdc_step_heads(f, unit, steps));
}

static void seek_ended(Fdc *f, int unit)
{
    f->s.unit[unit].pcn = f->s.unit[unit].seek_pcn;
    f->s.seeking &= (u8) ~(1 << unit);
    f->s.seek_done |= (u8)(1 << unit);
    fdc_set_int(f, true);
}

static void seek_ended_0(void *ctx, u64 when)
{
    seek_ended(ctx, 0);
}

static void seek_ended_1(void *ctx, u64 when)
{
    seek_ended(ctx, 1);
}

static void seek_ended_2(void *ctx, u64 when)
{
    seek_ended(ctx, 2);
}

static void seek_ended_3(void *ctx, u64 when)
{
    seek_ended(ctx, 3);
}

/* ---- commands without data ------------------------------------------------------------------- */

static void command_done(Fdc *f)
{
    f->s.phase = PHASE_COMMAND;
    f->s.command_have = f->s.command_len = 0;
}

void fdc_result(Fdc *f, int len)
{
    f->s.phase = PHASE_RESULT;
    f->s.result_len = (u8)len;
    f->s.result_pos = 0;
    f->s.command_have = f->s.command_len = 0;
}

static void result_byte(Fdc *f, u8 value)
{
    f->s.result[0] = value;
    fdc_result(f, 1);
}

static void invalid(Fdc *f)
{
    result_byte(f, ST0_INVALID);
}

static void specify(Fdc *f)
{
    f->s.srt_hut = f->s.command[1];
    f->s.hlt_nd = f->s.command[2];
    command_done(f);
}

static void sense_drive(Fdc *f)
{
    u8 p = f->s.command[1] & 7;
    const FdcUnitState *u = &f->s.unit[p & 3];
    const Disk *d = fdc_disk(f, p & 3);
    u8 st3 = ST3_ALWAYS | p;
    if (d && d->read_only)
        st3 |= ST3_PROTECTED;
    if (u->type && u->head_track == 0)
        st3 |= ST3_TRACK0;
    result_byte(f, st3);
}

static void recalibrate(Fdc *f)
{
    int unit = f->s.command[1] & 3;
    const FdcUnitState *u = &f->s.unit[unit];
    f->s.command[1] &= 3; /* the head bit is not part of this command */
    bool found = u->type && u->head_track <= RECALIBRATE_STEPS;
    int steps = found ? u->head_track : RECALIBRATE_STEPS;
    start_seek(f, unit, -steps, 0, ST0_SEEK_END | (found ? 0 : ST0_EQUIPMENT | ST0_ABNORMAL));
    command_done(f);
}

static void seek(Fdc *f)
{
    int unit = f->s.command[1] & 3;
    u8 to = f->s.command[2];
    f->s.own_seeks = true;
    start_seek(f, unit, to - f->s.unit[unit].pcn, to, ST0_SEEK_END);
    command_done(f);
}

static void relative_seek(Fdc *f)
{
    int unit = f->s.command[1] & 3, n = f->s.command[2];
    if (!(f->s.command[0] & 0x40)) /* DIR: 1 towards the spindle */
        n = -n;
    f->s.own_seeks = true;
    start_seek(f, unit, n, (u8)(f->s.unit[unit].pcn + n), ST0_SEEK_END);
    command_done(f);
}

static void sense_interrupt(Fdc *f)
{
    FdcState *s = &f->s;
    int unit = 0;
    if (s->reset_left) {
        unit = FDC_UNITS - s->reset_left--;
        s->result[0] = (u8)(ST0_POLLING | unit);
        s->int_pending = false;
        update_irq(f);
    } else if (s->seek_done) {
        while (!(s->seek_done >> unit & 1))
            unit++;
        s->seek_done &= (u8) ~(1 << unit);
        s->result[0] = s->unit[unit].seek_st0;
        fdc_set_int(f, false);
        if (s->seek_done) /* another drive is waiting: a new edge */
            fdc_set_int(f, true);
    } else {
        invalid(f);
        return;
    }
    s->result[1] = s->unit[unit].pcn;
    fdc_result(f, 2);
}

static void dumpreg(Fdc *f)
{
    FdcState *s = &f->s;
    for (int i = 0; i < FDC_UNITS; i++)
        s->result[i] = s->unit[i].pcn;
    s->result[4] = s->srt_hut;
    s->result[5] = s->hlt_nd;
    s->result[6] = s->eot;
    s->result[7] = (u8)(s->lock << 7 | s->perpendicular);
    s->result[8] = s->config;
    s->result[9] = s->pretrk;
    fdc_result(f, 10);
}

static void version(Fdc *f)
{
    result_byte(f, 0x90); /* an enhanced controller */
}

static void perpendicular(Fdc *f)
{
    u8 p = f->s.command[1];
    if (p & 0x80) /* OW: the drive bits may be written */
        f->s.perpendicular = p & 0x3F;
    else
        f->s.perpendicular = (f->s.perpendicular & 0x3C) | (p & 3);
    command_done(f);
}

static void configure(Fdc *f)
{
    f->s.config = f->s.command[2] & 0x7F;
    f->s.own_seeks = true;
    f->s.pretrk = f->s.command[3];
    command_done(f);
}

static void lock(Fdc *f)
{
    f->s.lock = f->s.command[0] >> 7;
    result_byte(f, (u8)(f->s.lock << 4));
}

/* ---- command phase --------------------------------------------------------------------------- */

typedef struct {
    u8 mask, value;
    u8 len; /* with the command byte */
    void (*run)(Fdc *f);
} Command;

/* 82077, "Command Set/Descriptions". SEEK and RELATIVE SEEK share their low bits, VERSION and
 * SCAN EQUAL are told apart by all. */
static const Command commands[] = {
    {0x1F, OP_READ, 9, fdc_data_start},
    {0x3F, OP_WRITE, 9, fdc_data_start},
    {0x1F, OP_READ_DELETED, 9, fdc_data_start},
    {0x3F, OP_WRITE_DELETED, 9, fdc_data_start},
    {0xBF, OP_READ_TRACK, 9, fdc_data_start},
    {0x1F, OP_VERIFY, 9, fdc_data_start},
    {0x1F, OP_SCAN_EQUAL, 9, fdc_data_start},
    {0x1F, OP_SCAN_LOW, 9, fdc_data_start},
    {0x1F, OP_SCAN_HIGH, 9, fdc_data_start},
    {0xBF, OP_FORMAT, 6, fdc_data_start},
    {0xBF, OP_READ_ID, 2, fdc_data_start},
    {0xFF, OP_SPECIFY, 3, specify},
    {0xFF, OP_SENSE_DRIVE, 2, sense_drive},
    {0xFF, OP_RECALIBRATE, 2, recalibrate},
    {0xFF, OP_SENSE_INTERRUPT, 1, sense_interrupt},
    {0xFF, OP_DUMPREG, 1, dumpreg},
    {0xFF, OP_SEEK, 3, seek},
    {0xBF, 0x80 | OP_SEEK, 3, relative_seek},
    {0xFF, OP_VERSION, 1, version},
    {0xFF, OP_PERPENDICULAR, 2, perpendicular},
    {0xFF, OP_CONFIGURE, 4, configure},
    {0x7F, OP_LOCK, 1, lock},
};

static const Command *find_command(u8 byte)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if ((byte & commands[i].mask) == commands[i].value)
            return &commands[i];
    return NULL;
}

static void take_command_byte(Fdc *f, u8 v)
{
    FdcState *s = &f->s;
    if (s->command_have == 0) {
        const Command *c = find_command(v);
        s->command[0] = v;
        if (!c) {
            invalid(f);
            return;
        }
        s->command_len = c->len;
        if (v != OP_SENSE_INTERRUPT)
            event_cancel(f->queue, &f->poll); /* a command ends the polling */
    } else {
        s->command[s->command_have] = v;
    }
    if (++s->command_have == s->command_len)
        find_command(s->command[0])->run(f);
}

/* ---- registers ------------------------------------------------------------------------------- */

static u8 main_status(const Fdc *f)
{
    const FdcState *s = &f->s;
    u8 v = s->seeking;
    switch ((FdcPhase)s->phase) {
    case PHASE_RESET:
        return 0;
    case PHASE_COMMAND:
        return v | MSR_RQM | (s->command_have ? MSR_BUSY : 0);
    case PHASE_RESULT:
        return v | MSR_RQM | MSR_DIO | MSR_BUSY;
    default:
        v |= MSR_BUSY;
        if (fdc_pio(f))
            v |= MSR_NONDMA | (fdc_data_to_host(f) ? MSR_DIO : 0) | (s->drq ? MSR_RQM : 0);
        return v;
    }
}

/* The latch of the selected drive. A 360K drive has no such line. */
static u8 digital_input(const Fdc *f)
{
    const FdcUnitState *u = &f->s.unit[f->s.dor & 3];
    bool change = u->type > FDC_DRIVE_360K && (u->changed || !fdc_disk(f, f->s.dor & 3));
    return (u8)(change << 7 | 0x7F);
}

static u8 read_data(Fdc *f)
{
    FdcState *s = &f->s;
    if (s->phase == PHASE_SEARCH || s->phase == PHASE_MOVE)
        return fdc_data_read(f);
    if (s->phase != PHASE_RESULT)
        return 0xFF;
    u8 v = s->result[s->result_pos];
    bool announced = s->result_int;
    if (announced && s->result_pos == 0)
        fdc_set_int(f, false);
    if (++s->result_pos == s->result_len) {
        s->result_int = false;
        command_done(f);
        if (announced && s->seek_done) /* a seek of another drive ended meanwhile */
            fdc_set_int(f, true);
    }
    return v;
}

static u32 fdc_port_read(void *ctx, u32 port, int size)
{
    Fdc *f = ctx;
    switch (port & 7) {
    case 2:
        return f->s.dor;
    case 3:
        return f->s.tdr | 0xFC;
    case 4:
        return main_status(f);
    case 5:
        return read_data(f);
    case 7:
        return digital_input(f);
    default:
        return 0xFF;
    }
}

static u32 fdc_port_peek(void *ctx, u32 port, int size)
{
    const Fdc *f = ctx;
    if ((port & 7) != 5)
        return fdc_port_read(ctx, port, size); /* the others have no side effects */
    if (f->s.phase == PHASE_RESULT)
        return f->s.result[f->s.result_pos];
    return f->s.fifo_len ? f->s.fifo[0] : 0xFF;
}

static void fdc_port_write(void *ctx, u32 port, int size, u32 value)
{
    Fdc *f = ctx;
    u8 v = (u8)value;
    switch (port & 7) {
    case 2:
        write_dor(f, v);
        break;
    case 3:
        f->s.tdr = v & 3;
        break;
    case 4:
        write_dsr(f, v);
        break;
    case 5:
        if (f->s.phase == PHASE_COMMAND)
            take_command_byte(f, v);
        else if (f->s.phase == PHASE_SEARCH || f->s.phase == PHASE_MOVE)
            fdc_data_write(f, v);
        break;
    case 7:
        f->s.dsr = (f->s.dsr & 0x7C) | (v & 3);
        f->s.rate_set = true;
        break;
    }
}

/* ---- life ------------------------------------------------------------------------------------ */

static bool check_unit(const FdcUnitState *u)
{
    return u->type <= FDC_DRIVE_2880K && u->head_track <= FDC_TRACK_MAX && STATE_BOOL(u->changed) &&
           disk_faults_check(&u->faults);
}

static bool check_command(const FdcState *s)
{
    if (s->phase == PHASE_RESULT)
        return s->result_len <= sizeof s->result && s->result_pos < s->result_len;
    if (s->phase != PHASE_COMMAND || !s->command_have)
        return true;
    const Command *c = find_command(s->command[0]);
    return c && s->command_len == c->len && s->command_have < c->len;
}

static bool check_transfer(const FdcState *s)
{
    return s->now < FDC_UNITS && s->head < 2 && s->want <= FDC_SECTOR_MAX && s->pos <= s->want &&
           (s->phase != PHASE_MOVE || s->pos < s->want) && s->fifo_len <= FDC_FIFO &&
           !(s->drq && s->fifo_len >= FDC_FIFO && s->pos + s->fifo_len >= s->want);
}

static bool check_state(const void *state, const Clock *clock)
{
    const FdcState *s = state;
    for (int i = 0; i < FDC_UNITS; i++)
        if (!check_unit(&s->unit[i]))
            return false;
    return STATE_BOOL(s->rate_set) && STATE_BOOL(s->own_seeks) && STATE_BOOL(s->int_pending) &&
           STATE_BOOL(s->result_int) && STATE_BOOL(s->lock) && STATE_BOOL(s->mark_differs) &&
           STATE_BOOL(s->tc) && STATE_BOOL(s->ending) && STATE_BOOL(s->drq) &&
           s->phase <= PHASE_RESET && s->reset_left <= FDC_UNITS && check_command(s) &&
           check_transfer(s);
}

void fdc_init(Fdc *f, const FdcConfig *cfg)
{
    static const BusOps ops = {fdc_port_read, fdc_port_write, fdc_port_peek, 1};
    static EventFn *const ended[FDC_UNITS] = {seek_ended_0, seek_ended_1, seek_ended_2,
                                              seek_ended_3};
    static const char *const names[FDC_UNITS] = {"fdc.seek0", "fdc.seek1", "fdc.seek2",
                                                 "fdc.seek3"};
    memset(f, 0, sizeof *f);
    f->bus = cfg->bus;
    f->queue = cfg->queue;
    f->irq = cfg->irq;
    f->dma = cfg->dma;
    for (int i = 0; i < FDC_DRIVES; i++)
        f->s.unit[i].type = (u8)cfg->drive[i];
    event_init(f->queue, &f->step, "fdc.step", fdc_data_step, f);
    event_init(f->queue, &f->poll, "fdc.poll", poll_ended, f);
    for (int i = 0; i < FDC_UNITS; i++)
        event_init(f->queue, &f->seek[i], names[i], ended[i], f);
    if (!bus_map_port(f->bus, 0x3F0, 6, &ops, f, "fdc") ||
        !bus_map_port(f->bus, 0x3F7, 1, &ops, f, "fdc"))
        panic("no room in the port table for the floppy controller");
    if (cfg->snap) {
        snap_add(cfg->snap, "fdc", 3, &f->s, sizeof f->s);
        snap_check(cfg->snap, check_state);
    }
    fdc_reset(f);
}

Disk *fdc_insert(Fdc *f, int drive, Disk *disk)
{
    Disk *old = f->disk[drive];
    f->disk[drive] = disk;
    f->s.unit[drive].media = disk ? disk->id : 0;
    f->s.unit[drive].faults = disk ? disk->faults : (DiskFaults){.count = 0};
    f->s.unit[drive].changed = true;
    f->s.unit[drive].sector = 0;
    return old;
}

Disk *fdc_eject(Fdc *f, int drive)
{
    return fdc_insert(f, drive, NULL);
}

DiskFaults *fdc_faults(Fdc *f, int drive)
{
    return &f->s.unit[drive].faults;
}
