#!/usr/bin/python3
"""`lastcall doctor` on the programs of its table, as Debian has them: each ends in order by the
signal that the table names, and the doctor says so of the one that it is sent.
usage: software_test.py LASTCALL SUBJECT"""
import glob
import os
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from patient import (WithFolder, doctor, field_of, free_port, listens, rules_of, running,
                     wait_until)


class Software(WithFolder):
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

    def time_of(self, port, name="TERM"):
        """What the doctor says the program gives its work, and where that stands."""
        link = doctor("--port", port, "--signal", name)[0]["chain"][0]
        return link.get("ms"), link["source"]

    def test_php_fpm(self):
        program = next(iter(sorted(glob.glob("/usr/sbin/php-fpm*"))), "php-fpm")
        port = free_port()
        conf = self.file("fpm.conf", "[global]\nerror_log = fpm.log\nprocess_control_timeout = 6s\n"
                         f"[www]\nuser = www-data\nlisten = 127.0.0.1:{port}\npm = static\n"
                         "pm.max_children = 1\n")
        with self.server([program, "-F", "-y", conf], port):
            self.assertEqual(self.time_of(port, "QUIT"),
                             (6000, f"process_control_timeout of {conf}:3"))
            self.assertIsNone(self.time_of(port, "TERM")[0])
        self.check([program, "-F", "-y", conf], port, ["TERM", "INT"], ["QUIT"])

    def uwsgi(self, more="", option=()):
        port = free_port()
        self.file("app.py", "def application(environ, start):\n    start('200 OK', [])\n"
                  "    return [b'']\n")
        conf = self.file("app.ini", f"[uwsgi]\nhttp-socket = 127.0.0.1:{port}\nmaster = true\n"
                         f"plugin = python3\nwsgi-file = app.py\n{more}")
        return ["uwsgi", conf, *option], port

    def test_uwsgi(self):
        self.check(*self.uwsgi(), ["TERM"], ["INT"])
        self.check(*self.uwsgi(), ["TERM"], ["QUIT"])

    def test_uwsgi_that_ends_by_sigterm(self):
        self.check(*self.uwsgi(more="die-on-term = true\n"), (), ["TERM"])
        self.check(*self.uwsgi(option=["--die-on-term"]), (), ["TERM"])
        argv, port = self.uwsgi(more="hook-master-start = unix_signal:15 gracefully_kill_them_all\n"
                                "worker-reload-mercy = 9\n")
        with self.server(argv, port):
            self.assertEqual(self.time_of(port), (9000, f"worker-reload-mercy of {argv[1]}:7"))
        self.check(argv, port, (), ["TERM"])

    def test_puma(self):
        port = free_port()
        conf = self.file("config/puma.rb", f"bind 'tcp://127.0.0.1:{port}'\nforce_shutdown_after 5\n"
                         "app { |env| [200, {}, ['']] }\n")
        with self.server(["puma"], port):
            self.assertEqual(self.time_of(port), (5000, f"force_shutdown_after of {conf}:2"))
        self.check(["puma"], port, ["QUIT"], ["TERM"])
        self.check(["puma"], port, (), ["INT"])

    def test_caddy(self):
        port = free_port()
        conf = self.file("Caddyfile", "{\n\tadmin off\n\tgrace_period 4s\n}\n"
                         f"http://127.0.0.1:{port} {{\n\trespond ok\n}}\n")
        with self.server(["caddy", "run", "--config", conf], port):
            self.assertEqual(self.time_of(port), (4000, f"grace_period of {conf}:3"))
        self.check(["caddy", "run"], port, ["QUIT"], ["TERM"])

    def test_files_are_read_as_the_program_sees_them(self):
        if os.geteuid() != 0 or not os.path.isdir("/mnt"):
            self.skipTest("needs root, for a file system of its own")
        port = free_port()
        conf = self.file("own.py", "graceful_timeout = 11\n")
        self.file("app.py", "def app(environ, start):\n    start('200 OK', [])\n    return [b'']\n")
        if shutil.which("gunicorn", path="/usr/bin") is None:
            self.skipTest("gunicorn is not installed")
        script = (f"mount -t tmpfs none /mnt && cp {conf} /mnt/ && exec /usr/bin/gunicorn "
                  f"-c /mnt/own.py -b 127.0.0.1:{port} app:app")
        with self.server(["unshare", "--mount", "sh", "-c", script], port):
            self.assertFalse(os.path.exists("/mnt/own.py"))
            self.assertEqual(self.time_of(port), (11000, "graceful_timeout of /mnt/own.py:1"))

    def test_the_times_that_files_say(self):
        port = free_port()
        conf = self.file("nginx.conf", "daemon off; pid nginx.pid; error_log stderr;\n"
                         "worker_shutdown_timeout 7s;\nevents {}\n"
                         f"http {{ access_log off; server {{ listen 127.0.0.1:{port}; }} }}\n")
        with self.server(["nginx", "-p", self.folder, "-c", conf], port):
            self.assertEqual(self.time_of(port, "QUIT"),
                             (7000, f"worker_shutdown_timeout of {conf}:2"))
        conf = self.file("gunicorn.conf.py", "workers = 1\ngraceful_timeout = 8\n")
        self.file("app.py", "def app(environ, start):\n    start('200 OK', [])\n    return [b'']\n")
        with self.server(["/usr/bin/gunicorn", "app:app", "-b", f"127.0.0.1:{port}"], port):
            self.assertEqual(self.time_of(port), (8000, f"graceful_timeout of {conf}:2"))
        conf = self.file("haproxy.cfg", "global\n  hard-stop-after 9s\ndefaults\n  mode http\n"
                         "  timeout client 5s\n  timeout server 5s\n  timeout connect 5s\n"
                         f"frontend f\n  bind 127.0.0.1:{port}\n")
        with self.server(["haproxy", "-db", "-f", conf], port):
            self.assertEqual(self.time_of(port, "USR1"), (9000, f"hard-stop-after of {conf}:2"))


def open_name(pid, thread):
    return field_of(f"{pid}/task/{thread}", "Name")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
