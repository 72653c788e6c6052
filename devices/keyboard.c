/* keyboard.c: the PS/2 keyboard: key matrix to scan codes of three sets, typematic repeat in guest
 * time, the 16-byte buffer, and the commands of the host. It knows nothing of the controller but a
 * wake call. Manual: IBM PS/2 Hardware Interface Technical Reference, "Keyboards (101- and
 * 102-Key)".
 *
 *   from the host                            answers (after FAh)
 *   ED o   set LEDs                          FA
 *   EE     echo                              EE, no FA
 *   F0 n   scan code set 1..3; 0 asks        FA (and the set)
 *   F2     identify                          AB 83
 *   F3 o   typematic: bits 6-5 delay, 4-0 rate   FA
 *   F4 F5 F6   enable, disable + defaults, defaults
 *   F7-FA  all keys of set 3: typematic, make/break, make, all three
 *   FB-FD  the same for the keys whose set-3 codes follow
 *   FE     resend                            the last byte, no FA
 *   FF     reset                             AA after the assurance test
 *
 * NOTE: the assurance test takes BAT_US, not the manual's 300 to 500 ms: firmware that counts port
 * reads while it waits counts much faster here than on an ISA bus. */
#include "devices/keyboard.h"

enum { BAT_US = 500, TYPEMATIC_DEFAULT = 0x2B /* 500 ms, 10.9 per second */ };
enum { ACK = 0xFA, RESEND = 0xFE, BAT_OK = 0xAA };
enum { LED_NUM = 2, FIRST_COMMAND = 0xED };

/* KeyboardState.print_form */
enum { PRINT_SHIFTED, PRINT_BARE, PRINT_SYSRQ };

/* Scan codes of one key action; they enter the buffer together or not at all. */
typedef struct {
    u8 byte[12];
    int count;
} Sequence;

static u64 now(const Keyboard *k)
{
    return k->queue->clock->now;
}

static bool is_down(const KeyboardState *s, u16 key)
{
    return s->down[key / 8] >> (key % 8) & 1;
}

/* ---- scan codes ------------------------------------------------------------------------------ */

static void put(Sequence *q, unsigned byte)
{
    q->byte[q->count++] = (u8)byte;
}

/* Appends a code of set 1 or 2, its E0h prefix in the high byte. */
static void put_code(const KeyboardState *s, Sequence *q, u16 code, bool release)
{
    if (code >> 8)
        put(q, code >> 8);
    if (release && s->set != 1)
        put(q, 0xF0);
    put(q, (code & 0xFFu) | (release && s->set == 1 ? 0x80 : 0));
}

static u16 code_of(const KeyboardState *s, u16 key)
{
    return s->set == 1 ? key_table[key].set1 : key_table[key].set2;
}

static void put_fake_shift(const KeyboardState *s, Sequence *q, u16 shift, bool release)
{
    put_code(s, q, 0xE000 | code_of(s, shift), release);
}

/* The cursor keys of the 101-key board sit on the keypad of the 84-key board, where Shift and Num
 * Lock turn them into digits. So the keyboard undoes (or simulates) Shift around them; `press`
 * chooses the half before the key's press or the half after its release. */
static void put_shift_disguise(const KeyboardState *s, Sequence *q, u16 key, bool press)
{
    bool gray = key_table[key].gray, num = s->leds & LED_NUM;
    bool left = is_down(s, KEY_SHIFT), right = is_down(s, KEY_SHIFT_R);
    if (gray && num) {
        if (!left && !right)
            put_fake_shift(s, q, KEY_SHIFT, !press);
        return;
    }
    if (!gray && key != KEY_KP_DIVIDE)
        return;
    if (left)
        put_fake_shift(s, q, KEY_SHIFT, press);
    if (right)
        put_fake_shift(s, q, KEY_SHIFT_R, press);
}

static bool any_shift(const KeyboardState *s)
{
    return is_down(s, KEY_SHIFT) || is_down(s, KEY_SHIFT_R);
}

static bool any_ctrl(const KeyboardState *s)
{
    return is_down(s, KEY_CTRL) || is_down(s, KEY_CTRL_R);
}

static bool any_alt(const KeyboardState *s)
{
    return is_down(s, KEY_ALT) || is_down(s, KEY_ALT_R);
}

