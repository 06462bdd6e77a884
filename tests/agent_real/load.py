"""Clients that never retry, and account for each request.

A client looks for a pending FIN before it uses a connection again, honours `Connection: close`,
and gives up its connections after some requests, as pools do. What it was answered, or how it was
not, is one of `ENDS`.
"""
import asyncio
import collections
import itertools
import random
import socket
import time
from dataclasses import dataclass

PATIENCE = 20  # seconds for a whole answer
CLOSE_WAIT = 8  # of TCP_INFO: a FIN has come, and no RST
ENDS = {
    "answered": "whole, with 2xx and its own id",
    "refused": "no connection was made",
    "reset_fresh": "closed before a response, on a connection of its own",
    "idle_race": "closed before the server had read it, on a connection that was used before: HTTP"
                 " allows it (RFC 9112, 9.3.1 and 9.5)",
    "abandoned": "closed without a response after the server had read it, on such a connection",
    "cut": "closed in the middle of the response",
    "server_error": "answered with 5xx",
    "wrong": "another status than 2xx, or the answer of another request",
    "late": f"not answered in {PATIENCE} s",
}
LOSSES = [name for name in ENDS if name not in ("answered", "idle_race")]


class Ended(Exception):
    """How a request ended that was not answered."""

    def __init__(self, end, detail):
        super().__init__(end, detail)
        self.end, self.detail = end, detail


class EndOfFile(ConnectionError):
    """The server has sent a FIN."""


class Account:
    """What became of every request."""

    def __init__(self):
        self.ends = collections.Counter()
        self.lanes = collections.Counter()
        self.versions = collections.Counter()
        self.noticed = 0  # connections that were seen to be closed before they were used again
        self.longest = 0.0
        self.lost = []  # (seconds since the start, lane, end, detail)
        self.began = time.monotonic()

    def add(self, lane, end, started, detail=""):
        self.ends[end] += 1
        self.lanes[lane] += 1
        if end == "answered":
            self.versions[detail] += 1
            if lane != "download":
                self.longest = max(self.longest, time.monotonic() - started)
        else:
            self.lost.append((round(started - self.began, 3), lane, end, detail))

    @property
    def requests(self):
        return sum(self.ends.values())

    def per_100_000(self, end):
        return 100_000 * self.ends[end] / max(1, self.requests)

    def text(self):
        counts = ", ".join(f"{self.ends[end]} {end}" for end in ENDS if self.ends[end])
        lanes = ", ".join(f"{count} {lane}" for lane, count in sorted(self.lanes.items()))
        return (f"{self.requests} requests ({lanes}): {counts}; {self.noticed} idle connections"
                f" were seen to be closed; longest answer {self.longest * 1000:.0f} ms")


class Connection:
    """One connection; `requests` counts those that were answered on it."""

    def __init__(self, sock):
        self.sock, self.requests = sock, 0
        self.must_close = False

    @classmethod
    async def open(cls, address, receive_buffer=0):
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        try:
            await asyncio.get_running_loop().sock_connect(sock, address)
        except OSError as error:
            sock.close()
            raise Ended("refused", repr(error)) from error
        return cls(sock)

    def is_closed_by_server(self):
        try:
            return self.sock.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self):
        self.sock.close()

    async def how_it_was_closed(self, error):
        """Before a response. A server that closes without having read all that came answers with RST, and
        so does its kernel for what comes later; one that has read the request sends a FIN and no more."""
        if not self.requests:
            return "reset_fresh"
        if isinstance(error, EndOfFile):
            await asyncio.sleep(0.05)  # the RST crosses the loopback in microseconds
            if self.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == CLOSE_WAIT:
                return "abandoned"
        return "idle_race"

    async def more(self, most=65536):
        got = await asyncio.get_running_loop().sock_recv(self.sock, most)
        if not got:
            raise EndOfFile("end of file")
        return got

    async def ask(self, text, pace=None):
        """Sends a request; returns status, headers and length of the body, which is dropped."""
        has_begun = False
        try:
            await asyncio.get_running_loop().sock_sendall(self.sock, text)
            data = b""
            while b"\r\n\r\n" not in data:
                data += await self.more()
                has_begun = True
            head, _, body = data.partition(b"\r\n\r\n")
            status, headers = read_head(head)
            length, left = int(headers["content-length"]), int(headers["content-length"]) - len(body)
            while left > 0:
                left -= len(await self.more(min(left, 65536)))
                if pace:
                    await asyncio.sleep(pace)
        except OSError as error:
            before = f"{error!r} after {self.requests} requests, port {self.sock.getsockname()[1]}"
            raise Ended("cut" if has_begun else await self.how_it_was_closed(error), before) from error
        self.requests += 1
        self.must_close = headers.get("connection", "").lower() == "close"
        return status, headers


