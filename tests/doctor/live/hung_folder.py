#!/usr/bin/python3
"""A file system (FUSE) that never answers a read, a close, or who looks for another file than its
one: a server of files that has gone away. usage: hung_folder.py FOLDER

It is mounted in a namespace of this process only, and seen as /proc/PID/root/FOLDER. When the
process ends the kernel lets go whoever waits, and nothing is left."""
import ctypes
import os
import struct
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 0x40000
PR_SET_PDEATHSIG, SIGKILL = 1, 9
CANNOT_MOUNT = 77

HEADER_IN, HEADER_OUT = struct.Struct("<IIQQIIII"), struct.Struct("<IiQ")
# linux/fuse.h
LOOKUP, GETATTR, OPEN, INIT, OPENDIR, ACCESS = 1, 3, 14, 26, 27, 34
ROOT, FILE = 1, 2
FOR_AN_HOUR = 3600
NAME = b"file"


def attributes(node):
    mode = 0o040755 if node == ROOT else 0o100644
    return struct.pack("<6Q10I", node, 1 << 20, 8, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def answer_to(what, node, rest):
    """None: there is none."""
    if what == INIT:
        return struct.pack("<4I2H2I2H2I6I", 7, 31, 0, 0, 12, 9, 4096, 1, 1, 0, 0, 0, *[0] * 6)
    if what == GETATTR:
        return struct.pack("<Q2I", FOR_AN_HOUR, 0, 0) + attributes(node)
    if what == LOOKUP and rest.rstrip(b"\0") == NAME:
        return struct.pack("<4Q2I", FILE, 0, FOR_AN_HOUR, FOR_AN_HOUR, 0, 0) + attributes(FILE)
    if what in (OPEN, OPENDIR):
        return struct.pack("<Q2I", 0, 0, 0)
    return b"" if what == ACCESS else None


def serve(device):
    while True:
        asked = os.read(device, 1 << 17)
        _, what, unique, node, *_ = HEADER_IN.unpack_from(asked)
        content = answer_to(what, node, asked[HEADER_IN.size:])
        if content is not None:
            os.write(device, HEADER_OUT.pack(HEADER_OUT.size + len(content), 0, unique) + content)


def call(function, *arguments):
    if function(*arguments) != 0:
        print(f"{function.__name__}: {os.strerror(ctypes.get_errno())}", flush=True)
        sys.exit(CANNOT_MOUNT)


def main():
    LIBC.prctl(PR_SET_PDEATHSIG, SIGKILL)
    try:
        device = os.open("/dev/fuse", os.O_RDWR)
    except OSError as error:
        print(f"/dev/fuse: {error.strerror}", flush=True)
        sys.exit(CANNOT_MOUNT)
    call(LIBC.unshare, CLONE_NEWNS)
    call(LIBC.mount, b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0".encode()
    call(LIBC.mount, b"hung", sys.argv[1].encode(), b"fuse.hung", 0, options)
    print("ready", flush=True)
    serve(device)


if __name__ == "__main__":
    main()
