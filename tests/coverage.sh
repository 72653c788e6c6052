#!/bin/sh
# Tells what the counters in BUILD say (`make coverage`): a Markdown table of the folders, then the files whose lines are missing
# most, with the lines in BUILD/coverage.txt.
cd "$(dirname "$0")/.." || exit 1
build=$1
command -v gcovr > /dev/null || { echo "coverage: gcovr is not installed (Debian package gcovr)"; exit 1; }
gcovr -r . --object-directory "$build" -e tests -e "$build" --gcov-ignore-parse-errors -j 2 --json-summary "$build/coverage.json" \
    --txt "$build/coverage.txt" "$build" > /dev/null 2> "$build/coverage.log" || { tail -n 3 "$build/coverage.log"; exit 1; }
python3 - "$build/coverage.json" << 'END'
import json, os, sys

files = json.load(open(sys.argv[1]))["files"]
folders = {}
for f in files:
    for name in (os.path.dirname(f["filename"]), "all"):
        lines, covered = folders.get(name, (0, 0))
        folders[name] = lines + f["line_total"], covered + f["line_covered"]
print("| folder | lines | executed |\n|---|---|---|")
for name, (lines, covered) in sorted(folders.items(), key=lambda f: (f[0] == "all", f[0])):
    print(f"| `{name}` | {lines:,} | {covered / max(lines, 1):.1%} |")
print("\nmost lines missing:")
for f in sorted(files, key=lambda f: f["line_covered"] - f["line_total"])[:25]:
    print(f"{f['line_total'] - f['line_covered']:5} of {f['line_total']:5}  {f['filename']}")
END
