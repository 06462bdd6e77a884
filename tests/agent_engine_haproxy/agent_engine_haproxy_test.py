#!/usr/bin/python3
"""A service behind HAProxy: deploys, failures, crashes and reloads, and no request is lost.

usage: agent_engine_haproxy_test.py DIRECTORY-OF-THE-PROGRAMS
"""
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.claims import check, claims  # noqa: E402  (the folder is known only now)
from support.home import Home
from support.load import Load, patience
from support.ports import free_port
from support.processes import end
from support.waiting import ceiling, until

if not shutil.which("haproxy"):
    claims.end(missing=["there is no haproxy; install the package"])

service = Path(__file__).resolve().parent / "service.py"
home = Home()
here = home.path
front, blue, green = free_port(), free_port(), free_port()
admin = here / "admin.sock"
(here / "haproxy.cfg").write_text(f"""
global
  stats socket {admin} level admin expose-fd listeners
  server-state-file {here}/state
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout check 5s
  retries 3
  option redispatch 1
  load-server-state-from-file global
frontend front
  bind 127.0.0.1:{front}
  default_backend app
backend app
  option httpchk GET /
  server blue 127.0.0.1:{blue} check inter 100ms rise 2 fall 2
  server green 127.0.0.1:1 check inter 100ms rise 2 fall 2 disabled
""")


def write_config(backend="app", bake="2s"):
    home.config.write_text(f"""
services:
  web:
    command: [{sys.executable}, {service}, "{{port}}", one]
    ready: /
    stop: {{grace: 10s}}
    deploy: {{bake: {bake}}}
    traffic:
      haproxy:
        socket: {admin}
        backend: {backend}
        servers: [blue, green]
        addresses: ["127.0.0.1:{blue}", "127.0.0.1:{green}"]
        state_file: {here}/state
        quiet: 50ms
""")
    return str(home.config)


class ProxyLoad(Load):
    """One client.

    A reload of HAProxy closes its idle connections, and a request may cross that: HTTP allows it
    (RFC 9112, 9.3.1), and it is none of ours. Only then it is counted apart.
    """

    haproxy_reloads = False

    def __init__(self, keeps):
        self.keeps, self.races = keeps, 0
        super().__init__(front)

    def run(self):
        connection, is_reused = None, False
        while not self.is_over:
            began = time.monotonic()
            try:
                is_reused = connection is not None
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", front, timeout=patience)
                connection.request("GET", "/slow" if self.total() % 50 == 49 else "/")
                answer = connection.getresponse()
                body = answer.read().decode()
                if answer.status != 200:
                    raise OSError(f"answered {answer.status}")
                self.add(body)
            except (OSError, http.client.HTTPException) as error:
                if (is_reused and ProxyLoad.haproxy_reloads and
                        isinstance(error, (http.client.RemoteDisconnected, ConnectionError))):
                    self.races += 1
                else:
                    self.fail(began, error)
                connection = None
            if not self.keeps and connection is not None:
                connection.close()
                connection = None
            time.sleep(0.002)


def is_baking():
    return home.deploy_state() == "baking"


def seen_versions():
    return set().union(*(one.versions() for one in load))


def command(version):
    return ["web", "--", sys.executable, str(service), "{port}", version]


def start_proxy():
    proxy = subprocess.Popen(["haproxy", "-W", "-f", here / "haproxy.cfg"],
                             stdin=subprocess.DEVNULL, stdout=open(here / "haproxy.log", "a"),
                             stderr=subprocess.STDOUT)
    check("HAProxy is up", until(admin.exists))
    return proxy


proxy, load = None, []
claims.witnesses.append(lambda: ["HAProxy:", (here / "haproxy.log").read_text()[-1500:]])
try:
    refused = home.lastcall("up", write_config())
    check("without HAProxy nothing is started", refused.returncode == 1, refused.stdout)
    check("and it says why", "admin.sock" in refused.stdout, refused.stdout)
    proxy = start_proxy()
    refused = home.lastcall("up", write_config(backend="nobody"))
    check("a backend that is not there is refused", refused.returncode == 1, refused.stdout)
    check("by its name", "nobody" in refused.stdout, refused.stdout)
    check("and nobody has begun", home.lastcall("status").returncode == 4)

    home.up(write_config())
    check("it becomes ready", until(home.is_ready))

    load = [ProxyLoad(keeps) for keeps in (False, False, True, True)]
    for number in range(5):
        done = home.lastcall("deploy", *command(f"v{number}"))
        check(f"deploy {number} is done", done.returncode == 0, done.stdout)
    broken = home.lastcall("deploy", *command("broken"))
    check("a program that ends is rolled back", broken.returncode == 1, broken.stdout)

    back = home.begin("deploy", *command("back"))
    check("it bakes", until(is_baking))
    until(lambda: "back" in seen_versions())
    rolled = home.lastcall("rollback", "web")
    check("a rollback in the bake is done", "was rolled back" in rolled.stdout, rolled.stdout)
    check("who follows the deploy is told", back.wait(ceiling) == 1, back.stdout.read())

    crossed = home.begin("deploy", *command("crossed"))
    check("it bakes again", until(is_baking))
    before = home.agent_pid()
    os.kill(before, signal.SIGKILL)
    check("another agent takes over", until(lambda: home.is_another_agent(before)))
    check("and ends the deploy well", until(home.is_ready))
    crossed.wait(ceiling)
    now = [one for one in home.web()["generations"] if one["role"] == "current"]
    check("with the new version", now and now[0]["command"][-1] == "crossed", json.dumps(now))

    ProxyLoad.haproxy_reloads = True
    reloaded = home.begin("deploy", *command("reloaded"))
    check("it bakes once more", until(is_baking))
    proxy.send_signal(signal.SIGUSR2)
    check("a deploy over a reload is done", reloaded.wait(2 * ceiling) == 0, reloaded.stdout.read())
    ProxyLoad.haproxy_reloads = False

    for one in load:
        one.stop()
    failures = [failure for one in load for failure in one.new_failures()]
    answers = sum(one.total() for one in load)
    check(f"nothing of {answers} requests was lost", not failures, *failures[:8])
    check("there was a load", answers > 2000, answers)
    seen = seen_versions()
    check("every version has served", {"one", "v0", "v4", "back", "crossed", "reloaded"} <= seen,
          seen)

    left = [row["fields"] for row in home.rows("drained")]
    check("each old generation was emptied", len(left) >= 7, json.dumps(left))
    check("nothing was cut", all(one.get("cut", 0) == 0 for one in left), json.dumps(left))
    check("HAProxy has seen no error", all(
        one["seen"]["connect_errors"] + one["seen"]["response_errors"] == 0
        for one in left if "seen" in one), json.dumps(left))

    os.rename(admin, here / "away.sock")
    refused = home.lastcall("deploy", *command("later"))
    check("a deploy is refused while HAProxy does not answer", refused.returncode == 1,
          refused.stdout)
    check("and says so", "admin.sock" in refused.stdout, refused.stdout)
    check("nothing was begun", home.is_ready())
    os.rename(here / "away.sock", admin)
    later = home.lastcall("deploy", *command("later"))
    check("afterwards it is done", later.returncode == 0, later.stdout)

    stopped = home.lastcall("stop", "--all")
    check("everything stops", stopped.returncode == 0, stopped.stdout)
    check("cleanly", home.end_status() == 0)
finally:
    for one in load:
        one.is_over = True
    home.clean()
    if proxy:
        end(proxy)
claims.end(f"{answers} requests")
