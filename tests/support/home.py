"""A home of lastcall for a test: `lastcall up` in it, and everything that is asked of it.

The folder is private, and is $LASTCALL_HOME; the test may keep its own files there. Whatever
happens, nothing of the home is left when the `with` is over: all that runs in it has its folder
in its environment, or is below somebody who has.
"""
import http.client
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .claims import claims
from .processes import (all_processes, below, children_of, command_of, environment_of, is_alive,
                        kill)
from .waiting import ceiling

programs = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, seconds):
        super().__init__("localhost", timeout=seconds)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Home:
    """`around`: a command line in front of that of `lastcall up`"""

    def __init__(self, around=()):
        self.folder = tempfile.TemporaryDirectory(prefix="lastcall-test-")
        self.path = Path(self.folder.name)
        self.environment = {**os.environ, "LASTCALL_HOME": self.folder.name, "NO_COLOR": "1",
                            "LC_ALL": "C.UTF-8", "TEST_HOME": self.folder.name}
        self.environment.pop("NOTIFY_SOCKET", None)  # that of whoever runs the tests
        self.config, self.log = self.path / "lastcall.yaml", self.path / "up.log"
        self.around, self.words, self.keeper = around, (), None
        claims.witnesses.append(self.evidence)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None and kind is not SystemExit:
            claims.say(*self.evidence())
        self.clean()

    def up(self, *words):
        """`lastcall up`; without words those of the last time."""
        self.words = words or self.words
        with open(self.log, "ab") as log:
            self.keeper = subprocess.Popen(
                [*self.around, programs / "lastcall", "up", *self.words], env=self.environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self

    def lastcall(self, *words, limit=2 * ceiling):
        return subprocess.run([programs / "lastcall", *words], env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=limit, check=False)

    def begin(self, *words):
        """Does not wait for it to end."""
        return subprocess.Popen([programs / "lastcall", *words], env=self.environment, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)

    def ask(self, method, path, body=None, headers=None, seconds=ceiling):
        """Returns: status and JSON. Errors: OSError, HTTPException; nothing is retried."""
        connection = UnixConnection(self.path / "run" / "api.sock", seconds)
        try:
            text = json.dumps(body) if body is not None else None
            connection.request(method, path, text, headers or (
                {"Content-Type": "application/json"} if text else {}))
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content.startswith(b"{") else content
        finally:
            connection.close()

    def status(self, seconds=ceiling):
        """What the agent tells, or None while there is none."""
        try:
            return self.ask("GET", "/v1/status", seconds=seconds)[1]
        except (OSError, http.client.HTTPException):
            return None

    def services(self):
        """By their names."""
        shown = self.status()
        return {one["name"]: one for one in shown["services"]} if shown else {}

    def web(self):
        """The service of this name; nothing where it is not there."""
        return self.services().get("web", {})

    def is_state(self, *names):
        return self.web().get("state") in names

    def is_ready(self):
        """All are."""
        services = self.services()
        return bool(services) and all(one["state"] == "ready" for one in services.values())

    def is_settled(self):
        """It is ready, nothing is under way, and only one generation is there."""
        web = self.web()
        return web and web["state"] == "ready" and not web.get("deploy") and len(
            [one for one in web["generations"] if one["state"] != "exited"]) == 1

    def deploy_state(self):
        """That of the deploy that is under way, or nothing."""
        return (self.web().get("deploy") or {}).get("state", "")

    def current(self):
        """The number of the generation that has the traffic, or 0."""
        return next((one["number"] for one in self.web().get("generations", [])
                     if one["role"] == "current"), 0)

    def agent_pid(self):
        """Of the agent that answers, or 0."""
        shown = self.status()
        return shown["pid"] if shown else 0

    def is_another_agent(self, former):
        return self.agent_pid() not in (0, former)

    def rows(self, *kinds, deploy=0):
        """Rows of the journal, read beside the agent: it notices nothing."""
        try:
            database = sqlite3.connect(f"file:{self.path}/journal.db?mode=ro", uri=True, timeout=5)
        except sqlite3.OperationalError:
            return []
        try:
            rows = [json.loads(body) for (body,) in
                    database.execute("select body from row order by number")]
        except sqlite3.OperationalError:
            return []
        finally:
            database.close()
        return [row for row in rows if (not kinds or row["kind"] in kinds)
                and (not deploy or row["deploy"] == deploy)]

    def story(self, last=16):
        """The newest rows, for people."""
        return [f"{row['number']} {row['kind']} {row['generation']} {str(row['fields'])[:200]}"
                for row in self.rows()[-last:]]

    def said(self):
        """What keeper and agent have printed last."""
        if not self.log.exists():
            return ""
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]

    def evidence(self):
        """All that there is to know about it now, for people."""
        return ["status:", json.dumps(self.status(5)), "story:", *self.story(), "log:", self.said(),
                "processes:", *(f"{pid} {' '.join(command_of(pid))}" for pid in self.processes())]

    def processes(self):
        """All that run in this home."""
        marked = [pid for pid in all_processes() if pid != os.getpid() and
                  environment_of(pid).get("TEST_HOME") == self.folder.name]
        return sorted({*marked, *(one for pid in marked for one in below(pid))})

    def agent_process(self):
        """The pid of the agent, as the kernel tells it: it may be too young to answer."""
        return next((pid for pid in children_of(self.keeper.pid)
                     if command_of(pid)[1:2] == ["agent"] and is_alive(pid)), 0)

    def down(self):
        """Stops everything in order. Returns: the keeper's exit status."""
        self.keeper.terminate()
        return self.end_status()

    def end_status(self):
        """Waits for the keeper. Returns: its exit status, or None where it goes on."""
        try:
            return self.keeper.wait(ceiling)
        except subprocess.TimeoutExpired:
            return None

    def clean(self):
        """Whatever happened: nothing of this home is left."""
        if self.evidence in claims.witnesses:
            claims.witnesses.remove(self.evidence)
        if self.keeper and self.keeper.poll() is None:
            self.down()
        while left := [pid for pid in self.processes() if is_alive(pid)]:
            for pid in left:
                kill(pid)
            time.sleep(0.01)
        if self.keeper:
            self.keeper.wait()
        self.folder.cleanup()
