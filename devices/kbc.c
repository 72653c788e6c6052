/* kbc.c: the 8042 keyboard controller of the AT and PS/2. It stands between two serial devices and
 * the CPU, translates scan code set 2 into set 1, and drives two wires that have nothing to do with
 * keys: the A20 gate and the processor's reset. Manuals: IBM PC AT Technical Reference, "Keyboard
 * Controller"; IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device
 * Controller".
 *
 *   60h read   output buffer            60h write  to the keyboard, or what a command waits for
 *   64h read   status                   64h write  command
 *
 *   status     7 parity | 6 time-out | 5 output is the mouse's | 4 not locked | 3 last write was to
 *              64h | 2 system flag | 1 input buffer full | 0 output buffer full
 *   command    6 translate | 5 mouse off | 4 keyboard off | 2 system flag | 1 IRQ 12 | 0 IRQ 1
 *    byte
 *   20-3F  read RAM (20h: command byte)     60-7F  write RAM
 *   A4     password there? FA yes, F1 no    A5     load password (set-1 codes, 0 ends)   A6  lock
 *   A7 A8  mouse off, on                    A9     mouse line test: 00
 *   AA     self-test: 55                    AB     keyboard line test: 00
 *   AD AE  keyboard off, on                 C0     read input port
 *   D0 D1  read, write output port          D2 D3  next byte appears as the keyboard's, the mouse's
 *   D4     next byte to the mouse           DD DF  A20 off, on
 *   E0     read test inputs                 F0-FF  pulse the output bits 0-3 that are 0 (FE: reset)
 *
 * Time: a write takes effect at once, as in chip sets that watch for the A20 and reset commands, so
 * a guest that does not wait loses nothing; the input-buffer-full flag goes off INPUT_US later. The
 * controller's own answers come after REPLY_US, a device's byte after BYTE_US, and no device sends
 * while the output buffer is full.
 *
 * NOTE: BYTE_US is under half of what the serial clock (10 to 16.7 kHz, 11 bits) gives: firmware
 * that counts port reads while it waits counts much faster here than on an ISA bus. */
#include "devices/kbc.h"

enum { INPUT_US = 10, REPLY_US = 30, BYTE_US = 300 };

enum {
    ST_OUT_FULL = 0x01,
    ST_IN_FULL = 0x02,
    ST_SYSTEM = 0x04,
    ST_COMMAND = 0x08,
    ST_NOT_LOCKED = 0x10,
    ST_AUX = 0x20,
    ST_TIMEOUT = 0x40,
};

enum {
    CB_IRQ1 = 0x01,
    CB_IRQ12 = 0x02,
    CB_SYSTEM = 0x04,
    CB_NO_KEYBOARD = 0x10,
    CB_NO_MOUSE = 0x20,
    CB_TRANSLATE = 0x40,
};

enum { P2_RUN = 1, P2_A20 = 2 };              /* output port; bit 0 low resets the processor */
enum { REPLY_KEYBOARD = 1, REPLY_MOUSE = 2 }; /* KbcState.reply_full */
enum { RAM_LOCKED = 0x13, RAM_UNLOCKED = 0x14, RAM_SKIP1 = 0x16, RAM_SKIP2 = 0x17 };

/* Set 2 -> set 1, for codes below 80h. Above, all but two codes pass unchanged. */
static const u8 translation[128] = {
    0xFF, 0x43, 0x41, 0x3F, 0x3D, 0x3B, 0x3C, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3E, 0x0F, 0x29, 0x59,
    0x65, 0x38, 0x2A, 0x70, 0x1D, 0x10, 0x02, 0x5A, 0x66, 0x71, 0x2C, 0x1F, 0x1E, 0x11, 0x03, 0x5B,
    0x67, 0x2E, 0x2D, 0x20, 0x12, 0x05, 0x04, 0x5C, 0x68, 0x39, 0x2F, 0x21, 0x14, 0x13, 0x06, 0x5D,
    0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5E, 0x6A, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5F,
    0x6B, 0x33, 0x25, 0x17, 0x18, 0x0B, 0x0A, 0x60, 0x6C, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0C, 0x61,
    0x6D, 0x73, 0x28, 0x74, 0x1A, 0x0D, 0x62, 0x6E, 0x3A, 0x36, 0x1C, 0x1B, 0x75, 0x2B, 0x63, 0x76,
    0x55, 0x56, 0x77, 0x78, 0x79, 0x7A, 0x0E, 0x7B, 0x7C, 0x4F, 0x7D, 0x4B, 0x47, 0x7E, 0x7F, 0x6F,
    0x52, 0x53, 0x50, 0x4C, 0x4D, 0x48, 0x01, 0x45, 0x57, 0x4E, 0x51, 0x4A, 0x37, 0x49, 0x46, 0x54,
};

