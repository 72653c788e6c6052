/* Options: gathering, precedence, every value parser's good and bad, and the texts made from the
 * table. */
#include "devices/pc.h"
#include "frontend/option_table.h"
#include "frontend/regs.h"
#include "frontend/units.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARGS = 16 };

static bool parse(Options *o, ...)
{
    char *argv[ARGS + 1] = {(char *)"glass86"};
    int argc = 1;
    va_list ap;
    va_start(ap, o);
    for (char *a; argc < ARGS && (a = va_arg(ap, char *));)
        argv[argc++] = a;
    va_end(ap);
    options_init(o);
    return options_read_args(o, argc, argv) && options_apply(o);
}

#define GOOD(o, ...)                                                                               \
    do {                                                                                           \
        bool ok_ = parse(o, __VA_ARGS__, NULL);                                                    \
        if (!ok_)                                                                                  \
            fail_msg("%s", (o)->error);                                                            \
    } while (0)

static void bad(const char *option, const char *value, const char *must_say)
{
    Options o;
    bool ok = parse(&o, option, value, NULL);
    if (ok || !strstr(o.error, must_say))
        fail_msg("%s %s: %s, wanted `%s`", option, value ? value : "", ok ? "accepted" : o.error,
                 must_say);
    options_free(&o);
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void defaults(void **state)
{
    Options o;
    assert_true(parse(&o, NULL));
    assert_int_equal(o.cpu, CPU_PENTIUM);
    assert_int_equal(o.speed, SPEED_AUTO);
    assert_int_equal(o.display, DISPLAY_AUTO);
    assert_int_equal(o.memory, 0);
    options_free(&o);
}

static void dashes_and_equals(void **state)
{
    Options o;
    GOOD(&o, "--m", "64", "-snapshot", "--speed=50%", "disk.img");
    assert_int_equal(o.memory, 64 << 20);
    assert_true(o.snapshot);
    assert_int_equal(o.speed, 50);
    assert_int_equal(o.image_count, 1);
    assert_string_equal(o.image[0].file, "disk.img");
    options_free(&o);
    GOOD(&o, "-snapshot=off", "--", "-m");
    assert_false(o.snapshot);
    assert_string_equal(o.image[0].file, "-m");
    options_free(&o);
}

static void unknown_options(void **state)
{
    bad("-dispaly", "text", "unknown option -dispaly; did you mean -display?");
    bad("--sreial", "stdio", "did you mean -serial?");
    bad("-full", NULL, "did you mean -fullscreen?");
    bad("-xyzzyplugh", NULL, "glass86 -help");
    bad("-m", NULL, "option -m needs a value: -m N[K|M|G]");
    bad("-m", "-snapshot", "needs a value");
}

static void memory_sizes(void **state)
{
    static const struct {
        const char *text;
        u64 bytes;
    } good[] = {{"1", 1 << 20},
                {"640K", 640 << 10},
                {"16M", 16 << 20},
                {"1G", 1 << 30},
                {"3g", 3ull << 30}};
    Options o;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        GOOD(&o, "-m", (char *)good[i].text);
        assert_int_equal(o.memory, good[i].bytes);
        options_free(&o);
    }
    bad("-m", "0", "out of range");
    bad("-m", "4G", "out of range");
    bad("-m", "99999999999999999999", "is no size");
    bad("-m", "12Q", "is no size");
    bad("-m", "", "is no size");
    bad("-m", "M", "is no size");
}

static void processors(void **state)
{
    Options o;
    GOOD(&o, "-cpu", "486,fpu=off");
    assert_int_equal(o.cpu, CPU_486);
    assert_true(o.no_fpu);
    options_free(&o);
    GOOD(&o, "-cpu", "8086");
    assert_int_equal(o.cpu, CPU_8086);
    options_free(&o);
    bad("-cpu", "z80", "unknown model `z80`");
    bad("-cpu", "486,sse", "unknown key");
    bad("-cpu", "486,fpu=maybe", "neither on nor off");
    GOOD(&o, "-vga", "ega");
    assert_int_equal(o.video, VIDEO_EGA);
    options_free(&o);
    GOOD(&o, "-vga", "ega,memory=64,monitor=cd");
    assert_int_equal(o.ega_memory, 64);
    assert_int_equal(o.ega_monitor, EGA_CD);
    options_free(&o);
    bad("-vga", "ega,memory=32", "64, 128 or 256");
    bad("-vga", "ega,monitor=vga", "ecd, cd or mono");
    bad("-vga", "ega,dac=1", "unknown key");
    bad("-vga", "cga,memory=64", "only ega has keys");
    bad("-vga", "svga", "none of");
}

