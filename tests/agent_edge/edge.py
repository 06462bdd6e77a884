"""A home of lastcall with a lastcall.yaml in it, for claims about one thing each."""
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ceiling = 40  # of every wait, in seconds
violations = []


def check(claim, holds, *evidence):
    if not holds:
        violations.append(claim)
        print("violation:", claim, *evidence, sep="\n  ", file=sys.stderr, flush=True)
    return bool(holds)


def end():
    """The end of every test here."""
    sys.exit(1 if violations else print("all claims hold"))


def until(condition):
    last = time.monotonic() + ceiling
    while not (value := condition()) and time.monotonic() < last:
        time.sleep(0.02)
    return value


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=ceiling)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Home:
    def __init__(self, **more):
        self.programs = Path(sys.argv[1]).resolve()
        self.folder = tempfile.TemporaryDirectory(prefix="lastcall-edge-")
        self.path = Path(self.folder.name)
        self.config = self.path / "lastcall.yaml"
        self.log = self.path / "up.log"
        self.environment = {**os.environ, "LASTCALL_HOME": str(self.path / "state"),
                            "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "EDGE_HOME": str(self.path),
                            **more}
        self.up = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.up and self.up.poll() is None:
            self.up.terminate()
            try:
                self.up.wait(ceiling)
            except subprocess.TimeoutExpired:
                pass
        while left := self.processes():
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.01)
        if self.up:
            self.up.wait()
        self.folder.cleanup()

    def processes(self):
        """All that run in this home: they have it in their environment."""
        mark, found = f"EDGE_HOME={self.path}".encode(), []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    if mark in (entry / "environ").read_bytes().split(b"\0"):
                        found.append(int(entry.name))
                except OSError:
                    pass  # it has ended
        return found

    def write(self, text):
        self.config.write_text(text, encoding="utf-8")

    def begin(self, *words):
        with open(self.log, "ab") as log:
            self.up = subprocess.Popen(
                [self.programs / "lastcall", "up", *(words or [self.config])],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT)

    def lastcall(self, *words):
        return subprocess.run([self.programs / "lastcall", *words], env=self.environment,
                              text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=2 * ceiling, check=False)

    def ask(self, path, method="GET", body=None):
        """Returns: status and JSON, or None while no agent answers."""
        connection = UnixConnection(self.path / "state" / "run" / "api.sock")
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content[:1] == b"{" else content.decode()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def status(self):
        got = self.ask("/v1/status")
        return got[1] if got else {}

    def service(self, name):
        return next((one for one in self.status().get("services", []) if one["name"] == name), {})

    def is_ready(self, name="web"):
        return self.service(name).get("state") == "ready"

    def rows(self, *kinds):
        """Rows of the journal, read beside the agent."""
        try:
            database = sqlite3.connect(f"file:{self.path}/state/journal.db?mode=ro", uri=True)
            found = [json.loads(body) for (body,) in
                     database.execute("select body from row order by number")]
            database.close()
        except sqlite3.OperationalError:
            return []
        return [row for row in found if row["kind"] in kinds]

    def said(self):
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]
