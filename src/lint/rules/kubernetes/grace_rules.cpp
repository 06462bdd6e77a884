// The grace period against what has to fit into it: K01 to K03, K16.
#include <algorithm>
#include <array>

#include "lint/rules/kubernetes/pod_case.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// How long a program may take to stop, where its command line or its environment says so.
struct stop_time {
    std::string_view rule;
    std::string_view program;
    std::string_view option;  ///< in seconds
    std::string_view what;    ///< "lets requests run for up to"
    std::string_view source;
};

constexpr std::array stop_times{
    stop_time{"K03", "gunicorn", "--graceful-timeout", "lets requests run for up to",
              "https://docs.gunicorn.org/en/stable/settings.html#graceful-timeout"},
    stop_time{"K03", "uvicorn", "--timeout-graceful-shutdown", "lets requests run for up to",
              "https://www.uvicorn.org/settings/"},
    stop_time{"K03", "sidekiq", "--timeout", "lets jobs run for up to",
              "https://github.com/sidekiq/sidekiq/wiki/Deployment"},
    stop_time{"K03", "sidekiq", "-t", "lets jobs run for up to",
              "https://github.com/sidekiq/sidekiq/wiki/Deployment"},
    stop_time{"K16", "celery", "--time-limit", "ends when its tasks have, which may take",
              "https://docs.celeryq.dev/en/stable/userguide/workers.html#stopping-the-worker"},
    stop_time{"K16", "artisan", "--timeout", "ends when its job has, which may take",
              "https://laravel.com/docs/queues#job-expirations-and-timeouts"},
};

constexpr std::string_view spring_variable = "SPRING_LIFECYCLE_TIMEOUT_PER_SHUTDOWN_PHASE";
constexpr std::string_view spring_source =
    "https://docs.spring.io/spring-boot/reference/web/graceful-shutdown.html";

/// What is left over for the end of the process itself: a tenth of the whole, 2 s at least.
milliseconds reserve_of(seconds grace) {
    return std::max<milliseconds>(seconds(2), milliseconds(grace) / 10);
}

/// "45", "2.5"
std::string seconds_text(milliseconds value) {
    auto made = std::to_string(value.count() / 1000);
    if (const auto rest = value.count() % 1000; rest != 0) {
        made += "." + std::to_string(1000 + rest).substr(1);
        made.erase(made.find_last_not_of('0') + 1);
    }
    return made;
}

struct needed_time {
    std::string_view rule;
    std::string what;
    std::string_view source;
    milliseconds limit;
    place at;
};

std::vector<needed_time> needs_of(const pod_case& given, const container_case& one) {
    std::vector<needed_time> made;
    for (const stop_time& each : stop_times) {
        const auto found = given.option_of(one, each.program, each.option);
        const auto limit = found ? shell::duration_of(found->value) : std::nullopt;
        if (limit && *limit != milliseconds::max()) {
            made.push_back({each.rule, std::string(each.program) + " " + std::string(each.what),
                            each.source, *limit, found->at});
        }
    }
    const auto spring = one.variable(spring_variable);
    const auto text = spring.text();
    // Without a unit it is something else than seconds.
    const auto limit = text && text->ends_with('s') ? shell::duration_of(*text) : std::nullopt;
    if (limit) {
        made.push_back({"K03", "each phase of Spring's shutdown may take", spring_source, *limit,
                        spring.used_at()});
    }
    return made;
}

}  // namespace

void check_grace(const pod_case& given) {
    const auto grace = given.of().grace();
    if (!grace || *grace > seconds(1)) {
        return;
    }
    given.report()
        .add("K01", given.of().grace_at(),
             "the programs of " + given.of().name() + " are killed " +
                 (*grace == seconds(0) ? "at once" : "1 s after the stop signal"))
        .sure = confidence::proven;
}

void check_hook_time(const pod_case& given) {
    const auto grace = given.of().grace();
    for (const container_case& one : given.containers()) {
        if (!grace || *grace <= seconds(1) || one.hook.least < *grace) {
            continue;
        }
        auto& made = given.report().add(
            "K02", one.hook.handler.used_at(),
            "preStop of " + one.name + " waits " + seconds_text(one.hook.least) +
                " s, and the grace period, which begins with it, is " + seconds_text(*grace) +
                " s: the stop signal comes too late to be of use");
        made.sure = confidence::proven;
        made.further.push_back({given.report().file(), given.of().grace_at(), "the grace period"});
    }
}

void check_budgets(const pod_case& given) {
    const auto grace = given.of().grace();
    if (!grace || *grace <= seconds(1)) {
        return;
    }
    for (const container_case& one : given.containers()) {
        if ((one.is_init && !one.is_native) || one.hook.least >= *grace) {
            continue;
        }
        for (const needed_time& each : needs_of(given, one)) {
            const auto sum = one.hook.least + each.limit + reserve_of(*grace);
            if (sum <= *grace) {
                continue;
            }
            std::string what = each.what + " " + seconds_text(each.limit) + " s";
            if (one.hook.least > milliseconds(0)) {
                what += ", after " + seconds_text(one.hook.least) + " s of preStop";
            }
            auto& made = given.report().add(
                each.rule, each.at, what + "; the grace period is " + seconds_text(*grace) + " s");
            made.source = each.source;
            made.fix = "terminationGracePeriodSeconds: " +
                       seconds_text(std::chrono::ceil<seconds>(
                           std::max((one.hook.least + each.limit) * 10 / 9,
                                    one.hook.least + each.limit + seconds(2))));
            made.further.push_back(
                {given.report().file(), given.of().grace_at(), "the grace period"});
        }
    }
}

}  // namespace lastcall::lint
