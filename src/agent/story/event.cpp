#include "agent/story/event.hpp"

#include <algorithm>
#include <array>

namespace lastcall::agent::story {

namespace {

using teller = std::string (*)(const journal_row&);

std::string with(const std::string& before, const std::string& what) {
    return what.empty() ? "" : before + what;
}

std::string by(const journal_row& row) { return " by " + shown(row.who.text()); }

std::string in(const journal_row& row, const char* key, const std::string& before) {
    const auto value = milliseconds(row.fields, key);
    return value ? before + duration_text(*value) : "";
}

std::string reason(const journal_row& row) { return with(": ", text(row.fields, "reason")); }

std::string generations(const journal_row& row) {
    const auto name = [&row](const char* key) {
        const auto value = number(row.fields, key).value_or(0);
        return value == 0 ? std::string("-") : "#" + std::to_string(value);
    };
    return name("from") + " -> " + name("to");
}

std::string deploy_asked(const journal_row& row) {
    const bool is_rollback = text(row.fields, "kind") == "rollback";
    return (is_rollback ? "rollback " : "") + generations(row) + " asked" + by(row) +
           with(": ", command_text(member(row.fields, "command"), 60)) +
           (flag(row.fields, "needs_approval") ? "; it waits for an approval" : "");
}

std::string deploy_state(const journal_row& row) {
    const auto before = text(row.fields, "before");
    return (before.empty() ? "" : before + " -> ") + text(row.fields, "state") + reason(row);
}

std::string started(const journal_row& row) {
    return "started, pid " + std::to_string(number(row.fields, "pid").value_or(0)) +
           with(": ", command_text(member(row.fields, "command"), 60));
}

/// "; the stop took 19 ms: announcing 2 ms, main 16 ms, the rest 1 ms", as lastcall-init has it.
std::string stop_phases(const nlohmann::json& last_line) {
    const auto whole = milliseconds(last_line, "stop_ms");
    if (!whole) {
        return {};
    }
    std::string parts;
    for (const auto& [key, name] :
         {std::pair{"announcing_ms", "announcing "}, std::pair{"stopping_main_ms", "main "},
          std::pair{"stopping_rest_ms", "the rest "}, std::pair{"killing_ms", "killing "}}) {
        if (const auto took = milliseconds(member(last_line, "phases"), key)) {
            parts += (parts.empty() ? ": " : ", ") + (name + duration_text(*took));
        }
    }
    return "; the stop took " + duration_text(*whole) + parts;
}

std::string exited(const journal_row& row) {
    auto what = end_text(row);
    if (number(row.fields, "oom_kills").value_or(0) > 0) {
        what += ", out of memory";
    }
    what += in(row, "ran_ms", " after ");
    return what + (flag(row.fields, "asked") ? "" : "; nobody had asked") +
           stop_phases(member(row.fields, "last_line"));
}

std::string stop_asked(const journal_row& row) {
    return "stop asked" + by(row) + with(", by ", text(row.fields, "how")) +
           in(row, "grace_ms", ", within ") + reason(row);
}

std::string stop_report(const journal_row& row) {
    const auto& lines = member(row.fields, "lines");
    std::string what = "late to stop";
    for (const auto& one : lines.is_array() ? lines : nlohmann::json::array()) {
        if (one.is_string()) {
            what += "; " + shown(one.get_ref<const std::string&>());
        }
    }
    return what;
}

std::string probe(const journal_row& row) {
    return text(row.fields, "probe") + (flag(row.fields, "is_good") ? " is good" : " fails") +
           with(": ", text(row.fields, "detail"));
}

std::string steered(const journal_row& row) {
    return "new connections go to it" + with(" by ", text(row.fields, "server")) +
           in(row, "took_ms", ", after ") +
           (flag(row.fields, "was_repaired") ? "; HAProxy had forgotten it" : "") + reason(row);
}

std::string drained(const journal_row& row) {
    const auto cut = number(row.fields, "cut").value_or(0);
    return "nothing comes to it any more" + in(row, "took_ms", ", after ") +
           (cut > 0 ? "; " + std::to_string(cut) + " were cut" : "") + reason(row);
}

std::string summary(const journal_row& row) {
    return "rows up to " + std::to_string(number(row.fields, "last").value_or(0)) +
           " were summarised";
}

struct known_kind {
    std::string_view kind;
    teller tell;
};

constexpr std::array known{
    known_kind{"agent_started",
               [](const journal_row& r) {
                   return "agent " + text(r.fields, "version") + " started" +
                          (flag(r.fields, "is_resumed") ? "; it goes on with what runs" : "");
               }},
    known_kind{"api_refused",
               [](const journal_row& r) {
                   return "the API does not listen at " + text(r.fields, "listen") + reason(r);
               }},
    known_kind{
        "api_listens",
        [](const journal_row& r) { return "the API listens at " + text(r.fields, "listen"); }},
    known_kind{"agent_stopped", [](const journal_row& r) { return "agent stopped" + reason(r); }},
    known_kind{"config_applied",
               [](const journal_row& r) {
                   return "configuration applied" + by(r) + with(": ", text(r.fields, "file"));
               }},
    known_kind{"deploy_asked", deploy_asked},
    known_kind{"deploy_state", deploy_state},
    known_kind{"approval", [](const journal_row& r) { return "approved" + by(r); }},
    known_kind{"rejection", [](const journal_row& r) { return "rejected" + by(r) + reason(r); }},
    known_kind{"generation_started", started},
    known_kind{"generation_ready",
               [](const journal_row& r) { return "ready" + in(r, "after_ms", " after "); }},
    known_kind{"generation_exited", exited},
    known_kind{"generation_adopted",
               [](const journal_row& r) {
                   return "adopted, pid " + std::to_string(number(r.fields, "pid").value_or(0));
               }},
    known_kind{
        "generation_lost",
        [](const journal_row& r) { return "left by a keeper before, and lost" + reason(r); }},
    known_kind{"handover_problem",
               [](const journal_row& r) { return "its socket cannot be handed over" + reason(r); }},
    known_kind{"service_state",
               [](const journal_row& r) {
                   return std::string(flag(r.fields, "wanted") ? "is to run" : "is to be stopped");
               }},
    known_kind{"start_refused",
               [](const journal_row& r) { return "cannot be started" + reason(r); }},
    known_kind{"stop_asked", stop_asked},
    known_kind{"stop_report", stop_report},
    known_kind{"restart_planned",
               [](const journal_row& r) {
                   return "restart planned" + in(r, "wait_ms", " in ") + reason(r);
               }},
    known_kind{"crash_loop",
               [](const journal_row& r) {
                   return "left stopped: it ended " +
                          std::to_string(number(r.fields, "ends").value_or(0)) + " times" +
                          in(r, "within_ms", " within ");
               }},
    known_kind{"steered", steered},
    known_kind{"drained", drained},
    known_kind{"probe_changed", probe},
    known_kind{"summary", summary},
    known_kind{"upgrade_asked",
               [](const journal_row& r) {
                   return "upgrade asked" + by(r) + with(": ", text(r.fields, "directory"));
               }},
    known_kind{"upgrade_refused", [](const journal_row& r) { return "not upgraded" + reason(r); }}};

}  // namespace

std::string event_text(const journal_row& row, const zone& where) {
    std::string line = clock_text(row.at, where, true) + " " +
                       (row.service.empty() ? "lastcall" : shown(row.service));
    if (row.generation != 0) {
        line += " #" + std::to_string(row.generation);
    }
    if (row.deploy != 0) {
        line += " deploy " + std::to_string(row.deploy);
    }
    line += ": ";
    const auto* found = std::find_if(known.begin(), known.end(),
                                     [&](const known_kind& one) { return one.kind == row.kind; });
    if (found != known.end()) {
        return line + found->tell(row);
    }
    line += shown(row.kind);
    return row.fields.empty() ? line
                              : line + " " +
                                    shown(row.fields.dump(
                                        -1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace lastcall::agent::story
