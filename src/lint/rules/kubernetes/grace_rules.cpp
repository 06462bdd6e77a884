// The grace period against what has to fit into it: K01 to K03, K16.
#include <algorithm>

#include "lint/dockerfile/docker_image.hpp"
#include "lint/launch/launch_steps.hpp"
#include "lint/launch/stop_time.hpp"
#include "lint/rules/kubernetes/pod_case.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<needed_time> needs_of(const pod_case& given, const container_case& one) {
    auto made = needed_times(one.chain, given.lines());
    const auto spring = one.variable(spring_variable);
    const auto text = spring.text();
    if (auto need = text ? needed_by_spring(*text, spring.used_at()) : std::nullopt) {
        made.push_back(std::move(*need));
    }
    return made;
}

/// Pods that only hold a place for others, and are to leave it at once.
bool only_holds_a_place(const pod_case& given) {
    const auto& all = given.containers();
    return !all.empty() && std::all_of(all.begin(), all.end(), [](const container_case& one) {
        const auto image = one.object.get("image").text();
        const auto name = image ? read_image_reference(*image).name : std::string();
        return name.substr(name.rfind('/') + 1).starts_with("pause");
    });
}

}  // namespace

void check_grace(const pod_case& given) {
    const auto grace = given.of().grace();
    if (!grace || *grace > seconds(1) || only_holds_a_place(given)) {
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
            auto& made =
                given.report().add(each.is_of_jobs ? "K16" : "K03", each.at,
                                   what + "; the grace period is " + seconds_text(*grace) + " s");
            made.source = each.source;
            made.fix = "terminationGracePeriodSeconds: " +
                       std::to_string(whole_for(one.hook.least + each.limit).count());
            made.further.push_back(
                {given.report().file(), given.of().grace_at(), "the grace period"});
        }
    }
}

}  // namespace lastcall::lint
