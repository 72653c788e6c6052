/* input.h: the one funnel through which the host's input enters the machine. Displays, character
 * devices and scripts put things in at any time; input_deliver(), called between two pc_run()s,
 * hands them to the machine. Nothing else in frontend/ may call pc_key(), pc_mouse(),
 * pc_serial_rx() or pc_reset(): a run is then repeated by repeating what passed here, at the
 * same Clock.now. */
#ifndef GLASS86_INPUT_H
#define GLASS86_INPUT_H

#include "devices/keys.h"
#include "devices/pc.h"

enum { INPUT_KEYS = 256, INPUT_TYPED = 4096, INPUT_RX = 4096 };

typedef struct {
    u16 key;
    bool down, more; /* more: the same character goes on with the next stroke */
} InputStroke;

typedef struct {
    Pc *pc;

    /* keys as a person holds them: delivered at once */
    KeyStroke key[INPUT_KEYS];
    int key_count;

    /* typed text: delivered as fast as the guest takes it */
    InputStroke typed[INPUT_TYPED];
    unsigned typed_head, typed_count;
    u64 typed_next;  /* tick from which the next stroke may go */
    u64 typed_since; /* tick since which the guest has kept us waiting */
    bool typed_waits;

    int dx, dy, dz;
    unsigned buttons;
    bool mouse_moved;

    u8 rx[PC_SERIAL][INPUT_RX];
    unsigned rx_head[PC_SERIAL], rx_count[PC_SERIAL];
    u64 rx_total[PC_SERIAL];

    enum { RESET_NONE, RESET_WARM, RESET_COLD } reset;
} Input;

void input_init(Input *in, Pc *pc);

void input_key(Input *in, u16 key, bool down);
void input_mouse(Input *in, int dx, int dy, int dz, unsigned buttons); /* buttons: those held now */
void input_reset(Input *in, bool cold);

/* Strokes of one character or chord. False: the queue is full, offer them later. */
bool input_type(Input *in, const KeyStroke *strokes, int n);
bool input_typing(const Input *in); /* typed text is still on its way */

/* How many bytes a serial port's queue takes now, and putting one there. */
unsigned input_serial_room(const Input *in, int port);
void input_serial(Input *in, int port, u8 byte);

/* Hands over what may go now. */
void input_deliver(Input *in);

/* The tick at which more could be handed over, at most `until`. */
u64 input_next(const Input *in, u64 until);

#endif
