/* The input funnel on a real machine without firmware: order, limits, pacing, and that deliveries
 * depend on guest time alone. */
#include "frontend/input.h"
#include "frontend/stick.h"
#include "frontend/typing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#ifdef HAVE_SDL
#include <SDL.h>
#endif

typedef struct {
    Pc pc;
    Input in;
} Rig;

enum { CODE = 0x7C00, COM1 = 0x3F8 };

/* A guest that spins, at one million instructions per second; serial_mouse as in PcConfig. */
static Rig *new_rig_with(u8 serial_mouse)
{
    Rig *r = calloc(1, sizeof *r);
    PcConfig cfg = {.ram = 1 << 20, .cpu = CPU_486, .ips = 1000000, .serial_mouse = serial_mouse};
    char err[300];
    assert_non_null(r);
    if (!pc_init(&r->pc, &cfg, err, sizeof err))
        fail_msg("%s", err);
    bus_write(&r->pc.bus, CODE, 2, 0xFEEB);
    r->pc.cpu.s.seg[SEG_CS].base = r->pc.cpu.s.seg[SEG_CS].sel = 0;
    r->pc.cpu.s.eip = CODE;
    cpu_state_changed(&r->pc.cpu);
    input_init(&r->in, &r->pc);
    return r;
}

static Rig *new_rig(void)
{
    return new_rig_with(0);
}

static void free_rig(Rig *r)
{
    pc_free(&r->pc);
    free(r);
}

static void advance(Rig *r, u64 ticks)
{
    pc_run(&r->pc, r->pc.clock.now + ticks);
}

/* Programs COM1 for 115200 baud with its FIFO, as a driver would. */
static void open_com1(Rig *r)
{
    static const u8 setup[][2] = {{3, 0x83}, {0, 1}, {1, 0}, {3, 3}, {2, 1}};
    for (size_t i = 0; i < ARRAY_LEN(setup); i++)
        bus_out(&r->pc.bus, (u16)(COM1 + setup[i][0]), 1, setup[i][1]);
}

static void serial_bytes_keep_their_order(void **state)
{
    Rig *r = new_rig();
    u8 got[200];
    int n = 0;
    open_com1(r);
    for (int i = 0; i < 200; i++)
        input_serial(&r->in, 0, (u8)i);
    for (int i = 0; i < 2000 && n < 200; i++) {
        input_deliver(&r->in);
        u64 next = input_next(&r->in, r->pc.clock.now + 1000);
        assert_true(next > r->pc.clock.now);
        advance(r, next - r->pc.clock.now);
        while (n < 200 && bus_in(&r->pc.bus, COM1 + 5, 1) & 1)
            got[n++] = (u8)bus_in(&r->pc.bus, COM1, 1);
    }
    assert_int_equal(n, 200);
    for (int i = 0; i < 200; i++)
        assert_int_equal(got[i], i);
    assert_int_equal(r->in.rx_total[0], 200);
    assert_int_equal(r->in.rx_total[1], 0);
    free_rig(r);
}

/* A guest that reads nothing: what does not fit waits, what does not fit there is refused. */
static void serial_room(void **state)
{
    Rig *r = new_rig();
    assert_int_equal(input_serial_room(&r->in, 1), INPUT_RX);
    for (int i = 0; i < INPUT_RX + 10; i++)
        input_serial(&r->in, 1, 'x');
    assert_int_equal(input_serial_room(&r->in, 1), 0);
    input_deliver(&r->in);
    advance(r, 1000);
    free_rig(r);
}

static void typed_text_has_room(void **state)
{
    Rig *r = new_rig();
    KeyStroke s[KEY_STROKES_MAX];
    const char *text = "A";
    int n = typing_next(&text, s), taken = 0;
    assert_int_equal(n, 4);
    while (input_type(&r->in, s, n))
        taken += n;
    assert_int_equal(taken, INPUT_TYPED);
    assert_true(input_typing(&r->in));
    free_rig(r);
}

