/* input.c: see input.h.
 *
 * Typed text is paced, because a PC's keyboard is: the controller holds 16 codes and the BIOS 15
 * keys, and what comes faster is lost with a beep. A stroke goes when the guest has taken the
 * codes of the one before, when a key was down long enough for a program that polls once per
 * frame, and, if it presses a key, when the BIOS's buffer has room. (A release must not wait for
 * that: the key would repeat meanwhile.) A guest that takes nothing for a while gets the stroke
 * anyway, as from a person who types at a hung machine. */
#include "frontend/input.h"

enum {
    KEY_DOWN_US = 17000, /* a little more than one frame */
    KEY_UP_US = 17000,
    KEY_WITHIN_US = 2000, /* between Shift and the key it belongs to */
    KEY_RETRY_US = 2000,
    KEY_PATIENCE_US = 3000000,
    BDA_HEAD = 0x41A, /* BIOS data area: ring buffer of keys at 0:041E, 16 words, one always free */
    BDA_TAIL = 0x41C,
    BDA_KEYS_HELD = 8,    /* let the guest read first when so many wait */
    RX_CHARACTER_US = 87, /* at 115200 baud */
};

void input_init(Input *in, Pc *pc)
{
    memset(in, 0, sizeof *in);
    in->pc = pc;
    in->stick = (JoystickInput){{128, 128, 128, 128}, 0, 0xC};
}

/* ---- into the machine ---------------------------------------------------------------------- */

static bool apply(Pc *pc, const InputEvent *e)
{
    char err[200];
    Disk *old;
    switch (e->kind) {
    case INPUT_KEY:
        pc_key(pc, e->key, e->down);
        break;
    case INPUT_MOUSE:
        pc_mouse(pc, e->dx, e->dy, e->dz, e->buttons);
        break;
    case INPUT_JOYSTICK:
        pc_joystick(pc, &e->stick);
        break;
    case INPUT_SERIAL:
        return pc_serial_rx(pc, e->port, e->byte);
    case INPUT_RESET:
        pc_reset(pc, e->cold);
        break;
    case INPUT_CPU_RESET:
        pc_reset_cpu(pc);
        break;
    case INPUT_MEDIUM:
        return pc_change_media(pc, e->port, e->medium, true, &old, err, sizeof err);
    default:
        break;
    }
    return true;
}

bool input_repeat(Pc *pc, const InputEvent *e)
{
    return apply(pc, e);
}

void input_add_tap(Input *in, InputTap *fn, void *ctx)
{
    for (int i = 0; i < INPUT_TAPS; i++) {
        if (!in->tap[i].fn) {
            in->tap[i].fn = fn;
            in->tap[i].ctx = ctx;
            return;
        }
    }
    panic("too many listeners to the input: raise INPUT_TAPS");
}

void input_tell(const Input *in, const InputEvent *e)
{
    for (int i = 0; i < INPUT_TAPS; i++) {
        if (in->tap[i].fn)
            in->tap[i].fn(in->tap[i].ctx, e);
    }
}

/* False: the machine cannot take it now, and has not noticed the attempt. */
static bool hand_over(Input *in, InputEvent e)
{
    e.tick = in->pc->clock.now;
    if (!apply(in->pc, &e))
        return false;
    input_tell(in, &e);
    return true;
}

void input_cpu_reset(Input *in)
{
    hand_over(in, (InputEvent){.kind = INPUT_CPU_RESET});
}

void input_reset_now(Input *in, bool cold)
{
    hand_over(in, (InputEvent){.kind = INPUT_RESET, .cold = cold});
}

void input_medium(Input *in, int drive, Disk *medium)
{
    hand_over(in, (InputEvent){.kind = INPUT_MEDIUM, .port = drive, .medium = medium});
}

/* ---- putting in ---------------------------------------------------------------------------- */

void input_key(Input *in, u16 key, bool down)
{
    if (key != KEY_NONE && in->key_count < INPUT_KEYS)
        in->key[in->key_count++] = (KeyStroke){key, down};
}

void input_mouse(Input *in, int dx, int dy, int dz, unsigned buttons)
{
    in->dx += dx;
    in->dy += dy;
    in->dz += dz;
    in->buttons = buttons;
    in->mouse_moved = true;
}

void input_joystick(Input *in, const JoystickInput *stick)
{
    if (!memcmp(&in->stick, stick, sizeof *stick))
        return;
    in->stick = *stick;
    in->stick_moved = true;
}

void input_reset(Input *in, bool cold)
{
    in->reset = cold ? RESET_COLD : RESET_WARM;
}

bool input_type(Input *in, const KeyStroke *strokes, int n)
{
    if (in->typed_count + (unsigned)n > INPUT_TYPED)
        return false;
    for (int i = 0; i < n; i++) {
        unsigned at = (in->typed_head + in->typed_count++) % INPUT_TYPED;
        in->typed[at] = (InputStroke){strokes[i].key, strokes[i].down, i + 1 < n};
    }
    return true;
}

bool input_typing(const Input *in)
{
    return in->typed_count;
}

unsigned input_serial_room(const Input *in, int port)
{
    return INPUT_RX - in->rx_count[port];
}

void input_serial(Input *in, int port, u8 byte)
{
    if (in->rx_count[port] < INPUT_RX)
        in->rx[port][(in->rx_head[port] + in->rx_count[port]++) % INPUT_RX] = byte;
}

/* ---- handing over -------------------------------------------------------------------------- */

static bool bios_buffer_full(const Input *in)
{
    u32 head = bus_peek(&in->pc->bus, BDA_HEAD, 2), tail = bus_peek(&in->pc->bus, BDA_TAIL, 2);
    return ((tail - head) & 0x1F) / 2 >= BDA_KEYS_HELD;
}

