#!/usr/bin/python3
"""Who a service runs as, what it may use, how it asks for more time, and the keeper as PID 1.

usage: service_terms_test.py DIRECTORY-OF-THE-PROGRAMS [SCENARIO...]
"""
import json
import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.claims import check, claims  # noqa: E402  (the folder is known only now)
from support.home import Home
from support.ports import free_port
from support.processes import below, children_of, name_of, stat_of
from support.waiting import until

files = tempfile.TemporaryDirectory(prefix="lastcall-terms-")
work = Path(files.name)
work.chmod(0o755)  # services that run as somebody else read there
python = "/usr/bin/python3"

ABOUT_ITSELF = """
import grp, json, os, resource, socket, sys
def attempt(what, *words):
    try:
        what(*words)
        return 'done'
    except OSError as error:
        return error.strerror
status = dict(line.split(':', 1) for line in open('/proc/self/status') if ':' in line)
said = {
    'uids': os.getresuid(), 'gids': os.getresgid(), 'groups': sorted(os.getgroups()),
    'capabilities': int(status['CapEff'], 16) | int(status['CapPrm'], 16),
    'setuid': attempt(os.setuid, 0), 'setgid': attempt(os.setgid, 0),
    'setgroups': attempt(os.setgroups, [0]), 'shadow': attempt(open, '/etc/shadow'),
    'environment': {name: os.environ.get(name) for name in ('HOME', 'USER', 'LOGNAME')},
    'umask': os.umask(0), 'directory': os.getcwd(), 'nice': os.nice(0),
    'oom': int(open('/proc/self/oom_score_adj').read()),
    'limits': {name: resource.getrlimit(getattr(resource, 'RLIMIT_' + name.upper()))
               for name in ('nofile', 'core', 'nproc')},
    'memory': [line.rstrip() for line in open('/proc/self/cgroup') if line.startswith('0::')],
}
listener = socket.socket()
listener.bind(('127.0.0.1', int(sys.argv[2])))
listener.listen()
with open(sys.argv[1] + '.new', 'w') as out:
    json.dump(said, out)
os.rename(sys.argv[1] + '.new', sys.argv[1])
while True:
    client, _ = listener.accept()
    client.close()
"""


def write_file(name, text):
    file = work / name
    file.write_text(text)
    return file


def said_by(name, terms):
    """What a service with these keys says of itself, and the status then."""
    folder = work / f"{name}-out"
    folder.mkdir()
    folder.chmod(0o777)
    port, said = free_port(), folder / "said.json"
    program = write_file(f"{name}.py", ABOUT_ITSELF)
    config = write_file(f"{name}.yaml", json.dumps({"services": {"web": {
        "command": [python, str(program), str(said), str(port)], "listen": f"127.0.0.1:{port}",
        "directory": "/usr", **terms}}}))
    with Home().up(str(config)) as home:
        if not until(lambda: said.exists() and home.is_ready()):
            check(f"{name}: it becomes ready", False, home.lastcall("status", "web").stdout,
                  home.lastcall("logs", "web").stdout)
            return None, None
        return json.loads(said.read_text()), home.web()


def as_another_user():
    # One with supplementary groups, if there is such a user.
    users = [one for one in pwd.getpwall() if one.pw_uid not in (0, 65534)]
    user = max(users, key=lambda one: len(os.getgrouplist(one.pw_name, one.pw_gid)))
    said, _ = said_by("user", {"user": user.pw_name, "umask": "027"})
    if said is None:
        return
    check("user: it runs as the user, whole", said["uids"] == [user.pw_uid] * 3, said["uids"])
    check("user: and as its group", said["gids"] == [user.pw_gid] * 3, said["gids"])
    check("user: its other groups are the user's",
          set(said["groups"]) | {user.pw_gid} ==
          set(os.getgrouplist(user.pw_name, user.pw_gid)), said["groups"])
    check("user: it has no capabilities", said["capabilities"] == 0, said["capabilities"])
    for way in ("setuid", "setgid", "setgroups"):
        check(f"user: it does not become root again by {way}",
              said[way] == "Operation not permitted", said[way])
    check("user: nor reads what is root's", said["shadow"] == "Permission denied", said["shadow"])
    check("user: HOME, USER and LOGNAME are the user's", said["environment"] == {
        "HOME": user.pw_dir, "USER": user.pw_name, "LOGNAME": user.pw_name}, said["environment"])
    check("user: the umask is as it is written", said["umask"] == 0o027, said["umask"])
    check("user: and the directory", said["directory"] == "/usr", said["directory"])


def as_another_group():
    said, _ = said_by("group", {"user": "nobody", "group": "daemon"})
    if said is not None:
        check("group: the group that is written", said["gids"] == [1, 1, 1], said["gids"])
        check("group: root's is not among the others", 0 not in said["groups"], said["groups"])


def with_limits():
    limit = 512 << 20
    said, shown = said_by("limits", {"limits": {
        "nofile": {"soft": 200, "hard": 300}, "core": 0, "nproc": 5000, "nice": 3,
        "oom_score_adjust": 321, "memory": "512MiB"}})
    if said is None:
        return
    check("limits: nofile", said["limits"]["nofile"] == [200, 300], said["limits"])
    check("limits: core", said["limits"]["core"] == [0, 0], said["limits"])
    check("limits: nproc", said["limits"]["nproc"] == [5000, 5000], said["limits"])
    check("limits: nice", said["nice"] == 3, said["nice"])
    check("limits: oom_score_adjust", said["oom"] == 321, said["oom"])
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()
              if line.split()[2] == "cgroup2"]
    folder = "".join(said["memory"]).removeprefix("0::")
    files = [Path(f"{mount}{folder}/memory.max") for mount in mounts]
    set_to = [file.read_text().strip() for file in files if file.exists() and folder != "/"]
    told = [text for text in shown["degraded"] if "memory.max" in text]
    check("limits: memory is limited by a cgroup, or it is told that it is not",
          set_to == [str(limit)] if set_to else len(told) == 1, set_to, shown["degraded"])
    print("limits: memory.max is", set_to or "not set, and told")


