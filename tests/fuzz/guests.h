/* guests.h: small guests for the debugger to look at. Their structures are right, so that commands
 * find them; inputs spoil them with `set` or gdb's M. */
#ifndef GLASS86_TESTS_FUZZ_GUESTS_H
#define GLASS86_TESTS_FUZZ_GUESTS_H

#include "tests/fuzz/fuzz.h"

/* Real mode and what a DOS keeps in memory, at fixed places; the program in it makes every call of
 * INT 21h in turn, from a table at 0300:0400 (AX BX CX DX SI DI of each). */
void guest_dos(Rig *m);
/* 32-bit protected mode with paging: GDT at 2000h, IDT at 2800h, two TSSs, an LDT, page tables at
 * 10000h, and one small piece of code after the other, most of which fault, in rings 0 and 3 and in
 * V86 mode. Needs a 386. */
void guest_protected(Rig *m);

#endif
