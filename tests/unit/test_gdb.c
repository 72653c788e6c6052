/* test_gdb.c: gdb packets: what they answer and do, and that nothing hostile gets further than an
 * error. Source: Debugging with GDB, appendix E, the remote serial protocol. Run it in the
 * sanitizer build as well. */
#include "tests/unit/debug_rig.h"

static const char *ask(const char *packet)
{
    static char text[20000];
    u8 sum = 0;
    for (const char *p = packet; *p; p++)
        sum = (u8)(sum + (u8)*p);
    int n = snprintf(text, sizeof text, "+$%s#%02x", packet, sum);
    gdbstub_reply(d);
    gdbstub_feed(d, (u8 *)text, (size_t)n);
    return gdbstub_reply(d);
}

static bool answers(const char *packet, const char *want)
{
    const char *got = ask(packet);
    bool ok =
        !strncmp(got, "+$", 2) && !strncmp(got + 2, want, strlen(want)) && (*want || got[2] == '#');
    if (!ok)
        print_message("%s -> %.200s, wanted %s\n", packet, got, want);
    return ok;
}

static void test_gdb(void **state)
{
    gdbstub_open_test(d);
    d->pc->cpu.s.r[0] = 0x11223344;
    assert_true(answers("qSupported:swbreak+", "PacketSize="));
    assert_true(answers("?", "T05"));
    assert_true(answers("g", "44332211"));
    assert_true(answers("p0", "44332211"));
    assert_true(answers("P0=78563412", "OK"));
    assert_int_equal(d->pc->cpu.s.r[0], 0x12345678);
    assert_true(answers("M500,2:aabb", "OK"));
    assert_true(answers("m500,2", "aabb"));
    assert_true(answers("X502,1:}\x03", "OK"));
    assert_true(answers("m502,1", "23"));
    assert_true(answers("Z0,7c00,1", "OK"));
    assert_int_equal(d->breaks.count, 1);
    assert_true(answers("Z0,7c00,1", "OK"));
    assert_int_equal(d->breaks.count, 1);
    assert_true(answers("z0,7c00,1", "OK"));
    assert_int_equal(d->breaks.count, 0);
    assert_true(answers("Z2,500,4", "OK"));
    assert_true(answers("z2,500,4", "OK"));
    assert_true(answers("Z9,500,4", ""));
    assert_true(answers("vMustReplyEmpty", ""));
    assert_true(answers("qXfer:features:read:target.xml:0,20", "m<?xml"));
    assert_true(answers("qXfer:features:read:target.xml:ffffff,20", "l"));
    assert_true(answers("m500,", "E22"));
    assert_true(answers("p99", "E22"));
    assert_true(answers("qRcmd,7020312b31", "O32"));
    gdbstub_feed(d, (const u8 *)"$g#00", 5);
    assert_string_equal(gdbstub_reply(d), "-"); /* the sum is wrong */
}

