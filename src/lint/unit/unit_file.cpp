#include "lint/unit/unit_file.hpp"

#include <algorithm>

#include "lint/text/lines.hpp"

namespace lastcall::lint {
namespace {

constexpr std::size_t line_limit = 1 << 20;  // LONG_LINE_MAX of systemd
constexpr std::size_t setting_limit = 100'000;

/// Whether a line ends in a backslash that is not escaped by another one. It looks at the whole
/// line as it was put together, as systemd does.
bool goes_on(std::string_view line) {
    const auto last = line.find_last_not_of('\\');
    const auto slashes = line.size() - (last == std::string_view::npos ? 0 : last + 1);
    return slashes % 2 == 1;
}

class unit_reader {
public:
    unit_reader(std::string_view text, std::string path) : text_(text) {
        made_.path = std::move(path);
        made_.lines = line_index(text);
    }

    unit_file read() {
        line_reader lines(text_);
        bool is_going_on = false;
        mapped_text whole;
        std::uint32_t first = 1;
        std::uint32_t number = 0;
        while (lines.next()) {
            ++number;
            auto line = lines.line();
            std::size_t offset = lines.offset();
            if (number == 1) {
                offset += mark_size(line);
                line.remove_prefix(mark_size(line));
            }
            const auto blanks = std::min(line.find_first_not_of(" \t\r\f\v"), line.size());
            line.remove_prefix(blanks);
            offset += blanks;
            if (line.starts_with('#') || line.starts_with(';')) {
                made_.comments.push_back({made_.lines.at(offset, line.size()), line, true});
                continue;
            }
            if (!is_going_on) {
                whole = {};
                first = number;
            }
            is_going_on = goes_on(line);
            whole.add(is_going_on ? line.substr(0, line.size() - 1) : line, offset);
            if (is_going_on) {
                whole.add_made(" ", offset + line.size() - 1, 1);
            } else {
                take(whole, {first, number});
            }
            if (made_.settings.size() >= setting_limit) {
                note(offset, 1, "this file has more than 100,000 settings; the rest is not read");
                return finished();
            }
        }
        if (is_going_on) {
            take(whole, {first, number});
        }
        return finished();
    }

private:
    void note(std::size_t offset, std::size_t size, std::string what) {
        add_problem(made_.problems, made_.lines.at(offset, size), std::move(what));
    }

    unit_file finished() { return std::move(made_); }

    void take(const mapped_text& whole, statement_lines where) {
        const auto line = whole.trimmed();
        if (line.empty()) {
            return;
        }
        const auto at = line.whole(made_.lines);
        if (line.size() > line_limit) {
            note(at.offset, at.size, "systemd reads no line of more than 1 MiB; it is ignored");
        } else if (line.text().find('\0') != std::string::npos) {
            note(at.offset, at.size, "there is a zero byte in this line; it is ignored");
        } else if (line.text().front() == '[') {
            header(line, at, where);
        } else {
            setting(line, at, where);
        }
    }

    void header(const mapped_text& line, place at, statement_lines where) {
        if (line.text().back() != ']') {
            note(at.offset, at.size, "the name of a section ends in ]; the line is ignored");
            return;
        }
        made_.sections.push_back({line.text().substr(1, line.size() - 2), at, where});
    }

    void setting(const mapped_text& line, place at, statement_lines where) {
        const auto equals = line.text().find('=');
        if (equals == std::string::npos) {
            note(at.offset, at.size, "a setting is written NAME=VALUE; the line is ignored");
            return;
        }
        if (made_.sections.empty()) {
            note(at.offset, at.size, "this stands before the first section; systemd ignores it");
            return;
        }
        const auto name = line.part(0, equals).trimmed();
        if (name.empty()) {
            note(at.offset, at.size, "there is no name before the =; the line is ignored");
            return;
        }
        unit_setting made;
        made.section = static_cast<std::uint32_t>(made_.sections.size() - 1);
        made.name = name.text();
        made.name_at = name.whole(made_.lines);
        made.value = line.part(equals + 1).trimmed();
        made.at = made.value.whole(made_.lines);
        made.lines = where;
        made_.sections.back().lines.last = where.last;
        made_.settings.push_back(std::move(made));
    }

    std::string_view text_;
    unit_file made_;
};

}  // namespace

std::vector<statement_lines> unit_file::statements() const {
    std::vector<statement_lines> made;
    made.reserve(sections.size() + settings.size());
    for (const auto& one : sections) {
        made.push_back(one.lines);
    }
    for (const auto& one : settings) {
        made.push_back(one.lines);
    }
    std::stable_sort(made.begin(), made.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    return made;
}

unit_file read_unit_file(std::string_view text, std::string path) {
    return unit_reader(text, std::move(path)).read();
}

}  // namespace lastcall::lint
