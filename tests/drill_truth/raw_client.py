"""The faulty server as a process, and a client of raw sockets that says how things ended."""
import json
import select
import socket
import ssl
import subprocess
import time
from pathlib import Path

CEILING = 20  # seconds, for anything that is waited for


class Server:
    def __init__(self, program, folder, *arguments):
        self.truth_file = Path(folder, "truth.ndjson")
        self.process = subprocess.Popen(
            [program, "--truth", str(self.truth_file), *arguments],
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def truth(self, event, fault=None):
        lines = [json.loads(line) for line in self.truth_file.read_text().splitlines()]
        return [line for line in lines
                if line["event"] == event and fault in (None, line.get("fault"))]

    def wait_for(self, event, count=1):
        until = time.monotonic() + CEILING
        while len(self.truth(event)) < count:
            assert time.monotonic() < until, f"never came: {event}"
            time.sleep(0.005)

    def signal(self):
        self.process.terminate()
        self.wait_for("signal")

    def exit(self):
        return self.process.wait(CEILING)


class Client:
    def __init__(self, port, tls=False):
        self.socket = socket.create_connection(("127.0.0.1", port), CEILING)
        self.port = self.socket.getsockname()[1]
        self.requests = 0
        if tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            # A FIN without a close_notify is an error, as it has to be.
            context.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
            self.socket = context.wrap_socket(self.socket, suppress_ragged_eofs=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, text):
        self.socket.sendall(text.encode())

    def get(self, target, limit=CEILING):
        self.send(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n")
        return self.answer(limit)

    def post(self, target, body):
        self.send(f"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n{body}")
        return self.answer()

    def answer(self, limit=CEILING):
        """What came, and how it ended: whole, fin, reset, fin-without-notify, late."""
        self.requests += 1
        self.socket.settimeout(limit)
        data = b""
        while not is_whole(data):
            try:
                more = self.socket.recv(65536)
            except ConnectionResetError:
                return data, "reset"
            except TimeoutError:
                return data, "late"
            except ssl.SSLError as error:
                # SSLEOFError, or a plain SSLError of that reason: Python's builds differ.
                if not isinstance(error, ssl.SSLEOFError) and \
                        error.reason != "UNEXPECTED_EOF_WHILE_READING":
                    raise
                return data, "fin-without-notify"
            if not more:
                return data, "fin"
            data += more
        return data, "whole"

    def is_closed(self):
        """Whether the end is here already, where nothing else is expected."""
        return select.select([self.socket], [], [], 0)[0] != []

    def end(self, limit=CEILING):
        """How the connection ends, and what came before that."""
        self.socket.settimeout(limit)
        data = b""
        try:
            while more := self.socket.recv(65536):
                data += more
        except ConnectionResetError:
            return data, "reset"
        except TimeoutError:
            return data, "late"
        return data, "fin"


def is_whole(data):
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator or not head.startswith(b"HTTP/1.1 "):
        return False
    head = head.lower()
    if b"transfer-encoding: chunked" in head:
        return body.endswith(b"0\r\n\r\n")
    if head.startswith(b"http/1.1 101"):
        return True
    if b"content-length: " not in head:
        return False
    return len(body) >= int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
