/* test_vga.c: ports, timing, interrupt, reset, state, and a fuzz of everything. */
#include "tests/unit/vga_fixture.h"

/* 80x25 text; a tick is a dot */
enum { DOTS_PER_SECOND = 28322000, LINE = 900, FRAME = 900 * 449 };

static Fixture *text_machine(void)
{
    Fixture *f = fixture_new(DOTS_PER_SECOND);
    set_mode(f, &mode_text);
    return f;
}

/* ---- registers ------------------------------------------------------------------------------ */

static void test_index_and_data(void **state)
{
    Fixture *f = text_machine();
    for (u8 i = 0; i < 25; i++) {
        out(f, 0x3D4, i);
        assert_int_equal(in(f, 0x3D4), i);
        assert_int_equal(in(f, 0x3D5), mode_text.crtc[i]);
    }
    for (u8 i = 0; i < 5; i++) {
        out(f, 0x3C4, i);
        assert_int_equal(in(f, 0x3C5), mode_text.seq[i]);
    }
    for (u8 i = 0; i < 9; i++) {
        out(f, 0x3CE, i);
        assert_int_equal(in(f, 0x3CF), mode_text.gc[i]);
    }
    for (u8 i = 0; i < 21; i++) {
        in(f, 0x3DA);
        out(f, 0x3C0, i | 0x20);
        assert_int_equal(in(f, 0x3C0), i | 0x20);
        assert_int_equal(in(f, 0x3C1), mode_text.atc[i]);
    }
    assert_int_equal(in(f, 0x3CC), 0x67);
    fixture_free(f);
}

static void test_missing_bits_read_zero(void **state)
{
    Fixture *f = text_machine();
    static const u8 seq[5] = {0x03, 0x3D, 0x0F, 0x3F, 0x0E};
    static const u8 gc[9] = {0x0F, 0x0F, 0x0F, 0x1F, 0x03, 0x7B, 0x0F, 0x0F, 0xFF};
    for (u8 i = 0; i < 5; i++) {
        out2(f, 0x3C4, i, 0xFF);
        assert_int_equal(in(f, 0x3C5), seq[i]);
    }
    for (u8 i = 0; i < 9; i++) {
        out2(f, 0x3CE, i, 0xFF);
        assert_int_equal(in(f, 0x3CF), gc[i]);
    }
    out(f, 0x3C4, 0xFF);
    assert_int_equal(in(f, 0x3C4), 7);
    assert_int_equal(in(f, 0x3C5), 0);
    fixture_free(f);
}

static void test_crtc_protection(void **state)
{
    Fixture *f = text_machine(); /* 11h = 8Eh: protected */
    for (u8 i = 0; i < 7; i++) {
        out2(f, 0x3D4, i, 0x55);
        assert_int_equal(in(f, 0x3D5), mode_text.crtc[i]);
    }
    out2(f, 0x3D4, 7, 0xEF);
    assert_int_equal(in(f, 0x3D5), 0x0F); /* only bit 4 moved */
    out2(f, 0x3D4, 0x13, 0x55);
    assert_int_equal(in(f, 0x3D5), 0x55);
    out2(f, 0x3D4, 0x11, 0x0E);
    out2(f, 0x3D4, 7, 0xEF);
    assert_int_equal(in(f, 0x3D5), 0xEF);
    fixture_free(f);
}

static void test_flip_flop_and_pas(void **state)
{
    Fixture *f = text_machine();
    in(f, 0x3DA);
    out(f, 0x3D4, 0x24);
    assert_int_equal(in(f, 0x3D5), 0);
    out(f, 0x3C0, 0x31); /* overscan, PAS set */
    assert_int_equal(in(f, 0x3D5), 0x80);
    out(f, 0x3C0, 0x2A);
    assert_int_equal(in(f, 0x3C1), 0x2A);
    out(f, 0x3C0, 0x22); /* palette 2 with PAS set: locked */
    out(f, 0x3C0, 0x15);
    assert_int_equal(in(f, 0x3C1), 2);
    out(f, 0x3C0, 0x02); /* and with PAS clear: open */
    out(f, 0x3C0, 0x15);
    assert_int_equal(in(f, 0x3C1), 0x15);
    out(f, 0x3C0, 0x05); /* an index is pending data; the status read drops it */
    in(f, 0x3DA);
    out(f, 0x3C0, 0x03);
    assert_int_equal(in(f, 0x3C1), 3);
    fixture_free(f);
}

