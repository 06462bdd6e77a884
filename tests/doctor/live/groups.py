"""cgroups of the test's own, of version 1 or 2: whichever this machine has."""
import contextlib
import os
import tempfile

from patient import wait_until

ROOT = "/sys/fs/cgroup"


class Skip(Exception):
    """This machine does not have what the fixture needs; the text says what."""


def write(folder, file, value):
    with open(os.path.join(folder, file), "w", encoding="ascii") as to:
        to.write(str(value))


def read(folder, file):
    with open(os.path.join(folder, file), encoding="ascii") as text:
        return text.read()


def unified_root():
    """Of version 2, alone or beside version 1."""
    for folder in (ROOT, f"{ROOT}/unified"):
        if os.path.exists(f"{folder}/cgroup.controllers"):
            return folder
    raise Skip("cgroup version 2")


def root_with(controller):
    """Its hierarchy of version 1, else that of version 2 with the controller enabled."""
    if os.path.exists(f"{ROOT}/{controller}/cgroup.procs"):
        return f"{ROOT}/{controller}"
    folder = unified_root()
    if controller not in read(folder, "cgroup.subtree_control").split():
        try:
            write(folder, "cgroup.subtree_control", f"+{controller}")
        except OSError as error:
            raise Skip(f"a cgroup with the controller {controller}") from error
    return folder


@contextlib.contextmanager
def group_below(root):
    """A new one; whoever is still in it at the end goes back to the root."""
    try:
        folder = tempfile.mkdtemp(prefix="lastcall-doctor-", dir=root)
    except OSError as error:
        raise Skip(f"a cgroup in {root} that may be made: {error.strerror}") from error
    try:
        yield folder
    finally:
        for below, _, _ in os.walk(folder, topdown=False):
            remove(below, root)


def remove(folder, root):
    def is_gone():
        with contextlib.suppress(OSError):
            for pid in read(folder, "cgroup.procs").split():
                with contextlib.suppress(OSError):
                    write(root, "cgroup.procs", pid)
        with contextlib.suppress(OSError):
            os.rmdir(folder)
        return not os.path.exists(folder)
    wait_until(is_gone, f"{folder} to be empty")


def enter(folder, pid):
    write(folder, "cgroup.procs", pid)


def limit_processor(folder, quota_us, period_us=100_000):
    if os.path.exists(f"{folder}/cpu.max"):
        write(folder, "cpu.max", f"{quota_us} {period_us}")
    else:
        write(folder, "cpu.cfs_period_us", period_us)
        write(folder, "cpu.cfs_quota_us", quota_us)


def free_processor(folder):
    if os.path.exists(f"{folder}/cpu.max"):
        write(folder, "cpu.max", "max")
    else:
        write(folder, "cpu.cfs_quota_us", -1)


def limit_memory(folder, size):
    version_2 = os.path.exists(f"{folder}/memory.max")
    write(folder, "memory.max" if version_2 else "memory.limit_in_bytes", size)


@contextlib.contextmanager
def frozen(folder):
    is_version_2 = os.path.exists(f"{folder}/cgroup.freeze")
    file, frozen_value, thawed = ("cgroup.freeze", "1", "0") if is_version_2 else \
        ("freezer.state", "FROZEN", "THAWED")
    try:
        write(folder, file, frozen_value)
        wait_until(lambda: "frozen 1" in read(folder, "cgroup.events") if is_version_2 else
                   read(folder, file).strip() == "FROZEN", "the freezer")
        yield
    finally:
        write(folder, file, thawed)
