/* folder.c: the disk that a host folder looks like, "fat:DIR": sectors come out of tables in memory
 * and out of the host's files; what the guest writes stays in memory until a flush, which makes the
 * folder like it (folder_sync.c). */
#include "devices/disk/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

/* ---- nodes ----------------------------------------------------------------------------------- */

FolderNode *folder_add_node(FolderNode *parent, const char *name, bool is_dir)
{
    FolderNode *n = calloc(1, sizeof *n);
    if (!n || !(n->name = strdup(name))) {
        free(n);
        return NULL;
    }
    n->is_dir = is_dir;
    n->parent = parent;
    if (parent) {
        FolderNode **end = parent->last ? &parent->last->next : &parent->child;
        while (*end)
            end = &(*end)->next;
        *end = n;
        parent->last = n;
    }
    return n;
}

void folder_unlink_node(FolderNode *n)
{
    FolderNode **at = &n->parent->child;
    if (n->parent->last == n)
        n->parent->last = NULL;
    while (*at != n)
        at = &(*at)->next;
    *at = n->next;
    n->next = NULL;
}

void folder_free_node(FolderNode *n)
{
    while (n) {
        FolderNode *next = n->next;
        folder_free_node(n->child);
        free(n->name);
        free(n);
        n = next;
    }
}

void folder_path(const FolderNode *n, char *out, size_t size)
{
    if (!n->parent) {
        snprintf(out, size, "%s", n->name);
        return;
    }
    folder_path(n->parent, out, size);
    size_t used = strlen(out);
    snprintf(out + used, size - used, "/%s", n->name);
}

void folder_say(Folder *f, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(f->notice, sizeof f->notice, fmt, ap);
    va_end(ap);
}

/* ---- sectors --------------------------------------------------------------------------------- */

u32 folder_follow(const Folder *f, u32 cluster)
{
    u32 next = fat_get(&f->shape, f->meta + fat_table_at(&f->shape, 0), cluster);
    return fat_is_cluster(&f->shape, next) ? next : 0;
}

/* Part of a cluster; what lies behind the last one counts as one more. */
static int read_part(Folder *f, u32 i, u32 at, u32 len, u8 *dst)
{
    Source src = f->source[i];
    if (f->page[i])
        memcpy(dst, f->page[i] + at, len);
    else if (src.file)
        return host_read(f, src.file, (u64)src.index * folder_cluster_bytes(f) + at, dst, len);
    else
        memset(dst, 0, len);
    return 0;
}

int folder_read_cluster(Folder *f, u32 cluster, u8 *dst)
{
    return read_part(f, cluster - 2, 0, folder_cluster_bytes(f), dst);
}

static int write_part(Folder *f, u32 i, u32 at, u32 len, const u8 *src)
{
    u32 size = folder_cluster_bytes(f);
    if (!f->page[i]) {
        u8 *page = malloc(size);
        if (!page)
            return ENOMEM;
        int e = len == size ? 0 : read_part(f, i, 0, size, page);
        if (e) {
            free(page);
            return e;
        }
        f->page[i] = page;
    }
    memcpy(f->page[i] + at, src, len);
    f->fresh[i / 8] |= (u8)(1 << i % 8);
    return 0;
}

/* The piece of a request that lies in one place: before the clusters, or in one of them. */
typedef struct {
    bool meta;
    u32 cluster, at, sectors;
} Piece;

static Piece piece_at(const Folder *f, u64 lba, u32 count)
{
    const FatShape *s = &f->shape;
    if (lba < s->data) {
        u32 room = s->data - (u32)lba;
        return (Piece){true, 0, (u32)lba * DISK_SECTOR, count < room ? count : room};
    }
    u32 from = (u32)(lba - s->data), room = s->per_cluster - from % s->per_cluster;
    return (Piece){false, from / s->per_cluster, from % s->per_cluster * DISK_SECTOR,
                   count < room ? count : room};
}

