// A load balancer in front of the Service, and how long it leaves connections to a pod: K14.
#include <algorithm>
#include <array>

#include "lint/rules/kubernetes/pod_case.hpp"

namespace lastcall::lint {
namespace {

/// An annotation that says for how many seconds; of those with an attribute, in a list A=1,B=2.
struct drain_annotation {
    std::string_view name;
    std::string_view attribute;  ///< empty: all of the value
};

constexpr std::string_view of_target_group = "deregistration_delay.timeout_seconds=";

constexpr std::array annotations{
    drain_annotation{"alb.ingress.kubernetes.io/target-group-attributes", of_target_group},
    drain_annotation{"service.beta.kubernetes.io/aws-load-balancer-target-group-attributes",
                     of_target_group},
    drain_annotation{"service.beta.kubernetes.io/aws-load-balancer-connection-draining-timeout",
                     {}},
};

std::optional<std::chrono::milliseconds> limit_in(std::string_view text,
                                                  std::string_view attribute) {
    const auto at = text.find(attribute);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    text.remove_prefix(at + attribute.size());
    text = text.substr(0, text.find(','));
    const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
    return is_number ? shell::duration_of(text) : std::nullopt;
}

/// Whether a path of the Ingress leads to the Service.
bool leads_to(const yaml_ref& ingress, std::string_view service) {
    for (const yaml_ref& rule : ingress.path("spec.rules").items()) {
        for (const yaml_ref& one : rule.path("http.paths").items()) {
            if (one.path("backend.service.name").text() == service) {
                return true;
            }
        }
    }
    return ingress.path("spec.defaultBackend.service.name").text() == service;
}

void check_annotations(const pod_case& given, const yaml_ref& object, std::chrono::seconds grace) {
    const auto all = object.path("metadata").get("annotations");
    for (const drain_annotation& each : annotations) {
        const auto value = all.get(each.name);
        const auto limit = value.text() ? limit_in(*value.text(), each.attribute) : std::nullopt;
        if (!limit || *limit <= grace) {
            continue;
        }
        auto& made = given.report().add("K14", value.used_at(),
                                        "the load balancer leaves connections to a pod for up to " +
                                            std::to_string(limit->count() / 1000) + " s, and " +
                                            given.of().name() + " is killed after " +
                                            std::to_string(grace.count()) + " s");
        made.further.push_back({given.report().file(), given.of().grace_at(), "the grace period"});
    }
}

}  // namespace

void check_balancers(const pod_case& given) {
    const auto grace = given.of().grace();
    if (!grace || !given.service()) {
        return;
    }
    check_annotations(given, given.service(), *grace);
    const auto name = given.service().path("metadata.name").text();
    for (const yaml_ref& one : given.all().ingresses) {
        if (name && leads_to(one, *name)) {
            check_annotations(given, one, *grace);
        }
    }
}

}  // namespace lastcall::lint
