/* rows.c: which rows of x86.def have a test?
 *
 *   rows TABLE < GOLDEN     golden tests on the standard input, the table of rows that other tests
 * cover rows -missing < GOLDEN  prints a table line for each row without a golden test
 *
 * A line of the table: opcode as in x86.def (hexadecimal, /ext), mnemonic, first model, file that
 * tests it. TAP. */
#include <stdlib.h>
#include <unistd.h>

#include "frontend/golden.h"

static bool *covered;
static DecodeTable decoder[CPU_686 + 1];
static u32 tests;

static bool note(void *unused, const GoldenTest *t)
{
    tests++;
    for (int m = t->first; m <= (int)t->last; m++) {
        Insn i;
        u8 bytes[16] = {0};
        memcpy(bytes, t->code, t->code_len < 15 ? t->code_len : 15);
        decode(&decoder[m], bytes, 15, t->before[G_CS + 3] & ATTR_DB, &i);
        covered[i.row] = true;
    }
    return true;
}

static void row_name(const Row *r, char *text, size_t size)
{
    char ext[8] = "";
    if (r->ext >= 0)
        snprintf(ext, sizeof ext, "/%d", r->ext);
    int len = snprintf(text, size, "%02x%s %s", r->opcode, ext, r->name);
    for (char *blank = strchr(text, ' ') + 1; (blank = strchr(blank, ' '));)
        *blank = '_'; /* "fnstsw ax" */
    snprintf(text + len, size - (size_t)len, " %s", cpu_model_name((CpuModel)r->since));
}

/* Marks the row of each line whose file exists. */
static int read_table(const char *name)
{
    FILE *f = fopen(name, "r");
    char line[300];
    int wrong = 0;
    if (!f) {
        printf("not ok - cannot read %s\n", name);
        return 1;
    }
    while (fgets(line, sizeof line, f)) {
        char opcode[16], mnemonic[40], model[20], file[200], want[100];
        if (line[0] == '#' ||
            sscanf(line, "%15s %39s %19s %199s", opcode, mnemonic, model, file) != 4)
            continue;
        bool found = false;
        snprintf(want, sizeof want, "%s %s %s", opcode, mnemonic, model);
        for (int n = 0; n < x86_row_count; n++) {
            char text[100];
            row_name(&x86_rows[n], text, sizeof text);
            if (strcmp(text, want))
                continue;
            found = true;
            if (!access(file, R_OK))
                covered[n] = true;
        }
        if (!found || access(file, R_OK)) {
            wrong++;
            printf("not ok - %s: %s: %s\n", name, want, found ? "no such test" : "no such row");
        }
    }
    fclose(f);
    return wrong;
}

int main(int argc, char **argv)
{
    GoldenFile file = {0};
    int missing = 0;
    covered = calloc(x86_row_count, sizeof *covered);
    for (int m = 0; m <= CPU_686; m++)
        decode_table_init(&decoder[m], (CpuModel)m);
    if (argc != 2 || !covered || !golden_read(&file, stdin, "standard input", note, NULL)) {
        printf("not ok - %s\n", file.error);
        return 1;
    }
    bool list = !strcmp(argv[1], "-missing");
    int wrong = list ? 0 : read_table(argv[1]);
    for (int n = 0; n < x86_row_count; n++) {
        char text[100];
        row_name(&x86_rows[n], text, sizeof text);
        if (covered[n])
            continue;
        missing++;
        if (list)
            printf("%s\n", text);
        else
            printf("not ok - row %s has no test\n", text);
    }
    if (!list && !missing && !wrong)
        printf("ok - all %d rows of x86.def have a test (%u golden tests)\n", x86_row_count,
               (unsigned)tests);
    golden_file_free(&file);
    return missing || wrong;
}
