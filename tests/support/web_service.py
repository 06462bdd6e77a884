"""An unmodified HTTP service for the tests: answers with its version and its generation.

usage: service.py PORT VERSION
VERSION may end in "-late": it listens only after 2 s; in "-held": it neither begins to listen nor
ends after SIGTERM while the file `held` is in its home; "deaf": it never listens. It says READY=1
where somebody wants to hear it (sd_notify(3)).
"""
import os
import select
import signal
import socket
import sys
import time

port, version = int(sys.argv[1]), sys.argv[2]
held = os.path.join(os.environ["TEST_HOME"], "held")


def is_held():
    return version.endswith("-held") and os.path.exists(held)


if version == "deaf":
    time.sleep(1000)
if version.endswith("-late"):
    time.sleep(2)
while is_held():
    time.sleep(0.01)
body = f"{version} {os.environ['LASTCALL_GENERATION']}".encode()
is_told_to_stop = False


def stop(*_):
    global is_told_to_stop
    is_told_to_stop = True


signal.signal(signal.SIGTERM, stop)
woken, wakes = os.pipe()
os.set_blocking(wakes, False)
signal.set_wakeup_fd(wakes)

with socket.create_server(("127.0.0.1", port)) as listener:
    if heard_at := os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.sendto(b"READY=1", heard_at.replace("@", "\0", 1))
    while True:
        patience = None if not is_told_to_stop else 0.01 if is_held() else 0
        ready = select.select([listener, woken], [], [], patience)[0]
        if woken in ready:
            os.read(woken, 100)
        if listener in ready:
            with listener.accept()[0] as connection:
                connection.settimeout(5)
                try:
                    connection.recv(4096)
                    connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + body)
                except OSError:
                    pass  # who asked has gone
        elif is_told_to_stop and not is_held():
            break
