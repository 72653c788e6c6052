/* cmos.c: the MC146818 clock with 128 bytes of battery RAM, from Motorola's data sheet, and the
 * layout that PC/AT BIOSes give to the RAM. Its oscillator is 32,768 Hz of guest time; the clock
 * starts from a configured date, never from the host's. Updates, periodic and alarm interrupts come
 * exactly on their cycle; UIP and PF are worked out when somebody looks.
 *
 *   70h write  bits 0-6 index, bit 7 = 1 masks NMI      71h  data
 *
 *   00h seconds   02h minutes   04h hours (bit 7 PM in 12-hour mode)
 *   01h 03h 05h the alarm's; C0h-FFh = any
 *   06h day of the week, 1 = Sunday   07h day   08h month   09h year   32h century (RAM, by custom)
 *   0Ah  7 UIP   6-4 divider: 010 = 32,768 Hz, 11x = held in reset   3-0 periodic rate
 *   0Bh  7 SET  6 PIE  5 AIE  4 UIE  3 SQWE  2 binary  1 24-hour  0 daylight saving
 *   0Ch  7 IRQF  6 PF  5 AF  4 UF; reading clears
 *   0Dh  7 VRT: battery good
 *   0Fh  reason of shutdown (kept over processor resets)     10h-5Fh  see fill()
 *
 * NOTE: the divider settings for 4 and 1 MHz crystals stop the clock, as the crystal is a 32 kHz
 * one.
 * NOTE: the century byte follows when the year wraps; the original part had no century. */
#include "devices/cmos.h"

#define CMOS_HZ 32768u

enum {
    SECOND = 0,
    SECOND_ALARM = 1,
    MINUTE = 2,
    MINUTE_ALARM = 3,
    HOUR = 4,
    HOUR_ALARM = 5,
    WEEKDAY = 6,
    DAY = 7,
    MONTH = 8,
    YEAR = 9,
    REG_A = 10,
    REG_B = 11,
    REG_C = 12,
    REG_D = 13,
    CENTURY = 0x32
};
enum { A_UIP = 0x80, A_DIVIDER = 0x70, A_RUN = 0x20, A_RATE = 0x0F };
enum {
    B_SET = 0x80,
    B_PIE = 0x40,
    B_AIE = 0x20,
    B_UIE = 0x10,
    B_SQWE = 8,
    B_BINARY = 4,
    B_24H = 2,
    B_DST = 1
};
enum { C_IRQF = 0x80, C_PF = 0x40, C_AF = 0x20, C_UF = 0x10 };

/* UIP rises 244 us before the update, which takes 1,984 us: 73 cycles of the oscillator. */
enum { UIP_CYCLES = 73 };

static u64 cycle_now(const Cmos *c)
{
    return clock_cycles(c->queue->clock, c->queue->clock->now, CMOS_HZ);
}

static bool is_running(const Cmos *c)
{
    return (c->s.ram[REG_A] & A_DIVIDER) == A_RUN;
}

/* ---- numbers and calendar -------------------------------------------------------------------- */

static u8 encode(const Cmos *c, int v)
{
    return c->s.ram[REG_B] & B_BINARY ? (u8)v : (u8)(v / 10 << 4 | v % 10);
}

static int decode(const Cmos *c, u8 v)
{
    return c->s.ram[REG_B] & B_BINARY ? v : (v >> 4) * 10 + (v & 15);
}

static int get(const Cmos *c, int reg)
{
    return decode(c, c->s.ram[reg]);
}

/* Hour 0-23 from either form; nonsense in the register gives nonsense in range. */
static int get_hour(const Cmos *c)
{
    u8 v = c->s.ram[HOUR];
    if (c->s.ram[REG_B] & B_24H)
        return decode(c, v) % 24;
    return decode(c, v & 0x7F) % 12 + (v & 0x80 ? 12 : 0);
}

