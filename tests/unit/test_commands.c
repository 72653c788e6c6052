/* test_commands.c: the debugger's commands in a machine that does not run: what they show of a
 * given state, and what they say to what is wrong. */
#include "tests/unit/debug_rig.h"

#include <sys/stat.h>

static char *text; /* what the last command said */

/* Executes a line as -monitor does; an error is the last line of what it says. */
static const char *told(const char *line)
{
    Script own = {0};
    size_t n;
    free(text);
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    d->stopped = d->remote = true;
    debug_execute_remote(d, &own, line, out);
    script_drop(&own);
    fclose(out);
    return text;
}

typedef struct {
    const char *line, *says; /* says "": nothing */
} Said;

static void says(const char *line, const char *want)
{
    if (*want ? !strstr(told(line), want) : *told(line))
        fail_msg("%s:\n%.600s\nwanted: %s", line, text, want);
}

static void all(const Said *rows, size_t count)
{
    for (size_t n = 0; n < count; n++)
        says(rows[n].line, rows[n].says);
}

#define ALL(rows) all(rows, ARRAY_LEN(rows))

/* ---- files: in a folder of their own --------------------------------------------------------- */

static char folder[] = "/tmp/glass86-commands-XXXXXX", home[1000];

static int enter_folder(void **state)
{
    memcpy(strrchr(folder, '-'), "-XXXXXX", 8);
    if (!mkdtemp(folder) || !getcwd(home, sizeof home) || chdir(folder))
        return -1;
    return setup(state);
}

static int leave_folder(void **state)
{
    char rm[100];
    snprintf(rm, sizeof rm, "rm -rf %s", folder);
    free(text);
    text = NULL;
    return teardown(state) || chdir(home) || system(rm);
}

static void write_file(const char *name, const char *what)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    fputs(what, f);
    fclose(f);
}

static void holds(const char *name, const char *want)
{
    char got[2000] = "";
    FILE *f = fopen(name, "r");
    assert_non_null(f);
    got[fread(got, 1, sizeof got - 1, f)] = 0;
    fclose(f);
    assert_string_equal(got, want);
}

/* ---- registers, values ----------------------------------------------------------------------- */

static void test_registers(void **state)
{
    static const Said rows[] = {
        {"set $dr0=0x5000", ""},
        {"set $dr1=0x6000", ""},
        {"set $dr7=0x00900005", ""},
        {"set $dr6=0x6002", ""},
        {"info dreg", "dr0=00005000  execution, 1 bytes\n"
                      "dr1=00006000  writes, 8 bytes, was hit\ndr2=00000000  off\n"},
        {"set $dr7=0x00f02004", ""},
        {"info dreg", "dr0=00005000  off\ndr1=00006000  reads and writes, 4 bytes, was hit\n"},
        {"info dreg", "dr6=00006002  BD: debug registers were to be used  BS: single step"},
        {"info dreg", "GD: debug registers are guarded"},
        {"set $eax=0xfffffe80", ""},
        {"p/d $al", "-128"},
        {"p/d $ax", "-384"},
        {"p/d $eax", "-384"},
        {"p/u $al", "128"},
        {"p/o 83", "0123"},
        {"p/t 0", "0"},
        {"p/q 1", "format /q is unknown; there are x d u o t c a"},
        {"p/", "print what?"},
        {"set syntax what", "expected intel or att"},
        {"set var", "set what?"},
        {"set var $eax=7", ""},
        {"p $eax", "7 (0x7)"},
        {"display 1/$eax", "0 (0x0)"},
        {"display/2xb 0x600", "00 00"},
        {"set byte[0x601]=0x42", ""},
        {"set $eax=0", ""},
        {"display", "1: division by zero\n2: 0x00000600: 00 42"},
        {"undisplay 3", "there is no display 3"},
        {"undisplay 1", ""},
        {"display", "2: 0x00000600: 00 42"},
        {"info sregs", "gdtr       base 00000000, limit ffff"},
    };
    ALL(rows);
    assert_null(strstr(text, "1: "));
    for (int n = 1; n < DEBUG_DISPLAYS; n++)
        says("display 7", "7 (0x7)");
    says("display 7", "there are 32 displays already");
}

