// Proxies in front: traefik, caddy and envoy (X10).
#include <algorithm>

#include "lint/conf/conf_time.hpp"
#include "lint/rules/conf/conf_case.hpp"

namespace lastcall::lint {
namespace {

void report_no_grace(const conf_case& given, place at) {
    given.report
        .add("X10", at, "traefik leaves requests no time to end: they are cut off when it stops")
        .sure = confidence::proven;
}

bool is_no_time(std::string_view text) {
    const auto value = conf_time(text);
    return value && value->count() == 0;
}

}  // namespace

void check_traefik_conf(const conf_case& given) {
    for (const conf_item& one : given.file.items) {
        const auto* table = given.file.parent(one);
        if (lower(one.name) == "gracetimeout" && table != nullptr &&
            lower(table->name).ends_with("lifecycle") && is_no_time(one.value())) {
            report_no_grace(given, conf_case::value_at(one));
        }
    }
    for (const yaml_ref& root : roots(given.yaml)) {
        for (const auto& [name, entry] : root.get("entryPoints").entries()) {
            const auto value = entry.path("transport.lifeCycle.graceTimeOut");
            if (value.text() && is_no_time(*value.text())) {
                report_no_grace(given, value.used_at());
            }
        }
    }
}

void check_caddy_conf(const conf_case& given) {
    if (may_be_set_elsewhere(given.file, conf_kind::caddy) ||
        !given.file.all("grace_period").empty()) {
        return;
    }
    const auto proxies = given.file.all("reverse_proxy");
    if (proxies.empty()) {
        return;  // a file ends by itself
    }
    auto& made = given.report.add("X10", proxies.front()->at,
                                  "caddy waits without end for what goes through here, when it is "
                                  "stopped and at a change of its configuration");
    made.how = severity::note;
    made.sure = confidence::hint;
    made.fix = "grace_period 20s in the global options, below what its platform gives it";
}

void check_envoy_conf(const conf_case& given) {
    for (const yaml_ref& root : roots(given.yaml)) {
        const auto listeners = root.path("static_resources.listeners");
        const bool has_admin = root.get("admin") || root.may_have_more();
        if (listeners.items().empty() || has_admin) {
            continue;
        }
        auto& made = given.report.add(
            "X10", root.path("static_resources").key("listeners").used_at(),
            "envoy drains when its admin interface is asked to, and it has none: when it is "
            "stopped it closes all connections at once");
        made.how = severity::note;
        made.sure = confidence::likely;
        made.fix =
            "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 9901}}}, and "
            "/drain_listeners?graceful before the stop";
        made.source =
            "https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/operations/draining";
    }
}

}  // namespace lastcall::lint
