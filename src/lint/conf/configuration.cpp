#include "lint/conf/configuration.hpp"

#include <algorithm>

#include "lint/conf/read_conf.hpp"

namespace lastcall::lint {
namespace {

bool is_yaml_kind(conf_kind kind) {
    return kind == conf_kind::spring_yaml || kind == conf_kind::traefik_yaml ||
           kind == conf_kind::ecs || kind == conf_kind::sidekiq || kind == conf_kind::caddy_json ||
           kind == conf_kind::envoy || kind == conf_kind::pm2_yaml;
}

conf_file read_conf(conf_kind kind, std::string_view text, std::string& masked) {
    switch (kind) {
        case conf_kind::nginx:
            return read_braces(text, brace_style::nginx);
        case conf_kind::caddy:
        case conf_kind::redis:  // a line is an item there, too
            return read_braces(text, brace_style::caddy);
        case conf_kind::haproxy:
            return read_haproxy(text);
        case conf_kind::php_fpm:
            return read_ini(text, ini_style::php);
        case conf_kind::uwsgi:
            return read_ini(text, ini_style::uwsgi);
        case conf_kind::supervisor:
            return read_ini(text, ini_style::supervisor);
        case conf_kind::traefik_toml:
        case conf_kind::fly:
            return read_ini(text, ini_style::toml);
        case conf_kind::spring_properties:
            return read_properties(text);
        case conf_kind::gunicorn:
            return read_script_conf(text, script_style::python);
        case conf_kind::puma:
            return read_script_conf(text, script_style::ruby);
        case conf_kind::procfile:
            return read_script_conf(text, script_style::procfile);
        case conf_kind::nomad:
            return read_hcl(text, masked);
        default: {
            conf_file made;
            made.lines = line_index(text);
            return made;
        }
    }
}

/// Files of nginx's main context that are there to load modules: what Debian and the packages of
/// nginx itself put into /etc/nginx/modules-enabled and /usr/share/nginx/modules.
bool loads_modules(const conf_item& include) {
    const auto path = include.value();
    return path.find("modules-enabled/") != path.npos || path.find("nginx/modules/") != path.npos;
}

bool imports(const conf_file& file) {
    const auto options = file.in(nullptr, "");
    return !file.in(nullptr, "import").empty() ||
           std::any_of(options.begin(), options.end(), [&](const conf_item* one) {
               return file.last_in(one, "import") != nullptr;
           });
}

}  // namespace

configuration::configuration(conf_kind what, std::string_view given)
    : kind(what),
      text(given),
      file(read_conf(what, given, masked)),
      yaml(is_yaml_kind(what) ? read_yaml(given) : yaml_file()) {}

bool configuration::is_yaml() const noexcept { return is_yaml_kind(kind); }

bool configuration::is_template() const noexcept {
    // A job of Nomad has texts with templates in it, which are none of its own.
    const std::string_view read = masked.empty() ? text : std::string_view(masked);
    return read.find("{%") != read.npos || read.find("{{") != read.npos ||
           read.find("<%") != read.npos;
}

bool may_be_set_elsewhere(const conf_file& file, conf_kind kind) {
    const auto has = [&](std::string_view name) { return !file.all(name).empty(); };
    switch (kind) {
        case conf_kind::nginx: {
            const auto includes = file.in(nullptr, "include");
            return !std::all_of(includes.begin(), includes.end(),
                                [](const conf_item* one) { return loads_modules(*one); });
        }
        case conf_kind::caddy:
            return imports(file);
        case conf_kind::haproxy:
            return has(".if");
        case conf_kind::redis:
            return has("include");
        case conf_kind::uwsgi:
            return has("ini") || has("include") || has("inherit") || has("import") || has("xml") ||
                   has("json") || has("yaml");
        default:
            return false;
    }
}

}  // namespace lastcall::lint
