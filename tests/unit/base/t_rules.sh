#!/usr/bin/env bash
# Each rule of tests/rules.tsv has its tests, and each of these is in a list that runs.
set -u
cd "$(dirname "$0")/../../.."
echo 1..1
wrong=$(python3 - <<'PY'
import pathlib, re
defined, run = set(), set()
for path in pathlib.Path("tests").rglob("*.c"):
    text = path.read_text()
    names = re.findall(r"^static void (\w+)\(void \*\*state\)", text, re.M)
    defined.update(names)
    run.update(n for n in names if len(re.findall(r"\b%s\b" % n, text)) > 1)
scripts = {p.name for p in pathlib.Path("tests").rglob("t_*.sh")}
rules = set()
for line in pathlib.Path("tests/rules.tsv").read_text().splitlines():
    if line.startswith("#"):
        continue
    rule, _, tests = line.partition("\t")
    if not tests.split():
        print(rule, "has no test")
    if rule in rules:
        print(rule, "stands twice")
    rules.add(rule)
    for t in tests.split():
        if t.endswith(".sh"):
            if t not in scripts:
                print(rule + ":", t, "is no test")
        elif t not in defined:
            print(rule + ":", t, "is no test")
        elif t not in run:
            print(rule + ":", t, "does not run")
PY
)
if [ -z "$wrong" ]; then echo "ok 1 - each rule has a test named for it"; else echo "not ok 1 - each rule has a test named for it"; printf '%s\n' "$wrong" | sed 's/^/# /'; exit 1; fi
