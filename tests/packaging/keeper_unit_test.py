#!/usr/bin/python3
"""packaging/lastcall-init/: systemd understands the sample unit, and its budget adds up."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True  # the source tree stays as it is
from readers import seconds, unit

ROOT = Path(__file__).resolve().parent.parent.parent
UNIT = ROOT / "packaging/lastcall-init/lastcall-init@.service"
BUDGET = re.compile(r"^# Budget: delay ([\d.]+) s \+ program ([\d.]+) s \+ reserve ([\d.]+) s"
                    r" = grace ([\d.]+) s; \+ ([\d.]+) s = TimeoutStopSec ([\d.]+) s$", re.MULTILINE)


def complaints(source: str) -> list:
    service = unit(source)["Service"]
    wrong = []
    for name, value in {"KillMode": "mixed", "NotifyAccess": "main"}.items():
        if service.get(name) != value:
            wrong.append(f"{name} is {service.get(name)}, not {value}")
    found = BUDGET.findall(source)
    if len(found) != 1:
        return wrong + [f"there are {len(found)} budget lines, expected one"]
    delay, program, reserve, grace, more, total = map(float, found[0])
    if abs(delay + program + reserve - grace) > 1e-9 or abs(grace + more - total) > 1e-9:
        wrong.append("the parts do not add up")
    if abs(reserve - max(0.5, 0.05 * grace)) > 1e-9:
        wrong.append("the reserve is not the keeper's")
    if service["Environment"] != f"LASTCALL_GRACE={grace:g}s":
        wrong.append(f"{service['Environment']} is not the budget's {grace:g} s")
    if seconds(service["TimeoutStopSec"]) != total:
        wrong.append("TimeoutStopSec is not the budget's")
    if more < 1:
        wrong.append("systemd and lastcall-init would kill at the same moment")
    return wrong


def verify(source: str):
    """What systemd-analyze says of the unit as one for /bin/true."""
    with tempfile.TemporaryDirectory(prefix="lastcall-unit-") as folder:
        file = Path(folder, "lastcall-init@true.service")
        file.write_text(source.replace("/usr/bin/lastcall-init", "/bin/true"))
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(file)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
        return done.returncode, [line for line in done.stdout.splitlines() if file.name in line]


class SampleUnit(unittest.TestCase):
    source = UNIT.read_text()

    def test_its_budget_adds_up(self):
        self.assertEqual(complaints(self.source), [])

    def test_each_way_to_break_it_is_noticed(self):
        for old, new, complaint in (
                ("TimeoutStopSec=31s", "TimeoutStopSec=30s", "not the budget's"),
                ("GRACE=30s", "GRACE=31s", "not the budget's 30 s"),
                ("reserve 1.5 s", "reserve 0.5 s", "add up"),
                ("KillMode=mixed", "KillMode=process", "KillMode is")):
            with self.subTest(new=new):
                self.assertIn(old, self.source, "the test is out of date")
                self.assertIn(complaint, "\n".join(complaints(self.source.replace(old, new))))

    @unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd-analyze")
    def test_systemd_understands_every_line(self):
        self.assertEqual(verify(self.source), (0, []))
        status, said = verify(self.source.replace("KillMode=mixed", "KillMood=mixed"))
        self.assertTrue(status != 0 or said, "systemd was not really asked")


if __name__ == "__main__":
    unittest.main()
