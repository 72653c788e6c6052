/* test_folder.c: a host folder as a disk. The guest is a small FAT file system of the test's own,
 * which knows nothing of the code it tests but the layout in Microsoft's specification: it does
 * thousands of random operations, with flushes in the middle of them, beside a model of what the
 * folder must hold. tests/media has mtools and DOS do the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "devices/disk/disk.h"

static char dir[72], spec[420], path[400], err[1024], said[1024];

/* ---- random numbers -------------------------------------------------------------------------- */

static u64 seed = 1;

static u32 any(u32 below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (u32)(seed >> 33) % below;
}

/* ---- the guest: a FAT12, FAT16 or FAT32 volume ----------------------------------------------- */

enum { ITEMS = 120, CHAIN = 40, END = 0x0FFFFFFF /* of a chain, in as many bits as there are */ };

typedef struct {
    bool used, is_dir;
    int parent; /* item, -1: the root */
    char name[12];
    u32 chain[CHAIN], clusters, size;
    u8 *data;
} Item;

static struct {
    Disk *disk;
    u32 start, per_cluster, reserved, fat_sectors, roots, data, clusters, bits;
    u8 *taken;
    Item item[ITEMS], root; /* FAT32's, which is a chain */
} g;

static void on_error(void *ctx, const char *message)
{
    snprintf(said, sizeof said, "%s", message);
}

static void put(u64 lba, const u8 *sector)
{
    assert_int_equal(disk_write(g.disk, lba, 1, sector), DISK_OK);
    if (!any(400)) /* in the middle of whatever is going on */
        assert_int_equal(disk_flush(g.disk), DISK_OK);
}

static void get(u64 lba, u8 *sector)
{
    assert_int_equal(disk_read(g.disk, lba, 1, sector), DISK_OK);
}

static u32 cluster_bytes(void)
{
    return g.per_cluster * 512;
}

static void set_fat(u32 cluster, u32 value)
{
    for (u32 copy = 0; copy < 2; copy++) {
        u32 at = g.bits == 12 ? cluster + cluster / 2 : cluster * g.bits / 8;
        for (u32 k = 0; k < (g.bits == 32 ? 4 : 2); k++) {
            u8 sector[512];
            u64 lba = g.start + g.reserved + copy * g.fat_sectors + (at + k) / 512;
            get(lba, sector);
            u8 *p = &sector[(at + k) % 512];
            if (g.bits != 12)
                *p = (u8)(value >> 8 * k);
            else if (cluster & 1)
                *p = k ? (u8)(value >> 4) : (u8)((*p & 0x0F) | value << 4);
            else
                *p = k ? (u8)((*p & 0xF0) | (value >> 8 & 15)) : (u8)value;
            put(lba, sector);
        }
    }
}

static u32 take(void)
{
    u32 c;
    do
        c = 2 + any(g.clusters);
    while (g.taken[c]);
    g.taken[c] = 1;
    return c;
}

static void set_chain(Item *i, u32 clusters)
{
    while (i->clusters > clusters) {
        u32 c = i->chain[--i->clusters];
        set_fat(c, 0);
        g.taken[c] = 0;
        if (i->clusters)
            set_fat(i->chain[i->clusters - 1], END);
    }
    while (i->clusters < clusters) {
        u32 c = take();
        set_fat(c, END);
        if (i->clusters)
            set_fat(i->chain[i->clusters - 1], c);
        i->chain[i->clusters++] = c;
    }
}

/* The n-th sector of a directory; 0: there is no such one. */
static u64 dir_sector(int parent, u32 n)
{
    if (parent < 0 && g.bits != 32)
        return n < g.roots / 16 ? g.start + g.reserved + 2 * g.fat_sectors + n : 0;
    const Item *d = parent < 0 ? &g.root : &g.item[parent];
    if (n >= d->clusters * g.per_cluster)
        return 0;
    return g.data + (u64)(d->chain[n / g.per_cluster] - 2) * g.per_cluster + n % g.per_cluster;
}

