/* symbols.h: names of addresses, from the output of nm, from linker maps (GNU ld, DOS), NASM
 * maps and ELF32 files. */
#ifndef GLASS86_SYMBOLS_H
#define GLASS86_SYMBOLS_H

#include "mmu/base.h"

typedef struct {
    u32 addr;
    char *name;
} Symbol;

typedef struct {
    Symbol *list; /* sorted by address */
    int count, room;
} Symbols;

/* Adds the names in a file, each `offset` higher. Returns how many, or -1: err says why. */
int symbols_load(Symbols *s, const char *path, u32 offset, char *err, size_t errlen);
bool symbols_add(Symbols *s, const char *name, u32 addr);
void symbols_clear(Symbols *s);
bool symbols_find(const Symbols *s, const char *name, size_t len, u32 *addr);
/* The symbol at or before an address, at most 64 KiB away; NULL: none. */
const Symbol *symbols_at(const Symbols *s, u32 addr);

#endif
