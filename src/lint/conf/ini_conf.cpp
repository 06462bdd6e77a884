// php-fpm, uwsgi, supervisord, and as much of TOML as has their form.
#include <algorithm>

#include "lint/conf/conf_builder.hpp"
#include "lint/conf/read_conf.hpp"

namespace lastcall::lint {
namespace {

class ini_reader {
public:
    ini_reader(std::string_view text, ini_style style)
        : text_(text), style_(style), lines_(text), into_(text) {}

    conf_file read() {
        while (lines_.next() && !into_.is_full()) {
            auto line = lines_.line();
            auto offset = lines_.offset();
            if (offset == 0) {
                offset += mark_size(line);
                line.remove_prefix(mark_size(line));
            }
            const auto blanks = std::min(line.find_first_not_of(" \t\r\f\v"), line.size());
            const bool is_indented = blanks > 0;
            line = trimmed(line);
            offset += blanks;
            if (line.empty()) {
                continue;
            }
            if (is_comment(line.front())) {
                into_.add_comment(offset, offset + line.size(), true);
            } else if (is_indented && style_ == ini_style::supervisor && can_go_on_) {
                go_on(line, offset);
            } else if (line.front() == '[') {
                section(line, offset);
            } else {
                setting(line, offset);
            }
        }
        return into_.finish();
    }

private:
    [[nodiscard]] bool is_comment(char c) const {
        return style_ == ini_style::toml ? c == '#' : c == ';' || c == '#';
    }

    void section(std::string_view line, std::size_t offset) {
        can_go_on_ = false;
        const bool is_list = style_ == ini_style::toml && line.starts_with("[[");
        const std::size_t begin = is_list ? 2 : 1;
        const auto end = line.find(']', begin);
        if (end == std::string_view::npos) {
            into_.note(offset, line.size(), "the name of a section ends in ]; the line is ignored");
            return;
        }
        if (into_.depth() > 0) {
            into_.close(into_.last_content());
        }
        const auto name = trimmed(line.substr(begin, end - begin));
        into_.add(std::string(name), offset + begin, offset + line.size());
        into_.open();
        into_.set_last_content(offset);
        const auto rest =
            line.substr(end + (is_list ? 2U : 1U) <= line.size() ? end + (is_list ? 2U : 1U) : end);
        const auto mark = rest.find_first_of(style_ == ini_style::toml ? "#" : ";#");
        if (mark != std::string_view::npos) {
            const auto at = static_cast<std::size_t>(rest.data() - line.data()) + mark;
            into_.add_comment(offset + at, offset + line.size(), false);
        }
    }

    void setting(std::string_view line, std::size_t offset) {
        const auto equals = line.find_first_of(style_ == ini_style::supervisor ? "=:" : "=");
        if (equals == std::string_view::npos) {
            into_.note(offset, line.size(),
                       "a setting is written NAME = VALUE; the line is ignored");
            return;
        }
        const auto name = trimmed(line.substr(0, equals));
        if (name.empty()) {
            into_.note(offset, line.size(), "there is no name before the =; the line is ignored");
            return;
        }
        auto rest = line.substr(equals + 1);
        const auto blanks = std::min(rest.find_first_not_of(" \t"), rest.size());
        rest.remove_prefix(blanks);
        const auto begin = offset + equals + 1 + blanks;
        auto& item = into_.add(std::string(name), offset, offset + line.size());
        if (style_ == ini_style::toml) {
            toml_value(item, rest, begin);
        } else {
            item.words.push_back(value(rest, begin));
        }
        into_.set_last_content(offset + line.size() - 1);
        can_go_on_ = true;
        last_ = &item;
    }

    /// A value to the end of its line, without a comment behind it and the quotes around it.
    conf_word value(std::string_view rest, std::size_t begin) {
        if (style_ == ini_style::php && (rest.starts_with('"') || rest.starts_with('\''))) {
            const auto end = rest.find(rest.front(), 1);
            if (end != std::string_view::npos) {
                comment_behind(rest, end + 1, begin);
                return into_.word(mapped_text(rest.substr(1, end - 1), begin + 1), begin,
                                  begin + end + 1, true);
            }
        }
        if (style_ == ini_style::php) {
            rest = without_comment(rest, rest.find(';'), begin);
        } else if (style_ == ini_style::supervisor) {
            const auto at = rest.starts_with(';') ? 0 : rest.find(" ;");
            rest = without_comment(rest, at, begin);
        }
        return into_.word(mapped_text(rest, begin), begin, begin + rest.size());
    }

