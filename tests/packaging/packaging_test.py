#!/usr/bin/python3
"""packaging/orders/: every file is what its platform accepts, stops the service the way
the service expects, and states a budget that follows from its own settings."""
import os
import re
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import yaml

sys.dont_write_bytecode = True  # the source tree stays as it is
from readers import budget_complaints, dockerfile_stages, exec_form, flags, seconds, unit

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "packaging/orders"
PROGRAM = Path(os.environ.get("ORDERS_PROGRAM", ROOT / "build/release/bin/orders"))
# In the base image already: apt itself, or the C++ library, needs them.
OF_THE_BASE_IMAGE = {"libc6", "libgcc-s1", "libstdc++6"}


def text(name: str) -> str:
    return (FOLDER / name).read_text()


def run(*command):
    return subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})


def lame_duck_s(given: dict) -> float:
    return seconds(given.get("--lame-duck-max", "0s"))


# ---- what each platform's file must say; each returns its complaints ----

def kubernetes_complaints(source: str) -> list:
    documents = {d["kind"]: d for d in yaml.safe_load_all(source)}
    if set(documents) != {"Deployment", "Service", "PodDisruptionBudget"}:
        return [f"kinds: {sorted(documents)}"]
    wrong = []

    def want(what, truth):
        if not truth:
            wrong.append(what)

    versions = {"Deployment": "apps/v1", "Service": "v1", "PodDisruptionBudget": "policy/v1"}
    for kind, document in documents.items():
        want(f"{kind}: apiVersion", document["apiVersion"] == versions[kind])
        want(f"{kind}: unknown key", set(document) == {"apiVersion", "kind", "metadata", "spec"})
    spec = documents["Deployment"]["spec"]
    pod = spec["template"]["spec"]
    labels = spec["template"]["metadata"]["labels"]
    want("the selector matches the pods", spec["selector"]["matchLabels"] == labels)
    want("the service selects the pods",
         documents["Service"]["spec"]["selector"].items() <= labels.items())
    budget = documents["PodDisruptionBudget"]["spec"]
    want("the disruption budget selects the pods",
         budget["selector"]["matchLabels"].items() <= labels.items())
    want("a drain of a node can make progress and leaves somebody",
         0 < budget["maxUnavailable"] < spec["replicas"])
    rolling = spec["strategy"]["rollingUpdate"]
    want("a rollout never has too few pods",
         rolling["maxUnavailable"] == 0 and rolling["maxSurge"] >= 1)
    if len(pod["containers"]) != 1:
        return [*wrong, "one container is expected"]
    container = pod["containers"][0]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    given = flags(container["args"])
    want("it listens on the port that is named, on every address",
         given["--listen"] == f"0.0.0.0:{ports['http']}")
    for port in documents["Service"]["spec"]["ports"]:
        want("the service's target is a named port", port["targetPort"] in ports)
    for probe, path in (("readinessProbe", "/ready"), ("livenessProbe", "/health"),
                        ("startupProbe", "/health")):
        get = container[probe]["httpGet"]
        want(f"{probe} asks {path}", get["path"] == path and get["port"] in ports)
        want(f"{probe} gives up before the next one",
             container[probe].get("timeoutSeconds", 1) <= container[probe]["periodSeconds"])
    want("one failed look withdraws the pod", container["readinessProbe"]["failureThreshold"] == 1)
    names = {variable["name"] for variable in container["env"]}
    used = set(re.findall(r"\$\((\w+)\)", " ".join(container["args"])))
    want("each variable in the arguments is given", used == names)
    want("each mounted volume exists", {mount["name"] for mount in container["volumeMounts"]}
         == {volume["name"] for volume in pod["volumes"]})
    want("it does not run as root", pod["securityContext"]["runAsNonRoot"] is True)
    want("it is process 1 and gets the signal: no shell in between", "command" not in container)
    pre_stop = container["lifecycle"]["preStop"]["exec"]["command"]
    want("preStop sleeps", pre_stop[0] == "sleep" and len(pre_stop) == 2)
    limit = pod["terminationGracePeriodSeconds"]
    want("the service's grace is the pod's without preStop",
         seconds(given["--grace"]) == limit - float(pre_stop[1]))
    return wrong + budget_complaints(source, limit, float(pre_stop[1]), lame_duck_s(given))


