/* pit.h: the 8254 interval timer; see pit.c for the register table. */
#ifndef GLASS86_PIT_H
#define GLASS86_PIT_H

#include "devices/event.h"
#include "devices/state.h"
#include "mmu/bus.h"
#include "mmu/line.h"

#define PIT_HZ 1193182u /* 14.31818 MHz / 12 */

/* One counter. Its position is not stepped but derived: `base` is the CLK cycle at which the
 * counting element held `n`, and everything else follows from the cycles since then. Times are CLK
 * cycles since power-on. */
typedef struct {
    s64 base;    /* cycle of the last load; may lie before 0, see load() for mode 3 */
    u64 load_at; /* cycle at which the count register goes into the counting element; PIT_NEVER */
    u64 seen;    /* outputs up to this cycle have been reported */
    u64 held;    /* cycles counted, while stopped */
    u32 n;       /* period or length in effect, 1-65536 (BCD: 1-10000); 0: never loaded */
    u16 reload;  /* the count register as written */
    u16 residue; /* what the counting element shows while nothing is loaded */
    u16 latch;   /* count latched by a latch or read-back command */
    u8 control;  /* RW1 RW0 M2 M1 M0 BCD, as in the control word */
    u8 low;      /* first byte of a two-byte write */
    u8 status;   /* latched status */
    bool gate;
    bool stopped; /* not counting: gate low, or mode 0 between the two bytes */
    bool strobed; /* mode 4: the gate fell with the strobe, which will not come again */
    bool at_end;  /* load_at is the end of a period or half, and needs the gate until then */
    bool at_half; /* mode 3: load_at is the start of the low half */
    bool null_count;
    bool have_count;            /* the count register was written since the control word */
    bool write_high, read_high; /* which byte of a two-byte access is next */
    bool count_latched, status_latched;
    bool out; /* OUT as last reported */
} PitCounter;

typedef struct {
    PitCounter counter[3];
} PitState;

typedef struct {
    Bus *bus;
    EventQueue *queue;
    Snap *snap;
    Line out[3]; /* unconnected ones cost no events */
} PitConfig;

typedef struct Pit {
    PitState s;
    Bus *bus;
    EventQueue *queue;
    Line out[3];
    Event event[3];
    u64 edge[3]; /* CLK cycle of the last change of OUT */
    struct PitPin {
        struct Pit *pit;
        int counter;
    } pin[3];
} Pit;

void pit_init(Pit *p, const PitConfig *cfg);
void pit_reset(Pit *p);
void pit_post_load(Pit *p); /* re-arms the events from the state */

/* GATE, as a Line: pin is the counter. After reset gates 0 and 1 are high, gate 2 is low. */
void pit_set_gate(void *pit, int pin, bool level);

bool pit_out(Pit *p, int counter); /* OUT now */
/* The CLK cycle at which OUT changed last, as far as has been reported on its line. */
u64 pit_edge(const Pit *p, int counter);
/* What a read would give now, in the guest's number base. */
u16 pit_count(const Pit *p, int counter);

/* How many refresh requests counter 1 has made, modulo 2: port 61h bit 4. Line-like for
 * speaker.c. */
bool pit_refresh(void *pit);

#endif
