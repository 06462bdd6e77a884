#include "cli/deploy_text.hpp"

#include <algorithm>

#include "cli/command.hpp"
#include "cli/table.hpp"
#include "cli/time_words.hpp"

namespace lastcall::cli {

using drill::ink;

namespace {

std::string generation_text(const json& deploy, const char* which) {
    return "generation " + std::to_string(number_in(deploy, which));
}

/// What a state means for this deploy.
std::string meaning_of(const std::string& state, const json& deploy) {
    const bool has_old = number_in(deploy, "from") != 0;
    const auto next = generation_text(deploy, "to");
    const auto old = generation_text(deploy, "from");
    auto reason = harmless(text_in(deploy, "reason"));
    if (state == "planned") {
        return text_in(deploy, "expires").empty() ? "it is written down" : "waits for an approval";
    }
    if (state == "approved") {
        return "it may begin";
    }
    if (state == "spawned") {
        return next + " is started, and not ready yet";
    }
    if (state == "ready") {
        return next + " is ready";
    }
    if (state == "cut") {
        return "new connections are moved to " + next;
    }
    if (state == "baking") {
        return next + " serves" + (has_old ? "; " + old + " runs on, in case" : "");
    }
    if (state == "draining_old") {
        return old + " finishes what it has begun";
    }
    if (state == "done") {
        return next + " serves" + (has_old ? " alone" : "");
    }
    if (state == "rolling_back" || state == "rejected") {
        return reason;
    }
    if (state == "rolled_back") {
        return has_old ? old + " serves" : "nothing runs";
    }
    return {};
}

ink ink_of(const std::string& state) {
    if (state == "done") {
        return ink::good;
    }
    return state == "rolling_back" || state == "rolled_back" || state == "rejected" ? ink::bad
                                                                                    : ink::strong;
}

constexpr std::size_t when_columns = 10;   // "+12.345 s "
constexpr std::size_t state_columns = 13;  // "draining_old "

std::string line_of(const std::string& when, const std::string& state, const std::string& meaning,
                    const screen& on) {
    const auto room =
        on.width == 0 ? 0 : std::max<std::size_t>(on.width, 40) - 4 - when_columns - state_columns;
    return "  " + drill::painted(padded(when, when_columns), ink::soft, on.has_colour) + " " +
           drill::painted(padded(state, state_columns), ink_of(state), on.has_colour) +
           shortened(meaning, room, on.dots());
}

std::string when_of(const json& deploy, const std::string& at) {
    const auto asked = to_time(text_in(deploy, "asked"));
    const auto then = to_time(at);
    return asked && then ? offset_text(*asked, *then) : std::string();
}

std::string lasted(const json& deploy) {
    const auto entered = list_in(deploy, "entered");
    const auto asked = to_time(text_in(deploy, "asked"));
    const auto end = entered.empty() ? std::nullopt : to_time(text_in(entered.back(), "at"));
    return asked && end ? span_text(*end - *asked) : std::string();
}

}  // namespace

bool is_over(const json& deploy) { return truth_in(deploy, "is_final"); }

int status_of_deploy(const json& deploy) {
    return text_in(deploy, "state") == "done" ? status_ok : status_failed;
}

std::string deploy_head(const json& deploy, const text_style& style) {
    const auto& on = style.on;
    const auto from = number_in(deploy, "from");
    auto made = std::string(truth_in(deploy, "is_rollback") ? "rollback " : "deploy ") +
                std::to_string(number_in(deploy, "number")) + " of " +
                harmless(text_in(deploy, "service")) + ": generation " +
                (from == 0 ? "" : std::to_string(from) + " " + std::string(on.arrow()) + " ") +
                std::to_string(number_in(deploy, "to")) + ", " +
                shell_text(texts_in(deploy, "command"));
    return drill::painted(shortened(made, on.width, on.dots()), ink::strong, on.has_colour);
}

std::vector<std::string> state_lines(const json& deploy, std::size_t first,
                                     const text_style& style) {
    std::vector<std::string> made;
    const auto entered = list_in(deploy, "entered");
    for (std::size_t i = first; i < entered.size(); ++i) {
        const auto state = text_in(entered[i], "state");
        made.push_back(line_of(when_of(deploy, text_in(entered[i], "at")), harmless(state),
                               meaning_of(state, deploy), style.on));
    }
    return made;
}

std::string running_line(const json& deploy, const text_style& style) {
    const auto entered = list_in(deploy, "entered");
    const auto begun = entered.empty() ? text_in(deploy, "asked") : text_in(entered.back(), "at");
    const auto state = text_in(deploy, "state");
    auto text = harmless(state) + " " + std::string(style.on.dots());
    if (const auto since = since_text(begun, style.now); !since.empty()) {
        text += " " + since;
    }
    return "  " + std::string(when_columns + 1, ' ') +
           drill::painted(text, ink::soft, style.on.has_colour);
}

std::vector<std::string> summary_lines(const json& deploy, const json& service,
                                       const text_style& style) {
    const auto& on = style.on;
    const auto state = text_in(deploy, "state");
    const auto name = harmless(text_in(deploy, "service"));
    const auto what = std::string(truth_in(deploy, "is_rollback") ? "rollback " : "deploy ") +
                      std::to_string(number_in(deploy, "number"));
    const auto took = lasted(deploy);
    const auto current = generation_with(service, "current");
    const auto pid = process_of(current);
    std::string runs;
    if (pid > 0) {
        runs = generation_text(current, "number") + " serves (pid " + std::to_string(pid) +
               "): " + shell_text(texts_in(current, "command"));
    } else if (service.is_object()) {
        runs = name + " does not run: it is " + harmless(text_in(service, "state"));
    }
    if (state == "done") {
        auto line = std::string(on.good()) + " " + name + ": " + what + " is done" +
                    (took.empty() ? "" : " in " + took) + "; " + generation_text(deploy, "to") +
                    " serves";
        if (pid > 0) {
            line += " (pid " + std::to_string(pid) + ")";
        }
        return {drill::painted(shortened(line, on.width, on.dots()), ink::good, on.has_colour)};
    }
    auto line = std::string(on.bad()) + " " + name + ": " + what +
                (state == "rejected" ? " was rejected" : " was rolled back") +
                (took.empty() ? "" : " after " + took);
    if (const auto reason = harmless(text_in(deploy, "reason")); !reason.empty()) {
        line += ": " + reason;
    }
    std::vector<std::string> made{drill::painted(line, ink::bad, on.has_colour)};
    if (!runs.empty()) {
        made.push_back("  " + shortened(runs, on.width == 0 ? 0 : on.width - 2, on.dots()));
    }
    if (state != "rejected") {
        const auto between = std::string(on.between());
        made.push_back("  lastcall logs " + name + style.options + between + "lastcall why " +
                       name + style.options);
    }
    return made;
}

std::vector<std::string> plan_lines(const json& deploy, const text_style& style) {
    const auto& on = style.on;
    table rows(on, "  ");
    const auto add = [&rows](const char* name, const std::string& value) {
        if (!value.empty()) {
            rows.row({{name, ink::soft}, {value}});
        }
    };
    // What is approved is shown whole, however narrow the screen is.
    const auto asked_by = text_in(member(deploy, "asked_by"), "text");
    add("asked by", harmless(asked_by));
    add("asked", moment_text(text_in(deploy, "asked")));
    add("note", harmless(text_in(deploy, "note")));
    std::string who;
    for (const auto& one : texts_in(deploy, "approvers")) {
        who += (who.empty() ? "" : ", ") + harmless(one);
    }
    add("may approve", who);
    add("expires", moment_text(text_in(deploy, "expires")));
    add("reason", harmless(text_in(deploy, "reason")));
    auto made = rows.lines();
    made.insert(made.begin(), deploy_head(deploy, style));
    made.push_back("  command  " + shell_text(texts_in(deploy, "command")));
    made.push_back("  digest   " + harmless(text_in(deploy, "digest")));
    return made;
}

}  // namespace lastcall::cli
