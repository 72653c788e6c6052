/* bench.c: guest MIPS of the three cores on bare-metal loops, without any device. Host time is
 * CPU time of this process.
 *
 *   bench [-n MILLIONS] [-json FILE] PROGRAM.bin...
 *
 * Each program is loaded at 1000:0000 and runs for MILLIONS million instructions on each core;
 * rounds are interleaved and the median of five is printed, since single runs on a shared
 * machine mean little. Compare ratios only. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "cpu/cpu.h"

enum { RAM = 4 << 20, ROUNDS = 5, CORES = 3 };
static const char *const core_names[CORES] = {"fast", "trampoline", "slow"};

typedef struct {
    Bus bus;
    Clock clock;
    Cpu cpu;
    u8 *ram;
} Machine;

static double cpu_seconds(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void start(Machine *m, CpuCore core, const u8 *code, size_t size)
{
    memset(m, 0, sizeof *m);
    m->ram = calloc(1, RAM);
    if (!m->ram)
        panic("out of host memory");
    memcpy(m->ram + 0x10000, code, size);
    m->clock.ips = 100000000;
    m->clock.deadline = UINT64_MAX;
    bus_init(&m->bus);
    bus_map_ram(&m->bus, 0, RAM, m->ram, 0, "ram");
    cpu_init(&m->cpu, &(CpuConfig){.bus = &m->bus,
                                   .clock = &m->clock,
                                   .model = CPU_PENTIUM,
                                   .fpu = true});
    cpu_select_core(&m->cpu, core);
    m->cpu.s.seg[SEG_CS].sel = 0x1000;
    m->cpu.s.seg[SEG_CS].base = 0x10000;
    m->cpu.s.eip = 0;
    m->cpu.idle_next = UINT64_MAX;
    cpu_state_changed(&m->cpu);
}

static void stop(Machine *m)
{
    cpu_free(&m->cpu);
    bus_free(&m->bus);
    free(m->ram);
}

/* Million instructions per second of one run. */
static double measure(CpuCore core, const u8 *code, size_t size, u64 insns)
{
    Machine *m = malloc(sizeof *m);
    if (!m)
        panic("out of host memory");
    start(m, core, code, size);
    cpu_run(&m->cpu, insns / 50); /* decode, fill TLBs */
    double t = cpu_seconds();
    CpuExit e = cpu_run(&m->cpu, insns / 50 + insns);
    t = cpu_seconds() - t;
    if (e != CPU_EXIT_TIME)
        panic("the benchmark program stopped (%d) at %x", e, m->cpu.s.eip);
    stop(m);
    free(m);
    return (double)insns / 1e6 / (t > 0 ? t : 1e-6);
}

static int ascending(const void *a, const void *b)
{
    return *(const double *)a < *(const double *)b ? -1 : 1;
}

int main(int argc, char **argv)
{
    u64 millions = 40;
    FILE *json = NULL;
    int first = 1;
    for (; first < argc && argv[first][0] == '-'; first += 2) {
        if (!strcmp(argv[first], "-n"))
            millions = strtoull(argv[first + 1], NULL, 10);
        else if (!strcmp(argv[first], "-json"))
            json = fopen(argv[first + 1], "w");
    }
    printf("%-12s %10s %10s %10s   guest MIPS, median of %d\n", "", core_names[0], core_names[1],
           core_names[2], ROUNDS);
    if (json)
        fprintf(json, "{\n");
    for (int n = first; n < argc; n++) {
        static u8 code[65536];
        FILE *f = fopen(argv[n], "rb");
        if (!f)
            panic("cannot read %s", argv[n]);
        size_t size = fread(code, 1, sizeof code, f);
        fclose(f);
        double mips[CORES][ROUNDS];
        for (int round = 0; round < ROUNDS; round++)
            for (int core = 0; core < CORES; core++)
                mips[core][round] = measure((CpuCore)core, code, size,
                                            millions * 1000000 / (core == CORE_SLOW ? 8 : 1));
        const char *name = strrchr(argv[n], '/') ? strrchr(argv[n], '/') + 1 : argv[n];
        int len = (int)strcspn(name, ".");
        printf("%-12.*s", len, name);
        for (int core = 0; core < CORES; core++) {
            qsort(mips[core], ROUNDS, sizeof(double), ascending);
            printf(" %10.0f", mips[core][ROUNDS / 2]);
            if (json)
                fprintf(json, "%s\"%.*s/%s\": %.1f", n == first && !core ? "  " : ",\n  ", len,
                        name, core_names[core], mips[core][ROUNDS / 2]);
        }
        printf("\n");
        fflush(stdout);
    }
    if (json) {
        fprintf(json, "\n}\n");
        fclose(json);
    }
    return 0;
}
