"""The cases: each is a function of the daemon, whose name is the sentence it proves. What
it returns is shown beside its verdict."""
import json
import os
import pty
import re

from docker_daemon import Container, Daemon

# Without a LASTCALL_GRACE lastcall-init kills after 9.5 s, and docker stop after 10.
WELL_UNDER_S = 7

CASES = []


def case(function):
    CASES.append(function)
    return function


def check(truth, what: str, *shown) -> None:
    if not truth:
        raise AssertionError("\n".join([what, *map(str, shown)]))


def last_line(said: str) -> dict:
    lines = [line for line in said.splitlines() if line.startswith('{"schema":1')]
    check(len(lines) == 1, "one JSON line is expected", said)
    return json.loads(lines[0])


def run(daemon: Daemon, name: str, *options, actor="server", image="service"):
    """A container with a part of the actor; returns it when the part is ready."""
    container = Container(daemon, name, *options, image, "/actor", actor)
    container.wait_for("ready")
    return container


def stops_well(container: Container, *options) -> str:
    """Stopped by docker, by SIGTERM, long before anybody would have been killed."""
    took = container.stop(*options)
    status, said = container.result()
    record = last_line(said)
    check(status == 0, f"exit status {status}", said)
    check("got 15" in said, "SIGTERM did not arrive", said)
    check(record["killed_count"] == 0 and record["exit"] == 0, "not a clean stop", said)
    check(took < WELL_UNDER_S, f"took {took} s", said)
    return f"{took:.1f} s"


# ---- docker stop ----

@case
def docker_stop_ends_a_good_program_at_once(daemon):
    container = run(daemon, "good")
    took = stops_well(container)
    check(last_line("\n".join(container.said))["sender"]["pid"] == 0,
          "the sender is outside the namespace", *container.said)
    return took


@case
def a_program_without_a_handler_ends_with_143(daemon):
    # As PID 1 itself it would get no SIGTERM at all: the kernel drops what has no handler.
    container = Container(daemon, "plain", "service", "sh", "-c", "echo ready; exec sleep 1000")
    container.wait_for("ready")
    took = container.stop()
    status, said = container.result()
    check(status == 143 and took < WELL_UNDER_S, f"{status} after {took} s", said)


@case
def a_grandchild_may_finish_its_second_of_work(daemon):
    container = run(daemon, "family", actor="parent")
    if not any("child ready" in line for line in container.said):
        container.wait_for("child ready")
    took = container.stop()
    status, said = container.result()
    check("child cleaned up" in said, "the child was lost", said)
    check(status == 0 and 1 <= took < WELL_UNDER_S, f"{status} after {took} s", said)
    return f"{took:.1f} s"


@case
def which_is_lost_under_the_init_of_docker(daemon):
    container = Container(daemon, "tini", "--init", "--entrypoint", "/actor", "base", "parent")
    container.wait_for("child ready")
    container.stop()
    status, said = container.result()
    check(status == 0, f"exit status {status}", said)
    check("child got 15" not in said and "cleaned up" not in said,
          "docker's init waited: the comparison in the documents is out of date", said)


@case
def a_daemon_with_init_path_uses_it_for_docker_run_init(daemon):
    program = daemon.folder / "docker-init"
    program.write_bytes(daemon.program.read_bytes())
    program.chmod(0o755)
    image = daemon.folder / "base.tar"
    daemon.docker("save", "--output", image, "base")
    other = Daemon("--init-path", str(program))
    try:
        versions = other.docker("version", "--format", "{{json .Server.Components}}").stdout
        found = [part["Version"] for part in json.loads(versions) if part["Name"] == "docker-init"]
        check(found and found[0].startswith("0.19.0"), "docker cannot read its version", versions)
        other.docker("load", "--input", image)
        container = Container(other, "drop-in", "--init", "--entrypoint", "/actor", "base",
                              "parent")
        container.wait_for("child ready")
        container.stop()
        status, said = container.result()
        check("child cleaned up" in said, "the child was lost", said)
        check(status == 0, f"exit status {status}", said)
        check("{" not in said, "tini has no JSON line", said)

        container = Container(other, "drop-in-deaf", "--init", "--env", "LASTCALL_GRACE=2s",
                              "--entrypoint", "/actor", "base", "deaf")
        container.wait_for("ready")
        took = container.stop()
        status, said = container.result()
        check(status == 137 and took < WELL_UNDER_S, f"{status} after {took} s", said)
        check("it ignores SIGTERM" in said, "the report is missing", said)
    finally:
        other.close()


