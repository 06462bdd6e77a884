#!/usr/bin/python3
"""All fixtures by all rules of `lastcall doctor`: each real process raises exactly the rules of its
row, and each rule of the catalogue is raised by one, or its reason is given.

usage: matrix_test.py LASTCALL SUBJECT [--matrix] [FIXTURE...]

  --matrix   prints who has raised what as a table
"""
import concurrent.futures
import re
import subprocess
import sys
import time
import traceback

sys.dont_write_bytecode = True  # the source tree stays as it is
import fixture_servers as servers
import fixture_states as states
import fixture_units as units
import fixtures as of
from groups import Skip
from patient import IS_ROOT, LASTCALL, SUBJECT, doctor

AT_ONCE = 8  # a look takes a second, in which it sleeps
TRIES = 5
STOP_NOT_BEGUN = "what a stop would wait for"
SHELL_WAITS = "SUBJECT good\n:\n"
TRAP = "SUBJECT good &\npid=$!\ntrap 'kill $pid; exit' TERM\n"
NODE = "setInterval(() => 0, 1000); console.log('ready')"
PYTHON = "import time; print('ready', flush=True); time.sleep(1000)"

# What is asked about, the rules that have to fire and how sure they are, and how it is made.
TABLE = [
    # The signal.
    ("a handler", "", of.before("good")),
    ("a handler, pid 1", "", of.started_as(SUBJECT, "good", pid_1=True)),
    ("no handler", "", of.before("default")),
    ("no handler, though it was told", "L11:hint", of.after_its_age("default", 3, "--since", "2s")),
    ("no handler, pid 1", "L01:proven", of.started_as(SUBJECT, "default", pid_1=True)),
    ("no handler yet, pid 1", "L12:hint", of.young("default")),
    ("node without a handler, pid 1", "L02:likely", servers.program_as_pid_1("node", "-e", NODE)),
    ("node with a handler, pid 1", "", servers.program_as_pid_1(
        "node", "-e", "process.on('SIGTERM', () => process.exit(0)); " + NODE)),
    ("python without a handler, pid 1", "L01:proven", servers.program_as_pid_1(
        "/usr/bin/python3", "-c", PYTHON)),
    ("python with a handler, pid 1", "", servers.program_as_pid_1(
        "/usr/bin/python3", "-c", "import signal, sys; signal.signal(15, lambda *_: sys.exit(0)); "
        + PYTHON)),
    ("ignored", "L03:proven", of.before("ignores")),
    ("ignored, pid 1", "L03:proven", of.started_as(SUBJECT, "ignores", pid_1=True)),
    ("ignored, while it stops", "L03:proven", of.told("ignores")),
    ("in the background, by SIGTERM", "", of.script("SUBJECT good &\nwait\n", child=True)),
    ("in the background, by SIGINT", "L04:likely",
     of.script("SUBJECT good &\nwait\n", child=True, more=("--signal", "INT"))),
    ("nohup, by SIGHUP", "L04:hint",
     of.started_as("nohup", SUBJECT, "good", more=("--signal", "HUP"))),
    ("no handler, by SIGWINCH", "L03:proven",
     of.started_as(SUBJECT, "default", more=("--signal", "WINCH"))),
    ("a handler, by SIGKILL", "L10:proven",
     of.started_as(SUBJECT, "good", more=("--signal", "KILL"))),
    ("blocked", "L05:proven", of.before("blocks")),
    ("blocked, while it stops", "L05:proven", of.told("blocks")),
    ("in sigwait", "", of.before("sigwait")),
    ("in sigwait, pid 1", "", of.started_as(SUBJECT, "sigwait", pid_1=True)),
    ("a signalfd", "", of.before("signalfd")),
    ("a signalfd, pid 1", "", of.started_as(SUBJECT, "signalfd", pid_1=True)),
    ("a signalfd that nobody reads, before", "", of.before("signalfd-not-read")),
    ("a signalfd that nobody reads", "L06:proven", of.told("signalfd-not-read")),
    ("sent to a thread that blocks it", "L07:proven", of.before("pending-in-thread")),
    ("SIGKILL without a processor", "L08:proven", states.killed_without_processor()),
    ("a handler that does not end, before", "", of.before("slow-handler")),
    ("a handler that does not end", "L09:hint", of.told("slow-handler")),
    ("a parent that tells nobody", "L11:likely", of.before("silent-parent")),
    ("a parent that tells its child", "", of.before("telling-parent")),
    ("seen by another user", "L13:hint L60", of.seen_by_nobody("good")),
    ("a signalfd, seen without the right to trace it", "L60", of.seen_without_trace("signalfd")),
    # Shells, inits and launchers in front.
    ("a shell, pid 1", "L14:likely", of.script(SHELL_WAITS, pid_1=True)),
    ("a shell of busybox, pid 1", "L14:likely",
     of.started_as("busybox", "sh", "-c", f"{SUBJECT} good; :", pid_1=True)),
    ("busybox, no shell, pid 1", "L01:proven", servers.busybox_httpd_as_pid_1()),
    ("a shell", "L16:likely", of.script(SHELL_WAITS)),
    ("a shell with two programs", "L16:likely",
     of.script("SUBJECT good &\nSUBJECT good &\nwait -n\n")),
    ("dash", "L16:likely", of.script(SHELL_WAITS, shell="dash")),
    ("a shell that becomes it", "", of.script("exec SUBJECT good\n")),
    ("a trap", "L15:likely", of.script("trap 'exit 0' TERM\n" + SHELL_WAITS)),
    ("a trap of dash, pid 1", "L15:likely",
     of.script("trap 'exit 0' TERM\n" + SHELL_WAITS, shell="dash", pid_1=True)),
    ("a trap of sh -c", "L15:likely",
     of.started_as("dash", "-c", f"trap 'exit 0' TERM; {SUBJECT} good; :")),
    ("a trap in wait", "", of.script(
        "SUBJECT good &\npid=$!\ntrap 'kill $pid' TERM\nwait $pid\nwait $pid\n")),
    ("a trap behind a long sleep", "L15:likely",
     of.script(TRAP + "while :; do sleep 3600; done\n")),
    ("a trap behind a long sleep of dash, pid 1", "L15:likely",
     of.script(TRAP + "sleep 3600\n", shell="dash", pid_1=True)),
    ("a trap behind short sleeps", "", of.script(TRAP + "while kill -0 $pid; do sleep 1; done\n")),
    ("a trap in wait, with a reader of its output", "", of.script(
        "exec > >(cat)\n" + TRAP + "wait $pid\nwait $pid\n")),
    ("a trap in wait of bash -c, with a reader of its errors", "", of.started_as(
        "bash", "-c", f"{SUBJECT} good & pid=$!; trap 'kill $pid' TERM; exec 2> >(cat); wait; :")),
    ("a sleep in front, pid 1", "L14:likely",
     of.script("SUBJECT good &\nsleep infinity\n", pid_1=True)),
    ("a pipeline", "L18:likely", of.script("SUBJECT good | cat\n")),
    ("a pipeline into a loop", "L18:likely",
     of.script("SUBJECT good | while read line; do echo \"$line\"; done\n")),
    ("a shell in a shell", "L16:likely", of.script("( cd /; SUBJECT good; : )\n:\n")),
    ("flock", "L19:likely", of.started_as("flock", "/dev/null", SUBJECT, "good")),
    ("sudo", "", of.started_as("sudo", SUBJECT, "good")),
    ("timeout", "", of.started_as("timeout", "100", SUBJECT, "good")),
    ("tini and a shell", "L20:likely", of.started_as("tini", "-s", "--", "dash", "-c",
                                              f"{SUBJECT} good; :")),
    ("tini -g and a shell", "", of.started_as("tini", "-s", "-g", "--", "dash", "-c",
                                              f"{SUBJECT} good; :")),
    ("dumb-init and a shell", "", of.started_as("dumb-init", "dash", "-c", f"{SUBJECT} good; :")),
    # The state of the process.
    ("stopped", "L22:proven", of.stopped()),
    ("held by a debugger", "L23:proven", of.its_child("debugger")),
    ("runs under strace", "", of.under_strace()),
    ("frozen, version 2", "L24:proven", states.in_frozen_group(2)),
    ("frozen by the group above, version 2", "L24:proven", states.in_frozen_group(2, below=True)),
    ("not frozen, version 2", "", states.in_group(2)),
    ("frozen, version 1", "L25:proven", states.in_frozen_group(1)),
    ("frozen by the group above, version 1", "L25:proven", states.in_frozen_group(1, below=True)),
    ("not frozen, version 1", "", states.in_group(1)),
    ("waits for a file, before", "", states.at_hung_file("reader")),
    ("waits for a file, told", "L26:likely", states.at_hung_file("reader", by=15, state="D")),
    ("waits for a file, killed", "L26:proven", states.at_hung_file("reader", by=9, state="D")),
    ("a thread waits for a file, killed", "L26:proven", states.at_hung_file("reading-thread", by=9,
                                                                state="D")),
    ("in vfork", "L27:proven", of.before("vfork")),
    ("dead, not reaped", "L28:proven", of.before("zombie")),
    ("the main thread has ended", "L29:proven", of.before("zombie-leader")),
    ("dumps core", "L30:proven", states.dumps_into_hung_folder()),
    ("inside of exit", "L31:proven", states.at_hung_file("exit")),
    ("a twentieth of a processor", "L32:likely", states.with_processor("computing", 5_000)),
    ("as many processors as there are threads", "", states.with_processor("computing", 200_000)),
    ("a twentieth of a processor, idle", "", states.with_processor("good", 5_000)),
    ("memory for a part of its file", "L33:likely", states.with_memory(8 << 20)),
    ("memory for more than its file", "", states.with_memory(256 << 20)),
    ("no further process", "L34:proven", states.with_processes("forking", 1)),
    ("a further process", "", states.with_processes("forking", 3)),
    # Event loops and threads.
    ("a loop that computes", "L35:likely", of.before("busy")),
    ("a loop of node that computes", "L35:likely", servers.node_that_computes()),
    ("a thread that computes", "", of.before("computing")),
    ("a loop in read", "L36:likely", of.before("stuck-call")),
    ("joins a thread, before", "", of.before("join")),
    ("joins a thread", "L37:hint", of.told("join")),
    ("a hook of java", "L39:likely", servers.java_in_hook()),
    ("a handler that waits for a lock", "L38:hint", of.told("lock-in-handler", "--stacks")),
    ("a full pipe", "L40:likely", of.before("full-pipe")),
    # Sockets.
    ("connections that nobody accepts", "L42:proven", of.before("full-house")),
    ("idle connections, before", "", of.before("idle")),
    ("idle connections", "L41:hint L43:likely", of.told("idle")),
    ("requests in flight, before", "", of.before("in-flight")),
    ("requests in flight", "L41:hint L44:likely", of.told("in-flight")),
    ("a client that takes nothing, before", "", of.before("stalled")),
    ("a client that takes nothing", "L41:hint L45:likely", of.told("stalled")),
    ("a stream, before", "", of.before("stream")),
    ("a stream", "L41:hint L46:likely", of.told("stream", age=6)),
    ("connections just closed by the peer", "", of.before("close-wait")),
    ("connections closed by the peer", "L47:likely", of.after_its_age("close-wait", 5)),
    ("asks a database, before", "", of.asking()),
    ("asks a database", "L48:likely", of.asking(*of.TOLD)),
    ("a child with the listening socket", "L49:likely", of.before("leak")),
    ("only the child is left", "L49:likely", of.left_behind()),
    ("a closed connection with a rest, before", "", of.before("closed-with-rest")),
    ("a closed connection with a rest", "L41:hint L52:proven", of.told("closed-with-rest")),
    ("a unix socket", "", servers.unix_socket(is_closed=False)),
    ("the file of a closed unix socket", "L51:likely", servers.unix_socket(is_closed=True)),
    # Servers, units and containers.
    ("nginx, by SIGQUIT", "", servers.nginx("QUIT")),
    ("nginx, by SIGTERM", "L10:hint", servers.nginx("TERM")),
    ("nginx, reloaded", "", servers.nginx_reloaded(with_client=False)),
    ("nginx, reloaded with clients", "L59:likely", servers.nginx_reloaded(with_client=True)),
    ("haproxy, reloaded", "", servers.haproxy_reloaded(with_client=False)),
    ("haproxy, reloaded with clients", "L59:likely", servers.haproxy_reloaded(with_client=True)),
    ("gunicorn", "", servers.gunicorn()),
    ("supervisord that waits", "", servers.gunicorn_below_supervisord(35)),
    ("supervisord that kills too early", "L21:likely", servers.gunicorn_below_supervisord(10)),
    ("says that it is ready", "L41:hint L62:likely",
     servers.answers_when_asked_for_readiness(200)),
    ("says that it is not ready", "L41:hint", servers.answers_when_asked_for_readiness(503)),
    ("redis within the time of docker", "", servers.redis_in_container(30)),
    ("redis beyond the time of docker", "L53:hint", servers.redis_in_container("<nil>")),
    ("a unit", "", units.unit()),
    ("a unit with a helper", "", units.unit(2)),
    ("ExecStop= does not end", "L54:proven", units.unit_in_exec_stop()),
    ("KillMode=process", "", units.unit(1, KillMode="process")),
    ("KillMode=process with a helper", "L55:proven", units.unit(2, KillMode="process")),
    ("a unit without any limit", "L55:proven",
     units.unit(SendSIGKILL="no", TimeoutStopUSec="infinity")),
    ("a job that waits for nobody", "", units.unit_with_job("")),
    ("a job that waits for another unit", "L56:proven", units.unit_with_job("db.service")),
    ("a unit that is started again", "L41:hint L58:likely",
     units.unit(1, ("--since", "60s"), Restart="always")),
    ("a unit that is not started again", "L41:hint",
     units.unit(1, ("--since", "60s"), Restart="no")),
    ("a unit that has left a process", "L57:proven",
     units.unit(MainPID=0, ActiveState="inactive", SubState="dead")),
    ("a pid file", "", units.unit_with_pid_file(is_stale=False)),
    ("a stale pid file", "L61:proven", units.unit_with_pid_file(is_stale=True)),
]