/* What gdb writes into a register, and what it then reads. */
static void test_gdb_registers(void **state)
{
    static const struct {
        const char *write, *answer, *reads; /* reads: of the register of `write` */
    } rows[] = {
        {"P2=efbeadde", "OK", "efbeadde"},
        {"P9=ffffffff", "OK", "d77f3f00"}, /* only flags that a Pentium has */
        {"P9=02000000", "OK", "02000000"},
        {"P8=50340100", "OK", "50340100"}, /* the linear address */
        {"Pa=00200000", "OK", "00200000"},
        {"Pb=00300000", "OK", "00300000"},
        {"Pc=01300000", "OK", "01300000"},
        {"Pd=02300000", "OK", "02300000"},
        {"Pe=03300000", "OK", "03300000"},
        {"Pf=04300000", "OK", "04300000"},
        {"P18=7f020000", "OK", "7f020000"},
        {"P19=00180000", "OK", "00180000"}, /* top: 3 */
        {"P10=0102030405060788ff3f", "OK", "0102030405060788ff3f"},
        {"P17=00000000000000800040", "OK", "00000000000000800040"},
        {"P1a=3fffffff", "OK", "3fff0000"}, /* register 3, which is st0, is not empty */
        {"P1b=34120000", "OK", "34120000"},
        {"P1c=78563412", "OK", "78563412"},
        {"P1d=23010000", "OK", "23010000"},
        {"P1e=f0debc9a", "OK", "f0debc9a"},
        {"P1f=ffff0000", "OK", "ff070000"}, /* 11 bits */
        {"P0=0102", "E22", NULL},
        {"P0=0102030405", "E22", NULL},
        {"P10=01020304", "E22", NULL},
        {"P20=00000000", "E22", NULL},
        {"P0:00000000", "E22", NULL},
        {"P", "E22", NULL},
        {"G00000000", "E22", NULL},
    };
    CpuState *s = &d->pc->cpu.s;
    gdbstub_open_test(d);
    s->seg[SEG_CS].base = 0x12340;
    s->fpu.empty = 0xFF;
    for (size_t n = 0; n < ARRAY_LEN(rows); n++) {
        char read[8] = "";
        assert_true(answers(rows[n].write, rows[n].answer));
        snprintf(read, sizeof read, "p%.*s", (int)strcspn(rows[n].write + 1, "="),
                 rows[n].write + 1);
        assert_true(!rows[n].reads || answers(read, rows[n].reads));
    }
    assert_int_equal(s->seg[SEG_CS].base, 0x20000);
    assert_int_equal(s->seg[SEG_DS].base, 0x30010);
    assert_int_equal(s->eip, 0x13450 - 0x20000u); /* gdb moved CS, not where it stands */
    assert_int_equal(s->fpu.man[3], 0x8807060504030201);
    assert_int_equal(s->fpu.exp[2], 0x4000);
    assert_int_equal(s->fpu.empty, 0xF7);
    char all[2000];
    snprintf(all, sizeof all, "G%s", ask("g") + 2);
    all[strcspn(all, "#")] = 0;
    memcpy(all + 1, "78563412", 8);
    CpuState before = *s;
    assert_true(answers(all, "OK"));
    before.r[0] = 0x12345678;
    assert_memory_equal(&before.r, &s->r, sizeof before.r);
    assert_memory_equal(&before.seg, &s->seg, sizeof before.seg);
    assert_memory_equal(&before.fpu, &s->fpu, sizeof before.fpu);
    assert_int_equal(before.eip, s->eip);
    s->cr0 |= CR0_PE; /* with an empty GDT */
    s->gdtr = (TableReg){0, 0};
    assert_true(answers("Pc=40000000", "E22"));
    memcpy(all + 1 + 8 * 12, "40000000", 8);
    assert_true(answers(all, "E22"));
    assert_int_equal(s->seg[SEG_DS].sel, 0x3001);
}

