/* port92.c: system control port A of the PS/2: the fast way to the A20 gate and the processor's
 * reset line. Manual: IBM PS/2 Hardware Interface Technical Reference, "System Control Port A".
 *
 *   92h   7-6 fixed-disk light | 5-4 reserved, watchdog (0 here) | 3 security lock: stays until
 *         power-off | 2 reserved | 1 A20 on | 0 reset the processor when it goes from 0 to 1 */
#include "devices/port92.h"

enum { RESET = 0x01, A20 = 0x02, LOCK = 0x08, LIGHTS = 0xC0 };

static u32 port92_read(void *ctx, u32 port, int size)
{
    return ((Port92 *)ctx)->s.value;
}

static void port92_write(void *ctx, u32 port, int size, u32 value)
{
    Port92 *p = ctx;
    u8 old = p->s.value;
    p->s.value = (u8)((value & (RESET | A20 | LOCK | LIGHTS)) | (old & LOCK));
    line_set(&p->cfg.a20, value & A20);
    if (value & ~(u32)old & RESET) {
        line_set(&p->cfg.reset, true);
        line_set(&p->cfg.reset, false);
    }
}

static const BusOps port92_ops = {port92_read, port92_write, port92_read, 1};

void port92_init(Port92 *p, const Port92Config *cfg)
{
    memset(p, 0, sizeof *p);
    p->cfg = *cfg;
    p->s.value = A20;
    if (!bus_map_port(cfg->bus, 0x92, 1, &port92_ops, p, "port 92h"))
        panic("no room for port 92h: raise BUS_REGIONS");
    snap_add(cfg->snap, "port92", 1, &p->s, sizeof p->s);
}

void port92_reset(Port92 *p)
{
    p->s.value = A20;
    line_set(&p->cfg.a20, true);
}

void port92_set_a20(void *port92, int pin, bool level)
{
    Port92 *p = port92;
    p->s.value = (u8)((p->s.value & ~A20) | (level ? A20 : 0));
}
