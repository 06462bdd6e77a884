"""An HTTP service that knows nothing of lastcall. GET / tells its version and pid; GET /held is
answered once it was told to stop, so whoever gets that answer was waited for.

usage: server.py HOST:PORT VERSION [FILE|--deaf]     it listens when FILE is there; --deaf:
                                                     it does not stop when it is asked to
"""
import os
import signal
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

(host, _, port), version = sys.argv[1].partition(":"), sys.argv[2]
stopping = threading.Event()
inside = threading.Condition()
requests = 0


def count(more):
    global requests
    with inside:
        requests += more
        inside.notify_all()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    has_begun = False

    def do_GET(self):
        if self.has_begun:
            count(1)
        self.has_begun = True
        try:
            self.answer()
        finally:
            count(-1)

    def finish(self):
        super().finish()
        if not self.has_begun:
            count(-1)

    def answer(self):
        body = f"{version} {os.getpid()}"
        if self.path == "/held":
            print("held", flush=True)
            body += " told to stop" if stopping.wait(60) else " never told"
        self.close_connection = self.close_connection or stopping.is_set()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True  # an idle connection is nobody's loss

    def process_request(self, request, client_address):
        count(1)  # what is accepted is to be answered: its first request is inside
        super().process_request(request, client_address)


def stop(*_):
    print("asked to stop", flush=True)
    if "--deaf" in sys.argv:
        return
    stopping.set()
    threading.Thread(target=server.shutdown).start()


print("started", flush=True)
for awaited in (Path(word) for word in sys.argv[3:] if word != "--deaf"):
    while not awaited.exists():
        time.sleep(0.02)
with Server((host, int(port)), Handler) as server:
    signal.signal(signal.SIGTERM, stop)
    print("listening", flush=True)
    server.serve_forever(poll_interval=0.02)
with inside:
    inside.wait_for(lambda: requests == 0, timeout=10)
print("stopped", flush=True)
