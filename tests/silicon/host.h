/* host.h: executes golden tests on the processor that this program itself runs on: ring 3, 16-bit
 * and 32-bit segments from a local descriptor table. Linux on x86-64 only. */
#ifndef GLASS86_SILICON_HOST_H
#define GLASS86_SILICON_HOST_H

#include "frontend/golden.h"

/* Linear addresses of the segments: 64 KiB each. */
enum { HOST_CODE = 0x10000, HOST_DATA = 0x20000, HOST_STACK = 0x30000, HOST_END = 0x40000 };

/* With paging, in each of the three one page is absent and one can only be read. */
enum { HOST_ABSENT = 0x4000, HOST_READ_ONLY = 0x6000 };

/* Selectors in the local table. */
enum {
    SEL_CODE32 = 0x07,
    SEL_CODE16 = 0x0F,
    SEL_DATA = 0x17,
    SEL_STACK32 = 0x1F,
    SEL_STACK16 = 0x27,
    SEL_SMALL = 0x2F, /* data, 200h bytes */
    SEL_READ_ONLY = 0x37,
    SEL_DOWN = 0x3F, /* expands down to 1000h */
    SEL_EXEC_ONLY = 0x47,
    SEL_ABSENT = 0x4F,
    SEL_ABSENT_CODE = 0x57,
    SEL_ABSENT_CONFORMING = 0x5F,
    SEL_CODE_SMALL = 0x67, /* 16-bit code, 200h bytes */
    SEL_PAGES = 0x6F,      /* data, limit in pages */
    SEL_WRITABLE_CODE = 0x77, /* data that lies over the code */
    SEL_BEYOND = 0x7F,     /* the first one outside the table */
};

/* False: this kernel or processor can't do it; *why says what is missing. */
bool host_init(const char **why);

/* A setup as the host has it: user32 or user16, with a stack of either size; `paged` with page
 * tables that have the host's rights. */
void host_setup(GoldenSetup *s, bool code32, bool stack32, bool paged);

/* Runs t->before, t->code and t->mem; fills in after, exception and selector_only. What memory
 * holds then stays until host_clear(). False: the program tried to leave its cage, or did not
 * end. */
bool host_run(GoldenTest *t);
const u8 *host_memory(void);      /* [HOST_END - HOST_CODE] */
void host_changes(GoldenTest *t); /* fills in t->changed; before host_clear() */
void host_clear(void);

#endif
