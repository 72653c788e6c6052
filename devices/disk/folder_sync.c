/* folder_sync.c: makes the host folder like what the guest's disk now holds.
 *
 * Order is everything, so that a crash or a full disk in between loses nothing: first new folders,
 * moves and contents, at last deletions. A file whose new contents cannot be written over the old
 * ones in place is written beside it and renamed. Each step updates the nodes, which mirror the
 * folder, so a sync that failed is simply done again.
 *
 * If the host's user has changed a file meanwhile, both versions are kept: his gets "~host" behind
 * its name. If the guest's tables make no sense for the moment, nothing is deleted. */
#include "devices/disk/folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- who is who ------------------------------------------------------------------------------ */

static void forget_wishes(FolderNode *n)
{
    n->wish = NULL;
    for (FolderNode *c = n->child; c; c = c->next)
        forget_wishes(c);
}

static void pair(FolderNode *n, FolderWish *w)
{
    n->wish = w;
    w->node = n;
}

static bool same_name(const FolderNode *n, const FolderWish *w)
{
    return !n->wish && n->is_dir == w->is_dir &&
           !memcmp(n->entry.name, w->entry.name, FAT_SHORT);
}

/* Short names tell entries of a directory apart, also for guests that do not know long ones. Both
 * lists have about the same order, so each search goes on where the last one ended. */
static void match_names(FolderNode *dir, FolderWish *want)
{
    FolderNode *from = dir->child;
    for (FolderWish *w = want->child; w; w = w->next) {
        FolderNode *n = from;
        while (n && !same_name(n, w))
            n = n->next;
        if (!n)
            for (n = dir->child; n != from && !same_name(n, w); n = n->next)
                ;
        if (!n || (n == from && !same_name(n, w)))
            continue;
        pair(n, w);
        from = n->next;
        if (w->is_dir && !w->damaged)
            match_names(n, w);
    }
}

static FolderNode *find_start(FolderNode *dir, const FolderWish *w)
{
    for (FolderNode *n = dir->child; n; n = n->next) {
        if (!n->wish && n->is_dir == w->is_dir && n->entry.cluster == w->entry.cluster)
            return n;
        FolderNode *below = n->is_dir ? find_start(n, w) : NULL;
        if (below)
            return below;
    }
    return NULL;
}

/* What has another name or place but begins at the same cluster was renamed or moved. */
static void match_moves(FolderNode *root, FolderWish *want)
{
    for (FolderWish *w = want->child; w; w = w->next) {
        FolderNode *n = w->node || !w->entry.cluster || w->damaged ? NULL : find_start(root, w);
        if (n) {
            pair(n, w);
            if (w->is_dir)
                match_names(n, w);
        }
        if (w->is_dir && !w->damaged)
            match_moves(root, w);
    }
}

/* ---- names on the host ----------------------------------------------------------------------- */

static int rename_node(Folder *f, FolderNode *n, FolderNode *dir, const char *name)
{
    char *copy = strdup(name);
    if (!copy)
        return ENOMEM;
    int e = host_move(f, n, dir, name);
    if (e) {
        free(copy);
        return e;
    }
    free(n->name);
    n->name = copy;
    if (n->parent != dir) {
        folder_unlink_node(n);
        n->parent = dir;
        n->next = dir->child;
        dir->child = n;
    }
    return 0;
}

/* Something on the host that is not ours has the name: it steps aside. */
static int set_aside(Folder *f, FolderNode *dir, const char *name)
{
    char aside[FAT_NAME_BYTES + 16], path[200];
    FolderNode stranger = {.parent = dir, .name = (char *)(uintptr_t)name};
    for (int k = 1; k < 1000; k++) {
        snprintf(aside, sizeof aside, k == 1 ? "%s~host" : "%s~host%d", name, k);
        if (host_exists(f, dir, aside))
            continue;
        folder_path(&stranger, path, sizeof path);
        folder_say(f, "%s was changed on the host as well; that version is now '%s'", path, aside);
        return host_move(f, &stranger, dir, aside);
    }
    return EEXIST;
}

static int make_room(Folder *f, FolderNode *dir, const char *name, const FolderNode *except)
{
    for (FolderNode *n = dir->child; n; n = n->next) {
        if (n == except || strcmp(n->name, name))
            continue;
        char temp[240]; /* it will be moved or deleted later */
        host_temp_name(f, dir, name, temp, sizeof temp);
        return rename_node(f, n, dir, temp);
    }
    return host_exists(f, dir, name) ? set_aside(f, dir, name) : 0;
}

/* A program that knows no long names keeps the short one, and the file its long one on the host. */
static const char *wanted_name(const FolderNode *n, const FolderWish *w)
{
    bool same = !memcmp(n->entry.name, w->entry.name, FAT_SHORT);
    return same && !w->entry.has_long ? n->name : w->name;
}

static int put_in_place(Folder *f, FolderNode *n, FolderWish *w)
{
    FolderNode *dir = w->parent->node;
    const char *name = wanted_name(n, w);
    if (n->parent == dir && !strcmp(n->name, name))
        return 0;
    int e = make_room(f, dir, name, n);
    return e ? e : rename_node(f, n, dir, name);
}

