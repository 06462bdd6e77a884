#include "lint/rules/conf/conf_digest.hpp"

#include <algorithm>
#include <array>

#include "lint/conf/conf_time.hpp"
#include "lint/dockerfile/base_images.hpp"
#include "lint/rules/conf/connection_digest.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Where a program keeps the time that it gives its work.
struct drain_setting {
    conf_kind kind;
    std::string_view program;
    std::string_view key;
    milliseconds bare{1000};  ///< what a number without a unit is in
};

constexpr std::array drain_settings{
    drain_setting{conf_kind::nginx, "nginx", "worker_shutdown_timeout"},
    drain_setting{conf_kind::php_fpm, "php-fpm", "process_control_timeout"},
    drain_setting{conf_kind::haproxy, "haproxy", "hard-stop-after", milliseconds(1)},
    drain_setting{conf_kind::gunicorn, "gunicorn", "graceful_timeout"},
    drain_setting{conf_kind::spring_properties, "java",
                  "spring.lifecycle.timeout-per-shutdown-phase", milliseconds(1)},
    drain_setting{conf_kind::supervisor, "supervisord", "stopwaitsecs"},
    drain_setting{conf_kind::caddy, "caddy", "grace_period"},
    drain_setting{conf_kind::puma, "puma", "force_shutdown_after"},
};

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

/// The longest that the file says; programs that supervisord stops side by side take the longest.
std::optional<budget_term> drain_of(const conf_case& given, const drain_setting& of) {
    std::optional<budget_term> made;
    for (const conf_item* one : given.file.all(of.key)) {
        const auto value = conf_time(one->value(), of.bare);
        if (value && (!made || made->value < *value)) {
            made = budget_term{*value, std::string(of.key), keep(given, conf_case::value_at(*one))};
        }
    }
    // Settings of a program that are computed, or set twice, are not known.
    const bool is_script = of.kind == conf_kind::gunicorn || of.kind == conf_kind::puma;
    return is_script && only_setting(given.file, of.key) == nullptr ? std::nullopt : made;
}

void digest_program(const conf_case& given, const drain_setting& of, digest_store& into) {
    auto made = digest_of(given, of.program);
    made.drain = drain_of(given, of);
    if (!made.drain) {
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

void digest_yaml(const conf_case& given, std::string_view program, const yaml_ref& value,
                 std::string_view key, milliseconds bare, digest_store& into) {
    const auto time = value.text() ? conf_time(*value.text(), bare) : std::nullopt;
    if (time) {
        auto made = digest_of(given, program);
        made.drain = budget_term{*time, std::string(key), keep(given, value.used_at())};
        made.where = made.drain->where;
        into.add(std::move(made));
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

void digest_configuration(const conf_case& given, conf_kind kind, digest_store& into) {
    const auto* drain = std::find_if(drain_settings.begin(), drain_settings.end(),
                                     [&](const drain_setting& one) { return one.kind == kind; });
    if (drain != drain_settings.end()) {
        digest_program(given, *drain, into);
    } else if (kind == conf_kind::fly) {
        digest_fly(given, into);
    } else if (kind == conf_kind::ecs) {
        digest_ecs(given, into);
    } else if (kind == conf_kind::spring_yaml || kind == conf_kind::sidekiq) {
        const auto all = roots(given.yaml);
        if (all.size() != 1) {
            return;  // parts for some profiles
        }
        if (kind == conf_kind::sidekiq) {
            digest_yaml(given, "sidekiq", all.front().get(":timeout"), ":timeout", seconds(1),
                        into);
        } else {
            digest_yaml(given, "java",
                        all.front().path("spring.lifecycle.timeout-per-shutdown-phase"),
                        "timeout-per-shutdown-phase", milliseconds(1), into);
        }
    }
}

}  // namespace lastcall::lint
