/* bench.c: guest MIPS of the three cores on bare-metal loops, without any device. Host time is
 * CPU time of this process.
 *
 *   bench [-n MILLIONS] [-core fast|trampoline|slow] [-rounds N] [-json FILE] PROGRAM.bin...
 *
 * Each program is loaded at 1000:0000 and runs for MILLIONS million instructions on each core, or
 * the one named; rounds are interleaved and the median is printed, since single runs on a shared
 * machine mean little. Compare ratios only (compare.py). Under `valgrind --tool=callgrind
 * --toggle-collect=measured` it counts host instructions, which repeat exactly (tests/counts). */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "cpu/cpu.h"

enum { RAM = 4 << 20, MAX_ROUNDS = 99, CORES = 3 };
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
    m->cpu.idle_pace.next = UINT64_MAX;
    cpu_state_changed(&m->cpu);
}

static void stop(Machine *m)
{
    cpu_free(&m->cpu);
    bus_free(&m->bus);
    free(m->ram);
}

/* A function of its own, by whose name callgrind can be told what to count. */
__attribute__((noinline)) CpuExit measured(Cpu *c, u64 until);
CpuExit measured(Cpu *c, u64 until)
{
    CpuExit e = cpu_run(c, until);
    __asm__ volatile(""); /* no tail call: callgrind waits for the return */
    return e;
}

/* Million instructions per second of one run. */
static double measure(CpuCore core, const u8 *code, size_t size, u64 insns)
{
    Machine *m = malloc(sizeof *m);
    if (!m)
        panic("out of host memory");
    start(m, core, code, size);
    cpu_run(&m->cpu, 200000 + insns / 50); /* decode, fill TLBs */
    double t = cpu_seconds();
    CpuExit e = measured(&m->cpu, m->clock.now + insns);
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

typedef struct {
    double million;
    int rounds;
    int first, last; /* cores */
    FILE *json;
} Options;

static bool option(Options *o, const char *name, const char *value)
{
    if (!strcmp(name, "-n")) {
        o->million = strtod(value, NULL);
        return o->million > 0;
    }
    if (!strcmp(name, "-rounds")) {
        o->rounds = atoi(value);
        return o->rounds > 0 && o->rounds <= MAX_ROUNDS;
    }
    if (!strcmp(name, "-json")) {
        o->json = !strcmp(value, "-") ? stdout : fopen(value, "w");
        return o->json;
    }
    for (int core = 0; !strcmp(name, "-core") && core < CORES; core++)
        if (!strcmp(value, core_names[core])) {
            o->first = o->last = core;
            return true;
        }
    return false;
}

/* Fills in the median of each core. */
static void run(const Options *o, const char *path, double median[CORES])
{
    static u8 code[65536];
    FILE *f = fopen(path, "rb");
    if (!f)
        panic("cannot read %s", path);
    size_t size = fread(code, 1, sizeof code, f);
    fclose(f);
    double mips[CORES][MAX_ROUNDS];
    for (int round = 0; round < o->rounds; round++)
        for (int core = o->first; core <= o->last; core++)
            mips[core][round] = measure((CpuCore)core, code, size,
                                        (u64)(o->million * 1e6) / (core == CORE_SLOW ? 8 : 1));
    for (int core = o->first; core <= o->last; core++) {
        qsort(mips[core], (size_t)o->rounds, sizeof(double), ascending);
        median[core] = mips[core][o->rounds / 2];
    }
}

int main(int argc, char **argv)
{
    Options o = {.million = 40, .rounds = 5, .last = CORES - 1};
    int first = 1;
    for (; first + 1 < argc && argv[first][0] == '-'; first += 2)
        if (!option(&o, argv[first], argv[first + 1])) {
            fprintf(stderr, "bench: bad option %s %s; see the top of bench.c\n", argv[first],
                    argv[first + 1]);
            return 2;
        }
    FILE *text = o.json == stdout ? stderr : stdout;
    fprintf(text, "%-12s", "");
    for (int core = o.first; core <= o.last; core++)
        fprintf(text, " %10s", core_names[core]);
    fprintf(text, "   guest MIPS, median of %d\n", o.rounds);
    const char *separator = "{\n  ";
    for (int n = first; n < argc; n++) {
        double median[CORES];
        run(&o, argv[n], median);
        const char *name = strrchr(argv[n], '/') ? strrchr(argv[n], '/') + 1 : argv[n];
        int len = (int)strcspn(name, ".");
        fprintf(text, "%-12.*s", len, name);
        for (int core = o.first; core <= o.last; core++) {
            fprintf(text, " %10.0f", median[core]);
            if (o.json)
                fprintf(o.json, "%s\"%.*s/%s\": %.1f", separator, len, name, core_names[core],
                        median[core]);
            separator = ",\n  ";
        }
        fprintf(text, "\n");
        fflush(text);
    }
    if (o.json) {
        fprintf(o.json, "%s}\n", argc > first ? "\n" : "{");
        fclose(o.json);
    }
    return 0;
}
