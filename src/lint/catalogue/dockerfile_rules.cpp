// The rules for Dockerfiles.
#include <array>

#include "lint/catalogue/catalogue.hpp"

namespace lastcall::lint {
namespace {

constexpr std::string_view docker_entrypoint =
    "Docker, Dockerfile reference: https://docs.docker.com/reference/dockerfile/#entrypoint";
constexpr std::string_view docker_stopsignal =
    "Docker, Dockerfile reference: https://docs.docker.com/reference/dockerfile/#stopsignal";
constexpr std::string_view init_signals =
    "pid_namespaces(7), \"The namespace init process\": only signals that it handles come through";

constexpr std::array dockerfile_table{
    rule{"D01", severity::error, "the shell form keeps a shell in front of the program",
         "The container's process 1 is /bin/sh, and the stop signal comes to it. It passes nothing "
         "on, and as process 1 it does not even end: the program is killed with all that is in "
         "flight when the grace period is over.",
         docker_entrypoint, "Write it as a JSON array, or put exec in front of the program.",
         "FROM debian:12\nCMD server --port 80",
         "FROM debian:12\nCMD [\"server\", \"--port\", \"80\"]"},
    rule{"D02", severity::error, "a shell in the exec form stays in front of the program",
         "The array starts a shell with -c, and the shell starts the program as its child. The "
         "stop signal ends at the shell.",
         docker_entrypoint, "Let the last command of the text begin with exec.",
         "FROM debian:12\nCMD [\"sh\", \"-c\", \"migrate && server\"]",
         "FROM debian:12\nCMD [\"sh\", \"-c\", \"migrate && exec server\"]"},
    rule{"D03", severity::warning, "a package manager or development tool starts the program",
         "It runs the program as its child, mostly behind a shell. Depending on its version it "
         "keeps the stop signal, ends before the program, or turns a clean end into an error.",
         "npm: https://github.com/npm/npm/issues/4603 and "
         "https://github.com/npm/run-script/pull/188",
         "Start the program itself.",
         "FROM node:20\nENTRYPOINT [\"tini\", \"--\"]\nCMD [\"npm\", \"start\"]",
         "FROM node:20\nENTRYPOINT [\"tini\", \"--\"]\nCMD [\"node\", \"server.js\"]"},
    rule{"D04", severity::error, "the program ends in order on another signal",
         "The container is stopped with a signal that means something else to this program: end at "
         "once, reload, or nothing at all.",
         docker_stopsignal, "Set STOPSIGNAL to the signal on which the program ends in order.",
         "FROM debian:12\nCMD [\"nginx\", \"-g\", \"daemon off;\"]",
         "FROM debian:12\nSTOPSIGNAL SIGQUIT\nCMD [\"nginx\", \"-g\", \"daemon off;\"]"},
    rule{"D05", severity::error, "the stop signal gives the program no chance",
         "SIGKILL and SIGSTOP cannot be handled (signal(7)), and with a name that is none the "
         "container cannot be stopped by it.",
         "signal(7), \"Standard signals\"",
         "Take the line out, or name a signal that the program handles.",
         "FROM debian:12\nSTOPSIGNAL SIGKILL\nCMD [\"server\"]",
         "FROM debian:12\nSTOPSIGNAL SIGTERM\nCMD [\"server\"]"},
    rule{"D06", severity::warning, "the base image's stop signal is not for this program",
         "STOPSIGNAL is inherited. What was right for the program of the base image is a signal "
         "that this one may not handle: it dies by it, or as process 1 never sees it.",
         docker_stopsignal, "Set STOPSIGNAL SIGTERM, or what this program wants.",
         "FROM php:8.2-fpm\nCOPY app /app\nCMD [\"/app\"]",
         "FROM php:8.2-fpm\nCOPY app /app\nSTOPSIGNAL SIGTERM\nCMD [\"/app\"]"},
    rule{"D07", severity::warning, "process 1 has no handler for SIGTERM",
         "The kernel gives process 1 of a container only the signals that it has a handler for. A "
         "script of these runtimes has none unless somebody wrote it, so that it runs on until it "
         "is killed.",
         init_signals,
         "Handle SIGTERM, or put an init in front: lastcall-init, tini, docker run --init.",
         "FROM node:20\nCOPY server.js /app/\nCMD [\"node\", \"/app/server.js\"]",
         "FROM node:20\nCOPY server.js /app/\nENTRYPOINT [\"tini\", \"--\"]\nCMD [\"node\", "
         "\"/app/server.js\"]"},
    rule{"D08", severity::error, "the script that the container begins with breaks a rule",
         "The script of the build context was read, too: what `lastcall explain` says of the rule "
         "that it breaks is what happens to this container.",
         docker_entrypoint, "Mend the script.",
         "COPY start.sh /\nENTRYPOINT [\"/start.sh\"]     # start.sh ends with: server",
         "COPY start.sh /\nENTRYPOINT [\"/start.sh\"]     # start.sh ends with: exec server"},
    rule{"D09", severity::error, "the entry script does not become what CMD says",
         "The words of CMD come to the script as its arguments. Where it does not end with exec "
         "\"$@\", they run as a child that no signal reaches, or not at all.",
         docker_entrypoint, "End the script with exec \"$@\".",
         "ENTRYPOINT [\"/start.sh\"]     # start.sh ends with: \"$@\"\nCMD [\"server\"]",
         "ENTRYPOINT [\"/start.sh\"]     # start.sh ends with: exec \"$@\"\nCMD [\"server\"]"},
    rule{"D10", severity::error, "the init passes the signal to a shell only",
         "Without -g the init signals its own child. That is a shell, which dies by it or keeps "
         "it; the program behind it is killed together with the container.",
         "tini: https://github.com/krallin/tini#process-group-killing",
         "Give the init -g, or put exec in front of the program.",
         "FROM debian:12\nENTRYPOINT [\"tini\", \"--\", \"sh\", \"-c\", \"migrate; server\"]",
         "FROM debian:12\nENTRYPOINT [\"tini\", \"-g\", \"--\", \"sh\", \"-c\", \"migrate; "
         "server\"]"},
    rule{"D11", severity::warning, "the user is changed by a program that stays",
         "su and sudo stay as the parent of the program. su gives it two seconds between SIGTERM "
         "and SIGKILL, whatever the platform's grace period is.",
         "su(1) of util-linux, \"SIGNALS\"",
         "Use USER, or setpriv, gosu or su-exec, which become the program.",
         "FROM debian:12\nCMD [\"sudo\", \"-u\", \"app\", \"server\"]",
         "FROM debian:12\nUSER app\nCMD [\"server\"]"},
    rule{"D12", severity::error, "-Xrs takes the shutdown hooks away",
         "With -Xrs the Java virtual machine does not handle SIGTERM: it dies by it, and no "
         "shutdown hook runs.",
         "java(1): https://docs.oracle.com/en/java/javase/17/docs/specs/man/java.html",
         "Take -Xrs out.", "FROM eclipse-temurin:21\nENV JAVA_TOOL_OPTIONS=-Xrs",
         "FROM eclipse-temurin:21\nENV JAVA_TOOL_OPTIONS=-Xmx512m"},
    rule{"D13", severity::error, "the kernel cannot execute the script",
         "In the exec form nothing but the kernel looks at the file. Without a #! line it refuses "
         "it (ENOEXEC), and with CR LF it looks for an interpreter whose name ends in CR. Where a "
         "shell is put in front to mend that, the shell is process 1.",
         "execve(2), \"Interpreter scripts\" and ENOEXEC",
         "Begin the script with #!/bin/sh, and end its lines with LF.",
         "ENTRYPOINT [\"/start.sh\"]     # start.sh begins with: exec server",
         "ENTRYPOINT [\"/start.sh\"]     # start.sh begins with: #!/bin/sh"},
    rule{"D14", severity::warning, "a supervisor waits longer than the container lives",
         "The supervisor gives its programs more time than the platform gives the container by "
         "default: the platform's SIGKILL comes first, and ends all of them.",
         "Docker, docker stop: https://docs.docker.com/reference/cli/docker/container/stop/",
         "Let the supervisor wait for less than the grace period, or raise that where it is "
         "started.",
         "[program:web]\ncommand=server\nstopwaitsecs=30",
         "[program:web]\ncommand=server\nstopwaitsecs=8"},
    rule{"D15", severity::warning, "an instruction has no effect",
         "Only the last CMD, ENTRYPOINT, STOPSIGNAL and HEALTHCHECK of a stage hold. Who reads the "
         "first one believes something that is not so.",
         "Docker, Dockerfile reference: https://docs.docker.com/reference/dockerfile/#cmd",
         "Take out the one that does not hold.", "FROM debian:12\nCMD [\"old\"]\nCMD [\"server\"]",
         "FROM debian:12\nCMD [\"server\"]"},
    rule{"D16", severity::note, "a health check is slow to tell that the container stops",
         "Who routes by the health check goes on to send requests until it has failed so many "
         "times in a row, longer than a stop usually lasts.",
         "Docker, Dockerfile reference: https://docs.docker.com/reference/dockerfile/#healthcheck",
         "Check more often, or do not route by it.",
         "FROM debian:12\nHEALTHCHECK CMD [\"probe\"]\nCMD [\"server\"]",
         "FROM debian:12\nHEALTHCHECK --interval=3s --retries=2 CMD [\"probe\"]\nCMD [\"server\"]"},
};

}  // namespace

std::span<const rule> dockerfile_rules() { return dockerfile_table; }

}  // namespace lastcall::lint
