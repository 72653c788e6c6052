/* misc.c: debug console, isa-debug-exit and power-off: ports that only emulators have. The models
 * are Bochs (E9h and 8900h), QEMU (isa-debug-exit, 604h) and VirtualBox (4004h); their
 * documentation is the manual.
 *
 *   E9h                      write: a byte for the console       read: E9h
 *   F4h-F7h (by setting)     write: ends the run with the value  read: 0
 *   8900h                    write: "Shutdown", a letter each    read: FFh
 *   604h, B004h, 4004h       write: PM1a control: 2000h (sleep enable, type 0: QEMU, Bochs) or
 *                            3400h (type 5: VirtualBox) powers off     read: 0 */
#include "devices/misc.h"

static void must_map(bool mapped)
{
    if (!mapped)
        panic("no room for the emulator's own ports: raise BUS_REGIONS");
}

/* ---- debug console --------------------------------------------------------------------------- */

static u32 debugcon_read(void *ctx, u32 port, int size)
{
    return 0xE9;
}

static void debugcon_write(void *ctx, u32 port, int size, u32 value)
{
    Debugcon *d = ctx;
    if (d->cfg.tx)
        d->cfg.tx(d->cfg.ctx, (u8)value);
}

static const BusOps debugcon_ops = {debugcon_read, debugcon_write, debugcon_read, 1};

void debugcon_init(Debugcon *d, const DebugconConfig *cfg)
{
    d->cfg = *cfg;
    must_map(bus_map_port(cfg->bus, cfg->port, 1, &debugcon_ops, d, "debug console"));
}

/* ---- isa-debug-exit -------------------------------------------------------------------------- */

static u32 zero_read(void *ctx, u32 port, int size)
{
    return 0;
}

static void debug_exit_write(void *ctx, u32 port, int size, u32 value)
{
    DebugExit *d = ctx;
    if (d->s.fired)
        return;
    d->s.fired = 1;
    if (d->cfg.exit)
        d->cfg.exit(d->cfg.ctx, value);
}

static const BusOps debug_exit_ops = {zero_read, debug_exit_write, zero_read, 1 | 2 | 4};

void debug_exit_init(DebugExit *d, const DebugExitConfig *cfg)
{
    memset(d, 0, sizeof *d);
    d->cfg = *cfg;
    u32 room = 0x10000u - cfg->base;
    must_map(bus_map_port(cfg->bus, cfg->base, room < 4 ? room : 4, &debug_exit_ops, d,
                          "isa-debug-exit"));
    snap_add(cfg->snap, "debug-exit", 1, &d->s, sizeof d->s);
}

void debug_exit_reset(DebugExit *d)
{
    d->s.fired = 0;
}

/* ---- power-off ------------------------------------------------------------------------------- */

static void turn_off(PowerOff *p)
{
    if (p->cfg.off)
        p->cfg.off(p->cfg.ctx);
}

static void shutdown_write(void *ctx, u32 port, int size, u32 value)
{
    static const char word[] = "Shutdown";
    PowerOff *p = ctx;
    u8 at = p->s.matched < sizeof word - 1 ? p->s.matched : 0;
    if ((u8)value != (u8)word[at])
        at = 0; /* only the first letter is a capital, so a mismatch can at most start anew */
    p->s.matched = (u8)value == (u8)word[at] ? at + 1 : 0;
    if (p->s.matched == sizeof word - 1) {
        p->s.matched = 0;
        turn_off(p);
    }
}

/* Bit 13 starts the transition to the sleep state of type (bits 12-10); only "soft off" is one
 * here. */
static void acpi_write(void *ctx, u32 port, int size, u32 value)
{
    u32 off = port == 0x4004 ? 0x3400 : 0x2000;
    if (size == 2 && (value & 0x3C00) == off)
        turn_off(ctx);
}

static const BusOps shutdown_ops = {NULL, shutdown_write, NULL, 1};
static const BusOps acpi_ops = {zero_read, acpi_write, zero_read, 1 | 2};

static bool power_off_check(const void *state, const Clock *clock)
{
    return ((const PowerOffState *)state)->matched < sizeof "Shutdown";
}

void power_off_init(PowerOff *p, const PowerOffConfig *cfg)
{
    static const u16 pm1a[] = {0x604, 0xB004, 0x4004};
    memset(p, 0, sizeof *p);
    p->cfg = *cfg;
    must_map(bus_map_port(cfg->bus, 0x8900, 1, &shutdown_ops, p, "power-off"));
    for (size_t i = 0; cfg->acpi && i < ARRAY_LEN(pm1a); i++)
        must_map(bus_map_port(cfg->bus, pm1a[i], 2, &acpi_ops, p, "ACPI power-off"));
    snap_add(cfg->snap, "power-off", 1, &p->s, sizeof p->s);
    snap_check(cfg->snap, power_off_check);
}

void power_off_reset(PowerOff *p)
{
    p->s.matched = 0;
}
