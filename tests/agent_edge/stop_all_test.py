#!/usr/bin/python3
"""`lastcall stop --all` returns when nothing of it runs any more: services, agent, keeper.

usage: stop_all_test.py DIRECTORY-OF-THE-PROGRAMS
"""
import subprocess
import sys
from pathlib import Path

from edge import Home, check, end, until

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.processes import is_alive  # noqa: E402  (the folder is known only now)
from support.tracer import CannotTrace, Tracer  # noqa: E402

with Home() as home:
    home.write("services:\n  web:\n    command: [sleep, '1000']\n")
    home.begin()
    check("it starts", until(home.is_ready), home.said())
    # The keeper's end takes two seconds more than the agent's: only whoever waits for the keeper
    # itself notices.
    try:
        tracer = Tracer(home.up.pid, "exit_group:delay_enter=2000000")
    except CannotTrace as why:
        print(why)
        sys.exit(77)
    with subprocess.Popen([home.programs / "lastcall", "stop", "--all"], env=home.environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as stop:
        check("the agent is silent", until(lambda: not home.status()), home.said())
        check("before its keeper has ended", is_alive(home.up.pid))
        said = stop.communicate(timeout=60)[0]
        check("it ends well", stop.returncode == 0, stop.returncode, said)
        check("and not before the keeper", not is_alive(home.up.pid), said)
    tracer.leave()

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
