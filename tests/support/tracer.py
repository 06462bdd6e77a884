"""strace at a process, to do something to it as it enters or leaves a system call."""
import subprocess

from support.processes import is_alive


class CannotTrace(Exception):
    """This machine has no strace, or does not let it trace; the text says which."""


def start(*words, **where):
    try:
        return subprocess.Popen(["strace", "-f", "-o", "/dev/null", *map(str, words)],
                                stdin=subprocess.DEVNULL, **where)
    except FileNotFoundError:
        raise CannotTrace("strace is not installed") from None


class Tracer:
    """`injected` is that of strace, as in "fdatasync:signal=KILL:when=3". Errors: CannotTrace."""

    def __init__(self, pid, injected):
        self.pid = pid
        call = injected.partition(":")[0]
        self.strace = start("-p", pid, "-e", f"trace={call}", "-e", f"inject={injected}",
                            stderr=subprocess.PIPE, text=True)
        said = self.strace.stderr.readline()
        if "attached" not in said:
            self.strace.communicate()
            raise CannotTrace(f"strace cannot attach: {said.strip()}")

    def leave(self):
        """The process goes on at once, also where it was held."""
        if self.strace.returncode is not None:
            return
        if is_alive(self.pid):
            self.strace.terminate()
        try:
            # It ends by itself with the last thread. Told to meanwhile, it would never end.
            self.strace.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self.strace.kill()
            self.strace.communicate()
