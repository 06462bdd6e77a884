// Containers that a Service sends to, and their probes: K04, K07, K09.
#include <algorithm>
#include <array>

#include "lint/dockerfile/docker_image.hpp"
#include "lint/rules/kubernetes/pod_case.hpp"

namespace lastcall::lint {
namespace {

std::string service_name(const yaml_ref& service) {
    const auto name = service.path("metadata.name").text();
    return "the Service" + (name ? " " + std::string(*name) : std::string());
}

/// What servers call a delay of their own between the stop signal and the end of their listener.
bool names_a_delay(std::string_view given) {
    constexpr std::array<std::string_view, 6> words{"lameduck",       "lame-duck",
                                                    "lame_duck",      "shutdown-delay",
                                                    "shutdown_delay", "requestacceptgracetimeout"};
    const std::string text = lower(given);
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

/// Its command line or a variable says that it keeps accepting for a while.
bool may_delay_itself(const container_case& one) {
    for (const std::string_view key : {"command", "args"}) {
        const auto words = one.object.get(key).items();
        if (std::any_of(words.begin(), words.end(), [](const yaml_ref& word) {
                return names_a_delay(word.text().value_or(""));
            })) {
            return true;
        }
    }
    const auto variables = one.object.get("env").items();
    return std::any_of(variables.begin(), variables.end(), [](const yaml_ref& each) {
        return names_a_delay(each.get("name").text().value_or(""));
    });
}

/// CoreDNS keeps answering for as long as its Corefile says, which another file may have.
bool is_lame_duck(const pod_case& given, const container_case& one) {
    const auto image = one.object.get("image").text();
    const auto name = image ? read_image_reference(*image).name : std::string();
    if (name.substr(name.rfind('/') + 1) != "coredns") {
        return false;
    }
    const auto& maps = given.all().config_maps;
    return std::none_of(maps.begin(), maps.end(), [](const yaml_ref& map) {
        const auto text = map.path("data.Corefile").text();
        return text && !names_a_delay(*text);
    });
}

void check_delay(const pod_case& given, const container_case& one, const yaml_ref& service) {
    const auto lifecycle = one.object.get("lifecycle");
    const bool has_hook = !is_absent(one.object, "lifecycle") && !is_absent(lifecycle, "preStop");
    if (has_hook || may_delay_itself(one) || is_lame_duck(given, one)) {
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

/// A pod is ready when all of its containers are, and none is before its startupProbe has
/// succeeded.
bool waits_for_a_probe(const pod_case& given) {
    const auto& all = given.containers();
    return std::any_of(all.begin(), all.end(), [](const container_case& one) {
        const bool stays = !one.is_init || one.is_native;
        return stays &&
               (!is_absent(one.object, "readinessProbe") || !is_absent(one.object, "startupProbe"));
    });
}

void check_readiness(const pod_case& given, const container_case& one, const yaml_ref& service) {
    if (waits_for_a_probe(given) ||
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

/// A shorter time than the pod's is what the setting is there for.
void check_own_grace(const pod_case& given, const container_case& one) {
    const auto grace = given.of().grace();
    const auto own = one.object.path("livenessProbe.terminationGracePeriodSeconds");
    if (!grace || !own.integer() || *own.integer() >= grace->count()) {
        return;
    }
    auto& made = given.report().add("K09", own.used_at(),
                                    "after a failed livenessProbe " + one.name +
                                        " is killed within " + std::to_string(*own.integer()) +
                                        " s instead of " + std::to_string(grace->count()) + " s");
    made.sure = confidence::proven;
    made.fix = "Take it out, or set it to what the program needs to stop.";
    if (*own.integer() > 1 && one.hook.least < std::chrono::seconds(*own.integer())) {
        made.how = severity::note;
    }
}

void check_same_probe(const pod_case& given, const container_case& one) {
    const auto live = one.object.path("livenessProbe.httpGet");
    if (!is_same_request(live, one.object.path("readinessProbe.httpGet"))) {
        return;
    }
    auto& made = given.report().add(
        "K09", live.get("path").used_at(),
        "livenessProbe and readinessProbe of " + one.name +
            " ask the same: an answer \"not ready\" is taken for a failure and restarts it, until "
            "its pod is being deleted");
    made.how = severity::note;
    made.sure = confidence::hint;
    made.fix = "Ask for liveness at a path of its own.";
}

}  // namespace

void check_probes(const pod_case& given) {
    for (const container_case& one : given.containers()) {
        check_own_grace(given, one);
        check_same_probe(given, one);
    }
}

void check_routing(const pod_case& given) {
    for (const container_case& one : given.containers()) {
        if (const auto service = given.service_of(one)) {
            check_delay(given, one, service);
            check_readiness(given, one, service);
        }
    }
}

}  // namespace lastcall::lint
