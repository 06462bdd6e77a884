// The rules for processes: `lastcall doctor`. Their examples are commands, where one says more than
// the words do.
#include <array>

#include "lint/catalogue/catalogue.hpp"

namespace lastcall::lint {
namespace {

constexpr std::string_view signal_7 = "signal(7)";
constexpr std::string_view pid_namespaces_7 = "pid_namespaces(7), \"The namespace init process\"";
constexpr std::string_view proc_5 = "proc(5)";
constexpr std::string_view cgroups_7 = "cgroups(7)";
constexpr std::string_view tcp_7 = "tcp(7)";
constexpr std::string_view systemd_kill = "systemd.kill(5)";
constexpr std::string_view shell_signals =
    "POSIX.1-2017, Shell Command Language, 2.11 \"Signals and Error Handling\" (2.12 in "
    "POSIX.1-2024)";

constexpr std::array process_table{
    rule{
        "L01", severity::error, "pid 1 has no handler, and the kernel drops the signal",
        "The first process of a pid namespace gets only signals that it has a handler for, so that "
        "the default action does not end it. It is killed when the grace period is over.",
        pid_namespaces_7, "Install a handler, or put an init in front.", "docker run image server",
        "docker run --init image server"},
    rule{"L02", severity::error, "the handler is the runtime's own, and does nothing as pid 1",
         "Node.js catches SIGTERM to set the terminal back, then sends it to itself again with the "
         "default action, which the kernel keeps from pid 1.",
         pid_namespaces_7, "Set a handler in the program, or put an init in front.",
         "server.listen(80)", "process.on('SIGTERM', () => server.close());\nserver.listen(80)"},
    rule{"L03", severity::error, "the stop signal is ignored",
         "A signal that is ignored never arrives. It is inherited over fork(2) and execve(2), so a "
         "parent may have set it.",
         "signal(7), \"Signal dispositions\"; execve(2)",
         "Set a handler, or take the trap '' or the nohup above it out.",
         "trap '' TERM\nexec server", "exec server"},
    rule{"L04", severity::error, "the signal was ignored before the program was started",
         "A shell without job control lets what it starts with & ignore SIGINT and SIGQUIT, and "
         "nohup does so with SIGHUP. A stop by such a signal does nothing.",
         shell_signals, "Stop it with SIGTERM, or start it without &.", "server &\nkill -INT $!",
         "server &\nkill -TERM $!"},
    rule{"L05", severity::error, "every thread blocks the signal, and nobody collects it",
         "A blocked signal stays pending until a thread unblocks it, waits for it (sigwait) or "
         "reads "
         "it from a signalfd.",
         "signal(7); sigprocmask(2); signalfd(2)",
         "Unblock it in one thread, or take it with sigwait or signalfd.", "", ""},
    rule{"L06", severity::error, "the signal waits in a signalfd that nobody reads",
         "The event loop is blocked, or the descriptor is not in it any more.", "signalfd(2)",
         "Keep the signalfd in the event loop, and the loop free of blocking calls.", "", ""},
    rule{"L07", severity::error, "the signal was sent, and is not delivered",
         "No thread can take it as of now: all are stopped, frozen, or in the kernel.", signal_7,
         "Look at what its threads do.", "", ""},
    rule{"L08", severity::error, "SIGKILL was sent, and has no effect",
         "A process that sleeps uninterruptibly, or is in a frozen cgroup of version 1, ends only "
         "when that is over.",
         signal_7, "Send no more signals: end what the kernel waits for.", "", ""},
    rule{"L09", severity::warning, "the handler ran, and the process has not ended",
         "The signal was taken; what the handler does, or waits for, takes the time.", signal_7,
         "Give whatever the handler waits for a deadline below the grace period.", "", ""},
    rule{"L10", severity::warning, "to this program the signal means something else",
         "nginx, PHP-FPM, Apache and HAProxy drop their connections on SIGTERM, uWSGI reloads, "
         "PostgreSQL waits for its clients.",
         "the manual of each program, named in the finding",
         "Stop it with the signal that it takes for an orderly end.", "docker stop web",
         "docker stop --signal QUIT web"},
    rule{"L11", severity::error, "who is signalled is not who does the work",
         "A process between them ends by the signal without passing it on. Its child goes on, with "
         "the port.",
         signal_7, "Let the program replace what starts it, or signal the whole group.", "", ""},
    rule{"L12", severity::note, "the signal may come before the handlers are there",
         "Between the start of a process and its first sigaction(2) the default action holds, and "
         "pid 1 loses the signal.",
         pid_namespaces_7, "Set the handlers first thing in main().", "", ""},
    rule{"L13", severity::note, "who is to stop it may not signal it",
         "A signal needs the same user, or CAP_KILL.", "kill(2)",
         "Stop it as its user, or as root.", "", ""},
    rule{"L14", severity::error, "a shell as pid 1 keeps the signal from its program",
         "It has no trap, so the kernel drops the signal, and a shell passes none on.",
         pid_namespaces_7, "Put exec in front of the last command.", "#!/bin/sh\nnode server.js",
         "#!/bin/sh\nexec node server.js"},
    rule{"L15", severity::error, "the trap of a shell waits for the program in front of it",
         "A shell runs a trap only when the command in the foreground has ended.", shell_signals,
         "Put the program into the background and wait for it, or use exec.",
         "trap 'exit 0' TERM\nserver",
         "server &\npid=$!\ntrap 'kill $pid' TERM\nwait $pid\nwait $pid"},
    rule{"L16", severity::error, "a shell ends by the signal without telling its program",
         "Without a trap the default action ends the shell. The program becomes the child of "
         "somebody else, and keeps its port.",
         shell_signals, "Put exec in front of the last command.", "sh -c 'server; true'",
         "sh -c 'exec server'"},
    rule{"L18", severity::error, "a shell waits for a pipeline",
         "The signal to the shell comes to none of the programs in the pipeline.", shell_signals,
         "exec server > >(tee log) in bash, or leave the output to the platform.",
         "server | tee log", "exec server > >(tee log)"},
    rule{"L19", severity::warning, "a launcher stays in front of the program",
         "npm, yarn, nodemon, poetry, go run, su, flock and the like do not pass signals on, or "
         "only to a shell.",
         "npm: https://github.com/npm/npm/issues/4603", "Start the program itself.", "npm start",
         "node server.js"},
    rule{"L20", severity::error, "an init signals a shell only",
         "tini without -g, and dumb-init with --single-child, pass the signal to their child. When "
         "that is a shell without a trap, it ends, and its program goes on.",
         "tini: https://github.com/krallin/tini#process-group-killing",
         "Use tini -g, or exec in the script.", "tini -- sh -c 'server; true'",
         "tini -g -- sh -c 'server; true'"},
    rule{"L21", severity::error, "a supervisor and its neighbours wait for different times",
         "supervisord, pm2, s6, foreman and the like send SIGKILL after a time of their own. Where "
         "that is shorter than the program needs, its work is lost; where it is longer than the "
         "platform waits, the supervisor is killed while its programs still stop.",
         "http://supervisord.org/configuration.html#program-x-section-values",
         "Let each wait longer than who is inside of it.",
         "[program:web]\ncommand=gunicorn --graceful-timeout 30 app",
         "[program:web]\ncommand=gunicorn --graceful-timeout 30 app\nstopwaitsecs=35"},
    rule{"L22", severity::error, "the process was stopped by SIGSTOP or job control",
         "A stopped process takes no signal but SIGKILL and SIGCONT.", signal_7,
         "Continue it: kill -CONT PID.", "", ""},
    rule{"L23", severity::error, "a debugger holds the process", "Signals go to the tracer first.",
         "ptrace(2)", "Detach the debugger.", "", ""},
    rule{"L24", severity::error, "the cgroup is frozen",
         "No handler runs before it is thawed. In version 2 SIGKILL works.", cgroups_7,
         "Thaw it: docker unpause, systemctl thaw.", "", ""},
    rule{"L25", severity::error, "the cgroup is frozen, and not even SIGKILL works",
         "In the freezer of version 1 all signals wait.", cgroups_7, "Thaw it first, then kill.",
         "", ""},
    rule{"L26", severity::error, "a thread sleeps where no signal reaches it",
         "It waits for a disk, a network file system or a driver (state D), at the same place at "
         "both "
         "looks.",
         proc_5, "Look at the file system or device that it waits for.", "", ""},
    rule{"L27", severity::warning, "a child that was made by vfork(2) does not come to its program",
         "Its parent sleeps uninterruptibly until the child runs another program or ends: neither "
         "handlers nor threads that wait for it get on.",
         "vfork(2)", "Look at what the child waits for: a FIFO, a lock, a file system.", "", ""},
    rule{"L28", severity::warning, "the process is dead, and its parent does not reap it",
         "A zombie is there until its parent calls wait(2).", "wait(2), \"NOTES\"",
         "Reap in the parent, or put an init in front.", "", ""},
    rule{"L29", severity::error, "the main thread has ended, and others go on",
         "pthread_exit() in main() ends one thread only; the process looks like a zombie.",
         "pthread_exit(3)", "Join the threads, or call exit().", "", ""},
    rule{"L30", severity::note, "a core dump is being written",
         "The process ends when the file is whole.", "core(5)",
         "Wait for it, or limit it: LimitCORE=0.", "", ""},
    rule{"L31", severity::note, "the kernel takes the process down",
         "Much memory, io_uring or a network file system make exit(2) slow.", proc_5,
         "Look at what it waits for there.", "", ""},
    rule{"L32", severity::warning, "the processor limit starves the stop",
         "The cgroup has used up its share most of the time: handlers wait to run.", cgroups_7,
         "Raise cpu.max, CPUQuota= or limits.cpu.", "", ""},
    rule{"L33", severity::warning, "the memory limit slows the stop down",
         "At its limit a cgroup gives memory back before it gets some, or is killed.", cgroups_7,
         "Raise memory.high or memory.max, or drain in smaller pieces.", "", ""},
    rule{"L34", severity::warning, "the cgroup may have no further process",
         "What a stop has to start fails: ExecStop=, a preStop hook, the commands of a trap.",
         "cgroups(7); kernel, Documentation/admin-guide/cgroup-v2.rst, \"PID\"",
         "Raise pids.max, TasksMax= or --pids-limit.", "", ""},
    rule{"L35", severity::error, "the event loop computes and does not come back",
         "Neither connections nor signals are looked at until it does.", proc_5,
         "Do the work in another thread, or in pieces.", "", ""},
    rule{"L36", severity::error, "the event loop sits in a call that blocks",
         "It waits for one thing only (a read, a lock, a child), and connections wait for it.",
         proc_5, "Give the call a time limit, or do it in another thread.", "", ""},
    rule{"L37", severity::warning, "main() waits for a thread that nobody has woken",
         "A thread in accept(2) or read(2) does not notice that a stop has begun.",
         "pthread_join(3)", "Wake it: shutdown(2), an eventfd, or a time limit.", "", ""},
    rule{"L38", severity::error, "a signal handler waits for a lock that it has interrupted",
         "malloc, printf, syslog and mutexes are not to be used in a handler: what was interrupted "
         "may have their lock, and goes on only when the handler has ended. `lastcall doctor "
         "--stacks` sees it.",
         "signal-safety(7)",
         "Let the handler set a flag or write to an eventfd, and do the rest "
         "outside of it.",
         "signal(SIGTERM, [](int) { printf(\"stopping\"); exit(0); })",
         "signal(SIGTERM, [](int) { write(stop_fd, \"x\", 1); })"},
    rule{"L39", severity::warning, "a shutdown hook of the runtime does not end",
         "The Java virtual machine has taken the signal, and waits for its hooks.",
         "java.lang.Runtime.addShutdownHook", "Give what the hook waits for a limit.", "", ""},
    rule{"L40", severity::error, "the process waits to write to a pipe that nobody empties",
         "The reader of its output has stopped, so each line of its log waits for ever.", "pipe(7)",
         "Mend the reader; let logs be dropped rather than waited for.", "", ""},
    rule{"L41", severity::warning, "it still listens, though it was told to stop",
         "New connections come in as long as the socket is open.", tcp_7,
         "Close it once the load balancer has been told.", "", ""},
    rule{"L42", severity::warning, "connections wait to be accepted, and will be reset",
         "The kernel has accepted them for the program. The close of the listening socket resets "
         "all of them, with the requests that they have sent.",
         "listen(2); tcp(7)", "Accept until none waits, then close.", "", ""},
    rule{"L43", severity::warning, "idle connections hold up the stop",
         "A server that waits for its connections to close waits for clients that keep them.",
         "RFC 9112, 9.6", "Answer with Connection: close, and close idle connections.", "", ""},
    rule{"L44", severity::note, "requests are in flight",
         "They were received, and are not answered yet.", "RFC 9112, 9.6",
         "Give handlers a deadline below the grace period.", "", ""},
    rule{"L45", severity::warning, "a client takes nothing, and the stop waits for it",
         "What was sent waits for room in the client's window.", tcp_7,
         "Give writes a limit, or set TCP_USER_TIMEOUT.", "", ""},
    rule{"L46", severity::warning, "a stream holds up the stop",
         "A WebSocket, server-sent events or a gRPC stream have no end of their own: a server that "
         "waits for its connections waits for the client to leave.",
         "RFC 6455, 7.4.1 (status 1001); RFC 9113, 6.8 (GOAWAY)",
         "End streams when the stop begins, so that clients come again somewhere else.", "", ""},
    rule{"L47", severity::warning, "connections that the peer has closed are never closed",
         "Each stays in CLOSE_WAIT for as long as the process is there.", "RFC 9293, 3.6",
         "Close a connection when its read returns 0.", "", ""},
    rule{"L48", severity::note, "it waits for the answer of somebody else",
         "A shutdown hook asks a database or a broker that does not answer.", tcp_7,
         "Give that connection a time limit.", "", ""},
    rule{"L49", severity::error, "a child has inherited the listening socket",
         "It never accepts. Once the server has ended, clients connect to it and hang.",
         "open(2), O_CLOEXEC; socket(2)", "Open listening sockets with SOCK_CLOEXEC.", "", ""},
    rule{"L51", severity::warning, "the file of a unix socket is left behind",
         "A close does not remove it. Clients find it and are refused, and the next start cannot "
         "bind it: EADDRINUSE.",
         "unix(7), \"Pathname sockets\"", "Remove the file after the close, or before the bind.",
         "", ""},
    rule{"L52", severity::note, "closed connections are still in the kernel",
         "Their peers have not taken all that was sent. The bytes are lost if the machine goes "
         "away, and the port is in use for who binds it without SO_REUSEADDR.",
         "tcp(7), tcp_orphan_retries; RFC 9293, 3.6",
         "Read to the end before the close, or limit the wait.", "", ""},
    rule{"L53", severity::error, "the platform waits for less time than the program takes",
         "SIGKILL comes before the program has ended by its own limit.", systemd_kill,
         "Raise the outer limit above the inner one.",
         "docker run --stop-timeout 10 image gunicorn --graceful-timeout 30 app",
         "docker run --stop-timeout 35 image gunicorn --graceful-timeout 30 app"},
    rule{"L54", severity::note, "systemd is at one step of the stop",
         "Each step (ExecStop=, the signal, ExecStopPost=) has a limit of its own.",
         "systemd.service(5), TimeoutStopSec=", "Look at what that step runs.", "", ""},
    rule{"L55", severity::warning, "the unit leaves processes behind, or waits for ever",
         "KillMode=process ends the main process only.", systemd_kill,
         "KillMode=mixed, or control-group.", "KillMode=process", "KillMode=mixed"},
    rule{
        "L56", severity::error, "the stop of the unit waits for that of another one",
        "Units are stopped in the reverse order of their start. Until the other has ended, nothing "
        "is sent to this one.",
        "systemd.unit(5), Before=, After=; systemctl(1), list-jobs",
        "Look at why the other one does not end.", "", ""},
    rule{"L57", severity::warning, "processes survived the stop of their unit",
         "They are in its cgroup, and the unit is not active.", systemd_kill,
         "KillMode=mixed or control-group ends them, too.", "", ""},
    rule{
        "L58", severity::warning, "it ends, and is started again",
        "Whoever looks after it takes its end for a crash, unless it is asked to stop it: Restart= "
        "of systemd, restart policies of docker, supervisors.",
        "systemd.service(5), Restart=; https://docs.docker.com/engine/containers/"
        "start-containers-automatically/",
        "Stop it by who starts it.", "kill $(pidof orders)", "systemctl stop orders"},
    rule{"L59", severity::note, "an earlier generation is still there",
         "A worker that was told to end waits for connections that do not.",
         "https://nginx.org/en/docs/ngx_core_module.html#worker_shutdown_timeout",
         "Set worker_shutdown_timeout.", "", "worker_shutdown_timeout 30s;"},
    rule{"L60", severity::note, "something could not be looked at",
         "Rules that need it have said nothing. The report lists them.", proc_5,
         "Run it as root, or as the user of the process.", "", ""},
    rule{"L61", severity::warning, "the pid file names another process",
         "Who stops the service by it signals nobody, or a stranger.",
         "systemd.service(5), PIDFile=",
         "Let the manager stop it, or write the file anew at each start.", "", ""},
    rule{"L62", severity::warning, "it stops, and says that it is ready",
         "A load balancer goes on sending it connections, which meet a closed port.",
         "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
         "Answer readiness with 503 from the signal on, and stop listening later.", "", ""},
};

}  // namespace

std::span<const rule> process_rules() { return process_table; }

}  // namespace lastcall::lint
