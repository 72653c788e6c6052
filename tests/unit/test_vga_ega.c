/* test_vga_ega.c: where the EGA differs from the VGA: what can be read, bits that are not there,
 * switches, colours without a DAC, memory of 64 to 256 KiB, the two graphics chips, frame timing,
 * its cursor, and the light pen's latch, which a CGA has as well. */
#include "tests/unit/vga_fixture.h"

/* Mode 0Eh and text of 350 lines, as in IBM's parameter table. */
static const Mode mode_0eh = {
    0x23,
    {3, 0x01, 0x0F, 0x00, 0x06},
    {0x70, 0x4F, 0x59, 0x2D, 0x5E, 0x06, 0x04, 0x11, 0x00, 0x00, 0,    0,   0,
     0,    0,    0,    0xE0, 0x23, 0xC7, 0x28, 0x00, 0xDF, 0xEF, 0xE3, 0xFF},
    {0, 0, 0, 0, 0, 0x00, 0x05, 0x0F, 0xFF},
    {0, 1, 2, 3, 4, 5, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x01, 0, 0x0F, 0, 0},
};
static const Mode text_350 = {
    0xA7,
    {3, 0x01, 0x03, 0x00, 0x03},
    {0x5B, 0x4F, 0x53, 0x37, 0x51, 0x5B, 0x6C, 0x1F, 0x00, 0x0D, 0x0B, 0x0D, 0,
     0,    0,    0,    0x5E, 0x2B, 0x5D, 0x28, 0x0F, 0x5E, 0x0A, 0xA3, 0xFF},
    {0, 0, 0, 0, 0, 0x10, 0x0E, 0, 0xFF},
    {0,    1,    2,    3,    4,    5,    0x14, 7,    0x38, 0x39, 0x3A,
     0x3B, 0x3C, 0x3D, 0x3E, 0x3F, 0x08, 0,    0x0F, 0,    0},
};

static Fixture *ega(u8 switches, u8 memory)
{
    return fixture_ega(10000000, switches, memory);
}

static void test_write_only(void **state)
{
    static const u16 ports[] = {0x3C0, 0x3C1, 0x3C3, 0x3C4, 0x3C5, 0x3C6, 0x3C7,
                                0x3C8, 0x3C9, 0x3CA, 0x3CC, 0x3CE, 0x3CF, 0x3D4};
    Fixture *f = ega(VGA_SWITCHES_ECD, 4);
    set_mode(f, &text_350);
    for (size_t i = 0; i < ARRAY_LEN(ports); i++)
        assert_int_equal(in(f, ports[i]), 0xFF);
    for (u8 index = 0; index < 0x20; index++) {
        out(f, 0x3D4, index);
        out(f, 0x3D5, 0x25);
        u8 expected = index >= 0x0C && index <= 0x0F   ? 0x25
                      : index == 0x10 || index == 0x11 ? 0
                                                       : 0xFF;
        assert_int_equal(in(f, 0x3D5), expected);
    }
    assert_int_equal(in(f, 0x3B5), 0xFF); /* colour: nothing at 3Bxh */
    fixture_free(f);
}

static void test_missing_bits(void **state)
{
    Fixture *f = ega(VGA_SWITCHES_ECD, 4);
    const VgaRegs *r = &f->vga.s.r;
    out(f, 0x3C2, 0xFF);
    for (u8 i = 0; i < 25; i++)
        out2(f, 0x3D4, i, 0xFF);
    for (u8 i = 0; i < 5; i++)
        out2(f, 0x3C4, i, 0xFF);
    for (u8 i = 0; i < 9; i++)
        out2(f, 0x3CE, i, 0xFF);
    for (u8 i = 0; i < 21; i++)
        set_atc(f, i, 0xFF);
    assert_int_equal(r->crtc[7], 0x3F);  /* no bits 9 */
    assert_int_equal(r->crtc[9], 0x1F);  /* no double scan */
    assert_int_equal(r->crtc[10], 0x1F); /* no bit that hides the cursor */
    assert_int_equal(r->crtc[17], 0x3F); /* no lock ... */
    out2(f, 0x3D4, 0, 0x12);
    assert_int_equal(r->crtc[0], 0x12);  /* ... so this went through */
    assert_int_equal(r->crtc[20], 0x1F); /* no doublewords */
    assert_int_equal(r->seq[1], 0x0F);   /* no screen off */
    assert_int_equal(r->seq[4], 0x07);   /* no chain 4 */
    assert_int_equal(r->gc[5], 0x3F);    /* no 256 colours */
    assert_int_equal(r->atc[0x10], 0x0F);
    assert_int_equal(r->atc[0x11], 0x3F);
    assert_int_equal(r->atc[0x14], 0);
    fixture_free(f);
}

