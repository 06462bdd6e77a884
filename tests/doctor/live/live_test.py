#!/usr/bin/python3
"""`lastcall doctor` on real processes: what it says of them beside its rules (matrix_test.py), how
it is asked, and in which forms it answers. usage: live_test.py LASTCALL SUBJECT"""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from patient import (CEILING, IN_NAMESPACE, IS_ROOT, LASTCALL, SUBJECT, catches, children_of,
                     doctor, field_of, init_of_namespace, rules_of, running, said_by, wait_until)


@contextlib.contextmanager
def subject(mode):
    with running([SUBJECT, mode]) as process:
        word, port = process.stdout.readline().split()
        assert word == "ready", word
        process.port = int(port)
        yield process


class Subjects(unittest.TestCase):
    """What matrix_test.py does not tell: it holds the rules to all of these."""

    def test_the_port_leads_to_the_same(self):
        for mode, rules in {"good": [], "busy": ["L35"], "leak": ["L49"]}.items():
            with self.subTest(mode), subject(mode) as process:
                report, status = doctor("--port", process.port)
                self.assertEqual(rules_of(report), rules)
                self.assertEqual(status, 3 if rules else 0)
                self.assertEqual(report["route"][-1]["pid"], process.pid)
                self.assertEqual(report["lastcall_doctor"], 1)

    def test_what_a_server_has_left_behind(self):
        with subject("leak") as process:
            child = children_of(process.pid)[0]
            process.kill()
            process.wait()
            try:
                report, _ = doctor("--port", process.port)
                self.assertEqual(report["findings"][0]["pid"], child)
                self.assertIn("connect and hang", report["findings"][0]["what"])
            finally:
                os.kill(child, signal.SIGKILL)

    def test_a_stopped_one(self):
        with subject("good") as process:
            process.send_signal(signal.SIGSTOP)
            wait_until(lambda: field_of(process.pid, "State").startswith("T"), "stop")
            report, _ = doctor(process.pid)
            self.assertEqual(report["route"][0]["verdict"], "defers")
            self.assertIn("kill -CONT", report["findings"][0]["fix"])


class Inside(unittest.TestCase):
    @unittest.skipUnless(IS_ROOT and shutil.which("nsenter"), "needs root and nsenter")
    def test_pid_1_of_a_container_is_not_that_of_the_machine(self):
        with running([*IN_NAMESPACE, SUBJECT, "default"]) as process:
            process.stdout.readline()
            pid = init_of_namespace(process)
            made = subprocess.run(["nsenter", "--pid", "--mount", "--target", str(pid), LASTCALL,
                                   "doctor", "1", "--deep", "--json"], capture_output=True,
                                  text=True, timeout=CEILING)
            self.assertEqual(rules_of(json.loads(made.stdout)), ["L01"])


class OtherUsers(unittest.TestCase):
    """As somebody who may not look at everything: no finding is made of what is not seen."""

    def test_it_tells_what_it_does_not_see(self):
        as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
        if not IS_ROOT or shutil.which("setpriv") is None or \
                subprocess.run([*as_nobody, LASTCALL, "--version"], capture_output=True).returncode:
            self.skipTest("needs root, setpriv, and a program that nobody may run")
        for mode, verdict in (("signalfd", "unknown"), ("good", "handles")):
            with self.subTest(mode), subject(mode) as process:
                made = subprocess.run([*as_nobody, LASTCALL, "doctor", str(process.pid), "--json"],
                                      capture_output=True, text=True, timeout=CEILING)
                report = json.loads(made.stdout)
                self.assertEqual(rules_of(report), ["L13"], report["findings"])
                self.assertEqual(report["route"][0]["verdict"], verdict)
                self.assertIn(f"what pid {process.pid} has open",
                              [one["what"] for one in report["blind_spots"]])
                made = subprocess.run([*as_nobody, LASTCALL, "doctor", "--port",
                                       str(process.port or 1)], capture_output=True, text=True)
                self.assertEqual(made.returncode, 4)


