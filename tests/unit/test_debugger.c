/* test_debugger.c: expressions, symbol files and gdb packets: what they give, and that nothing
 * hostile gets further
 * than an error. Run it in the sanitizer build as well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "frontend/att.h"
#include "frontend/cmd.h"
#include "frontend/expr.h"
#include "frontend/gdbstub.h"

static Session *session;
static Options options;
static Debug *d;

static int setup(void **state)
{
    char err[200];
    options_init(&options);
    session = calloc(1, sizeof *session);
    session->opt = &options;
    session->limit = UINT64_MAX;
    session->text = calloc(1, sizeof *session->text);
    session->pc = calloc(1, sizeof *session->pc);
    PcConfig cfg = {.ram = 1 << 20, .cpu = CPU_PENTIUM};
    if (!pc_init(session->pc, &cfg, err, sizeof err))
        return -1;
    input_init(&session->input, session->pc);
    d = session->debug = debug_open(session);
    d->stopped = true;
    d->out = fopen("/dev/null", "w");
    return 0;
}

static int teardown(void **state)
{
    fclose(d->out);
    debug_close(d);
    pc_free(session->pc);
    free(session->pc);
    free(session->text);
    free(session);
    options_free(&options);
    return 0;
}

/* ---- expressions
 * ---------------------------------------------------------------------------------- */

static void gives(const char *text, u64 want)
{
    Value v;
    if (!expr_eval(d, text, &v))
        fail_msg("%s: %s", text, d->error);
    if (v.v != want)
        fail_msg("%s = %llx, wanted %llx", text, (unsigned long long)v.v, (unsigned long long)want);
}

static void refused(const char *text)
{
    Value v;
    d->error[0] = 0;
    if (expr_eval(d, text, &v))
        fail_msg("%s was taken, as %llx", text, (unsigned long long)v.v);
    assert_true(d->error[0]);
}

static void test_arithmetic(void **state)
{
    gives("1+2*3", 7);
    gives("(1+2)*3", 9);
    gives("10-4-3", 3);
    gives("7/2", 3);
    gives("-7/2", (u64)-3);
    gives("-7%4", (u64)-3);
    gives("1<<4|1", 17);
    gives("~0&0xff", 255);
    gives("1||1/0", 1);
    gives("0&&1/0", 0);
    gives("1 ? 2 : 3", 2);
    gives("0 ? 2 : 1 ? 4 : 5", 4);
    gives("2==2&&3!=4", 1);
    gives("1<2", 1);
    gives("-1<1", 1);
    gives("!5", 0);
    gives("'A'+1", 66);
    gives("0x7c00", 0x7C00);
    gives("7C00h", 0x7C00);
    gives("0b101", 5);
    gives("1<<70", 0);
    gives("0x8000000000000000/-1", 0x8000000000000000ull);
}

static void test_registers(void **state)
{
    CpuState *s = &d->pc->cpu.s;
    s->r[0] = 0x12345678;
    s->r[3] = 0xFFFFFFFF;
    gives("$eax", 0x12345678);
    gives("$ax", 0x5678);
    gives("$al", 0x78);
    gives("$ah", 0x56);
    gives("eax", 0x12345678);
    gives("$ebx==-1", 1);
    s->eflags = 0x246;
    gives("$zf", 1);
    gives("$cf", 0);
    gives("$if", 1);
    s->seg[SEG_DS].sel = 0x1234;
    s->seg[SEG_DS].base = 0x12340;
    s->r[6] = 0x10;
    gives("ds:si+4", 0x12354);
    gives("ds:10+5", 0x12355);
    gives("$ds:$si", 0x12350);
    gives("f000:fff0", 0xFFFF0);
    gives("$ds.base", 0x12340);
    gives("phys:0x500", 0x500);
    assert_true(expr_assign(d, "$ah=0xab"));
    gives("$eax", 0x1234AB78);
    assert_true(expr_assign(d, "$zf=0"));
    gives("$eflags", 0x206);
    assert_true(expr_assign(d, "$ds=0x2000"));
    gives("$ds.base", 0x20000);
    assert_true(expr_assign(d, "$mine=5"));
    gives("$mine*2", 10);
}

static void test_memory(void **state)
{
    assert_true(expr_assign(d, "dword[0x500]=0x11223344"));
    gives("byte[0x500]", 0x44);
    gives("word[0x501]", 0x2233);
    gives("dword[phys:0x500]", 0x11223344);
    gives("{word}0x502", 0x1122);
    gives("[0x500]", 0x11223344);
    gives("*0x500", 0x11223344);
    gives("byte[byte[0x500]-0x44+0x501]", 0x33);
    assert_false(expr_assign(d, "byte[0x300000]=1")); /* nothing is there */
}

