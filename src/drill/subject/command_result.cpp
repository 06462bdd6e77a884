#include "drill/subject/command_result.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "drill/record/exchange.hpp"
#include "sys/process/started_process.hpp"

namespace lastcall::drill {

command_result run_command(const std::vector<std::string>& argv, std::chrono::nanoseconds limit) {
    command_result result;
    try {
        sys::started_process process({.argv = argv});
        result.is_there = true;
        const auto add = [&result](std::string_view line) {
            result.output.append(line).push_back('\n');
        };
        if (!process.wait(clock::now() + limit, add)) {
            result.status = 124;
            result.output +=
                "(no end after " +
                std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limit).count()) +
                " s)";
            return result;
        }
        const auto end = process.end();
        result.status = end->signal != 0 ? 128 + end->signal : end->code;
    } catch (const std::runtime_error& problem) {
        result.status = 127;
        result.output = problem.what();
    }
    return result;
}

std::string in_words(const std::vector<std::string>& argv) {
    std::string text;
    for (const auto& word : argv) {
        const bool is_plain = !word.empty() && word.find_first_of(" \t\n\"'") == std::string::npos;
        text += text.empty() ? "" : " ";
        text += is_plain ? word : "'" + word + "'";
    }
    return text;
}

int number_of(std::string_view text) noexcept {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string_view value_of(std::string_view text, std::string_view name) noexcept {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        if (line.size() > name.size() && line[name.size()] == '=' && line.starts_with(name)) {
            return line.substr(name.size() + 1);
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return {};
}

}  // namespace lastcall::drill
