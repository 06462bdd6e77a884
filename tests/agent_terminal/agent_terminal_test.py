#!/usr/bin/python3
"""`lastcall up` in a terminal: Ctrl-C stops all in order and shows how, a second one hurries.

usage: agent_terminal_test.py DIRECTORY-OF-THE-PROGRAMS
"""
import fcntl
import os
import select
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.claims import check, claims  # noqa: E402  (the folder is known only now)
from support.home import Home, programs
from support.load import ask
from support.ports import free_port
from support.waiting import ceiling, until

server = Path(__file__).resolve().parents[1] / "agent_systemd/server.py"
INTERRUPT = b"\x03"


class Terminal(Home):
    """A home where `lastcall up` is the foreground job of a terminal, as a shell starts it."""

    def __init__(self, *options, stop="{}"):
        super().__init__()
        self.ours, self.text, self.is_closed = None, "", True
        self.port = free_port()
        # The file is there: the server waits for nothing.
        words = [sys.executable, "-B", str(server), f"127.0.0.1:{self.port}", "one",
                 str(self.config), *options]
        self.config.write_text(f"""
services:
  web:
    command: {words}
    listen: 127.0.0.1:{self.port}
    ready: /
    stop: {stop}
""")

    def up(self, *_):
        self.ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))

        def take_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        self.keeper = subprocess.Popen(
            [programs / "lastcall", "up", self.config], stdin=theirs, stdout=theirs, stderr=theirs,
            preexec_fn=take_terminal, env=self.environment)
        os.close(theirs)
        self.is_closed = False
        self.reader = threading.Thread(target=self.read)
        self.reader.start()
        check("it says when the service is ready", self.says("done"))
        return self

    def read(self):
        # Not in read(2) for long: a terminal in which somebody reads is not closed by close(2).
        while not self.is_closed:
            if not select.select([self.ours], [], [], 0.05)[0]:
                continue
            try:
                got = os.read(self.ours, 65536)
            except OSError:  # EIO: nobody has the other end any more
                return
            self.text += got.decode(errors="replace").replace("\r\n", "\n")

    def type(self, what):
        os.write(self.ours, what)

    def says(self, text):
        return until(lambda: text in self.text)

    def said(self):
        return self.text

    def hang_up(self):
        if not self.is_closed:
            self.is_closed = True
            self.reader.join()
            os.close(self.ours)

    def clean(self):
        if self.keeper and self.keeper.poll() is None:
            self.down()
        self.hang_up()
        super().clean()


def one_interrupt_stops_all_gracefully(terminal):
    answers = []
    held = threading.Thread(target=lambda: answers.append(ask(terminal.port, "/held")), daemon=True)
    held.start()
    check("what the service prints has its name in front", terminal.says("web | held"))
    terminal.type(INTERRUPT)
    status = terminal.end_status()
    held.join(ceiling)
    check("after Ctrl-C it ends with 0", status == 0, status)
    check("a request that was inside was answered",
          answers and answers[0].endswith("told to stop"), answers)
    check("it tells that a stop was asked for", "stop asked" in terminal.text)
    check("and how the service ended", "web #1: exited with 0" in terminal.text)


def a_second_interrupt_hurries(terminal):
    terminal.type(INTERRUPT)
    check("a service may take its grace", terminal.says("web | asked to stop"))
    check("so that nothing has ended yet", terminal.keeper.poll() is None)
    terminal.type(INTERRUPT)
    check("a second Ctrl-C leaves it only the reserve", terminal.end_status() == 75)


def more_interrupts_kill(terminal):
    terminal.type(INTERRUPT)
    check("a service may take its grace", terminal.says("web | asked to stop"))

    def pressed_again():  # two that come at the same moment are one
        terminal.type(INTERRUPT)
        time.sleep(0.1)
        return terminal.keeper.poll() is not None
    check("who goes on pressing Ctrl-C does not wait for the reserve", until(pressed_again))
    check("what had to be killed is told by the status", terminal.end_status() == 75)


def services_go_on_without_the_terminal(terminal):
    terminal.hang_up()
    check("the service serves on", ask(terminal.port).startswith("one"))
    check("the agent is there", terminal.lastcall("status").returncode == 0)
    done = terminal.lastcall("stop", "--all")
    check("and stops everything", done.returncode == 0, done.stdout)
    check("cleanly", terminal.end_status() == 0)


def job_control_changes_nothing(terminal):
    terminal.type(b"\x1a")  # Ctrl-Z
    check("the agent answers after Ctrl-Z", terminal.lastcall("status").returncode == 0)
    check("the service too", ask(terminal.port).startswith("one"))
    terminal.type(INTERRUPT)
    check("and Ctrl-C stops all", terminal.end_status() == 0)


cases = {
    one_interrupt_stops_all_gracefully: ([], "{}"),
    a_second_interrupt_hurries: (["--deaf"], "{grace: 600s, reserve: 1s}"),
    more_interrupts_kill: (["--deaf"], "{grace: 600s, reserve: 300s}"),
    services_go_on_without_the_terminal: ([], "{}"),
    job_control_changes_nothing: ([], "{}"),
}
for case, (options, stop) in cases.items():
    began = time.monotonic()
    with Terminal(*options, stop=stop) as terminal:
        try:
            case(terminal.up())
        except Exception as error:  # one that breaks does not hide the others
            check(f"{case.__name__} ran to its end", False, repr(error))
        if terminal.keeper.poll() is not None:
            check("nothing is left running", until(lambda: not terminal.processes()))
    print(f"{time.monotonic() - began:4.1f} s  {case.__name__.replace('_', ' ')}")
claims.end()
