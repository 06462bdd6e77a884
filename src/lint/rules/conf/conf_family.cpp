// Configurations of programs: X01 to X12.
#include <algorithm>
#include <array>

#include "lint/conf/configuration.hpp"
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

}  // namespace

void judge_configuration(const family_input& input, file_report& into) {
    const auto kind = conf_kind_at(input.path);
    const auto* judge = std::find_if(conf_judges.begin(), conf_judges.end(),
                                     [&](const conf_judge& one) { return one.kind == kind; });
    if (judge == conf_judges.end()) {
        return;
    }
    const configuration read(kind, input.text);
    if (read.is_template()) {
        return;
    }
    const conf_case given{input.path, input.text, read.file, read.yaml, into};
    judge->rule(given);
    digest_configuration(given, read, input.digests);
    if (read.is_yaml()) {
        into.accept(read.yaml.comments, read.yaml.statements(), read.yaml.lines, input.today);
    } else {
        into.accept(read.file.comments, read.file.statements(), read.file.lines, input.today);
    }
}

}  // namespace lastcall::lint
