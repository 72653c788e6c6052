/* kernel.c: Multiboot kernels, ELF files and flat ones, as they are loaded for the guest. */
#include "frontend/multiboot.h"
#include "tests/fuzz/fuzz.h"

enum { RAM = 4 << 20 };

void fuzz_start(void)
{
}

/* All bytes of it: a sanitizer sees one that is not there. */
static u32 sum(const u8 *bytes, u32 size)
{
    u32 total = 0;
    for (u32 n = 0; n < size; n++)
        total += bytes[n];
    return total;
}

static void check(const FwcfgKernel *k)
{
    if ((u64)k->addr + k->size > RAM || (u64)k->info_addr + k->info_size > 0x98000)
        panic("a kernel at %x, %x bytes, is not in memory", k->addr, k->size);
    if (k->addr < 0x98000 && (u64)k->addr + k->size > 0x90000)
        panic("a kernel at %x, %x bytes, lies over what it is told", k->addr, k->size);
    if (sum(k->data, k->size) + sum(k->info, k->info_size) == 1)
        fuzz_note("one");
}

void fuzz_one(const u8 *data, size_t size)
{
    char err[1200] = "";
    const char *path = fuzz_file("kernel", data, size);
    Multiboot m;
    bool is = multiboot_is(path),
         ok = multiboot_load(&m, path, is ? "a=b" : NULL, RAM, err, sizeof err);
    if (!ok && (!*err || strchr(err, '\n')))
        panic("a refusal without one line of text: %s", err);
    fuzz_note(ok ? is ? "kernel" : "loaded" : "refused");
    if (ok) {
        check(&m.kernel);
        multiboot_free(&m);
    }
}