static void test_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "1+",
                                      "(1",
                                      "1)",
                                      "[1",
                                      "byte[",
                                      "1 2",
                                      "$",
                                      "7c00",
                                      "nosuch",
                                      "1/0",
                                      "1%0",
                                      "'A",
                                      "''",
                                      "{byte",
                                      "{foo}1",
                                      "1?2",
                                      "0x",
                                      "99999999999999999999999",
                                      "cs:",
                                      "1:",
                                      "@@",
                                      "word",
                                      "$ds:",
                                      "0b12",
                                      "1 ? 2 ; 3"};
    for (size_t n = 0; n < ARRAY_LEN(bad); n++)
        refused(bad[n]);
    char deep[3000];
    memset(deep, '(', sizeof deep);
    deep[sizeof deep - 1] = 0;
    refused(deep);
    memset(deep, '-', sizeof deep - 1);
    refused(deep);
    memset(deep, '*', sizeof deep - 1);
    refused(deep);
    for (size_t n = 0; n + 2 < sizeof deep; n += 2)
        memcpy(deep + n, "1?", 2);
    refused(deep);
}

static u32 seed = 1;

static u32 pick(u32 n)
{
    seed = seed * 1103515245 + 12345;
    return (seed >> 8) % n;
}

static void test_fuzz_commands(void **state)
{
    static const char *const pieces[] = {
        "1",      "0x",       "ff",        "$",        "eax",         "$cs",        ":",
        ".",      "base",     "(",         ")",        "[",           "]",          "byte",
        "phys:",  "+",        "-",         "*",        "/",           "%",          "?",
        " : ",    "<<",       "=",         "'",        "\"",          "%s",         "%d",
        ",",      "{",        "}",         "word[",    "ds:si",       "\\",         " ",
        "if ",    "$zf",      "&&",        "||",       "99999999999", "/x",         "/4xb",
        "@",      "#",        "~",         "!",        "p ",          "x ",         "set ",
        "b ",     "printf ",  "info ",     "find ",    "watch ",      "disas ",     "walk ",
        "bpio ",  "bpinsn ",  "log ",      "display ", "help ",       "condition ", "ignore ",
        "bpint ", "dos psp ", "trace on ", "explain ", "x/s ",        "x/2i ",      "sym ",
        "type ",  "irq ",     "bptext ",   "info gdt "};
    char line[400];
    for (int n = 0; n < 30000; n++) {
        line[0] = 0;
        for (u32 k = 1 + pick(8); k--;)
            strcat(line, pieces[pick(ARRAY_LEN(pieces))]);
        if (strstr(line, "trace on") && strstr(line, "file"))
            continue;
        d->session->ended = false;
        debug_execute(d, line, d->out);
        if (d->breaks.count > 100)
            debug_execute(d, "d", d->out);
    }
    debug_execute(d, "trace off", d->out);
    for (int n = 0; n < 20000; n++) { /* any bytes at all */
        u32 len = pick(60);
        for (u32 k = 0; k < len; k++)
            line[k] = (char)(1 + pick(255));
        line[len] = 0;
        Value v;
        expr_eval(d, line, &v);
    }
}

/* One line of a hostile script: a command of the table, with an argument that is nearly right. */
static void script_line(FILE *f)
{
    static const char *const args[] = {"",
                                       "0x7c00",
                                       "$eax",
                                       "ds:si",
                                       "/4xb 0x7c00",
                                       "1 if $zf",
                                       "0x5000,4",
                                       "fda x,ro",
                                       "on",
                                       "off",
                                       "3f8 r",
                                       "\"%s %d\",$eax,1",
                                       "x.bin 0,+64",
                                       "mem 0x1000",
                                       "next same",
                                       "end",
                                       "[BYTE]",
                                       "*",
                                       "self",
                                       "0,+32,\"a\"",
                                       "99999999999999",
                                       "-1",
                                       "gp",
                                       "ctrl-alt",
                                       "bx",
                                       "y 7",
                                       "10000000",
                                       "1 2 3"};
    int groups = 0, rows = 0;
    while (cmd_groups[groups].title)
        groups++;
    const Cmd *row = cmd_groups[pick((u32)groups)].rows;
    while (row[rows].name)
        rows++;
    char line[200];
    int n = snprintf(line, sizeof line, "%s %s", row[pick((u32)rows)].name,
                     args[pick(ARRAY_LEN(args))]);
    if (!pick(4)) /* one byte changed */
        line[pick((u32)n)] = (char)(32 + pick(95));
    if (!pick(10))
        line[pick((u32)n)] = 0; /* cut off */
    fprintf(f, "%s\n", line);
}

