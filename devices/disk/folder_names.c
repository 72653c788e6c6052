/* folder_names.c: the names of one directory while it is scanned: is there already an entry that
 * DOS could not tell from this one, and which alias is next? A folder of ten thousand pictures
 * whose names begin alike has to be a matter of seconds, so both are looked up by hash. */
#include "devices/disk/folder.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct {
    u8 first[FAT_SHORT]; /* what all these names would like best: their alias number 1 */
    u32 last;            /* the number that was given last; 0: the slot is empty */
} Series;

struct FolderNames {
    u32 mask; /* slots - 1, of each table */
    const FolderNode **by_short, **by_name;
    Series *series;
};

static u32 hash_of(const void *data, size_t len)
{
    const u8 *p = data;
    u32 h = 2166136261u;
    for (size_t i = 0; i < len; i++) {
        u8 c = p[i] >= 'A' && p[i] <= 'Z' ? (u8)(p[i] + 32) : p[i];
        h = (h ^ c) * 16777619u;
    }
    return h ^ h >> 15;
}

FolderNames *folder_names_new(u32 most)
{
    FolderNames *n = calloc(1, sizeof *n);
    u32 slots = 16;
    while (slots < 2 * most)
        slots *= 2;
    if (!n)
        return NULL;
    n->mask = slots - 1;
    n->by_short = calloc(slots, sizeof *n->by_short);
    n->by_name = calloc(slots, sizeof *n->by_name);
    n->series = calloc(slots, sizeof *n->series);
    if (n->by_short && n->by_name && n->series)
        return n;
    folder_names_free(n);
    return NULL;
}

void folder_names_free(FolderNames *n)
{
    if (!n)
        return;
    free(n->by_short);
    free(n->by_name);
    free(n->series);
    free(n);
}

/* The slot that holds it, or the empty one where it would be. */
static const FolderNode **short_slot(const FolderNames *n, const u8 *name)
{
    u32 i = hash_of(name, FAT_SHORT) & n->mask;
    while (n->by_short[i] && memcmp(n->by_short[i]->entry.name, name, FAT_SHORT))
        i = (i + 1) & n->mask;
    return &n->by_short[i];
}

static const FolderNode **name_slot(const FolderNames *n, const char *name)
{
    u32 i = hash_of(name, strlen(name)) & n->mask;
    while (n->by_name[i] && strcasecmp(n->by_name[i]->name, name))
        i = (i + 1) & n->mask;
    return &n->by_name[i];
}

bool folder_names_taken(const FolderNames *n, const FatEntry *e, const char *name)
{
    return *short_slot(n, e->name) || *name_slot(n, name);
}

void folder_names_add(FolderNames *n, const FolderNode *node)
{
    *short_slot(n, node->entry.name) = node;
    *name_slot(n, node->name) = node;
}

/* Names with the same alias number 1 have all others in common as well, so numbers up to the one
 * that was given last are taken. */
void folder_names_alias(FolderNames *n, const char *name, FatEntry *e)
{
    if (fat_alias(name, 0, e) && !*short_slot(n, e->name))
        return;
    fat_alias(name, 1, e);
    u32 i = hash_of(e->name, FAT_SHORT) & n->mask;
    while (n->series[i].last && memcmp(n->series[i].first, e->name, FAT_SHORT))
        i = (i + 1) & n->mask;
    Series *s = &n->series[i];
    memcpy(s->first, e->name, FAT_SHORT);
    do
        fat_alias(name, ++s->last, e);
    while (*short_slot(n, e->name) && s->last < 999999);
}