    std::string_view without_comment(std::string_view rest, std::size_t at, std::size_t begin) {
        if (at == std::string_view::npos) {
            return rest;
        }
        const auto mark = rest.find(';', at);
        into_.add_comment(begin + mark, begin + rest.size(), false);
        return trimmed(rest.substr(0, at));
    }

    void comment_behind(std::string_view rest, std::size_t at, std::size_t begin) {
        const auto mark = rest.find_first_of(";#", at);
        if (mark != std::string_view::npos) {
            into_.add_comment(begin + mark, begin + rest.size(), false);
        }
    }

    void go_on(std::string_view line, std::size_t offset) {
        auto& item = *last_;
        auto more = value(line, offset);
        auto& text = item.words.front().text;
        text.add_made("\n", offset, 0);
        text.add(more.text);
        item.lines.last = more.at.line;
        into_.set_last_content(offset + line.size() - 1);
    }

    /// A string, or the text of another value; one that has brackets may go on on further lines.
    void toml_value(conf_item& item, std::string_view rest, std::size_t begin) {
        const char first = rest.empty() ? '\0' : rest.front();
        const auto triple = rest.substr(0, 3);
        if (triple == "\"\"\"" || triple == "'''") {
            const auto end = std::min(text_.find(triple, begin + 3), text_.size());
            until(item, begin, end, 3);
        } else if (first == '"' || first == '\'') {
            std::size_t end = 1;
            while (end < rest.size() && rest[end] != first) {
                end += rest[end] == '\\' && first == '"' ? 2U : 1U;
            }
            end = std::min(end, rest.size());
            if (end == rest.size()) {
                into_.note(begin, rest.size(), "this quote is not closed");
            }
            comment_behind_toml(rest, end, begin);
            item.words.push_back(
                into_.word(mapped_text(rest.substr(1, end > 0 ? end - 1 : 0), begin + 1), begin,
                           begin + std::min(end + 1, rest.size()), true));
        } else if (first == '[' || first == '{') {
            until(item, begin, end_of_brackets(begin), 0);
        } else {
            const auto mark = rest.find('#');
            comment_behind_toml(rest, 0, begin);
            const auto plain = trimmed(rest.substr(0, mark));
            item.words.push_back(
                into_.word(mapped_text(plain, begin), begin, begin + plain.size()));
        }
    }

    void comment_behind_toml(std::string_view rest, std::size_t at, std::size_t begin) {
        const auto mark = rest.find('#', at);
        if (mark != std::string_view::npos) {
            into_.add_comment(begin + mark, begin + rest.size(), false);
        }
    }

    [[nodiscard]] std::size_t end_of_brackets(std::size_t at) const {
        std::size_t depth = 0;
        char quote = 0;
        for (; at < text_.size(); ++at) {
            const char c = text_[at];
            if (quote != 0) {
                if (c == '\\' && quote == '"') {
                    ++at;
                } else if (c == quote || c == '\n') {
                    quote = 0;
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '#') {
                at = std::min(text_.find('\n', at), text_.size() - 1);
            } else if (c == '[' || c == '{') {
                ++depth;
            } else if ((c == ']' || c == '}') && --depth == 0) {
                return at + 1;
            }
        }
        return text_.size();
    }

    /// The value goes to `end`, maybe over several lines, with `quotes` bytes around it.
    void until(conf_item& item, std::size_t begin, std::size_t end, std::size_t quotes) {
        const auto content = std::min(begin + quotes, text_.size());
        const auto stop = std::max(end, content);
        item.words.push_back(into_.word(mapped_text(text_.substr(content, stop - content), content),
                                        begin, std::min(stop + quotes, text_.size()), quotes > 0));
        while (lines_.next_offset() < std::min(stop + quotes, text_.size()) && lines_.next()) {
        }
        item.lines.last = item.words.back().at.line;
        if (stop > begin) {
            item.lines.last = into_.word({}, stop - 1, stop).at.line;
        }
    }

    std::string_view text_;
    ini_style style_;
    line_reader lines_;
    conf_builder into_;
    bool can_go_on_ = false;
    conf_item* last_ = nullptr;  // the last item, until the next is added
};

}  // namespace

conf_file read_ini(std::string_view text, ini_style style) {
    return ini_reader(text, style).read();
}

}  // namespace lastcall::lint
