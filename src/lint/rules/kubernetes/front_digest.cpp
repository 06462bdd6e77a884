#include "lint/rules/kubernetes/front_digest.hpp"

#include <algorithm>
#include <array>

#include "lint/rules/kubernetes/container_digest.hpp"
#include "lint/shell/invocation.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::seconds;

constexpr std::string_view alb_attributes = "alb.ingress.kubernetes.io/load-balancer-attributes";
constexpr std::string_view alb_group = "alb.ingress.kubernetes.io/group.name";
constexpr std::string_view alb_idle = "idle_timeout.timeout_seconds=";

/// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
constexpr seconds alb_usual{60};
/// Nobody can change it:
/// https://cloud.google.com/load-balancing/docs/https#timeout-keepalive-backends
constexpr seconds gce_fixed{600};

/// "alb", "gce"; empty: not known.
yaml_ref class_of(const yaml_ref& ingress) {
    const auto by_name = ingress.path("spec.ingressClassName");
    return by_name ? by_name
                   : ingress.path("metadata.annotations").get("kubernetes.io/ingress.class");
}

/// The names of the Services that its paths lead to.
std::vector<std::string> backends_of(const yaml_ref& ingress) {
    std::vector<std::string> made;
    const auto add = [&](const yaml_ref& backend) {
        if (const auto name = backend.path("service.name").text()) {
            made.emplace_back(*name);
        }
    };
    for (const yaml_ref& rule : ingress.path("spec.rules").items()) {
        for (const yaml_ref& one : rule.path("http.paths").items()) {
            add(one.get("backend"));
        }
    }
    add(ingress.path("spec.defaultBackend"));
    return made;
}

/// Unset: an attribute that is not known, or one of the group that this Ingress is only a part of.
std::optional<budget_term> alb_idle_of(const yaml_ref& ingress, const kept_place& at,
                                       const file_report& report) {
    const auto annotations = ingress.path("metadata.annotations");
    const auto attributes = annotations.get(alb_attributes);
    if (!attributes) {
        const bool may_be_set = annotations.may_have_more() || annotations.get(alb_group);
        return may_be_set ? std::nullopt
                          : std::optional(budget_term{alb_usual, "its idle timeout", at, true});
    }
    const auto text = attributes.text();
    const auto found = text ? text->find(alb_idle) : std::string_view::npos;
    if (!text || found == std::string_view::npos) {
        return text ? std::optional(budget_term{alb_usual, "its idle timeout", at, true})
                    : std::nullopt;
    }
    const auto value = text->substr(found + alb_idle.size());
    const auto digits = value.substr(0, value.find_first_not_of("0123456789"));
    const auto idle = shell::duration_of(digits);
    if (!idle) {
        return std::nullopt;
    }
    return budget_term{*idle, "idle_timeout.timeout_seconds",
                       keep_place(report.file(), report.text(), attributes.used_at())};
}

void digest_ingress(const yaml_ref& one, const file_report& report, digest_store& into) {
    const auto of = class_of(one);
    const auto name = of.text();
    budget_digest made;
    made.kind = digest_kind::front;
    made.hosts = backends_of(one);
    if (!name || made.hosts.empty() || one.is_conditional()) {
        return;
    }
    made.where = keep_place(report.file(), report.text(), of.used_at());
    if (*name == "alb") {
        made.name = "the load balancer of AWS";
        made.idle = alb_idle_of(one, made.where, report);
    } else if (*name == "gce" || *name == "gce-internal") {
        made.name = "the load balancer of Google Cloud";
        made.idle = budget_term{gce_fixed, "its keep-alive timeout", made.where, false};
    }
    if (made.idle) {
        into.add(std::move(made));
    }
}

}  // namespace

void digest_fronts(const manifest& all, const file_report& report, digest_store& into) {
    for (const yaml_ref& one : all.services) {
        const auto name = one.path("metadata.name");
        budget_digest made;
        made.kind = digest_kind::route;
        made.labels = labels_in(one.path("spec.selector"));
        if (!name.text() || made.labels.empty()) {
            continue;
        }
        made.hosts.emplace_back(*name.text());
        made.where = keep_place(report.file(), report.text(), name.used_at());
        into.add(std::move(made));
    }
    for (const yaml_ref& one : all.ingresses) {
        digest_ingress(one, report, into);
    }
}

}  // namespace lastcall::lint
