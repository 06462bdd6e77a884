#!/usr/bin/python3
"""`lastcall doctor` on shells, inits and launchers in front of a program.
usage: shells_test.py LASTCALL SUBJECT"""
import os
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from patient import (IN_NAMESPACE, IS_ROOT, SUBJECT, children_of, doctor, field_of,
                     init_of_namespace, rules_of, running, wait_until)


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

    def test_a_script_that_is_an_argument(self):
        report = self.look(["dash", "-ec", f"trap 'exit 0' TERM\n{SUBJECT} good\n:"])
        self.assertEqual(rules_of(report), ["L15"])
        self.assertEqual(report["route"][0]["script"],
                         {"file": "dash -c", "line": 2, "text": f"{SUBJECT} good", "certain": True})
        report = self.look(["bash", "-c", f"trap 'kill $!' TERM; {SUBJECT} good & wait; wait"])
        self.assertEqual(rules_of(report), [])

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


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
