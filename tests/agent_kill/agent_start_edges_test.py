#!/usr/bin/python3
"""The agent is killed at every row of the journal while it comes up for the first time.

usage: agent_start_edges_test.py DIRECTORY-OF-THE-PROGRAMS

`lastcall up` runs under strace, which kills the agent as it enters its Nth fdatasync, for every N
until it is ready before the Nth comes. Whatever was written down by then: one deploy is asked for,
it is done, and one generation serves.
"""
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.claims import check, claims  # noqa: E402  (the folder is known only now)
from support.home import programs
from support.load import Load
from support.processes import is_alive
from support.tracer import CannotTrace, start
from support.waiting import until
from support.web_home import WebHome, prove_one_serves


class Keeper:
    """The keeper as a process that is not our child: strace has started it."""

    def __init__(self, pid):
        self.pid = pid

    def poll(self):
        return None if is_alive(self.pid) else 0

    def terminate(self):
        os.kill(self.pid, signal.SIGTERM)

    def wait(self, _limit=None):
        return 0 if until(lambda: not is_alive(self.pid)) else None


def start_under_strace(home, number):
    with open(home.log, "ab") as log:
        return start("-e", "trace=fdatasync", "-e", f"inject=fdatasync:signal=KILL:when={number}",
                     programs / "lastcall", "up", "-q", home.config, env=home.environment,
                     stdout=log, stderr=log)


def keeper_of(home, strace):
    lock = home.path / "run" / "lock"

    def pid():
        text = lock.read_text(encoding="utf-8").strip() if lock.exists() else ""
        return int(text) if text else 0
    until(lambda: pid() or strace.poll() is not None)
    if not pid() and strace.poll() is not None:
        raise CannotTrace(f"strace ended with {strace.returncode}: {home.said()}")
    return pid()


def try_edge(number):
    """Returns: whether the agent was killed."""
    point = f"killed at fdatasync {number} of its first start"
    with WebHome(service_keys=["ready: {notify: true}"]) as home:
        strace = start_under_strace(home, number)
        try:
            keeper = keeper_of(home, strace)
            if not check(f"{point}: the keeper is there", keeper):
                return False
            home.keeper = Keeper(keeper)
            until(lambda: "killed by SIGKILL" in home.said() or home.is_settled())
            was_killed = "killed by SIGKILL" in home.said()
        finally:
            strace.kill()  # the next one is not killed any more
            strace.wait()
        if not check(f"{point}: it becomes ready", until(home.is_settled)):
            return was_killed
        with Load(home.port) as load:
            prove_one_serves(home, load, point)
            asked = home.rows("deploy_asked")
            check(f"{point}: it is started once", len(asked) == 1 and
                  home.last_state(asked[0]["deploy"]) == "done")
        failures = load.new_failures()
        check(f"{point}: it serves all", not failures, *failures[:3])
        return was_killed


def main():
    number = 0
    try:
        while try_edge(number + 1):
            number += 1
    except CannotTrace as why:
        claims.end(f"{number} edges", [why])
    check("there were edges", number > 10, number)
    claims.end(f"{number} edges")


main()
