/* host.c: see host.h. The kernel's modify_ldt() makes the segments, a far jump enters them, and a
 * signal comes back: whatever runs there ends with an exception, at the latest with the #GP of a
 * HLT, which fills all unused memory. The signal frame holds every register, the vector and the
 * error code.
 *
 * The code cannot reach our own memory, since its segments end long before, with one exception: the
 * flat segments of the kernel's GDT, which no generated program loads. Should one try to call the
 * kernel, a seccomp filter turns that into a signal; one that loops for ever is stopped by a timer.
 * Page faults come from pages that mprotect() closes while the program runs. */
#include "tests/silicon/host.h"

#if defined(__x86_64__) && defined(__linux__) && !defined(__SANITIZE_ADDRESS__)
#include <asm/ldt.h>
#include <asm/prctl.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

enum { SIZE = HOST_END - HOST_CODE };

static u8 *const area = (u8 *)(uintptr_t)HOST_CODE;
static u8 image[SIZE];  /* what memory holds between tests */
static u8 before[SIZE]; /* ... and held when the test began */
static const GoldenSetup *setup_in_image;

/* ---- into the segments and back -------------------------------------------------------------- */

/* Offsets are used by the assembly below. */
static struct {
    u64 rsp;  /* 0: ours */
    u32 r[8]; /* 8: EAX ECX EDX EBX ESP EBP ESI EDI */
    u32 eip;  /* 40: a far pointer */
    u16 cs, pad;
    u64 rflags;  /* 48 */
    u16 seg[6];  /* 56: ES CS SS DS FS GS */
    u32 signal;  /* 68 */
    u64 fs_base; /* 72: ours, the thread's storage */
    u64 trap;    /* 80: enter by IRET, so that TF holds from the first instruction */
} hs __asm__("host_state") __attribute__((used, aligned(16)));

static struct {
    u32 vector, error, cr2;
} event;

void host_collect(ucontext_t *uc);
void host_enter(void);
void host_signal(int sig, siginfo_t *info, void *uc);

__asm__(".text\n"
        ".globl host_enter\n"
        "host_enter:\n"
        "   push %rbx\n   push %rbp\n   push %r12\n   push %r13\n   push %r14\n   push %r15\n"
        "   sub $8, %rsp\n"
        "   mov %rsp, host_state(%rip)\n"
        "   mov 56+host_state(%rip), %es\n"
        "   mov 62+host_state(%rip), %ds\n"
        "   mov 64+host_state(%rip), %fs\n"
        "   mov 66+host_state(%rip), %gs\n"
        "   cmpl $0, 80+host_state(%rip)\n"
        "   jne 1f\n"
        "   pushq 48+host_state(%rip)\n"
        "   popfq\n"
        "   mov 8+host_state(%rip), %eax\n"
        "   mov 12+host_state(%rip), %ecx\n"
        "   mov 16+host_state(%rip), %edx\n"
        "   mov 20+host_state(%rip), %ebx\n"
        "   mov 28+host_state(%rip), %ebp\n"
        "   mov 32+host_state(%rip), %esi\n"
        "   mov 36+host_state(%rip), %edi\n"
        "   mov 60+host_state(%rip), %ss\n"
        "   mov 24+host_state(%rip), %esp\n"
        "   ljmp *40+host_state(%rip)\n"
        "1: movzwl 60+host_state(%rip), %eax\n"
        "   push %rax\n"
        "   mov 24+host_state(%rip), %eax\n"
        "   push %rax\n"
        "   pushq 48+host_state(%rip)\n"
        "   movzwl 44+host_state(%rip), %eax\n"
        "   push %rax\n"
        "   mov 40+host_state(%rip), %eax\n"
        "   push %rax\n"
        "   mov 8+host_state(%rip), %eax\n"
        "   mov 12+host_state(%rip), %ecx\n"
        "   mov 16+host_state(%rip), %edx\n"
        "   mov 20+host_state(%rip), %ebx\n"
        "   mov 28+host_state(%rip), %ebp\n"
        "   mov 32+host_state(%rip), %esi\n"
        "   mov 36+host_state(%rip), %edi\n"
        "   iretq\n"
        ".globl host_signal\n"
        "host_signal:\n"     /* on the alternate stack; nothing returns from here ... */
        "   cmp $14, %edi\n" /* ... but the timer, when it finds us outside (ucontext: CS) */
        "   jne 1f\n"
        "   testb $4, 184(%rdx)\n"
        "   jnz 1f\n"
        "   ret\n"
        "1: pushq $2\n" /* AC would break compiled code, NT the next IRET */
        "   popfq\n"
        "   mov %es, 56+host_state(%rip)\n"
        "   mov %ds, 62+host_state(%rip)\n"
        "   mov %fs, 64+host_state(%rip)\n"
        "   mov %gs, 66+host_state(%rip)\n"
        "   mov %edi, 68+host_state(%rip)\n"
        "   mov %rdx, %rbx\n"
        "   xor %eax, %eax\n"
        "   mov %eax, %ds\n   mov %eax, %es\n   mov %eax, %fs\n   mov %eax, %gs\n"
        "   mov $158, %eax\n" /* arch_prctl(ARCH_SET_FS) */
        "   mov $0x1002, %edi\n"
        "   mov 72+host_state(%rip), %rsi\n"
        "   syscall\n"
        "   mov %rbx, %rdi\n"
        "   mov host_state(%rip), %rsp\n"
        "   cld\n"
        "   call host_collect\n"
        "   add $8, %rsp\n"
        "   pop %r15\n   pop %r14\n   pop %r13\n   pop %r12\n   pop %rbp\n   pop %rbx\n"
        "   ret\n");

