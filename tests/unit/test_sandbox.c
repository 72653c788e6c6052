/* test_sandbox.c: tries to get out of -sandbox on. Each attempt is made in a process of its own
 * that has entered the sandbox, by the system call itself, as code would that a guest has smuggled
 * in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "frontend/sandbox.h"

#ifdef __linux__
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { DENIED = 40, DONE, FAILED_OTHERWISE, NO_SANDBOX };

static char dir[64], inside[100], outside[100], victim[100];

/* ---- attempts: 0 or more, done; -1, with errno ----------------------------------------------- */

static long open_outside(void)
{
    return syscall(SYS_openat, AT_FDCWD, outside, O_RDONLY);
}
static long open_passwords(void)
{
    return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}
static long create_outside(void)
{
    char path[200];
    snprintf(path, sizeof path, "%s/new", dir);
    return syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY, 0600);
}
static long open_by_dots(void)
{
    char path[200];
    snprintf(path, sizeof path, "%s/../outside", inside);
    return syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
}
static long open_by_link(void)
{
    char path[200];
    snprintf(path, sizeof path, "%s/link", inside);
    return syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
}
static long remove_outside(void)
{
    return syscall(SYS_unlinkat, AT_FDCWD, outside, 0);
}
static long move_out(void)
{
    char from[200], to[200];
    snprintf(from, sizeof from, "%s/file", inside);
    snprintf(to, sizeof to, "%s/moved", dir);
    return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
static long open_inside(void)
{
    char path[200];
    snprintf(path, sizeof path, "%s/file", inside);
    return syscall(SYS_openat, AT_FDCWD, path, O_RDWR);
}
static long execute(void)
{
    char *argv[] = {"/bin/true", NULL}, *envp[] = {NULL};
    return syscall(SYS_execve, argv[0], argv, envp);
}
static long start_process(void)
{
    return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}
static long start_process3(void)
{
    u64 args[8] = {[4] = SIGCHLD};
    return syscall(SYS_clone3, args, sizeof args);
}
static long connect_out(void)
{
    return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}
static long unix_socket(void)
{
    return syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
}
static long trace_parent(void)
{
    return syscall(SYS_ptrace, PTRACE_ATTACH, getppid(), 0, 0);
}
static long kill_parent(void)
{
    return syscall(SYS_kill, getppid(), SIGTERM);
}
static long kill_everybody(void)
{
    return syscall(SYS_kill, -1, 0);
}
static long code_of_its_own(void)
{
    void *p = (void *)syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? -1 : 0;
}
static long data_becomes_code(void)
{
    static u8 page[8192];
    u8 *p = page + (4096 - (uintptr_t)page % 4096) % 4096;
    return syscall(SYS_mprotect, p, 4096, PROT_READ | PROT_EXEC);
}
static long type_at_terminal(void)
{
    char c = 'x';
    return syscall(SYS_ioctl, STDIN_FILENO, TIOCSTI, &c);
}
static long become_another(void)
{
    return syscall(SYS_setuid, 1);
}
static long new_namespace(void)
{
    return syscall(SYS_unshare, CLONE_NEWUSER);
}
static long change_owner(void)
{
    return syscall(SYS_fchownat, AT_FDCWD, inside, 1, 1, 0);
}
static long raise_limit(void)
{
    struct rlimit64 {
        u64 now, max;
    } none = {~0ull, ~0ull};
    return syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &none, NULL);
}
static long leave_no_filter(void)
{
    return syscall(SYS_seccomp, 0, 0, NULL);
}
static long by_the_ring(void)
{
    u64 params[15] = {0};
    return syscall(425 /* io_uring_setup */, 4, params);
}
static long memory_is_there(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? -1 : 0;
}

/* ---- a process for each ---------------------------------------------------------------------- */

/* `paths`: the folder is allowed. */
static int attempt(long (*what)(void), bool paths)
{
    int raw;
    pid_t pid = fork();
    if (!pid) {
        char err[300];
        SandboxPolicy p = {.path = {{inside, SANDBOX_FOLDER}, {victim, SANDBOX_WRITE}},
                           .count = paths ? 2 : 0};
        if (!sandbox_apply(&p, err, sizeof err)) {
            fprintf(stderr, "%s\n", err);
            _exit(NO_SANDBOX);
        }
        errno = 0;
        bool done = what() >= 0;
        _exit(done ? DONE
              : errno == EPERM || errno == EACCES || errno == ENOSYS || errno == EXDEV
                  ? DENIED
                  : FAILED_OTHERWISE);
    }
    assert_int_equal(waitpid(pid, &raw, 0), pid);
    assert_true(WIFEXITED(raw));
    return WEXITSTATUS(raw);
}

#define DENY(f)                                                                                    \
    if (attempt(f, true) != DENIED || attempt(f, false) != DENIED)                                 \
    fail_msg("%s was not denied: %d %d", #f, attempt(f, true), attempt(f, false))

static void test_files(void **state)
{
    DENY(open_outside);
    DENY(open_passwords);
    DENY(create_outside);
    DENY(open_by_dots);
    DENY(open_by_link);
    DENY(remove_outside);
    DENY(move_out);
    DENY(change_owner);
    assert_int_equal(attempt(open_inside, true), DONE);
    assert_int_equal(attempt(open_inside, false), DENIED);
    assert_int_equal(access(outside, F_OK), 0);
}

static void test_processes(void **state)
{
    DENY(execute);
    DENY(start_process);
    DENY(start_process3);
    DENY(trace_parent);
    DENY(kill_parent);
    DENY(kill_everybody);
}

static void test_sockets(void **state)
{
    DENY(connect_out);
    DENY(unix_socket);
    DENY(by_the_ring);
}

static void test_memory(void **state)
{
    DENY(code_of_its_own);
    DENY(data_becomes_code);
    assert_int_equal(attempt(memory_is_there, false), DONE);
}

static void test_rights(void **state)
{
    DENY(type_at_terminal);
    DENY(become_another);
    DENY(new_namespace);
    DENY(raise_limit);
    DENY(leave_no_filter);
}

static void put(const char *path)
{
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static int setup(void **state)
{
    char path[200];
    snprintf(dir, sizeof dir, "/tmp/glass86-sandbox-XXXXXX");
    assert_non_null(mkdtemp(dir));
    snprintf(inside, sizeof inside, "%s/folder", dir);
    snprintf(outside, sizeof outside, "%s/outside", dir);
    snprintf(victim, sizeof victim, "%s/result", dir);
    assert_int_equal(mkdir(inside, 0700), 0);
    put(outside);
    put(victim);
    snprintf(path, sizeof path, "%s/file", inside);
    put(path);
    snprintf(path, sizeof path, "%s/link", inside);
    return symlink("../outside", path);
}

static int teardown(void **state)
{
    char command[200];
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

static long nothing(void)
{
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files), cmocka_unit_test(test_processes),
        cmocka_unit_test(test_sockets), cmocka_unit_test(test_memory),
        cmocka_unit_test(test_rights)};
    void *none = NULL;
    setup(&none);
    int can = attempt(nothing, true);
    if (can == NO_SANDBOX) {
        teardown(&none);
        puts("ok 1 - sandbox # SKIP this kernel lacks Landlock or seccomp\n1..1");
        return 0;
    }
    teardown(&none);
    return cmocka_run_group_tests(tests, setup, teardown);
}
#else
int main(void)
{
    puts("ok 1 - sandbox # SKIP only on Linux\n1..1");
    return 0;
}
#endif
