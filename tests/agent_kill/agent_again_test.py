#!/usr/bin/python3
"""The agent is killed again and again, also while it takes up what the one before it has left.

usage: agent_again_test.py DIRECTORY-OF-THE-PROGRAMS

Each agent is killed a little later after its start than the one before it, while a deploy is
under way that needs several of them; its edges are met in the middle of a recovery, too.
"""
import http.client
import os
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.claims import check, claims  # noqa: E402  (the folder is known only now)
from support.load import Load
from support.processes import is_alive
from support.waiting import until
from support.web_home import WebHome, prove_one_serves

lives_ms = (0, 2, 5, 10, 20, 30, 50, 80)  # of the agents, from when the kernel shows them


def kill_again_and_again(home):
    for life in lives_ms:
        agent = until(home.agent_process)
        time.sleep(life / 1000)  # this is what is tried, nothing waits for it
        os.kill(agent, signal.SIGKILL)
        until(lambda agent=agent: not is_alive(agent))


def try_kind(version, final):
    with WebHome("{bake: 200ms, ready_within: 30s}", service_keys=["ready: {notify: true}"]) as home:
        try:
            home.up()
            check("it becomes ready", until(home.is_settled))
            with Load(home.port, 2) as load:
                number = home.deploy(version)[1]["number"]
                if final == "rolled_back":
                    until(lambda: home.last_state(number) == "spawned")
                    home.ask("POST", "/v1/services/web/rollback")
                kill_again_and_again(home)
                check("an agent comes", until(home.agent_pid))
                check(f"{version}: it ends", until(lambda: home.is_over(number)))
                check(f"{version}: it is {final}", home.last_state(number) == final)
                serves = prove_one_serves(home, load, version)
                check(f"{version}: the right one serves",
                      serves == (version if final == "done" else "one"), serves)
                failures = load.new_failures()
                check(f"{version}: no request is lost", not failures, *failures[:3])
            check("it stops in order", home.down() == 0)
            return load.total()
        except (OSError, http.client.HTTPException) as error:
            check(f"{version}: it can be asked", False, repr(error))
            return 0


def main():
    requests = try_kind("two-late", "done") + try_kind("deaf", "rolled_back")
    claims.end(f"2 times {len(lives_ms)} agents killed, {requests} requests")


main()
