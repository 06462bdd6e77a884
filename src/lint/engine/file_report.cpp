#include "lint/engine/file_report.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <tuple>

#include "lint/catalogue/catalogue.hpp"

namespace lastcall::lint {
namespace {

/// A line of a file that nobody wrote by hand may be a megabyte long.
constexpr std::size_t excerpt_limit = 2000;

std::string line_around(std::string_view text, std::size_t offset) {
    offset = std::min(offset, text.size());
    const auto before = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
    const auto begin = before == std::string_view::npos ? 0 : before + 1;
    auto line = text.substr(begin, std::min(text.find('\n', offset), text.size()) - begin);
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return std::string(line.substr(0, excerpt_limit));
}

}  // namespace

file_report::file_report(std::string file, std::string_view text)
    : file_(std::move(file)), text_(text) {}

finding& file_report::add(std::string_view rule_id, place at, std::string what) {
    const rule* const broken = find_rule(rule_id);
    if (broken == nullptr) {
        throw std::logic_error("the catalogue of lint has no rule " + std::string(rule_id));
    }
    finding made;
    made.broken = broken;
    made.how = broken->usual;
    made.file = file_;
    made.at = at;
    made.excerpt = line_around(text_, at.offset);
    made.what = std::move(what);
    return findings_.emplace_back(std::move(made));
}

void file_report::add(finding one) {
    one.file = file_;
    one.excerpt = line_around(text_, one.at.offset);
    findings_.push_back(std::move(one));
}

void file_report::add(std::span<const problem> problems) {
    for (const problem& one : problems) {
        add("G02", one.at, one.text);
    }
}

void file_report::accept(std::span<const comment> comments,
                         std::span<const statement_lines> statements, const line_index& lines,
                         std::chrono::year_month_day today) {
    accepted_ = read_suppressions(comments, statements, lines, today);
    for (const problem& one : accepted_.problems) {
        add("G03", one.at, one.text).sure = confidence::proven;
    }
    for (const suppression& one : accepted_.valid) {
        for (const std::string& rule : one.rules) {
            if (find_rule(rule) == nullptr) {
                add("G03", one.at, "this comment silences nothing: there is no rule " + rule).sure =
                    confidence::proven;
            }
        }
    }
}

/// Comments that have outlived what they were for.
void file_report::tell_unused(const std::set<std::pair<const suppression*, std::string>>& used) {
    for (const suppression& by : accepted_.valid) {
        for (const std::string& rule : by.rules) {
            if (find_rule(rule) == nullptr || is_of_several_files(rule) ||
                used.contains({&by, rule})) {
                continue;
            }
            auto& made =
                add("G03", by.at, "this comment silences nothing: " + rule + " does not fire here");
            made.how = severity::note;
            made.sure = confidence::proven;
            made.fix = "take " + rule + " out of the comment";
        }
    }
}

std::vector<finding> file_report::finish() && {
    std::set<std::pair<const suppression*, std::string>> used;
    for (finding& one : findings_) {
        if (const auto* by = accepted_.covering(one.broken->id, one.at.line)) {
            one.accepted = by->reason;
            used.emplace(by, one.broken->id);
        }
    }
    tell_unused(used);
    std::stable_sort(findings_.begin(), findings_.end(), [](const finding& a, const finding& b) {
        return std::tie(a.at.line, a.at.column, a.broken->id) <
               std::tie(b.at.line, b.at.column, b.broken->id);
    });
    return std::move(findings_);
}

}  // namespace lastcall::lint
