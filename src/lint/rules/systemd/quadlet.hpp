// Podman Quadlet: a .container, a .pod or a .kube of which a generator makes a service.
#pragma once

#include "lint/chain/digest_store.hpp"
#include "lint/rules/systemd/unit_case.hpp"

namespace lastcall::lint {

/// By the end of the unit's name.
[[nodiscard]] bool is_quadlet(const unit_case& given);

/// How podman stops the container, and systemd podman: U03, U07, U12.
void check_quadlet(const unit_case& given);

/// What systemd gives podman. Unset: without end, or not known.
[[nodiscard]] std::optional<std::chrono::milliseconds> quadlet_limit(const unit_case& given);

/// The pods of the manifest that a .kube names: U12.
void check_kube(const unit_case& given);

/// A container that podman kills, for the chain.
void digest_quadlet(const unit_case& given, digest_store& into);

}  // namespace lastcall::lint
