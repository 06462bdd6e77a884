"""An ordinary server of the standard library.   usage: server.py PORT VERSION"""
import http.server
import signal
import sys
import threading
import time
from urllib.parse import parse_qs, urlsplit

port, version = int(sys.argv[1]), sys.argv[2]
if version == "broken":
    sys.exit("this version does not work")
FILE = b"x" * (4 << 20)
stopping = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 2  # of a connection that is idle
    wbufsize = -1

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urlsplit(self.path)
        if url.path == "/slow":
            time.sleep(0.05)
        body = FILE if url.path == "/download" else b"done\n"
        self.send_response(200)
        self.send_header("X-Version", version)
        self.send_header("X-Id", parse_qs(url.query)["id"][0])
        self.send_header("Content-Length", str(len(body)))
        if stopping.is_set():
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False  # the end waits for them


def stop(*_):
    stopping.set()
    threading.Thread(target=server.shutdown).start()


with Server(("127.0.0.1", port), Handler) as server:
    signal.signal(signal.SIGTERM, stop)
    server.serve_forever(poll_interval=0.1)
