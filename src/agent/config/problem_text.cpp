#include "agent/config/problem_text.hpp"

#include <algorithm>

#include "core/utf8.hpp"

namespace lastcall::agent {
namespace {

constexpr std::size_t longest_excerpt = 160;  ///< bytes: a page of one line is no excerpt

std::string_view line_at(std::string_view text, int number) {
    for (; number > 1; --number) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) {
            return {};
        }
        text.remove_prefix(end + 1);
    }
    text = text.substr(0, text.find('\n'));
    return text.substr(0, text.find('\r'));
}

bool is_printable(std::string_view text) {
    while (!text.empty()) {
        const auto length = core::character_length(text);
        if (length == 0 || static_cast<unsigned char>(text.front()) < 0x20 ||
            text.front() == 0x7f) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    }));
}

/// The word, or the text in quotes, that begins there; up to the end of what can be one.
std::string_view value_at(std::string_view line, std::size_t begin) {
    const auto rest = line.substr(begin);
    if (rest.empty()) {
        return rest;
    }
    if (rest.front() == '"' || rest.front() == '\'') {
        const auto end = rest.find(rest.front(), 1);
        return end == std::string_view::npos ? rest : rest.substr(0, end + 1);
    }
    if (rest.front() == '[' || rest.front() == '{') {
        return rest.substr(0, 1);
    }
    auto end = std::min({rest.find(" #"), rest.find(": "), rest.find(','), rest.find('}'),
                         rest.find(']'), rest.size()});
    if (rest.ends_with(':') && end == rest.size()) {
        --end;
    }
    const auto found = rest.substr(0, end);
    return found.substr(0, found.find_last_not_of(' ') + 1);
}

}  // namespace

std::string explain(const problem& one, std::string_view file, std::string_view file_text,
                    bool colour) {
    const auto paint = [colour](const char* code, const std::string& text) {
        return colour ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m" : text;
    };
    auto made = one.text() + "\n";
    const auto line =
        one.line > 0 && one.file == file ? line_at(file_text, one.line) : std::string_view{};
    const auto begin = static_cast<std::size_t>(std::max(one.column - 1, 0));
    if (line.empty() || line.size() > longest_excerpt || !is_printable(line) || one.column <= 0 ||
        begin >= line.size()) {
        return made;
    }
    const auto number = std::to_string(one.line);
    const auto margin = std::string(std::max<std::size_t>(number.size(), 3) + 2, ' ');
    made += paint("2", std::string(margin.size() - number.size(), ' ') + number + " | ") +
            std::string(line) + "\n";
    const auto marked = std::max<std::size_t>(characters(value_at(line, begin)), 1);
    made += paint("2", margin + " | ") + std::string(characters(line.substr(0, begin)), ' ') +
            paint(one.is_warning ? "33" : "31", std::string(marked, '^')) + "\n";
    return made;
}

std::string count_text(std::span<const problem> problems) {
    const auto warnings = static_cast<std::size_t>(std::count_if(
        problems.begin(), problems.end(), [](const problem& one) { return one.is_warning; }));
    const auto counted = [](std::size_t count, const char* what) {
        return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
    };
    std::string made;
    if (const auto errors = problems.size() - warnings; errors > 0) {
        made = counted(errors, "error");
    }
    if (warnings > 0) {
        made += (made.empty() ? "" : ", ") + counted(warnings, "warning");
    }
    return made;
}

}  // namespace lastcall::agent