class Programs(unittest.TestCase):
    """Runtimes as pid 1."""

    NODE = "setInterval(() => 0, 1000); console.log('ready')"

    @unittest.skipUnless(IS_ROOT and shutil.which("node"), "needs root and node")
    def test_the_handler_of_node_goes_when_the_signal_comes(self):
        with running([*IN_NAMESPACE, "node", "-e", self.NODE]) as process:
            process.stdout.readline()
            pid = init_of_namespace(process)
            asked = subprocess.Popen([LASTCALL, "doctor", str(pid), "--deep"],
                                     stdout=subprocess.PIPE, text=True)
            self.assertTrue(catches(pid, signal.SIGTERM))
            # Between the looks: that it was looked at for the first time can not be seen.
            with contextlib.suppress(subprocess.TimeoutExpired):
                asked.wait(1.5)
            os.kill(pid, signal.SIGTERM)
            text = asked.communicate(timeout=CEILING)[0]
            self.assertIn("L02 proven", text)


class Platforms(unittest.TestCase):
    """What systemd and docker would say, said by a script in their place."""

    def ask(self, program, answer, *arguments):
        with said_by(program, answer) as environment:
            return subprocess.run([LASTCALL, "doctor", *arguments, "--json"], env=environment,
                                  capture_output=True, text=True, timeout=CEILING)

    def unit(self, pid, more=""):
        return ("LoadState=loaded\nActiveState=active\nSubState=running\nControlPID=0\n"
                "SendSIGKILL=yes\nKillSignal=15\nTimeoutStopUSec=1min 30s\nControlGroup=\n"
                f"PIDFile=\nMainPID={pid}\n" + more)

    def test_a_unit(self):
        with running(["bash", "-c", f"{SUBJECT} good; :"]) as process:
            process.stdout.readline()
            mixed = self.ask("systemctl", self.unit(process.pid, "KillMode=mixed"), "--unit", "web")
            report = json.loads(mixed.stdout)
            self.assertEqual(rules_of(report), ["L16"])
            self.assertEqual(report["subject"], "unit web.service")
            self.assertEqual(report["chain"][-1]["ms"], 90000)
            everybody = self.ask("systemctl", self.unit(process.pid, "KillMode=control-group"),
                                 "--unit", "web")
            self.assertEqual(everybody.returncode, 0, everybody.stdout)
            self.assertTrue(json.loads(everybody.stdout)["route"][-1]["reached"])
        gone = self.ask("systemctl", self.unit(0, "KillMode=mixed"), "--unit", "web")
        self.assertEqual(gone.returncode, 4)
        self.assertIn("does not run", gone.stderr)
        none = self.ask("systemctl", "LoadState=not-found", "--unit", "web")
        self.assertEqual(none.returncode, 4)
        self.assertIn("there is no unit web.service", none.stderr)

    def test_a_container(self):
        with subject("ignores") as process:
            answer = f"Pid={process.pid}\nStatus=running\nStopSignal=SIGQUIT\nStopTimeout=<nil>"
            made = self.ask("docker", answer, "--container", "web")
            report = json.loads(made.stdout)
            self.assertEqual(report["signal"], "SIGQUIT")
            self.assertEqual(report["chain"][-1]["ms"], 10000)
            self.assertEqual(rules_of(report), [])
        over = self.ask("docker", "Pid=0\nStatus=exited", "--container", "web")
        self.assertEqual(over.returncode, 4)
        self.assertIn("does not run (exited)", over.stderr)


