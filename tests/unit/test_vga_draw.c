/* test_vga_draw.c: pictures, pixel by pixel, and text extraction. */
#include "tests/unit/vga_fixture.h"

static u32 pixel(const VgaFrame *f, int x, int y)
{
    assert_in_range(x, 0, f->width - 1);
    assert_in_range(y, 0, f->height - 1);
    return f->pixels[y * f->width + x];
}

static void expect_size(const VgaFrame *f, int width, int height)
{
    assert_int_equal(f->width, width);
    assert_int_equal(f->height, height);
    assert_int_equal(f->aspect_w * 3, f->aspect_h * 4);
    assert_false(f->blank);
}

/* The colour of a 4-bit pixel under a mode's palette. */
static u32 colour(const Mode *m, int index)
{
    return test_colour(m->atc[index & m->atc[0x12]]);
}

/* One line of a character in one of the eight fonts, straight into plane 2. */
static void set_glyph(Fixture *f, int font, u8 ch, int line, u8 dots)
{
    f->vga.vram[4 * ((font & 3) * 0x4000 + (font >> 2) * 0x2000 + ch * 32 + line) + 2] = dots;
    f->vga.view_stale = true;
    f->vga.touched = true;
}

static Fixture *machine(const Mode *m)
{
    Fixture *f = fixture_new(28322000);
    set_mode(f, m);
    next_frame(f);
    next_frame(f);
    return f;
}

/* ---- text ----------------------------------------------------------------------------------- */

static void put_char(Fixture *f, int x, int y, u16 cell)
{
    bus_write(&f->bus, 0xB8000 + (u32)(y * 80 + x) * 2, 2, cell);
}

static void expect_dots(const VgaFrame *f, int x, int y, const char *dots, u32 fore, u32 back)
{
    for (int i = 0; dots[i]; i++)
        assert_int_equal(pixel(f, x + i, y), dots[i] == '#' ? fore : back);
}

static void hide_cursor(Fixture *f)
{
    out2(f, 0x3D4, 0x0A, 0x20);
}

static void test_text_glyphs(void **state)
{
    Fixture *f = machine(&mode_text);
    VgaFrame v = {0};
    hide_cursor(f);
    set_glyph(f, 0, 'A', 0, 0x81);
    set_glyph(f, 0, 'A', 15, 0x3C);
    set_glyph(f, 0, 0xC4, 0, 0xFF); /* line graphics: the ninth dot repeats the eighth */
    set_glyph(f, 0, 0xE0, 0, 0xFF); /* no longer line graphics */
    put_char(f, 0, 0, 0x1E41);
    put_char(f, 79, 24, 0x2F41);
    put_char(f, 1, 0, 0x1EC4);
    put_char(f, 2, 0, 0x1EE0);
    assert_true(vga_draw(&f->vga, &v));
    expect_size(&v, 720, 400);
    u32 fore = colour(&mode_text, 14), back = colour(&mode_text, 1);
    expect_dots(&v, 0, 0, "#......#.", fore, back);
    expect_dots(&v, 0, 1, ".........", fore, back);
    expect_dots(&v, 0, 15, "..####...", fore, back);
    expect_dots(&v, 9, 0, "#########", fore, back);
    expect_dots(&v, 18, 0, "########.", fore, back);
    expect_dots(&v, 79 * 9, 24 * 16, "#......#.", colour(&mode_text, 15), colour(&mode_text, 2));
    expect_dots(&v, 79 * 9, 399, "..####...", colour(&mode_text, 15), colour(&mode_text, 2));

    set_atc(f, 0x10, 0x08); /* line graphics off */
    assert_true(vga_draw(&f->vga, &v));
    expect_dots(&v, 9, 0, "########.", fore, back);
    out2(f, 0x3C4, 1, 0x01); /* 8 dots */
    assert_true(vga_draw(&f->vga, &v));
    expect_size(&v, 640, 400);
    expect_dots(&v, 8, 0, "########", fore, back);
    expect_dots(&v, 0, 0, "#......#", fore, back);
    vga_frame_free(&v);
    fixture_free(f);
}

