/* chardev.c: see chardev.h. Every kind comes down to a descriptor to read, one to write, and
 * perhaps one that listens for the peer that will be both. */
#include "frontend/chardev.h"

#include "frontend/say.h"
#include "frontend/term.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

typedef enum { KIND_NULL, KIND_STDIO, KIND_FILE, KIND_TCP, KIND_UNIX, KIND_PTY } Kind;

enum { OUT_CHUNK = 4096, OUT_MAX = 1 << 20, CTRL_A = 1 };

typedef struct {
    Kind kind;
    bool mux, server;
    char path[300]; /* file, socket path, or host */
    char port[32];
} Spec;

struct Chardev {
    Spec spec;
    char name[16];
    int in, out, listener; /* -1: none */
    bool prefix;           /* mon:stdio: Ctrl-A was typed */
    bool quit, failed, full, unlink_path;
    u8 *pending;
    size_t pending_n, pending_room;
    u64 room; /* bytes that may still be written, to a file */
};

/* ---- the specification --------------------------------------------------------------------- */

static bool take_suffix(char *s, const char *suffix)
{
    size_t n = strlen(s), k = strlen(suffix);
    if (n < k || strcmp(s + n - k, suffix))
        return false;
    s[n - k] = 0;
    return true;
}

static void take_socket_options(Spec *spec, char *s)
{
    for (;;) {
        if (take_suffix(s, ",server") || take_suffix(s, ",server=on"))
            spec->server = true;
        else if (!take_suffix(s, ",nowait") && !take_suffix(s, ",wait=off") &&
                 !take_suffix(s, ",nodelay"))
            return; /* the others say what is done anyway */
    }
}

static bool parse_tcp(Spec *spec, const char *text)
{
    char s[300];
    snprintf(s, sizeof s, "%s", text);
    take_socket_options(spec, s);
    char *colon = strrchr(s, ':');
    if (!colon)
        return false;
    *colon = 0;
    char *end;
    unsigned long port = strtoul(colon + 1, &end, 10);
    if (!colon[1] || *end || port < 1 || port > 65535)
        return false;
    snprintf(spec->path, sizeof spec->path, "%s", *s ? s : "127.0.0.1"); /* not the whole world */
    snprintf(spec->port, sizeof spec->port, "%lu", port);
    return true;
}

static const char *after(const char *s, const char *prefix)
{
    size_t n = strlen(prefix);
    return strncmp(s, prefix, n) ? NULL : s + n;
}

static bool parse_spec(const char *s, Spec *spec, char *err, size_t errlen)
{
    const char *rest;
    memset(spec, 0, sizeof *spec);
    if (!strcmp(s, "null") || !strcmp(s, "none"))
        spec->kind = KIND_NULL;
    else if (!strcmp(s, "stdio"))
        spec->kind = KIND_STDIO;
    else if (!strcmp(s, "mon:stdio")) {
        spec->kind = KIND_STDIO;
        spec->mux = true;
    } else if (!strcmp(s, "pty"))
        spec->kind = KIND_PTY;
    else if ((rest = after(s, "file:")) && *rest && strlen(rest) < sizeof spec->path) {
        spec->kind = KIND_FILE;
        strcpy(spec->path, rest);
    } else if ((rest = after(s, "unix:")) && *rest && strlen(rest) < sizeof spec->path) {
        spec->kind = KIND_UNIX;
        strcpy(spec->path, rest);
        take_socket_options(spec, spec->path);
        if (strlen(spec->path) >= sizeof((struct sockaddr_un *)0)->sun_path) {
            snprintf(err, errlen, "the path of a Unix socket has at most %zu characters",
                     sizeof((struct sockaddr_un *)0)->sun_path - 1);
            return false;
        }
    } else if ((rest = after(s, "tcp:")) && strlen(rest) < 250) {
        spec->kind = KIND_TCP;
        if (!parse_tcp(spec, rest)) {
            snprintf(err, errlen, "`%.80s`: wanted tcp:HOST:PORT or tcp:HOST:PORT,server", s);
            return false;
        }
    } else {
        snprintf(err, errlen,
                 "`%.80s`: wanted stdio, mon:stdio, file:F, tcp:HOST:PORT[,server], "
                 "unix:F[,server], pty or null",
                 s);
        return false;
    }
    return true;
}

