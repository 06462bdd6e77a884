#!/usr/bin/python3
"""A real, unmodified server under `lastcall up` and a load that never pauses: twenty deploys.

usage: agent_real_test.py DIRECTORY-OF-THE-PROGRAMS SERVER

Every request is accounted for. None may be lost but those that HTTP itself permits a server to lose:
a connection that it closes while it is idle, in the moment in which the client uses it again.
"""
import asyncio
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from asked_home import AskedHome  # noqa: E402  (the folder is known only now)
from load import LOSSES, MIXED, Load, Target
from servers import SERVERS, Place
from support.claims import check, claims
from support.ports import free_port
from support.processes import descendants, is_alive

DEPLOYS = 20
BROKEN, TAKEN_BACK, BACK_AFTERWARDS = 5, 10, 15  # what is special about some of them


async def deploy(home, kind, place, number):
    """The deploy of this number, with what is special about it; returns the version that serves."""
    version = f"v{number}"
    if number == BROKEN:
        status, text = await home.run("deploy", "web", "--", *kind.command(place, "broken"))
        check("a version that does not start is rolled back", status == 1, text)
        return f"v{number - 1}"
    if number == TAKEN_BACK:
        following = asyncio.create_task(
            home.run("deploy", "web", "--", *kind.command(place, version)))
        bakes = await home.comes_to(lambda web: web.get("deploy", {}).get("state") == "baking")
        status, text = await home.run("rollback", "web")
        check("a deploy is taken back while the version before it lives", bakes and status == 0, text)
        status, text = await following
        check("who follows the deploy is told", status == 1, text)
        return f"v{number - 1}"
    if number == BACK_AFTERWARDS:
        status, text = await home.run("rollback", "web")
        check("the version before comes back when it has ended already", status == 0, text)
        return f"v{number - 2}"
    status, text = await home.run("deploy", "web", "--", *kind.command(place, version))
    check(f"deploy {number} is done", status == 0, text)
    return version


async def one_generation_serves(home, place, version):
    """Nothing but the last generation is left, and it is the one that answers."""
    alone = await home.comes_to(lambda web: len(web.get("generations", ())) == 1)
    web = await home.service()
    check("one generation is left, and ready", alone and web["state"] == "ready")
    inits = [pid for pid, line in descendants(home.keeper.pid).items()
             if line.split(" ")[0].endswith("lastcall-init")]
    check("the processes of the others have ended", inits == [web["generations"][0]["pid"]],
          str(descendants(home.keeper.pid)))
    last = Load(Target(place.port), {"keep-alive": MIXED["keep-alive"]})
    last.start()
    await asyncio.sleep(0.2)
    await last.stop()
    check("it is the right one", set(last.account.versions) == {version},
          f"{version}: {last.account.text()}", str(last.account.versions))


async def run(name, folder):
    kind, place = SERVERS[name], Place(free_port(), folder)
    kind.prepare(place)
    with AskedHome() as home:
        home.up_with({"services": {"web": {
            "command": kind.command(place, "v0"), "listen": f"{kind.host}:{place.port}",
            "directory": str(folder), "ready": kind.ready, "stop": {"signal": kind.signal, "grace": "20s"},
            "deploy": {"bake": {"for": "400ms", "checks": []}}}}})
        ready = await home.comes_to(lambda web: web.get("state") == "ready")
        check("it becomes ready", ready)
        if not ready:
            return

        load = Load(Target(place.port), MIXED)
        load.start()
        version = "v0"
        for number in range(1, DEPLOYS + 1):
            version = await deploy(home, kind, place, number)
        await load.stop()

        account = load.account
        print(f"{name}, {DEPLOYS} deploys: {account.text()}")
        for end in LOSSES:
            lost = [one for one in account.lost if one[2] == end and one[1:3] not in kind.loses]
            check(f"no request has ended as {end}", not lost, *map(str, lost[:10]))
        for lost in account.lost[:20]:
            print("  ", *lost)
        served = {f"v{number}" for number in range(DEPLOYS + 1)} - {f"v{BROKEN}", f"v{BACK_AFTERWARDS}"}
        check("every version that was deployed has served", served <= set(account.versions),
              str(served - set(account.versions)))
        check("there was a load", account.requests > 100 * DEPLOYS, str(account.requests))
        check("downloads were under way", account.lanes["download"] >= DEPLOYS // 2, str(account.lanes))

        await one_generation_serves(home, place, version)
        status, text = await home.run("verify-journal")
        check("the journal is whole", status == 0, text)
        below = descendants(home.keeper.pid)
        status, text = await home.run("stop", "--all")
        check("everything stops", status == 0, text)
        check("cleanly", await asyncio.to_thread(home.end_status) == 0)
        left = {pid: line for pid, line in below.items() if is_alive(pid)}
        check("no process is left", not left, str(left))


def main():
    if len(sys.argv) != 3 or sys.argv[2] not in SERVERS:
        sys.exit(f"{__doc__}\nservers: {' '.join(SERVERS)}")
    missing = SERVERS[sys.argv[2]].missing()
    if missing:
        claims.end(missing=[f"{' and '.join(missing)} not installed"])
    with tempfile.TemporaryDirectory(prefix="lastcall-agent-real-") as folder:
        asyncio.run(run(sys.argv[2], Path(folder)))
    claims.end()


if __name__ == "__main__":
    main()
