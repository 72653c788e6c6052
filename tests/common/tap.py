"""Results of tests as TAP lines."""
import sys

number = failed = 0


def result(ok, name, got=""):
    """A line for a test; if it failed, with the end of what there was instead."""
    global number, failed
    number += 1
    print(f"{'ok' if ok else 'not ok'} {number} - {name}", flush=True)
    if not ok:
        failed += 1
        for line in got.splitlines()[-25:]:
            print("# " + line)


def finish():
    print(f"1..{number}")
    sys.exit(failed > 0)
