/* folder.c: a host folder as a disk, written to by a guest that writes anything anywhere: FAT,
 * directories, names. Whatever it writes, the folder's neighbours stay as they were. */
#include "devices/disk/disk.h"
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static char inside[300], outside[300];
static const char secret[] = "nobody has named this file";

static void put(const char *dir, const char *name, const char *text)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    if (!f || fputs(text, f) < 0 || fclose(f))
        panic("cannot write %s", path);
}

void fuzz_start(void)
{
    snprintf(inside, sizeof inside, "%s/folder", fuzz_dir());
    snprintf(outside, sizeof outside, "%s/secret", fuzz_dir());
    put(fuzz_dir(), "secret", secret);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    return remove(path);
}

static void make_folder(void)
{
    char sub[400], link[400];
    snprintf(sub, sizeof sub, "%s/SUB", inside);
    snprintf(link, sizeof link, "%s/LINK", inside);
    if (mkdir(inside, 0700) || mkdir(sub, 0700) || symlink("../secret", link))
        panic("cannot make %s", sub);
    put(inside, "A.TXT", "first file\n");
    put(inside, "a long file name.txt", "second\n");
    put(sub, "B.TXT", "third\n");
}

/* Beside the folder nothing is new, gone or other. */
static void check_neighbours(void)
{
    char text[sizeof secret + 1] = "";
    int names = 0;
    DIR *dir = opendir(fuzz_dir());
    for (struct dirent *e; (e = readdir(dir));)
        names += *e->d_name != '.';
    closedir(dir);
    FILE *f = fopen(outside, "r");
    if (!f || !fread(text, 1, sizeof secret, f) || strcmp(text, secret) || names != 2)
        panic("the guest got out of its folder");
    fclose(f);
}

/* A write: where, what. Most goes where the volume keeps its tables. */
static void write_some(Disk *d, Feed *f)
{
    u8 sector[DISK_SECTOR];
    u32 where = feed(f, 2), off = feed(f, 2) % DISK_SECTOR;
    u64 lba = where & 0x8000 ? where & 0x7FFF : where & 0x1FF;
    size_t n;
    const u8 *bytes = feed_bytes(f, 1 + (feed(f, 1) & 63), &n);
    if (disk_read(d, lba, 1, sector) != DISK_OK)
        return;
    memcpy(sector + off, bytes, n < DISK_SECTOR - off ? n : DISK_SECTOR - off);
    disk_write(d, lba, 1, sector);
}

/* A directory entry with a short name: in the root directory, or anywhere. */
static void write_entry(Disk *d, Feed *f, u64 root)
{
    u8 sector[DISK_SECTOR];
    u32 where = feed(f, 1);
    u64 lba = root + (where >> 4);
    size_t n;
    const u8 *name = feed_bytes(f, 12, &n);
    if (n < 12 || disk_read(d, lba, 1, sector) != DISK_OK)
        return;
    u8 *e = sector + (where & 15) * 32;
    memset(e, 0, 32);
    memcpy(e, name, 12); /* and attributes */
    store_le(e + 26, 2, feed(f, 2) & 0xFFF);
    store_le(e + 28, 4, feed(f, 2));
    disk_write(d, lba, 1, sector);
}

void fuzz_one(const u8 *data, size_t size)
{
    static const char *const kinds[] = {"fat:floppy:", "fat:12:", "fat:", "fat:32:"};
    char path[400], err[1024];
    Feed f = {data, size};
    u32 how = feed(&f, 1);
    make_folder();
    snprintf(path, sizeof path, "%s%s", kinds[how & 3], inside);
    Disk *d = disk_open(path, NULL, err, sizeof err);
    if (!d)
        panic("%s", err);
    u64 root = how & 3 ? 63 : 19;
    for (int n = 0; f.left && n < 200; n++) {
        u32 op = feed(&f, 1);
        if (op < 100)
            write_some(d, &f);
        else if (op < 240)
            write_entry(d, &f, root + (op & 7) * 32);
        else
            disk_flush(d);
    }
    disk_close(d);
    check_neighbours();
    d = disk_open(path, NULL, err,
                  sizeof err); /* whatever there is now: it opens again, or says why */
    disk_close(d);
    nftw(inside, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
