"""The servers under test: ordinary programs, as their manuals have them, that know nothing of lastcall."""
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

PROGRAMS = Path(__file__).resolve().parent / "programs"


@dataclass
class Place:
    """Where a server runs."""
    port: int
    home: Path


@dataclass
class Server:
    """One kind of server. `command` is of a version; the version "broken" does not start."""
    needs: tuple[str, ...]
    command: Callable[[Place, str], list[str]]
    prepare: Callable[[Place], None] = lambda place: None
    signal: str = "TERM"
    host: str = "127.0.0.1"  # as the program binds it
    ready: str = "automatic"
    # Lanes, and ends of their requests, that this server's own stop causes, without lastcall too.
    loses: tuple[tuple[str, str], ...] = ()

    def missing(self):
        return [program for program in self.needs if not shutil.which(program)]


def build_go(place):
    subprocess.run(["go", "build", "-o", place.home / "server", PROGRAMS / "server.go"], check=True,
                   env={**os.environ, "CGO_ENABLED": "0", "GO111MODULE": "off"})


def build_java(place):
    subprocess.run(["javac", "-d", place.home, PROGRAMS / "Server.java"], check=True)


def write_files(place):
    (place.home / "slow").write_bytes(b"x" * (96 << 10))
    (place.home / "download").write_bytes(b"x" * (4 << 20))


def nginx(place, version, options=""):
    text = (PROGRAMS / "nginx.conf").read_text()
    for name, value in (("HOME", place.home), ("PORT", place.port), ("VERSION", version),
                        ("OPTIONS", options)):
        text = text.replace(f"@{name}@", str(value))
    configuration = place.home / f"{version}.conf"
    configuration.write_text(("user root;\n" if os.geteuid() == 0 else "") +
                             ("broken;\n" if version == "broken" else "") + text)
    return ["nginx", "-p", str(place.home), "-c", str(configuration), "-g", "daemon off;"]


def gunicorn(place, version):
    return ["gunicorn", "-w", "2", "-k", "gthread", "--threads", "32", "--keep-alive", "30",
            "-b", f"127.0.0.1:{place.port}", "-e", f"VERSION={version}",
            "--chdir", str(PROGRAMS), "wsgi_app:app"]


SERVERS = {
    # server.close() of Node 20 destroys connections whose response has ended but is not yet sent.
    "node": Server(("node",), lambda place, version:
                   ["node", str(PROGRAMS / "server.js"), str(place.port), version],
                   loses=(("download", "cut"),)),
    "go": Server(("go",), lambda place, version:
                 [str(place.home / "server"), str(place.port), version], build_go),
    "python": Server(("python3",), lambda place, version:
                     ["python3", str(PROGRAMS / "server.py"), str(place.port), version]),
    # Its master listens before the application is loaded, so that it listens says little.
    "gunicorn": Server(("gunicorn",), gunicorn, ready="/order?id=0"),
    "uvicorn": Server(("uvicorn",), lambda place, version:
                      ["env", f"VERSION={version}", "uvicorn", "--host", "127.0.0.1", "--port",
                       str(place.port), "--no-access-log", "--app-dir", str(PROGRAMS),
                       "asgi_app:app"]),
    "nginx": Server(("nginx",), nginx, write_files, signal="QUIT"),
    # HttpServer.stop of Java 17 takes the first moment without a request for the end, looks for it
    # every 200 ms, and then closes all connections, whatever was read meanwhile.
    "java": Server(("java", "javac"), lambda place, version:
                   ["java", "-cp", str(place.home), "Server", str(place.port), version],
                   build_java, host="[::ffff:127.0.0.1]",  # Java's sockets are of IPv6
                   loses=(("keep-alive", "abandoned"),)),
}