bool chardev_check(const char *spec, char *err, size_t errlen)
{
    Spec parsed;
    return parse_spec(spec, &parsed, err, errlen);
}

/* ---- opening ------------------------------------------------------------------------------- */

static bool host_error(char *err, size_t errlen, const char *what, const char *name)
{
    snprintf(err, errlen, "cannot %s %s: %s", what, name, strerror(errno));
    return false;
}

static int set_nonblocking(int fd)
{
    if (fd >= 0)
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return fd;
}

static bool open_socket(Chardev *c, const struct sockaddr *addr, socklen_t len, int family)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    if (fd < 0)
        return false;
    if (c->spec.server) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        if (!bind(fd, addr, len) && !listen(fd, 1)) {
            c->listener = set_nonblocking(fd);
            return true;
        }
    } else if (!connect(fd, addr, len)) {
        c->in = c->out = set_nonblocking(fd);
        return true;
    }
    int error = errno;
    close(fd);
    errno = error;
    return false;
}

static bool open_tcp(Chardev *c, char *err, size_t errlen)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list;
    char where[340];
    snprintf(where, sizeof where, "%s:%s", c->spec.path, c->spec.port);
    int bad = getaddrinfo(c->spec.path, c->spec.port, &hints, &list);
    if (bad) {
        snprintf(err, errlen, "cannot find host %s: %s", c->spec.path, gai_strerror(bad));
        return false;
    }
    bool ok = false;
    for (struct addrinfo *a = list; a && !ok; a = a->ai_next)
        ok = open_socket(c, a->ai_addr, a->ai_addrlen, a->ai_family);
    freeaddrinfo(list);
    return ok || host_error(err, errlen, c->spec.server ? "listen at" : "connect to", where);
}

static bool open_unix(Chardev *c, char *err, size_t errlen)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    struct stat st;
    strcpy(addr.sun_path, c->spec.path); /* parse_spec() checked the length */
    if (c->spec.server && !stat(addr.sun_path, &st) && S_ISSOCK(st.st_mode))
        unlink(addr.sun_path); /* left behind by an earlier run */
    if (!open_socket(c, (struct sockaddr *)&addr, sizeof addr, AF_UNIX))
        return host_error(err, errlen, c->spec.server ? "listen at" : "connect to", c->spec.path);
    c->unlink_path = c->spec.server;
    return true;
}

static bool open_pty(Chardev *c, char *err, size_t errlen)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios t;
    if (fd < 0 || grantpt(fd) || unlockpt(fd)) {
        if (fd >= 0)
            close(fd);
        return host_error(err, errlen, "open", "a pseudo terminal");
    }
    if (!tcgetattr(fd, &t)) {
        cfmakeraw(&t);
        tcsetattr(fd, TCSANOW, &t);
    }
    c->in = c->out = set_nonblocking(fd);
    say("%s is %s", c->name, ptsname(fd));
    return true;
}