COMPOSE_KEYS = {"build", "cap_drop", "command", "depends_on", "environment", "healthcheck",
                "image", "ports", "read_only", "restart", "security_opt", "stop_grace_period",
                "stop_signal", "tmpfs", "volumes"}


def compose_complaints(source: str) -> list:
    document = yaml.safe_load(source)
    services = document["services"]
    wrong = []

    def want(what, truth):
        if not truth:
            wrong.append(what)

    want("unknown key at the top", set(document) <= {"services", "volumes"})
    for name, service in services.items():
        want(f"{name}: unknown keys {set(service) - COMPOSE_KEYS}", set(service) <= COMPOSE_KEYS)
        want(f"{name}: image or build", ("image" in service) != ("build" in service))
        check = service["healthcheck"]
        want(f"{name}: the health check has no shell", check["test"][0] == "CMD")
        want(f"{name}: the health check ends before the next",
             seconds(check["timeout"]) <= seconds(check["interval"]))
        for mount in service.get("volumes", []):
            want(f"{name}: {mount} is declared", mount.split(":")[0] in document["volumes"])
        for used, how in service.get("depends_on", {}).items():
            want(f"{name}: {used} exists", used in services)
            want(f"{name}: waits for {used} to be healthy", how == {"condition": "service_healthy"})
    orders = services["orders"]
    given = flags(orders["command"])
    limit = seconds(orders["stop_grace_period"])
    want("SIGTERM asks for the stop", orders["stop_signal"] == "SIGTERM")
    want("the flag says what compose waits", seconds(given["--grace"]) == limit)
    port = orders["ports"][0].rpartition(":")[2]
    want("it listens on the published port", given["--listen"] == f"0.0.0.0:{port}")
    want("the health check asks that port", f":{port}/health" in orders["healthcheck"]["test"][-1])
    dockerfile = (FOLDER / orders["build"]["context"] / orders["build"]["dockerfile"])
    want("the Dockerfile is there", dockerfile.is_file())
    for flag, service in (("--db", "postgres"), ("--queue", "redis")):
        want(f"{flag} names the service {service}", service in services
             and re.search(rf"[@/]{service}\b", given[flag]) is not None)
    return wrong + budget_complaints(source, limit, 0, lame_duck_s(given))


def dockerfile_complaints(source: str) -> list:
    stages = dockerfile_stages(source)
    wrong = []

    def want(what, truth):
        if not truth:
            wrong.append(what)

    want("it has a build stage and a stage that ships", len(stages) == 2)
    built, shipped = stages[0], stages[-1]
    want("both on Debian 12", all(stage[0][1].split()[0] == "debian:12-slim" for stage in stages))
    said = dict(shipped)
    want("the program comes from the build stage",
         f"--from={built[0][1].split()[-1]} " in said.get("COPY", ""))
    want("SIGTERM asks for the stop", said.get("STOPSIGNAL") == "SIGTERM")
    want("it does not run as root", said.get("USER", "0") not in ("0", "root"))
    try:
        command = exec_form(said["ENTRYPOINT"]) + exec_form(said["CMD"])
        check = re.fullmatch(r"((?:--\S+=\S+ +)+)CMD +(.*)", said["HEALTHCHECK"])
        asked = exec_form(check[2])
    except (ValueError, KeyError, TypeError) as error:
        return [*wrong, f"ENTRYPOINT, CMD and HEALTHCHECK have the exec form: {error}"]
    given = flags(command[1:])
    port = said["EXPOSE"]
    want("it listens on the exposed port", given["--listen"] == f"0.0.0.0:{port}")
    want("the health check asks that port", asked[-1] == f"http://127.0.0.1:{port}/health")
    want("what the health check runs is installed",
         re.search(rf"\b{asked[0]}\b", said["RUN"]) is not None)
    variables = dict(part.split("=", 1) for part in said["ENV"].split())
    docker_stop_s = 10  # the default of `docker stop`
    want("the grace period is that of docker stop",
         seconds(variables["LASTCALL_GRACE"]) == docker_stop_s)
    return wrong + budget_complaints(source, docker_stop_s, 0, lame_duck_s(given))


NEEDED_CALLS = {"membarrier", "pidfd_open", "pidfd_send_signal", "eventfd2", "signalfd4", "futex",
                "tgkill", "openat2"}


