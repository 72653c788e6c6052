"""Every command of the debugger, through the command line, -monitor and the gdb protocol.
doors.txt says what to try. Run in a directory with guest.bin, guest.map and floppy.img; output is TAP."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "common"))
from door import Door  # noqa: E402
from tap import finish, result  # noqa: E402

program, table = sys.argv[1:3]
ARGS = [program, "-config", "none", "-m", "1", "-load", "guest.bin@0:7c00", "-entry", "0:7c00"]


class Monitor(Door):
    PROMPT = "(glass86) "

    def __init__(self):
        super().__init__(ARGS, "-monitor")

    def ask(self, line, expect=None):
        self.send(line)
        text = self.read("(?m)" + re.escape(self.PROMPT) + "|^>$")  # or that of a block
        if expect and not re.search(expect, text, re.M):
            text += self.read(f"(?m){expect}", seconds=5)
        return text

    def setup(self, line):
        moves = re.match(r"(c|si|ni|until|finish|rsi|rc)\b", line)
        self.ask(line, r"^[0-9a-f]{4}:[0-9a-f]{4,8} ?.*\n" if moves else None)


class Gdb(Door):
    def __init__(self):
        super().__init__(ARGS, "-gdb")
        self.buffer = b""
        self.packet("qSupported:swbreak+;hwbreak+")
        self.packet("QStartNoAckMode")
        self.ack = False

    ack = True

    def send(self, text):
        data = text.encode("latin-1")
        self.socket.sendall(b"$" + data + b"#%02x" % (sum(data) & 255))

    def receive(self):
        while True:
            found = re.search(rb"\$([^#]*)#..", self.buffer, re.S)
            if found:
                self.buffer = self.buffer[found.end():]
                if self.ack:
                    self.socket.sendall(b"+")
                return found.group(1).decode("latin-1")
            data = self.socket.recv(65536)
            if not data:
                return "E99"
            self.buffer += data

    def packet(self, text):
        """The reply; what a stop says (O packets) comes before it."""
        self.send(text)
        answer = self.receive()
        while answer.startswith("O") and answer != "OK":
            answer = self.receive()
        return answer

    def ask(self, line, expect=None):
        self.send("qRcmd," + line.encode().hex())
        text = ""
        while True:
            try:
                answer = self.receive()
            except OSError:
                return text
            if answer == "OK" or answer.startswith("E"):
                return text
            hexa = answer[1:] if answer.startswith("O") else answer
            text += bytes.fromhex(hexa).decode("utf-8", "replace")
            if not answer.startswith("O"):
                return text

    def setup(self, line):
        words = line.split()
        if words[0] == "c":
            self.packet("c")
        elif words[0] == "si":
            for _ in range(int(words[1]) if len(words) > 1 else 1):
                self.packet("s")
        elif words[0] == "until":
            self.ask("tb " + words[1])
            self.packet("c")
        else:
            self.ask(line)


def by_script(lines):
    with open("door.cmd", "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    done = subprocess.run(ARGS + ["-batch", "-x", "door.cmd"], stdin=subprocess.DEVNULL, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout.decode("utf-8", "replace")


def try_row(name, setup, line, expect, expect_gdb):
    text = by_script(setup + [line])
    result(re.search(expect, text, re.M), f"{name}: command line", text)
    for door, want in ((Monitor, expect), (Gdb, expect_gdb)):
        m = door()
        try:
            for s in setup:
                m.setup(s)
            text = m.ask(line, want)
        finally:
            m.close()
        result(re.search(want, text, re.M), f"{name}: {door.__name__.lower()}", text)


def parse(text):
    """The columns are divided by ` | `, so that regular expressions may have | without blanks."""
    part = [p.strip() for p in text.rstrip("\n").split(" |")]
    setup = [s.strip() for s in part[1].split(" ; ") if s.strip()]
    return part[0], setup, part[2], part[3], part[4] if len(part) > 4 else part[3]


def main():
    with open("one.cmd", "w", encoding="utf-8") as f:
        f.write("echo sourced\\n\n")
    manual = subprocess.run([program, "-config", "none", "-help-debugger"], stdout=subprocess.PIPE).stdout.decode()
    manual = manual[manual.index("\n## Running"):]
    known = set()
    for line in re.findall(r"(?m)^\| `(.*?)` \|", manual):
        words = line.split()
        known.add(" ".join(words[:2]) if words[0] in ("info", "dos", "save") else words[0])
    covered = set()
    for text in open(table, encoding="utf-8"):
        if text.strip() and not text.startswith("#"):
            row = parse(text)
            covered.add(row[0])
            try_row(*row)
    for name in sorted(known - covered):
        result(False, f"the command `{name}` is tried through every door (add it to doors.txt)")
    result(not covered - known, "doors.txt names commands that there are", str(covered - known))
    finish()


main()
