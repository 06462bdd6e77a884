// lastcall reject
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/follow.hpp"
#include "cli/problem.hpp"

namespace lastcall::cli {

int run_reject_command(std::span<char* const> arguments) {
    command_line line("reject", "ends a deploy: the version before it stays, or comes back",
                      {"NUMBER [OPTION...]"});
    agent_place where;
    std::string number;
    std::string reason;
    follow_terms how;
    line.word("the number of a deploy; `lastcall status` tells it", true, number);
    line.remark("--reason", "why; kept in the journal", reason);
    line.flag("--no-wait", "do not wait until the old version serves again", how.no_wait);
    line.flag("--json", "at the end the deploy as JSON on standard output", how.as_json);
    line.place_of_agent(where);
    line.epilogue(
        "Possible until the old version was told to stop; afterwards use `rollback`.\n\n"
        "  lastcall reject 7 --reason 'not on a Friday'\n\n"
        "Exit status: 0 it was ended, 1 refused, 2 usage, 4 not known.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    if (!is_deploy_number(number)) {
        return line.refuse("\"" + number + "\" is no number of a deploy");
    }
    return tell_problems("reject", purpose::changes, [&] {
        agent::api_client client(where.target());
        how.after = newest_row(client);
        const auto answer = client.post("/v1/deploys/" + number + "/reject", {{"reason", reason}});
        const int ended = follow_deploy(where, answer, how);
        // That it did not get through is what was asked for.
        return ended == status_failed               ? status_ok
               : ended == status_ok && !how.no_wait ? status_failed
                                                    : ended;
    });
}

}  // namespace lastcall::cli
