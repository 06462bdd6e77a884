#!/usr/bin/python3
"""The services that lastcall-init runs in keeper.sh, one function each, and the client.

Files in /out tell what happened; a FIFO /out/NAME.go lets a service go on. There is no
library of systemd here: what the protocols demand is checked as strictly as it would.
"""
import os
import signal
import socket
import sys
import time


def notify(*lines, fds=()):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
        to.connect(os.environ["NOTIFY_SOCKET"].replace("@", "\0", 1))
        socket.send_fds(to, ["\n".join(lines).encode()], fds)


def write(name, text=""):
    with open(f"/out/{name}", "w", encoding="utf-8") as file:
        file.write(f"{text}\n")


def wait_for_go(name):
    with open(f"/out/{name}.go", encoding="utf-8") as fifo:
        fifo.read()


def wait_for_term():
    """SIGTERM has been blocked since the start, in main."""
    signal.sigwait({signal.SIGTERM})


def tells():
    """Does all of sd_notify(3) by itself."""
    write("tells.started")
    wait_for_go("tells")
    write("tells.said_ready")
    notify("READY=1", "STATUS=taking orders")
    wait_for_term()
    notify("STOPPING=1", "STATUS=finishing order 17")
    wait_for_go("tells")


def extends():
    """Needs more than the unit gives, and says so."""
    notify("READY=1")
    wait_for_term()
    notify("EXTEND_TIMEOUT_USEC=6000000", "STATUS=needs more time")
    time.sleep(3)


def daemon():
    """Forks, names the child as the main process, and leaves it alone."""
    write("daemon.first", os.getpid())
    done, told = os.pipe()
    if os.fork() > 0:
        os.close(told)
        os.read(done, 1)
        return
    os.close(done)
    os.setsid()
    notify(f"MAINPID={os.getpid()}", "READY=1")
    os.close(told)
    wait_for_go("daemon")
    sys.exit(7)


def leaves_some():
    """Ends at once; what it started needs a second to clean up, in a session of its own."""
    if os.fork() == 0:
        os.setsid()
        notify("READY=1")
        wait_for_term()
        time.sleep(1)
        write(f"{sys.argv[2]}.cleaned")
        return
    wait_for_term()


def ends_before_the_rest():
    """The main program ends by itself; its child works on until it may go."""
    if os.fork() == 0:
        notify("READY=1")
        wait_for_term()
        wait_for_go("ends")


def ignores():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    notify("READY=1")
    while True:
        signal.pause()


def listens():
    """Takes its socket as sd_listen_fds(3) has it."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or os.environ.get("LISTEN_FDS") != "1":
        sys.exit(f"LISTEN_PID={os.environ.get('LISTEN_PID')} for process {os.getpid()}")
    with socket.socket(fileno=3) as listener, listener.accept()[0] as client:
        client.sendall(b"served " + os.environ["LISTEN_FDNAMES"].encode())
    wait_for_term()


def barks():
    """Feeds the watchdog for three of its intervals, then no more."""
    if os.environ.get("WATCHDOG_PID") != str(os.getpid()):
        sys.exit(f"WATCHDOG_PID={os.environ.get('WATCHDOG_PID')} for process {os.getpid()}")
    notify("READY=1")
    for _ in range(30):
        notify("WATCHDOG=1")
        time.sleep(int(os.environ["WATCHDOG_USEC"]) / 1e7)
    write("barks.fed")
    signal.sigwait({signal.SIGABRT})
    write("barks.aborted")


def stores():
    """Leaves a descriptor with systemd."""
    kept = os.memfd_create("state")
    notify("FDSTORE=1", "FDNAME=state", fds=[kept])
    notify("READY=1")
    wait_for_term()


def opens_tcp():
    """Knows nothing of readiness: it just listens, when it is let."""
    wait_for_go("tcp")
    with socket.create_server(("127.0.0.1", 8080)):
        wait_for_term()


def opens_http():
    """Listens from the start, and answers 503 until it is let."""
    with socket.create_server(("127.0.0.1", 8081)) as listener:
        answers = 0
        while True:
            with listener.accept()[0] as client:
                client.recv(4096)
                good = os.path.exists("/out/http.good")
                client.sendall(b"HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                               % (b"200 OK" if good else b"503 Not Yet"))
            answers += 1
            write("http.answers", answers)


def ask():
    with socket.socket(socket.AF_UNIX) as server:
        server.settimeout(10)
        server.connect(sys.argv[2])
        print(server.recv(100).decode())


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGABRT})
    if sys.argv[1] == "opens_http":
        signal.pthread_sigmask(signal.SIG_SETMASK, set())
    globals()[sys.argv[1]]()
