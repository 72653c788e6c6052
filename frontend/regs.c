/* regs.c: register names. */
#include "frontend/regs.h"

#include <strings.h>

static const RegInfo regs[] = {
    {"eax", REG_EAX, 32}, {"ecx", REG_ECX, 32}, {"edx", REG_EDX, 32}, {"ebx", REG_EBX, 32},
    {"esp", REG_ESP, 32}, {"ebp", REG_EBP, 32}, {"esi", REG_ESI, 32}, {"edi", REG_EDI, 32},
    {"ax", REG_EAX, 16},  {"cx", REG_ECX, 16},  {"dx", REG_EDX, 16},  {"bx", REG_EBX, 16},
    {"sp", REG_ESP, 16},  {"bp", REG_EBP, 16},  {"si", REG_ESI, 16},  {"di", REG_EDI, 16},
    {"eip", REG_EIP, 32}, {"ip", REG_EIP, 16},  {"eflags", REG_EFLAGS, 32}, {"flags", REG_EFLAGS, 16},
    {"es", REG_ES, 16},   {"cs", REG_CS, 16},   {"ss", REG_SS, 16},   {"ds", REG_DS, 16},
    {"fs", REG_FS, 16},   {"gs", REG_GS, 16},
};

const RegInfo *reg_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(regs); i++) {
        if (!strcasecmp(regs[i].name, name))
            return &regs[i];
    }
    return NULL;
}
