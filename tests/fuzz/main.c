/* main.c: what drives a fuzz target. libFuzzer and AFL++ call the LLVMFuzzer functions; in the
 * replay program the main() below does, with the files and folders it is given. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* ---- files ----------------------------------------------------------------------------------- */

static char own_dir[64];
static pid_t own_pid;

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    return remove(path);
}

static void remove_dir(void)
{
    if (getpid() == own_pid)
        nftw(own_dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_dir(void)
{
    if (*own_dir)
        return own_dir;
    bool memory = !access("/dev/shm", W_OK);
    /* The process in the name: fuzz.sh removes what dead ones have left. */
    snprintf(own_dir, sizeof own_dir, "%s/glass86-fuzz-%d-XXXXXX", memory ? "/dev/shm" : "/tmp",
             (int)getpid());
    if (!mkdtemp(own_dir))
        panic("cannot make %s: %s", own_dir, strerror(errno));
    own_pid = getpid();
    atexit(remove_dir);
    return own_dir;
}

const char *fuzz_file(const char *name, const u8 *data, size_t size)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", fuzz_dir(), name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        panic("cannot write %s: %s", path, strerror(errno));
    close(fd);
    return path;
}

void fuzz_forbid_files(bool forbid)
{
    static struct rlimit before;
    if (!before.rlim_max)
        getrlimit(RLIMIT_NOFILE, &before);
    struct rlimit now = {forbid ? 0 : before.rlim_cur, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &now);
}

void fuzz_note(const char *text)
{
    if (getenv("FUZZ_VERBOSE"))
        fprintf(stderr, "    %s\n", text);
}

FILE *fuzz_null(void)
{
    static FILE *null;
    if (!null)
        null = fopen("/dev/null", "w");
    return null;
}

/* ---- the fuzzers' side ----------------------------------------------------------------------- */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    fuzz_start();
    return 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    fuzz_one(data, size);
    return 0;
}

/* ---- the replay program ---------------------------------------------------------------------- */

#ifdef FUZZ_REPLAY
enum { SECONDS = 60, INPUT_MAX = 1 << 20 }; /* for one input, also on a busy host */

static const char *current;

static void on_panic(void *ctx)
{
    fprintf(stderr, "input: %s\n", current);
}

static int replay(const char *path)
{
    static u8 data[INPUT_MAX];
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "cannot read %s: %s\n", path, strerror(errno));
        return -1;
    }
    size_t size = fread(data, 1, sizeof data, f);
    fclose(f);
    current = path;
    if (getenv("FUZZ_VERBOSE"))
        fprintf(stderr, "%s\n", path);
    u8 *exact = malloc(size ? size : 1); /* so that ASan sees what reads behind it */
    memcpy(exact, data, size);
    alarm(SECONDS);
    fuzz_one(exact, size);
    alarm(0);
    free(exact);
    return 1;
}

static int replay_dir(const char *path)
{
    int count = 0;
    struct dirent **list;
    int n = scandir(path, &list, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char name[4096];
        snprintf(name, sizeof name, "%s/%s", path, list[i]->d_name);
        if (*list[i]->d_name != '.') {
            int done = replay(name);
            count = done < 0 || count < 0 ? -1 : count + done;
        }
        free(list[i]);
    }
    free(list);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0, inputs = 0;
    fuzz_start();
    panic_set_hook(on_panic, NULL);
    for (int i = 1; i < argc && count >= 0; i++) {
        struct stat st;
        bool dir = !stat(argv[i], &st) && S_ISDIR(st.st_mode);
        count = dir ? replay_dir(argv[i]) : replay(argv[i]);
        inputs += count;
    }
    printf("%d inputs\n", inputs);
    return count < 0 || !inputs;
}
#endif
