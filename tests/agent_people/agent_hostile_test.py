#!/usr/bin/python3
"""What is no request, or too large a one, at the API of the real agent: on both of its doors.

usage: agent_hostile_test.py DIRECTORY-OF-THE-PROGRAMS

The agent answers 4xx or closes, stays alive and idle, keeps its memory and its descriptors, and
writes nothing into the journal. Mutations are from a fixed seed: a run can be repeated.
"""
import os
import random
import socket
import ssl
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from people import Guarded  # noqa: E402  (the folder is known only now)
from support.claims import check, claims
from support.waiting import until

mutations = int(os.environ.get("LASTCALL_TEST_MUTATIONS", "400"))

head = b"Host: x\r\nConnection: close\r\n"
post = b"POST /v1/services/web/deploys HTTP/1.1\r\n" + head


def with_body(body, kind=b"application/json", target=post):
    return (target + b"Content-Type: " + kind + b"\r\nContent-Length: "
            + str(len(body)).encode() + b"\r\n\r\n" + body)


def get(target, more=b""):
    return b"GET " + target + b" HTTP/1.1\r\n" + head + more + b"\r\n"


# Each with the statuses that are right; None stands for a connection that is just closed.
requests = {
    "nothing": (b"", {None}),
    "an empty line": (b"\r\n\r\n", {None, 400}),
    "zeros": (b"\0" * 4096, {None, 400}),
    "a TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xaa" * 500, {None, 400}),
    "SSH": (b"SSH-2.0-OpenSSH_9.2\r\n", {None, 400}),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {None, 400, 401, 404, 405, 505}),
    "HTTP/9": (b"GET /v1/status HTTP/9.9\r\n\r\n", {None, 400, 505}),
    "an unknown verb": (b"BREW /v1/status HTTP/1.1\r\n" + head + b"\r\n", {400, 401, 405, 501}),
    "a long target": (get(b"/v1/" + b"a" * 20000), {None, 400, 414, 431}),
    "a long header": (get(b"/v1/status", b"X-A: " + b"a" * 20000 + b"\r\n"), {None, 400, 431}),
    "many headers": (get(b"/v1/status", b"X-A: a\r\n" * 5000), {None, 400, 431}),
    "an endless line": (b"G" * 300000, {None, 400, 431}),
    "a large body": (with_body(b"[" * (2 << 20)), {None, 400, 401, 413}),
    "a large number": (post + b"Content-Length: 99999999999999999999\r\n\r\n",
                       {None, 400, 401, 413}),
    "a huge length": (post + b"Content-Length: 9000000000000000000\r\n\r\n",
                      {None, 400, 401, 413}),
    "a negative length": (post + b"Content-Length: -1\r\n\r\n", {None, 400}),
    "two lengths": (post + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", {None, 400}),
    "a length and chunks": (post + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
                            b"2\r\n{}\r\n0\r\n\r\n", {None, 400}),
    "a bad chunk": (post + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n", {None, 400, 401}),
    "a large chunk": (post + b"Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n{",
                      {None, 400, 401, 413}),
    "an old folded line": (get(b"/v1/status", b"X-A: a\r\n b\r\n"), {None, 200, 400, 401}),
    "a zero in a header": (get(b"/v1/status", b"X-A: a\0b\r\n"), {None, 400}),
    "a way out of the folder": (get(b"/v1/services/..%2f..%2f..%2fetc%2fpasswd/logs"),
                                {400, 401, 404}),
    "dots": (get(b"/v1/services/../../../etc/passwd/logs"), {400, 401, 404}),
    "a zero in the target": (get(b"/v1/services/web%00x/logs"), {400, 401, 404}),
    "a broken escape": (get(b"/v1/services/%zz"), {400, 401, 404}),
    "no UTF-8": (get(b"/v1/services/%ff%fe"), {400, 401, 404}),
    "an unknown path": (get(b"/v2/status"), {401, 404}),
    "an unknown query": (get(b"/v1/status?x=1"), {400, 401}),
    "a large limit": (get(b"/v1/journal?limit=99999999999999999999"), {400, 401}),
    "a negative limit": (get(b"/v1/journal?limit=-1"), {400, 401}),
    "a large tail": (get(b"/v1/services/web/logs?tail=999999999"), {400, 401}),
    "an odd row": (get(b"/v1/events", b"Last-Event-ID: 1x\r\n"), {400, 401}),
    "a deploy of no number": (get(b"/v1/deploys/0x1"), {400, 401, 404}),
    "a deploy beyond": (get(b"/v1/deploys/9223372036854775808"), {400, 401, 404}),
    "a token at the wrong door": (get(b"/v1/status", b"Authorization: Bearer x\r\n"), {400, 401}),
    "half a body": (post + b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{",
                    {None, 400, 401}),
    "no JSON": (with_body(b"{command: [x]}"), {400, 401}),
    "another type": (with_body(b"command=x", b"application/x-www-form-urlencoded"), {401, 415}),
    "a list": (with_body(b"[]"), {400, 401}),
    "depth": (with_body(b'{"command":' + b"[" * 100000 + b"]" * 100000 + b"}"), {400, 401}),
    "a key twice": (with_body(b'{"note":"a","note":"b"}'), {400, 401}),
    "an unknown key": (with_body(b'{"comand":["x"]}'), {400, 401}),
    "another type in it": (with_body(b'{"command":"x"}'), {400, 401}),
    "a number as a word": (with_body(b'{"command":[1]}'), {400, 401}),
    "a lone surrogate": (with_body(b'{"note":"\\ud800"}'), {400, 401}),
    "bytes that are no UTF-8": (with_body(b'{"note":"\xff\xfe"}'), {400, 401}),
    "a zero in a word": (with_body(b'{"command":["a\\u0000b"]}'), {400, 401, 422}),
    "no such program": (with_body(b'{"command":["/no/such/program"]}'), {401, 422}),
    "an empty command": (with_body(b'{"command":[""]}'), {400, 401}),
    "an odd variable": (with_body(b'{"environment":{"A=B":"c"}}'), {400, 401, 422}),
    "a variable of lastcall": (with_body(b'{"environment":{"LISTEN_FDS":"9"}}'), {400, 401, 422}),
    "a long key": (with_body(b"{}", target=post + b"Idempotency-Key: " + b"k" * 200 + b"\r\n"),
                   {400, 401}),
    "no YAML": (with_body(b"a: [", b"application/yaml",
                          b"POST /v1/apply HTTP/1.1\r\n" + head), {400, 401, 422}),
    "YAML that is a bomb": (with_body(
        b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
            b"%c: &%c [" % (98 + i, 98 + i) + b",".join([b"*%c" % (97 + i)] * 9) + b"]\n"
            for i in range(9)), b"application/yaml", b"POST /v1/apply HTTP/1.1\r\n" + head),
        {400, 401, 422}),
    "an empty apply": (with_body(b"", b"application/yaml",
                                 b"POST /v1/apply HTTP/1.1\r\n" + head), {400, 401}),
}
valid = [get(b"/v1/status"), get(b"/v1/services/web"), get(b"/v1/journal?limit=5&newest=1"),
         get(b"/v1/deploys/1"), get(b"/metrics"), get(b"/v1/services/web/logs?tail=3"),
         with_body(b'{"digest":"sha256:00"}',
                   target=b"POST /v1/deploys/1/approve HTTP/1.1\r\n" + head)]


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def resident_kib(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1])


