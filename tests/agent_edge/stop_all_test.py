#!/usr/bin/python3
"""`lastcall stop --all` returns when nothing of it runs any more: services, agent, keeper.

usage: stop_all_test.py DIRECTORY-OF-THE-PROGRAMS
"""
import os
import signal
import subprocess

from edge import Home, check, end, until


def held(pid):
    """Returns: that it stands still now. One that was already ending is past all signals."""
    def state():
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
                return stat.read().rpartition(") ")[2][0]
        except OSError:
            return "X"
    os.kill(pid, signal.SIGSTOP)
    return until(lambda: state() if state() in "TZX" else None) == "T"


with Home() as home:
    home.write("services:\n  web:\n    command: [sleep, '1000']\n")
    home.begin()
    check("it starts", until(home.is_ready), home.said())
    keeper = home.up.pid

    # The keeper is held up once everything else has ended: only whoever waits for itself notices.
    stop = subprocess.Popen([home.programs / "lastcall", "stop", "--all"], env=home.environment,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)
    check("the agent ends", until(lambda: home.rows("agent_stopped")), home.said())
    was_held = held(keeper)
    check("the agent is silent", until(lambda: not home.status()))
    if was_held:
        try:
            stop.wait(2)
            check("it waits for the keeper", False, stop.stdout.read())
        except subprocess.TimeoutExpired:
            pass
    os.kill(keeper, signal.SIGCONT)
    status = stop.wait(60)
    check("it ends when the keeper has", status == 0, status, stop.stdout.read())
    check("which has by then", home.up.poll() is not None or not os.path.exists(
        f"/proc/{keeper}/exe") or home.up.wait(1) == 0)

with Home() as home:
    home.write("services:\n  web:\n    command: [sleep, '1000']\n")
    home.begin()
    check("it starts again", until(home.is_ready), home.said())
    for _ in range(3):
        stopped = home.lastcall("stop", "--all")
        left = [pid for pid in home.processes() if pid != home.up.pid]
        check("nothing is left", stopped.returncode == 0 and not left, stopped.stdout, left)
        check("the lock is free at once", home.up.wait(5) == 0)
        home.begin()
        check("and it starts anew", until(home.is_ready), home.said())
end()
