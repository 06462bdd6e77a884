"""An unmodified HTTP service for the test: answers with its version and its generation.

usage: service.py PORT VERSION      VERSION "deaf" never listens, "broken" ends at once
"""
import os
import signal
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler

port, version = int(sys.argv[1]), sys.argv[2]
if version == "broken":
    sys.exit("this version does not work")
if version == "deaf":
    time.sleep(1000)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = f"{version} {os.environ['LASTCALL_GENERATION']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = False


with Server(("127.0.0.1", port), Handler) as server:
    def stop(*_):
        threading.Thread(target=server.shutdown).start()
    signal.signal(signal.SIGTERM, stop)
    print("listening", flush=True)
    server.serve_forever(poll_interval=0.02)
