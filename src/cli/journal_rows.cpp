#include "cli/journal_rows.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <set>

#include "agent/api/time_text.hpp"
#include "cli/problem.hpp"

namespace lastcall::cli {

using agent::actor;
using agent::client_error;
using agent::journal_row;

namespace {

constexpr std::int64_t rows_at_once = 1000;  // the API gives no more

actor actor_of(const json& from) {
    actor made;
    const auto kind = text_in(from, "kind");
    made.how = kind == "user"     ? actor::kind::user
               : kind == "token"  ? actor::kind::token
               : kind == "signal" ? actor::kind::signal
                                  : actor::kind::system;
    made.name = text_in(from, "name");
    if (member(from, "uid").is_number()) {
        made.uid = static_cast<std::uint32_t>(number_in(from, "uid"));
    }
    if (member(from, "pid").is_number()) {
        made.pid = static_cast<int>(number_in(from, "pid"));
    }
    return made;
}

bool is_meant(const journal_row& row, const std::string& service) {
    return service.empty() || row.service.empty() || row.service == service;
}

agent::story::rows from_agent(const agent_place& where, const std::string& service,
                              std::size_t most) {
    agent::api_client client(where.target());
    // Pages from the newest row backwards: numbers have no gaps but for summaries.
    agent::story::rows made;
    const auto newest = list_in(client.get("/v1/journal?limit=1&newest=1"), "rows");
    auto before = newest.empty() ? 1 : number_in(newest.front(), "number") + 1;
    while (before > 1 && made.size() < most) {
        const auto after = std::max<std::int64_t>(before - 1 - rows_at_once, 0);
        const auto target =
            "/v1/journal?after=" + std::to_string(after) + "&limit=" + std::to_string(rows_at_once);
        agent::story::rows page;
        for (const auto& one : list_in(client.get(target), "rows")) {
            auto row = row_of(one);
            if (row.number < before && is_meant(row, service)) {
                page.push_back(std::move(row));
            }
        }
        made.insert(made.begin(), page.begin(), page.end());
        before = after + 1;
    }
    return made;
}

agent::story::rows from_file(const std::string& file, const std::string& service,
                             std::size_t most) {
    try {
        auto made = agent::journal::read_file(
            file, {.most = service.empty() ? most : most * 10, .newest_first = true});
        std::erase_if(made, [&](const journal_row& row) { return !is_meant(row, service); });
        std::ranges::reverse(made);
        return made;
    } catch (const agent::journal_error& e) {
        throw problem(e.what(), {}, status_inconclusive);
    }
}

}  // namespace

journal_row row_of(const json& from) {
    journal_row made;
    made.number = number_in(from, "number");
    made.at = agent::read_time(text_in(from, "at")).value_or(std::chrono::nanoseconds(0));
    if (const auto& since = member(from, "since_boot_ms"); since.is_number()) {
        made.since_boot =
            std::chrono::nanoseconds(static_cast<std::int64_t>(since.get<double>() * 1e6));
    }
    made.boot = text_in(from, "boot");
    made.kind = text_in(from, "kind");
    made.service = text_in(from, "service");
    made.generation = number_in(from, "generation");
    made.deploy = number_in(from, "deploy");
    made.who = actor_of(member(from, "who"));
    if (const auto& fields = member(from, "fields"); fields.is_object()) {
        made.fields = fields;
    }
    made.hash = text_in(from, "hash");
    return made;
}

agent::story::rows last_rows(const agent_place& where, const std::string& service,
                             std::size_t most) {
    agent::story::rows made;
    try {
        made = from_agent(where, service, most);
    } catch (const client_error& e) {
        const auto file =
            where.is_remote() ? std::string() : agent::choose_places(where.home).journal();
        if (e.why() != client_error::kind::no_agent || file.empty() ||
            !std::filesystem::exists(file)) {
            throw;
        }
        std::fputs("lastcall: no agent runs; this is from its journal\n", stderr);
        made = from_file(file, service, most);
    }
    if (made.size() > most) {
        made.erase(made.begin(), made.end() - static_cast<std::ptrdiff_t>(most));
    }
    return made;
}

void check_is_known(const agent_place& where, const std::string& service,
                    const agent::story::rows& rows) {
    const auto is_of_it = [&](const journal_row& row) { return row.service == service; };
    if (service.empty() || std::ranges::any_of(rows, is_of_it)) {
        return;
    }
    try {  // whose last rows are further back, or who has none yet
        agent::api_client client(where.target());
        static_cast<void>(client.get(agent::service_path(service, "history") + "?limit=1"));
    } catch (const client_error& e) {
        if (e.why() != client_error::kind::no_agent || where.is_remote()) {
            throw;
        }
        const auto all = from_file(agent::choose_places(where.home).journal(), {}, SIZE_MAX);
        if (std::ranges::any_of(all, is_of_it)) {
            return;
        }
        std::set<std::string> names;
        for (const auto& row : all) {
            names.insert(row.service);
        }
        std::string list;
        for (const auto& name : names) {
            list += (list.empty() ? "" : ", ") + name;
        }
        throw problem("there is no service \"" + service + "\" in this journal",
                      list.empty() ? "there is none at all" : "there are: " + list);
    }
}

}  // namespace lastcall::cli
