// lastcall restart
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/follow.hpp"
#include "cli/problem.hpp"

namespace lastcall::cli {

int run_restart_command(std::span<char* const> arguments) {
    command_line line("restart", "the same version again, without losing a request",
                      {"[SERVICE] [OPTION...]"});
    agent_place where;
    std::string service;
    follow_terms how;
    line.word("a service", false, service);
    line.flag("--no-wait", "do not follow it", how.no_wait);
    line.flag("--json", "at the end the deploy as JSON on standard output", how.as_json);
    line.place_of_agent(where);
    line.epilogue(
        "It is a deploy of what runs now: the old process leaves when the new one serves.\n\n"
        "  lastcall restart web\n\n"
        "Exit status: 0 done, 1 rolled back or refused, 2 usage, 4 not known.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    return tell_problems("restart", purpose::changes,
                         [&] { return ask_and_follow(where, service, "restart", how); });
}

}  // namespace lastcall::cli
