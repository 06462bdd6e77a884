// What a node leaves to its pods when it is shut down: K15.
#include "lint/dockerfile/docker_image.hpp"
#include "lint/rules/kubernetes/pod_case.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::nanoseconds;

/// Unset: it is not written as a duration, or a template decides.
std::optional<nanoseconds> duration_at(const yaml_ref& config, std::string_view key) {
    if (is_absent(config, key)) {
        return nanoseconds(0);
    }
    const auto text = config.get(key).text();
    return !text ? std::nullopt : *text == "0" ? std::optional(nanoseconds(0)) : go_duration(*text);
}

}  // namespace

void check_kubelets(const manifest& all, file_report& report) {
    for (const yaml_ref& one : all.kubelets) {
        const auto total = duration_at(one, "shutdownGracePeriod");
        const auto critical = duration_at(one, "shutdownGracePeriodCriticalPods");
        if (!is_absent(one, "shutdownGracePeriodByPodPriority") || !total || !critical) {
            continue;
        }
        const auto written = one.get("shutdownGracePeriod");
        if (*total == nanoseconds(0)) {
            report
                .add("K15", (written ? written : one.get("kind")).used_at(),
                     std::string("shutdownGracePeriod is ") +
                         (written ? "0" : "not set, which means 0") +
                         ": the pods of a node that shuts down are killed")
                .sure = confidence::proven;
        } else if (*critical >= *total) {
            report
                .add("K15", one.get("shutdownGracePeriodCriticalPods").used_at(),
                     "all of shutdownGracePeriod is for critical pods: the others get nothing")
                .sure = confidence::proven;
        }
    }
}

}  // namespace lastcall::lint