static void fill_entry(u8 *e, const Item *i, u32 cluster)
{
    memset(e, 0, 32);
    memcpy(e, i->name, 11);
    e[11] = i->is_dir ? 0x10 : 0x20;
    store_le(e + 22, 2, 0x6000);
    store_le(e + 24, 2, 0x3021);
    store_le(e + 20, 2, g.bits == 32 ? cluster >> 16 : 0);
    store_le(e + 26, 2, cluster & 0xFFFF);
    store_le(e + 28, 4, i->is_dir ? 0 : i->size);
}

/* Puts or changes the entry named `old` (NULL: a free one) in a directory; i NULL deletes it. */
static void put_entry(int parent, const char *old, const Item *i)
{
    u8 sector[512];
    u64 lba;
    for (u32 n = 0; (lba = dir_sector(parent, n)) != 0; n++) {
        get(lba, sector);
        for (u8 *e = sector; e < sector + 512; e += 32) {
            if (old ? memcmp(e, old, 11) || e[11] & 8 : *e && *e != 0xE5)
                continue;
            if (i)
                fill_entry(e, i, i->clusters ? i->chain[0] : 0);
            else
                *e = 0xE5;
            put(lba, sector);
            return;
        }
    }
    if (old || (parent < 0 && g.bits != 32))
        fail_msg("no such entry, or the directory is full");
    /* one more cluster, emptied before it belongs to the chain */
    Item *d = parent < 0 ? &g.root : &g.item[parent];
    u32 c = take();
    memset(sector, 0, sizeof sector);
    for (u32 k = 0; k < g.per_cluster; k++)
        put(g.data + (u64)(c - 2) * g.per_cluster + k, sector);
    set_fat(c, END);
    set_fat(d->chain[d->clusters - 1], c);
    d->chain[d->clusters++] = c;
    put_entry(parent, old, i);
}

static void write_data(const Item *i, u32 from, u32 to)
{
    for (u32 at = from / 512 * 512; at < to; at += 512) {
        u8 sector[512] = {0};
        memcpy(sector, i->data + at, i->size - at < 512 ? i->size - at : 512);
        u32 c = i->chain[at / cluster_bytes()];
        put(g.data + (u64)(c - 2) * g.per_cluster + at % cluster_bytes() / 512, sector);
    }
}

static void resize(Item *i, u32 size)
{
    u32 old = i->size;
    i->data = realloc(i->data, size + 512);
    for (u32 k = old; k < size; k++)
        i->data[k] = (u8)any(256);
    i->size = size;
    set_chain(i, (size + cluster_bytes() - 1) / cluster_bytes());
    if (size > old)
        write_data(i, old, size);
    put_entry(i->parent, i->name, i);
}

static void new_name(char *name)
{
    static u32 count;
    snprintf(name, 12, "F%-7u%-3s", count++, any(2) ? "TXT" : "");
}

static int random_item(bool want_dir)
{
    for (int tries = 0; tries < 50; tries++) {
        int n = (int)any(ITEMS);
        if (g.item[n].used && g.item[n].is_dir == want_dir)
            return n;
    }
    return -1;
}

static int depth_of(int n)
{
    return n < 0 ? 0 : 1 + depth_of(g.item[n].parent);
}

static bool is_inside(int n, int above)
{
    return n >= 0 && (n == above || is_inside(g.item[n].parent, above));
}

static bool is_empty(int d)
{
    for (int i = 0; i < ITEMS; i++) {
        if (g.item[i].used && g.item[i].parent == d)
            return false;
    }
    return true;
}

