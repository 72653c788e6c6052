/* Character devices, expression matching and the loader of ROM files: what meets the host's
 * files. */
#include "bios/roms.h"
#include "frontend/chardev.h"
#include "frontend/match.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define TMP "test_chardev.tmp"

static Chardev *open_device(const char *spec)
{
    char err[300] = "";
    Chardev *c = chardev_open(spec, "serial", err, sizeof err);
    if (!c)
        fail_msg("%s: %s", spec, err);
    return c;
}

static void put_text(Chardev *c, const char *s)
{
    while (*s)
        chardev_put(c, (u8)*s++);
}

static void to_a_file(void **state)
{
    Chardev *c = open_device("file:" TMP);
    for (int i = 0; i < 10000; i++)
        put_text(c, "0123456789");
    assert_int_equal(chardev_get(c, (u8[1]){0}, 1), 0);
    assert_false(chardev_failed(c));
    chardev_close(c);
    FILE *f = fopen(TMP, "r");
    fseek(f, 0, SEEK_END);
    assert_int_equal(ftell(f), 100000);
    fclose(f);
    unlink(TMP);
}

static void full_disk(void **state)
{
    if (access("/dev/full", W_OK))
        skip();
    Chardev *c = open_device("file:/dev/full");
    put_text(c, "x");
    chardev_flush(c);
    assert_true(chardev_failed(c));
    put_text(c, "y");
    chardev_close(c);
}

static void bad_places(void **state)
{
    char err[300];
    assert_null(chardev_open("file:/nonexistent/x", "serial", err, sizeof err));
    assert_non_null(strstr(err, "/nonexistent/x"));
    assert_null(chardev_open("unix:/nonexistent/x", "serial", err, sizeof err));
    assert_null(chardev_open("tcp:127.0.0.1:1", "serial", err, sizeof err));
    assert_non_null(strstr(err, "127.0.0.1:1"));
}

/* Output before the peer comes is kept; input arrives; a peer that leaves makes room for the
 * next. */
static void socket_server(void **state)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX, .sun_path = TMP ".sock"};
    Chardev *c = open_device("unix:" TMP ".sock,server");
    u8 buf[64];
    for (int round = 0; round < 2; round++) {
        put_text(c, "hello");
        chardev_flush(c);
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
        assert_int_equal(chardev_get(c, buf, sizeof buf), 0); /* accepts and sends what waits */
        assert_int_equal(read(fd, buf, sizeof buf), 5);
        assert_memory_equal(buf, "hello", 5);
        assert_int_equal(write(fd, "abc", 3), 3);
        assert_int_equal(chardev_get(c, buf, sizeof buf), 3);
        assert_memory_equal(buf, "abc", 3);
        close(fd);
        assert_int_equal(chardev_get(c, buf, sizeof buf), 0);
    }
    chardev_close(c);
    assert_int_equal(access(TMP ".sock", F_OK), -1);
}

/* Who says something and leaves at once is heard; the next one does not get the answer. */
static void said_and_gone(void **state)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX, .sun_path = TMP ".sock"};
    Chardev *c = open_device("unix:" TMP ".sock,server");
    u8 buf[64];
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
    assert_int_equal(write(fd, "abc", 3), 3);
    close(fd);
    put_text(c, "hello"); /* it fails while the peer is accepted */
    assert_int_equal(chardev_get(c, buf, sizeof buf), 3);
    assert_memory_equal(buf, "abc", 3);
    assert_true(chardev_connected(c) && !chardev_hears(c));
    assert_int_equal(chardev_get(c, buf, sizeof buf), 0);
    assert_false(chardev_connected(c));
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
    assert_int_equal(chardev_get(c, buf, sizeof buf), 0);
    assert_true(chardev_hears(c));
    assert_int_equal(read(fd, buf, sizeof buf), -1);
    close(fd);
    chardev_close(c);
}

/* What only talks takes one peer after the other as well, whatever they say. */
static void talks_only(void **state)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX, .sun_path = TMP ".sock"};
    Chardev *c = open_device("unix:" TMP ".sock,server");
    u8 buf[64];
    for (int round = 0; round < 2; round++) {
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
        assert_int_equal(write(fd, "abc", 3), 3);
        put_text(c, "hello");
        chardev_listen(c);
        assert_int_equal(chardev_get(c, buf, sizeof buf), 0);
        assert_int_equal(read(fd, buf, sizeof buf), 5);
        assert_int_equal(chardev_get(c, buf, 0), 0);
        assert_true(chardev_connected(c));
        close(fd);
        chardev_listen(c);
        assert_false(chardev_connected(c));
    }
    chardev_close(c);
}

