/* folder_scan.c: the host folder as it is, as a FAT volume: nodes, allocation tables, directories.
 * Files only get their places; nothing of them is read. Everything is sorted by name, so the same
 * folder gives the same disk on every host. */
#include "devices/disk/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devices/state.h"

static const char label[] = "HOST FOLDER";

/* Names that are left out for one reason. */
typedef struct {
    u32 count;
    char first[80];
} Omitted;

typedef struct {
    Folder *f;
    ImageSource *s;
    Omitted unfit, beyond; /* DOS cannot hold them; there are too many */
    u32 entries;           /* nodes below the root */
    u32 next; /* free cluster */
    u64 hash;
    bool failed;
} Scan;

static void omit(Omitted *o, const char *name)
{
    if (!o->count++)
        snprintf(o->first, sizeof o->first, "%s", name);
}

static void skip(Scan *sc, const char *name)
{
    omit(&sc->unfit, name);
}

static void no_memory(Scan *sc)
{
    if (!sc->failed)
        image_error(sc->s, "out of host memory; close other programs");
    sc->failed = true;
}

/* ---- what is there --------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted names; *count is -1 if the folder cannot be read. The caller frees. */
static char **list_names(Scan *sc, int fd, int *count)
{
    DIR *d = fdopendir(fd);
    char **names = NULL;
    int n = 0, room = 0;
    struct dirent *e;
    *count = -1;
    if (!d) {
        close(fd);
        return NULL;
    }
    while ((e = readdir(d)) != NULL) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        if (n == room) {
            room = room ? 2 * room : 64;
            char **grown = realloc(names, (size_t)room * sizeof *names);
            if (grown)
                names = grown;
            else
                room = n;
        }
        if (n == room || !(names[n] = strdup(e->d_name))) {
            no_memory(sc);
            break;
        }
        n++;
    }
    closedir(d);
    if (n)
        qsort(names, (size_t)n, sizeof *names, by_name);
    *count = n;
    return names;
}

/* A directory on its way: what it holds already, and how many entries of 32 bytes that takes. */
typedef struct {
    FolderNode *dir;
    FolderNames *names;
    u32 filled;
} Filling;

static void add_entry(Scan *sc, Filling *to, int fd, const char *name, const struct stat *st)
{
    FatEntry e = {.attr = S_ISDIR(st->st_mode) ? FAT_DIRECTORY : FAT_ARCHIVE};
    bool fits = S_ISDIR(st->st_mode) || (S_ISREG(st->st_mode) && st->st_size <= UINT32_MAX);
    if (!fits || !strncmp(name, FOLDER_TEMP, strlen(FOLDER_TEMP)) || !fat_name(name, &e)) {
        skip(sc, name);
        return;
    }
    u32 takes = fat_entry_count(&e, name);
    if (to->filled + takes > FOLDER_DIR_FILLED || sc->entries == FOLDER_ENTRIES) {
        omit(&sc->beyond, name);
        return;
    }
    if (e.has_long)
        folder_names_alias(to->names, name, &e);
    if (folder_names_taken(to->names, &e, name)) {
        skip(sc, name);
        return;
    }
    if (S_ISREG(st->st_mode)) {
        e.size = (u32)st->st_size;
        if (!(st->st_mode & S_IWUSR))
            e.attr |= FAT_READ_ONLY;
    }
    e.attr |= host_attributes(fd, name);
    e.time = fat_time(st->st_mtime);
    FolderNode *n = folder_add_node(to->dir, name, S_ISDIR(st->st_mode));
    if (!n) {
        no_memory(sc);
        return;
    }
    n->entry = e;
    folder_names_add(to->names, n);
    to->filled += takes;
    sc->entries++;
    n->stamp = (HostStamp){(s64)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec, st->st_size,
                           st->st_ino};
    sc->hash = state_hash(sc->hash ^ e.size ^ (u64)e.time << 32, (const u8 *)name, strlen(name));
}

/* What an emulator left that was killed in the middle of a sync: new contents that had not taken
 * their place yet, which go, and a file that had made room for another, which gets its name back
 * unless that is taken. True: there was something. */
static bool recover(const Scan *sc, int fd, char **names, int count)
{
    bool any = false;
    for (int i = 0; i < count && sc->s->write; i++) {
        const char *number = names[i] + strlen(FOLDER_TEMP), *name;
        struct stat st;
        if (strncmp(names[i], FOLDER_TEMP, strlen(FOLDER_TEMP)) || !*number)
            continue;
        name = number + strspn(number, "0123456789");
        if (!strcmp(name, FOLDER_NEW))
            any |= !unlinkat(fd, names[i], 0);
        else if (*name == '-' && name[1] && fstatat(fd, name + 1, &st, AT_SYMLINK_NOFOLLOW))
            any |= !renameat(fd, names[i], fd, name + 1);
    }
    return any;
}