static bool open_kind(Chardev *c, char *err, size_t errlen)
{
    switch (c->spec.kind) {
    case KIND_NULL:
        return true;
    case KIND_STDIO:
        c->in = STDIN_FILENO;
        c->out = STDOUT_FILENO;
        term_raw(!c->spec.mux);
        return true;
    case KIND_FILE:
        c->out = open(c->spec.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        return c->out >= 0 || host_error(err, errlen, "create", c->spec.path);
    case KIND_TCP:
        return open_tcp(c, err, errlen);
    case KIND_UNIX:
        return open_unix(c, err, errlen);
    case KIND_PTY:
        return open_pty(c, err, errlen);
    }
    return false;
}

Chardev *chardev_open(const char *spec, const char *name, char *err, size_t errlen)
{
    Chardev *c = calloc(1, sizeof *c);
    if (!c)
        panic("out of host memory for %s", name);
    c->in = c->out = c->listener = -1;
    c->room = UINT64_MAX;
    snprintf(c->name, sizeof c->name, "%s", name);
    if (parse_spec(spec, &c->spec, err, errlen) && open_kind(c, err, errlen))
        return c;
    free(c);
    return NULL;
}

void chardev_limit(Chardev *c, u64 bytes)
{
    c->room = bytes ? bytes : UINT64_MAX;
}

static void drop_peer(Chardev *c)
{
    if (c->spec.kind != KIND_STDIO) {
        if (c->in >= 0)
            close(c->in);
        if (c->out >= 0 && c->out != c->in)
            close(c->out);
    }
    c->in = c->out = -1;
}

void chardev_close(Chardev *c)
{
    if (!c)
        return;
    chardev_flush(c);
    drop_peer(c);
    if (c->listener >= 0)
        close(c->listener);
    if (c->unlink_path)
        unlink(c->spec.path);
    free(c->pending);
    free(c);
}

bool chardev_replace(Chardev *c, const char *spec, char *err, size_t errlen)
{
    drop_peer(c);
    if (c->listener >= 0)
        close(c->listener);
    c->listener = -1;
    c->pending_n = 0;
    c->unlink_path = c->quit = c->failed = c->full = c->prefix = false;
    return parse_spec(spec, &c->spec, err, errlen) && open_kind(c, err, errlen);
}

/* Waits for a peer, unless a signal ends the wait. */
static int first_peer(Chardev *c, char *err, size_t errlen)
{
    struct pollfd p = {.fd = c->listener, .events = POLLIN};
    while (!term_quit_signal()) {
        if (poll(&p, 1, 200) <= 0)
            continue;
        int fd = accept(c->listener, NULL, NULL);
        if (fd >= 0)
            return fd;
    }
    snprintf(err, errlen, "nobody came");
    return -1;
}

int chardev_connection(const char *spec, bool server, char *err, size_t errlen)
{
    char text[340];
    if (strncmp(spec, "tcp:", 4) && strncmp(spec, "unix:", 5)) {
        snprintf(err, errlen, "`%.80s`: wanted unix:F or tcp:HOST:PORT", spec);
        return -1;
    }
    bool add = server && !strstr(spec, ",server");
    snprintf(text, sizeof text, "%.300s%s", spec, add ? ",server" : "");
    Chardev *c = chardev_open(text, "socket", err, errlen);
    if (!c)
        return -1;
    if (!server && c->listener >= 0) {
        chardev_close(c);
        snprintf(err, errlen, "`%.80s`: the other side listens; leave `server` out", spec);
        return -1;
    }
    int fd = server ? first_peer(c, err, errlen) : dup(c->in);
    if (fd >= 0) {
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    }
    chardev_close(c);
    return fd;
}

/* ---- output -------------------------------------------------------------------------------- */

static void write_failed(Chardev *c)
{
    bool stream = c->spec.kind == KIND_TCP || c->spec.kind == KIND_UNIX;
    if (stream || errno == EPIPE) {
        /* The reader went away: its choice, not our failure. What it has sent before is read yet,
         * up to its end, and what was for it is not the next one's. */
        c->out = -1;
        c->pending_n = 0;
        if (c->in < 0)
            drop_peer(c);
        return;
    }
    if (!c->failed)
        say("%s: cannot write%s%s: %s; its output is lost from here on", c->name,
            *c->spec.path ? " " : "", c->spec.path, strerror(errno));
    c->failed = true;
}

/* Only files grow; a terminal's reader keeps what it likes. */
static size_t within_limit(Chardev *c, size_t n)
{
    if (c->spec.kind != KIND_FILE || n <= c->room)
        return n;
    if (!c->full)
        say("%s: %s has the size that -log-limit allows; no more is written", c->name,
            c->spec.path);
    c->full = true;
    return (size_t)c->room;
}

static bool may_block(const Chardev *c)
{
    return c->spec.kind == KIND_STDIO || c->spec.kind == KIND_FILE;
}

void chardev_flush(Chardev *c)
{
    if (!c->pending_n || c->out < 0)
        return;
    if (may_block(c)) {
        size_t n = within_limit(c, c->pending_n);
        if (!c->failed && !term_write(c->out, c->pending, n))
            write_failed(c);
        c->room -= n;
        c->pending_n = 0;
        return;
    }
    ssize_t n = write(c->out, c->pending, c->pending_n);
    if (n > 0) {
        c->pending_n -= (size_t)n;
        memmove(c->pending, c->pending + n, c->pending_n);
    } else if (n < 0 && errno != EAGAIN && errno != EINTR && c->spec.kind != KIND_PTY)
        write_failed(c);
}

/* While no peer is there, or it does not read, up to OUT_MAX bytes wait; what comes later is
 * lost. */
void chardev_put(Chardev *c, u8 byte)
{
    if (c->spec.kind == KIND_NULL || (c->out < 0 && c->listener < 0))
        return;
    if (c->pending_n == c->pending_room) {
        size_t room = c->pending_room ? c->pending_room * 2 : OUT_CHUNK;
        if (room > OUT_MAX) {
            chardev_flush(c);
            if (c->pending_n == c->pending_room)
                return;
        } else {
            u8 *grown = realloc(c->pending, room);
            if (!grown)
                panic("out of host memory for the output of %s", c->name);
            c->pending = grown;
            c->pending_room = room;
        }
    }
    c->pending[c->pending_n++] = byte;
}

bool chardev_failed(const Chardev *c)
{
    return c->failed;
}

/* ---- input --------------------------------------------------------------------------------- */

static bool readable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, 0) > 0 && p.revents & (POLLIN | POLLHUP);
}

