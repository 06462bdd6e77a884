// lastcall history
#include "agent/story/history.hpp"

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/follow.hpp"
#include "cli/journal_rows.hpp"
#include "cli/problem.hpp"

namespace lastcall::cli {

int run_history_command(std::span<char* const> arguments) {
    command_line line("history", "deploys and stops: who asked, when, and how they ended",
                      {"[SERVICE] [OPTION...]"});
    agent_place where;
    std::string service;
    std::int64_t entries = 20;
    bool wants_json = false;
    line.word("a service", false, service);
    line.number("-n,--entries", "the last so many [20]", 1, 100'000, entries);
    line.flag("--json", "one JSON object", wants_json);
    line.place_of_agent(where);
    line.epilogue(
        "Where no agent runs it reads the journal itself.\n\n"
        "  lastcall history web\n\n"
        "Exit status: 0 told, 1 there is no such service, 2 usage, 4 could not look.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    return tell_problems("history", purpose::looks, [&] {
        constexpr std::size_t rows_for_an_entry = 40;  // a deploy writes a dozen
        const auto most = static_cast<std::size_t>(entries);
        const auto rows =
            last_rows(where, service, std::max<std::size_t>(most * rows_for_an_entry, 1000));
        check_is_known(where, service, rows);
        auto all = agent::story::history_of(rows);
        if (!service.empty()) {  // rows of no service say who has stopped all of them
            std::erase_if(all, [&](const auto& one) { return one.service != service; });
        }
        if (all.size() > most) {
            all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(most));
        }
        if (wants_json) {
            std::fputs(json_line("lastcall_history", agent::story::history_json(all)).c_str(),
                       stdout);
        } else {
            std::fputs(agent::story::history_text(all, agent::story::local_zone(), service.empty())
                           .c_str(),
                       stdout);
        }
        return status_ok;
    });
}

}  // namespace lastcall::cli
