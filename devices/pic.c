/* pic.c: the two cascaded 8259A interrupt controllers, in 8086 and (as far as an x86 can tell)
 * MCS-80 mode, with the edge/level registers of later boards. From Intel's 8259A data sheet
 * (231468) and the ELCR section of the 82371 (PIIX) data sheet. Assumes that the master's IR2 is
 * the slave's INT.
 *
 *   20h/A0h write  bit 4 = 1   ICW1: 0 IC4, 1 SNGL, 2 ADI, 3 LTIM, 5-7 A5-A7 (MCS-80)
 *                  bit 4-3 = 0 OCW2: R SL EOI 0 0 L2 L1 L0
 *                  bit 4-3 = 1 OCW3: 0 ESMM SMM 0 1 P RR RIS
 *   20h/A0h read   IRR or ISR as OCW3 chose; after OCW3 with P: the poll byte
 *   21h/A1h write  ICW2, ICW3, ICW4 in the initialization sequence, then OCW1: the mask
 *   21h/A1h read   IMR; after OCW3 with P: the poll byte
 *   4D0h/4D1h      ELCR: 1 = level triggered (IRQ 0, 1, 2, 8, 13 are always edge)
 *
 * NOTE: LTIM is ignored: on every board that has an ELCR, the ELCR took over its function.
 * NOTE: the INT pin falls in the instant its request is withdrawn, so a processor that samples INT
 * gets a spurious interrupt only if it acknowledges without looking. */
#include "devices/pic.h"

enum { ICW1_IC4 = 1, ICW1_SNGL = 2, ICW1_ADI = 4, ICW1_INIT = 0x10 };
enum { ICW4_8086 = 1, ICW4_AEOI = 2, ICW4_SFNM = 0x10 };
enum {
    OCW3_RIS = 1,
    OCW3_RR = 2,
    OCW3_POLL = 4,
    OCW3_SELECT = 8,
    OCW3_SMM = 0x20,
    OCW3_ESMM = 0x40
};
enum { MASTER, SLAVE, CASCADE_IR = 2, NONE = 8 };

static const u8 elcr_writable[2] = {0xF8, 0xDE};

static bool is_cascaded(const Pic *p)
{
    return !(p->s.chip[MASTER].icw1 & ICW1_SNGL);
}

static u8 requests(const Pic8259 *c)
{
    return (c->edges & (u8)~c->elcr) | (c->lines & c->elcr);
}

u8 pic_irr(const Pic *p, int chip)
{
    return requests(&p->s.chip[chip]);
}

/* Rank of the highest-priority input among `set`: 0 the highest, 7 the lowest, NONE if set is
 * empty. */
static int rank_of(const Pic8259 *c, u8 set)
{
    for (int rank = 0; rank < 8; rank++)
        if (set >> ((c->lowest + 1 + rank) & 7) & 1)
            return rank;
    return NONE;
}

static int input_at(const Pic8259 *c, int rank)
{
    return (c->lowest + 1 + rank) & 7;
}

/* The input that INT stands for now, or NONE: unmasked, and above everything in service. */
static int resolve(const Pic *p, int chip)
{
    const Pic8259 *c = &p->s.chip[chip];
    if (c->expect)
        return NONE;
    int request = rank_of(c, requests(c) & (u8)~c->imr);
    if (request == NONE)
        return NONE;
    /* special mask mode: a level that is in service and masked no longer holds others back */
    int service = rank_of(c, c->special_mask ? c->isr & (u8)~c->imr : c->isr);
    int input = input_at(c, request);
    if (request < service)
        return input;
    /* special fully nested mode: a slave in service may interrupt again, from a higher input of its
     * own */
    bool again = chip == MASTER && c->icw4 & ICW4_SFNM && input == CASCADE_IR && is_cascaded(p);
    return again && request == service ? input : NONE;
}

static void drive_input(Pic8259 *c, int input, bool level)
{
    u8 bit = (u8)(1 << input);
    if (level) {
        c->edges |= bit & (u8)~c->lines;
        c->lines |= bit;
    } else { /* the request must stay up until INTA: a line that falls takes its latch along */
        c->edges &= (u8)~bit;
        c->lines &= (u8)~bit;
    }
}

