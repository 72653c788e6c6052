/* zydis.c: what Zydis says about an instruction, from its operands, not its text. Mnemonics that
 * differ by convention only are renamed to ours. Built in where the library is. */
#include "canon.h"

#include <stdio.h>

#ifdef HAVE_ZYDIS
#include <Zydis/Zydis.h>

static bool is_newer(ZydisISASet set)
{
    switch (set) {
    case ZYDIS_ISA_SET_CMOV:
    case ZYDIS_ISA_SET_FCMOV:
    case ZYDIS_ISA_SET_I86:
    case ZYDIS_ISA_SET_I186:
    case ZYDIS_ISA_SET_I286PROTECTED:
    case ZYDIS_ISA_SET_I286REAL:
    case ZYDIS_ISA_SET_I386:
    case ZYDIS_ISA_SET_I486:
    case ZYDIS_ISA_SET_I486REAL:
    case ZYDIS_ISA_SET_PENTIUMMMX:
    case ZYDIS_ISA_SET_PENTIUMREAL:
    case ZYDIS_ISA_SET_PPRO:
    case ZYDIS_ISA_SET_RDPMC:
    case ZYDIS_ISA_SET_X87:
        return false;
    default:
        return true;
    }
}

/* Same instruction, other name. */
static const struct {
    ZydisMnemonic theirs;
    const char *ours;
} names[] = {
    {ZYDIS_MNEMONIC_XLAT, "xlatb"},           {ZYDIS_MNEMONIC_FSETPM287_NOP, "fnsetpm"},
    {ZYDIS_MNEMONIC_FDISI8087_NOP, "fndisi"}, {ZYDIS_MNEMONIC_FENI8087_NOP, "fneni"},
    {ZYDIS_MNEMONIC_FSTPNCE, "fstp1"},
};

/* Second encodings of x87 instructions, which we number as Intel's manuals once did. */
static const struct {
    u8 opcode, reg;
    const char *ours;
} aliases[] = {
    {0xDD, 1, "fxch4"},  {0xDF, 1, "fxch7"}, {0xDC, 2, "fcom2"}, {0xDC, 3, "fcomp3"},
    {0xDE, 2, "fcomp5"}, {0xDF, 2, "fstp8"}, {0xDF, 3, "fstp9"},
};

static const char *name_of(const ZydisDecodedInstruction *i)
{
    bool far = i->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR;
    if (i->mnemonic == ZYDIS_MNEMONIC_RET && far)
        return "retf";
    if (i->mnemonic == ZYDIS_MNEMONIC_CALL && far)
        return "callf";
    if (i->mnemonic == ZYDIS_MNEMONIC_JMP && far)
        return "jmpf";
    if (i->mnemonic == ZYDIS_MNEMONIC_SHL && i->raw.modrm.reg == 6)
        return "sal";
    for (size_t n = 0; n < ARRAY_LEN(aliases); n++)
        if (aliases[n].opcode == i->opcode && i->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT &&
            i->raw.modrm.mod == 3 && i->raw.modrm.reg == aliases[n].reg)
            return aliases[n].ours;
    for (size_t n = 0; n < ARRAY_LEN(names); n++)
        if (names[n].theirs == i->mnemonic)
            return names[n].ours;
    return ZydisMnemonicGetString(i->mnemonic);
}

/* String instructions: the source's segment, if a prefix chooses it. */
static void add_source(const ZydisDecodedInstruction *i, const ZydisDecodedOperand *op, Canon *out)
{
    for (int n = 0; n < i->operand_count && !out->count; n++)
        if (op[n].visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN &&
            op[n].type == ZYDIS_OPERAND_TYPE_MEMORY &&
            op[n].actions & ZYDIS_OPERAND_ACTION_MASK_READ &&
            i->attributes & ZYDIS_ATTRIB_HAS_SEGMENT && op[n].mem.segment != ZYDIS_REGISTER_DS &&
            (op[n].mem.base == ZYDIS_REGISTER_SI || op[n].mem.base == ZYDIS_REGISTER_ESI ||
             i->mnemonic == ZYDIS_MNEMONIC_XLAT)) {
            out->op[0].kind = CANON_MEM;
            snprintf(out->op[0].seg, sizeof out->op[0].seg, "%s",
                     ZydisRegisterGetString(op[n].mem.segment));
            out->count = 1;
        }
}

