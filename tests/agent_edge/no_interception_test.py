#!/usr/bin/python3
"""Where programs cannot be given their socket, `lastcall up` says so before anything is started.

Inside a service whose own binds are answered by the lastcall around it nobody else can do so.

usage: no_interception_test.py DIRECTORY-OF-THE-PROGRAMS
"""
from edge import Home, check, end, free_port, until

with Home() as home:
    inner = home.path / "inner"
    said = home.path / "said"
    port = free_port()
    (home.path / "inner.yaml").write_text(
        f"services:\n  web:\n    command: [sleep, '1000']\n    listen: {free_port()}\n",
        encoding="utf-8")
    (home.path / "inner.sh").write_text(
        f"LASTCALL_HOME={inner} {home.programs}/lastcall up {home.path}/inner.yaml > {said} 2>&1\n"
        f"echo status $? >> {said}\nexec sleep 1000\n", encoding="utf-8")
    home.write(f"services:\n  outer:\n    command: [sh, {home.path}/inner.sh]\n"
               f"    listen: 127.0.0.1:{port}\n    ready: none\n")
    home.begin()
    check("the inner one ends", until(lambda: said.exists() and "status " in said.read_text()),
          home.said())
    text = said.read_text()
    check("with status 1", "status 1\n" in text, text)
    check("it names the service, and that it cannot be done",
          "web cannot be given its socket here: " in text, text)
    check("what to write", "handover: inherit" in text and "handover: none" in text, text)
    check("and nothing was started", "nothing was started" in text
          and not (inner / "journal.db").exists(), text)
end()