static u64 now(const Kbc *k)
{
    return k->cfg.queue->clock->now;
}

static u64 after_us(const Kbc *k, u64 us)
{
    return now(k) + clock_us(k->cfg.queue->clock, us);
}

/* ---- output buffer and interrupts ------------------------------------------------------------ */

static void drive(Kbc *k, const Line *line, u8 bit, bool level)
{
    if (!!(k->s.lines & bit) == level)
        return;
    k->s.lines ^= bit;
    line_set(line, level);
}

static void update_lines(Kbc *k)
{
    const KbcState *s = &k->s;
    bool full = s->status & ST_OUT_FULL;
    bool keyboard = full && !s->out_aux && !(s->ram[0] & CB_NO_KEYBOARD);
    drive(k, &k->cfg.irq1, 1, keyboard && s->ram[0] & CB_IRQ1);
    drive(k, &k->cfg.irq12, 2, full && s->out_aux && s->ram[0] & CB_IRQ12);
}

static void fill_output(Kbc *k, u8 byte, bool aux, u8 flags)
{
    KbcState *s = &k->s;
    s->out = byte;
    s->out_aux = aux;
    s->status |= ST_OUT_FULL | flags | (aux ? ST_AUX : 0);
    update_lines(k);
}

static bool keyboard_may_send(const Kbc *k)
{
    return !(k->s.ram[0] & CB_NO_KEYBOARD) && keyboard_has_byte(&k->keyboard);
}

static bool mouse_may_send(const Kbc *k)
{
    return !(k->s.ram[0] & CB_NO_MOUSE) && !k->s.locked && !k->cfg.no_mouse &&
           mouse_has_byte(&k->mouse);
}

/* Something changed that may let a byte into the output buffer: sees that it comes in its time. */
static void kick(Kbc *k)
{
    if (k->s.status & ST_OUT_FULL)
        return;
    if (k->s.reply_full) {
        u64 when = after_us(k, REPLY_US);
        if (!k->out_due.armed || k->out_due.when > when)
            event_at(k->cfg.queue, &k->out_due, when);
    } else if (!k->out_due.armed && (keyboard_may_send(k) || mouse_may_send(k))) {
        event_at(k->cfg.queue, &k->out_due, after_us(k, BYTE_US));
    }
}

static void on_wake(void *ctx)
{
    kick(ctx);
}

/* A newer answer replaces one that has not come out yet. */
static void answer(Kbc *k, u8 byte, u8 side)
{
    k->s.reply = byte;
    k->s.reply_full = side;
    k->s.reply_flags = 0;
    kick(k);
}

/* ---- the keyboard's bytes -------------------------------------------------------------------- */

static u8 translate_code(u8 code)
{
    if (code < 0x80)
        return translation[code];
    return code == 0x83 ? 0x41 : code == 0x84 ? 0x54 : code;
}

/* Every byte of the keyboard passes here, answers to commands too, which is why a guest sees its ID
 * as AB 41 while translation is on. An answer may come between F0h and its code and must not take
 * the break bit. false: the byte was F0h and nothing comes out. */
static bool translate(KbcState *s, bool is_answer, u8 *byte)
{
    if (!(s->ram[0] & CB_TRANSLATE))
        return true;
    if (*byte == 0xF0) {
        s->break_next = 0x80;
        return false;
    }
    *byte = translate_code(*byte);
    if (is_answer || *byte == 0xE0 || *byte == 0xE1)
        return true;
    *byte |= s->break_next;
    s->break_next = 0;
    return true;
}

/* Locked: press codes are compared with the password and go nowhere. */
static void match_password(Kbc *k, u8 code)
{
    KbcState *s = &k->s;
    if (code & 0x80 || code == s->ram[RAM_SKIP1] || code == s->ram[RAM_SKIP2])
        return;
    if (code != s->password[s->password_at])
        s->password_at = 0;
    if (code == s->password[s->password_at])
        s->password_at++;
    if (s->password_at < s->password_len)
        return;
    s->locked = 0;
    s->password_at = 0;
    if (s->ram[RAM_UNLOCKED])
        answer(k, s->ram[RAM_UNLOCKED], REPLY_KEYBOARD);
}

