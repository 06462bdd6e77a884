"""Answers every connection with its version; writes when it begins and when it ends.

usage: service.py PORT VERSION LOG      PORT 0: it listens nowhere
"""
import os
import signal
import socket
import sys
import threading
import time

port, version, log = int(sys.argv[1]), sys.argv[2], sys.argv[3]


def note(what):
    with open(log, "a", encoding="utf-8") as file:
        file.write(f"{os.environ['LASTCALL_SERVICE']} {what} {time.monotonic()}\n")


ended = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: ended.set())
note("begins")
if port:
    def serve(listener):
        while True:
            connection, _ = listener.accept()
            connection.sendall(version.encode())
            connection.close()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(64)
    threading.Thread(target=serve, args=[listener], daemon=True).start()
ended.wait()
time.sleep(0.2)
note("ends")
os._exit(0)
