/* multiboot.c: see multiboot.h. The kernel is an ELF file for the 386, or any file whose header
 * says where it goes. It reaches memory by fw_cfg and an option ROM (bios/multiboot.asm) once the
 * BIOS is ready to boot, so that a run with it is as repeatable as any. */
#include "frontend/multiboot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { HEADER_WITHIN = 8192, MAGIC = 0x1BADB002 };

/* flags of the header */
enum { WANTS_MEMORY = 1 << 1, HAS_ADDRESSES = 1 << 16, UNKNOWN = 0xFFFC & ~4 };

/* The information structure: offsets of its fields, and flags */
enum {
    INFO_CMDLINE = 16,
    INFO_MMAP_ADDR = 48,
    INFO_LOADER_NAME = 64,
    INFO_SIZE = 88,
    INFO_HAS = 1 << 0 | 1 << 2 | 1 << 6 | 1 << 9, /* memory, command line, map, loader */
    INFO_ROOM = 0x800,                            /* for map and stack, below it */
    INFO_WHOLE = 0x8000,
    INFO_AT = 0x90000 /* where no kernel may lie */
};

typedef struct {
    const char *path;
    u8 *data;
    u32 size;
    u32 header; /* offset of the Multiboot header */
    u64 ram;
    char *err;
    size_t errlen;
} File;

static u32 get32(const u8 *p)
{
    return (u32)p[0] | (u32)p[1] << 8 | (u32)p[2] << 16 | (u32)p[3] << 24;
}

static u16 get16(const u8 *p)
{
    return (u16)(p[0] | p[1] << 8);
}

static void put32(u8 *p, u32 v)
{
    for (int n = 0; n < 4; n++)
        p[n] = (u8)(v >> (8 * n));
}

static bool wrong(const File *f, const char *what)
{
    snprintf(f->err, f->errlen, "%s: %s", f->path, what);
    return false;
}

/* ---- the header ------------------------------------------------------------------------------ */

static bool find_header(const u8 *data, u32 size, u32 *at)
{
    u32 end = size < HEADER_WITHIN ? size : HEADER_WITHIN;
    for (*at = 0; *at + 12 <= end; *at += 4) {
        const u8 *p = data + *at;
        if (get32(p) == MAGIC && !(get32(p) + get32(p + 4) + get32(p + 8)))
            return true;
    }
    return false;
}

static bool is_elf(const u8 *data, u32 size)
{
    return size >= 52 && !memcmp(data, "\177ELF", 4);
}

bool multiboot_is(const char *path)
{
    u8 data[HEADER_WITHIN] = {0};
    struct stat st;
    u32 at;
    FILE *f = !stat(path, &st) && S_ISREG(st.st_mode) ? fopen(path, "rb") : NULL;
    if (!f)
        return false;
    u32 size = (u32)fread(data, 1, sizeof data, f);
    fclose(f);
    /* a bootable disk may hold a header, too, for loaders that GRUB can call */
    return find_header(data, size, &at) &&
           (is_elf(data, size) ||
            (get32(data + at + 4) & HAS_ADDRESSES && get16(data + 510) != 0xAA55));
}

/* ---- where it goes --------------------------------------------------------------------------- */

/* A piece of the file, and where it shall stand. */
typedef struct {
    u32 offset, bytes; /* in the file */
    u32 addr;
    u64 room; /* in memory, zeros behind the bytes */
} Piece;

/* Widens the image's range, which is empty while high is 0. */
static bool add_range(const File *f, const Piece *p, u64 *low, u64 *high)
{
    if (p->offset > f->size || p->bytes > f->size - p->offset)
        return wrong(f, "is truncated: a segment reaches beyond its end");
    u64 end = p->addr + p->room;
    if (p->bytes > p->room)
        return wrong(f, "has a segment that is larger in the file than in memory");
    if (end > f->ram)
        return wrong(f, "does not fit into the machine's memory; give it more with -m");
    if (p->addr < 0x500 || (p->addr < 0x100000 && end > INFO_AT))
        return wrong(f, "wants to be loaded over the BIOS's memory");
    if (!*high || p->addr < *low)
        *low = p->addr;
    if (end > *high)
        *high = end;
    return true;
}

/* Segment n; false: it takes no memory. The header has been checked. */
static bool elf_piece(const File *f, u32 n, Piece *p, u32 *virtual)
{
    const u8 *e = f->data + get32(f->data + 28) + n * get16(f->data + 42);
    *p = (Piece){get32(e + 4), get32(e + 16), get32(e + 12), get32(e + 20)};
    *virtual = get32(e + 8);
    return get32(e) == 1 && p->room;
}

static bool elf_check(const File *f)
{
    const u8 *d = f->data;
    if (!is_elf(d, f->size))
        return wrong(f, "is neither an ELF file nor does its Multiboot header have addresses");
    u32 at = get32(d + 28), each = get16(d + 42), count = get16(d + 44);
    if (d[4] != 1 || d[5] != 1 || get16(d + 18) != 3)
        return wrong(f, "is no 32-bit ELF file for the 386; objcopy -O elf32-i386 makes one");
    if (each < 32 || at > f->size || (u64)each * count > f->size - at)
        return wrong(f, "is no sound ELF file: its program headers lie outside");
    return true;
}