WRAPPER = "trap 'rm -f /tmp/busy' TERM; touch /tmp/busy; {}/actor server"


@case
def a_shell_that_keeps_SIGTERM_is_named_before_the_kill(daemon):
    container = Container(daemon, "wrapper", "--env", "LASTCALL_GRACE=3s", "service", "sh", "-c",
                          WRAPPER.format("") + "; echo never said")
    container.wait_for("ready")
    took = container.stop("-t", "3")
    status, said = container.result()
    check(status == 137, f"exit status {status}", said)
    check("got 15" not in said, "SIGTERM came through the shell", said)
    report = daemon.docker("logs", container.name).stdout
    check("a shell waits for `/actor server`; its trap for SIGTERM runs only after that -> "
          "write `exec /actor server`" in report, "the report does not say what is wrong", report)
    return f"{took:.1f} s"


@case
def and_the_exec_that_the_report_asks_for_mends_it(daemon):
    container = Container(daemon, "mended", "--env", "LASTCALL_GRACE=3s", "service", "sh", "-c",
                          WRAPPER.format("exec "))
    container.wait_for("ready")
    took = container.stop("-t", "3")
    status, said = container.result()
    check(status == 0 and "got 15" in said, f"exit status {status}", said)
    check("not stopped" not in said, "something was in the way", said)
    return f"{took:.1f} s"


@case
def the_report_comes_before_docker_kills(daemon):
    container = run(daemon, "deaf", "--env", "LASTCALL_GRACE=3s", actor="deaf")
    took = container.stop("-t", "3")
    status, said = container.result()
    record = last_line(said)
    check(status == 137 and record["exit"] == 137, f"exit status {status}", said)
    logs = daemon.docker("logs", container.name).stdout
    check("1 process has not stopped, and will be killed:" in logs, "no report", logs)
    check("it ignores SIGTERM" in logs, "the cause is missing", logs)
    check([one["command"] for one in record["killed"]] == ["/actor deaf"], "who was killed", logs)
    return f"{took:.1f} s of 3 s"


@case
def who_takes_long_to_die_is_killed_and_counted_once(daemon):
    container = run(daemon, "heavy", "--env", "LASTCALL_GRACE=1500ms", actor="heavy")
    container.stop()
    status, said = container.result()
    record = last_line(said)
    check(status == 137 and record["killed_count"] == 1 and len(record["killed"]) == 1,
          "counted more than once", said)
    return f"{record['phases']['killing_ms']:.0f} ms"


# ---- signals ----

@case
def docker_kill_reaches_the_program_with_every_signal(daemon):
    container = run(daemon, "signals")
    numbers = {"HUP": 1, "USR1": 10, "USR2": 12, "WINCH": 28, "RTMIN+1": 35, "RTMAX": 64}
    for name, number in numbers.items():
        container.kill(name)
        container.wait_for(f"server got {number}")
    check(container.client.poll() is None, "it ended by one of them", *container.said)
    stops_well(container)


@case
def docker_kill_INT_asks_for_a_stop(daemon):
    container = Container(daemon, "interrupted", "service", "sh", "-c",
                          "echo ready; exec sleep 1000")
    container.wait_for("ready")
    container.kill("INT")
    status, said = container.result()
    record = last_line(said)
    check(status == 130 and record["cause"] == "signal", f"exit status {status}", said)
    check(record["sender"]["signal"] == "SIGINT", "the sender", said)


