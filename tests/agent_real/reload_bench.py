#!/usr/bin/python3
"""Requests lost while versions are replaced: `lastcall deploy`, and the reloads of the servers themselves.

usage: reload_bench [all | library | reloads]... [--out OUT] [--bin DIRECTORY] [--only NAME]...
                    [--deploys N] [--requests N] [--rounds N] [--reloads N]

library   the reference service, which drains by the library: N deploys (100), N requests (1000000)
reloads   unmodified servers by `lastcall deploy` beside the reloads of nginx, HAProxy, h2o, gunicorn,
          pm2 and a Node cluster, in turn: N rounds (3) of N reloads (10), one each two seconds;
          --only: those whose name begins so, and nginx, with which they are compared

The clients are those of BIN/reload_clients; none asks twice.

OUT.md is a table, OUT.json its values. Exit status 3: a figure was not reached.
"""
import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from clients import Clients
from load import LOSSES, Target
from reloads import Deployed, Failed, deployed, peers
from servers import Place, Server
from support import home
from support.ports import free_port

# All get the same load, so there are no downloads: HAProxy has none to answer with.
LANES = {"fresh": 6, "kept": 40}
MANY = {"fresh": 24, "kept": 160}  # the million takes as long as the deploys do
EACH = 2.0  # seconds from one reload to the next
# An order waits for the disk: more of them, and all others wait behind orders.
ORDERS_PATHS = (("POST", "/orders"),) + (("GET", "/"),) * 14 + (
    ("GET", "/slow?ms=50"),) * 2 + (("GET", "/catalogue"),) * 3


class Results:
    """Rows of a table: the form is that of the other benchmarks."""

    def __init__(self):
        self.measures, self.notes, self.is_reached = [], [], True

    def note(self, text):
        print(f"reload_bench: NOTE: {text}", file=sys.stderr)
        self.notes.append(text)

    def add(self, figure, server, what, values, at_most=None, note=""):
        row = {"figure": figure, "server": server, "what": what, "unit": "",
               "median": statistics.median(values), "values": values}
        if at_most is not None:
            row |= {"at_most": at_most, "each_value": False, "reached": row["median"] <= at_most}
            self.is_reached = self.is_reached and row["reached"]
        self.measures.append(row | ({"note": note} if note else {}))

    def markdown(self):
        lines, figure = ["# Requests lost while versions are replaced"], None
        for row in self.measures:
            if row["figure"] != figure:
                figure = row["figure"]
                lines += ["", f"## {figure}", "",
                          "| server | what | runs | median | range | to reach | reached |",
                          "|---|---|---|---|---|---|---|"]
            values, goal = row["values"], row.get("at_most")
            reached = "" if goal is None else "yes" if row["reached"] else "**no**"
            note = f" ({row['note']})" if "note" in row else ""
            lines.append(f"| {row['server']} | {row['what']} | {len(values)} | {row['median']:g} | "
                         f"{min(values):g} – {max(values):g} | "
                         f"{'' if goal is None else f'≤ {goal:g}'} | {reached}{note} |")
        if self.notes:
            lines += ["", "## Notes", ""] + [f"- {note}" for note in self.notes]
        return "\n".join(lines) + "\n"

    def write(self, out):
        Path(f"{out}.md").write_text(self.markdown())
        Path(f"{out}.json").write_text(json.dumps(
            {"format": "lastcall-bench/2", "program": "reload_bench", "measures": self.measures,
             "notes": self.notes}, indent=1, ensure_ascii=False) + "\n")


async def under_load(way, reloads, requests=0, lanes=None, **target):
    """The account of a load during so many reloads, and until so many requests are made."""
    with tempfile.TemporaryDirectory(prefix="lastcall-reloads-") as folder:
        place, load = Place(free_port(), Path(folder)), None
        try:
            await way.start(place)
            load = Clients(home.programs, Target(place.port, **target), lanes or LANES)
            await load.start()
            await asyncio.sleep(EACH)
            for number in range(1, reloads + 1):
                due = time.monotonic() + EACH
                await way.reload(f"v{number}")
                await asyncio.sleep(max(0, due - time.monotonic()))
            while load.requests < requests:
                await asyncio.sleep(0.1)
            return await load.stop()
        finally:
            if load:
                load.end()
            way.end()


