#!/usr/bin/python3
"""`lastcall doctor --container` on real containers: each raises the rules of its row and no others.

usage: doctor_container_test.py LASTCALL DOCTOR_SUBJECT [CASE...]

Status: 0 passed, 1 failed, 77 cannot run here (the reason is the last line).
"""
import concurrent.futures
import json
import shutil
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # the source tree stays as it is
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from docker_daemon import Daemon, put_busybox, run_case, run_with_daemon, status_of, until

IS_VERSION_2 = Path("/sys/fs/cgroup/cgroup.controllers").exists()
FROZEN = "L24" if IS_VERSION_2 else "L25"

# Its name, the rules that have to fire, the options of docker run, and what it runs.
TABLE = [
    ("good", "", [], ["/subject", "good"]),
    ("no-handler", "L01", [], ["/subject", "default"]),
    ("no-handler-init", "", ["--init"], ["/subject", "default"]),
    ("ignores", "L03", [], ["/subject", "ignores"]),
    ("shell", "L14", [], ["sh", "-c", "/subject good; :"]),
    ("shell-exec", "", [], ["sh", "-c", "exec /subject good"]),
    ("shell-trap", "L15", [], ["sh", "-c", "trap 'exit 0' TERM; /subject good; :"]),
    ("shell-init", "L20", ["--init"], ["sh", "-c", "/subject good; :"]),
    ("stop-signal", "L01", ["--stop-signal", "SIGQUIT"], ["/subject", "good"]),
    ("pid-host", "", ["--pid", "host"], ["/subject", "default"]),
    ("user", "", ["--user", "65534"], ["/subject", "good"]),
    ("stop-timeout", "", ["--stop-timeout", "42"], ["/subject", "good"]),
    ("no-timeout", "", ["--stop-timeout", "-1"], ["/subject", "good"]),
    ("paused", FROZEN, [], ["/subject", "good"]),
]
# What is said of the stop: the signal, and how long docker waits (None: without end).
SAID = {"good": ("SIGTERM", 10_000), "stop-signal": ("SIGQUIT", 10_000),
        "stop-timeout": ("SIGTERM", 42_000), "no-timeout": ("SIGTERM", None)}


def check(truth, what: str, *shown) -> None:
    if not truth:
        raise AssertionError("\n".join([what, *map(str, shown)]))


def prepare(daemon: Daemon, subject: Path) -> None:
    base = daemon.folder / "base"
    put_busybox(base / "bin", "sh")
    shutil.copy(subject, base / "subject")
    daemon.build_root("base", base)


def doctor(daemon: Daemon, *arguments):
    # Of a process that is younger than two seconds the doctor says less.
    return subprocess.run([daemon.lastcall, "doctor", *arguments, "--deep", "--json"],
                          env=daemon.environment, capture_output=True, text=True, timeout=60,
                          check=False)


def start(daemon: Daemon, name: str, options, command) -> None:
    daemon.docker("run", "--detach", "--name", name, *options, "base", *command)
    until(f"{name} is ready", lambda: "ready" in daemon.docker("logs", name).stdout)


def look_at_row(daemon: Daemon, row) -> str:
    name, rules, options, command = row
    start(daemon, name, options, command)
    if name == "paused":
        daemon.docker("pause", name)
    try:
        made = doctor(daemon, "--container", name)
    finally:
        if name == "paused":
            daemon.docker("unpause", name)
    check(made.returncode == (3 if rules else 0), f"status {made.returncode}", made.stdout,
          made.stderr)
    report = json.loads(made.stdout)
    found = sorted(one["rule"] for one in report["findings"])
    check(found == rules.split(), f"raises {found}", made.stdout)
    if name in SAID:
        signal, grace_ms = SAID[name]
        outer = report["chain"][-1]
        check(report["signal"] == signal, "the signal", report["signal"])
        check(outer.get("ms") == grace_ms and outer["endless"] == (grace_ms is None), "the grace",
              outer)
    return " ".join(found)


def look_at_one_that_has_ended(daemon: Daemon) -> str:
    daemon.docker("run", "--name", "over", "base", "sh", "-c", ":")
    made = doctor(daemon, "--container", "over")
    check(made.returncode == 4 and "does not run (exited)" in made.stderr, "what is said",
          made.stderr)
    none = doctor(daemon, "--container", "nobody")
    check(none.returncode == 4 and "nobody" in none.stderr, "what is said", none.stderr)
    return made.stderr.splitlines()[0]


def run_cases(daemon: Daemon, wanted) -> int:
    cases = [(row[0], look_at_row, daemon, row) for row in TABLE]
    cases.append(("over", look_at_one_that_has_ended, daemon))
    cases = [one for one in cases if not wanted or one[0] in wanted]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return status_of(pool.map(lambda one: run_case(*one), cases))


def main() -> int:
    lastcall, subject, wanted = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]

    def run(daemon: Daemon) -> int:
        daemon.lastcall = lastcall
        prepare(daemon, subject)
        return run_cases(daemon, wanted)

    return run_with_daemon(run)


if __name__ == "__main__":
    sys.exit(main())
