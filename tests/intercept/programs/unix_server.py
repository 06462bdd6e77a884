"""A server at a unix socket, as most are written: remove the path, bind, listen, and remove it
again at the end. Each connection gets the answer."""
import os
import signal
import socket
import sys

path, answer = sys.argv[1], sys.argv[2].encode()
try:
    os.unlink(path)
except FileNotFoundError:
    pass
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(5)


def leave(*_):
    os.unlink(path)
    os._exit(0)


signal.signal(signal.SIGTERM, leave)
while True:
    connection, _ = listener.accept()
    connection.recv(4096)
    connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + answer)
    connection.close()
