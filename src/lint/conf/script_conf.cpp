// Configurations that are programs (gunicorn.conf.py, puma.rb), as far as they are a list of
// settings, and the Procfile.
#include <algorithm>

#include "lint/conf/conf_builder.hpp"
#include "lint/conf/read_conf.hpp"

namespace lastcall::lint {
namespace {

bool is_name(char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Where the value ends: behind the quote, or before a comment.
std::size_t value_end(std::string_view text) {
    if (text.starts_with('"') || text.starts_with('\'')) {
        const auto end = text.find(text.front(), 1);
        return end == std::string_view::npos ? text.size() : end + 1;
    }
    return std::min(text.find('#'), text.size());
}

class script_reader {
public:
    script_reader(std::string_view text, script_style style)
        : text_(text), style_(style), into_(text) {}

    conf_file read() {
        line_reader lines(text_);
        while (lines.next() && !into_.is_full()) {
            const auto line = lines.line();
            const auto blanks = std::min(line.find_first_not_of(" \t"), line.size());
            const auto rest = line.substr(blanks);
            if (is_in_text(rest) || rest.empty()) {
                continue;
            }
            if (rest.front() == '#') {
                into_.add_comment(lines.offset() + blanks, lines.offset() + line.size(), true);
            } else if (style_ == script_style::procfile) {
                process(line, lines.offset());
            } else {
                setting(rest, lines.offset() + blanks, blanks > 0);
            }
        }
        return into_.finish();
    }

private:
    /// In a text of Python with three quotes, which has lines of anything.
    bool is_in_text(std::string_view rest) {
        if (style_ != script_style::python) {
            return false;
        }
        const bool was_in = !quote_.empty();
        for (std::size_t at = 0; at < rest.size();) {
            if (quote_.empty() &&
                (rest.substr(at).starts_with("\"\"\"") || rest.substr(at).starts_with("'''"))) {
                quote_ = rest.substr(at, 3);
                at += 3;
            } else if (!quote_.empty() && rest.substr(at).starts_with(quote_)) {
                quote_ = {};
                at += 3;
            } else {
                ++at;
            }
        }
        return was_in;
    }

    void setting(std::string_view rest, std::size_t offset, bool is_indented) {
        std::size_t end = 0;
        while (end < rest.size() && is_name(rest[end])) {
            ++end;
        }
        auto behind = std::min(rest.find_first_not_of(" \t", end), rest.size());
        const bool is_python = style_ == script_style::python;
        if (end == 0 || (is_python && (!rest.substr(behind).starts_with('=') ||
                                       rest.substr(behind).starts_with("==")))) {
            return;
        }
        if (is_python || rest.substr(behind).starts_with('(')) {
            behind = std::min(rest.find_first_not_of(" \t", behind + 1), rest.size());
        }
        auto value = rest.substr(behind);
        const auto length = value_end(value);
        if (value.substr(length).find('#') != std::string_view::npos) {
            const auto mark = behind + length + value.substr(length).find('#');
            into_.add_comment(offset + mark, offset + rest.size(), false);
        }
        value = trimmed(value.substr(0, length));
        if (!is_python && value.ends_with(')')) {
            value.remove_suffix(1);
        }
        auto& item = into_.add(std::string(rest.substr(0, end)), offset, offset + rest.size());
        // What stands within something else may hold or not: it has a name, and no value.
        if (!is_indented) {
            item.words.push_back(into_.word(mapped_text(value, offset + behind), offset + behind,
                                            offset + behind + value.size()));
        }
    }

    /// NAME: COMMAND
    void process(std::string_view line, std::size_t offset) {
        std::size_t end = 0;
        while (end < line.size() && (is_name(line[end]) || line[end] == '-')) {
            ++end;
        }
        if (end == 0 || end >= line.size() || line[end] != ':') {
            return;
        }
        const auto begin = std::min(line.find_first_not_of(" \t", end + 1), line.size());
        auto& item = into_.add(std::string(line.substr(0, end)), offset, offset + line.size());
        item.words.push_back(into_.word(mapped_text(line.substr(begin), offset + begin),
                                        offset + begin, offset + line.size()));
    }

    std::string_view text_;
    script_style style_;
    conf_builder into_;
    std::string_view quote_;
};

}  // namespace

conf_file read_script_conf(std::string_view text, script_style style) {
    return script_reader(text, style).read();
}

}  // namespace lastcall::lint
