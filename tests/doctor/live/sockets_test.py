#!/usr/bin/python3
"""`lastcall doctor` on connections: streams are told from idle connections and from requests in
flight, also when the listening socket is closed; what nobody has read; what the kernel still has.
usage: sockets_test.py LASTCALL SUBJECT"""
import contextlib
import os
import random
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from fixture_servers import READY, connects, unix_server
from patient import LASTCALL, doctor, listens, rules_of, running, wait_until

# Accepts, and does with each connection what its first bytes ask for. With SIGTERM it closes its
# port, as most servers do, and goes on with what it has.
SERVER = r"""
import signal, socket, sys, threading, time
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
def stop(*_):
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
signal.signal(signal.SIGTERM, stop)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
kept = []
def serve(one):
    kept.append(one)
    asked = one.recv(4096)
    if b"/events" in asked:
        one.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        while True:
            one.sendall(b"data: tick\n\n")
            time.sleep(0.2)
    if b"/pongs" in asked:
        one.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        while one.recv(6):
            one.sendall(b"\x8a\x00")
    if b"/unread" in asked:
        one.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        return
    if b"/slow" in asked:
        return
    if b"/large" in asked:
        for _ in range(1000):
            one.sendall(b"x" * 100_000)
            time.sleep(0.05)
    one.sendall(HEAD)
def accept():
    while True:
        try:
            one, _ = listener.accept()
        except OSError:
            return
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(one,), daemon=True).start()
threading.Thread(target=accept, daemon=True).start()
print("ready", listener.getsockname()[1], flush=True)
while True:
    time.sleep(0.1)
"""


def chosen_port():
    """Free, and below those that the kernel gives to clients: as the port of a service is."""
    for port in random.sample(range(20000, 32000), 100):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port below 32000 is free")


@contextlib.contextmanager
def server():
    with running([sys.executable, "-c", SERVER, str(chosen_port())]) as process:
        process.port = int(process.stdout.readline().split()[1])
        yield process


@contextlib.contextmanager
def client(port, path, more=None):
    """Asks, and keeps the connection; `more` is called with it on a thread, again and again."""
    one = socket.create_connection(("127.0.0.1", port))
    one.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    over = threading.Event()

    def talk():
        while not over.wait(0.1):
            more(one)

    def take():
        with contextlib.suppress(OSError):
            while one.recv(1 << 20):
                pass

    threads = [threading.Thread(target=take)] + ([threading.Thread(target=talk)] if more else [])
    for each in threads:
        each.start()
    try:
        yield one
    finally:
        over.set()
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        for each in threads:
            each.join()
        one.close()


def since(process, *more):
    return doctor(process.pid, "--since", "20s", *more)[0]


def evidence_of(report, rule):
    return next(one["evidence"] for one in report["findings"] if one["rule"] == rule)


def ping(one):
    one.sendall(b"\x89\x80abcd")


class Streams(unittest.TestCase):
    """What a connection is kept for: while the port is open still, and when it is closed."""

    PATHS = {"/events": (None, "L46"), "/pongs": (ping, "L46"), "/": (None, "L43"),
             "/slow": (None, "L44"), "/large": (None, None)}

    def test_each_is_told_from_the_others(self):
        with contextlib.ExitStack() as all_of_them:
            processes = {}
            for path, (more, _) in self.PATHS.items():
                process = processes[path] = all_of_them.enter_context(server())
                all_of_them.enter_context(client(process.port, path, more))
            time.sleep(5.5)
            self.assertEqual(rules_of(doctor(processes["/events"].pid)[0]), [], "nobody stops it")
            for path, process in processes.items():
                with self.subTest(path):
                    self.look(process, self.PATHS[path][1])

    def look(self, process, rule):
        before = rules_of(since(process))
        process.terminate()
        wait_until(lambda: not listens(process.port), "the port to be closed")
        after = rules_of(since(process))
        if rule is None:  # an answer on its way is no fault: what else is said is said by others
            self.assertNotIn("L46", before + after)
        else:
            self.assertEqual((before, after), (["L41", rule], [rule]))


class SharedPorts(unittest.TestCase):
    SERVER = ("import signal, socket, sys\n"
              "signal.signal(15, lambda *_: sys.exit(0))\n"
              "a = socket.create_server(('127.0.0.1', int(sys.argv[1])), reuse_port=True)\n"
              "print('ready', a.getsockname()[1], flush=True)\n"
              "a.accept()\n")

    def test_the_other_one_is_named(self):
        with running([sys.executable, "-c", self.SERVER, "0"]) as first:
            port = first.stdout.readline().split()[1]
            self.assertNotIn("who else listens", str(doctor("--port", port)[0]["blind_spots"]))
            with running([sys.executable, "-c", self.SERVER, port]) as second:
                second.stdout.readline()
                report, _ = doctor("--port", port)
                seen = report["route"][0]["pid"]
                other = next(one for one in report["blind_spots"]
                             if one["what"] == f"who else listens on port {port}")
                self.assertEqual({seen, int(other["why"].split()[1])}, {first.pid, second.pid})