static void drives(void **state)
{
    Options o;
    GOOD(&o, "-drive", "file=a,,b.img,if=floppy,index=1,readonly=on", "-drive", "file=x", "-drive",
         "file=y,snapshot=on", "-hdd", "z.img");
    assert_string_equal(o.drive[DRIVE_FDB].file, "a,b.img");
    assert_true(o.drive[DRIVE_FDB].how.read_only);
    assert_string_equal(o.drive[DRIVE_HDA].file, "x");
    assert_string_equal(o.drive[DRIVE_HDB].file, "y");
    assert_true(o.drive[DRIVE_HDB].how.snapshot);
    assert_string_equal(o.drive[DRIVE_HDD].file, "z.img");
    options_free(&o);
    bad("-drive", "if=ide", "file= is missing");
    bad("-drive", "file=x,if=scsi", "wanted floppy or ide");
    bad("-drive", "file=x,index=4", "wanted 0 to 3");
    bad("-drive", "file=x,if=floppy,index=2", "only 2 floppy drives");
    bad("-drive", "file=x,cache=none", "unknown key `cache`");
    bad("-fda", "", "empty");
}

static void boot_order(void **state)
{
    Options o;
    GOOD(&o, "-boot", "order=ca");
    assert_string_equal(o.boot, "ca");
    options_free(&o);
    bad("-boot", "x", "order is made of");
    bad("-boot", "", "order is made of");
    bad("-boot", "aaaa", "order is made of");
    bad("-boot", "menus=on", "unknown key");
}

static void numbers(void **state)
{
    Options o;
    GOOD(&o, "-ips", "0.4M", "-timeout", "2.5", "-max-insns", "5M");
    assert_int_equal(o.ips, 400000);
    assert_int_equal(o.timeout_us, 2500000);
    assert_int_equal(o.max_insns, 5000000);
    options_free(&o);
    bad("-ips", "0", "out of range");
    bad("-timeout", "0", "guest seconds");
    bad("-timeout", "-1", "guest seconds");
    bad("-timeout", "1e9", "guest seconds");
    bad("-max-insns", "0", "number of instructions");
    bad("-speed", "fast", "wanted max, real");
    bad("-speed", "0%", "wanted 1%");
    bad("-scale", "11", "1 to 10");
}

static void dates(void **state)
{
    Options o;
    GOOD(&o, "-rtc", "base=2000-02-29T23:59:58");
    assert_int_equal(o.rtc, RTC_DATE);
    assert_int_equal(o.rtc_date, 951868798);
    options_free(&o);
    GOOD(&o, "-rtc", "utc");
    assert_int_equal(o.rtc, RTC_UTC);
    options_free(&o);
    bad("-rtc", "1999-02-29", "wanted utc");
    bad("-rtc", "base=yesterday", "wanted utc");
    bad("-rtc", "1979-01-01", "wanted utc");
    bad("-rtc", "1999-01-01T24:00:00", "wanted utc");
    bad("-rtc", "clock=vm", "unknown key");
}