def answer_to(connection, text):
    """Returns: the status, or None where the connection was closed without one."""
    got = b""
    try:
        connection.sendall(text)
        if not isinstance(connection, ssl.SSLSocket):
            connection.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # it had enough, and may have answered before
    try:
        while piece := connection.recv(65536):
            got = (got + piece)[:4096]
    except TimeoutError:
        # Over TLS nobody says that no more comes: it may wait for the rest.
        return None if isinstance(connection, ssl.SSLSocket) else "nothing"
    except OSError:
        pass
    return int(got.split(b" ")[1]) if got.startswith(b"HTTP/1.1 ") else None


def mutated(chance):
    made = bytearray(chance.choice(valid))
    for _ in range(chance.randint(1, 6)):
        place, how = chance.randrange(len(made)), chance.randrange(4)
        if how == 0:
            made[place] = chance.randrange(256)
        elif how == 1:
            del made[place:place + chance.randint(1, 20)]
        elif how == 2:
            made[place:place] = made[place:place + chance.randint(1, 60)]
        else:
            made[place:place] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 30)))
        made = made or bytearray(b"G")
    return bytes(made)


def try_door(name, connect, agent_pid, token=None):
    def shown(text):
        """With the token, where this door asks for one."""
        more = b"Authorization: Bearer " + token.encode() + b"\r\n" if token else b""
        return text.replace(b"Host: x\r\n", b"Host: x\r\n" + more, 1)

    for what, (text, right) in requests.items():
        with connect() as connection:
            got = answer_to(connection, shown(text))
        check(f"{name}: {what} is refused", got in right or (token and got in (401, 403, 429)),
              got, right)
    chance = random.Random(20261121)
    for number in range(mutations):
        text = shown(mutated(chance))
        with connect() as connection:
            got = answer_to(connection, text)
        check(f"{name}: mutation {number} is answered or closed",
              got in (None, 501, 505) or (got != "nothing" and got < 500), got, text)
    # Many that say nothing, or stop in the middle.
    waiting = [connect() for _ in range(150)]
    for number, one in enumerate(waiting):
        one.sendall(valid[0][:number % 60])
    with connect() as connection:
        got = answer_to(connection, shown(valid[0]))
    check(f"{name}: who asks properly is answered beside them", got == 200, got)
    for one in waiting:
        one.close()
    check(f"{name}: the agent is the one it was", os.path.exists(f"/proc/{agent_pid}"))


