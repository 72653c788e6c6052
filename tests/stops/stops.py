"""Every kind of stop through the command line, -monitor and a real gdb. stops.txt says what to try.
Run in a directory with guest.bin and guest.map; output is TAP."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "common"))
from door import Door, connect  # noqa: E402
from tap import finish, result  # noqa: E402

program, table = sys.argv[1:3]
RAW = [program, "-config", "none", "-m", "1", "-load", "guest.bin@0:7c00", "-entry", "0:7c00"]
BOOT = [program, "-config", "none", "-m", "1", "-fda", "screen.img"]
ARGS = RAW  # of the machine that is tried
QUIET = {"stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
BLOCKS = ("commands", "hook-stop")
SEPARATOR = "=== "


class Row:
    def __init__(self, text):
        part = [p.strip() for p in text.rstrip("\n").split(" | ")]
        self.name, self.says, self.where = part[0], part[2], part[3]
        self.setup = [s.strip() for s in part[1].split(" ; ")]
        self.holds = part[4] if len(part) > 4 else "1"

    def after(self):
        """Asked at the stop: where it is, and whether what should hold does."""
        return ["info symbol", f'printf "holds %d\\n",({self.holds})!=0']

    def judge(self, door, text):
        there = self.where in (".", "-") or f"<{self.where}>" in text
        ok = re.search(self.says, text) and there and (self.where == "-" or "holds 1" in text)
        result(ok, f"{self.name}: {door}", text)


def by_script(row):
    with open("stop.cmd", "w", encoding="utf-8") as f:
        f.write("\n".join(["sym guest.map"] + row.setup + ["c"] + row.after()) + "\n")
    done = subprocess.run(ARGS + ["-batch", "-x", "stop.cmd"], stdin=subprocess.DEVNULL, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    row.judge("command line", done.stdout.decode("utf-8", "replace"))


# ---- the monitor ------------------------------------------------------------------------------

class Monitor(Door):
    PROMPT = r"\(glass86\) |>"
    STOOD = r"(?m)^(\(glass86\) )*[0-9a-f]{4}:[0-9a-f]{4,8} .*\n"  # the instruction at a stop

    def __init__(self):
        super().__init__(ARGS, "-monitor")

    def ask(self, line):
        self.send(line)
        return self.read(self.PROMPT)


def by_monitor(row):
    m = Monitor()
    try:
        text = m.ask("sym guest.map")
        for line in row.setup:
            got = m.ask(line)
            if line == "c" or line.startswith("si "):  # the block's `c` is not ours
                got = got if ">" in got else m.read(Monitor.STOOD, text=got)
            text += got
        m.send("c")
        text += m.read(row.says, Monitor.STOOD)
        for line in row.after():
            m.send(line)
        text += m.read(r"holds \d")
    finally:
        m.close()
    row.judge("monitor", text)


# ---- gdb --------------------------------------------------------------------------------------

GDB_START = ["set pagination off", "set confirm off", "set architecture i8086"]


def gdb_setup(row, index):
    """Blocks go through a file, since gdb has but one line for `monitor`."""
    lines, block = [], None
    for line in row.setup:
        if block is None and line.split()[0] not in BLOCKS:
            words = line.split()
            lines += ["continue"] if line == "c" else ["stepi " + words[1]] if words[0] == "si" else ["monitor " + line]
            continue
        block = (block or []) + [line]
        if line == "end":
            with open(f"block{index}.{len(lines)}", "w", encoding="utf-8") as f:
                f.write("\n".join(block) + "\n")
            lines.append(f"monitor source block{index}.{len(lines)}")
            block = None
    return lines


NATIVE = [
    # gdb's own commands, what is seen, where
    ("break", ["break *&count", "continue"], "Breakpoint 1, 0x0*{count:x}", "count"),
    ("tbreak", ["tbreak *&count", "continue"], "Temporary breakpoint", "count"),
    ("hbreak", ["hbreak *&called", "continue"], "Breakpoint \\d+, 0x0*{called:x}", "called"),
    ("break if", ["break *&count if $ecx == 2", "continue"], "Breakpoint \\d+, ", "count"),
    ("ignore", ["break *&count", "ignore $bpnum 3", "continue"], "Breakpoint \\d+, ", "count"),
    ("commands", ["break *&count", "commands", "silent", 'printf "seen %d\\n", $ecx', "end", "continue"], "seen 5", "count"),
    ("watch", ["watch *(unsigned char *)0x5000", "continue"], "New value = 66", "wrote"),
    ("rwatch", ["rwatch *(unsigned char *)0x5001", "continue"], "Value = 0", "read1"),
    ("awatch", ["awatch *(unsigned char *)0x5200", "continue"], "New value = 66", "copy"),
    ("watch, long", ["watch *(long *)0x5200", "continue"], "New value = 66", "copy"),
    ("stepi", ["stepi 4"], "0x0*7c08", "start+8"),
    ("stepi at a call", ["break *&again", "continue", "stepi"], "0x0*{count:x}", "count"),
]


def gdb_text(lines, seconds=60, meanwhile=None):
    with open("gdb.cmd", "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    with open("gdb.out", "wb") as out:
        p = subprocess.Popen(["gdb", "-nx", "-batch", "-x", "gdb.cmd"], stdin=subprocess.DEVNULL,
                             stdout=out, stderr=subprocess.STDOUT)
        try:
            if meanwhile:
                meanwhile(p)
            p.wait(seconds)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()
    with open("gdb.out", encoding="utf-8", errors="replace") as f:
        return f.read()


def symbols():
    found = {}
    for line in open("guest.map", encoding="utf-8"):
        words = line.split()
        if len(words) == 3 and re.fullmatch("[0-9A-F]+", words[1]):
            found[words[2]] = int(words[1], 16)
    return found


def pipe():
    return f"target remote | exec {' '.join(ARGS)} -display none -S -gdb stdio"


def attach(n):
    """Each stop has a machine of its own, behind a pipe."""
    return [f"echo {SEPARATOR}{n}\\n", pipe(), "monitor sym guest.map"]


def by_gdb(rows, native):
    known = symbols()
    lines = list(GDB_START)
    for i, row in enumerate(rows):
        lines += attach(i) + gdb_setup(row, i) + ["continue"]
        lines += ["monitor " + line for line in row.after()] + ["disconnect"]
    for i, (name, commands, _, where) in enumerate(native):
        commands = [re.sub(r"&(\w+)", lambda m: hex(known[m.group(1)]), c) for c in commands]
        lines += attach(len(rows) + i) + commands + ["monitor info symbol", "delete", "disconnect"]
    text = gdb_text(lines, 400)  # seconds; some with a sanitizer, on a busy host
    part = dict(re.findall(r"(?s)%s(\d+)\n(.*?)(?=%s|\Z)" % (SEPARATOR, SEPARATOR), text))
    for i, row in enumerate(rows):
        row.judge("gdb", part.get(str(i), text))
    for i, (name, commands, says, where) in enumerate(native):
        got = part.get(str(len(rows) + i), text)
        result(re.search(says.format(**known), got) and f"<{where}>" in got, "gdb's own " + name, got)


def left_alone():
    """Who leaves in the middle of a block or line leaves nothing to the next."""
    m = Monitor()
    m.ask("hook-stop")
    m.socket.sendall(b"half a line")
    m.socket.close()
    time.sleep(0.2)
    m.socket = connect("door")
    text = m.ask("info mode")
    m.close()
    result("real mode" in text, "the monitor forgets the block of who has gone", text)


# ---- Ctrl-C -----------------------------------------------------------------------------------

def endless():
    """The same guest, but it never ends: a jump to itself."""
    with open("guest.bin", "rb") as f:
        code = f.read()
    with open("loop.bin", "wb") as f:
        f.write(b"\xeb\xfe" + code[2:])
    return [a.replace("guest.bin", "loop.bin") for a in RAW]


def ctrl_c():
    p = subprocess.Popen(ARGS + ["-display", "none", "-dbg"], stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    p.stdin.write(b"echo ready\\n\nc\n")
    p.stdin.flush()
    text = b""
    while b"ready" not in text:
        text += os.read(p.stdout.fileno(), 4096)
    time.sleep(0.15)
    p.send_signal(signal.SIGINT)
    text += p.communicate(b"p $insn>0\nq\n", timeout=20)[0]
    result(b"interrupted" in text and b"1 (0x1)" in text, "Ctrl-C: command line", text.decode())
    m = Monitor()
    m.ask("c")
    text = m.ask("stop")
    text += m.ask("info mode")
    m.close()
    result("interrupted" in text and "real mode" in text, "Ctrl-C: monitor, where it is `stop`", text)
    if shutil.which("gdb"):

        def interrupt(gdb):
            for _ in range(200):
                time.sleep(0.02)
                with open("gdb.out", encoding="utf-8", errors="replace") as f:
                    if "running" in f.read():
                        break
            time.sleep(0.15)
            gdb.send_signal(signal.SIGINT)

        with open("goon", "w", encoding="utf-8") as f:
            f.write("commands\nc\nend\n")
        text = gdb_text(GDB_START + [pipe(), "monitor b 0x7c00 if $insn%100000==0", "monitor source goon", "echo running\\n", "continue",
                                     "monitor p $insn>0", "disconnect"], 20, interrupt)
        result("SIGINT" in text and "1 (0x1)" in text, "Ctrl-C: gdb, also with a breakpoint that goes on", text)


def try_all(rows, native):
    for row in rows:
        by_script(row)
        by_monitor(row)
    if shutil.which("gdb"):
        by_gdb(rows, native)
    else:
        result(True, "gdb # SKIP no gdb")


def main():
    global ARGS
    rows = [Row(t) for t in open(table, encoding="utf-8") if t.strip() and not t.startswith("#")]
    try_all(rows, NATIVE)
    left_alone()
    ARGS = BOOT
    try_all([Row("text on the screen | bptext Hel+o | `Hello` on the screen | .")], [])
    ARGS = endless()
    ctrl_c()
    finish()


main()