static void create(bool is_dir)
{
    int n = 0, parent = any(3) ? random_item(true) : -1;
    while (n < ITEMS && g.item[n].used)
        n++;
    if (n == ITEMS || depth_of(parent) > 5)
        return;
    Item *i = &g.item[n];
    *i = (Item){.used = true, .is_dir = is_dir, .parent = parent};
    new_name(i->name);
    if (is_dir) {
        set_chain(i, 1);
        u8 sector[512] = {0};
        for (u32 k = g.per_cluster; k-- > 1;)
            put(g.data + (u64)(i->chain[0] - 2) * g.per_cluster + k, sector);
        memset(sector, 0, sizeof sector);
        fill_entry(sector, i, i->chain[0]);
        fill_entry(sector + 32, i, parent < 0 ? 0 : g.item[parent].chain[0]);
        memcpy(sector, ".          ", 11);
        memcpy(sector + 32, "..         ", 11);
        put(g.data + (u64)(i->chain[0] - 2) * g.per_cluster, sector);
    }
    put_entry(parent, NULL, i);
    if (!is_dir)
        resize(i, any(3 * cluster_bytes()));
}

static void delete_item(int n)
{
    Item *i = &g.item[n];
    if (i->is_dir && !is_empty(n))
        return;
    put_entry(i->parent, i->name, NULL);
    set_chain(i, 0);
    free(i->data);
    *i = (Item){.used = false};
}

static void change(Item *i)
{
    if (!i->size)
        return;
    u32 from = any(i->size), to = from + 1 + any(i->size - from);
    for (u32 k = from; k < to; k++)
        i->data[k] ^= 0x55;
    write_data(i, from, to);
}

static void rename_item(Item *i)
{
    char old[12];
    memcpy(old, i->name, 12);
    new_name(i->name);
    put_entry(i->parent, old, i);
}

static void move(int n)
{
    Item *i = &g.item[n];
    int to = any(3) ? random_item(true) : -1, from = i->parent;
    if (i->is_dir && is_inside(to, n))
        return;
    if (to == from || depth_of(to) > 4)
        return;
    if (any(2)) { /* the two orders that systems use */
        put_entry(to, NULL, i);
        put_entry(from, i->name, NULL);
    } else {
        put_entry(from, i->name, NULL);
        put_entry(to, NULL, i);
    }
    i->parent = to;
}

/* An editor's way to save: the old file becomes a backup, a new one takes its name. */
static void save_as_editor(int n)
{
    char name[12];
    memcpy(name, g.item[n].name, 12);
    rename_item(&g.item[n]);
    int k = 0;
    while (k < ITEMS && g.item[k].used)
        k++;
    if (k == ITEMS)
        return;
    g.item[k] = (Item){.used = true, .parent = g.item[n].parent};
    memcpy(g.item[k].name, name, 12);
    put_entry(g.item[k].parent, NULL, &g.item[k]);
    resize(&g.item[k], 100 + any(cluster_bytes()));
}

static void operate(void)
{
    int file = random_item(false), folder = random_item(true), what = (int)any(10);
    if (what < 2 || file < 0)
        create(what == 0 && any(2));
    else if (what == 2)
        delete_item(file);
    else if (what == 3)
        change(&g.item[file]);
    else if (what == 4)
        resize(&g.item[file], any(4 * cluster_bytes()));
    else if (what == 5)
        rename_item(&g.item[file]);
    else if (what == 6)
        move(file);
    else if (what == 7)
        save_as_editor(file);
    else if (folder >= 0 && what == 8)
        any(2) ? delete_item(folder) : rename_item(&g.item[folder]);
    else if (folder >= 0)
        move(folder);
}

/* ---- the host: is the folder what the model says? -------------------------------------------- */

static void host_name(const Item *i, char *out)
{
    int base = 8, ext = 3;
    while (base && i->name[base - 1] == ' ')
        base--;
    while (ext && i->name[7 + ext] == ' ')
        ext--;
    sprintf(out, "%.*s%s%.*s", base, i->name, ext ? "." : "", ext, i->name + 8);
}

