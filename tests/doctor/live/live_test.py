#!/usr/bin/python3
"""`lastcall doctor` on real processes, each with one thing wrong: the rule fires on its own, and no
other does. usage: live_test.py LASTCALL SUBJECT"""
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from patient import (CEILING, LASTCALL, SUBJECT, catches, children_of, doctor, field_of,
                     init_of_namespace, rules_of, running, wait_until)

IS_ROOT = os.geteuid() == 0
IN_NAMESPACE = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]


@contextlib.contextmanager
def subject(mode):
    with running([SUBJECT, mode]) as process:
        word, port = process.stdout.readline().split()
        assert word == "ready", word
        process.port = int(port)
        yield process


class Matrix(unittest.TestCase):
    """Each mode of the subject, and exactly the rules that it has to break."""

    BEFORE = {
        "good": [], "default": [], "sigwait": [], "signalfd": [], "in-flight": [], "idle": [],
        "stalled": [], "ignores": ["L03"], "blocks": ["L05"], "busy": ["L35"],
        "stuck-call": ["L36"], "leak": ["L49"], "zombie": ["L28"], "zombie-leader": ["L29"],
        "full-pipe": ["L40"], "signalfd-not-read": [],
    }

    def test_before_the_stop(self):
        for mode, expected in self.BEFORE.items():
            with self.subTest(mode), subject(mode) as process:
                report, status = doctor(process.pid)
                self.assertEqual(rules_of(report), expected, report["findings"])
                self.assertEqual(status, 3 if expected else 0)
                self.assertEqual(report["lastcall_doctor"], 1)

    def test_the_port_leads_to_the_same(self):
        for mode in ("good", "busy", "leak"):
            with self.subTest(mode), subject(mode) as process:
                report, _ = doctor("--port", process.port)
                self.assertEqual(rules_of(report), self.BEFORE[mode])
                self.assertEqual(report["route"][-1]["pid"], process.pid)

    def test_while_it_stops(self):
        expected = {"blocks": ["L05"], "signalfd-not-read": ["L06"], "in-flight": ["L41", "L44"],
                    "idle": ["L41", "L43"], "stalled": ["L41", "L45"], "ignores": ["L03"]}
        for mode, rules in expected.items():
            with self.subTest(mode), subject(mode) as process:
                process.send_signal(signal.SIGTERM)
                report, _ = doctor(process.pid, "--since", "5s")
                self.assertEqual(rules_of(report), rules, report["findings"])

    def test_a_stopped_one(self):
        with subject("good") as process:
            process.send_signal(signal.SIGSTOP)
            wait_until(lambda: field_of(process.pid, "State").startswith("T"), "stop")
            report, _ = doctor(process.pid)
            self.assertEqual(rules_of(report), ["L22"])
            self.assertEqual(report["route"][0]["verdict"], "defers")
            self.assertIn("kill -CONT", report["findings"][0]["fix"])

    def test_a_traced_one(self):
        if shutil.which("strace") is None:
            self.skipTest("needs strace")
        with subject("good") as process:
            held = subprocess.Popen(["strace", "-qq", "-o", "/dev/null", "-p", str(process.pid)],
                                    stderr=subprocess.DEVNULL)
            try:
                wait_until(lambda: field_of(process.pid, "TracerPid") == str(held.pid), "strace")
                report, _ = doctor(process.pid)
                # It runs on under strace: that it is traced is no reason while it is not held.
                self.assertEqual(rules_of(report), [])
            finally:
                held.terminate()
                held.wait()

    @unittest.skipUnless(IS_ROOT, "needs root for a pid namespace")
    def test_as_pid_1(self):
        for mode, expected in {"good": [], "sigwait": [], "signalfd": [], "default": ["L01"],
                               "ignores": ["L03"]}.items():
            with self.subTest(mode), running([*IN_NAMESPACE, SUBJECT, mode]) as process:
                process.stdout.readline()
                pid = init_of_namespace(process)
                report, _ = doctor(pid, "--deep")
                self.assertEqual(rules_of(report), expected, report["findings"])