static void free_names(char **names, int count)
{
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

static void read_folder(Scan *sc, FolderNode *dir, int depth);

/* 8.3 names first: they must keep their names, aliases can give way. */
static void add_entries(Scan *sc, FolderNode *dir, int fd, char **names, int count)
{
    u32 most = count < FOLDER_DIR_FILLED ? (u32)count : FOLDER_DIR_FILLED;
    Filling to = {dir, count > 0 ? folder_names_new(most) : NULL, 2};
    if (count > 0 && !to.names)
        no_memory(sc);
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < count && !sc->failed; i++) {
            FatEntry e;
            struct stat st;
            bool is_long = fat_name(names[i], &e) && e.has_long;
            if (is_long == pass && !fstatat(fd, names[i], &st, AT_SYMLINK_NOFOLLOW))
                add_entry(sc, &to, fd, names[i], &st);
        }
    }
    folder_names_free(to.names);
}

static void read_folder(Scan *sc, FolderNode *dir, int depth)
{
    int fd, count, copy;
    if (host_open_dir(sc->f, dir, &fd)) {
        skip(sc, dir->name);
        return;
    }
    copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    char **names = list_names(sc, copy, &count);
    if (recover(sc, fd, names, count)) {
        free_names(names, count);
        copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* from the beginning */
        names = list_names(sc, copy, &count);
    }
    if (count < 0)
        skip(sc, dir->name);
    add_entries(sc, dir, fd, names, count);
    close(fd);
    free_names(names, count);
    for (FolderNode *n = dir->child; n && !sc->failed; n = n->next) {
        if (n->is_dir && depth < FOLDER_DEPTH)
            read_folder(sc, n, depth + 1);
        else if (n->is_dir)
            skip(sc, n->name);
    }
}

/* ---- how much it takes ----------------------------------------------------------------------- */

/* Entries of a directory: a label in the root, else . and .. */
static u32 dir_entries(const FolderNode *dir)
{
    u32 n = dir->parent ? 2 : 1;
    for (const FolderNode *c = dir->child; c; c = c->next)
        n += fat_entry_count(&c->entry, c->name);
    return n;
}

static u32 clusters_for(u64 bytes, u32 cluster)
{
    return (u32)((bytes + cluster - 1) / cluster);
}

static u64 need_below(void *ctx, u32 bytes)
{
    const FolderNode *dir = ctx;
    u64 n = clusters_for((u64)dir_entries(dir) * FAT_ENTRY, bytes);
    for (FolderNode *c = dir->child; c; c = c->next)
        n += c->is_dir ? need_below(c, bytes) : clusters_for(c->entry.size, bytes);
    return n;
}

static bool too_much(Scan *sc, int bits, bool floppy)
{
    u64 kib = need_below(sc->f->root, 512) / 2;
    char what[40];
    snprintf(what, sizeof what, floppy ? "a floppy" : bits ? "FAT%d" : "any FAT disk", bits);
    image_error(sc->s, "holds %llu KiB, more than %s does; %s", (unsigned long long)kib, what,
                floppy ? "attach it as a hard disk (-hda), or name a smaller folder"
                : bits ? "leave the number after fat: out, or name a smaller folder"
                       : "name a smaller folder");
    return false;
}

/* ---- making the volume ----------------------------------------------------------------------- */

/* A chain of n clusters in a row; 0 for none. */
static u32 allocate(Scan *sc, u32 n)
{
    Folder *f = sc->f;
    u32 first = sc->next;
    if (!n)
        return 0;
    for (u32 c = first; c < first + n; c++) {
        u32 next = c + 1 < first + n ? c + 1 : fat_end(&f->shape);
        for (int copy = 0; copy < 2; copy++)
            fat_set(&f->shape, f->meta + fat_table_at(&f->shape, copy), c, next);
    }
    sc->next += n;
    return first;
}

static void place_file(Scan *sc, FolderNode *n)
{
    Folder *f = sc->f;
    u32 count = clusters_for(n->entry.size, folder_cluster_bytes(f));
    n->entry.cluster = allocate(sc, count);
    if (!count)
        return;
    n->file = host_add_source(f, n);
    if (!n->file)
        no_memory(sc);
    n->clusters = count;
    for (u32 i = 0; i < count; i++)
        f->source[n->entry.cluster - 2 + i] = (Source){n->file, i};
}

static bool root_has_clusters(const Folder *f)
{
    return f->shape.bits == 32;
}

