/* golden.c: runs instruction tests captured from real processors through all models that they apply
 * to and all three cores, and compares every register and byte.
 *
 *   golden [-form FORM] [-test INDEX] [-cpu MODEL] [-core CORE] [-jobs N] [-all] [DIR]
 *
 * DIR (or $GLASS86_VECTORS, or ../shared/cpu-vectors) is searched for *.moo and *.moo.gz; which
 * processor a file was captured from is read in its header. Output is TAP, with failures and a
 * summary as comments; the exit status is 1 if anything failed. */
#include <dirent.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/golden/rig.h"

enum { CORES = 3, MAX_JOBS = 64, REPORTS = 3 }; /* reports: failures shown of one file */

static const CpuModel models[] = {CPU_8086, CPU_286, CPU_386, CPU_486, CPU_PENTIUM};
enum { MODELS = ARRAY_LEN(models) };

typedef struct {
    u32 tests, failed, skipped;
    double seconds;
} Score;

/* One file, and what became of it. */
typedef struct {
    char *path;
    const char *form; /* in path: the file's name */
    int form_len;
    Family family;
    char error[300]; /* "": it could be read */
    Score score[MODELS][CORES];
    char *report;
    size_t report_size;
} File;

typedef struct {
    const char *dir, *form;
    long test;
    int model, core; /* index, -1: all */
    int jobs;
    bool all;
    File *file;
    size_t count, room;
    atomic_size_t next;
} Job;

/* ---- finding files --------------------------------------------------------------------------- */

static _Noreturn void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(2);
}

/* Length of the name before its extension; 0: not one of ours. */
static int form_length(const char *name)
{
    static const char *const ext[] = {".moo.gz", ".moo"};
    size_t len = strlen(name);
    for (size_t n = 0; n < ARRAY_LEN(ext); n++) {
        size_t e = strlen(ext[n]);
        if (len > e && !strcasecmp(name + len - e, ext[n]))
            return (int)(len - e);
    }
    return 0;
}

static void add_file(Job *j, const char *path)
{
    if (j->count == j->room) {
        j->room = j->room ? j->room * 2 : 256;
        j->file = realloc(j->file, j->room * sizeof *j->file);
    }
    char *copy = strdup(path);
    if (!j->file || !copy)
        die("out of memory");
    File *f = &j->file[j->count++];
    memset(f, 0, sizeof *f);
    f->path = copy;
    f->form = strrchr(copy, '/') + 1;
    f->form_len = form_length(f->form);
}

static bool wanted(const Job *j, const char *name)
{
    int len = form_length(name);
    return len && (!j->form ||
                   ((size_t)len == strlen(j->form) && !strncasecmp(name, j->form, (size_t)len)));
}

static void find_files(Job *j, const char *dir)
{
    DIR *d = opendir(dir);
    if (!d)
        return;
    for (struct dirent *e; (e = readdir(d));) {
        char path[4096];
        struct stat st;
        if (e->d_name[0] == '.' ||
            snprintf(path, sizeof path, "%s/%s", dir, e->d_name) >= (int)sizeof path ||
            lstat(path, &st))
            continue;
        if (S_ISDIR(st.st_mode))
            find_files(j, path);
        else if (wanted(j, e->d_name))
            add_file(j, path);
    }
    closedir(d);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const File *)a)->path, ((const File *)b)->path);
}

/* ---- running --------------------------------------------------------------------------------- */

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void title(const File *f, const Rig *r, FILE *out)
{
    fprintf(out, "# FAIL %s %.*s under %s, %s core", family_name(f->family), f->form_len, f->form,
            cpu_model_name(r->cpu.model), core_name(r->cpu.core));
}

static void failed(const Job *j, const File *f, Rig *r, const MooTest *t, const Shape *s,
                   const Rule *rule, int *reports, FILE *out)
{
    if ((*reports)++ < REPORTS || j->all) {
        title(f, r, out);
        fprintf(out, ": test %u\n", (unsigned)t->index);
        rig_report(r, t, s, rule, out);
    }
    rig_wipe(r);
}

static void run_test(const Job *j, File *f, Rig *r, const MooTest *t, Score *score, int *reports,
                     FILE *out)
{
    Shape s = shape_of(f->family, t);
    Rule rule = rule_for(f->family, r->cpu.model, t, &s);
    if (rule.skip) {
        score->skipped++;
        return;
    }
    score->tests++;
    bool loaded = rig_run(r, f->family, t, &s, &rule);
    if (!loaded) {
        title(f, r, out);
        fprintf(out, ": test %u names memory beyond %u MiB\n", (unsigned)t->index,
                (unsigned)(r->size >> 20));
    }
    if (!loaded || !rig_passed(r, t, &s, &rule)) {
        score->failed++;
        if (loaded)
            failed(j, f, r, t, &s, &rule, reports, out);
    }
    rig_clear(r, t);
}