def allowed_calls(filters: list) -> set:
    """What systemd's groups of system calls contain, as systemd itself says."""
    groups, name = {}, None
    for line in run("systemd-analyze", "syscall-filter").stdout.splitlines():
        if line.startswith("@"):
            name = line.strip()
            groups[name] = set()
        elif name and line.startswith("    ") and not line.strip().startswith("#"):
            groups[name].add(line.strip())
    found, todo = set(), list(filters)
    while todo:
        at = todo.pop()
        if at in groups:
            todo.extend(groups[at])
        else:
            found.add(at)
    return found


def unit_complaints(source: str) -> list:
    service = unit(source)["Service"]
    wrong = []
    expected = {"Type": "notify", "NotifyAccess": "main", "KillMode": "mixed",
                "KillSignal": "SIGTERM", "NoNewPrivileges": "yes", "SystemCallErrorNumber": "EPERM"}
    for name, value in expected.items():
        if service.get(name) != value:
            wrong.append(f"{name} is {service.get(name)}, not {value}")
    missing = NEEDED_CALLS - allowed_calls(service["SystemCallFilter"].split())
    if missing:
        wrong.append(f"the filter refuses {sorted(missing)}")
    if "AF_UNIX" not in service["RestrictAddressFamilies"].split():
        wrong.append("without AF_UNIX the service cannot notify systemd")
    given = flags(shlex.split(service["ExecStart"])[1:])
    if "--grace" in given:
        wrong.append("--grace would repeat TimeoutStopSec")
    if seconds(service["WatchdogSec"]) >= seconds(service["TimeoutStopSec"]):
        wrong.append("the watchdog is slower than the stop")
    return wrong + budget_complaints(source, seconds(service["TimeoutStopSec"]), 0,
                                     lame_duck_s(given))


FILES = {"kubernetes.yaml": kubernetes_complaints, "compose.yaml": compose_complaints,
         "Dockerfile": dockerfile_complaints, "orders.service": unit_complaints}

# file, what is in it, what it is changed to, a part of the complaint
BROKEN = [
    ("kubernetes.yaml", "drain 28 s", "drain 30 s", "add up to"),
    ("kubernetes.yaml", "PeriodSeconds: 45", "PeriodSeconds: 30", "the platform gives 30"),
    ("kubernetes.yaml", '[sleep, "5"]', '[sleep, "9"]', "preStop is 9.0 s"),
    ("kubernetes.yaml", "--grace=40s", "--grace=45s", "without preStop"),
    ("kubernetes.yaml", "max=5s", "max=8s", "lame duck is at most 8"),
    ("kubernetes.yaml", "path: /ready", "path: /health", "readinessProbe asks /ready"),
    ("kubernetes.yaml", "maxUnavailable: 1", "maxUnavailable: 0", "make progress"),
    ("kubernetes.yaml", "maxUnavailable: 0", "maxUnavailable: 1", "too few pods"),
    ("kubernetes.yaml", "targetPort: http", "targetPort: web", "named port"),
    ("kubernetes.yaml", "          args:", "          command: [sh, -c, x]\n          args:", "shell"),
    ("kubernetes.yaml", "{name: tmp, m", "{name: temp, m", "mounted volume"),
    ("kubernetes.yaml", "runAsNonRoot: true", "runAsNonRoot: false", "root"),
    ("compose.yaml", "reserve 2 s = 40 s", "reserve 1 s = 39 s", "keeps back 2"),
    ("compose.yaml", "stop_grace_period: 40s", "stop_grace_period: 10s", "what compose waits"),
    ("compose.yaml", "read_only:", "readonly:", "unknown keys"),
    ("compose.yaml", "@postgres/", "@database/", "--db names"),
    ("compose.yaml", "stop_signal: SIGTERM", "stop_signal: SIGKILL", "SIGTERM"),
    ("Dockerfile", "drain 7 s", "drain 8 s", "add up to"),
    ("Dockerfile", "LASTCALL_GRACE=10s", "LASTCALL_GRACE=30s", "docker stop"),
    ("Dockerfile", 'ENTRYPOINT ["/usr/bin/orders"]', "ENTRYPOINT /usr/bin/orders", "exec form"),
    ("Dockerfile", "STOPSIGNAL SIGTERM", "STOPSIGNAL SIGINT", "SIGTERM"),
    ("Dockerfile", "USER 10001", "USER root", "root"),
    ("Dockerfile", "curl libfmt9", "libfmt9", "health check runs"),
    ("orders.service", "TimeoutStopSec=40s", "TimeoutStopSec=90s", "the platform gives 90"),
    ("orders.service", "KillMode=mixed", "KillMode=control-group", "KillMode"),
    ("orders.service", "Filter=@system-service", "Filter=@basic-io", "membarrier"),
    ("orders.service", "min 2s", "min 2s --grace 40s", "repeat"),
    ("orders.service", "AF_INET6 AF_UNIX", "AF_INET6", "AF_UNIX"),
]