static void raw_code(void **state)
{
    Options o;
    GOOD(&o, "-load", "x@y.bin@07c0:0010", "-entry", "ffff:0", "-regs", "eax=0x12345678,CS=16",
         "-regs", "sp=65535");
    assert_string_equal(o.load[0].file, "x@y.bin");
    assert_int_equal(o.load[0].seg, 0x7c0);
    assert_int_equal(o.load[0].off, 0x10);
    assert_int_equal(o.entry_seg, 0xffff);
    assert_int_equal(o.reg_count, 3);
    assert_int_equal(o.reg[0].value, 0x12345678);
    assert_string_equal(o.reg[1].reg->name, "cs");
    options_free(&o);
    bad("-load", "x.bin", "SEG:OFF");
    bad("-load", "@0:0", "SEG:OFF");
    bad("-load", "x@10000:0", "SEG:OFF");
    bad("-entry", "7c00", "SEG:OFF");
    bad("-regs", "rax=1", "unknown register");
    bad("-regs", "ax=65536", "16-bit");
    bad("-regs", "eax", "32-bit");
}

static void devices(void **state)
{
    Options o;
    GOOD(&o, "-device", "isa-debug-exit,iobase=0x501,iosize=4,raw=on", "-debugcon",
         "file:x,port=0x402", "-serial", "null", "-serial", "tcp:localhost:4444,server");
    assert_int_equal(o.debug_exit_port, 0x501);
    assert_true(o.debug_exit_raw);
    assert_int_equal(o.debugcon_port, 0x402);
    assert_string_equal(o.debugcon, "file:x");
    assert_int_equal(o.serial_count, 2);
    options_free(&o);
    bad("-device", "e1000", "unknown device");
    bad("-device", "isa-debug-exit,iobase=0x10000", "wanted a port");
    bad("-serial", "tcp:4444", "wanted tcp:HOST:PORT");
    bad("-serial", "tcp:h:70000", "wanted tcp:HOST:PORT");
    bad("-serial", "/dev/ttyS0", "wanted stdio");
    bad("-serial", "file:", "wanted stdio");
}

static void scripts(void **state)
{
    Options o;
    GOOD(&o, "-type-at", "1.5,dir\\n{ctrl-c}", "-expect", "a|b", "-fail-on", "[0-9]+",
         "-screendump", "x.png");
    assert_int_equal(o.typed[0].us, 1500000);
    assert_string_equal(o.typed[0].text, "dir\\n{ctrl-c}");
    assert_int_equal(o.expect.count, 1);
    options_free(&o);
    bad("-type-at", "dir", "wanted T,TEXT");
    bad("-type-at", "x,dir", "no time");
    bad("-type-at", "1,\\q", "is unknown");
    bad("-type-at", "1,{ctlr-c}", "names no keys");
    bad("-type-at", "1,{ctrl", "names no keys");
    bad("-expect", "(", "POSIX extended");
    bad("-expect", "", "empty");
    bad("-screendump", "x.jpg", ".png");
    bad("-on-triple-fault", "panic", "none of: report reset stop exit");
    bad("-aspect", "16:9", "none of");
}

static void ranges(void **state)
{
    Options o;
    GOOD(&o, "-d", "io,reset", "-dfilter", "0x3f8-0x3ff,0x60+5,0x70,0x80..0x8f,0x100-0x10");
    assert_int_equal(o.log, LOG_IO | LOG_RESET);
    static const RangeOption want[] = {
        {0x3f8, 0x3ff}, {0x60, 0x64}, {0x70, 0x70}, {0x80, 0x8f}, {0xf1, 0x100}};
    assert_int_equal(o.filter_count, 5);
    assert_memory_equal(o.filter, want, sizeof want);
    options_free(&o);
    bad("-d", "everything", "unknown item");
    bad("-dfilter", "a-b", "is no range");
}

