/* test_vga_fuzz.c: any register with any value in any order, memory accesses anywhere, states that
 * come back, and pictures in between. Nothing may crash or reach outside video memory (the
 * sanitizer build sees that), no picture may be larger than promised, and whatever the registers
 * say, frames must come. */
#include "tests/unit/vga_fixture.h"

enum { STEPS = 60000 };

static const u16 ports[] = {0x3C0, 0x3C1, 0x3C2, 0x3C3, 0x3C4, 0x3C5, 0x3C6,
                            0x3C7, 0x3C8, 0x3C9, 0x3CA, 0x3CC, 0x3CE, 0x3CF,
                            0x3B4, 0x3B5, 0x3BA, 0x3D4, 0x3D5, 0x3DA, 0x46E8,
                            0x3BB, 0x3DB, 0x3DC};

/* Mostly one register of a pair, so that values get where they belong. */
static void random_port(Fixture *f, u32 *seed)
{
    static const u16 pairs[] = {0x3C4, 0x3CE, 0x3D4, 0x3B4};
    static const u8 counts[] = {5, 9, 25, 25};
    u32 r = next_random(seed);
    if (r % 8 < 4) {
        u32 which = next_random(seed) % 4;
        out2(f, pairs[which], (u8)(next_random(seed) % counts[which]), (u8)next_random(seed));
    } else if (r % 8 < 5) {
        set_atc(f, next_random(seed) % 21, (u8)next_random(seed));
    } else if (r % 8 < 7) {
        bus_out(&f->bus, ports[next_random(seed) % ARRAY_LEN(ports)], r & 0x100 ? 2 : 1,
                next_random(seed) & 0xFFFF);
    } else {
        bus_in(&f->bus, ports[next_random(seed) % ARRAY_LEN(ports)], r & 0x100 ? 2 : 1);
    }
}

static void random_extended(Fixture *f, u32 *seed)
{
    static const u16 sizes[] = {0, 8, 320, 640, 800, 1024, 1600, 1608, 0xFFF8, 0xFFFF};
    static const u16 depths[] = {4, 8, 15, 16, 24, 32, 0, 33};
    u16 index = next_random(seed) % 13;
    u16 value = (u16)next_random(seed);
    if (index == 1 || index == 2)
        value = sizes[value % ARRAY_LEN(sizes)];
    if (index == 3)
        value = depths[value % ARRAY_LEN(depths)];
    bus_out(&f->bus, 0x1CE, 2, index);
    bus_out(&f->bus, 0x1CF, 2, value);
    bus_in(&f->bus, 0x1CF, 2);
}

static void random_memory(Fixture *f, u32 *seed)
{
    static const int sizes[] = {1, 2, 4};
    u32 addr = 0xA0000 + next_random(seed) % 0x20000, value = next_random(seed);
    int size = sizes[next_random(seed) % 3];
    if (next_random(seed) % 4 == 0)
        addr = VGA_LINEAR_BASE + next_random(seed) % (VGA_MEMORY + 0x1000);
    if (value & 1)
        bus_write(&f->bus, addr, size, value);
    else if (value & 2)
        bus_read(&f->bus, addr, size);
    else
        bus_peek(&f->bus, addr, size);
}

static void look(Fixture *f, VgaFrame *v, VgaText *t)
{
    vga_draw(&f->vga, v);
    assert_in_range(v->width, 1, VGA_MAX_WIDTH);
    assert_in_range(v->height, 1, VGA_MAX_HEIGHT);
    volatile u32 sum = 0; /* every pixel is there */
    for (int i = 0; i < v->width * v->height; i++)
        sum += v->pixels[i];
    vga_text(&f->vga, t);
    assert_in_range(t->columns, 0, VGA_TEXT_COLS);
    assert_in_range(t->rows, 0, VGA_TEXT_ROWS);
}

/* A state that the adapter came to by itself is one that it takes back. */
static void reload(Fixture *f)
{
    for (int i = 0; i < f->snap.count; i++) {
        const SnapSection *s = &f->snap.section[i];
        assert_true(!s->check || s->check(s->data, &f->clock));
    }
    vga_post_load(&f->vga);
}