static void set_hour(Cmos *c, int hour)
{
    if (c->s.ram[REG_B] & B_24H)
        c->s.ram[HOUR] = encode(c, hour);
    else
        c->s.ram[HOUR] = encode(c, hour % 12 ? hour % 12 : 12) | (hour >= 12 ? 0x80 : 0);
}

/* The chip knows leap years by year modulo 4 alone. */
static int days_in(int month, int year)
{
    static const u8 days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && year % 4 == 0 ? 29 : month >= 1 && month <= 12 ? days[month - 1] : 31;
}

/* Counts a register up; true: it passed `last` and starts again at `first`. */
static bool count_up(Cmos *c, int reg, int first, int last)
{
    int v = get(c, reg);
    bool wraps = v >= last;
    c->s.ram[reg] = encode(c, wraps ? first : v + 1);
    return wraps;
}

static void next_day(Cmos *c)
{
    count_up(c, WEEKDAY, 1, 7);
    if (!count_up(c, DAY, 1, days_in(get(c, MONTH), get(c, YEAR))))
        return;
    if (!count_up(c, MONTH, 1, 12) || !count_up(c, YEAR, 0, 99))
        return;
    count_up(c, CENTURY, 0, 99);
}

/* US rules of the part's day: from 1:59:59 on to 3:00:00 on the last Sunday of April, from 1:59:59
 * back to 1:00:00, once, on the last Sunday of October. Called when 2:00:00 would come. True: the
 * hour has been set. */
static bool daylight_saving(Cmos *c)
{
    if (!(c->s.ram[REG_B] & B_DST) || get(c, WEEKDAY) != 1)
        return false;
    if (get(c, MONTH) == 4 && get(c, DAY) >= 24) {
        set_hour(c, 3);
        return true;
    }
    if (get(c, MONTH) == 10 && get(c, DAY) >= 25) {
        c->s.fell_back = !c->s.fell_back;
        set_hour(c, c->s.fell_back ? 1 : 2);
        return true;
    }
    return false;
}

static void next_second(Cmos *c)
{
    if (!count_up(c, SECOND, 0, 59) || !count_up(c, MINUTE, 0, 59))
        return;
    int hour = get_hour(c);
    if (hour == 1 && daylight_saving(c))
        return;
    set_hour(c, (hour + 1) % 24);
    if (hour == 23)
        next_day(c);
}

static bool alarm_matches(const Cmos *c)
{
    for (int reg = SECOND; reg <= HOUR; reg += 2) {
        u8 alarm = c->s.ram[reg + 1];
        if (alarm < 0xC0 && alarm != c->s.ram[reg])
            return false;
    }
    return true;
}

/* ---- interrupts and the divider chain -------------------------------------------------------- */

static void drive_irq(Cmos *c)
{
    /* each flag in C stands where its enable stands in B */
    bool irq = c->s.ram[REG_B] & c->s.ram[REG_C] & (C_PF | C_AF | C_UF);
    c->s.ram[REG_C] = irq ? c->s.ram[REG_C] | C_IRQF : c->s.ram[REG_C] & (u8)~C_IRQF;
    if (irq == c->s.irq)
        return;
    c->s.irq = irq;
    line_set(&c->irq, irq);
}

/* Cycles between periodic interrupts; 0: none. Rates 1 and 2 repeat 8 and 9 with a 32 kHz
 * crystal. */
static u32 periodic_cycles(const Cmos *c)
{
    int rate = c->s.ram[REG_A] & A_RATE;
    if (!rate || !is_running(c))
        return 0;
    return rate < 3 ? 64u << rate : 1u << (rate - 1);
}

/* How many whole periods the chain has counted at a cycle; negative before its origin. */
static s64 periods_at(const Cmos *c, u64 cycle, u32 period)
{
    s64 t = (s64)cycle - c->s.origin;
    return t >= 0 ? t / period : -1 - (-1 - t) / (s64)period;
}

