/* rows.c: which rows of x86.def have a test?
 *
 *   rows TABLE < GOLDEN     golden tests on the standard input, the table of rows that other tests
 * cover rows -missing < GOLDEN  prints a table line for each row without a golden test
 *
 * A line of the table: opcode as in x86.def (hexadecimal, /ext), mnemonic, first model, file that
 * tests it, and a text that must occur in that file. TAP. */
#include <stdlib.h>

#include "frontend/golden.h"

static bool *covered;
static DecodeTable decoder[CPU_686 + 1];
static u32 tests;

/* The instructions that a test executes: the first, and those behind it where it runs straight to
 * the end of its code. */
static bool note(void *unused, const GoldenTest *t)
{
    bool straight = t->exception < 0 && t->after[G_EIP] == t->before[G_EIP] + t->code_len;
    tests++;
    for (int m = t->first; m <= (int)t->last; m++) {
        u32 at = 0;
        do {
            Insn i;
            u8 bytes[16] = {0};
            memcpy(bytes, t->code + at, t->code_len - at < 15 ? t->code_len - at : 15);
            decode(&decoder[m], bytes, 15, t->before[G_CS + 3] & ATTR_DB, &i);
            covered[i.row] = true;
            at += i.len;
        } while (straight && at < t->code_len);
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

static bool file_has(const char *name, const char *text)
{
    FILE *f = fopen(name, "r");
    char line[1000];
    bool found = false;
    while (f && !found && fgets(line, sizeof line, f))
        found = strstr(line, text);
    if (f)
        fclose(f);
    return found;
}

/* Marks the row of the table's entry; false: there is no such row. */
static bool cover(const char *entry)
{
    for (int n = 0; n < x86_row_count; n++) {
        char text[100];
        row_name(&x86_rows[n], text, sizeof text);
        if (!strcmp(text, entry)) {
            covered[n] = true;
            return true;
        }
    }
    return false;
}

/* Marks the row of each line whose test is there. */
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
        int text = 0;
        line[strcspn(line, "\n")] = 0;
        if (line[0] == '#' || !line[0])
            continue;
        const char *trouble = NULL;
        if (sscanf(line, "%15s %39s %19s %199s%n", opcode, mnemonic, model, file, &text) != 4 ||
            line[text] != ' ') {
            trouble = "five fields are wanted";
        } else {
            snprintf(want, sizeof want, "%s %s %s", opcode, mnemonic, model);
            if (!file_has(file, line + text + 1))
                trouble = "the file does not have that text";
            else if (!cover(want))
                trouble = "no such row";
        }
        if (trouble) {
            wrong++;
            printf("not ok - %s: %s: %s\n", name, line, trouble);
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
