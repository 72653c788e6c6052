/* test_debugger.c: expressions and symbol files: what they give, and that nothing hostile gets
 * further than an error. Run it in the sanitizer build as well. */
#include "tests/unit/debug_rig.h"

#include "frontend/att.h"

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
    gives("2<=1", 0);
    gives("-1<=-1", 1);
    gives("-5>=-6", 1);
    gives("5>6", 0);
    gives("1<<63>>63", 1);
    gives("1>>64", 0);
    gives("6^3", 5);
    gives("'\\n'", 10);
    gives("'\\e'+'\\0'", 27);
    gives("'\\''", 39);
    gives("'\\\\'", 92);
    gives("0xFFFFFFFFFFFFFFFF", UINT64_MAX);
}

/* A ':' joins a segment and an offset only where no ?: waits for it. */
static void test_colons(void **state)
{
    d->pc->cpu.s.seg[SEG_DS].base = 0x12340;
    d->pc->cpu.s.r[6] = 0x10;
    gives("1?2:3", 2);
    gives("0 ? 2:3", 3);
    gives("0 ? $ax:5", 5);
    gives("1 ? ds:si : 5", 0x12350);
    gives("0 ? 5 : ds:si", 0x12350);
    gives("1 ? f000:fff0 : 0", 0xFFFF0);
    gives("0 ? 1 : 0040:0017", 0x417);
    gives("1 ? 0 ? 1:2 : 3", 2);
    gives("0 ? 1 : 0 ? 2:3", 3);
    gives("1 ? (0040:17):3", 0x417);
    gives("1 ? ':':3", ':');
    gives("0 ? 2:3+':'", 3 + ':');
    gives("1 ? 2:(3)", 2);
    gives("0 ? 2:(1?4:5)+1", 5);
    gives("(1 ? 2:3)+0040:1", 0x401 + 2);
    gives("0040:0b10", 0xF10); /* not binary there */
    gives("f000:0B", 0xF000B);
    gives("0040:0x10", 0x410);
    gives("0040:10h", 0x410);
}

/* What is wrong is said. */
static void test_messages(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"'\\q'", "expected \\n \\r \\t \\0 \\e"},
        {"'AB'", "a character in quotes"},
        {"0x1g", "`0x1g` is no number of base 16"},
        {"0x10000000000000000", "does not fit 64 bits"},
        {"phys:0x100000000", "physical addresses have 32 bits"},
        {"{word 5", "expected }"},
        {"{", "expected byte, word, dword or qword"},
        {"$nosuch", "`set $nosuch=0` makes one"},
        {"nosuch", "neither symbol nor register"},
        {"1 ? 2", "expected : of a ?:"},
        {"5 5", "expected an operator at `5`"},
        {"{byte}$nosuch", "there is no register or variable $nosuch"},
        {"byte[0x50000]", "linear address 0x00050000 is not mapped"},
        {"*0x4fffe", "linear address 0x0004fffe is not mapped"},
    };
    map_pages();
    for (size_t n = 0; n < ARRAY_LEN(rows); n++) {
        refused(rows[n].text);
        if (!strstr(d->error, rows[n].says))
            fail_msg("%s: %s", rows[n].text, d->error);
    }
}

/* Selectors in protected mode: the caches first, then GDT and LDT. */
static void test_selectors(void **state)
{
    CpuState *s = &d->pc->cpu.s;
    put64(0x2008, 0x00CF9A000000FFFFull); /* flat code */
    put64(0x2010, 0x0140921234560FFFull); /* data at 01123456h, 4 KiB */
    put64(0x2018, 0x0000820030000017ull); /* LDT at 3000h */
    put64(0x2020, 0x00008B0050000067ull); /* TSS at 5000h */
    put64(0x2028, 0x00008C0000081234ull); /* call gate */
    put64(0x3008, 0x00C0F2700000000Full); /* LDT: data at 700000h, 64 KiB, ring 3 */
    s->gdtr = (TableReg){0x2000, 0x2F};
    s->cr0 |= CR0_PE;
    for (int n = 0; n < 6; n++)
        s->seg[n].sel = 0x8;
    s->seg[SEG_FS] = (Seg){.sel = 0x30, .base = 0x777000};
    gives("30:1", 0x777001); /* beyond the GDT, but loaded */
    gives("10:10", 0x1123466);
    gives("11:10", 0x1123466);
    gives("20:0", 0x5000);
    gives("$ax:10", 0x10); /* AX is 0 */
    refused("28:0");
    assert_non_null(strstr(d->error, "selector 0028 names a gate"));
    refused("38:0");
    assert_non_null(strstr(d->error, "selector 0038 is beyond its descriptor table"));
    refused("f:0"); /* no LDT is loaded */
    s->ldtr = (Seg){.sel = 0x18, .base = 0x3000, .limit = 0x17};
    gives("f:20", 0x700020);
    refused("1f:0");
    assert_true(expr_assign(d, "$ds=0x10"));
    gives("$ds.base", 0x1123456);
    gives("$ds.limit", 0xFFF);
    gives("$ds.attr", 0x492);
    assert_true(expr_assign(d, "$es=0xf"));
    gives("$es.limit", 0xFFFF);
    gives("$es.dpl", 3);
    assert_true(expr_assign(d, "$es=3"));
    assert_int_equal(s->seg[SEG_ES].sel, 3);
    gives("$es.limit", 0);
    assert_false(expr_assign(d, "$gs=0x38"));
    assert_false(expr_assign(d, "$gs=0x28"));
    assert_int_equal(s->seg[SEG_GS].sel, 8); /* as before */
    s->eflags |= VM;
    gives("1234:5", 0x12345);
}