static void take_keyboard_byte(Kbc *k)
{
    bool is_answer = keyboard_answering(&k->keyboard);
    u8 byte = keyboard_take(&k->keyboard);
    if (!translate(&k->s, is_answer, &byte))
        return;
    if (k->s.locked)
        match_password(k, byte);
    else
        fill_output(k, byte, false, 0);
}

/* One byte for the output buffer: the controller's own first, then the keyboard's, then the
 * mouse's. */
static void on_out_due(void *ctx, u64 when)
{
    Kbc *k = ctx;
    KbcState *s = &k->s;
    if (s->status & ST_OUT_FULL)
        return;
    if (s->reply_full) {
        bool aux = s->reply_full == REPLY_MOUSE;
        s->reply_full = 0;
        fill_output(k, s->reply, aux, s->reply_flags);
    } else if (keyboard_may_send(k)) {
        take_keyboard_byte(k);
    } else if (mouse_may_send(k)) {
        fill_output(k, mouse_take(&k->mouse), true, 0);
    }
    kick(k);
}

/* ---- commands -------------------------------------------------------------------------------- */

static void pulse_reset(Kbc *k)
{
    line_set(&k->cfg.reset, true);
    line_set(&k->cfg.reset, false);
}

/* NOTE: a guest that writes bit 0 as 0 holds a real processor in reset for ever; here it is a
 * pulse. */
static void write_port2(Kbc *k, u8 v)
{
    k->s.port2 = (v & P2_A20) | P2_RUN;
    line_set(&k->cfg.a20, v & P2_A20);
    if (!(v & P2_RUN))
        pulse_reset(k);
}

/* Bits 4 and 5 are the interrupt requests, 2, 3, 6 and 7 the idle clock and data lines. */
static u8 read_port2(const KbcState *s)
{
    bool full = s->status & ST_OUT_FULL;
    return (u8)(0xCC | s->port2 | (full && !s->out_aux) << 4 | (full && s->out_aux) << 5);
}

/* Bit 7 not locked by key, 6 colour display, 5 no manufacturing jumper, 4 RAM, 1 and 0 data lines
 * high. */
static u8 read_port1(void)
{
    return 0xB3;
}

/* The two clock lines: high while idle, held low while their interface is off. */
static u8 read_test_inputs(u8 command_byte)
{
    return (u8)((command_byte & CB_NO_KEYBOARD ? 0 : 1) | (command_byte & CB_NO_MOUSE ? 0 : 2));
}

static void set_command_byte(Kbc *k, u8 v)
{
    KbcState *s = &k->s;
    s->ram[0] = v & 0x7F;
    if (!(v & CB_TRANSLATE))
        s->break_next = 0;
    s->status = (u8)((s->status & ~ST_SYSTEM) | (v & CB_SYSTEM));
    update_lines(k);
    kick(k);
}

static void write_ram(Kbc *k, u8 at, u8 v)
{
    if (at)
        k->s.ram[at] = v;
    else
        set_command_byte(k, v);
}

/* Codes come until a 0; those beyond the room for them are dropped. */
static void load_password(KbcState *s, u8 code)
{
    if (!code)
        return;
    s->command = 0xA5;
    if (s->password_len < sizeof s->password)
        s->password[s->password_len++] = code;
}

static void lock(Kbc *k)
{
    KbcState *s = &k->s;
    if (!s->password_len)
        return;
    s->locked = 1;
    s->password_at = 0;
    if (s->ram[RAM_LOCKED])
        answer(k, s->ram[RAM_LOCKED], REPLY_KEYBOARD);
}

static void self_test(Kbc *k)
{
    KbcState *s = &k->s;
    set_command_byte(k, s->ram[0] | CB_SYSTEM);
    s->break_next = 0;
    answer(k, 0x55, REPLY_KEYBOARD);
}

static void mouse_command(Kbc *k, u8 byte)
{
    set_command_byte(k, (u8)(k->s.ram[0] & ~CB_NO_MOUSE));
    if (k->cfg.no_mouse) { /* nobody answers: the transmission times out */
        answer(k, 0xFE, REPLY_MOUSE);
        k->s.reply_flags = ST_TIMEOUT;
        return;
    }
    mouse_receive(&k->mouse, byte);
}

/* Data to the keyboard turns its interface on: its answer must be able to come back. */
static void keyboard_command(Kbc *k, u8 byte)
{
    set_command_byte(k, (u8)(k->s.ram[0] & ~CB_NO_KEYBOARD));
    keyboard_receive(&k->keyboard, byte);
    if (!k->keyboard.s.codes.count) /* the command threw away the code that F0h announced */
        k->s.break_next = 0;
}

