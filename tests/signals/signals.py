"""Ends glass86 by signals while it holds a terminal and a disk: the terminal must be as before, and what the guest wrote saved."""
import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "common"))
from terminal import WAIT, Terminal, ok  # noqa: E402

PROGRAM = sys.argv[1]
BASE = [PROGRAM, "-config", "none"]
DISK = ["-fda", "write.img", "-hda", "fat:12:disk", "-debugcon", "file:log"]
ENDS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]


def fresh_disk():
    shutil.rmtree("disk", ignore_errors=True)
    os.mkdir("disk")
    open("log", "w").close()


def guest_has_written():
    end = time.monotonic() + WAIT
    while os.path.getsize("log") == 0 and time.monotonic() < end:
        time.sleep(0.01)


def saved():
    return os.path.exists("disk/HELLO.NEW")


# No terminal: a run in the background.
for number in ENDS:
    fresh_disk()
    p = subprocess.Popen(BASE + ["-display", "none"] + DISK, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    guest_has_written()
    p.send_signal(number)
    said = p.stderr.read().decode()
    ok("%s: a run without a screen ends well, and the disk is flushed" % number.name, p.wait(WAIT) == 0 and saved(), said)

# Terminals. Ctrl-C in a terminal calls the debugger, so SIGINT does not end those.
modes = [("the screen in the terminal", ["-display", "text"], None, b"\x1b[?1049h"),
         ("a serial port on the terminal", ["-nographic"], None, None),
         ("the debugger's prompt", ["-display", "none", "-dbg"], b"c\n", b"(glass86)"),
         ("the full-screen view", ["-display", "none", "-dbg", "-tui"], b"c\n", b"\x1b[?1049h")]
for name, args, first, sign in modes:
    for number in ENDS[:2]:
        fresh_disk()
        t = Terminal(BASE + args + DISK)
        came = not sign or t.expect(sign)
        if first:
            t.send(first)
        guest_has_written()
        t.signal(number)
        status = t.finish()
        ok("%s in %s: ends well, the terminal is as before, the disk is flushed" % (number.name, name),
           came and status == 0 and t.restored() and saved(), "status %s, came %s, saved %s, %r" % (status, came, saved(), t.all[-300:]))

fresh_disk()
t = Terminal(BASE + ["-display", "text"] + DISK)
t.expect(b"\x1b[?1049h")
guest_has_written()
t.hang_up()
status = t.wait()
ok("the terminal's window is closed: the disk is flushed", status is not None and status >= 0 and saved(), status)

t = Terminal(BASE + ["-display", "text"])
t.expect(b"\x1b[?1049h")
t.signal(signal.SIGSEGV)
status = t.finish()
ok("a crash leaves the terminal as it was", status == -signal.SIGSEGV and t.restored(), "status %s %r" % (status, t.all[-200:]))

t = Terminal(BASE + ["-display", "text"])
t.expect(b"\x1b[?1049h")
t.signal(signal.SIGTSTP)
ok("stopped: the shell's screen is back", t.expect(b"\x1b[?1049l") and t.stopped())
t.signal(signal.SIGCONT)
ok("and goes on with its own", t.expect(b"\x1b[?1049h"))
t.signal(signal.SIGTERM)
ok("and ends", t.finish() == 0 and t.restored())

# What cannot be written any more does not keep it from ending.
fresh_disk()
r, w = os.pipe()
p = subprocess.Popen(BASE + ["-display", "none", "-serial", "stdio"] + DISK, stdin=subprocess.DEVNULL, stdout=w, stderr=subprocess.DEVNULL)
os.close(r)
os.close(w)
guest_has_written()
p.send_signal(signal.SIGTERM)
ok("a reader that is gone: the disk is flushed", p.wait(WAIT) is not None and saved())
