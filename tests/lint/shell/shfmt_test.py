#!/usr/bin/python3
"""The shell reader sees the same simple commands, on the same lines, as shfmt does.

usage: shfmt_test.py SHOW_SCRIPT [FILE...]

Without files: the scripts of this machine that `bash -n` or `sh -n` accepts. Of those, the reader
has to report no problem at all.
"""
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOTS = ["/usr/bin", "/usr/sbin", "/etc/init.d", "/usr/lib/git-core", "/usr/share/bash-completion",
         "/var/lib/dpkg/info"]
ASKED_BY_WORDS = {"DeclClause", "LetClause", "TestDecl"}
# shfmt 3.6 takes a `#` right behind a quote for the begin of a comment; bash and dash do not.
MISREAD_BY_SHFMT = (b'"#', b"'#")
SKIPPED = 77


def first_line(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(200).split(b"\n")[0]
    except OSError:
        return b""


def is_script(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    line = first_line(path)
    if line.startswith(b"#!"):
        return any(word in line for word in (b"/sh", b"bash", b"dash"))
    return "bash-completion" in str(path) and b"\0" not in line


def is_valid(path: Path) -> bool:
    shells = ["bash"] if b"bash" in first_line(path) else ["sh", "bash"]
    return any(subprocess.run([shell, "-n", path], capture_output=True, check=False,
                              stdin=subprocess.DEVNULL).returncode == 0 for shell in shells)


def shfmt_commands(path: Path):
    """(line, number of words) of each simple command; None when shfmt refuses the file."""
    found = []

    def go(node):
        stack = [node]
        while stack:
            here = stack.pop()
            if isinstance(here, list):
                stack.extend(here)
            elif isinstance(here, dict):
                kind = here.get("Type")
                if kind == "CallExpr" and here.get("Args"):
                    found.append((here["Args"][0]["Pos"]["Line"], len(here["Args"])))
                elif kind == "DeclClause":
                    found.append((here["Pos"]["Line"], 1 + len(here.get("Args") or [])))
                elif kind == "LetClause":
                    found.append((here["Pos"]["Line"], 1 + len(here.get("Exprs") or [])))
                stack.extend(value for value in here.values() if isinstance(value, (dict, list)))

    with path.open("rb") as file:
        result = subprocess.run(["shfmt", "-ln", "bash", "--to-json"], stdin=file,
                                capture_output=True, check=False)
    if result.returncode != 0:
        return None
    go(json.loads(result.stdout))
    return Counter(found)


def our_commands(program: str, paths: list) -> dict:
    result = subprocess.run([program, "commands", *map(str, paths)], capture_output=True,
                            check=True, text=True, errors="replace", timeout=60)
    found, of = {}, None
    for line in result.stdout.splitlines():
        if line.startswith("file "):
            of = found.setdefault(line.removeprefix("file "), Counter())
        else:
            number, words = line.split()
            of[int(number), int(words)] += 1
    return found


def our_problems(program: str, paths: list) -> list:
    result = subprocess.run([program, "problems", *map(str, paths)], capture_output=True,
                            check=True, text=True, errors="replace", timeout=60)
    found, of = [], ""
    for line in result.stdout.splitlines():
        if line.startswith("file "):
            of = line.removeprefix("file ")
        else:
            found.append(f"{of}:{line}")
    return found


def main() -> int:
    program, given = sys.argv[1], [Path(name) for name in sys.argv[2:]]
    if not shutil.which("shfmt"):
        print("skipped: shfmt is not installed")
        return SKIPPED
    files = given or sorted(path for root in ROOTS for path in Path(root).rglob("*")
                            if is_script(path))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        valid = [path for path, good in zip(files, pool.map(is_valid, files)) if good]
        expected = dict(zip(valid, pool.map(shfmt_commands, valid)))
    violations = our_problems(program, valid)
    ours = our_commands(program, valid)
    compared = commands = left_out = 0
    for path, theirs in expected.items():
        if theirs is None:
            continue
        compared += 1
        commands += theirs.total()
        lines = path.read_bytes().split(b"\n")
        misread = {number for number, text in enumerate(lines, 1)
                   if any(sign in text for sign in MISREAD_BY_SHFMT)}
        left_out += len(misread & {line for line, _ in theirs})
        for (line, words), count in sorted((theirs - ours[str(path)]).items()):
            if line in misread:
                continue
            violations.append(f"{path}:{line}: {count} command(s) of {words} words not seen")
        for (line, words), count in sorted((ours[str(path)] - theirs).items()):
            if line in misread:
                continue
            violations.append(f"{path}:{line}: {count} command(s) of {words} words invented")
    if not compared:
        violations.append("no script was compared")
    print(f"{len(files)} scripts, {len(valid)} valid, {compared} that shfmt reads, "
          f"{commands} commands compared, of {left_out} lines with a `#` behind a quote none, "
          f"{len(violations)} violations")
    print(*violations, sep="\n")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
