#include "lint/conf/drain_setting.hpp"

#include <algorithm>
#include <array>

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto endless = drain_setting::without_end;
constexpr milliseconds in_seconds{1000};
constexpr milliseconds in_milliseconds{1};

constexpr std::string_view spring_key = "spring.lifecycle.timeout-per-shutdown-phase";
constexpr std::string_view spring_what = "each phase of Spring's shutdown may take";
constexpr std::string_view spring_source =
    "https://docs.spring.io/spring-boot/reference/web/graceful-shutdown.html";
constexpr std::string_view redis_source =
    "https://redis.io/docs/latest/operate/oss_and_stack/reference/signals/";
constexpr std::string_view traefik_source =
    "https://doc.traefik.io/traefik/routing/entrypoints/#lifecycle";
constexpr std::string_view traefik_option = "--entrypoints.*.transport.lifecycle.gracetimeout";
constexpr std::string_view traefik_variable =
    "TRAEFIK_ENTRYPOINTS_*_TRANSPORT_LIFECYCLE_GRACETIMEOUT";

constexpr std::array settings{
    drain_setting{"nginx", conf_kind::nginx, "worker_shutdown_timeout", "", "", "", in_seconds,
                  endless, "nginx lets connections stay for up to", false,
                  "https://nginx.org/en/docs/ngx_core_module.html#worker_shutdown_timeout"},
    drain_setting{"php-fpm", conf_kind::php_fpm, "process_control_timeout", "", "", "", in_seconds,
                  seconds(0), "PHP-FPM lets requests run for up to", false,
                  "https://www.php.net/manual/en/install.fpm.configuration.php"},
    drain_setting{"haproxy", conf_kind::haproxy, "hard-stop-after", "", "", "", in_milliseconds,
                  endless, "HAProxy lets connections stay for up to", false,
                  "https://docs.haproxy.org/2.8/configuration.html#3.1-hard-stop-after"},
    drain_setting{"gunicorn", conf_kind::gunicorn, "graceful_timeout", "--graceful-timeout", "",
                  "GUNICORN_CMD_ARGS", in_seconds, seconds(30),
                  "gunicorn lets requests run for up to", false,
                  "https://gunicorn.org/reference/settings/#graceful_timeout"},
    drain_setting{"uvicorn", conf_kind::none, "", "--timeout-graceful-shutdown", "",
                  "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN", in_seconds, endless,
                  "uvicorn lets requests run for up to", false,
                  "https://www.uvicorn.org/settings/"},
    drain_setting{"uwsgi", conf_kind::uwsgi, "worker-reload-mercy", "--worker-reload-mercy", "",
                  "UWSGI_WORKER_RELOAD_MERCY", in_seconds, seconds(60), "", false,
                  "https://uwsgi-docs.readthedocs.io/en/latest/Options.html"},
    drain_setting{"redis-server", conf_kind::redis, "shutdown-timeout", "--shutdown-timeout", "",
                  "", in_seconds, seconds(10), "redis waits for its replicas for up to", false,
                  redis_source},
    drain_setting{"valkey-server", conf_kind::redis, "shutdown-timeout", "--shutdown-timeout", "",
                  "", in_seconds, seconds(10), "valkey waits for its replicas for up to", false,
                  redis_source},
    drain_setting{"java", conf_kind::spring_properties, spring_key,
                  "--spring.lifecycle.timeout-per-shutdown-phase",
                  "-Dspring.lifecycle.timeout-per-shutdown-phase", spring_variable, in_milliseconds,
                  std::nullopt, spring_what, false, spring_source},
    drain_setting{"java", conf_kind::spring_yaml, spring_key, "", "", "", in_milliseconds,
                  std::nullopt, spring_what, false, spring_source},
    drain_setting{"supervisord", conf_kind::supervisor, "stopwaitsecs", "", "", "", in_seconds,
                  seconds(10), "supervisord lets a program run for up to", false,
                  "http://supervisord.org/configuration.html#program-x-section-values"},
    drain_setting{"caddy", conf_kind::caddy, "grace_period", "", "", "", in_seconds, endless,
                  "caddy lets connections stay for up to", false,
                  "https://caddyserver.com/docs/caddyfile/options#grace-period"},
    drain_setting{"caddy", conf_kind::caddy_json, "apps.http.grace_period", "", "", "", in_seconds,
                  endless, "caddy lets connections stay for up to", false,
                  "https://caddyserver.com/docs/json/apps/http/#grace_period"},
    drain_setting{"traefik", conf_kind::traefik_toml, "graceTimeOut", traefik_option, "",
                  traefik_variable, in_seconds, seconds(10), "traefik lets requests run for up to",
                  false, traefik_source},
    drain_setting{"traefik", conf_kind::traefik_yaml, "transport.lifeCycle.graceTimeOut", "", "",
                  "", in_seconds, seconds(10), "traefik lets requests run for up to", false,
                  traefik_source},
    drain_setting{"puma", conf_kind::puma, "force_shutdown_after", "", "", "", in_seconds, endless,
                  "puma lets requests run for up to", false,
                  "https://puma.io/puma/Puma/DSL.html#force_shutdown_after-instance_method"},
    drain_setting{"sidekiq", conf_kind::sidekiq, ":timeout", "--timeout", "-t", "", in_seconds,
                  seconds(25), "sidekiq lets jobs run for up to", false,
                  "https://github.com/sidekiq/sidekiq/wiki/Deployment"},
    drain_setting{"celery", conf_kind::none, "", "--time-limit", "", "", in_seconds, std::nullopt,
                  "celery ends when its tasks have, which may take", true,
                  "https://docs.celeryq.dev/en/stable/userguide/workers.html#stopping-the-worker"},
    drain_setting{"artisan", conf_kind::none, "", "--timeout", "", "", in_seconds, std::nullopt,
                  "artisan ends when its job has, which may take", true,
                  "https://laravel.com/docs/queues#job-expirations-and-timeouts"},
};

}  // namespace

std::span<const drain_setting> drain_settings() noexcept { return settings; }

const drain_setting* drain_setting_of(conf_kind kind) noexcept {
    const auto* found = std::find_if(settings.begin(), settings.end(), [&](const auto& one) {
        return one.kind == kind && kind != conf_kind::none;
    });
    return found == settings.end() ? nullptr : found;
}

}  // namespace lastcall::lint