/* ---- contents -------------------------------------------------------------------------------- */

static bool is_fresh(const Folder *f, u32 i)
{
    return f->fresh[i / 8] & 1 << i % 8;
}

/* Clusters that the contents take: a chain may be longer, while DOS writes. */
static u32 used_clusters(const Folder *f, const FolderWish *w)
{
    u32 size = folder_cluster_bytes(f);
    return (u32)(((u64)w->entry.size + size - 1) / size);
}

typedef enum { SAME, IN_PLACE, ANEW } Change;

static Change compare(const Folder *f, const FolderNode *n, const FolderWish *w)
{
    Change change = n->entry.size == w->entry.size ? SAME : IN_PLACE;
    u32 cluster = w->entry.cluster, count = used_clusters(f, w);
    if (w->entry.size < n->entry.size)
        return ANEW; /* cutting off would lose what DOS could undelete */
    for (u32 i = 0; i < count; i++, cluster = folder_follow(f, cluster)) {
        Source s = f->source[cluster - 2];
        bool home = n->file && s.file == n->file && s.index == i;
        if (!home && (s.file || i < n->clusters))
            return ANEW;
        if (!home || is_fresh(f, cluster - 2))
            change = IN_PLACE;
    }
    return change;
}

static int write_cluster(Folder *f, int fd, u32 cluster, u32 i, u32 size)
{
    u32 whole = folder_cluster_bytes(f);
    u64 at = (u64)i * whole;
    u8 *data = malloc(whole);
    int e = data ? folder_read_cluster(f, cluster, data) : ENOMEM;
    HostFile h = {.fd = fd};
    if (!e)
        e = file_write(&h, at, data, size - at < whole ? size - at : whole);
    free(data);
    return e;
}

/* Writes the clusters that differ from what the file holds; all of them if it is a new one. */
static int write_contents(Folder *f, const FolderNode *n, const FolderWish *w, int fd, bool anew)
{
    u32 cluster = w->entry.cluster, count = used_clusters(f, w);
    u32 whole = folder_cluster_bytes(f);
    for (u32 i = 0; i < count; i++, cluster = folder_follow(f, cluster)) {
        bool beyond = (u64)(i + 1) * whole > n->entry.size; /* the file ended before or in it */
        bool kept = f->page[cluster - 2] != NULL;
        if (!anew && !(kept && (beyond || is_fresh(f, cluster - 2))))
            continue;
        int e = write_cluster(f, fd, cluster, i, w->entry.size);
        if (e)
            return e;
    }
    HostFile h = {.fd = fd};
    return file_truncate(&h, w->entry.size);
}

/* The file holds what the chain does: memory is free again, but for a last cluster's rest. */
static void adopt(Folder *f, FolderNode *n, const FolderWish *w)
{
    u32 cluster = w->entry.cluster, count = used_clusters(f, w);
    u32 whole = folder_cluster_bytes(f);
    for (u32 i = 0; i < count; i++, cluster = folder_follow(f, cluster)) {
        u32 c = cluster - 2;
        f->source[c] = (Source){n->file, i};
        f->fresh[c / 8] &= (u8) ~(1 << c % 8);
        if ((u64)(i + 1) * whole <= w->entry.size) {
            free(f->page[c]);
            f->page[c] = NULL;
        }
    }
    n->clusters = count;
}

static int no_source(Folder *f, FolderNode *n)
{
    n->file = n->file ? n->file : host_add_source(f, n);
    return n->file ? 0 : ENOMEM;
}

static int write_in_place(Folder *f, FolderNode *n, FolderWish *w)
{
    int fd, e = no_source(f, n);
    if (!e)
        e = host_open_write(f, n, &fd);
    if (e)
        return e;
    e = write_contents(f, n, w, fd, false);
    if (e) {
        close(fd);
        return e;
    }
    adopt(f, n, w);
    n->entry = w->entry;
    host_finish(f, n, fd);
    return 0;
}

/* A whole new host file under the node's name; n->entry is the new one then. */
static int write_anew(Folder *f, FolderNode *n, FolderWish *w)
{
    char temp[40];
    int fd;
    host_temp_name(f, n->parent, NULL, temp, sizeof temp);
    int e = host_create(f, n->parent, temp, &fd);
    if (e)
        return e;
    FolderNode made = {.parent = n->parent, .name = temp, .entry = w->entry};
    e = write_contents(f, n, w, fd, true);
    if (e)
        close(fd);
    else
        host_finish(f, &made, fd);
    host_keep(f, n);
    if (!e)
        e = no_source(f, n);
    if (!e)
        e = host_move(f, &made, n->parent, n->name);
    if (e) {
        host_remove(f, &made);
        return e;
    }
    n->entry = w->entry;
    n->stamp = made.stamp;
    adopt(f, n, w);
    return 0;
}

static bool host_changed(const Folder *f, const FolderNode *n)
{
    HostStamp now;
    return host_stamp(f, n, &now) || now.mtime_ns != n->stamp.mtime_ns ||
           now.size != n->stamp.size || now.inode != n->stamp.inode;
}

