"""A Docker daemon of the test's own: its data, sockets, containerd and cgroups are private,
and it is gone when the test is over. It needs root and docker.io; where it cannot run the test is
skipped, loudly, unless LASTCALL_REQUIRE_DOCKER is set in the environment."""
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

BUSYBOX = Path("/bin/busybox")
CEILING_S = 60  # for anything that is waited for


class CannotRun(Exception):
    """This machine cannot run the test; the text says what it would need."""


def until(what: str, condition):
    end = time.monotonic() + CEILING_S
    while time.monotonic() < end:
        got = condition()
        if got:
            return got
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {CEILING_S} s")


def end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Daemon:
    def __init__(self, *more: str):
        for program in ("dockerd", "containerd", "runc", "docker"):
            if not shutil.which(program):
                raise CannotRun(f"{program} (Debian: docker.io)")
        # Short: a socket's path has at most 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="lastcall-docker-"))
        self.socket = f"unix://{self.folder}/docker.sock"
        self.cgroup = self.folder.name
        self.started = []
        self.environment = {**os.environ, "DOCKER_HOST": self.socket, "DOCKER_BUILDKIT": "0",
                            "DOCKER_CONFIG": str(self.folder / "config"), "LC_ALL": "C.UTF-8"}
        try:
            self.start(more)
        except BaseException:
            self.close()
            raise

    def start(self, more) -> None:
        f = self.folder
        containerd = f / "containerd.sock"
        config = f / "containerd.toml"
        config.write_text('version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n')
        self.spawn("containerd", "--config", config, "--root", f / "containerd", "--state",
                   f / "containerd-state", "--address", containerd)
        until("containerd answers", lambda: containerd.exists() or self.ended())
        # vfs works on every file system, in a container too.
        self.spawn("dockerd", "--containerd", containerd, "--data-root", f / "data",
                   "--exec-root", f / "exec", "--pidfile", f / "docker.pid", "--host", self.socket,
                   "--storage-driver", "vfs", "--iptables=false", "--ip6tables=false",
                   "--bridge=none", "--cgroup-parent", f"/{self.cgroup}", "--shutdown-timeout", "2",
                   *more)
        until("dockerd answers",
              lambda: self.ended() or self.docker("version", check=False).returncode == 0)
        if self.ended():
            raise CannotRun("a machine where dockerd can run; it said:\n"
                            + "\n".join((f / "log").read_text().splitlines()[-15:]))

    def spawn(self, *command) -> None:
        with open(self.folder / "log", "ab") as log:
            self.started.append(subprocess.Popen([str(part) for part in command], stdout=log,
                                                 stderr=log, stdin=subprocess.DEVNULL,
                                                 start_new_session=True))

    def ended(self) -> bool:
        return any(process.poll() is not None for process in self.started)

    def docker(self, *command, check=True):
        done = subprocess.run(["docker", *map(str, command)], env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False,
                              stderr=subprocess.STDOUT, timeout=CEILING_S)
        if check and done.returncode != 0:
            raise AssertionError(f"docker {' '.join(map(str, command))}\n{done.stdout}")
        return done

    def build(self, tag: str, folder: Path, dockerfile: str, *more) -> None:
        file = self.folder / "Dockerfile"
        file.write_text(dockerfile)
        self.docker("build", "--quiet", "--network", "none", "--force-rm", "--tag", tag, "--file",
                    file, *more, folder)

    def build_root(self, tag: str, root: Path, path="/bin") -> None:
        """An image of a folder as it is, with a shell in it; a container of it can run."""
        self.build(tag, root, f"FROM scratch\nCOPY . /\nENV PATH={path}\n")
        tried = self.docker("run", "--rm", tag, "sh", "-c", ":", check=False)
        if tried.returncode != 0:
            raise CannotRun(f"a machine where a container can run; docker said:\n{tried.stdout}")

    def close(self) -> None:
        if self.started and not self.ended():
            left = self.docker("ps", "--quiet", check=False).stdout.split()
            if left:
                self.docker("kill", *left, check=False)
        for process in reversed(self.started):
            end(process)
        for controller in Path("/sys/fs/cgroup").glob(f"**/{self.cgroup}"):
            for folder in (*sorted(controller.glob("**/"), reverse=True), controller):
                try:
                    folder.rmdir()
                except OSError:
                    pass
        shutil.rmtree(self.folder, ignore_errors=True)


