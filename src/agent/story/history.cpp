#include "agent/story/history.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace lastcall::agent::story {

namespace {

using kind = history_entry::kind;

class collector {
public:
    void add(const journal_row& row) {
        if (row.kind == "deploy_asked") {
            begin_deploy(row);
        } else if (row.kind == "deploy_state") {
            enter_state(row);
        } else if (row.kind == "stop_asked") {
            asked_[{row.service, row.generation}] = &row;
        } else if (row.kind == "generation_exited") {
            end_generation(row);
        } else if (row.kind == "upgrade_asked") {
            auto& entry = entries_.emplace_back();
            entry.what = kind::upgrade;
            entry.row = row.number;
            entry.at = row.at;
            entry.who = shown(row.who.text());
            entry.outcome = "to " + text(row.fields, "directory");
            upgrade_ = entries_.size();
        } else if (row.kind == "upgrade_refused" && upgrade_ > 0) {
            auto& entry = entries_[upgrade_ - 1];
            entry.outcome = "refused";
            entry.reason = text(row.fields, "reason");
            entry.is_good = false;
        } else if (row.kind == "summary") {
            auto& entry = entries_.emplace_back();
            entry.what = kind::summary;
            entry.row = row.number;
            entry.at = row.at;
            entry.who = shown(row.who.text());
            entry.outcome = "rows " + std::to_string(number(row.fields, "first").value_or(1)) +
                            " to " + std::to_string(number(row.fields, "last").value_or(0)) +
                            " were summarised";
        }
    }

    std::vector<history_entry> entries() && { return std::move(entries_); }

private:
    history_entry& begin_deploy(const journal_row& row) {
        auto& entry = entries_.emplace_back();
        entry.what = text(row.fields, "kind") == "rollback" ? kind::rollback : kind::deploy;
        entry.row = row.number;
        entry.deploy = row.deploy;
        entry.service = shown(row.service);
        entry.at = row.at;
        entry.who = shown(row.who.text());
        entry.from = number(row.fields, "from").value_or(0);
        entry.to = number(row.fields, "to").value_or(row.generation);
        entry.outcome = "under way: planned";
        entry.command = command_text(member(row.fields, "command"));
        entry.digest = text(row.fields, "digest");
        entry.note = text(row.fields, "note");
        deploys_[row.deploy] = {entries_.size() - 1, &row};
        return entry;
    }

    /// Its beginning may have been summarised.
    void enter_state(const journal_row& row) {
        if (deploys_.count(row.deploy) == 0) {
            begin_deploy(row);
        }
        const auto& [index, began] = deploys_[row.deploy];
        auto& entry = entries_[index];
        const auto state = text(row.fields, "state");
        entry.outcome =
            is_final_state(state) ? state : "under way: " + (state.empty() ? "?" : state);
        entry.is_good = state != "rolled_back" && state != "rejected" && state != "rolling_back";
        if (auto why = text(row.fields, "reason"); !why.empty()) {
            entry.reason = std::move(why);
        }
        if (is_final_state(state)) {
            entry.lasted = between(*began, row);
            draining_.erase({row.service, entry.from});
        } else if (state == "draining_old") {
            draining_.insert({{row.service, entry.from}, row.deploy});
        }
    }

    /// An end that belongs to a deploy is told there.
    void end_generation(const journal_row& row) {
        const auto* stop = take_stop(row);
        const auto how = stop == nullptr ? std::string{} : text(stop->fields, "how");
        const bool is_of_deploy = how == "deploy" || how == "rollback" ||
                                  draining_.count({row.service, row.generation}) != 0;
        if (is_of_deploy && is_clean(row)) {
            return;
        }
        auto& entry = entries_.emplace_back();
        const bool is_asked = stop != nullptr || flag(row.fields, "asked") || is_of_deploy;
        entry.what = is_asked ? kind::stop : kind::end;
        entry.row = row.number;
        entry.deploy = row.deploy;
        entry.service = shown(row.service);
        entry.at = stop == nullptr ? row.at : stop->at;
        entry.who =
            shown(stop == nullptr ? (is_asked ? row.who.text() : "nobody") : stop->who.text());
        entry.from = row.generation;
        entry.outcome = end_text(row);
        entry.is_good = is_clean(row);
        const auto& line = member(row.fields, "last_line");
        entry.lasted = stop == nullptr ? milliseconds(line, "stop_ms") : between(*stop, row);
        entry.reason = trouble(row, line);
    }

    static std::string trouble(const journal_row& row, const nlohmann::json& line) {
        if (const auto kills = number(row.fields, "oom_kills").value_or(0); kills > 0) {
            return "out of memory";
        }
        if (const auto killed = number(line, "killed_count").value_or(0); killed > 0) {
            return count_text(killed, "process", "processes") + " had to be killed";
        }
        return text(line, "cause") == "ready_timeout" ? "not ready in time" : "";
    }

