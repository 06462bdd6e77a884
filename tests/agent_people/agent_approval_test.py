#!/usr/bin/python3
"""Who may deploy, who may approve, and what an approval is good for; against the real agent.

usage: agent_approval_test.py DIRECTORY-OF-THE-PROGRAMS
"""
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from people import Guarded  # noqa: E402  (the folder is known only now)
from support.claims import check, claims
from support.load import Load
from support.waiting import until
from support.web_home import prove_one_serves, service


def error_of(answer):
    return answer[1].get("error", {}) if isinstance(answer[1], dict) else {}


def waiting_deploy(home, version):
    answer = home.deploy(version)
    check("it is taken", answer[0] == 202, answer)
    check("and waits", until(lambda: home.last_state(answer[1]["number"]) == "planned"))
    return answer[1]["number"]


def approve(guarded, token, number, digest):
    return guarded.ask("POST", f"/v1/deploys/{number}/approve", token, {"digest": digest})


def try_roles(guarded, tokens):
    deploys = "/v1/services/web/deploys"
    body = {"command": guarded.home.command("stolen")}
    before = len(guarded.home.rows("deploy_asked"))
    for name in ("reader", "chief", "other"):
        answer = guarded.ask("POST", deploys, tokens[name], body)
        check(f"the token {name} may not deploy", answer[0] == 403, answer)
        for verb in ("rollback", "restart", "stop"):
            answer = guarded.ask("POST", f"/v1/services/web/{verb}", tokens[name])
            check(f"the token {name} may not {verb}", answer[0] == 403, answer)
        answer = guarded.ask("POST", "/v1/stop", tokens[name])
        check(f"the token {name} may not stop all", answer[0] in (403, 404), answer)
    check("none of that is written down as asked for",
          len(guarded.home.rows("deploy_asked")) == before)
    for name, token in tokens.items():
        answer = guarded.ask("GET", "/v1/status", token)
        check(f"the token {name} may look", answer[0] == 200, answer)


def try_approvals(guarded, tokens):
    home = guarded.home
    answer = guarded.ask("POST", "/v1/services/web/deploys", tokens["ci"],
                         {"command": home.command("two")})
    check("a token with the role deploys", answer[0] == 202, answer)
    number, digest = answer[1]["number"], answer[1]["digest"]
    for name, why in (("reader", "role"), ("ci", "role"), ("other", "may not approve")):
        answer = approve(guarded, tokens[name], number, digest)
        check(f"the token {name} may not approve", answer[0] == 403, answer)
        check("and is told why", why in error_of(answer).get("message", ""), answer)
    answer = home.ask("POST", f"/v1/deploys/{number}/approve", {"digest": digest})
    check("the owner of the agent is not in the list, and may not either", answer[0] == 403, answer)
    check("who may is said", "token:chief" in error_of(answer).get("hint", ""), answer)
    for wrong in (digest[:-1], digest + "0", digest.upper(), "sha256:" + "0" * 64, "",
                  digest + " "):
        answer = approve(guarded, tokens["chief"], number, wrong)
        check(f"the digest {wrong!r} approves nothing", answer[0] in (400, 409), answer)
    check("it still waits", home.last_state(number) == "planned")
    answer = approve(guarded, tokens["chief"], number, digest)
    check("the one that is named may", answer[0] == 200, answer)
    check("it is done", until(lambda: home.last_state(number) == "done"))
    answer = approve(guarded, tokens["chief"], number, digest)
    check("an approval that is sent again is refused", answer[0] == 409, answer)
    check("it was approved once", len(home.rows("approval", deploy=number)) == 1)
    check("by that token", home.rows("approval", deploy=number)[0]["who"]["name"] == "chief")
    return digest


def try_old_digest(guarded, tokens, old):
    home = guarded.home
    number = waiting_deploy(home, "three")
    answer = approve(guarded, tokens["chief"], number, old)
    check("the digest of another deploy is refused", answer[0] == 409 and
          error_of(answer).get("code") == "digest_mismatch", answer)
    answer = home.ask("POST", f"/v1/deploys/{number}/reject", {"reason": "not this"})
    check("to reject needs no approver", answer[0] == 200, answer)
    check("it is rejected", until(lambda: home.last_state(number) == "rejected"))
    answer = approve(guarded, tokens["chief"], number, home.show_deploy(number)["digest"])
    check("what was rejected cannot be approved", answer[0] == 409, answer)