/* A guest that never stops talking, and nobody who listens: a bounded part waits, the first. */
static void output_is_bounded(void **state)
{
    enum { SAID = 3 << 20, KEPT = 1 << 20 };
    struct sockaddr_un addr = {.sun_family = AF_UNIX, .sun_path = TMP ".sock"};
    Chardev *c = open_device("unix:" TMP ".sock,server");
    for (u32 i = 0; i < SAID; i++)
        chardev_put(c, (u8)(i % 251));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
    static u8 buf[65536];
    u32 got = 0;
    chardev_get(c, buf, 1);
    for (ssize_t n = 1; n > 0; chardev_flush(c)) {
        n = read(fd, buf, sizeof buf);
        for (ssize_t i = 0; i < n; i++)
            assert_int_equal(buf[i], (got + i) % 251);
        got += n > 0 ? (u32)n : 0;
    }
    assert_int_equal(got, KEPT);
    close(fd);
    chardev_close(c);
}

static void specifications(void **state)
{
    static const struct {
        const char *spec, *says;
    } t[] = {
        {"COM1", "wanted stdio, mon:stdio, file:F"},
        {"file:", "wanted stdio"},
        {"unix:", "wanted stdio"},
        {"tcp:host", "wanted tcp:HOST:PORT"},
        {"tcp:host:", "wanted tcp:HOST:PORT"},
        {"tcp:host:x", "wanted tcp:HOST:PORT"},
        {"tcp:host:0", "wanted tcp:HOST:PORT"},
        {"tcp:host:65536", "wanted tcp:HOST:PORT"},
        {"tcp:host:80,sever", "wanted tcp:HOST:PORT"},
        {"tcp:host:80,server,nowait", NULL},
        {"tcp::80,wait=off,server=on,nodelay", NULL},
        {"none", NULL},
    };
    char err[300], path[200] = "unix:";
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        bool good = chardev_check(t[i].spec, err, sizeof err);
        if (good != !t[i].says || (!good && !strstr(err, t[i].says)))
            fail_msg("%s: %s", t[i].spec, good ? "is taken" : err);
    }
    memset(path + 5, 'x', 108);
    assert_false(chardev_check(path, err, sizeof err));
    assert_non_null(strstr(err, "at most 107 characters"));
    strcpy(path + 5 + 107, ",server"); /* which is no part of it */
    assert_true(chardev_check(path, err, sizeof err));
}

/* A socket that an earlier run left behind gives way to a new one; another file does not. */
static void stale_sockets(void **state)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX, .sun_path = TMP ".sock"};
    char err[300];
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof addr), 0);
    close(fd);
    Chardev *c = open_device("unix:" TMP ".sock,server");
    chardev_close(c);
    assert_int_equal(access(TMP ".sock", F_OK), -1);
    fclose(fopen(TMP, "w"));
    assert_null(chardev_open("unix:" TMP ",server", "serial", err, sizeof err));
    assert_non_null(strstr(err, "cannot listen at " TMP));
    assert_int_equal(unlink(TMP), 0);
}

/* A connection is made to somebody who listens. */
static void connections(void **state)
{
    char err[300] = "";
    assert_int_equal(chardev_connection("file:x", false, err, sizeof err), -1);
    assert_non_null(strstr(err, "wanted unix:F or tcp:HOST:PORT"));
    assert_int_equal(chardev_connection("unix:" TMP ".sock,server", false, err, sizeof err), -1);
    assert_non_null(strstr(err, "the other side listens"));
    assert_int_equal(access(TMP ".sock", F_OK), -1);
    Chardev *c = open_device("unix:" TMP ".sock,server");
    int fd = chardev_connection("unix:" TMP ".sock", false, err, sizeof err);
    assert_true(fd >= 0);
    u8 byte;
    assert_int_equal(write(fd, "q", 1), 1);
    assert_int_equal(chardev_get(c, &byte, 1), 1);
    assert_int_equal(byte, 'q');
    close(fd);
    chardev_close(c);
}

/* Who reads a pipe may go away: that is no failure of ours. */
static void reader_gone(void **state)
{
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(mkfifo(TMP, 0600), 0);
    int fd = open(TMP, O_RDONLY | O_NONBLOCK);
    Chardev *c = open_device("file:" TMP);
    put_text(c, "x");
    chardev_flush(c);
    close(fd);
    put_text(c, "y");
    chardev_flush(c);
    put_text(c, "z");
    chardev_flush(c);
    assert_false(chardev_failed(c));
    chardev_close(c);
    unlink(TMP);
}

