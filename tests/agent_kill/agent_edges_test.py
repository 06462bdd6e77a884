#!/usr/bin/python3
"""The agent is killed at every edge of a deploy, good or not, of a rollback and of an approval.

usage: agent_edges_test.py PROGRAMS deploy|failure|rollback|return|approve [CALL...]

The edges are system calls of the agent: it is killed as it enters the Nth fdatasync (each row of
the journal is one for the row and one for the head), the Nth message to the keeper, and the Nth
look for one from it, for every N until what was asked for is done before the Nth comes.
"""
import getpass
import http.client
import itertools
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.claims import check, claims  # noqa: E402  (the folder is known only now)
from support.load import Load
from support.processes import is_alive
from support.tracer import CannotTrace, Tracer
from support.waiting import until
from support.web_home import WebHome, prove_one_serves

calls = ("fdatasync", "sendmsg", "recvmsg")
points_in_a_home = 5  # an agent that dies again and again is started again later and later


class Deploy:
    """A deploy is asked for, and must be done: its new side is confirmed whoever looks at it."""

    terms, final = "{bake: 100ms}", "done"

    @staticmethod
    def prepare(home, version):
        return len(home.rows("deploy_asked")) + 1  # the number that it will have

    @staticmethod
    def act(home, version, _):
        return home.deploy(version)

    @staticmethod
    def finish(home, number):
        return bool(home.rows("deploy_asked", deploy=number))

    @classmethod
    def serves(cls, is_asked, before, version):
        return version if is_asked and cls.final == "done" else before


class Return(Deploy):
    """What ran before is deployed again, by its kept program: the old generation has gone."""

    @staticmethod
    def prepare(home, version):
        number = home.deploy(version)[1]["number"]
        check("it is done", until(lambda: home.last_state(number) == "done"))
        check("the old one has gone", until(home.is_settled))
        return number + 1

    @staticmethod
    def act(home, _version, _number):
        return home.ask("POST", "/v1/services/web/rollback")

    @classmethod
    def serves(cls, is_asked, before, version):
        return before if is_asked else version


class Failure(Deploy):
    """What is deployed never gets ready: it is stopped, and the old one was never touched."""

    terms, final = "{bake: 100ms, ready_within: 1500ms}", "rolled_back"

    @staticmethod
    def act(home, _version, _number):
        return home.deploy("deaf")


class Rollback(Deploy):
    """A deploy is taken back while both generations run."""

    terms, final = "{bake: 60s}", "rolled_back"

    @staticmethod
    def prepare(home, version):
        number = home.deploy(version)[1]["number"]
        check("it comes to the bake", until(lambda: home.last_state(number) == "baking"))
        return number

    @staticmethod
    def act(home, _version, _number):
        return home.ask("POST", "/v1/services/web/rollback")

    @staticmethod
    def finish(home, number):
        if not home.is_over(number) and home.last_state(number) == "baking":
            answer = home.ask("POST", "/v1/services/web/rollback")
            check("what was not written down can be asked for again", answer[0] == 202, answer)
        return True


class Approval(Deploy):
    """A deploy that waits is approved."""

    digest = ""  # of what waits; it is looked at before anybody is killed
    terms, final = f"{{bake: 100ms, approval: {{by: [{getpass.getuser()}], own: true}}}}", "done"

    @staticmethod
    def prepare(home, version):
        number = home.deploy(version)[1]["number"]
        check("it waits", until(lambda: home.last_state(number) == "planned"))
        Approval.digest = home.show_deploy(number)["digest"]
        return number

    @staticmethod
    def act(home, _version, number):
        return home.ask("POST", f"/v1/deploys/{number}/approve", {"digest": Approval.digest})

    @staticmethod
    def finish(home, number):
        if home.rows("approval", deploy=number):
            check("what is written down is not asked for again",
                  until(lambda: home.last_state(number) != "planned"), home.story())
        elif home.last_state(number) == "planned":
            answer = Approval.act(home, None, number)
            check("what was not carried out can be approved again", answer[0] == 200, answer)
        return True


