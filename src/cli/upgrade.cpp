// lastcall upgrade
#include <filesystem>

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/follow.hpp"
#include "cli/problem.hpp"
#include "cli/programs.hpp"
#include "cli/row_stream.hpp"
#include "sys/process/launch.hpp"
#include "sys/process/process.hpp"

namespace lastcall::cli {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using agent::client_error;
using clock = std::chrono::steady_clock;

// A trial of the new keeper, the new agent's start, and the way back if it does not answer.
constexpr auto longest_upgrade = 60s;
constexpr auto between_looks = 50ms;

std::string folder_meant(const std::string& typed, const agent_place& where) {
    if (where.is_remote()) {
        if (typed.empty()) {
            throw problem("which directory of that host?", "name one that has the new programs",
                          status_usage);
        }
        return typed;
    }
    const auto folder = typed.empty() ? fs::path(own_program()).parent_path()
                                      : fs::absolute(typed).lexically_normal();
    for (const char* const name : {"lastcall", "lastcall-keeper", "lastcall-init"}) {
        if (!sys::can_run((folder / name).c_str())) {
            throw problem("there is no " + (folder / name).string() + ", or it cannot be run",
                          "name a directory that has lastcall, lastcall-keeper and lastcall-init");
        }
    }
    return folder.string();
}

[[noreturn]] void throw_refused(const json& row) {
    throw problem("the agent stays as it is: " + text_in(member(row, "fields"), "reason"),
                  "the keeper's log has what the new programs said");
}

/// One that is back has written why before it answers.
void throw_if_refused(agent::api_client& client, std::int64_t last_row) {
    const auto rows = list_in(
        client.get("/v1/journal?kind=upgrade_refused&limit=1&after=" + std::to_string(last_row)),
        "rows");
    if (!rows.empty()) {
        throw_refused(rows.front());
    }
}

/// The agent that came after the one with this pid.
json successor(agent::api_client& client, const agent_place& where, std::int64_t before,
               std::int64_t last_row) {
    const auto enough = clock::now() + longest_upgrade;
    row_stream rows(where.target(),
                    {.service = {}, .kinds = {"upgrade_refused"}, .after = last_row});
    for (;;) {
        try {
            auto now = client.get("/v1/status");
            if (number_in(now, "pid") != before) {
                throw_if_refused(client, last_row);
                return now;
            }
        } catch (const client_error& e) {
            if (e.why() != client_error::kind::no_agent && e.why() != client_error::kind::lost) {
                throw;
            }
        }
        if (clock::now() >= enough) {
            throw problem("no new agent has answered within 60 s",
                          "the services go on; see `lastcall status" + where.as_options() +
                              "` and `lastcall events" + where.as_options() + "`",
                          status_inconclusive);
        }
        json row;
        if (rows.next(row, clock::now() + between_looks) == row_stream::news::row) {
            throw_refused(row);
        }
        sys::sleep_until(clock::now() + between_looks);
    }
}

int upgrade(const agent_place& where, const std::string& typed) {
    agent::api_client client(where.target());
    const auto folder = folder_meant(typed, where);
    const auto before = client.get("/v1/status");
    const auto last_row = newest_row(client);
    client.post("/v1/upgrade", {{"directory", folder}});
    const auto after = successor(client, where, number_in(before, "pid"), last_row);
    const auto style = style_of(stdout, where);
    std::printf("lastcall %s %s %s, agent pid %lld, keeper pid %lld\n",
                harmless(text_in(before, "version")).c_str(), std::string(style.on.arrow()).c_str(),
                harmless(text_in(after, "version")).c_str(),
                static_cast<long long>(number_in(after, "pid")),
                static_cast<long long>(number_in(after, "keeper_pid")));
    std::fputs(status_text(after, style).c_str(), stdout);
    return status_ok;
}

}  // namespace

int run_upgrade_command(std::span<char* const> arguments) {
    command_line line("upgrade", "another lastcall under services that run on",
                      {"[DIRECTORY] [OPTION...]"});
    agent_place where;
    std::string folder;
    line.word("a directory", false, folder);
    line.place_of_agent(where);
    line.epilogue(
        "DIRECTORY has the new lastcall, lastcall-keeper and lastcall-init; it is that of this\n"
        "program unless it is given. The new keeper is tried on a copy of the state first, and\n"
        "when the new agent does not answer, the old one comes back. No service notices.\n\n"
        "  lastcall upgrade /opt/lastcall-0.9/bin\n\n"
        "Exit status: 0 the new one runs, 1 refused, 2 usage, 4 not known.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    return tell_problems("upgrade", purpose::changes, [&] { return upgrade(where, folder); });
}

}  // namespace lastcall::cli
