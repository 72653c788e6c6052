/* rules.c: where the other two differ from us for a reason. Every rule says whose side is right and
 * why; what no rule covers fails the test. Sources: Intel SDM vol. 2 (2023) for the newer
 * instructions, Intel 80386 manual (1986) and Pentium manual vol. 3 (1995) for ours. */
#include "canon.h"

#include <stdio.h>

void encoding_of(const DecodeTable *t, const u8 *p, bool code32, Encoding *e)
{
    Insn i;
    memset(e, 0, sizeof *e);
    int n = 0;
    for (; n < 14; n++) {
        switch (p[n]) {
        case 0x26:
        case 0x2E:
        case 0x36:
        case 0x3E:
        case 0x64:
        case 0x65:
            e->segment = true;
            continue;
        case 0x66:
            e->op_size = true;
            continue;
        case 0x67:
            e->ad_size = true;
            continue;
        case 0xF0:
            e->lock = true;
            continue;
        case 0xF2:
            e->repne = true;
            continue;
        case 0xF3:
            e->rep = true;
            continue;
        }
        break;
    }
    e->map = p[n] == 0x0F ? 0x0F : 0;
    n += e->map != 0;
    e->opcode = p[n];
    e->modrm = n < 15 ? p[n + 1] : 0;
    if (decode(t, p, 16, code32, &i) && i.row != t->bad && i.row != t->too_long)
        e->row = &x86_rows[i.row];
}

static bool is_word(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = list; (p = strstr(p, word)); p++)
        if ((p == list || p[-1] == ' ') && (p[n] == ' ' || !p[n]))
            return n > 0;
    return false;
}

static bool is_x87(const Encoding *e)
{
    return !e->map && e->opcode >> 3 == 0x1B;
}

/* ---- rules for both ----------------------------------------------------------------------- */

typedef struct {
    const char *why;
    bool (*applies)(const Encoding *e, const Canon *ours, const Canon *theirs);
} Rule;

static bool newer(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return !ours->len && theirs->newer;
}

/* Later processors gave 66, F2 and F3 before an 0F opcode a meaning of their own; ours ignore them
 * there as the Pentium manual says. */
static bool mandatory_prefix(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return ours->len && (!theirs->len || theirs->newer) && e->map &&
           (e->rep || e->repne || (e->op_size && e->row->since >= CPU_PENTIUM_MMX));
}

static bool late_mmx(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return !ours->len &&
           is_word("pshufw pmaxsw pmaxub pminsw pminub pmulhuw pavgb pavgw pinsrw pextrw psadbw "
                   "movntq maskmovq pmovmskb paddq psubq pmuludq",
                   theirs->name);
}

static bool late_system(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return !ours->len && is_word("sysenter sysexit rsm ud0 ud2 syscall sysret", theirs->name);
}

static bool hint_nop(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    bool nop = !ours->len || !strcmp(ours->name, "nop");
    bool as_long = !ours->len || !theirs->len || ours->len == theirs->len;
    return nop && as_long && e->map && e->opcode >= 0x18 && e->opcode <= 0x1F;
}

static bool pause_is_nop(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return ours->len == theirs->len && !strcmp(ours->name, "nop") && !strcmp(theirs->name, "pause");
}

static bool no_such_register(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    bool segment = !e->map && (e->opcode == 0x8C || e->opcode == 0x8E);
    return ours->len && (segment || (e->map && e->opcode >= 0x20 && e->opcode <= 0x23));
}

static bool x87_hole(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return is_x87(e) && ours->len && !strcmp(ours->name, "esc");
}

static bool size_of_source(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return ours->len == theirs->len && e->map && is_word("lar lsl", ours->name) &&
           !strcmp(ours->name, theirs->name);
}

static bool lea_segment(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return ours->len == theirs->len && e->segment && !strcmp(ours->name, "lea");
}

static bool ud_operands(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return ours->len && !strncmp(ours->name, "ud", 2) && !strncmp(theirs->name, "ud", 2);
}

static bool st0_written(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return is_x87(e) && ours->len == theirs->len && !strcmp(ours->name, theirs->name) &&
           ours->count != theirs->count;
}

static bool notrack(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return ours->len == theirs->len && e->segment && !e->map && e->opcode == 0xFF &&
           !strncmp(theirs->text, "notrack", 7);
}

