/* capstone.c: what Capstone says about an instruction, from its operands. Mnemonics that differ by
 * convention only are renamed to ours. Built in where the library is. */
#include "canon.h"

#include <stdio.h>

#ifdef HAVE_CAPSTONE
#include <capstone/capstone.h>

static csh handle[2];
static cs_insn *insn[2];

static bool open_both(void)
{
    for (int n = 0; n < 2 && !insn[n]; n++) {
        if (cs_open(CS_ARCH_X86, n ? CS_MODE_32 : CS_MODE_16, &handle[n]) != CS_ERR_OK)
            return false;
        cs_option(handle[n], CS_OPT_DETAIL, CS_OPT_ON);
        insn[n] = cs_malloc(handle[n]);
    }
    return insn[1];
}

/* Same instruction, other name. */
static const char *const names[][2] = {
    {"lcall", "callf"},  {"ljmp", "jmpf"},     {"wait", "fwait"}, {"pushal", "pushad"},
    {"pushaw", "pusha"}, {"popal", "popad"},   {"popaw", "popa"}, {"icebp", "int1"},
    {"ud2b", "ud1"},     {"fstpnce", "fstp1"},
};

/* Conditions behind j, set and cmov. */
static const char *const conditions[][2] = {
    {"ae", "nb"}, {"e", "z"}, {"ne", "nz"}, {"a", "nbe"}, {"ge", "nl"}, {"g", "nle"},
};

static const char *const strings[] = {"movs", "cmps", "stos", "lods", "scas", "ins", "outs"};

static void rename_to_ours(char *name, size_t size)
{
    size_t head = *name == 'j'                ? 1
                  : !strncmp(name, "set", 3)  ? 3
                  : !strncmp(name, "cmov", 4) ? 4
                                              : 0;
    for (size_t n = 0; head && n < ARRAY_LEN(conditions); n++)
        if (!strcmp(name + head, conditions[n][0])) {
            snprintf(name + head, size - head, "%s", conditions[n][1]);
            return;
        }
    for (size_t n = 0; n < ARRAY_LEN(names); n++)
        if (!strcmp(name, names[n][0])) {
            snprintf(name, size, "%s", names[n][1]);
            return;
        }
}

static bool is_string(const cs_x86 *x, const char *name)
{
    size_t len = strlen(name);
    if (x->opcode[0] == 0x0F || len < 4 || !strchr("bwd", name[len - 1]))
        return false;
    for (size_t n = 0; n < ARRAY_LEN(strings); n++)
        if (strlen(strings[n]) == len - 1 && !strncmp(name, strings[n], len - 1))
            return true;
    return !strcmp(name, "xlatb");
}

/* Ours have these groups at most. */
static bool is_newer(csh h, const cs_insn *i)
{
    static const char *const no_group[] = {
        "clflush",  "fxsave",  "fxrstor", "xsave",  "xrstor",   "getsec", "femms",  "movnti",
        "prefetch", "ldmxcsr", "stmxcsr", "fisttp", "movbe",    "crc32",  "popcnt", "monitor",
        "mwait",    "xgetbv",  "xsetbv",  "rdtscp", "invpcid",  "clac",   "stac",   "encls",
        "enclu",    "xtest",   "xend",    "xabort", "xbegin",   "skinit", "clgi",   "stgi",
        "swapgs",   "rdrand",  "rdseed",  "vm",     "invlpga",  "lfence", "mfence", "sfence",
        "pcommit",  "clwb",    "rdpkru",  "wrpkru", "cldemote", "bnd"};
    for (int n = 0; n < i->detail->groups_count; n++) {
        u8 g = i->detail->groups[n];
        if (g >= 128 && g != X86_GRP_NOT64BITMODE && g != X86_GRP_MODE32 && g != X86_GRP_CMOV &&
            g != X86_GRP_MMX && g != X86_GRP_FPU && g != X86_GRP_16BITMODE)
            return true;
    }
    for (size_t n = 0; n < ARRAY_LEN(no_group); n++)
        if (!strncmp(i->mnemonic, no_group[n], strlen(no_group[n])))
            return true;
    return strstr(i->op_str, "xmm") || strstr(i->op_str, "ymm");
}

