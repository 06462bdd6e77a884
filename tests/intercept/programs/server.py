"""http.server, with the address family of the third argument."""
import http.server
import signal
import socket
import sys
import threading

port, answer, family = int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6 if family == "6" else socket.AF_INET


server = Server(("::1" if family == "6" else "127.0.0.1", port), Handler)
signal.signal(signal.SIGTERM,
              lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever(poll_interval=0.02)
