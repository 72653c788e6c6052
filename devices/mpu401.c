/* mpu401.c: the MPU-401 as all later cards have it: the commands that reset it and enter its UART
 * mode, in which bytes pass as they are. From Roland's "MPU-401 Technical Reference Manual".
 *
 *   base+0  read   an answer (FEh: acknowledge), or MIDI in, of which there is none
 *           write  MIDI out, in UART mode
 *   base+1  read   status: 7 nothing to be read, 6 not ready for a byte (never)
 *           write  command: FFh reset, 3Fh UART mode
 *
 * Each command is acknowledged, with an interrupt, but for a reset that ends UART mode. */
#include "devices/mpu401.h"

enum { RESET = 0xFF, ENTER_UART = 0x3F, ACKNOWLEDGE = 0xFE, NOTHING = 0x80, UNUSED = 0x3F };

static void set_answer(Mpu401 *m, bool there)
{
    m->s.answer = there;
    line_set(&m->cfg.irq, there);
}

static u32 port_peek(void *ctx, u32 port, int size)
{
    const Mpu401 *m = ctx;
    if (port == m->cfg.base)
        return m->s.answer ? ACKNOWLEDGE : 0xFF;
    return (m->s.answer ? 0 : NOTHING) | UNUSED;
}

static u32 port_read(void *ctx, u32 port, int size)
{
    Mpu401 *m = ctx;
    u32 v = port_peek(ctx, port, size);
    if (port == m->cfg.base && m->s.answer)
        set_answer(m, false);
    return v;
}

static void command(Mpu401 *m, u8 v)
{
    bool was_uart = m->s.uart;
    if (was_uart && v != RESET)
        return;
    m->s.uart = v == ENTER_UART;
    if (was_uart)
        set_answer(m, false);
    else
        set_answer(m, true);
}

static void port_write(void *ctx, u32 port, int size, u32 value)
{
    Mpu401 *m = ctx;
    if (port != m->cfg.base)
        command(m, (u8)value);
    else if (m->s.uart && m->cfg.midi)
        m->cfg.midi(m->cfg.ctx, (u8)value);
}

void mpu401_reset(Mpu401 *m)
{
    m->s.uart = false;
    set_answer(m, false);
}

static bool check_state(const void *state, const Clock *clock)
{
    const Mpu401State *s = state;
    return STATE_BOOL(s->uart) && STATE_BOOL(s->answer);
}

void mpu401_init(Mpu401 *m, const Mpu401Config *cfg)
{
    static const BusOps ops = {port_read, port_write, port_peek, 1};
    memset(m, 0, sizeof *m);
    m->cfg = *cfg;
    bus_map_port(cfg->bus, cfg->base, 2, &ops, m, "mpu401");
    snap_add(cfg->snap, "mpu401", 1, &m->s, sizeof m->s);
    snap_check(cfg->snap, check_state);
}