/* Every message that no other test provokes. */
static void messages(void **state)
{
    static const struct {
        const char *option, *value, *must_say;
    } t[] = {
        {"-fda", "x.img,chs=0/1/1", "unknown disk option 'chs=0/1/1'"},
        {"-config", "", "the value is empty; wanted: -config F"},
        {"-drive", "file=x,format=", "format=: wanted raw, vhd"},
        {"-drive", "file=x,format=twelve-letters", "format=twelve-letters: wanted"},
        {"-drive", "file=x,overlay=", "overlay= wants the name"},
        {"-drive", "file=x,refs=some", "unknown key `refs`"},
        {"-drive", "file=x,fault=read", "wanted KIND:FIRST"},
        {"-drive", "file=x,fault=melt:1", "wanted KIND:FIRST"},
        {"-drive", "file=x,media=tape", "wanted disk or cdrom"},
        {"-drive", "if=floppy,media=cdrom", "media=cdrom goes with if=ide"},
        {"-drive", "file=,media=cdrom", "file= is missing"},
        {"-cpu", "", "the model is missing"},
        {"-cpu", "486,fpu=perhaps", "`perhaps` is neither on nor off"},
        {"-vga", "", "none of"},
        {"-vga", "ega=1", "none of"},
        {"-ips", "many", "is no number"},
        {"-option-rom", "", "the name of the file is empty"},
        {"-option-rom", "@c8000", "the name of the file is empty"},
        {"-option-rom", "x@c8001", "a multiple of 0x800"},
        {"-device", "isa-debug-exit,port=1", "unknown key `port`"},
        {"-device", "adlib,irq=5", "this card has no settings"},
        {"-device", "opl3,irq=5", "this card has no settings"},
        {"-device", "mpu401,dma=1", "wanted iobase or irq"},
        {"-device", "mpu401,iobase=0", "iobase=0: wanted a port"},
        {"-device", "covox,irq=7", "it is at the first printer port"},
        {"-device", "disney,irq=7", "it is at the first printer port"},
        {"-scale", "0", "1 to 10"},
        {"-speed", "1000000%", "wanted 1%"},
        {"-debugcon", "null,port=0", "port=0: wanted a port"},
        {"-debugcon", "nothing,port=0x402", "wanted stdio"},
        {"-ex", "", "the value is empty; wanted: -ex"},
        {"-gdb", "1234", "1234"},
        {"-magic-break", "ax", "`ax`: wanted one of bx cx"},
        {"-golden-record", "5M", "`5M`: wanted a number of instructions and a file"},
        {"-golden-record", "5M,", "`5M,`: wanted a number of instructions and a file"},
        {"-golden-record", "soon,f", "`soon,f`: wanted a number of instructions and a file"},
        {"-savevm-at", "5M", "wanted N,F"},
        {"-savevm-at", "5M,", "wanted N,F"},
        {"-savevm-at", "soon,f", "`soon` is no number of instructions"},
    };
    for (size_t i = 0; i < ARRAY_LEN(t); i++)
        bad(t[i].option, t[i].value, t[i].must_say);
#ifdef HAVE_SDL
    bad("-audio", "sdl,rate=1", "unknown key `rate`");
    bad("-audio", "sdl,latency", "latency=: wanted 20 to 500");
#endif
}

/* `most` times are taken, once more is not; never is anything written behind the end. */
static void at_most(void **state)
{
    static const struct {
        const char *option, *value;
        int most;
        const char *must_say;
    } t[] = {
        {"-image", "x.img", MAX_IMAGES, "at most 6 images"},
        {"-option-rom", "x.rom", MAX_OPTION_ROMS, "at most 8"},
        {"-load", "x@0:0", MAX_LOADS, "at most 16"},
        {"-regs", "eax=1", MAX_REGS, "at most 32 registers"},
        {"-ex", "q", MAX_SCRIPTS, "at most 64"},
        {"-golden", "x.golden", MAX_GOLDEN, "at most 512 files at a time"},
        {"-golden-record", "1,x", MAX_GOLDEN_AT, "at most 16 of them"},
        {"-expect", "x", MAX_PATTERNS, "at most 16"},
        {"-fail-on", "x", MAX_PATTERNS, "at most 16"},
        {"-type-at", "1,x", MAX_TYPED, "at most 64"},
        {"-savevm-at", "1,x", MAX_SAVES, "at most 16"},
        {"-screendump", "x.png", MAX_DUMPS, "at most 8"},
        {"-serial", "null", MAX_SERIAL, "2 serial ports"},
    };
    char *argv[2 * (MAX_GOLDEN + 1) + 1] = {(char *)"glass86"};
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        Options o;
        int argc = 1;
        for (int n = 0; n <= t[i].most; n++) {
            if (strcmp(t[i].option, "-image"))
                argv[argc++] = (char *)t[i].option;
            argv[argc++] = (char *)t[i].value;
        }
        int last = strcmp(t[i].option, "-image") ? 2 : 1;
        options_init(&o);
        if (!options_read_args(&o, argc - last, argv) || !options_apply(&o))
            fail_msg("%s, %d times: %s", t[i].option, t[i].most, o.error);
        options_free(&o);
        options_init(&o);
        if ((options_read_args(&o, argc, argv) && options_apply(&o)) ||
            !strstr(o.error, t[i].must_say))
            fail_msg("%s, once more: got `%s`, wanted `%s`", t[i].option, o.error, t[i].must_say);
        options_free(&o);
    }
    bad("-dfilter", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "at most 16 ranges");
    char faults[40 + 16 * (DISK_FAULTS + 1)] = "file=x";
    for (int n = 0; n <= DISK_FAULTS; n++)
        strcat(faults, ",fault=read:1");
    bad("-drive", faults, "faults for a drive");
}

