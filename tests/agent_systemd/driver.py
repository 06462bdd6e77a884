"""What is claimed of lastcall.service and survive.conf. Runs inside the container; writes what
does not hold into /out/violations, a line each."""
import http.client
import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

from support import load  # in the container it is beside this file
from support.claims import Claims
from support.waiting import ceiling, until

PORT, SECOND_PORT = 8080, 8081
CONFIG = Path("/etc/lastcall/lastcall.yaml")
DROP_IN = Path("/etc/systemd/system/lastcall.service.d/survive.conf")
violations = open("/out/violations", "w", encoding="utf-8", buffering=1)


class Told(Claims):
    """What holds is told, too; the list of violations is a file."""

    def check(self, claim, holds, *evidence):
        if holds:
            print("holds   ", claim, flush=True)
        else:
            print(claim, file=violations)
        return super().check(claim, holds, *evidence)


check = Told().check


def run(*command, limit=ceiling):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, timeout=limit, check=False)
    print("$", *command, "->", done.returncode, done.stdout.rstrip(), flush=True)
    return done


def shown(name):
    return run("systemctl", "show", "-P", name, "lastcall.service").stdout.strip()


def systemctl(verb, *options):
    return run("systemctl", verb, *options, "lastcall.service")


def write_config(*versions, second=False):
    """The service `web`; its version may be followed by the file that it waits for."""
    words = " ".join(versions)
    text = f"""services:
  web:
    command: /usr/bin/python3 -B /srv/server.py 127.0.0.1:{PORT} {words}
    listen: 127.0.0.1:{PORT}
    ready: /
    deploy: {{bake: {{for: 100ms}}}}
"""
    if second:
        text += f"""  second:
    command: /usr/bin/python3 -B /srv/server.py 127.0.0.1:{SECOND_PORT} second
    listen: 127.0.0.1:{SECOND_PORT}
"""
    CONFIG.write_text(text)


def ask(connection, path="/"):
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    except (OSError, http.client.HTTPException) as error:
        return repr(error)


def answer(port=PORT):
    """On a connection of its own: "VERSION PID"."""
    try:
        return load.ask(port)
    except OSError as error:
        return repr(error)


def log_of(service):
    path = Path(f"/var/lib/lastcall/logs/{service}.log")
    return path.read_text() if path.exists() else ""


class Held(threading.Thread):
    """A request that is inside of the service until that is told to stop."""

    def __init__(self):
        super().__init__()
        self.text = ""
        before = log_of("web").count("held")
        self.start()
        check("the request is inside", until(lambda: log_of("web").count("held") > before))

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        self.text = ask(connection, "/held")

    def was_answered(self):
        self.join(ceiling)
        return self.text.endswith("told to stop")


def agent_status():
    done = subprocess.run(["/srv/lastcall", "status", "--json"], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=ceiling, check=False)
    try:
        return json.loads(done.stdout)
    except ValueError:
        return None


def agent_after(former):
    """The pid of the agent that has come after that one, when all is ready with it."""
    now = agent_status()
    if now and now["pid"] != former and all(one["state"] == "ready" for one in now["services"]):
        return now["pid"]
    return None


def processes():
    """Those of the unit; its cgroup is gone with the last of them."""
    path = shown("ControlGroup")
    found = set()
    if not path:
        return found
    for mount in ("/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"):
        for file in Path(mount + path).glob("**/cgroup.procs"):
            found |= set(file.read_text().split())
    return found


def start():
    write_config("one", "/out/web.go")
    systemctl("start", "--no-block")
    check("the service was started", until(lambda: "started" in log_of("web")))
    check("the unit is activating until the service is ready", shown("ActiveState") == "activating")
    Path("/out/web.go").touch()
    done = systemctl("start")
    check("then systemctl start returns", done.returncode == 0)
    check("the unit is active", shown("ActiveState") == "active")
    check("and the service serves", answer().startswith("one "))


def reload():
    with load.Load(PORT) as clients:
        write_config("two")
        done = systemctl("reload")
        check("a reload applies the changed file", done.returncode == 0, done.stdout)
        check("the new version serves", answer().startswith("two "))
        CONFIG.write_text("services: {web: {comand: x}}\n")
        check("a reload of a bad file fails", systemctl("reload").returncode != 0)
        check("the unit stays active", shown("ActiveState") == "active")
        check("and all is as it was", answer().startswith("two "))
    check("no request was lost by it", not clients.failures, clients.failures[:3])
    check("both versions have served", {"one", "two"} <= clients.versions() | {"one"},
          clients.versions())
    write_config("two")


def agent_is_killed():
    before, served = agent_status()["pid"], answer()
    with load.Load(PORT) as clients:
        os.kill(before, signal.SIGKILL)
        check("another agent comes when it was killed", until(lambda: agent_after(before)))
    check("no request was lost meanwhile", not clients.failures, clients.failures[:3])
    check("the service was not touched", answer() == served)
    check("the unit was not restarted", shown("NRestarts") == "0")


