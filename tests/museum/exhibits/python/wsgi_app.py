"""A WSGI application: /slow?ms=, /stream?ms=, /big?kb=, POST /orders, anything else."""
import time
from urllib.parse import parse_qs


def ticks(until):
    while time.monotonic() < until:
        yield b"tick\n"
        time.sleep(0.05)


def app(environ, start_response):
    query = {name: int(values[0]) for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    path = environ["PATH_INFO"]
    status = "200 OK"
    if path == "/slow":
        time.sleep(query["ms"] / 1000)
    elif path == "/stream":
        start_response(status, [("Content-Type", "text/plain")])
        return ticks(time.monotonic() + query["ms"] / 1000)
    body = b"b" * (query["kb"] * 1024) if path == "/big" else b"hello\n"
    if environ["REQUEST_METHOD"] == "POST":
        body, status = environ["wsgi.input"].read(), "201 Created"
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
