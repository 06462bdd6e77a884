#!/usr/bin/python3
"""The drill's stop of real containers, under a Docker daemon of the test's own.

usage: container_test.py STOP_CONTAINER

Status: 0 passed, 1 failed, 77 cannot run here (the reason is the last line).
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # the source tree stays as it is
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "init_docker"))
from daemon import CannotRun, Container, Daemon

BUSYBOX = Path("/bin/busybox")
GRACEFUL = "trap 'sleep 0.3; exit 5' TERM; echo ready; while :; do sleep 0.05; done"
DEAF = "echo ready; sleep 600"


def prepare(daemon: Daemon) -> None:
    base = daemon.folder / "base"
    (base / "bin").mkdir(parents=True)
    (base / "tmp").mkdir()
    shutil.copy(BUSYBOX.resolve(), base / "bin/busybox")
    for name in ("sh", "sleep", "touch", "ls"):
        (base / "bin" / name).symlink_to("busybox")
    daemon.build("base", base, "FROM scratch\nCOPY . /\nENV PATH=/bin\n")
    tried = daemon.docker("run", "--rm", "base", "sleep", "0", check=False)
    if tried.returncode != 0:
        raise CannotRun(f"a machine where a container can run; docker said:\n{tried.stdout}")


def stop(daemon: Daemon, program: str, *words) -> str:
    done = subprocess.run([program, *map(str, words)], env=daemon.environment, text=True,
                          stdout=subprocess.PIPE, check=False, timeout=120)
    print(f"--- {' '.join(map(str, words))}\n{done.stdout}", flush=True)
    return done.stdout


def started(daemon: Daemon, name: str, script: str) -> None:
    Container(daemon, name, "--network=none", "base", "sh", "-c", script).wait_for("ready")


def check(text: str, *parts: str) -> None:
    for part in parts:
        assert part in text, f"there is no '{part}' in\n{text}"


def cases(daemon: Daemon, program: str) -> None:
    check(stop(daemon, program, "nobody", "docker", 1000), "problem container nobody: docker says",
          "docker ps lists")

    started(daemon, "graceful", GRACEFUL)
    check(stop(daemon, program, "graceful", "docker", 10000), "known 1 code 5 signal 0 killed 0",
          "note stop command `docker stop -t 10 graceful`: exit 0", "killed_ms -1.0")
    check(stop(daemon, program, "graceful", "docker", 1000), "does not run (exited)")

    # PID 1 without a handler: the kernel drops the signal, and docker has to kill it.
    started(daemon, "deaf", DEAF)
    text = stop(daemon, program, "deaf", "docker", 2000)
    check(text, "known 1 code 0 signal 9 killed 1", "cause init-default")

    started(daemon, "pod", GRACEFUL)
    text = stop(daemon, program, "pod", "kubernetes", 10000)
    check(text, "note preStop `docker exec pod touch /tmp/pre-stop`: exit 0", "code 5 signal 0")

    started(daemon, "crashed", GRACEFUL)
    check(stop(daemon, program, "crashed", "crash", 10000), "signal 9 killed 1")


def main() -> int:
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # of dockerd and runc
    daemon = None
    try:
        if os.geteuid() != 0:
            raise CannotRun("root: a Docker daemon has to be started")
        if not BUSYBOX.exists():
            raise CannotRun("busybox-static")
        daemon = Daemon()
        prepare(daemon)
        cases(daemon, sys.argv[1])
    except CannotRun as reason:
        required = "LASTCALL_REQUIRE_DOCKER" in os.environ
        print(f"{'FAILED' if required else 'SKIPPED'}: it needs {reason}")
        return 1 if required else 77
    finally:
        if daemon:
            daemon.close()
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