static void test_fuzz_scripts(void **state)
{
    char dir[] = "/tmp/glass86-script-XXXXXX", old[1000];
    assert_non_null(mkdtemp(dir));
    assert_non_null(getcwd(old, sizeof old));
    assert_int_equal(chdir(dir), 0);
    for (int n = 0; n < 1500; n++) {
        FILE *f = fopen("self", "w");
        assert_non_null(f);
        for (u32 k = 1 + pick(12); k--;)
            script_line(f);
        fclose(f);
        Script own = {0};
        d->stopped = true;
        d->remote = true; /* nothing to read from behind the script */
        debug_execute_remote(d, &own, "source self", d->out);
        script_drop(&own);
        assert_int_equal(own.depth, 0);
        d->session->ended = false;
        if (d->breaks.count > 100)
            debug_execute(d, "d", d->out);
    }
    debug_execute(d, "trace off", d->out);
    assert_int_equal(chdir(old), 0);
    char rm[80];
    snprintf(rm, sizeof rm, "rm -rf %s", dir);
    assert_int_equal(system(rm), 0);
}

/* ---- syntax
 * --------------------------------------------------------------------------------------- */

static void att(const char *intel, const char *want)
{
    char text[200];
    att_from_intel(intel, text, sizeof text);
    assert_string_equal(text, want);
}

static void test_att(void **state)
{
    att("mov eax,0x5", "mov $0x5,%eax");
    att("mov eax,[ebx+ecx*4+0x10]", "mov 0x10(%ebx,%ecx,4),%eax");
    att("mov byte [0x417],1", "movb $1,0x417");
    att("add word [es:di-2],ax", "addw %ax,%es:-2(%di)");
    att("movzx eax,byte [bx]", "movzbl (%bx),%eax");
    att("jmp 0x8:0x7c1c", "ljmp $0x8,$0x7c1c");
    att("call 0x7c24", "call 0x7c24");
    att("jmp eax", "jmp *%eax");
    att("call dword [ebx]", "calll *(%ebx)");
    att("cwde", "cwtl");
    att("rep movsd", "rep movsl");
    att("lock inc dword [esi]", "lock incl (%esi)");
    att("imul ax,bx,0x3", "imul $0x3,%bx,%ax");
}

/* ---- gdb
 * ------------------------------------------------------------------------------------------ */

static const char *ask(const char *packet)
{
    char text[4000];
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

/* ---- symbols
 * -------------------------------------------------------------------------------------- */

static void test_symbols(void **state)
{
    static const char map[] =
        "00007c00 T start\n0x00007c10                loop_head\n 0000:7C20       _main\n  7C30     "
        " 7C30  nasm_label\n 0000:7C40  Abs  absolute\nrubbish line\n";
    char path[] = "/tmp/glass86-symXXXXXX", err[200];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, map, sizeof map - 1), sizeof map - 1);
    close(fd);
    assert_int_equal(symbols_load(&d->symbols, path, 0, err, sizeof err), 5);
    gives("start", 0x7C00);
    gives("_main+1", 0x7C21);
    gives("nasm_label", 0x7C30);
    assert_string_equal(symbols_at(&d->symbols, 0x7C15)->name, "loop_head");
    for (int n = 0; n < 300; n++) { /* damaged ELF files */
        u8 elf[600];
        for (size_t k = 0; k < sizeof elf; k++)
            elf[k] = (u8)(pick(4) ? 0 : pick(256));
        memcpy(elf, "\177ELF\1\1\1", 7);
        store_le(elf + 0x20, 4, 64 + pick(600));
        store_le(elf + 0x2E, 2, pick(80));
        store_le(elf + 0x30, 2, pick(40));
        FILE *f = fopen(path, "wb");
        fwrite(elf, 1, sizeof elf, f);
        fclose(f);
        symbols_load(&d->symbols, path, 0, err, sizeof err);
    }
    unlink(path);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_arithmetic),    T(test_registers), T(test_memory),       T(test_refused),
        T(test_fuzz_commands), T(test_att),       T(test_fuzz_scripts), T(test_gdb),
        T(test_fuzz_gdb),      T(test_symbols)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