def try_changed_program(guarded, tokens, kills_agent):
    """The file that runs is another one by the time somebody approves."""
    home = guarded.home
    script = home.path / "server.py"
    shutil.copy(service, script)
    command = [sys.executable, str(script), str(home.port), "changed"]
    number = home.ask("POST", "/v1/services/web/deploys", {"command": command})[1]["number"]
    until(lambda: home.last_state(number) == "planned")
    digest = home.show_deploy(number)["digest"]
    script.write_text(service.read_text(encoding="utf-8") + "\n# other\n", encoding="utf-8")
    how = ", though another agent came meanwhile" if kills_agent else ""
    if kills_agent:
        agent = home.agent_pid()
        os.kill(agent, signal.SIGKILL)
        check("another agent comes", until(lambda: home.agent_pid() not in (0, agent)))
        until(guarded.is_listening)
    answer = approve(guarded, tokens["chief"], number, digest)
    if answer[0] == 200:
        check("it ends", until(lambda: home.is_over(number)))
    check(f"what has changed since it was shown is not run{how}",
          home.last_state(number) != "done", answer)
    if not home.is_over(number):
        home.ask("POST", f"/v1/deploys/{number}/reject", {})
    check("what ran before serves on", until(home.is_settled))


def try_gone_program(guarded, tokens):
    """The program is not there any more when another agent looks at what waits."""
    home = guarded.home
    script = home.path / "gone"
    script.write_text(f"#!{sys.executable}\n" + service.read_text(encoding="utf-8"),
                      encoding="utf-8")
    script.chmod(0o755)
    command = [str(script), str(home.port), "gone"]
    number = home.ask("POST", "/v1/services/web/deploys", {"command": command})[1]["number"]
    until(lambda: home.last_state(number) == "planned")
    digest = home.show_deploy(number)["digest"]
    script.unlink()
    agent = home.agent_pid()
    os.kill(agent, signal.SIGKILL)
    if not check("another agent comes, though the program is gone",
                 until(lambda: home.agent_pid() not in (0, agent))):
        shutil.copy(service, script)
        script.chmod(0o755)
        until(home.agent_pid)
    until(guarded.is_listening)
    approve(guarded, tokens["chief"], number, digest)
    check("it is not done", until(lambda: home.is_over(number)) and
          home.last_state(number) == "rolled_back")
    check("what ran before serves on", until(home.is_settled))


def try_expiry(guarded, tokens):
    home = guarded.home
    home.write_config("{bake: 0s, approval: {by: [\"token:chief\"], within: 1s}}",
                      version="expiring", top_keys=guarded.top_keys)
    applied = home.lastcall("apply", "--no-wait", str(home.config))
    check("a changed file is taken", applied.returncode == 0, applied.stdout)
    until(lambda: home.web() and not home.web().get("deploy"))
    number = home.deploy("late")[1]["number"]
    digest = home.show_deploy(number)["digest"]
    agent = home.agent_pid()
    os.kill(agent, signal.SIGKILL)
    check("it expires, also when another agent came",
          until(lambda: home.last_state(number) == "rejected"))
    until(lambda: home.agent_pid() not in (0, agent) and guarded.is_listening())
    answer = approve(guarded, tokens["chief"], number, digest)
    check("an approval that comes too late is refused", answer[0] == 409, answer)


def try_forged(guarded, tokens):
    good = tokens["ci"]
    swapped = good[:-8] + good[-7] + good[-8] + good[-6:]
    forged = {"one letter short": good[:-1], "one letter more": good + "A",
              "another last letter": good[:-1] + ("A" if good[-1] != "A" else "B"),
              "two letters swapped": swapped if swapped != good else good[1:],
              "only its beginning": good[:4], "empty": "", "in capitals": good.upper(),
              "of another agent": "lct_" + "A" * 43, "very long": "lct_" + "A" * 8000}
    for what, token in forged.items():
        answer = guarded.ask("POST", "/v1/services/web/restart", token)
        check(f"a token that is {what} is refused", answer[0] in (401, 429), answer)
    for what, header in (("Basic", f"Basic {good}"), ("without a scheme", good),
                         ("with two blanks", f"Bearer  {good}")):
        answer = guarded.ask("POST", "/v1/services/web/restart", None, None,
                             [("Authorization", header)])
        check(f"an Authorization {what} is refused", answer[0] in (401, 429), answer)
    twice = [("Authorization", f"Bearer {good}")] * 2
    answer = guarded.ask("POST", "/v1/services/web/restart", None, None, twice)
    check("two of them are refused", answer[0] in (400, 401, 429), answer)
    check("no token at all is refused", guarded.ask("GET", "/v1/status")[0] in (401, 429))
    for _ in range(10):
        answer = guarded.ask("GET", "/v1/status", "lct_wrong")
    check("who goes on guessing is slowed down", answer[0] == 429, answer)
    answer = guarded.ask("GET", "/v1/status", good)
    check("a good token from there goes on working", answer[0] == 200, answer)
    hashed = [line for line in guarded.tokens_file.read_text(encoding="utf-8").splitlines()
              if good in line]
    check("the file holds no token", not hashed, hashed)


