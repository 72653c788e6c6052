/* kbc.h: the 8042 keyboard controller with a PS/2 keyboard and mouse: ports 60h and 64h, IRQ 1 and
 * 12, the A20 gate and the processor's reset line. Registers: kbc.c. */
#ifndef GLASS86_KBC_H
#define GLASS86_KBC_H

#include "devices/event.h"
#include "devices/keyboard.h"
#include "devices/keys.h"
#include "devices/mouse.h"
#include "devices/state.h"
#include "mmu/bus.h"
#include "mmu/line.h"

typedef struct {
    Bus *bus;
    EventQueue *queue;
    Snap *snap;
    Line irq1, irq12; /* high while an unread byte of the keyboard, of the mouse, is in port 60h */
    Line a20;         /* driven at reset (high) and whenever the guest writes the output port */
    Line reset;       /* pulses high, then low: reset the processor (not the board) */
    bool no_mouse;    /* nothing is plugged into the auxiliary port */
    u8 mouse_id;      /* what the mouse can become: MOUSE_ID_PLAIN, _WHEEL or _EXPLORER */
} KbcConfig;

typedef struct {
    u8 ram[32];    /* internal RAM; ram[0] is the command byte */
    u8 status;     /* port 64h */
    u8 out;        /* output buffer, as port 60h reads */
    u8 out_aux;    /* the byte in `out` is the mouse's */
    u8 port2;      /* output port, bits 0 (reset, inverted) and 1 (A20) */
    u8 command;    /* the command that waits for its byte at port 60h, or 0 */
    u8 reply;      /* the controller's own answer, on its way to the output buffer */
    u8 reply_full; /* ... is there: 1 for the keyboard's, 2 for the mouse's side of the buffer */
    u8 reply_flags; /* status bits that come with it */
    u8 break_next; /* translation saw F0h: the next code is a release */
    u8 lines;      /* levels driven: bit 0 IRQ 1, bit 1 IRQ 12 */
    u8 password[8], password_len, password_at;
    u8 locked;     /* keyboard input is held back until the password is typed */
} KbcState;

typedef struct {
    KbcState s;
    KbcConfig cfg;
    Event in_done, out_due;
    Keyboard keyboard;
    Mouse mouse;
} Kbc;

/* Maps ports 60h and 64h and adds the sections kbc, keyboard and mouse. Drives no line. */
void kbc_init(Kbc *k, const KbcConfig *cfg);
void kbc_reset(Kbc *k); /* power on, keyboard and mouse too; drives A20 high */
void kbc_post_load(Kbc *k);

/* A key of keys.h goes down or up. Repeats of the host's own are ignored: typematic is the
 * keyboard's. */
void kbc_key(Kbc *k, u16 key, bool down);

/* The guest has taken every byte of earlier keys and the keyboard is scanning: a key given now is
 * not lost. Whoever types text gives one stroke at a time and asks here first. */
bool kbc_ready_for_key(const Kbc *k);

/* Mouse movement in counts since the last call: dx right, dy down, dz wheel towards the user (a
 * window system's "wheel up" is negative). buttons held now: 1 left, 2 right, 4 middle, 8 and 16
 * the side buttons. */
void kbc_mouse(Kbc *k, int dx, int dy, int dz, unsigned buttons);

u8 kbc_leds(const Kbc *k); /* bit 0 Scroll Lock, 1 Num Lock, 2 Caps Lock */

/* Input in the shape of a Line: another gate (port 92h) changed A20; the output port reads so from
 * now on. Drives nothing. */
void kbc_set_a20(void *kbc, int pin, bool level);

#endif
