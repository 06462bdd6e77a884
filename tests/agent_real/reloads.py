"""The ways to bring a new version under load: `lastcall deploy`, and what the servers can do themselves.

Each has `start`, `reload`, which returns when the new version has the traffic, and `end`.
"""
import asyncio
import json
import os
import shutil
import signal
import subprocess

from asked_home import AskedHome
from servers import PROGRAMS, SERVERS, gunicorn, nginx
from support.processes import end


class Failed(Exception):
    """It did not start, or not reload: what it said."""


class Deployed:
    """A server of the table, by `lastcall deploy`."""

    def __init__(self, kind):
        self.kind = kind
        self.home = self.place = None

    def missing(self):
        return self.kind.missing()

    async def start(self, place):
        self.place = place
        self.kind.prepare(place)
        self.home = AskedHome()
        self.home.up_with({"services": {"web": {
            "command": self.kind.command(place, "v0"), "listen": f"{self.kind.host}:{place.port}",
            "directory": str(place.home), "ready": self.kind.ready,
            "stop": {"signal": self.kind.signal, "grace": "20s"},
            "deploy": {"bake": {"for": "400ms", "checks": []}}}}})
        if not await self.home.comes_to(lambda web: web.get("state") == "ready"):
            raise Failed(self.home.said())

    async def reload(self, version):
        status, text = await self.home.run(
            "deploy", "web", "--", *self.kind.command(self.place, version))
        if status != 0:
            raise Failed(text)

    def end(self):
        if self.home:
            self.home.clean()


class Signalled:
    """A server that reloads by itself when it gets a signal. `configure` writes what the version needs."""

    def __init__(self, needs, command, by, configure=lambda place, version: None):
        self.needs, self.command, self.by, self.configure = needs, command, by, configure
        self.process = self.place = None

    def missing(self):
        return [] if shutil.which(self.needs) else [self.needs]

    async def start(self, place):
        self.place = place
        self.configure(place, "v0")
        with open(place.home / "log", "wb") as log:
            self.process = subprocess.Popen(self.command(place), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)
        await until_version(place, "v0")

    async def reload(self, version):
        self.configure(self.place, version)
        self.process.send_signal(self.by)
        await until_version(self.place, version)

    def end(self):
        if self.process:
            end(self.process)


class Pm2:
    """A Node cluster of two, whose workers `pm2 reload` replaces one after the other."""

    def __init__(self):
        self.place = self.environment = None

    def missing(self):
        return [program for program in ("node", "pm2") if not shutil.which(program)]

    async def run(self, *arguments):
        process = await asyncio.create_subprocess_exec(
            "pm2", *arguments, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text, _ = await asyncio.wait_for(process.communicate(), 120)
        if process.returncode != 0:
            raise Failed(text.decode())

    async def bring(self, verb, version):
        file = self.place.home / "web.config.json"
        file.write_text(json.dumps({"apps": [{
            "name": "web", "script": str(PROGRAMS / "server.js"), "exec_mode": "cluster",
            "instances": 2, "args": [str(self.place.port), version], "kill_timeout": 20000}]}))
        await self.run(verb, str(file))
        await until_version(self.place, version)

    async def start(self, place):
        self.place = place
        self.environment = {**os.environ, "PM2_HOME": str(place.home / "pm2"),
                            "PM2_KILL_SIGNAL": "SIGTERM"}
        await self.bring("start", "v0")

    async def reload(self, version):
        await self.bring("reload", version)

    def end(self):
        if self.environment:  # else it would be the user's own
            subprocess.run(["pm2", "kill"], env=self.environment, stdin=subprocess.DEVNULL,
                           check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


async def until_version(place, version):
    end = asyncio.get_running_loop().time() + 30
    while await version_at(place.port) != version:
        if asyncio.get_running_loop().time() > end:
            log = place.home / "log"
            raise Failed(log.read_text() if log.exists() else f"no {version} is there")
        await asyncio.sleep(0.05)


async def version_at(port):
    """X-Version of an answer on a connection of its own; nothing where there is none."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /order?id=0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        text = (await reader.read()).decode("latin-1").lower()
        writer.close()
        return text.partition("x-version: ")[2].partition("\r\n")[0]
    except OSError:
        return ""


def configure_nginx(place, version):
    SERVERS["nginx"].prepare(place)
    written = nginx(place, version)[4]
    shutil.copy(written, place.home / "nginx.conf")


def nginx_command(place):
    return ["nginx", "-p", str(place.home), "-c", str(place.home / "nginx.conf"), "-g", "daemon off;"]


def configure_haproxy(place, version):
    text = (PROGRAMS / "haproxy.cfg").read_text()
    (place.home / "haproxy.cfg").write_text(
        text.replace("@PORT@", str(place.port)).replace("@VERSION@", version))


def configure_h2o(place, version):
    text = (PROGRAMS / "h2o.conf").read_text()
    for name, value in (("HOME", place.home), ("PORT", place.port), ("VERSION", version)):
        text = text.replace(f"@{name}@", str(value))
    (place.home / "h2o.conf").write_text(text)


def write_version(place, version):
    (place.home / "version").write_text(version)


def gunicorn_command(place):
    """Its configuration is read again at each SIGHUP."""
    command = gunicorn(place, "")
    command[command.index("-e"):command.index("-e") + 2] = ["-c", str(place.home / "gunicorn.py")]
    return command


def configure_gunicorn(place, version):
    (place.home / "gunicorn.py").write_text(f"raw_env = ['VERSION={version}']\n")


def peers():
    return {
        "nginx -s reload": Signalled("nginx", nginx_command, signal.SIGHUP, configure_nginx),
        "HAProxy, master-worker reload": Signalled(
            "haproxy", lambda place: ["haproxy", "-W", "-f", str(place.home / "haproxy.cfg")],
            signal.SIGUSR2, configure_haproxy),
        "h2o HUP": Signalled(
            "h2o", lambda place: ["h2o", "-m", "master", "-c", str(place.home / "h2o.conf")],
            signal.SIGHUP, configure_h2o),
        "gunicorn HUP": Signalled("gunicorn", gunicorn_command, signal.SIGHUP, configure_gunicorn),
        "pm2 reload": Pm2(),
        "node cluster reload": Signalled(
            "node", lambda place: ["node", str(PROGRAMS / "cluster.js"), str(PROGRAMS / "server.js"),
                                   str(place.port), str(place.home / "version")],
            signal.SIGHUP, write_version),
    }


def deployed():
    return {f"{name}, lastcall deploy": Deployed(SERVERS[name])
            for name in ("node", "go", "python", "gunicorn", "nginx")}
