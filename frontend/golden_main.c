/* golden_main.c: -golden: runs files of golden tests under every model they hold for, on every
 * core. */
#include "frontend/golden.h"

#include "frontend/exit.h"
#include "frontend/say.h"

#include <errno.h>
#include <stdlib.h>

enum { CORES = 3, MODELS = CPU_686 + 1, REPORTS = 5 };

static const char *const core_names[CORES] = {"fast", "trampoline", "slow"};

typedef struct {
    int core; /* the only one, or -1 */
    GoldenRig *rig[MODELS][CORES];
    u32 tests[MODELS], failed[MODELS][CORES];
    int line, reports;
    u32 all, all_failed;
} Suite;

static GoldenRig *rig_of(Suite *s, int m, int core)
{
    GoldenRig **r = &s->rig[m][core];
    if (!*r) {
        *r = malloc(sizeof **r);
        if (!*r || !golden_rig_init(*r, (CpuModel)m, (CpuCore)core))
            panic("out of host memory");
    }
    return *r;
}

/* Runs t; true: as expected. */
static bool judge(Suite *s, GoldenRig *r, const GoldenTest *t)
{
    bool loaded = golden_run(r, t), ok = loaded && golden_passed(r);
    if (!ok && s->reports++ < REPORTS) {
        printf("# FAIL %s (line %d) under %s, %s core\n", t->name, t->line,
               cpu_model_name(r->cpu.model), core_names[r->cpu.core]);
        if (loaded)
            golden_report(r, stdout);
        else
            printf("#   names more than %d pages above 1 MiB\n", GOLDEN_EXTRA);
    }
    golden_clear(r);
    return ok;
}

/* The models between the Pentium and the last differ from it in instructions only. */
static bool worth_running(const GoldenTest *t, int m)
{
    return m <= CPU_PENTIUM || (CpuModel)m == t->first;
}

static bool run_test(void *ctx, const GoldenTest *t)
{
    Suite *s = ctx;
    for (int m = t->first; m <= (int)t->last; m++) {
        if (!worth_running(t, m))
            continue;
        s->tests[m]++;
        for (int core = 0; core < CORES; core++)
            if (s->core < 0 || s->core == core)
                s->failed[m][core] += !judge(s, rig_of(s, m, core), t);
    }
    return true;
}

static void tap(Suite *s, const char *name)
{
    for (int m = 0; m < MODELS; m++)
        for (int core = 0; s->tests[m] && core < CORES; core++) {
            if (s->core >= 0 && s->core != core)
                continue;
            u32 failed = s->failed[m][core];
            printf("%s %d - %s under %s, %s core: %u tests", failed ? "not ok" : "ok", ++s->line,
                   name, cpu_model_name((CpuModel)m), core_names[core], (unsigned)s->tests[m]);
            printf(failed ? ", %u failed\n" : "\n", (unsigned)failed);
            s->all += s->tests[m];
            s->all_failed += failed;
        }
    memset(s->tests, 0, sizeof s->tests);
    memset(s->failed, 0, sizeof s->failed);
    s->reports = 0;
}

static int run_file(Suite *s, const char *name)
{
    bool std = !strcmp(name, "-");
    FILE *f = std ? stdin : fopen(name, "r");
    if (!f) {
        say("cannot read %s: %s", name, strerror(errno));
        return EXIT_NOINPUT;
    }
    GoldenFile file = {0};
    bool ok = golden_read(&file, f, std ? "standard input" : name, run_test, s);
    u32 tests = 0;
    for (int m = 0; m < MODELS; m++)
        tests += s->tests[m];
    if (!ok)
        say("%s", file.error);
    else if (!tests)
        say("%s: holds no test", name);
    tap(s, std ? "standard input" : name);
    for (int m = 0; m < MODELS; m++) /* they know the setups of this file */
        for (int core = 0; core < CORES; core++)
            if (s->rig[m][core]) {
                golden_rig_free(s->rig[m][core]);
                free(s->rig[m][core]);
                s->rig[m][core] = NULL;
            }
    golden_file_free(&file);
    if (!std)
        fclose(f);
    return ok && tests ? EXIT_OK : EXIT_NOINPUT;
}

int golden_main(const char *const *file, int count, int core)
{
    Suite s = {.core = core};
    int status = EXIT_OK;
    for (int n = 0; n < count && !status; n++)
        status = run_file(&s, file[n]);
    printf("1..%d\n# golden: %u passed, %u failed\n", s.line, (unsigned)(s.all - s.all_failed),
           (unsigned)s.all_failed);
    if (!status && (s.all_failed || !s.all))
        status = EXIT_NOT_SEEN;
    return fflush(stdout) && !status ? EXIT_INTERNAL : status;
}
