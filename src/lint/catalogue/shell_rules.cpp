// The rules for shell scripts: those that a container or a unit begins with, and those that deploy.
#include <array>

#include "lint/catalogue/catalogue.hpp"

namespace lastcall::lint {
namespace {

constexpr std::string_view posix_signals =
    "POSIX.1-2017, Shell Command Language, 2.11 \"Signals and Error Handling\" (2.12 in "
    "POSIX.1-2024)";
constexpr std::string_view docker_stop =
    "Docker, docker stop: https://docs.docker.com/reference/cli/docker/container/stop/";
constexpr std::string_view pod_termination =
    "Kubernetes, Pod Lifecycle, \"Termination of Pods\": "
    "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination";

constexpr std::array shell_table{
    rule{"S01", severity::error, "the script stays in front of its program",
         "The stop signal comes to the shell, which runs no handler and passes nothing on. As "
         "process 1 it does not end either, so that the program is killed when the grace period is "
         "over.",
         posix_signals, "Put exec in front of the last command.", "#!/bin/sh\nmigrate\nserver",
         "#!/bin/sh\nmigrate\nexec server"},
    rule{"S02", severity::error, "a trap waits until the program has ended by itself",
         "A shell runs a trap only when the command in the foreground has ended. While it waits "
         "for the program, the signal is kept.",
         posix_signals, "Put the program into the background, and wait for it.",
         "#!/bin/sh\ntrap 'cleanup' TERM\nserver",
         "#!/bin/sh\nserver &\npid=$!\ntrap 'kill -TERM $pid' TERM\nwait $pid\nwait $pid"},
    rule{"S03", severity::error, "programs are started that ignore the stop signal",
         "A signal that is ignored stays ignored over execve(2): the program never sees it unless "
         "it sets a handler itself.",
         "execve(2); signal(7), \"Signal dispositions\"",
         "Take the trap out, or set it back with trap - TERM before the program.",
         "#!/bin/sh\ntrap '' TERM\nexec server", "#!/bin/sh\nexec server"},
    rule{"S04", severity::error, "the handler does not wait for the program",
         "When the script ends, the container or the service does, and what still runs is killed. "
         "SIGKILL from the handler is the same, only earlier.",
         posix_signals, "Tell it, and wait: kill -TERM $pid; wait $pid",
         "#!/bin/sh\nserver &\npid=$!\ntrap 'kill $pid; exit 0' TERM\nwait $pid",
         "#!/bin/sh\nserver &\npid=$!\ntrap 'kill $pid; wait $pid; exit 0' TERM\nwait $pid"},
    rule{"S05", severity::error, "nobody tells the program in the background",
         "The shell waits for a program that it has put into the background, and has no trap. The "
         "signal ends the shell, or nothing at all as process 1; the program is never told. Nor is "
         "it where the shell becomes another program: the signal is for that one alone.",
         posix_signals, "Set a trap that passes the signal on, or use exec without &.",
         "#!/bin/sh\nserver &\nwait", "#!/bin/sh\nexec server"},
    rule{"S06", severity::error, "the script sleeps while its program is in the background",
         "The script lives on whether the program does or not, and the stop signal ends at the "
         "sleep.",
         posix_signals, "Start the program with exec, without the sleep.",
         "#!/bin/sh\nserver &\nsleep infinity", "#!/bin/sh\nexec server"},
    rule{"S07", severity::error, "the program is in a pipeline",
         "The shell waits for the pipeline and keeps the signal. The exit status is that of the "
         "last command, so that a crash of the program goes unseen.",
         posix_signals, "exec server > >(tee log) in bash, or leave the log to the platform.",
         "#!/bin/sh\nserver | tee /var/log/server.log", "#!/bin/sh\nexec server"},
    rule{"S08", severity::error, "a loop starts the program again after a stop",
         "The signal ends the program, and the loop starts it again; nothing tells the loop that a "
         "stop was meant.",
         posix_signals, "Leave restarts to the platform or to a supervisor.",
         "#!/bin/sh\nwhile true; do\n    server\n    sleep 1\ndone", "#!/bin/sh\nexec server"},
    rule{"S09", severity::error, "the script waits once where it has to wait twice",
         "A wait that a trap interrupts returns at once, with a status above 128, before the "
         "program has ended. The script then ends under it.",
         "POSIX.1-2017, Shell Command Language, 2.11 (2.12 in POSIX.1-2024); bash(1), \"SIGNALS\"",
         "Wait for it a second time.",
         "#!/bin/sh\nserver &\npid=$!\ntrap 'kill -TERM $pid' TERM\nwait $pid",
         "#!/bin/sh\nserver &\npid=$!\ntrap 'kill -TERM $pid' TERM\nwait $pid\nwait $pid"},
    rule{"S10", severity::warning, "the program ignores the signal by inheritance",
         "What a script without job control starts with & ignores SIGINT and SIGQUIT, and what "
         "nohup starts ignores SIGHUP. The program keeps that unless it sets a handler.",
         "POSIX.1-2017, Shell Command Language, 2.11 (2.12 in POSIX.1-2024); nohup(1)",
         "Stop it with SIGTERM.", "#!/bin/sh\nserver &\npid=$!\nkill -INT $pid\nwait $pid",
         "#!/bin/sh\nserver &\npid=$!\nkill -TERM $pid\nwait $pid"},
    rule{"S11", severity::warning, "set -e ends the handler in the middle",
         "kill fails when the program is gone already, and wait has the status of the program, 143 "
         "after SIGTERM. With set -e the handler ends there.",
         "POSIX, set, -e", "Write || true behind it.",
         "#!/bin/sh\nset -e\nserver &\npid=$!\ntrap 'kill $pid; wait $pid; rm -f lock' TERM\nwait "
         "$pid",
         "#!/bin/sh\nset -e\nserver &\npid=$!\ntrap 'kill $pid || true; wait $pid || true; rm -f "
         "lock' TERM\nwait $pid"},
    rule{"S12", severity::warning, "a trap for a signal that cannot be handled",
         "SIGKILL and SIGSTOP cannot be caught. What the handler was to do is never done.",
         "signal(7), \"Standard signals\"", "Do it on TERM and EXIT.",
         "#!/bin/sh\ntrap 'rm -f lock' KILL\nexec server",
         "#!/bin/sh\ntrap 'rm -f lock' EXIT\nserver &\nwait $!"},
    rule{"S13", severity::error, "a handler has its values from too early",
         "Between double quotes a variable is put in when the trap is set. It is empty then, and "
         "the handler kills nothing.",
         "POSIX, trap", "Use single quotes.",
         "#!/bin/sh\ntrap \"kill $pid; wait $pid\" TERM\nserver &\npid=$!\nwait $pid",
         "#!/bin/sh\ntrap 'kill $pid; wait $pid' TERM\nserver &\npid=$!\nwait $pid"},
    rule{"S14", severity::error, "the first signal is SIGKILL",
         "The program is not asked: what it has in flight, and what it has not written yet, is "
         "lost.",
         "signal(7)", "Send SIGTERM, wait for the end, and SIGKILL only when the time is over.",
         "#!/bin/sh\npkill -9 server", "#!/bin/sh\npkill -TERM server"},
    rule{"S15", severity::warning, "SIGKILL after a short fixed wait",
         "The wait is as long for an idle program as for a busy one, and shorter than any usual "
         "grace period.",
         docker_stop, "Wait for the end of the process, up to its drain and a reserve.",
         "#!/bin/sh\nkill $pid\nsleep 3\nkill -9 $pid",
         "#!/bin/sh\nkill $pid\ntimeout 30 tail --pid=$pid -f /dev/null || kill -9 $pid"},
    rule{"S16", severity::warning, "a container is killed, or given less than the usual time",
         "docker kill and docker rm -f send SIGKILL. A short -t shortens what the image was made "
         "for.",
         docker_stop, "docker stop, with a time that is as long as the service needs.",
         "#!/bin/sh\ndocker rm -f web", "#!/bin/sh\ndocker stop web\ndocker rm web"},
    rule{"S17", severity::warning, "a pod gets less than its grace period",
         "The pod's own terminationGracePeriodSeconds does not hold then: its programs are killed "
         "in the middle of the drain.",
         pod_termination, "Leave --grace-period and --force away.",
         "#!/bin/sh\nkubectl delete pod web-0 --grace-period=0 --force",
         "#!/bin/sh\nkubectl delete pod web-0"},
    rule{"S18", severity::note, "a number in a file decides who gets the signal",
         "When the program has ended without removing its pid file, the number may belong to "
         "another process.",
         "kill(2); pid_namespaces(7)", "Let a service manager stop it, or compare what runs first.",
         "#!/bin/sh\nkill $(cat /run/web.pid)", "#!/bin/sh\nsystemctl stop web"},
    rule{"S19", severity::warning, "the script goes on before the program has ended",
         "kill(1) returns when the signal is sent. What comes next finds the port in use, or takes "
         "files away from a program that is still at work.",
         "kill(1)", "Wait for the process, or let a command stop it that waits.",
         "#!/bin/sh\nkill $old\nserver &",
         "#!/bin/sh\nkill $old\ntail --pid=$old -f /dev/null\nserver "
         "&"},
    rule{"S20", severity::warning, "a script or a step gives up before the stop does",
         "The stop goes on, but nobody sees how it ends, and the next step begins in the middle of "
         "it.",
         "timeout(1); systemd.service(5), \"TimeoutStopSec=\"",
         "Wait for longer than the layer that is asked: its grace period and a reserve.",
         "#!/bin/sh\ntimeout 20 systemctl stop web", "#!/bin/sh\ntimeout 120 systemctl stop web"},
    rule{"S21", severity::warning, "timeout kills without asking",
         "With -s KILL the program gets no other signal when the time is over.", "timeout(1)",
         "timeout -k 30 TIME PROGRAM: SIGTERM first, SIGKILL 30 s later.",
         "#!/bin/sh\ntimeout -s KILL 1h server", "#!/bin/sh\ntimeout -k 30 1h server"},
    rule{"S22", severity::warning, "the user is changed by a program that stays",
         "su and sudo stay as the parent of the program and take the stop signal in their own way; "
         "su gives it two seconds.",
         "su(1) of util-linux, \"SIGNALS\"",
         "Use setpriv, gosu or su-exec with exec; they become the program.",
         "#!/bin/sh\nexec sudo -u app server", "#!/bin/sh\nexec gosu app server"},
    rule{"S23", severity::note, "files are taken away before the stop",
         "A program that is still at work opens files late: templates, modules, certificates.",
         "unlink(2)", "Stop it first, or put the new files beside the old ones.",
         "#!/bin/sh\nrm -rf /opt/web/current\nsystemctl restart web",
         "#!/bin/sh\nsystemctl stop web\nrm -rf /opt/web/current\nsystemctl start web"},
    rule{"S24", severity::warning, "a program is overwritten while it runs",
         "cp opens the file that is there. Where it is being executed the kernel refuses "
         "(ETXTBSY), and where it is a mapped library the running program changes under its feet.",
         "open(2), ETXTBSY", "Copy beside it, and rename: mv replaces it as a whole.",
         "#!/bin/sh\ncp server /usr/local/bin/server\nsystemctl restart web",
         "#!/bin/sh\ncp server /usr/local/bin/server.new\nmv /usr/local/bin/server.new "
         "/usr/local/bin/server\nsystemctl restart web"},
};

}  // namespace

std::span<const rule> shell_rules() { return shell_table; }

}  // namespace lastcall::lint
