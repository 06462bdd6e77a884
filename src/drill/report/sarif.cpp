// The report as SARIF 2.1.0 (OASIS), so that a broken criterion is shown at the line of the
// settings that it is about.
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "core/json.hpp"
#include "core/uri_text.hpp"
#include "drill/report/reports.hpp"
#include "drill/verdict/words.hpp"

namespace lastcall::drill {
namespace {

using core::json_writer;

struct line_of_rule {
    std::string_view id;
    std::array<std::string_view, 3> settings;  ///< the first that is in the file
};

constexpr std::array<line_of_rule, 13> lines_of_rules{{
    {"V01", {"exit_within", "grace", ""}},
    {"V02", {"grace", "", ""}},
    {"V03", {"exit_codes", "", ""}},
    {"V04", {"allowed_losses", "grace", ""}},
    {"V05", {"lame_duck.min", "route_lag", "allowed_losses"}},
    {"V06", {"allowed_losses", "grace", ""}},
    {"V07", {"allowed_losses", "grace", ""}},
    {"V08", {"not_ready_within", "ready", ""}},
    {"V09", {"lame_duck.min", "route_lag", ""}},
    {"V11", {"allowed_idle_races", "", ""}},
    {"V12", {"idle_closed_within", "", ""}},
    {"V13", {"allowed_losses", "grace", ""}},
    {"V16", {"second_signal", "", ""}},
}};

/// The whole name, or what stands behind its last point: contracts nest as they like.
bool names(std::string_view key, std::string_view setting) {
    return key == setting || (key.ends_with(setting) && key.size() > setting.size() &&
                              key[key.size() - setting.size() - 1] == '.');
}

std::optional<int> line_of(std::string_view id, const settings_source& source) {
    const auto rule = std::ranges::find(lines_of_rules, id, &line_of_rule::id);
    if (rule == lines_of_rules.end()) {
        return std::nullopt;
    }
    for (const auto setting : rule->settings) {
        for (const auto& [key, line] : source.lines) {
            if (!setting.empty() && names(key, setting)) {
                return line;
            }
        }
    }
    return std::nullopt;
}

void write_message(json_writer& out, const char* key, std::string_view text) {
    out.key(key).begin_object().field("text", text).end_object();
}

void write_location(json_writer& out, const criterion& of, const settings_source& source) {
    out.key("locations").begin_array();
    if (!source.file.empty()) {
        out.begin_object().key("physicalLocation").begin_object();
        out.key("artifactLocation")
            .begin_object()
            .field("uri", core::uri_of(source.file))
            .end_object();
        if (const auto line = line_of(of.id, source); line && *line > 0) {
            out.key("region").begin_object().field("startLine", *line).end_object();
        }
        out.end_object().end_object();
    }
    out.end_array();
}

void write_result(json_writer& out, const criterion& of, std::size_t index,
                  const settings_source& source) {
    out.begin_object().field("ruleId", of.id).field("ruleIndex", index);
    out.field("level", of.how == standing::fail ? "error" : "warning");
    write_message(out, "message",
                  of.title + ": " + of.measured + ". " + of.why +
                      (of.fix.empty() ? "" : ". What to do: " + of.fix));
    write_location(out, of, source);
    out.end_object();
}

void write_rules(json_writer& out, const verdict& made) {
    out.key("rules").begin_array();
    for (const auto& one : made.criteria) {
        out.begin_object().field("id", one.id);
        write_message(out, "shortDescription", "A stop " + one.title + ".");
        out.end_object();
    }
    out.end_array();
}

void write_invocation(json_writer& out, const verdict& made) {
    out.key("invocations").begin_array().begin_object();
    out.field("executionSuccessful", true).field("exitCode", made.exit_status());
    out.key("toolExecutionNotifications").begin_array();
    for (const auto& one : made.inconclusive_because) {
        out.begin_object().field("level", "warning");
        write_message(out, "message", "inconclusive: " + one);
        out.end_object();
    }
    out.end_array().end_object().end_array();
}

}  // namespace

std::string to_sarif(const run_record& run, const verdict& made, const settings_source& source) {
    json_writer out;
    out.begin_object().field("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    out.field("version", "2.1.0").key("runs").begin_array().begin_object();
    out.key("tool").begin_object().key("driver").begin_object();
    out.field("name", "lastcall drill");
    write_rules(out, made);
    out.end_object().end_object();
    out.key("automationDetails").begin_object();
    out.field("id", "lastcall-drill/" + core::uri_of(run.sequence) + "/").end_object();
    write_invocation(out, made);
    out.key("results").begin_array();
    for (std::size_t i = 0; i < made.criteria.size(); ++i) {
        const auto& one = made.criteria[i];
        if (one.how == standing::fail || one.how == standing::warn) {
            write_result(out, one, i, source);
        }
    }
    out.end_array().end_object().end_array().end_object();
    return std::move(out).text() + '\n';
}

}  // namespace lastcall::drill