static void test_assignments(void **state)
{
    static const struct {
        const char *text, *says; /* says NULL: it is done, and `reads` is then `value` */
        const char *reads;
        u64 value;
    } rows[] = {
        {"qword[0x600]=0x1122334455667788", NULL, "qword[0x600]", 0x1122334455667788},
        {"{byte}0x601=0xAA", NULL, "dword[0x600]", 0x5566AA88},
        {"{ word } 0x602 = -1", NULL, "dword[0x600]", 0xFFFFAA88},
        {"word [0x600] = 5", NULL, "word[0x600]", 5},
        {"[phys:0x604]=0x01020304", NULL, "dword[0x604]", 0x01020304},
        {"byte[phys:0x604]=9", NULL, "dword[0x604]", 0x01020309},
        {"$flags=0xFFFFFFFF", NULL, "$eflags", 0x7FD7}, /* without what is no flag */
        {"$id=1", NULL, "$eflags", 0x207FD7},
        {"$iopl=1", NULL, "$iopl", 1},
        {"{byte 5=1", "expected {byte}, {word} or {dword}", NULL, 0},
        {"{what}5=1", "expected {byte}, {word} or {dword}", NULL, 0},
        {"{byte}5 6", "expected =", NULL, 0},
        {"byte[5=1", "expected ]", NULL, 0},
        {"byte[5]1", "expected =", NULL, 0},
        {"=5", "expected a register, $variable, byte[A]", NULL, 0},
        {"eaxx=5", "`eaxx` is no register; variables begin with $", NULL, 0},
        {"$mine.field=5", "`mine.field` is no register", NULL, 0},
        {"$cs.dpl=1", "$cs.dpl cannot be set", NULL, 0},
        {"$insn=1", "$insn cannot be set", NULL, 0},
        {"$a_name_of_more_than_31_characters_=1", "longer than 31 characters", NULL, 0},
        {"$eax=1 1", "expected an operator at `1`", NULL, 0},
        {"[phys:0x800000]=1", "no memory at physical address 0x00800000", NULL, 0},
    };
    for (size_t n = 0; n < ARRAY_LEN(rows); n++) {
        bool ok = expr_assign(d, rows[n].text);
        if (ok == !!rows[n].says || (rows[n].says && !strstr(d->error, rows[n].says)))
            fail_msg("%s: %s", rows[n].text, ok ? "taken" : d->error);
        if (ok)
            gives(rows[n].reads, rows[n].value);
    }
    for (int n = 0; n < DEBUG_VARS; n++) { /* there is an end to variables, too */
        char text[20];
        snprintf(text, sizeof text, "$v%d=1", n);
        assert_true(expr_assign(d, text));
    }
    assert_false(expr_assign(d, "$one_more=1"));
    assert_non_null(strstr(d->error, "no room for another variable"));
    assert_true(expr_assign(d, "$v0=2"));
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

/* Every name: where its bytes are in the processor's state. */
#define AT(name, field, shift, bytes)                                                              \
    {                                                                                              \
        name, offsetof(CpuState, field), shift, bytes, true                                        \
    }
static const struct {
    const char *name;
    size_t offset;
    u8 shift, bytes; /* shift: of the lowest bit in the field; bytes 0: one bit */
    bool set;        /* can be set */
} places[] = {
    AT("eax", r[0], 0, 4),
    AT("ecx", r[1], 0, 4),
    AT("edx", r[2], 0, 4),
    AT("ebx", r[3], 0, 4),
    AT("esp", r[4], 0, 4),
    AT("ebp", r[5], 0, 4),
    AT("esi", r[6], 0, 4),
    AT("edi", r[7], 0, 4),
    AT("ax", r[0], 0, 2),
    AT("cx", r[1], 0, 2),
    AT("dx", r[2], 0, 2),
    AT("bx", r[3], 0, 2),
    AT("sp", r[4], 0, 2),
    AT("bp", r[5], 0, 2),
    AT("si", r[6], 0, 2),
    AT("di", r[7], 0, 2),
    AT("al", r[0], 0, 1),
    AT("cl", r[1], 0, 1),
    AT("dl", r[2], 0, 1),
    AT("bl", r[3], 0, 1),
    AT("ah", r[0], 8, 1),
    AT("ch", r[1], 8, 1),
    AT("dh", r[2], 8, 1),
    AT("bh", r[3], 8, 1),
    AT("eip", eip, 0, 4),
    AT("ip", eip, 0, 2),
    AT("es", seg[SEG_ES].sel, 0, 2),
    AT("cs", seg[SEG_CS].sel, 0, 2),
    AT("ss", seg[SEG_SS].sel, 0, 2),
    AT("ds", seg[SEG_DS].sel, 0, 2),
    AT("fs", seg[SEG_FS].sel, 0, 2),
    AT("gs", seg[SEG_GS].sel, 0, 2),
    AT("ldtr", ldtr.sel, 0, 2),
    AT("tr", tr.sel, 0, 2),
    AT("cr2", cr2, 0, 4),
    AT("cr3", cr3, 0, 4),
    AT("cr4", cr4, 0, 4),
    AT("dr0", dr[0], 0, 4),
    AT("dr1", dr[1], 0, 4),
    AT("dr2", dr[2], 0, 4),
    AT("dr3", dr[3], 0, 4),
    AT("dr6", dr[6], 0, 4),
    AT("dr7", dr[7], 0, 4),
    AT("mm0", fpu.man[0], 0, 8),
    AT("mm1", fpu.man[1], 0, 8),
    AT("mm2", fpu.man[2], 0, 8),
    AT("mm3", fpu.man[3], 0, 8),
    AT("mm4", fpu.man[4], 0, 8),
    AT("mm5", fpu.man[5], 0, 8),
    AT("mm6", fpu.man[6], 0, 8),
    AT("mm7", fpu.man[7], 0, 8),
    AT("cf", eflags, 0, 0),
    AT("pf", eflags, 2, 0),
    AT("af", eflags, 4, 0),
    AT("zf", eflags, 6, 0),
    AT("sf", eflags, 7, 0),
    AT("tf", eflags, 8, 0),
    AT("if", eflags, 9, 0),
    AT("df", eflags, 10, 0),
    AT("of", eflags, 11, 0),
    AT("nt", eflags, 14, 0),
    AT("rf", eflags, 16, 0),
    AT("ac", eflags, 18, 0),
    AT("vif", eflags, 19, 0),
    AT("vip", eflags, 20, 0),
    AT("id", eflags, 21, 0),
};

/* What is computed, or has a meaning of its own. */
static const struct {
    const char *name;
    u64 value; /* in the state that test_every_register() makes */
    bool set;
} others[] = {
    {"eflags", 0x20093, true}, {"flags", 0x93, true},     {"vm", 1, true},
    {"iopl", 0, true},         {"cr0", 0x80000011, true}, {"cpl", 3, false},
    {"pe", 1, false},          {"pg", 1, false},          {"a20", 1, false},
    {"insn", 0, false},        {"tsc", 77, false},        {"ips", 100000000, false},
    {"halted", 1, false},      {"pc", 0x12350, false},    {"fctrl", 0x27F, false},
    {"fstat", 0x1800, false},  {"ftag", 0xFFFF, false},
};

static bool is_named(const char *name, bool *settable)
{
    for (size_t n = 0; n < ARRAY_LEN(places); n++)
        if (!strcmp(places[n].name, name))
            return *settable = places[n].set, true;
    for (size_t n = 0; n < ARRAY_LEN(others); n++)
        if (!strcmp(others[n].name, name))
            return *settable = others[n].set, true;
    return false;
}

static void set_of(u8 *state, size_t n, u64 v)
{
    u64 bits = places[n].bytes ? 8 * places[n].bytes : 1, shift = places[n].shift;
    for (u64 k = 0; k < bits; k++) {
        u8 *byte = state + places[n].offset + ((shift + k) >> 3);
        *byte = (u8)((*byte & ~(1u << ((shift + k) & 7))) | (v >> k & 1) << ((shift + k) & 7));
    }
}

/* Each is read, and where it may be written, and nothing else changes with it. */
static void test_every_place(void **state)
{
    u8 *s = (u8 *)&d->pc->cpu.s;
    for (size_t n = 0; n < ARRAY_LEN(places); n++) {
        char text[64];
        u64 pattern = places[n].bytes ? 0xA5B6C7D8E9FA1B2Cull : 1;
        u64 ones = places[n].bytes == 8 ? UINT64_MAX
                   : places[n].bytes    ? (1ull << 8 * places[n].bytes) - 1
                                        : 1;
        d->pc->cpu.s.eflags = 2;
        set_of(s, n, pattern);
        snprintf(text, sizeof text, "$%s", places[n].name);
        gives(text, pattern & ones);
        CpuState before = d->pc->cpu.s;
        set_of((u8 *)&before, n, ~pattern);
        snprintf(text, sizeof text, "$%s=%llu", places[n].name,
                 (unsigned long long)(~pattern & ones));
        assert_true(expr_assign(d, text));
        snprintf(text, sizeof text, "$%s", places[n].name);
        gives(text, ~pattern & ones);
        for (int k = 0; k < 6; k++) /* a real-mode load sets the base as well */
            before.seg[k].base = d->pc->cpu.s.seg[k].base;
        if (memcmp(&before.r, &d->pc->cpu.s.r, sizeof before.r) || before.eip != d->pc->cpu.s.eip ||
            before.eflags != d->pc->cpu.s.eflags ||
            memcmp(&before.seg, &d->pc->cpu.s.seg, sizeof before.seg) ||
            memcmp(&before.dr, &d->pc->cpu.s.dr, sizeof before.dr) ||
            before.cr2 != d->pc->cpu.s.cr2 || before.cr3 != d->pc->cpu.s.cr3 ||
            before.cr4 != d->pc->cpu.s.cr4 ||
            memcmp(&before.fpu, &d->pc->cpu.s.fpu, sizeof before.fpu))
            fail_msg("setting $%s changed something else", places[n].name);
    }
}

static void test_every_register(void **state)
{
    CpuState *s = &d->pc->cpu.s;
    bool settable;
    const char *name;
    s->eflags = 0x20093;
    s->cr0 = 0x80000011;
    s->cpl = 3;
    s->a20 = true;
    s->halted = 1;
    s->tsc_offset = 77;
    s->seg[SEG_CS].base = 0x12340;
    s->eip = 0x10;
    s->fpu.control = 0x27F;
    s->fpu.top = 3;
    s->fpu.empty = 0xFF;
    for (size_t n = 0; n < ARRAY_LEN(others); n++) {
        char text[40];
        snprintf(text, sizeof text, "$%s", others[n].name);
        gives(text, others[n].value);
    }
    for (int n = 0; (name = expr_register_name(n)); n++) {
        char text[40];
        if (!is_named(name, &settable))
            fail_msg("$%s has no row here", name);
        snprintf(text, sizeof text, "$%s=$%s", name, name);
        assert_int_equal(expr_assign(d, text), settable);
    }
}

static void test_fields(void **state)
{
    CpuState *s = &d->pc->cpu.s;
    static const char *const names[] = {"es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"};
    Seg *const segs[] = {&s->seg[0], &s->seg[1], &s->seg[2], &s->seg[3],
                         &s->seg[4], &s->seg[5], &s->ldtr,   &s->tr};
    static const struct {
        const char *field;
        u64 value, written; /* written: what can be set; 0: cannot */
    } fields[] = {{"sel", 0x1B, 0x23},
                  {"base", 0x12345678, 0x1000},
                  {"limit", 0xFFFFF, 0x2FFF},
                  {"attr", 0xCF3, 0x893},
                  {"type", 3, 0},
                  {"dpl", 3, 0},
                  {"p", 1, 0},
                  {"g", 1, 0},
                  {"db", 1, 0}};
    for (size_t n = 0; n < ARRAY_LEN(names); n++)
        for (size_t k = 0; k < ARRAY_LEN(fields); k++) {
            char text[60];
            *segs[n] = (Seg){.sel = 0x1B, .base = 0x12345678, .limit = 0xFFFFF, .attr = 0xCF3};
            snprintf(text, sizeof text, "$%s.%s", names[n], fields[k].field);
            gives(text, fields[k].value);
            snprintf(text, sizeof text, "$%s.%s=%llu", names[n], fields[k].field,
                     (unsigned long long)fields[k].written);
            assert_int_equal(expr_assign(d, text), fields[k].written != 0);
            snprintf(text, sizeof text, "$%s.%s", names[n], fields[k].field);
            gives(text, fields[k].written ? fields[k].written : fields[k].value);
        }
    assert_true(expr_assign(d, "$gdtr.base=0x11000"));
    assert_true(expr_assign(d, "$gdtr.limit=0x37"));
    assert_true(expr_assign(d, "$idtr.base=0x12000"));
    assert_true(expr_assign(d, "$idtr.limit=0x7ff"));
    assert_int_equal(s->gdtr.base, 0x11000);
    assert_int_equal(s->idtr.limit, 0x7FF);
    gives("$gdtr.limit", 0x37);
    gives("$idtr.base", 0x12000);
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

/* ---- symbols
 * -------------------------------------------------------------------------------------- */

/* Lines as linkers and nm write them, loaded at 10000h; without a name they hold no symbol. */
static const struct {
    const char *line, *name;
    u32 addr;
    bool again; /* the same as before */
} map_lines[] = {
    {" Start  Stop   Length Name               Class", NULL, 0, false}, /* Microsoft, Borland */
    {" 00000H 0021FH 00220H _TEXT              CODE", NULL, 0, false},
    {"  Address         Publics by Name", NULL, 0, false},
    {" 0000:0010       _main", "_main", 0x10, false},
    {" 0022:0004       _errno", "_errno", 0x224, false},
    {" 0000:0000  Abs  __AHINCR", "__AHINCR", 0, false},
    {" 0000:01A2  idle  _unused", "_unused", 0x1A2, false},
    {"  Address         Publics by Value", NULL, 0, false},
    {" 0000:0010       _main", "_main", 0x10, true},
    {"Program entry point at 0000:0010", NULL, 0, false},
    {"    17 0000:0010    18 0000:0013", NULL, 0, false},
    {"0000:00c1*     rand_", "rand_", 0xC1, false}, /* Watcom */
    {"0002:0010+     ___Argc", "___Argc", 0x30, false},
    {"_TEXT                  CODE           AUTO           0000:0000       000004d2", NULL, 0,
     false},
    {"                0x00001000                start_of_ld", "start_of_ld", 0x1000,
     false}, /* ld */
    {"                0x0000000000001008                long_address", "long_address", 0x1008,
     false},
    {"                0x00001010                _end = .", "_end", 0x1010, false},
    {"                0x00001010                . = ALIGN (0x10)", NULL, 0, false},
    {"                0x00001014                PROVIDE (etext = .)", "etext", 0x1014, false},
    {" .text          0x00001000       0x40 a.o", NULL, 0, false},
    {" *fill*         0x00001040        0x8 ", NULL, 0, false},
    {"00002000 T from_nm", "from_nm", 0x2000, false}, /* nm */
    {"00002004 00000010 T with_size", "with_size", 0x2004, false},
    {"         U undefined", NULL, 0, false},
    {"            3C00              3C02  nasm.local", "nasm.local", 0x3C02, false}, /* NASM */
    {"            3C00              3C00              3D06  00000106  progbits  .text", NULL, 0,
     false},
    {"Real              Virtual           Name", NULL, 0, false},
};

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
    symbols_clear(&d->symbols);
    FILE *real = fopen(path, "w");
    for (size_t n = 0; n < ARRAY_LEN(map_lines); n++)
        fprintf(real, "%s\r\n", map_lines[n].line);
    fclose(real);
    assert_int_not_equal(symbols_load(&d->symbols, path, 0x10000, err, sizeof err), -1);
    int named = 0;
    for (size_t n = 0; n < ARRAY_LEN(map_lines); n++) {
        if (!map_lines[n].name)
            continue;
        gives(map_lines[n].name, 0x10000 + map_lines[n].addr);
        named += !map_lines[n].again;
    }
    assert_int_equal(d->symbols.count, named); /* and nothing else is a symbol */
    for (int n = 0; n < 300; n++) {            /* damaged ELF files */
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
        T(test_arithmetic), T(test_colons),       T(test_messages), T(test_selectors),
        T(test_registers),  T(test_every_place),  T(test_fields),   T(test_every_register),
        T(test_memory),     T(test_assignments),  T(test_refused),  T(test_fuzz_commands),
        T(test_att),        T(test_fuzz_scripts), T(test_symbols)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
