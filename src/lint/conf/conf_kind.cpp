#include "lint/conf/conf_kind.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <system_error>

#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {
namespace {

/// A name that begins and ends so, and has the word in it; empty: anything.
struct conf_name {
    std::string_view begin;
    std::string_view word;
    std::string_view end;
    conf_kind kind;
};

constexpr std::array conf_names{
    conf_name{"", "nginx", ".conf", conf_kind::nginx},
    conf_name{"", "fpm", ".conf", conf_kind::php_fpm},
    conf_name{"", "uwsgi", ".ini", conf_kind::uwsgi},
    conf_name{"", "haproxy", ".cfg", conf_kind::haproxy},
    conf_name{"gunicorn", "", ".conf.py", conf_kind::gunicorn},
    conf_name{"gunicorn", "conf", ".py", conf_kind::gunicorn},
    conf_name{"application", "", ".properties", conf_kind::spring_properties},
    conf_name{"application", "", ".yml", conf_kind::spring_yaml},
    conf_name{"application", "", ".yaml", conf_kind::spring_yaml},
    conf_name{"", "supervisor", ".conf", conf_kind::supervisor},
    conf_name{"traefik", "", ".toml", conf_kind::traefik_toml},
    conf_name{"traefik", "", ".yml", conf_kind::traefik_yaml},
    conf_name{"traefik", "", ".yaml", conf_kind::traefik_yaml},
    conf_name{"", "", "caddyfile", conf_kind::caddy},
    conf_name{"caddyfile.", "", "", conf_kind::caddy},
    conf_name{"ecosystem.", "", ".js", conf_kind::pm2_script},
    conf_name{"ecosystem.", "", ".cjs", conf_kind::pm2_script},
    conf_name{"ecosystem.", "", "json", conf_kind::pm2_script},
    conf_name{"pm2.", "", ".js", conf_kind::pm2_script},
    conf_name{"pm2.", "", "json", conf_kind::pm2_script},
    conf_name{"ecosystem.", "", ".yml", conf_kind::pm2_yaml},
    conf_name{"ecosystem.", "", ".yaml", conf_kind::pm2_yaml},
    conf_name{"pm2.", "", ".yml", conf_kind::pm2_yaml},
    conf_name{"pm2.", "", ".yaml", conf_kind::pm2_yaml},
    conf_name{"process.", "", "process.yml", conf_kind::pm2_yaml},
    conf_name{"process.", "", "process.yaml", conf_kind::pm2_yaml},
    conf_name{"envoy", "", ".yaml", conf_kind::envoy},
    conf_name{"envoy", "", ".yml", conf_kind::envoy},
    conf_name{"procfile", "", "procfile", conf_kind::procfile},
    conf_name{"procfile.", "", "", conf_kind::procfile},
    conf_name{"", "task-definition", ".json", conf_kind::ecs},
    conf_name{"", "task_definition", ".json", conf_kind::ecs},
    conf_name{"", "taskdef", ".json", conf_kind::ecs},
    conf_name{"", "", ".nomad", conf_kind::nomad},
    conf_name{"", "", ".nomad.hcl", conf_kind::nomad},
    conf_name{"fly.", "", "toml", conf_kind::fly},
    conf_name{"puma", "", ".rb", conf_kind::puma},
    conf_name{"sidekiq", "", ".yml", conf_kind::sidekiq},
    conf_name{"sidekiq", "", ".yaml", conf_kind::sidekiq},
};

/// With nothing but programs of supervisord in it.
bool is_folder_of_programs(std::string_view name) {
    return name == "supervisor.d" || name == "supervisord.d";
}

bool is_folder_of_supervisor(std::string_view name) {
    return name == "supervisor" || name == "supervisord" || is_folder_of_programs(name);
}

}  // namespace

conf_kind conf_kind_of(std::string_view given) {
    const std::string name = lower(given);
    if (name.ends_with(".md") || name.ends_with(".lock")) {
        return conf_kind::none;
    }
    const auto* found =
        std::find_if(conf_names.begin(), conf_names.end(), [&](const conf_name& one) {
            return name.starts_with(one.begin) && name.ends_with(one.end) &&
                   name.find(one.word) != std::string::npos;
        });
    return found == conf_names.end() ? conf_kind::none : found->kind;
}

conf_kind conf_kind_at(const std::filesystem::path& file) {
    const auto by_name = conf_kind_of(file.filename().native());
    std::error_code failed;
    const auto folder = std::filesystem::absolute(file, failed).parent_path();
    const auto name = lower(folder.filename().native());
    const auto above = lower(folder.parent_path().filename().native());
    const auto end = lower(file.extension().native());
    if (failed || (end != ".conf" && end != ".ini")) {
        return by_name;
    }
    const bool has_programs =
        is_folder_of_programs(name) || (name == "conf.d" && is_folder_of_supervisor(above));
    return has_programs || (by_name == conf_kind::none && is_folder_of_supervisor(name))
               ? conf_kind::supervisor
               : by_name;
}

}  // namespace lastcall::lint