class Usage(unittest.TestCase):
    def check(self, arguments, status, words):
        made = subprocess.run([LASTCALL, "doctor", *arguments], capture_output=True, text=True)
        self.assertEqual(made.returncode, status, made.stderr)
        self.assertIn(words, made.stderr)

    def test_what_is_wrong_is_said(self):
        self.check([], 2, "whom to look at?")
        self.check(["x"], 2, "is no process id")
        self.check(["1", "--port", "80"], 2, "one subject at a time")
        self.check(["1", "--signal", "NOPE"], 2, "is no signal")
        self.check(["1", "--signal", "STOP"], 2, "halts a process, and ends none")
        self.check(["1", "--since", "5"], 2, "has no unit")
        self.check(["1", "--json", "--md"], 2, "two forms")
        self.check(["--service", "web", "--url", "https://x:1"], 2, "on their own machine")
        if field_of(2, "Name") == "kthreadd":  # in a container pid 2 is something else
            self.check(["2"], 4, "pid 2 is a thread of the kernel")
        self.check(["4194303"], 4, "there is no process with pid 4194303")
        self.check(["--port", "1"], 4, "nobody listens on port 1")
        self.check(["--container", "no-such-container-here"], 4, "container no-such")
        self.check(["--service", "web", "--home", "/no/such/home"], 4, "/no/such/home")

    def test_it_follows_a_stop_to_its_end(self):
        with subject("good") as process:
            asked = subprocess.Popen([LASTCALL, "doctor", "--watch", str(process.pid)],
                                     stdout=subprocess.PIPE, text=True)
            first = asked.stdout.readline()
            process.send_signal(signal.SIGTERM)
            process.wait()
            rest, _ = asked.communicate(timeout=CEILING)
            self.assertIn(" s  ", first)
            self.assertIn("it has ended", rest)
            self.assertEqual(asked.returncode, 0)

    def test_it_names_who_is_left(self):
        script = ("import os, signal, sys, time\n"
                  "signal.signal(15, lambda *_: sys.exit(0))\n"
                  "if os.fork() == 0:\n"
                  "    signal.signal(15, signal.SIG_DFL)\n"
                  "    os.execvp('sleep', ['sleep', '1000'])\n"
                  "print('ready', flush=True)\n"
                  "while True:\n    time.sleep(100)\n")
        with running([sys.executable, "-c", script]) as process:
            process.stdout.readline()
            wait_until(lambda: field_of(children_of(process.pid)[0], "Name") == "sleep", "sleep")
            left = children_of(process.pid)[0]
            asked = subprocess.Popen([LASTCALL, "doctor", "--watch", str(process.pid)],
                                     stdout=subprocess.PIPE, text=True)
            asked.stdout.readline()
            process.send_signal(signal.SIGTERM)
            process.wait()
            rest, _ = asked.communicate(timeout=CEILING)
            os.kill(left, signal.SIGKILL)
            self.assertIn(f"L57 pid {left}: `sleep 1000` was started by it, and goes on", rest)
            self.assertEqual(asked.returncode, 3)

    def test_it_goes_on_when_the_port_is_closed(self):
        path = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, path)
        script = os.path.join(path, "server.py")
        with open(script, "w", encoding="utf-8") as file:
            file.write("import signal, socket, time\n"
                       "s = socket.create_server(('127.0.0.1', 0))\n"
                       "def stop(*_):\n    s.close()\n"
                       "signal.signal(signal.SIGTERM, stop)\n"
                       "print('ready', s.getsockname()[1], flush=True)\n"
                       "while True:\n    time.sleep(100)\n")
        with running(["/usr/bin/python3", script]) as process:
            port = process.stdout.readline().split()[1]
            asked = subprocess.Popen([LASTCALL, "doctor", "--watch", "--port", port],
                                     stdout=subprocess.PIPE, text=True)
            self.assertIn("nothing that can be seen", asked.stdout.readline())
            process.send_signal(signal.SIGTERM)
            while "L09" not in (line := asked.stdout.readline()):
                self.assertTrue(line, "it ended before it had found anything")
            process.kill()
            process.wait()
            rest, _ = asked.communicate(timeout=CEILING)
            self.assertIn("it has ended", rest)

    def test_text_and_markdown(self):
        with subject("ignores") as process:
            text = subprocess.run([LASTCALL, "doctor", str(process.pid)], capture_output=True,
                                  text=True).stdout
            self.assertIn("Route of SIGTERM", text)
            self.assertIn("L03 proven", text)
            self.assertIn("Not seen [L60]", text)
            marks = subprocess.run([LASTCALL, "doctor", str(process.pid), "--md"],
                                   capture_output=True, text=True).stdout
            self.assertIn("| pid | command | verdict | why |", marks)
            self.assertIn("- **L03** (proven)", marks)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