/* Ctrl-A before a letter is for us, twice or with `a` for the guest; the end of the input is none
 * of the output. */
static void monitor_keys(void **state)
{
    int in[2], out[2], was_in = dup(STDIN_FILENO), was_out = dup(STDOUT_FILENO);
    u8 got[16];
    char said[200];
    fflush(stdout);
    assert_true(!pipe(in) && !pipe(out) && was_in >= 0 && was_out >= 0);
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    Chardev *c = open_device("mon:stdio");
    bool wrote = write(in[1], "a\1a\1\1b\1", 7) == 7;
    size_t n = chardev_get(c, got, sizeof got);
    bool early = chardev_quit(c);
    wrote &= write(in[1], "hc\1x", 4) == 4; /* the prefix came with the bytes before */
    n += chardev_get(c, got + n, sizeof got - n);
    bool quit = chardev_quit(c);
    close(in[1]);
    bool before = chardev_connected(c);
    chardev_get(c, (u8[1]){0}, 1);
    bool after = chardev_connected(c);
    put_text(c, "bye");
    chardev_close(c);
    dup2(was_in, STDIN_FILENO);
    dup2(was_out, STDOUT_FILENO);
    close(out[1]);
    ssize_t told = read(out[0], said, sizeof said - 1);
    said[told > 0 ? told : 0] = 0;
    close(in[0]), close(out[0]), close(was_in), close(was_out);
    assert_true(wrote && !early && quit && before && !after);
    assert_int_equal(n, 5);
    assert_memory_equal(got, "a\1\1bc", 5);
    assert_string_equal(said, "\nCtrl-A x: quit   Ctrl-A a: send Ctrl-A\nbye");
}

static void pseudo_terminal(void **state)
{
    Chardev *c = open_device("pty");
    put_text(c, "x");
    chardev_flush(c);
    assert_int_equal(chardev_get(c, (u8[1]){0}, 1), 0);
    chardev_close(c);
}

/* ---- matching ------------------------------------------------------------------------------ */

static Options options_with(const char *expect, const char *fail_on)
{
    Options o = {0};
    if (expect)
        o.expect.re[o.expect.count++] = expect;
    if (fail_on)
        o.fail_on.re[o.fail_on.count++] = fail_on;
    return o;
}

static VgaText screen;

static void screen_says(const char *s)
{
    memset(&screen, 0, sizeof screen);
    screen.is_text = true;
    screen.columns = 80;
    screen.rows = 25;
    for (int i = 0; i < 80 * 25; i++)
        screen.cells[i] = 0x0720;
    for (int i = 0; s[i]; i++)
        screen.cells[i] = 0x0700 | (u8)s[i];
}

static void stream_bytes(Match *m, int stream, const char *s)
{
    while (*s)
        match_byte(m, stream, (u8)*s++);
}

static void matches_streams(void **state)
{
    Match m;
    Options o = options_with("^PASS [0-9]+$", "panic");
    screen_says("");
    match_init(&m, &o);
    stream_bytes(&m, 0, "no PASS 1\r\nPA");
    assert_int_equal(match_check(&m, &screen), MATCH_NOTHING);
    stream_bytes(&m, 1, "SS 2\n"); /* another port: not one text */
    assert_int_equal(match_check(&m, &screen), MATCH_NOTHING);
    stream_bytes(&m, 0, "SS 12\r\n");
    assert_int_equal(match_check(&m, &screen), MATCH_EXPECTED);
    stream_bytes(&m, MATCH_DEBUGCON, "kernel pan");
    match_byte(&m, MATCH_DEBUGCON, 0);
    stream_bytes(&m, MATCH_DEBUGCON, "ic, panic!");
    assert_int_equal(match_check(&m, &screen), MATCH_FAILED); /* failure is stronger */
    assert_string_equal(m.failed, "panic");
    match_free(&m);
}

static void matches_screen(void **state)
{
    Match m;
    Options o = options_with("^C:.>$", NULL);
    match_init(&m, &o);
    screen_says("C:\\");
    assert_int_equal(match_check(&m, &screen), MATCH_NOTHING);
    screen_says("C:\\>");
    assert_int_equal(match_check(&m, &screen), MATCH_EXPECTED);
    match_free(&m);
}

