/* joystick.c: the game control adapter at 201h, from IBM's "Options and Adapters Technical
 * Reference". Any write starts four one-shots, whose length tells where the sticks are: 24.2 us and
 * 11 ns for each ohm of up to 100 kohm. All in guest time, and no event: bits are looked at only
 * when they are read.
 *
 *   201h  read  7-4 buttons, 0 = pressed: B2 B1 A2 A1; 3-0 one-shots running: BY BX AY AX */
#include "devices/joystick.h"

enum { PORT = 0x201, LEAST_NS = 24200, RANGE_NS = 1100000, NEVER_NS = 1000000000 };

static u64 ticks(const Clock *c, u64 ns)
{
    return (u64)((unsigned __int128)ns * c->ips / 1000000000);
}

static u32 port_read(void *ctx, u32 port, int size)
{
    const Joystick *j = ctx;
    u32 v = (u32)(~j->s.in.buttons & 15) << 4;
    for (int i = 0; i < JOYSTICK_AXES; i++)
        v |= (u32)(j->clock->now < j->s.end[i]) << i;
    return v;
}

/* Without a stick there is no resistor: the one-shot lasts as long as anybody would wait. */
static void port_write(void *ctx, u32 port, int size, u32 value)
{
    Joystick *j = ctx;
    for (int i = 0; i < JOYSTICK_AXES; i++) {
        u64 ns =
            j->s.in.absent >> i & 1 ? NEVER_NS : LEAST_NS + (u64)RANGE_NS * j->s.in.axis[i] / 255;
        j->s.end[i] = j->clock->now + ticks(j->clock, ns);
    }
}

void joystick_set(Joystick *j, const JoystickInput *in)
{
    j->s.in = *in;
}

/* The sticks stay where they are held. */
void joystick_reset(Joystick *j)
{
    memset(j->s.end, 0, sizeof j->s.end);
}

void joystick_init(Joystick *j, Bus *bus, Snap *snap, const Clock *clock)
{
    static const BusOps ops = {port_read, port_write, port_read, 1};
    memset(j, 0, sizeof *j);
    j->clock = clock;
    j->s.in = (JoystickInput){{128, 128, 128, 128}, 0, 0xC};
    bus_map_port(bus, PORT, 1, &ops, j, "joystick");
    snap_add(snap, "joystick", 1, &j->s, sizeof j->s);
}
