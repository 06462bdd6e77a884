#!/usr/bin/python3
"""A process is killed in every state of a deploy: the new generation's, the old one's, the keeper.

usage: agent_states_test.py DIRECTORY-OF-THE-PROGRAMS new|old|new-init|old-init|keeper [STATE...]

Lost may be what was inside a process that was killed, and nothing else. After the keeper is killed
`lastcall up` is asked for again in the same home: it takes over what runs.
"""
import os
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.claims import check, claims  # noqa: E402  (the folder is known only now)
from support.load import Load
from support.processes import is_alive, parent_of
from support.tracer import CannotTrace, Tracer
from support.waiting import until
from support.web_home import WebHome, prove_one_serves

clients = 3

# What holds a deploy in a state that it passes through in no time, until it is let go. The keeper
# is held as it steers; the agent writes the row of the cut meanwhile, and waits for its answer.
# Before that it opens the way for the agent's own look, also by setsockopt.
pauses = {"cut": "setsockopt:delay_enter=600000000:when=2",
          "steered": "setsockopt:delay_exit=600000000:when=2"}
# The service itself holds the deploy there.
held_states = ("spawned", "draining_old")
# Nothing holds a deploy in the bake but its length: where it was missed, it is tried again.
bakes_s = {"baking": (1, 4, 16)}
ready = ["ready: {notify: true}"]

# Who is killed, in which state: how the deploy ends, and which version serves then. "rolled_back"
# is right wherever the new side cannot be confirmed any more.
expected = {
    ("new", "spawned"): ("rolled_back", "one-held"),
    ("new", "cut"): ("rolled_back", "one-held"),
    ("new", "steered"): ("rolled_back", "one-held"),
    ("new", "baking"): ("rolled_back", "one-held"),
    ("new", "draining_old"): ("done", "two"),
    ("old", "spawned"): ("done", "two-held"),
    ("old", "cut"): ("done", "two-held"),
    ("old", "steered"): ("done", "two-held"),
    ("old", "baking"): ("done", "two"),
    ("old", "draining_old"): ("done", "two"),
    # The lastcall-init of a generation: what ran under it ends, too.
    ("new-init", "spawned"): ("rolled_back", "one-held"),
    ("new-init", "baking"): ("rolled_back", "one-held"),
    ("old-init", "spawned"): ("done", "two-held"),
    ("old-init", "baking"): ("done", "two"),
    ("old-init", "draining_old"): ("done", "two"),
    ("keeper", "spawned"): ("done", "two-held"),
    ("keeper", "deaf"): ("rolled_back", "one-held"),
    ("keeper", "cut"): (None, None),  # who had the traffic need not be known: either way
    ("keeper", "steered"): (None, None),
    ("keeper", "baking"): (None, None),
    ("keeper", "draining_old"): ("done", "two"),
}
# The process that is killed serves nobody at that moment.
serves_nobody = {("new", "spawned"), ("new", "cut"), ("new-init", "spawned")}


def version_for(state):
    held = state == "spawned" or state in pauses
    return "deaf" if state == "deaf" else "two-held" if held else "two"


def journaled(state):
    return {"deaf": "spawned", "steered": "cut"}.get(state, state)


def deploy_traced(home, state):
    """A deploy that will be held in the state. Returns: its number, and who holds it."""
    home.hold()
    number = home.deploy(version_for(state))[1]["number"]
    check("the service is there", until(lambda: home.last_state(number) == "spawned" and
                                        len(home.serving_processes()) == 2))
    home.status()  # once it has answered, the agent is behind the row, and idle
    tracer = Tracer(home.keeper.pid, pauses[state])
    home.release()
    return number, tracer


def reach(home, load, state, number):
    """Returns: whether the deploy has come to the state; it may be past it."""
    def has_been():
        return any(row["fields"]["state"] == journaled(state)
                   for row in home.rows("deploy_state", deploy=number))
    reached = until(has_been)
    if state == "cut":  # were the traffic moved, one of these would tell
        before = load.total()
        reached = reached and until(lambda: load.total() > before + 50)
    if state == "steered":
        reached = reached and until(lambda: version_for(state) in load.versions())
    return reached


def state_at_end(home, number, generation):
    """The state of the deploy when the agent saw the generation end."""
    state = ""
    for row in home.rows("deploy_state", "generation_exited"):
        if row["kind"] == "generation_exited" and row["generation"] == generation:
            return state
        if row["kind"] == "deploy_state" and row["deploy"] == number:
            state = row["fields"]["state"]
    return ""


def kill_and_wait(pid):
    os.kill(pid, signal.SIGKILL)
    until(lambda: not is_alive(pid))
    return time.monotonic()


def come_back(home):
    home.up()
    check("another one comes up", until(home.agent_pid))


def state_now(home, load, number):
    """That of the journal; and whether the traffic was moved, which is not written down yet."""
    state, is_moved = home.last_state(number), load.versions() != {"one-held"}
    return "steered" if state == "cut" and is_moved else state


