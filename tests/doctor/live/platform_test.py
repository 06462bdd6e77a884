#!/usr/bin/python3
"""`lastcall doctor` on what managers and the machine do with a stop: started again, waiting for
another unit, no process to be had. usage: platform_test.py LASTCALL SUBJECT"""
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from patient import (CEILING, IS_ROOT, LASTCALL, SUBJECT, children_of, doctor, field_of, rules_of,
                     running, wait_until)

UNIT = """LoadState=loaded
ActiveState=active
SubState=running
ControlPID=0
SendSIGKILL=yes
KillSignal=15
KillMode=mixed
TimeoutStopUSec=1min 30s
ControlGroup=
PIDFile=
Restart={restart}
NRestarts={count}
Job={job}
MainPID={pid}"""

# As systemd 252 prints it, units and all.
JOBS = """198 second.service                             stop running
199 web.service                                stop waiting
└─  \twaiting for job 198 (second.service/stop) -    -
200 third.service                              stop waiting
└─  \twaiting for job 199 (web.service/stop) -    -"""


@contextlib.contextmanager
def manager(name, script):
    """A script in the place of systemctl or docker. Gives the environment that finds it."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\n" + script)
        os.chmod(path, 0o755)
        yield {**os.environ, "PATH": folder + ":" + os.environ["PATH"], "FOLDER": folder}


def answer(text):
    return f"cat <<'END'\n{text}\nEND\n"


def ask(environment, *arguments):
    made = subprocess.run([LASTCALL, "doctor", *arguments, "--json"], env=environment,
                          capture_output=True, text=True, timeout=CEILING, check=False)
    return json.loads(made.stdout)


class Jobs(unittest.TestCase):
    def test_a_stop_that_waits_for_another(self):
        with running([SUBJECT, "good"]) as process:
            process.stdout.readline()
            unit = UNIT.format(restart="no", count=0, job=199, pid=process.pid)
            script = f'case "$*" in *list-jobs*)\n{answer(JOBS)};;\n*)\n{answer(unit)};;\nesac\n'
            with manager("systemctl", script) as environment:
                report = ask(environment, "--unit", "web")
            self.assertEqual(rules_of(report), ["L56"])
            self.assertIn("web.service: its job waits for second.service/stop",
                          report["findings"][0]["what"])
            self.assertIn("--unit second.service;", report["findings"][0]["fix"])


class Nobody(unittest.TestCase):
    def test_a_unit_without_a_process(self):
        with tempfile.NamedTemporaryFile("w", suffix=".pid") as file:
            file.write("4194303\n")
            file.flush()
            unit = UNIT.format(restart="no", count=0, job="", pid=0)
            left = unit.replace("PIDFile=", "PIDFile=" + file.name)
            rows = [(unit, "inactive", "dead",
                     ["unit web.service does not run (inactive, dead), and left no process",
                      "systemctl start web.service"]),
                    (left, "failed", "failed",
                     [file.name + " is left, and names pid 4194303"]),
                    (unit, "deactivating", "final-sigkill",
                     ["systemd does not know that yet: it is at final-sigkill",
                      "it goes on after TimeoutStopSec (90s)"])]
            for text, active, sub, said in rows:
                text = text.replace("ActiveState=active", "ActiveState=" + active).replace(
                    "SubState=running", "SubState=" + sub)
                with manager("systemctl", answer(text)) as environment:
                    made = subprocess.run([LASTCALL, "doctor", "--unit", "web"], env=environment,
                                          capture_output=True, text=True, timeout=CEILING,
                                          check=False)
                self.assertEqual(made.returncode, 4, made.stdout)
                for part in said:
                    self.assertIn(part, made.stderr)


class Restarts(unittest.TestCase):
    def test_a_counter_that_moves(self):
        with running([SUBJECT, "good"]) as process:
            process.stdout.readline()
            unit = UNIT.format(restart="always", count="$count", job="", pid=process.pid)
            script = ("echo >> $FOLDER/asked\ncount=$(wc -l < $FOLDER/asked)\n"
                      f"cat <<END\n{unit}\nEND\n")
            with manager("systemctl", script) as environment:
                report = ask(environment, "--unit", "web")
            self.assertEqual(rules_of(report), ["L58"])
            self.assertEqual(report["findings"][0]["confidence"], "proven")
            self.assertIn("`systemctl stop web.service`", report["findings"][0]["fix"])

    def test_a_container_that_was_just_started_again(self):
        with running([SUBJECT, "good"]) as process:
            process.stdout.readline()
            text = (f"Pid={process.pid}\nStatus=running\nStopSignal=\nStopTimeout=<nil>\n"
                    "Restart=unless-stopped\nNRestarts=2")
            with manager("docker", answer(text)) as environment:
                report = ask(environment, "--container", "web")
            self.assertEqual(rules_of(report), ["L58"])
            self.assertEqual(report["findings"][0]["confidence"], "hint")
            self.assertIn("`docker stop web`", report["findings"][0]["fix"])

    LOOP = f"while :; do {SUBJECT} good; done"

    def test_watch_sees_who_comes_instead(self):
        with running(["bash", "-c", self.LOOP]) as shell:
            first = int(self.child_of(shell, 0))
            asked = subprocess.Popen([LASTCALL, "doctor", "--watch", str(first)],
                                     stdout=subprocess.PIPE, text=True)
            self.assertIn("nothing that can be seen", asked.stdout.readline())
            os.kill(first, signal.SIGTERM)
            rest, _ = asked.communicate(timeout=CEILING)
            second = self.child_of(shell, first)
            self.assertIn("it has ended\n", rest)
            self.assertIn(f"L58 pid {second}: pid {first} has ended, and was started again", rest)
            self.assertEqual(asked.returncode, 3)

    def test_one_look_tells_it_by_the_time_of_the_signal(self):
        with running([SUBJECT, "good"]) as process:
            process.stdout.readline()
            for restart, expected in (("always", ["L41", "L58"]), ("no", ["L41"])):
                unit = UNIT.format(restart=restart, count=0, job="", pid=process.pid)
                with self.subTest(restart), manager("systemctl", answer(unit)) as environment:
                    report = ask(environment, "--unit", "web", "--since", "60s")
                    self.assertEqual(rules_of(report), expected)

    def child_of(self, shell, other):
        """The server that runs now, and has its handler."""
        def found():
            return [one for one in children_of(shell.pid) if one != other and
                    int(field_of(one, "SigCgt") or "0", 16) >> 14 & 1]
        wait_until(found, "the next one")
        return found()[0]


class Machine(unittest.TestCase):
    def test_a_child_that_does_not_come_to_its_program(self):
        with tempfile.TemporaryDirectory() as folder:
            fifo = os.path.join(folder, "fifo")
            os.mkfifo(fifo)
            script = ("import os, signal, sys; signal.signal(15, lambda *_: None)\n"
                      "print('ready 0', flush=True)\n"
                      "os.posix_spawn('/bin/true', ['true'], {}, file_actions=["
                      "(os.POSIX_SPAWN_OPEN, 0, sys.argv[1], os.O_RDONLY, 0)])\n"
                      "print('spawned', flush=True)\n"
                      "import time; time.sleep(100)\n")
            with running([sys.executable, "-c", script, fifo]) as process:
                process.stdout.readline()
                wait_until(lambda: field_of(process.pid, "State").startswith("D"), "the fork")
                report, _ = doctor(process.pid)
                self.assertEqual(rules_of(report), ["L27"])
                self.assertIn(f"pid {children_of(process.pid)[0]}",
                              report["findings"][0]["what"])
                with open(fifo, "w", encoding="ascii"):
                    self.assertEqual(process.stdout.readline(), "spawned\n")
                self.assertNotIn("L27", rules_of(doctor(process.pid)[0]))

    @unittest.skipUnless(IS_ROOT, "needs root for a cgroup")
    def test_a_limit_of_processes(self):
        mount = next((one for one in ("/sys/fs/cgroup/pids", "/sys/fs/cgroup")
                      if os.path.exists(os.path.join(one, "cgroup.procs"))), None)
        group = os.path.join(mount or "/", f"lastcall-doctor-{os.getpid()}")
        try:
            os.mkdir(group)
            with open(os.path.join(group, "pids.max"), "w", encoding="ascii") as file:
                file.write("1")
        except OSError as error:
            with contextlib.suppress(OSError):
                os.rmdir(group)
            self.skipTest(f"no cgroup with a limit of processes: {error}")
        try:
            self.look_at_one_that_cannot_fork(group)
        finally:
            wait_until(lambda: self.is_removed(group), "the cgroup to be empty")

    def look_at_one_that_cannot_fork(self, group):
        script = ("import os, time\nprint('ready', flush=True)\n"
                  "while True:\n    time.sleep(0.2)\n    try:\n        os.fork()\n"
                  "    except OSError:\n        pass\n")
        enter = f"echo $$ > {group}/cgroup.procs && exec {sys.executable} -c \"$1\""
        with running(["bash", "-c", enter, "-", script]) as process:
            process.stdout.readline()
            report, _ = doctor(process.pid)
            self.assertEqual(rules_of(report), ["L34"])
            self.assertEqual(report["findings"][0]["confidence"], "proven")
            self.assertIn("1 of 1", [one["value"] for one in report["findings"][0]["evidence"]])

    def is_removed(self, group):
        with contextlib.suppress(OSError):
            os.rmdir(group)
        return not os.path.exists(group)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