def read_head(head):
    first, *lines = head.decode("latin-1").split("\r\n")
    fields = (line.partition(":") for line in lines)
    return int(first.split(" ", 2)[1]), {name.lower(): value.strip() for name, _, value in fields}


@dataclass
class Target:
    """What is asked, and where. A server that `echoes` says X-Version, and the request's number as X-Id."""
    port: int
    paths: tuple[tuple[str, str], ...] = (("GET", "/order"), ("POST", "/order")) * 4 + (
        ("GET", "/slow"), ("POST", "/slow"))  # half GET, half POST, a fifth of them slow
    download: str = "/download"
    body: str = "one more\n"
    echoes: bool = True

    def request(self, method, path, number):
        body = self.body if method == "POST" else ""
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        mark = "&" if "?" in path else "?"
        return (f"{method} {path}{mark}id={number} HTTP/1.1\r\nHost: localhost\r\n{length}\r\n"
                f"{body}").encode()


class Load:
    """All clients; runs from `start` to `stop`."""

    numbers = itertools.count(1)

    def __init__(self, target, lanes):
        self.target, self.lanes = target, lanes
        self.account, self.is_over, self.tasks = Account(), False, []

    def start(self):
        for lane, (clients, client) in self.lanes.items():
            self.tasks += [asyncio.create_task(client(self, lane)) for _ in range(clients)]

    async def stop(self):
        """Every request that was begun is waited for."""
        self.is_over = True
        await asyncio.gather(*self.tasks)
        return self.account

    async def ask(self, connection, lane, method, path, pace=None, **options):
        """One request, on a connection of its own if there is none. Returns what can be used again."""
        number, started = str(next(self.numbers)), time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                connection = connection or await Connection.open(
                    ("127.0.0.1", self.target.port), **options)
                status, headers = await connection.ask(
                    self.target.request(method, path, number), pace)
            if status >= 500:
                raise Ended("server_error", str(status))
            if status >= 300 or self.target.echoes and headers.get("x-id") != number:
                raise Ended("wrong", f"status {status}, id {headers.get('x-id')} for {number}")
            self.account.add(lane, "answered", started, headers.get("x-version"))
        except (Ended, TimeoutError) as error:
            end, detail = error.args if isinstance(error, Ended) else ("late", "")
            self.account.add(lane, end, started, f"{method} {path}: {detail}")
            if connection:
                connection.close()
            return None
        if connection.must_close:
            connection.close()
            return None
        return connection

    async def ask_any(self, connection, lane):
        return await self.ask(connection, lane, *random.choice(self.target.paths))


async def fresh(load, lane):
    """A connection for each request."""
    while not load.is_over:
        connection = await load.ask_any(None, lane)
        if connection:
            connection.close()
        await asyncio.sleep(random.uniform(0.005, 0.02))


async def keep_alive(load, lane):
    """The same connection for some requests, with time to think between them."""
    connection, uses = None, 0
    while not load.is_over:
        if connection and connection.is_closed_by_server():
            load.account.noticed += 1
            connection.close()
            connection = None
        elif connection and connection.requests >= uses:
            connection.close()
            connection = None
        if not connection:
            uses = random.randint(10, 40)
        connection = await load.ask_any(connection, lane)
        await asyncio.sleep(random.uniform(0.002, 0.04))
    if connection:
        connection.close()


async def download(load, lane):
    """Some MB, read slowly through a small window."""
    while not load.is_over:
        connection = await load.ask(None, lane, "GET", load.target.download, pace=0.015,
                                    receive_buffer=65536)
        if connection:
            connection.close()


MIXED = {"fresh": (6, fresh), "keep-alive": (24, keep_alive), "download": (4, download)}
