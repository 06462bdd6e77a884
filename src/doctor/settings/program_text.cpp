#include "doctor/settings/program_text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "doctor/settings/script_word.hpp"
#include "lint/launch/node_source.hpp"

namespace lastcall::doctor {
namespace {

struct program_text {
    std::string file;  ///< as its process was told it
    std::string text;
};

/// Empty: there is none, or it cannot be read.
program_text read_program(const seen_process& one, const surroundings& around) {
    const auto word = script_word(one.program, one.arguments);
    if (word.empty()) {
        return {};
    }
    // Node adds these where there is no such file, or it is a folder (its documentation, "All
    // together..." of CommonJS modules).
    for (const char* added : {"", ".js", "/index.js"}) {
        const auto file = word + added;
        if (auto text = around.read(around.whole(file)); text && !text->empty()) {
            return {file, *std::move(text)};
        }
    }
    return {};
}

/// Something in it may close connections before their time is over.
bool may_close_connections(std::string_view text) {
    constexpr std::array words{".close(",
                               "closeIdleConnections",
                               "closeAllConnections",
                               ".destroy(",
                               "terminus",
                               "terminator",
                               "stoppable"};
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view one) { return text.find(one) != text.npos; });
}

}  // namespace

bool text_names_signal(const seen_process& one, const surroundings& around,
                       const std::string& signal) {
    for (const auto& word : one.arguments) {
        if (word.find(signal) != std::string::npos) {
            return true;  // node -e "process.on('SIGTERM', ...)"
        }
    }
    return read_program(one, around).text.find(signal) != std::string::npos;
}

std::optional<idle_limit> idle_limit_in_text(const seen_process& one, const surroundings& around) {
    const auto program = read_program(one, around);
    if (may_close_connections(program.text)) {
        return std::nullopt;
    }
    const auto found = lint::keep_alive_in_source(program.text);
    return found ? std::optional(idle_limit{found->value, program.file, found->at.line})
                 : std::nullopt;
}

}  // namespace lastcall::doctor
