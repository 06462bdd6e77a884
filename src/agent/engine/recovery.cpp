#include "agent/engine/recovery.hpp"

#include <algorithm>
#include <set>

namespace lastcall::agent {

using namespace std::chrono_literals;

namespace {

/// No rows, where there is no journal.
std::vector<journal_row> read(const journal* book, const journal_query& query) {
    return book == nullptr ? std::vector<journal_row>{} : book->read(query);
}

std::optional<journal_row> newest(const journal* book, const std::string& service,
                                  std::vector<std::string> kinds, std::int64_t deploy = 0) {
    const auto rows = read(book, {.service = service,
                                  .kinds = std::move(kinds),
                                  .deploy = deploy,
                                  .most = 1,
                                  .newest_first = true});
    return rows.empty() ? std::nullopt : std::optional(rows.front());
}

template <class Value>
Value get(const nlohmann::json& from, const char* name, Value otherwise) {
    const auto found = from.find(name);
    return found == from.end() ? otherwise : found->get<Value>();
}

core::deploy_state state_of(const journal_row& row) {
    return core::to_deploy_state(get<std::string>(row.fields, "state", ""))
        .value_or(core::deploy_state::planned);
}

/// The view of a deploy as it was asked for.
deploy_view asked_view(const journal_row& row) {
    deploy_view made;
    made.number = row.deploy;
    made.service = row.service;
    made.from = get<std::int64_t>(row.fields, "from", 0);
    made.to = row.generation;
    made.asked_by = row.who;
    made.note = get<std::string>(row.fields, "note", "");
    made.command = get<std::vector<std::string>>(row.fields, "command", {});
    made.digest = get<std::string>(row.fields, "digest", "");
    made.asked = row.at;
    made.is_rollback = get<std::string>(row.fields, "kind", "") == "rollback";
    return made;
}

void add_states(deploy_view& to, const std::vector<journal_row>& rows) {
    for (const auto& row : rows) {
        if (row.kind == "approval" || row.kind == "rejection") {
            to.decided_by = row.who;
            continue;
        }
        for (const auto& one : get<std::vector<std::string>>(row.fields, "crossed", {})) {
            if (const auto state = core::to_deploy_state(one)) {
                to.entered.emplace_back(*state, row.at);
            }
        }
        to.state = state_of(row);
        to.reason = get<std::string>(row.fields, "reason", "");
        to.waits_for_person = get<bool>(row.fields, "waits_for_person", false);
    }
}

/// Whether somebody has approved what the deploy waits for: it itself, or, after its bake has
/// failed, that it stays. An approval is for the digest that it names.
bool is_approved(const open_deploy& open, const std::vector<journal_row>& rows) {
    bool is_given = false;
    bool waited = false;
    for (const auto& row : rows) {
        if (row.kind == "approval") {
            is_given = get<std::string>(row.fields, "digest", "") == open.view.digest;
        } else if (row.kind == "deploy_state") {
            const bool waits = get<bool>(row.fields, "waits_for_person", false);
            is_given = is_given && !(waits && !waited);
            waited = waits;
        }
    }
    return is_given && (open.state == core::deploy_state::planned || open.waits_for_person);
}

}  // namespace

std::int64_t last_deploy_number(const journal* book) {
    const auto row = newest(book, "", {"deploy_asked"});
    return row ? row->deploy : 0;
}

deploy_view past_deploy(const journal* book, std::int64_t number) {
    const auto asked = newest(book, "", {"deploy_asked"}, number);
    if (!asked) {
        throw refusal(refusal::kind::not_found, "there was no deploy " + std::to_string(number),
                      "`lastcall history` lists them");
    }
    auto made = asked_view(*asked);
    add_states(made,
               read(book, {.kinds = {"deploy_state", "approval", "rejection"}, .deploy = number}));
    return made;
}

recorded_service read_recorded(const journal* book, const std::string& service) {
    recorded_service made;
    if (const auto wish = newest(book, service, {"service_state"})) {
        made.is_wanted = get<bool>(wish->fields, "wanted", true);
        made.current = wish->generation;
        made.last_generation = get<std::int64_t>(wish->fields, "last_generation", 0);
    }
    const auto asked = newest(book, service, {"deploy_asked"});
    if (!asked) {
        return made;
    }
    made.last_generation = std::max(made.last_generation, asked->generation);
    open_deploy open;
    open.view = asked_view(*asked);
    const auto rows = read(book, {.service = service,
                                  .kinds = {"deploy_state", "approval", "rejection"},
                                  .deploy = asked->deploy});
    add_states(open.view, rows);
    const auto last = newest(book, service, {"deploy_state"}, asked->deploy);
    open.state = last ? state_of(*last) : core::deploy_state::planned;
    if (is_final(open.state)) {
        return made;
    }
    open.entered = last ? last->since_boot : asked->since_boot;
    open.waits_for_person = last && get<bool>(last->fields, "waits_for_person", false);
    open.kind = to_replacement_kind(get<std::string>(asked->fields, "kind", "deploy"))
                    .value_or(replacement_kind::deploy);
    open.terms.needs_approval = get<bool>(asked->fields, "needs_approval", false);
    open.terms.has_old = get<bool>(asked->fields, "has_old", true);
    open.terms.bake_for = std::chrono::milliseconds(get<std::int64_t>(asked->fields, "bake_ms", 0));
    open.is_approved = is_approved(open, rows);
    made.open = std::move(open);
    return made;
}

std::vector<left_generation> left_running(const journal* book, const std::string& service,
                                          const std::string& boot) {
    std::set<std::int64_t> ended;
    std::vector<left_generation> made;
    for (const auto& row : read(book, {.service = service,
                                      .kinds = {"generation_started", "generation_exited"},
                                      .most = 200,
                                      .newest_first = true})) {
        if (row.kind == "generation_exited") {
            ended.insert(row.generation);
        } else if (row.boot == boot && !ended.contains(row.generation)) {
            made.push_back({.number = row.generation,
                            .pid = get<int>(row.fields, "pid", 0),
                            .start_time = get<std::uint64_t>(row.fields, "start_time", 0),
                            .digest = get<std::string>(row.fields, "digest", "")});
        }
    }
    std::ranges::reverse(made);
    return made;
}

}  // namespace lastcall::agent
