#include "lint/rules/kubernetes/pod_case.hpp"

#include <algorithm>

#include "lint/dockerfile/docker_words.hpp"
#include "lint/rules/kubernetes/container_words.hpp"

namespace lastcall::lint {
namespace {

std::shared_ptr<const loaded_script> find_no_script(const std::string& /*path*/) { return nullptr; }

/// A port of the Service leads to one of the container's.
bool is_target(const yaml_ref& service_port, const yaml_ref& container) {
    const auto target =
        service_port.get(is_absent(service_port, "targetPort") ? "port" : "targetPort").text();
    const auto ports = container.get("ports").items();
    return target && std::any_of(ports.begin(), ports.end(), [&](const yaml_ref& one) {
               return one.get("containerPort").text() == target || one.get("name").text() == target;
           });
}

/// Who only asks for figures now and then loses nothing that is not asked for again.
bool is_for_metrics(const yaml_ref& service) {
    const auto name = service.path("metadata.name").text().value_or("");
    const auto list = service.path("spec.ports");
    const auto ports = list.items();
    return name.ends_with("-metrics") || name.ends_with("-metrics-service") ||
           (!ports.empty() && !list.may_have_more() &&
            std::all_of(ports.begin(), ports.end(), [](const yaml_ref& one) {
                return one.get("name").text().value_or("").find("metrics") !=
                       std::string_view::npos;
            }));
}

}  // namespace

yaml_ref container_case::variable(std::string_view wanted) const {
    for (const yaml_ref& one : object.get("env").items()) {
        if (one.get("name").text() == wanted) {
            return one.get("value");
        }
    }
    return {};
}

pod_case::pod_case(const yaml_file& file, const manifest& all, const workload& of,
                   file_report& report)
    : all_(all), of_(of), report_(report), lines_(std::make_shared<line_index>(file.lines)) {
    add_containers("initContainers", true);
    add_containers("containers", false);
    service_ = find_service();
}

void pod_case::add_containers(std::string_view key, bool is_init) {
    for (const yaml_ref& one : of_.pod.get(key).items()) {
        if (!one.is_map()) {
            continue;
        }
        container_case made;
        made.object = one;
        made.name = one.get("name").text().value_or("container");
        made.is_init = is_init;
        made.is_native = is_init && one.get("restartPolicy").text() == "Always";
        if (const auto image = one.get("image").text()) {
            made.known = find_base_image(read_image_reference(*image));
        }
        made.chain = follow(one, made.known);
        made.hook = hook_of(one);
        containers_.push_back(std::move(made));
    }
}

launch_chain pod_case::follow(const yaml_ref& container, const base_image* known) const {
    const auto words = container_words(container, report_.text(), known);
    return words ? follow_launch(*words, report_.file(), lines_, find_no_script) : launch_chain();
}

pre_stop pod_case::hook_of(const yaml_ref& container) const {
    pre_stop made;
    made.handler = container.path("lifecycle.preStop");
    if (const auto seconds = made.handler.path("sleep.seconds").integer()) {
        made.least = std::chrono::seconds(std::clamp<std::int64_t>(*seconds, 0, 1 << 30));
    }
    if (const auto words =
            known_words(made.handler.path("exec.command"), container, report_.text())) {
        made.command = follow_launch(*words, report_.file(), lines_, find_no_script);
        made.least = least_wait(made.command);
    }
    return made;
}

yaml_ref pod_case::find_service() const {
    const auto name_space = of_.object.path("metadata.namespace");
    yaml_ref without_address;
    for (const yaml_ref& one : all_.services) {
        const auto other = one.path("metadata.namespace");
        const bool is_elsewhere =
            name_space && other && name_space.text() && other.text() != name_space.text();
        if (is_elsewhere || is_for_metrics(one) ||
            !selects(one.path("spec.selector"), of_.labels)) {
            continue;
        }
        if (one.path("spec.clusterIP").text() != "None") {
            return one;
        }
        without_address = without_address ? without_address : one;
    }
    return without_address;
}

yaml_ref pod_case::service_of(const container_case& one) const {
    if (!service_ || one.is_init || of_.is_patch() || of_.kind == "Job" || of_.kind == "CronJob") {
        return {};
    }
    const auto pod_containers = of_.pod.get("containers");
    const bool is_only = pod_containers.items().size() == 1 && !pod_containers.may_have_more();
    const auto ports = service_.path("spec.ports").items();
    const bool fits = std::any_of(ports.begin(), ports.end(), [&](const yaml_ref& port) {
        return is_target(port, one.object);
    });
    return is_only || fits ? service_ : yaml_ref();
}

}  // namespace lastcall::lint
