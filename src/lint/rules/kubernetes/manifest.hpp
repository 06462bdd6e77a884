// The objects of a Kubernetes manifest that decide how pods stop, out of all documents of a file.
//
// Objects are told by apiVersion and kind, also those in a List. What a template leaves open is not
// there for any rule: neither a value that an action makes, nor the absence of a key where an
// action may put one.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/yaml/yaml_ref.hpp"

namespace lastcall::lint {

/// What makes pods, and how it replaces them.
struct workload {
    std::string_view kind;  ///< "Deployment"
    yaml_ref object;
    yaml_ref pod;     ///< the spec of its pods
    yaml_ref labels;  ///< of its pods

    [[nodiscard]] std::string name() const;
    /// A change to a workload of another file, as kustomize takes it: what it does not say is said
    /// there. It has no selector, without which the API server refuses a workload.
    [[nodiscard]] bool is_patch() const;
    /// Between the begin of the stop and SIGKILL. Unset: a template, or another file, decides.
    [[nodiscard]] std::optional<std::chrono::seconds> grace() const;
    /// Where the grace period is written; where it is not, the workload's kind.
    [[nodiscard]] place grace_at() const;
};

struct manifest {
    std::vector<workload> workloads;
    std::vector<yaml_ref> services;  ///< of the core API; with a selector or without
    std::vector<yaml_ref> ingresses;
    std::vector<yaml_ref> config_maps;
    std::vector<yaml_ref> claims;    ///< PersistentVolumeClaim
    std::vector<yaml_ref> scalers;   ///< HorizontalPodAutoscaler, and ScaledObject of KEDA
    std::vector<yaml_ref> budgets;   ///< PodDisruptionBudget
    std::vector<yaml_ref> kubelets;  ///< KubeletConfiguration
};

/// `file`  has to outlive what is returned
[[nodiscard]] manifest read_manifest(const yaml_file& file);

/// Known to be absent: no value, and no action that may put one there.
[[nodiscard]] bool is_absent(const yaml_ref& map, std::string_view key);

/// Another object of the file decides how many pods the workload has.
[[nodiscard]] bool is_scaled(const workload& of, const manifest& all);

/// Whether all of the selector's labels are among `labels`. False where one is not known, and for
/// a selector without labels.
[[nodiscard]] bool selects(const yaml_ref& selector, const yaml_ref& labels);

/// "25%" of `whole`, or a number. Unset: not known, or neither.
struct share {
    std::int64_t value = 0;
    bool is_percent = false;
};
[[nodiscard]] std::optional<share> share_of(const yaml_ref& value);

}  // namespace lastcall::lint