/* Print Screen is Shift and keypad * of the 84-key board; with Alt it is the 84th key, SysRq. The
 * release has the form of its press, whatever modifiers were let go in between. */
static void put_print(KeyboardState *s, Sequence *q, bool down)
{
    if (down)
        s->print_form = any_alt(s)                    ? PRINT_SYSRQ
                        : any_ctrl(s) || any_shift(s) ? PRINT_BARE
                                                      : PRINT_SHIFTED;
    if (s->print_form == PRINT_SYSRQ) {
        put_code(s, q, s->set == 1 ? 0x54 : 0x84, !down);
        return;
    }
    if (down && s->print_form == PRINT_SHIFTED)
        put_fake_shift(s, q, KEY_SHIFT, false);
    put_code(s, q, code_of(s, KEY_PRINT), !down);
    if (!down && s->print_form == PRINT_SHIFTED)
        put_fake_shift(s, q, KEY_SHIFT, true);
}

/* Pause is Ctrl and Num Lock of the 84-key board, pressed and released at once (E1h: two bytes
 * follow each prefix); with Ctrl held it is Break, Ctrl and Scroll Lock. Its release sends
 * nothing. */
static void put_pause(const KeyboardState *s, Sequence *q)
{
    if (any_ctrl(s)) {
        put_code(s, q, code_of(s, KEY_PAUSE), false);
        put_code(s, q, code_of(s, KEY_PAUSE), true);
        return;
    }
    for (int release = 0; release < 2; release++) {
        put(q, 0xE1);
        put_code(s, q, code_of(s, KEY_CTRL), release);
        put_code(s, q, code_of(s, KEY_NUM_LOCK), release);
    }
}

static void put_key(KeyboardState *s, Sequence *q, u16 key, bool down)
{
    if (s->set == 3) {
        u8 type = s->set3_type[key];
        if (!down && type != KEY_MAKE_BREAK && type != KEY_TYPEMATIC_BREAK)
            return;
        if (!down)
            put(q, 0xF0);
        put(q, key_table[key].set3);
    } else if (key == KEY_PRINT) {
        put_print(s, q, down);
    } else if (key == KEY_PAUSE) {
        if (down)
            put_pause(s, q);
    } else if (down) {
        put_shift_disguise(s, q, key, true);
        put_code(s, q, code_of(s, key), false);
    } else {
        put_code(s, q, code_of(s, key), true);
        put_shift_disguise(s, q, key, false);
    }
}

/* A repeat is the key's own code alone, without the disguise. */
static void put_repeat(const KeyboardState *s, Sequence *q, u16 key)
{
    if (s->set == 3)
        put(q, key_table[key].set3);
    else if (key == KEY_PRINT && s->print_form == PRINT_SYSRQ)
        put_code(s, q, s->set == 1 ? 0x54 : 0x84, false);
    else
        put_code(s, q, code_of(s, key), false);
}

static bool repeats(const KeyboardState *s, u16 key)
{
    if (s->set == 3)
        return s->set3_type[key] == KEY_TYPEMATIC || s->set3_type[key] == KEY_TYPEMATIC_BREAK;
    return key != KEY_PAUSE;
}

/* A key action whose codes do not all fit is dropped whole, and one overrun code in the buffer
 * stands for everything dropped in a row. */
static void buffer_sequence(Keyboard *k, const Sequence *q)
{
    KeyboardState *s = &k->s;
    if (!q->count)
        return;
    if (s->codes.count + q->count <= KEYBOARD_BUFFER) {
        for (int i = 0; i < q->count; i++)
            ps2_push(&s->codes, q->byte[i]);
    } else {
        u8 overrun = s->set == 1 ? 0xFF : 0x00;
        if (s->codes.count <= KEYBOARD_BUFFER && s->codes.byte[s->codes.count - 1] != overrun)
            ps2_push(&s->codes, overrun);
    }
    ps2_wake(&k->wake);
}

/* ---- typematic ------------------------------------------------------------------------------- */

static void stop_repeat(Keyboard *k)
{
    k->s.repeat_key = KEY_NONE;
    event_cancel(k->queue, &k->repeat);
}

