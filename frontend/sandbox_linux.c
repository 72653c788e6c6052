/* sandbox_linux.c: seccomp and Landlock; see sandbox.h. seccomp(2) lets a short BPF program decide
 * over every system call by its number and the values of its arguments; what is not on the list
 * fails with EPERM. It cannot see paths, so opening is either forbidden altogether, or allowed
 * while Landlock (landlock(7), Linux 5.13) confines it to certain paths. Landlock binds one thread,
 * so a process that has others (a window's libraries make some) cannot be given paths. */
#include "frontend/sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#if defined __linux__ && (defined __x86_64__ || defined __aarch64__)

#include <dirent.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#ifdef __x86_64__
#define HOST_ARCH AUDIT_ARCH_X86_64
#else
#define HOST_ARCH AUDIT_ARCH_AARCH64
#endif

static bool fail(char *err, size_t errlen, const char *what)
{
    snprintf(err, errlen, "%s: %s; leave -sandbox out", what, strerror(errno));
    return false;
}

/* ---- Landlock --------------------------------------------------------------------------------
 * The structures and numbers of linux/landlock.h, which older systems do not have. */

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

enum { LL_VERSION = 1, LL_PATH_BENEATH = 1 };
enum {
    LL_EXECUTE = 1 << 0,
    LL_WRITE_FILE = 1 << 1,
    LL_READ_FILE = 1 << 2,
    LL_READ_DIR = 1 << 3,
    LL_REMOVE_DIR = 1 << 4,
    LL_REMOVE_FILE = 1 << 5,
    LL_MAKE_DIR = 1 << 7,
    LL_MAKE_REG = 1 << 8,
    LL_ALL_1 = (1 << 13) - 1,
    LL_REFER = 1 << 13,    /* from version 2 on */
    LL_TRUNCATE = 1 << 14, /* from version 3 on */
};

typedef struct {
    u64 fs;
} LandlockRules;

typedef struct {
    u64 allowed;
    s32 fd;
} __attribute__((packed)) LandlockPath;

static int landlock_version(void)
{
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LL_VERSION);
}

static u64 rights_of(const SandboxPath *p)
{
    static const u64 rights[] = {[SANDBOX_READ] = LL_READ_FILE | LL_READ_DIR,
                                 [SANDBOX_WRITE] = LL_WRITE_FILE | LL_READ_FILE | LL_TRUNCATE,
                                 [SANDBOX_FOLDER] = LL_WRITE_FILE | LL_READ_FILE | LL_READ_DIR |
                                                    LL_REMOVE_DIR | LL_REMOVE_FILE | LL_MAKE_DIR |
                                                    LL_MAKE_REG | LL_REFER | LL_TRUNCATE};
    return rights[p->right];
}

static bool add_rule(int rules, const SandboxPath *p, u64 handled)
{
    int fd = open(p->path, O_PATH | O_CLOEXEC);
    struct stat st;
    if (fd < 0)
        return p->right == SANDBOX_READ; /* what is not there cannot be read, either */
    LandlockPath rule = {rights_of(p) & handled, fd};
    if (!fstat(fd, &st) && !S_ISDIR(st.st_mode))
        rule.allowed &= LL_WRITE_FILE | LL_READ_FILE | LL_TRUNCATE;
    bool ok = !syscall(SYS_landlock_add_rule, rules, LL_PATH_BENEATH, &rule, 0);
    close(fd);
    return ok;
}

/* What the libraries of the terminal read when they come to it. */
static const SandboxPath system_paths[] = {{"/usr/share/terminfo", SANDBOX_READ},
                                           {"/usr/lib/terminfo", SANDBOX_READ},
                                           {"/lib/terminfo", SANDBOX_READ},
                                           {"/etc/terminfo", SANDBOX_READ},
                                           {"/etc/inputrc", SANDBOX_READ}};

static bool landlock(const SandboxPolicy *p, int version, char *err, size_t errlen)
{
    u64 handled = LL_ALL_1 | (version >= 2 ? LL_REFER : 0) | (version >= 3 ? LL_TRUNCATE : 0);
    LandlockRules r = {handled};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &r, sizeof r, 0);
    if (rules < 0)
        return fail(err, errlen, "Landlock");
    bool ok = true;
    for (size_t i = 0; i < ARRAY_LEN(system_paths); i++)
        ok = ok && add_rule(rules, &system_paths[i], handled);
    for (int i = 0; i < p->count && ok; i++) {
        ok = add_rule(rules, &p->path[i], handled);
        if (!ok)
            fail(err, errlen, p->path[i].path);
    }
    if (ok && syscall(SYS_landlock_restrict_self, rules, 0))
        ok = fail(err, errlen, "Landlock");
    close(rules);
    return ok;
}

