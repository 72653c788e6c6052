"""`dos int21 on`: calls.txt as one script of the debugger, and a name for every function. Output is TAP."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "common"))
from tap import finish, result  # noqa: E402

program, table = sys.argv[1:3]


def run(commands):
    with open("calls.cmd", "w", encoding="utf-8") as f:
        f.write("\n".join(["sym calls.map", "until call21", "dos int21 on"] + commands) + "\n")
    done = subprocess.run([program, "-config", "none", "-batch", "-m", "1", "-load", "calls.bin@0:7c00", "-entry", "0:7c00",
                           "-x", "calls.cmd"], stdin=subprocess.DEVNULL, timeout=60, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.stdout.decode("utf-8", "replace")


def one_call(registers):
    setting = [f"set ${r}=0" for r in ("ebx", "ecx", "edx", "esi", "edi")]
    return [f"echo {registers}\\n"] + setting + ["set $eip=call21"] + \
        [f"set $e{r[:2]}=0x{r[3:]}" for r in registers.split()] + ["ni"]


def literal(text):
    """The table's text as a regular expression: only what is escaped or | or * stays special."""
    return re.sub(r"([()+?^$\[\]])", r"\\\1", text.replace(".", r"\.").replace(r"\\.", r"\.")).replace(r"\\$", r"\$")


def main():
    rows = []
    for line in open(table, encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            part = [p.strip() for p in line.split(" | ")]
            rows.append((part[0], part[1], part[2] if len(part) > 2 else None))
    text = run([c for row in rows for c in one_call(row[0])])
    for registers, call, returned in rows:
        got = text.split(registers + "\n", 1)[-1].split("\nax=")[0]
        ah = registers[3:5]
        shown = re.search(f"INT 21h AH={ah} {literal(call)}$", got, re.M)
        back = re.search(f"AH={ah} -> ?({literal(returned)})$", got, re.M) if returned else "->" not in got
        result(shown and back, registers, got)

    every = run([c for ah in range(0x6d) for c in one_call(f"ax={ah:02x}ee")])
    names = re.findall(r"INT 21h AH=(..) (\S.*)", every)
    result(len(names) == 0x6d and not [n for n in names if n[1].startswith("unknown")], "00h to 6Ch have names", every)
    finish()


main()
