/* move.c: the side that a machine leaves; see move.h. What was written since a page was sent is
 * found by comparing hashes of pages, so that nothing in the machine or its past need know. */
#include "frontend/move.h"

#include "devices/snapshot.h"
#include "devices/state.h"
#include "frontend/move_stream.h"
#include "frontend/pace.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    FEW_PAGES = 64,  /* so little that it goes while the machine stands still */
    ROUNDS_MAX = 30, /* a guest that writes faster than we send stops then */
    AT_ONCE = 1 << 20,
    ANSWER_MS = 60000,
};

struct Move {
    Pc *pc;
    int fd;
    u64 pages;
    u64 *sent;    /* hash of each page as it was sent; 0: not sent, which means zeros */
    u64 at, left; /* next page of this round, and how many it has still to look at */
    u64 in_round; /* sent in it */
    u8 *out;      /* not yet taken by the socket */
    size_t out_n, out_at, out_room;
    MoveReport report;
};

static void gather(Move *m, const void *data, size_t size)
{
    if (m->out_n + size > m->out_room) {
        m->out_room = (m->out_n + size) * 2;
        m->out = realloc(m->out, m->out_room);
        if (!m->out)
            panic("out of host memory to send the machine");
    }
    memcpy(m->out + m->out_n, data, size);
    m->out_n += size;
    m->report.bytes += size;
}

static void gather_head(Move *m, MoveType type, u64 a, u64 b)
{
    MoveHead h = {type, 0, a, b};
    gather(m, &h, sizeof h);
}

Move *move_begin(Pc *pc, int fd)
{
    Move *m = calloc(1, sizeof *m);
    u64 pages = pc->ram_size / MOVE_PAGE;
    if (!m || !(m->sent = calloc(pages, sizeof *m->sent)))
        panic("out of host memory to send the machine");
    m->pc = pc;
    m->fd = fd;
    m->pages = m->left = pages;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    gather(m, MOVE_MAGIC, 8);
    gather_head(m, MOVE_HELLO, pc->ram_size, 0);
    return m;
}

void move_end(Move *m)
{
    if (!m)
        return;
    close(m->fd);
    free(m->sent);
    free(m->out);
    free(m);
}

const MoveReport *move_report(const Move *m)
{
    return &m->report;
}

/* ---- pages ----------------------------------------------------------------------------------- */

static bool is_zero(const u8 *page)
{
    static const u8 zeros[MOVE_PAGE];
    return !memcmp(page, zeros, MOVE_PAGE);
}

static u64 page_hash(const Move *m, u64 page)
{
    const u8 *data = m->pc->ram + page * MOVE_PAGE;
    u64 h = is_zero(data) ? 0 : state_hash(0, data, MOVE_PAGE);
    return h || is_zero(data) ? h : 1;
}

/* The pages from m->at on that differ from what the other side has, up to about AT_ONCE bytes. */
static void gather_pages(Move *m)
{
    while (m->left && m->out_n < AT_ONCE) {
        u64 h = page_hash(m, m->at);
        if (h != m->sent[m->at]) {
            m->sent[m->at] = h;
            gather_head(m, MOVE_PAGES, m->at, 1);
            gather(m, m->pc->ram + m->at * MOVE_PAGE, MOVE_PAGE);
            m->in_round++;
            m->report.pages++;
        }
        m->at++;
        m->left--;
    }
}

static void next_round(Move *m)
{
    gather_head(m, MOVE_ROUND, ++m->report.rounds, m->in_round);
    m->at = m->in_round = 0;
    m->left = m->pages;
}

static u64 differing(const Move *m)
{
    u64 n = 0;
    for (u64 page = 0; page < m->pages; page++)
        n += page_hash(m, page) != m->sent[page];
    return n;
}

/* ---- the socket ------------------------------------------------------------------------------ */

static bool host_error(char *err, size_t errlen)
{
    snprintf(err, errlen, "the other side is gone: %s; the machine goes on here", strerror(errno));
    return false;
}

/* True: all is out, or without `wait` as much as the socket takes. */
static bool send_some(Move *m, bool wait, char *err, size_t errlen)
{
    while (m->out_at < m->out_n) {
        ssize_t n = write(m->fd, m->out + m->out_at, m->out_n - m->out_at);
        if (n > 0) {
            m->out_at += (size_t)n;
        } else if (n < 0 && errno == EAGAIN) {
            struct pollfd p = {.fd = m->fd, .events = POLLOUT};
            if (!wait)
                return true;
            if (poll(&p, 1, ANSWER_MS) == 0) {
                errno = ETIMEDOUT;
                return host_error(err, errlen);
            }
        } else if (errno != EINTR) {
            return host_error(err, errlen);
        }
    }
    m->out_n = m->out_at = 0;
    return true;
}

static bool receive(int fd, void *data, size_t size)
{
    for (u8 *at = data; size;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, ANSWER_MS) <= 0)
            return false;
        ssize_t n = read(fd, at, size);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            return false;
        at += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* The other side has said something, or is silent. */
static MoveResult answer(Move *m, char *err, size_t errlen)
{
    MoveHead h;
    char text[MOVE_MESSAGE + 1] = "";
    if (!receive(m->fd, &h, sizeof h)) {
        snprintf(err, errlen, "the other side gave no answer; the machine goes on here");
        return MOVE_FAILED;
    }
    if (h.type == MOVE_TAKEN && h.b == m->report.hash)
        return MOVE_DONE;
    if (h.type == MOVE_REFUSED && h.a <= MOVE_MESSAGE)
        receive(m->fd, text, (size_t)h.a);
    for (char *c = text; *c; c++) /* it comes from outside */
        *c = *c < ' ' || *c > '~' ? '?' : *c;
    snprintf(err, errlen, "the other side did not take it: %s; the machine goes on here",
             *text ? text : "its answer makes no sense");
    return MOVE_FAILED;
}

static bool spoken_to(const Move *m)
{
    struct pollfd p = {.fd = m->fd, .events = POLLIN};
    return poll(&p, 1, 0) > 0;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static MoveResult finish(Move *m, char *err, size_t errlen)
{
    u64 began = host_ns();
    u8 *rest;
    size_t size;
    u64 before = m->report.pages;
    while (m->left) {
        gather_pages(m);
        if (!send_some(m, true, err, errlen))
            return MOVE_FAILED;
    }
    m->report.last_pages = m->report.pages - before;
    if (!snapshot_encode_rest(m->pc, "migrate", &rest, &size, err, errlen))
        return MOVE_FAILED;
    next_round(m);
    m->report.tick = m->pc->clock.now;
    m->report.hash = pc_hash(m->pc);
    gather_head(m, MOVE_REST, size, 0);
    gather(m, rest, size);
    gather_head(m, MOVE_END, m->report.tick, m->report.hash);
    free(rest);
    MoveResult r = send_some(m, true, err, errlen) ? answer(m, err, errlen) : MOVE_FAILED;
    m->report.downtime_ns = host_ns() - began;
    return r;
}

MoveResult move_step(Move *m, bool now, char *err, size_t errlen)
{
    if (!send_some(m, now, err, errlen))
        return spoken_to(m) ? answer(m, err, errlen) : MOVE_FAILED;
    if (m->out_n)
        return spoken_to(m) ? answer(m, err, errlen) : MOVE_GOES_ON;
    if (m->left) {
        gather_pages(m);
        return MOVE_GOES_ON;
    }
    next_round(m);
    if (!now && m->report.rounds < ROUNDS_MAX && differing(m) > FEW_PAGES)
        return MOVE_GOES_ON;
    return finish(m, err, errlen);
}
