#!/usr/bin/python3
"""`lastcall up` with an unmodified program, and everything that happens to it under load.

usage: agent_run_test.py DIRECTORY-OF-THE-PROGRAMS
"""
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.claims import check, claims  # noqa: E402  (the folder is known only now)
from support.home import Home
from support.load import Load
from support.ports import free_port
from support.waiting import ceiling, until

service = Path(__file__).resolve().parent / "service.py"


def command(version):
    return ["--", sys.executable, str(service), str(port), version]


port = free_port()
with Home() as home:
    home.up("--listen", f"127.0.0.1:{port}", "--name", "web", *command("one"))
    check("it becomes ready", until(home.is_ready),
          home.lastcall("status").stdout)
    second = home.lastcall("up", "--listen", f"127.0.0.1:{port}", *command("one"))
    check("a second agent in the same home is refused", second.returncode == 1, second.stdout)
    check("and says who is there", str(home.keeper.pid) in second.stdout, second.stdout)

    load = Load(port, 4)
    done = home.lastcall("deploy", *command("two"))
    check("a deploy is done", done.returncode == 0, done.stdout)
    broken = home.lastcall("deploy", *command("broken"))
    check("a program that ends is rolled back", broken.returncode == 1, broken.stdout)
    check("with its exit", "exited with 1" in broken.stdout, broken.stdout)
    check("and the version before serves on", home.web()["generations"][0]["number"] == 2)

    # A deploy during a deploy; the first waits for a program that never listens.
    deaf = home.begin("deploy", *command("deaf"))
    check("it is under way", until(home.deploy_state))
    refused = home.lastcall("deploy", *command("three"))
    check("a second one is refused", refused.returncode == 1, refused.stdout)

    # The agent dies in the middle; the next one goes on with it.
    before = home.agent_pid()
    os.kill(before, signal.SIGKILL)
    check("another agent takes over", until(lambda: home.is_another_agent(before)))
    under_way = home.web().get("deploy")
    check("the deploy goes on", under_way is not None)
    ended = home.lastcall("reject", str(under_way["number"] if under_way else 0), "--reason", "too slow")
    check("it can be ended", ended.returncode == 0, ended.stdout)
    check("who follows it is told", deaf.wait(ceiling) == 1, deaf.stdout.read())

    third = home.lastcall("deploy", *command("three"))
    check("the agent that took over deploys", third.returncode == 0, third.stdout)
    back = home.lastcall("rollback", "web")
    check("a rollback is done", back.returncode == 0, back.stdout)

    load.stop()
    failures, answers = load.new_failures(), load.total()
    check(f"nothing of {answers} requests was lost", not failures, *failures[:5])
    check("there was a load", answers > 1000, answers)
    check("every version has served", {"one", "two", "three"} <= load.versions(), load.versions())

    history = home.lastcall("history", "web")
    check("the history is there", history.returncode == 0 and "rolled" in history.stdout,
          history.stdout)
    why = home.lastcall("why", "web")
    check("the last stop is told", why.returncode == 0 and "replaced" in why.stdout, why.stdout)
    whole = home.lastcall("verify-journal")
    check("the journal is whole", whole.returncode == 0, whole.stdout)

    stopped = home.lastcall("stop", "--all")
    check("everything stops", stopped.returncode == 0, stopped.stdout)
    check("cleanly", home.end_status() == 0)
    claims.end(f"{answers} requests")
