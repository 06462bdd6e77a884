#!/usr/bin/python3
"""A master that listens before its workers have loaded the application is not ready yet.

usage: prefork_test.py DIRECTORY-OF-THE-PROGRAMS
"""
import http.client
import shutil
import sys

from edge import Home, check, end, free_port, until

application = """
import os, time
while not os.path.exists(os.environ["MARK"]):
    time.sleep(0.01)
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"loaded"]
"""
if not shutil.which("gunicorn"):
    print("skipped: gunicorn is not installed")
    sys.exit(77)
port = free_port()
with Home() as home:
    (home.path / "slow.py").write_text(application, encoding="utf-8")
    mark = home.path / "mark"
    home.write("services:\n  web:\n"
               f"    command: [gunicorn, -w, '2', -b, '127.0.0.1:{port}', 'slow:app']\n"
               f"    listen: {port}\n    environment: {{MARK: {mark}}}\n")
    home.begin()
    check("the master listens", until(
        lambda: "Listening at" in home.lastcall("logs", "web").stdout), home.said())
    looks = [home.service("web")["state"] for _ in range(100)]
    check("it is not ready", "ready" not in looks, looks[-1])
    mark.touch()
    check("it is, once the application is loaded", until(home.is_ready), home.status())
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/")
    check("and answers", connection.getresponse().read() == b"loaded")
end()