static void run_rig(const Job *j, File *f, const MooFile *moo, Rig *r, Score *score, int *reports,
                    FILE *out)
{
    double start = cpu_seconds();
    cpu_drop_derived(&r->cpu); /* room for decoded pages, see isolate() in rig.c */
    for (u32 n = 0; n < moo->count; n++)
        if (j->test < 0 || (u32)j->test == moo->tests[n].index)
            run_test(j, f, r, &moo->tests[n], score, reports, out);
    u32 addr;
    if (rig_stray_byte(r, &addr)) {
        score->failed++;
        title(f, r, out);
        fprintf(out, ": some test wrote to %06X, which it does not name\n", (unsigned)addr);
    }
    score->seconds = cpu_seconds() - start;
}

static Rig *rig_of(Rig **rig, CpuModel model, CpuCore core)
{
    if (!*rig) {
        *rig = malloc(sizeof **rig);
        if (!*rig || !rig_init(*rig, model, core))
            die("out of memory");
    }
    return *rig;
}

static void run_file(const Job *j, File *f, Rig *rig[MODELS][CORES])
{
    MooFile moo;
    if (!moo_load(&moo, f->path, f->error, sizeof f->error))
        return;
    f->family = family_of(moo.cpu);
    FILE *out = open_memstream(&f->report, &f->report_size);
    if (!out)
        die("out of memory");
    int reports = 0;
    for (int m = 0; m < MODELS; m++)
        for (int c = 0; c < CORES; c++)
            if (family_applies(f->family, models[m]) && (j->model < 0 || j->model == m) &&
                (j->core < 0 || j->core == c))
                run_rig(j, f, &moo, rig_of(&rig[m][c], models[m], (CpuCore)c), &f->score[m][c],
                        &reports, out);
    if (reports > REPORTS && !j->all)
        fprintf(out, "# ... and %d failures more in %.*s (-all shows them)\n", reports - REPORTS,
                f->form_len, f->form);
    fclose(out);
    moo_free(&moo);
}

static void *worker(void *job)
{
    Job *j = job;
    Rig *rig[MODELS][CORES] = {{NULL}};
    for (size_t n; (n = atomic_fetch_add(&j->next, 1)) < j->count;)
        run_file(j, &j->file[n], rig);
    for (int m = 0; m < MODELS; m++)
        for (int c = 0; c < CORES; c++)
            if (rig[m][c]) {
                rig_free(rig[m][c]);
                free(rig[m][c]);
            }
    return NULL;
}

static void run_all(Job *j)
{
    pthread_t thread[MAX_JOBS];
    int n = 0;
    while (n < j->jobs && !pthread_create(&thread[n], NULL, worker, j))
        n++;
    if (!n)
        worker(j);
    while (n)
        pthread_join(thread[--n], NULL);
}

/* ---- reporting ------------------------------------------------------------------------------- */

static void add_score(Score *to, const Score *s)
{
    to->tests += s->tests;
    to->failed += s->failed;
    to->skipped += s->skipped;
    to->seconds += s->seconds;
}

/* Sum over the files of a family whose names begin with `digit` (0: all) under one model; core
 * -1: all cores. Returns their number. */
static u32 sum(const Job *j, Family family, char digit, int m, int core, Score *out)
{
    u32 forms = 0;
    *out = (Score){0};
    for (size_t n = 0; n < j->count; n++) {
        const File *f = &j->file[n];
        Score file = {0};
        if (f->family != family || f->error[0] || (digit && f->form[0] != digit))
            continue;
        for (int c = 0; c < CORES; c++)
            if (core < 0 || core == c)
                add_score(&file, &f->score[m][c]);
        forms += file.tests + file.skipped > 0;
        add_score(out, &file);
    }
    return forms;
}

/* A line for each family, model and first digit of the opcode. */
static int tap_groups(const Job *j, int line)
{
    for (Family f = 0; f < FAMILY_NONE; f++)
        for (int m = 0; m < MODELS; m++)
            for (int digit = 1; digit < 128; digit++) {
                Score s;
                u32 forms = sum(j, f, (char)digit, m, -1, &s);
                if (!forms)
                    continue;
                printf("%s %d - %s forms %cx under %s: %u forms, %u tests%s\n",
                       s.failed ? "not ok" : "ok", ++line, family_name(f), digit,
                       cpu_model_name(models[m]), (unsigned)forms, (unsigned)s.tests,
                       s.tests ? "" : " # SKIP none applies");
            }
    return line;
}