static bool guest_takes(const Input *in, const InputStroke *stroke)
{
    return kbc_ready_for_key(&in->pc->kbc) && (!stroke->down || !bios_buffer_full(in));
}

/* The keypad as a stick: 8 4 6 2 and between them, 0 and the point for its buttons. True: that was
 * one of its keys. */
static bool press_stick(Input *in, u16 key, bool down)
{
    static const struct {
        u16 key;
        s8 x, y;
        u8 button;
    } keys[] = {{KEY_KP_7, -1, -1, 0},     {KEY_KP_8, 0, -1, 0}, {KEY_KP_9, 1, -1, 0},
                {KEY_KP_4, -1, 0, 0},      {KEY_KP_6, 1, 0, 0},  {KEY_KP_1, -1, 1, 0},
                {KEY_KP_2, 0, 1, 0},       {KEY_KP_3, 1, 1, 0},  {KEY_KP_0, 0, 0, 1},
                {KEY_KP_DECIMAL, 0, 0, 2}};
    JoystickInput stick = {{128, 128, 128, 128}, 0, 0xC};
    bool mine = false;
    int x = 0, y = 0;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        u16 bit = (u16)(1 << i);
        if (keys[i].key == key) {
            in->stick_keys = down ? in->stick_keys | bit : in->stick_keys & (u16)~bit;
            mine = true;
        }
        if (in->stick_keys & bit) {
            x += keys[i].x;
            y += keys[i].y;
            stick.buttons |= keys[i].button;
        }
    }
    stick.axis[0] = x < 0 ? 0 : x > 0 ? 255 : 128;
    stick.axis[1] = y < 0 ? 0 : y > 0 ? 255 : 128;
    if (mine)
        input_joystick(in, &stick);
    return mine;
}

static void press(Input *in, u16 key, bool down)
{
    if (in->keys_are_stick && press_stick(in, key, down))
        return;
    hand_over(in, (InputEvent){.kind = INPUT_KEY, .key = key, .down = down});
}

static void deliver_typed(Input *in)
{
    Pc *pc = in->pc;
    u64 now = pc->clock.now;
    if (!in->typed_count || now < in->typed_next)
        return;
    if (!guest_takes(in, &in->typed[in->typed_head])) {
        if (!in->typed_waits)
            in->typed_since = now;
        in->typed_waits = true;
        in->typed_next = now + clock_us(&pc->clock, KEY_RETRY_US);
        if (now - in->typed_since < clock_us(&pc->clock, KEY_PATIENCE_US))
            return;
    }
    in->typed_waits = false;
    InputStroke s = in->typed[in->typed_head];
    in->typed_head = (in->typed_head + 1) % INPUT_TYPED;
    in->typed_count--;
    press(in, s.key, s.down);
    bool modifier = s.key == KEY_SHIFT || s.key == KEY_CTRL || s.key == KEY_ALT;
    int pause =
        s.down ? (modifier ? KEY_WITHIN_US : KEY_DOWN_US) : (s.more ? KEY_WITHIN_US : KEY_UP_US);
    in->typed_next = now + clock_us(&pc->clock, (u64)pause);
}

static void deliver_serial(Input *in, int port)
{
    while (in->rx_count[port] &&
           hand_over(in, (InputEvent){.kind = INPUT_SERIAL,
                                      .port = port,
                                      .byte = in->rx[port][in->rx_head[port]]})) {
        in->rx_head[port] = (in->rx_head[port] + 1) % INPUT_RX;
        in->rx_count[port]--;
        in->rx_total[port]++;
    }
}

void input_deliver(Input *in)
{
    if (in->reset) {
        hand_over(in, (InputEvent){.kind = INPUT_RESET, .cold = in->reset == RESET_COLD});
        in->reset = RESET_NONE;
    }
    for (int i = 0; i < in->key_count; i++)
        press(in, in->key[i].key, in->key[i].down);
    in->key_count = 0;
    deliver_typed(in);
    if (in->mouse_moved)
        hand_over(in, (InputEvent){.kind = INPUT_MOUSE,
                                   .dx = in->dx,
                                   .dy = in->dy,
                                   .dz = in->dz,
                                   .buttons = in->buttons});
    in->mouse_moved = false;
    in->dx = in->dy = in->dz = 0;
    if (in->stick_moved)
        hand_over(in, (InputEvent){.kind = INPUT_JOYSTICK, .stick = in->stick});
    in->stick_moved = false;
    for (int port = 0; port < PC_SERIAL; port++)
        deliver_serial(in, port);
}

void input_drop_typed(Input *in)
{
    in->typed_count = 0;
    in->typed_next = 0;
    in->typed_waits = false;
}

void input_drop_mouse(Input *in)
{
    in->mouse_moved = false;
    in->dx = in->dy = in->dz = 0;
}

void input_drop(Input *in)
{
    in->reset = RESET_NONE;
    in->key_count = 0;
    input_drop_typed(in);
    input_drop_mouse(in);
    memset(in->rx_count, 0, sizeof in->rx_count);
}

u64 input_next(const Input *in, u64 until)
{
    u64 now = in->pc->clock.now;
    if (in->typed_count && in->typed_next < until)
        until = in->typed_next > now ? in->typed_next : now + 1;
    for (int port = 0; port < PC_SERIAL; port++) {
        u64 next = now + clock_us(&in->pc->clock, RX_CHARACTER_US);
        if (in->rx_count[port] && next < until)
            until = next;
    }
    return until;
}
