// What the chain across files wants to know of the containers of a pod.
#pragma once

#include "lint/chain/digest_store.hpp"
#include "lint/rules/kubernetes/pod_case.hpp"

namespace lastcall::lint {

/// A digest for each container that stays until the pod is stopped, where the grace period is
/// known.
void digest_containers(const pod_case& given, digest_store& into);

/// "app=web": of what is known of the labels, or of a selector, at most 32.
[[nodiscard]] std::vector<std::string> labels_in(const yaml_ref& labels);

}  // namespace lastcall::lint
