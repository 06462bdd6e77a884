"""The clients of load.py as a program of their own, reload_clients: as many as a server takes."""
import asyncio
import json

from load import Account


class Clients:
    """Runs from `start` to `stop`; `requests` is how many have ended so far."""

    def __init__(self, programs, target, lanes):
        paths = [word for method, path in target.paths for word in (f"--{method.lower()}", path)]
        self.command = [
            str(programs / "reload_clients"), "load", "--port", str(target.port), *paths, "--body",
            target.body, "--echo", "yes" if target.echoes else "no",
            *(word for name, count in lanes.items() for word in (f"--{name}", str(count)))]
        self.process = self.reader = None
        self.requests, self.told = 0, None

    async def start(self):
        self.process = await asyncio.create_subprocess_exec(
            *self.command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            limit=1 << 24)
        self.reader = asyncio.create_task(self.read())

    async def read(self):
        async for line in self.process.stdout:
            told = json.loads(line)
            if isinstance(told, int):
                self.requests = told
            else:
                self.told = told

    async def stop(self):
        """Every request that was begun is waited for. Returns the account."""
        self.process.stdin.close()
        await self.reader
        if await self.process.wait() != 0 or not self.told:
            raise OSError("reload_clients could not make the load")
        made = Account()
        made.ends.update(self.told["ends"])
        made.lanes.update(self.told["lanes"])
        made.versions.update(self.told["versions"])
        made.noticed, made.longest = self.told["noticed"], self.told["longest_ms"] / 1000
        made.lost = [tuple(one) for one in self.told["lost"]]
        return made

    def end(self):
        """Whatever has happened."""
        if self.process.returncode is None:
            self.process.kill()
