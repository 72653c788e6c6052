"""Tables of claims and the tests that prove them: does each test exist? Prints TAP lines.

    claims.py DOCUMENT...     from the top of the tree

A table counts if its header is `| claim | test |`. In its last column `name` is a program of tests/guest or tests/unit or a suite of tests/,
`name/function` a test function in tests/unit, `name` "words" a suite one of whose files has these words, `tests/...` a file."""
import glob
import os
import re
import sys


def holds(pattern, words):
    for name in glob.glob(pattern):
        if os.path.isfile(name):
            with open(name, encoding="utf-8", errors="replace") as file:
                if words in file.read():
                    return True
    return False


def exists(name, words):
    if words is not None:
        return holds(f"tests/{name}/*", words)
    if name.startswith("tests/"):
        return os.path.exists(name)
    if "/" in name:
        program, function = name.split("/", 1)
        return holds(f"tests/unit/{program}.c", f"TEST({function})") or holds(f"tests/unit/{program}.c", f"({function}")
    places = (f"tests/guest/{name}.asm", f"tests/unit/{name}.c", f"tests/{name}/run.sh")
    return any(os.path.exists(place) for place in places)


def claims(document):
    """Pairs of a claim's text and the tests named for it."""
    counts = False
    for line in open(document, encoding="utf-8"):
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not line.startswith("|"):
            counts = False
        elif cells == ["claim", "test"]:
            counts = True
        elif counts and not line.startswith("|--"):
            yield cells[0], re.findall(r'`([^`]+)`(?: "([^"]+)")?', cells[-1])


for document in sys.argv[1:]:
    wrong, count = [], 0
    for claim, tests in claims(document):
        count += 1
        if not tests:
            wrong.append(f"no test: {claim}")
        wrong += [f"{name} {words}: {claim}" for name, words in tests if not exists(name, words or None)]
    print("not ok" if wrong or not count else "ok", f"- the tests that {os.path.basename(document)} names exist ({count} claims)")
    for line in wrong:
        print("#", line[:160])
    if wrong or not count:
        sys.exit(1)
