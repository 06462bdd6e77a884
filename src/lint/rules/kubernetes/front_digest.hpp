// What the chain across files wants to know of Services and of the load balancers of Ingresses.
#pragma once

#include "lint/chain/digest_store.hpp"
#include "lint/engine/file_report.hpp"
#include "lint/rules/kubernetes/manifest.hpp"

namespace lastcall::lint {

/// Each Service with a selector as a route, each Ingress of a balancer that is known as a front.
void digest_fronts(const manifest& all, const file_report& report, digest_store& into);

}  // namespace lastcall::lint