static void update(Pic *p)
{
    Pic8259 *m = &p->s.chip[MASTER], *s = &p->s.chip[SLAVE];
    s->out = resolve(p, SLAVE) != NONE;
    drive_input(m, CASCADE_IR, s->out);
    bool out = resolve(p, MASTER) != NONE;
    if (out != m->out) {
        m->out = out;
        line_set(&p->intr, out);
    }
}

void pic_set_irq(void *pic, int pin, bool level)
{
    Pic *p = pic;
    int irq = pin & 15, source = pin >> 4 & 31;
    if (irq == CASCADE_IR)
        irq = 9;
    u32 *who = &p->s.sources[irq];
    if (level)
        *who |= 1u << source;
    else
        *who &= ~(1u << source);
    drive_input(&p->s.chip[irq >> 3], irq & 7, *who != 0);
    update(p);
}

/* ---- acknowledge ----------------------------------------------------------------------------- */

static void end_of_interrupt(Pic8259 *c, int input, bool rotate)
{
    c->isr &= (u8) ~(1 << input);
    if (rotate)
        c->lowest = (u8)input;
}

/* First INTA pulse: the input goes into service. NONE: nothing requests any more. */
static int take(Pic *p, int chip)
{
    Pic8259 *c = &p->s.chip[chip];
    int input = resolve(p, chip);
    if (input == NONE)
        return NONE;
    c->isr |= (u8)(1 << input);
    c->edges &= (u8) ~(1 << input);
    /* INT falls on INTA even if another request waits, which gives the master its next edge */
    if (chip == SLAVE)
        drive_input(&p->s.chip[MASTER], CASCADE_IR, false);
    return input;
}

static void finish(Pic8259 *c, int input)
{
    if (c->icw4 & ICW4_AEOI)
        end_of_interrupt(c, input, c->rotate_aeoi);
}

static int vector_of(const Pic8259 *c, int input)
{
    if (c->icw4 & ICW4_8086)
        return (c->icw2 & 0xF8) | input;
    /* MCS-80 mode: the second INTA gives the low byte of a CALL address, which an x86 takes for the
     * vector */
    return c->icw1 & ICW1_ADI ? (c->icw1 & 0xE0) | input << 2 : (c->icw1 & 0xC0) | input << 3;
}

/* An INTA of one chip, complete. A spurious one answers as input 7 but leaves no trace in the
 * ISR. */
static int ack_chip(Pic *p, int chip)
{
    Pic8259 *c = &p->s.chip[chip];
    int input = take(p, chip);
    if (input != NONE)
        finish(c, input);
    return vector_of(c, input == NONE ? 7 : input);
}

int pic_ack(void *pic)
{
    Pic *p = pic;
    Pic8259 *m = &p->s.chip[MASTER];
    int input = take(p, MASTER), vector;
    if (input == CASCADE_IR && is_cascaded(p))
        vector = ack_chip(p, SLAVE);
    else
        vector = vector_of(m, input == NONE ? 7 : input);
    if (input != NONE)
        finish(m, input);
    update(p);
    return vector;
}

/* ---- registers ------------------------------------------------------------------------------- */

static void write_icw1(Pic8259 *c, u8 v)
{
    c->icw1 = v;
    c->edges = 0; /* an input must now rise anew */
    c->isr = c->imr = 0;
    c->lowest = 7;
    c->icw3 = c->icw4 = 0;
    c->special_mask = c->read_isr = c->poll = c->rotate_aeoi = false;
    c->expect = 2;
}

static void write_sequence(Pic8259 *c, u8 v)
{
    if (c->expect == 2) {
        c->icw2 = v;
        c->expect = !(c->icw1 & ICW1_SNGL) ? 3 : c->icw1 & ICW1_IC4 ? 4 : 0;
    } else if (c->expect == 3) {
        c->icw3 = v;
        c->expect = c->icw1 & ICW1_IC4 ? 4 : 0;
    } else {
        c->icw4 = v;
        c->expect = 0;
    }
}

static void write_ocw2(Pic8259 *c, u8 v)
{
    bool rotate = v & 0x80, specific = v & 0x40, eoi = v & 0x20;
    int level = v & 7;
    if (eoi && specific) {
        end_of_interrupt(c, level, rotate);
    } else if (eoi) {
        /* special mask mode: a masked level is not what a non-specific EOI means */
        int rank = rank_of(c, c->special_mask ? c->isr & (u8)~c->imr : c->isr);
        if (rank != NONE)
            end_of_interrupt(c, input_at(c, rank), rotate);
    } else if (specific) {
        if (rotate) /* set priority; without R it is a no-operation */
            c->lowest = (u8)level;
    } else {
        c->rotate_aeoi = rotate;
    }
}

