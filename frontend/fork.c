/* fork.c: see fork.h. What the copy shares with the original and must not use is replaced first:
 * descriptors of ports, the monitor and gdb, logs, standard input and output. */
#include "frontend/fork.h"

#include "devices/snapshot.h"
#include "frontend/console.h"
#include "frontend/debug_trace.h"
#include "frontend/exit.h"
#include "frontend/gdbstub.h"
#include "frontend/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct SessionFork {
    pid_t pid;
    char name[200];
    bool ended;
    int status; /* exit status, once ended */
};

/* ---- may it be? ------------------------------------------------------------------------------ */

static bool disks_apart(Debug *d)
{
    for (int i = 0; i < SNAPSHOT_DRIVES; i++) {
        const Disk *disk = pc_medium(d->pc, i);
        if (disk && !disk->snapshot && !disk->read_only && disk->kind != DISK_CD)
            return debug_fail(d,
                              "%.150s is written by this machine, and a copy would write it, too; "
                              "start with -snapshot, so that each keeps its writes to itself",
                              disk->name);
    }
    return true;
}

static bool may_fork(Debug *d)
{
    if (d->session->display)
        return debug_fail(d, "only a machine without a screen can be copied: -display none");
    if (d->session->replay)
        return debug_fail(d, "a replay cannot be copied");
    if (d->gdb_command)
        return debug_fail(d, "gdb talks to one machine; use fork from -monitor or a script");
    return disks_apart(d);
}

/* ---- the copy -------------------------------------------------------------------------------- */

static bool file_name(char *path, size_t size, const char *prefix, const char *suffix)
{
    return snprintf(path, size, "%s.%s", prefix, suffix) < (int)size;
}

static bool become(int fd, const char *path, int flags)
{
    int file = open(path, flags | O_CLOEXEC, 0666);
    bool ok = file >= 0 && dup2(file, fd) == fd;
    if (file >= 0)
        close(file);
    return ok;
}

static bool own_device(Debug *d, Chardev *c, const char *prefix, const char *name)
{
    char spec[260];
    if (!c)
        return true;
    snprintf(spec, sizeof spec, "file:%s.%s", prefix, name);
    return chardev_replace(c, spec, d->error, sizeof d->error);
}

static bool own_outputs(Debug *d, const char *prefix)
{
    Session *s = d->session;
    char path[240];
    if (!file_name(path, sizeof path, prefix, "out") ||
        !become(STDIN_FILENO, "/dev/null", O_RDONLY) ||
        !become(STDOUT_FILENO, path, O_WRONLY | O_CREAT | O_TRUNC) ||
        dup2(STDOUT_FILENO, STDERR_FILENO) != STDERR_FILENO)
        return debug_fail(d, "cannot write %.200s: %s", path, strerror(errno));
    for (int i = 0; i < MAX_SERIAL; i++) {
        char name[16];
        snprintf(name, sizeof name, "serial%d", i + 1);
        if (!own_device(d, s->serial[i], prefix, name))
            return false;
    }
    if (!own_device(d, s->parallel, prefix, "parallel") ||
        !own_device(d, s->debugcon, prefix, "debugcon"))
        return false;
    if (s->log.f && s->log.f != stderr && file_name(path, sizeof path, prefix, "log"))
        s->log.f = freopen(path, "w", s->log.f);
    return true;
}

/* What only the original goes on with. */
static void leave_to_original(Debug *d)
{
    Session *s = d->session;
    monitor_abandon(d);
    gdbstub_abandon(d);
    trace_stop(d);
    record_abandon(s->record);
    s->record = NULL;
    free(s->forks);
    s->forks = NULL;
    s->fork_count = 0;
    s->save_at = s->opt->save_count;
}

/* The options as they would be of a run with -batch that has no results of its own but -hash. */
static void take_own_options(Debug *d)
{
    static Options own; /* of this process */
    own = *d->session->opt;
    own.batch = true;
    own.screendump_count = 0;
    own.stats = own.record = NULL;
    d->session->opt = &own;
}

static bool begin_copy(Debug *d, const char *script, const char *prefix)
{
    leave_to_original(d);
    if (!own_outputs(d, prefix))
        return false;
    take_own_options(d);
    d->out = stdout;
    d->failed = 0;
    d->assert_failed = false;
    script_drop(&d->script);
    if (!script_push_file(&d->script, script, d->error, sizeof d->error))
        return false;
    d->console = true;
    console_open(d);
    if (!d->stopped)
        debug_on_interrupt_key(d);
    d->fresh_stop = false;
    return true;
}

/* ---- the original ---------------------------------------------------------------------------- */

static int status_of(int raw)
{
    return WIFEXITED(raw) ? WEXITSTATUS(raw) : EXIT_INTERNAL;
}

static int running(const Session *s)
{
    int n = 0;
    for (int i = 0; i < s->fork_count; i++)
        n += !s->forks[i].ended;
    return n;
}

/* The next of the copies to end. */
static void wait_for_one(Session *s)
{
    int raw;
    pid_t pid = waitpid(-1, &raw, 0);
    for (int i = 0; i < s->fork_count; i++) {
        if (s->forks[i].ended || (pid != s->forks[i].pid && !(pid < 0 && errno == ECHILD)))
            continue;
        s->forks[i].ended = true;
        s->forks[i].status = pid < 0 ? EXIT_INTERNAL : status_of(raw);
    }
}

int fork_wait(Session *s, FILE *out)
{
    int worst = 0;
    while (running(s))
        wait_for_one(s);
    for (int i = 0; i < s->fork_count; i++) {
        if (out)
            fprintf(out, "%s: status %d\n", s->forks[i].name, s->forks[i].status);
        worst = worst ? worst : s->forks[i].status;
    }
    return worst;
}

static bool remember(Debug *d, pid_t pid, const char *prefix)
{
    Session *s = d->session;
    struct SessionFork *list = realloc(s->forks, ((size_t)s->fork_count + 1) * sizeof *list);
    if (!list)
        panic("out of host memory");
    s->forks = list;
    list[s->fork_count] = (struct SessionFork){.pid = pid};
    snprintf(list[s->fork_count++].name, sizeof list->name, "%s", prefix);
    return true;
}

bool fork_machine(Debug *d, const char *script, const char *prefix)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (!may_fork(d))
        return false;
    if (access(script, R_OK))
        return debug_fail(d, "%.200s: cannot read it: %s", script, strerror(errno));
    while (running(d->session) >= (processors > 0 ? processors : 1))
        wait_for_one(d->session);
    fflush(NULL);
    for (int i = 0; i < MAX_SERIAL; i++)
        if (d->session->serial[i])
            chardev_flush(d->session->serial[i]);
    pid_t pid = fork();
    if (pid < 0)
        return debug_fail(d, "the host cannot start another process: %s", strerror(errno));
    if (pid)
        return remember(d, pid, prefix);
    if (begin_copy(d, script, prefix))
        return true;
    fprintf(stderr, "fork: %s\n", d->error);
    fflush(NULL);
    _exit(EXIT_USAGE);
}
