// lastcall why
#include "agent/story/why.hpp"

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/follow.hpp"
#include "cli/journal_rows.hpp"
#include "cli/problem.hpp"

namespace lastcall::cli {
namespace {

constexpr std::size_t rows_looked_at = 3000;

/// The only one that the rows know, where none was named.
std::string service_of(const agent::story::rows& rows) {
    std::string found;
    for (const auto& row : rows) {
        if (!row.service.empty() && found.empty()) {
            found = row.service;
        } else if (!row.service.empty() && row.service != found) {
            throw problem("which service is meant?",
                          "there are at least " + found + " and " + row.service, status_usage);
        }
    }
    return found;
}

}  // namespace

int run_why_command(std::span<char* const> arguments) {
    command_line line("why", "the last end of a service as a story", {"[SERVICE] [OPTION...]"});
    agent_place where;
    std::string service;
    bool wants_json = false;
    line.word("a service", false, service);
    line.flag("--json", "one JSON object", wants_json);
    line.place_of_agent(where);
    line.epilogue(
        "Who asked for it, what happened phase by phase, what blocked, what was killed, and\n"
        "what was done since. Where no agent runs it reads the journal itself.\n\n"
        "  lastcall why web\n\n"
        "Exit status: 0 told, 1 there is no such service, 2 usage, 4 could not look.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    return tell_problems("why", purpose::looks, [&] {
        const auto rows = last_rows(where, service, rows_looked_at);
        check_is_known(where, service, rows);
        const auto name = service.empty() ? service_of(rows) : service;
        if (wants_json) {
            std::fputs(json_line("lastcall_why", agent::story::why_json(rows, name)).c_str(),
                       stdout);
        } else {
            std::fputs(agent::story::why_text(rows, name, agent::story::local_zone()).c_str(),
                       stdout);
        }
        return status_ok;
    });
}

}  // namespace lastcall::cli
