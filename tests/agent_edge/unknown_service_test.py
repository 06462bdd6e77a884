#!/usr/bin/python3
"""Whoever asks about a service that there is not is told so, with those that there are.

usage: unknown_service_test.py DIRECTORY-OF-THE-PROGRAMS
"""
from edge import Home, check, end, until

with Home() as home:
    home.write("services:\n  web:\n    command: [sleep, '1000']\n"
               "  gone:\n    command: [sleep, '1000']\n")
    home.begin()
    check("it starts", until(lambda: home.is_ready() and home.is_ready("gone")), home.said())
    for words in (["logs", "wbe"], ["history", "wbe"], ["why", "wbe"], ["events", "wbe"],
                  ["events", "wbe", "-f", "-n", "0"]):
        got = home.lastcall(*words)
        check(f"{words}: status 1", got.returncode == 1, got.returncode, got.stdout)
        check(f"{words}: it says so, with the names", 'no service "wbe"' in got.stdout
              and "there are: gone, web" in got.stdout, got.stdout)
    for path in ("/v1/services/wbe/logs", "/v1/services/wbe/history", "/v1/events?service=wbe",
                 "/v1/journal?service=wbe"):
        status, body = home.ask(path)
        check(f"{path}: 404", status == 404 and body["error"]["hint"] == "there are: gone, web",
              status, body)
    for words in (["logs", "web"], ["history", "web"], ["why", "web"], ["events", "web"]):
        got = home.lastcall(*words)
        check(f"{words}: one that there is", got.returncode == 0, got.stdout)

    home.write("services:\n  web:\n    command: [sleep, '1000']\n")
    applied = home.lastcall("apply", str(home.config))
    check("it goes", applied.returncode == 0
          and until(lambda: home.ask("/v1/services/gone")[0] == 404), applied.stdout)
    for words in (["logs", "gone"], ["history", "gone"], ["why", "gone"], ["events", "gone"]):
        got = home.lastcall(*words)
        check(f"{words}: one that there was", got.returncode == 0, got.stdout)

    check("it stops", home.lastcall("stop", "--all").returncode == 0)
    for words in (["history", "wbe"], ["why", "wbe"]):
        got = home.lastcall(*words)
        check(f"{words}: of a journal", got.returncode == 1
              and "there are: gone, web" in got.stdout, got.stdout)
end()
