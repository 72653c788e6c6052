/* piix4pm.c: function 3 of the 82371AB (PIIX4), power management, which boards for SeaBIOS and
 * Bochs's BIOS join to a PIIX3. From the 82371AB data sheet (290562), chapters 7 and 11; ACPI 1.0b,
 * chapter 4.7.
 *
 *   00h   8086h 7113h                        base+0   status: 0 timer, 8 power button (1 clears)
 *   40h   base of 64 ports                   base+2   enable: which of them interrupt
 *   58h   device activity; bit 25: SMI by B2h base+4  control: 0 SCI, 12-10 sleep type, 13 sleep
 *   80h   bit 0: the ports answer            base+8   timer: 24 bits at 3.579545 MHz
 *   B2h   F1h: control bit 0 on, F0h: off    AFE0h    general events, which never happen
 *
 * B2h raises a system management interrupt on the chip, and F1h and F0h are what the handlers of
 * SeaBIOS and Bochs's BIOS understand. There is no such mode here: bit 25 of 58h reads as set from
 * the start, which both take for "somebody has installed a handler", and this file does its work.
 * NOTE: sleep types but 0 (off), and the SMBus, are not there. */
#include "devices/piix4pm.h"

enum { TIMER_HZ = 3579545, TIMER_BITS = 24 };
enum { STATUS_TIMER = 1, STATUS_BITS = 0x8D31, ENABLE_BITS = 0x0521 };
enum { CONTROL_SCI = 1, CONTROL_SLEEP = 0x2000, CONTROL_TYPE = 0x1C00, CONTROL_BITS = 0x1C03 };
enum { BASE = 0x40, ACTIVITY_B = 0x58, MISC = 0x80, APM = 0xB2, GPE = 0xAFE0 };
enum { APM_ACPI_OFF = 0xF0, APM_ACPI_ON = 0xF1 };

/* ---- timer and interrupt --------------------------------------------------------------------- */

static u64 timer(const Piix4Pm *p)
{
    const Clock *c = p->cfg.queue->clock;
    return clock_cycles(c, c->now, TIMER_HZ);
}

static void update(Piix4Pm *p)
{
    bool level = p->s.status & p->s.enable && p->s.control & CONTROL_SCI;
    if (level != p->s.line) {
        p->s.line = level;
        line_set(&p->cfg.sci, level);
    }
}

/* The timer's status bit is set whenever its bit 23 changes; an event looks only while that may
 * interrupt. */
static void settle(Piix4Pm *p)
{
    u64 epoch = timer(p) >> (TIMER_BITS - 1);
    if (epoch != p->s.epoch)
        p->s.status |= STATUS_TIMER;
    p->s.epoch = epoch;
    if (p->s.enable & STATUS_TIMER)
        event_at(p->cfg.queue, &p->overflow,
                 clock_tick_of(p->cfg.queue->clock, (epoch + 1) << (TIMER_BITS - 1), TIMER_HZ));
    else
        event_cancel(p->cfg.queue, &p->overflow);
    update(p);
}

static void on_overflow(void *ctx, u64 when)
{
    settle(ctx);
}

/* ---- ports ----------------------------------------------------------------------------------- */

static u32 register_at(const Piix4Pm *p, u32 port)
{
    u32 at = port & (PM_PORTS - 1);
    switch (at & ~1u) {
    case 0:
        /* not settled yet by the event or by an access */
        return p->s.status | (timer(p) >> (TIMER_BITS - 1) != p->s.epoch ? STATUS_TIMER : 0);
    case 2:
        return p->s.enable;
    case 4:
        return p->s.control;
    default:
        return load_le(p->s.other + (at & ~1u), 2);
    }
}

/* Words and doublewords may lie across registers. */
static u32 ports_peek(void *ctx, u32 port, int size)
{
    const Piix4Pm *p = ctx;
    u32 time = (u32)timer(p) & ((1u << TIMER_BITS) - 1), v = 0;
    for (int i = 0; i < size; i++) {
        u32 at = (port + (u32)i) & (PM_PORTS - 1);
        u8 byte = (u8)(at - 8 < 4 ? time >> (8 * (at - 8)) : register_at(p, at) >> (8 * (at & 1)));
        v |= (u32)byte << (8 * i);
    }
    return v;
}

static u32 ports_read(void *ctx, u32 port, int size)
{
    settle(ctx);
    return ports_peek(ctx, port, size);
}

static void write_control(Piix4Pm *p, u16 v)
{
    p->s.control = v & CONTROL_BITS;
    if (v & CONTROL_SLEEP && !(v & CONTROL_TYPE))
        p->cfg.off(p->cfg.ctx);
}

/* One byte; the sleep bit is in the upper one of its register. */
static void write_byte(Piix4Pm *p, u32 at, u8 v)
{
    u32 shift = 8 * (at & 1), mask = 0xFFu << shift, wide = (u32)v << shift;
    switch (at & ~1u) {
    case 0:
        p->s.status &= (u16) ~(wide & STATUS_BITS);
        break;
    case 2:
        p->s.enable = (u16)((p->s.enable & ~mask) | (wide & ENABLE_BITS));
        break;
    case 4:
        write_control(p, (u16)((p->s.control & ~mask) | wide));
        break;
    case 8:
    case 10: /* the timer is for reading */
        break;
    default:
        p->s.other[at] = v;
    }
}

