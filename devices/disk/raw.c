/* raw.c: an image that is nothing but its sectors, in a host file or block device. Writes go to
 * the kernel at once, without any buffer of ours, so that killing the emulator loses nothing.
 *
 * Locks are OFD locks (fcntl): they belong to the open file, vanish with the process however it
 * ends, and are seen by other emulators that use them. A writer locks the whole file; a reader
 * locks its first byte for sharing, so any number of -snapshot runs go together but none beside
 * a writer. */
#include "devices/disk/layer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    DiskLayer layer;
    int fd;
} RawLayer;

static int raw_read(DiskLayer *l, u64 lba, u32 count, u8 *dst)
{
    int fd = ((RawLayer *)l)->fd;
    size_t left = (size_t)count * DISK_SECTOR;
    off_t at = (off_t)(lba * DISK_SECTOR);
    while (left) {
        ssize_t n = pread(fd, dst, left, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        if (n == 0) { /* past the end of the file: never written */
            memset(dst, 0, left);
            break;
        }
        dst += n, at += n, left -= (size_t)n;
    }
    return 0;
}

static int raw_write(DiskLayer *l, u64 lba, u32 count, const u8 *src)
{
    int fd = ((RawLayer *)l)->fd;
    size_t left = (size_t)count * DISK_SECTOR;
    off_t at = (off_t)(lba * DISK_SECTOR);
    while (left) {
        ssize_t n = pwrite(fd, src, left, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : ENOSPC;
        src += n, at += n, left -= (size_t)n;
    }
    return 0;
}

static int raw_flush(DiskLayer *l)
{
    while (fdatasync(((RawLayer *)l)->fd) < 0) {
        if (errno == EINVAL || errno == ENOSYS) /* a host file system that has nothing to sync */
            return 0;
        if (errno != EINTR)
            return errno;
    }
    return 0;
}

static void raw_close(DiskLayer *l)
{
    close(((RawLayer *)l)->fd);
    free(l);
}

static const DiskLayerOps raw_ops = {raw_read, raw_write, raw_flush, raw_close};

/* ---- opening --------------------------------------------------------------------------------- */

static bool denied(int e)
{
    return e == EACCES || e == EPERM || e == EROFS || e == ETXTBSY;
}

static bool is_image_file(const char *path, const struct stat *st, char *err, size_t errlen)
{
    if (S_ISREG(st->st_mode) || S_ISBLK(st->st_mode))
        return true;
    if (S_ISDIR(st->st_mode))
        snprintf(
            err, errlen,
            "%s: is a directory, not a disk image; name an image file (mformat -C and mcopy make "
            "one from a directory)",
            path);
    else
        snprintf(err, errlen, "%s: is neither a file nor a block device; name a disk image", path);
    return false;
}

static bool open_failed(const char *path, int e, char *err, size_t errlen)
{
    const char *fix = e == ENOENT                    ? "check the name"
                      : denied(e)                    ? "allow reading it (chmod u+r) or copy it"
                      : (e == EMFILE || e == ENFILE) ? "close other programs"
                      : (e == ENOTDIR || e == ENAMETOOLONG) ? "check the path"
                                                            : "check the file and its disk";
    snprintf(err, errlen, "%s: cannot open disk image: %s; %s", path, strerror(e), fix);
    return false;
}

/* False: somebody else has the image. Hosts and file systems without locks are no reason to
 * refuse. */
static bool lock_image(int fd, bool write)
{
    struct flock lock = {.l_type = write ? F_WRLCK : F_RDLCK,
                         .l_whence = SEEK_SET,
                         .l_start = 0,
                         .l_len = write ? 0 : 1};
#ifdef F_OFD_SETLK
    int command = F_OFD_SETLK;
#else
    int command = F_SETLK;
#endif
    return fcntl(fd, command, &lock) == 0 || (errno != EAGAIN && errno != EACCES);
}

static int open_fd(const char *path, bool *write, char *note, size_t notelen)
{
    int fd = -1;
    if (*write) {
        fd = open(path, O_RDWR | O_CLOEXEC);
        if (fd >= 0 || !denied(errno))
            return fd;
        int why = errno;
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd >= 0)
            snprintf(note, notelen,
                     "%s: cannot be written (%s), so the guest finds it write-protected; make it "
                     "writable, or use -snapshot",
                     path, strerror(why));
        *write = false;
        return fd;
    }
    return open(path, O_RDONLY | O_CLOEXEC);
}

static bool image_size(int fd, const char *path, u64 *bytes, char *err, size_t errlen)
{
    off_t end = lseek(fd, 0, SEEK_END); /* of a block device as well */
    if (end > 0) {
        *bytes = (u64)end;
        return true;
    }
    if (end < 0)
        snprintf(err, errlen, "%s: cannot tell its size: %s; copy it to a file", path,
                 strerror(errno));
    else
        snprintf(err, errlen,
                 "%s: is empty; give it a size first (truncate -s 100M for a hard disk, 1440K for "
                 "a floppy)",
                 path);
    return false;
}

DiskLayer *raw_open(const char *path, bool *write, u64 *bytes, char *note, size_t notelen,
                    char *err, size_t errlen)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return open_failed(path, errno, err, errlen), NULL;
    if (!is_image_file(path, &st, err, errlen))
        return NULL;
    int fd = open_fd(path, write, note, notelen);
    if (fd < 0)
        return open_failed(path, errno, err, errlen), NULL;
    if (!image_size(fd, path, bytes, err, errlen)) {
        close(fd);
        return NULL;
    }
    if (!lock_image(fd, *write)) {
        snprintf(
            err, errlen,
            *write ? "%s: is in use by another running program; end that one, use a copy, or use "
                     "-snapshot if it only reads"
                   : "%s: is being written by another running program; end that one or use a copy",
            path);
        close(fd);
        return NULL;
    }
    RawLayer *raw = calloc(1, sizeof *raw);
    if (!raw) {
        close(fd);
        snprintf(err, errlen, "%s: out of host memory; close other programs", path);
        return NULL;
    }
    raw->layer.ops = &raw_ops;
    raw->fd = fd;
    return &raw->layer;
}