class Container:
    """`docker run` in the foreground; what it says comes as lines."""

    def __init__(self, daemon: Daemon, name: str, *command, terminal=None):
        self.daemon, self.name, self.said = daemon, name, []
        self.lines = queue.Queue()
        stdio = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                 "stderr": subprocess.STDOUT}
        if terminal is not None:
            stdio = {"stdin": terminal, "stdout": terminal, "stderr": terminal}
        self.client = subprocess.Popen(
            ["docker", "run", "--name", name, *map(str, command)], env=daemon.environment,
            start_new_session=True, **stdio)
        if terminal is None:
            self.read_from(self.client.stdout)

    def read_from(self, stream) -> None:
        def read():
            try:
                for line in stream:
                    self.lines.put(line.decode(errors="replace").rstrip())
            except OSError:
                pass  # the other end of a terminal is gone
            self.lines.put(None)
        threading.Thread(target=read, daemon=True).start()

    def wait_for(self, text: str) -> str:
        end_at = time.monotonic() + CEILING_S
        while True:
            try:
                line = self.lines.get(timeout=max(0.01, end_at - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                raise AssertionError(f"'{text}' was not said:\n" + "\n".join(self.said))
            self.said.append(line)
            if text in line:
                return line

    def stop(self, *options) -> float:
        """Returns: how long it took, in seconds."""
        began = time.monotonic()
        self.daemon.docker("stop", *options, self.name)
        return time.monotonic() - began

    def kill(self, name: str) -> None:
        self.daemon.docker("kill", "--signal", name, self.name)

    def result(self):
        """Returns: its exit status, and everything it has said."""
        status = self.client.wait(timeout=CEILING_S)
        while (line := self.lines.get(timeout=CEILING_S)) is not None:
            self.said.append(line)
        return status, "\n".join(self.said)


def put_busybox(folder: Path, *names: str) -> None:
    """The static busybox, and these commands of it."""
    folder.mkdir(parents=True)
    shutil.copy(BUSYBOX.resolve(), folder / "busybox")
    for name in names:
        (folder / name).symlink_to("busybox")


def run_with_daemon(run, needed=()) -> int:
    """Returns: what `run(daemon)` returns; where no daemon can run 77, or 1 if one is required."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # of dockerd and runc
    daemon = None
    try:
        if os.geteuid() != 0:
            raise CannotRun("root, to start a Docker daemon")
        for file in (BUSYBOX, *needed):
            if not file.exists():
                raise CannotRun(f"{file} (busybox is Debian's busybox-static)")
        daemon = Daemon()
        return run(daemon)
    except CannotRun as reason:
        print(f"SKIPPED: it needs {reason}", file=sys.stderr)
        return 1 if os.environ.get("LASTCALL_REQUIRE_DOCKER") else 77
    finally:
        if daemon:
            daemon.close()


def run_case(name: str, case, *arguments) -> bool:
    """What the case returns is shown beside its verdict."""
    began = time.monotonic()
    try:
        verdict, said = "PASS", case(*arguments) or ""
    except Exception:  # one case that breaks does not hide the others
        verdict, said = "FAIL", "\n" + traceback.format_exc()
    print(f"{verdict}  {time.monotonic() - began:5.1f} s  {name}{said and ': ' + said}", flush=True)
    return verdict == "PASS"


def status_of(verdicts) -> int:
    """Of all cases; none at all is a failure, too."""
    verdicts = list(verdicts)
    print(f"{sum(verdicts)} of {len(verdicts)} cases passed")
    return 0 if verdicts and all(verdicts) else 1


def run_functions(daemon: Daemon, functions, wanted) -> int:
    """Each function of the daemon is a case; its name is the sentence that it proves."""
    return status_of([run_case(one.__name__.replace("_", " "), one, daemon) for one in functions
                      if not wanted or one.__name__ in wanted])