def prove_nothing_lost(home, load, point):
    """Returns: which version serves."""
    version = prove_one_serves(home, load, point)
    failures = load.new_failures()
    check(f"{point}: no request is lost", not failures, *failures[:3])
    return version


def try_point(home, load, kind, call, number, before, version):
    """Returns: whether the agent was killed, and which version serves then."""
    point = f"{kind.__name__} killed at {call} {number}"
    deploy = kind.prepare(home, version)
    agent = home.agent_pid()
    killer = Tracer(agent, f"{call}:signal=KILL:when={number}")
    try:
        answer = kind.act(home, version, deploy)[0]
    except (OSError, http.client.HTTPException):
        answer = 0  # it was killed before it had answered
    until(lambda: not is_alive(agent) or home.last_state(deploy) == kind.final)
    was_killed = not is_alive(agent)
    killer.leave()
    check(f"{point}: an agent answers", until(lambda: home.agent_pid() not in (0, agent) or
                                              (not was_killed and home.agent_pid())))
    if was_killed and not until(lambda: home.agent_pid() not in (0, agent)):
        return True, before
    is_asked = kind.finish(home, deploy)
    check(f"{point}: what was answered is written down", is_asked or answer == 0)
    if is_asked:
        check(f"{point}: it ends", until(lambda: home.is_over(deploy)))
        state = home.show_deploy(deploy)["state"]
        check(f"{point}: it is {kind.final}", state == kind.final, home.show_deploy(deploy))
    wanted = kind.serves(is_asked, before, version)
    serves = prove_nothing_lost(home, load, point)
    check(f"{point}: {wanted} serves", serves == wanted, serves)
    return was_killed, serves


def prove_next_deploy(home, kind, point, version):
    number = home.deploy(version)[1]["number"]
    if kind is Approval:
        until(lambda: home.last_state(number) == "planned")
        Approval.digest = home.show_deploy(number)["digest"]
        Approval.act(home, version, number)
    elif kind is Rollback:
        until(lambda: home.last_state(number) == "baking")
        return Rollback.act(home, version, number)
    check(f"{point}: the next deploy is done",
          until(lambda: home.is_over(number)) and home.show_deploy(number)["state"] == "done",
          home.show_deploy(number))
    return None


def sweep(kind, call):
    """Returns: at how many instants the agent was killed, and the requests meanwhile."""
    numbers, killed, requests, goes_on = itertools.count(1), 0, 0, True
    while goes_on:
        with WebHome(kind.terms, service_keys=["ready: {notify: true}"]) as home:
            home.up()
            check("it becomes ready", until(home.is_settled))
            with Load(home.port, 3) as load:
                before = "one"
                for number in itertools.islice(numbers, points_in_a_home):
                    was_killed, before = try_point(home, load, kind, call, number, before,
                                                   f"{call}-{number}")
                    killed += was_killed
                    goes_on = was_killed
                    if not goes_on:
                        break
                prove_next_deploy(home, kind, f"after {call} {number}", "last")
                prove_nothing_lost(home, load, f"after {call} {number}")
            requests += load.total()
            check("it stops in order", home.down() == 0)
    check(f"there were edges of {call}", killed > 2, killed)
    check("there was a load", requests > 100 * killed, requests)
    return killed, requests


def main():
    kind = {"deploy": Deploy, "failure": Failure, "rollback": Rollback, "return": Return,
            "approve": Approval}[sys.argv[2]]
    told = []
    try:
        for call in sys.argv[3:] or calls:
            killed, requests = sweep(kind, call)
            told.append(f"{killed} at {call}, {requests} requests")
    except CannotTrace as why:
        claims.end("; ".join(told), [why])
    claims.end("; ".join(told))


main()