static u64 next_boundary(const Cmos *c, u64 cycle, u32 period)
{
    return (u64)(c->s.origin + (periods_at(c, cycle, period) + 1) * (s64)period);
}

/* PF is set at each boundary whether or not anybody wants an interrupt; found out when it
 * matters. */
static void settle_periodic(Cmos *c)
{
    u64 t = cycle_now(c);
    u32 period = periodic_cycles(c);
    if (period && periods_at(c, t, period) != periods_at(c, c->s.settled, period))
        c->s.ram[REG_C] |= C_PF;
    c->s.settled = t;
}

static void arm_at_cycle(Cmos *c, Event *e, u64 cycle)
{
    event_at(c->queue, e, clock_tick_of(c->queue->clock, cycle, CMOS_HZ));
}

static void arm(Cmos *c)
{
    u64 t = cycle_now(c);
    u32 period = periodic_cycles(c);
    if (is_running(c))
        arm_at_cycle(c, &c->second, next_boundary(c, t, CMOS_HZ));
    else
        event_cancel(c->queue, &c->second);
    if (period && c->s.ram[REG_B] & B_PIE)
        arm_at_cycle(c, &c->periodic, next_boundary(c, t, period));
    else
        event_cancel(c->queue, &c->periodic);
}

static void periodic_event(void *ctx, u64 when)
{
    Cmos *c = ctx;
    settle_periodic(c);
    drive_irq(c);
    arm(c);
}

/* The end of an update cycle: UIP falls, the new time is there. */
static void second_event(void *ctx, u64 when)
{
    Cmos *c = ctx;
    settle_periodic(c);
    if (!(c->s.ram[REG_B] & B_SET)) {
        next_second(c);
        c->s.ram[REG_C] |= C_UF;
        if (alarm_matches(c))
            c->s.ram[REG_C] |= C_AF;
    }
    drive_irq(c);
    arm(c);
}

static bool in_update(const Cmos *c)
{
    if (!is_running(c) || c->s.ram[REG_B] & B_SET)
        return false;
    u64 t = cycle_now(c);
    return next_boundary(c, t, CMOS_HZ) - t <= UIP_CYCLES;
}

/* ---- registers ------------------------------------------------------------------------------- */

static void write_a(Cmos *c, u8 v)
{
    bool was_running = is_running(c);
    c->s.ram[REG_A] = v & (u8)~A_UIP;
    /* the first update comes half a second after the divider starts */
    if (!was_running && is_running(c))
        c->s.origin = (s64)cycle_now(c) - CMOS_HZ / 2;
    arm(c);
}

static void write_b(Cmos *c, u8 v)
{
    if (v & B_SET)
        v &= (u8)~B_UIE; /* data sheet: SET clears UIE */
    c->s.ram[REG_B] = v;
    arm(c);
    drive_irq(c);
}

static void write_data(Cmos *c, u8 v)
{
    settle_periodic(c);
    switch (c->s.index) {
    case REG_A:
        write_a(c, v);
        break;
    case REG_B:
        write_b(c, v);
        break;
    case REG_C:
    case REG_D: /* read only */
        break;
    default:
        c->s.ram[c->s.index] = v;
    }
}

static u8 peek_data(const Cmos *c)
{
    u8 v = c->s.ram[c->s.index];
    if (c->s.index == REG_A && in_update(c))
        v |= A_UIP;
    if (c->s.index == REG_C) {
        u32 period = periodic_cycles(c);
        if (period && periods_at(c, cycle_now(c), period) != periods_at(c, c->s.settled, period))
            v |= C_PF;
    }
    return v;
}

static u32 cmos_peek(void *ctx, u32 port, int size)
{
    const Cmos *c = ctx;
    return port & 1 ? peek_data(c) : c->s.index | (c->s.nmi_mask ? 0x80u : 0);
}

