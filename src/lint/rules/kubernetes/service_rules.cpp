// Containers that a Service sends to, and their probes: K04, K07, K09.
#include "lint/rules/kubernetes/pod_case.hpp"

namespace lastcall::lint {
namespace {

std::string service_name(const yaml_ref& service) {
    const auto name = service.path("metadata.name").text();
    return "the Service" + (name ? " " + std::string(*name) : std::string());
}

void check_delay(const pod_case& given, const container_case& one, const yaml_ref& service) {
    const auto lifecycle = one.object.get("lifecycle");
    if (!is_absent(one.object, "lifecycle") && !is_absent(lifecycle, "preStop")) {
        return;
    }
    auto& made =
        given.report().add("K04", one.at(),
                           "new connections come to " + one.name + " by " + service_name(service) +
                               " while it gets its stop signal: nothing delays that "
                               "until the route is gone");
    made.further.push_back(
        {given.report().file(), service.path("spec.selector").used_at(), "selects the pods"});
}

void check_readiness(const pod_case& given, const container_case& one, const yaml_ref& service) {
    if (!is_absent(one.object, "readinessProbe") ||
        service.path("spec.publishNotReadyAddresses").boolean() == true) {
        return;
    }
    auto& made = given.report().add(
        "K07", one.at(),
        one.name + " has no readinessProbe, and " + service_name(service) + " sends to it at once");
    made.sure = confidence::proven;
    made.further.push_back(
        {given.report().file(), service.path("spec.selector").used_at(), "selects the pods"});
}

bool is_same_request(const yaml_ref& one, const yaml_ref& other) {
    for (const std::string_view key : {"path", "port"}) {
        if (!one.get(key).text() || one.get(key).text() != other.get(key).text()) {
            return false;
        }
    }
    return true;
}

}  // namespace

void check_routing(const pod_case& given) {
    for (const container_case& one : given.containers()) {
        if (const auto service = given.service_of(one)) {
            check_delay(given, one, service);
            check_readiness(given, one, service);
        }
    }
}

void check_probes(const pod_case& given) {
    const auto grace = given.of().grace();
    for (const container_case& one : given.containers()) {
        const auto live = one.object.get("livenessProbe");
        const auto own = live.get("terminationGracePeriodSeconds");
        if (grace && own.integer() && *own.integer() < grace->count()) {
            given.report()
                .add("K09", own.used_at(),
                     "after a failed livenessProbe " + one.name + " is killed within " +
                         std::to_string(*own.integer()) + " s instead of " +
                         std::to_string(grace->count()) + " s")
                .sure = confidence::proven;
        }
        const auto ready = one.object.get("readinessProbe");
        if (is_same_request(live.get("httpGet"), ready.get("httpGet"))) {
            auto& made = given.report().add(
                "K09", live.get("httpGet").get("path").used_at(),
                "livenessProbe and readinessProbe of " + one.name +
                    " ask the same: an answer \"not ready\" while it drains is taken for a failure "
                    "and restarts it");
            made.how = severity::note;
            made.sure = confidence::hint;
        }
    }
}

}  // namespace lastcall::lint
