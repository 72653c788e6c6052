/* regs.h: the registers that a person may set by name, for -regs. */
#ifndef GLASS86_REGS_H
#define GLASS86_REGS_H

#include "devices/pc.h"

typedef enum {
    REG_EAX, REG_ECX, REG_EDX, REG_EBX, REG_ESP, REG_EBP, REG_ESI, REG_EDI, /* as instructions encode them */
    REG_EIP, REG_EFLAGS,
    REG_ES, REG_CS, REG_SS, REG_DS, REG_FS, REG_GS, /* likewise, from REG_ES */
} RegId;

typedef struct RegInfo {
    const char *name;
    RegId id;
    int bits; /* 16 or 32 */
} RegInfo;

/* NULL: no such register. Case does not matter. */
const RegInfo *reg_find(const char *name);

#endif