static void place(Scan *sc, FolderNode *dir)
{
    u64 bytes = (u64)dir_entries(dir) * FAT_ENTRY;
    if (dir->parent || root_has_clusters(sc->f))
        dir->entry.cluster = allocate(sc, clusters_for(bytes, folder_cluster_bytes(sc->f)));
    for (FolderNode *n = dir->child; n; n = n->next) {
        if (n->is_dir)
            place(sc, n);
        else
            place_file(sc, n);
    }
}

static u8 *put_dots(const Folder *f, const FolderNode *dir, u8 *at)
{
    const FolderNode *up = dir->parent;
    FatEntry self = dir->entry, above = dir->entry;
    memcpy(self.name, ".          ", FAT_SHORT);
    memcpy(above.name, "..         ", FAT_SHORT);
    self.lower = above.lower = 0;
    self.has_long = above.has_long = false;
    above.cluster = up->parent ? up->entry.cluster : 0; /* the root is 0, on FAT32 as well */
    fat_put(&self, ".", at);
    fat_put(&above, "..", at + FAT_ENTRY);
    return at + 2 * FAT_ENTRY;
}

/* The directory's bytes, in a buffer of whole clusters. */
static void put_entries(const Folder *f, const FolderNode *dir, u8 *at)
{
    if (dir->parent) {
        at = put_dots(f, dir, at);
    } else {
        FatEntry e = {.attr = FAT_LABEL, .time = fat_time(0)};
        memcpy(e.name, label, FAT_SHORT);
        fat_put(&e, label, at);
        at += FAT_ENTRY;
    }
    for (const FolderNode *n = dir->child; n; n = n->next) {
        fat_put(&n->entry, n->name, at);
        at += fat_entry_count(&n->entry, n->name) * FAT_ENTRY;
    }
}

static void write_dir(Scan *sc, FolderNode *dir)
{
    Folder *f = sc->f;
    u32 size = folder_cluster_bytes(f);
    u32 count = clusters_for((u64)dir_entries(dir) * FAT_ENTRY, size);
    u8 *data = calloc(count, size);
    if (!data) {
        no_memory(sc);
        return;
    }
    put_entries(f, dir, data);
    if (!dir->parent && !root_has_clusters(f))
        memcpy(f->meta + fat_root_at(&f->shape), data, dir_entries(dir) * FAT_ENTRY);
    for (u32 i = 0; dir->entry.cluster && i < count && !sc->failed; i++) {
        u8 *page = malloc(size);
        if (!page)
            no_memory(sc);
        else
            memcpy(page, data + (size_t)i * size, size);
        f->page[dir->entry.cluster - 2 + i] = page;
    }
    free(data);
    for (FolderNode *n = dir->child; n && !sc->failed; n = n->next) {
        if (n->is_dir)
            write_dir(sc, n);
    }
}

static bool make_volume(Scan *sc)
{
    Folder *f = sc->f;
    size_t head = (size_t)f->shape.data * DISK_SECTOR, first = (f->shape.start + 1) * DISK_SECTOR;
    f->meta = calloc(1, head);
    f->page = calloc(f->shape.clusters + 1u, sizeof *f->page);
    f->source = calloc(f->shape.clusters + 1u, sizeof *f->source);
    f->fresh = calloc(f->shape.clusters / 8 + 1, 1);
    f->original = malloc(first);
    f->file = calloc(1, sizeof *f->file); /* number 0 is none */
    f->file_count = 1;
    if (!f->meta || !f->page || !f->source || !f->fresh || !f->original || !f->file) {
        no_memory(sc);
        return false;
    }
    fat_format(&f->shape, (u32)(sc->hash ^ sc->hash >> 32), f->meta);
    memcpy(f->original, f->meta, first);
    sc->next = 2;
    place(sc, f->root);
    if (!sc->failed)
        write_dir(sc, f->root);
    return !sc->failed;
}

static void note_omitted(Scan *sc)
{
    if (sc->beyond.count)
        image_note(sc->s, "%u names are left out, for example '%s': a folder can have %d entries, "
                   "of which a long name takes several, and all together %d", sc->beyond.count,
                   sc->beyond.first, FOLDER_DIR_FILLED, FOLDER_ENTRIES);
    if (sc->unfit.count)
        image_note(sc->s, "%u names are left out, which DOS cannot hold, or which are links or no "
                   "files, for example '%s'", sc->unfit.count, sc->unfit.first);
}

bool folder_scan(Folder *f, ImageSource *s, int bits, bool floppy)
{
    Scan sc = {.f = f, .s = s, .hash = 1};
    read_folder(&sc, f->root, 0);
    if (sc.failed)
        return false;
    if (!fat_plan(&f->shape, bits, floppy, dir_entries(f->root) + 64, need_below, f->root))
        return too_much(&sc, bits, floppy);
    note_omitted(&sc);
    return make_volume(&sc);
}