static void test_attribute_port_twice(void **state)
{
    Fixture *f = ega(VGA_SWITCHES_ECD, 4);
    out(f, 0x3C2, 0x23);
    in(f, 0x3DA);
    out(f, 0x3C1, 5);
    out(f, 0x3C1, 0x2A);
    assert_int_equal(f->vga.s.r.atc[5], 0x2A);
    bus_out(&f->bus, 0x3C0, 2, 0x1506); /* a word is both, one after the other */
    assert_int_equal(f->vga.s.r.atc[6], 0x15);
    fixture_free(f);
}

static void test_switches(void **state)
{
    for (u8 switches = 0; switches < 16; switches++) {
        Fixture *f = ega(switches, 4);
        u8 seen = 0;
        for (u8 clock = 0; clock < 4; clock++) {
            out(f, 0x3C2, (u8)(clock << 2 | 1));
            seen = (u8)(seen << 1 | (in(f, 0x3C2) >> 4 & 1));
        }
        assert_int_equal(seen, switches);
        fixture_free(f);
    }
}

/* ---- pictures ------------------------------------------------------------------------------- */

/* The colour that palette value `value` has on the monitor. */
static u32 colour_of(Fixture *f, u8 value)
{
    VgaFrame v = {0};
    set_atc(f, 0, value);
    for (int i = 0; i < 3; i++)
        next_frame(f);
    vga_draw(&f->vga, &v);
    u32 c = v.pixels[0];
    vga_frame_free(&v);
    return c;
}

static void test_monitors(void **state)
{
    static const struct {
        u8 switches, value;
        bool lines350;
        u32 colour;
    } cases[] = {
        {VGA_SWITCHES_ECD, 0x14, true, 0xAA5500},  {VGA_SWITCHES_ECD, 0x06, true, 0xAAAA00},
        {VGA_SWITCHES_ECD, 0x38, true, 0x555555},  {VGA_SWITCHES_ECD, 0x3F, true, 0xFFFFFF},
        {VGA_SWITCHES_ECD, 0x21, true, 0x5500AA},  {VGA_SWITCHES_ECD, 0x0A, true, 0x00AA55},
        {VGA_SWITCHES_ECD, 0x06, false, 0xAA5500}, {VGA_SWITCHES_ECD, 0x10, false, 0x555555},
        {VGA_SWITCHES_ECD, 0x29, false, 0x0000AA}, {VGA_SWITCHES_CD, 0x16, false, 0xFFFF55},
        {VGA_SWITCHES_CD, 0x3E, true, 0xFFFF55},   {VGA_SWITCHES_MONO, 0x08, true, 0xAAAAAA},
        {VGA_SWITCHES_MONO, 0x18, true, 0xFFFFFF}, {VGA_SWITCHES_MONO, 0x37, true, 0x000000},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Fixture *f = ega(cases[i].switches, 4);
        set_mode(f, &mode_0eh);
        out(f, 0x3C2, cases[i].lines350 ? 0xA3 : 0x23);
        assert_int_equal(colour_of(f, cases[i].value), cases[i].colour);
        fixture_free(f);
    }
}

static void test_outputs_off(void **state)
{
    Fixture *f = ega(VGA_SWITCHES_ECD, 4);
    VgaFrame v = {0};
    set_mode(f, &mode_0eh);
    vga_draw(&f->vga, &v);
    assert_false(v.blank);
    assert_int_equal(v.width, 640);
    assert_int_equal(v.height, 200);
    out(f, 0x3C2, 0x33);
    vga_draw(&f->vga, &v);
    assert_true(v.blank);
    vga_frame_free(&v);
    fixture_free(f);
}

