// How pods are replaced, and how many may be gone: K10, K17, K18.
#include <algorithm>
#include <array>

#include "lint/rules/kubernetes/pod_case.hpp"

namespace lastcall::lint {
namespace {

bool is_zero(const yaml_ref& value) {
    const auto read = share_of(value);
    return read && read->value == 0;
}

/// Unset: a template, another file, or an object that scales it, decides.
std::optional<std::int64_t> replicas_of(const workload& of, const manifest& all) {
    const auto spec = of.object.get("spec");
    if (is_scaled(of, all)) {
        return std::nullopt;
    }
    const bool is_default = is_absent(spec, "replicas") && !of.is_patch();
    return is_default ? std::optional<std::int64_t>(1) : spec.get("replicas").integer();
}

/// The claim can be had by pods on several nodes, as this file says.
bool is_shared(const yaml_ref& claim, const manifest& all) {
    return std::any_of(all.claims.begin(), all.claims.end(), [&](const yaml_ref& one) {
        const auto modes = one.path("spec.accessModes").items();
        return one.path("metadata.name").text() == claim.get("claimName").text() &&
               std::any_of(modes.begin(), modes.end(), [](const yaml_ref& mode) {
                   return mode.text() == "ReadWriteMany" || mode.text() == "ReadOnlyMany";
               });
    });
}

/// The port of the node that the container holds. Empty: none.
yaml_ref node_port_of(const pod_case& given, const yaml_ref& port) {
    const auto own = port.get("hostPort");
    if (own.integer().value_or(0) != 0) {
        return own;
    }
    const bool is_of_node = given.of().pod.get("hostNetwork").boolean() == true;
    return is_of_node && port.get("containerPort").integer() ? port.get("containerPort")
                                                             : yaml_ref();
}

/// What one pod at a time can have, so that the old one has to go first: a port of the node, or a
/// volume. True, too, where a template or another file may say so.
bool has_to_be_alone(const pod_case& given) {
    const auto& pod = given.of().pod;
    const auto volumes = pod.get("volumes");
    const auto all = volumes.items();
    const bool has_volume = std::any_of(all.begin(), all.end(), [&](const yaml_ref& one) {
        const auto claim = one.get("persistentVolumeClaim");
        return one.is_unknown() || (claim && !is_shared(claim, given.all()));
    });
    const bool may_have_volume =
        volumes.is_unknown() || volumes.may_have_more() || (!volumes && pod.may_have_more());
    const bool has_port = std::any_of(
        given.containers().begin(), given.containers().end(), [&](const container_case& one) {
            const auto ports = one.object.get("ports").items();
            return std::any_of(ports.begin(), ports.end(), [&](const yaml_ref& port) {
                return static_cast<bool>(node_port_of(given, port));
            });
        });
    return has_volume || may_have_volume || has_port || given.of().is_patch();
}

/// Where the strategy takes all pods away before there are new ones, and how.
std::pair<yaml_ref, std::string> gap_of(const pod_case& given) {
    const auto strategy = given.of().object.path("spec.strategy");
    const bool has_choice = !has_to_be_alone(given);
    if (strategy.get("type").text() == "Recreate" && has_choice) {
        return {strategy.get("type"), "Recreate ends all pods before the first new one begins"};
    }
    const auto rolling = strategy.get("rollingUpdate");
    const auto gone = share_of(rolling.get("maxUnavailable"));
    if (gone && gone->is_percent && gone->value >= 100) {
        return {rolling.get("maxUnavailable"), "all pods may be ended at the same time"};
    }
    if (is_zero(rolling.get("maxSurge")) && has_choice &&
        replicas_of(given.of(), given.all()) == 1) {
        return {rolling.get("maxSurge"),
                "without a surge the only pod ends before the new one begins"};
    }
    return {};
}

void check_gap(const pod_case& given) {
    const auto [at, what] = gap_of(given);
    if (!at) {
        return;
    }
    auto& made = given.report().add("K10", at.used_at(), what);
    const bool is_single = replicas_of(given.of(), given.all()) == 1;
    if (is_single) {
        made.sure = confidence::hint;  // of some programs two must not run at the same time
    }
    if (is_single || !given.service()) {
        made.how = severity::note;  // or nobody may be there to notice
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
            const auto held = node_port_of(given, port);
            if (!held) {
                continue;
            }
            given.report()
                .add("K17", held.used_at(),
                     "where no other node is free, a new pod waits for port " +
                         std::to_string(*held.integer()) +
                         ", which the old one has until it ends, and the old one is to end when "
                         "the new one is ready")
                .sure = confidence::hint;
        }
    }
}

/// A share, which is below 100 % here, is rounded up:
/// https://kubernetes.io/docs/tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages
std::int64_t pods_of(const share& least, std::int64_t replicas) {
    if (!least.is_percent) {
        return least.value;
    }
    const auto percent = std::max<std::int64_t>(least.value, 0);
    return replicas / 100 * percent + (replicas % 100 * percent + 99) / 100;
}

struct blockade {
    std::string what;  ///< empty: the budget leaves a way
    confidence sure = confidence::likely;
};

bool has_replicas(const workload& of) {
    constexpr std::array<std::string_view, 5> kinds{"Deployment", "StatefulSet", "ReplicaSet",
                                                    "Rollout", "DeploymentConfig"};
    return std::find(kinds.begin(), kinds.end(), of.kind) != kinds.end();
}

/// What the budget never lets happen.
blockade blocking(const yaml_ref& spec, const manifest& all) {
    const std::string never = "no pod may ever be evicted";
    if (is_zero(spec.get("maxUnavailable"))) {
        return {never};
    }
    const auto least = share_of(spec.get("minAvailable"));
    if (!least || (least->is_percent && least->value >= 100)) {
        return {least ? never : std::string()};
    }
    for (const workload& of : all.workloads) {
        const auto selector = spec.get("selector");
        const auto replicas = replicas_of(of, all);
        if (has_replicas(of) && is_absent(selector, "matchExpressions") &&
            selects(selector.get("matchLabels"), of.labels) && replicas.value_or(0) > 0 &&
            pods_of(*least, *replicas) >= *replicas) {
            // Where none are said, something in another file may scale it.
            const bool is_said = static_cast<bool>(of.object.path("spec.replicas"));
            return {of.name() + " has " + std::to_string(*replicas) +
                        (is_said ? "" : " where nothing else scales it") +
                        ", so that none may ever be evicted",
                    is_said ? confidence::likely : confidence::hint};
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
        if (const auto found = blocking(spec, all); !found.what.empty()) {
            const auto most = spec.get("maxUnavailable");
            report.add("K18", (most ? most : spec.get("minAvailable")).used_at(), found.what).sure =
                found.sure;
        }
    }
}

}  // namespace lastcall::lint