def keeper_is_killed():
    keeper, agent, served = shown("MainPID"), agent_status()["pid"], answer()
    with load.Load(PORT) as clients:
        os.kill(agent, signal.SIGSTOP)  # it has the journal, and is slow to end
        os.kill(int(keeper), signal.SIGKILL)
        check("systemd starts another keeper when it was killed",
              until(lambda: shown("MainPID") not in (keeper, "0")))
        time.sleep(0.5)  # nothing tells that the next agent has found the journal taken
        os.kill(agent, signal.SIGCONT)
        check("with another agent, that waits for the one before", until(lambda: agent_after(agent)))
    check("no request was lost while there was no keeper", not clients.failures,
          clients.failures[:3])
    check("the service lives on, taken over", answer() == served, answer(), served)
    write_config("three")
    systemctl("reload")
    check("and can be deployed", answer().startswith("three "), answer())


def restart():
    """Without survive.conf: all is stopped in order and started again, and systemd has the sockets
    meanwhile."""
    keeper, served = shown("MainPID"), answer()
    check("systemd holds the listening sockets", int(shown("NFileDescriptorStore") or 0) >= 2)
    with load.Load(PORT, 2) as clients:
        for _ in range(3):
            held = Held()
            systemctl("reset-failed")  # that many starts in ten seconds are one too many else
            done = systemctl("restart")
            check("a restart succeeds", done.returncode == 0)
            check("what was inside is answered", held.was_answered(), held.text)
    failures = clients.new_failures()
    check("nobody was refused while there was no service", not failures, failures[:3])
    check("the keeper is another one", shown("MainPID") not in (keeper, "0"))
    check("the service too", answer() not in (served, "") and answer().startswith("three "), answer())

    write_config("three", second=True)
    systemctl("reload")
    check("a second service is there", answer(SECOND_PORT).startswith("second "))
    write_config("three")
    systemctl("reset-failed")
    check("a restart without it succeeds", systemctl("restart").returncode == 0)
    said = run("journalctl", "--no-pager", "-o", "cat", "-u", "lastcall.service").stdout
    check("what nobody wants any more is closed, and said",
          f"127.0.0.1:{SECOND_PORT} was kept open" in said and
          "refused" in answer(SECOND_PORT).lower(), answer(SECOND_PORT))


def stop():
    held = Held()
    done = systemctl("stop")
    check("a request that was inside is answered at a stop", held.was_answered(), held.text)
    check("the stop succeeds", done.returncode == 0)
    check("the unit is inactive, without a fault", shown("ActiveState") == "inactive")
    check("with a clean exit", shown("ExecMainStatus") == "0")
    check("and nothing of it is left", not processes(), processes())
    check("no socket either", shown("NFileDescriptorStore") == "0" and "refused" in answer().lower(),
          shown("NFileDescriptorStore"), answer())


def survive():
    DROP_IN.parent.mkdir()
    DROP_IN.write_text(Path("/srv/survive.conf").read_text())
    run("systemctl", "daemon-reload")
    write_config("four", second=True)
    systemctl("start")
    kept = http.client.HTTPConnection("127.0.0.1", PORT, timeout=ceiling)
    served, keeper, agent = ask(kept), shown("MainPID"), agent_status()["pid"]
    second = answer(SECOND_PORT)
    check("the variant starts", served.startswith("four "), served)
    check("with all of its services", second.startswith("second "), second)
    with load.Load(PORT) as clients:
        done = systemctl("restart")
        check("a restart of the variant succeeds", done.returncode == 0)
        check("its keeper is another one", shown("MainPID") not in (keeper, "0"))
        check("its agent too", until(lambda: agent_after(agent)))
    check("no request was lost by the restart", not clients.failures, clients.failures[:3])
    check("the service is the same process", answer() == served, answer(), served)
    check("its connections go on", ask(kept) == served)
    kept.close()

    agent, keeper = agent_status()["pid"], shown("MainPID")
    os.kill(int(keeper), signal.SIGKILL)
    check("a keeper that was killed is replaced in the variant too",
          until(lambda: agent_after(agent)))
    check("and nobody has stopped the services", answer() == served and
          answer(SECOND_PORT) == second, answer(), answer(SECOND_PORT))

    held = Held()
    done = systemctl("stop")
    check("the variant drains when it is stopped", held.was_answered(), held.text)
    check("and nothing of it is left then", done.returncode == 0 and not processes(), processes())
    check("its stop is a success", shown("Result") == "success", shown("Result"))


for part in (start, reload, agent_is_killed, keeper_is_killed, restart, stop, survive):
    print(f"--- {part.__name__}, at {time.monotonic():.1f} s", flush=True)
    try:
        part()
    except Exception as error:  # one that breaks does not hide the others
        check(f"{part.__name__} ran to its end", False, repr(error))
said = run("journalctl", "--no-pager", "-o", "cat", "-t", "systemd").stdout
check("systemd knows every line of the unit", "lastcall.service" in said and
      "Unknown" not in said and "Failed to parse" not in said)
print("all parts were tried")
