"""A home whose API also listens over TLS, and the tokens of those who ask there."""
import http.client
import json
import ssl
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.home import programs  # noqa: E402  (the folder is known only now)
from support.ports import free_port
from support.waiting import ceiling, until
from support.web_home import WebHome


class Guarded:
    """`deploy` and `more` are those of WebHome"""

    def __init__(self, deploy, **more):
        self.home = WebHome(deploy)
        path = self.home.path
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path / "key.pem",
                        "-out", path / "cert.pem", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                       check=True, stderr=subprocess.DEVNULL)
        self.api_port, self.tokens_file = free_port(), path / "tokens.yaml"
        self.top_keys = [
            "api:", f"  listen: 127.0.0.1:{self.api_port}", f"  certificate: {path}/cert.pem",
            f"  key: {path}/key.pem", f"  tokens: {self.tokens_file}"]
        self.home.write_config(deploy, top_keys=self.top_keys, **more)
        self.context = ssl.create_default_context(cafile=path / "cert.pem")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.home.clean()

    def token(self, name, role, expires=None):
        """Makes one. Returns: the secret."""
        more = ["--expires", expires] if expires else []
        made = subprocess.run([programs / "lastcall", "token", name, "--role", role,
                               "--file", self.tokens_file, *more], text=True, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return made.stdout.strip()

    def ask(self, method, path, token=None, body=None, headers=()):
        """Returns: status and JSON."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.api_port, timeout=ceiling,
                                                 context=self.context)
        try:
            connection.putrequest(method, path)
            text = json.dumps(body).encode() if body is not None else b""
            given = [("Authorization", f"Bearer {token}")] if token is not None else []
            for name, value in [*given, *headers]:
                connection.putheader(name, value)
            if text:
                connection.putheader("Content-Type", "application/json")
            connection.putheader("Content-Length", str(len(text)))
            connection.endheaders(text)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content.startswith(b"{") else content
        finally:
            connection.close()

    def is_listening(self):
        try:
            return self.ask("GET", "/ready")[0] in (200, 503)
        except OSError:
            return False

    def up(self):
        self.home.up()
        return until(self.home.is_settled) and until(self.is_listening)