static void test_nothing_changed(void **state)
{
    Fixture *f = machine(&mode_text);
    VgaFrame v = {0}, w = {0};
    hide_cursor(f);
    put_char(f, 5, 5, 0x0741);
    next_frame(f);
    assert_true(vga_draw(&f->vga, &v));
    assert_false(vga_draw(&f->vga, &v));
    for (int i = 0; i < 40; i++)
        next_frame(f); /* nothing blinks, so phases do not count */
    assert_false(vga_draw(&f->vga, &v));
    assert_true(vga_draw(&f->vga, &w)); /* another consumer has its own idea of news */
    bus_read(&f->bus, 0xB8000, 4);
    in(f, 0x3DA);
    out2(f, 0x3D4, 0x0A, 0x20);
    assert_false(vga_draw(&f->vga, &v));
    put_char(f, 5, 5, 0x0742);
    assert_true(vga_draw(&f->vga, &v));
    assert_true(vga_draw(&f->vga, &w));
    set_dac(f, 0, 1, 2, 3);
    assert_true(vga_draw(&f->vga, &v));
    set_mode(f, &mode_12h);
    next_frame(f);
    vga_draw(&f->vga, &v);
    next_frame(f);
    vga_draw(&f->vga, &v);
    next_frame(f);
    assert_false(vga_draw(&f->vga, &v));
    bus_write(&f->bus, 0xA0000, 1, 1);
    assert_true(vga_draw(&f->vga, &v));
    vga_frame_free(&v);
    vga_frame_free(&w);
    fixture_free(f);
}

static void to_frame(Fixture *f, u64 frames)
{
    while (f->vga.s.frames % 32 != frames)
        next_frame(f);
}

static void test_cursor(void **state)
{
    Fixture *f = machine(&mode_text);
    VgaFrame v = {0};
    u32 fore = colour(&mode_text, 7), back = colour(&mode_text, 0);
    for (int i = 0; i < 80 * 25; i++)
        put_char(f, i % 80, i / 80, 0x0720);
    out2(f, 0x3D4, 0x0F, 80 + 3); /* column 3 of row 1, lines 13-14 */
    to_frame(f, 0);
    vga_draw(&f->vga, &v);
    expect_dots(&v, 3 * 9, 16 + 12, ".........", fore, back);
    expect_dots(&v, 3 * 9, 16 + 13, "#########", fore, back);
    expect_dots(&v, 3 * 9, 16 + 14, "#########.", fore, back);
    expect_dots(&v, 3 * 9, 16 + 15, ".........", fore, back);
    next_frame(f);
    assert_false(vga_draw(&f->vga, &v));
    to_frame(f, 8); /* off for 8 frames */
    assert_true(vga_draw(&f->vga, &v));
    expect_dots(&v, 3 * 9, 16 + 13, ".........", fore, back);
    to_frame(f, 16);
    assert_true(vga_draw(&f->vga, &v));
    expect_dots(&v, 3 * 9, 16 + 13, "#########", fore, back);
    out2(f, 0x3D4, 0x0B, 12); /* end above start: none */
    vga_draw(&f->vga, &v);
    expect_dots(&v, 3 * 9, 16 + 13, ".........", fore, back);
    vga_frame_free(&v);
    fixture_free(f);
}

static void test_blink_and_bright_background(void **state)
{
    Fixture *f = machine(&mode_text);
    VgaFrame v = {0};
    hide_cursor(f);
    set_glyph(f, 0, 'B', 3, 0xF0);
    put_char(f, 0, 0, 0x9C42);
    to_frame(f, 0);
    vga_draw(&f->vga, &v);
    expect_dots(&v, 0, 3, "####.....", colour(&mode_text, 12), colour(&mode_text, 1));
    to_frame(f, 16);
    assert_true(vga_draw(&f->vga, &v));
    expect_dots(&v, 0, 3, ".........", colour(&mode_text, 12), colour(&mode_text, 1));
    set_atc(f, 0x10, 0x04);
    assert_true(vga_draw(&f->vga, &v));
    expect_dots(&v, 0, 3, "####.....", colour(&mode_text, 12), colour(&mode_text, 9));
    vga_frame_free(&v);
    fixture_free(f);
}

