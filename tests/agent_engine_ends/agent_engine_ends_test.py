#!/usr/bin/python3
"""How generations end by themselves, late, or with a gap; and how lastcall itself is replaced.

usage: agent_engine_ends_test.py DIRECTORY-OF-THE-PROGRAMS
"""
import json
import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import load  # noqa: E402  (the folder is known only now)
from support.claims import check, claims
from support.home import Home, programs
from support.load import Load
from support.ports import free_port
from support.waiting import until

service = Path(__file__).resolve().parent / "service.py"


class Host(Home):
    """An agent with one service, web, in a home of its own."""

    def __init__(self, more="", version="one", handover="automatic"):
        super().__init__()
        self.sick, self.port = self.path / "sick", free_port()
        self.config.write_text(f"""
services:
  web:
    command: {json.dumps(self.command(version))}
    listen: {{address: "127.0.0.1:{self.port}", handover: {handover}}}
{more}
""")
        self.up(self.config)

    def command(self, version):
        return [sys.executable, str(service), str(self.port), version, str(self.sick)]

    def answer(self):
        try:
            return load.ask(self.port)
        except OSError as error:
            return repr(error)


def gap():
    with Host("    deploy: {bake: 200ms}", handover="none") as host:
        check("gap: it becomes ready", until(lambda: host.is_state("ready")))
        done = host.lastcall("deploy", "web", "--", *host.command("two"))
        check("gap: a deploy is done", done.returncode == 0, done.stdout)
        check("gap: the new one serves", host.answer().startswith("two"), host.answer())
        told = host.rows("handover_problem")
        check("gap: it is said that connections are refused in between",
              told and "refused" in told[0]["fields"]["reason"], json.dumps(told))
        broken = host.lastcall("deploy", "web", "--", *host.command("broken"))
        check("gap: one that ends fails", broken.returncode == 1, broken.stdout)
        check("gap: and what ran before is started again",
              until(lambda: host.is_state("ready") and host.answer().startswith("two")),
              host.lastcall("status").stdout)


def liveness():
    with Host("    live: {http: /live, interval: 50ms, timeout: 40ms, failures: 3}\n"
              "    deploy: {bake: 200ms}") as host:
        check("liveness: it becomes ready", until(lambda: host.is_state("ready")))
        clients = Load(host.port)
        first = host.current()
        host.sick.touch()
        check("liveness: it is replaced", until(lambda: host.rows("probe_changed")))
        host.sick.unlink()
        check("liveness: by another", until(
            lambda: host.is_state("ready") and host.current() > first))
        clients.stop()
        failures = clients.new_failures()
        check(f"liveness: nothing of {clients.total()} requests was lost", not failures, *failures[:3])
        why = host.lastcall("why", "web")
        check("liveness: why says so", "live" in why.stdout, why.stdout)


def crash_loop():
    with Host("    restart: {first: 20ms, most: 40ms, crash_loop: 4 in 1m}",
              version="broken") as host:
        check("crash loop: it stays failed", until(lambda: host.is_state("failed")))
        check("crash loop: after as many ends as are allowed",
              len(host.rows("generation_exited")) == 4, str(len(host.rows("generation_exited"))))
        check("crash loop: the waits grow", [row["fields"]["wait_ms"] for row in
                                             host.rows("restart_planned")] == [20, 40, 40],
              json.dumps(host.rows("restart_planned")))
        shown = host.lastcall("status")
        check("crash loop: status says so by 3", shown.returncode == 3, shown.stdout)
        again = host.lastcall("start", "web")
        check("crash loop: a start tries again", again.returncode == 1 and until(
            lambda: len(host.rows("generation_exited")) > 4), again.stdout)
        fixed = host.lastcall("deploy", "web", "--", *host.command("fixed"))
        check("crash loop: a version that works ends it", fixed.returncode == 0, fixed.stdout)
        check("crash loop: it serves", host.answer().startswith("fixed"), host.answer())
        check("crash loop: status is 0", host.lastcall("status").returncode == 0)


def late_stop():
    with Host("    stop: {grace: 1500ms, reserve: 500ms}", version="stubborn") as host:
        check("late: it becomes ready", until(lambda: host.is_state("ready")))
        host.lastcall("stop", "web")
        check("late: it is stopped", until(lambda: host.is_state("stopped", "failed")),
              host.lastcall("status").stdout)
        reports = host.rows("stop_report")
        check("late: the report is written down", len(reports) == 1, json.dumps(reports))
        text = json.dumps(reports)
        check("late: it names who and why", "service.py" in text and "SIGTERM" in text, text)
        took = reports[0]["fields"].get("took_ms", 0) if reports else 0
        check("late: and how long it took", 800 < took < 3000, text)
        why = host.lastcall("why", "web")
        check("late: why shows it", "blocked" in why.stdout and "service.py" in why.stdout,
              why.stdout)


def restart_and_upgrade():
    with Host("    deploy: {bake: 200ms}") as host:
        check("upgrade: it becomes ready", until(lambda: host.is_state("ready")))
        clients = Load(host.port)
        first = host.current()
        done = host.lastcall("restart", "web")
        check("restart: it is done", done.returncode == 0, done.stdout)
        check("restart: another generation serves", host.current() == first + 1)

        def copy(name):
            there = host.path / name
            there.mkdir()
            for one in ("lastcall", "lastcall-keeper", "lastcall-init"):
                shutil.copy(programs / one, there / one)
            return there
        now = host.status()
        upgraded = host.lastcall("upgrade", str(copy("new")))
        check("upgrade: it is done", upgraded.returncode == 0, upgraded.stdout)
        check("upgrade: another agent answers", until(
            lambda: host.is_another_agent(now["pid"])))
        check("upgrade: the keeper is the same process",
              host.status()["keeper_pid"] == now["keeper_pid"])
        check("upgrade: and another program", os.readlink(
            f"/proc/{now['keeper_pid']}/exe").endswith("new/lastcall-keeper"),
            os.readlink(f"/proc/{now['keeper_pid']}/exe"))
        check("upgrade: the service runs on", host.current() == first + 1)
        done = host.lastcall("deploy", "web", "--", *host.command("two"))
        check("upgrade: a deploy is done afterwards", done.returncode == 0, done.stdout)

        bad = copy("bad_keeper")
        (bad / "lastcall-keeper").write_bytes(b"#!/bin/sh\nexit 1\n")
        refused = host.lastcall("upgrade", str(bad))
        check("upgrade: a keeper that does not work is refused", refused.returncode == 1,
              refused.stdout)
        check("upgrade: it is written down", until(lambda: host.rows("upgrade_refused")))
        before = host.agent_pid()
        bad = copy("bad_agent")
        (bad / "lastcall").write_bytes(b"#!/bin/sh\nsleep 1000\n")
        failed = host.lastcall("upgrade", str(bad))
        check("upgrade: an agent that does not work is given up", until(
            lambda: host.is_another_agent(before)), failed.stdout)
        done = host.lastcall("deploy", "web", "--", *host.command("three"))
        check("upgrade: the old one deploys", done.returncode == 0, done.stdout)
        clients.stop()
        failures = clients.new_failures()
        check(f"upgrade: nothing of {clients.total()} requests was lost", not failures, *failures[:3])


chosen = sys.argv[2:]
for scenario in (gap, liveness, crash_loop, late_stop, restart_and_upgrade):
    if not chosen or scenario.__name__ in chosen:
        scenario()
claims.end()
