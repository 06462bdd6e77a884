#!/usr/bin/python3
"""The accounting of reload_clients: each way to lose a request has its own name, as in load.py.

usage: clients_test.py DIRECTORY-OF-THE-PROGRAMS

A server that does what is tried with one request, and answers all others.
"""
import asyncio
import socket
import sys
import threading
from pathlib import Path

from clients import Clients
from load import Target
from load_test import abandoned, answer, cut, idle_race, server_error, wrong

violations = []


def check(claim, seen, expected):
    if seen != expected:
        violations.append(claim)
        print(f"violation: {claim}: {seen}", file=sys.stderr)


def serve(listener, first_acts):
    acts = iter(first_acts)
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            for act in next(acts, [answer_all]):
                act(connection)


def answer_all(connection):
    try:
        while connection.recv(1, socket.MSG_PEEK):
            answer(connection)
    except OSError:
        pass  # the client has gone


async def losses_of(programs, acts, lanes):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve, args=(listener, acts))
        server.start()
        load = Clients(programs, Target(listener.getsockname()[1]), lanes)
        await load.start()
        while load.requests < 5:
            await asyncio.sleep(0.01)
        account = await load.stop()
        listener.shutdown(socket.SHUT_RDWR)
        server.join()
    check("it goes on", account.ends["answered"] >= 4, True)
    return {name: count for name, count in account.ends.items() if count and name != "answered"}


async def with_nobody_there(programs):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    load = Clients(programs, Target(port), {"fresh": 1, "kept": 0})
    await load.start()
    while load.requests < 2:
        await asyncio.sleep(0.01)
    account = await load.stop()
    return {name for name, count in account.ends.items() if count}


async def main(programs):
    kept, fresh = {"fresh": 0, "kept": 1}, {"fresh": 1, "kept": 0}
    for act in (abandoned, idle_race, cut, server_error, wrong):
        name = act.__name__
        check(f"the second request of a connection is {name}",
              await losses_of(programs, [[answer, act]], kept), {name: 1})
    for act in (idle_race, abandoned):
        check("the first of a connection is reset",
              await losses_of(programs, [[act]], fresh), {"reset_fresh": 1})
    check("all are answered", await losses_of(programs, [], kept), {})
    check("nobody is there", await with_nobody_there(programs), {"refused"})


asyncio.run(main(Path(sys.argv[1])))
print("all checks hold" if not violations else f"{len(violations)} violations")
sys.exit(1 if violations else 0)