static void host_path(int n, char *out)
{
    char name[20];
    if (n < 0) {
        strcpy(out, dir);
        return;
    }
    host_path(g.item[n].parent, out);
    host_name(&g.item[n], name);
    strcat(out, "/");
    strcat(out, name);
}

static int count_below(const char *at)
{
    DIR *d = opendir(at);
    assert_non_null(d);
    struct dirent *e;
    int n = 0;
    while ((e = readdir(d)) != NULL) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        char below[400];
        struct stat st;
        snprintf(below, sizeof below, "%s/%s", at, e->d_name);
        assert_int_equal(lstat(below, &st), 0);
        n += 1 + (S_ISDIR(st.st_mode) ? count_below(below) : 0);
    }
    closedir(d);
    return n;
}

static void check_host(void)
{
    int items = 0;
    for (int n = 0; n < ITEMS; n++) {
        const Item *i = &g.item[n];
        if (!i->used)
            continue;
        items++;
        struct stat st;
        host_path(n, path);
        if (lstat(path, &st))
            fail_msg("%s is missing", path);
        assert_int_equal(S_ISDIR(st.st_mode), i->is_dir);
        if (i->is_dir)
            continue;
        if (st.st_size != i->size)
            fail_msg("%s has %ld bytes, not %u", path, (long)st.st_size, i->size);
        u8 *data = malloc(i->size + 1);
        int fd = open(path, O_RDONLY);
        assert_int_equal(read(fd, data, i->size), i->size);
        if (memcmp(data, i->data, i->size))
            fail_msg("%s holds something else", path);
        close(fd);
        free(data);
    }
    assert_int_equal(count_below(dir), items);
}

/* ---- the tests ------------------------------------------------------------------------------- */

static int setup(void **state)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%.40s/glass86-folder-XXXXXX", tmp ? tmp : P_tmpdir);
    memset(&g, 0, sizeof g);
    *said = 0;
    return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
    char cmd[100];
    snprintf(cmd, sizeof cmd, "rm -rf '%s'", dir);
    free(g.taken);
    for (int i = 0; i < ITEMS; i++)
        free(g.item[i].data);
    return system(cmd);
}

static void host_file(const char *name, const char *text)
{
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void expect_file(const char *name, const char *text)
{
    char got[200] = "";
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "r");
    if (!f)
        fail_msg("%s is missing", path);
    got[fread(got, 1, sizeof got - 1, f)] = 0;
    fclose(f);
    assert_string_equal(got, text);
}

static void mount(const char *prefix)
{
    u8 b[512];
    snprintf(spec, sizeof spec, "%s%s", prefix, dir);
    g.disk = disk_open(spec, NULL, err, sizeof err);
    if (!g.disk)
        fail_msg("%s", err);
    disk_on_error(g.disk, on_error, NULL);
    get(0, b);
    g.start = g.disk->kind == DISK_HARD ? load_le(b + 454, 4) : 0;
    get(g.start, b);
    g.per_cluster = b[13];
    g.reserved = load_le(b + 14, 2);
    g.roots = load_le(b + 17, 2);
    g.fat_sectors = load_le(b + 22, 2) ? load_le(b + 22, 2) : load_le(b + 36, 4);
    g.bits = !memcmp(b + 82, "FAT32", 5) ? 32 : b[54 + 4] == '6' ? 16 : 12;
    u32 head = g.reserved + 2 * g.fat_sectors + g.roots / 16;
    u32 total = load_le(b + 19, 2) ? load_le(b + 19, 2) : load_le(b + 32, 4);
    g.data = g.start + head;
    g.clusters = (total - head) / g.per_cluster;
    if (!g.taken)
        g.taken = calloc(g.clusters + 2, 1);
    if (g.bits == 32 && !g.root.clusters) { /* an empty folder's is one cluster */
        g.root.chain[g.root.clusters++] = load_le(b + 44, 4);
        g.taken[load_le(b + 44, 4)] = 1;
    }
}