def kill_keeper(home, load, agent, tracer, number):
    """Returns: when it was dead, and in which state of the deploy."""
    seen = state_now(home, load, number)
    os.kill(home.keeper.pid, signal.SIGKILL)
    if tracer:
        tracer.leave()  # what is held is killed, but does not end
    home.keeper.wait()
    killed_at = time.monotonic()
    check("the agent ends with its keeper", until(lambda: not is_alive(agent)))
    return killed_at, seen


def kill_generation(home, load, victim, point, tracer, number):
    """Returns: when it was dead, and in which state of the deploy."""
    generation = 1 if victim.startswith("old") else 2
    serving = until(lambda: home.serving_processes().get(generation))
    kill_and_wait(parent_of(serving) if victim.endswith("init") else serving)
    check(f"{point}: the service ends, too", until(lambda: not is_alive(serving)))
    killed_at = time.monotonic()
    if tracer:
        seen = state_now(home, load, number)  # the keeper is held in it
        tracer.leave()
        return killed_at, seen
    return killed_at, until(lambda: state_at_end(home, number, generation))


def judge_losses(point, load, killed_at):
    failures = load.new_failures()
    late = [one for one in failures if one[0] > killed_at]
    check(f"{point}: no request that came after is lost", not late, *late[:3])
    if point in serves_nobody or point[0] == "keeper":
        check(f"{point}: no request is lost", not failures, *failures[:3])
    check(f"{point}: lost is what was inside", len(failures) <= clients, *failures)
    return len(failures)


def try_state(victim, state, attempt):
    """Returns: how many requests were inside the process that was killed; None: it was missed."""
    bakes = bakes_s.get(state, (1,))
    bake_s, is_last = bakes[attempt], attempt + 1 == len(bakes)
    point = (victim, state)
    within = "6s" if state == "deaf" else "60s"
    with WebHome(f"{{bake: {bake_s}s, ready_within: {within}}}", version="one-held",
                 service_keys=ready) as home:
        home.up()
        check("it becomes ready", until(home.is_settled))
        with Load(home.port, clients) as load:
            agent, tracer = home.agent_pid(), None
            try:
                if state in pauses:
                    number, tracer = deploy_traced(home, state)
                else:
                    if state in held_states:
                        home.hold()
                    number = home.deploy(version_for(state))[1]["number"]
                reached = reach(home, load, state, number)
                if not reached and not is_last:
                    return None
                if not check(f"{state} is reached", reached):
                    return 0
                if victim == "keeper":
                    killed_at, seen = kill_keeper(home, load, agent, tracer, number)
                else:
                    killed_at, seen = kill_generation(home, load, victim, point, tracer, number)
            finally:
                if tracer:
                    tracer.leave()
            wanted = "spawned" if state == "deaf" else state
            if seen != wanted and not is_last:
                return None
            check(f"{point}: it was killed in this state", seen == wanted, seen)
            if victim == "keeper":
                come_back(home)
            home.release()
            return judge(home, load, point, number, killed_at)


def judge(home, load, point, number, killed_at):
    """What the deploy has come to, and the next one. Returns: how many requests were inside."""
    check(f"{point}: the deploy ends", until(lambda: home.is_over(number)))
    outcome = home.show_deploy(number).get("state")
    serves = prove_one_serves(home, load, point)
    final, version = expected[point]
    if final is None:
        final = outcome
        version = {"done": version_for(point[1]), "rolled_back": "one-held"}.get(outcome)
    check(f"{point}: it is {final}", outcome == final, home.show_deploy(number))
    check(f"{point}: {version} serves", serves == version, serves)
    inside = judge_losses(point, load, killed_at)
    following = home.deploy("three")[1]["number"]
    check(f"{point}: the next deploy is done", until(lambda: home.is_over(following)) and
          home.show_deploy(following)["state"] == "done")
    version = prove_one_serves(home, load, point)
    check(f"{point}: and serves", version == "three", version)
    later = load.new_failures()
    check(f"{point}: it loses nothing", not later, *later[:3])
    print(f"{point[0]} killed in {point[1]}: {outcome}, {load.total()} requests, {inside} inside",
          flush=True)
    load.stop()
    check(f"{point}: it stops in order", home.down() == 0)
    return inside


def main():
    victim, inside, missing = sys.argv[2], 0, set()
    for state in sys.argv[3:] or [state for who, state in expected if who == victim]:
        try:
            for attempt in range(len(bakes_s.get(state, (1,)))):
                lost = try_state(victim, state, attempt)
                if lost is not None:
                    inside += lost
                    break
                print(f"{victim} was not killed in {state}; once more", flush=True)
        except CannotTrace as why:
            missing.add(f"{state}: {why}")
    claims.end(f"{inside} requests were inside processes that were killed", sorted(missing))


main()