static void accept_peer(Chardev *c)
{
    if (c->listener < 0 || c->in >= 0)
        return;
    int fd = accept(c->listener, NULL, NULL);
    if (fd < 0)
        return;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    c->in = c->out = set_nonblocking(fd);
    chardev_flush(c);
}

/* mon:stdio: Ctrl-A is a prefix, as in QEMU. Works in place; returns how many bytes stay. */
static size_t take_commands(Chardev *c, u8 *buf, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        u8 byte = buf[i];
        if (!c->prefix && byte != CTRL_A) {
            buf[kept++] = byte;
            continue;
        }
        if (!c->prefix) {
            c->prefix = true;
            continue;
        }
        c->prefix = false;
        if (byte == 'x' || byte == 'q')
            c->quit = true;
        else if (byte == 'a' || byte == CTRL_A)
            buf[kept++] = CTRL_A;
        else {
            static const char help[] = "\nCtrl-A x: quit   Ctrl-A a: send Ctrl-A\n";
            term_write(STDOUT_FILENO, help, sizeof help - 1);
        }
    }
    return kept;
}

size_t chardev_get(Chardev *c, u8 *buf, size_t n)
{
    accept_peer(c);
    if (!n || c->in < 0 || !readable(c->in))
        return 0;
    ssize_t got = read(c->in, buf, n);
    if (got < 0 && (errno == EAGAIN || errno == EINTR || c->spec.kind == KIND_PTY))
        return 0; /* a pseudo terminal gives EIO while nobody has its other side open */
    if (got <= 0) {
        if (c->spec.kind == KIND_STDIO)
            c->in = -1; /* end of input; output goes on */
        else
            drop_peer(c);
        return 0;
    }
    return c->spec.mux ? take_commands(c, buf, (size_t)got) : (size_t)got;
}

void chardev_listen(Chardev *c)
{
    u8 unheard[512];
    if (c->spec.kind == KIND_TCP || c->spec.kind == KIND_UNIX)
        chardev_get(c, unheard, sizeof unheard);
}

bool chardev_connected(const Chardev *c)
{
    return c->in >= 0;
}

bool chardev_hears(const Chardev *c)
{
    return c->out >= 0;
}

bool chardev_quit(const Chardev *c)
{
    return c->quit;
}
