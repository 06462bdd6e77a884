#!/usr/bin/python3
"""`lastcall up` as PID 1 of real containers: the image of packaging/lastcall/Dockerfile, and on top
of it the one of docs/up.md.

usage: agent_container_test.py DIRECTORY-OF-THE-PROGRAMS [CASE...]

Status: 0 passed, 1 failed, 77 cannot run here (the reason is the last line).
"""
import shutil
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # the source tree stays as it is
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))
from docker_daemon import Container, Daemon, put_busybox, run_functions, run_with_daemon, until

PROGRAMS = ("lastcall", "lastcall-keeper", "lastcall-init")
PYTHON = Path("/usr/bin/python3").resolve()
LIBRARY = Path("/usr/lib") / PYTHON.name
# Python comes from this machine, as a volume: the layers of an image stay small.
VOLUMES = ("--volume", f"{PYTHON}:/usr/bin/python3:ro", "--volume", f"{LIBRARY}:{LIBRARY}:ro")

# The tools of the build, without a network: its commands run, and "cmake --build" puts the
# programs where the real one would.
FAKE_TOOLS = {
    "apt-get": "exit 0",
    "cmake": 'if [ "$1" = --build ]; then mkdir -p build/release/bin && '
             "cp /lastcall* build/release/bin/; fi",
}


def check(truth, what: str, *shown) -> None:
    if not truth:
        raise AssertionError("\n".join([what, *map(str, shown)]))


def libraries_of(*files) -> set:
    found = set()
    for line in subprocess.run(["ldd", *files], stdout=subprocess.PIPE, text=True, check=False,
                               stderr=subprocess.DEVNULL).stdout.splitlines():
        found |= {word for word in line.split() if word.startswith("/") and not word.endswith(":")}
    return found


def docs_dockerfile() -> str:
    blocks = (ROOT / "docs/up.md").read_text().split("```dockerfile\n")
    check(len(blocks) == 2, "docs/up.md has one sample of a Dockerfile")
    return blocks[1].split("```")[0]