class Files(unittest.TestCase):
    def test_each_file_is_right_and_its_budget_adds_up(self):
        for name, complaints in FILES.items():
            with self.subTest(file=name):
                self.assertEqual(complaints(text(name)), [])

    def test_each_way_to_break_one_is_noticed(self):
        for name, old, new, complaint in BROKEN:
            with self.subTest(file=name, new=new):
                source = text(name)
                self.assertIn(old, source, "the test is out of date")
                self.assertIn(complaint, "\n".join(FILES[name](source.replace(old, new, 1))))

    def test_a_dockerfile_that_no_builder_would_take_is_refused(self):
        for bad in ("RUN x\n", "FROM a\nRUNN x\n", "FROM a\nRUN\n", "FROM a\nRUN x \\\n", ""):
            with self.subTest(bad=bad), self.assertRaises(ValueError):
                dockerfile_stages(bad)


class RealTools(unittest.TestCase):
    def verify(self, source: str):
        with tempfile.TemporaryDirectory(prefix="lastcall-unit-") as folder:
            file = Path(folder, "orders.service")
            # The program is where the package would put it; here it is in the build.
            program = PROGRAM if PROGRAM.exists() else Path("/bin/true")
            file.write_text(source.replace("/usr/bin/orders", str(program)))
            done = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", file)
            # What it says about other units of this machine is not ours.
            return done.returncode, [line for line in done.stdout.splitlines()
                                     if "orders.service" in line]

    def test_systemd_accepts_the_unit_and_understands_every_line(self):
        self.assertEqual(self.verify(text("orders.service")), (0, []))

    def test_systemd_is_really_asked(self):
        for old, new in (("KillMode=mixed", "KillMood=mixed"), ("Type=notify", "Type=notified"),
                         ("TimeoutStopSec=40s", "TimeoutStopSec=soon")):
            with self.subTest(new=new):
                status, said = self.verify(text("orders.service").replace(old, new))
                self.assertTrue(status != 0 or said, "systemd took it")


@unittest.skipUnless(PROGRAM.exists() or "ORDERS_PROGRAM" in os.environ, "orders is not built")
class Program(unittest.TestCase):
    def test_every_flag_that_is_used_is_one_that_orders_has(self):
        known = set(re.findall(r"--[a-z][a-z-]*", run(PROGRAM, "--help").stdout))
        pods = next(d for d in yaml.safe_load_all(text("kubernetes.yaml"))
                    if d["kind"] == "Deployment")["spec"]["template"]["spec"]
        said = dict(dockerfile_stages(text("Dockerfile"))[-1])
        used = {**flags(pods["containers"][0]["args"]),
                **flags(yaml.safe_load(text("compose.yaml"))["services"]["orders"]["command"]),
                **flags(exec_form(said["CMD"])),
                **flags(shlex.split(unit(text("orders.service"))["Service"]["ExecStart"])[1:])}
        self.assertLessEqual(set(used), known)

    def test_every_library_that_orders_loads_is_installed_in_the_image(self):
        needed = re.findall(r"NEEDED +(\S+)", run("objdump", "-p", PROGRAM).stdout)
        self.assertTrue(needed)
        found = dict(re.findall(r"^\t(\S+) => (\S+)", run("ldd", PROGRAM).stdout, re.MULTILINE))
        paths = {str(Path(found[name]).resolve()) for name in needed if name in found}
        owned = run("dpkg-query", "-S", *paths).stdout
        owners = set(re.findall(r"^([^:\s]+):\S+: /", owned, re.MULTILINE))
        self.assertIn("libssl3", owners)
        installed = set(dict(dockerfile_stages(text("Dockerfile"))[-1])["RUN"].split())
        self.assertLessEqual(owners - OF_THE_BASE_IMAGE, installed)


if __name__ == "__main__":
    unittest.main()
