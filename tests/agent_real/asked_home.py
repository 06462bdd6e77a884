"""A home that is asked from a coroutine, so that clients go on meanwhile."""
import asyncio
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.home import Home  # noqa: E402  (the folder is known only now)
from support.waiting import ceiling


class AskedHome(Home):
    def up_with(self, configuration):
        self.config.write_text(json.dumps(configuration))  # JSON is YAML
        self.up(self.config)

    async def run(self, *words):
        """Returns the exit status and what was printed."""
        done = await asyncio.to_thread(self.lastcall, *words)
        return done.returncode, done.stdout

    async def service(self):
        return await asyncio.to_thread(self.web)

    async def comes_to(self, condition, seconds=ceiling):
        """`condition` holds for the service as the agent shows it."""
        end = asyncio.get_running_loop().time() + seconds
        while not condition(await self.service()):
            if asyncio.get_running_loop().time() > end:
                return False
            await asyncio.sleep(0.02)
        return True
