"""A Docker daemon of the test's own: its data, sockets, containerd and cgroups are private,
and it is gone when the test is over."""
import os
import queue
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

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