/* A guest that never takes a key gets the next one only after some patience, and never a storm. */
static void typing_is_patient(void **state)
{
    Rig *r = new_rig();
    KeyStroke s[KEY_STROKES_MAX];
    for (const char *text = "abc"; *text;)
        input_type(&r->in, s, typing_next(&text, s));
    int deliveries = 0;
    unsigned before = r->in.typed_count;
    for (int i = 0; i < 100000 && input_typing(&r->in); i++) {
        input_deliver(&r->in);
        deliveries += r->in.typed_count < before;
        before = r->in.typed_count;
        advance(r, input_next(&r->in, r->pc.clock.now + 16667) - r->pc.clock.now);
    }
    assert_false(input_typing(&r->in));
    assert_int_equal(deliveries, 6);
    free_rig(r);
}

/* A guest whose BIOS puts keys into a full buffer and whose program does not come for them: the
 * key that is down is let go in time, and its repeats do not begin. */
static void full_buffer_holds_no_key_down(void **state)
{
    Rig *r = new_rig();
    KeyStroke s[KEY_STROKES_MAX];
    const char *text = "ab";
    bus_write(&r->pc.bus, 0x41A, 2, 0x1E);
    bus_write(&r->pc.bus, 0x41C, 2, 0x1E + 2 * 9);
    while (*text)
        input_type(&r->in, s, typing_next(&text, s));
    unsigned longest = 0, held = 0;
    for (int ms = 0; ms < 8000; ms++) {
        bool down = false;
        input_deliver(&r->in);
        bus_in(&r->pc.bus, 0x60, 1); /* the BIOS takes each code */
        for (size_t i = 0; i < sizeof r->pc.kbc.keyboard.s.down; i++)
            down |= r->pc.kbc.keyboard.s.down[i] != 0;
        held = down ? held + 1 : 0;
        if (held > longest)
            longest = held;
        advance(r, 1000);
    }
    assert_false(input_typing(&r->in));
    assert_in_range(longest, 1, 100);
    free_rig(r);
}

/* Extra boundaries, as a busy host would make, change nothing in the guest. */
static void boundaries_do_not_matter(void **state)
{
    u64 hash[2];
    for (int cut = 0; cut < 2; cut++) {
        Rig *r = new_rig();
        KeyStroke s[KEY_STROKES_MAX];
        open_com1(r);
        for (const char *text = "Dir /w\\n{ctrl-c}"; *text;)
            input_type(&r->in, s, typing_next(&text, s));
        while (r->pc.clock.now < 3000000) {
            input_deliver(&r->in);
            u64 until = input_next(&r->in, 3000000);
            if (cut && until > r->pc.clock.now + 777)
                until = r->pc.clock.now + 777;
            pc_run(&r->pc, until);
        }
        hash[cut] = pc_hash(&r->pc);
        free_rig(r);
    }
    assert_int_equal(hash[0], hash[1]);
}

static void reset_goes_through(void **state)
{
    Rig *r = new_rig();
    input_reset(&r->in, false);
    input_key(&r->in, KEY_A, true);
    input_mouse(&r->in, 5, -5, 1, 1);
    input_deliver(&r->in);
    assert_int_equal(r->pc.cpu.s.eip, 0xFFF0);
    assert_int_equal(r->in.key_count, 0);
    assert_false(r->in.mouse_moved);
    free_rig(r);
}

/* What a driver does: the port at 1200 baud and seven bits, DTR and RTS down and up, an `M` within
 * the time that it waits, then packets of three bytes whose first has bit 6. What they say is added
 * up. */
