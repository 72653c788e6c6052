/* keyboard.h: the PS/2 keyboard at the far end of the 8042's first serial interface. Internal to
 * the kbc family: others use kbc.h. Manual: IBM PS/2 Hardware Interface Technical Reference,
 * "Keyboards". */
#ifndef GLASS86_KEYBOARD_H
#define GLASS86_KEYBOARD_H

#include "devices/event.h"
#include "devices/keys.h"
#include "devices/ps2.h"
#include "devices/state.h"
#include "mmu/clock.h"

enum { KEYBOARD_BUFFER = 16 };

typedef struct {
    Ps2Queue codes;   /* scan codes: 16 bytes and, when they overflowed, the overrun code */
    Ps2Queue replies; /* answers to commands go out before scan codes */
    u8 last_sent;     /* for Resend */
    u8 command;       /* the command that waits for its option byte, or 0 */
    u8 set;           /* scan code set 1..3 */
    u8 leds;          /* ED option: bit 0 Scroll, 1 Num, 2 Caps */
    u8 typematic;     /* F3 option byte */
    u8 scanning;
    u8 in_bat;        /* basic assurance test is running */
    u8 held, held_full; /* a byte that came during the test and waits for its end */
    u8 print_form;    /* which sequence Print Screen's press used (its release must match) */
    u16 repeat_key;   /* the key that repeats, or KEY_NONE */
    u8 down[(KEY_COUNT + 7) / 8];
    u8 set3_type[KEY_COUNT];
} KeyboardState;

typedef struct {
    KeyboardState s;
    EventQueue *queue;
    Event repeat, bat;
    Ps2Wake wake;
} Keyboard;

void keyboard_init(Keyboard *k, EventQueue *queue, Snap *snap, Ps2Wake wake);
void keyboard_reset(Keyboard *k); /* power on; the assurance test is taken as already passed */
void keyboard_post_load(Keyboard *k);

void keyboard_key(Keyboard *k, u16 key, bool down);
void keyboard_receive(Keyboard *k, u8 byte); /* a byte from the controller */
bool keyboard_has_byte(const Keyboard *k);
bool keyboard_answering(const Keyboard *k); /* that byte answers a command, is no scan code */
u8 keyboard_take(Keyboard *k); /* the next byte to the controller; only while keyboard_has_byte() */

#endif
