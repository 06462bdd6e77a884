"""Processes for the doctor to look at: started, ready when told so, ended by their ids."""
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

LASTCALL, SUBJECT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
CEILING = 30  # seconds, for anything
IS_ROOT = os.geteuid() == 0
IN_NAMESPACE = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]


def wait_until(what, why):
    end = time.monotonic() + CEILING
    while not what():
        if time.monotonic() > end:
            raise AssertionError(f"not within {CEILING} s: {why}")
        time.sleep(0.02)


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(one) for one in file.read().split()]
    except OSError:
        return []


def tree_of(pid):
    found = [pid]
    for one in found:
        found += children_of(one)
    return found


def field_of(pid, name):
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.startswith(name + ":"):
                    return line.split(":", 1)[1].strip()
    return ""


def catches(pid, number):
    return bool(int(field_of(pid, "SigCgt") or "0", 16) >> (number - 1) & 1)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def listens(port):
    with socket.socket() as one:
        one.settimeout(0.2)
        return one.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def running(argv, **more):
    """The process; at the end all that descends from it is killed, by the ids that it had."""
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, **more)
    process.all = lambda: tree_of(process.pid)
    try:
        yield process
    finally:
        for pid in reversed(tree_of(process.pid)):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGCONT)
                os.kill(pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def doctor(*arguments, by=(), env=None):
    """The report, and the exit status. `by`: a command that runs it."""
    made = subprocess.run([*by, LASTCALL, "doctor", *map(str, arguments), "--json"],
                          capture_output=True, text=True, timeout=CEILING, env=env)
    if made.returncode not in (0, 3):
        raise AssertionError(f"status {made.returncode}: {made.stderr}")
    return json.loads(made.stdout), made.returncode


@contextlib.contextmanager
def said_by(program, answer):
    """What a platform would say, said by a script in its place. Gives the environment for it."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, program)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\ncat <<'END'\n{answer}\nEND\n")
        os.chmod(path, 0o755)
        yield {**os.environ, "PATH": folder + ":" + os.environ["PATH"]}


def rules_of(report):
    return sorted(one["rule"] for one in report["findings"])


def init_of_namespace(process):
    """The pid, here, of pid 1 in the namespace that `unshare --fork` has made."""
    wait_until(lambda: any(field_of(pid, "NSpid").split()[-1:] == ["1"] for pid in process.all()),
               "the namespace")
    return next(pid for pid in process.all() if field_of(pid, "NSpid").split()[-1] == "1")


class WithFolder(unittest.TestCase):
    """Has a folder for the files of a program, which all may read."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.chmod(self.folder, 0o755)

    def file(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as made:
            made.write(text)
        os.chmod(path, mode)
        return path

    @contextlib.contextmanager
    def server(self, argv, port):
        if shutil.which(argv[0]) is None:
            self.skipTest(f"{argv[0]} is not installed")
        with running(argv, cwd=self.folder) as process:
            wait_until(lambda: listens(port), argv[0])
            yield process
        wait_until(lambda: not listens(port), f"the workers of {argv[0]} to end")
