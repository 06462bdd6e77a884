// How pods are replaced, and how many may be gone: K10, K17, K18.
#include <algorithm>

#include "lint/rules/kubernetes/pod_case.hpp"

namespace lastcall::lint {
namespace {

bool is_zero(const yaml_ref& value) {
    const auto read = share_of(value);
    return read && read->value == 0;
}

std::optional<std::int64_t> replicas_of(const workload& of) {
    const auto spec = of.object.get("spec");
    return is_absent(spec, "replicas") ? std::optional<std::int64_t>(1)
                                       : spec.get("replicas").integer();
}

/// Where the strategy takes all pods away before there are new ones, and how.
std::pair<yaml_ref, std::string> gap_of(const workload& of) {
    const auto strategy = of.object.path("spec.strategy");
    if (strategy.get("type").text() == "Recreate") {
        return {strategy.get("type"), "Recreate ends all pods before the first new one begins"};
    }
    const auto rolling = strategy.get("rollingUpdate");
    const auto gone = share_of(rolling.get("maxUnavailable"));
    if (gone && gone->is_percent && gone->value >= 100) {
        return {rolling.get("maxUnavailable"), "all pods may be ended at the same time"};
    }
    if (is_zero(rolling.get("maxSurge")) && replicas_of(of) == 1) {
        return {rolling.get("maxSurge"),
                "without a surge the only pod ends before the new one begins"};
    }
    return {};
}

void check_gap(const pod_case& given) {
    const auto [at, what] = gap_of(given.of());
    if (!at) {
        return;
    }
    auto& made = given.report().add("K10", at.used_at(), what);
    if (!given.service()) {
        made.how = severity::note;  // nobody may be there to notice
    }
}

void check_host_ports(const pod_case& given) {
    const auto strategy = given.of().object.path("spec.strategy");
    const auto surge = strategy.path("rollingUpdate.maxSurge");
    const bool has_surge = !surge ? !strategy.may_have_more() &&
                                        !strategy.get("rollingUpdate").may_have_more() &&
                                        !given.of().object.get("spec").may_have_more()
                                  : share_of(surge).has_value() && !is_zero(surge);
    const bool is_rolling = !strategy.get("type") || strategy.get("type").text() == "RollingUpdate";
    if (!has_surge || !is_rolling) {
        return;
    }
    for (const container_case& one : given.containers()) {
        for (const yaml_ref& port : one.object.get("ports").items()) {
            const auto number = port.get("hostPort").integer();
            if (number.value_or(0) == 0) {
                continue;
            }
            given.report().add("K17", port.get("hostPort").used_at(),
                               "a new pod waits for port " + std::to_string(*number) +
                                   " of the node, which the old one has until it ends, and the old "
                                   "one is to end when the new one is ready");
        }
    }
}

/// What the budget never lets happen. Empty: it leaves a way.
std::string blocking(const yaml_ref& spec, const manifest& all) {
    const auto most = spec.get("maxUnavailable");
    if (is_zero(most)) {
        return "no pod may ever be evicted";
    }
    const auto least = share_of(spec.get("minAvailable"));
    if (!least) {
        return {};
    }
    if (least->is_percent) {
        return least->value >= 100 ? "no pod may ever be evicted" : std::string();
    }
    for (const workload& of : all.workloads) {
        const auto selector = spec.get("selector");
        const auto replicas = replicas_of(of);
        const bool has_replicas =
            of.kind == "Deployment" || of.kind == "StatefulSet" || of.kind == "ReplicaSet";
        if (has_replicas && is_absent(selector, "matchExpressions") &&
            selects(selector.get("matchLabels"), of.labels) && replicas && *replicas > 0 &&
            least->value >= *replicas) {
            return of.name() + " has " + std::to_string(*replicas) +
                   ", so that none may ever be evicted";
        }
    }
    return {};
}

}  // namespace

void check_replacement(const pod_case& given) {
    if (given.of().kind == "Deployment") {
        check_gap(given);
        check_host_ports(given);
    }
}

void check_budgets_of_disruption(const manifest& all, file_report& report) {
    for (const yaml_ref& one : all.budgets) {
        const auto spec = one.get("spec");
        if (const auto what = blocking(spec, all); !what.empty()) {
            const auto most = spec.get("maxUnavailable");
            report.add("K18", (most ? most : spec.get("minAvailable")).used_at(), what);
        }
    }
}

}  // namespace lastcall::lint