/* What is right and had no test. */
static void accepted(void **state)
{
    Options o;
    GOOD(&o, "-drive", "file=x,overlay=y.ovl,refs=any,format=raw,ro,snapshot", "-rtc",
         "localtime", "-scale", "10", "-speed", "real", "-s", "-magic-break", "di", "-device",
         "mpu401,iobase=0x300");
    assert_string_equal(o.drive[DRIVE_HDA].how.overlay, "y.ovl");
    assert_true(o.drive[DRIVE_HDA].how.refs_any);
    assert_true(o.drive[DRIVE_HDA].how.raw);
    assert_true(o.drive[DRIVE_HDA].how.read_only);
    assert_true(o.drive[DRIVE_HDA].how.snapshot);
    assert_int_equal(o.rtc, RTC_LOCALTIME);
    assert_int_equal(o.scale, 10);
    assert_int_equal(o.speed, 100);
    assert_string_equal(o.gdb, "tcp::1234");
    assert_string_equal(o.magic, "di");
    assert_int_equal(o.sound.mpu_base, 0x300);
    options_free(&o);
    GOOD(&o, "-s=off");
    assert_null(o.gdb);
    options_free(&o);
    bad("-s=perhaps", NULL, "neither on nor off");
}

/* ---- glass86.conf -------------------------------------------------------------------------- */

#define CONF "test_options.tmp"

static bool parse_conf(Options *o, const char *text, int argc, char **argv)
{
    write_file(CONF, text);
    options_init(o);
    bool ok = options_read_args(o, argc, argv) && options_read_file(o, CONF) && options_apply(o);
    unlink(CONF);
    return ok;
}

static void config_file(void **state)
{
    Options o;
    char *argv[] = {(char *)"glass86", (char *)"-serial", (char *)"null", (char *)"-m",
                    (char *)"8"};
    static const char text[] = "# comment\n\n  m = 32\nserial = stdio\nserial=file:a b\n"
                               "type-at = \"1, x\"\nsnapshot = on\n";
    assert_true(parse_conf(&o, text, 5, argv));
    assert_int_equal(o.memory, 8 << 20); /* the command line wins */
    assert_int_equal(o.serial_count, 1); /* all of the file's are replaced */
    assert_string_equal(o.serial[0], "null");
    assert_string_equal(o.typed[0].text, " x");
    assert_true(o.snapshot);
    options_free(&o);
}

static void config_errors(void **state)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"m 32\n", ":1: `m 32` is not of the form"},
        {"\nmm = 32\n", ":2: unknown key `mm`; did you mean `m`?"},
        {"m = lots\n", ":1: -m: `lots` is no size"},
        {"type-at = \"1,x\n", ":1: the quote is not closed"},
        {"help = on\n", "unknown key `help`"},
        {"snapshot = perhaps\n", "neither on nor off"},
    };
    char *argv[] = {(char *)"glass86"};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Options o;
        assert_false(parse_conf(&o, cases[i].text, 1, argv));
        if (!strstr(o.error, cases[i].error))
            fail_msg("got `%s`, wanted `%s`", o.error, cases[i].error);
        options_free(&o);
    }
}