static void test_colour_and_mono_addresses(void **state)
{
    Fixture *f = text_machine();
    out2(f, 0x3D4, 0x0E, 0x12);
    assert_int_equal(in(f, 0x3B5), 0xFF);
    assert_int_equal(in(f, 0x3BA), 0xFF);
    out2(f, 0x3B4, 0x0E, 0x34);
    assert_int_equal(in(f, 0x3D5), 0x12);
    out(f, 0x3C2, 0x66);
    assert_int_equal(in(f, 0x3D5), 0xFF);
    assert_int_equal(in(f, 0x3B5), 0x12);
    out2(f, 0x3B4, 0x0E, 0x34);
    assert_int_equal(in(f, 0x3B5), 0x34);
    fixture_free(f);
}

static void test_feature_control(void **state)
{
    Fixture *f = text_machine();
    out(f, 0x3DA, 0x02);
    assert_int_equal(in(f, 0x3CA), 0x02);
    fixture_free(f);
}

static void test_enable(void **state)
{
    Fixture *f = text_machine();
    bus_write(&f->bus, 0xB8000, 2, 0x0741);
    assert_int_equal(in(f, 0x3C3), 1);
    out(f, 0x3C3, 0);
    assert_int_equal(in(f, 0x3CC), 0xFF);
    assert_int_equal(in(f, 0x3C3), 0);
    assert_int_equal(bus_read(&f->bus, 0xB8000, 2), 0xFFFF);
    out(f, 0x3C3, 1);
    assert_int_equal(in(f, 0x3CC), 0x67);
    assert_int_equal(bus_read(&f->bus, 0xB8000, 2), 0x0741);
    out(f, 0x46E8, 0);
    assert_int_equal(in(f, 0x3CC), 0xFF);
    out(f, 0x46E8, 8);
    assert_int_equal(in(f, 0x3CC), 0x67);
    out(f, 0x3C2, 0x65); /* RAM enable off */
    assert_int_equal(bus_read(&f->bus, 0xB8000, 2), 0xFFFF);
    fixture_free(f);
}

static void test_dac(void **state)
{
    Fixture *f = text_machine();
    set_dac(f, 254, 1, 2, 3);
    assert_int_equal(in(f, 0x3C8), 255);
    out(f, 0x3C9, 0xFF); /* and on: 6 bits stay */
    out(f, 0x3C9, 0x41);
    out(f, 0x3C9, 6);
    assert_int_equal(in(f, 0x3C8), 0); /* wraps */
    assert_int_equal(in(f, 0x3C7), 0);
    out(f, 0x3C7, 254);
    assert_int_equal(in(f, 0x3C7), 3);
    static const u8 expect[6] = {1, 2, 3, 0x3F, 1, 6};
    for (int i = 0; i < 6; i++)
        assert_int_equal(in(f, 0x3C9), expect[i]);
    /* an index write in the middle drops the half-written colour */
    out(f, 0x3C8, 7);
    out(f, 0x3C9, 60);
    out(f, 0x3C8, 7);
    out(f, 0x3C7, 7);
    assert_int_equal(in(f, 0x3C9), test_level(7, 0));
    out(f, 0x3C6, 0x5A);
    assert_int_equal(in(f, 0x3C6), 0x5A);
    fixture_free(f);
}

static void test_switch_sense(void **state)
{
    Fixture *f = text_machine();
    set_dac(f, 0, 0, 0, 0);
    assert_int_equal(in(f, 0x3C2) & 0x10, 0x10);
    set_dac(f, 0, 0x3F, 0x3F, 0x3F);
    assert_int_equal(in(f, 0x3C2) & 0x10, 0);
    fixture_free(f);
}

static void test_peek_changes_nothing(void **state)
{
    Fixture *f = text_machine();
    out(f, 0x3C0, 5);
    out(f, 0x3C7, 3);
    u64 before = snap_hash(&f->snap);
    for (u32 port = 0x3B0; port < 0x3E0; port++)
        bus_peek_port(&f->bus, (u16)port, 1);
    for (u32 a = 0xA0000; a < 0xC0000; a += 977)
        bus_peek(&f->bus, a, 1);
    assert_true(snap_hash(&f->snap) == before);
    assert_int_equal(bus_peek_port(&f->bus, 0x3C9, 1), test_level(3, 0));
    fixture_free(f);
}

/* ---- timing --------------------------------------------------------------------------------- */

/* To tick 0 of a frame: the beam at the top left. */
static u64 frame_top(Fixture *f)
{
    next_frame(f);
    u32 line, dot;
    vga_beam(&f->vga, &line, &dot);
    run(f, (u64)FRAME - line * LINE - dot);
    vga_beam(&f->vga, &line, &dot);
    assert_int_equal(line, 0);
    assert_int_equal(dot, 0);
    return f->clock.now;
}

