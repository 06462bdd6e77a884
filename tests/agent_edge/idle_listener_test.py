#!/usr/bin/python3
"""Why a stop was late: not for the socket that a program was given and does not know of.

usage: idle_listener_test.py DIRECTORY-OF-THE-PROGRAMS
"""
import sys

from edge import Home, check, end, free_port, until

# Binds by itself, with epoll; closes as it is told to stop, or not; and then does not end.
program = """
import selectors, signal, socket, sys
door = socket.create_server(("127.0.0.1", int(sys.argv[1])))
door.setblocking(False)
poll = selectors.EpollSelector()
poll.register(door, selectors.EVENT_READ)
def stop(*_):
    if sys.argv[2] == "closes":
        poll.unregister(door)
        door.close()
signal.signal(signal.SIGTERM, stop)
while True:
    for _ in poll.select(1):
        try:
            door.accept()[0].close()
        except BlockingIOError:
            pass
"""
for what in ("closes", "listens"):
    port = free_port()
    with Home() as home:
        (home.path / "program.py").write_text(program, encoding="utf-8")
        home.write("services:\n  web:\n"
                   f"    command: [{sys.executable}, program.py, '{port}', {what}]\n"
                   f"    listen: 127.0.0.1:{port}\n    stop: {{grace: 2s}}\n")
        home.begin()
        check(f"{what}: it starts", until(home.is_ready), home.said())
        check(f"{what}: it is stopped", home.lastcall("stop", "web").returncode == 0)
        why = home.lastcall("why", "web").stdout
        check(f"{what}: it was late", "late" in why or "killed" in why, why)
        check(f"{what}: it is told whether it still listens",
              ("still listens" in why) == (what == "listens"), why)
end()