static void copy_register(char *out, size_t size, ZydisRegister r)
{
    const char *s = r == ZYDIS_REGISTER_NONE ? "" : ZydisRegisterGetString(r);
    snprintf(out, size, "%s", s);
}

static void convert(const ZydisDecodedInstruction *i, const ZydisDecodedOperand *z, CanonOperand *o)
{
    ZyanU64 target;
    o->size = z->size / 8;
    switch (z->type) {
    case ZYDIS_OPERAND_TYPE_REGISTER:
        o->kind = CANON_REG;
        copy_register(o->reg, sizeof o->reg, z->reg.value);
        break;
    case ZYDIS_OPERAND_TYPE_MEMORY:
        o->kind = CANON_MEM;
        copy_register(o->seg, sizeof o->seg, z->mem.segment);
        copy_register(o->base, sizeof o->base, z->mem.base);
        copy_register(o->index, sizeof o->index, z->mem.index);
        o->scale = z->mem.scale ? z->mem.scale : 1;
        o->value = (u32)z->mem.disp.value;
        if (z->mem.type == ZYDIS_MEMOP_TYPE_AGEN)
            o->size = 0;
        break;
    case ZYDIS_OPERAND_TYPE_POINTER:
        o->kind = CANON_FAR;
        o->value = z->ptr.offset;
        o->selector = z->ptr.segment;
        break;
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        o->kind = CANON_IMM;
        o->value = (u32)z->imm.value.u;
        if (z->imm.is_relative) {
            ZydisCalcAbsoluteAddress(i, z, 0x1000, &target);
            o->value = (u32)target;
            o->size = 4;
        } else if (z->imm.is_signed) {
            o->size = i->operand_width / 8;
        }
        break;
    default:
        break;
    }
}

bool canon_zydis(const u8 *p, bool code32, Canon *out)
{
    ZydisDecoder d;
    ZydisFormatter f;
    ZydisDecodedInstruction i;
    ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
    memset(out, 0, sizeof *out);
    ZydisDecoderInit(&d, code32 ? ZYDIS_MACHINE_MODE_LEGACY_32 : ZYDIS_MACHINE_MODE_LEGACY_16,
                     code32 ? ZYDIS_STACK_WIDTH_32 : ZYDIS_STACK_WIDTH_16);
    snprintf(out->text, sizeof out->text, "(bad)");
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&d, p, 16, &i, op)))
        return true;
    ZydisFormatterInit(&f, ZYDIS_FORMATTER_STYLE_INTEL);
    ZydisFormatterFormatInstruction(&f, &i, op, i.operand_count_visible, out->text,
                                    sizeof out->text, 0x1000, NULL);
    out->len = i.length;
    out->newer = is_newer(i.meta.isa_set);
    out->address32 = i.address_width == 32;
    out->lock = i.attributes & ZYDIS_ATTRIB_HAS_LOCK;
    snprintf(out->repeat, sizeof out->repeat, "%s",
             i.attributes & ZYDIS_ATTRIB_HAS_REP     ? "rep"
             : i.attributes & ZYDIS_ATTRIB_HAS_REPE  ? "repe"
             : i.attributes & ZYDIS_ATTRIB_HAS_REPNE ? "repne"
                                                     : "");
    snprintf(out->name, sizeof out->name, "%s", name_of(&i));
    for (int n = 0; n < i.operand_count && out->count < 4; n++)
        if (op[n].visibility != ZYDIS_OPERAND_VISIBILITY_HIDDEN)
            convert(&i, &op[n], &out->op[out->count++]);
    add_source(&i, op, out);
    return true;
}

#else

bool canon_zydis(const u8 *p, bool code32, Canon *out)
{
    return false;
}

#endif