static void test_gdb_packets(void **state)
{
    static const struct {
        const char *packet, *answer;
    } rows[] = {
        {"M4fffe,2:aabb", "OK"},
        {"m4fffe,4", "aabb#"}, /* as far as there is memory */
        {"m50000,4", "E14"},
        {"M50000,1:aa", "E14"},
        {"M500,2:aa", "E22"},
        {"M500,2", "E22"},
        {"X500,2:a", "E22"},
        {"X500,0:", "OK"},
        {"M500,ffff:00", "E22"},
        {"mzz,1", "E22"},
        {"m500", "E22"},
        {"m500,100000000", "E22"},
        {"Z2,500,0", "E22"},
        {"Z2,500,1001", "E22"},
        {"Z1,7c00", "E22"},
        {"Z1", "E22"},
        {"z3,500,8", "OK"},
        {"qXfer:features:read:other.xml:0,20", "E00"},
        {"qXfer:features:read:target.xml:zz", "E00"},
        {"qAttached", "1"},
        {"qAttached:1", "1"},
        {"qC", "QC1"},
        {"qfThreadInfo", "m1"},
        {"qsThreadInfo", "l"},
        {"qTStatus", ""},
        {"Hg0", "OK"},
        {"Hc-1", "OK"},
        {"T1", "OK"},
        {"vCont?", "vCont;c;C;s;S"},
        {"vCont;t", "E22"},
        {"vCont", "E22"},
        {"bs", ""}, /* without a past */
        {"bc", ""},
        {"!", ""},
    };
    gdbstub_open_test(d);
    map_pages();
    for (size_t n = 0; n < ARRAY_LEN(rows); n++)
        assert_true(answers(rows[n].packet, rows[n].answer));
    char line[16000] = "qRcmd,"; /* p 1, blanks, +1: too long as a whole, and no piece is obeyed */
    size_t at = strlen(line);
    at += (size_t)snprintf(line + at, sizeof line - at, "702031");
    for (int n = 0; n < 4200; n++, at += 2)
        memcpy(line + at, "20", 3);
    memcpy(line + at, "2b31", 5);
    static const char refusal[] = "a command line of more than 4000 characters\n";
    char want[200] = "O";
    for (const char *p = refusal; *p; p++)
        snprintf(want + strlen(want), sizeof want - strlen(want), "%02x", (unsigned char)*p);
    assert_true(answers(line, want));
    /* a long text comes in packets that are not longer than what was promised */
    const char *text = ask("qRcmd,782f333030307862"); /* x/3000xb */
    int packets = 0;
    for (const char *p = strchr(text, '$'); p; p = strchr(p + 1, '$'), packets++)
        assert_true(strcspn(p + 1, "#") <= 0x2000);
    assert_true(packets > 4);
    assert_string_equal(ask("QStartNoAckMode"), "+$OK#9a");
    assert_string_equal(ask("qC"), "$QC1#c5");
    assert_string_equal(ask("QStartNoAckMode"), "$OK#9a");
}

/* Points that cannot be had are not left behind. */
static void test_gdb_points(void **state)
{
    char packet[40];
    int n = 0;
    gdbstub_open_test(d);
    assert_true(debug_execute(d, "b 0x9000", d->out));
    for (; n < 100; n++) {
        snprintf(packet, sizeof packet, "Z0,%x,1", 0x7000 + n);
        if (!answers(packet, n < 63 ? "OK" : "E28"))
            fail();
    }
    assert_int_equal(d->breaks.count, 64);
    assert_int_equal(d->pc->cpu.break_count, 64);
    assert_true(answers("z0,7000,1", "OK"));
    assert_true(answers("Z0,8000,1", "OK"));
    assert_true(debug_execute(d, "disable", d->out)); /* the user's, not gdb's */
    assert_int_equal(d->pc->cpu.break_count, 63);
    assert_false(debug_execute(d, "d 1 2", d->out)); /* the first of the two is gone */
    assert_int_equal(d->breaks.count, 63);
    assert_true(answers("D", "OK"));
    assert_int_equal(d->breaks.count, 0);
    assert_int_equal(d->pc->cpu.break_count, 0);
}

