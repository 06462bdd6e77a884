#!/usr/bin/python3
"""What is secret in the environment of a service is nowhere but where it must be.

usage: agent_secret_test.py DIRECTORY-OF-THE-PROGRAMS
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.claims import check, claims  # noqa: E402  (the folder is known only now)
from support.processes import environment_of
from support.waiting import until
from support.web_home import WebHome

# One for each way that a value takes.
secrets = {"configuration": "hunter2-of-the-file", "environment file": "hunter2-beside-it",
           "deploy": "hunter2-of-a-deploy", "apply": "hunter2-applied"}
# They have to be there for the next agent; nobody else may read them.
private = ("applied.json", "run/wanted.json", "versions/")


def keys(secret):
    return [f"environment: {{PASSWORD: {secret}}}", "environment_files: [web.env]"]


def prove_files(home):
    for file in home.path.rglob("*"):
        if not file.is_file() or file.name in ("lastcall.yaml", "web.env"):
            continue
        content, place = file.read_bytes(), str(file.relative_to(home.path))
        for what, secret in secrets.items():
            if secret.encode() not in content:
                continue
            is_meant = place.startswith(private) and what != "environment file"
            check(f"{place} does not hold the secret of the {what}", is_meant)
            check(f"{place} is private", file.stat().st_mode & 0o077 == 0, oct(file.stat().st_mode))


def told(home):
    """All that is told to anybody, by the name of who tells it."""
    made = {"up": (home.path / "up.log").read_text(encoding="utf-8", errors="replace")}
    for words in (["status", "--json"], ["status", "web", "--json"], ["status", "web"],
                  ["history", "web", "--json"], ["history", "web"], ["why", "web", "--json"],
                  ["why", "web"], ["verify-journal"], ["events", "-n", "1000", "--json"],
                  ["events", "-n", "1000"]):
        made[" ".join(words)] = home.lastcall(*words).stdout
    for path in ("/metrics", "/v1/journal?limit=1000", "/v1/status", "/v1/deploys/2",
                 "/v1/services/web/history?limit=1000"):
        made[path] = str(home.ask("GET", path)[1])
    return made


def main():
    with WebHome("{bake: 0s}", service_keys=keys(secrets["configuration"])) as home:
        (home.path / "web.env").write_text(f"TOKEN={secrets['environment file']}\n",
                                           encoding="utf-8")
        home.up()
        check("it becomes ready", until(home.is_settled))
        answer = home.ask("POST", "/v1/services/web/deploys",
                          {"command": home.command("two"),
                           "environment": {"KEY": secrets["deploy"]}})
        check("a deploy is done", answer[0] == 202 and until(home.is_settled), answer)
        seen = environment_of(until(lambda: home.serving_processes().get(2)))
        check("the service has them", all(secrets[one] in seen.values() for one in
                                          ("configuration", "environment file", "deploy")), seen)
        home.write_config("{bake: 0s}", service_keys=keys(secrets["apply"]))
        applied = home.lastcall("apply", str(home.config))
        check("another configuration is applied", applied.returncode == 0, applied.stdout)
        check("and runs", until(home.is_settled))
        serving = list(home.serving_processes().values())
        check("with its secret",
              serving and secrets["apply"] in environment_of(serving[0]).values())
        for who, text in told(home).items():
            for what, secret in secrets.items():
                check(f"`{who}` does not tell the secret of the {what}", secret not in text,
                      text[max(0, text.find(secret) - 200):][:300])
        prove_files(home)
        check("it stops in order", home.down() == 0)
        prove_files(home)
        claims.end(f"{len(secrets)} secrets")


main()
