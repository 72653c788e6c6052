/* file.h: a host file or block device that holds an image: opening with the messages a person
 * needs, locks, and whole reads and writes at any byte. Private to devices/disk. */
#ifndef GLASS86_DISK_FILE_H
#define GLASS86_DISK_FILE_H

#include "mmu/base.h"

typedef struct {
    int fd;
    u64 size;
    bool write; /* opened and locked for writing */
} HostFile;

/* Opens and locks `path`, for writing if `write` and if the host allows; else for reading, and
 * the reason is put into `note`. False: see err. Locks vanish with the process. */
bool file_open(HostFile *f, const char *path, bool write, char *note, size_t notelen, char *err,
               size_t errlen);
/* Makes a new, empty file and locks it; refuses one that exists. */
bool file_create(HostFile *f, const char *path, char *err, size_t errlen);
void file_close(HostFile *f);

/* 0 or an errno value. Reading past the end gives zeros; writing past it grows the file. */
int file_read(const HostFile *f, u64 at, void *dst, size_t len);
int file_write(HostFile *f, u64 at, const void *src, size_t len);
int file_truncate(HostFile *f, u64 size);
int file_sync(const HostFile *f);

static inline u32 be32(const u8 *p)
{
    return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static inline u64 be64(const u8 *p)
{
    return (u64)be32(p) << 32 | be32(p + 4);
}

static inline void put_be32(u8 *p, u32 v)
{
    p[0] = (u8)(v >> 24), p[1] = (u8)(v >> 16), p[2] = (u8)(v >> 8), p[3] = (u8)v;
}

static inline void put_be64(u8 *p, u64 v)
{
    put_be32(p, (u32)(v >> 32));
    put_be32(p + 4, (u32)v);
}

static inline u64 le64(const u8 *p)
{
    return load_le(p, 4) | (u64)load_le(p + 4, 4) << 32;
}

static inline void put_le64(u8 *p, u64 v)
{
    store_le(p, 4, (u32)v);
    store_le(p + 4, 4, (u32)(v >> 32));
}

#endif
