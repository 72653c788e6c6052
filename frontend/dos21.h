/* dos21.h: `dos int21`: what a program asks of DOS, and what it gets. A call is printed when it is
 * made, and its result when control comes back behind the INT with the stack as it was. */
#ifndef GLASS86_DOS21_H
#define GLASS86_DOS21_H

#include "frontend/debug.h"

void dos21_switch(Debug *d, bool on);
/* INT 21h is about to be executed; CS:EIP is at it. */
void dos21_call(Debug *d);
/* Before each instruction while calls are printed. */
void dos21_insn(Debug *d);

#endif
