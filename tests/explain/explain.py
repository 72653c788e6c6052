"""The table explain.txt: each fault of guest.asm, and what `explain` says of it. Output is TAP.
usage: explain.py PROGRAM FOLDER; guests are assembled into the current folder."""
import re
import subprocess
import sys

program, folder = sys.argv[1:]

with open(f"{folder}/explain.txt") as table:
    rows = [line.rstrip("\n").split(" | ", 2) for line in table if line.strip() and not line.startswith("#")]

for name, vector, expected in ((n.strip(), v.strip(), e) for n, v, e in rows):
    subprocess.run(["nasm", "-f", "bin", f"-D{name}", "-o", "guest.bin", f"{folder}/guest.asm"], check=True)
    run = subprocess.run([program, "-config", "none", "-display", "none", "-batch", "-m", "1", "-cpu", "pentium", "-load",
                          "guest.bin@0:7c00", "-entry", "0:7c00", "-ex", f"bpexc {vector}", "-ex", "c", "-ex", "explain"],
                         capture_output=True, text=True, timeout=60)
    if re.search(expected, run.stdout):
        print(f"ok explain {name}")
    else:
        print(f"not ok explain {name}\n# " + (run.stdout + run.stderr)[-800:].replace("\n", "\n# "))