async def measure_library(chosen, into):
    def command(place, _):
        return [str(chosen.bin / "orders"), "--listen", f"127.0.0.1:{place.port}", "--db",
                f"sqlite:{place.home}/orders.db", "--temp-dir", str(place.home), "--grace", "20s"]
    orders = Deployed(Server((), command, ready="/ready"))
    account = await under_load(orders, chosen.deploys, chosen.requests, MANY,
                               paths=ORDERS_PATHS, body='{"item":"a","quantity":1}', echoes=False)
    lost = account.requests - account.ends["answered"]
    bound = f"{account.requests} requests; 95 % bound for none lost {300 / account.requests:.2g} %"
    into.add("library", "orders, lastcall deploy", f"requests lost in {chosen.deploys} deploys", [lost],
             at_most=0, note=bound)
    into.note(f"orders: {account.text()}")
    for one in account.lost[:20]:
        into.note(f"orders: {one}")


async def measure_reloads(chosen, into):
    ways = {name: way for name, way in {**deployed(), **peers()}.items()
            if not chosen.only or name.startswith(("nginx", *chosen.only))}
    for name, way in list(ways.items()):
        if way.missing():
            into.note(f"{name}: {' and '.join(way.missing())} not installed")
            del ways[name]
    accounts = {name: [] for name in ways}
    for _ in range(chosen.rounds):
        for name, way in ways.items():
            try:
                account = await under_load(way, chosen.reloads)
                accounts[name].append(account)
                print(f"{name}: {account.text()}", file=sys.stderr)
            except Failed as error:
                into.note(f"{name}: {error}")
    accounts = {name: runs for name, runs in accounts.items() if runs}
    races = {name: [round(run.per_100_000("idle_race"), 1) for run in runs]
             for name, runs in accounts.items()}
    ours = deployed()
    for name, values in races.items():
        peer = races.get("gunicorn HUP" if name.startswith("gunicorn") else "nginx -s reload")
        goal = statistics.median(peer) if peer and name in ours else None
        total = sum(run.requests for run in accounts[name])
        into.add("idle-race closes per 100,000 requests", name, f"{chosen.reloads} reloads", values,
                 goal, f"{total} requests")
    for name, runs in accounts.items():
        into.add("lost otherwise (refused, reset on a fresh connection, cut, 5xx)", name,
                 f"{chosen.reloads} reloads", [sum(run.ends[end] for end in LOSSES) for run in runs],
                 0 if name in ours else None)
    for name, runs in accounts.items():
        for lost in [one for run in runs for one in run.lost if one[2] in LOSSES][:5]:
            into.note(f"{name}: {lost}")


def main():
    reader = argparse.ArgumentParser(usage=__doc__)
    reader.add_argument("figures", nargs="*", default=["all"])
    reader.add_argument("--out")
    reader.add_argument("--only", action="append", default=[])
    reader.add_argument("--bin", type=Path, default=Path(sys.argv[0]).absolute().parent)
    for name, default in (("deploys", 100), ("requests", 1_000_000), ("rounds", 3), ("reloads", 10)):
        reader.add_argument(f"--{name}", type=int, default=default)
    chosen, into = reader.parse_args(), Results()
    home.programs = chosen.bin
    figures = {"library": measure_library, "reloads": measure_reloads}
    unknown = set(chosen.figures) - {"all", *figures}
    if unknown:
        reader.error(f"no such figure: {' '.join(unknown)}; there are: all {' '.join(figures)}")
    for name, measure in figures.items():
        if name in chosen.figures or "all" in chosen.figures:
            asyncio.run(measure(chosen, into))
    print(into.markdown())
    if chosen.out:
        into.write(chosen.out)
    return 0 if into.is_reached else 3


if __name__ == "__main__":
    sys.exit(main())