/* ---- seccomp --------------------------------------------------------------------------------- */

enum { FILTER_MAX = 400 };

typedef struct {
    struct sock_filter code[FILTER_MAX];
    unsigned n;
} Filter;

static void emit(Filter *f, u16 code, u8 yes, u8 no, u32 k)
{
    if (f->n == FILTER_MAX)
        panic("the list of system calls has become too long");
    f->code[f->n++] = (struct sock_filter){code, yes, no, k};
}

static void load(Filter *f, size_t offset)
{
    emit(f, BPF_LD | BPF_W | BPF_ABS, 0, 0, (u32)offset);
}

static void answer(Filter *f, int number, u32 value)
{
    emit(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (u32)number);
    emit(f, BPF_RET | BPF_K, 0, 0, value);
}

/* The same if the lower half of an argument, masked, has this value. */
static void answer_if(Filter *f, int number, int arg, u32 mask, u32 value, u32 result)
{
    emit(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 5, (u32)number);
    load(f, offsetof(struct seccomp_data, args) + 8 * (size_t)arg);
    emit(f, BPF_ALU | BPF_AND | BPF_K, 0, 0, mask);
    emit(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value);
    emit(f, BPF_RET | BPF_K, 0, 0, result);
    load(f, offsetof(struct seccomp_data, nr));
}

static void allow_if(Filter *f, int number, int arg, u32 mask, u32 value)
{
    answer_if(f, number, arg, mask, value, SECCOMP_RET_ALLOW);
}

/* Work on what is open, memory, time, waiting, signals, one's own end. */
static const int always[] = {
    SYS_read,
    SYS_write,
    SYS_readv,
    SYS_writev,
    SYS_pread64,
    SYS_pwrite64,
    SYS_preadv,
    SYS_pwritev,
    SYS_lseek,
    SYS_close,
    SYS_fstat,
    SYS_ftruncate,
    SYS_fallocate,
    SYS_fsync,
    SYS_fdatasync,
    SYS_sync_file_range,
    SYS_fcntl,
    SYS_flock,
    SYS_dup,
    SYS_dup3,
    SYS_fchmod,
    SYS_fgetxattr, /* a file's attributes for DOS (folder_host.c) */
    SYS_fsetxattr,
    SYS_fremovexattr,
    SYS_utimensat,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_futex,
    SYS_membarrier,
    SYS_ppoll,
    SYS_pselect6,
    SYS_epoll_pwait,
    SYS_epoll_ctl,
    SYS_eventfd2,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_gettimeofday,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_restart_syscall,
    SYS_setitimer,
    SYS_wait4,
    SYS_getpid,
    SYS_gettid,
    SYS_getppid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_getpgid,
    SYS_getrusage,
    SYS_getrandom,
    SYS_sysinfo,
    SYS_uname,
    SYS_getcwd,
    SYS_times,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_exit,
    SYS_exit_group,
    /* peers that come to ports, monitor and gdb, and those that are there */
    SYS_accept,
    SYS_accept4,
    SYS_recvfrom,
    SYS_recvmsg,
    SYS_sendto,
    SYS_sendmsg,
    SYS_shutdown,
    SYS_getsockopt,
    SYS_setsockopt,
    SYS_getpeername,
    SYS_getsockname,
#ifdef __x86_64__
    SYS_dup2,
    SYS_poll,
    SYS_select,
    SYS_epoll_wait,
    SYS_time,
    SYS_getpgrp,
    SYS_alarm,
    SYS_pause,
#endif
};

/* By path; confined by Landlock, or not allowed at all. */
static const int with_paths[] = {
    SYS_openat,    SYS_mkdirat,          SYS_unlinkat,   SYS_renameat2, SYS_readlinkat,
    SYS_faccessat, 439 /* faccessat2 */, SYS_newfstatat, SYS_statx,     SYS_getdents64,
#ifdef SYS_renameat
    SYS_renameat,
#endif
#ifdef __x86_64__
    SYS_open,      SYS_rename,           SYS_unlink,     SYS_access,    SYS_stat,
    SYS_lstat,     SYS_readlink,
#endif
};

/* Not TIOCSTI and TIOCLINUX, by which one types at the terminal's next program. */
static const u32 terminal_controls[] = {TCGETS,     TCSETS,    TCSETSW,  TCSETSF, TCFLSH,
                                        TIOCGWINSZ, TIOCGPGRP, FIONREAD, TIOCGPTN};

