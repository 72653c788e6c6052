/* stick.h: joysticks of the host: game controllers through SDL. */
#ifndef GLASS86_STICK_H
#define GLASS86_STICK_H

#include "frontend/input.h"

typedef struct Stick Stick;

/* NULL: why says what is missing. Controllers may come and go later. */
Stick *stick_open(char *why, size_t size);
void stick_poll(Stick *s, Input *in); /* NULL is legal, here and below */
void stick_close(Stick *s);

/* An axis of -32768 to 32767 as the adapter's 0 to 255. */
u8 stick_axis(int v);

#endif
