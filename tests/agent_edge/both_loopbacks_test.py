#!/usr/bin/python3
"""A program that binds for itself may listen at IPv4 alone, or at IPv6 alone: it is ready.

usage: both_loopbacks_test.py DIRECTORY-OF-THE-PROGRAMS
"""
import sys
from pathlib import Path

from edge import Home, check, end, free_port, until

program = """
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
door = socket.create_server((sys.argv[1], int(sys.argv[2])), family=family)
while True:
    door.accept()[0].close()
"""
hosts = ["127.0.0.1", "0.0.0.0"] + (["::1"] if Path("/proc/net/if_inet6").exists() else [])
for host in hosts:
    port = free_port()
    with Home() as home:
        (home.path / "program.py").write_text(program, encoding="utf-8")
        home.write("services:\n  web:\n"
                   f"    command: [{sys.executable}, program.py, '{host}', '{port}']\n"
                   f"    listen: {{address: {port}, handover: none}}\n")
        home.begin()
        check(f"{host}: it becomes ready", until(home.is_ready), home.status(), home.said())
end()