static void test_two_fonts_and_underline(void **state)
{
    Fixture *f = machine(&mode_text);
    VgaFrame v = {0};
    hide_cursor(f);
    for (int font = 0; font < 8; font++)
        set_glyph(f, font, 'F', 0, (u8)(1 << font));
    put_char(f, 0, 0, 0x0746);
    put_char(f, 1, 0, 0x0F46);
    for (int a = 0; a < 8; a++) {
        for (int b = 0; b < 8; b++) {
            out2(f, 0x3C4, 3, (u8)((b & 3) | (b & 4) << 2 | (a & 3) << 2 | (a & 4) << 3));
            vga_draw(&f->vga, &v);
            for (int i = 0; i < 8; i++) {
                assert_int_equal(pixel(&v, i, 0), colour(&mode_text, 7 - i == b ? 7 : 0));
                assert_int_equal(pixel(&v, 9 + i, 0), colour(&mode_text, 7 - i == a ? 15 : 0));
            }
        }
    }
    put_char(f, 2, 0, 0x0120);
    put_char(f, 3, 0, 0x0220);
    out2(f, 0x3D4, 0x14, 0x0D);
    vga_draw(&f->vga, &v);
    expect_dots(&v, 18, 13, "#########.........", colour(&mode_text, 1), colour(&mode_text, 0));
    expect_dots(&v, 18, 12, "..................", colour(&mode_text, 1), colour(&mode_text, 0));
    vga_frame_free(&v);
    fixture_free(f);
}

/* Attribute mode bit 1 changes nothing: the palette of mode 7 makes the monochrome picture. */
static void test_monochrome_bit(void **state)
{
    Fixture *f = machine(&mode_text);
    VgaFrame v = {0};
    hide_cursor(f);
    set_glyph(f, 0, 'M', 3, 0xF0);
    for (int i = 0; i < 256; i++)
        put_char(f, i % 80, i / 80, (u16)(i << 8 | 'M'));
    set_atc(f, 0x10, 0x0C);
    vga_draw(&f->vga, &v);
    size_t bytes = sizeof(u32) * (size_t)(v.width * v.height);
    u32 *colour_bit = malloc(bytes);
    memcpy(colour_bit, v.pixels, bytes);
    set_atc(f, 0x10, 0x0E);
    in(f, 0x3DA);
    out(f, 0x3C0, 0x30);
    assert_int_equal(in(f, 0x3C1), 0x0E);
    vga_draw(&f->vga, &v);
    assert_memory_equal(v.pixels, colour_bit, bytes);
    free(colour_bit);
    vga_frame_free(&v);
    fixture_free(f);
}

static void test_pel_panning(void **state)
{
    Fixture *f = machine(&mode_text);
    VgaFrame v = {0};
    hide_cursor(f);
    set_glyph(f, 0, 'P', 0, 0x80);
    for (int i = 0; i < 81; i++)
        put_char(f, i, 0, 0x0750);
    for (int pan = 0; pan < 9; pan++) { /* 8, 0, 1 .. 7 shift by 0 .. 8 dots */
        set_atc(f, 0x13, pan ? (u8)(pan - 1) : 8);
        vga_draw(&f->vga, &v);
        for (int x = 0; x < 720; x++)
            assert_int_equal(pixel(&v, x, 0), colour(&mode_text, (x + pan) % 9 ? 0 : 7));
    }
    vga_frame_free(&v);
    fixture_free(f);
}

static void test_start_split_and_text(void **state)
{
    Fixture *f = machine(&mode_text);
    VgaText *t = malloc(sizeof *t);
    for (int y = 0; y < 50; y++)
        for (int x = 0; x < 80; x++)
            put_char(f, x, y, (u16)(0x0700 | ((y * 7 + x) & 0xFF)));
    vga_text(&f->vga, t);
    assert_true(t->is_text);
    assert_int_equal(t->columns, 80);
    assert_int_equal(t->rows, 25);
    assert_true(t->cursor_on);
    assert_int_equal(t->cursor_x, 0);
    assert_int_equal(t->cursor_y, 0);
    for (int i = 0; i < 80 * 25; i++)
        assert_int_equal(t->cells[i], 0x0700 | ((i / 80 * 7 + i % 80) & 0xFF));

    out2(f, 0x3D4, 0x0D, 160); /* scroll by two rows: from the next retrace on */
    vga_text(&f->vga, t);
    assert_int_equal(t->cells[0], 0x0700);
    next_frame(f);
    vga_text(&f->vga, t);
    assert_int_equal(t->cells[0], 0x070E);
    assert_false(t->cursor_on);
    assert_int_equal(t->cursor_x, -1);

    out2(f, 0x3D4, 0x11, 0); /* split after 10 rows: row 10 shows address 0 */
    out2(f, 0x3D4, 0x18, 159);
    out2(f, 0x3D4, 0x07, 0x0F);
    out2(f, 0x3D4, 0x09, 0x0F);
    vga_text(&f->vga, t);
    assert_int_equal(t->rows, 25);
    assert_int_equal(t->cells[9 * 80], 0x0700 | (11 * 7));
    assert_int_equal(t->cells[10 * 80], 0x0700);
    assert_int_equal(t->cells[11 * 80], 0x0707);
    assert_int_equal(t->cursor_y, 10);

    set_mode(f, &mode_13h);
    vga_text(&f->vga, t);
    assert_false(t->is_text);
    assert_int_equal(t->columns, 0);
    free(t);
    fixture_free(f);
}