/* Dots of a line, lines and clock: 262 lines of 912 dots at 14.318 MHz, 366 of 744 at 16.257. */
static void test_timing(void **state)
{
    Fixture *f = ega(VGA_SWITCHES_ECD, 4);
    set_mode(f, &mode_0eh);
    const VgaTiming *t = &f->vga.timing;
    assert_int_equal(t->hz, 14318180);
    assert_int_equal(t->line_dots, 912);
    assert_int_equal(t->lines, 262);
    assert_int_equal(t->show_lines, 200);
    set_mode(f, &text_350);
    assert_int_equal(t->hz, 16257000);
    assert_int_equal(t->line_dots, 744);
    assert_int_equal(t->lines, 366);
    assert_int_equal(t->show_lines, 350);
    fixture_free(f);
}

/* Lines of the cursor as bits, out of the picture of a blank screen. */
static u32 cursor_lines(Fixture *f, u8 start, u8 end)
{
    VgaFrame v = {0};
    u32 lines = 0;
    out2(f, 0x3D4, 10, start);
    out2(f, 0x3D4, 11, end);
    while (f->vga.s.frames % 16 != 0)
        next_frame(f);
    vga_draw(&f->vga, &v);
    for (int y = 0; y < 14; y++)
        if (v.pixels[y * v.width])
            lines |= 1u << y;
    vga_frame_free(&v);
    next_frame(f);
    return lines;
}

static void test_cursor(void **state)
{
    Fixture *f = ega(VGA_SWITCHES_ECD, 4);
    set_mode(f, &text_350);
    for (u32 a = 0; a < 0x8000; a += 2)
        bus_write(&f->bus, 0xB8000 + a, 2, 0x0720);
    assert_int_equal(cursor_lines(f, 11, 13), 0x1800);     /* without the last line */
    assert_int_equal(cursor_lines(f, 11, 0), 0x3800);      /* to the bottom */
    assert_int_equal(cursor_lines(f, 11, 4), 0x380F);      /* in two parts */
    assert_int_equal(cursor_lines(f, 5, 5), 0x0020);       /* one line */
    assert_int_equal(cursor_lines(f, 5, 21), 0x0020);      /* likewise: 21 is 5 in four bits */
    assert_int_equal(cursor_lines(f, 5, 20), 0x3FFF);      /* never ends */
    assert_int_equal(cursor_lines(f, 30, 0), 0);           /* never begins */
    assert_int_equal(cursor_lines(f, 0x20 | 5, 7), 0x060); /* bit 5 does not hide it */
    fixture_free(f);
}

/* ---- memory --------------------------------------------------------------------------------- */

static void test_memory_size(void **state)
{
    for (u8 memory = 1; memory <= 4; memory = (u8)(memory * 2)) {
        Fixture *f = ega(VGA_SWITCHES_ECD, memory);
        set_mode(f, &mode_0eh);
        bus_write(&f->bus, 0xA0000, 1, 0x11);
        bus_write(&f->bus, 0xA0000 + memory * 0x4000u - 1, 1, 0x22);
        assert_int_equal(bus_read(&f->bus, 0xA0000, 1), 0x11);
        if (memory < 4)
            bus_write(&f->bus, 0xA0000 + memory * 0x4000u, 1, 0x33);
        assert_int_equal(bus_read(&f->bus, 0xA0000, 1), memory < 4 ? 0x33 : 0x11);
        out2(f, 0x3C4, 4, 4); /* as a card with 64 KiB, whatever it has */
        bus_write(&f->bus, 0xA4000, 1, 0x44);
        assert_int_equal(bus_read(&f->bus, 0xA0000, 1), 0x44);
        fixture_free(f);
    }
}