static void serial_mouse_and_its_driver(void **state)
{
    static const u8 setup[][2] = {{3, 0x82}, {0, 96}, {1, 0}, {3, 2}, {4, 0}};
    static const struct {
        int dx, dy, dz;
        unsigned buttons;
    } moves[] = {{3, -2, 0, 0}, {-500, 300, 1, 1}, {0, 0, 0, 3}, {127, 128, -1, 2}, {0, 0, 0, 0}};
    Rig *r = new_rig_with(1);
    Bus *bus = &r->pc.bus;
    for (size_t i = 0; i < ARRAY_LEN(setup); i++)
        bus_out(bus, (u16)(COM1 + setup[i][0]), 1, setup[i][1]);
    input_mouse(&r->in, 50, 50, 0, 1); /* it has no power: this is lost */
    input_deliver(&r->in);
    advance(r, 150000);
    assert_int_equal(bus_in(bus, COM1 + 5, 1) & 1, 0);
    bus_out(bus, COM1 + 1, 1, 1); /* interrupts */
    bus_out(bus, COM1 + 4, 1, 0x0B);
    advance(r, 100000);
    assert_int_equal(bus_in(bus, COM1 + 5, 1) & 0x1F, 1);
    bus_out(bus, 0x20, 1, 0x0A);
    assert_true(bus_in(bus, 0x20, 1) & 0x10);
    assert_int_equal(bus_in(bus, COM1, 1), 'M');

    u8 packet[3];
    int n = 0, x = 0, y = 0;
    for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
        unsigned buttons = 0;
        input_mouse(&r->in, moves[i].dx, moves[i].dy, moves[i].dz, moves[i].buttons);
        input_deliver(&r->in);
        for (int ms = 0; ms < 300; ms++) {
            advance(r, 1000);
            if (!(bus_in(bus, COM1 + 5, 1) & 1))
                continue;
            packet[n++] = (u8)bus_in(bus, COM1, 1);
            assert_int_equal(packet[n - 1] & 0x40, n == 1 ? 0x40 : 0);
            if (n < 3)
                continue;
            n = 0;
            x += (s8)((packet[0] & 3) << 6 | packet[1]);
            y += (s8)((packet[0] & 12) << 4 | packet[2]);
            buttons = (packet[0] >> 5 & 1) | (packet[0] >> 3 & 2);
        }
        assert_int_equal(n, 0);
        assert_int_equal(buttons, moves[i].buttons & 3);
    }
    assert_int_equal(x, 3 - 500 + 127);
    assert_int_equal(y, -2 + 300 + 128);
    free_rig(r);
}

/* The auxiliary device's answer to a byte; 0: none. */
static u8 mouse_command(Rig *r, u8 byte)
{
    bus_out(&r->pc.bus, 0x64, 1, 0xD4);
    bus_out(&r->pc.bus, 0x60, 1, byte);
    advance(r, 20000);
    return bus_in(&r->pc.bus, 0x64, 1) & 0x21 ? (u8)bus_in(&r->pc.bus, 0x60, 1) : 0;
}

/* From the host's wheel to the fourth byte of a packet, by the knock that drivers give. */
static void wheel_by_the_8042(void **state)
{
    static const u8 knock[] = {0xF3, 200, 0xF3, 100, 0xF3, 80, 0xF2};
    Rig *r = new_rig();
    bus_out(&r->pc.bus, 0x64, 1, 0xA8);
    bus_out(&r->pc.bus, 0x64, 1, 0xAE);
    for (size_t i = 0; i < sizeof knock; i++)
        assert_int_equal(mouse_command(r, knock[i]), 0xFA);
    advance(r, 20000);
    assert_int_equal(bus_in(&r->pc.bus, 0x60, 1), 3); /* a mouse with a wheel */
    assert_int_equal(mouse_command(r, 0xF4), 0xFA);
    input_mouse(&r->in, 7, -4, -2, 4); /* up on the screen is up in the packet */
    input_deliver(&r->in);
    u8 packet[4];
    for (int i = 0; i < 4; i++) {
        advance(r, 20000);
        assert_int_equal(bus_in(&r->pc.bus, 0x64, 1) & 0x21, 0x21);
        packet[i] = (u8)bus_in(&r->pc.bus, 0x60, 1);
    }
    assert_int_equal(packet[0], 0x0C);
    assert_int_equal(packet[1], 7);
    assert_int_equal(packet[2], 4);
    assert_int_equal((s8)packet[3], -2);
    free_rig(r);
}

#ifdef HAVE_SDL