def main():
    with Guarded("{bake: 0s}") as guarded:
        try_all(guarded)


def try_all(guarded):
    home = guarded.home

    def local():
        made = socket.socket(socket.AF_UNIX)
        made.connect(str(home.path / "run" / "api.sock"))
        made.settimeout(20)
        return made

    def remote():
        made = guarded.context.wrap_socket(
            socket.create_connection(("127.0.0.1", guarded.api_port), timeout=20),
            server_hostname="localhost")
        made.settimeout(0.5)
        return made

    def without_tls():
        return socket.create_connection(("127.0.0.1", guarded.api_port), timeout=20)

    token = guarded.token("ci", "deploy")
    check("it becomes ready", guarded.up())
    agent = home.agent_pid()
    before = len(home.rows())
    try_door("unix", local, agent)
    warm, held = resident_kib(agent), descriptors(agent)
    try_door("unix", local, agent)
    try_door("tls", remote, agent, token)
    for what in ("nothing", "zeros", "SSH", "an unknown path", "an endless line"):
        with without_tls() as connection:
            got = answer_to(connection, requests[what][0])
        check(f"without TLS {what} gets no answer", got is None, got)
    check("it is the same agent", home.agent_pid() == agent)
    check("nothing of it is in the journal", len(home.rows()) == before)
    check("no descriptor stays open", until(lambda: descriptors(agent) <= held + 2),
          held, descriptors(agent))
    after = resident_kib(agent)
    check("its memory is bounded", after < warm + 16 * 1024, f"{warm} KiB, then {after} KiB")
    check("it stops in order", home.down() == 0)
    claims.end(f"{len(requests)} odd requests and {mutations} mutations, three times; "
               f"{warm} KiB, then {after} KiB")


main()
