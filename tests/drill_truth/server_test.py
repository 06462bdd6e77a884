#!/usr/bin/python3
"""The faulty server does what its books say: raw sockets look at the bytes and at the end of
each connection, and compare with the truth that it wrote. Nothing of the drill is involved.

usage: server_test.py FAULTY_SERVER [CASE...]
"""
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

sys.dont_write_bytecode = True  # the source tree stays as it is
import request_cases
import stop_cases
from raw_client import CEILING


def case_bad_arguments_are_refused_by_name(program, folder):
    for arguments, word in ((["--fault", "nonsense"], "nonsense"), (["--every", "0"], "--every"),
                            (["--port", "x"], "--port"), (["--fancy", "1"], "--fancy"), (["--every"], "--every")):
        made = subprocess.run([program, "--truth", str(Path(folder, "t")), *arguments],
                              stderr=subprocess.PIPE, text=True, timeout=CEILING)
        assert made.returncode == 2 and word in made.stderr, made
    made = subprocess.run([program], stderr=subprocess.PIPE, text=True, timeout=CEILING)
    assert made.returncode == 2 and "--truth" in made.stderr, made


def main():
    program, wanted = sys.argv[1], sys.argv[2:]
    everything = {**vars(request_cases), **vars(stop_cases), **globals()}
    cases = {name.removeprefix("case_"): run for name, run in everything.items()
             if name.startswith("case_")}
    assert not set(wanted) - set(cases), f"no such case; there are: {sorted(cases)}"
    failed = []
    for name, run in cases.items():
        if wanted and name not in wanted:
            continue
        with tempfile.TemporaryDirectory(prefix="faulty-") as folder:
            try:
                run(program, folder)
                print("ok    ", name, flush=True)
            except Exception:
                traceback.print_exc()
                print("FAILED", name, flush=True)
                failed.append(name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
