#include "agent/config/problem.hpp"

#include <algorithm>

#include "core/near_word.hpp"
#include "core/utf8.hpp"

namespace lastcall::agent {
namespace {

constexpr std::size_t most_problems = 200;
constexpr std::size_t longest_value = 60;

std::string join_lines(const std::vector<problem>& problems) {
    std::string text;
    for (const auto& one : problems) {
        text += (text.empty() ? "" : "\n") + one.text();
    }
    return text;
}

}  // namespace

std::string problem::text() const {
    std::string made;  // what it says of paths and values of others must not steer a terminal
    if (!file.empty()) {
        made = file + ":" + (line > 0 ? std::to_string(line) + ":" : "") + " ";
    }
    if (is_warning) {
        made += "warning: ";
    }
    if (!path.empty()) {
        made += path + ": ";
    }
    return printable(made + why + (fix.empty() ? "" : "; " + fix));
}

std::string printable(std::string_view text, std::size_t longest) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string made;
    while (!text.empty()) {
        if (made.size() >= longest) {
            return made + "…";
        }
        const auto length = core::character_length(text);
        const auto byte = static_cast<unsigned char>(text.front());
        // C1 controls (U+0080 to U+009F) steer some terminals too.
        const bool is_c1 =
            length == 2 && byte == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0;
        if (length == 0 || byte < 0x20 || byte == 0x7f || is_c1) {
            made += byte == '\n' ? std::string("\\n")
                                 : std::string("\\x") + digits[byte >> 4U] + digits[byte & 15U];
            text.remove_prefix(1);
        } else {
            made += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
    return made;
}

std::string in_quotes(std::string_view value) {
    return "\"" + printable(value, longest_value) + "\"";
}

std::string choose_from(std::string_view given, const std::vector<std::string>& known) {
    if (const auto near = core::near_word(given, known); !near.empty()) {
        return "did you mean \"" + std::string(near) + "\"?";
    }
    if (known.empty()) {
        return "there is none";
    }
    std::string all;
    for (const auto& one : known) {
        all += (all.empty() ? "write " : &one == &known.back() ? " or " : ", ") + one;
    }
    return all;
}

void problem_list::add(problem one) {
    if (one.file.empty()) {
        one.file = file_;
    }
    errors_ += one.is_warning ? 0 : 1;
    if (all_.size() >= most_problems) {
        ++left_out_;
        return;
    }
    all_.push_back(std::move(one));
}

problem_list::spot problem_list::nearest(std::string path) const {
    for (;;) {
        if (const auto found = places_.find(path); found != places_.end()) {
            return found->second;
        }
        const auto end = path.find_last_of(".[");
        if (end == std::string::npos) {
            return {};
        }
        path.resize(end);
    }
}

void problem_list::add(const std::string& path, std::string why, std::string fix) {
    const auto at = nearest(path);
    add({{}, at.line, at.column, path, std::move(why), std::move(fix)});
}

void problem_list::warn(const std::string& path, std::string why, std::string fix) {
    const auto at = nearest(path);
    add({{}, at.line, at.column, path, std::move(why), std::move(fix), true});
}

std::string problem_list::part(const std::string& path, std::size_t number) const {
    auto one = path + "[" + std::to_string(number) + "]";
    return knows(one) ? one : path;
}

void problem_list::remember(const std::string& path, int line, int column) {
    places_[path] = {line, column};
}

int problem_list::line_of(const std::string& path) const { return nearest(path).line; }

problem problem_list::at(const std::string& path) const {
    const auto there = nearest(path);
    return {file_, there.line, there.column, path, {}, {}};
}

std::vector<problem> problem_list::sorted() const {
    auto made = all_;
    // What another file holds (an environment file) stays behind what the main file holds.
    std::stable_sort(made.begin(), made.end(), [this](const problem& left, const problem& right) {
        const bool left_is_other = left.file != file_;
        const bool right_is_other = right.file != file_;
        return left_is_other != right_is_other ? right_is_other
               : left.file != right.file       ? left.file < right.file
               : left.line != right.line       ? left.line < right.line
                                               : left.column < right.column;
    });
    if (left_out_ > 0) {
        made.push_back({file_, 0, 0, {}, std::to_string(left_out_) + " more problems", {}});
    }
    return made;
}

config_error::config_error(std::vector<problem> problems)
    : settings_error(join_lines(problems)), problems_(std::move(problems)) {}

}  // namespace lastcall::agent