static bool load_elf(const File *f, FwcfgKernel *k, u8 **image)
{
    u64 low = 0, high = 0;
    Piece p;
    if (!elf_check(f))
        return false;
    u32 virtual, count = get16(f->data + 44);
    k->entry = get32(f->data + 24);
    for (u32 n = 0; n < count; n++)
        if (elf_piece(f, n, &p, &virtual) && !add_range(f, &p, &low, &high))
            return false;
    if (!high)
        return wrong(f, "has no segment to load");
    if (low < INFO_AT && high > INFO_AT) /* all between is loaded as well, as zeros */
        return wrong(f, "has segments below and above the BIOS's memory; link them to one side");
    *image = calloc(1, high - low);
    if (!*image)
        panic("out of host memory for a kernel of %llu bytes", (unsigned long long)(high - low));
    for (u32 n = 0; n < count; n++) {
        if (!elf_piece(f, n, &p, &virtual))
            continue;
        memcpy(*image + (p.addr - low), f->data + p.offset, p.bytes);
        u32 into = get32(f->data + 24) - virtual;
        if (into < p.room)
            k->entry = p.addr + into; /* paging is off: the entry is where its bytes are */
    }
    k->addr = (u32)low;
    k->size = (u32)(high - low);
    return true;
}

/* By the addresses in the header: its own, first byte, end of data, end of memory, entry. */
static bool load_flat(const File *f, FwcfgKernel *k, u8 **image)
{
    const u8 *h = f->data + f->header;
    if (f->header + 32 > f->size)
        return wrong(f, "is truncated: its Multiboot header has no addresses");
    u32 at = get32(h + 12), load = get32(h + 16), end = get32(h + 20), bss = get32(h + 24);
    u32 before = at - load;
    if (load > at || before > f->header)
        return wrong(f, "has a Multiboot header whose addresses do not fit it");
    u32 offset = f->header - before;
    Piece p = {offset, end ? end - load : f->size - offset, load, 0};
    p.room = bss > load + p.bytes ? bss - load : p.bytes;
    u64 low = 0, high = 0;
    if (end && end < load)
        return wrong(f, "has a Multiboot header whose addresses do not fit it");
    if (!add_range(f, &p, &low, &high))
        return false;
    *image = calloc(1, p.room ? p.room : 1);
    if (!*image)
        panic("out of host memory for a kernel of %llu bytes", (unsigned long long)p.room);
    memcpy(*image, f->data + offset, p.bytes);
    k->entry = get32(h + 28);
    k->addr = load;
    k->size = (u32)p.room;
    return true;
}

/* ---- what the kernel is told ----------------------------------------------------------------- */

static bool make_info(const File *f, Multiboot *m, const char *command)
{
    const char *path = f->path;
    static const char loader[] = "glass86";
    FwcfgKernel *k = &m->kernel;
    size_t room =
        INFO_SIZE + strlen(path) + 1 + (command ? strlen(command) : 0) + 1 + sizeof loader;
    if (room > INFO_WHOLE - INFO_ROOM)
        return wrong(f, "has a command line longer than 30,000 characters");
    m->info = calloc(1, room);
    if (!m->info)
        panic("out of host memory for a command line of %zu bytes", room);
    char *line = (char *)m->info + INFO_SIZE;
    int length = snprintf(line, room - INFO_SIZE, "%s%s%s", path, command ? " " : "",
                          command ? command : "");
    memcpy(line + length + 1, loader, sizeof loader);
    k->info = m->info;
    k->info_size = INFO_SIZE + (u32)length + 1 + (u32)sizeof loader;
    k->info_addr = INFO_AT + INFO_ROOM;
    put32(m->info, INFO_HAS);
    put32(m->info + INFO_CMDLINE, k->info_addr + INFO_SIZE);
    put32(m->info + INFO_MMAP_ADDR, k->info_addr - INFO_ROOM);
    put32(m->info + INFO_LOADER_NAME, k->info_addr + INFO_SIZE + (u32)length + 1);
    return true;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool read_whole(File *f)
{
    struct stat st;
    FILE *in = fopen(f->path, "rb");
    if (!in || fstat(fileno(in), &st)) {
        snprintf(f->err, f->errlen, "cannot read %s: %s", f->path, strerror(errno));
        if (in)
            fclose(in);
        return false;
    }
    bool ok = st.st_size > 0 && (u64)st.st_size <= UINT32_MAX / 2;
    f->size = ok ? (u32)st.st_size : 0;
    f->data = malloc(f->size + 1u);
    ok = ok && f->data && fread(f->data, 1, f->size, in) == f->size;
    fclose(in);
    return ok || wrong(f, "cannot be read as a whole");
}

bool multiboot_load(Multiboot *m, const char *path, const char *command, u64 ram, char *err,
                    size_t errlen)
{
    File f = {.path = path, .ram = ram, .err = err, .errlen = errlen};
    memset(m, 0, sizeof *m);
    bool ok = read_whole(&f);
    if (ok && !find_header(f.data, f.size, &f.header))
        ok = wrong(&f, "has no Multiboot header in its first 8 KiB");
    u32 flags = ok ? get32(f.data + f.header + 4) : 0;
    if (ok && flags & UNKNOWN)
        ok = wrong(&f, "needs something that its Multiboot header calls required and nobody knows");
    if (ok)
        ok = flags & HAS_ADDRESSES ? load_flat(&f, &m->kernel, &m->image)
                                   : load_elf(&f, &m->kernel, &m->image);
    free(f.data);
    m->kernel.data = m->image;
    ok = ok && make_info(&f, m, command);
    if (!ok)
        multiboot_free(m);
    return ok;
}

void multiboot_free(Multiboot *m)
{
    free(m->image);
    free(m->info);
    memset(m, 0, sizeof *m);
}
