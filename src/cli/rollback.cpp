// lastcall rollback
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/follow.hpp"
#include "cli/problem.hpp"

namespace lastcall::cli {

int run_rollback_command(std::span<char* const> arguments) {
    command_line line("rollback", "back to the version that ran before", {"[SERVICE] [OPTION...]"});
    agent_place where;
    std::string service;
    follow_terms how;
    line.word("a service", false, service);
    line.flag("--no-wait", "do not follow it", how.no_wait);
    line.flag("--json", "at the end the deploy as JSON on standard output", how.as_json);
    line.place_of_agent(where);
    line.epilogue(
        "While the old version still runs, it gets the traffic back at once; afterwards what\n"
        "ran before is deployed. It never needs an approval.\n\n"
        "  lastcall rollback web\n\n"
        "Exit status: 0 done, 1 it did not work or was refused, 2 usage, 4 not known.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    return tell_problems("rollback", purpose::changes,
                         [&] { return ask_and_follow(where, service, "rollback", how); });
}

}  // namespace lastcall::cli
