#!/usr/bin/python3
"""The museum: real servers whose behaviour at their stop is published. Each exhibit of
manifest.json is drilled, and the verdict has to be the one that is known.

usage: museum_test.py LASTCALL FAULTY_SERVER [EXHIBIT...]

The faulty server, without a fault, is the service behind the proxies. An exhibit whose
program is not installed is skipped, and said so.
Status: 0 passed, 1 failed, 77 nothing could run.
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
CEILING = 120  # seconds for one drill
ATTEMPTS = 6  # a machine that is too busy for the load makes a drill inconclusive
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"

# What is no loss, whenever it happens.
HARMLESS = {"ok", "served_close", "not_sent_closed", "idle_race", "behind_close", "ws_going_away",
            "ended_by_us"}
# Which request of a stop crosses the signal is a matter of chance. Not so one that is in work,
# or whose answer is on its way, for this long already.
SURELY_IN_WORK_NS = 100_000_000
LANES_IN_WORK = {"busy", "stream"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Place:
    """A private copy of an exhibit's files, with its ports filled in."""

    def __init__(self, exhibit, folder):
        self.folder = Path(folder)
        self.words = {"port": str(free_port()), "backend": str(free_port()),
                      "folder": str(self.folder), **exhibit.get("words", {})}
        self.folder.chmod(0o755)
        source = HERE / "exhibits" / exhibit.get("files", "none")
        if "files" in exhibit:
            for file in source.iterdir():
                Path(self.folder, file.name).write_text(self.fill(file.read_text()))

    def fill(self, text):
        for name, value in self.words.items():
            text = text.replace("{" + name + "}", value)
        return text

    def fill_all(self, texts):
        return [self.fill(text) for text in texts]


@contextmanager
def service_behind(exhibit, place, faulty_server):
    if not exhibit.get("backend"):
        yield
        return
    # The proxies keep connections to it, which it must not be the first to end.
    process = subprocess.Popen(
        [faulty_server, "--truth", str(place.folder / "backend.ndjson"), "--port",
         place.words["backend"]], stdout=subprocess.PIPE)
    try:
        process.stdout.readline()
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def missing(exhibit):
    return [program for program in exhibit["needs"] if not shutil.which(program, path=PATH)]


def build(exhibit, place):
    if "build" in exhibit:
        environment = {**os.environ, "PATH": PATH, "GO111MODULE": "off",
                       "GOCACHE": str(place.folder / "cache")}
        subprocess.run(place.fill_all(exhibit["build"]), cwd=place.folder, env=environment,
                       check=True, timeout=CEILING)


def drill_command(exhibit, place, lastcall, common):
    result = place.folder / "result.json"
    return [lastcall, "drill", "--quiet", "--url", place.fill("http://127.0.0.1:{port}/"),
            *exhibit.get("endpoints", common["endpoints"]), *common["flags"],
            *(["--profile", str(HERE / exhibit.get("profile", "lanes.yaml"))]
              if "endpoints" not in exhibit else []),
            "--json", str(result), "--events", str(place.folder / "events.ndjson"),
            *place.fill_all(exhibit["flags"]),
            *[word for one in exhibit.get("environment", []) for word in ("--env", place.fill(one))],
            "--", *place.fill_all(exhibit["command"])]


class Drilled:
    """What came out of one drill."""

    def __init__(self, place, made):
        result, log = place.folder / "result.json", place.folder / "events.ndjson"
        assert result.exists(), f"status {made.returncode}, no result:\n{made.stdout}"
        events = [json.loads(line) for line in log.read_text().splitlines()]
        self.status, self.output = made.returncode, made.stdout
        self.criteria = {one["id"]: one["standing"]
                         for one in json.loads(result.read_text())["criteria"]}
        self.exchanges = [one for one in events if "exchange" in one]
        self.outcomes = Counter(one["was"] for one in self.exchanges)
        end = next(one for one in events if "trial_end" in one)
        self.signal = end["marks"]["signal_sent"]
        self.was_late = end["generator"]["late_p99"] > 5_000_000

    def is_inconclusive_by_the_machine(self):
        return self.status == 4 and self.was_late

    def __str__(self):
        return json.dumps({"status": self.status, "criteria": self.criteria,
                           "outcomes": self.outcomes}) + "\n" + self.output