/* Files that could not be run at all. */
static int tap_files(const Job *j, int line, u32 *bad, u32 *foreign)
{
    for (size_t n = 0; n < j->count; n++) {
        const File *f = &j->file[n];
        if (f->error[0]) {
            printf("not ok %d - %s\n", ++line, f->error);
            ++*bad;
        } else if (f->family == FAMILY_NONE) {
            printf("ok %d - %s # SKIP captured from a processor that is not modelled\n", ++line,
                   f->path);
            ++*foreign;
        }
    }
    return line;
}

static void table(const Job *j)
{
    printf("# %-7s %-8s %-11s %6s %9s %9s %9s %10s\n", "family", "model", "core", "forms", "tests",
           "failures", "skipped", "tests/s");
    for (Family f = 0; f < FAMILY_NONE; f++)
        for (int m = 0; m < MODELS; m++)
            for (int c = 0; c < CORES; c++) {
                Score s;
                u32 forms = sum(j, f, 0, m, c, &s);
                if (forms)
                    printf("# %-7s %-8s %-11s %6u %9u %9u %9u %10.0f\n", family_name(f),
                           cpu_model_name(models[m]), core_name((CpuCore)c), (unsigned)forms,
                           (unsigned)s.tests, (unsigned)s.failed, (unsigned)s.skipped,
                           s.seconds > 0 ? s.tests / s.seconds : 0);
            }
}

static bool report(const Job *j)
{
    for (size_t n = 0; n < j->count; n++)
        if (j->file[n].report)
            fputs(j->file[n].report, stdout);
    u32 bad = 0, foreign = 0;
    int line = tap_files(j, tap_groups(j, 0), &bad, &foreign);
    printf("1..%d\n", line);
    table(j);
    Score total = {0}, s;
    for (Family f = 0; f < FAMILY_NONE; f++)
        for (int m = 0; m < MODELS; m++) {
            sum(j, f, 0, m, -1, &s);
            add_score(&total, &s);
        }
    printf("# golden: %u passed, %u failed, %u skipped\n", (unsigned)(total.tests - total.failed),
           (unsigned)(total.failed + bad), (unsigned)(total.skipped + foreign));
    return !total.failed && !bad;
}

/* ---- command line ---------------------------------------------------------------------------- */

static int model_index(const char *name)
{
    for (int m = 0; m < MODELS; m++)
        if (!strcmp(name, cpu_model_name(models[m])))
            return m;
    die("golden: no such model: %s (8086, 286, 386, 486, pentium)", name);
}

static int core_index(const char *name)
{
    for (int c = 0; c < CORES; c++)
        if (!strcmp(name, core_name((CpuCore)c)))
            return c;
    die("golden: no such core: %s (fast, trampoline, slow)", name);
}

static void options(Job *j, char **arg)
{
    for (; *arg; arg++) {
        const char *name = *arg;
        if (name[0] != '-') {
            j->dir = name;
            continue;
        }
        if (!strcmp(name, "-all")) {
            j->all = true;
            continue;
        }
        const char *value = *++arg;
        if (!value)
            die("golden: %s needs a value", name);
        if (!strcmp(name, "-form"))
            j->form = value;
        else if (!strcmp(name, "-test"))
            j->test = strtol(value, NULL, 0);
        else if (!strcmp(name, "-cpu"))
            j->model = model_index(value);
        else if (!strcmp(name, "-core"))
            j->core = core_index(value);
        else if (!strcmp(name, "-jobs"))
            j->jobs = atoi(value);
        else
            die("golden: unknown option %s\nusage: golden [-form FORM] [-test INDEX] [-cpu MODEL] "
                "[-core CORE] [-jobs N] [-all] [DIR]",
                name);
    }
}

int main(int argc, char **argv)
{
    const char *dir = getenv("GLASS86_VECTORS");
    Job j = {
        .dir = dir && *dir ? dir : "../shared/cpu-vectors", .test = -1, .model = -1, .core = -1};
    j.jobs = (int)sysconf(_SC_NPROCESSORS_ONLN);
    options(&j, argv + 1);
    if (j.jobs < 1 || j.jobs > MAX_JOBS)
        j.jobs = j.jobs < 1 ? 1 : MAX_JOBS;
    find_files(&j, j.dir);
    if (!j.count) {
        printf("ok 1 - golden vectors # SKIP nothing to run in %s\n1..1\n# golden: 0 passed, 0 "
               "failed, 1 skipped\n",
               j.dir);
        return 0;
    }
    qsort(j.file, j.count, sizeof *j.file, by_path);
    run_all(&j);
    bool ok = report(&j);
    for (size_t n = 0; n < j.count; n++) {
        free(j.file[n].path);
        free(j.file[n].report);
    }
    free(j.file);
    return !ok;
}
