/* desktop.c: what a desktop does to a window, and xdotool does not:
 *
 *   desktop drop WINDOW FILE   drops a file on it, as a file manager does when the user lets go of
 *                              the mouse (XDND, version 5); status 0: the window took it
 *   desktop close WINDOW       its close button (WM_DELETE_WINDOW)
 *   desktop away               another window takes the keyboard for a second */
#include <X11/Xatom.h>
#include <X11/Xlib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Display *x;
static Window self, target;
static char list[5000];

static Atom atom(const char *name)
{
    return XInternAtom(x, name, False);
}

static void send(const char *type, long b, long c, long d, long e)
{
    XEvent m = {0};
    m.xclient.type = ClientMessage;
    m.xclient.window = target;
    m.xclient.message_type = atom(type);
    m.xclient.format = 32;
    long data[5] = {(long)self, b, c, d, e};
    memcpy(m.xclient.data.l, data, sizeof data);
    XSendEvent(x, target, False, NoEventMask, &m);
    XFlush(x);
}

/* The target asks for what is being dropped. */
static void answer(const XSelectionRequestEvent *r)
{
    XEvent m = {0};
    m.xselection.type = SelectionNotify;
    m.xselection.requestor = r->requestor;
    m.xselection.selection = r->selection;
    m.xselection.target = r->target;
    m.xselection.property = r->property;
    m.xselection.time = r->time;
    XChangeProperty(x, r->requestor, r->property, r->target, 8, PropModeReplace,
                    (unsigned char *)list, (int)strlen(list));
    XSendEvent(x, r->requestor, False, NoEventMask, &m);
    XFlush(x);
}

static int drop(const char *file)
{
    char path[4096];
    if (!realpath(file, path))
        return 2;
    snprintf(list, sizeof list, "file://%s\r\n", path);
    self = XCreateSimpleWindow(x, DefaultRootWindow(x), 0, 0, 1, 1, 0, 0, 0);
    XSetSelectionOwner(x, atom("XdndSelection"), self, CurrentTime);
    send("XdndEnter", 5L << 24, (long)atom("text/uri-list"), 0, 0);
    send("XdndPosition", 0, 200L << 16 | 200, CurrentTime, (long)atom("XdndActionCopy"));
    alarm(20);
    for (;;) {
        XEvent e;
        XNextEvent(x, &e);
        if (e.type == SelectionRequest)
            answer(&e.xselectionrequest);
        else if (e.type == ClientMessage && e.xclient.message_type == atom("XdndStatus"))
            send("XdndDrop", 0, CurrentTime, 0, 0);
        else if (e.type == ClientMessage && e.xclient.message_type == atom("XdndFinished"))
            return e.xclient.data.l[1] & 1 ? 0 : 1;
    }
}

/* The sender of a request to close is the window manager, which names no window of its own. */
static int push_close_button(void)
{
    XEvent m = {0};
    m.xclient.type = ClientMessage;
    m.xclient.window = target;
    m.xclient.message_type = atom("WM_PROTOCOLS");
    m.xclient.format = 32;
    m.xclient.data.l[0] = (long)atom("WM_DELETE_WINDOW");
    m.xclient.data.l[1] = CurrentTime;
    int sent = XSendEvent(x, target, False, NoEventMask, &m);
    XSync(x, False);
    return sent ? 0 : 1;
}

static int take_keyboard(void)
{
    XEvent e;
    XSetWindowAttributes alone = {.override_redirect = True};
    self = XCreateWindow(x, DefaultRootWindow(x), 1200, 900, 50, 50, 0, CopyFromParent, InputOutput,
                         CopyFromParent, CWOverrideRedirect, &alone);
    XSelectInput(x, self, ExposureMask);
    XMapRaised(x, self);
    XWindowEvent(x, self, ExposureMask, &e);
    XSetInputFocus(x, self, RevertToPointerRoot, CurrentTime);
    XSync(x, False);
    sleep(1);
    return 0;
}

int main(int argc, char **argv)
{
    x = XOpenDisplay(NULL);
    if (argc < 2 || !x)
        return 2;
    target = argc > 2 ? strtoul(argv[2], NULL, 0) : 0;
    if (argc == 4 && !strcmp(argv[1], "drop"))
        return drop(argv[3]);
    if (argc == 3 && !strcmp(argv[1], "close"))
        return push_close_button();
    if (argc == 2 && !strcmp(argv[1], "away"))
        return take_keyboard();
    return 2;
}