def differences(expect, drilled):
    """What is not as the manifest says."""
    found = []
    if drilled.status != expect["status"]:
        found.append(f"exit status {drilled.status}, expected {expect['status']}")
    for standing in ("pass", "fail", "warn"):
        for name in expect.get(standing, []):
            if drilled.criteria.get(name) != standing:
                found.append(f"{name} is {drilled.criteria.get(name)}, expected {standing}")
    return found + [f"no {name}" for name in expect.get("some", []) if not drilled.outcomes[name]]


def differences_of_a_race(expect, drilled):
    """A stop that keeps what it works on, and loses a request now and then that comes in the
    instant of a close: by chance, but only so; and the verdict is on what has happened."""
    lost = [one for one in drilled.exchanges if one["was"] in expect["races"]]
    found = [f"{count} {was}" for was, count in drilled.outcomes.items()
             if was not in HARMLESS and was not in expect["races"]]
    found += [f"lost while it was in work: {one}" for one in lost
              if one["exchange"] in LANES_IN_WORK and
              one.get("sent", drilled.signal) < drilled.signal - SURELY_IN_WORK_NS]
    failed = {name for name, standing in drilled.criteria.items() if standing == "fail"}
    if (failed != set()) != (lost != []) or not failed <= {"V04", "V05"}:
        found.append(f"{sorted(failed)} failed, {len(lost)} were lost")
    return found + differences({**expect, "status": 3 if lost else 0}, drilled)


def drill(exhibit, common, lastcall, faulty_server):
    with tempfile.TemporaryDirectory(prefix="museum-") as folder:
        place = Place(exhibit, folder)
        build(exhibit, place)
        with service_behind(exhibit, place, faulty_server):
            made = subprocess.run(drill_command(exhibit, place, lastcall, common),
                                  cwd=place.folder, env={**os.environ, "PATH": PATH},
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  timeout=CEILING)
        return Drilled(place, made)


def run(exhibit, common, lastcall, faulty_server):
    expect = exhibit["expect"]
    for left in reversed(range(ATTEMPTS)):
        drilled = drill(exhibit, common, lastcall, faulty_server)
        if not (left and drilled.is_inconclusive_by_the_machine()):
            break
    compare = differences_of_a_race if "races" in expect else differences
    wrong = compare(expect, drilled)
    assert not wrong, "\n".join([*wrong, str(drilled)])


def main():
    lastcall, faulty_server = (str(Path(one).resolve()) for one in sys.argv[1:3])
    wanted = sys.argv[3:]
    manifest = json.loads((HERE / "manifest.json").read_text())
    exhibits = {one["name"]: one for one in manifest["exhibits"]}
    unknown = set(wanted) - set(exhibits)
    assert not unknown, f"no such exhibit: {sorted(unknown)}; there are {sorted(exhibits)}"
    passed, failed, skipped = [], [], []
    for name, exhibit in exhibits.items():
        if wanted and name not in wanted:
            continue
        if lacking := missing(exhibit):
            skipped.append(name)
            print(f"skipped {name}: not installed: {', '.join(lacking)}", flush=True)
            continue
        try:
            run(exhibit, manifest["common"], lastcall, faulty_server)
            passed.append(name)
            print("ok     ", name, flush=True)
        except Exception:
            failed.append(name)
            traceback.print_exc()
            print("FAILED ", name, flush=True)
    print(f"{len(passed)} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed else 0 if passed else 77


if __name__ == "__main__":
    sys.exit(main())
