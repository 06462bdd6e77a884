#include "cli/status_text.hpp"

#include <algorithm>

#include "cli/command.hpp"
#include "cli/table.hpp"
#include "cli/time_words.hpp"

namespace lastcall::cli {

using drill::ink;

namespace {

ink ink_of_state(const std::string& state) {
    if (state == "ready") {
        return ink::good;
    }
    if (state == "failed") {
        return ink::bad;
    }
    return state == "stopped" ? ink::soft : ink::open;
}

std::string or_none(const std::string& text, const screen& on) {
    return text.empty() ? std::string(on.none()) : text;
}

std::string generation_cell(const json& service, const screen& on) {
    const auto current = number_in(generation_with(service, "current"), "number");
    const auto next = number_in(generation_with(service, "new"), "number");
    std::string made = current == 0 ? "" : std::to_string(current);
    if (next != 0) {
        made += (made.empty() ? "" : std::string(on.arrow())) + std::to_string(next);
    }
    return or_none(made, on);
}

std::string address_cell(const json& service, const screen& on) {
    const auto sockets = list_in(service, "sockets");
    if (sockets.empty()) {
        return std::string(on.none());
    }
    auto made = harmless(address_text(text_in(sockets.front(), "address")));
    if (sockets.size() > 1) {
        made += " +" + std::to_string(sockets.size() - 1);
    }
    return made;
}

/// Lines below the table, wrapped behind the name.
void add_note(std::vector<std::string>& lines, const std::string& head, const std::string& text,
              const screen& on) {
    const auto indent = std::string(4, ' ');
    if (on.width == 0) {
        lines.push_back("  " + head + ": " + text);
        return;
    }
    bool is_first = true;
    for (const auto& part : drill::wrapped(head + ": " + text, on.width > 8 ? on.width - 4 : 40)) {
        lines.push_back((is_first ? "  " : indent) + part);
        is_first = false;
    }
}

std::string joined(const std::vector<std::string>& lines) {
    std::string made;
    for (const auto& line : lines) {
        made += line + "\n";
    }
    return made;
}

void add_notes_of(std::vector<std::string>& lines, const json& service, const text_style& style) {
    const auto name = harmless(text_in(service, "name"));
    const auto state = text_in(service, "state");
    if (const auto reason = text_in(service, "reason"); !reason.empty()) {
        add_note(lines, name, harmless(reason), style.on);
    }
    if (state == "failed") {
        const auto between = std::string(style.on.between());
        lines.push_back("    lastcall logs " + name + style.options + between + "lastcall why " +
                        name + style.options + between + "lastcall start " + name + style.options);
    }
    for (const auto& line : decision_lines(member(service, "deploy"), style)) {
        lines.push_back("  " + line);
    }
    if (const auto lost = number_in(service, "log_dropped_bytes"); lost > 0) {
        add_note(lines, name, std::to_string(lost) + " bytes of its log could not be written",
                 style.on);
    }
    for (const auto& one : texts_in(service, "degraded")) {
        add_note(lines, name, harmless(one), style.on);
    }
}

std::string agent_line(const json& agent, const text_style& style) {
    const auto between = std::string(style.on.between());
    std::string made = "lastcall " + harmless(text_in(agent, "version")) + between + "agent pid " +
                       std::to_string(number_in(agent, "pid"));
    if (const auto keeper = number_in(agent, "keeper_pid"); keeper > 0) {
        made += ", keeper pid " + std::to_string(keeper);
    }
    if (const auto since = since_text(text_in(agent, "started"), style.now); !since.empty()) {
        made += between + "for " + since;
    }
    return made + between + harmless(text_in(agent, "home"));
}

}  // namespace

json generation_with(const json& service, std::string_view role) {
    for (const auto& one : list_in(service, "generations")) {
        if (text_in(one, "role") == role) {
            return one;
        }
    }
    return nullptr;
}

std::int64_t process_of(const json& generation) {
    if (text_in(generation, "state") == "exited") {
        return 0;
    }
    const auto main = number_in(generation, "main_pid");
    return main > 0 ? main : number_in(generation, "pid");
}

std::string address_text(const std::string& address) {
    return address.starts_with("tcp:") ? address.substr(4) : address;
}

std::string deploy_cell(const json& deploy, const text_style& style) {
    if (!deploy.is_object()) {
        return std::string(style.on.none());
    }
    auto made =
        std::to_string(number_in(deploy, "number")) + " " + harmless(text_in(deploy, "state"));
    const auto entered = list_in(deploy, "entered");
    const auto begun = entered.empty() ? text_in(deploy, "asked") : text_in(entered.back(), "at");
    if (const auto since = since_text(begun, style.now); !since.empty()) {
        made += ", " + since;
    }
    return made;
}

std::vector<std::string> decision_lines(const json& deploy, const text_style& style) {
    const auto number = std::to_string(number_in(deploy, "number"));
    const auto state = text_in(deploy, "state");
    const auto commands = "lastcall approve " + number + style.options +
                          std::string(style.on.between()) + "lastcall reject " + number +
                          style.options;
    if (state == "baking" && !text_in(deploy, "reason").empty()) {
        return {
            "deploy " + number + " waits for a decision: " + harmless(text_in(deploy, "reason")),
            "  " + commands};
    }
    if (state != "planned" || text_in(deploy, "expires").empty()) {
        return {};
    }
    std::string who;
    for (const auto& one : texts_in(deploy, "approvers")) {
        who += (who.empty() ? "" : ", ") + harmless(one);
    }
    std::string line = "deploy " + number + " waits for an approval by " +
                       (who.empty() ? "somebody who may use this agent" : who);
    const auto asked_by = text_in(member(deploy, "asked_by"), "text");
    if (!asked_by.empty()) {
        line += " (asked for by " + harmless(asked_by) + ")";
    }
    if (const auto expires = to_time(text_in(deploy, "expires"))) {
        line += *expires > style.now ? "; it expires in " + span_text(*expires - style.now)
                                     : "; it has expired";
    }
    return {line, "  " + commands};
}

std::string status_text(const json& agent, const text_style& style) {
    const auto& on = style.on;
    const auto services = list_in(agent, "services");
    const bool has_deploys = std::ranges::any_of(
        services, [](const json& one) { return member(one, "deploy").is_object(); });
    table rows(on);
    std::vector<cell> head{{"SERVICE", ink::soft},   {"STATE", ink::soft},
                           {"GEN", ink::soft, true}, {"PID", ink::soft, true},
                           {"SINCE", ink::soft},     {"RESTARTS", ink::soft, true},
                           {"ADDRESS", ink::soft}};
    if (has_deploys) {
        head.push_back({"DEPLOY", ink::soft});
    }
    rows.row(head);
    std::vector<std::string> notes;
    for (const auto& one : services) {
        const auto current = generation_with(one, "current");
        const auto next = generation_with(one, "new");
        const auto& shown = process_of(current) > 0 ? current : next;
        const auto pid = process_of(shown);
        const auto state = text_in(one, "state");
        std::vector<cell> row{
            {harmless(text_in(one, "name")), ink::strong},
            {harmless(state), ink_of_state(state)},
            {generation_cell(one, on), ink::plain, true},
            {pid > 0 ? std::to_string(pid) : std::string(on.none()), ink::plain, true},
            {pid > 0 ? or_none(since_text(text_in(shown, "started"), style.now), on)
                     : std::string(on.none())},
            {std::to_string(number_in(one, "restarts")), ink::plain, true},
            {address_cell(one, on)}};
        if (has_deploys) {
            row.push_back({deploy_cell(member(one, "deploy"), style)});
        }
        rows.row(std::move(row));
        add_notes_of(notes, one, style);
    }
    auto lines = services.empty() ? std::vector<std::string>{"no services"} : rows.lines();
    lines.insert(lines.end(), notes.begin(), notes.end());
    if (truth_in(agent, "is_stopping")) {
        lines.push_back(drill::painted("  the agent is stopping", ink::open, on.has_colour));
    }
    if (agent.contains("journal_is_good") && !truth_in(agent, "journal_is_good")) {
        lines.push_back(drill::painted(
            "  the journal cannot be written: deploys are refused; see `lastcall verify-journal" +
                style.options + "`",
            ink::bad, on.has_colour));
    }
    for (const auto& one : texts_in(agent, "degraded")) {
        add_note(lines, "this host", harmless(one), on);
    }
    lines.push_back(drill::painted(shortened(agent_line(agent, style), on.width, on.dots()),
                                   ink::soft, on.has_colour));
    return joined(lines);
}

std::string service_text(const json& service, const text_style& style) {
    const auto& on = style.on;
    const auto state = text_in(service, "state");
    std::vector<std::string> lines;
    auto head = drill::painted(harmless(text_in(service, "name")), ink::strong, on.has_colour) +
                "  " + drill::painted(harmless(state), ink_of_state(state), on.has_colour);
    if (const auto restarts = number_in(service, "restarts"); restarts > 0) {
        head += "  restarted " + std::to_string(restarts) + (restarts == 1 ? " time" : " times");
    }
    lines.push_back(head);
    add_notes_of(lines, service, style);
    table sockets(on, "  ");
    for (const auto& one : list_in(service, "sockets")) {
        const auto queued = number_in(one, "queued");
        sockets.row({{"socket", ink::soft},
                     {harmless(text_in(one, "name"))},
                     {harmless(address_text(text_in(one, "address")))},
                     {harmless(text_in(one, "handover"))},
                     {queued > 0 ? std::to_string(queued) + " wait to be accepted" : ""}});
    }
    table generations(on, "  ");
    for (const auto& one : list_in(service, "generations")) {
        const auto pid = process_of(one);
        std::string facts = harmless(text_in(one, "state"));
        if (const auto since = since_text(text_in(one, "started"), style.now);
            pid > 0 && !since.empty()) {
            facts += " for " + since;
        }
        if (const auto ready = member(one, "ready_after_ms"); ready.is_number()) {
            facts += ", ready after " + span_text(std::chrono::microseconds(
                                            static_cast<std::int64_t>(ready.get<double>() * 1e3)));
        }
        if (const auto bytes = number_in(one, "resident_bytes"); bytes > 0) {
            facts += ", " + std::to_string((bytes + (1 << 19)) >> 20) + " MiB";
        }
        generations.row({{"generation", ink::soft},
                         {std::to_string(number_in(one, "number")), ink::strong, true},
                         {harmless(text_in(one, "role"))},
                         {pid > 0 ? "pid " + std::to_string(pid) : ""},
                         {facts}});
        generations.row(
            {{""}, {""}, {""}, {""}, {shell_text(texts_in(one, "command")), ink::soft}});
        if (const auto says = text_in(one, "status"); !says.empty()) {
            generations.row({{""}, {""}, {""}, {""}, {"says: " + harmless(says)}});
        }
    }
    for (const auto& part : {sockets.lines(), generations.lines()}) {
        lines.insert(lines.end(), part.begin(), part.end());
    }
    if (const auto& deploy = member(service, "deploy"); deploy.is_object()) {
        lines.push_back("  " + drill::painted("deploy", ink::soft, on.has_colour) + "  " +
                        deploy_cell(deploy, style) + "  " +
                        shell_text(texts_in(deploy, "command")));
    }
    return joined(lines);
}

int status_of_service(const json& service) {
    const auto state = text_in(service, "state");
    return state == "failed" || state == "unready" ? status_found : status_ok;
}

int status_of_agent(const json& agent) {
    const bool has_damage =
        agent.contains("journal_is_good") && !truth_in(agent, "journal_is_good");
    const auto services = list_in(agent, "services");
    return has_damage || std::ranges::any_of(
                             services,
                             [](const json& one) { return status_of_service(one) != status_ok; })
               ? status_found
               : status_ok;
}

}  // namespace lastcall::cli
