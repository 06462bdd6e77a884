#!/usr/bin/python3
"""lastcall-init as PID 1 of real containers: docker stop, docker kill, docker exec, a
terminal, and what a container takes away from it.

usage: init_docker_test.py LASTCALL_INIT ACTOR [CASE...]

Status: 0 passed, 1 failed, 77 cannot run here (the reason is the last line).
"""
import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # the source tree stays as it is
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))
from cases import CASES
from docker_daemon import Daemon, put_busybox, run_functions, run_with_daemon

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
    put_busybox(base / "bin", "sh", "cat", "sleep", "mkdir", "cp", "rm", "awk", "xargs", "touch",
                "true", "tr", "grep")
    (base / "tmp").mkdir()
    (base / "tmp").chmod(0o1777)
    shutil.copy(actor, base / "actor")
    daemon.build_root("base", base)

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

    def run(daemon: Daemon) -> int:
        prepare(daemon, program, actor)
        daemon.program = program
        return run_functions(daemon, CASES, wanted)

    return run_with_daemon(run)


if __name__ == "__main__":
    sys.exit(main())
