#include "lint/automation/automation_kind.hpp"

#include <algorithm>
#include <array>

#include "lint/automation/module_command.hpp"
#include "lint/text/lines.hpp"
#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {
namespace {

/// The key that a line begins with; empty: it begins with none.
std::string_view key_of(std::string_view line) {
    const auto colon = line.find(':');
    auto key = line.substr(0, colon == line.npos ? 0 : colon);
    const bool has_value = colon + 1 >= line.size() || is_blank(line[colon + 1]);
    if (key.size() > 2 && (key.front() == '"' || key.front() == '\'') &&
        key.back() == key.front()) {
        key = key.substr(1, key.size() - 2);
    }
    return has_value && key.find_first_of(" \t#\"'") == key.npos ? key : std::string_view();
}

/// What only a play or a task has, as a key.
bool is_of_playbook(std::string_view key) {
    static constexpr std::array<std::string_view, 3> keys{"hosts", "block", "tasks"};
    return std::find(keys.begin(), keys.end(), key) != keys.end() || is_module(key);
}

struct seen_keys {
    bool on = false;
    bool jobs = false;
    bool has_keys = false;       ///< the document is a map
    bool has_items = false;      ///< it is a list
    bool has_play_keys = false;  ///< one of its items is a play or a task
};

seen_keys keys_of(std::string_view text) {
    seen_keys made;
    line_reader lines(text);
    while (lines.next()) {
        auto line = lines.line();
        const auto key = key_of(line);
        made.on = made.on || key == "on";
        made.jobs = made.jobs || key == "jobs";
        const bool is_item = line.starts_with("- ");
        made.has_keys = made.has_keys || (!is_item && !key.empty() && !line.starts_with(' '));
        made.has_items = made.has_items || is_item;
        if (is_item || line.starts_with("  ")) {
            line.remove_prefix(2);
            made.has_play_keys = made.has_play_keys || is_of_playbook(key_of(line));
        }
    }
    return made;
}

}  // namespace

automation_kind automation_kind_of(std::string_view text, std::string_view given) {
    const auto name = lower(given);
    if (name.ends_with("gitlab-ci.yml") || name.ends_with("gitlab-ci.yaml")) {
        return automation_kind::pipeline;
    }
    const auto seen = keys_of(text);
    if (seen.on && seen.jobs) {
        return automation_kind::workflow;
    }
    const bool is_list = seen.has_items && !seen.has_keys;
    return is_list && seen.has_play_keys ? automation_kind::playbook : automation_kind::none;
}

}  // namespace lastcall::lint
