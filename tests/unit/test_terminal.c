/* Terminal: bytes to key strokes, typed text to key strokes, and the guest's screen to escape
 * sequences. */
#include "frontend/termkeys.h"
#include "frontend/textdraw.h"
#include "frontend/typing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* "+ctrl +c -c -ctrl" */
static const char *show(const KeyStroke *s, int n)
{
    static char text[400];
    text[0] = 0;
    for (int i = 0; i < n; i++)
        sprintf(text + strlen(text), "%s%c%s", i ? " " : "", s[i].down ? '+' : '-',
                key_name(s[i].key));
    return text;
}

static void bytes_become_keys(void **state)
{
    static const struct {
        const char *bytes, *keys;
    } cases[] = {
        {"a", "+a -a"},
        {"A", "+shift +a -a -shift"},
        {"\r", "+ret -ret"},
        {"\x7f", "+backspace -backspace"},
        {"\x03", "+ctrl +c -c -ctrl"},
        {"\033", "+esc -esc"},
        {"\033[A", "+up -up"},
        {"\033OA", "+up -up"},
        {"\033[1;5C", "+ctrl +right -right -ctrl"},
        {"\033[1;2D", "+shift +left -left -shift"},
        {"\033[3~", "+delete -delete"},
        {"\033[24~", "+f12 -f12"},
        {"\033[15;3~", "+alt +f5 -f5 -alt"},
        {"\033OP", "+f1 -f1"},
        {"\033[[B", "+f2 -f2"},
        {"\033[B", "+down -down"},
        {"\033[D", "+left -left"},
        {"\033[E", "+kp_5 -kp_5"},
        {"\033[F", "+end -end"},
        {"\033[H", "+home -home"},
        {"\033OM", "+kp_enter -kp_enter"},
        {"\033OQ", "+f2 -f2"},
        {"\033OR", "+f3 -f3"},
        {"\033OS", "+f4 -f4"},
        {"\033[1;6P", "+shift +ctrl +f1 -f1 -ctrl -shift"},
        {"\033[99;5D", "+ctrl +left -left -ctrl"},
        {"\033O", "+alt +shift +o -o -shift -alt"},
        {"\033[", "+alt +bracket_left -bracket_left -alt"},
        {"\033[Z", "+shift +tab -tab -shift"},
        {"\033x", "+alt +x -x -alt"},
        {"\033\033", "+esc -esc"},
        {"\035f1", "+f1 -f1"},
        {"\035f0", "+f10 -f10"},
        {"\035\035", "+ctrl +bracket_right -bracket_right -ctrl"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        size_t n = strlen(cases[i].bytes);
        TermKey k = termkey_next(cases[i].bytes, n, true);
        assert_int_equal(k.kind, TERMKEY_STROKES);
        assert_string_equal(show(k.strokes, k.count), cases[i].keys);
        assert_int_equal(k.used, !strcmp(cases[i].bytes, "\033\033") ? 1 : n);
    }
}

/* However the bytes of a sequence are cut, nothing is decided before all are there. */
static void sequences_wait(void **state)
{
    static const char *const whole[] = {"\033[1;5C", "\033OP",   "\033[24~",
                                        "\033[[B",   "\303\244", "\035f1"};
    for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
        for (size_t n = 1; n < strlen(whole[i]); n++)
            assert_int_equal(termkey_next(whole[i], n, false).kind, TERMKEY_MORE);
    }
    TermKey k = termkey_next("\035q", 2, false);
    assert_int_equal(k.kind, TERMKEY_COMMAND);
    assert_int_equal(k.command, 'q');
}

/* Any bytes at all: every call consumes something and stays within bounds. */
static void garbage_is_harmless(void **state)
{
    u32 seed = 1;
    for (int round = 0; round < 20000; round++) {
        char bytes[12];
        size_t n = 1 + round % sizeof bytes;
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1664525 + 1013904223;
            bytes[i] =
                (char)(round & 1 ? "\033[O;1~A\035\377f"[seed >> 24 & 7] : (int)(seed >> 24));
        }
        for (size_t at = 0; at < n;) {
            TermKey k = termkey_next(bytes + at, n - at, true);
            if (k.kind == TERMKEY_MORE)
                break;
            assert_true(k.used > 0 && k.used <= n - at && k.count <= KEY_STROKES_MAX);
            at += k.used;
        }
    }
}

static void typed_text(void **state)
{
    static const struct {
        const char *text, *keys;
    } cases[] = {
        {"d", "+d -d"},
        {":", "+shift +semicolon -semicolon -shift"},
        {"\\n", "+ret -ret"},
        {"\\e", "+esc -esc"},
        {"\\\\", "+backslash -backslash"},
        {"\\{", "+shift +bracket_left -bracket_left -shift"},
        {"{ctrl-alt-delete}", "+ctrl +alt +delete -delete -alt -ctrl"},
        {"{f10}", "+f10 -f10"},
    };
    char why[160];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        KeyStroke s[KEY_STROKES_MAX];
        const char *p = cases[i].text;
        assert_true(typing_check(p, why, sizeof why));
        int n = typing_next(&p, s);
        assert_string_equal(show(s, n), cases[i].keys);
        assert_int_equal(*p, 0);
        assert_int_equal(typing_next(&p, s), 0);
    }
    assert_false(typing_check("{}", why, sizeof why));
    assert_false(typing_check("\\", why, sizeof why));
    assert_false(typing_check("\xe6\xbc\xa2", why, sizeof why)); /* a character that no PC has */
}

/* ---- screen -------------------------------------------------------------------------------- */

static VgaText guest;

