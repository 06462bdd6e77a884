// In which order services are stopped, and replaced: C06, C07, C09.
#include <algorithm>
#include <array>

#include "lint/rules/compose/compose_case.hpp"

namespace lastcall::lint {
namespace {

/// Images of what keeps data or messages for others.
constexpr std::array<std::string_view, 24> stores{"postgres",
                                                  "postgresql",
                                                  "mysql",
                                                  "mariadb",
                                                  "percona",
                                                  "redis",
                                                  "valkey",
                                                  "keydb",
                                                  "memcached",
                                                  "mongo",
                                                  "mongodb",
                                                  "rabbitmq",
                                                  "nats",
                                                  "kafka",
                                                  "cp-kafka",
                                                  "elasticsearch",
                                                  "opensearch",
                                                  "cassandra",
                                                  "clickhouse-server",
                                                  "influxdb",
                                                  "couchdb",
                                                  "timescaledb",
                                                  "postgis",
                                                  "pgvector"};

bool is_store(std::string_view image) {
    return std::find(stores.begin(), stores.end(), image) != stores.end();
}

/// The first byte of `bytes` that is not within ${ }.
std::size_t find_outside_variables(std::string_view text, std::string_view bytes) {
    int depth = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        depth += text.substr(at).starts_with("${") ? 1 : depth > 0 && text[at] == '}' ? -1 : 0;
        if (depth == 0 && bytes.find(text[at]) != bytes.npos) {
            return at;
        }
    }
    return text.npos;
}

/// The host of "scheme://user:password@host:port/path"; of "host:port"; of "host".
std::string_view host_in(std::string_view value, bool has_to_be_url) {
    const auto scheme = value.find("://");
    if (scheme == std::string_view::npos && has_to_be_url) {
        return {};
    }
    value.remove_prefix(scheme == std::string_view::npos ? 0 : scheme + 3);
    value = value.substr(0, find_outside_variables(value, "/?#,"));
    if (const auto user = value.rfind('@'); user != std::string_view::npos) {
        value.remove_prefix(user + 1);
    }
    return value.substr(0, value.find(':'));
}

/// DB_HOST, REDIS_SERVER, KAFKA_BROKERS: a name of a machine is meant.
bool is_name_of_host(std::string_view name) {
    const std::string small = lower(name);
    for (const std::string_view end :
         {"host", "hostname", "server", "servers", "address", "addr", "brokers", "endpoint"}) {
        if (std::string_view(small).ends_with(end)) {
            return true;
        }
    }
    return false;
}

struct used_service {
    std::string name;
    compose_value from;
    place at;  ///< of the name in it
};

/// The services of the project that the environment names.
std::vector<used_service> used_by(const compose_case& given) {
    std::vector<used_service> made;
    for (const auto& one : given.of().entries("environment")) {
        // A password that is not known may be in front of a host that is.
        const auto text = given.project().open_text(one.value);
        if (!text) {
            continue;
        }
        const auto value =
            std::string_view(text->text()).substr(std::min(one.value_at, text->size()));
        const auto host = host_in(value, !is_name_of_host(one.name));
        const auto* service = given.project().find(host);
        if (service != nullptr && service->name != given.of().name) {
            const auto begin = static_cast<std::size_t>(host.data() - text->text().data());
            made.push_back({service->name, one.value,
                            text->place_of(begin, host.size(), one.value.in->yaml.lines)});
        }
    }
    return made;
}

void check_uses(const compose_case& given) {
    if (!given.of().is_whole || given.is_job()) {
        return;
    }
    std::set<std::string, std::less<>> told;
    for (const used_service& one : used_by(given)) {
        const auto& project = given.project();
        const compose_case other(project, *project.find(one.name), given.report());
        if (project.depends(given.of().name, one.name) ||
            project.depends(one.name, given.of().name) || other.is_job() ||
            !is_store(other.image_name()) || !told.insert(one.name).second) {
            continue;
        }
        auto* made = given.add("C06", one.from, one.at,
                               given.of().name + " uses " + one.name +
                                   ", and nothing keeps that one until it has stopped");
        if (made != nullptr) {
            made->fix = "depends_on: [" + one.name + "]";
        }
    }
}

/// network_mode: container:NAME of a container of this file.
void check_shared_network(const compose_case& given) {
    for (const std::string_view key : {"network_mode", "ipc", "pid"}) {
        const auto mode = given.of().get(key);
        const auto text = given.project().text(mode);
        if (!text || !text->text().starts_with("container:")) {
            continue;
        }
        const auto name = text->text().substr(10);
        for (const compose_service& one : given.project().services()) {
            const auto called = given.project().text(one.get("container_name"));
            if (!called || called->text() != name || one.name == given.of().name ||
                given.project().depends(given.of().name, one.name)) {
                continue;
            }
            if (auto* made = given.add(
                    "C09", mode,
                    given.of().name + " lives in the " +
                        (key == "network_mode" ? "network" : std::string(key)) + " of " + one.name +
                        ", which may be stopped before it: only service:" + one.name +
                        " is an order for Compose")) {
                if (mode.ref.source().text() == text->text()) {
                    made->edits.push_back(
                        {text->whole(mode.in->yaml.lines), "service:" + one.name});
                }
                made->fix = std::string(key) + ": service:" + one.name;
            }
        }
    }
}

bool has_own_data(const compose_service& of) {
    return of.get("volumes") || !of.is_absent("volumes");
}

bool has_host_port(const compose_service& of) {
    for (const compose_value& list : of.all("ports")) {
        for (const yaml_ref& one : list.ref.items()) {
            if (one.get("mode").text() == "host") {
                return true;
            }
        }
    }
    return false;
}

/// Traefik routes to it, without a port of the host.
bool is_routed_to(const compose_service& of) {
    const auto deploy = of.get("deploy");
    for (const yaml_ref& labels : {of.get("labels").ref, deploy.ref.get("labels")}) {
        for (const yaml_ref& one : labels.items()) {
            if (one.text() == "traefik.enable=true") {
                return true;
            }
        }
        if (labels.get("traefik.enable").text() == "true") {
            return true;
        }
    }
    return false;
}

}  // namespace

void check_compose_order(const compose_case& given) {
    check_uses(given);
    check_shared_network(given);
}

void check_compose_update(const compose_case& given) {
    const auto deploy = given.of().get("deploy");
    const auto update = deploy.ref.get("update_config");
    const auto replicas = deploy.ref.get("replicas");
    const auto order = update.get("order");
    const bool is_one = !replicas ? !deploy.ref.may_have_more() : replicas.integer() == 1;
    const bool is_stop_first =
        !order ? update.is_map() && !update.may_have_more() : order.text() == "stop-first";
    const auto mode = deploy.ref.get("mode");
    const bool is_replicated = !mode || mode.text() == "replicated";
    if (!update || !given.of().is_whole || given.of().all("deploy").size() != 1 || !is_one ||
        !is_stop_first || !is_replicated || has_own_data(given.of()) || has_host_port(given.of()) ||
        !(given.of().get("ports") || is_routed_to(given.of()))) {
        return;
    }
    const compose_value at{order ? order : deploy.ref.key("update_config"), deploy.in};
    auto* made = given.add("C07", at,
                           "the only replica is stopped before the new one is started, and until "
                           "that one answers nobody does");
    if (made == nullptr) {
        return;
    }
    made->sure = confidence::proven;
    made->fix = "order: start-first";
    if (order) {
        made->edits.push_back({order.used_at(), "start-first"});
    }
}

}  // namespace lastcall::lint
