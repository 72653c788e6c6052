/* disk_files.h: images in a scratch folder, for the tests of media. */
#ifndef GLASS86_DISK_FILES_H
#define GLASS86_DISK_FILES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "devices/disk/layer.h"

static char dir[72], path[160], err[1024];

static const char *file(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static const char *make(const char *name, u64 size, const void *head, size_t n)
{
    int fd = open(file(name), O_RDWR | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)size), 0);
    if (n)
        assert_int_equal(pwrite(fd, head, n, 0), (ssize_t)n);
    close(fd);
    return path;
}

static Disk *open_ok(const char *name, const DiskOptions *o)
{
    err[0] = 0;
    Disk *d = disk_open(name, o, err, sizeof err);
    if (!d)
        fail_msg("%s", err);
    return d;
}

static void refused(const char *name, const DiskOptions *o, const char *word)
{
    err[0] = 0;
    Disk *d = disk_open(name, o, err, sizeof err);
    assert_null(d);
    if (!strstr(err, word) || !strstr(err, name) || strchr(err, '\n') || !strchr(err, ';'))
        fail_msg("message is '%s', wanted '%s'", err, word);
}

static int setup(void **state)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%.40s/glass86-disk-XXXXXX", tmp ? tmp : P_tmpdir);
    return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
    char cmd[100];
    snprintf(cmd, sizeof cmd, "rm -rf '%s'", dir);
    return system(cmd);
}

/* The checksum of a VHD's footer or header. */
static void seal(u8 *p, int size, int at)
{
    u32 sum = 0;
    put_be32(p + at, 0);
    for (int i = 0; i < size; i++)
        sum += p[i];
    put_be32(p + at, ~sum);
}

#endif
