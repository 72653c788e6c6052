/* pic.h: the pair of 8259A interrupt controllers of a PC/AT; see pic.c for the register table. */
#ifndef GLASS86_PIC_H
#define GLASS86_PIC_H

#include "devices/event.h"
#include "devices/state.h"
#include "mmu/bus.h"
#include "mmu/line.h"

typedef struct {
    u8 lines; /* levels of IR0-7 now */
    u8 edges; /* edge-sense latches: a rise not yet acknowledged, the line still high */
    u8 isr, imr;
    u8 elcr; /* 1 = this input is level triggered */
    u8 icw1, icw2, icw3, icw4;
    u8 expect; /* the ICW that the next write to the odd port is: 2, 3 or 4; 0 = operational */
    u8 lowest; /* the input with the lowest priority; 7 unless rotated */
    bool read_isr, poll, special_mask, rotate_aeoi;
    bool out; /* the INT pin */
} Pic8259;

typedef struct {
    Pic8259 chip[2]; /* master, slave */
    u32 sources[16]; /* who holds each IRQ up: bit n = source n */
} PicState;

typedef struct {
    Bus *bus;
    Snap *snap;
    Line intr; /* INT of the master */
} PicConfig;

typedef struct {
    PicState s;
    Bus *bus;
    Line intr;
} Pic;

void pic_init(Pic *p, const PicConfig *cfg);
void pic_reset(Pic *p);

/* An input, as a Line: pin is the IRQ number, plus PIC_SOURCE(n) with n 0-31 for lines that share
 * an IRQ: it is high while any of them is. IRQ 2 does not exist on an AT and arrives as IRQ 9. */
#define PIC_SOURCE(n) ((n) << 4)
void pic_set_irq(void *pic, int pin, bool level);

/* The INTA cycle: returns the vector. With no request left (it was withdrawn) that is the spurious
 * IRQ 7 or 15. */
int pic_ack(void *pic);

/* The request register of a chip (0 master, 1 slave) as software reads it. */
u8 pic_irr(const Pic *p, int chip);

#endif
