/* term.c: see term.h. The static variables are the state of the process's one terminal. */
#include "frontend/term.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios saved, raw_modes;
static volatile sig_atomic_t is_raw, quit_signal, resumed;
static const char *volatile goodbye;

bool term_present(void)
{
    return isatty(STDIN_FILENO);
}

bool term_write(int fd, const void *data, size_t n)
{
    const u8 *p = data;
    while (n) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EAGAIN) {
            /* a terminal that another process set to non-blocking */
            struct pollfd wait = {.fd = fd, .events = POLLOUT};
            poll(&wait, 1, 1000);
        } else if (done < 0 && errno != EINTR)
            return false;
        else if (done > 0) {
            p += done;
            n -= (size_t)done;
        }
    }
    return true;
}

bool term_raw(bool signals)
{
    static bool registered;
    if (!term_present())
        return false;
    if (!is_raw && tcgetattr(STDIN_FILENO, &saved))
        return false;
    raw_modes = saved;
    raw_modes.c_iflag &=
        ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    raw_modes.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | (signals ? 0 : ISIG));
    raw_modes.c_cc[VMIN] = 1;
    raw_modes.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &raw_modes))
        return false;
    is_raw = 1;
    if (!registered)
        atexit(term_restore);
    registered = true;
    return true;
}

void term_set_goodbye(const char *sequence)
{
    goodbye = sequence;
}

void term_restore(void)
{
    int error = errno;
    const char *text = goodbye;
    if (text)
        term_write(STDOUT_FILENO, text, strlen(text));
    goodbye = NULL;
    if (is_raw)
        tcsetattr(STDIN_FILENO, TCSANOW, &saved);
    is_raw = 0;
    errno = error;
}

void term_size(int *columns, int *rows)
{
    struct winsize w;
    *columns = 80;
    *rows = 25;
    if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) && w.ws_col && w.ws_row) {
        *columns = w.ws_col;
        *rows = w.ws_row;
    }
}

/* ---- signals ------------------------------------------------------------------------------- */

/* The second request while the first is not yet served means that something hangs. */
static void on_quit(int sig)
{
    if (quit_signal) {
        term_restore();
        signal(sig, SIG_DFL);
        raise(sig);
    }
    quit_signal = sig;
}

/* Installed with SA_RESETHAND: raising again ends the process with the right status and core
 * file. */
static void on_crash(int sig)
{
    term_restore();
    raise(sig);
}

static void on_suspend(int sig)
{
    int error = errno;
    bool was_raw = is_raw;
    const char *text = goodbye;
    term_restore();
    raise(SIGSTOP); /* continues here */
    goodbye = text;
    if (was_raw && !tcsetattr(STDIN_FILENO, TCSANOW, &raw_modes))
        is_raw = 1;
    resumed = 1;
    errno = error;
}

static void on_resize(int sig)
{
    resumed = 1;
}

static void handle(int sig, void (*fn)(int), int flags)
{
    struct sigaction a = {.sa_handler = fn, .sa_flags = flags};
    sigemptyset(&a.sa_mask);
    sigaction(sig, &a, NULL);
}

void term_handle_signals(void)
{
    static const int quits[] = {SIGINT, SIGTERM, SIGHUP};
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGQUIT};
    for (size_t i = 0; i < ARRAY_LEN(quits); i++)
        handle(quits[i], on_quit, 0);
    for (size_t i = 0; i < ARRAY_LEN(crashes); i++)
        handle(crashes[i], on_crash, (int)SA_RESETHAND);
    handle(SIGTSTP, on_suspend, SA_RESTART);
    handle(SIGWINCH, on_resize, SA_RESTART);
    handle(SIGPIPE, SIG_IGN, 0);
}

int term_quit_signal(void)
{
    return quit_signal;
}

void term_forget_signal(void)
{
    quit_signal = 0;
}

bool term_resumed(void)
{
    bool was = resumed;
    resumed = 0;
    return was;
}
