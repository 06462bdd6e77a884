"""Fixtures of the matrix that are real servers and runtimes, as Debian has them."""
import contextlib
import os
import signal
import socket
import sys
import tempfile
import time

from fixtures import TOLD, Asked, fixture, need
from patient import (IN_NAMESPACE, children_of, field_of, free_port, init_of_namespace, listens,
                     running, said_by, wait_until)


@contextlib.contextmanager
def server(argv, port, folder):
    need(argv[0])
    with running(argv, cwd=folder) as process:
        wait_until(lambda: listens(port), argv[0])
        yield process


def write_file(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


@contextlib.contextmanager
def half_a_request(port):
    """A connection that is neither idle nor over."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        wait_until(lambda: is_read(port, client.getsockname()[1]), "the server to read it")
        yield client


def is_read(port, client_port):
    """The server has accepted the connection, and read what was sent."""
    with open("/proc/net/tcp", encoding="ascii") as lines:
        for line in list(lines)[1:]:
            _, local, peer, _, queues, _, _, _, _, inode, *_ = line.split()
            if int(local.split(":")[1], 16) == port and \
                    int(peer.split(":")[1], 16) == client_port:
                return inode != "0" and queues.endswith(":00000000")
    return False


@contextlib.contextmanager
def nginx_at(port):
    with tempfile.TemporaryDirectory() as folder:
        conf = write_file(folder, "nginx.conf",
                          "daemon off; pid nginx.pid; error_log stderr; worker_processes 1;\n"
                          + ("user root;\n" if os.geteuid() == 0 else "") + "events {}\n"
                          f"http {{ access_log off; server {{ listen 127.0.0.1:{port}; }} }}\n")
        with server(["nginx", "-p", folder, "-c", conf], port, folder) as process:
            yield process


# Listens at the path, and closes that at SIGTERM: the file stays.
UNIX_SERVER = r"""
import os, signal, socket, sys, time
os.chdir(os.path.dirname(sys.argv[1]))
one = socket.socket(socket.AF_UNIX)
one.bind(os.path.basename(sys.argv[1]))
one.listen()
signal.signal(signal.SIGTERM, lambda *_: one.close())
print("ready", flush=True)
while True:
    time.sleep(0.1)
"""


@contextlib.contextmanager
def unix_server():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, os.path.basename(folder) + ".sock")
        with running([sys.executable, "-c", UNIX_SERVER, path]) as process:
            process.stdout.readline()
            yield process, path


def connects(path):
    with socket.socket(socket.AF_UNIX) as one:
        return one.connect_ex(path) == 0


@fixture
def unix_socket(is_closed):
    with unix_server() as (process, path):
        if is_closed:
            process.terminate()
            wait_until(lambda: not connects(path), "the close")
        yield Asked((process.pid,))


@fixture
def nginx(name):
    port = free_port()
    with nginx_at(port):
        yield Asked(("--port", port, "--signal", name))


@fixture
def nginx_reloaded(with_client):
    port = free_port()
    with nginx_at(port) as process, contextlib.ExitStack() as stack:
        if with_client:
            stack.enter_context(half_a_request(port))
            stack.enter_context(half_a_request(port))
        wait_until(lambda: children_of(process.pid), "a worker")
        first = children_of(process.pid)
        process.send_signal(signal.SIGHUP)

        def is_reloaded():
            return all("shutting down" in command_of(one) for one in first if alive(one)) and \
                set(children_of(process.pid)) - set(first) and \
                (with_client or not any(alive(one) for one in first))
        wait_until(is_reloaded, "the new worker")
        yield Asked((process.pid, "--signal", "QUIT"))


@fixture
def haproxy_reloaded(with_client):
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        conf = write_file(folder, "haproxy.cfg",
                          "defaults\n  mode http\n  timeout client 60s\n  timeout server 60s\n"
                          "  timeout connect 5s\n  timeout http-request 60s\nfrontend f\n"
                          f"  bind 127.0.0.1:{port}\n  http-request return status 200\n")
        process = stack.enter_context(server(["haproxy", "-W", "-f", conf], port, folder))
        if with_client:
            stack.enter_context(half_a_request(port))
        wait_until(lambda: children_of(process.pid), "a worker")
        first = children_of(process.pid)

        def is_reloaded():
            if not set(children_of(process.pid)) - set(first):
                process.send_signal(signal.SIGUSR2)  # one that comes before its handler is lost
                time.sleep(0.5)
                return False
            return with_client or not any(alive(one) for one in first)
        wait_until(is_reloaded, "the new worker")
        yield Asked((process.pid, "--signal", "USR1"))


def command_of(pid):
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
            return file.read().replace("\0", " ")
    return ""


def command_name(folder):
    with contextlib.suppress(OSError):
        with open(f"{folder}/comm", encoding="utf-8", errors="replace") as file:
            return file.read()
    return ""


def alive(pid):
    return field_of(pid, "State")[:1] not in ("", "Z")


@contextlib.contextmanager
def gunicorn_app():
    """A folder with an application, and the command that serves it."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        write_file(folder, "app.py",
                   "def app(environ, start):\n    start('200 OK', [])\n    return [b'']\n")
        yield port, folder, ["gunicorn", "--workers", "2", "--graceful-timeout", "30", "app:app",
                             "-b", f"127.0.0.1:{port}"]


