/* move_receive.c: the side that a machine comes to; see move.h. The stream may come from anybody:
 * every number in it is checked, and the machine here is not touched before all has come and was
 * found good. */
#include "frontend/move.h"

#include "devices/snapshot.h"
#include "devices/state.h"
#include "frontend/move_stream.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct {
    Pc *pc;
    int fd;
    u8 *ram; /* [pc->ram_size], as it comes */
    u8 *rest;
    size_t rest_size;
    MoveReport *report;
    char *err;
    size_t errlen;
} Receiver;

static bool fail(Receiver *r, const char *what)
{
    snprintf(r->err, r->errlen, "%s", what);
    return false;
}

static bool take(Receiver *r, void *data, size_t size)
{
    for (u8 *at = data; size;) {
        ssize_t n = read(r->fd, at, size);
        if (n == 0)
            return fail(r, "the machine did not come as a whole: the stream ends too early");
        if (n < 0 && errno != EINTR)
            return fail(r, strerror(errno));
        at += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
        r->report->bytes += n > 0 ? (u64)n : 0;
    }
    return true;
}

static bool take_pages(Receiver *r, const MoveHead *h)
{
    u64 pages = r->pc->ram_size / MOVE_PAGE;
    if (!h->b || h->b > MOVE_PAGES_MAX || h->a >= pages || h->b > pages - h->a)
        return fail(r, "the stream has pages that this machine has not");
    r->report->pages += h->b;
    return take(r, r->ram + h->a * MOVE_PAGE, (size_t)h->b * MOVE_PAGE);
}

static bool take_rest(Receiver *r, const MoveHead *h)
{
    if (r->rest || h->a > snapshot_rest_limit(r->pc))
        return fail(r, "the stream has a state that is too large for this machine");
    r->rest = malloc(h->a ? (size_t)h->a : 1);
    if (!r->rest)
        return fail(r, "no host memory to take the machine; close other programs");
    r->rest_size = (size_t)h->a;
    return take(r, r->rest, r->rest_size);
}

static bool take_over(Receiver *r, const MoveHead *h)
{
    if (!r->rest)
        return fail(r, "the stream has no state of the devices");
    if (!snapshot_decode_rest(r->pc, "-incoming", r->rest, r->rest_size, r->ram, r->err, r->errlen))
        return false;
    r->report->tick = r->pc->clock.now;
    r->report->hash = pc_hash(r->pc);
    return (r->report->tick == h->a && r->report->hash == h->b) ||
           fail(r, "the machine that came is not the one that was sent: the hashes differ");
}

static bool take_all(Receiver *r)
{
    MoveHead h;
    char magic[8];
    if (!take(r, magic, sizeof magic) || !take(r, &h, sizeof h))
        return false;
    if (memcmp(magic, MOVE_MAGIC, 8) || h.type != MOVE_HELLO || h.zero)
        return fail(r, "this is no machine that moves: the other side must be glass86's `migrate`, "
                       "of the same version");
    if (h.a != r->pc->ram_size)
        return fail(r, "the machine that comes has another size of memory; start this side with "
                       "the same -m");
    for (;;) {
        if (!take(r, &h, sizeof h))
            return false;
        if (h.zero)
            return fail(r, "the stream is damaged");
        switch (h.type) {
        case MOVE_PAGES:
            if (!take_pages(r, &h))
                return false;
            break;
        case MOVE_ROUND:
            r->report->rounds++;
            break;
        case MOVE_REST:
            if (!take_rest(r, &h))
                return false;
            break;
        case MOVE_END:
            return take_over(r, &h);
        default:
            return fail(r, "the stream is damaged");
        }
    }
}

static void tell(int fd, const void *data, size_t size)
{
    for (const u8 *at = data; size;) {
        ssize_t n = write(fd, at, size);
        if (n < 0 && errno != EINTR)
            return; /* it is gone, and will see that nobody answers */
        at += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
}

bool move_receive(Pc *pc, int fd, MoveReport *report, char *err, size_t errlen)
{
    Receiver r = {.pc = pc, .fd = fd, .report = report, .err = err, .errlen = errlen};
    memset(report, 0, sizeof *report);
    r.ram = mmap(NULL, pc->ram_size, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    bool ok = r.ram != MAP_FAILED ? take_all(&r) : fail(&r, "no host memory to take the machine");
    size_t len = ok ? 0 : strnlen(err, MOVE_MESSAGE);
    MoveHead h = {ok ? MOVE_TAKEN : MOVE_REFUSED, 0, len, ok ? report->hash : 0};
    tell(fd, &h, sizeof h);
    if (!ok)
        tell(fd, err, len);
    if (r.ram != MAP_FAILED)
        munmap(r.ram, pc->ram_size);
    free(r.rest);
    return ok;
}
