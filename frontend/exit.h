/* exit.h: the process's exit statuses. All of ours are even, so that none meets the odd codes
 * `(v << 1) | 1` which a guest produces through isa-debug-exit. */
#ifndef GLASS86_EXIT_H
#define GLASS86_EXIT_H

enum {
    EXIT_OK = 0,            /* guest powered off, user quit, or -expect seen */
    EXIT_USAGE = 64,        /* the command line or glass86.conf is wrong */
    EXIT_NOINPUT = 66,      /* an image or ROM cannot be read */
    EXIT_INTERNAL = 70,     /* a broken invariant of the emulator, or trouble with the host */
    EXIT_TRIPLE_FAULT = 86, /* the guest's processor shut down */
    EXIT_NOT_SEEN = 90,     /* the run ended without the text of -expect */
    EXIT_FAIL_SEEN = 92,    /* the text of -fail-on was seen */
    EXIT_DIVERGED = 94,     /* a replayed run went another way than the recorded one */
    EXIT_LIMIT = 124,       /* -max-insns or -timeout reached */
};

#endif
