// Kubernetes manifests: K01 to K22.
#include <array>

#include "lint/rules/families.hpp"
#include "lint/rules/kubernetes/config_map_files.hpp"
#include "lint/rules/kubernetes/container_digest.hpp"
#include "lint/rules/kubernetes/front_digest.hpp"
#include "lint/rules/kubernetes/generated_maps.hpp"
#include "lint/rules/kubernetes/pod_case.hpp"

namespace lastcall::lint {

void judge_kubernetes(const family_input& input, file_report& into) {
    constexpr std::array<pod_rule, 19> rules{
        check_grace,           check_hook_time,        check_budgets,      check_routing,
        check_hook_tools,      check_hook_stop,        check_probes,       check_replacement,
        check_proxies,         check_shell_in_command, check_pod_signal,   check_balancers,
        check_balancer_health, check_shared_processes, check_hook_request, check_warm_up,
        check_connection_age,  check_pod_sockets,      check_envoys,
    };
    const auto file = read_yaml(input.text);
    const auto all = read_manifest(file);
    for (const workload& one : all.workloads) {
        const pod_case given(file, all, one, into);
        for (const pod_rule rule : rules) {
            rule(given);
        }
        digest_containers(given, input.digests);
    }
    judge_config_maps(all, input, into);
    digest_generated_maps(file, input, into);
    digest_fronts(all, into, input.digests);
    check_budgets_of_disruption(all, into);
    check_kubelets(all, into);
    // What cannot be read of a template may be in order once it is rendered.
    if (!file.is_template) {
        into.add(file.problems);
    }
    into.accept(file.comments, file.statements(), file.lines, input.today);
}

}  // namespace lastcall::lint
