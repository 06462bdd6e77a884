#!/usr/bin/python3
"""`lastcall doctor --stacks`: what the functions on a stack tell, and that whoever was looked at goes
on, whatever becomes of the doctor. usage: stacks_test.py LASTCALL SUBJECT"""
import contextlib
import os
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from patient import (CEILING, LASTCALL, SUBJECT, doctor, field_of, rules_of, running, wait_until)


@contextlib.contextmanager
def subject(mode):
    with running([SUBJECT, mode]) as process:
        assert process.stdout.readline() == "ready 0\n"
        yield process


def stack_of(report, rule):
    """The functions of the evidence, the innermost first."""
    for one in report["findings"]:
        if one["rule"] == rule:
            return next((each["value"].split(" < ") for each in one["evidence"]
                         if each["field"].startswith("stack of thread")), [])
    raise AssertionError(f"no {rule} in {report['findings']}")


def threads_of(pid):
    return [int(one) for one in os.listdir(f"/proc/{pid}/task")]


def is_traced(pid):
    return any(field_of(one, "TracerPid") not in ("0", "") for one in threads_of(pid))


def can_trace():
    with subject("waiting") as process:
        report, _ = doctor(process.pid, "--stacks")
        whys = [one["why"] for one in report["blind_spots"] if one["what"].startswith("the stacks")]
        return whys


class Stacks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if whys := can_trace():
            raise unittest.SkipTest("; ".join(whys))

    def test_a_handler_that_allocates(self):
        with subject("malloc") as process:
            self.assertEqual(rules_of(doctor(process.pid)[0]), ["L07"])
            report, _ = doctor(process.pid, "--stacks")
            self.assertEqual(rules_of(report), ["L38"])
            self.assertEqual(report["findings"][0]["confidence"], "likely")
            stack = stack_of(report, "L38")
            handler = stack.index("(signal)")
            self.assertIn("(anonymous namespace)::clean_up_by_malloc(int)", stack[:handler])
            self.assertIn("(anonymous namespace)::run_malloc()", stack[handler:])

    def test_a_handler_that_locks(self):
        with subject("mutex") as process:
            wait_until(lambda: field_of(process.pid, "State").startswith("S"), "the lock")
            self.assertEqual(rules_of(doctor(process.pid)[0]), ["L05"])
            report, _ = doctor(process.pid, "--stacks")
            self.assertEqual(rules_of(report), ["L38"], "the signal is blocked as its handler runs")
            self.assertEqual(report["findings"][0]["confidence"], "hint")

    def test_what_the_stop_waits_for(self):
        with subject("waiting") as process:
            process.send_signal(signal.SIGTERM)
            report, _ = doctor(process.pid, "--since", "5s", "--stacks")
            self.assertEqual(rules_of(report), ["L09"])
            self.assertEqual(stack_of(report, "L09")[0], "read")
            self.assertIn("wait_for_the_answer", stack_of(report, "L09"))
            report, _ = doctor(process.pid, "--since", "5s")
            self.assertEqual(stack_of(report, "L09"), [], "nobody has asked for it")


class Afterwards(unittest.TestCase):
    """All threads of the process that was looked at go on."""

    def goes_on(self, process):
        wait_until(lambda: not is_traced(process.pid), "to be let go of")
        for thread in threads_of(process.pid):
            self.assertRegex(field_of(thread, "State"), "^[SR]")
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(process.stdout.readline(), "all\n")

    def test_after_a_look(self):
        with subject("crowd") as process:
            doctor(process.pid, "--stacks")
            self.goes_on(process)

    def test_after_a_look_that_was_killed(self):
        tries, in_the_middle = 12, 0
        with subject("crowd") as process:
            threads = threads_of(process.pid)
            for _ in range(tries):
                asked = subprocess.Popen([LASTCALL, "doctor", str(process.pid), "--stacks"],
                                         stdout=subprocess.DEVNULL)
                # One that is at its end is seen by the next turn at the latest.
                while asked.poll() is None and field_of(threads[30], "TracerPid") == "0":
                    pass
                asked.kill()
                in_the_middle += asked.wait(CEILING) == -signal.SIGKILL
                self.goes_on(process)
        self.assertGreater(in_the_middle, 0)

    def test_a_stopped_process_stays_stopped(self):
        with subject("crowd") as process:
            process.send_signal(signal.SIGSTOP)
            wait_until(lambda: field_of(process.pid, "State").startswith("T"), "the stop")
            doctor(process.pid, "--stacks")
            self.assertTrue(field_of(process.pid, "State").startswith("T"))
            process.send_signal(signal.SIGCONT)
            self.goes_on(process)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
