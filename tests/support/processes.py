"""Processes as /proc shows them, and how they are ended: by their ids, and no others."""
import os
import signal
import subprocess
from pathlib import Path


def stat_of(pid):
    """State, parent, … as in proc(5); nothing where there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()
    except OSError:
        return []


def is_alive(pid):
    words = stat_of(pid)
    return bool(words) and words[0] not in "ZX"


def parent_of(pid):
    words = stat_of(pid)
    return int(words[1]) if words else 0


def name_of(pid):
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def command_of(pid):
    try:
        text = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        return text.removesuffix("\0").split("\0")
    except OSError:
        return []


def environment_of(pid):
    """As it was given to the program."""
    try:
        lines = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def all_processes():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def children_of(pid):
    """Also those that have ended and are not waited for."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def below(pid):
    """All descendants."""
    found = children_of(pid)
    for child in list(found):
        found += below(child)
    return found


def descendants(pid):
    """pid → command line of those below it that are alive."""
    return {one: " ".join(command_of(one)) for one in below(pid) if is_alive(one)}


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def end(process, seconds=30):
    """Ends a child of ours, in order if that is possible. Returns: its status."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()
