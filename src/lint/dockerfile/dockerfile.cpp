#include "lint/dockerfile/dockerfile.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "lint/text/lines.hpp"

namespace lastcall::lint {
namespace {

constexpr std::size_t instruction_limit = 20'000;

constexpr std::array<std::string_view, 18> names{
    "ADD",    "ARG",   "CMD",         "COPY",  "ENTRYPOINT", "ENV",
    "EXPOSE", "FROM",  "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
    "RUN",    "SHELL", "STOPSIGNAL",  "USER",  "VOLUME",     "WORKDIR"};

bool may_be_json(std::string_view name) {
    return name == "CMD" || name == "ENTRYPOINT" || name == "RUN" || name == "SHELL" ||
           name == "COPY" || name == "ADD" || name == "VOLUME";
}

bool may_have_heredoc(std::string_view name) {
    return name == "RUN" || name == "COPY" || name == "ADD";
}

std::string upper_name(std::string_view text) {
    std::string made(text);
    for (char& c : made) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return made;
}

class docker_reader {
public:
    explicit docker_reader(std::string_view text)
        : text_(text), lines_(text), budget_(4 * text.size() + 1024) {
        made_.lines = line_index(text);
    }

    dockerfile read() {
        while (next_line()) {
            const auto line = trimmed(lines_.line().substr(skip_));
            if (line.starts_with('#')) {
                directive(line);
                comment_here();
            } else if (!line.empty()) {
                may_be_directive_ = false;
                instruction();
            }
            if (made_.instructions.size() >= instruction_limit) {
                note(lines_.offset(), 0,
                     "this file has more than 20,000 instructions; the rest is not read");
                break;
            }
        }
        return std::move(made_);
    }

private:
    bool next_line() {
        if (!lines_.next()) {
            return false;
        }
        ++number_;
        skip_ = number_ == 1 ? mark_size(lines_.line()) : 0;
        return true;
    }

    void note(std::size_t offset, std::size_t size, std::string what) {
        add_problem(made_.problems, made_.lines.at(offset, size), std::move(what));
    }

    void comment_here() {
        const auto line = lines_.line();
        const auto at = line.find('#');
        const auto text = line.substr(at);
        made_.comments.push_back({made_.lines.at(lines_.offset() + at, text.size()), text, true});
    }

    /// # escape=` and such stand before everything else.
    void directive(std::string_view line) {
        const auto equals = line.find('=');
        if (!may_be_directive_ || equals == std::string_view::npos) {
            may_be_directive_ = false;
            return;
        }
        const auto key = lower(trimmed(line.substr(1, equals - 1)));
        const auto value = trimmed(line.substr(equals + 1));
        if (key == "escape") {
            if (value == "\\" || value == "`") {
                made_.escape = value.front();
            } else {
                note(lines_.offset(), line.size(), "escape is \\ or `; the build fails here");
            }
        } else if (key == "syntax") {
            made_.syntax = value;
        } else if (key != "check") {
            may_be_directive_ = false;
        }
    }

    /// The line with its continuation, of which the escape at the end is taken off.
    /// Returns: whether another line belongs to it.
    bool add_line(mapped_text& whole, std::size_t skip) {
        auto line = lines_.line().substr(skip);
        const auto last = line.find_last_not_of(" \t");
        const bool goes_on = last != std::string_view::npos && line[last] == made_.escape &&
                             (last == 0 || line[last - 1] != made_.escape);
        if (goes_on) {
            line = line.substr(0, last);
        }
        whole.add(line, lines_.offset() + skip);
        return goes_on;
    }

    void instruction() {
        mapped_text whole;
        docker_instruction made;
        made.lines.first = number_;
        std::size_t skip = skip_;
        while (skip < lines_.line().size() && is_blank(lines_.line()[skip])) {
            ++skip;
        }
        bool goes_on = add_line(whole, skip);
        made.lines.last = number_;
        while (goes_on && next_line()) {
            const auto line = trimmed(lines_.line());
            if (line.starts_with('#')) {
                comment_here();
            } else if (!line.empty()) {
                goes_on = add_line(whole, 0);
                made.lines.last = number_;
            }
        }
        if (take(whole, made, false)) {
            heredocs(made);
            made_.instructions.push_back(std::move(made));
        }
    }

    /// Takes an instruction apart. Returns: whether it is one.
    bool take(const mapped_text& whole, docker_instruction& into, bool is_trigger) {
        const std::string& text = whole.text();
        std::size_t end = 0;
        while (end < text.size() && !is_blank(text[end])) {
            ++end;
        }
        into.name = upper_name(std::string_view(text).substr(0, end));
        into.at = whole.place_of(0, end, made_.lines);
        if (std::find(names.begin(), names.end(), into.name) == names.end()) {
            note(into.at.offset, into.at.size,
                 "there is no such instruction; the build fails here");
            return false;
        }
        auto rest = whole.part(end).trimmed();
        flags(rest, into);
        into.rest = std::move(rest);
        if (into.name == "ONBUILD") {
            docker_instruction later;
            later.lines = into.lines;
            if (is_trigger) {
                note(into.at.offset, into.at.size, "ONBUILD within ONBUILD; the build fails here");
                return false;
            }
            if (take(into.rest, later, true)) {
                into.trigger.push_back(std::move(later));
            }
            return true;
        }
        if (into.rest.empty()) {
            note(into.at.offset, into.at.size, into.name + " wants something behind it");
        }
        if (may_be_json(into.name)) {
            into.json = read_json_words(into.rest);
        } else if (into.name == "HEALTHCHECK") {
            into.json = read_json_words(into.rest.part(std::min<std::size_t>(3, into.rest.size())));
        }
        return true;
    }

