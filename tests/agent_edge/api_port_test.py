#!/usr/bin/python3
"""What becomes of `api.listen` when somebody else listens there: before the start, and later.

usage: api_port_test.py DIRECTORY-OF-THE-PROGRAMS
"""
import os
import signal
import socket
import ssl
import subprocess

from edge import Home, check, end, free_port, until


def answers_over_tls(port):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
            with context.wrap_socket(plain) as secure:
                secure.sendall(b"GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                return secure.recv(12) == b"HTTP/1.1 200"
    except OSError:
        return False


port = free_port()
with Home() as home:
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-keyout", home.path / "key.pem",
                    "-out", home.path / "cert.pem"], check=True, capture_output=True)
    (home.path / "tokens.yaml").write_text("tokens: []\n", encoding="utf-8")
    for name in ("key.pem", "tokens.yaml"):
        (home.path / name).chmod(0o600)
    home.write("services:\n  web:\n    command: [sleep, '1000']\n"
               f"api:\n  certificate: cert.pem\n  listen: 127.0.0.1:{port}\n"
               "  key: key.pem\n  tokens: tokens.yaml\n")

    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        refused = home.lastcall("up", str(home.config))
        check("an address that is taken is refused", refused.returncode == 1, refused.stdout)
        check("with its line", f"{home.config}:6: api.listen: " in refused.stdout, refused.stdout)
        check("the reason and the fix", "already in use" in refused.stdout
              and "ss -ltnp" in refused.stdout, refused.stdout)
        check("and nothing is started", not home.processes() and not home.rows("agent_started"))

    home.begin()
    if check("it starts where the address is free", until(home.is_ready), home.said()):
        check("and listens there", until(lambda: answers_over_tls(port)), home.said())
        agent = home.status()["pid"]
        child = home.service("web")["generations"][0]["main_pid"]
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

            def takes_the_address():
                try:
                    other.bind(("127.0.0.1", port))
                    other.listen()
                    return True
                except OSError:
                    return False

            # Stopped, the keeper starts no other agent until the address belongs to somebody else.
            os.kill(home.up.pid, signal.SIGSTOP)
            os.kill(agent, signal.SIGKILL)
            taken = until(takes_the_address)
            os.kill(home.up.pid, signal.SIGCONT)
            check("the address is somebody else's", taken)
            check("the next agent goes on without it",
                  until(lambda: home.status().get("pid", agent) != agent), home.said())
            check("and says so in its status", until(
                lambda: any(str(port) in one for one in home.status().get("degraded", []))),
                home.status())
            check("in its log", "the API does not listen at" in home.said(), home.said())
            check("and in the journal", until(lambda: home.rows("api_refused")))
            check("the service never notices",
                  home.service("web")["generations"][0]["main_pid"] == child, home.status())
            second = home.status()["pid"]
        check("it listens once the address is free again", until(lambda: answers_over_tls(port)),
              home.said())
        check("the same agent", home.status().get("pid") == second, home.said())
        check("which is written down", until(lambda: home.rows("api_listens")))
        check("and nothing is degraded any more", until(lambda: not home.status()["degraded"]),
              home.status())
end()
