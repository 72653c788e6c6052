/* Character devices, expression matching and the loader of ROM files: what meets the host's
 * files. */
#include "bios/roms.h"
#include "frontend/chardev.h"
#include "frontend/match.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
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
        cmocka_unit_test(output_is_bounded),
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
