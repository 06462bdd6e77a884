"""An ordinary WSGI application."""
import os
import time
from urllib.parse import parse_qs

version = os.environ["VERSION"]
if version == "broken":
    raise RuntimeError("this version does not work")
FILE = b"x" * (4 << 20)


def app(environ, start_response):
    environ["wsgi.input"].read()
    if environ["PATH_INFO"] == "/slow":
        time.sleep(0.05)
    body = FILE if environ["PATH_INFO"] == "/download" else b"done\n"
    start_response("200 OK", [("Content-Length", str(len(body))), ("X-Version", version),
                              ("X-Id", parse_qs(environ["QUERY_STRING"])["id"][0])])
    return [body]
