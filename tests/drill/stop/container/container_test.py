#!/usr/bin/python3
"""The drill's stop of real containers, under a Docker daemon of the test's own.

usage: container_test.py STOP_CONTAINER

Status: 0 passed, 1 failed, 77 cannot run here (the reason is the last line).
"""
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # the source tree stays as it is
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "support"))
from docker_daemon import Container, Daemon, put_busybox, run_with_daemon

GRACEFUL = "trap 'sleep 0.3; exit 5' TERM; echo ready; while :; do sleep 0.05; done"
DEAF = "echo ready; sleep 600"


def prepare(daemon: Daemon) -> None:
    base = daemon.folder / "base"
    put_busybox(base / "bin", "sh", "sleep", "touch", "ls")
    (base / "tmp").mkdir()
    daemon.build_root("base", base)


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
    def run(daemon: Daemon) -> int:
        prepare(daemon)
        cases(daemon, sys.argv[1])
        print("passed")
        return 0

    return run_with_daemon(run)


if __name__ == "__main__":
    sys.exit(main())