static void random_operations(const char *prefix, int operations)
{
    mount(prefix);
    for (int i = 0; i < operations; i++) {
        operate();
        if (i % 100 == 99) {
            assert_int_equal(disk_flush(g.disk), DISK_OK);
            check_host();
        }
    }
    assert_true(disk_close(g.disk));
    check_host();
    if (*said)
        fail_msg("%s", said);
}

static void test_random_fat12(void **state)
{
    random_operations("fat:12:", 3000);
}

static void test_random_fat16(void **state)
{
    random_operations("fat:", 5000);
}

static void test_random_fat32(void **state)
{
    random_operations("fat:32:", 1500);
}

static void test_random_floppy(void **state)
{
    random_operations("fat:floppy:", 2000);
}

/* What was written by one run is there in the next, now out of the host's files. */
static void test_again(void **state)
{
    random_operations("fat:12:", 400);
    mount("fat:12:");
    for (int n = 0; n < ITEMS; n++) {
        Item *i = &g.item[n];
        if (!i->used || i->is_dir || i->parent >= 0)
            continue;
        u8 sector[512];
        bool found = false;
        for (u32 k = 0; !found && k < g.roots / 16; k++) {
            get(dir_sector(-1, k), sector);
            for (u32 at = 0; !found && at < 512; at += 32)
                if ((found = !memcmp(sector + at, i->name, 11))) {
                    assert_int_equal(load_le(sector + at + 28, 4), i->size);
                    u32 c = load_le(sector + at + 26, 2);
                    u8 data[512];
                    if (i->size >= 512) {
                        get(g.data + (u64)(c - 2) * g.per_cluster, data);
                        assert_memory_equal(data, i->data, 512);
                    }
                }
        }
        assert_true(found);
    }
    disk_close(g.disk);
}

static void rewrite_entry(const char *name, void (*change_it)(u8 *e))
{
    u8 sector[512];
    for (u32 k = 0; k < g.roots / 16; k++) {
        get(dir_sector(-1, k), sector);
        for (u32 at = 0; at < 512; at += 32) {
            if (memcmp(sector + at, name, 11))
                continue;
            change_it(sector + at);
            assert_int_equal(disk_write(g.disk, dir_sector(-1, k), 1, sector), DISK_OK);
            return;
        }
    }
    fail_msg("no entry '%s'", name);
}

/* Characters beyond the first 65,536 are two units of a long name. */
static void test_unicode(void **state)
{
    static const u8 at[] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
    static const u16 want[] = {0x65E5, 0x672C, ' ', 0xD83D, 0xDE00, '.',
                               't',    'x',    't', 0,      0xFFFF};
    u8 sector[512], *e = sector;
    host_file("\u65e5\u672c \U0001F600.txt", "text");
    mount("fat:12:");
    get(dir_sector(-1, 0), sector);
    while (e < sector + 480 && e[11] != 0x0F)
        e += 32;
    assert_int_equal(e[0], 0x41);
    for (size_t i = 0; i < ARRAY_LEN(want); i++)
        assert_int_equal(load_le(e + at[i], 2), want[i]);
    store_le(e + at[4], 2, 0xDE01); /* the guest renames it */
    put(dir_sector(-1, 0), sector);
    assert_int_equal(disk_flush(g.disk), DISK_OK);
    expect_file("\u65e5\u672c \U0001F601.txt", "text");
    assert_int_equal(count_below(dir), 1);
    store_le(e + at[3], 2, 'x'); /* half a character is none: the file stays what it was */
    put(dir_sector(-1, 0), sector);
    assert_int_equal(disk_flush(g.disk), DISK_OK);
    expect_file("\u65e5\u672c \U0001F601.txt", "text");
    assert_int_equal(count_below(dir), 1);
    disk_close(g.disk);
}

static const char *bad_name;

static void poison(u8 *e)
{
    memcpy(e, bad_name, 11);
}

