#!/usr/bin/env python3
"""compare.py NEW BASE PROGRAM.bin...: guest MIPS of two builds' bench programs, run in turn, and their ratio.

Each program runs ROUNDS times on either build, alternately, so that what else the machine does hits both; the medians of
the rounds are compared, and the smallest and largest ratio of a pair say how far to trust them. JSON=FILE keeps it all.
"""
import json, os, statistics, subprocess, sys

ROUNDS = int(os.environ.get("ROUNDS", "7"))
new, base, programs = sys.argv[1], sys.argv[2], sys.argv[3:]
if not programs:
    sys.exit(__doc__)


def once(bench, program):
    out = subprocess.run([bench, "-core", "fast", "-rounds", "1", "-json", "-", program], stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, check=True).stdout
    return next(iter(json.loads(out).values()))


rows = {}
print(f"{'':12} {'base':>8} {'new':>8} {'ratio':>7}   pairs from..to")
for p in programs:
    pairs = [(once(base, p), once(new, p)) for _ in range(ROUNDS)]
    b, n = (statistics.median(k) for k in zip(*pairs))
    ratios = sorted(y / x for x, y in pairs)
    name = os.path.basename(p).split(".")[0]
    rows[name] = {"base": b, "new": n, "ratio": n / b, "pairs": pairs}
    print(f"{name:12} {b:8.0f} {n:8.0f} {n / b:6.2f}x   {ratios[0]:.2f}..{ratios[-1]:.2f}", flush=True)
print(f"{'geomean':12} {'':17} {statistics.geometric_mean(r['ratio'] for r in rows.values()):6.2f}x")
if os.environ.get("JSON"):
    json.dump(rows, open(os.environ["JSON"], "w"), indent=1)
