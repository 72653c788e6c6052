/* move.h: a running machine goes to another process. Its memory is sent while it runs, then in
 * rounds what it has written meanwhile, and when little is left the machine stops here and the
 * rest follows; a hash over the whole machine proves that nothing changed on the way. The stream
 * is described in docs/state-format.md. */
#ifndef GLASS86_MOVE_H
#define GLASS86_MOVE_H

#include "devices/pc.h"

typedef struct Move Move;

typedef struct {
    unsigned rounds;
    u64 pages, last_pages; /* of 4 KiB, in all, and those that were sent while it stood still */
    u64 bytes;
    u64 downtime_ns;
    u64 tick, hash;
} MoveReport;

typedef enum {
    MOVE_GOES_ON, /* more to send; let the machine run and call again */
    MOVE_DONE,    /* the other side runs the machine now */
    MOVE_FAILED,  /* see err; the machine is still here */
} MoveResult;

/* Over `fd`, a connected socket that is closed in the end. */
Move *move_begin(Pc *pc, int fd);
/* Between two pc_run(): sends some, without waiting for the other side unless it is the rest, which
 * is the case when little is left or `now` is set. */
MoveResult move_step(Move *m, bool now, char *err, size_t errlen);
const MoveReport *move_report(const Move *m);
void move_end(Move *m); /* NULL is legal */

/* The other side: waits for a machine and takes it over into `pc`, built with the same options and
 * media. False: err says what was wrong; the sender was told. */
bool move_receive(Pc *pc, int fd, MoveReport *report, char *err, size_t errlen);

#endif
