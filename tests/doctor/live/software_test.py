#!/usr/bin/python3
"""`lastcall doctor` on the programs of its table, as Debian has them: each ends in order by the
signal that the table names, and the doctor says so of the one that it is sent.
usage: software_test.py LASTCALL SUBJECT"""
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from patient import doctor, field_of, free_port, listens, rules_of, running, wait_until


class Software(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.chmod(self.folder, 0o755)

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as made:
            made.write(text)
        return path

    @contextlib.contextmanager
    def server(self, argv, port):
        if shutil.which(argv[0]) is None:
            self.skipTest(f"{argv[0]} is not installed")
        with running(argv, cwd=self.folder) as process:
            wait_until(lambda: listens(port), argv[0])
            yield process

    def check(self, argv, port, meant_otherwise=(), in_order=()):
        """L10 for each of the first signals, and nothing at all for the others."""
        with self.server(argv, port) as process:
            top = doctor("--port", port)[0]["route"]
            for name in meant_otherwise:
                report, _ = doctor("--port", port, "--signal", name)
                self.assertIn("L10", rules_of(report), name)
                self.assertEqual({one["confidence"] for one in report["findings"]}, {"hint"})
            for name in in_order:
                report, _ = doctor("--port", port, "--signal", name)
                self.assertEqual(rules_of(report), [], (name, report["findings"]))
                self.assertEqual(report["route"][-1]["verdict"], "handles", name)
            # What is told to be in order ends it.
            if in_order:
                os.kill(top[0]["pid"], getattr(signal, "SIG" + in_order[0]))
                wait_until(lambda: not listens(port), f"{argv[0]} to end by {in_order[0]}")
            return process

    def test_nginx(self):
        port = free_port()
        conf = self.file("nginx.conf", "daemon off; pid nginx.pid; error_log stderr;\nevents {}\n"
                         f"http {{ access_log off; server {{ listen 127.0.0.1:{port}; }} }}\n")
        self.check(["nginx", "-p", self.folder, "-c", conf, "-g", "user root;"]
                   if os.geteuid() == 0 else ["nginx", "-p", self.folder, "-c", conf],
                   port, ["TERM"], ["QUIT"])

    def test_haproxy(self):
        port = free_port()
        conf = self.file("haproxy.cfg", "defaults\n  mode http\n  timeout client 5s\n  timeout "
                         "server 5s\n  timeout connect 5s\nfrontend f\n"
                         f"  bind 127.0.0.1:{port}\n  http-request return status 200\n")
        self.check(["haproxy", "-db", "-f", conf], port, ["TERM"], ["USR1"])

    def test_gunicorn(self):
        self.file("app.py", "def app(environ, start):\n    start('200 OK', [])\n    return [b'']\n")
        port = free_port()
        argv = ["/usr/bin/gunicorn", "--graceful-timeout", "30", "app:app", "-b"]
        with self.server([*argv, f"127.0.0.1:{port}"], port):
            report, _ = doctor("--port", port)
            self.assertEqual(rules_of(report), [], report["findings"])
            self.assertEqual(report["chain"][0]["ms"], 30000)
        port = free_port()
        self.check([*argv, f"127.0.0.1:{port}"], port, ["QUIT"], ["TERM"])

    def test_uvicorn(self):
        port = free_port()
        self.file("app.py", "async def app(scope, receive, send):\n    pass\n")
        argv = ["/usr/bin/python3", "-m", "uvicorn", "--lifespan", "off", "--port", str(port),
                "app:app"]
        if shutil.which("uvicorn", path="/usr/bin") is None:
            self.skipTest("uvicorn is not installed")
        self.check(argv, port, (), ["TERM"])

    def test_redis(self):
        port = free_port()
        argv = ["redis-server", "--port", str(port), "--save", "", "--daemonize", "no"]
        with self.server(argv, port):
            report, _ = doctor("--port", port)
            self.assertEqual(report["chain"][0]["who"], "redis-server")
        port = free_port()
        argv[2] = str(port)
        self.check(argv, port, (), ["TERM"])

    def test_apache(self):
        port = free_port()
        modules = "/usr/lib/apache2/modules"
        conf = self.file("apache.conf", f"ServerRoot {self.folder}\nPidFile apache.pid\n"
                         f"ServerName localhost\nListen 127.0.0.1:{port}\nErrorLog error.log\n"
                         f"LoadModule mpm_event_module {modules}/mod_mpm_event.so\n"
                         f"LoadModule authz_core_module {modules}/mod_authz_core.so\n"
                         "DefaultRuntimeDir .\nMutex file:. default\n"
                         + ("User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""))
        self.check(["apache2", "-DFOREGROUND", "-f", conf], port, ["TERM"],
                   ["WINCH"])

    def test_java(self):
        if shutil.which("java") is None:
            self.skipTest("java is not installed")
        port = free_port()
        source = self.file("Server.java", "import com.sun.net.httpserver.*; import java.net.*;\n"
                           "class Server { public static void main(String[] a) throws Exception {\n"
                           "var s = HttpServer.create(new InetSocketAddress(\"127.0.0.1\", "
                           f"{port}), 0); s.start(); }} }}\n")
        self.check(["java", "-Xmx64m", source], port, ["QUIT"], ["TERM"])

    def test_a_hook_of_java_that_does_not_end(self):
        if shutil.which("java") is None:
            self.skipTest("java is not installed")
        source = self.file("Hook.java", "class Hook { public static void main(String[] a) throws "
                           "Exception {\nRuntime.getRuntime().addShutdownHook(new Thread(() -> { "
                           "try { Thread.sleep(600000); } catch (Exception e) {} }));\n"
                           "System.out.println(\"ready\"); Thread.sleep(600000); } }\n")
        with running(["java", "-Xmx64m", source]) as process:
            process.stdout.readline()
            self.assertEqual(rules_of(doctor(process.pid)[0]), [])
            process.send_signal(signal.SIGTERM)
            wait_until(lambda: any("SIGTERM handler" in open_name(process.pid, thread)
                                   for thread in os.listdir(f"/proc/{process.pid}/task")), "hook")
            self.assertEqual(rules_of(doctor(process.pid, "--since", "2s")[0]), ["L39"])

    def test_go(self):
        if shutil.which("go") is None:
            self.skipTest("go is not installed")
        port = free_port()
        self.file("main.go", "package main\nimport \"net/http\"\nfunc main() { "
                  f"http.ListenAndServe(\"127.0.0.1:{port}\", nil) }}\n")
        env = {**os.environ, "GO111MODULE": "off", "GOCACHE": os.path.join(self.folder, "cache")}
        with running(["go", "run", "main.go"], cwd=self.folder, env=env) as process:
            wait_until(lambda: listens(port), "go")
            report, _ = doctor(process.pid)
            self.assertEqual(rules_of(report), ["L19"], report["route"])
            self.assertEqual(rules_of(doctor(report["route"][-1]["pid"])[0]), [])

    def test_postgres(self):
        folder = os.path.join(self.folder, "data")
        binaries = next((f"/usr/lib/postgresql/{one}/bin"
                         for one in sorted(os.listdir("/usr/lib/postgresql"))
                         if os.path.exists(f"/usr/lib/postgresql/{one}/bin/initdb")), None) \
            if os.path.isdir("/usr/lib/postgresql") else None
        if binaries is None or os.geteuid() != 0 or shutil.which("setpriv") is None:
            self.skipTest("needs postgresql and root")
        os.chmod(self.folder, 0o777)
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        subprocess.run([*as_user, f"{binaries}/initdb", "-D", folder, "--no-sync"], check=True,
                       stdout=subprocess.DEVNULL, cwd=self.folder)
        port = free_port()
        self.check([*as_user, f"{binaries}/postgres", "-D", folder, "-p", str(port), "-k",
                    self.folder, "-c", "listen_addresses=127.0.0.1"], port, ["TERM", "QUIT"],
                   ["INT"])


def open_name(pid, thread):
    return field_of(f"{pid}/task/{thread}", "Name")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
