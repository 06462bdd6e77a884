// What the rules for Kubernetes look at: one workload with its containers, what each of them
// starts, and the hook that runs before its stop signal.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lint/dockerfile/base_images.hpp"
#include "lint/engine/file_report.hpp"
#include "lint/launch/launch_steps.hpp"
#include "lint/rules/kubernetes/manifest.hpp"

namespace lastcall::lint {

/// lifecycle.preStop: https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/
struct pre_stop {
    yaml_ref handler;                    ///< empty: there is none, or a template decides
    launch_chain command;                ///< of exec
    std::chrono::milliseconds least{0};  ///< what it waits by the file, as far as that is known
};

struct container_case {
    yaml_ref object;
    std::string name;        ///< "container" where it is not known
    bool is_init = false;    ///< one of initContainers
    bool is_native = false;  ///< an init container that stays: a sidecar
    const base_image* known = nullptr;
    launch_chain chain;  ///< without hops where what it starts is not known
    pre_stop hook;

    /// What a finding about the container as a whole stands at.
    [[nodiscard]] place at() const {
        const auto called = object.get("name");
        return called ? called.used_at() : object.used_at();
    }
    /// A variable of its environment, where the file has it.
    [[nodiscard]] yaml_ref variable(std::string_view wanted) const;
};

class pod_case {
public:
    /// All of them have to outlive this.
    pod_case(const yaml_file& file, const manifest& all, const workload& of, file_report& report);

    [[nodiscard]] const manifest& all() const noexcept { return all_; }
    [[nodiscard]] const workload& of() const noexcept { return of_; }
    [[nodiscard]] file_report& report() const noexcept { return report_; }
    [[nodiscard]] const std::vector<container_case>& containers() const { return containers_; }

    /// The Service of this file that sends to the container. Empty: there is none, or a value that
    /// is not known decides.
    [[nodiscard]] yaml_ref service_of(const container_case& one) const;
    /// The Service of this file that selects the pods, and not only for their metrics; one with an
    /// address before one without.
    [[nodiscard]] const yaml_ref& service() const noexcept { return service_; }

    /// Of the file, for places in command lines.
    [[nodiscard]] const line_index& lines() const noexcept { return *lines_; }

private:
    void add_containers(std::string_view key, bool is_init);
    [[nodiscard]] launch_chain follow(const yaml_ref& container, const base_image* known) const;
    [[nodiscard]] pre_stop hook_of(const yaml_ref& container) const;
    [[nodiscard]] yaml_ref find_service() const;

    const manifest& all_;
    const workload& of_;
    file_report& report_;
    std::shared_ptr<const line_index> lines_;
    std::vector<container_case> containers_;
    yaml_ref service_;
};

// The rules: each looks at a workload, and reports.
using pod_rule = void (*)(const pod_case& given);

void check_grace(const pod_case& given);             // K01
void check_hook_time(const pod_case& given);         // K02
void check_budgets(const pod_case& given);           // K03, K16
void check_routing(const pod_case& given);           // K04, K07
void check_hook_tools(const pod_case& given);        // K05
void check_hook_stop(const pod_case& given);         // K06
void check_probes(const pod_case& given);            // K09
void check_replacement(const pod_case& given);       // K10, K17
void check_proxies(const pod_case& given);           // K11
void check_shell_in_command(const pod_case& given);  // K12
void check_pod_signal(const pod_case& given);        // K13
void check_balancers(const pod_case& given);         // K14
void check_balancer_health(const pod_case& given);   // K08
void check_shared_processes(const pod_case& given);  // K19
void check_hook_request(const pod_case& given);      // K20
void check_warm_up(const pod_case& given);           // K21
void check_connection_age(const pod_case& given);    // K22
void check_pod_sockets(const pod_case& given);       // X06
void check_envoys(const pod_case& given);            // X10

/// Those about a file's other objects.
void check_budgets_of_disruption(const manifest& all, file_report& report);  // K18
void check_kubelets(const manifest& all, file_report& report);               // K15

}  // namespace lastcall::lint