static void fuzz(Fixture *f, u32 seed)
{
    f->vga.border = seed & 1;
    VgaFrame v = {0};
    VgaText *t = calloc(1, sizeof *t);
    assert_non_null(t);
    set_mode(f, &mode_text);
    for (int i = 0; i < STEPS; i++) {
        u32 what = next_random(&seed) % 1000;
        if (what < 500)
            random_port(f, &seed);
        else if (what < 560)
            random_extended(f, &seed);
        else if (what < 950)
            random_memory(f, &seed);
        else if (what < 990)
            run(f, next_random(&seed) % 5000);
        else if (what < 992)
            run(f, next_random(&seed) % 400000);
        else if (what < 994)
            set_mode(f, what & 1 ? &mode_13h : &mode_12h);
        else if (what < 999)
            look(f, &v, t);
        else
            reload(f);
    }
    u64 frames = f->vga.s.frames;
    run(f, 2 * f->clock.ips);
    assert_true(f->vga.s.frames > frames);
    assert_in_range(f->vga.s.frames - frames, 1, 2100);
    vga_frame_free(&v);
    free(t);
    fixture_free(f);
}

/* The adapters before the EGA: their few registers, and the VGA's, which must not be there. */
static void fuzz_card(VgaCardKind card, u32 seed)
{
    Fixture *f = fixture_card(10000000, card);
    VgaFrame v = {0};
    VgaText *t = calloc(1, sizeof *t);
    assert_non_null(t);
    u16 base = card == VGA_CARD_CGA ? 0x3D0 : 0x3B0;
    f->vga.border = seed & 1;
    for (int i = 0; i < STEPS; i++) {
        u32 what = next_random(&seed) % 100;
        if (what < 50)
            bus_out(&f->bus, base + 4, 2, next_random(&seed) & 0xFF1F);
        else if (what < 60)
            bus_out(&f->bus, (u16)(base + next_random(&seed) % 16), 1, next_random(&seed) & 0xFF);
        else if (what < 65)
            bus_in(&f->bus, (u16)(base + next_random(&seed) % 16), 1);
        else if (what < 70)
            random_port(f, &seed);
        else if (what < 90)
            random_memory(f, &seed);
        else if (what < 97)
            run(f, next_random(&seed) % 20000);
        else if (what < 99)
            look(f, &v, t);
        else
            reload(f);
    }
    vga_frame_free(&v);
    free(t);
    fixture_free(f);
}

static void test_cards(void **state)
{
    for (u32 seed = 1; seed <= 3; seed++) {
        fuzz_card(VGA_CARD_CGA, seed * 2654435761u);
        fuzz_card(VGA_CARD_HERCULES, seed * 2246822519u);
    }
}

static void test_ega(void **state)
{
    for (u8 memory = 1; memory <= 4; memory = (u8)(memory * 2))
        fuzz(fixture_ega(10000000, 5 + 2 * memory, memory), memory * 2246822519u);
}

static void test_any_register(void **state)
{
    for (u32 seed = 1; seed <= 6; seed++)
        fuzz(fixture_new(10000000), seed * 2654435761u);
}

/* The extremes of each CRTC register alone, from every mode. */
static void test_absurd_timing(void **state)
{
    static const Mode *const modes[] = {&mode_text, &mode_13h, &mode_12h, &mode_4};
    static const u8 values[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
    for (size_t m = 0; m < ARRAY_LEN(modes); m++) {
        Fixture *f = fixture_new(10000000);
        VgaFrame v = {0};
        VgaText *t = calloc(1, sizeof *t);
        assert_non_null(t);
        f->vga.border = true;
        for (u8 reg = 0; reg < 25; reg++) {
            for (size_t i = 0; i < ARRAY_LEN(values); i++) {
                set_mode(f, modes[m]);
                out2(f, 0x3D4, 0x11, 0);
                out2(f, 0x3D4, reg, values[i]);
                run(f, 100000);
                look(f, &v, t);
            }
        }
        for (size_t i = 0; i < ARRAY_LEN(values); i++) {
            set_mode(f, modes[m]);
            out2(f, 0x3D4, 0x11, 0);
            for (u8 reg = 0; reg < 25; reg++)
                out2(f, 0x3D4, reg, values[i]);
            run(f, 1000000);
            look(f, &v, t);
            if (values[i] == 0)
                assert_true(v.blank);
        }
        vga_frame_free(&v);
        free(t);
        fixture_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_register),
        cmocka_unit_test(test_absurd_timing),
        cmocka_unit_test(test_cards),
        cmocka_unit_test(test_ega),
    };
    return cmocka_run_group_tests_name("vga_fuzz", tests, NULL, NULL);
}
