// Pipelines of GitLab: `timeout` of a job, or of `default`; `before_script` and `script`, which one
// shell runs.
#include <algorithm>
#include <array>
#include <charconv>

#include "lint/automation/expressions.hpp"
#include "lint/automation/timed_script.hpp"

namespace lastcall::lint {
namespace {

using shell::run_limit;
using std::chrono::milliseconds;

constexpr std::string_view of_timeout =
    "GitLab, CI/CD YAML syntax reference: https://docs.gitlab.com/ci/yaml/#timeout";

struct unit_word {
    std::string_view letter;
    std::string_view word;
    std::int64_t seconds;
};
constexpr std::array unit_words{
    unit_word{"s", "sec", 1},
    unit_word{"m", "min", 60},
    unit_word{"h", "hour", 3600},
    unit_word{"d", "day", 86400},
};

/// Of "m", "min", "minutes". 0: it is no unit.
std::int64_t seconds_of(std::string_view unit) {
    for (const unit_word& one : unit_words) {
        if (unit == one.letter || unit.starts_with(one.word)) {
            return one.seconds;
        }
    }
    return unit == "hr" || unit == "hrs" ? 3600 : 0;
}

/// "3h 30m", "90 minutes", "1 hour and 30 minutes". Unset: other words, and bare numbers.
std::optional<milliseconds> time_of(std::string_view given) {
    constexpr std::int64_t longest = 366 * 86400;
    const auto text = lower(given);
    std::int64_t sum = 0;
    for (auto at = text.find_first_not_of(' '); at < text.size();
         at = text.find_first_not_of(" ,", at)) {
        if (text.compare(at, 4, "and ") == 0) {
            at += 4;
            continue;
        }
        std::int64_t number = 0;
        const auto* end = text.data() + text.size();
        const auto [rest, failed] = std::from_chars(text.data() + at, end, number);
        const auto unit = std::min(
            text.find_first_not_of(' ', static_cast<std::size_t>(rest - text.data())), text.size());
        at = std::min(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz", unit), text.size());
        const auto scale = seconds_of(std::string_view(text).substr(unit, at - unit));
        if (failed != std::errc() || number <= 0 || number > longest || scale == 0) {
            return std::nullopt;
        }
        sum += number * scale;
    }
    return sum > 0 && sum <= longest ? std::optional(milliseconds(sum * 1000)) : std::nullopt;
}

std::optional<run_limit> job_timeout(const yaml_ref& job, const yaml_ref& root) {
    auto given = job.get("timeout");
    if (!given && !job.get("extends") && !job.get("inherit")) {
        given = root.path("default.timeout");
    }
    const auto text = given.text();
    const auto after = text ? time_of(*text) : std::nullopt;
    return after
               ? std::optional(run_limit{*after, "timeout of the job", of_timeout, given.used_at()})
               : std::nullopt;
}

/// How many lists GitLab takes within each other.
constexpr int deepest_list = 10;

/// A text, a list of texts, or a list of such lists; what `!reference` names is not known.
void add_lines(const yaml_ref& lines, script_list& of, mapped_text& into, int depth = 0) {
    if (depth > deepest_list || !of.next() || !of.has_room(into)) {
        return;
    }
    if (lines.text()) {
        into.add(as_variables(lines.source()));
        into.add_made("\n", lines.used_at().offset + lines.used_at().size, 0);
    } else if (lines.node() != nullptr && lines.node()->tag.empty()) {
        for (const yaml_ref& one : lines.items()) {
            add_lines(one, of, into, depth + 1);
        }
    }
}

bool is_job(std::string_view name) {
    static constexpr std::array<std::string_view, 8> others{
        "default", "include", "stages", "variables", "workflow", "spec", "image", "cache"};
    return std::find(others.begin(), others.end(), name) == others.end();
}

}  // namespace

void read_pipeline(const yaml_ref& root, script_list& into) {
    for (const auto& [name, job] : root.entries()) {
        if (!name.text() || !is_job(*name.text()) || !job.is_map()) {
            continue;
        }
        timed_script made{{}, job_timeout(job, root)};
        add_lines(job.get("before_script"), into, made.text);
        add_lines(job.get("script"), into, made.text);
        if (!made.text.empty()) {
            into.add(std::move(made));
        }
    }
}

}  // namespace lastcall::lint
