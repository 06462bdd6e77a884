#include "lint/rules/kubernetes/manifest.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace lastcall::lint {
namespace {

/// Where each kind keeps what its pods are made of.
struct workload_kind {
    std::string_view name;
    std::string_view group;  ///< how its apiVersion begins
    std::string_view pod;    ///< the path to what has the metadata and the spec of a pod
};

constexpr std::array kinds{
    workload_kind{"Pod", "v1", ""},
    workload_kind{"Deployment", "apps/", "spec.template"},
    workload_kind{"StatefulSet", "apps/", "spec.template"},
    workload_kind{"DaemonSet", "apps/", "spec.template"},
    workload_kind{"ReplicaSet", "apps/", "spec.template"},
    workload_kind{"ReplicationController", "v1", "spec.template"},
    workload_kind{"Job", "batch/", "spec.template"},
    workload_kind{"CronJob", "batch/", "spec.jobTemplate.spec.template"},
    workload_kind{"Rollout", "argoproj.io/", "spec.template"},
    workload_kind{"DeploymentConfig", "apps.openshift.io/", "spec.template"},
};

/// terminationGracePeriodSeconds where nothing is said:
/// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
constexpr std::chrono::seconds default_grace{30};

/// Ten years: what is longer is no time for a pod, and sums with it have no end.
constexpr std::chrono::seconds longest_grace{std::chrono::hours(24 * 3650)};

/// Each workload is held against all Services and the like of its file. More of them are nothing
/// that somebody wrote, and the rest is left out.
constexpr std::size_t most_others = 500;

void add_other(const yaml_ref& object, std::vector<yaml_ref>& into) {
    if (into.size() < most_others) {
        into.push_back(object);
    }
}

/// A chart that lets the version be chosen leaves the group as it is.
bool is_of(std::optional<std::string_view> version, std::string_view group) {
    return !version || version->starts_with(group);
}

/// What is in a List within a List is left out: aliases could make more of them than there is time
/// to look at.
void add_object(const yaml_ref& object, manifest& into, bool is_item = false) {
    const auto given = object.get("apiVersion");
    const auto kind = object.get("kind").text();
    if (!kind || !(given.text() || given.is_unknown())) {
        return;
    }
    const auto version = given.text();
    if (version == "v1" && *kind == "List") {
        const auto items = is_item ? std::vector<yaml_ref>() : object.get("items").items();
        for (const yaml_ref& one : items) {
            add_object(one, into, true);
        }
    } else if (version == "v1" && *kind == "Service") {
        add_other(object, into.services);
    } else if (version == "v1" && *kind == "ConfigMap") {
        into.config_maps.push_back(object);
    } else if (version == "v1" && *kind == "PersistentVolumeClaim") {
        add_other(object, into.claims);
    } else if ((is_of(version, "autoscaling/") && *kind == "HorizontalPodAutoscaler") ||
               (is_of(version, "keda.sh/") && *kind == "ScaledObject")) {
        add_other(object, into.scalers);
    } else if (is_of(version, "networking.k8s.io/") && *kind == "Ingress") {
        add_other(object, into.ingresses);
    } else if (is_of(version, "policy/") && *kind == "PodDisruptionBudget") {
        add_other(object, into.budgets);
    } else if (is_of(version, "kubelet.config.k8s.io/") && *kind == "KubeletConfiguration") {
        into.kubelets.push_back(object);
    } else {
        const auto* of = std::find_if(kinds.begin(), kinds.end(), [&](const workload_kind& one) {
            return one.name == *kind &&
                   (is_of(version, one.group) || is_of(version, "extensions/"));
        });
        if (of != kinds.end()) {
            const auto pod = of->pod.empty() ? object : object.path(of->pod);
            into.workloads.push_back(
                {of->name, object, pod.get("spec"), pod.path("metadata.labels")});
        }
    }
}

}  // namespace

std::string workload::name() const {
    const auto given = object.path("metadata.name").text();
    return std::string(kind) + (given ? " " + std::string(*given) : std::string());
}

bool workload::is_patch() const {
    constexpr std::array<std::string_view, 4> kinds_with_selector{"Deployment", "StatefulSet",
                                                                  "DaemonSet", "ReplicaSet"};
    const bool has_to_have_one = object.get("apiVersion").text() == "apps/v1" &&
                                 std::find(kinds_with_selector.begin(), kinds_with_selector.end(),
                                           kind) != kinds_with_selector.end();
    return has_to_have_one && is_absent(object.get("spec"), "selector");
}

std::optional<std::chrono::seconds> workload::grace() const {
    constexpr std::string_view key = "terminationGracePeriodSeconds";
    if (is_absent(pod, key)) {
        return is_patch() ? std::nullopt : std::optional(default_grace);
    }
    const auto value = pod.get(key).integer();
    return value && *value >= 0 && *value <= longest_grace.count()
               ? std::optional(std::chrono::seconds(*value))
               : std::nullopt;
}

place workload::grace_at() const {
    const auto value = pod.get("terminationGracePeriodSeconds");
    return value ? value.used_at() : object.get("kind").used_at();
}

manifest read_manifest(const yaml_file& file) {
    manifest made;
    for (const yaml_ref& one : roots(file)) {
        add_object(one, made);
    }
    return made;
}

bool is_absent(const yaml_ref& map, std::string_view key) {
    return map.is_map() && !map.may_have_more() && (!map.get(key) || map.get(key).is_null());
}

bool is_scaled(const workload& of, const manifest& all) {
    const auto name = of.object.path("metadata.name");
    return std::any_of(all.scalers.begin(), all.scalers.end(), [&](const yaml_ref& one) {
        const auto wanted = one.path("spec.scaleTargetRef");
        const auto kind = wanted.get("kind").text().value_or(of.kind);
        const auto given = wanted.get("name").text();
        return kind == of.kind && (!given || !name.text() || given == name.text());
    });
}

bool selects(const yaml_ref& selector, const yaml_ref& labels) {
    const auto wanted = selector.entries();
    return !wanted.empty() && !selector.may_have_more() &&
           std::all_of(wanted.begin(), wanted.end(), [&](const auto& one) {
               const auto key = one.first.text();
               const auto value = one.second.text();
               return key && value && labels.get(*key).text() == value;
           });
}

std::optional<share> share_of(const yaml_ref& value) {
    if (const auto number = value.integer()) {
        return share{*number, false};
    }
    const auto text = value.text();
    if (!text || !text->ends_with('%')) {
        return std::nullopt;
    }
    std::int64_t percent = 0;
    const auto* end = text->data() + text->size() - 1;
    const auto read = std::from_chars(text->data(), end, percent);
    return read.ec == std::errc() && read.ptr == end ? std::optional(share{percent, true})
                                                     : std::nullopt;
}

}  // namespace lastcall::lint
