/* folder_host.c: every access to the host's folder behind "fat:DIR". A path is walked one component
 * at a time, from the folder that was opened at the start, and no link is followed: a guest that
 * makes up names stays inside, and so does a host user who swaps a folder for a link meanwhile. */
#include "devices/disk/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/xattr.h>
#endif
#include <unistd.h>

enum { OPEN_FILES = 48, KEPT_FILES = 192 };

static HostStamp stamp_of(const struct stat *st)
{
    return (HostStamp){(s64)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec, st->st_size,
                       st->st_ino};
}

int host_open_dir(const Folder *f, const FolderNode *dir, int *fd)
{
    if (!dir->parent) {
        *fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 0);
        return *fd < 0 ? errno : 0;
    }
    int above, e = host_open_dir(f, dir->parent, &above);
    if (e)
        return e;
    *fd = openat(above, dir->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    e = *fd < 0 ? errno : 0;
    close(above);
    return e;
}

static int open_file(const Folder *f, const FolderNode *n, int flags, int *fd)
{
    int dir, e = host_open_dir(f, n->parent, &dir);
    if (e)
        return e;
    /* non-blocking: somebody may have put a pipe there */
    *fd = openat(dir, n->name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    e = *fd < 0 ? errno : 0;
    close(dir);
    struct stat st;
    if (!e && (fstat(*fd, &st) || !S_ISREG(st.st_mode))) {
        close(*fd);
        e = ENOENT;
    }
    return e;
}

int host_stamp(const Folder *f, const FolderNode *n, HostStamp *stamp)
{
    int dir, e = host_open_dir(f, n->parent, &dir);
    if (e)
        return e;
    struct stat st;
    e = fstatat(dir, n->name, &st, AT_SYMLINK_NOFOLLOW) ? errno : 0;
    close(dir);
    if (!e)
        *stamp = stamp_of(&st);
    return e;
}

bool host_exists(const Folder *f, const FolderNode *dir, const char *name)
{
    int fd;
    if (host_open_dir(f, dir, &fd))
        return false;
    struct stat st;
    bool there = !fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW);
    close(fd);
    return there;
}

/* ---- sources --------------------------------------------------------------------------------- */

u32 host_add_source(Folder *f, FolderNode *n)
{
    FolderFile *grown = realloc(f->file, (f->file_count + 1) * sizeof *grown);
    if (!grown)
        return 0;
    f->file = grown;
    f->file[f->file_count] = (FolderFile){.node = n, .fd = -1};
    return f->file_count++;
}

/* Closes the longest unused of the files that are (kept: no longer) in the folder, if there are
 * more than `most` open. What was only in a deleted file is gone then, as on a disk that reused it.
 */
static void close_oldest(Folder *f, bool kept, u32 most)
{
    u32 open = 0, oldest = 0;
    for (u32 i = 1; i < f->file_count; i++) {
        if (f->file[i].fd < 0 || !f->file[i].node != kept)
            continue;
        open++;
        if (!oldest || f->file[i].used < f->file[oldest].used)
            oldest = i;
    }
    if (open <= most)
        return;
    close(f->file[oldest].fd);
    f->file[oldest].fd = -1;
}

static int open_source(Folder *f, FolderFile *file)
{
    file->used = ++f->clock;
    if (file->fd >= 0)
        return 0;
    if (!file->node)
        return ENOENT;
    int e = open_file(f, file->node, O_RDONLY, &file->fd);
    if (e)
        file->fd = -1;
    else
        close_oldest(f, false, OPEN_FILES);
    return e;
}

/* A file that somebody has deleted on the host reads as zeros: the guest's disk has to go on. */
int host_read(Folder *f, u32 file, u64 at, u8 *dst, size_t len)
{
    FolderFile *source = &f->file[file];
    int e = open_source(f, source);
    if (e == ENOENT || e == ELOOP || e == ENOTDIR) {
        memset(dst, 0, len);
        return 0;
    }
    HostFile h = {.fd = source->fd};
    return e ? e : file_read(&h, at, dst, len);
}

void host_keep(Folder *f, FolderNode *n)
{
    if (!n->file)
        return;
    open_source(f, &f->file[n->file]);
    f->file[n->file].node = NULL;
    n->file = n->clusters = 0;
    close_oldest(f, true, KEPT_FILES);
}

void host_close_all(Folder *f)
{
    for (u32 i = 1; i < f->file_count; i++) {
        if (f->file[i].fd >= 0)
            close(f->file[i].fd);
    }
    if (f->fd >= 0)
        close(f->fd);
}

