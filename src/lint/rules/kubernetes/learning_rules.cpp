// Who learns too late, or too early, what a pod can do: K08, K21, K22.
#include <algorithm>

#include "lint/launch/launch_steps.hpp"
#include "lint/launch/stop_time.hpp"
#include "lint/rules/kubernetes/pod_case.hpp"
#include "lint/shell/invocation.hpp"

namespace lastcall::lint {
namespace {

constexpr std::string_view interval_key =
    "service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval";
constexpr std::string_view threshold_key =
    "service.beta.kubernetes.io/aws-load-balancer-healthcheck-unhealthy-threshold";

/// A number, quoted or not.
std::optional<std::int64_t> count_of(const yaml_ref& value) {
    const auto text = value.text();
    if (!text || text->empty() || text->size() > 6 ||
        text->find_first_not_of("0123456789") != std::string_view::npos) {
        return std::nullopt;
    }
    return std::stoll(std::string(*text));
}

/// The shortest warm-up that is worth a word.
constexpr std::int64_t least_warm_up = 10;

bool speaks_grpc(const yaml_ref& port) {
    const auto text = port.get("appProtocol").text();
    const auto name = port.get("name").text();
    return text == "grpc" || text == "kubernetes.io/grpc" || name == "grpc" ||
           (name && name->starts_with("grpc-"));
}

/// Something that looks like a limit of how old a connection gets, or a value that nobody knows.
bool may_limit_age(const container_case& one) {
    if (!is_absent(one.object, "envFrom") || one.object.get("env").may_have_more()) {
        return true;
    }
    for (const yaml_ref& each : one.object.get("env").items()) {
        const auto name = lower(each.get("name").text().value_or("connection_age"));
        if (name.find("connection") != std::string::npos && name.find("age") != std::string::npos) {
            return true;
        }
    }
    for (const std::string_view key : {"command", "args"}) {
        const auto words = one.object.get(key);
        const auto all = words.items();
        if (words.may_have_more() || std::any_of(all.begin(), all.end(), [](const yaml_ref& word) {
                const auto text = lower(word.text().value_or("age"));
                return text.find("age") != std::string::npos;
            })) {
            return true;
        }
    }
    return false;
}

}  // namespace

void check_balancer_health(const pod_case& given) {
    const auto spec = given.service().get("spec");
    if (spec.get("type").text() != "LoadBalancer" ||
        spec.get("externalTrafficPolicy").text() != "Local") {
        return;
    }
    const auto notes = given.service().path("metadata").get("annotations");
    const auto interval = count_of(notes.get(interval_key));
    const auto threshold = count_of(notes.get(threshold_key));
    if (!interval || !threshold) {
        return;
    }
    const std::chrono::seconds learns(*interval * *threshold);
    for (const container_case& one : given.containers()) {
        const bool has_hook = !one.hook.handler || one.hook.least > std::chrono::milliseconds(0);
        const bool is_known = is_absent(one.object, "lifecycle") ||
                              is_absent(one.object.get("lifecycle"), "preStop") ||
                              (one.hook.handler && has_hook);
        if (!given.service_of(one) || !is_known || one.hook.least >= learns) {
            continue;
        }
        auto& made = given.report().add(
            "K08", notes.get(interval_key).used_at(),
            "the load balancer learns after " + std::to_string(learns.count()) +
                " s that a node has no pod of " + given.of().name() + " any more, and " + one.name +
                " gets its stop signal after " + seconds_text(one.hook.least) + " s");
        made.further.push_back({given.report().file(), one.at(), "the container"});
    }
}

void check_warm_up(const pod_case& given) {
    const auto spec = given.of().object.get("spec");
    const auto set = spec.get("minReadySeconds");
    const bool is_zero = is_absent(spec, "minReadySeconds") || set.integer() == 0;
    const auto strategy = spec.path("strategy.type");
    if (given.of().kind != "Deployment" || given.of().is_patch() || !is_zero ||
        (strategy && strategy.text() != "RollingUpdate")) {
        return;
    }
    for (const container_case& one : given.containers()) {
        const auto delay = one.object.path("livenessProbe.initialDelaySeconds");
        // With a Service in front K07 says it.
        if (one.is_init || !is_absent(one.object, "readinessProbe") ||
            !is_absent(one.object, "startupProbe") || given.service_of(one) ||
            delay.integer().value_or(0) < least_warm_up) {
            continue;
        }
        given.report()
            .add("K21", delay.used_at(),
                 one.name + " needs up to " + std::to_string(*delay.integer()) +
                     " s by its own livenessProbe until it works, and the rollout ends old pods as "
                     "soon as it has begun to run")
            .sure = confidence::hint;
    }
}

void check_connection_age(const pod_case& given) {
    const auto spec = given.service().get("spec");
    if (spec.get("clusterIP").text() != "None" || given.of().kind != "Deployment") {
        return;
    }
    const auto ports = spec.get("ports").items();
    const auto port = std::find_if(ports.begin(), ports.end(), speaks_grpc);
    if (port == ports.end()) {
        return;
    }
    for (const container_case& one : given.containers()) {
        if (!given.service_of(one) || may_limit_age(one)) {
            continue;
        }
        auto& made = given.report().add(
            "K22", one.at(),
            "clients choose a pod by themselves and keep their connection to it: nothing here "
            "tells " +
                one.name + " how old one may get");
        made.sure = confidence::hint;
        made.further.push_back(
            {given.report().file(), spec.get("clusterIP").used_at(), "the Service has no address"});
    }
}

}  // namespace lastcall::lint
