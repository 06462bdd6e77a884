#!/usr/bin/python3
"""lastcall-init as PID 1 of real containers: docker stop, docker kill, docker exec, a
terminal, and what a container takes away from it.

usage: init_docker_test.py LASTCALL_INIT ACTOR [CASE...]

Status: 0 passed, 1 failed, 77 cannot run here (the reason is the last line).
"""
import os
import shutil
import sys
import time
import traceback
from pathlib import Path

sys.dont_write_bytecode = True  # the source tree stays as it is
from cases import CASES
from daemon import CannotRun, Daemon

ROOT = Path(__file__).resolve().parent.parent.parent
BUSYBOX = Path("/bin/busybox")


# The tools of the build stage, without a network: its commands run, and "cmake --build"
# puts the program where the real one would.
FAKE_TOOLS = {
    "apt-get": "exit 0",
    "cmake": 'if [ "$1" = --build ]; then mkdir -p build/release/bin && '
             "cp /lastcall-init build/release/bin/lastcall-init; fi",
}


def prepare(daemon: Daemon, program: Path, actor: Path) -> None:
    """The image `lastcall-init` by packaging/lastcall-init/Dockerfile, and `service`, which
    takes it from there as README.md says."""
    base = daemon.folder / "base"
    (base / "bin").mkdir(parents=True)
    (base / "tmp").mkdir()
    (base / "tmp").chmod(0o1777)
    shutil.copy(BUSYBOX.resolve(), base / "bin/busybox")
    for name in ("sh", "cat", "sleep", "mkdir", "cp", "rm", "awk", "xargs", "touch", "true",
                 "tr", "grep"):
        (base / "bin" / name).symlink_to("busybox")
    shutil.copy(actor, base / "actor")
    daemon.build("base", base, "FROM scratch\nCOPY . /\nENV PATH=/bin\n")

    tried = daemon.docker("run", "--rm", "base", "true", check=False)
    if tried.returncode != 0:
        raise CannotRun(f"a machine where a container can run; docker said:\n{tried.stdout}")

    builder = daemon.folder / "builder"
    builder.mkdir()
    shutil.copy(program, builder / "lastcall-init")
    for name, line in FAKE_TOOLS.items():
        (builder / name).write_text(f"#!/bin/sh\n{line}\n")
        (builder / name).chmod(0o755)
    daemon.build("debian:12-slim", builder, "FROM base\nCOPY apt-get cmake /bin/\n"
                                            "COPY lastcall-init /lastcall-init\n")
    source = daemon.folder / "source/tools"
    source.mkdir(parents=True)
    shutil.copy(ROOT / "tools/packages.txt", source)
    daemon.build("lastcall-init", source.parent,
                 (ROOT / "packaging/lastcall-init/Dockerfile").read_text())
    daemon.build("service", base, "FROM base\n" + readme_lines())


def readme_lines() -> str:
    """The lines of README.md for an image, but for the program that they run."""
    blocks = (ROOT / "README.md").read_text().split("```dockerfile\n")
    assert len(blocks) == 2, "README.md has one sample of a Dockerfile"
    lines = blocks[1].split("```")[0].splitlines(keepends=True)
    kept = [line for line in lines if line.startswith(("COPY --from", "ENTRYPOINT"))]
    assert len(kept) == 2, lines
    return "".join(kept)


def main() -> int:
    program, actor, wanted = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    daemon = None
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # of dockerd and runc
    try:
        if os.geteuid() != 0:
            raise CannotRun("root, to start a Docker daemon")
        if not BUSYBOX.exists():
            raise CannotRun("a static busybox (Debian: busybox-static)")
        daemon = Daemon()
        prepare(daemon, program, actor)
        daemon.program = program
        return run_cases(daemon, [case for case in CASES
                                  if not wanted or case.__name__ in wanted])
    except CannotRun as reason:
        print(f"SKIPPED: init_docker needs {reason}", file=sys.stderr)
        return 1 if os.environ.get("LASTCALL_REQUIRE_DOCKER") else 77
    finally:
        if daemon:
            daemon.close()


def run_cases(daemon: Daemon, cases) -> int:
    failed = 0
    for case in cases:
        began = time.monotonic()
        try:
            said = case(daemon) or ""
            verdict = "PASS"
        except Exception:  # one case that breaks does not hide the others
            failed += 1
            verdict, said = "FAIL", "\n" + traceback.format_exc()
        name = case.__name__.replace("_", " ")
        print(f"{verdict}  {time.monotonic() - began:5.1f} s  {name}{said and ': ' + said}",
              flush=True)
    print(f"{len(cases) - failed} of {len(cases)} cases passed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
