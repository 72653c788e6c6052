/* models.c: names of processor models. What they can do is the business of cpu/. */
#include "frontend/models.h"

const CpuInfo models[] = {
    {CPU_8086, "8086", "8088", "16 bits, 1 MiB; flags as the first PC had them"},
    {CPU_286, "286", "80286", "protected mode with segments, 16 MiB"},
    {CPU_386, "386", "80386", "32 bits, paging, virtual 8086 mode"},
    {CPU_486, "486", "80486", "CMPXCHG, XADD, BSWAP, INVLPG, WP; CPUID"},
    {CPU_PENTIUM, "pentium", "586", "RDTSC, CMPXCHG8B, MSRs, 4 MiB pages"},
    {CPU_PENTIUM_MMX, "pentium-mmx", "p55c", "the same with MMX"},
    {CPU_686, "686", "i686", "Pentium II: CMOV, FCOMI, SYSENTER, FXSAVE, global pages, MTRRs"},
    {0, NULL, NULL, NULL},
};

const CpuInfo *model_find(const char *name)
{
    for (const CpuInfo *m = models; m->name; m++) {
        if (!strcmp(m->name, name) || !strcmp(m->alias, name))
            return m;
    }
    return NULL;
}