/* ---- changes --------------------------------------------------------------------------------- */

void host_temp_name(Folder *f, const FolderNode *dir, const char *room, char *out, size_t size)
{
    do
        snprintf(out, size, FOLDER_TEMP "%u%s%.200s", ++f->temp, room ? "-" : FOLDER_NEW,
                 room ? room : "");
    while (host_exists(f, dir, out));
}

int host_make_dir(Folder *f, FolderNode *dir, const char *name)
{
    int fd, e = host_open_dir(f, dir, &fd);
    if (e)
        return e;
    e = mkdirat(fd, name, 0777) ? errno : 0;
    close(fd);
    return e;
}

int host_move(Folder *f, FolderNode *n, FolderNode *dir, const char *name)
{
    int from, to, e = host_open_dir(f, n->parent, &from);
    if (e)
        return e;
    e = host_open_dir(f, dir, &to);
    if (!e) {
        e = renameat(from, n->name, to, name) ? errno : 0;
        close(to);
    }
    close(from);
    return e;
}

int host_remove(Folder *f, FolderNode *n)
{
    int dir, e = host_open_dir(f, n->parent, &dir);
    if (e)
        return e;
    e = unlinkat(dir, n->name, n->is_dir ? AT_REMOVEDIR : 0) ? errno : 0;
    close(dir);
    return e == ENOENT ? 0 : e;
}

int host_open_write(Folder *f, const FolderNode *n, int *fd)
{
    return open_file(f, n, O_RDWR, fd);
}

int host_create(Folder *f, const FolderNode *dir, const char *name, int *fd)
{
    int at, e = host_open_dir(f, dir, &at);
    if (e)
        return e;
    *fd = openat(at, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    e = *fd < 0 ? errno : 0;
    close(at);
    return e;
}

/* DOS's read-only attribute is the owner's permission to write. */
static void set_permission(const FolderNode *n, int fd)
{
    struct stat st;
    if (fstat(fd, &st))
        return;
    bool writable = st.st_mode & S_IWUSR, want = !(n->entry.attr & FAT_READ_ONLY);
    if (writable != want)
        fchmod(fd,
               want ? st.st_mode | S_IWUSR : st.st_mode & ~(mode_t)(S_IWUSR | S_IWGRP | S_IWOTH));
}

/* Hidden and system are kept where Samba keeps them, as its text: "0x22". A host or file system
 * without such names has them only as long as the disk is open. */
enum { KEPT_ATTRIBUTES = FAT_HIDDEN | FAT_SYSTEM };

#ifdef __linux__
static const char attribute_name[] = "user.DOSATTRIB";

static u8 kept_attributes(int fd)
{
    char text[16];
    ssize_t n = fgetxattr(fd, attribute_name, text, sizeof text - 1);
    if (n <= 2)
        return 0;
    text[n] = 0;
    return (u8)(strtoul(text, NULL, 16) & KEPT_ATTRIBUTES);
}

static void keep_attributes(int fd, u8 attr)
{
    char text[16];
    if (kept_attributes(fd) == (attr & KEPT_ATTRIBUTES))
        return;
    if (!(attr & KEPT_ATTRIBUTES)) {
        fremovexattr(fd, attribute_name);
        return;
    }
    int n = snprintf(text, sizeof text, "0x%x", attr & 0x3Fu);
    fsetxattr(fd, attribute_name, text, (size_t)n, 0);
}
#else
static u8 kept_attributes(int fd)
{
    return 0;
}

static void keep_attributes(int fd, u8 attr)
{
}
#endif

u8 host_attributes(int dir, const char *name)
{
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return 0;
    u8 attr = kept_attributes(fd);
    close(fd);
    return attr;
}

void host_mark_dir(const Folder *f, const FolderNode *dir)
{
    int fd;
    if (host_open_dir(f, dir, &fd))
        return;
    keep_attributes(fd, dir->entry.attr);
    close(fd);
}

void host_finish(Folder *f, FolderNode *n, int fd)
{
    s64 seconds = fat_seconds(n->entry.time);
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = (time_t)seconds}};
    futimens(fd, times);
    keep_attributes(fd, n->entry.attr);
    set_permission(n, fd);
    fsync(fd);
    struct stat st;
    if (!fstat(fd, &st))
        n->stamp = stamp_of(&st);
    close(fd);
}