static int folder_read(DiskLayer *l, u64 lba, u32 count, u8 *dst)
{
    Folder *f = (Folder *)l;
    int e = 0;
    while (count && !e) {
        Piece p = piece_at(f, lba, count);
        if (p.meta)
            memcpy(dst, f->meta + p.at, (size_t)p.sectors * DISK_SECTOR);
        else
            e = read_part(f, p.cluster, p.at, p.sectors * DISK_SECTOR, dst);
        lba += p.sectors, count -= p.sectors, dst += (size_t)p.sectors * DISK_SECTOR;
    }
    return e;
}

static int folder_write(DiskLayer *l, u64 lba, u32 count, const u8 *src)
{
    Folder *f = (Folder *)l;
    int e = 0;
    while (count && !e) {
        Piece p = piece_at(f, lba, count);
        f->dirty = true;
        if (p.meta)
            memcpy(f->meta + p.at, src, (size_t)p.sectors * DISK_SECTOR);
        else
            e = write_part(f, p.cluster, p.at, p.sectors * DISK_SECTOR, src);
        lba += p.sectors, count -= p.sectors, src += (size_t)p.sectors * DISK_SECTOR;
    }
    return e;
}

static int folder_flush(DiskLayer *l)
{
    Folder *f = (Folder *)l;
    return f->dirty ? folder_sync(f) : 0;
}

static void folder_close(DiskLayer *l)
{
    Folder *f = (Folder *)l;
    host_close_all(f);
    if (f->page)
        for (u32 i = 0; i <= f->shape.clusters; i++)
            free(f->page[i]);
    free(f->page);
    free(f->fresh);
    free(f->source);
    free(f->file);
    free(f->meta);
    free(f->original);
    folder_free_node(f->root);
    free(f);
}

static const DiskLayerOps folder_ops = {
    .read = folder_read, .write = folder_write, .flush = folder_flush, .close = folder_close};

/* ---- opening --------------------------------------------------------------------------------- */

/* fat:[12:|16:|32:][floppy:]DIR, as QEMU spells it. */
static const char *parse(const char *path, int *bits, bool *floppy)
{
    path += 4;
    for (int b = 12; b <= 32; b += b == 12 ? 4 : 16) {
        char word[16];
        snprintf(word, sizeof word, "%d:", b);
        if (!strncmp(path, word, 3)) {
            *bits = b;
            path += 3;
            break;
        }
    }
    if (!strncmp(path, "floppy:", 7)) {
        *floppy = true;
        path += 7;
    }
    return path;
}

static bool open_folder(Folder *f, ImageSource *s, const char *dir)
{
    f->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->fd < 0 && errno == ENOTDIR)
        return image_error(s, "is a file, not a folder; leave fat: out if it is a disk image");
    if (f->fd < 0)
        return image_error(s, "cannot be opened: %s; name a folder after fat:", strerror(errno));
    if (s->write && faccessat(f->fd, ".", W_OK, 0)) {
        image_note(s, "%s: the guest finds a write-protected disk", strerror(errno));
        s->write = false;
    }
    if (flock(f->fd, (s->write ? LOCK_EX : LOCK_SH) | LOCK_NB) && errno == EWOULDBLOCK)
        return image_error(s, "is in use by another glass86; close that one, or use a copy");
    return true;
}

DiskLayer *folder_open(ImageSource *s)
{
    int bits = 0;
    bool floppy = s->kind == DISK_FLOPPY;
    const char *dir = parse(s->path, &bits, &floppy);
    if (s->kind == DISK_CD)
        return image_error(s, "a folder is a floppy or a hard disk; attach it with -hda or -fda");
    Folder *f = calloc(1, sizeof *f);
    if (!f || !(f->root = folder_add_node(NULL, dir, true))) {
        free(f);
        return image_error(s, "out of host memory; close other programs");
    }
    f->layer.ops = &folder_ops;
    f->layer.notice = f->notice;
    f->fd = -1;
    if (!open_folder(f, s, dir) || !folder_scan(f, s, bits, floppy)) {
        folder_close(&f->layer);
        return NULL;
    }
    s->format = "fat";
    s->kind = floppy ? DISK_FLOPPY : DISK_HARD;
    s->bytes = ((u64)f->shape.start + f->shape.sectors) * DISK_SECTOR;
    return &f->layer;
}
