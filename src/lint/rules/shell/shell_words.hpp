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

/// A trap of the script's own shell that handles SIGTERM, or null. What ( ) and `sh -c` set is for
/// another one.
[[nodiscard]] inline const shell::trap_setting* term_handler(const shell::execution& run) {
    for (const auto* one : run.traps_for("TERM")) {
        if (!one->around.is_in_subshell && (one->what == shell::trap_setting::action::handle ||
                                            one->what == shell::trap_setting::action::unknown)) {
            return one;
        }
    }
    return nullptr;
}

/// The programs that the script puts into the background and that last. A `tail` has nothing to
/// lose.
[[nodiscard]] inline std::vector<const shell::step*> background_programs(
    const shell::execution& run) {
    std::vector<const shell::step*> made;
    for (const shell::step& one : run.steps) {
        if (one.around.is_background && one.around.is_called && !one.around.is_in_substitution &&
            one.call.program != shell::invocation::none && !is_short_command(one.name()) &&
            one.name() != "sleep" && one.name() != "wait" && one.name() != "tail") {
            made.push_back(&one);
        }
    }
    return made;
}

/// As the file has it; what needs quotes there has single ones.
[[nodiscard]] inline std::string as_written(const shell::argument& one) {
    if (one.from == nullptr || !one.from->is_plain()) {
        return one.from == nullptr ? one.what.text : std::string(one.from->text);
    }
    std::string text(one.from->text);
    if (one.from->where.end - one.from->where.begin == text.size()) {
        return text;
    }
    const bool is_bare = !text.empty() && text.find_first_of(" \t\n;&|<>()$`\\\"'*?#") == text.npos;
    return is_bare || text.find('\'') != text.npos ? text : "'" + text + "'";
}

/// "node server.js", shortened.
[[nodiscard]] inline std::string words_of(const shell::step& one) {
    std::string made;
    const shell::word* before = nullptr;
    for (const auto& each : one.arguments) {
        if (each.from == nullptr || each.from != before) {
            made += (made.empty() ? "" : " ") + as_written(each);
        }
        before = each.from;
    }
    return made.size() > 60 ? made.substr(0, 57) + "..." : made;
}

/// The same without an exec in front: what the shell becomes.
[[nodiscard]] inline std::string words_behind_exec(const shell::step& one) {
    const auto words = words_of(one);
    return words.starts_with("exec ") ? words.substr(5) : words;
}

/// Between quotes, where it has none of its own as "$@" has.
[[nodiscard]] inline std::string quoted(const std::string& words) {
    const bool has_quotes =
        words.size() > 1 && words.front() == '"' && words.find('"', 1) + 1 == words.size();
    return has_quotes ? words : '"' + words + '"';
}

/// "exec server", or the same without the words where they have been shortened.
[[nodiscard]] inline std::string fix_with(std::string_view before, const std::string& words,
                                          std::string_view after, std::string_view otherwise) {
    return words.ends_with("...") ? std::string(otherwise)
                                  : std::string(before) + words + std::string(after);
}

[[nodiscard]] inline bool has_word(const shell::step& one,
                                   std::initializer_list<std::string_view> words) {
    return std::any_of(one.arguments.begin(), one.arguments.end(), [&](const auto& each) {
        return std::any_of(words.begin(), words.end(),
                           [&](std::string_view word) { return each.is(word); });
    });
}

/// Starts a program that goes into the background by itself: `service nginx start`, `cron`.
[[nodiscard]] bool starts_daemon(const shell::step& one);

/// Of the ends of a script one behind which nobody looks at what was started before. A shell for a
/// person is one only where the script comes to nothing else.
[[nodiscard]] bool keeps_alive(const std::vector<script_end>& ends, const script_end& one);

/// The first command that does so in a script which then sleeps for good. Null: there is none.
[[nodiscard]] const shell::step* daemon_behind_sleep(const std::vector<script_end>& ends,
                                                     const shell::execution& run);

}  // namespace lastcall::lint
