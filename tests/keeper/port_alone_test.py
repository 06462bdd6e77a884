#!/usr/bin/python3
"""`lastcall up --port`: the program chooses the address, and a deploy keeps it.

usage: port_alone_test.py DIRECTORY-OF-THE-PROGRAMS [SCENARIO...]
"""
import os
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.claims import check, claims  # noqa: E402  (the folder is known only now)
from support.home import Home
from support.load import Load
from support.ports import free_port
from support.processes import children_of, is_alive
from support.waiting import until

files = tempfile.TemporaryDirectory(prefix="lastcall-port-alone-")
work = Path(files.name)
pause = 0.002  # it is the programs that are tried, not the machine


def up(port, command):
    return Home().up("--port", str(port), "--name", "web", "--", *command)


def load_at(host, port):
    return Load(port, pause=pause, host=host)


def prove_nothing_lost(name, load):
    load.stop()
    failures = load.new_failures()
    check(f"{name}: nothing of {load.total()} requests was lost at {load.host}", not failures,
          *failures[:5])


def prove_both_serve(name, load):
    """Until the second one has answered, too."""
    until(lambda: "two" in load.answers or load.failures)
    prove_nothing_lost(name, load)
    check(f"{name}: both versions have served at {load.host}", set(load.answers) == {"one", "two"},
          load.answers)


def node(port, version, where=""):
    address = f"{port}, '{where}'" if where else str(port)
    return ["node", "-e", f"require('http').createServer((q, s) => s.end('{version}'))"
                          f".listen({address})"]


def python(port, version, where="0.0.0.0"):
    folder = work / f"python-{version}"
    folder.mkdir(exist_ok=True)
    (folder / "index.html").write_text(version)
    return [sys.executable, "-m", "http.server", str(port), "--bind", where,
            "--directory", str(folder)]


def nginx(port, version, where=("127.0.0.1:{}",)):
    folder = work / f"nginx-{port}-{version}"
    folder.mkdir(exist_ok=True)
    listens = "".join(f"listen {one.format(port)};" for one in where)
    (folder / "nginx.conf").write_text(f"""
        daemon off; pid {folder}/pid; error_log stderr;
        events {{ worker_connections 256; }}
        http {{ access_log off;
                client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
                fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
                server {{ {listens} location / {{ return 200 "{version}"; }} }} }}""")
    return ["nginx", "-e", "stderr", "-c", str(folder / "nginx.conf")]


def both(port, version):
    return nginx(port, version, ("{}", "[::]:{}"))


def deploys(name, make, hosts, address):
    """A deploy under requests: the address stays, and nothing is lost."""
    port = free_port()
    with up(port, make(port, "one")) as home:
        if not until(home.is_ready):
            return check(f"{name}: it becomes ready", False)
        bound = home.web()["sockets"][0]["address"]
        check(f"{name}: its address is what the program has bound", bound == address.format(port),
              bound)
        load = [load_at(host, port) for host in hosts for _ in range(2)]
        done = home.lastcall("deploy", "--", *make(port, "two"))
        check(f"{name}: a deploy is done", done.returncode == 0, done.stdout)
        for one in load:
            prove_both_serve(name, one)
        print(f"{name}: {sum(one.total() for one in load)} requests")


def another_address():
    """A version that binds elsewhere is refused with the reason; what serves goes on serving."""
    name, port = "another", free_port()
    with up(port, node(port, "one", "127.0.0.1")) as home:
        check(f"{name}: it becomes ready", until(home.is_ready))
        load = load_at("127.0.0.1", port)
        for where in ("0.0.0.0", "::"):
            done = home.lastcall("deploy", "--", *node(port, "two", where))
            check(f"{name}: a deploy that binds {where} is rolled back", done.returncode == 1,
                  done.stdout)
        told = home.lastcall("status", "web").stdout
        check(f"{name}: the reason is told", f"web 1 serves at tcp:127.0.0.1:{port}" in told, told)
        # The agent dies: the next one knows the address from the keeper.
        before = home.agent_pid()
        os.kill(before, signal.SIGKILL)
        check(f"{name}: another agent takes over", until(
            lambda: home.is_another_agent(before)))
        bound = home.web()["sockets"][0]["address"]
        check(f"{name}: and knows the address", bound == f"tcp:127.0.0.1:{port}", bound)
        done = home.lastcall("deploy", "--", *node(port, "three", "127.0.0.1"))
        check(f"{name}: and deploys", done.returncode == 0, done.stdout)
        prove_nothing_lost(name, load)
        check(f"{name}: nobody else has served", set(load.answers) <= {"one", "three"},
              load.answers)