static void write_data(Kbc *k, u8 byte)
{
    u8 command = k->s.command;
    k->s.command = 0;
    switch (command) {
    case 0:
        keyboard_command(k, byte);
        break;
    case 0xA5:
        load_password(&k->s, byte);
        break;
    case 0xD1:
        write_port2(k, byte);
        break;
    case 0xD2:
        answer(k, byte, REPLY_KEYBOARD);
        break;
    case 0xD3:
        answer(k, byte, REPLY_MOUSE);
        break;
    case 0xD4:
        mouse_command(k, byte);
        break;
    default: /* 60h-7Fh */
        write_ram(k, command & 0x1F, byte);
        break;
    }
}

/* Commands A4h-AEh; those not listed do nothing. */
static void device_command(Kbc *k, u8 c)
{
    KbcState *s = &k->s;
    switch (c) {
    case 0xA4:
        answer(k, s->password_len ? 0xFA : 0xF1, REPLY_KEYBOARD);
        break;
    case 0xA5:
        memset(s->password, 0, sizeof s->password);
        s->password_len = 0;
        s->command = c;
        break;
    case 0xA6:
        lock(k);
        break;
    case 0xA7:
        set_command_byte(k, s->ram[0] | CB_NO_MOUSE);
        break;
    case 0xA8:
        set_command_byte(k, (u8)(s->ram[0] & ~CB_NO_MOUSE));
        break;
    case 0xA9:
    case 0xAB:
        answer(k, 0x00, REPLY_KEYBOARD);
        break;
    case 0xAA:
        self_test(k);
        break;
    case 0xAD:
        set_command_byte(k, s->ram[0] | CB_NO_KEYBOARD);
        break;
    case 0xAE:
        set_command_byte(k, (u8)(s->ram[0] & ~CB_NO_KEYBOARD));
        break;
    }
}

/* Commands C0h-EFh: the ports of the microcontroller. */
static void port_command(Kbc *k, u8 c)
{
    switch (c) {
    case 0xC0:
        answer(k, read_port1(), REPLY_KEYBOARD);
        break;
    case 0xD0:
        answer(k, read_port2(&k->s), REPLY_KEYBOARD);
        break;
    case 0xD1:
    case 0xD2:
    case 0xD3:
    case 0xD4:
        k->s.command = c;
        break;
    case 0xDD:
    case 0xDF:
        write_port2(k, P2_RUN | (c & P2_A20));
        break;
    case 0xE0:
        answer(k, read_test_inputs(k->s.ram[0]), REPLY_KEYBOARD);
        break;
    }
}

static void write_command(Kbc *k, u8 c)
{
    k->s.command = 0;
    if (c >= 0x20 && c <= 0x3F)
        answer(k, k->s.ram[c & 0x1F], REPLY_KEYBOARD);
    else if (c >= 0x60 && c <= 0x7F)
        k->s.command = c;
    else if (c >= 0xF0 && !(c & P2_RUN))
        pulse_reset(k);
    else if (c >= 0xC0 && c < 0xF0)
        port_command(k, c);
    else
        device_command(k, c);
}

/* ---- ports ----------------------------------------------------------------------------------- */

static void on_in_done(void *ctx, u64 when)
{
    Kbc *k = ctx;
    k->s.status &= (u8)~ST_IN_FULL;
}

static u32 data_read(void *ctx, u32 port, int size)
{
    Kbc *k = ctx;
    KbcState *s = &k->s;
    u8 byte = s->out;
    if (s->status & ST_OUT_FULL) {
        s->status &= (u8) ~(ST_OUT_FULL | ST_AUX | ST_TIMEOUT);
        update_lines(k);
        kick(k);
    }
    return byte;
}

static u32 data_peek(void *ctx, u32 port, int size)
{
    return ((Kbc *)ctx)->s.out;
}

static u32 status_read(void *ctx, u32 port, int size)
{
    return ((Kbc *)ctx)->s.status;
}

/* The flags first: a command may reset the board, and then nothing may follow. */
static void start_input(Kbc *k, bool command)
{
    u8 rest = (u8)(k->s.status & ~ST_COMMAND);
    k->s.status = rest | ST_IN_FULL | (command ? ST_COMMAND : 0);
    /* while it prepares an answer the controller takes no input: a guest that waits for both
     * flags to go off does not mistake the pause before the answer for its end */
    event_at(k->cfg.queue, &k->in_done,
             after_us(k, k->s.reply_full ? REPLY_US + INPUT_US : INPUT_US));
}

