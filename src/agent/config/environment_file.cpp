#include "agent/config/environment_file.hpp"

#include <algorithm>
#include <array>

#include "agent/config/problem.hpp"

namespace lastcall::agent {
namespace {

/// Reads the text from left to right, and counts the lines.
class line_scanner {
public:
    explicit line_scanner(std::string_view text) : left_(text) {
        left_.remove_prefix(left_.starts_with("\xef\xbb\xbf") ? 3 : 0);
    }

    [[nodiscard]] bool at_end() const noexcept { return left_.empty(); }
    [[nodiscard]] int line() const noexcept { return line_; }
    [[nodiscard]] char peek() const noexcept { return left_.empty() ? '\n' : left_.front(); }

    char take() noexcept {
        const char c = left_.front();
        left_.remove_prefix(1);
        line_ += c == '\n' ? 1 : 0;
        return c;
    }
    void skip_blanks() noexcept {
        while (!at_end() && (peek() == ' ' || peek() == '\t' || peek() == '\r')) {
            take();
        }
    }
    /// The rest of the line, and beyond its end.
    std::string_view rest_of_line() noexcept {
        const auto end = std::min(left_.find('\n'), left_.size());
        auto rest = left_.substr(0, end);
        left_.remove_prefix(std::min(end + 1, left_.size()));
        ++line_;
        return rest;
    }
    std::string_view until(std::string_view stops) noexcept {
        const auto end = std::min(left_.find_first_of(stops), left_.size());
        const auto found = left_.substr(0, end);
        left_.remove_prefix(end);
        return found;
    }

private:
    std::string_view left_;
    int line_ = 1;
};

std::string_view trimmed(std::string_view text) {
    const auto end = text.find_last_not_of(" \t\r");
    return end == std::string_view::npos ? std::string_view{} : text.substr(0, end + 1);
}

/// Behind the opening quote. Returns: false when there is no closing one.
bool take_quoted(line_scanner& from, char quote, std::string& into) {
    while (!from.at_end()) {
        const char c = from.take();
        if (c == quote) {
            return true;
        }
        if (c != '\\' || quote == '\'' || from.at_end()) {
            into += c;
            continue;
        }
        const char next = from.take();
        switch (next) {
            case 'n':
                into += '\n';
                break;
            case 't':
                into += '\t';
                break;
            case '\n':
                break;  // the line goes on
            default:
                into += next;
        }
    }
    return false;
}

std::string take_value(line_scanner& from, std::vector<line_problem>& problems, bool& is_good) {
    const int line = from.line();
    from.skip_blanks();
    const char quote = from.peek();
    if (quote != '"' && quote != '\'') {
        return std::string(trimmed(from.rest_of_line()));
    }
    from.take();
    std::string value;
    if (!take_quoted(from, quote, value)) {
        problems.push_back({line, std::string("the quote ") + quote + " is not closed",
                            "close it, or write \\\" for a quote that is part of the value"});
        is_good = false;
        return value;
    }
    const auto rest = trimmed(from.rest_of_line());
    const auto begin = rest.find_first_not_of(" \t");
    if (begin != std::string_view::npos && rest[begin] != '#') {
        problems.push_back(
            {line, "there is text behind the closing quote: " + in_quotes(rest.substr(begin)),
             "put all of the value between the quotes"});
        is_good = false;
    }
    return value;
}

}  // namespace

bool is_variable_name(std::string_view name) noexcept {
    constexpr std::string_view letters =
        "_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    return !name.empty() && name.find_first_not_of(letters) == std::string_view::npos &&
           (name.front() < '0' || name.front() > '9');
}

std::string why_not_set(std::string_view name) {
    constexpr std::array ours{"LISTEN_FDS",     "LISTEN_PID",        "LISTEN_FDNAMES",
                              "LISTEN_PIDFDID", "NOTIFY_SOCKET",     "LASTCALL_GRACE",
                              "WATCHDOG_PID",   "LASTCALL_DEADLINE", "WATCHDOG_USEC"};
    return std::find(ours.begin(), ours.end(), name) != ours.end()
               ? "is set by lastcall itself for every generation"
               : "";
}

variables read_environment_text(std::string_view text, std::vector<line_problem>& problems) {
    variables made;
    line_scanner from(text);
    while (!from.at_end()) {
        from.skip_blanks();
        const int line = from.line();
        if (from.at_end() || from.peek() == '\n' || from.peek() == '#') {
            from.rest_of_line();
            continue;
        }
        auto name = from.until("=\n");
        if (from.at_end() || from.peek() == '\n') {
            from.rest_of_line();
            problems.push_back({line, in_quotes(trimmed(name)) + " has no =", "write KEY=value"});
            continue;
        }
        from.take();
        if (name.starts_with("export ")) {
            name.remove_prefix(7);
            name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
        }
        bool is_good = true;
        auto value = take_value(from, problems, is_good);
        if (!is_variable_name(name)) {
            const bool has_blank = trimmed(name) != name && is_variable_name(trimmed(name));
            problems.push_back(
                {line, in_quotes(name) + " is no name of a variable",
                 has_blank ? "take out the blank before =" : "use letters, digits and _"});
        } else if (const auto why = why_not_set(name); !why.empty()) {
            problems.push_back({line, std::string(name) + " " + why, "take it out"});
        } else if (value.find('\0') != std::string::npos) {
            problems.push_back({line, std::string(name) + " holds a NUL character", "take it out"});
        } else if (is_good) {
            made.emplace_back(name, std::move(value));
        }
    }
    return made;
}

variables read_environment_file(const std::string& file, const surroundings& here) {
    std::string why;
    const auto text = here.read(file, longest_environment_file, why);
    if (!text) {
        throw config::settings_error(file + ": the environment file " + why);
    }
    std::vector<line_problem> problems;
    auto made = read_environment_text(*text, problems);
    if (!problems.empty()) {
        const auto& first = problems.front();
        throw config::settings_error(file + ":" + std::to_string(first.line) + ": " + first.why +
                                     "; " + first.fix);
    }
    return made;
}

}  // namespace lastcall::agent