/* ---- graphics ------------------------------------------------------------------------------- */

static void test_mode_13h(void **state)
{
    Fixture *f = machine(&mode_13h);
    VgaFrame v = {0};
    for (u32 i = 0; i < 64000; i++)
        bus_write(&f->bus, 0xA0000 + i, 1, (i * 7 + i / 320) & 0xFF);
    vga_draw(&f->vga, &v);
    expect_size(&v, 320, 200);
    for (int i = 0; i < 64000; i++)
        assert_int_equal(v.pixels[i], test_colour((i * 7 + i / 320) & 0xFF));
    out(f, 0x3C6, 0x0F); /* the mask works on what is shown */
    vga_draw(&f->vga, &v);
    assert_int_equal(pixel(&v, 10, 10), test_colour((3210 * 7 + 10) & 0x0F));
    out(f, 0x3C6, 0xFF);
    for (u8 pan = 0; pan < 4; pan++) {
        set_atc(f, 0x13, pan * 2);
        vga_draw(&f->vga, &v);
        assert_int_equal(pixel(&v, 100, 0), test_colour((100 + pan) * 7 & 0xFF));
    }
    vga_frame_free(&v);
    fixture_free(f);
}

/* Mode X: 320x240 unchained, page flipping by start address, split screen. */
static void test_mode_x(void **state)
{
    Fixture *f = machine(&mode_13h);
    VgaFrame v = {0};
    static const u8 crtc[][2] = {{0x11, 0x0C}, {0x06, 0x0D}, {0x07, 0x3E}, {0x09, 0x41},
                                 {0x10, 0xEA}, {0x11, 0xAC}, {0x12, 0xDF}, {0x14, 0x00},
                                 {0x15, 0xE7}, {0x16, 0x06}, {0x17, 0xE3}};
    out2(f, 0x3C4, 4, 0x06);
    out(f, 0x3C2, 0xE3);
    for (size_t i = 0; i < ARRAY_LEN(crtc); i++)
        out2(f, 0x3D4, crtc[i][0], crtc[i][1]);
    for (u8 p = 0; p < 4; p++) {
        out2(f, 0x3C4, 2, (u8)(1 << p));
        for (u32 a = 0; a < 2 * 19200; a++)
            bus_write(&f->bus, 0xA0000 + a, 1, (a * 5 + p * 3) & 0xFF);
    }
    next_frame(f);
    next_frame(f);
    vga_draw(&f->vga, &v);
    expect_size(&v, 320, 240);
    for (int y = 0; y < 240; y++)
        for (int x = 0; x < 320; x++)
            assert_int_equal(pixel(&v, x, y),
                             test_colour(((y * 80 + x / 4) * 5 + x % 4 * 3) & 0xFF));

    out2(f, 0x3D4, 0x0C, 19200 >> 8); /* the other page, not before the retrace */
    out2(f, 0x3D4, 0x0D, 19200 & 0xFF);
    next_frame(f);
    vga_draw(&f->vga, &v);
    assert_int_equal(pixel(&v, 0, 0), test_colour(19200 * 5 & 0xFF));

    out2(f, 0x3D4, 0x18, 99); /* lines 0-99 first page, then address 0: 50 rows */
    out2(f, 0x3D4, 0x11, 0x2C);
    out2(f, 0x3D4, 0x07, 0x2E);
    out2(f, 0x3D4, 0x09, 0x01);
    next_frame(f);
    next_frame(f);
    vga_draw(&f->vga, &v);
    assert_int_equal(pixel(&v, 0, 49), test_colour((19200 + 49 * 80) * 5 & 0xFF));
    assert_int_equal(pixel(&v, 0, 50), test_colour(0));
    assert_int_equal(pixel(&v, 0, 51), test_colour(80 * 5 & 0xFF));
    vga_frame_free(&v);
    fixture_free(f);
}