def try_revoked(guarded, tokens):
    short = guarded.token("short", "read", "1s")
    check("a token that expires soon is good until then",
          guarded.ask("GET", "/v1/status", short)[0] == 200)
    check("and not after", until(lambda: guarded.ask("GET", "/v1/status", short)[0] in (401, 429)))
    lines = guarded.tokens_file.read_text(encoding="utf-8").splitlines(True)
    guarded.tokens_file.write_text("".join(one for one in lines if '"reader"' not in one),
                                   encoding="utf-8")
    answer = guarded.ask("GET", "/v1/status", tokens["reader"])
    check("a token that was taken out is refused at once", answer[0] in (401, 429), answer)
    os.chmod(guarded.tokens_file, 0o666)
    answer = guarded.ask("GET", "/v1/status", tokens["ci"])
    check("a file that anybody can write lets nobody in", answer[0] == 503, answer)
    os.chmod(guarded.tokens_file, 0o600)
    check("until it is private again", guarded.ask("GET", "/v1/status", tokens["ci"])[0] == 200)


def try_other_user(home):
    """Another user on this host, first as it is, then past the file system."""
    if os.geteuid() != 0:
        print("another user on this host: skipped, only root can be another one")
        return
    path = home.path / "run" / "api.sock"

    def as_nobody():
        return subprocess.run(["curl", "-sS", "-i", "--max-time", "20", "--unix-socket", path,
                               "-X", "POST", "http://localhost/v1/stop"], text=True, cwd="/",
                              user=65534, group=65534, extra_groups=[], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout

    refused = as_nobody()
    check("another user does not come to the socket", " 403 " not in refused and
          "HTTP" not in refused, refused)
    os.chmod(home.path, 0o755)
    os.chmod(path.parent, 0o755)
    os.chmod(path, 0o666)
    refused = as_nobody()
    check("where it does, it is refused by its uid", " 403 " in refused and "65534" in refused,
          refused)
    check("and nothing was stopped", home.is_settled())


def try_two_deploys(home):
    """Asked for at the same moment: one is taken."""
    for _ in range(5):
        connections = []
        for _ in range(2):
            one = socket.socket(socket.AF_UNIX)
            one.settimeout(20)
            one.connect(str(home.path / "run" / "api.sock"))
            connections.append(one)
        for one in connections:
            one.sendall(b"POST /v1/services/web/restart HTTP/1.1\r\nHost: x\r\n"
                        b"Content-Length: 0\r\nConnection: close\r\n\r\n")
        answers = []
        for one in connections:
            with one:
                answers.append(one.recv(65536).split(b" ")[1])
        check("of two deploys at once one is taken, the other refused",
              sorted(answers) == [b"202", b"409"], answers)
        check("and it is done", until(home.is_settled))


def main():
    with Guarded("{bake: 100ms, approval: {by: [\"token:chief\"]}}") as guarded:
        home = guarded.home
        tokens = {name: guarded.token(name, role) for name, role in
                  (("reader", "read"), ("ci", "deploy"), ("chief", "approve"),
                   ("other", "approve"))}
        check("it becomes ready, with TLS", guarded.up())
        with Load(home.port) as load:
            try_roles(guarded, tokens)
            digest = try_approvals(guarded, tokens)
            try_old_digest(guarded, tokens, digest)
            try_changed_program(guarded, tokens, False)
            try_changed_program(guarded, tokens, True)
            try_gone_program(guarded, tokens)
            try_expiry(guarded, tokens)
            try_two_deploys(home)
            try_other_user(home)
            try_forged(guarded, tokens)
            try_revoked(guarded, tokens)
            prove_one_serves(home, load, "at the end")
            failures = load.new_failures()
            check("no request is lost by any of it", not failures, *failures[:3])
        check("it stops in order", home.down() == 0)
        claims.end(f"{load.total()} requests")


main()