static void test_status_by_dot(void **state)
{
    Fixture *f = text_machine();
    u64 top = frame_top(f);
    static const struct {
        u32 line, dot;
        u8 status;
    } at[] = {
        {0, 0, 0},     {0, 719, 0},   {0, 720, 1},   {0, 899, 1},   {1, 0, 0},
        {399, 719, 0}, {399, 720, 1}, {400, 0, 1},   {411, 899, 1}, {412, 0, 9},
        {413, 899, 9}, {414, 0, 1},   {448, 899, 1}, {449, 0, 0},   {449 + 412, 3, 9},
    };
    for (size_t i = 0; i < ARRAY_LEN(at); i++) {
        run_to(f, top + at[i].line * LINE + at[i].dot);
        assert_int_equal(in(f, 0x3DA) & 9, at[i].status);
    }
    fixture_free(f);
}

static void test_frame_rate(void **state)
{
    /* the 70 Hz of text: frames fall where the crystal says, on average exactly, at any ips */
    static const u64 speeds[] = {330000, 1000000, 28322000, 100000000};
    for (size_t i = 0; i < ARRAY_LEN(speeds); i++) {
        Fixture *f = fixture_new(speeds[i]);
        set_mode(f, &mode_text);
        next_frame(f);
        u64 start = f->clock.now;
        int frames = f->frames;
        for (int n = 0; n < 700; n++)
            next_frame(f);
        u64 exact = (u64)700 * FRAME * speeds[i] / DOTS_PER_SECOND;
        u64 took = f->clock.now - start;
        assert_in_range(took, exact - 1, exact + 1);
        assert_int_equal(f->frames - frames, 700);
        fixture_free(f);
    }
}

static void test_60_hz(void **state)
{
    Fixture *f = fixture_new(25175000);
    set_mode(f, &mode_12h);
    next_frame(f);
    u64 start = f->clock.now;
    next_frame(f);
    assert_int_equal(f->clock.now - start, 800 * 525);
    set_mode(f, &mode_0dh); /* dots of half the speed, half as many */
    next_frame(f);
    start = f->clock.now;
    next_frame(f);
    assert_int_equal(f->clock.now - start, 800 * 449);
    fixture_free(f);
}

static void test_beam_stays_on_its_line(void **state)
{
    Fixture *f = text_machine();
    frame_top(f);
    run(f, 100 * LINE + 50);
    out2(f, 0x3D4, 0x11, 0);
    out2(f, 0x3D4, 0x06, 0xBE); /* one line less */
    u32 line, dot;
    vga_beam(&f->vga, &line, &dot);
    assert_int_equal(line, 100);
    assert_int_equal(dot, 50);
    fixture_free(f);
}

static void test_absurd_timing(void **state)
{
    Fixture *f = text_machine();
    out2(f, 0x3D4, 0x11, 0);
    for (u8 i = 0; i < 0x19; i++)
        out2(f, 0x3D4, i, 0);
    int before = f->frames;
    run(f, DOTS_PER_SECOND); /* one second: the frontend is still called at a sane rate */
    assert_in_range(f->frames - before, 50, 80);
    VgaFrame frame = {0};
    assert_true(vga_draw(&f->vga, &frame));
    assert_true(frame.blank);
    assert_int_equal(frame.pixels[0], 0);
    vga_frame_free(&frame);
    fixture_free(f);
}

static void test_interrupt(void **state)
{
    Fixture *f = text_machine();
    next_frame(f);
    assert_int_equal(f->irq_rises, 0);
    out2(f, 0x3D4, 0x11, 0x8E & ~0x30);
    out2(f, 0x3D4, 0x11, (0x8E & ~0x30) | 0x10);
    assert_false(f->irq);
    next_frame(f);
    assert_true(f->irq);
    assert_int_equal(in(f, 0x3C2) & 0x80, 0x80);
    out2(f, 0x3D4, 0x11, 0x8E & ~0x30); /* bit 4 clear acknowledges */
    assert_false(f->irq);
    assert_int_equal(in(f, 0x3C2) & 0x80, 0);
    next_frame(f);
    assert_false(f->irq);
    out2(f, 0x3D4, 0x11, 0x8E | 0x30); /* bit 5 disables */
    next_frame(f);
    assert_false(f->irq);
    assert_int_equal(f->irq_rises, 1);
    fixture_free(f);
}

/* ---- whole device --------------------------------------------------------------------------- */

static void test_reset(void **state)
{
    Fixture *f = text_machine();
    bus_write(&f->bus, 0xB8000, 2, 0x1234);
    vga_reset(&f->vga);
    assert_int_equal(in(f, 0x3CC), 0);
    assert_int_equal(bus_read(&f->bus, 0xB8000, 2), 0xFFFF);
    set_mode(f, &mode_text);
    assert_int_equal(bus_read(&f->bus, 0xB8000, 2), 0x1234); /* memory outlives a reset */
    fixture_free(f);
}