    void flags(mapped_text& rest, docker_instruction& into) {
        while (rest.text().starts_with("--") && into.flags.size() < 100) {
            const auto& text = rest.text();
            std::size_t end = 0;
            char quote = 0;
            for (; end < text.size() && (quote != 0 || !is_blank(text[end])); ++end) {
                if (text[end] == made_.escape && end + 1 < text.size()) {
                    ++end;
                } else if (quote == 0 && (text[end] == '"' || text[end] == '\'')) {
                    quote = text[end];
                } else if (text[end] == quote) {
                    quote = 0;
                }
            }
            end = std::min(end, text.size());
            if (end > 2) {
                const auto equals = std::min(text.find('='), end);
                docker_flag made;
                made.name = text.substr(2, equals - 2);
                made.at = rest.place_of(0, end, made_.lines);
                if (equals < end) {
                    static const docker_variables none;
                    made.value = rest.part(equals + 1, end - equals - 1);
                    if (made.value.text().find_first_of("\"'") != std::string::npos) {
                        made.value = expand_docker_word(made.value, none, made_.escape).text;
                    }
                }
                into.flags.push_back(std::move(made));
            }
            const bool is_end = end == 2;
            rest = rest.part(end).trimmed();
            if (is_end) {
                return;
            }
        }
    }

    void heredocs(docker_instruction& of) {
        const bool is_trigger = !of.trigger.empty();
        docker_instruction& one = is_trigger ? of.trigger.front() : of;
        if (!may_have_heredoc(one.name) || one.json.is_json ||
            one.rest.text().find("<<") == std::string::npos) {
            return;
        }
        for (const mapped_text& word : split_docker_words(one.rest, made_.escape)) {
            if (auto found = heredoc_of(word)) {
                if (!content(*found)) {
                    note(found->at.offset, found->at.size,
                         "the line " + found->name.substr(0, 40) +
                             ", which ends this, is missing; the build fails here");
                    return;
                }
                one.heredocs.push_back(std::move(*found));
                of.lines.last = number_;
                one.lines.last = number_;
            }
        }
    }

    /// "<<EOF", "3<<-'EOF'".
    [[nodiscard]] std::optional<docker_heredoc> heredoc_of(const mapped_text& word) const {
        const std::string_view text = word.text();
        const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
        if (text.substr(digits, 2) != "<<") {
            return std::nullopt;
        }
        docker_heredoc made;
        made.strips_tabs = text.substr(digits + 2).starts_with('-');
        const auto name = word.part(digits + (made.strips_tabs ? 3U : 2U));
        if (name.empty() || name.text().find('<') != std::string::npos) {
            return std::nullopt;
        }
        static const docker_variables none;
        made.expands = name.text().find_first_of("\"'") == std::string::npos;
        made.name =
            made.expands ? name.text() : expand_docker_word(name, none, made_.escape).text.text();
        made.at = word.whole(made_.lines);
        return made;
    }

    /// Reads up to the line that ends it. Returns: false, and nothing is read, where none does.
    bool content(docker_heredoc& into) {
        const auto lines_before = lines_;
        const auto number_before = number_;
        while (budget_ > 0 && next_line()) {
            auto line = lines_.line();
            auto offset = lines_.offset();
            if (into.strips_tabs) {
                const auto tabs = std::min(line.find_first_not_of('\t'), line.size());
                line.remove_prefix(tabs);
                offset += tabs;
            }
            if (line == into.name) {
                return true;
            }
            const auto size = lines_.next_offset() - offset;
            into.content.add(text_.substr(offset, size), offset);
            // Garbage has an open one on every line, each of which would read all the rest.
            budget_ -= std::min(budget_, size + 1);
        }
        lines_ = lines_before;
        number_ = number_before;
        into.content = {};
        return false;
    }

    std::string_view text_;
    line_reader lines_;
    std::size_t budget_;
    std::uint32_t number_ = 0;
    std::size_t skip_ = 0;
    bool may_be_directive_ = true;
    dockerfile made_;
};

}  // namespace

const docker_flag* docker_instruction::flag(std::string_view wanted) const {
    const auto found = std::find_if(flags.begin(), flags.end(),
                                    [&](const docker_flag& one) { return one.name == wanted; });
    return found == flags.end() ? nullptr : &*found;
}

std::vector<statement_lines> dockerfile::statements() const {
    std::vector<statement_lines> made;
    made.reserve(instructions.size());
    for (const auto& one : instructions) {
        made.push_back(one.lines);
    }
    return made;
}

dockerfile read_dockerfile(std::string_view text) { return docker_reader(text).read(); }

}  // namespace lastcall::lint