@fixture
def gunicorn():
    with gunicorn_app() as (port, folder, argv), server(argv, port, folder):
        yield Asked(("--port", port))


@fixture
def gunicorn_below_supervisord(waits_s):
    need("gunicorn")
    with gunicorn_app() as (port, folder, argv):
        conf = write_file(folder, "s.conf",
                          "[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\n"
                          f"pidfile=s.pid\n[program:web]\ncommand={' '.join(argv)}\n"
                          f"stopwaitsecs={waits_s}\n")
        with server(["supervisord", "-c", conf], port, folder) as process:
            yield Asked((process.pid,))


@fixture
def redis_in_container(grace):
    """Redis gives its replicas 10 s by default, and docker waits for `grace`."""
    port = free_port()
    argv = ["redis-server", "--port", str(port), "--save", ""]
    with tempfile.TemporaryDirectory() as folder, server(argv, port, folder) as process:
        answer = f"Pid={process.pid}\nStatus=running\nStopSignal=SIGTERM\nStopTimeout={grace}"
        with said_by("docker", answer) as environment:
            yield Asked(("--container", "cache"), env=environment)


READY = r"""
import http.server, signal, sys
status = [200]
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(status[0])
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass
def stop(*_):
    status[0] = int(sys.argv[1])
signal.signal(signal.SIGTERM, stop)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


@fixture
def answers_when_asked_for_readiness(status):
    """With SIGTERM it answers so."""
    with running(["/usr/bin/python3", "-c", READY, str(status)]) as process:
        port = int(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        yield Asked((process.pid, *TOLD, "--ready", f"http://127.0.0.1:{port}/ready"))


@fixture
def program_as_pid_1(*command):
    need("unshare", command[0], root=True)
    with running([*IN_NAMESPACE, *command]) as process:
        process.stdout.readline()
        yield Asked((init_of_namespace(process), "--deep"))


@fixture
def node_that_computes():
    """At its first request, for ever; the next client waits."""
    need("node")
    port = free_port()
    text = ("const server = require('http').createServer(() => { for (;;); });\n"
            "process.on('SIGTERM', () => server.close());\n"
            f"server.listen({port}, '127.0.0.1');\n")
    with tempfile.TemporaryDirectory() as folder, \
            server(["node", write_file(folder, "server.js", text)], port, folder) as process, \
            socket.create_connection(("127.0.0.1", port)) as first:
        first.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_until(lambda: is_read(port, first.getsockname()[1]), "the request to be read")
        with socket.create_connection(("127.0.0.1", port)):
            yield Asked((process.pid,))


@fixture
def busybox_httpd_as_pid_1():
    need("unshare", "busybox", root=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, \
            server([*IN_NAMESPACE, "busybox", "httpd", "-f", "-p", f"127.0.0.1:{port}"], port,
                   folder) as process:
        yield Asked((init_of_namespace(process), "--deep"))


@fixture
def java_in_hook():
    need("java")
    with tempfile.TemporaryDirectory() as folder:
        source = write_file(
            folder, "Hook.java",
            "class Hook { public static void main(String[] a) throws Exception {\n"
            "Runtime.getRuntime().addShutdownHook(new Thread(() -> { try { Thread.sleep(600000); } "
            "catch (Exception e) {} }));\nSystem.out.println(\"ready\"); Thread.sleep(600000); } "
            "}\n")
        with running(["java", "-Xmx64m", source]) as process:
            process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            task = f"/proc/{process.pid}/task"
            wait_until(lambda: any("SIGTERM handler" in command_name(f"{task}/{one}")
                                   for one in os.listdir(task)), "the hook")
            yield Asked((process.pid, "--since", "2s"))