/* ST(3) is st3 here. */
static void copy_register(char *out, size_t size, csh h, unsigned r)
{
    const char *s = r ? cs_reg_name(h, r) : "";
    snprintf(out, size, "%s", s);
    if (!strncmp(s, "st(", 3))
        snprintf(out, size, "st%c", s[3]);
    else if (!strcmp(s, "st"))
        snprintf(out, size, "st0");
}

static void convert(csh h, const cs_x86_op *c, CanonOperand *o, bool relative)
{
    o->size = c->size;
    switch (c->type) {
    case X86_OP_REG:
        o->kind = CANON_REG;
        copy_register(o->reg, sizeof o->reg, h, c->reg);
        break;
    case X86_OP_IMM:
        o->kind = CANON_IMM;
        o->value = (u32)c->imm;
        if (relative)
            o->size = 4;
        break;
    case X86_OP_MEM:
        o->kind = CANON_MEM;
        copy_register(o->seg, sizeof o->seg, h, c->mem.segment);
        copy_register(o->base, sizeof o->base, h, c->mem.base);
        copy_register(o->index, sizeof o->index, h, c->mem.index);
        o->scale = c->mem.scale;
        o->value = (u32)c->mem.disp;
        if (!*o->seg)
            strcpy(o->seg, strstr(o->base, "bp") || !strcmp(o->base, "esp") ? "ss" : "ds");
        break;
    default:
        break;
    }
}

bool canon_capstone(const u8 *p, bool code32, Canon *out)
{
    const u8 *code = p;
    size_t size = 16;
    uint64_t address = 0x1000;
    memset(out, 0, sizeof *out);
    if (!open_both())
        return false;
    cs_insn *i = insn[code32];
    snprintf(out->text, sizeof out->text, "(bad)");
    if (!cs_disasm_iter(handle[code32], &code, &size, &address, i))
        return true;
    snprintf(out->text, sizeof out->text, "%.30s %.90s", i->mnemonic, i->op_str);
    out->len = i->size;
    const cs_x86 *x = &i->detail->x86;
    out->address32 = x->addr_size == 4;
    const char *name = i->mnemonic, *blank;
    while ((blank = strchr(name, ' '))) {
        if (!strncmp(name, "lock ", 5))
            out->lock = true;
        else if (!strncmp(name, "rep", 3))
            snprintf(out->repeat, sizeof out->repeat, "%.*s", (int)(blank - name), name);
        name = blank + 1;
    }
    snprintf(out->name, sizeof out->name, "%.20s", name);
    rename_to_ours(out->name, sizeof out->name);
    if (is_string(x, name)) { /* its operands are implied */
        bool source = strncmp(name, "sto", 3) && strncmp(name, "sca", 3) && strncmp(name, "ins", 3);
        if (source && x->prefix[1] && x->prefix[1] != X86_PREFIX_DS) {
            out->op[0].kind = CANON_MEM;
            strcpy(out->op[0].seg, x->prefix[1] == X86_PREFIX_CS   ? "cs"
                                   : x->prefix[1] == X86_PREFIX_SS ? "ss"
                                   : x->prefix[1] == X86_PREFIX_ES ? "es"
                                   : x->prefix[1] == X86_PREFIX_FS ? "fs"
                                                                   : "gs");
            out->count = 1;
        }
        return true;
    }
    out->newer = is_newer(handle[code32], i);
    bool relative = cs_insn_group(handle[code32], i, X86_GRP_BRANCH_RELATIVE);
    for (int n = 0; n < x->op_count && out->count < 4; n++)
        convert(handle[code32], &x->operands[n], &out->op[out->count++], relative);
    if (out->count == 2 && out->op[0].kind == CANON_IMM &&
        !strcmp(out->name + strlen(out->name) - 1, "f")) {
        out->op[0] = (CanonOperand){
            .kind = CANON_FAR, .selector = out->op[0].value & 0xFFFF, .value = out->op[1].value};
        out->count = 1;
    }
    return true;
}

#else

bool canon_capstone(const u8 *p, bool code32, Canon *out)
{
    return false;
}

#endif