static void test_fpu(void **state)
{
    Fpu *f = &d->pc->cpu.s.fpu;
    static const struct {
        u16 exp;
        u64 man;
        const char *says;
    } rows[] = {
        {0x3FFF, 0xC000000000000000, "1.5\n"},       {0xC000, 0x8000000000000000, "-2\n"},
        {0x7FFF, 0x8000000000000000, "+infinity\n"}, {0xFFFF, 0x8000000000000000, "-infinity\n"},
        {0xFFFF, 0xC000000000000000, "NaN\n"},       {0, 0, "0\n"},
    };
    f->empty = 0;
    f->top = 5;
    f->control = 0x0C7B;
    f->status = 0x4121;
    for (size_t n = 0; n < ARRAY_LEN(rows); n++) {
        char want[60];
        f->exp[(5 + n) & 7] = rows[n].exp;
        f->man[(5 + n) & 7] = rows[n].man;
        snprintf(want, sizeof want, "st%zu  %04x %016llx  %s", n, rows[n].exp,
                 (unsigned long long)rows[n].man, rows[n].says);
        says("info fpu", want);
    }
    says("info fpu", "control=0c7b  rounds to zero, 24 bits\n"
                     "  masked: invalid, denormal, overflow, underflow, inexact\n"
                     "status=6921  top=5 C3 C0\n  happened: invalid, inexact\n");
    f->empty = 0xFF;
    says("info fpu", "st7  0000 0000000000000000  empty\n");
    d->pc->cpu.fpu_present = false;
    says("info fpu", "this machine has no coprocessor");
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void test_memory(void **state)
{
    static const Said rows[] = {
        {"set dword[0x4fffc]=0x00414243", ""}, /* the page behind it is not there */
        {"x/4xb 0x4fffc", "0x0004fffc: 43 42 41 00  "},
        {"x/6xb 0x4fffc", "0x0004fffc: 43 42 41 00\nlinear address 0x00050000 is not mapped"},
        {"x/2s 0x4fffc", "0x0004fffc: \"CBA\"\n0x00050000: \"linear address 0x00050000 is not"},
        {"x/3db 0x4fffc", "0x0004fffc: 67 66 65\n"},
        {"x/2uw 0x4fff8", "0x0004fff8: 0 4276803\n"},
        {"x/3cb 0x4fffc", "0x0004fffc: 67 'C' 66 'B' 65 'A'\n"},
        {"x/2th 0x4fffc", "0x0004fffc: 100001001000011 1000001\n"},
        {"x/1xg 0x4fff8", "0x0004fff8: 0041424300000000\n"},
        {"x/0xb 0", "1 to 65536 units at a time"},
        {"x/65537xb 0", "1 to 65536 units at a time"},
        {"x/2qb 0", "`q` in /2qb: formats are x d u o t c s i a, units b h w g"},
        {"x/1i phys:0x600", "x/i wants a linear address"},
        {"x/1i 0x50000", "0x00050000: (not mapped)"},
        {"xp/4xb 0x50000", "phys:0x00050000: 00 00 00 00"},
        {"find 0x4fff0,+32,0x41", "0x0004fffe\n1 found"},
        {"find 0,+4,0x1ff", "511 is out of range; at most 255"},
        {"find", "find where?"},
        {"find 0,+16 \"\"", "a text is missing here"},
        {"find next same", "begin with `find A,+LEN`"},
        {"find 0,+0x1000001", "at most 16 MiB at a time"},
        {"find 0,4", "expected ,+LENGTH at `4`"},
        {"find 0,+0", "the length is 0"},
        {"find 0x4fffc,+8", "4 bytes are remembered"},
        {"find next maybe", "expected changed, same, <, >, <V, >V or =V"},
        {"find next =", "expected a number"},
        {"find next same 5", "`5` is too much here"},
        {"find next > 0x41", "2 left\n0x0004fffc  43\n0x0004fffd  42\n"},
        {"set byte[0x4fffc]=0x44", ""},
        {"set byte[0x4fffd]=0x41", ""},
        {"find next changed", "2 left"},
        {"set byte[0x4fffc]=0x45", ""},
        {"find next >", "1 left\n0x0004fffc  45\n"},
        {"find next <0x46", "1 left"},
        {"find next <", "0 left"},
    };
    map_pages();
    ALL(rows);
    char line[1600] = "find 0,+4,1"; /* 257 bytes */
    for (int n = 0; n < 256; n++)
        strcat(line, ",1");
    says(line, "at most 256 bytes at a time");
}

static void test_files(void **state)
{
    static const Said rows[] = {
        {"set dword[0x600]=0x44434241", ""},
        {"dump abcd 0x600,+4", ""},
        {"restore abcd phys:0x700", "4 bytes"},
        {"p/x dword[0x700]", "0x44434241"},
        {"restore abcd 0x200000", "no memory at physical address 0x00200000"},
        {"restore none 0x600", "cannot read none: No such file"},
        {"restore . 0x600", "cannot read .: Is a directory"},
        {"dump none/d 0x600,+4", "cannot write none/d: No such file"},
        {"dump /dev/full 0x600,+4", "cannot write /dev/full: No space"},
        {"save breakpoints /dev/full", ""},
        {"b 0x600", ""},
        {"save breakpoints none/b", "cannot write none/b: No such file"},
        {"save breakpoints /dev/full", "cannot write /dev/full: No space"},
    };
    all(rows, 10);
    says("b 0x600", "1: code");
    all(rows + 11, 2);
    holds("abcd", "ABCD");
}

/* ---- breakpoints ----------------------------------------------------------------------------- */

static void test_breakpoints(void **state)
{
    static const Said rows[] = {
        {"bpexc", "bpexc which exception?"},
        {"bpexc 32", "`32`: wanted 0 to 31, or de db"},
        {"bpio 0x3ff-0x3f8", "the range ends before it begins"},
        {"bpinsn 1.2.3s", "`1.2.3s` is no time; e.g. 2.5s"},
        {"bpinsn 9999999999999999s", "that is too far away"},
        {"bpinsn 9999999999s", "that is too far away"},
        {"bpinsn 5", "instruction 5 is in the past; it is now 100"},
        {"watch 0x5000,0", "the length is 0"},
        {"bptext (", "`(` is no POSIX extended expression"},
        {"bptext x*", "matches nothing at all"},
        {"bpmagic ax", "`ax`: wanted bx, cx, dx, sp, bp, si or di"},
        {"bpmagic bx cx", "`cx` is too much here"},
        {"bpcr cr9", "`cr9`: wanted cr0 to cr4"},
        {"b 0x600 if", "`if` needs an expression"},
        {"b 0x600 if 1+", "expected a number"},
        {"b 0x600 iff", "`iff` is too much here"},
        {"pb", "pb where?"},
        {"log 0x600 ax", "expected \"format\" at `ax`"},
        {"d", ""},
        {"info b", "no breakpoints"}, /* none of these has left one */
        {"d 1", "there is no breakpoint 1"},
        {"ignore", "which breakpoint?"},
        {"commands", "there is no breakpoint; set one first"},
        {"set $value=9", ""},
        {"watch 0x5000 if val==3", "if $val==3"},
        {"watch 0x5000 if $value==9", "if $value==9"},
        {"watch 0x5000 if valve", "`valve` is neither symbol nor register"},
    };
    d->pc->clock.now = 100;
    ALL(rows);
    says("d 1 2 77", "there is no breakpoint 77");
    says("commands 77", "there is no breakpoint 77");
}

/* What is saved makes the same breakpoints again. */
static void test_saved(void **state)
{
    static const Said rows[] = {
        {"b 0x600 if $cx==3", "1: code"},
        {"log 0x610   \"cx=%d and a text of some length, so that the line is longer than 120 "
         "characters, and %x\\n\",$cx,$eflags",
         "2: code           log 0x610\n"},
        {"condition 2 $cx>1", ""},
        {"bpmagic si", "3: magic          bpmagic si\n"},
        {"condition 3 $di==2", ""},
        {"ignore 3 7", ""},
        {"bpinsn 1000", "4: count"},
        {"condition 4 $di==4", ""},
        {"bptext \"a b\"", "5: text"},
        {"condition 5 $di==5", ""},
        {"disable 5", ""},
        {"awatch 0x700,4", "6: watch"},
        {"source lines", ""},
        {"tb 0x800", "7: code"},
        {"save breakpoints saved", ""},
    };
    static const char saved[] =
        "b 0x600 if $cx==3\n"
        "log 0x610 \"cx=%d and a text of some length, so that the line is longer than 120 "
        "characters, and %x\\n\",$cx,$eflags\ncondition $bpnum $cx>1\n"
        "bpmagic si\ncondition $bpnum $di==2\nignore $bpnum 7\n"
        "bpinsn 1000\ncondition $bpnum $di==4\n"
        "bptext \"a b\"\ncondition $bpnum $di==5\ndisable $bpnum\n"
        "awatch 0x700,4\ncommands $bpnum\np $cx\necho x\nend\n"
        "tb 0x800\n";
    write_file("lines", "commands 6\np $cx\necho x\nend\n");
    ALL(rows);
    holds("saved", saved);
    char *before = strdup(told("info b"));
    assert_non_null(strstr(before, "7   y code           tb 0x800 (once)"));
    assert_non_null(strstr(before, "5   n text"));
    assert_non_null(strstr(before, "      the next 7 hits are ignored\n"));
    assert_non_null(strstr(before, "      prints \"cx=%d and a text"));
    assert_non_null(strstr(before, "      > p $cx\n      > echo x\n"));
    says("d", "");
    d->breaks.next = 1;
    told("source saved");
    assert_string_equal(told("info b"), before);
    free(before);
    gdbstub_open_test(d);
    gdbstub_feed(d, (const u8 *)"+$Z0,7c00,1#0d", 14);
    says("info b", "gdb  code           gdb 0x7c00\n");
}

/* The processor and the table have only so much room; what did not fit is not there. */
static void test_too_many(void **state)
{
    char line[40];
    for (int n = 0; n < 64; n++) {
        snprintf(line, sizeof line, "b 0x%x", 0x600 + n);
        says(line, ": code");
    }
    says("b 0x700", "watches at most 64 code addresses and 16 data ranges; b 0x700 was not set");
    assert_int_equal(d->breaks.count, 64);
    while (d->breaks.count < BREAK_MAX)
        says("bpfault", "any fault");
    says("bpfault", "there are 256 breakpoints already; delete one with `d N`");
    says("bptext abc", "there are 256 breakpoints already");
    says("d 1", "");
    says("b 0x700", ": code");
}

static void test_printf(void **state)
{
    static const Said rows[] = {
        {"printf \"%d\\n\"", "printf: an argument is missing"},
        {"printf \"%123456789d\\n\",1", "printf: `123456789d\\n` is too long a width"},
        {"printf \"%999d\\n\",1", "printf: a width of at most 200"},
        {"printf \"%.999d\\n\",1", "printf: a width of at most 200"},
        {"printf \"%f\\n\",1", "printf: %f is unknown"},
        {"printf \"%\"", "printf: %\" is unknown"},
        {"printf \"a", "the format has no closing quote"},
        {"printf \"a\",1", "printf: too many arguments"},
        {"printf   \"%p|%5d|%-4x|%03u|%lld\\n\"  ,0x500,-7,255,7,1",
         "0x00000500|   -7|ff  |007|1\n"},
        {"set $eax=0xfffffffe", ""},
        {"printf \"%d %i %d %u\\n\",$eax,$ax,$al,$eax", "-2 -2 -2 4294967294\n"},
        {"printf \"%d\\n\",$insn", "3000000000\n"}, /* 64 bits wide: no sign in bit 31 */
    };
    d->pc->clock.now = 3000000000;
    ALL(rows);
    says("log 0x600 \"%d\\n\",1/$ecx", "1: code");
    char *out = NULL;
    size_t n;
    FILE *was = d->out;
    d->out = open_memstream(&out, &n);
    assert_false(d->hooks.on_break(d, 0x600));
    fclose(d->out);
    d->out = was;
    assert_string_equal(out, "log 1: division by zero\n");
    free(out);
}

/* ---- processor and system -------------------------------------------------------------------- */

static void test_tables(void **state)
{
    static const Said rows[] =
        {
            {"info mode", "real mode, ring 0"},
            {"set $ds.limit=0xffffffff", ""},
            {"info mode", "\"unreal\": a segment has a limit above FFFFh"},
            {"set $gdtr.base=0x2000", ""},
            {"set $gdtr.limit=0x2f", ""},
            {"set $idtr.base=0x4000", ""},
            {"set $idtr.limit=0x17", ""},
            {"sym names", "1 symbols"},
            {"info gdt", "0010  base 01123456, limit 00000fff, 32-bit data"},
            {"info gdt 3", "0018  base 00003000, limit 00000017, LDT"},
            {"info gdt 1", "0008  "},
            {"info gdt 6", "no entries"},
            {"info gdt 8192", "8192 is out of range"},
            {"info ivt 1", "01  0000:0000\n"},
            {"info ldt", "there is no LDT"},
            {"set $ldtr=0x18", ""},
            {"set $ldtr.base=0x3000", ""},
            {"set $ldtr.limit=0x17", ""},
            {"info ldt", "base 00003000, limit 0017\n0008  base 00700000"},
            {"info tss", "the task register is empty"},
            {"set $tr=0x20", ""},
            {"set $tr.base=0x5000", ""},
            {"set $tr.limit=0x67", ""},
            {"set $tr.attr=0x8b", ""},
            {"info tss", "TR 0020, base 00005000, limit 00000067, 32-bit\n"
                         "link   00000000  esp0   00000001  ss0    00000002  "},
            {"info tss", "ldt    00000018  iomap  00000001\n"}, /* the upper half of 10019h */
            {"set $tr.attr=0x83", ""},
            {"info tss", "16-bit\nlink   0000  sp0    0000  ss0    0001  sp1    0000  "},
        },
                      paged[] = {
                          {"info idt", "01  32-bit interrupt gate to 0008:00001234"},
                          {"info idt 1", "<handler+4>"},
                          {"info mode", "protected mode, ring 0"},
                          {"set $gdtr.base=0x4fff8", ""},
                          {"info gdt", "   1  not mapped"},
                          {"set $tr.base=0x50000", ""},
                          {"info tss", "the TSS is not mapped"},
                          {"set dword[phys:0x11000]=0", ""},
                          {"info ivt 3", "linear address 0x0000000c is not mapped"},
                      };
    write_file("names", "00001230 T handler\n");
    put64(0x2008, 0x00CF9A000000FFFFull);
    put64(0x2010, 0x0140921234560FFFull);
    put64(0x2018, 0x0000820030000017ull);
    put64(0x2020, 0x00008B0050000067ull);
    put64(0x3008, 0x00C0F2700000000Full);
    put64(0x4008, 0x00008E0000081234ull); /* 0008:00001234 */
    for (u32 n = 0; n < 26; n += 2)
        put64(0x5000 + 4 * n, n | (u64)(n + 1 == 25 ? 0x10019 : n + 1) << 32);
    ALL(rows);
    map_pages();
    ALL(paged);
    says("set $cr0=1", ""); /* an LDT of 4 GiB in which nothing is 0: as far as selectors reach */
    says("set $ldtr.base=0x200000", "");
    says("set $ldtr.limit=0xffffffff", "");
    says("info ldt", "\nfff8  ");
    assert_true(strlen(text) < 1 << 20);
}

static void test_paging(void **state)
{
    static const Said rows[] =
        {
            {"info faults", "0 faults in all"},
            {"explain", "nothing has faulted yet"},
            {"info mem", "00000000-0004ffff -> phys 00000000  user read-write\n"
                         "00051000-000fffff -> phys 00051000  user read-write\n"},
            {"walk 0x50123", "not present"},
            {"walk phys:5", "a linear address is wanted here, not a physical one"},
            {"walk 0x100000000", "0x100000000 is no address: they have 32 bits"},
            {"walk", "walk which address?"},
        },
                      dead[] = {
                          {"info faults", "[not present, write, supervisor], during"},
                          {"info faults 1", "[protection, read, user]"},
                          {"explain 3", "so many faults are not remembered"},
                          {"explain", "Fault 1 of 1: #PF(0005)"},
                      };
    map_pages();
    ALL(rows);
    for (u32 page = 1; page < 1024; page += 2) /* every second page: more ranges than are shown */
        put64(0x11000 + 4 * (page - 1), (page - 1) << 12 | 7);
    says("info mem", "... and more\n");
    assert_null(strstr(text, "003f0000"));
    d->hooks.on_fault(d, 13, true, 0);
    d->hooks.on_fault(d, 14, true, 2);
    d->faults.ring[1].during = 13;
    d->hooks.on_fault(d, 14, true, 5);
    d->dead = true;
    ALL(dead);
}

/* ---- shadow ---------------------------------------------------------------------------------- */

static void test_shadow(void **state)
{
    static const Said
        rows[] =
            {
                {"info shadow",
                 "paging is off: a shadow table would be the identity map\n`info shadow on`"},
                {"info shadow maybe", "expected on or off"},
                {"info shadow on", ""},
            },
        on[] = {
            {"info shadow",
             "tables at phys:0x00010000 would hold 2 page tables and 1279 pages (1 of 4 "
             "MiB, split into 4 KiB)"},
            {"info shadow", "The guest's 2 table pages would be write-protected"},
        };
    ALL(rows);
    map_pages();
    put64(0x10008, 0x00400087); /* 4 MiB pages, and more tables than the processor has ranges for */
    says("set $cr4=0x10", "");
    ALL(on);
    for (u32 n = 3; n < 20; n++)
        put64(0x10000 + 8 * n, (0x20000 + n * n * 0x1000) | 7);
    says("info shadow on", "");
    assert_true(d->pc->cpu.watch_phys_count > 0);
    d->stopped = false;
    const struct {
        u32 at;
        bool counts;
    } writes[] = {{0x10ffc, true}, {0x11000, true}, {0x20000 + 0x9000, true}, {0x12000, false}};
    for (size_t n = 0; n < ARRAY_LEN(writes); n++)
        d->hooks.on_access(d, writes[n].at, 4, true, 0);
    d->hooks.on_control(d, CPU_WRITE_CR, 3, 0x10000);
    d->stopped = true;
    says("info shadow",
         " 3 writes to page tables, each of which would have trapped; 1 loads of CR3");
    says("info shadow off", "");
    says("info shadow", "`info shadow on` counts the writes to them");
    assert_int_equal(d->pc->cpu.watch_phys_count, 0);
}

/* ---- devices --------------------------------------------------------------------------------- */

static void test_irq(void **state)
{
    static const Said rows[] = {
        {"outb 0x20 0x11", ""},
        {"outb 0x21 8", ""},
        {"outb 0x21 4", ""},
        {"outb 0x21 1", ""},
        {"outb 0xa0 0x11", ""},
        {"outb 0xa1 0x70", ""},
        {"outb 0xa1 2", ""},
        {"outb 0xa1 1", ""},
        {"outb 0x21 0", ""},
        {"outb 0xa1 0", ""},
        {"irq 5 raise", ""},
        {"info pic", "  requested: IRQ5\n"},
        {"info pic", "  IRQ5 waits: interrupts are off (IF is 0)\n"},
        {"set $if=1", ""},
        {"info pic", "  IRQ5 waits: it is next\n"},
        {"irq 3 raise", ""},
        {"info pic", "  IRQ5 waits: IRQ3 comes first\n"},
        {"info pic", "  IRQ3 waits: it is next\n"},
        {"irq 12 raise", ""},
        {"info pic", "  IRQ12 waits: it is next\n"}, /* the cascade comes before IRQ3 */
        {"irq 1 raise", ""},
        {"info pic", "  IRQ12 waits: IRQ1 comes first\n"},
        {"outb 0x21 6", ""},
        {"info pic", "  IRQ12 waits: the cascade, IRQ2, is masked\n"},
        {"info pic", "  IRQ1 waits: masked\n"},
        {"irq 12 lower", ""},
        {"irq 16 raise", "16 is out of range; at most 15"},
        {"irq 5 up", "expected raise or lower"},
    };
    ALL(rows);
    assert_null(strstr(told("info pic"), "IRQ12 waits"));
    d->pc->pic.s.chip[0].isr = 1 << 3;
    says("info pic", "  IRQ5 waits: IRQ3 is in service\n");
}

static void test_devices(void **state)
{
    static const Said rows[] = {
        {"outb 0x3fb 4", ""},
        {"info uart", "COM1 at 3F8: "},
        {"info uart", " baud 5N1.5, "},
        {"outb 0x3fb 0x0b", ""},
        {"info uart", " baud 8O1, "},
        {"outb 0x3fb 0x1f", ""},
        {"info uart", " baud 8E2, "},
        {"outb 0x3fb 0x2a", ""},
        {"info uart", " baud 7M1, "},
        {"outb 0x3fb 0xb9", ""},
        {"info uart", " baud 6S1 (divisor latch open), "},
        {"outb 0x3ff 0x15a", "346 is out of range; at most 255"},
        {"outw 0x3fe 0x10000", "65536 is out of range; at most 65535"},
        {"outl 0x80 0x100000000", "out of range; at most 4294967295"},
        {"outb 0x10000 1", "65536 is out of range"},
        {"outb 0x43 0x31", ""},
        {"outb 0x40 0x34", ""},
        {"outb 0x40 0x12", ""},
        {"info pit", "counter 0 (IRQ 0): mode 0 BCD, reload 1234, count "},
        {"outb 0x43 0x35", ""},
        {"outb 0x40 0", ""},
        {"outb 0x40 0", ""},
        {"info pit", "counter 0 (IRQ 0): mode 2 BCD, reload 10000, count "},
        {"outb 0x43 0x34", ""},
        {"outb 0x40 0", ""},
        {"outb 0x40 0", ""},
        {"info pit", "counter 0 (IRQ 0): mode 2, reload 65536, count "},
        {"outb", "outb wants PORT V"},
        {"speed 0%", "wanted max, real or N%"},
        {"speed 50% now", "`now` is too much here"},
        {"fault zip read:1", "zip: no such drive"},
        {"fault fda write:3-5", ""},
        {"fault fda read:7", ""},
        {"fault", "fda write:3-5\nfda read:7-7\n"},
        {"fault fda nonsense", "wanted read, write, missing or timeout"},
        {"fault fda off", ""},
        {"fault", ""},
        {"change fda", "change which drive to which image?"},
        {"type \"\"", "type what?"},
        {"sendkey", "send which keys?"},
        {"screendump x.gif", "the name must end in .png or .txt"},
    };
    d->pc->cfg.serial_ports = 1;
    ALL(rows);
    for (int n = 0; n < DISK_FAULTS; n++)
        says("fault fda read:1", "");
    says("fault fda read:1", "faults; `fault fda off` first");
}

/* ---- scripts, help, completion --------------------------------------------------------------- */

static void test_scripts(void **state)
{
    static const Said rows[] = {
        {"commands", "there is no breakpoint; set one first"},
        {"define x", "lines up to `end` can be given only at the console or in a script"},
        {"source macros", ""},
        {"twice 21", "42 (0x2a)"},
        {"twice 1/0", "division by zero"},
        {"forever", "forever: commands call each other too deeply"},
        {"source endless", "`end` is missing"},
        {"bptext "
         "\"0123456789012345678901234567890123456789012345678901234567890123456789012345678901"
         "23456789012345678\"",
         "bptext "},
        {"bptext "
         "\"0123456789012345678901234567890123456789012345678901234567890123456789012345678901"
         "234567890123456789\"",
         "the text is too long"},
        {"bptext \"abc", "the text has no closing quote"},
        {"help info p", "  info pit                           Shows the timer\n"},
        {"help dos", "dos psp"},
        {"help nonsense", "no command `nonsense`; `apropos WORD` searches"},
        {"apropos", "apropos what?"},
        {"apropos nonsense", "nothing about `nonsense`"},
        {"di", "`di` could be several commands"},
        {"info", "info needs one of its subjects"},
        {"/x", "unknown command"},
    };
    write_file("macros", "define twice\np 2*$arg0\nend\ndefine forever\nforever\nend\n"
                         "hook-stop\necho one\nend\nhook-stop\necho two\nend\n");
    write_file("endless", "define y\np 1\n");
    ALL(rows);
    assert_int_equal(d->macro_count, 3); /* the second hook-stop took the place of the first */
    char line[4100];
    memset(line, ' ', sizeof line - 1);
    memcpy(line, "p 1", 3);
    line[sizeof line - 1] = 0;
    line[sizeof line - 2] = '5';
    says(line, "a command line of more than 4000 characters");
}

static void test_completion(void **state)
{
    static const struct {
        const char *line, *words; /* all that there are, divided by blanks; "@": a file's name */
    } rows[] = {
        {"fi", "finish find"},
        {"tw", "twice"},
        {"info sh", "shadow"},
        {"p $mi", "$mine"},
        {"p $eax+$dr", "$dr0 $dr1 $dr2 $dr3 $dr6 $dr7"},
        {"b ma", "main_loop"},
        {"help wa", "watch walk wait"},
        {"restore x", "@"},
        {"si x", ""},
    };
    write_file("macros", "define twice\np 2*$arg0\nend\nset $mine=1\n");
    write_file("names", "00001230 T main_loop\n");
    says("source macros", "");
    says("sym names", "1 symbols");
    for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
        char got[300] = "", *word;
        bool files;
        for (int n = 0; (word = cmd_completion(d, rows[r].line, n, &files)); n++) {
            snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", n ? " " : "", word);
            free(word);
        }
        if (strcmp(files ? "@" : got, rows[r].words))
            fail_msg("%s: %s, wanted %s", rows[r].line, files ? "@" : got, rows[r].words);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, enter_folder, leave_folder)
    const struct CMUnitTest tests[] = {
        T(test_registers), T(test_fpu),      T(test_memory),  T(test_files),   T(test_breakpoints),
        T(test_saved),     T(test_too_many), T(test_printf),  T(test_tables),  T(test_paging),
        T(test_shadow),    T(test_irq),      T(test_devices), T(test_scripts), T(test_completion)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