    /// Who asked for this end: of the generation, of the service, of all.
    const journal_row* take_stop(const journal_row& row) {
        for (const auto& key :
             {std::pair{row.service, row.generation}, std::pair{row.service, std::int64_t{0}},
              std::pair{std::string{}, std::int64_t{0}}}) {
            const auto found = asked_.find(key);
            if (found == asked_.end()) {
                continue;
            }
            const auto* stop = found->second;
            if (!key.first.empty()) {
                asked_.erase(found);  // a stop of everything is that of every service
            }
            return flag(row.fields, "asked") || !row.fields.contains("asked") ? stop : nullptr;
        }
        return nullptr;
    }

    std::vector<history_entry> entries_;
    std::size_t upgrade_ = 0;  ///< behind the entry of the last one; 0: none
    std::map<std::int64_t, std::pair<std::size_t, const journal_row*>> deploys_;
    std::map<std::pair<std::string, std::int64_t>, const journal_row*> asked_;
    std::map<std::pair<std::string, std::int64_t>, std::int64_t> draining_;
};

std::string from_to(const history_entry& entry) {
    const auto name = [](std::int64_t generation) {
        return generation == 0 ? std::string("-") : "#" + std::to_string(generation);
    };
    switch (entry.what) {
        case kind::summary:
        case kind::upgrade:
            return "";
        case kind::stop:
        case kind::end:
            return name(entry.from);
        case kind::deploy:
        case kind::rollback:
            break;
    }
    return name(entry.from) + " -> " + name(entry.to);
}

using line = std::vector<std::string>;

line line_of(const history_entry& entry, const zone& where, bool with_service) {
    const auto number = entry.deploy == 0 ? std::string("-") : std::to_string(entry.deploy);
    line cells{number, moment_text(entry.at, where)};
    if (with_service) {
        cells.push_back(entry.service.empty() ? "-" : entry.service);
    }
    cells.insert(cells.end(), {std::string(to_string(entry.what)), from_to(entry), entry.who,
                               entry.lasted ? duration_text(*entry.lasted) : "-",
                               entry.outcome + (entry.reason.empty() ? "" : ": " + entry.reason)});
    return cells;
}

std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    }));
}

}  // namespace

std::string_view to_string(kind value) noexcept {
    constexpr std::string_view names[] = {"deploy", "rollback", "stop",
                                          "end",    "summary",  "upgrade"};
    return names[static_cast<std::size_t>(value)];
}

std::vector<history_entry> history_of(const rows& all) {
    collector found;
    for (const auto& row : all) {
        found.add(row);
    }
    return std::move(found).entries();
}

std::string history_text(const std::vector<history_entry>& entries, const zone& where,
                         bool with_service) {
    if (entries.empty()) {
        return "nothing was deployed, and nothing has stopped yet\n";
    }
    std::vector<line> lines{{"DEPLOY", "WHEN", "WHAT", "GENERATION", "WHO", "TOOK", "OUTCOME"}};
    if (with_service) {
        lines[0].insert(lines[0].begin() + 2, "SERVICE");
    }
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        lines.push_back(line_of(*entry, where, with_service));
    }
    std::vector<std::size_t> widths(lines[0].size());
    for (const auto& cells : lines) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            widths[i] = std::max(widths[i], width(cells[i]));
        }
    }
    std::string text;
    for (const auto& cells : lines) {
        for (std::size_t i = 0; i + 1 < cells.size(); ++i) {
            text += cells[i] + std::string(widths[i] - width(cells[i]) + 2, ' ');
        }
        text += cells.back() + "\n";
    }
    return text;
}

nlohmann::json history_json(const std::vector<history_entry>& entries) {
    auto list = nlohmann::json::array();
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        nlohmann::json one{
            {"what", to_string(entry->what)}, {"row", entry->row}, {"service", entry->service},
            {"at", utc_text(entry->at)},      {"who", entry->who}, {"outcome", entry->outcome},
            {"is_good", entry->is_good}};
        const auto put = [&one](const char* key, const auto& value) {
            if (value != std::decay_t<decltype(value)>{}) {
                one[key] = value;
            }
        };
        put("deploy", entry->deploy);
        put("from", entry->from);
        put("to", entry->to);
        put("reason", entry->reason);
        put("command", entry->command);
        put("digest", entry->digest);
        put("note", entry->note);
        if (entry->lasted) {
            one["took_ms"] = static_cast<double>(entry->lasted->count()) / 1e6;
        }
        list.push_back(std::move(one));
    }
    return {{"schema", 1}, {"entries", std::move(list)}};
}

}  // namespace lastcall::agent::story
