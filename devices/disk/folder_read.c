/* folder_read.c: the guest's tables and directories -> the tree it wants. The guest may be in the
 * middle of something, or hostile, so each chain is checked: a cluster belongs to one chain only,
 * and a file's chain is long enough for its size. What fails that is marked as damaged and waits.
 */
#include "devices/disk/folder.h"

#include <stdlib.h>

typedef struct {
    Folder *f;
    u8 *taken; /* a bit for each cluster that belongs to a chain */
    u32 damage, entries;
    bool no_memory;
} Walk;

/* Claims a chain; the number of its clusters. *sound: it has an end and shares nothing. */
static u32 claim(Walk *w, u32 cluster, bool *sound)
{
    const FatShape *s = &w->f->shape;
    const u8 *table = w->f->meta + fat_table_at(s, 0);
    u32 n = 0;
    while (fat_is_cluster(s, cluster)) {
        u32 i = cluster - 2;
        if (w->taken[i / 8] & 1 << i % 8)
            break;
        w->taken[i / 8] |= (u8)(1 << i % 8);
        n++;
        cluster = fat_get(s, table, cluster);
    }
    *sound = fat_is_end(s, cluster);
    return n;
}

/* A directory's bytes; NULL: none, or no memory. */
static u8 *load_chain(Walk *w, u32 cluster, u32 count, u32 *bytes)
{
    u32 size = folder_cluster_bytes(w->f);
    if ((u64)count * size > FOLDER_DIR_BYTES) { /* what lies further on may be files, too */
        count = FOLDER_DIR_BYTES / size;
        w->damage++;
    }
    u8 *data = malloc((size_t)count * size + 1);
    if (!data) {
        w->no_memory = true;
        return NULL;
    }
    for (u32 i = 0; i < count; i++, cluster = folder_follow(w->f, cluster)) {
        if (folder_read_cluster(w->f, cluster, data + (size_t)i * size))
            memset(data + (size_t)i * size, 0, size);
    }
    *bytes = count * size;
    return data;
}

static void read_dir(Walk *w, FolderWish *dir, const u8 *data, u32 bytes, int depth);

static void read_subdir(Walk *w, FolderWish *dir, int depth)
{
    u32 bytes;
    u8 *data = dir->damaged ? NULL : load_chain(w, dir->entry.cluster, dir->clusters, &bytes);
    if (data)
        read_dir(w, dir, data, bytes, depth);
    free(data);
}

static void check_chain(Walk *w, FolderWish *n, int depth)
{
    bool sound = true;
    if (n->entry.cluster)
        n->clusters = claim(w, n->entry.cluster, &sound);
    u64 room = (u64)n->clusters * folder_cluster_bytes(w->f);
    n->damaged =
        !sound || (n->is_dir ? !n->clusters || depth >= FOLDER_DEPTH : n->entry.size > room);
    w->damage += n->damaged;
}

static bool is_dots(const FatEntry *e)
{
    return !memcmp(e->name, ".          ", FAT_SHORT) || !memcmp(e->name, "..         ", FAT_SHORT);
}

static FolderWish *add_wish(Walk *w, FolderWish *dir, const FatEntry *e, const char *name)
{
    FolderWish *n = calloc(1, sizeof *n);
    if (!n || !(n->name = strdup(name))) {
        free(n);
        w->no_memory = true;
        return NULL;
    }
    n->parent = dir;
    n->is_dir = e->attr & FAT_DIRECTORY;
    n->entry = *e;
    if (w->f->shape.bits != 32)
        n->entry.cluster &= 0xFFFF;
    return n;
}

static void read_dir(Walk *w, FolderWish *dir, const u8 *data, u32 bytes, int depth)
{
    FatReader r = {data, data + bytes};
    FatEntry e;
    char name[FAT_NAME_BYTES];
    FolderWish **end = &dir->child;
    while (fat_next(&r, &e, name)) {
        if (is_dots(&e) || e.attr & FAT_LABEL)
            continue;
        if (!*name || ++w->entries > FOLDER_ENTRIES) {
            w->damage++;
            continue;
        }
        FolderWish *n = add_wish(w, dir, &e, name);
        if (!n)
            return;
        *end = n;
        end = &n->next;
        check_chain(w, n, depth);
        if (n->is_dir)
            read_subdir(w, n, depth + 1);
    }
}

static void read_root(Walk *w, FolderWish *root)
{
    const FatShape *s = &w->f->shape;
    if (s->bits != 32) {
        read_dir(w, root, w->f->meta + fat_root_at(s), s->root_entries * FAT_ENTRY, 0);
        return;
    }
    bool sound;
    root->entry.cluster = 2;
    root->clusters = claim(w, 2, &sound);
    root->damaged = !sound;
    w->damage += !sound;
    read_subdir(w, root, 0);
}

FolderWish *folder_wishes(Folder *f, u32 *damage)
{
    Walk w = {.f = f, .taken = calloc(f->shape.clusters / 8 + 1, 1)};
    FolderWish *root = calloc(1, sizeof *root);
    if (w.taken && root) {
        root->is_dir = true;
        read_root(&w, root);
    }
    if (!w.taken || w.no_memory) {
        folder_free_wishes(root);
        root = NULL;
    }
    free(w.taken);
    *damage = w.damage;
    return root;
}

void folder_free_wishes(FolderWish *w)
{
    while (w) {
        FolderWish *next = w->next;
        folder_free_wishes(w->child);
        free(w->name);
        free(w);
        w = next;
    }
}
