#!/usr/bin/python3
"""`lastcall apply`: added services start in order, changed ones are deployed, removed ones go.

usage: agent_engine_apply_test.py DIRECTORY-OF-THE-PROGRAMS
"""
import json
import os
import signal
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.claims import check, claims  # noqa: E402  (the folder is known only now)
from support.home import Home
from support.ports import free_port
from support.waiting import ceiling, until

service = Path(__file__).resolve().parent / "service.py"


def answer(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=ceiling) as connection:
            return connection.recv(100).decode()
    except OSError as error:
        return repr(error)


def moments(log):
    """What each service has written: {"db begins": [when, ...]}"""
    made = {}
    for line in log.read_text().splitlines():
        name, what, when = line.split()
        made.setdefault(f"{name} {what}", []).append(float(when))
    return made


with Home() as home:
    log = home.path / "moments"
    log.touch()
    os.symlink(service, home.path / "service.py")
    web_port, other_port, api_port = free_port(), free_port(), free_port()

    def entry(name, port=0, version="one", after=(), more=""):
        listen = f"\n    listen: 127.0.0.1:{port}" if port else ""
        return f"""
  {name}:
    command: [{sys.executable}, service.py, "{port}", {version}, {log}]{listen}
    after: [{", ".join(after)}]
    deploy: {{bake: 200ms}}{more}
"""

    def write(*entries):
        home.config.write_text("services:" + "".join(entries))
        return str(home.config)

    home.up(write(entry("db"), entry("web", web_port, after=["db"])))
    check("all are ready", until(home.is_ready))
    first = {name: one["generations"][0]["pid"] for name, one in home.services().items()}

    done = home.lastcall("apply", str(home.config))
    check("the same file again changes nothing", done.returncode == 0, done.stdout)
    check("relative paths are of the folder of the file", first == {
        name: one["generations"][0]["pid"] for name, one in home.services().items()},
        json.dumps(home.services()))

    done = home.lastcall("apply", write(entry("db"), entry("cache", after=["db"]),
                                   entry("api", api_port, after=["cache"]),
                                   entry("web", web_port, "two", after=["db"])))
    check("it is applied", done.returncode == 0, done.stdout)
    now = home.services()
    check("what did not change runs on", now["db"]["generations"][0]["pid"] == first["db"])
    check("what changed is deployed", answer(web_port) == "two", answer(web_port))
    check("what is new runs", answer(api_port) == "one", answer(api_port))
    check("in its order", moments(log)["cache begins"][0] <= moments(log)["api begins"][0],
          log.read_text())
    shown = now["web"]["generations"][0]
    check("the program's pid is shown", shown["main_pid"] not in (0, shown["pid"]), json.dumps(now))
    check("and its size", shown["resident_bytes"] > 1 << 20, json.dumps(shown))

    done = home.lastcall("apply", write(entry("db"), entry("cache", after=["db"]),
                                   entry("api", api_port, after=["cache"]),
                                   entry("web", other_port, "three", after=["db"])))
    check("another address is applied", done.returncode == 0, done.stdout)
    check("it serves there", answer(other_port) == "three", answer(other_port))
    check("and no longer where it was", "refused" in answer(web_port), answer(web_port))

    deaf = home.begin("deploy", "web", "--", "sleep", "1000")
    check("a deploy is under way", until(home.deploy_state))
    before = log.read_text()
    refused = home.lastcall("apply", write(entry("db"), entry("web", other_port, "four", after=["db"])))
    check("what cannot be done now is refused", refused.returncode == 1, refused.stdout)
    check("as a whole", set(home.services()) == {"db", "cache", "api", "web"} and
          log.read_text() == before, json.dumps(home.services()))
    check("the deploy is ended", home.lastcall("rollback", "web").returncode == 0)
    deaf.communicate(timeout=ceiling)

    check("something waits to be removed", until(home.is_ready))
    done = home.lastcall("apply", write(entry("web", other_port, "three")))
    check("it is applied, too", done.returncode == 0, done.stdout)
    check("what is not there any more vanishes", until(lambda: set(home.services()) == {"web"}),
          json.dumps(home.services()))
    when = moments(log)
    check("each stops before what it came after",
          when["api ends"][0] <= when["cache ends"][0] <= when["db ends"][0], log.read_text())
    check("its address is free", "refused" in answer(api_port), answer(api_port))
    check("the rest serves on", answer(other_port) == "three", answer(other_port))

    done = home.lastcall("apply", write(entry("api", api_port, "again"),
                                   entry("web", other_port, "three")))
    check("a name that was there comes back", done.returncode == 0 and answer(api_port) == "again",
          done.stdout, answer(api_port))
    check("with a number of its own", home.services()["api"]["generations"][0]["number"] > 1,
          json.dumps(home.services()))

    # The agent dies while one is on its way out: the next one lets it go.
    home.lastcall("apply", "--no-wait", write(entry("web", other_port, "three")))
    os.kill(home.agent_pid(), signal.SIGKILL)
    check("the next agent goes on", until(lambda: set(home.services()) == {"web"}))
    check("the address is free again", "refused" in answer(api_port), answer(api_port))

    stopped = home.lastcall("stop", "--all")
    check("everything stops", stopped.returncode == 0, stopped.stdout)
    check("cleanly", home.end_status() == 0)
    claims.end()