@case
def STOPSIGNAL_QUIT_can_be_rewritten_to_TERM(daemon):
    daemon.build("quits", daemon.folder / "base", 'FROM service\nSTOPSIGNAL SIGQUIT\n'
                 'ENTRYPOINT ["/lastcall-init", "--rewrite", "QUIT=TERM", "--"]\n')
    container = run(daemon, "quits", image="quits")
    took = stops_well(container)
    check("got 3" not in "\n".join(container.said), "SIGQUIT came through", *container.said)
    check(last_line("\n".join(container.said))["sender"]["signal"] == "SIGQUIT", "the sender",
          *container.said)
    return took


@case
def Ctrl_C_on_a_terminal_stops_it(daemon):
    ours, theirs = pty.openpty()
    container = Container(daemon, "terminal", "--tty", "--interactive", "service", "sh", "-c",
                          "echo ready; exec sleep 1000", terminal=theirs)
    os.close(theirs)
    with os.fdopen(ours, "r+b", buffering=0) as stream:
        container.read_from(stream)
        container.wait_for("ready")
        stream.write(b"\x03")
        status, said = container.result()
    check(status == 130, f"exit status {status}", said)


# ---- what a container takes away ----

@case
def it_works_under_the_seccomp_profile_of_docker(daemon):
    container = run(daemon, "seccomp")
    status = daemon.docker("exec", container.name, "cat", "/proc/1/status").stdout
    check(re.search(r"^Seccomp:\s+2$", status, re.MULTILINE), "no profile is loaded", status)
    return stops_well(container)


@case
def it_works_with_a_read_only_root(daemon):
    return stops_well(run(daemon, "readonly", "--read-only"))


@case
def it_works_without_any_capability(daemon):
    return stops_well(run(daemon, "capless", "--cap-drop", "ALL", "--security-opt",
                          "no-new-privileges"))


@case
def without_capabilities_the_report_still_names_who_is_left(daemon):
    container = run(daemon, "capless-deaf", "--cap-drop", "ALL", "--user", "65534", "--env",
                    "LASTCALL_GRACE=1500ms", actor="deaf")
    container.stop()
    status, said = container.result()
    check(status == 137 and "it ignores SIGTERM" in said, f"exit status {status}", said)


@case
def it_works_as_an_unprivileged_user(daemon):
    container = run(daemon, "nobody", "--user", "65534")
    check("uid 65534" in "\n".join(container.said), "not that user", *container.said)
    return stops_well(container)


@case
def it_works_where_it_is_not_PID_1(daemon):
    container = run(daemon, "pid-host", "--pid", "host", actor="parent")
    took = container.stop()
    status, said = container.result()
    check("not PID 1 here" in said, "it does not say so", said)
    check(status == 0 and "child cleaned up" in said, f"exit status {status}", said)
    return f"{took:.1f} s"


@case
def docker_exec_neither_delays_the_stop_nor_breaks_it(daemon):
    container = run(daemon, "execed")
    daemon.docker("exec", "--detach", container.name, "/actor", "deaf")
    # It is there when its command line can be seen from inside.
    seen = daemon.docker("exec", container.name, "sh", "-c",
                         "until cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -q 'actor deaf'; "
                         "do sleep 0.05; done; echo seen").stdout
    check("seen" in seen, "the process of docker exec did not start", seen)
    return stops_well(container)


@case
def a_kill_for_want_of_memory_is_attributed(daemon):
    container = run(daemon, "hog", "--memory", "30m", "--memory-swap", "30m", actor="hog")
    stops_well(container)
    said = "\n".join(container.said)
    check("child ended by signal 9" in said, "the kernel did not kill it", said)
    check(last_line(said)["oom_kills"] >= 1, "not in the record", said)
    check("killed by the kernel for want of memory" in said, "not said", said)

