#include "config/values.hpp"

#include <lastcall/duration.hpp>

#include "sys/signal/signal_names.hpp"

namespace lastcall::config {

std::chrono::nanoseconds to_duration(const std::string& text, const std::string& what) {
    try {
        return parse_duration(text, what);
    } catch (const std::invalid_argument& e) {
        throw settings_error(e.what());
    }
}

int to_signal(const std::string& text, const std::string& what) {
    const int number = sys::signal_number(text);
    if (number == 0) {
        throw settings_error(what + ": \"" + text +
                             "\" is no signal; write TERM, SIGTERM, 15 or RTMIN+3");
    }
    return number;
}

std::vector<std::string> to_words(const std::string& text, const std::string& what) {
    std::vector<std::string> words;
    bool in_word = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
            in_word = false;
            continue;
        }
        if (!in_word) {
            words.emplace_back();
            in_word = true;
        }
        if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
            words.back() += text[++i];
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == quote) {
            quote = 0;
        } else {
            words.back() += c;
        }
    }
    if (quote != 0) {
        throw settings_error(what + ": the quote " + quote + " is not closed in: " + text);
    }
    return words;
}

}  // namespace lastcall::config
