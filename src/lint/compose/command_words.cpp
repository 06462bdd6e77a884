#include "lint/compose/command_words.hpp"

namespace lastcall::lint {

std::optional<std::vector<mapped_text>> split_command(const mapped_text& value) {
    const std::string& text = value.text();
    std::vector<mapped_text> made;
    bool is_in_word = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote == 0 && is_blank(c)) {
            is_in_word = false;
            continue;
        }
        if (!is_in_word) {
            made.emplace_back();
            is_in_word = true;
        }
        if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        } else if (quote != 0 && c == quote) {
            quote = 0;
        } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
            made.back().add(value.part(++i, 1));
        } else {
            made.back().add(value.part(i, 1));
        }
    }
    return quote == 0 ? std::optional(std::move(made)) : std::nullopt;
}

}  // namespace lastcall::lint