static void test_planar(void **state)
{
    static const Mode *modes[] = {&mode_12h, &mode_0dh};
    static const int size[2][2] = {{640, 480}, {320, 200}};
    for (int m = 0; m < 2; m++) {
        Fixture *f = machine(modes[m]);
        VgaFrame v = {0};
        int width = size[m][0], height = size[m][1], stride = width / 8;
        for (u8 p = 0; p < 4; p++) {
            out2(f, 0x3C4, 2, (u8)(1 << p));
            for (int a = 0; a < stride * height + 1; a++)
                bus_write(&f->bus, 0xA0000 + (u32)a, 1, (u32)(a * (2 * p + 3) + p * 91) & 0xFF);
        }
        vga_draw(&f->vga, &v);
        expect_size(&v, width, height);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int a = y * stride + x / 8, index = 0;
                for (int p = 0; p < 4; p++)
                    index |= ((a * (2 * p + 3) + p * 91) >> (7 - x % 8) & 1) << p;
                assert_int_equal(pixel(&v, x, y), colour(modes[m], index));
            }
        }
        u32 sixth = pixel(&v, 5, 0);
        set_atc(f, 0x13, 5);
        vga_draw(&f->vga, &v);
        assert_int_equal(pixel(&v, 0, 0), sixth);
        set_atc(f, 0x13, 0);
        set_atc(f, 0x12, 0x02); /* only plane 1 reaches the palette */
        vga_draw(&f->vga, &v);
        assert_int_equal(pixel(&v, 7, 0), colour(modes[m], (0 * 5 + 91) & 1 ? 2 : 0));
        vga_frame_free(&v);
        fixture_free(f);
    }
}

static void test_colour_select(void **state)
{
    Fixture *f = machine(&mode_12h);
    VgaFrame v = {0};
    bus_write(&f->bus, 0xA0000, 1, 0xFF); /* pixel 15: palette 3Fh */
    set_atc(f, 0x14, 0x08);
    vga_draw(&f->vga, &v);
    assert_int_equal(pixel(&v, 0, 0), test_colour(0xBF));
    set_atc(f, 0x10, 0x81);
    set_atc(f, 0x14, 0x06);
    vga_draw(&f->vga, &v);
    assert_int_equal(pixel(&v, 0, 0), test_colour(0x6F));
    vga_frame_free(&v);
    fixture_free(f);
}

static void test_cga_modes(void **state)
{
    Fixture *f = machine(&mode_4);
    VgaFrame v = {0};
    for (u32 a = 0; a < 0x4000; a++)
        bus_write(&f->bus, 0xB8000 + a, 1, (a * 11 + a / 256) & 0xFF);
    vga_draw(&f->vga, &v);
    expect_size(&v, 320, 200);
    for (int y = 0; y < 200; y++) {
        for (int x = 0; x < 320; x++) {
            int a = (y & 1) * 0x2000 + y / 2 * 80 + x / 4;
            int index = ((a * 11 + a / 256) & 0xFF) >> (6 - x % 4 * 2) & 3;
            assert_int_equal(pixel(&v, x, y), colour(&mode_4, index));
        }
    }
    set_mode(f, &mode_6);
    next_frame(f);
    next_frame(f);
    for (u32 a = 0; a < 0x4000; a++)
        bus_write(&f->bus, 0xB8000 + a, 1, (a * 13 + a / 256) & 0xFF);
    vga_draw(&f->vga, &v);
    expect_size(&v, 640, 200);
    for (int y = 0; y < 200; y++) {
        for (int x = 0; x < 640; x++) {
            int a = (y & 1) * 0x2000 + y / 2 * 80 + x / 8;
            assert_int_equal(pixel(&v, x, y),
                             colour(&mode_6, ((a * 13 + a / 256) & 0xFF) >> (7 - x % 8) & 1));
        }
    }
    vga_frame_free(&v);
    fixture_free(f);
}

static void test_screen_off(void **state)
{
    Fixture *f = machine(&mode_13h);
    VgaFrame v = {0};
    bus_write(&f->bus, 0xA0000, 1, 5);
    set_atc(f, 0x11, 9);
    out2(f, 0x3C4, 1, 0x21);
    vga_draw(&f->vga, &v);
    assert_int_equal(pixel(&v, 0, 0), 0);
    assert_int_equal(v.border, test_colour(9));
    out2(f, 0x3C4, 1, 0x01);
    in(f, 0x3DA);
    out(f, 0x3C0, 0); /* PAS clear: overscan colour everywhere */
    vga_draw(&f->vga, &v);
    assert_int_equal(pixel(&v, 0, 0), test_colour(9));
    out(f, 0x3C0, 0);
    in(f, 0x3DA);
    out(f, 0x3C0, 0x20);
    out2(f, 0x3C4, 0, 1); /* sequencer in reset */
    vga_draw(&f->vga, &v);
    assert_true(v.blank);
    out2(f, 0x3C4, 0, 3);
    vga_draw(&f->vga, &v);
    expect_size(&v, 320, 200);
    assert_int_equal(pixel(&v, 0, 0), test_colour(5));
    vga_frame_free(&v);
    fixture_free(f);
}

