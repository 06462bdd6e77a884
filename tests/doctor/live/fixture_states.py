"""Fixtures of the matrix that hold a process, whatever it does about signals: its cgroup, and files
that do not come."""
import contextlib
import os
import signal
import subprocess
import tempfile

import groups
from fixtures import Asked, TooSlow, fixture, need, ready, settle, state_is
from groups import Skip
from patient import SUBJECT, field_of, running, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))


@fixture
def in_frozen_group(version, below=False):
    """`below`: it is the group above that is frozen."""
    need(root=True)
    root = groups.unified_root() if version == 2 else f"{groups.ROOT}/freezer"
    if not os.path.exists(f"{root}/cgroup.procs"):
        raise Skip("the freezer of cgroup version 1")
    with groups.group_below(root) as group, running([SUBJECT, "good"]) as process:
        ready(process)
        settle(process, "good")
        own = os.path.join(group, "below") if below else group
        os.makedirs(own, exist_ok=True)
        groups.enter(own, process.pid)
        with groups.frozen(group):
            yield Asked((process.pid,))


@fixture
def in_group(version=2):
    """In one of which nothing is limited or frozen."""
    need(root=True)
    root = groups.unified_root() if version == 2 else f"{groups.ROOT}/freezer"
    if not os.path.exists(f"{root}/cgroup.procs"):
        raise Skip("the freezer of cgroup version 1")
    with groups.group_below(root) as group, running([SUBJECT, "good"]) as process:
        ready(process)
        groups.enter(group, process.pid)
        yield Asked((process.pid,))


@fixture
def with_processor(mode, quota_us):
    """A share of 100 ms for each 100 ms is one processor."""
    need(root=True)
    with groups.group_below(groups.root_with("cpu")) as group, running([SUBJECT, mode]) as process:
        ready(process)
        groups.enter(group, process.pid)
        groups.limit_processor(group, quota_us)
        yield Asked((process.pid,))
        groups.free_processor(group)


@fixture
def with_processes(mode, at_most):
    need(root=True)
    with groups.group_below(groups.root_with("pids")) as group, running([SUBJECT, mode]) as process:
        ready(process)
        groups.write(group, "pids.max", at_most)
        groups.enter(group, process.pid)
        yield Asked((process.pid,))


@fixture
def with_memory(size):
    """It reads a file of 32 MiB again and again."""
    need(root=True)
    with tempfile.TemporaryDirectory() as folder, \
            groups.group_below(groups.root_with("memory")) as group:
        path = os.path.join(folder, "big")
        if subprocess.run(["stat", "-f", "-c", "%T", folder], capture_output=True,
                          text=True).stdout.strip() == "tmpfs":
            raise Skip("a folder for temporary files that is on a disk")
        with open(path, "wb") as file:
            file.write(b"x" * (32 << 20))
            file.flush()
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        groups.limit_memory(group, size)
        with running(["sh", "-c", 'echo $$ > "$0/cgroup.procs"; exec "$@"', group, SUBJECT,
                      "big-reader", path]) as process:
            ready(process)
            yield Asked((process.pid,))


@fixture
def killed_without_processor():
    """Its group has one thousandth of a processor, and many to share it with."""
    need(root=True)
    with groups.group_below(groups.root_with("cpu")) as group, contextlib.ExitStack() as stack:
        hogs = [stack.enter_context(running([SUBJECT, "hog"])) for _ in range(12)]
        for one in hogs:
            ready(one)
            groups.enter(group, one.pid)
        groups.limit_processor(group, 1_000, 1_000_000)
        stack.callback(groups.free_processor, group)
        pid = hogs[0].pid
        os.kill(pid, signal.SIGKILL)
        yield Asked((pid,))
        if not state_is(pid, "RS"):
            raise TooSlow("it has ended by SIGKILL")


# ---- a file system that does not answer ----

@contextlib.contextmanager
def hung_folder():
    need(root=True)
    with tempfile.TemporaryDirectory() as folder, \
            running([os.path.join(HERE, "hung_folder.py"), folder]) as server:
        said = server.stdout.readline().strip()
        if said != "ready":
            raise Skip(f"a file system of its own ({said})")
        server.folder = f"/proc/{server.pid}/root{folder}"
        yield server


@contextlib.contextmanager
def ended_first(server):
    """It lets go whoever waits for it: only then that can end."""
    try:
        yield
    finally:
        server.kill()


@fixture
def at_hung_file(mode, by=0, state="S"):
    """Told by the signal `by`, and in that state."""
    with hung_folder() as server, running([SUBJECT, mode, f"{server.folder}/file"]) as process, \
            ended_first(server):
        ready(process)
        task = f"/proc/{process.pid}/task"

        def waits():
            return any("request_wait_answer" in read_or_empty(f"{task}/{one}/stack") or
                       "request_wait_answer" in read_or_empty(f"{task}/{one}/wchan")
                       for one in os.listdir(task))
        wait_until(waits, "it to wait for the file")
        if by:
            process.send_signal(by)
            wait_until(lambda: any(state_is(f"{process.pid}/task/{one}", state)
                                   for one in os.listdir(task)), f"state {state}")
        yield Asked((process.pid,))


@fixture
def dumps_into_hung_folder():
    pattern = read_or_empty("/proc/sys/kernel/core_pattern").strip()
    if pattern[:1] in ("|", "/", "@"):
        raise Skip("a kernel.core_pattern that is a plain file name")
    with hung_folder() as server, running([SUBJECT, "crash", server.folder]) as process, \
            ended_first(server):
        ready(process)
        wait_until(lambda: field_of(process.pid, "CoreDumping") == "1", "the core dump")
        yield Asked((process.pid,))


def read_or_empty(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
