#include "doctor/look/program_text.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

#include "lint/launch/node_source.hpp"

namespace lastcall::doctor {
namespace {

constexpr std::size_t largest_text = 1U << 20U;

struct program_text {
    std::string file;  ///< as its process was told it
    std::string text;
};

/// The first word that is no option; empty: there is none, or it cannot be read.
program_text read_program(const seen_process& one) {
    const std::string base = "/proc/" + std::to_string(one.pid());
    for (std::size_t i = 1; i < one.arguments.size(); ++i) {
        const auto& word = one.arguments[i];
        if (word.empty() || word.starts_with('-')) {
            continue;
        }
        std::ifstream file(word.starts_with('/') ? base + "/root" + word : base + "/cwd/" + word,
                           std::ios::binary);
        std::string text(largest_text, '\0');
        file.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
        return {word, std::move(text)};
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

bool text_names_signal(const seen_process& one, const std::string& signal) {
    for (const auto& word : one.arguments) {
        if (word.find(signal) != std::string::npos) {
            return true;  // node -e "process.on('SIGTERM', ...)"
        }
    }
    return read_program(one).text.find(signal) != std::string::npos;
}

std::optional<idle_limit> idle_limit_in_text(const seen_process& one) {
    const auto program = read_program(one);
    if (may_close_connections(program.text)) {
        return std::nullopt;
    }
    const auto found = lint::keep_alive_in_source(program.text);
    return found ? std::optional(idle_limit{found->value, program.file, found->at.line})
                 : std::nullopt;
}

}  // namespace lastcall::doctor
