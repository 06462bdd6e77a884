"""Clients that never retry: every request that is not answered whole is a failure."""
import collections
import socket
import threading
import time

patience = 60  # seconds for an answer: a late one is not a lost one


def ask(port, path="/", host="127.0.0.1", seconds=patience):
    """One request on a connection of its own. Returns: the body. Errors: OSError."""
    with socket.create_connection((host, port), timeout=seconds) as connection:
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        text = b""
        while got := connection.recv(4096):
            text += got
    head, _, body = text.partition(b"\r\n\r\n")
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")) or not body:
        raise OSError(f"answered {text!r}")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:") and int(line.partition(b":")[2]) != len(body):
            raise OSError(f"cut: {text!r}")
    return body.decode().strip()


class Load:
    """Requests one after the other, each on a connection of its own.

    `pause`  between two of one client, in seconds
    """

    def __init__(self, port, clients=1, pause=0.0, host="127.0.0.1"):
        self.host, self.port, self.pause, self.is_over = host, port, pause, False
        self.lock, self.answers, self.failures = threading.Lock(), collections.Counter(), []
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(clients)]
        for one in self.threads:
            one.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def ask(self):
        return ask(self.port, host=self.host)

    def run(self):
        while not self.is_over:
            time.sleep(self.pause)
            began = time.monotonic()
            try:
                self.add(self.ask())
            except OSError as error:
                self.fail(began, error)

    def add(self, answer):
        with self.lock:
            self.answers[answer] += 1

    def fail(self, began, error):
        with self.lock:
            self.failures.append((began, time.monotonic(), repr(error)))

    def now(self):
        """Which version and generation answers a request that is made now; "", 0: none does."""
        try:
            version, _, generation = self.ask().partition(" ")
        except OSError:
            return "", 0
        return version, int(generation)

    def new_failures(self):
        """Those since it was asked last: when each began and ended, and how."""
        with self.lock:
            made, self.failures = self.failures, []
            return made

    def total(self):
        with self.lock:
            return sum(self.answers.values())

    def versions(self):
        """The first words of the answers."""
        with self.lock:
            return {answer.partition(" ")[0] for answer in self.answers}

    def stop(self):
        """Every request that was begun is waited for."""
        self.is_over = True
        for one in self.threads:
            one.join()