static void data_write(void *ctx, u32 port, int size, u32 value)
{
    start_input(ctx, false);
    write_data(ctx, (u8)value);
}

static void command_write(void *ctx, u32 port, int size, u32 value)
{
    start_input(ctx, true);
    write_command(ctx, (u8)value);
}

/* With the output buffer full the next read of data would empty it. */
static BusSteady steady(void *ctx, u32 port)
{
    const Kbc *k = ctx;
    bool changes = port == 0x60 && k->s.status & ST_OUT_FULL;
    return (BusSteady){.until = changes ? 0 : UINT64_MAX};
}

static const BusOps data_ops = {data_read, data_write, data_peek, 1};
static const BusOps command_ops = {status_read, command_write, status_read, 1};

/* ---- set-up and inputs ----------------------------------------------------------------------- */

/* Translating, keyboard interrupt enabled, so that code loaded without firmware gets keys; any
 * firmware sets the command byte itself. */
static void power_on(Kbc *k)
{
    u8 lines = k->s.lines;
    event_cancel(k->cfg.queue, &k->in_done);
    event_cancel(k->cfg.queue, &k->out_due);
    memset(&k->s, 0, sizeof k->s);
    k->s.ram[0] = CB_TRANSLATE | CB_IRQ1;
    k->s.status = ST_NOT_LOCKED;
    k->s.port2 = P2_RUN | P2_A20;
    k->s.lines = lines;
    keyboard_reset(&k->keyboard);
    mouse_reset(&k->mouse);
}

static bool check_state(const void *state, const Clock *clock)
{
    const KbcState *s = state;
    return s->reply_full <= 2 && s->password_len <= sizeof s->password &&
           s->password_at <= s->password_len;
}

void kbc_init(Kbc *k, const KbcConfig *cfg)
{
    memset(k, 0, sizeof *k);
    k->cfg = *cfg;
    event_init(cfg->queue, &k->in_done, "kbc.in", on_in_done, k);
    event_init(cfg->queue, &k->out_due, "kbc.out", on_out_due, k);
    if (!bus_map_port(cfg->bus, 0x60, 1, &data_ops, k, "8042 data") ||
        !bus_map_port(cfg->bus, 0x64, 1, &command_ops, k, "8042 command"))
        panic("no room for the keyboard controller's ports: raise BUS_REGIONS");
    bus_set_steady(cfg->bus, 0x60, steady);
    bus_set_steady(cfg->bus, 0x64, steady);
    snap_add(cfg->snap, "kbc", 1, &k->s, sizeof k->s);
    snap_check(cfg->snap, check_state);
    keyboard_init(&k->keyboard, cfg->queue, cfg->snap, (Ps2Wake){on_wake, k});
    mouse_init(&k->mouse, cfg->queue, cfg->snap, (Ps2Wake){on_wake, k}, cfg->mouse_id);
    power_on(k);
}

void kbc_reset(Kbc *k)
{
    power_on(k);
    update_lines(k);
    line_set(&k->cfg.a20, true);
}

void kbc_post_load(Kbc *k)
{
    KbcState *s = &k->s;
    if (s->password_len > sizeof s->password)
        s->password_len = 0;
    if (s->password_at >= s->password_len)
        s->password_at = 0;
    if (!s->password_len)
        s->locked = 0;
    keyboard_post_load(&k->keyboard);
    mouse_post_load(&k->mouse);
}

void kbc_key(Kbc *k, u16 key, bool down)
{
    keyboard_key(&k->keyboard, key, down);
}

bool kbc_ready_for_key(const Kbc *k)
{
    const KbcState *s = &k->s;
    bool unread = (s->status & ST_OUT_FULL && !s->out_aux) || s->reply_full || s->break_next;
    return !unread && !(s->ram[0] & CB_NO_KEYBOARD) && k->keyboard.s.scanning &&
           !k->keyboard.s.in_bat && !keyboard_has_byte(&k->keyboard);
}

void kbc_mouse(Kbc *k, int dx, int dy, int dz, unsigned buttons)
{
    if (!k->cfg.no_mouse)
        mouse_move(&k->mouse, dx, dy, dz, buttons);
}

u8 kbc_leds(const Kbc *k)
{
    return k->keyboard.s.leds;
}

void kbc_set_a20(void *kbc, int pin, bool level)
{
    Kbc *k = kbc;
    k->s.port2 = (u8)(P2_RUN | (level ? P2_A20 : 0));
}