/* ---- raster effects ------------------------------------------------------------------------- */

static void to_line(Fixture *f, u32 target, u32 dot)
{
    u32 line, now;
    vga_beam(&f->vga, &line, &now);
    u64 frame = (u64)f->vga.timing.line_dots * f->vga.timing.lines;
    u64 here = (u64)line * f->vga.timing.line_dots + now;
    u64 there = (u64)target * f->vga.timing.line_dots + dot;
    u64 dots = there > here ? there - here : there + frame - here;
    run(f, clock_tick_of(&f->clock, dots, f->vga.timing.hz));
}

static void test_palette_split(void **state)
{
    Fixture *f = fixture_new(25175000);
    VgaFrame v = {0};
    set_mode(f, &mode_13h);
    next_frame(f);
    for (int n = 0; n < 3; n++) {
        to_line(f, 0, 10);
        set_dac(f, 0, 63, 0, 0);
        to_line(f, 98,
                700); /* in the horizontal blank: line 98 is drawn, 99 is the first that changes */
        set_dac(f, 0, 0, 63, 0);
        to_line(f, 300, 5); /* row 150 */
        set_dac(f, 0, 0, 0, 63);
    }
    next_frame(f);
    assert_true(vga_draw(&f->vga, &v));
    for (int y = 0; y < 200; y++)
        assert_int_equal(pixel(&v, 7, y), y < 50 ? 0xFF0000 : y < 150 ? 0x00FF00 : 0x0000FF);
    next_frame(f); /* the effect ends: the last colour fills the screen */
    assert_true(vga_draw(&f->vga, &v));
    assert_int_equal(pixel(&v, 7, 0), 0x0000FF);
    next_frame(f);
    assert_false(vga_draw(&f->vga, &v));
    vga_frame_free(&v);
    fixture_free(f);
}

/* A status bar that does not scroll: pel panning changed in the middle of the frame. */
static void test_panning_within_a_frame(void **state)
{
    Fixture *f = fixture_new(25175000);
    VgaFrame v = {0};
    set_mode(f, &mode_13h);
    for (u32 i = 0; i < 64000; i++)
        bus_write(&f->bus, 0xA0000 + i, 1, i % 320 & 0xFF);
    next_frame(f);
    set_atc(f, 0x13, 4);
    to_line(f, 200, 0);
    set_atc(f, 0x13, 0);
    next_frame(f);
    vga_draw(&f->vga, &v);
    assert_int_equal(pixel(&v, 20, 99), test_colour(22));
    assert_int_equal(pixel(&v, 20, 100), test_colour(20));
    vga_frame_free(&v);
    fixture_free(f);
}

static void test_endless_changes_are_bounded(void **state)
{
    Fixture *f = fixture_new(25175000);
    VgaFrame v = {0};
    set_mode(f, &mode_13h);
    next_frame(f);
    to_line(f, 5, 0);
    for (int i = 0; i < 10000; i++)
        set_dac(f, 0, (u8)(i & 63), 1, 2);
    next_frame(f);
    vga_draw(&f->vga, &v);
    assert_int_equal(pixel(&v, 0, 0), ((9999 & 63) << 2 | (9999 & 63) >> 4) << 16 | 0x0408);
    vga_frame_free(&v);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_glyphs),
        cmocka_unit_test(test_nothing_changed),
        cmocka_unit_test(test_cursor),
        cmocka_unit_test(test_blink_and_bright_background),
        cmocka_unit_test(test_two_fonts_and_underline),
        cmocka_unit_test(test_monochrome_bit),
        cmocka_unit_test(test_pel_panning),
        cmocka_unit_test(test_start_split_and_text),
        cmocka_unit_test(test_mode_13h),
        cmocka_unit_test(test_mode_x),
        cmocka_unit_test(test_planar),
        cmocka_unit_test(test_colour_select),
        cmocka_unit_test(test_cga_modes),
        cmocka_unit_test(test_screen_off),
        cmocka_unit_test(test_palette_split),
        cmocka_unit_test(test_panning_within_a_frame),
        cmocka_unit_test(test_endless_changes_are_bounded),
    };
    return cmocka_run_group_tests_name("vga_draw", tests, NULL, NULL);
}