/* A stop by a watch names it, and an address within it. */
static void test_gdb_watches(void **state)
{
    static const struct {
        const char *point;
        u32 at;
        int size;
        bool write;
        const char *stop; /* NULL: none */
    } rows[] = {
        {"2,500,8", 0x504, 4, true, "T05watch:00000504;thread:1;"},
        {"2,500,1", 0x4FE, 4, true, "T05watch:00000500;thread:1;"},
        {"2,500,1", 0x501, 1, true, NULL},
        {"2,500,1", 0x500, 1, false, NULL},
        {"3,500,2", 0x501, 1, false, "T05rwatch:00000501;thread:1;"},
        {"3,500,2", 0x501, 1, true, NULL},
        {"4,500,2", 0x500, 2, false, "T05awatch:00000500;thread:1;"},
        {"4,500,2", 0x500, 2, true, "T05awatch:00000500;thread:1;"},
    };
    char packet[40];
    gdbstub_open_test(d);
    assert_true(answers("Z2,900,4", "OK")); /* another, which has nothing to do with it */
    for (size_t n = 0; n < ARRAY_LEN(rows); n++) {
        snprintf(packet, sizeof packet, "Z%s", rows[n].point);
        assert_true(answers(packet, "OK"));
        assert_string_equal(ask("c"), "+");
        assert_false(d->stopped);
        d->hooks.on_access(d, rows[n].at, rows[n].size, rows[n].write, 0x12345678);
        assert_int_equal(d->want_stop, rows[n].stop != NULL);
        d->hooks.on_access(d, 0x600, 4, true, 1); /* as PUSH [mem] would */
        debug_stopped_now(d);
        const char *got = gdbstub_reply(d);
        if (rows[n].stop && strncmp(got + 1, rows[n].stop, strlen(rows[n].stop)))
            fail_msg("%s: %s", rows[n].point, got);
        packet[0] = 'z';
        assert_true(answers(packet, "OK"));
        assert_int_equal(d->breaks.count, 1);
    }
}

static void test_gdb_runs(void **state)
{
    gdbstub_open_test(d);
    assert_true(answers("Z0,9000,1", "OK"));
    assert_string_equal(ask("c1000"), "+");
    assert_int_equal(debug_pc(d), 0x1000);
    assert_int_equal(d->go, GO_RUN);
    gdbstub_feed(d, (const u8 *)"\x03", 1);
    assert_true(d->stopped);
    assert_non_null(strstr(gdbstub_reply(d), "$T02thread:1;"));
    assert_string_equal(ask("vCont;s:1"), "+");
    assert_int_equal(d->go, GO_STEP);
    debug_stopped_now(d);
    assert_non_null(strstr(gdbstub_reply(d), "$T05thread:1;"));
    assert_string_equal(ask("D"), "+$OK#9a");
    assert_false(d->stopped);
    gdbstub_feed(d, (const u8 *)"+", 1); /* gdb acknowledges that, and is gone nevertheless */
    assert_false(d->stopped);
    assert_false(gdbstub_attached(d));
    assert_int_equal(d->breaks.count, 0);
    assert_true(answers("?", "T05")); /* here it is again */
    assert_true(d->stopped && gdbstub_attached(d));
    assert_string_equal(d->why, "gdb has attached");
    d->dead = true;
    assert_true(answers("c", "T0b"));
    assert_true(d->stopped);
}

static void test_fuzz_gdb(void **state)
{
    static const char *const heads[] = {
        "g",      "G", "p",          "P", "m", "M", "X",      "Z",
        "z",      "q", "Q",          "v", "H", "T", "qRcmd,", "qXfer:features:read:target.xml:",
        "vCont;", "?", "qSupported", "D"};
    static const char chars[] = "0123456789abcdefABCDEF,;:=#$}*-xyz\x03";
    u8 raw[300];
    gdbstub_open_test(d);
    for (int n = 0; n < 40000; n++) {
        char packet[200];
        snprintf(packet, sizeof packet, "%s", heads[pick(ARRAY_LEN(heads))]);
        size_t len = strlen(packet);
        for (u32 k = pick(40); k-- && len + 2 < sizeof packet;)
            packet[len++] = chars[pick(sizeof chars - 1)];
        packet[len] = 0;
        ask(packet);
        for (u32 k = 0; k < sizeof raw; k++)
            raw[k] = (u8)(pick(3) ? (u32)chars[pick(sizeof chars - 1)] : pick(256));
        gdbstub_feed(d, raw, pick(sizeof raw));
        gdbstub_reply(d);
        d->stopped = true;
        d->session->ended = false;
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_gdb),         T(test_gdb_registers), T(test_gdb_packets), T(test_gdb_points),
        T(test_gdb_watches), T(test_gdb_runs),      T(test_fuzz_gdb)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