static void allow_window(Filter *f)
{
    static const int more[] = {
        SYS_mmap,
        SYS_mprotect,
        SYS_memfd_create,
        SYS_set_robust_list,
        SYS_prctl,
        SYS_sched_setaffinity,
        SYS_sched_getparam,
        SYS_sched_getscheduler,
        SYS_sched_setscheduler,
        SYS_getpriority,
        SYS_setpriority,
        SYS_shmat,
        SYS_shmget,
        SYS_shmctl,
        SYS_shmdt,
        SYS_pipe2,
#ifdef SYS_rseq
        SYS_rseq,
#endif
    };
    for (size_t i = 0; i < ARRAY_LEN(more); i++)
        answer(f, more[i], SECCOMP_RET_ALLOW);
    allow_if(f, SYS_clone, 0, CLONE_THREAD, CLONE_THREAD);
    answer_if(f, SYS_ioctl, 1, 0xFFFFFFFF, TIOCSTI, SECCOMP_RET_ERRNO | EPERM);
    answer_if(f, SYS_ioctl, 1, 0xFFFFFFFF, TIOCLINUX, SECCOMP_RET_ERRNO | EPERM);
    answer(f, SYS_ioctl, SECCOMP_RET_ALLOW);
}

static void build(Filter *f, const SandboxPolicy *p, bool paths)
{
    u32 no = SECCOMP_RET_ERRNO | EPERM;
    load(f, offsetof(struct seccomp_data, arch));
    emit(f, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, HOST_ARCH);
    emit(f, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
    load(f, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < ARRAY_LEN(always); i++)
        answer(f, always[i], SECCOMP_RET_ALLOW);
    for (size_t i = 0; paths && i < ARRAY_LEN(with_paths); i++)
        answer(f, with_paths[i], SECCOMP_RET_ALLOW);
    /* fstat() of newer C libraries is this, with an empty path */
    allow_if(f, SYS_newfstatat, 3, AT_EMPTY_PATH, AT_EMPTY_PATH);
    /* raise(), abort() */
    allow_if(f, SYS_tgkill, 0, 0xFFFFFFFF, (u32)getpid());
    allow_if(f, SYS_kill, 0, 0xFFFFFFFF, (u32)getpid());
    allow_if(f, SYS_prlimit64, 2, 0xFFFFFFFF, 0);      /* asking, not setting */
    answer(f, SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS); /* clone() can be looked into */
    if (p->window) {
        allow_window(f);
    } else {
        allow_if(f, SYS_mmap, 2, PROT_EXEC, 0);
        allow_if(f, SYS_mprotect, 2, PROT_EXEC, 0);
        for (size_t i = 0; i < ARRAY_LEN(terminal_controls); i++)
            allow_if(f, SYS_ioctl, 1, 0xFFFFFFFF, terminal_controls[i]);
    }
    emit(f, BPF_RET | BPF_K, 0, 0, no);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static int threads(void)
{
    int n = 0;
    DIR *d = opendir("/proc/self/task");
    for (struct dirent *e; d && (e = readdir(d));)
        n += *e->d_name != '.';
    if (d)
        closedir(d);
    return n;
}

static bool drop_capabilities(void)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0}};
    return !syscall(SYS_capset, &head, none);
}

bool sandbox_apply(const SandboxPolicy *p, char *err, size_t errlen)
{
    Filter f = {.n = 0};
    int version = landlock_version();
    bool paths = version > 0 && threads() == 1;
    if (!paths && p->count) {
        snprintf(err, errlen,
                 "%s is to be written after the start, which %s; leave that or -sandbox out",
                 p->path[0].path,
                 version > 0 ? "cannot be confined beside a window's threads"
                             : "needs a kernel with Landlock (Linux 5.13)");
        return false;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return fail(err, errlen, "no_new_privs");
    if (paths && !landlock(p, version, err, errlen))
        return false;
    if (!drop_capabilities())
        return fail(err, errlen, "capabilities cannot be dropped");
    build(&f, p, paths);
    struct sock_fprog program = {(unsigned short)f.n, f.code};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program))
        return fail(err, errlen, "this kernel has no seccomp filters");
    return true;
}

#else

bool sandbox_apply(const SandboxPolicy *p, char *err, size_t errlen)
{
    snprintf(err, errlen, "there is a sandbox only on Linux, on x86-64 and aarch64; leave it out");
    return false;
}

#endif