def prepare(daemon: Daemon, programs: Path) -> None:
    base = daemon.folder / "debian"
    put_busybox(base / "usr/bin", "sh", "cat", "sleep", "mkdir", "cp", "rm", "awk", "xargs", "kill",
                "grep", "mkfifo")
    for folder in ("tmp", "app"):
        (base / folder).mkdir()
    (base / "bin").symlink_to("usr/bin")
    for name, line in FAKE_TOOLS.items():
        (base / "usr/bin" / name).write_text(f"#!/bin/sh\n{line}\n")
        (base / "usr/bin" / name).chmod(0o755)
    for name in PROGRAMS:
        shutil.copy(programs / name, base / name)
    for file in libraries_of(programs / "lastcall", PYTHON, *LIBRARY.glob("lib-dynload/*.so")):
        copy = base / file.lstrip("/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    daemon.build_root("debian:12-slim", base, path="/usr/bin")

    source = daemon.folder / "source/tools"
    source.mkdir(parents=True)
    shutil.copy(ROOT / "tools/packages.txt", source)
    daemon.build("lastcall", source.parent, (ROOT / "packaging/lastcall/Dockerfile").read_text())
    application = daemon.folder / "application"
    application.mkdir()
    shutil.copy(ROOT / "tests/agent_systemd/server.py", application)
    daemon.build("service", application, docs_dockerfile())


class Up(Container):
    """A container that is ready, with the server of the image or with another command line."""

    def __init__(self, daemon: Daemon, name: str, *command):
        super().__init__(daemon, name, *VOLUMES, "service", *command)
        while " -> done" not in (line := self.wait_for(" deploy 1: ")):
            check("exited" not in line, "it did not become ready", *self.said)

    def execute(self, *command, check=True):
        return self.daemon.docker("exec", self.name, *command, check=check)

    def ask(self, path="/") -> subprocess.Popen:
        """From outside, in the container's network: it has no other."""
        pid = self.daemon.docker("inspect", "--format", "{{.State.Pid}}", self.name).stdout.strip()
        return subprocess.Popen(["nsenter", "--net", "--target", pid, "curl", "-sS",
                                 "http://127.0.0.1:8080" + path], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def answer(self) -> str:
        return self.ask().communicate(timeout=20)[0]

    def hold(self) -> subprocess.Popen:
        """A request that is inside until the server is told to stop."""
        held = self.ask("/held")
        self.wait_for("| held")
        return held

    def process_names(self) -> list:
        """Of all but the one that looks, with their state: "S lastcall-init"."""
        lines = self.execute("sh", "-c", "cat /proc/[0-9]*/stat 2> /dev/null", check=False).stdout
        found = []
        for line in lines.splitlines():
            name, _, rest = line.partition("(")[2].rpartition(")")
            found.append(f"{rest.split()[0]} {name}")
        return found


CASES = []


def case(function):
    CASES.append(function)
    return function


def server(*words):
    return ["--listen", "0.0.0.0:8080", "--grace", "9s", "--", *words]


@case
def docker_stop_answers_what_is_inside(daemon):
    container = Up(daemon, "drained")
    check(container.answer().startswith("one"), "it serves")
    held = container.hold()
    took = container.stop()
    status, said = container.result()
    answer = held.communicate(timeout=20)[0]
    check(answer.endswith("told to stop"), "the request was not answered", answer, said)
    check(status == 0, f"exit status {status}", said)
    check("exited with 0" in said, "the end of the service is told", said)
    return f"{took:.1f} s"


@case
def what_does_not_stop_is_killed_before_docker_does_it(daemon):
    container = Up(daemon, "deaf", "--listen", "0.0.0.0:8080", "--grace", "2s", "--", "python3", "-B",
                   "/app/server.py", "0.0.0.0:8080", "one", "--deaf")
    container.stop("--time", "60")
    status, said = container.result()
    check(status == 75, f"exit status {status}", said)


@case
def a_new_version_is_deployed_inside(daemon):
    container = Up(daemon, "deployed")
    done = container.execute("lastcall", "deploy", "--", "python3", "-B", "/app/server.py",
                             "0.0.0.0:8080", "two", check=False)
    check(done.returncode == 0, "the deploy failed", done.stdout)
    check(container.answer().startswith("two"), "the new version does not serve")
    container.stop()
    status, said = container.result()
    check(status == 0, f"exit status {status}", said)


@case
def the_agent_may_be_killed(daemon):
    container = Up(daemon, "bereft")
    served = container.answer()
    container.execute("sh", "-c", "for one in /proc/[0-9]*; do "
                      "[ \"$(cat $one/comm)\" != lastcall ] || kill -9 ${one#/proc/}; done")
    until("the next agent answers",
          lambda: container.execute("lastcall", "status", check=False).returncode == 0)
    check(container.answer() == served, "the service was touched")
    held = container.hold()
    container.stop()
    status, said = container.result()
    answer = held.communicate(timeout=20)[0]
    check(answer.endswith("told to stop") and status == 0, "it does not drain any more", answer,
          status, said)


@case
def orphans_are_reaped(daemon):
    # One of the service, and one that docker exec has left to PID 1. Both read a FIFO.
    orphan = "(grep x /tmp/go > /dev/null 2>&1 & exit 0)"
    container = Up(daemon, "orphans", *server(
        "sh", "-c", f"mkfifo /tmp/go; {orphan}; exec python3 -B /app/server.py 0.0.0.0:8080 one"))

    def orphans():
        return [one for one in container.process_names() if "grep" in one]
    container.execute("sh", "-c", orphan)
    until("both are there", lambda: len(orphans()) == 2)
    container.execute("sh", "-c", ": > /tmp/go")
    until("they have ended, and are no zombies", lambda: not orphans())
    names = container.process_names()
    check(not any(one.startswith("Z") for one in names), "there are zombies", names)
    check(any("python3" in one for one in names), "the service is not there", names)
    container.stop()
    status, said = container.result()
    check(status == 0, f"exit status {status}", said)


def main() -> int:
    programs, wanted = Path(sys.argv[1]), sys.argv[2:]

    def run(daemon: Daemon) -> int:
        prepare(daemon, programs)
        return run_functions(daemon, CASES, wanted)

    return run_with_daemon(run, [PYTHON, Path("/usr/bin/curl")])


if __name__ == "__main__":
    sys.exit(main())
