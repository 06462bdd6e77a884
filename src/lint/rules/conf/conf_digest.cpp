#include "lint/rules/conf/conf_digest.hpp"

#include <algorithm>

#include "lint/conf/conf_time.hpp"
#include "lint/dockerfile/base_images.hpp"
#include "lint/rules/conf/connection_digest.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

budget_digest digest_of(const conf_case& given, std::string_view program) {
    budget_digest made;
    made.kind = digest_kind::configuration;
    made.name = given.report.file();
    made.program = program;
    made.path = whole_path(given.path);
    return made;
}

kept_place keep(const conf_case& given, place at) {
    return keep_place(given.report.file(), given.text, at);
}

/// Programs that supervisord stops side by side take the longest.
void digest_program(const conf_case& given, const configuration& read, const drain_setting& of,
                    digest_store& into) {
    auto made = digest_of(given, of.program);
    const auto found = find_drain(read, of);
    if (found && found->time != drain_setting::without_end) {
        made.drain = budget_term{found->time, std::string(of.key), keep(given, found->at)};
    } else {
        made.drain = tunnel_of(given, of.kind);
    }
    made.idle = idle_of_conf(given, of.kind);
    if (made.drain || made.idle) {
        made.where = made.drain ? made.drain->where : made.idle->where;
        into.add(std::move(made));
    }
    if (of.kind == conf_kind::nginx) {
        digest_upstreams(given, into);
    }
}

/// fly.toml stands beside the Dockerfile that it runs.
void digest_fly(const conf_case& given, digest_store& into) {
    const auto* set = given.file.last_in(nullptr, "kill_timeout");
    const auto value =
        set == nullptr ? std::optional<milliseconds>(seconds(5)) : conf_time(set->value());
    const bool has_other_image =
        std::any_of(given.file.items.begin(), given.file.items.end(), [](const conf_item& one) {
            return one.name == "image" || one.name == "dockerfile" || one.name == "builder" ||
                   one.name == "buildpacks" || one.name == "processes" || one.name == "cmd";
        });
    if (!value || has_other_image || given.file.items.empty()) {
        return;
    }
    auto made = digest_of(given, {});
    made.kind = digest_kind::container;
    made.name = "the app of " + given.report.file();
    made.path.clear();
    made.folder = fs::path(whole_path(given.path)).parent_path().generic_string();
    const auto at = set == nullptr ? given.file.items.front().at : conf_case::value_at(*set);
    made.where = keep(given, at);
    made.kill = budget_term{*value, "kill_timeout", made.where, set == nullptr};
    into.add(std::move(made));
}

void digest_ecs(const conf_case& given, digest_store& into) {
    for (const yaml_ref& root : roots(given.yaml)) {
        for (const yaml_ref& one : root.get("containerDefinitions").items()) {
            const auto image = one.get("image").text();
            const auto set = one.get("stopTimeout");
            if (!image || (set && !set.integer())) {
                continue;
            }
            auto made = digest_of(given, {});
            made.kind = digest_kind::container;
            made.name = "container " + std::string(one.get("name").text().value_or("of the task"));
            made.path.clear();
            made.image = read_image_reference(*image).name;
            made.has_own_command = one.get("command") || one.get("entryPoint");
            made.where = keep(given, one.get("image").used_at());
            made.kill = budget_term{seconds(set.integer().value_or(30)), "stopTimeout",
                                    set ? keep(given, set.used_at()) : made.where, !set};
            into.add(std::move(made));
        }
    }
}

}  // namespace

void digest_configuration(const conf_case& given, const configuration& read, digest_store& into) {
    const auto* drain = drain_setting_of(read.kind);
    if (drain != nullptr && !drain->what.empty()) {
        digest_program(given, read, *drain, into);
    } else if (read.kind == conf_kind::fly) {
        digest_fly(given, into);
    } else if (read.kind == conf_kind::ecs) {
        digest_ecs(given, into);
    }
}

}  // namespace lastcall::lint
