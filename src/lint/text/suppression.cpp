#include "lint/text/suppression.hpp"

#include <algorithm>
#include <charconv>

#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {
namespace {

constexpr std::string_view word = "lastcall:";

/// "2026-12-31". Unset for what is no day.
std::optional<std::chrono::year_month_day> day_from(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const auto number = [&](std::size_t at, std::size_t size) {
        int value = -1;
        const auto* begin = text.data() + at;
        const auto read = std::from_chars(begin, begin + size, value);
        return read.ptr == begin + size ? value : -1;
    };
    const int year = number(0, 4);
    const int month = number(5, 2);
    const int day = number(8, 2);
    if (year < 0 || month < 0 || day < 0) {
        return std::nullopt;
    }
    const std::chrono::year_month_day made(std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)});
    return made.ok() ? std::optional(made) : std::nullopt;
}

bool is_rule(std::string_view text) {
    return !text.empty() && text.size() <= 16 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    });
}

std::string upper(std::string_view text) {
    std::string made(text);
    for (char& c : made) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return made;
}

/// One comment's text, taken apart.
class suppression_reader {
public:
    suppression_reader(const comment& from, std::chrono::year_month_day today, suppressions& into)
        : from_(from), today_(today), into_(into) {}

    void read(std::string_view rest) {
        made_.at = from_.at;
        for (rest = trimmed(rest); !rest.empty() && is_good_; rest = trimmed(rest)) {
            if (take(rest, "ignore=")) {
                rules(word_of(rest));
            } else if (take(rest, "until=")) {
                until(word_of(rest));
            } else if (take(rest, "reason=")) {
                made_.reason = reason_of(rest);
            } else {
                fail("\"" + std::string(rest.substr(0, rest.find(' '))).substr(0, 40) +
                     "\" is not understood; write # lastcall: ignore=RULE reason=WHY "
                     "until=YYYY-MM-DD");
            }
        }
        if (!is_good_) {
            return;
        }
        if (made_.rules.empty()) {
            fail("it names no rule; write ignore=RULE");
        } else if (made_.reason.empty()) {
            fail("it gives no reason; write reason=WHY");
        } else if (made_.until &&
                   std::chrono::sys_days(*made_.until) < std::chrono::sys_days(today_)) {
            fail("it ended on " + until_text_ + "; look again whether it is still wanted");
        } else {
            into_.valid.push_back(std::move(made_));
        }
    }

private:
    static bool take(std::string_view& rest, std::string_view key) {
        if (!rest.starts_with(key)) {
            return false;
        }
        rest.remove_prefix(key.size());
        return true;
    }

    static std::string_view word_of(std::string_view& rest) {
        const auto end = std::min(rest.find_first_of(" \t"), rest.size());
        const auto found = rest.substr(0, end);
        rest.remove_prefix(end);
        return found;
    }

    /// In quotes, or up to the next key.
    static std::string reason_of(std::string_view& rest) {
        if (rest.starts_with('"')) {
            const auto end = rest.find('"', 1);
            const auto found = rest.substr(1, end == std::string_view::npos ? end : end - 1);
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
            return std::string(trimmed(found));
        }
        const auto end = std::min({rest.find(" until="), rest.find(" ignore="), rest.size()});
        const auto found = rest.substr(0, end);
        rest.remove_prefix(end);
        return std::string(trimmed(found));
    }

    void rules(std::string_view list) {
        while (true) {
            const auto end = list.find(',');
            const auto one = list.substr(0, end);
            if (!is_rule(one)) {
                fail("\"" + std::string(one.substr(0, 40)) + "\" is no rule; write ignore=K04,K05");
                return;
            }
            made_.rules.push_back(upper(one));
            if (end == std::string_view::npos) {
                return;
            }
            list.remove_prefix(end + 1);
        }
    }

    void until(std::string_view text) {
        made_.until = day_from(text);
        until_text_ = text;
        if (!made_.until) {
            fail("\"" + std::string(text.substr(0, 40)) + "\" is no day; write until=YYYY-MM-DD");
        }
    }

    void fail(const std::string& why) {
        is_good_ = false;
        add_problem(into_.problems, from_.at, "this comment silences nothing: " + why);
    }

    const comment& from_;
    std::chrono::year_month_day today_;
    suppressions& into_;
    suppression made_;
    std::string until_text_;
    bool is_good_ = true;
};

/// Of the statements that begin on one line, the longest: what is said of a key, a section or an
/// instruction is said of all of it.
std::vector<statement_lines> longest_of_each_line(std::span<const statement_lines> all) {
    std::vector<statement_lines> made;
    for (const statement_lines& one : all) {
        if (!made.empty() && made.back().first == one.first) {
            made.back().last = std::max(made.back().last, one.last);
        } else {
            made.push_back(one);
        }
    }
    return made;
}

std::optional<statement_lines> next_statement(std::span<const statement_lines> all,
                                              std::uint32_t line) {
    const auto found = std::lower_bound(
        all.begin(), all.end(), line,
        [](const statement_lines& one, std::uint32_t wanted) { return one.first < wanted; });
    return found == all.end() ? std::nullopt : std::optional(*found);
}

/// The statement that the line is part of, where it has several lines; else the line.
statement_lines statement_of(std::span<const statement_lines> all, std::uint32_t line) {
    auto found = std::upper_bound(
        all.begin(), all.end(), line,
        [](std::uint32_t wanted, const statement_lines& one) { return wanted < one.first; });
    if (found != all.begin() && (found - 1)->last >= line) {
        return *(found - 1);
    }
    return {line, line};
}

}  // namespace

bool suppression::covers(std::string_view rule, std::uint32_t line) const {
    return line >= holds.first && line <= holds.last &&
           std::find(rules.begin(), rules.end(), rule) != rules.end();
}

const suppression* suppressions::covering(std::string_view rule, std::uint32_t line) const {
    const auto found = std::find_if(valid.begin(), valid.end(),
                                    [&](const suppression& one) { return one.covers(rule, line); });
    return found == valid.end() ? nullptr : &*found;
}

suppressions read_suppressions(std::span<const comment> comments,
                               std::span<const statement_lines> statements, const line_index& lines,
                               std::chrono::year_month_day today) {
    suppressions made;
    std::optional<std::vector<statement_lines>> each;
    for (const comment& one : comments) {
        auto text = one.text;
        text.remove_prefix(std::min(text.find_first_not_of("#;/! \t"), text.size()));
        if (!text.starts_with(word)) {
            continue;
        }
        comment here = one;
        here.at = lines.at(one.at.offset, one.text.size());
        if (!each) {
            each = longest_of_each_line(statements);
        }
        const std::size_t before = made.valid.size();
        suppression_reader(here, today, made).read(text.substr(word.size()));
        if (made.valid.size() == before) {
            continue;
        }
        if (!one.is_alone) {
            made.valid.back().holds = statement_of(*each, here.at.line);
        } else if (const auto next = next_statement(*each, here.at.line)) {
            made.valid.back().holds = *next;
        } else {
            made.valid.pop_back();
            add_problem(made.problems, here.at,
                        "this comment silences nothing: no statement stands behind it");
        }
    }
    return made;
}

}  // namespace lastcall::lint
