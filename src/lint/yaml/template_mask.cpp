#include "lint/yaml/template_mask.hpp"

#include <algorithm>
#include <array>

#include "lint/text/lines.hpp"
#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {
namespace {

enum class action_kind { output, silent, opens, closes };

struct action {
    std::size_t begin = 0;
    std::size_t end = 0;
    action_kind kind = action_kind::output;
};

/// Behind the }} of the action whose {{ is at `at`; npos: it has none.
std::size_t end_of_action(std::string_view text, std::size_t at) {
    auto inside = text.substr(at + 2, 4);
    inside.remove_prefix(inside.starts_with('-') ? 1 : 0);
    while (!inside.empty() && is_blank(inside.front())) {
        inside.remove_prefix(1);
    }
    if (inside.starts_with("/*")) {
        const auto end = text.find("*/", at);
        const auto close = end == std::string_view::npos ? end : text.find("}}", end);
        return close == std::string_view::npos ? close : close + 2;
    }
    char quote = 0;
    for (std::size_t i = at + 2; i < text.size(); ++i) {
        const char c = text[i];
        if (quote != 0) {
            if (c == '\\' && quote == '"') {
                ++i;
            } else if (c == quote || (c == '\n' && quote == '"')) {
                quote = 0;
            }
        } else if (c == '"' || c == '`') {
            quote = c;
        } else if (c == '}' && text.substr(i, 2) == "}}") {
            return i + 2;
        }
    }
    return std::string_view::npos;
}

action_kind kind_of(std::string_view inside) {
    inside.remove_prefix(inside.starts_with('-') ? 1 : 0);
    inside = trimmed(inside);
    const auto word = inside.substr(0, inside.find_first_of(" \t\n-}("));
    static constexpr std::array<std::string_view, 5> opening{"if", "range", "with", "define",
                                                             "block"};
    if (std::find(opening.begin(), opening.end(), word) != opening.end()) {
        return action_kind::opens;
    }
    if (word == "end") {
        return action_kind::closes;
    }
    const bool is_assignment =
        inside.starts_with('$') &&
        inside.substr(0, inside.find('"')).find('=') != std::string_view::npos;
    return word == "else" || word == "break" || word == "continue" || word.starts_with("/*") ||
                   is_assignment
               ? action_kind::silent
               : action_kind::output;
}

class masker {
public:
    masker(std::string_view text, const line_index& lines) : text_(text), lines_(lines) {}

    template_mask mask() {
        made_.text = text_;
        find();
        std::size_t at = 0;
        while (at < actions_.size()) {
            at = mask_line(at);
        }
        for (const action& one : actions_) {
            count(one);
        }
        if (depth_ > 0) {
            made_.conditional.emplace_back(open_, text_.size());
        }
        return std::move(made_);
    }

private:
    void find() {
        for (std::size_t at = text_.find("{{"); at != std::string_view::npos;
             at = text_.find("{{", at)) {
            auto end = end_of_action(text_, at);
            if (end == std::string_view::npos) {
                add_problem(made_.problems, lines_.at(at, 2),
                            "this action has no }}; what is behind it is not read");
                end = text_.size();
            }
            actions_.push_back({at, end, kind_of(text_.substr(at + 2, end - at - 2))});
            at = end;
        }
    }

    /// Masks the actions that share their lines with action `first`. Returns: the next one.
    std::size_t mask_line(std::size_t first) {
        const auto before = text_.rfind('\n', actions_[first].begin);
        const auto line = before == std::string_view::npos ? 0 : before + 1;
        std::size_t end = line;
        bool is_alone = true;
        bool has_output = false;
        std::size_t next = first;
        std::size_t stop = 0;
        do {
            is_alone = is_alone && trimmed(text_.substr(end, actions_[next].begin - end)).empty();
            has_output = has_output || actions_[next].kind == action_kind::output;
            end = actions_[next].end;
            if (end > stop || stop == 0) {
                stop = std::min(text_.find('\n', end), text_.size());
            }
            ++next;
        } while (next < actions_.size() && actions_[next].begin < stop);
        is_alone = is_alone && trimmed(text_.substr(end, stop - end)).empty();
        for (std::size_t i = first; i < next; ++i) {
            for (std::size_t at = actions_[i].begin; at < actions_[i].end; ++at) {
                if (text_[at] != '\n') {
                    made_.text[at] = is_alone ? ' ' : unknown_byte;
                }
            }
        }
        if (is_alone && has_output) {
            made_.unknown_lines.push_back(line);
        }
        return next;
    }

    void count(const action& one) {
        if (one.kind == action_kind::opens && depth_++ == 0) {
            open_ = one.begin;
        } else if (one.kind == action_kind::closes && depth_ > 0 && --depth_ == 0) {
            made_.conditional.emplace_back(open_, one.end);
        }
    }

    std::string_view text_;
    const line_index& lines_;
    template_mask made_;
    std::vector<action> actions_;
    std::size_t depth_ = 0;
    std::size_t open_ = 0;
};

}  // namespace

bool has_actions(std::string_view text) { return text.find("{{") != std::string_view::npos; }

template_mask mask_actions(std::string_view text, const line_index& lines) {
    return masker(text, lines).mask();
}

}  // namespace lastcall::lint
