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

/* What entered the machine, and when. */
typedef enum {
    INPUT_KEY,
    INPUT_MOUSE,
    INPUT_SERIAL,
    INPUT_RESET,     /* the button; cold: the mains switch */
    INPUT_CPU_RESET, /* after a triple fault, where that is what the frontend does */
    INPUT_MEDIUM,    /* a floppy or disc, or none, was put into a drive */
    INPUT_JOYSTICK,
    INPUT_KINDS
} InputKind;

typedef struct {
    u64 tick;
    InputKind kind;
    u16 key;
    bool down, cold;
    int dx, dy, dz;
    unsigned buttons;
    int port; /* serial port, or drive of the medium */
    u8 byte;
    Disk *medium; /* NULL: ejected */
    JoystickInput stick;
} InputEvent;

typedef void InputTap(void *ctx, const InputEvent *e);
enum { INPUT_TAPS = 2 };

typedef struct {
    Pc *pc;
    struct {
        InputTap *fn;
        void *ctx;
    } tap[INPUT_TAPS]; /* see everything that enters, just after it has */

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

    JoystickInput stick;
    bool stick_moved;
    u16 stick_keys; /* of the keypad, held */
    bool keys_are_stick; /* the keypad moves the stick, and is no keyboard */

    u8 rx[PC_SERIAL][INPUT_RX];
    unsigned rx_head[PC_SERIAL], rx_count[PC_SERIAL];
    u64 rx_total[PC_SERIAL];

    enum { RESET_NONE, RESET_WARM, RESET_COLD } reset;
} Input;

void input_init(Input *in, Pc *pc);

void input_key(Input *in, u16 key, bool down);
void input_mouse(Input *in, int dx, int dy, int dz, unsigned buttons); /* buttons: those held now */
void input_joystick(Input *in, const JoystickInput *stick); /* where the sticks are now */
void input_reset(Input *in, bool cold);

/* Strokes of one character or chord. False: the queue is full, offer them later. */
bool input_type(Input *in, const KeyStroke *strokes, int n);
bool input_typing(const Input *in); /* typed text is still on its way */

/* Each at once, between two pc_run(): no queue. Drives are numbered as by pc_drive(), and
 * pc_may_change() has said yes; what was in the drive stays the caller's. */
void input_cpu_reset(Input *in);
void input_reset_now(Input *in, bool cold);
void input_medium(Input *in, int drive, Disk *medium);

/* Does to the machine what `e` says, whatever the time, and tells no tap: for repeating.
 * False: the machine did not take it. */
bool input_repeat(Pc *pc, const InputEvent *e);
void input_add_tap(Input *in, InputTap *fn, void *ctx);

/* Forgets everything that has not been handed over, or part of it. */
void input_drop(Input *in);
void input_drop_typed(Input *in);
void input_drop_mouse(Input *in);

/* Tells the taps of an input that was repeated from a log. */
void input_tell(const Input *in, const InputEvent *e);

/* How many bytes a serial port's queue takes now, and putting one there. */
unsigned input_serial_room(const Input *in, int port);
void input_serial(Input *in, int port, u8 byte);

/* Hands over what may go now. */
void input_deliver(Input *in);

/* The tick at which more could be handed over, at most `until`. */
u64 input_next(const Input *in, u64 until);

#endif
