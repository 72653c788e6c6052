/* regs.h: the registers that a person may set by name, for -regs. */
#ifndef GLASS86_REGS_H
#define GLASS86_REGS_H

#include "devices/pc.h"

typedef enum { NAMED_GENERAL, NAMED_EIP, NAMED_EFLAGS, NAMED_SEGMENT } RegKind;

typedef struct RegInfo {
    const char *name;
    RegKind kind;
    u8 index; /* as instructions encode it */
    u8 bits;  /* 16 or 32 */
} RegInfo;

/* NULL: no such register. Case does not matter. */
const RegInfo *reg_find(const char *name);

#endif