static u32 cmos_read(void *ctx, u32 port, int size)
{
    Cmos *c = ctx;
    if (!(port & 1))
        return 0xFF; /* the index is write-only */
    settle_periodic(c);
    u8 v = peek_data(c);
    if (c->s.index == REG_C) {
        c->s.ram[REG_C] = 0;
        drive_irq(c);
    }
    return v;
}

static void cmos_write(void *ctx, u32 port, int size, u32 value)
{
    Cmos *c = ctx;
    if (port & 1) {
        write_data(c, (u8)value);
        return;
    }
    c->s.index = value & 0x7F;
    c->s.nmi_mask = value & 0x80;
    line_set(&c->nmi_mask, c->s.nmi_mask);
}

/* ---- what a BIOS set-up would have stored ---------------------------------------------------- */

static void put16(Cmos *c, int at, u32 v)
{
    c->s.ram[at] = (u8)v;
    c->s.ram[at + 1] = (u8)(v >> 8);
}

static u32 at_most(u64 v, u32 max)
{
    return v > max ? max : (u32)v;
}

/* 2Eh-2Fh: sum of 10h-2Dh, high byte first. */
static void mend_checksum(Cmos *c)
{
    u32 sum = 0;
    for (int i = 0x10; i <= 0x2D; i++)
        sum += c->s.ram[i];
    c->s.ram[0x2E] = (u8)(sum >> 8);
    c->s.ram[0x2F] = (u8)sum;
}

/* Drive type 47, "user defined", at `type`, its nine parameter bytes at `at`. */
static void fill_disk(Cmos *c, const CmosDisk *d, int type, int at)
{
    if (!d->heads)
        return;
    c->s.ram[type] = 47;
    put16(c, at, d->cylinders);
    c->s.ram[at + 2] = d->heads;
    put16(c, at + 3, 0xFFFF); /* no write precompensation */
    c->s.ram[at + 5] = 0xC0 | (d->heads > 8 ? 8 : 0);
    put16(c, at + 6, d->cylinders); /* landing zone */
    c->s.ram[at + 8] = d->sectors;
}

static void fill(Cmos *c, const CmosConfig *cfg)
{
    u8 *ram = c->s.ram;
    u64 kib = cfg->ram >> 10, above_1m = kib > 1024 ? kib - 1024 : 0;
    bool any_floppy = cfg->floppy[0] || cfg->floppy[1];
    ram[0x10] = (u8)(cfg->floppy[0] << 4 | (cfg->floppy[1] & 15));
    ram[0x12] = (cfg->disk[0].heads ? 0xF0 : 0) | (cfg->disk[1].heads ? 0x0F : 0);
    /* equipment: floppies, coprocessor, mouse; display 00 = has its own BIOS */
    ram[0x14] = (any_floppy ? 1 : 0) | (cfg->floppy[0] && cfg->floppy[1] ? 0x40 : 0) |
                (cfg->fpu ? 2 : 0) | (cfg->mouse ? 4 : 0);
    put16(c, 0x15, at_most(kib, 640));
    put16(c, 0x17, at_most(above_1m, 0xFFFF));
    fill_disk(c, &cfg->disk[0], 0x19, 0x1B);
    fill_disk(c, &cfg->disk[1], 0x1A, 0x24);
    put16(c, 0x30, at_most(above_1m, 0xFFFF));
    /* memory above 16 MiB in 64 KiB units, as Bochs and QEMU tell their BIOSes */
    put16(c, 0x34, at_most(kib > 16384 ? (kib - 16384) / 64 : 0, 0xFFFF));
    /* boot order, likewise: 3Dh first and second, 38h third in the high half; 38h bit 1 is our
     * BIOS's: wait in the boot menu */
    ram[0x3D] = (u8)((cfg->boot[0] & 15) | cfg->boot[1] << 4);
    ram[0x38] = (u8)(cfg->boot[2] << 4 | (cfg->boot_menu ? 2 : 0));
    for (int i = 0; i < 4; i++) /* 39h: CHS translation of the four IDE drives, two bits each */
        ram[0x39] |= (u8)((cfg->translation[i] & 3) << (2 * i));
    mend_checksum(c);
}