ASKS_FOR_TIME = """
import os, signal, socket, sys, time
def tell(text):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
        to.sendto(text.encode(), os.environ['NOTIFY_SOCKET'].replace('@', '\\0', 1))
def stop(*_):
    if sys.argv[2] == 'asks':
        tell('STOPPING=1\\nEXTEND_TIMEOUT_USEC=8000000')
    time.sleep(2.5)
    open(sys.argv[1], 'w').write('all work is done')
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
if sys.argv[2] == 'asks':
    tell('EXTEND_TIMEOUT_USEC=8000000')
    time.sleep(float(sys.argv[3]))
tell('READY=1')
while True:
    signal.pause()
"""


def more_time_to_start():
    """A second is not enough for who needs 2.5; who asks gets it."""
    program = write_file("slow.py", ASKS_FOR_TIME)
    config = write_file("slow.yaml", json.dumps({"services": {"web": {
        "command": [python, str(program), str(work / "slow-done"), "asks", "2.5"],
        "ready": "notify", "deploy": {"ready_within": "1s"}, "stop": {"grace": "5s"}}}}))
    with Home().up(str(config)) as home:
        check("start: who asks gets more time", until(home.is_ready))
        check("start: at the first attempt",
              home.web()["generations"][0]["number"] == 1)


def more_time_to_stop():
    """A grace of 1.5 s, and work that takes 2.5."""
    program = write_file("time.py", ASKS_FOR_TIME)
    for way in ("asks", "silent"):
        done = work / f"done-{way}"
        config = write_file(f"time-{way}.yaml", json.dumps({"services": {"web": {
            "command": [python, str(program), str(done), way, "0"], "ready": "notify",
            "stop": {"grace": "1500ms"}}}}))
        with Home().up(str(config)) as home:
            check(f"time: {way}: it becomes ready", until(home.is_ready))
            home.lastcall("stop", "web")
            check(f"time: {way}: it stops", until(
                lambda home=home: home.is_state("stopped", "failed")))
        check(f"time: who {'asks gets' if way == 'asks' else 'does not ask gets no'} more time",
              done.exists() == (way == "asks"))


ORDER = """
import os, signal, socket, sys
def stop(*_):
    with open(sys.argv[1], 'a') as out:
        out.write(sys.argv[2] + ' ')
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
if os.fork() == 0:  # an orphan that ends: it is reaped
    if os.fork() == 0:
        os._exit(0)
    os._exit(0)
os.wait()
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
    to.sendto(b'READY=1', os.environ['NOTIFY_SOCKET'].replace('@', '\\0', 1))
while True:
    signal.pause()
"""


def zombies_below(pid):
    return [one for one in below(pid) if stat_of(one)[:1] == ["Z"]]


def as_pid_1():
    """In a PID namespace of its own; the agent hangs when it is told to stop."""
    program, order = write_file("order.py", ORDER), work / "order"
    one = {"ready": "notify", "stop": {"grace": "5s"}}
    config = write_file("order.yaml", json.dumps({"services": {
        "db": {"command": [python, str(program), str(order), "db"], **one},
        "api": {"command": [python, str(program), str(order), "api"], "after": ["db"], **one},
        "web": {"command": [python, str(program), str(order), "web"], "after": ["api"], **one}}}))
    around = ["unshare", "--pid", "--fork", "--mount-proc"]
    if subprocess.run([*around, "true"], check=False, capture_output=True).returncode != 0:
        return "pid-1: this sandbox allows no PID namespace"
    with Home(around).up(str(config)) as home:
        check("pid-1: all become ready", until(
            lambda: home.is_ready() and len(home.services()) == 3))
        keeper = children_of(home.keeper.pid)[0]
        inside = Path(f"/proc/{keeper}/status").read_text()
        check("pid-1: the keeper is PID 1", "\t1\n" in inside.split("NSpid:")[1].split("Tgid")[0]
              or inside.split("NSpid:")[1].splitlines()[0].split()[-1] == "1", inside)
        # A stranger in the namespace, whose parent ends: nobody but PID 1 can reap it.
        subprocess.run(["nsenter", "-t", str(keeper), "-p", "-m", "sh", "-c",
                        "(sleep 0.3; exit 3) & exit 0"], check=False)
        check("pid-1: who ends is reaped", until(lambda: not zombies_below(keeper)),
              zombies_below(keeper))
        agent = next(pid for pid in children_of(keeper) if name_of(pid) == "lastcall")
        os.kill(agent, signal.SIGSTOP)
        began = time.monotonic()
        os.kill(keeper, signal.SIGTERM)
        check("pid-1: it stops with an agent that hangs", home.end_status() == 0,
              home.keeper.returncode)
        check("pid-1: in the order of the plan",
              order.exists() and order.read_text() == "web api db ")
        print(f"pid-1: stopped after {time.monotonic() - began:.1f} s")
    return None


root = "only root runs services as somebody else"
scenarios = {"user": (as_another_user, root), "group": (as_another_group, root),
             "limits": (with_limits, ""), "start": (more_time_to_start, ""), "time": (more_time_to_stop, ""),
             "pid-1": (as_pid_1, "a PID namespace needs root")}
missing = []
for scenario in sys.argv[2:] or scenarios:
    run, right = scenarios[scenario]
    missing.append(f"{scenario}: {right}" if right and os.geteuid() != 0 else run())
claims.end(missing=[why for why in missing if why])
