#include "lint/rules/shell/script_comments.hpp"

#include <algorithm>

#include "lint/shell/walk.hpp"
#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {

std::vector<comment> comments_of(const shell::script& script, std::string_view text) {
    std::vector<comment> made;
    made.reserve(script.comments.size());
    for (const shell::stretch& one : script.comments) {
        comment next;
        next.at = script.at(one);
        next.text = text.substr(one.begin, one.end - one.begin);
        const auto before = text.substr(0, one.begin);
        const auto line = before.rfind('\n');
        next.is_alone =
            trimmed(before.substr(line == std::string_view::npos ? 0 : line + 1)).empty();
        made.push_back(next);
    }
    return made;
}

std::vector<statement_lines> statements_of(const shell::script& script) {
    std::vector<statement_lines> made;
    shell::for_each_command(script, [&](const shell::command& one) {
        const auto first = script.at({one.where.begin, one.where.begin}).line;
        const auto last =
            script
                .at({one.where.end > one.where.begin ? one.where.end - 1 : one.where.end,
                     one.where.end})
                .line;
        made.push_back({first, std::max(first, last)});
    });
    std::stable_sort(made.begin(), made.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    return made;
}

}  // namespace lastcall::lint
