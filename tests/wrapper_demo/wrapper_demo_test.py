#!/usr/bin/python3
"""Runs examples/wrapper_demo and compares what it says with README.md, but for the numbers.

usage: wrapper_demo_test.py FOLDER      where the programs are
"""
import difflib
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SAME = [
    (re.compile(r"@lastcall/\S+"), "@lastcall/SOCKET"),
    (re.compile(r"[\d.]+ ?(ms|us|s)\b"), "DURATION"),
    (re.compile(r"^(\s*lastcall-init:.*) in \w+( \(\w+\))?;"), r"\1 in CALL;"),  # the kernel's names
    (re.compile(r"\b(pid|process|thread|user|uid|but|\(but) \d+"), r"\1 NUMBER"),
    (re.compile(r"\b\d+ threads"), "NUMBER threads"),
    # The signal may come between two jobs: then nothing is inside, and it takes no time.
    (re.compile(r" +\+DURATION"), " +DURATION"),
    (re.compile(r", 1 inside$"), ""),
]


def alike(line: str) -> str:
    for pattern, instead in SAME:
        line = pattern.sub(instead, line)
    return line.rstrip()


def main() -> int:
    blocks = (ROOT / "README.md").read_text().split("```console\n")[1:]
    shown = [line for block in blocks for line in block.split("```")[0].splitlines() if line]
    done = subprocess.run([ROOT / "examples/wrapper_demo/run.sh", sys.argv[1]], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=50,
                          stderr=subprocess.STDOUT, check=False)
    said = [line for line in done.stdout.splitlines() if line]
    changed = list(difflib.unified_diff([alike(line) for line in shown],
                                        [alike(line) for line in said],
                                        "README.md", "the demo", lineterm=""))
    if not changed and done.returncode == 0 and shown:
        return 0
    print(f"status {done.returncode}", *changed, "the demo said:", *said, sep="\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
