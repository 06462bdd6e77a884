#include "lint/automation/expressions.hpp"

#include <string>

namespace lastcall::lint {
namespace {

struct expression {
    std::size_t begin = std::string_view::npos;
    std::size_t end = std::string_view::npos;
};

/// The first one from `from` on.
expression find_expression(std::string_view text, std::size_t from) {
    for (auto at = text.find_first_of("{[", from); at != text.npos;
         at = text.find_first_of("{[", at + 1)) {
        const bool has_dollar = at > from && text[at - 1] == '$';
        const bool is_brace = text.substr(at, 2) == "{{";
        if (!is_brace && !(has_dollar && text.substr(at, 2) == "[[")) {
            continue;
        }
        const auto end = text.find(is_brace ? "}}" : "]]", at + 2);
        if (end != text.npos) {
            return {at - (has_dollar ? 1U : 0U), end + 2};
        }
    }
    return {};
}

/// "${____}", as long as the expression.
std::string variable_of(std::size_t size) { return "${" + std::string(size - 3, '_') + "}"; }

}  // namespace

mapped_text as_variables(const mapped_text& script) {
    mapped_text made;
    std::size_t at = 0;
    for (auto next = find_expression(script.text(), 0); next.begin != std::string::npos;
         next = find_expression(script.text(), at)) {
        if (next.begin > at) {
            made.add(script.part(at, next.begin - at));
        }
        made.add(variable_of(next.end - next.begin), script.offset_of(next.begin));
        at = next.end;
    }
    if (at < script.size()) {
        made.add(script.part(at));
    }
    return made;
}

bool has_expression(std::string_view text) {
    return find_expression(text, 0).begin != std::string_view::npos;
}

}  // namespace lastcall::lint