void host_collect(ucontext_t *uc)
{
    const greg_t *g = uc->uc_mcontext.gregs;
    static const int order[8] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX,
                                 REG_RSP, REG_RBP, REG_RSI, REG_RDI};
    for (int n = 0; n < 8; n++)
        hs.r[n] = (u32)g[order[n]];
    hs.eip = (u32)g[REG_RIP];
    hs.rflags = (u64)g[REG_EFL];
    hs.seg[1] = (u16)g[REG_CSGSFS];
    hs.seg[2] = (u16)((u64)g[REG_CSGSFS] >> 48);
    event.vector = (u32)g[REG_TRAPNO];
    event.error = (u32)g[REG_ERR];
    event.cr2 = (u32)g[REG_CR2];
}

/* ---- getting ready --------------------------------------------------------------------------- */

/* The local table: `contents` 0 data, 1 data that expands down, 2 code, 3 conforming code. */
static const struct {
    u32 base, limit;
    u8 big, contents, read_only, pages, absent;
} table[] = {
    {HOST_CODE, 0xFFFF, 1, 2, 0, 0, 0},  {HOST_CODE, 0xFFFF, 0, 2, 0, 0, 0},
    {HOST_DATA, 0xFFFF, 1, 0, 0, 0, 0},  {HOST_STACK, 0xFFFF, 1, 0, 0, 0, 0},
    {HOST_STACK, 0xFFFF, 0, 0, 0, 0, 0}, {HOST_DATA, 0x1FF, 1, 0, 0, 0, 0},
    {HOST_DATA, 0xFFFF, 1, 0, 1, 0, 0},  {HOST_DATA, 0xFFF, 0, 1, 0, 0, 0},
    {HOST_CODE, 0xFFFF, 1, 2, 1, 0, 0},  {HOST_DATA, 0xFFFF, 1, 0, 0, 0, 1},
    {HOST_CODE, 0xFFFF, 1, 2, 0, 0, 1},  {HOST_CODE, 0xFFFF, 1, 3, 0, 0, 1},
    {HOST_CODE, 0x1FF, 0, 2, 0, 0, 0},   {HOST_DATA, 0xF, 1, 0, 0, 1, 0},
    {HOST_CODE, 0xFFFF, 1, 0, 0, 0, 0},
};

static bool make_segments(const char **why)
{
    for (size_t n = 0; n < ARRAY_LEN(table); n++) {
        struct user_desc d = {
            .entry_number = (unsigned)n,
            .base_addr = table[n].base,
            .limit = table[n].limit,
            .seg_32bit = table[n].big,
            .contents = table[n].contents,
            .read_exec_only = table[n].read_only,
            .limit_in_pages = table[n].pages,
            .seg_not_present = table[n].absent,
        };
        if (syscall(SYS_modify_ldt, 0x11, &d, sizeof d)) {
            *why = "modify_ldt() refuses segments";
            return false;
        }
    }
    return true;
}