/* A name that would lead out of the folder is none; what is only a name remains one. */
static void test_cannot_leave(void **state)
{
    static const char *const none[] = {"../../X TXT", "../X    TXT", "/       TXT",
                                       "A/B     TXT", "X       ../", "\1\2\3     TXT"};
    static const char *const plain[] = {"CON        ", "NUL     TXT",  "COM1    TXT",
                                        "CLOCK$     ", "X\\Y     TXT", "X:Y     TXT"};
    for (size_t i = 0; i < ARRAY_LEN(none) + ARRAY_LEN(plain); i++) {
        bool bad = i < ARRAY_LEN(none);
        bad_name = bad ? none[i] : plain[i - ARRAY_LEN(none)];
        host_file("good.txt", "good");
        mount("fat:12:");
        rewrite_entry("GOOD    TXT", poison);
        assert_int_equal(disk_flush(g.disk), DISK_OK);
        disk_close(g.disk);
        assert_int_equal(count_below(dir), 1);
        snprintf(path, sizeof path, "%s/good.txt", dir);
        assert_int_equal(!access(path, F_OK), bad); /* and nothing was deleted for it */
        char cmd[200];
        snprintf(cmd, sizeof cmd, "rm '%s'/*", dir);
        assert_int_equal(system(cmd), 0);
    }
}

/* What an emulator left behind that was killed in the middle of a flush. */
static void test_leftovers(void **state)
{
    host_file("A.TXT", "whole");
    host_file(".glass86-1.tmp", "half of a fi");
    host_file(".glass86-2-MOVED.TXT", "made room");
    host_file(".glass86-3-A.TXT", "its name is taken");
    mount("fat:12:");
    disk_close(g.disk);
    expect_file("A.TXT", "whole");
    expect_file("MOVED.TXT", "made room");
    expect_file(".glass86-3-A.TXT", "its name is taken");
    assert_int_equal(count_below(dir), 3);
    host_file(".glass86-4.tmp", "a folder that is only read stays as it is");
    snprintf(spec, sizeof spec, "fat:12:%s", dir);
    DiskOptions how = {.read_only = true};
    disk_close(disk_open(spec, &how, err, sizeof err));
    assert_int_equal(count_below(dir), 4);
}

static void shrink(u8 *e)
{
    store_le(e + 28, 4, 2);
}

/* Links are not followed, not even one that replaced a file while the disk was in use. */
static void test_links(void **state)
{
    char outside[120], link[120];
    snprintf(outside, sizeof outside, "%s.outside", dir);
    FILE *f = fopen(outside, "w");
    fputs("secret", f);
    fclose(f);
    host_file("a.txt", "inside");
    snprintf(link, sizeof link, "%s/link.txt", dir);
    assert_int_equal(symlink(outside, link), 0);
    mount("fat:12:");
    assert_non_null(strstr(g.disk->note, "link.txt"));
    snprintf(path, sizeof path, "%s/a.txt", dir);
    unlink(path);
    assert_int_equal(symlink(outside, path), 0);
    rewrite_entry("A       TXT", shrink);
    disk_flush(g.disk);
    disk_close(g.disk);
    f = fopen(outside, "r");
    char text[20] = "";
    assert_int_equal(fread(text, 1, sizeof text, f), 6);
    assert_string_equal(text, "secret");
    fclose(f);
    unlink(outside);
}

/* Both versions are kept. */
static void test_host_changes(void **state)
{
    host_file("a.txt", "old text");
    mount("fat:12:");
    host_file("a.txt", "the host's own text");
    rewrite_entry("A       TXT", shrink);
    assert_int_equal(disk_flush(g.disk), DISK_OK);
    disk_close(g.disk);
    expect_file("a.txt", "th");
    expect_file("a.txt~host", "the host's own text");
    assert_non_null(strstr(said, "~host"));
}

static void loop(u8 *e)
{
    e[26] = 2, e[27] = 0; /* the first file's cluster as well */
    store_le(e + 28, 4, 400);
}

