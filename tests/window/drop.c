/* drop.c: drops a file on a window, as a file manager does when the user lets go of the mouse
 * (XDND, version 5): drop WINDOW FILE. Ends with status 0 when the window said that it took it. */
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

int main(int argc, char **argv)
{
    char path[4096];
    x = XOpenDisplay(NULL);
    if (argc != 3 || !x || !realpath(argv[2], path))
        return 2;
    target = strtoul(argv[1], NULL, 0);
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
