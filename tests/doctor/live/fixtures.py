"""What the matrix looks at: each fixture makes real processes, and says what to ask of the doctor.
A fixture is called with what it is about, and gives a context manager to enter when it is due."""
import contextlib
import dataclasses
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from groups import Skip
from patient import (IN_NAMESPACE, IS_ROOT, LASTCALL, SUBJECT, children_of, field_of,
                     init_of_namespace, running, wait_until)

TOLD = ("--since", "5s")  # the stop signal was sent
NEVER_WAIT = ("busy", "hog")


class TooSlow(Exception):
    """The machine was too busy for what the fixture is about; another try may do."""


@dataclasses.dataclass
class Asked:
    arguments: tuple
    env: dict = None
    by: tuple = ()


def fixture(function):
    made = contextlib.contextmanager(function)
    return lambda *arguments, **named: lambda: made(*arguments, **named)


def need(*programs, root=False):
    if root and not IS_ROOT:
        raise Skip("root")
    for one in programs:
        if shutil.which(one) is None:
            raise Skip(one)


def ready(process):
    """The port that it says; 0: none."""
    word, port = process.stdout.readline().split()
    if word != "ready":
        raise AssertionError(word)
    return int(port)


def state_is(pid, letters):
    return field_of(pid, "State")[:1] in letters


def settle(process, mode):
    """It has said that it is ready: it waits where the mode has it wait."""
    if mode not in NEVER_WAIT:
        wait_until(lambda: state_is(process.pid, "SDZ"), f"{mode} to wait")


# ---- one process ----

@fixture
def before(mode):
    with running([SUBJECT, mode]) as process:
        ready(process)
        settle(process, mode)
        yield Asked((process.pid,))


@fixture
def told(mode, *more, age=0):
    """It was sent SIGTERM; `age`: after so many seconds, for what is true only then."""
    with running([SUBJECT, mode]) as process:
        ready(process)
        settle(process, mode)
        time.sleep(age)
        process.send_signal(signal.SIGTERM)
        settle(process, mode)
        yield Asked((process.pid, *TOLD, *more))


@fixture
def its_child(mode):
    with running([SUBJECT, mode]) as process:
        ready(process)
        yield Asked((children_of(process.pid)[0],))


@fixture
def after_its_age(mode, seconds, *more):
    """What is true of it only after some time."""
    with running([SUBJECT, mode]) as process:
        ready(process)
        time.sleep(seconds)
        yield Asked((process.pid, *more))


@fixture
def asking(*more):
    """It has asked a database, which does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as database, \
            running([SUBJECT, "asking", str(database.getsockname()[1])]) as process:
        ready(process)
        yield Asked((process.pid, *more))


@fixture
def stopped():
    with running([SUBJECT, "good"]) as process:
        ready(process)
        process.send_signal(signal.SIGSTOP)
        wait_until(lambda: state_is(process.pid, "T"), "stop")
        yield Asked((process.pid,))


@fixture
def under_strace():
    need("strace")
    with running([SUBJECT, "good"]) as process:
        ready(process)
        with running(["strace", "-qq", "-o", "/dev/null", "-p", str(process.pid)]) as tracer:
            wait_until(lambda: field_of(process.pid, "TracerPid") == str(tracer.pid), "strace")
            yield Asked((process.pid,))


@fixture
def left_behind():
    """The server is gone; who has inherited its listening socket is there."""
    with running([SUBJECT, "leak"]) as process:
        port = ready(process)
        child = children_of(process.pid)[0]
        process.kill()
        process.wait()
        try:
            yield Asked(("--port", port))
        finally:
            os.kill(child, signal.SIGKILL)


@fixture
def seen_by_nobody(mode):
    as_nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")
    need("setpriv", root=True)
    if subprocess.run([*as_nobody, LASTCALL, "--version"], capture_output=True).returncode != 0:
        raise Skip("a folder of the program that other users may enter")
    with running([SUBJECT, mode]) as process:
        ready(process)
        yield Asked((process.pid,), by=as_nobody)


@fixture
def seen_without_trace(mode):
    """As root in most containers: it may list what another user's process has open, and no more."""
    without = ("setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace", "--")
    as_nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")
    need("setpriv", root=True)
    if subprocess.run([*as_nobody, "test", "-x", SUBJECT], check=False).returncode != 0:
        raise Skip("a folder of the program that other users may enter")
    with running([*as_nobody, SUBJECT, mode]) as process:
        ready(process)
        yield Asked((process.pid,), by=without)


# ---- what was started, and what is behind it ----

@fixture
def started_as(*command, pid_1=False, child=False, more=()):
    """A command that starts the subject. `child`: that is asked about, and not who started it."""
    need(*(["unshare", *command[:1]] if pid_1 else command[:1]), root=pid_1)
    with running([*IN_NAMESPACE, *command] if pid_1 else command) as process:
        process.stdout.readline()
        pid = init_of_namespace(process) if pid_1 else process.pid
        # Below two seconds of age the doctor says less.
        yield Asked((children_of(pid)[0] if child else pid, *(("--deep",) if pid_1 else ()), *more))


@fixture
def script(text, shell="bash", pid_1=False, child=False, more=()):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "entry.sh")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("SUBJECT", SUBJECT))
        with started_as(shell, path, pid_1=pid_1, child=child, more=more)() as asked:
            yield asked


@fixture
def young(mode):
    """As pid 1, within its first two seconds."""
    need("unshare", root=True)
    began = time.monotonic()
    with running([*IN_NAMESPACE, SUBJECT, mode]) as process:
        ready(process)
        yield Asked((init_of_namespace(process),))
        if time.monotonic() - began > 2:
            raise TooSlow("it was older than two seconds")