void cmos_set(Cmos *c, int index, u8 value)
{
    c->s.ram[index & 0x7F] = value;
    mend_checksum(c);
}

/* Proleptic Gregorian date of a day number counted from 1970-01-01. Years are taken from March, so
 * that the leap day is the last of its year; 400 years have 146,097 days. */
static void set_date(Cmos *c, s64 days)
{
    s64 z = days + 719468; /* from 0000-03-01 */
    s64 era = (z >= 0 ? z : z - 146096) / 146097;
    s64 day_of_era = z - era * 146097;
    s64 year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    s64 day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    s64 march_month = (5 * day_of_year + 2) / 153;
    int month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    s64 year = year_of_era + era * 400 + (month <= 2);
    c->s.ram[DAY] = encode(c, (int)(day_of_year - (153 * march_month + 2) / 5 + 1));
    c->s.ram[MONTH] = encode(c, month);
    c->s.ram[YEAR] = encode(c, (int)((year % 100 + 100) % 100));
    c->s.ram[CENTURY] = encode(c, (int)((year / 100 % 100 + 100) % 100));
    c->s.ram[WEEKDAY] = encode(c, (int)(((days + 4) % 7 + 7) % 7) + 1); /* day 0 was a Thursday */
}

static void set_time(Cmos *c, s64 seconds)
{
    s64 days = seconds / 86400, rest = seconds % 86400;
    if (rest < 0)
        days--, rest += 86400;
    set_hour(c, (int)(rest / 3600));
    c->s.ram[MINUTE] = encode(c, (int)(rest / 60 % 60));
    c->s.ram[SECOND] = encode(c, (int)(rest % 60));
    set_date(c, days);
}

/* ---- life ------------------------------------------------------------------------------------ */

void cmos_reset(Cmos *c)
{
    settle_periodic(c);
    c->s.ram[REG_B] &= (u8) ~(B_PIE | B_AIE | B_UIE | B_SQWE);
    c->s.ram[REG_C] = 0;
    c->s.index = 0;
    c->s.nmi_mask = false;
    line_set(&c->nmi_mask, false);
    drive_irq(c);
    arm(c);
}

void cmos_post_load(Cmos *c)
{
    arm(c);
}

static bool check_state(const void *state, const Clock *clock)
{
    const CmosState *s = state;
    s64 now = (s64)clock_cycles(clock, clock->now, CMOS_HZ);
    return s->index < 128 && STATE_BOOL(s->nmi_mask) && STATE_BOOL(s->irq) &&
           STATE_BOOL(s->fell_back) && s->origin >= -(s64)CMOS_HZ && s->origin <= now &&
           s->settled <= (u64)now;
}

void cmos_init(Cmos *c, const CmosConfig *cfg)
{
    static const BusOps ops = {cmos_read, cmos_write, cmos_peek, 1};
    memset(c, 0, sizeof *c);
    c->bus = cfg->bus;
    c->queue = cfg->queue;
    c->irq = cfg->irq;
    c->nmi_mask = cfg->nmi_mask;
    event_init(c->queue, &c->second, "rtc second", second_event, c);
    event_init(c->queue, &c->periodic, "rtc periodic", periodic_event, c);
    c->s.ram[REG_A] = A_RUN | 6; /* 1,024 Hz, as every BIOS leaves it */
    c->s.ram[REG_B] = B_24H;
    c->s.ram[REG_D] = 0x80;
    c->s.origin = (s64)cycle_now(c);
    c->s.settled = cycle_now(c);
    set_time(c, cfg->time);
    fill(c, cfg);
    bus_map_port(c->bus, 0x70, 2, &ops, c, "cmos");
    snap_add(cfg->snap, "cmos", 1, &c->s, sizeof c->s);
    snap_check(cfg->snap, check_state);
    cmos_reset(c);
}
