// haproxy.cfg: "Configuration file format" of its configuration manual.
#include <algorithm>
#include <array>

#include "lint/conf/conf_builder.hpp"
#include "lint/conf/read_conf.hpp"

namespace lastcall::lint {
namespace {

constexpr std::array<std::string_view, 18> sections{
    "global",      "defaults", "frontend",    "backend",   "listen",  "peers",
    "resolvers",   "userlist", "mailers",     "cache",     "program", "ring",
    "http-errors", "fcgi-app", "log-forward", "crt-store", "traces",  "log-profile"};

class haproxy_reader {
public:
    explicit haproxy_reader(std::string_view text) : text_(text), into_(text) {}

    conf_file read() {
        line_reader lines(text_);
        while (lines.next() && !into_.is_full()) {
            auto offset = lines.offset();
            auto line = lines.line();
            if (offset == 0) {
                offset += mark_size(line);
                line.remove_prefix(mark_size(line));
            }
            words(line, offset);
            if (!words_.empty()) {
                item(offset + line.size());
            }
        }
        return into_.finish();
    }

private:
    void words(std::string_view line, std::size_t offset) {
        words_.clear();
        mapped_text now;
        std::size_t begin = std::string_view::npos;
        bool is_quoted = false;
        char quote = 0;
        const auto end_word = [&](std::size_t at) {
            if (begin != std::string_view::npos) {
                words_.push_back(
                    into_.word(std::move(now), offset + begin, offset + at, is_quoted));
            }
            now = {};
            begin = std::string_view::npos;
            is_quoted = false;
        };
        for (std::size_t i = 0; i < line.size(); ++i) {
            const char c = line[i];
            if (quote == 0 && is_blank(c)) {
                end_word(i);
                continue;
            }
            if (quote == 0 && c == '#') {
                end_word(i);
                into_.add_comment(offset + i, offset + line.size(), words_.empty());
                return;
            }
            begin = begin == std::string_view::npos ? i : begin;
            if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
                now.add_made(line.substr(i + 1, 1), offset + i, 2);
                ++i;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
                is_quoted = true;
            } else if (c == quote && quote != 0) {
                quote = 0;
            } else {
                now.add(line.substr(i, 1), offset + i);
            }
        }
        if (quote != 0) {
            into_.note(offset + begin, line.size() - begin, "a quote is not closed on this line");
        }
        end_word(line.size());
    }

    void item(std::size_t end) {
        const auto& first = words_.front();
        const bool is_section =
            std::find(sections.begin(), sections.end(), first.text.text()) != sections.end() &&
            !is_part_of_peers(first.text.text());
        if (is_section && into_.depth() > 0) {
            into_.close(into_.last_content());
        }
        if (!is_section && into_.depth() == 0) {
            into_.note(first.at.offset, first.at.size, "this stands before the first section");
        }
        auto& made = into_.add(first.text.text(), first.at.offset, end);
        made.at = first.at;
        made.words.assign(std::make_move_iterator(words_.begin() + 1),
                          std::make_move_iterator(words_.end()));
        into_.set_last_content(end > 0 ? end - 1 : 0);
        if (is_section) {
            into_.open();
        }
    }

    /// "log-profile" and "cache" are sections and, in some, words of a line with several.
    [[nodiscard]] bool is_part_of_peers(std::string_view name) const {
        return name == "cache" && words_.size() > 2;
    }

    std::string_view text_;
    conf_builder into_;
    std::vector<conf_word> words_;
};

}  // namespace

conf_file read_haproxy(std::string_view text) { return haproxy_reader(text).read(); }

}  // namespace lastcall::lint
