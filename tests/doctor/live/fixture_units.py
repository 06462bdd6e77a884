"""Fixtures of the matrix that are units: real processes in a real cgroup, and the words of systemd
from a script. tests/systemd/doctor.sh asks a real one."""
import contextlib
import os
import tempfile

import groups
from fixtures import Asked, fixture, need, ready
from patient import SUBJECT, running, said_by

USUAL = {"LoadState": "loaded", "ActiveState": "active", "SubState": "running", "ControlPID": 0,
         "SendSIGKILL": "yes", "KillSignal": 15, "KillMode": "control-group",
         "TimeoutStopUSec": "1min 30s", "PIDFile": ""}


@contextlib.contextmanager
def unit_of(count):
    """A cgroup with so many processes, and what systemd would say of it."""
    need(root=True)
    root = groups.unified_root()
    with groups.group_below(root) as group, contextlib.ExitStack() as stack:
        pids = []
        for _ in range(count):
            process = stack.enter_context(running([SUBJECT, "good"]))
            ready(process)
            groups.enter(group, process.pid)
            pids.append(process.pid)
        yield pids, {**USUAL, "MainPID": pids[0], "ControlGroup": group[len(root):]}


@contextlib.contextmanager
def asked_of(facts, *more):
    text = "\n".join(f"{name}={value}" for name, value in facts.items())
    with said_by("systemctl", text) as environment:
        yield Asked(("--unit", "web", *more), env=environment)


@fixture
def unit(count=1, more=(), **said):
    with unit_of(count) as (_, facts), asked_of({**facts, **said}, *more) as asked:
        yield asked


@fixture
def unit_with_job(other):
    """Its stop waits for that of `other`; empty: for nobody. What `list-jobs` prints goes with the
    properties: who asks for one reads over the other."""
    waits = f"\n└─  \twaiting for job 198 ({other}/stop) -    -" if other else ""
    with unit_of(1) as (_, facts), asked_of(
            {**facts, "Job": f"199\n199 web.service stop waiting{waits}"}) as asked:
        yield asked


@fixture
def unit_in_exec_stop():
    """Its ExecStop= does not end: the second process is that."""
    with unit_of(2) as (pids, facts), asked_of(
            {**facts, "ActiveState": "deactivating", "SubState": "stop",
             "ControlPID": pids[1]}) as asked:
        yield asked


@fixture
def unit_with_pid_file(is_stale):
    with unit_of(2) as (pids, facts), tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "web.pid")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"{pids[1 if is_stale else 0]}\n")
        with asked_of({**facts, "PIDFile": path}) as asked:
            yield asked