static void start_repeat(Keyboard *k, u16 key)
{
    stop_repeat(k);
    if (!repeats(&k->s, key))
        return;
    k->s.repeat_key = key;
    u64 delay_us = ((k->s.typematic >> 5 & 3) + 1) * 250000u;
    event_at(k->queue, &k->repeat, now(k) + clock_us(k->queue->clock, delay_us));
}

/* Rate option bits: period = (8 + A) * 2^B / 240 s, A = bits 2-0, B = bits 4-3. */
static u64 repeat_period(const Keyboard *k)
{
    u64 units = (8u + (k->s.typematic & 7u)) << (k->s.typematic >> 3 & 3);
    u64 ticks = clock_tick_of(k->queue->clock, units, 240);
    return ticks ? ticks : 1;
}

/* While the host does not read, no repeats are stored: a held key never fills the buffer. */
static void on_repeat(void *ctx, u64 when)
{
    Keyboard *k = ctx;
    KeyboardState *s = &k->s;
    if (s->repeat_key == KEY_NONE)
        return;
    event_at(k->queue, &k->repeat, when + repeat_period(k));
    if (s->codes.count)
        return;
    Sequence q = {.count = 0};
    put_repeat(s, &q, s->repeat_key);
    buffer_sequence(k, &q);
}

void keyboard_key(Keyboard *k, u16 key, bool down)
{
    KeyboardState *s = &k->s;
    if (key == KEY_NONE || key >= KEY_COUNT || is_down(s, key) == down)
        return;
    s->down[key / 8] ^= (u8)(1u << (key % 8));
    if (!down && key == s->repeat_key)
        stop_repeat(k);
    if (!s->scanning || s->in_bat)
        return;
    Sequence q = {.count = 0};
    put_key(s, &q, key, down);
    buffer_sequence(k, &q);
    if (down)
        start_repeat(k, key);
}

/* ---- commands -------------------------------------------------------------------------------- */

static void reply(Keyboard *k, u8 byte)
{
    ps2_push(&k->s.replies, byte);
    ps2_wake(&k->wake);
}

static void set_all_types(KeyboardState *s, u8 type)
{
    memset(s->set3_type, type, sizeof s->set3_type);
}

static void set_defaults(Keyboard *k)
{
    k->s.typematic = TYPEMATIC_DEFAULT;
    for (u16 key = 0; key < KEY_COUNT; key++)
        k->s.set3_type[key] = key_table[key].type;
    ps2_clear(&k->s.codes);
    stop_repeat(k);
}

static void start_bat(Keyboard *k)
{
    KeyboardState *s = &k->s;
    set_defaults(k);
    ps2_clear(&s->replies);
    reply(k, ACK);
    s->in_bat = 1;
    s->held_full = 0;
    event_at(k->queue, &k->bat, now(k) + clock_us(k->queue->clock, BAT_US));
}

static void on_bat(void *ctx, u64 when)
{
    Keyboard *k = ctx;
    KeyboardState *s = &k->s;
    s->in_bat = 0;
    s->set = 2;
    s->leds = 0;
    s->scanning = 1;
    set_defaults(k);
    reply(k, BAT_OK);
    if (s->held_full) {
        s->held_full = 0;
        keyboard_receive(k, s->held);
    }
}

/* FBh-FDh take set-3 codes until the next command. */
static void set_key_type(Keyboard *k, u8 code)
{
    for (u16 key = 1; key < KEY_COUNT; key++) {
        if (key_table[key].set3 != code)
            continue;
        k->s.set3_type[key] = (u8)(k->s.command - 0xFB);
        reply(k, ACK);
        return;
    }
    k->s.command = 0;
    reply(k, RESEND);
}

static void select_set(Keyboard *k, u8 set)
{
    if (set > 3) {
        reply(k, RESEND);
        return;
    }
    reply(k, ACK);
    if (!set) {
        reply(k, k->s.set);
        return;
    }
    k->s.set = set;
    ps2_clear(&k->s.codes);
    stop_repeat(k);
}

static void take_option(Keyboard *k, u8 byte)
{
    u8 command = k->s.command;
    if (command >= 0xFB) {
        set_key_type(k, byte);
        return;
    }
    k->s.command = 0;
    if (command == 0xF0) {
        select_set(k, byte);
        return;
    }
    if (command == 0xED)
        k->s.leds = byte & 7;
    else
        k->s.typematic = byte & 0x7F;
    reply(k, ACK);
}

