#!/usr/bin/python3
"""Keep-alive connections, each with one answer, that stay open.
usage: keep_connections.py COUNT PORT     prints "open" when all of them are"""
import socket
import sys
import time

count, port = int(sys.argv[1]), int(sys.argv[2])
kept = []
for _ in range(count):
    one = socket.create_connection(("127.0.0.1", port))
    one.sendall(b"GET / HTTP/1.1\r\nHost: shop\r\n\r\n")
    kept.append(one)
for one in kept:
    if not one.recv(4096).startswith(b"HTTP/1.1 200"):
        sys.exit("an answer that is none")
print("open", flush=True)
time.sleep(600)
