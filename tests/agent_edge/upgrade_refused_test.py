#!/usr/bin/python3
"""An upgrade to an agent that does not work: the old one is back, and it is written down why.

usage: upgrade_refused_test.py DIRECTORY-OF-THE-PROGRAMS
"""
import shutil

from edge import Home, check, end, until

with Home() as home:
    home.write("services:\n  web:\n    command: [sleep, '1000']\n")
    home.begin()
    check("it starts", until(home.is_ready), home.said())
    child = home.service("web")["generations"][0]["main_pid"]
    broken = home.path / "broken"
    broken.mkdir()
    for name in ("lastcall-keeper", "lastcall-init"):
        shutil.copy(home.programs / name, broken / name)
    (broken / "lastcall").write_text("#!/bin/sh\nexit 7\n", encoding="utf-8")
    (broken / "lastcall").chmod(0o755)

    refused = home.lastcall("upgrade", str(broken))
    check("the upgrade is refused", refused.returncode == 1, refused.returncode, refused.stdout)
    check("with the reason", "status 7" in refused.stdout, refused.stdout)
    rows = home.rows("upgrade_refused")
    check("it is in the journal, once",
          len(rows) == 1 and "status 7" in rows[0]["fields"]["reason"], rows)
    events = home.lastcall("events", "-n", "100")
    check("the events tell it", "not upgraded: the new agent exited with status 7" in events.stdout,
          events.stdout)
    history = home.lastcall("history")
    check("the history tells it", "refused: the new agent exited with status 7" in history.stdout,
          history.stdout)
    check("the service never notices",
          home.service("web")["generations"][0]["main_pid"] == child, home.status())
    good = home.lastcall("upgrade", str(home.programs))
    check("a good one is taken", good.returncode == 0, good.stdout)
    check("and nothing is refused then", len(home.rows("upgrade_refused")) == 1)
end()