static void write_ocw3(Pic8259 *c, u8 v)
{
    if (v & OCW3_ESMM)
        c->special_mask = v & OCW3_SMM;
    if (v & OCW3_RR)
        c->read_isr = v & OCW3_RIS;
    if (v & OCW3_POLL) /* poll wins over RR for one read */
        c->poll = true;
}

static void pic_write(void *ctx, u32 port, int size, u32 value)
{
    Pic *p = ctx;
    Pic8259 *c = &p->s.chip[port >= 0xA0];
    u8 v = (u8)value;
    if (port & 1) {
        if (c->expect)
            write_sequence(c, v);
        else
            c->imr = v;
    } else if (v & ICW1_INIT) {
        write_icw1(c, v);
    } else if (v & OCW3_SELECT) {
        write_ocw3(c, v);
    } else {
        write_ocw2(c, v);
    }
    update(p);
}

static u8 poll_byte(int input)
{
    return input == NONE ? 0 : (u8)(0x80 | input);
}

static u32 pic_read(void *ctx, u32 port, int size)
{
    Pic *p = ctx;
    int chip = port >= 0xA0;
    Pic8259 *c = &p->s.chip[chip];
    if (c->poll) { /* the read is the acknowledge */
        c->poll = false;
        int input = take(p, chip);
        if (input != NONE)
            finish(c, input);
        update(p);
        return poll_byte(input);
    }
    if (port & 1)
        return c->imr;
    return c->read_isr ? c->isr : requests(c);
}

static u32 pic_peek(void *ctx, u32 port, int size)
{
    const Pic *p = ctx;
    int chip = port >= 0xA0;
    const Pic8259 *c = &p->s.chip[chip];
    if (c->poll)
        return poll_byte(resolve(p, chip));
    if (port & 1)
        return c->imr;
    return c->read_isr ? c->isr : requests(c);
}

static void elcr_write(void *ctx, u32 port, int size, u32 value)
{
    Pic *p = ctx;
    p->s.chip[port & 1].elcr = (u8)value & elcr_writable[port & 1];
    update(p);
}

static u32 elcr_read(void *ctx, u32 port, int size)
{
    const Pic *p = ctx;
    return p->s.chip[port & 1].elcr;
}

/* ---- life ------------------------------------------------------------------------------------ */

/* The inputs are other chips' outputs and keep their levels. The data sheet leaves the registers
 * undefined until ICW1; everything masked is the state in which no guest is disturbed. */
void pic_reset(Pic *p)
{
    for (int i = 0; i < 2; i++) {
        Pic8259 *c = &p->s.chip[i];
        u8 lines = c->lines;
        memset(c, 0, sizeof *c);
        c->lines = i == MASTER ? lines & (u8) ~(1 << CASCADE_IR) : lines;
        c->imr = 0xFF;
        c->lowest = 7;
        c->icw4 = ICW4_8086;
    }
    line_set(&p->intr, false);
    update(p);
}

static bool check_chip(const Pic8259 *c)
{
    return (c->expect == 0 || (c->expect >= 2 && c->expect <= 4)) && c->lowest < 8 &&
           STATE_BOOL(c->read_isr) && STATE_BOOL(c->poll) && STATE_BOOL(c->special_mask) &&
           STATE_BOOL(c->rotate_aeoi) && STATE_BOOL(c->out);
}

static bool check_state(const void *state, const Clock *clock)
{
    const PicState *s = state;
    return check_chip(&s->chip[0]) && check_chip(&s->chip[1]);
}

void pic_init(Pic *p, const PicConfig *cfg)
{
    static const BusOps ops = {pic_read, pic_write, pic_peek, 1};
    static const BusOps elcr_ops = {elcr_read, elcr_write, elcr_read, 1};
    memset(p, 0, sizeof *p);
    p->bus = cfg->bus;
    p->intr = cfg->intr;
    bus_map_port(p->bus, 0x20, 2, &ops, p, "pic1");
    bus_map_port(p->bus, 0xA0, 2, &ops, p, "pic2");
    bus_map_port(p->bus, 0x4D0, 2, &elcr_ops, p, "elcr");
    snap_add(cfg->snap, "pic", 1, &p->s, sizeof p->s);
    snap_check(cfg->snap, check_state);
    pic_reset(p);
}