/* Cross-linked files wait, and nothing is deleted for them. */
static void test_damage(void **state)
{
    host_file("a.txt", "text of a");
    host_file("b.txt", "text of b");
    mount("fat:12:");
    rewrite_entry("B       TXT", loop);
    assert_int_equal(disk_flush(g.disk), DISK_OK);
    assert_int_equal(disk_flush(g.disk), DISK_OK);
    assert_non_null(strstr(said, "make no sense"));
    disk_close(g.disk);
    expect_file("a.txt", "text of a");
    expect_file("b.txt", "text of b");
}

/* FORMAT must not empty the folder. */
static void test_format(void **state)
{
    host_file("a.txt", "text");
    mount("fat:12:");
    u8 b[512];
    get(g.start, b);
    b[39] ^= 1; /* a new serial number */
    assert_int_equal(disk_write(g.disk, g.start, 1, b), DISK_OK);
    memset(b, 0, sizeof b);
    for (u32 k = 0; k < g.roots / 16; k++)
        assert_int_equal(disk_write(g.disk, dir_sector(-1, k), 1, b), DISK_OK);
    assert_int_equal(disk_flush(g.disk), DISK_FAILED);
    assert_non_null(strstr(said, "formatted"));
    disk_close(g.disk);
    expect_file("a.txt", "text");
}

/* ---- killed ---------------------------------------------------------------------------------- */

static u8 content(int file, u32 at)
{
    return (u8)(at * 7 + at / 251 + (u32)file * 31);
}

static u32 content_size(int file)
{
    return 100 + (u32)file * 977 % 40000;
}

/* The child: file after file; tells the number of the last one that a flush has brought home. */
static void write_files_until_killed(int report)
{
    mount("fat:12:");
    for (int n = 0; n < ITEMS; n++) {
        Item *i = &g.item[n];
        *i = (Item){.used = true, .parent = -1, .size = content_size(n)};
        char name[32];
        snprintf(name, sizeof name, "K%-12d", n);
        memcpy(i->name, name, 11);
        i->data = malloc(i->size + 512);
        for (u32 k = 0; k < i->size; k++)
            i->data[k] = content(n, k);
        put_entry(-1, NULL, i);
        set_chain(i, (i->size + cluster_bytes() - 1) / cluster_bytes());
        write_data(i, 0, i->size);
        put_entry(-1, i->name, i);
        if (n % 3 == 2 && disk_flush(g.disk) == DISK_OK && write(report, &n, sizeof n) != sizeof n)
            break;
    }
    pause();
}

/* Is file n there as a whole? An empty one is what the guest's disk held before its data. */
static bool is_whole(int n, bool must)
{
    u8 data[50000];
    snprintf(path, sizeof path, "%s/K%d", dir, n);
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return !must;
    ssize_t size = read(fd, data, sizeof data);
    close(fd);
    if (!must && !size)
        return true;
    if (size != content_size(n))
        return false;
    for (u32 k = 0; k < (u32)size; k++) {
        if (data[k] != content(n, k))
            return false;
    }
    return true;
}

static void test_killed(void **state)
{
    for (int round = 0; round < 10; round++) {
        int report[2], last = -1, n;
        assert_int_equal(pipe(report), 0);
        pid_t child = fork();
        if (!child) {
            seed += (u64)round;
            write_files_until_killed(report[1]);
            _exit(0);
        }
        close(report[1]);
        for (int k = 0; k <= round; k++)
            assert_int_equal(read(report[0], &n, sizeof n), sizeof n);
        usleep((unsigned)round * 700);
        kill(child, SIGKILL);
        do
            last = n;
        while (read(report[0], &n, sizeof n) == sizeof n);
        waitpid(child, NULL, 0);
        close(report[0]);
        for (n = 0; n < ITEMS; n++) {
            if (!is_whole(n, n <= last))
                fail_msg("round %d, flushed up to %d: %s", round, last, path);
        }
        char cmd[200];
        snprintf(cmd, sizeof cmd, "rm -rf '%s' && mkdir '%s'", dir, dir);
        assert_int_equal(system(cmd), 0);
    }
}