static void ports_write(void *ctx, u32 port, int size, u32 value)
{
    Piix4Pm *p = ctx;
    settle(p);
    for (int i = 0; i < size; i++)
        write_byte(p, (port + (u32)i) & (PM_PORTS - 1), (u8)(value >> (8 * i)));
    settle(p);
}

static u32 apm_read(void *ctx, u32 port, int size)
{
    const Piix4Pm *p = ctx;
    return port & 1 ? p->s.apm_status : p->s.apm_command;
}

static void apm_write(void *ctx, u32 port, int size, u32 value)
{
    Piix4Pm *p = ctx;
    if (port & 1) {
        p->s.apm_status = (u8)value;
        return;
    }
    p->s.apm_command = (u8)value;
    if (value == APM_ACPI_ON)
        p->s.control |= CONTROL_SCI;
    else if (value == APM_ACPI_OFF)
        p->s.control &= (u16)~CONTROL_SCI;
    settle(p);
}

static u32 gpe_read(void *ctx, u32 port, int size)
{
    const Piix4Pm *p = ctx;
    u16 v = port & 2 ? p->s.gpe_enable : p->s.gpe_status;
    return v >> (8 * (port & 1));
}

static void gpe_write(void *ctx, u32 port, int size, u32 value)
{
    Piix4Pm *p = ctx;
    u32 shift = 8 * (port & 1);
    if (port & 2)
        p->s.gpe_enable = (u16)((p->s.gpe_enable & ~(0xFFu << shift)) | value << shift);
    else
        p->s.gpe_status &= (u16) ~(value << shift);
}

static void function_changed(void *ctx, int first, int last)
{
    static const BusOps ops = {ports_read, ports_write, ports_peek, 1 | 2 | 4};
    Piix4Pm *p = ctx;
    bool on = pci_get(&p->function, MISC, 1) & 1;
    u32 base = on ? pci_get(&p->function, BASE, 2) & 0xFFC0 : 0;
    pci_map_ports(&p->ports, p->cfg.bus, base, PM_PORTS, &ops, p, "power management");
}

/* ---- life ------------------------------------------------------------------------------------ */

void piix4pm_reset(Piix4Pm *p)
{
    memset(&p->s, 0, sizeof p->s);
    p->s.epoch = timer(p) >> (TIMER_BITS - 1);
    event_cancel(p->cfg.queue, &p->overflow);
    line_set(&p->cfg.sci, false);
}

static bool check_state(const void *state, const Clock *clock)
{
    const Piix4PmState *s = state;
    return STATE_BOOL(s->line) && !(s->control & ~CONTROL_BITS) &&
           s->epoch <= clock_cycles(clock, clock->now, TIMER_HZ) >> (TIMER_BITS - 1);
}

void piix4pm_init(Piix4Pm *p, Pci *pci, const Piix4PmConfig *cfg)
{
    static const BusOps apm = {apm_read, apm_write, apm_read, 1};
    static const BusOps gpe = {gpe_read, gpe_write, gpe_read, 1};
    PciFunction *f = &p->function;
    memset(p, 0, sizeof *p);
    p->cfg = *cfg;
    pci_add(pci, f, 1, 3, 0x71138086, 0x068000);
    pci_define(f, PCI_REVISION, 1, 3, 0);
    pci_define(f, PCI_COMMAND, 2, 0, 1);
    pci_define(f, PCI_STATUS, 2, 0x0280, 0);
    pci_define(f, PCI_PIN, 1, 1, 0);
    pci_define(f, BASE, 4, 1, 0xFFC0);
    pci_define(f, 0x44, 4, 0, 0xFFFFFFFF);
    pci_define(f, 0x48, 4, 0, 0xFFFFFFFF);
    pci_define(f, 0x4C, 4, 0, 0xFFFFFFFF);
    pci_define(f, 0x50, 4, 0, 0xFFFFFFFF);
    pci_define(f, 0x54, 4, 0, 0xFFFFFFFF);
    pci_define(f, ACTIVITY_B, 4, 1 << 25, 0xFDFFFFFF);
    for (int reg = 0x5C; reg < 0x7C; reg += 4)
        pci_define(f, reg, 4, 0, 0xFFFFFFFF);
    pci_define(f, MISC, 1, 0, 0x01);
    pci_define(f, 0x90, 4, 1, 0xFFF0); /* SMBus base */
    pci_define(f, 0xD2, 1, 0, 0x0F);
    f->changed = function_changed;
    f->ctx = p;
    event_init(cfg->queue, &p->overflow, "pm-timer", on_overflow, p);
    if (!bus_map_port(cfg->bus, APM, 2, &apm, p, "power management control") ||
        !bus_map_port(cfg->bus, GPE, 4, &gpe, p, "general purpose events"))
        panic("no room in the port table for power management");
    snap_add(cfg->snap, "piix4pm", 1, &p->s, sizeof p->s);
    snap_check(cfg->snap, check_state);
}