# Rules that no row raises, and why.
NOT_RAISED = {}


def rules_of_catalogue():
    told = subprocess.run([LASTCALL, "explain"], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^\s*(L\d+)\s", told, re.MULTILINE)


def rules_in(report):
    """As the table has them: "L03:proven"."""
    # As another user than root much is not seen, by each of them.
    unseen = [one for one in report["blind_spots"] if one["what"] != STOP_NOT_BEGUN]
    return sorted([f"{one['rule']}:{one['confidence']}" for one in report["findings"]]
                  + ["L60"] * bool(IS_ROOT and unseen))


def confidence_of(rule, found):
    """None: it is not among them."""
    return next((one[4:] or "proven" for one in found if one.startswith(rule)), None)


def look_at(made):
    """The rules that it raises, and the report."""
    for left in reversed(range(TRIES)):
        try:
            with made() as asked:
                report, _ = doctor(*asked.arguments, by=asked.by, env=asked.env)
            return rules_in(report), report
        except of.TooSlow:
            if left == 0:
                raise
    raise AssertionError("not reached")


def run_row(row):
    name, expected, made = row
    began = time.monotonic()
    try:
        found, report = look_at(made)
        verdict = "PASS" if found == expected.split() else "FAIL"
        said = "" if verdict == "PASS" else \
            f"raises {found}, not {expected.split()}: {report['findings']} {report['blind_spots']}"
    except Skip as reason:
        found, verdict, said = None, "SKIP", f"needs {reason}"
    except Exception:  # one fixture that breaks does not hide the others
        found, verdict, said = None, "FAIL", "\n" + traceback.format_exc()
    print(f"{verdict}  {time.monotonic() - began:5.1f} s  {name}{said and ': ' + said}", flush=True)
    return verdict, found


def mark(raised, expected):
    return "!" if raised != expected else raised[0] if raised else "·"


def print_matrix(rows, results, rules):
    """A column for each rule, in it the first letter of how sure it is; "!": not as the row says,
    "?": skipped."""
    width = max(len(name) for name, _, _ in rows)
    for digit in (1, 2):
        print(" " * width, "".join(rule[digit] for rule in rules))
    for (name, expected, _), (verdict, found) in zip(rows, results):
        cells = "".join("?" if found is None else
                        mark(confidence_of(rule, found), confidence_of(rule, expected.split()))
                        for rule in rules)
        print(f"{name:{width}} {cells} {verdict if verdict != 'PASS' else ''}".rstrip())


def not_covered(rules):
    raised = {rule[:3] for _, expected, _ in TABLE for rule in expected.split()}
    return [f"{rule} is raised by no row: add one, or its reason to NOT_RAISED"
            for rule in rules if rule not in raised and rule not in NOT_RAISED] + \
           [f"{rule} is in NOT_RAISED, and a row raises it" for rule in NOT_RAISED
            if rule in raised] + \
           [f"{rule} is no rule of the catalogue" for rule in raised | set(NOT_RAISED)
            if rule not in rules]


def main():
    wanted = [one for one in sys.argv[3:] if not one.startswith("--")]
    rows = [row for row in TABLE if not wanted or row[0] in wanted]
    rules = rules_of_catalogue()
    problems = not_covered(rules)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(run_row, rows))
    if "--matrix" in sys.argv:
        print_matrix(rows, results, rules)
    for one in problems:
        print(f"FAIL  {one}")
    count = {each: sum(verdict == each for verdict, _ in results)
             for each in ("PASS", "FAIL", "SKIP")}
    print(f"{len(rows)} fixtures by {len(rules)} rules: {count['PASS']} passed, "
          f"{count['FAIL']} failed, {count['SKIP']} skipped")
    return 1 if problems or count["FAIL"] or not count["PASS"] else 0


if __name__ == "__main__":
    sys.exit(main())
