"""Runs glass86 -sandbox on in every way that docs/sandbox.md says works; prints TAP lines."""
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "common"))
from terminal import WAIT, Terminal, ok  # noqa: E402

PROGRAM = sys.argv[1]
BASE = [PROGRAM, "-config", "none", "-sandbox", "on"]


def run(*args, text=""):
    r = subprocess.run(BASE + list(args), input=text, capture_output=True, text=True, timeout=WAIT)
    return r.returncode, r.stdout + r.stderr


status, out = run("-display", "none", "-timeout", "0.1")
if "leave -sandbox out" in out or "only on Linux" in out:
    print("ok 1 - sandbox # SKIP " + out.strip().splitlines()[-1])
    sys.exit(0)
plain = subprocess.run([PROGRAM, "-config", "none", "-display", "none", "-timeout", "0.5", "-hash"],
                       capture_output=True, text=True, timeout=WAIT).stdout.splitlines()[-1]
ok("the guest sees no difference", plain in run("-display", "none", "-timeout", "0.5", "-hash")[1])

# ---- results that the options name -------------------------------------------------------------

os.mkdir("states")
os.mkdir("disk")
with open("disk/hello.txt", "w") as f:
    f.write("hello\n")
status, out = run("-display", "none", "-timeout", "0.2", "-screendump", "s.png", "-stats", "s.json", "-savevm-at", "5000,states/a",
                  "-record", "run.log", "-d", "int", "-D", "int.log", "-serial", "file:com1", "-hda", "fat:disk", "-audio", "wav:s.wav")
ok("results are written", status == 124 and all(os.path.getsize(f) for f in ("s.png", "s.json", "states/a", "run.log", "s.wav")), out)
status, out = run("-display", "none", "-loadvm", "states/a", "-hda", "fat:disk", "-timeout", "0.2")
ok("a state is loaded", status == 124, out)

# ---- what is refused, in a line -----------------------------------------------------------------

refused = ["dump x.bin 0,+16", "savevm x.state", "loadvm /etc/passwd", "source /etc/passwd", "change fda /etc/passwd", "fork /etc/hostname x",
           "migrate tcp:127.0.0.1:1", "screendump x.png", "restore /etc/passwd 0x500", "trace on file x.trace", "sym /etc/passwd",
           "save breakpoints x.gdb"]
for command in refused:
    status, out = run("-display", "none", "-batch", "-ex", command)
    ok("refused: " + command, "-sandbox on leaves only what the options name" in out, out)
ok("nothing was written", sorted(os.listdir(".")) == sorted(["states", "disk", "s.png", "s.json", "run.log", "int.log", "com1", "s.wav"]),
   os.listdir("."))
status, out = run("-display", "none", "-batch", "-savevm-at", "9999999,states/x", "-ex", "savevm states/y", "-ex", "loadvm states/y")
ok("the debugger saves where -savevm-at does", os.path.exists("states/y") and "leaves only" not in out, out)
status, out = run("-display", "none", "-batch", "-ex", "info registers", "-ex", "si 5", "-ex", "x/4i $eip", "-ex", "rsi 2", "-ex", "screen")
ok("the debugger works", status == 0 and "eip" in out, out)

# ---- a guest writes to its folder ----------------------------------------------------------------

guest = os.path.join(os.path.dirname(__file__), "write.asm")
if shutil.which("nasm"):
    subprocess.run(["nasm", "-f", "bin", "-o", "write.img", guest], check=True)
    status, out = run("-display", "none", "-fda", "write.img", "-hda", "fat:12:disk", "-device", "isa-debug-exit", "-timeout", "20")
    ok("a guest's new name appears in fat:DIR", status == 1 and os.path.exists("disk/HELLO.NEW"), "%s %s %s" % (status, out, os.listdir("disk")))
else:
    print("ok a guest's new name appears in fat:DIR # SKIP no nasm")

# ---- terminals, sockets --------------------------------------------------------------------------


def in_terminal(args, steps):
    """Runs in a pseudo terminal; steps are (text that must come, what to send then: bytes or a signal)."""
    t = Terminal(BASE + args)
    for want, send in steps:
        if not t.expect(want):
            t.signal(signal.SIGKILL)
            break
        t.signal(send) if isinstance(send, int) else t.send(send)
    return t.finish()


ok("-display text", in_terminal(["-display", "text"], [(b"\x1b[", signal.SIGTERM)]) == 0)
ok("the debugger's console edits lines",
   in_terminal(["-display", "none", "-dbg"], [(b"(glass86)", b"info modx\x7fe\n"), (b"real", b"q\n")]) == 0)
ok("the full-screen view opens", in_terminal(["-display", "none", "-dbg"], [(b"(glass86)", b"layout tui\n"), (b"eip", b"q\n")]) == 0)


def talk(path, text, want):
    end = time.time() + WAIT
    s = socket.socket(socket.AF_UNIX)
    while time.time() < end:
        try:
            s.connect(path)
            break
        except OSError:
            time.sleep(0.05)
    s.sendall(text)
    s.settimeout(WAIT)
    got = b""
    while want not in got:
        more = s.recv(4096)
        if not more:
            break
        got += more
    s.close()
    return want in got


for name, args, text, want in (("gdb", ["-gdb"], b"$g#67", b"$"), ("-monitor", ["-monitor"], b"info registers\n", b"eip")):
    p = subprocess.Popen(BASE + ["-display", "none", "-S"] + args + ["unix:%s.sock,server" % name.strip("-")], stderr=subprocess.DEVNULL)
    ok(name + " connects after the start", talk("%s.sock" % name.strip("-"), text, want))
    p.terminate()
    ok(name + ": SIGTERM ends it", p.wait(WAIT) == 0, p.returncode)

# ---- the window ------------------------------------------------------------------------------------

os.environ["SDL_AUDIODRIVER"] = "dummy"
os.environ["SDL_VIDEODRIVER"] = "dummy"
status, out = run("-display", "sdl", "-timeout", "0.5", "-speed", "max")
if "has no window" in out:
    print("ok a window # SKIP this build has no SDL")
else:
    ok("a window", status == 124, out)
