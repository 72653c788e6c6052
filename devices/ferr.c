/* ferr.c: the coprocessor error latch of the AT, as chip sets for the 486 have it. A rising error
 * sets the latch, which is IRQ 13. The handler's write to port F0h clears it; if the error still
 * stands, IGNNE# is held from then on until it goes away, so that the handler may use the
 * coprocessor. On the 286 and 386 the latch held BUSY# and the same write let go of it: to a
 * program the same thing. Sources: IBM PC/AT Technical Reference, "Coprocessor"; Intel SDM vol. 1,
 * D.2.1.2.
 *
 *   F0h  w  any value: clear the latch
 *   F1h  w  the same; the AT also reset the 287 with it, which no program can count on with later
 *           coprocessors */
#include "devices/ferr.h"

static void drive_irq(Ferr *f, bool level)
{
    if (f->s.irq == level)
        return;
    f->s.irq = level;
    line_set(&f->cfg.irq, level);
}

static void drive_ignne(Ferr *f, bool level)
{
    if (f->s.ignne == level)
        return;
    f->s.ignne = level;
    line_set(&f->cfg.ignne, level);
}

void ferr_set(void *ferr, int pin, bool level)
{
    Ferr *f = ferr;
    bool rises = level && !f->s.error;
    f->s.error = level;
    if (rises)
        drive_irq(f, true);
    if (!level)
        drive_ignne(f, false);
}

static u32 ferr_read(void *ctx, u32 port, int size)
{
    return 0xFF; /* nothing drives the bus */
}

static void ferr_write(void *ctx, u32 port, int size, u32 value)
{
    Ferr *f = ctx;
    drive_irq(f, false);
    drive_ignne(f, f->s.error);
}

static const BusOps ferr_ops = {ferr_read, ferr_write, ferr_read, 1};

void ferr_init(Ferr *f, const FerrConfig *cfg)
{
    memset(f, 0, sizeof *f);
    f->cfg = *cfg;
    if (!bus_map_port(cfg->bus, 0xF0, 2, &ferr_ops, f, "coprocessor error"))
        panic("no room for port F0h: raise BUS_REGIONS");
    snap_add(cfg->snap, "ferr", 1, &f->s, sizeof f->s);
}

void ferr_reset(Ferr *f)
{
    f->s.error = 0;
    drive_irq(f, false);
    drive_ignne(f, false);
}
