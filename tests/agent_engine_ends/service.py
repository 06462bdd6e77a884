"""An HTTP service: 200 with its version, and 500 at /live once the file SICK is there.

usage: service.py PORT VERSION SICK      VERSION "stubborn" ignores SIGTERM, "broken" ends at once
"""
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, version, sick = int(sys.argv[1]), sys.argv[2], sys.argv[3]
if version == "broken":
    sys.exit("this version does not work")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        is_sick = self.path == "/live" and os.path.exists(sick)
        body = f"{version} {os.environ['LASTCALL_GENERATION']}".encode()
        self.send_response(500 if is_sick else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
if version == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever(poll_interval=0.02)
