#!/usr/bin/python3
"""`lastcall doctor` on programs behind supervisors, as Debian has them: who sends which signal, and
how long it waits.
usage: supervisors_test.py LASTCALL SUBJECT"""
import os
import shutil
import signal
import socket
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from patient import (IS_ROOT, WithFolder, children_of, doctor, free_port, listens, rules_of,
                     wait_until)

GUNICORN = "/usr/bin/gunicorn --graceful-timeout 30 app:app -b 127.0.0.1:"


class Supervisors(WithFolder):
    def setUp(self):
        super().setUp()
        if shutil.which("gunicorn", path="/usr/bin") is None:
            self.skipTest("gunicorn is not installed")
        self.file("app.py", "def app(environ, start):\n    start('200 OK', [])\n    return [b'']\n")
        self.port = free_port()

    def link(self, report, name):
        return next(one for one in report["chain"] if one["who"] == name)

    def supervisord(self, more="", command=""):
        conf = self.file("s.conf", "[supervisord]\nnodaemon=true\nlogfile=/dev/null\n"
                         "logfile_maxbytes=0\npidfile=s.pid\n"
                         f"[program:web]\ncommand={command or GUNICORN + str(self.port)}\n{more}")
        return self.server(["supervisord", "-c", conf], self.port), conf

    def test_supervisord_kills_too_early(self):
        server, conf = self.supervisord()
        with server as process:
            for subject in (["--port", self.port], [process.pid]):
                report, _ = doctor(*subject)
                self.assertEqual(rules_of(report), ["L21"], report["findings"])
                self.assertEqual(report["findings"][0]["confidence"], "likely")
                self.assertEqual(self.link(report, "supervisord")["ms"], 10000)
                self.assertIn(f"{conf}:6", self.link(report, "supervisord")["source"])

    def test_supervisord_that_waits_long_enough(self):
        server, conf = self.supervisord("stopwaitsecs=35\n")
        with server as process:
            report, _ = doctor(process.pid)
            self.assertEqual(rules_of(report), [], report["findings"])
            self.assertEqual(report["route"][0]["verdict"], "forwards")
            self.assertIn("SIGTERM to pid", report["route"][0]["why"])
            self.assertEqual([one["who"] for one in report["chain"]], ["gunicorn", "supervisord"])
            self.assertEqual(self.link(report, "supervisord")["source"],
                             f"stopwaitsecs of {conf}:8")
            os.kill(process.pid, signal.SIGTERM)
            wait_until(lambda: not listens(self.port), "supervisord to end")

    def test_supervisord_sends_what_its_file_says(self):
        server, conf = self.supervisord("stopwaitsecs=35\nstopsignal=QUIT\n")
        with server as process:
            report, _ = doctor(process.pid)
            self.assertEqual(rules_of(report), ["L10"], report["findings"])
            self.assertEqual(report["findings"][0]["confidence"], "proven")
            self.assertIn(f"stopsignal of {conf}:9",
                          [one["field"] for one in report["findings"][0]["evidence"]])
            report, _ = doctor("--port", self.port)
            self.assertEqual((report["signal"], rules_of(report)), ("SIGQUIT", ["L10"]))

    def test_supervisord_and_a_shell(self):
        command = f"sh -c '{GUNICORN}{self.port}; true'"
        for more, rules in (("stopwaitsecs=35\n", ["L16"]),
                            ("stopwaitsecs=35\nstopasgroup=true\n", [])):
            server, _ = self.supervisord(more, command)
            with server as process:
                self.assertEqual(rules_of(doctor(process.pid)[0]), rules)
            self.port = free_port()
            command = f"sh -c '{GUNICORN}{self.port}; true'"

    @unittest.skipUnless(IS_ROOT, "needs root for another user")
    def test_su_kills_after_two_seconds(self):
        for front in (["su", "nobody", "-s", "/bin/sh", "-c"], ["runuser", "-u", "nobody", "--"]):
            command = f"{GUNICORN}{self.port}"
            front = [*front, f"exec {command}"] if front[0] == "su" else [*front, *command.split()]
            with self.subTest(front[0]), self.server(front, self.port) as process:
                report, _ = doctor(process.pid)
                self.assertEqual(rules_of(report), ["L19", "L21"], report["findings"])
                self.assertEqual(self.link(report, front[0])["ms"], 2000)
                self.assertIn("SIGKILL 2 s later", report["findings"][0]["what"])
            self.port = free_port()

    def test_a_program_without_a_limit_that_holds_a_connection(self):
        if shutil.which("uvicorn", path="/usr/bin") is None:
            self.skipTest("uvicorn is not installed")
        self.file("app.py", "import asyncio\nasync def app(scope, receive, send):\n"
                  "    await asyncio.sleep(60)\n")
        server, _ = self.supervisord("", "/usr/bin/python3 -m uvicorn --lifespan off app:app "
                                     f"--port {self.port}")
        with server as process:
            self.assertEqual(rules_of(doctor(process.pid)[0]), [])
            with socket.create_connection(("127.0.0.1", self.port)) as client:
                client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                report, _ = doctor(process.pid)
            self.assertEqual(rules_of(report), ["L21"], report["findings"])
            self.assertEqual(report["findings"][0]["confidence"], "hint")

    def run_file(self, folder):
        self.file(f"{folder}/web/run", f"#!/bin/sh\ncd {self.folder}\nexec {GUNICORN}{self.port}\n",
                  0o755)
        return os.path.join(self.folder, folder)

    def test_runit(self):
        with self.server(["runsvdir", self.run_file("sv")], self.port) as process:
            report, _ = doctor(process.pid)
            self.assertEqual(rules_of(report), ["L10"], "it ends, and its services go on")
            report, _ = doctor(process.pid, "--signal", "HUP")
            self.assertEqual(rules_of(report), [], report["findings"])
            report, _ = doctor("--port", self.port)
            self.assertEqual(rules_of(report), [], report["findings"])
            self.assertTrue(self.link(report, "runsv")["endless"])
            services = children_of(process.pid)
            os.kill(process.pid, signal.SIGTERM)
            wait_until(lambda: process.poll() is not None, "runsvdir to end")
            self.assertTrue(listens(self.port), "what it leaves behind serves on")
            for pid in services:
                os.kill(pid, signal.SIGTERM)
            wait_until(lambda: not listens(self.port), "runsv to end")

    def test_s6(self):
        folder = self.run_file("s6")
        with self.server(["s6-svscan", folder], self.port) as process:
            report, _ = doctor(process.pid)
            self.assertEqual(rules_of(report), [], report["findings"])
            self.assertTrue(self.link(report, "s6-supervise")["endless"])
            os.kill(process.pid, signal.SIGTERM)
            wait_until(lambda: not listens(self.port), "s6-svscan to end")
        self.file("s6/web/timeout-kill", "12000\n")
        with self.server(["s6-svscan", folder], self.port) as process:
            report, _ = doctor(process.pid)
            self.assertEqual(rules_of(report), ["L21"], report["findings"])
            self.assertEqual(self.link(report, "s6-supervise")["ms"], 12000)

    def test_foreman(self):
        self.file("Procfile", f"web: exec {GUNICORN}{self.port}\n")
        with self.server(["foreman", "start"], self.port) as process:
            report, _ = doctor(process.pid)
            self.assertEqual(rules_of(report), ["L21"], report["findings"])
            self.assertEqual(report["findings"][0]["confidence"], "hint", "-t may have been given")
            self.assertEqual(self.link(report, "foreman")["ms"], 5000)

    @unittest.skipUnless(shutil.which("pm2"), "pm2 is not installed (npm install -g pm2)")
    def test_pm2(self):
        app = self.file("app.js", "require('http').createServer((q, r) => r.end('ok'))"
                        f".listen({self.port});\nprocess.on('SIGINT', () => process.exit(0));\n")
        start = ["env", "PM2_HOME=" + os.path.join(self.folder, "pm2"), "pm2", "start", app,
                 "--no-daemon"]
        for more, wait_ms, source in (([], 1600, "kill_timeout, by default"),
                                      (["--kill-timeout", "8000"], 8000,
                                       "kill_timeout in the environment of the program")):
            with self.server([*start, *more], self.port):
                report, _ = doctor("--port", self.port)
                self.assertEqual(rules_of(report), [], report["findings"])
                self.assertEqual(report["signal"], "SIGINT")
                self.assertEqual(self.link(report, "pm2")["ms"], wait_ms)
                self.assertEqual(self.link(report, "pm2")["source"], source)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