static void test_refused(void **state)
{
    assert_null(disk_open("fat:/nowhere/at/all", NULL, err, sizeof err));
    assert_non_null(strstr(err, "name a folder"));
    host_file("a.txt", "text");
    snprintf(spec, sizeof spec, "fat:%s", path);
    assert_null(disk_open(spec, NULL, err, sizeof err));
    assert_non_null(strstr(err, "not a folder"));
    mount("fat:");
    assert_null(disk_open(spec, NULL, err, sizeof err));
    snprintf(spec, sizeof spec, "fat:%s", dir);
    assert_null(disk_open(spec, NULL, err, sizeof err));
    assert_non_null(strstr(err, "in use"));
    disk_close(g.disk);
    snprintf(path, sizeof path, "%s/large.bin", dir);
    int fd = open(path, O_RDWR | O_CREAT, 0644);
    assert_int_equal(ftruncate(fd, 4 << 20), 0);
    close(fd);
    snprintf(spec, sizeof spec, "fat:floppy:%s", dir);
    assert_null(disk_open(spec, NULL, err, sizeof err));
    assert_non_null(strstr(err, "-hda"));
}

static int host_count(void)
{
    DIR *d = opendir(dir);
    int n = 0;
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

/* More names than a directory of FAT has entries for: the last are left out, with a line, and what
 * the guest writes does not concern them. Thousands that begin alike are no more work each than a
 * few. */
static void test_many_names(void **state)
{
    enum { NAMES = 13100, ENTRIES = 5, HELD = (65536 - 256 - 2 - 1) / ENTRIES };
    enum { LAST = 2 + HELD * ENTRIES - 1 }; /* place in the root of the last one's short entry */
    char want[80];
    for (int i = 0; i < NAMES; i++) {
        snprintf(path, sizeof path, "%s/A picture of last summer, number %05d.jpg", dir, i);
        int fd = open(path, O_RDWR | O_CREAT, 0644);
        assert_true(fd >= 0);
        close(fd);
    }
    host_file("SHORT.TXT", "in any case");
    mount("fat:16:");
    snprintf(want, sizeof want, "%d names are left out, for example 'A picture", NAMES - HELD);
    if (!strstr(g.disk->note, want))
        fail_msg("'%s' is not in: %s", want, g.disk->note);
    assert_non_null(strstr(g.disk->note, "number 13055.jpg': a folder can have 65280 entries"));
    u32 root = g.start + g.reserved + 2 * g.fat_sectors;
    u8 b[512];
    get(root, b);
    assert_memory_equal(b, "HOST FOLDER", 11);
    assert_memory_equal(b + 32, "SHORT   TXT", 11);
    assert_memory_equal(b + 32 + 32 * ENTRIES, "APICTU~1JPG", 11);
    get(root + LAST / 16, b);
    assert_memory_equal(b + LAST % 16 * 32, "AP~13055JPG", 11);
    b[LAST % 16 * 32] = 0xE5; /* the guest deletes it */
    put(root + LAST / 16, b);
    assert_int_equal(disk_flush(g.disk), DISK_OK);
    assert_true(disk_close(g.disk));
    assert_int_equal(host_count(), 2 + NAMES + 1 - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
        TEST(test_random_fat12), TEST(test_random_fat16), TEST(test_random_fat32),
        TEST(test_random_floppy), TEST(test_unicode),
        TEST(test_again),        TEST(test_cannot_leave), TEST(test_links),
        TEST(test_host_changes), TEST(test_damage),       TEST(test_format),
        TEST(test_killed),       TEST(test_refused),      TEST(test_leftovers),
        TEST(test_many_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
