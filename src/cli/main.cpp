// lastcall COMMAND ...
#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/nearest.hpp"

namespace lastcall::cli {
namespace {

constexpr command headline(std::string_view text) { return {{}, text, nullptr}; }

constexpr std::array commands{
    headline("Run services"),
    command{"up", "start an agent with a service, or with those of a file", run_up_command},
    command{"check", "what is wrong with a lastcall.yaml, and whether its stop fits",
            run_check_command},
    command{"apply", "a new lastcall.yaml for the agent that runs", run_apply_command},
    headline("Change what runs"),
    command{"deploy", "a new version of a service, without losing a request", run_deploy_command},
    command{"approve", "show a deploy that waits, and let it go on", run_approve_command},
    command{"reject", "end a deploy: the version before it stays, or comes back",
            run_reject_command},
    command{"rollback", "back to the version that ran before", run_rollback_command},
    command{"restart", "the same version again, without losing a request", run_restart_command},
    command{"start", "start a service that was stopped, or has failed", run_start_command},
    command{"stop", "stop a service in order, or all of them", run_stop_command},
    headline("Look at it"),
    command{"status", "what runs, since when, and what is wrong with it", run_status_command},
    command{"logs", "what a service has printed", run_logs_command},
    command{"history", "what was asked for and done, by whom, and how it ended",
            run_history_command},
    command{"why", "the last stop of a service as a story", run_why_command},
    command{"events", "what happens, while it happens", run_events_command},
    headline("Keep it"),
    command{"upgrade", "another lastcall under running services", run_upgrade_command},
    command{"token", "make a token for the agent's API over TLS", run_token},
    command{"verify-journal", "whether the journal is whole", run_verify_journal_command},
    headline("Prove it"),
    command{"drill", "stop a service under load, and account for every request", run_drill_command},
    command{"lint", "which files will make a stop lose something", run_lint_command},
    command{"doctor", "why a process does not stop, or will not", run_doctor_command},
    command{"explain", "what a rule of lint or doctor is about, and what to do",
            run_explain_command},
#ifdef LASTCALL_HAS_AGENT
    command{"agent", {}, run_agent_command},  // for the keeper
#endif
};

void print_help(std::FILE* to) {
    std::fputs(
        "lastcall stops services without losing anything, and proves it.\n\n"
        "usage: lastcall COMMAND [OPTION...]\n",
        to);
    for (const auto& one : commands) {
        const auto width = static_cast<int>(one.summary.size());
        if (one.run == nullptr) {
            std::fprintf(to, "\n%.*s\n", width, one.summary.data());
        } else if (!one.summary.empty()) {
            std::fprintf(to, "  %-16.*s%.*s\n", static_cast<int>(one.name.size()), one.name.data(),
                         width, one.summary.data());
        }
    }
    std::fputs(
        "\n`lastcall COMMAND --help` describes a command. Exit status: 0 all is well,\n"
        "1 could not be done, 2 usage, 3 losses or findings, 4 inconclusive, 70 a defect.\n",
        to);
}

int refuse(const std::string& name) {
    std::vector<std::string> known;
    for (const auto& one : commands) {
        if (one.run != nullptr && !one.summary.empty()) {
            known.emplace_back(one.name);
        }
    }
    const auto meant = nearest(name, known);
    std::fprintf(stderr,
                 "lastcall: there is no command \"%s\"%s%s%s\n  lastcall --help tells them\n",
                 name.c_str(), meant.empty() ? "" : "; did you mean ", meant.c_str(),
                 meant.empty() ? "" : "?");
    return status_usage;
}

int run(std::span<char* const> arguments) {
    const std::string_view first = arguments.empty() ? std::string_view{} : arguments.front();
    if (first == "--help" || first == "-h" || first == "help") {
        if (first == "help" && arguments.size() > 1) {
            char help[] = "--help";
            char* const asked[] = {arguments[1], help};
            return run(asked);
        }
        print_help(stdout);
        return status_ok;
    }
    if (first == "--version" || first == "-V") {
        std::puts("lastcall " LASTCALL_VERSION);
        return status_ok;
    }
    for (const auto& one : commands) {
        if (one.run != nullptr && one.name == first) {
            return one.run(arguments.subspan(1));
        }
    }
    if (!first.empty()) {
        return refuse(std::string(first));
    }
    print_help(stderr);
    return status_usage;
}

}  // namespace
}  // namespace lastcall::cli

int main(int argc, char** argv) {
    try {
        return lastcall::cli::run({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)});
    } catch (const std::exception& e) {
        std::fprintf(stderr, "lastcall: internal error: %s\n", e.what());
        return lastcall::cli::status_internal;
    }
}