/* 32-bit system calls become SIGSYS. */
static bool bar_the_kernel(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {ARRAY_LEN(code), code};
    return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
           !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static bool catch_signals(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
    stack_t stack = {.ss_size = 1 << 16};
    stack.ss_sp =
        mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack.ss_sp == MAP_FAILED || sigaltstack(&stack, NULL))
        return false;
    struct sigaction sa = {.sa_sigaction = host_signal,
                           .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    for (size_t n = 0; n < ARRAY_LEN(signals); n++)
        if (sigaction(signals[n], &sa, NULL))
            return false;
    sa.sa_flags |= SA_RESTART;
    struct itimerval every = {{0, 50000}, {0, 50000}};
    return !sigaction(SIGALRM, &sa, NULL) && !setitimer(ITIMER_REAL, &every, NULL);
}

bool host_init(const char **why)
{
    if (mmap(area, SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_POPULATE, -1, 0) != area) {
        *why = "no memory at 10000h: see vm.mmap_min_addr";
        return false;
    }
    memset(area, GOLDEN_FILL, SIZE);
    memset(image, GOLDEN_FILL, SIZE);
    *why = "no signals, or no seccomp filter";
    if (syscall(SYS_arch_prctl, ARCH_GET_FS, &hs.fs_base))
        return false;
    cpu_set_t first;
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    sched_setaffinity(0, sizeof first,
                      &first); /* without it, LSL of the kernel's last descriptor varies */
    return make_segments(why) && catch_signals() && bar_the_kernel();
}

/* ---- the same for our processor -------------------------------------------------------------- */

enum { GDT = 0x1000, LDT = 0x1800, TSS = 0x1C00, DIRECTORY = 0x2000, TABLE = 0x3000 };

static u16 attr_of(int n)
{
    u16 a = ATTR_S | ATTR_A | ATTR_DPL;
    if (!table[n].absent)
        a |= ATTR_P;
    if (table[n].contents >= 2)
        a |= ATTR_CODE;
    if (table[n].contents & 1)
        a |= ATTR_E; /* or conforming: the same bit */
    if (!table[n].read_only)
        a |= ATTR_W; /* or readable */
    return (u16)(a | (table[n].big ? ATTR_DB : 0) | (table[n].pages ? ATTR_G : 0));
}

static void put_desc(GoldenSetup *s, u32 at, u32 base, u32 limit, u16 attr)
{
    u32 lo = (limit & 0xFFFF) | base << 16;
    u32 hi = (base >> 16 & 0xFF) | (attr & 0xFFu) << 8 | (limit & 0xF0000) | (attr & 0xF00u) << 12 |
             (base & 0xFF000000);
    for (u32 n = 0; n < 4; n++) {
        golden_put(&s->mem, at + n, (u8)(lo >> 8 * n));
        golden_put(&s->mem, at + 4 + n, (u8)(hi >> 8 * n));
    }
}

static void put_seg(GoldenSetup *s, int word, u16 sel)
{
    int n = sel >> 3;
    u32 limit = table[n].pages ? table[n].limit << 12 | 0xFFF : table[n].limit;
    u32 w[4] = {sel, table[n].base, limit, attr_of(n)};
    memcpy(s->reg + word, w, sizeof w);
}

static void put_dword(GoldenSetup *s, u32 at, u32 v)
{
    for (u32 n = 0; n < 4; n++)
        golden_put(&s->mem, at + n, (u8)(v >> 8 * n));
}

/* Every page at its own address, accessed and dirty already; system tables for ring 0 only. */
static void put_pages(GoldenSetup *s)
{
    enum { P = 1, W = 2, U = 4, A = 0x20, D = 0x40 };
    put_dword(s, DIRECTORY, TABLE | P | W | U | A);
    for (u32 la = 0; la < HOST_END; la += 0x1000) {
        u32 off = la & 0xFFFF, rights = P | W | A | D;
        if (la >= HOST_CODE)
            rights |= U;
        if (la >= HOST_CODE && off == HOST_READ_ONLY)
            rights &= ~(u32)W;
        put_dword(s, TABLE + la / 0x1000 * 4,
                  la >= HOST_CODE && off == HOST_ABSENT ? 0 : la | rights);
    }
    s->reg[G_CR0] |= CR0_PG;
    s->reg[G_CR3] = DIRECTORY;
}

void host_setup(GoldenSetup *s, bool code32, bool stack32, bool paged)
{
    memset(s, 0, sizeof *s);
    snprintf(s->name, sizeof s->name, "user%d-stack%d%s", code32 ? 32 : 16, stack32 ? 32 : 16,
             paged ? "-paged" : "");
    golden_reset_state(s->reg);
    /* the kernel's own segments are of ring 0 and look alike from ring 3 */
    for (u32 n = 0; n < 16; n++)
        put_desc(s, GDT + 8 * n, 0, 0, n >= 1 && n <= 3 ? ATTR_P | ATTR_S | ATTR_A | ATTR_W : 0);
    put_desc(s, GDT + 8 * 4, 0, 0xFFFFF, 0xCFB); /* ... but for those of its user programs */
    put_desc(s, GDT + 8 * 5, 0, 0xFFFFF, 0xCF3);
    put_desc(s, GDT + 8 * 6, 0, 0xFFFFF, 0xAFB);
    put_desc(s, GDT + 8 * 15, 0, 0,
             0x4F5); /* its limit is the number of the processor: see host_init() */
    for (size_t n = 0; n < ARRAY_LEN(table); n++)
        put_desc(s, LDT + 8 * (u32)n, table[n].base, table[n].limit, attr_of((int)n));
    golden_put(&s->mem, TSS + 0x66, 0x68); /* no I/O bitmap */
    golden_put(&s->mem, TSS + 0x67, 0);
    u32 *r = s->reg;
    r[G_GDTR] = GDT;
    r[G_GDTR + 1] = 0x7F;
    r[G_IDTR + 1] = 0;
    memcpy(r + G_LDTR, (u32[]){0x50, LDT, sizeof table / sizeof *table * 8 - 1, ATTR_P | 2}, 16);
    memcpy(r + G_TR, (u32[]){0x40, TSS, 0x67, ATTR_P | 11}, 16);
    r[G_CR0] = CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_AM;
    r[G_CPL] = 3;
    put_seg(s, G_CS, code32 ? SEL_CODE32 : SEL_CODE16);
    put_seg(s, G_SS, stack32 ? SEL_STACK32 : SEL_STACK16);
    put_seg(s, G_DS, SEL_DATA);
    put_seg(s, G_ES, SEL_DATA);
    put_seg(s, G_FS, SEL_SMALL);
    put_seg(s, G_GS, SEL_READ_ONLY);
    static const u32 general[8] = {0x11112222, 0x33334444, 0x55556666, 0x180,
                                   0x800,      0x900,      0x100,      0x140};
    memcpy(r, general, sizeof general);
    r[G_EIP] = 0x1000;
    r[G_EFLAGS] = 0x202;
    if (paged)
        put_pages(s);
}

/* ---- running --------------------------------------------------------------------------------- */

static void put_bytes(const GoldenMem *m, u8 *where)
{
    for (u32 n = 0; n < m->count; n++)
        if (m->byte[n].addr - HOST_CODE < SIZE)
            where[m->byte[n].addr - HOST_CODE] = m->byte[n].value;
}

static void load_memory(const GoldenTest *t)
{
    if (t->setup != setup_in_image) {
        setup_in_image = t->setup;
        memset(image, GOLDEN_FILL, SIZE);
        if (t->setup)
            put_bytes(&t->setup->mem, image);
        memcpy(area, image, SIZE);
    }
    u32 at = t->before[G_CS + 1] + t->before[G_EIP] - HOST_CODE;
    for (u32 n = 0; n < t->code_len; n++)
        area[at + n] = t->code[n];
    put_bytes(&t->mem, area);
    memcpy(before, area, SIZE);
}

static void load_registers(const GoldenTest *t)
{
    memcpy(hs.r, t->before, sizeof hs.r);
    hs.eip = t->before[G_EIP];
    hs.cs = (u16)t->before[G_CS];
    hs.rflags = t->before[G_EFLAGS];
    for (int n = 0; n < 6; n++)
        hs.seg[n] = (u16)t->before[G_ES + 4 * n];
    hs.trap = hs.rflags & TF;
}

static bool vector_has_error(u32 v)
{
    return v == 8 || (v >= 10 && v <= 14) || v == 17;
}

static void take_registers(GoldenTest *t)
{
    memcpy(t->after, t->before, sizeof t->after);
    memcpy(t->after, hs.r, sizeof hs.r);
    t->after[G_EIP] = hs.eip;
    t->after[G_EFLAGS] = (u32)hs.rflags & ~(u32)RF;
    if (event.vector == 14)
        t->after[G_CR2] = event.cr2;
    t->selector_only = 0;
    for (int n = 0; n < 6; n++) {
        u32 *sel = &t->after[G_ES + 4 * n];
        if (*sel == hs.seg[n])
            continue;
        *sel = hs.seg[n];
        for (int k = 0; golden_regs[k].name; k++)
            if (golden_regs[k].word == G_ES + 4 * n)
                t->selector_only |= 1ull << k;
    }
}

/* Did it end at the HLT that fills memory? */
static bool at_end(const GoldenTest *t)
{
    u32 from = t->before[G_EIP], at = hs.eip & 0xFFFF;
    if (event.vector != 13 || event.error)
        return false;
    if (hs.seg[1] >> 3 >= ARRAY_LEN(table) || table[hs.seg[1] >> 3].contents != 2)
        return false;
    return area[at] == GOLDEN_FILL && (at != (from & 0xFFFF)) && hs.eip <= 0xFFFF;
}

/* Closes the pages that setups with paging close, or opens them. */
static void protect(bool on)
{
    for (u32 la = 0; la < SIZE; la += 0x10000) {
        int all = PROT_READ | PROT_WRITE | PROT_EXEC;
        if (mprotect(area + la + HOST_ABSENT, 0x1000, on ? PROT_NONE : all) ||
            mprotect(area + la + HOST_READ_ONLY, 0x1000, on ? PROT_READ | PROT_EXEC : all))
            panic("mprotect() fails");
    }
}

/* A page fault that the program's page tables explain. */
static bool own_page_fault(const GoldenTest *t)
{
    u32 page = event.cr2 & 0xF000;
    return t->before[G_CR0] & CR0_PG && event.cr2 - HOST_CODE < SIZE &&
           (page == HOST_ABSENT || page == HOST_READ_ONLY);
}

bool host_run(GoldenTest *t)
{
    bool paged = t->before[G_CR0] & CR0_PG;
    load_memory(t);
    load_registers(t);
    if (paged)
        protect(true);
    host_enter();
    if (paged)
        protect(false);
    take_registers(t);
    t->exception = -1;
    t->has_error = false;
    t->error = 0;
    if (!(hs.seg[1] & 4) || hs.signal == SIGSYS || hs.signal == SIGALRM || event.vector > 31 ||
        (event.vector == 14 && !own_page_fault(t)))
        return false;
    if (!at_end(t)) {
        t->exception = (int)event.vector;
        t->has_error = vector_has_error(event.vector);
        t->error = t->has_error ? event.error : 0;
        if (event.vector == 14)
            t->error &= 7; /* no-execute has a bit of its own on the host */
    }
    return true;
}

const u8 *host_memory(void)
{
    return area;
}

void host_changes(GoldenTest *t)
{
    t->changed.count = 0;
    for (u32 n = 0; n < SIZE; n += 4096) {
        if (!memcmp(area + n, before + n, 4096))
            continue;
        for (u32 k = n; k < n + 4096; k++)
            if (area[k] != before[k])
                golden_put(&t->changed, HOST_CODE + k, area[k]);
    }
}

void host_clear(void)
{
    memcpy(area, image, SIZE);
}

#else

bool host_init(const char **why)
{
    *why = "not an x86-64 with Linux, or a sanitizer build";
    return false;
}
void host_setup(GoldenSetup *s, bool code32, bool stack32, bool paged)
{
    memset(s, 0, sizeof *s);
}
bool host_run(GoldenTest *t)
{
    return false;
}
const u8 *host_memory(void)
{
    return NULL;
}
void host_changes(GoldenTest *t)
{
}
void host_clear(void)
{
}
#endif