static const Rule both[] = {
    {"an instruction of a later processor: illegal on ours", newer},
    {"SSE's additions to MMX: illegal on ours", late_mmx},
    {"SYSENTER, SYSCALL, UD0 are later; RSM is legal in SMM only: illegal on ours", late_system},
    {"66, F2, F3 before 0F xx: a later instruction; ours ignore the prefix", mandatory_prefix},
    {"0F 18-1F: no-operations of the Pentium Pro; later processors gave names to some", hint_nop},
    {"PAUSE is NOP on ours", pause_is_nop},
    {"a segment, control or debug register that does not exist: decoded, faults when executed",
     no_such_register},
    {"holes of the x87's map: `esc`, since the bus cycle takes place", x87_hole},
    {"LAR, LSL read 16 bits of their source: we name the 16-bit register", size_of_source},
    {"a segment prefix before LEA has no effect: we show it", lea_segment},
    {"UD1's operands mean nothing", ud_operands},
    {"the implied ST(0) written out", st0_written},
    {"3E before an indirect branch became CET's NOTRACK: a segment prefix on ours", notrack},
};

/* ---- where Capstone 4.0.2 is wrong -------------------------------------------------------- */

static bool same(const Canon *ours, const Canon *theirs)
{
    return ours->len && ours->len == theirs->len;
}

static bool wide_name(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return same(ours, theirs) && is_word("cbw cwde cwd cdq", ours->name) &&
           is_word("cbw cwde cwd cdq", theirs->name);
}

static bool branch_size(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return ours->len && (e->op_size || e->ad_size) &&
           (e->row->operand[0] == O_Jz || e->row->operand[0] == O_Jb || e->row->operand[0] == O_Ap);
}

static bool illegal_lock(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return !ours->len && e->lock;
}

static bool enter_sign(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return same(ours, theirs) && !strcmp(ours->name, "enter");
}

static bool status_size(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return same(ours, theirs) && !strcmp(ours->name, "fnstsw");
}

static bool segment_size(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return same(ours, theirs) && !e->map && (e->opcode == 0x8C || e->opcode == 0x8E);
}

static bool x87_alias(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return is_x87(e) && e->modrm >= 0xC0 && same(ours, theirs);
}

static bool repeat_f2(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return same(ours, theirs) && e->repne && !strcmp(ours->repeat, "repne");
}

static bool base_ten(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return same(ours, theirs) && is_word("aam aad", ours->name) && ours->op[0].value == 10;
}

static bool useless_repeat(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return same(ours, theirs) && (e->rep || e->repne) && (e->op_size || e->lock);
}

static bool useless_repeat_mov(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return ours->len && !theirs->len && !e->map && (e->rep || e->repne) &&
           (e->opcode & 0xFC) == 0xA0;
}

static bool lzcnt(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return ours->len && e->rep && e->map && is_word("lzcnt tzcnt popcnt", theirs->name);
}

static bool padlock(const Encoding *e, const Canon *ours, const Canon *theirs)
{
    return !ours->len && e->map && (e->opcode == 0xA6 || e->opcode == 0xA7);
}

static const Rule capstone_only[] = {
    {"CBW, CWDE, CWD, CDQ: wrong name in 16-bit code", wide_name},
    {"66 or 67 before a branch: wrong target", branch_size},
    {"LOCK where it is illegal: not noticed", illegal_lock},
    {"ENTER's level is unsigned", enter_sign},
    {"FNSTSW stores 16 bits", status_size},
    {"MOV to and from a segment register: 16 bits in memory", segment_size},
    {"x87 register forms: second encodings unknown or without their operands", x87_alias},
    {"AAM and AAD with base 10: shown without it", base_ten},
    {"F2 or F3 where it does nothing: a 66 or F0 beside it is lost", useless_repeat},
    {"A0-A3 with a useless F2 or F3 and a 66: not known", useless_repeat_mov},
    {"F3 before BSF and BSR: LZCNT, TZCNT are later; ours ignore the prefix", lzcnt},
    {"0F A6, 0F A7: VIA's", padlock},
    {"F2 before a string instruction that does not compare: not shown", repeat_f2},
};

void rules_print(void)
{
    for (size_t n = 0; n < ARRAY_LEN(both); n++)
        printf("%s\n", both[n].why);
    for (size_t n = 0; n < ARRAY_LEN(capstone_only); n++)
        printf("%s\n", capstone_only[n].why);
}

const char *rule_for(bool capstone, const Encoding *e, const Canon *ours, const Canon *theirs)
{
    for (size_t n = 0; n < ARRAY_LEN(both); n++)
        if (both[n].applies(e, ours, theirs))
            return both[n].why;
    for (size_t n = 0; capstone && n < ARRAY_LEN(capstone_only); n++)
        if (capstone_only[n].applies(e, ours, theirs))
            return capstone_only[n].why;
    return NULL;
}
