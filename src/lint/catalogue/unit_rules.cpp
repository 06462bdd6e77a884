// The rules for systemd units.
#include <array>

#include "lint/catalogue/catalogue.hpp"

namespace lastcall::lint {
namespace {

constexpr std::string_view kill_mode = "systemd.kill(5), \"KillMode=\"";
constexpr std::string_view exec_stop = "systemd.service(5), \"ExecStop=\"";
constexpr std::string_view stop_timeout = "systemd.service(5), \"TimeoutStopSec=\"";

constexpr std::array unit_table{
    rule{"U01", severity::warning, "a stop kills nothing",
         "With KillMode=none only the stop command is run. What it leaves behind goes on running "
         "while the unit counts as stopped, and the next start runs beside it.",
         kill_mode, "Use control-group, or mixed where the program stops its own children.",
         "[Service]\nExecStart=/usr/bin/server\nKillMode=none",
         "[Service]\nExecStart=/usr/bin/server\nKillMode=mixed"},
    rule{"U02", severity::error, "only the shell in front of the program is killed",
         "With KillMode=process the stop signal goes to the main process alone. Where that is a "
         "shell or a launcher, it ends, and the program goes on running without anybody who looks "
         "after it.",
         kill_mode, "Use KillMode=control-group, and let the shell become the program (exec).",
         "[Service]\nExecStart=/bin/sh -c 'prepare; server'\nKillMode=process",
         "[Service]\nExecStart=/bin/sh -c 'prepare; exec server'\nKillMode=process"},
    rule{"U03", severity::warning, "the time limit of a stop does not fit what has to be done",
         "When TimeoutStopSec is over, the rest of the stop commands is left out and the processes "
         "get SIGKILL; without a limit a process that does not end holds up the machine.",
         stop_timeout, "Set TimeoutStopSec to what the program needs, and some seconds.",
         "[Service]\nExecStart=/usr/bin/server\nExecStop=/usr/bin/sleep 100\nTimeoutStopSec=5",
         "[Service]\nExecStart=/usr/bin/server\nExecStop=/usr/bin/sleep 3\nTimeoutStopSec=60"},
    rule{"U04", severity::warning, "what does not end is never killed",
         "With SendSIGKILL=no a process that does not end in time stays. While it does, a unit "
         "with KillMode=control-group or mixed does not start again; without a time limit the stop "
         "itself never ends.",
         "systemd.kill(5), \"SendSIGKILL=\"",
         "Take SendSIGKILL=no out, and set TimeoutStopSec to the time that the program needs.",
         "[Service]\nExecStart=/usr/bin/server\nSendSIGKILL=no",
         "[Service]\nExecStart=/usr/bin/server\nTimeoutStopSec=300"},
    rule{"U05", severity::warning, "the stop command does not wait",
         "As soon as ExecStop has ended, what is left of the service gets KillSignal. A command "
         "that only asks for an orderly end has that end cut off right away.",
         exec_stop,
         "Send that signal by KillSignal= instead of a command, or let the command wait for the "
         "end.",
         "[Service]\nExecStart=/usr/bin/server\nExecStop=/bin/kill -QUIT $MAINPID",
         "[Service]\nExecStart=/usr/bin/server\nKillSignal=SIGQUIT"},
    rule{"U06", severity::error, "the stop command sends SIGKILL first",
         "SIGKILL cannot be handled: all that is in flight is lost, at every stop and every "
         "restart.",
         "signal(7), \"Standard signals\"",
         "Take the command out: systemd sends KillSignal, waits, and kills what is left.",
         "[Service]\nExecStart=/usr/bin/server\nExecStop=/bin/kill -9 $MAINPID",
         "[Service]\nExecStart=/usr/bin/server"},
    rule{"U07", severity::warning, "the program ends in order on another signal",
         "The service is stopped with a signal that means something else to this program: end at "
         "once, reload, or nothing at all.",
         "systemd.kill(5), \"KillSignal=\"",
         "Set KillSignal to the signal on which the program ends in order.",
         "[Service]\nExecStart=/usr/sbin/nginx -g 'daemon off;'",
         "[Service]\nExecStart=/usr/sbin/nginx -g 'daemon off;'\nKillSignal=SIGQUIT"},
    rule{"U08", severity::error, "the program gets SIGKILL and no signal before it",
         "With KillMode=mixed only the main process gets the stop signal, and SIGKILL goes to all "
         "others when it has ended. A shell or a launcher in front ends at once and passes nothing "
         "on.",
         kill_mode, "Let the shell become the program (exec), or use KillMode=control-group.",
         "[Service]\nExecStart=/bin/sh -c 'prepare; server'\nKillMode=mixed",
         "[Service]\nExecStart=/bin/sh -c 'prepare; exec server'\nKillMode=mixed"},
    rule{"U09", severity::warning, "which process is the main one is a guess",
         "A program that forks leaves systemd with its children. Without PIDFile it guesses which "
         "of them is the main process, and the man page says that it may be wrong.",
         "systemd.service(5), \"GuessMainPID=\" and \"PIDFile=\"",
         "Have the program stay in the foreground (Type=exec, Type=notify), or set PIDFile.",
         "[Service]\nType=forking\nExecStart=/usr/sbin/server --daemon\nKillMode=mixed",
         "[Service]\nType=forking\nPIDFile=/run/server.pid\nExecStart=/usr/sbin/server --daemon\n"
         "KillMode=mixed"},
    rule{"U10", severity::warning, "an orderly end counts as a failure",
         "Status 0 and an end by SIGTERM are clean ends for systemd, and an exit status of 143 is "
         "none: the stopped unit is \"failed\", and what watches units raises an alarm at each "
         "stop.",
         "systemd.service(5), \"SuccessExitStatus=\"; "
         "https://github.com/sbt/sbt-native-packager/issues/770",
         "Set SuccessExitStatus=143.",
         "[Service]\nExecStart=/usr/bin/java -jar /srv/app.jar\nRestart=on-failure",
         "[Service]\nExecStart=/usr/bin/java -jar /srv/app.jar\nRestart=on-failure\n"
         "SuccessExitStatus=143"},
    rule{"U11", severity::warning, "what the service needs may be stopped before it",
         "Units are stopped in the inverse of their start order, and at the same time where there "
         "is none. Requires= is no order.",
         "systemd.unit(5), \"Before=, After=\"; systemd.special(7), \"network.target\"",
         "Add After= for what has to be there until the end.",
         "[Unit]\nRequires=db.service\n[Service]\nExecStart=/usr/bin/server",
         "[Unit]\nRequires=db.service\nAfter=db.service\n[Service]\nExecStart=/usr/bin/server"},
    rule{"U12", severity::warning, "a unit and its container are not stopped as one",
         "The container belongs to Docker or Podman. When systemd kills the client, the container "
         "goes on; when the client's own grace period (StopTimeout= of Quadlet) is longer than "
         "TimeoutStopSec, nobody waits for its end; when it is the usual 10 s, a longer "
         "TimeoutStopSec is of no use.",
         "moby: https://github.com/moby/moby/pull/4469",
         "Add ExecStop with a stop of the container (Quadlet has one), and a TimeoutStopSec longer "
         "than its grace period.",
         "[Service]\nExecStart=/usr/bin/docker run --name web example/web",
         "[Service]\nExecStart=/usr/bin/docker run --name web example/web\n"
         "ExecStop=/usr/bin/docker stop -t 30 web\nTimeoutStopSec=45"},
    rule{"U13", severity::note, "a shell is the main process of the service",
         "With KillMode=control-group all processes get the stop signal, so that nothing is lost "
         "by it. But the shell's end is taken for the end of the service, its status for that of "
         "the program, and when the shell has ended the program gets the signal a second time.",
         "systemd.service(5), \"ExecStart=\"", "Let the last command of the text begin with exec.",
         "[Service]\nExecStart=/bin/sh -c 'prepare; server'",
         "[Service]\nExecStart=/bin/sh -c 'prepare; exec server'"},
    rule{"U14", severity::warning, "what the program tells systemd is thrown away",
         "Only the main process may tell systemd that it is ready, that it is stopping, that it "
         "needs more time, or that it is alive. From a child of it that is ignored: the start "
         "fails, or the watchdog kills the service.",
         "systemd.service(5), \"NotifyAccess=\"",
         "Let the shell become the program (exec), or set NotifyAccess=all.",
         "[Service]\nType=notify\nExecStart=/bin/sh -c 'prepare; server'",
         "[Service]\nType=notify\nExecStart=/bin/sh -c 'prepare; exec server'"},
    rule{"U15", severity::note, "a restart refuses connections",
         "A program that opens its port by itself closes it when it ends. A socket unit keeps the "
         "port open, and what connects in between waits for the new process.",
         "systemd.socket(5)", "Add a socket unit of the same name.",
         "[Service]\nExecStart=/usr/bin/gunicorn --bind 0.0.0.0:8000 app",
         "[Unit]\nRequires=web.socket\n[Service]\nExecStart=/usr/bin/gunicorn app"},
    rule{"U16", severity::note, "a drop-in does something else than it seems to",
         "Drop-ins are read one after the other. Of a setting with one value the last one holds, "
         "an empty one takes back a list and nothing else, and what is not taken back is added to.",
         "systemd.unit(5), \"Description\", on drop-ins",
         "Look at the whole with systemctl cat, and say it in one place.",
         "# web.service.d/10.conf\n[Service]\nExecStop=",
         "# web.service.d/10.conf\n[Service]\nExecStop=\nExecStop=/usr/bin/drain --wait"},
    rule{"U17", severity::note, "a server of a user ends when the user logs out",
         "The units of a user belong to a manager that ends with the last session of the user. "
         "Only for a user who lingers it goes on.",
         "loginctl(1), \"enable-linger\"",
         "Make it a system service with User=, or run loginctl enable-linger USER.",
         "[Service]\nExecStart=/usr/bin/caddy run\n[Install]\nWantedBy=default.target",
         "[Service]\nExecStart=/usr/bin/caddy run\n[Install]\nWantedBy=multi-user.target"},
};

}  // namespace

std::span<const rule> unit_rules() { return unit_table; }

}  // namespace lastcall::lint
