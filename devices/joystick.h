/* joystick.h: IBM's game control adapter with up to two sticks; see joystick.c. */
#ifndef GLASS86_JOYSTICK_H
#define GLASS86_JOYSTICK_H

#include "devices/state.h"
#include "mmu/bus.h"

enum { JOYSTICK_AXES = 4 };

/* Where the sticks are: axes x1, y1, x2, y2 from 0 (left, up) to 255; buttons bits 0-3 pressed, two
 * of each stick; axes that are not connected have their bit in `absent`. */
typedef struct {
    u8 axis[JOYSTICK_AXES];
    u8 buttons, absent;
} JoystickInput;

typedef struct {
    u64 end[JOYSTICK_AXES]; /* tick at which each one-shot falls */
    JoystickInput in;
} JoystickState;

typedef struct {
    JoystickState s;
    const Clock *clock;
} Joystick;

void joystick_init(Joystick *j, Bus *bus, Snap *snap, const Clock *clock);
void joystick_reset(Joystick *j);
void joystick_set(Joystick *j, const JoystickInput *in);

#endif
