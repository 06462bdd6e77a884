// Configurations of programs: X01 to X12.
#include <algorithm>
#include <array>

#include "lint/conf/conf_kind.hpp"
#include "lint/conf/read_conf.hpp"
#include "lint/rules/conf/conf_case.hpp"
#include "lint/rules/conf/conf_digest.hpp"
#include "lint/rules/families.hpp"

namespace lastcall::lint {
namespace {

struct conf_judge {
    conf_kind kind;
    conf_rule rule;
};

constexpr std::array conf_judges{
    conf_judge{conf_kind::nginx, check_nginx_conf},
    conf_judge{conf_kind::php_fpm, check_php_fpm_conf},
    conf_judge{conf_kind::uwsgi, check_uwsgi_conf},
    conf_judge{conf_kind::haproxy, check_haproxy_conf},
    conf_judge{conf_kind::gunicorn, check_gunicorn_conf},
    conf_judge{conf_kind::spring_properties, check_spring_conf},
    conf_judge{conf_kind::spring_yaml, check_spring_conf},
    conf_judge{conf_kind::supervisor, check_supervisor_conf},
    conf_judge{conf_kind::traefik_toml, check_traefik_conf},
    conf_judge{conf_kind::traefik_yaml, check_traefik_conf},
    conf_judge{conf_kind::caddy, check_caddy_conf},
    conf_judge{conf_kind::envoy, check_envoy_conf},
    conf_judge{conf_kind::pm2_script, check_pm2_conf},
    conf_judge{conf_kind::pm2_yaml, check_pm2_yaml},
    conf_judge{conf_kind::procfile, check_procfile},
    conf_judge{conf_kind::ecs, check_ecs_task},
    conf_judge{conf_kind::nomad, check_nomad_job},
    conf_judge{conf_kind::fly, check_fly_conf},
    conf_judge{conf_kind::puma, check_puma_conf},
    conf_judge{conf_kind::sidekiq, check_sidekiq_conf},
};

/// Jinja, ERB, Helm: what is absent may be put there, so that nothing is known.
bool is_template(std::string_view text) {
    return text.find("{%") != text.npos || text.find("{{") != text.npos ||
           text.find("<%") != text.npos;
}

bool is_yaml_conf(conf_kind kind) {
    return kind == conf_kind::spring_yaml || kind == conf_kind::traefik_yaml ||
           kind == conf_kind::ecs || kind == conf_kind::sidekiq || kind == conf_kind::envoy ||
           kind == conf_kind::pm2_yaml;
}

conf_file read_conf(conf_kind kind, std::string_view text, std::string& kept) {
    switch (kind) {
        case conf_kind::nginx:
            return read_braces(text, brace_style::nginx);
        case conf_kind::caddy:
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
            return read_hcl(text, kept);
        default: {
            conf_file made;
            made.lines = line_index(text);
            return made;
        }
    }
}

}  // namespace

void judge_configuration(const family_input& input, file_report& into) {
    const auto kind = conf_kind_of(input.path.filename().native());
    const auto* judge = std::find_if(conf_judges.begin(), conf_judges.end(),
                                     [&](const conf_judge& one) { return one.kind == kind; });
    if (judge == conf_judges.end()) {
        return;
    }
    std::string kept;
    const auto yaml = is_yaml_conf(kind) ? read_yaml(input.text) : yaml_file();
    const auto file = read_conf(kind, input.text, kept);
    // A job of Nomad has texts with templates in it, which are none of its own.
    if (is_template(kept.empty() ? input.text : kept)) {
        return;
    }
    const conf_case given{input.path, input.text, file, yaml, into};
    judge->rule(given);
    digest_configuration(given, kind, input.digests);
    if (is_yaml_conf(kind)) {
        into.accept(yaml.comments, yaml.statements(), yaml.lines, input.today);
    } else {
        into.accept(file.comments, file.statements(), file.lines, input.today);
    }
}

}  // namespace lastcall::lint