static void poke_anything(Fixture *f, u32 *seed)
{
    static const u16 ports[] = {0x3B4, 0x3B5, 0x3BA, 0x3C0, 0x3C0, 0x3C1, 0x3C2,  0x3C3, 0x3C4,
                                0x3C5, 0x3C5, 0x3C6, 0x3C7, 0x3C8, 0x3C9, 0x3CA,  0x3CC, 0x3CE,
                                0x3CF, 0x3CF, 0x3D4, 0x3D5, 0x3D5, 0x3DA, 0x46E8, 0x3CD, 0x3CB};
    u32 r = next_random(seed), value = next_random(seed);
    int size = 1 << (r >> 28 & 1);
    u16 port = ports[(r >> 8) % ARRAY_LEN(ports)];
    u32 addr = 0x9FFF0 + (r >> 4) % 0x20020;
    switch (r & 15) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
        bus_out(&f->bus, port, size, value);
        break;
    case 6:
    case 7:
        bus_in(&f->bus, port, size);
        break;
    case 8:
    case 9:
    case 10:
        bus_write(&f->bus, addr, 1 << (value >> 29) % 3, value);
        break;
    case 11:
    case 12:
        bus_read(&f->bus, addr, 1 << (value >> 29) % 3);
        break;
    case 13:
        out(f, 0x3C3, 1); /* off would last for ever */
        out(f, 0x46E8, 8);
        out2(f, 0x3C4, 0, 3);
        break;
    default:
        run(f, value >> 15);
        break;
    }
}

static void test_fuzz(void **state)
{
    u32 seed = 0x12345678;
    Fixture *f = fixture_new(1000000);
    VgaFrame frame = {0};
    VgaText *text = malloc(sizeof *text);
    static const Mode *modes[] = {&mode_text, &mode_13h, &mode_12h, &mode_4, &mode_6, &mode_0dh};
    for (int i = 0; i < 200000; i++) {
        if (i % 500 == 0)
            set_mode(f, modes[next_random(&seed) % ARRAY_LEN(modes)]);
        poke_anything(f, &seed);
        if (i % 193 == 0) {
            vga_draw(&f->vga, &frame);
            vga_text(&f->vga, text);
            assert_in_range(frame.width, 1, VGA_MAX_WIDTH);
            assert_in_range(frame.height, 1, VGA_MAX_HEIGHT * 2);
            assert_in_range(text->columns, 0, VGA_TEXT_COLS);
            assert_in_range(text->rows, 0, VGA_TEXT_ROWS);
        }
    }
    vga_frame_free(&frame);
    free(text);
    fixture_free(f);
}

/* Looking at the screen, and throwing away everything derived, must not be felt by the guest. */
static void test_drawing_changes_nothing(void **state)
{
    u32 seed_a = 99, seed_b = 99;
    Fixture *a = fixture_new(1000000), *b = fixture_new(1000000);
    VgaFrame frame = {0};
    for (int i = 0; i < 40000; i++) {
        if (i % 400 == 0) {
            const Mode *m = i / 400 & 1 ? &mode_13h : &mode_text;
            set_mode(a, m);
            set_mode(b, m);
        }
        poke_anything(a, &seed_a);
        poke_anything(b, &seed_b);
        if (i % 37 == 0)
            vga_draw(&b->vga, &frame);
        if (i % 1001 == 0)
            vga_post_load(&b->vga);
        if (i % 2000 == 0)
            assert_true(snap_hash(&a->snap) == snap_hash(&b->snap));
    }
    assert_true(snap_hash(&a->snap) == snap_hash(&b->snap));
    vga_frame_free(&frame);
    fixture_free(a);
    fixture_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_index_and_data),
        cmocka_unit_test(test_missing_bits_read_zero),
        cmocka_unit_test(test_crtc_protection),
        cmocka_unit_test(test_flip_flop_and_pas),
        cmocka_unit_test(test_colour_and_mono_addresses),
        cmocka_unit_test(test_feature_control),
        cmocka_unit_test(test_enable),
        cmocka_unit_test(test_dac),
        cmocka_unit_test(test_switch_sense),
        cmocka_unit_test(test_peek_changes_nothing),
        cmocka_unit_test(test_status_by_dot),
        cmocka_unit_test(test_frame_rate),
        cmocka_unit_test(test_60_hz),
        cmocka_unit_test(test_beam_stays_on_its_line),
        cmocka_unit_test(test_absurd_timing),
        cmocka_unit_test(test_interrupt),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_fuzz),
        cmocka_unit_test(test_drawing_changes_nothing),
    };
    return cmocka_run_group_tests_name("vga", tests, NULL, NULL);
}
