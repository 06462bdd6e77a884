#!/usr/bin/python3
"""The accounting of the clients in load.py: each way to lose a request has its own name.

A server that answers the first request of a connection, and does with the second what is tried.
"""
import asyncio
import socket
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import load as clients  # noqa: E402  (the folder is known only now)
from load import Load, Target
from support import claims

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Version: v1\r\nX-Id: "


def answer(connection):
    asked = connection.recv(65536)
    connection.sendall(ANSWER + asked.partition(b"id=")[2].partition(b" ")[0] + b"\r\n\r\n")


def abandoned(connection):
    connection.recv(65536)


def idle_race(connection):
    connection.recv(1, socket.MSG_PEEK)


def cut(connection):
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")


def server_error(connection):
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")


def wrong(connection):
    connection.recv(65536)
    connection.sendall(ANSWER + b"0\r\n\r\n")


def late(connection):
    connection.recv(65536)
    connection.recv(1)  # until the client has lost its patience


def serve(listener, acts):
    for act in acts:
        connection, _ = listener.accept()
        with connection:
            for one in act:
                one(connection)


def check(claim, seen, expected):
    claims.check(claim, seen == expected, seen)


async def of_second_request(act):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve, args=(listener, [[answer, act]]))
        server.start()
        load = Load(Target(listener.getsockname()[1]), {})
        connection = await load.ask(None, "lane", "GET", "/order")
        await load.ask(connection, "lane", "POST", "/order")
        server.join()
    return dict(load.account.ends)


async def of_first_request(act):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve, args=(listener, [[act]]))
        server.start()
        load = Load(Target(listener.getsockname()[1]), {})
        await load.ask(None, "lane", "GET", "/order")
        server.join()
    return dict(load.account.ends)


async def with_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    load = Load(Target(port), {})
    await load.ask(None, "lane", "GET", "/order")
    return dict(load.account.ends)


async def sees_a_closed_connection():
    """Whether an idle connection is seen to be closed: before the server closes it, and after."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        may_close = threading.Event()
        server = threading.Thread(target=serve, args=(listener, [[answer, lambda _: may_close.wait()]]))
        server.start()
        load = Load(Target(listener.getsockname()[1]), {})
        connection = await load.ask(None, "lane", "GET", "/order")
        before = connection.is_closed_by_server()
        may_close.set()
        server.join()
        after = connection.is_closed_by_server()
        connection.close()
    return before, after


async def main():
    clients.PATIENCE = 0.3
    for act in (abandoned, idle_race, cut, server_error, wrong, late):
        name = act.__name__
        check(f"the second request is {name}", await of_second_request(act), {"answered": 1, name: 1})
    for act in (idle_race, abandoned):
        check("the first of a connection is reset", await of_first_request(act), {"reset_fresh": 1})
    check("the second is answered", await of_second_request(answer), {"answered": 2})
    check("nobody is there", await with_nobody_there(), {"refused": 1})
    check("a closed connection is seen before it is used", await sees_a_closed_connection(), (False, True))


if __name__ == "__main__":
    asyncio.run(main())
    claims.claims.end()
