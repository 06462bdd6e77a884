// What a configuration means as a whole: what parts, or services, have to do with each other.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "agent/config/problem.hpp"
#include "agent/config/service_spec.hpp"
#include "agent/config/surroundings.hpp"

namespace lastcall::agent {

/// `path`  of the service, "services.web"
void judge_service(const service_spec& one, const std::string& path, const surroundings& here,
                   problem_list& found);

/// Between services: addresses, `after`, approvers; and puts the services in an order in
/// which each comes behind those that it is `after`, else as they were.
void judge_host(host_spec& host, const surroundings& here, problem_list& found);

/// The grace of services that have none of their own, where LASTCALL_GRACE says what the platform
/// gives: that, less 2 s for the agent's last rows (half of it at most), divided by the stages
/// of the stop. After judge_host().
/// `has_own`  whether the service says its grace itself
void take_platform_grace(host_spec& host, const std::function<bool(const service_spec&)>& has_own,
                         const surroundings& here, problem_list& found);

/// Empty: it is a name that a service may have. Else what is wrong with it.
[[nodiscard]] std::string why_no_name(std::string_view name);

}  // namespace lastcall::agent
