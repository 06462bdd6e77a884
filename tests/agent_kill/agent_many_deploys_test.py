#!/usr/bin/python3
"""Many deploys in a row: nothing of them stays in the agent, in the keeper, or on the disk.

usage: agent_many_deploys_test.py DIRECTORY-OF-THE-PROGRAMS
LASTCALL_TEST_DEPLOYS: how many [100]
"""
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.claims import check, claims  # noqa: E402  (the folder is known only now)
from support.load import Load
from support.waiting import until
from support.web_home import WebHome, prove_one_serves

deploys = int(os.environ.get("LASTCALL_TEST_DEPLOYS", "100"))
# So many versions and programs are kept for a rollback; from then on nothing may be more.
warm_up = max(30, deploys // 4)


def status_of(pid, name):
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return int(next(line for line in status if line.startswith(name + ":")).split()[1])


def links(pid):
    made = []
    for entry in os.listdir(f"/proc/{pid}/fd"):
        try:
            made.append(os.readlink(f"/proc/{pid}/fd/{entry}"))
        except OSError:
            pass  # closed meanwhile
    return made


def measure(home, agent):
    made = {"processes": len(home.processes())}
    for name, pid in (("agent", agent), ("keeper", home.keeper.pid)):
        held = links(pid)
        made[f"{name} fds"] = len(held)
        made[f"{name} sockets"] = sum(one.startswith("socket:") for one in held)
        made[f"{name} threads"] = status_of(pid, "Threads")
        made[f"{name} RSS KiB"] = status_of(pid, "VmRSS")
    files = [one for one in home.path.rglob("*") if one.is_file()]
    made["files"] = len(files)
    made["journal KiB"] = sum(one.stat().st_size for one in files
                              if one.name.startswith("journal")) // 1024
    made["home KiB"] = sum(one.stat().st_size for one in files) // 1024
    return made


def deploy_often(home, first, last):
    for number in range(first, last):
        answer = home.deploy(f"version-{number}")
        if not check(f"deploy {number} is taken", answer[0] == 202, answer):
            return False
        if not check(f"deploy {number} is done", until(home.is_settled)):
            return False
    return True


def judge_growth(steps, shown):
    warm, middle, end = shown
    for name in end:
        if "RSS" not in name and "KiB" not in name:
            check(f"{name}: none is left behind", end[name] <= warm[name], warm, end)
    for name in ("agent RSS KiB", "keeper RSS KiB"):
        most = 256 + (deploys - steps[1]) // 4
        check(f"{name}: it does not grow", end[name] - middle[name] <= most, *shown)
    check("the journal is bounded", end["journal KiB"] < 4096, end)
    check("the home is bounded", end["home KiB"] - warm["home KiB"] < 4096, *shown)


def main():
    with WebHome("{bake: 0s}", service_keys=["ready: {notify: true}"],
                 top_keys=["journal: {limit: 1MiB}"]) as home:
        home.up()
        check("it becomes ready", until(home.is_settled))
        agent, begun = home.agent_pid(), time.monotonic()
        with Load(home.port, 2, 0.01) as load:
            steps = [warm_up, warm_up + (deploys - warm_up) // 2, deploys]
            shown, done = [], 0
            for step in steps:
                if not deploy_often(home, done, step):
                    break
                done = step
                # What a deploy leaves behind is cleared away behind the answer.
                until(lambda: len(home.processes()) == 4, 5)
                shown.append(measure(home, agent))
                print(f"after {done} deploys: {shown[-1]}", flush=True)
            took = time.monotonic() - begun
            check("it is the same agent", home.agent_pid() == agent)
            if len(shown) == 3:
                judge_growth(steps, shown)
            version = prove_one_serves(home, load, "at the end")
            check("the last one serves", version == f"version-{done - 1}", version)
            failures = load.new_failures()
            check("no request is lost", not failures, *failures[:3])
        check("it stops in order", home.down() == 0)
        claims.end(f"{done} deploys in {took:.0f} s, {load.total()} requests")


main()
