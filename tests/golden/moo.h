/* moo.h: reader of MOO files, the format of instruction tests captured from real processors: the
 * state before an instruction, and what of it has changed after. A file is a row of chunks (four
 * letters, length, body); chunks that mean nothing to us are skipped, and none is believed to be
 * longer than what surrounds it. */
#ifndef GLASS86_MOO_H
#define GLASS86_MOO_H

#include "mmu/base.h"

/* The registers of 16-bit and 32-bit files under one numbering: that of the 32-bit chunk. */
enum {
    MOO_CR0,
    MOO_CR3,
    MOO_EAX,
    MOO_EBX,
    MOO_ECX,
    MOO_EDX,
    MOO_ESI,
    MOO_EDI,
    MOO_EBP,
    MOO_ESP,
    MOO_CS,
    MOO_DS,
    MOO_ES,
    MOO_FS,
    MOO_GS,
    MOO_SS,
    MOO_EIP,
    MOO_EFLAGS,
    MOO_DR6,
    MOO_DR7,
    MOO_REGS,
};

typedef struct {
    u32 present; /* bit n: v[n] is given */
    u32 v[MOO_REGS];
} MooRegs;

/* Bytes of memory, as they stand in the file: u32 address, u8 value. */
typedef struct {
    const u8 *p;
    u32 count;
} MooRam;

static inline u32 moo_addr(const MooRam *r, u32 n)
{
    return load_le(r->p + 5 * (size_t)n, 4);
}
static inline u8 moo_byte(const MooRam *r, u32 n)
{
    return r->p[5 * (size_t)n + 4];
}

typedef struct {
    MooRegs regs;
    MooRam ram;
} MooState;

typedef struct {
    u32 index;        /* in the capture that the file was cut from */
    const char *name; /* disassembly; not terminated */
    u32 name_len;
    const u8 *bytes;
    u32 length;
    MooState before;
    MooState after; /* only what changed */
    MooRegs mask;   /* all ones where the file gives none */
    bool wide;      /* 32-bit registers */
    bool has_event; /* an interrupt or exception came */
    u8 vector;
    u32 flags_at; /* physical address of the FLAGS word that it pushed */
} MooTest;

typedef struct {
    char cpu[5]; /* "8086", "C286", "386E" */
    u32 count;
    MooTest *tests;
    u8 *data;
} MooFile;

/* Register n after the test. */
static inline u32 moo_after(const MooTest *t, int n)
{
    return t->after.regs.present >> n & 1 ? t->after.regs.v[n] : t->before.regs.v[n];
}

/* Reads a file, packed or not. False: `error` says what is wrong with it; *f is empty then. */
bool moo_load(MooFile *f, const char *path, char *error, size_t error_size);
void moo_free(MooFile *f);

#endif
