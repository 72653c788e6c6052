/* record.h: run logs. A run is a function of machine, media, the clock's face at power-on and what
 * entered through input.h: the log holds just that, so a replay repeats the run bit for bit. The
 * file is text, described in docs/record-format.md. */
#ifndef GLASS86_RECORD_H
#define GLASS86_RECORD_H

#include "frontend/input.h"

/* ---- recording ------------------------------------------------------------------------------- */

typedef struct Record Record;

/* Begins a log of `pc`, which has not run yet, or has just been loaded. NULL: see err. */
Record *record_open(const char *path, Pc *pc, char *err, size_t errlen);
void record_input(void *record, const InputEvent *e); /* an InputTap */

/* Between two pc_run(): writes a hash about once per host second, and hands everything to the
 * host's kernel, so that the log is good however this process ends. */
void record_poll(Record *r);

/* The debugger changed the machine, which no replay can repeat. */
void record_edited(Record *r);
/* The machine went back to its present place, which `inputs` of the inputs lead to, and another
 * future begins. */
void record_back(Record *r, u64 inputs);

/* NULL is legal. False: the log could not be written to its end. */
bool record_close(Record *r);
void record_abandon(Record *r); /* in a copy of the process: the log stays the original's */

/* ---- replaying ------------------------------------------------------------------------------- */

typedef struct Replay Replay;

/* Reads all of a log and checks it. NULL: see err. */
Replay *replay_open(const char *path, char *err, size_t errlen);
void replay_free(Replay *r);

s64 replay_rtc(const Replay *r); /* what the clock showed at power-on: PcConfig.rtc */

/* Is this the machine, and are these the media? Opens media that are put in later. */
bool replay_check(Replay *r, Pc *pc, char *err, size_t errlen);

/* The tick of the next thing in the log, at most `until`. */
u64 replay_next(const Replay *r, u64 until);

/* Does what is due now. False: the run has gone another way; err says where and in what. */
bool replay_poll(Replay *r, Input *in, char *err, size_t errlen);

bool replay_ended(const Replay *r); /* the log has nothing more */
void replay_summary(const Replay *r, char *text, size_t size);

#endif