/* 64 KiB in two pairs of planes: 32 KiB in a row for the processor, bit 14 in place of bit 0. */
static void test_chained_pairs(void **state)
{
    Fixture *f = ega(VGA_SWITCHES_ECD, 1);
    set_mode(f, &mode_0eh);
    out2(f, 0x3C4, 4, 0);
    out2(f, 0x3CE, 5, 0x10);
    out2(f, 0x3CE, 6, 0x07);
    for (u32 a = 0; a < 0x8000; a++)
        bus_write(&f->bus, 0xA0000 + a, 1, a * 7 + (a >> 8));
    for (u32 a = 0; a < 0x8000; a++)
        assert_int_equal(bus_read(&f->bus, 0xA0000 + a, 1), (a * 7 + (a >> 8)) & 0xFF);
    u8 value = (0x4003 * 7 + 0x40) & 0xFF; /* an odd address: plane 1 and, with all planes on, 3 */
    assert_int_equal(vga_cell(&f->vga, 3) >> 8 & 0xFF, value);
    fixture_free(f);
}

static void test_no_write_mode_3(void **state)
{
    Fixture *f = ega(VGA_SWITCHES_ECD, 4);
    set_mode(f, &mode_0eh);
    bus_write(&f->bus, 0xA0000, 1, 0x5A);
    out2(f, 0x3CE, 5, 3);
    bus_write(&f->bus, 0xA0000, 1, 0xFF);
    out2(f, 0x3CE, 5, 0);
    assert_int_equal(bus_read(&f->bus, 0xA0000, 1), 0x5A);
    fixture_free(f);
}

/* Each graphics chip takes the pair of data bits that its position register names. */
static void test_positions(void **state)
{
    Fixture *f = ega(VGA_SWITCHES_ECD, 4);
    set_mode(f, &mode_0eh);
    for (u8 chip1 = 0; chip1 < 4; chip1++) {
        for (u8 chip2 = 0; chip2 < 4; chip2++) {
            out(f, 0x3CC, chip1);
            out(f, 0x3CA, chip2);
            out2(f, 0x3CE, 1, 0xFF); /* set/reset in all planes */
            for (u8 colour = 0x1B; colour; colour = (u8)(colour << 1)) {
                u32 planes = (colour >> 2 * chip1 & 3) | (colour >> 2 * chip2 & 3) << 2;
                u32 cell = 0;
                for (int p = 0; p < 4; p++)
                    cell |= planes >> p & 1 ? 0xFFu << 8 * p : 0;
                out2(f, 0x3CE, 0, colour);
                bus_write(&f->bus, 0xA0000, 1, 0);
                assert_int_equal(vga_cell(&f->vga, 0), cell);
                out2(f, 0x3CE, 5, 2); /* write mode 2: the byte is the colour */
                bus_write(&f->bus, 0xA0001, 1, colour);
                assert_int_equal(vga_cell(&f->vga, 1), cell);
                out2(f, 0x3CE, 5, 0);
            }
            out2(f, 0x3CE, 1, 0);
            for (u8 plane = 0; plane < 4; plane++) {
                out2(f, 0x3C4, 2, (u8)(1 << plane));
                bus_write(&f->bus, 0xA0002, 1, 0x10u + plane);
            }
            out2(f, 0x3C4, 2, 0x0F);
            for (u8 select = 0; select < 8; select++) {
                out2(f, 0x3CE, 4, select);
                u32 expected = select >> 1 == chip1   ? 0x10u + (select & 1)
                               : select >> 1 == chip2 ? 0x12u + (select & 1)
                                                      : 0xFF; /* nobody answers */
                assert_int_equal(bus_read(&f->bus, 0xA0002, 1), expected);
            }
        }
    }
    vga_reset(&f->vga);
    assert_int_equal(f->vga.s.ega.position[0], 0);
    assert_int_equal(f->vga.s.ega.position[1], 1);
    fixture_free(f);
}

/* ---- light pen ------------------------------------------------------------------------------ */

static u32 pen_address(Fixture *f)
{
    out(f, 0x3D4, 0x10);
    u32 high = in(f, 0x3D5);
    out(f, 0x3D4, 0x11);
    return high << 8 | in(f, 0x3D5);
}