static void run_command(Keyboard *k, u8 byte)
{
    KeyboardState *s = &k->s;
    switch (byte) {
    case 0xED:
    case 0xF3:
        s->command = byte;
        break;
    case 0xF0:
    case 0xFB:
    case 0xFC:
    case 0xFD:
        ps2_clear(&s->codes);
        s->command = byte;
        break;
    case 0xEE:
        reply(k, 0xEE);
        return;
    case 0xF2:
        reply(k, ACK);
        reply(k, 0xAB);
        reply(k, 0x83);
        return;
    case 0xF4:
        ps2_clear(&s->codes);
        stop_repeat(k);
        s->scanning = 1;
        break;
    case 0xF5:
        set_defaults(k);
        s->scanning = 0;
        break;
    case 0xF6:
        set_defaults(k);
        break;
    case 0xF7:
    case 0xF8:
    case 0xF9:
    case 0xFA:
        ps2_clear(&s->codes);
        set_all_types(s, byte - 0xF7);
        break;
    case 0xFE:
        reply(k, s->last_sent);
        return;
    case 0xFF:
        start_bat(k);
        return;
    default:
        reply(k, RESEND);
        return;
    }
    reply(k, ACK);
}

/* A command may come where an option was due; every valid option is below the first command. */
void keyboard_receive(Keyboard *k, u8 byte)
{
    KeyboardState *s = &k->s;
    if (s->in_bat && byte != 0xFF) {
        s->held = byte;
        s->held_full = 1;
    } else if (s->command && byte < FIRST_COMMAND) {
        take_option(k, byte);
    } else {
        s->command = 0;
        run_command(k, byte);
    }
}

/* ---- towards the controller ------------------------------------------------------------------ */

bool keyboard_has_byte(const Keyboard *k)
{
    return k->s.replies.count || k->s.codes.count;
}

bool keyboard_answering(const Keyboard *k)
{
    return k->s.replies.count;
}

u8 keyboard_take(Keyboard *k)
{
    KeyboardState *s = &k->s;
    u8 byte = ps2_pop(s->replies.count ? &s->replies : &s->codes);
    if (byte != RESEND)
        s->last_sent = byte;
    return byte;
}

/* ---- set-up ---------------------------------------------------------------------------------- */

static bool check_state(const void *state, const Clock *clock)
{
    const KeyboardState *s = state;
    for (int i = 0; i < KEY_COUNT; i++)
        if (s->set3_type[i] > KEY_TYPEMATIC_BREAK)
            return false;
    return s->codes.count <= KEYBOARD_BUFFER + 1 && s->replies.count <= PS2_QUEUE_SIZE &&
           s->set >= 1 && s->set <= 3 && s->repeat_key < KEY_COUNT;
}

void keyboard_init(Keyboard *k, EventQueue *queue, Snap *snap, Ps2Wake wake)
{
    memset(k, 0, sizeof *k);
    k->queue = queue;
    k->wake = wake;
    event_init(queue, &k->repeat, "kbd.repeat", on_repeat, k);
    event_init(queue, &k->bat, "kbd.bat", on_bat, k);
    snap_add(snap, "keyboard", 1, &k->s, sizeof k->s);
    snap_check(snap, check_state);
}

/* NOTE: the power-on test's completion code is not sent: firmware on any PC has discarded it by the
 * time that a guest could look. Held keys stay held. */
void keyboard_reset(Keyboard *k)
{
    u8 down[sizeof k->s.down];
    memcpy(down, k->s.down, sizeof down);
    memset(&k->s, 0, sizeof k->s);
    memcpy(k->s.down, down, sizeof down);
    k->s.set = 2;
    k->s.scanning = 1;
    event_cancel(k->queue, &k->bat);
    set_defaults(k);
}

/* A state file is input like any other: nothing in it may index out of bounds. */
void keyboard_post_load(Keyboard *k)
{
    KeyboardState *s = &k->s;
    if (s->codes.count > KEYBOARD_BUFFER + 1)
        ps2_clear(&s->codes);
    if (s->replies.count > PS2_QUEUE_SIZE)
        ps2_clear(&s->replies);
    if (s->set < 1 || s->set > 3)
        s->set = 2;
    if (s->repeat_key >= KEY_COUNT)
        s->repeat_key = KEY_NONE;
}