/* What -dump-config prints, read again, gives the same fields and prints the same. */
static void dump_reads_back(void **state)
{
    Options a, b;
    char *text, *again;
    size_t n;
    GOOD(&a, "-m", "24", "-expect", " two words ", "-type-at", "0,a\\n\"q\"", "-serial", "null",
         "-hash", "x.img");
    FILE *f = open_memstream(&text, &n);
    options_dump(&a, f);
    fclose(f);
    char *argv[] = {(char *)"glass86"};
    if (!parse_conf(&b, text, 1, argv))
        fail_msg("%s", b.error);
    assert_int_equal(b.memory, 24 << 20);
    assert_string_equal(b.expect.re[0], " two words ");
    assert_string_equal(b.typed[0].text, "a\\n\"q\"");
    assert_true(b.hash);
    f = open_memstream(&again, &n);
    options_dump(&b, f);
    fclose(f);
    assert_string_equal(text, again);
    free(text);
    free(again);
    options_free(&a);
    options_free(&b);
}

/* ---- texts --------------------------------------------------------------------------------- */

static void texts_name_every_option(void **state)
{
    void (*const make[])(FILE *) = {options_help, options_man, options_bash, options_zsh};
    for (size_t i = 0; i < ARRAY_LEN(make); i++) {
        char *text;
        size_t n;
        FILE *f = open_memstream(&text, &n);
        make[i](f);
        fclose(f);
        for (const OptionGroup *g = option_groups; g->title; g++) {
            for (const Option *row = g->rows; row->name; row++) {
                if (row->flags & OPT_HIDDEN || !strcmp(row->name, "image"))
                    continue;
                char name[64] = "-";
                for (const char *p = row->name; *p; p++) { /* roff writes a dash as \- */
                    if (*p == '-' && make[i] == options_man)
                        strcat(name, "\\");
                    strncat(name, p, 1);
                }
                if (!strstr(text, name))
                    fail_msg("text %zu lacks %s", i, name);
            }
        }
        free(text);
    }
}

static void units(void **state)
{
    u64 v;
    assert_true(units_scaled("0.000001", 1000000, 0, &v) && v == 1);
    assert_true(units_scaled("18446744073709551615", 1, 0, &v) && v == UINT64_MAX);
    assert_false(units_scaled("18446744073709551616", 1, 0, &v));
    assert_false(units_scaled("18446744073709551615", 1, 1024, &v) && v != UINT64_MAX);
    assert_false(units_scaled("18446744073709551615K", 1, 1024, &v));
    assert_false(units_scaled(".", 1, 0, &v));
    assert_false(units_scaled("1.2.3", 1, 0, &v));
    assert_false(units_scaled("1K", 1, 0, &v));
    assert_true(units_number("0xffff", 0xffff, &v) && v == 0xffff);
    assert_false(units_number("0x10000", 0xffff, &v));
    assert_false(units_number("0x", 0xffff, &v));
    assert_false(units_number(" 1", 0xffff, &v));
    assert_int_equal(units_days(1970, 1, 1), 0);
    assert_int_equal(units_days(2000, 3, 1), 11017);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(dashes_and_equals),
        cmocka_unit_test(unknown_options),
        cmocka_unit_test(memory_sizes),
        cmocka_unit_test(processors),
        cmocka_unit_test(drives),
        cmocka_unit_test(boot_order),
        cmocka_unit_test(numbers),
        cmocka_unit_test(dates),
        cmocka_unit_test(raw_code),
        cmocka_unit_test(devices),
        cmocka_unit_test(scripts),
        cmocka_unit_test(ranges),
        cmocka_unit_test(messages),
        cmocka_unit_test(at_most),
        cmocka_unit_test(accepted),
        cmocka_unit_test(config_file),
        cmocka_unit_test(config_errors),
        cmocka_unit_test(dump_reads_back),
        cmocka_unit_test(texts_name_every_option),
        cmocka_unit_test(units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