static void guest_screen(int columns, int rows)
{
    memset(&guest, 0, sizeof guest);
    guest.is_text = true;
    guest.columns = columns;
    guest.rows = rows;
    guest.cursor_x = guest.cursor_y = -1;
    for (int i = 0; i < columns * rows; i++)
        guest.cells[i] = 0x0720;
}

static const char *update(TextDraw *t)
{
    static char text[100000];
    textdraw_update(t);
    assert_true(t->out_n < sizeof text);
    memcpy(text, t->out, t->out_n);
    text[t->out_n] = 0;
    return text;
}

static void draws_only_changes(void **state)
{
    TextDraw t;
    textdraw_init(&t, COLOURS_16);
    textdraw_resize(&t, 10, 4);
    guest_screen(10, 3);
    guest.cells[11] = 0x1E03; /* a yellow heart on blue */
    textdraw_text(&t, &guest, true, 1);
    const char *first = update(&t);
    assert_non_null(strstr(first, "\033[93m"));
    assert_non_null(strstr(first, "\033[44m\xe2\x99\xa5"));
    textdraw_text(&t, &guest, true, 1);
    assert_string_equal(update(&t), "");
    guest.cells[25] = 0x0741;
    textdraw_text(&t, &guest, true, 1);
    assert_non_null(strstr(update(&t), "\033[3;6H"));
    textdraw_free(&t);
}

static void cursor_and_scrolling(void **state)
{
    TextDraw t;
    textdraw_init(&t, COLOURS_256);
    textdraw_resize(&t, 80, 24);
    guest_screen(80, 25);
    guest.cells[24 * 80] = 0x0742;
    guest.cursor_on = true;
    guest.cursor_x = 1;
    guest.cursor_y = 24; /* the last row does not fit: the screen moves up by one */
    textdraw_text(&t, &guest, true, 0);
    const char *s = update(&t);
    assert_int_equal(t.top, 1);
    assert_non_null(strstr(s, "B"));
    assert_non_null(strstr(s, "\033[24;2H\033[?25h"));
    guest.cursor_y = 0;
    textdraw_text(&t, &guest, true, 0);
    assert_int_equal(t.top, 0);
    guest.cursor_on = false;
    update(&t);
    textdraw_text(&t, &guest, true, 0);
    assert_non_null(strstr(update(&t), "\033[?25l"));
    textdraw_free(&t);
}

static void colours(void **state)
{
    static const struct {
        TextColours kind;
        const char *brown;
    } cases[] = {{COLOURS_16, "\033[33m"},
                 {COLOURS_256, "\033[38;5;130m"},
                 {COLOURS_TRUE, "\033[38;2;170;85;0m"},
                 {COLOURS_NONE, "\033[0m\033[27mA"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        TextDraw t;
        textdraw_init(&t, cases[i].kind);
        textdraw_resize(&t, 1, 1);
        guest_screen(1, 1);
        guest.cells[0] = 0x0641;
        textdraw_text(&t, &guest, true, 0);
        assert_non_null(strstr(update(&t), cases[i].brown));
        textdraw_free(&t);
    }
}

static void pictures_in_any_size(void **state)
{
    u32 pixels[320 * 200];
    for (int i = 0; i < 320 * 200; i++)
        pixels[i] = i % 320 < 160 ? 0xFF0000 : 0x0000FF;
    VgaFrame f = {.pixels = pixels, .width = 320, .height = 200, .aspect_w = 4, .aspect_h = 3};
    TextDraw t;
    textdraw_init(&t, COLOURS_TRUE);
    for (int columns = 1; columns < 200; columns += 7) {
        for (int rows = 1; rows < 80; rows += 5) {
            textdraw_resize(&t, columns, rows);
            textdraw_picture(&t, &f, rows > 1);
            textdraw_update(&t);
        }
    }
    textdraw_resize(&t, 80, 31);
    textdraw_picture(&t, &f, 1);
    assert_int_equal(t.wanted[0].fg, 0xFF0000);
    assert_int_equal(t.wanted[79].bg, 0x0000FF);
    textdraw_line(&t, 30, "status");
    assert_int_equal(t.wanted[30 * 80].code, 's');
    textdraw_free(&t);
}

/* Without colours: reverse for dark on light, shades for pictures. */
static void no_colours(void **state)
{
    static const u32 shades[5] = {' ', 0x2591, 0x2592, 0x2593, 0x2588};
    TextDraw t;
    textdraw_init(&t, COLOURS_NONE);
    textdraw_resize(&t, 2, 1);
    guest_screen(2, 1);
    guest.cells[0] = 0x7041;
    guest.cells[1] = 0x0742;
    textdraw_text(&t, &guest, true, 0);
    assert_non_null(strstr(update(&t), "\033[7mA\033[27mB"));
    static const u32 levels[5] = {0, 40, 90, 150, 230};
    u32 pixels[50];
    for (u32 i = 0; i < 50; i++)
        pixels[i] = levels[i / 10] * 0x010101;
    VgaFrame f = {.pixels = pixels, .width = 50, .height = 1, .aspect_w = 5, .aspect_h = 2};
    textdraw_resize(&t, 5, 1);
    textdraw_picture(&t, &f, 0);
    for (int x = 0; x < 5; x++)
        assert_int_equal(t.wanted[x].code, shades[x]);
    assert_null(strstr(update(&t), "\033[3")); /* no colour */
    textdraw_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_become_keys),
        cmocka_unit_test(sequences_wait),
        cmocka_unit_test(garbage_is_harmless),
        cmocka_unit_test(typed_text),
        cmocka_unit_test(draws_only_changes),
        cmocka_unit_test(cursor_and_scrolling),
        cmocka_unit_test(colours),
        cmocka_unit_test(pictures_in_any_size),
        cmocka_unit_test(no_colours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
