"""An HTTP service with keep-alive: answers with its version and its generation.

usage: service.py PORT VERSION      VERSION "broken" ends at once
"""
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, version = int(sys.argv[1]), sys.argv[2]
if version == "broken":
    sys.exit("this version does not work")
in_flight, lock = [0], threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with lock:
            in_flight[0] += 1
        try:
            if self.path == "/slow":
                time.sleep(0.3)
            body = f"{version} {os.environ['LASTCALL_GENERATION']}".encode()
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        finally:
            with lock:
                in_flight[0] -= 1

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


server = Server(("127.0.0.1", port), Handler)
signal.signal(signal.SIGTERM,
              lambda *_: threading.Thread(target=server.shutdown, daemon=True).start())
server.serve_forever(poll_interval=0.02)
while in_flight[0]:
    time.sleep(0.01)
os._exit(0)  # idle connections of the proxy are nobody's request
