#!/usr/bin/python3
"""`lastcall up` is asked for twice at the same moment, in one home, again and again.

usage: agent_race_test.py DIRECTORY-OF-THE-PROGRAMS
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.claims import check, claims  # noqa: E402  (the folder is known only now)
from support.home import programs
from support.processes import end
from support.waiting import ceiling, until

races = int(os.environ.get("LASTCALL_TEST_RACES", "20"))


def start(folder, number, config):
    said = open(folder / f"up.{number}", "w+", encoding="utf-8")
    return said, subprocess.Popen(
        [programs / "lastcall", "up", "-q", "--home", folder / "home", config],
        stdin=subprocess.DEVNULL, stdout=said, stderr=said)


def text_of(said):
    said.seek(0)
    return said.read()


def race(folder, config):
    both = [start(folder, number, config) for number in range(2)]
    try:
        check("one of them ends", until(lambda: any(one.poll() is not None for _, one in both)))
        lost = [pair for pair in both if pair[1].poll() is not None]
        if not check("only one of them ends", len(lost) == 1, *(text_of(said) for said, _ in both)):
            return
        said, loser = lost[0]
        winner = next(one for _, one in both if one is not loser)
        check("it says that it could not", loser.returncode == 1, loser.returncode, text_of(said))
        check("and who is there", str(winner.pid) in text_of(said), winner.pid, text_of(said))
        check("the other one comes up", until((folder / "ready").exists),
              *(text_of(one) for one, _ in both))
        winner.terminate()
        status = winner.wait(ceiling)
        check("and stops in order", status == 0, status, *(text_of(one) for one, _ in both))
    finally:
        for said, one in both:
            end(one)
            said.close()


def main():
    with tempfile.TemporaryDirectory(prefix="lastcall-race-") as name:
        folder = Path(name)
        config = folder / "lastcall.yaml"
        ready = folder / "ready"
        config.write_text("services:\n  idle:\n"
                          f"    command: [sh, -c, \"touch {ready}; exec sleep 1000\"]\n"
                          f"    ready: {{file: {ready}}}\n", encoding="utf-8")
        for _ in range(races):
            race(folder, config)
            ready.unlink(missing_ok=True)
    claims.end(f"{races} races")


main()