class Shells(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def script(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)
        return path

    def look(self, argv, in_namespace=False, depth=2):
        """Of the process started so, once it has a child (or has become its program)."""
        with running([*IN_NAMESPACE, *argv] if in_namespace else argv) as process:
            pid = init_of_namespace(process) if in_namespace else process.pid
            wait_until(lambda: len(children_of(pid)) >= depth - 1 and
                       process.stdout.readline().startswith("ready"), "the program")
            return doctor(pid)[0]

    def test_bash_tells_its_line(self):
        path = self.script("entry.sh", "#!/bin/bash\n# starts\nx=1\n\n"
                           f"{SUBJECT} good\necho over\n")
        report = self.look([path])
        self.assertEqual(rules_of(report), ["L16"])
        self.assertEqual([one["verdict"] for one in report["route"]], ["dies", "handles"])
        self.assertFalse(report["route"][1]["reached"])
        self.assertEqual(report["route"][0]["script"],
                         {"file": path, "line": 5, "text": f"{SUBJECT} good", "certain": True})

    def test_dash_tells_it_by_its_child(self):
        path = self.script("entry.sh", f"#!/bin/sh\nmkdir -p /tmp\n{SUBJECT} good\necho over\n")
        report = self.look([path])
        self.assertEqual(rules_of(report), ["L16"])
        self.assertEqual(report["route"][0]["script"]["line"], 3)

    def test_exec_leaves_nothing_to_find(self):
        path = self.script("entry.sh", f"#!/bin/sh\nexec {SUBJECT} good\n")
        report = self.look([path], depth=1)
        self.assertEqual(rules_of(report), [])
        self.assertEqual([one["verdict"] for one in report["route"]], ["handles"])

    def test_a_trap_waits_for_what_is_in_front(self):
        for shell in ("bash", "dash"):
            with self.subTest(shell):
                path = self.script(f"{shell}.sh", f"#!/bin/{shell}\ntrap 'exit 0' TERM\n"
                                   f"{SUBJECT} good\n:\n")
                report = self.look([path])
                self.assertEqual(rules_of(report), ["L15"])
                self.assertEqual(report["route"][0]["verdict"], "defers")
                self.assertEqual(report["route"][0]["script"]["line"], 3)

    def test_a_trap_in_wait_runs_at_once(self):
        for shell in ("bash", "dash"):
            with self.subTest(shell):
                path = self.script(f"{shell}.sh", f"#!/bin/{shell}\n{SUBJECT} good &\npid=$!\n"
                                   "trap 'kill $pid' TERM\nwait $pid\nwait $pid\n")
                report = self.look([path])
                self.assertEqual(rules_of(report), [])
                self.assertEqual([one["verdict"] for one in report["route"]],
                                 ["handles", "handles"])

    def test_a_pipeline(self):
        path = self.script("pipe.sh", f"#!/bin/bash\n{SUBJECT} good | cat\n")
        with running([path]) as process:
            process.stdout.readline()
            report = doctor(process.pid)[0]
        self.assertEqual(rules_of(report), ["L18"])

    def test_an_interrupt_to_what_is_in_the_background(self):
        path = self.script("back.sh", f"#!/bin/bash\n{SUBJECT} good &\nwait\n")
        with running([path]) as process:
            process.stdout.readline()
            child = children_of(process.pid)[0]
            self.assertEqual(rules_of(doctor(child)[0]), [])
            self.assertEqual(rules_of(doctor(child, "--signal", "INT")[0]), ["L04"])

    @unittest.skipUnless(IS_ROOT, "needs root for a pid namespace")
    def test_a_shell_as_pid_1(self):
        plain = self.script("plain.sh", f"#!/bin/bash\n{SUBJECT} good\n:\n")
        trap = self.script("trap.sh", f"#!/bin/dash\ntrap 'exit 0' TERM\n{SUBJECT} good\n:\n")
        for path, rules, verdict in ((plain, ["L14"], "swallows"), (trap, ["L15"], "defers")):
            with self.subTest(path):
                report = self.look([path], in_namespace=True)
                self.assertEqual(rules_of(report), rules)
                self.assertEqual(report["route"][0]["verdict"], verdict)

    def test_inits_in_front_of_a_shell(self):
        for init, rules in ((["tini", "-s", "--"], ["L20"]), (["tini", "-s", "-g", "--"], []),
                            (["dumb-init", "--"], []), (["dumb-init", "-c", "--"], ["L20"])):
            with self.subTest(init):
                if shutil.which(init[0]) is None:
                    continue
                report = self.look([*init, "dash", "-c", f"{SUBJECT} good; :"])
                self.assertEqual(rules_of(report), rules, report["route"])
                self.assertEqual(report["route"][0]["verdict"], "forwards")

    def test_launchers(self):
        for argv in (["flock", os.path.join(self.folder, "lock")], ["xargs", "-n1"]):
            with self.subTest(argv):
                full = ["sh", "-c", f"echo good | exec xargs {SUBJECT}"] if argv[0] == "xargs" \
                    else [*argv, SUBJECT, "good"]
                with running(full) as process:
                    process.stdout.readline()
                    found = [pid for pid in process.all()
                             if field_of(pid, "Name") == argv[0]]
                    report = doctor(found[0])[0]
                self.assertEqual(rules_of(report), ["L19"], report["route"])

    def test_timeout_passes_it_on(self):
        report = self.look(["timeout", "100", SUBJECT, "good"])
        self.assertEqual(rules_of(report), [])


class Programs(unittest.TestCase):
    """Runtimes as pid 1."""

    NODE = "setInterval(() => 0, 1000); console.log('ready')"
    HANDLED = "process.on('SIGTERM', () => process.exit(0)); " + NODE

    def look(self, argv, *more, term=False):
        with running([*IN_NAMESPACE, *argv]) as process:
            process.stdout.readline()
            pid = init_of_namespace(process)
            return doctor(pid, *more)[0]

    @unittest.skipUnless(IS_ROOT and shutil.which("node"), "needs root and node")
    def test_node(self):
        self.assertEqual(rules_of(self.look(["node", "-e", self.NODE], "--deep")), ["L02"])
        self.assertEqual(rules_of(self.look(["node", "-e", self.HANDLED], "--deep")), [])

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

    @unittest.skipUnless(IS_ROOT, "needs root")
    def test_python(self):
        code = "import time; print('ready', flush=True); time.sleep(1000)"
        handled = "import signal, sys; signal.signal(15, lambda *_: sys.exit(0)); " + code
        self.assertEqual(rules_of(self.look(["/usr/bin/python3", "-c", code], "--deep")), ["L01"])
        self.assertEqual(rules_of(self.look(["/usr/bin/python3", "-c", handled], "--deep")), [])


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
        self.check(["1", "--since", "5"], 2, "has no unit")
        self.check(["1", "--json", "--md"], 2, "two forms")
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