/* What the pads say becomes what the adapter shows. Pads are SDL's virtual ones. */
static void expect_stick(Stick *s, Input *in, const JoystickInput *want)
{
    stick_poll(s, in);
    assert_memory_equal(in->stick.axis, want->axis, sizeof want->axis);
    assert_int_equal(in->stick.buttons, want->buttons);
    assert_int_equal(in->stick.absent, want->absent);
}

static SDL_Joystick *plug_in(void)
{
    int n = SDL_JoystickAttachVirtual(SDL_JOYSTICK_TYPE_GAMECONTROLLER, SDL_CONTROLLER_AXIS_MAX,
                                      SDL_CONTROLLER_BUTTON_MAX, 0);
    assert_true(n >= 0 && SDL_IsGameController(n));
    return SDL_JoystickOpen(n);
}

static void game_controllers(void **state)
{
    Rig *r = new_rig();
    char why[200];
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    Stick *s = stick_open(why, sizeof why);
    assert_non_null(s);
    if (SDL_NumJoysticks())
        skip(); /* a controller is plugged in here: it would be the first one */
    SDL_Joystick *one = plug_in();
    expect_stick(s, &r->in, &(JoystickInput){{128, 128, 128, 128}, 0, 0});
    SDL_JoystickSetVirtualAxis(one, SDL_CONTROLLER_AXIS_LEFTX, -32768);
    SDL_JoystickSetVirtualAxis(one, SDL_CONTROLLER_AXIS_LEFTY, 2000); /* as sticks do at rest */
    SDL_JoystickSetVirtualAxis(one, SDL_CONTROLLER_AXIS_RIGHTX, 16384);
    SDL_JoystickSetVirtualAxis(one, SDL_CONTROLLER_AXIS_RIGHTY, 32767);
    SDL_JoystickSetVirtualButton(one, SDL_CONTROLLER_BUTTON_B, 1);
    SDL_JoystickSetVirtualButton(one, SDL_CONTROLLER_BUTTON_X, 1);
    expect_stick(s, &r->in, &(JoystickInput){{0, 128, 192, 255}, 2 | 4, 0});
    SDL_JoystickSetVirtualButton(one, SDL_CONTROLLER_BUTTON_DPAD_DOWN, 1);
    SDL_JoystickSetVirtualButton(one, SDL_CONTROLLER_BUTTON_DPAD_RIGHT, 1);
    expect_stick(s, &r->in, &(JoystickInput){{255, 255, 192, 255}, 2 | 4, 0});

    SDL_Joystick *two = plug_in(); /* now the second stick is its own; seen within a second */
    SDL_JoystickSetVirtualAxis(two, SDL_CONTROLLER_AXIS_LEFTY, -32768);
    SDL_JoystickSetVirtualButton(two, SDL_CONTROLLER_BUTTON_A, 1);
    SDL_Delay(1100);
    expect_stick(s, &r->in, &(JoystickInput){{255, 255, 128, 0}, 2 | 4, 0});
    input_deliver(&r->in);
    bus_out(&r->pc.bus, 0x201, 1, 0);
    SDL_JoystickClose(one);
    SDL_JoystickClose(two);
    while (SDL_NumJoysticks())
        SDL_JoystickDetachVirtual(0);
    SDL_Delay(1100);
    expect_stick(s, &r->in, &(JoystickInput){{128, 128, 128, 128}, 0, 0xF});
    stick_close(s);
    free_rig(r);
}

#else

static void game_controllers(void **state)
{
    skip();
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(serial_bytes_keep_their_order), cmocka_unit_test(serial_room),
        cmocka_unit_test(typed_text_has_room),           cmocka_unit_test(typing_is_patient),
        cmocka_unit_test(full_buffer_holds_no_key_down),
        cmocka_unit_test(boundaries_do_not_matter),      cmocka_unit_test(reset_goes_through),
        cmocka_unit_test(game_controllers),
        cmocka_unit_test(serial_mouse_and_its_driver),   cmocka_unit_test(wheel_by_the_8042),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
