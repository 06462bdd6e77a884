// Who process 1 is, and whom a request to a pod reaches: K19, K20.
#include <algorithm>
#include <array>

#include "lint/rules/kubernetes/pod_case.hpp"
#include "lint/shell/stopping.hpp"

namespace lastcall::lint {
namespace {

/// A `kill` of the process 1.
const shell::step* kill_of_first(const std::vector<shell::step>& steps) {
    const auto found = std::find_if(steps.begin(), steps.end(), [](const shell::step& one) {
        const auto stop = shell::stop_request_of(one);
        return stop && stop->way == shell::stop_way::kill && !stop->only_asks &&
               std::any_of(stop->targets.begin(), stop->targets.end(),
                           [](const auto& target) { return target.is("1"); });
    });
    return found == steps.end() ? nullptr : &*found;
}

bool is_this_host(std::string_view host) {
    return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
}

/// A name that no port of the container has. False where that is not known.
bool is_no_port(const yaml_ref& port, const yaml_ref& container) {
    const auto name = port.text();
    const auto ports = container.get("ports");
    if (!name || port.integer() || ports.may_have_more() || container.may_have_more() ||
        name->find_first_not_of("0123456789") == std::string_view::npos) {
        return false;
    }
    const auto all = ports.items();
    return std::none_of(all.begin(), all.end(), [&](const yaml_ref& one) {
        const auto other = one.get("name");
        return other.text() == name || other.is_unknown() || one.may_have_more();
    });
}

}  // namespace

void check_shared_processes(const pod_case& given) {
    if (given.of().pod.get("shareProcessNamespace").boolean() != true) {
        return;
    }
    for (const container_case& one : given.containers()) {
        // The steps are views into a hook of the container, which lives on.
        const auto steps = steps_of(one.hook.command);
        if (kill_of_first(steps) == nullptr) {
            continue;
        }
        auto& made =
            given.report().add("K19", one.hook.handler.path("exec.command").used_at(),
                               "process 1 of this pod is its sandbox, not " + one.name +
                                   ": the signal does not reach the program, and may end the pod");
        made.further.push_back({given.report().file(),
                                given.of().pod.get("shareProcessNamespace").used_at(),
                                "the containers share their processes"});
    }
}

void check_hook_request(const pod_case& given) {
    for (const container_case& one : given.containers()) {
        const auto request = one.hook.handler.get("httpGet");
        const auto host = request.get("host");
        if (host.text() && is_this_host(*host.text()) && is_absent(given.of().pod, "hostNetwork")) {
            given.report()
                .add("K20", host.used_at(),
                     "the kubelet asks " + std::string(*host.text()) +
                         " of the node, not of the pod: the hook fails, and the stop signal comes "
                         "at once")
                .sure = confidence::proven;
        }
        const auto port = request.get("port");
        if (is_no_port(port, one.object)) {
            given.report()
                .add("K20", port.used_at(),
                     one.name + " has no port \"" + std::string(*port.text()) +
                         "\": the hook fails, and the stop signal comes at once")
                .sure = confidence::proven;
        }
    }
}

}  // namespace lastcall::lint
