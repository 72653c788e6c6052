/* golden.c: files of golden tests, as -golden reads them. The first tests of a file are run, and
 * each is written and read once more: what we write we must be able to read, and mean the same. */
#include "frontend/golden.h"
#include "tests/fuzz/fuzz.h"

enum { TESTS = 8, CORES = 3 };

typedef struct {
    int tests;
    GoldenRig *rig; /* of the last test; the next one often wants the same */
    CpuCore core;
} Run;

typedef struct {
    char *text;
    size_t size;
} Text;

void fuzz_start(void)
{
    fuzz_null();
}

static GoldenRig *rig_for(Run *run, const GoldenTest *t)
{
    CpuCore core = (CpuCore)(t->line % CORES);
    if (run->rig && run->rig->cpu.model == t->first && run->core == core)
        return run->rig;
    if (run->rig)
        golden_rig_free(run->rig);
    else
        run->rig = malloc(sizeof *run->rig);
    run->core = core;
    if (!golden_rig_init(run->rig, t->first, core))
        panic("out of host memory");
    return run->rig;
}

static Text written(const GoldenTest *t)
{
    Text w;
    FILE *f = open_memstream(&w.text, &w.size);
    golden_write_head(f);
    if (t->setup)
        golden_write_setup(f, t->setup);
    golden_write(f, t);
    fclose(f);
    return w;
}

static bool write_again(void *ctx, const GoldenTest *t)
{
    *(Text *)ctx = written(t);
    return false;
}

/* What golden_write() made of the test `w`, read and written once more. */
static Text again(const Text *w)
{
    GoldenFile file = {0};
    Text second = {0};
    FILE *f = fmemopen(w->text, w->size, "r");
    if (!golden_read(&file, f, "written", write_again, &second) || !second.text)
        panic("a test of our own writing is not read: %s", file.error);
    fclose(f);
    golden_file_free(&file);
    return second;
}

/* The first writing may cut a text that is too long, and with it show a blank at its end. */
static void check_writing(const GoldenTest *t)
{
    Text first = written(t), second = again(&first), third = again(&second);
    if (second.size != third.size || memcmp(second.text, third.text, second.size))
        panic("test %s is another one when it is read from what we write", t->name);
    free(first.text);
    free(second.text);
    free(third.text);
}

static bool one_test(void *ctx, const GoldenTest *t)
{
    Run *run = ctx;
    GoldenRig *r = rig_for(run, t);
    bool placed = golden_run(r, t);
    fuzz_note(!placed ? "not placed" : golden_passed(r) ? "passed" : "failed");
    if (placed)
        golden_report(r, fuzz_null());
    golden_clear(r);
    check_writing(t);
    return ++run->tests < TESTS;
}

void fuzz_one(const u8 *data, size_t size)
{
    GoldenFile file = {0};
    Run run = {0};
    FILE *f = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
    if (f && !golden_read(&file, f, "fuzz", one_test, &run) &&
        (!*file.error || strchr(file.error, '\n')))
        panic("a refusal without one line of text: %s", file.error);
    if (run.rig)
        golden_rig_free(run.rig);
    free(run.rig);
    golden_file_free(&file);
    if (f)
        fclose(f);
}