/* Text far apart, long lines, and more than the window in one slice. */
static void long_streams(void **state)
{
    Match m;
    Options o = options_with("needle", "^begin");
    screen_says("");
    match_init(&m, &o);
    stream_bytes(&m, 0, "x");
    for (int i = 0; i < MATCH_WINDOW + 100; i++)
        match_byte(&m, 0, '-');
    assert_int_equal(match_check(&m, &screen), MATCH_NOTHING);
    stream_bytes(&m, 0, "begin"); /* in the middle of a line that was cut */
    assert_int_equal(match_check(&m, &screen), MATCH_NOTHING);
    stream_bytes(&m, 0, "needle");
    for (int i = 0; i < 3 * MATCH_WINDOW; i++)
        match_byte(&m, 0, '\n');
    assert_int_equal(match_check(&m, &screen), MATCH_EXPECTED);
    match_free(&m);
}

static void several_expectations(void **state)
{
    Match m;
    Options o = options_with("one", NULL);
    o.expect.re[o.expect.count++] = "two";
    screen_says("");
    match_init(&m, &o);
    stream_bytes(&m, 0, "two");
    assert_int_equal(match_check(&m, &screen), MATCH_NOTHING);
    assert_string_equal(match_missing(&m), "one");
    stream_bytes(&m, MATCH_DEBUGCON, "one");
    assert_int_equal(match_check(&m, &screen), MATCH_EXPECTED);
    match_free(&m);
}

/* ---- ROM files ----------------------------------------------------------------------------- */

static void rom_file(u32 size, u8 fill)
{
    FILE *f = fopen(TMP, "wb");
    for (u32 i = 0; i < size; i++)
        fputc(fill, f);
    fclose(f);
}

static void rom_sizes(void **state)
{
    static const struct {
        RomKind kind;
        u32 size, loaded; /* loaded 0: refused */
        const char *says;
    } cases[] = {
        {ROM_BIOS, 65536, 65536, ""},
        {ROM_BIOS, 131072, 131072, ""},
        {ROM_BIOS, 262144, 262144, ""},
        {ROM_BIOS, 8192, 65536, "placed at the end"},
        {ROM_BIOS, 98304, 131072, "placed at the end"},
        {ROM_BIOS, 0, 0, "is empty"},
        {ROM_BIOS, 65537, 0, "no whole number"},
        {ROM_BIOS, 262656, 0, "at most 256 KiB"},
        {ROM_VGA, 32768, 32768, "55 AA"},
        {ROM_VGA, 66048, 0, "at most 64 KiB"},
        {ROM_OPTION, 1000, 0, "no whole number"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Rom r;
        char err[300] = "";
        rom_file(cases[i].size, 0x90);
        bool ok = rom_load(&r, cases[i].kind, TMP, err, sizeof err);
        assert_int_equal(ok ? r.size : 0, cases[i].loaded);
        const char *text = ok ? r.note : err;
        if (*cases[i].says ? !strstr(text, cases[i].says) : *text)
            fail_msg("case %zu says `%s`", i, text);
        if (ok) {
            assert_int_equal(r.data[r.size - 1], 0x90);
            rom_free(&r);
        }
    }
    unlink(TMP);
}

static void rom_missing(void **state)
{
    Rom r;
    char err[300];
    assert_false(rom_load(&r, ROM_BIOS, "/nonexistent", err, sizeof err));
    assert_non_null(strstr(err, "/nonexistent"));
    assert_false(rom_load(&r, ROM_BIOS, "/", err, sizeof err));
    assert_non_null(strstr(err, "directory"));
    assert_false(rom_load(&r, ROM_BIOS, "/dev/null", err, sizeof err));
    assert_non_null(strstr(err, "regular file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(to_a_file),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(bad_places),
        cmocka_unit_test(socket_server),
        cmocka_unit_test(said_and_gone),
        cmocka_unit_test(talks_only),
        cmocka_unit_test(output_is_bounded),
        cmocka_unit_test(specifications),
        cmocka_unit_test(stale_sockets),
        cmocka_unit_test(connections),
        cmocka_unit_test(reader_gone),
        cmocka_unit_test(monitor_keys),
        cmocka_unit_test(pseudo_terminal),
        cmocka_unit_test(matches_streams),
        cmocka_unit_test(matches_screen),
        cmocka_unit_test(long_streams),
        cmocka_unit_test(several_expectations),
        cmocka_unit_test(rom_sizes),
        cmocka_unit_test(rom_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