static int touch(Folder *f, FolderNode *n, const FolderWish *w)
{
    bool same = n->entry.time == w->entry.time &&
                !((n->entry.attr ^ w->entry.attr) & (FAT_READ_ONLY | FAT_HIDDEN | FAT_SYSTEM));
    n->entry = w->entry;
    if (!same && n->is_dir)
        host_mark_dir(f, n);
    if (same || n->is_dir)
        return 0;
    int fd, e = host_open_write(f, n, &fd);
    if (e == EACCES || e == ENOENT)
        return 0; /* the attributes of a file that is not ours */
    if (!e)
        host_finish(f, n, fd);
    return e;
}

static int update_file(Folder *f, FolderNode *n, FolderWish *w)
{
    Change change = compare(f, n, w);
    if (change == SAME)
        return touch(f, n, w);
    if (host_changed(f, n)) {
        host_keep(f, n);
        if (host_exists(f, n->parent, n->name)) {
            int e = set_aside(f, n->parent, n->name);
            if (e)
                return e;
        }
        change = ANEW;
    }
    int e = change == IN_PLACE ? write_in_place(f, n, w) : EACCES;
    return e == EACCES ? write_anew(f, n, w) : e;
}

/* ---- from the root down ---------------------------------------------------------------------- */

static int create_dir(Folder *f, FolderWish *w)
{
    FolderNode *dir = w->parent->node;
    int e = make_room(f, dir, w->name, NULL);
    if (!e)
        e = host_make_dir(f, dir, w->name);
    FolderNode *n = e ? NULL : folder_add_node(dir, w->name, true);
    if (!n)
        return e ? e : ENOMEM;
    n->entry = w->entry;
    host_mark_dir(f, n);
    pair(n, w);
    return 0;
}

static int create_file(Folder *f, FolderWish *w)
{
    FolderNode *dir = w->parent->node;
    int e = make_room(f, dir, w->name, NULL);
    FolderNode *n = e ? NULL : folder_add_node(dir, w->name, false);
    if (!n)
        return e ? e : ENOMEM;
    e = write_anew(f, n, w);
    if (e) {
        host_keep(f, n);
        folder_unlink_node(n);
        folder_free_node(n);
        return e;
    }
    pair(n, w);
    return 0;
}

static int realize(Folder *f, FolderWish *w)
{
    if (!w->node)
        return w->is_dir ? create_dir(f, w) : create_file(f, w);
    int e = put_in_place(f, w->node, w);
    if (e)
        return e;
    return w->is_dir ? touch(f, w->node, w) : update_file(f, w->node, w);
}

static int realize_below(Folder *f, FolderWish *want)
{
    for (FolderWish *w = want->child; w; w = w->next) {
        if (w->damaged)
            continue;
        int e = realize(f, w);
        if (!e && w->is_dir)
            e = realize_below(f, w);
        if (e) {
            folder_say(f, "the folder could not be given '%.200s'", w->name);
            return e;
        }
    }
    return 0;
}

/* What the guest has deleted. A folder that still holds something of the host's stays. */
static int delete_below(Folder *f, FolderNode *dir)
{
    for (FolderNode *n = dir->child, *next; n; n = next) {
        next = n->next;
        int e = n->is_dir ? delete_below(f, n) : 0;
        if (e)
            return e;
        if (n->wish)
            continue;
        if (!n->is_dir)
            host_keep(f, n);
        if (n->is_dir || !host_changed(f, n))
            e = host_remove(f, n);
        if (e && e != ENOTEMPTY && e != EEXIST)
            return e;
        folder_unlink_node(n);
        folder_free_node(n);
    }
    return 0;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Did the guest give the disk another file system? The parts of boot sector and partition table
 * that say what it is are as they were made. */
static bool is_ours(const Folder *f)
{
    const u8 *boot = f->meta + f->shape.start * DISK_SECTOR;
    const u8 *made = f->original + f->shape.start * DISK_SECTOR;
    u32 serial = f->shape.bits == 32 ? 67 : 39;
    return !memcmp(boot + 11, made + 11, 25) && !memcmp(boot + serial, made + serial, 4) &&
           (!f->shape.start || !memcmp(f->meta + 446, f->original + 446, 16));
}

static int apply(Folder *f, FolderWish *want, u32 damage)
{
    forget_wishes(f->root);
    pair(f->root, want);
    match_names(f->root, want);
    match_moves(f->root, want);
    int e = realize_below(f, want);
    if (!e && !damage)
        e = delete_below(f, f->root);
    forget_wishes(f->root);
    return e;
}

int folder_sync(Folder *f)
{
    u32 damage;
    if (!is_ours(f))
        return EMEDIUMTYPE;
    FolderWish *want = folder_wishes(f, &damage);
    if (!want)
        return ENOMEM;
    int e = apply(f, want, damage);
    folder_free_wishes(want);
    if (damage && damage == f->damage)
        folder_say(f,
                   "%u entries of the guest's disk make no sense (run CHKDSK there); in the folder "
                   "they stay as they were, and nothing is deleted",
                   damage);
    f->damage = damage;
    f->dirty = e || damage;
    return e;
}
