"""What a person types at the debugger's prompt; prints TAP lines. Run in a directory with guest.bin and guest.map."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "common"))
from terminal import Terminal, ok  # noqa: E402

PROGRAM = sys.argv[1]
MACHINE = [PROGRAM, "-config", "none", "-m", "1", "-entry", "0:7c00", "-display", "none", "-S", "-dbg"]
PROMPT = rb"\(glass86\) $"
CTRL_C, CTRL_D, CTRL_R, CTRL_U, UP = b"\x03", b"\x04", b"\x12", b"\x15", b"\x1b[A"


def start(guest="guest.bin"):
    t = Terminal(MACHINE + ["-load", guest + "@0:7c00"])
    return t, t.answers(b"", PROMPT)


def check(t, name, keys, pattern):
    ok(name, t.answers(keys, pattern), t.all[-300:])


def says(t, name, line, pattern):
    """The line is entered, the answer matches, and the prompt comes again."""
    check(t, name, line + b"\r", pattern + b".*" + PROMPT)


def completion(t):
    for name, keys, want in (
            ("a command", b"wal\t", rb"walk "),
            ("the second word of a command", b"info fau\t", rb"info faults "),
            ("a register", b"p $ea\t", rb"\$eax")):
        check(t, f"Tab completes {name}", keys, want)
        t.send(CTRL_U)
    says(t, "Tab completes a file", b"sym guest.m\t", rb"guest\.map.* symbols")
    says(t, "Tab completes a symbol", b"b cou\t", rb"b count.*<count>")
    check(t, "two Tabs list what there is", b"bp\t\t", rb"bptext")
    t.send(CTRL_U)


def running(t):
    says(t, "continue stops at the breakpoint", b"c", rb"<count>")
    t.answers(b"d\r", PROMPT)
    says(t, "a step", b"si", rb"<count\+")
    says(t, "an empty line repeats it", b"", rb"<count\+")


def interrupted():
    """Ctrl-C, while an endless loop runs and while a line is typed."""
    t, _ = start("loop.bin")
    for _ in range(2):
        t.answers(b"c\r", rb"\n")
        time.sleep(0.2)
        check(t, "Ctrl-C stops the machine", CTRL_C, rb"interrupted.*" + PROMPT)
        t.answers(b"half a comm", rb"comm")
        check(t, "Ctrl-C forgets a line", CTRL_C, PROMPT)
    says(t, "and the next one is carried out", b"p $eip", rb"0x7c00\)")
    t.send(b"q\r")
    ok("quit, status 0", t.finish() == 0, t.all[-200:])


def main():
    interrupted()
    t, there = start()
    ok("the prompt appears", there, t.all)
    completion(t)
    running(t)
    says(t, "an expression", b"p 86*1000+486", rb"86486")
    t.send(CTRL_D)
    ok("Ctrl-D ends it, status 0", t.finish() == 0, t.all[-200:])
    ok("and leaves the terminal as it was", t.restored())

    t, _ = start()
    check(t, "the next session remembers the last line", UP, rb"p 86\*1000\+486")
    t.answers(CTRL_U + CTRL_R + b"guest", rb"guest")
    says(t, "and can be searched", b"", rb" symbols")
    t.send(b"q\r")
    ok("quit, status 0", t.finish() == 0, t.all[-200:])


main()