class Peeking(unittest.TestCase):
    def test_frames_that_nobody_has_read(self):
        with server() as process, client(process.port, "/unread") as one:
            time.sleep(0.3)
            one.sendall(b"\x88\x82abcd\x02\xe8")
            self.assertEqual(rules_of(since(process)), ["L41", "L44"])
            report = since(process, "--peek")
            self.assertEqual(rules_of(report), ["L41", "L46"])
            self.assertIn("8 bytes, frames of WebSocket",
                          [each["value"] for each in evidence_of(report, "L46")])

    def test_a_request_that_nobody_has_read(self):
        with server() as process, client(process.port, "/slow") as one:
            time.sleep(0.3)
            one.sendall(b"GET /next?key=secret HTTP/1.1\r\nHost: x\r\n\r\n")
            report = since(process, "--peek")
            self.assertEqual(rules_of(report), ["L41", "L44"])
            self.assertIn("42 bytes, `GET /next`",
                          [each["value"] for each in evidence_of(report, "L44")])
            self.assertNotIn("secret", str(report))

    def test_nothing_is_taken(self):
        with running([sys.executable, "-c", (
                "import signal, socket, time\n"
                "signal.signal(15, lambda *_: None)\n"
                "a = socket.create_server(('127.0.0.1', 0))\n"
                "print('ready', a.getsockname()[1], flush=True)\n"
                "b, _ = a.accept()\n"
                "time.sleep(4)\n"
                "print(b.recv(100), flush=True)\n")]) as process:
            port = int(process.stdout.readline().split()[1])
            with client(port, "/") as _:
                self.assertIn("`GET /`", str(since(process, "--peek")))
                self.assertIn("GET / HTTP/1.1", process.stdout.readline())


class Orphans(unittest.TestCase):
    SENDER = r"""
import signal, socket, time
a = socket.socket()
a.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
a.bind(("127.0.0.1", 0))
a.listen()
signal.signal(signal.SIGTERM, lambda *_: None)
print("ready", a.getsockname()[1], flush=True)
b, _ = a.accept()
b.setblocking(False)
try:
    while True:
        b.send(b"x" * 65536)
except BlockingIOError:
    pass
b.close()
print("closed", flush=True)
while True:
    time.sleep(0.1)
"""

    def test_what_is_not_taken_after_the_close(self):
        with running([sys.executable, "-c", self.SENDER]) as process:
            port = int(process.stdout.readline().split()[1])
            with socket.socket() as one:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                one.connect(("127.0.0.1", port))
                self.assertEqual(process.stdout.readline(), "closed\n")
                self.assertNotIn("L52", rules_of(doctor(process.pid)[0]))
                report = since(process)
                self.assertEqual(rules_of(report), ["L41", "L52"])
                self.assertIn("FIN_WAIT1, no inode, Send-Q",
                              evidence_of(report, "L52")[0]["value"])
            self.assertEqual(rules_of(since(process)), ["L41"])


class UnixSockets(unittest.TestCase):
    def test_the_file_of_one_that_is_closed(self):
        with unix_server() as (process, path):
            self.assertEqual(rules_of(doctor(process.pid)[0]), [])
            process.terminate()
            wait_until(lambda: not connects(path), "the close")
            self.assertEqual(rules_of(doctor(process.pid)[0]), ["L51"])
            os.unlink(path)
            self.assertEqual(rules_of(doctor(process.pid)[0]), [])


class Ready(unittest.TestCase):
    def look(self, status, *more):
        with running([sys.executable, "-c", READY, status]) as process:
            port = int(process.stdout.readline())
            process.terminate()
            return rules_of(since(process, "--ready", f"http://127.0.0.1:{port}/ready"))

    def test_it_says_that_it_is_ready(self):
        self.assertEqual(self.look("200"), ["L41", "L62"])

    def test_it_says_that_it_is_not(self):
        self.assertEqual(self.look("503"), ["L41"])

    def test_somebody_else_answers(self):
        with running([sys.executable, "-c", READY, "200"]) as other, server() as process:
            port = int(other.stdout.readline())
            report = since(process, "--ready", f"http://127.0.0.1:{port}/")
            self.assertNotIn("L62", rules_of(report))
            self.assertIn("whether it says that it is ready",
                          [one["what"] for one in report["blind_spots"]])

    def test_bad_urls_are_refused(self):
        table = {"127.0.0.1:80/ready": "begins with neither", "https://127.0.0.1/": "only http",
                 "http://127.0.0.1:0/": "no host with a port", "http://": "no host with a port",
                 "http://192.0.2.7/": "is not of this machine"}
        for url, words in table.items():
            with self.subTest(url):
                made = subprocess.run([LASTCALL, "doctor", str(os.getpid()), "--since", "5s",
                                       "--ready", url], capture_output=True, text=True)
                self.assertEqual(made.returncode, 2, made.stderr)
                self.assertIn(words, made.stderr)
        made = subprocess.run([LASTCALL, "doctor", str(os.getpid()), "--ready", "http://[::1]/"],
                              capture_output=True, text=True)
        self.assertEqual(made.returncode, 2, made.stderr)
        self.assertIn("asked while it stops", made.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
