/* regs.c: register names. */
#include "frontend/regs.h"

#include <strings.h>

static const RegInfo regs[] = {
    {"eax", NAMED_GENERAL, 0, 32},   {"ecx", NAMED_GENERAL, 1, 32},  {"edx", NAMED_GENERAL, 2, 32},
    {"ebx", NAMED_GENERAL, 3, 32},   {"esp", NAMED_GENERAL, 4, 32},  {"ebp", NAMED_GENERAL, 5, 32},
    {"esi", NAMED_GENERAL, 6, 32},   {"edi", NAMED_GENERAL, 7, 32},  {"ax", NAMED_GENERAL, 0, 16},
    {"cx", NAMED_GENERAL, 1, 16},    {"dx", NAMED_GENERAL, 2, 16},   {"bx", NAMED_GENERAL, 3, 16},
    {"sp", NAMED_GENERAL, 4, 16},    {"bp", NAMED_GENERAL, 5, 16},   {"si", NAMED_GENERAL, 6, 16},
    {"di", NAMED_GENERAL, 7, 16},    {"eip", NAMED_EIP, 0, 32},      {"ip", NAMED_EIP, 0, 16},
    {"eflags", NAMED_EFLAGS, 0, 32}, {"flags", NAMED_EFLAGS, 0, 16}, {"es", NAMED_SEGMENT, 0, 16},
    {"cs", NAMED_SEGMENT, 1, 16},    {"ss", NAMED_SEGMENT, 2, 16},   {"ds", NAMED_SEGMENT, 3, 16},
    {"fs", NAMED_SEGMENT, 4, 16},    {"gs", NAMED_SEGMENT, 5, 16},
};

const RegInfo *reg_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(regs); i++) {
        if (!strcasecmp(regs[i].name, name))
            return &regs[i];
    }
    return NULL;
}
