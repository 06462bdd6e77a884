#include "lint/rules/compose/service_digest.hpp"

#include "lint/chain/drain_term.hpp"
#include "lint/dockerfile/base_images.hpp"
#include "lint/launch/keep_alive.hpp"

namespace lastcall::lint {
namespace {

std::string known_text(const compose_project& project, const compose_value& value) {
    const auto text = value ? project.text(value) : std::nullopt;
    return text ? text->text() : std::string();
}

/// By the folder it is built from or, where a Dockerfile is named, by that.
void digest_build_of(const compose_case& given, budget_digest& into) {
    const auto& project = given.project();
    const auto build = given.of().get("build");
    if (!build) {
        return;
    }
    const bool is_map = build.ref.is_map();
    const auto of = [&](std::string_view key) {
        return known_text(project, {build.ref.get(key), build.in});
    };
    const bool is_usual = is_map && !build.ref.get("context") && !build.ref.may_have_more();
    const auto context = is_usual ? "." : is_map ? of("context") : known_text(project, build);
    const auto file = is_map ? build.ref.get("dockerfile") : yaml_ref();
    // Another stage than the last may start another program.
    const bool has_target = is_map && build.ref.get("target");
    if (context.empty() || has_target || (file && of("dockerfile").empty())) {
        return;
    }
    into.folder = whole_path(project.folder() / context);
    if (file) {
        into.path = whole_path(project.folder() / context / of("dockerfile"));
    }
}

}  // namespace

void digest_service(const compose_case& given, digest_store& into) {
    const auto& project = given.project();
    const auto& judged = project.judged();
    const auto& service = given.of();
    const auto said = service.get("stop_grace_period");
    const auto* teller = said ? said.in : service.layers.back().in;
    if (!given.grace() || teller != &judged || given.is_job()) {
        return;
    }
    const auto& report = given.report();
    const auto keep = [&](place at) { return keep_place(report.file(), report.text(), at); };
    budget_digest made;
    made.kind = digest_kind::container;
    made.name = "service " + service.name;
    made.where = keep(service.name_in(judged));
    made.container = known_text(project, service.get("container_name"));
    digest_build_of(given, made);
    if (made.folder.empty() && !service.get("build")) {
        made.image = read_image_reference(known_text(project, service.get("image"))).name;
    }
    made.has_own_command = !service.is_absent("command") || !service.is_absent("entrypoint");
    if (const auto* hop = given.chain().program(); hop != nullptr) {
        made.program = hop->call.name;
    }
    made.kill = budget_term{*given.grace(), "stop_grace_period",
                            said ? keep(said.ref.used_at()) : made.where, !said};
    // A place in another file, as in the Dockerfile that it is built by, is not of this text.
    made.drain = drain_term(given.chain(), given.chain_lines(),
                            [&](place at) { return given.starts_here() ? keep(at) : made.where; });
    made.hosts.push_back(service.name);
    if (!made.container.empty()) {
        made.hosts.push_back(made.container);
    }
    const auto idle = keep_alive_of(given.chain(), judged.yaml.lines);
    if (idle && given.starts_here()) {
        made.idle = budget_term{idle->value, idle->setting, idle->at ? keep(*idle->at) : made.where,
                                !idle->at};
    }
    into.add(std::move(made));
}

}  // namespace lastcall::lint
