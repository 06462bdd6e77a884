"""An ordinary ASGI application."""
import asyncio
import os
from urllib.parse import parse_qs

version = os.environ["VERSION"]
if version == "broken":
    raise RuntimeError("this version does not work")
FILE = b"x" * (4 << 20)


async def app(scope, receive, send):
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    while (await receive()).get("more_body"):
        pass
    if scope["path"] == "/slow":
        await asyncio.sleep(0.05)
    body = FILE if scope["path"] == "/download" else b"done\n"
    headers = [(b"content-length", str(len(body)).encode()), (b"x-version", version.encode()),
               (b"x-id", parse_qs(scope["query_string"])[b"id"][0])]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
