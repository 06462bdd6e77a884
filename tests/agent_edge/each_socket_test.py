#!/usr/bin/python3
"""A service with two sockets is ready when it accepts at both, and not before.

usage: each_socket_test.py DIRECTORY-OF-THE-PROGRAMS
"""
import sys

from edge import Home, check, end, free_port, until

# Listens at the first address; at the second one once the file is there. Accepts at both.
program = """
import os, socket, sys, threading, time
def serve(port):
    door = socket.create_server(("127.0.0.1", port))
    while True:
        door.accept()[0].close()
threading.Thread(target=serve, args=(int(sys.argv[1]),)).start()
while not os.path.exists(sys.argv[3]):
    time.sleep(0.01)
serve(int(sys.argv[2]))
"""
for ready in ("automatic", "tcp"):
    ports = free_port(), free_port()
    with Home() as home:
        (home.path / "program.py").write_text(program, encoding="utf-8")
        mark = home.path / "mark"
        home.write("services:\n  web:\n"
                   f"    command: [{sys.executable}, program.py, '{ports[0]}', '{ports[1]}', "
                   f"{mark}]\n"
                   f"    listen: [127.0.0.1:{ports[0]}, 127.0.0.1:{ports[1]}]\n"
                   f"    ready: {ready}\n")
        home.begin()
        is_begun = until(lambda: home.service("web").get("sockets")
                         and any(one["pid"] for one in home.service("web")["generations"]))
        check(f"{ready}: it is started", is_begun, home.said())
        # The first socket is probed ten times a second: it has accepted by now.
        check(f"{ready}: the first socket accepts", until(
            lambda: home.service("web")["sockets"][0]["queued"] == 0))
        looks = [home.service("web")["state"] for _ in range(200)]
        check(f"{ready}: it is not ready while one is deaf", "ready" not in looks, looks[-1])
        mark.touch()
        check(f"{ready}: it is ready when both accept", until(home.is_ready), home.status())
end()
