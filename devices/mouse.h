/* mouse.h: the PS/2 mouse at the far end of the 8042's auxiliary interface. Internal to the kbc
 * family: others use kbc.h. Manuals: IBM PS/2 Mouse Technical Reference; Microsoft, "IntelliMouse"
 * packets. */
#ifndef GLASS86_MOUSE_H
#define GLASS86_MOUSE_H

#include "devices/event.h"
#include "devices/ps2.h"
#include "devices/state.h"
#include "mmu/clock.h"

/* What the mouse can become; the driver's knock (three Set Sample Rate commands) selects it. */
enum { MOUSE_ID_PLAIN = 0, MOUSE_ID_WHEEL = 3, MOUSE_ID_EXPLORER = 4 };

typedef struct {
    Ps2Queue replies; /* answers to commands */
    Ps2Queue packet;  /* what is left of the movement report being sent */
    u8 last[4];       /* the last answer or report, for Resend */
    u8 last_count;
    u8 command;       /* the command that waits for its option byte, or 0 */
    u8 id;            /* MOUSE_ID_* now */
    u8 remote, wrap;  /* modes; neither: stream mode */
    u8 reporting;     /* Enable was received */
    u8 scaling;       /* 2:1 */
    u8 resolution;    /* 0..3 */
    u8 rate;          /* samples per second */
    u8 knock[2];      /* the two sample rates before the current one */
    u8 buttons;       /* held now: 1 left, 2 right, 4 middle, 8 and 16 side buttons */
    u8 clicked;       /* pressed since the last report, even if released again */
    u8 reported;      /* buttons of the last report */
    u8 in_bat;
    u8 held, held_full; /* a byte that came during the self-test and waits for its end */
    u8 bad;           /* the last byte was not valid: a second one in a row is an Error */
    u8 due;           /* a report was thrown away: send another one */
    s32 dx, dy, dz;   /* movement not reported yet: right, up, towards the user */
    u64 next_sample;  /* earliest tick of the next report */
} MouseState;

typedef struct {
    MouseState s;
    EventQueue *queue;
    Event sample, bat;
    Ps2Wake wake;
    u8 max_id; /* MOUSE_ID_* that this mouse can become */
} Mouse;

void mouse_init(Mouse *m, EventQueue *queue, Snap *snap, Ps2Wake wake, u8 max_id);
void mouse_reset(Mouse *m); /* power on */
void mouse_post_load(Mouse *m);

/* Movement since the last call (dx right, dy down, dz wheel towards the user) and buttons held
 * now. */
void mouse_move(Mouse *m, int dx, int dy, int dz, unsigned buttons);
void mouse_receive(Mouse *m, u8 byte);
bool mouse_has_byte(const Mouse *m);
u8 mouse_take(Mouse *m); /* only while mouse_has_byte() */

#endif
