/* chardev.h: where a serial port, the printer port or the debug port leads on the host. Never
 * blocks on input; output waits only for files and the standard output. */
#ifndef GLASS86_CHARDEV_H
#define GLASS86_CHARDEV_H

#include "mmu/base.h"

typedef struct Chardev Chardev;

/* Whether `spec` is well formed: stdio mon:stdio file:F tcp:HOST:PORT[,server] unix:F[,server]
 * pty null. Opens nothing. False: err says what is wrong. */
bool chardev_check(const char *spec, char *err, size_t errlen);

/* `name` ("serial") begins messages. NULL: err says what went wrong on the host. */
Chardev *chardev_open(const char *spec, const char *name, char *err, size_t errlen);
void chardev_close(Chardev *c); /* NULL is legal */
/* A file (file:F) ends, with a word, when it has this many bytes; 0: never. */
void chardev_limit(Chardev *c, u64 bytes);
/* In a copy of the process: leaves the peer to the original and leads elsewhere from now on. False:
 * err says why not. */
bool chardev_replace(Chardev *c, const char *spec, char *err, size_t errlen);

/* One connection, for whoever reads and writes by himself: to where `spec` (tcp: or unix:) leads,
 * or with `server` from whoever comes there first. Its descriptor, which blocks; -1: see err. */
int chardev_connection(const char *spec, bool server, char *err, size_t errlen);

/* Output is gathered until chardev_flush(), which the run loop calls after every slice of guest
 * time. */
void chardev_put(Chardev *c, u8 byte);
void chardev_flush(Chardev *c);

/* Up to n bytes that have arrived; 0 if none. Also accepts connections. */
size_t chardev_get(Chardev *c, u8 *buf, size_t n);

/* For what only talks: accepts connections, and throws away what arrives. */
void chardev_listen(Chardev *c);

/* A peer is there. */
bool chardev_connected(const Chardev *c);
bool chardev_hears(const Chardev *c); /* and has not gone, so far as writing to it told */
bool chardev_quit(const Chardev *c);   /* Ctrl-A x was typed at mon:stdio */
bool chardev_failed(const Chardev *c); /* output was lost: the host's disk is full or the like */

#endif
