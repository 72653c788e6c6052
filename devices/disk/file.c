/* file.c: an image's host file. Writes go to the kernel at once, without any buffer of ours, so
 * that killing the emulator loses nothing.
 *
 * Locks are OFD locks (fcntl): they belong to the open file, vanish with the process however it
 * ends, and are seen by other emulators that use them. A writer locks the whole file; a reader
 * locks its first byte for sharing, so any number of -snapshot runs go together but none beside
 * a writer. */
#include "devices/disk/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read(const HostFile *f, u64 at, void *dst, size_t len)
{
    u8 *p = dst;
    if (at > INT64_MAX - len) { /* a table that lies */
        memset(dst, 0, len);
        return 0;
    }
    while (len) {
        ssize_t n = pread(f->fd, p, len, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        if (n == 0) { /* past the end of the file: never written */
            memset(p, 0, len);
            break;
        }
        p += n, at += (u64)n, len -= (size_t)n;
    }
    return 0;
}

int file_write(HostFile *f, u64 at, const void *src, size_t len)
{
    const u8 *p = src;
    if (at > INT64_MAX - len)
        return EFBIG;
    while (len) {
        ssize_t n = pwrite(f->fd, p, len, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : ENOSPC;
        p += n, at += (u64)n, len -= (size_t)n;
        if (at > f->size)
            f->size = at;
    }
    return 0;
}

int file_truncate(HostFile *f, u64 size)
{
    if (ftruncate(f->fd, (off_t)size) < 0)
        return errno;
    f->size = size;
    return 0;
}

int file_sync(const HostFile *f)
{
    while (fdatasync(f->fd) < 0) {
        if (errno == EINVAL || errno == ENOSYS) /* a host file system that has nothing to sync */
            return 0;
        if (errno != EINTR)
            return errno;
    }
    return 0;
}

void file_close(HostFile *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
}

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
            "%s: is a directory, not a disk image; name an image file, or attach it as a disk with "
            "fat:%s",
            path, path);
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

static bool locked(const char *path, bool write, char *err, size_t errlen)
{
    snprintf(err, errlen,
             write ? "%s: is in use by another running program; end that one, use a copy, or use "
                     "-snapshot if it only reads"
                   : "%s: is being written by another running program; end that one or use a copy",
             path);
    return false;
}

bool file_open(HostFile *f, const char *path, bool write, char *note, size_t notelen, char *err,
               size_t errlen)
{
    struct stat st;
    *f = (HostFile){.fd = -1, .write = write};
    if (stat(path, &st) < 0)
        return open_failed(path, errno, err, errlen);
    if (!is_image_file(path, &st, err, errlen))
        return false;
    f->fd = open_fd(path, &f->write, note, notelen);
    if (f->fd < 0)
        return open_failed(path, errno, err, errlen);
    bool ok = image_size(f->fd, path, &f->size, err, errlen);
    if (ok && !lock_image(f->fd, f->write))
        ok = locked(path, f->write, err, errlen);
    if (!ok)
        file_close(f);
    return ok;
}

bool file_create(HostFile *f, const char *path, char *err, size_t errlen)
{
    *f = (HostFile){.fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644), .write = true};
    if (f->fd < 0) {
        snprintf(err, errlen, "%s: cannot be created: %s; check the path", path, strerror(errno));
        return false;
    }
    if (!lock_image(f->fd, true)) {
        file_close(f);
        return locked(path, true, err, errlen);
    }
    return true;
}