/* Sets the latch at some point of the picture; the address must be that of the character there. */
static void try_pen(Fixture *f, u32 columns, u32 rows_height, u32 char_dots, u32 start)
{
    u32 line, dot;
    do { /* to some place in the picture */
        run(f, 12347);
        vga_beam(&f->vga, &line, &dot);
    } while (line >= 200 || dot >= columns * char_dots);
    out(f, 0x3DC, 0);
    assert_int_equal(in(f, 0x3DA) & 6, 6); /* set; the switch is open */
    u32 expected = start + line / rows_height * columns + dot / char_dots;
    assert_int_equal(pen_address(f), expected);
    run(f, 4321);
    out(f, 0x3DC, 0xFF); /* it is set: nothing new */
    assert_int_equal(pen_address(f), expected);
    out(f, 0x3DB, 0);
    assert_int_equal(in(f, 0x3DA) & 6, 4);
    assert_int_equal(pen_address(f), expected);
}

static void test_pen(void **state)
{
    Fixture *f = ega(VGA_SWITCHES_ECD, 4);
    set_mode(f, &text_350);
    out2(f, 0x3D4, 0x0C, 0x12);
    out2(f, 0x3D4, 0x0D, 0x34);
    next_frame(f);
    assert_int_equal(in(f, 0x3DA) & 6, 4);
    for (int i = 0; i < 100; i++)
        try_pen(f, 80, 14, 8, 0x1234);
    set_mode(f, &mode_0eh);
    next_frame(f);
    for (int i = 0; i < 100; i++)
        try_pen(f, 80, 1, 8, 0);
    out(f, 0x3DC, 0);
    out(f, 0x3C2, 0x22); /* at the monochrome addresses */
    in(f, 0x3DB);
    out(f, 0x3DB, 0);
    assert_int_equal(in(f, 0x3BA) & 6, 6);
    out(f, 0x3BB, 0);
    assert_int_equal(in(f, 0x3BA) & 6, 4);
    fixture_free(f);
}

/* A CGA's takes any access, and its 6845 has addresses of 14 bits. */
static void test_pen_of_cga(void **state)
{
    static const u8 text[] = {0x71, 0x50, 0x5A, 0x0A, 0x1F, 0x06, 0x19, 0x1C,
                              0x02, 0x07, 0x06, 0x07, 0,    0x28, 0,    0};
    static const u8 graphics[] = {0x38, 0x28, 0x2D, 0x0A, 0x7F, 0x06, 0x64, 0x70,
                                  0x02, 0x01, 0x06, 0x07, 0,    0,    0,    0};
    Fixture *f = fixture_card(10000000, VGA_CARD_CGA);
    for (u8 i = 0; i < 16; i++)
        out2(f, 0x3D4, i, text[i]);
    out(f, 0x3D8, 0x29);
    next_frame(f);
    for (int i = 0; i < 100; i++)
        try_pen(f, 80, 8, 8, 0x28);
    for (u8 i = 0; i < 16; i++)
        out2(f, 0x3D4, i, graphics[i]);
    out(f, 0x3D8, 0x1E); /* 640x200: a character of the 6845 is 16 dots wide, two lines high */
    next_frame(f);
    for (int i = 0; i < 100; i++)
        try_pen(f, 40, 2, 16, 0);
    in(f, 0x3DC);
    assert_int_equal(in(f, 0x3DA) & 6, 6);
    assert_int_equal(bus_peek_port(&f->bus, 0x3DB, 1), 0xFF); /* looking does not touch it */
    assert_int_equal(in(f, 0x3DA) & 6, 6);
    in(f, 0x3DB);
    assert_int_equal(in(f, 0x3DA) & 6, 4);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write_only),
        cmocka_unit_test(test_missing_bits),
        cmocka_unit_test(test_attribute_port_twice),
        cmocka_unit_test(test_switches),
        cmocka_unit_test(test_monitors),
        cmocka_unit_test(test_outputs_off),
        cmocka_unit_test(test_timing),
        cmocka_unit_test(test_cursor),
        cmocka_unit_test(test_memory_size),
        cmocka_unit_test(test_chained_pairs),
        cmocka_unit_test(test_no_write_mode_3),
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_pen),
        cmocka_unit_test(test_pen_of_cga),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
