"""Does what a document says, line by line, and compares what comes out with what the document shows.

Blocks of a Markdown file that count:

    ```nasm hello.asm      the second word names a file: it is written to the sandbox, where later
    ...                    commands find it. The first word is for the reader's highlighting only.
    ```

    ```console
    $ glass86 -dbg ...     a command of the shell; what follows is its output, to the next prompt
    (glass86) si           what is typed at the debugger's prompt, and below it the answer
    > end                  a further line of a `define` or `commands` block
    ...                    alone: any number of lines; within a line: anything
    $ echo $?              the status of the command before
    ```

Output is TAP, one test per command. A command line that ends in `# needs PROGRAM` (hidden from nobody: readers want to know it
as well) is skipped, with the rest of its document, where that program is missing.
"""

import os
import re
import shutil
import subprocess
import sys

MARK = "@@end of answer@@"


class Step:
    """A shell command with what is typed into it, and the lines expected after each."""

    def __init__(self, line, command):
        self.line = line
        self.command = command
        self.expected = []
        self.typed = []  # of (line number, [input lines], [expected lines])


def parse(path):
    """Files to write and steps to do, in the order of the document."""
    items, block, step = [], None, None
    for number, text in enumerate(open(path, encoding="utf-8"), 1):
        text = text.rstrip("\n")
        fence = re.match(r"```(\S*) *(\S*)", text)
        if fence:
            if block is None:
                block = "console" if fence.group(1) == "console" else ("file" if fence.group(2) else "other")
                if block == "file":
                    items.append((fence.group(2), []))
                step = None
            else:
                block = None
        elif block == "file":
            items[-1][1].append(text)
        elif block == "console":
            if text.startswith("$ "):
                step = Step(number, text[2:])
                items.append(step)
            elif step is None:
                sys.exit(f"{path}:{number}: output before any command")
            elif text.startswith("(glass86)"):
                step.typed.append((number, [text[len("(glass86)"):].strip()], []))
            elif text.startswith("> ") and step.typed:
                step.typed[-1][1].append(text[2:])
            else:
                (step.typed[-1][2] if step.typed else step.expected).append(text)
    return items


def matches(expected, got):
    """Line by line, with `...` as described above."""
    if not expected:
        return not got
    if expected[0] == "...":
        return any(matches(expected[1:], got[n:]) for n in range(len(got) + 1))
    if not got:
        return False
    want = ".*".join(re.escape(part) for part in expected[0].rstrip().split("..."))
    return re.fullmatch(want, got[0]) is not None and matches(expected[1:], got[1:])


def clean(text):
    lines = [line.rstrip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


class Run:
    def __init__(self, path):
        self.name = os.path.basename(path)
        self.number = 0
        self.failed = 0
        self.status = 0

    def report(self, line, what, expected, got):
        expected = list(expected)
        while expected and not expected[-1].strip():
            expected.pop()
        ok = matches(expected, got)
        print(f"{'ok' if ok else 'not ok'} - {self.name}:{line} {what}")
        if not ok:
            self.failed += 1
            for text in expected:
                print(f"# expected: {text}")
            for text in got:
                print(f"# got:      {text}")
        sys.stdout.flush()

    def do(self, step):
        typed = ""
        for _, lines, _ in step.typed:
            typed += "\n".join(lines) + "\n" + f"echo {MARK}\\n\n"
        if step.typed:
            typed = f"echo {MARK}\\n\n" + typed
        command = step.command.replace("$?", str(self.status))
        try:
            done = subprocess.run(["sh", "-c", command], input=typed.encode(), timeout=120,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except subprocess.TimeoutExpired:
            self.report(step.line, step.command, step.expected, ["(no end within two minutes)"])
            return
        self.status = done.returncode if done.returncode >= 0 else 128 - done.returncode
        parts = done.stdout.decode("utf-8", "replace").split(MARK + "\n")
        self.report(step.line, "$ " + step.command, step.expected, clean(parts[0]))
        for n, (line, lines, expected) in enumerate(step.typed):
            answer = clean(parts[n + 1]) if n + 1 < len(parts) else ["(the program had ended)"]
            self.report(line, "(glass86) " + lines[0], expected, answer)


def main():
    failed = 0
    for path in sys.argv[1:]:
        run = Run(path)
        for item in parse(path):
            if isinstance(item, tuple):
                with open(item[0], "w", encoding="utf-8") as f:
                    f.write("\n".join(item[1]) + "\n")
                continue
            need = re.search(r"# needs (\S+)$", item.command)
            if need and not shutil.which(need.group(1)):
                print(f"ok - {run.name}:{item.line} and what follows # SKIP no {need.group(1)}")
                break
            run.do(item)
        failed += run.failed
    sys.exit(failed > 0)


main()