def fewer_addresses():
    """What the next version does not bind would be lost: the traffic is not moved."""
    name, port = "fewer", free_port()
    with up(port, both(port, "one")) as home:
        check(f"{name}: it becomes ready", until(home.is_ready))
        load = [load_at("127.0.0.1", port), load_at("::1", port)]
        done = home.lastcall("deploy", "--", *nginx(port, "two", ("{}",)))
        check(f"{name}: the deploy is rolled back", done.returncode == 1, done.stdout)
        check(f"{name}: the reason is told", f"has not bound tcp:[::]:{port}" in done.stdout,
              done.stdout)
        for one in load:
            prove_nothing_lost(name, one)


def after_a_crash():
    """Who comes after a crash may bind another address: nobody else is there."""
    name, port = "crash", free_port()
    chosen = work / "chosen"
    chosen.write_text("127.0.0.1")
    code = ("const where = require('fs').readFileSync(process.argv[1], 'utf8').trim();"
            f"require('http').createServer((q, s) => s.end(where)).listen({port}, where)")
    with up(port, ["node", "-e", code, str(chosen)]) as home:
        check(f"{name}: it becomes ready", until(home.is_ready))
        before = home.web()["generations"][0]["number"]
        chosen.write_text("0.0.0.0")
        keeper = home.web()["generations"][0]["pid"]
        os.kill(children_of(keeper)[0], signal.SIGKILL)
        check(f"{name}: it is started again", until(
            lambda: home.is_ready() and home.web()["generations"][0]["number"] > before))
        bound = home.web()["sockets"][0]["address"]
        check(f"{name}: at the other address", bound == f"tcp:0.0.0.0:{port}", bound)
        load = load_at("127.0.0.1", port)
        check(f"{name}: and serves", until(lambda: "0.0.0.0" in load.answers), load.failures)
        load.stop()


def after_the_keeper_was_killed():
    """The programs go on, and the next keeper finds the sockets in them."""
    name, port = "keeper", free_port()
    with up(port, both(port, "one")) as home:
        check(f"{name}: it becomes ready", until(home.is_ready))
        before = home.web()["sockets"]
        load = [load_at("127.0.0.1", port), load_at("::1", port)]
        agent = home.agent_pid()
        home.keeper.kill()
        home.keeper.wait()
        check(f"{name}: its agent ends too", until(lambda: not is_alive(agent)))
        home.up()
        check(f"{name}: the next one takes over", until(home.is_ready))
        check(f"{name}: what ran, runs", home.web()["generations"][0]["number"] == 1)
        check(f"{name}: where it was", home.web()["sockets"] == before)
        done = home.lastcall("deploy", "--", *both(port, "two"))
        check(f"{name}: a deploy is done", done.returncode == 0, done.stdout)
        for one in load:
            prove_both_serve(name, one)


def a_taken_port():
    name = "taken"
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with up(port, node(port, "one")) as home:
            check(f"{name}: a port that is taken is said at once", until(
                lambda: "is taken already" in home.lastcall("status").stdout))


IPV4, BOTH = ["127.0.0.1"], ["127.0.0.1", "::1"]
scenarios = {
    "node": ("node", lambda: deploys("node", node, BOTH, "tcp:[::]:{}")),
    "node-local": ("node", lambda: deploys("node-local", lambda p, v: node(p, v, "127.0.0.1"), IPV4,
                                           "tcp:127.0.0.1:{}")),
    "python": ("python3", lambda: deploys("python", python, IPV4, "tcp:0.0.0.0:{}")),
    "nginx": ("nginx", lambda: deploys("nginx", nginx, IPV4, "tcp:127.0.0.1:{}")),
    "nginx-both": ("nginx", lambda: deploys("nginx-both", both, BOTH, "tcp:0.0.0.0:{}")),
    "another": ("node", another_address),
    "fewer": ("nginx", fewer_addresses),
    "crash": ("node", after_a_crash),
    "keeper": ("nginx", after_the_keeper_was_killed),
    "taken": ("node", a_taken_port),
}
missing = []
for scenario in sys.argv[2:] or scenarios:
    program, run = scenarios[scenario]
    if shutil.which(program):
        run()
    else:
        missing.append(f"{scenario}: there is no {program}")
claims.end(missing=missing)
