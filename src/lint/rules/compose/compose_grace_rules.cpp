// The grace period of a container against what its program needs: C01, C02.
#include "lint/launch/stop_time.hpp"
#include "lint/rules/compose/compose_case.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct compose_need {
    needed_time time;
    bool has_place = false;  ///< `time.at` is in the file that is judged
};

std::vector<compose_need> needs_of_service(const compose_case& given) {
    std::vector<compose_need> made;
    for (needed_time& one : needed_times(given.chain(), given.chain_lines())) {
        made.push_back({std::move(one), given.starts_here()});
    }
    for (const auto& one : given.of().entries("environment")) {
        const auto text =
            one.name == spring_variable ? given.project().text(one.value) : std::nullopt;
        if (!text) {
            continue;
        }
        const auto value =
            std::string_view(text->text()).substr(std::min(one.value_at, text->size()));
        if (auto need = needed_by_spring(value, one.value.ref.used_at())) {
            made.push_back({std::move(*need), one.value.in == &given.project().judged()});
        }
    }
    return made;
}

void check_no_time(const compose_case& given, const compose_value& period) {
    if (!given.grace() || *given.grace() > seconds(1) || given.is_job()) {
        return;
    }
    const bool is_zero = *given.grace() == milliseconds(0);
    auto* made = given.add("C02", period,
                           is_zero ? "the container is killed at once"
                                   : "the container is killed " + seconds_text(*given.grace()) +
                                         " s after the stop signal");
    if (made != nullptr) {
        made->sure = confidence::proven;
        made->how = is_zero ? severity::error : severity::warning;
    }
}

}  // namespace

void check_compose_grace(const compose_case& given) {
    const auto period = given.of().get("stop_grace_period");
    if (period) {
        check_no_time(given, period);
    }
    if (!given.grace() || *given.grace() <= seconds(1)) {
        return;
    }
    for (const compose_need& one : needs_of_service(given)) {
        if (one.time.limit + reserve_of(*given.grace()) <= *given.grace()) {
            continue;
        }
        const auto needs = one.time.what + " " + seconds_text(one.time.limit) + " s";
        finding* made = nullptr;
        if (period) {
            made = given.add("C02", period,
                             needs + ", and the container is killed after " +
                                 seconds_text(*given.grace()) + " s");
        } else if (const auto what = needs +
                                     ", and where no stop_grace_period is set the "
                                     "container is killed after 10 s";
                   one.has_place) {
            made =
                given.add("C01", given.started_by() ? given.started_by() : given.of().layers.back(),
                          one.time.at, what);
        } else {
            made = given.add_at_name("C01", what);
        }
        if (made == nullptr) {
            continue;
        }
        made->source = one.time.source;
        made->fix = "stop_grace_period: " + seconds_text(whole_for(one.time.limit)) + "s";
        if (period && one.has_place) {
            made->further.push_back({given.project().judged().path, one.time.at, "what it needs"});
        }
        return;
    }
}

}  // namespace lastcall::lint
