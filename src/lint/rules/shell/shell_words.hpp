// What several shell rules ask about a script.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "lint/launch/script_end.hpp"
#include "lint/rules/shell/script_faults.hpp"
#include "lint/shell/stopping.hpp"

namespace lastcall::lint {

/// The signals that a platform asks a program to stop with.
inline constexpr std::string_view stop_signals[] = {"TERM", "INT", "QUIT", "HUP"};

/// A trap that handles SIGTERM, or null.
[[nodiscard]] inline const shell::trap_setting* term_handler(const shell::execution& run) {
    for (const auto* one : run.traps_for("TERM")) {
        if (one->what == shell::trap_setting::action::handle ||
            one->what == shell::trap_setting::action::unknown) {
            return one;
        }
    }
    return nullptr;
}

/// The programs that the script puts into the background and that last.
[[nodiscard]] inline std::vector<const shell::step*> background_programs(
    const shell::execution& run) {
    std::vector<const shell::step*> made;
    for (const shell::step& one : run.steps) {
        if (one.around.is_background && one.around.is_called && !one.around.is_in_substitution &&
            one.call.program != shell::invocation::none && !is_short_command(one.name()) &&
            one.name() != "sleep" && one.name() != "wait") {
            made.push_back(&one);
        }
    }
    return made;
}

/// "node server.js", shortened.
[[nodiscard]] inline std::string words_of(const shell::step& one) {
    std::string made;
    for (const auto& each : one.arguments) {
        made += (made.empty() ? "" : " ") + each.what.text;
    }
    return made.size() > 60 ? made.substr(0, 57) + "..." : made;
}

[[nodiscard]] inline bool has_word(const shell::step& one,
                                   std::initializer_list<std::string_view> words) {
    return std::any_of(one.arguments.begin(), one.arguments.end(), [&](const auto& each) {
        return std::any_of(words.begin(), words.end(),
                           [&](std::string_view word) { return each.is(word); });
    });
}

}  // namespace lastcall::lint
