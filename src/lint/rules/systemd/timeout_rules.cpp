// The time limit of a stop against what has to fit into it: U03.
#include "lint/launch/stop_time.hpp"
#include "lint/rules/systemd/unit_case.hpp"
#include "lint/unit/unit_values.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;

/// DefaultTimeoutStopSec= where nobody has changed it: systemd-system.conf(5).
constexpr milliseconds usual_stop_timeout = std::chrono::seconds(90);

struct stop_limit {
    milliseconds value = usual_stop_timeout;
    std::optional<unit_source> from;  ///< unset: the manager's

    [[nodiscard]] std::string text() const {
        return from ? seconds_text(value) + " s"
                    : seconds_text(value) + " s where the manager's settings say nothing else";
    }
};

/// Unset: there is none, or it is not known.
std::optional<stop_limit> limit_of(const unit_case& given) {
    if (given.is_templated("Service", "TimeoutStopSec") ||
        given.is_templated("Service", "TimeoutSec")) {
        return std::nullopt;
    }
    const auto said = given.stop_timeout();
    if (!said) {
        return given.is_whole() ? std::optional<stop_limit>(stop_limit{}) : std::nullopt;
    }
    if (said->value == no_limit) {
        return std::nullopt;
    }
    return stop_limit{std::chrono::duration_cast<milliseconds>(said->value), said->from};
}

void check_endless(const unit_case& given) {
    const auto said = given.stop_timeout();
    const auto sends = given.view().boolean("Service", "SendSIGKILL");
    if (!said || said->value != no_limit || given.type() == service_type::oneshot ||
        (sends && !sends->value)) {
        return;  // without a SIGKILL at all it is U04
    }
    if (auto* made = given.add("U03", said->from,
                               "a stop has no time limit: a process that does not end holds up the "
                               "shutdown of the machine for good")) {
        made->how = severity::note;
        made->sure = confidence::proven;
    }
}

/// TimeoutStopSec= and behind it, in the same file, a TimeoutSec= that says something else.
void check_overridden(const unit_case& given) {
    const auto own = given.view().time_span("Service", {"TimeoutStopSec"});
    const auto both = given.view().time_span("Service", {"TimeoutStopSec", "TimeoutSec"});
    if (!own || !both || own->value == both->value || own->from.file != both->from.file ||
        both->from.setting->name != "TimeoutSec") {
        return;
    }
    if (auto* made = given.add("U03", own->from,
                               "this does not hold: TimeoutSec, which comes behind it, sets the "
                               "limit of the stop to \"" +
                                   both->from.text() + "\"")) {
        made->sure = confidence::proven;
        made->fix = "TimeoutStartSec=" + both->from.text() + " instead of TimeoutSec";
        made->further.push_back(further_at(both->from, "sets both limits"));
    }
}

std::vector<needed_time> service_needs(const unit_case& given, const unit_run& run) {
    const line_index& lines = run.from().file->lines;
    auto made = needed_times(run.chain, lines);
    for (const auto& [word, from] : given.view().words("Service", "Environment")) {
        const auto& text = word.text();
        const std::string name = std::string(spring_variable) + "=";
        if (text.starts_with(name) && from.file == run.from().file) {
            const auto at = word.place_of(name.size(), text.size() - name.size(), lines);
            if (auto need = needed_by_spring(std::string_view(text).substr(name.size()), at)) {
                made.push_back(std::move(*need));
            }
        }
    }
    return made;
}

void check_program_time(const unit_case& given, const stop_limit& limit) {
    const auto* run = given.main_run();
    if (run == nullptr || !given.is_long_running()) {
        return;
    }
    for (const needed_time& one : service_needs(given, *run)) {
        if (one.limit + reserve_of(limit.value) <= limit.value) {
            continue;
        }
        auto* made = given.add(
            "U03", run->from(), one.at,
            one.what + " " + seconds_text(one.limit) + " s; SIGKILL comes after " + limit.text());
        if (made == nullptr) {
            continue;
        }
        made->source = one.source;
        made->fix = "TimeoutStopSec=" + seconds_text(whole_for(one.limit));
        if (limit.from) {
            made->further.push_back(further_at(*limit.from, "the time limit"));
        }
    }
}

void check_stop_time(const unit_case& given, const std::vector<unit_run>& runs,
                     const stop_limit& limit) {
    for (const unit_run& one : runs) {
        const auto least = least_wait(one.chain);
        if (least < limit.value) {
            continue;
        }
        auto* made = given.add(
            "U03", one.from(), one.at(),
            (least == milliseconds::max() ? "this command never ends"
                                          : "this command takes " + seconds_text(least) + " s") +
                ", and is cut off after " + limit.text());
        if (made == nullptr) {
            continue;
        }
        made->sure = confidence::proven;
        made->how = severity::error;
        if (limit.from) {
            made->further.push_back(further_at(*limit.from, "the time limit"));
        }
    }
}

}  // namespace

void check_stop_timeout(const unit_case& given) {
    check_endless(given);
    check_overridden(given);
    if (const auto limit = limit_of(given)) {
        check_program_time(given, *limit);
        check_stop_time(given, given.stops(), *limit);
        check_stop_time(given, given.stop_posts(), *limit);
    }
}

}  // namespace lastcall::lint
