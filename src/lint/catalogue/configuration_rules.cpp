// The rules for the configurations of programs.
#include <array>

#include "lint/catalogue/catalogue.hpp"

namespace lastcall::lint {
namespace {

constexpr std::array configuration_table{
    rule{"X01", severity::warning, "nothing limits how long an old nginx worker stays",
         "At a reload, and at an orderly stop (SIGQUIT), a worker ends when its last connection "
         "has. A WebSocket or a proxied stream lasts for as long as its client wants, so that old "
         "workers pile up, or the stop ends in SIGKILL.",
         "nginx, Core functionality: https://nginx.org/en/docs/ngx_core_module.html"
         "#worker_shutdown_timeout",
         "Set worker_shutdown_timeout in the main context, below the time that the platform gives.",
         "events {}\nhttp { server { location / { proxy_pass http://app;\n"
         "  proxy_set_header Upgrade $http_upgrade; } } }",
         "worker_shutdown_timeout 25s;\nevents {}\nhttp { server { location / { proxy_pass "
         "http://app;\n  proxy_set_header Upgrade $http_upgrade; } } }"},
    rule{"X02", severity::warning, "PHP-FPM cuts requests off at an orderly stop",
         "process_control_timeout is how long the children may take to react to a signal of the "
         "master. With 0 they are killed while they serve a request, at a reload too.",
         "PHP manual, FPM configuration: "
         "https://www.php.net/manual/en/install.fpm.configuration.php",
         "Set process_control_timeout to what the longest request takes.",
         "[global]\nprocess_control_timeout = 0", "[global]\nprocess_control_timeout = 20s"},
    rule{"X03", severity::warning, "uWSGI takes SIGTERM for a reload",
         "Docker, Kubernetes and systemd send SIGTERM. uWSGI kills its workers, starts them again, "
         "and is killed when the grace period is over.",
         "uWSGI, Managing the server: "
         "https://uwsgi-docs.readthedocs.io/en/latest/Management.html"
         "#signals-for-controlling-uwsgi",
         "Set die-on-term = true, or have it stopped with SIGQUIT.", "[uwsgi]\nmaster = true",
         "[uwsgi]\nmaster = true\ndie-on-term = true"},
    rule{"X04", severity::warning, "nothing limits how long an old HAProxy stays",
         "At a reload, and at a soft stop (SIGUSR1), HAProxy ends when its last connection has. "
         "Tunnels and connections in use keep it: old processes pile up, or the stop ends in "
         "SIGKILL.",
         "HAProxy, Configuration Manual, section 3.1: "
         "https://docs.haproxy.org/2.8/configuration.html#3.1-hard-stop-after",
         "Set hard-stop-after in the global section.",
         "global\n  maxconn 100\ndefaults\n  timeout tunnel 1h\nfrontend web\n  bind :80",
         "global\n  maxconn 100\n  hard-stop-after 30s\ndefaults\n  timeout tunnel 1h\n"
         "frontend web\n  bind :80"},
    rule{"X05", severity::error, "gunicorn gives its requests no time to end",
         "graceful_timeout is how long a worker may go on after the stop signal. What is not "
         "answered by then is cut off.",
         "gunicorn settings: https://gunicorn.org/reference/settings/#graceful_timeout",
         "Set graceful_timeout to what the longest request takes, below the grace period of the "
         "platform.",
         "graceful_timeout = 0", "graceful_timeout = 25"},
    rule{"X06", severity::warning, "uvicorn waits for WebSockets without end",
         "On SIGTERM uvicorn waits until its connections are closed. A WebSocket, or a response "
         "that goes on, is not, and the platform kills the process with all that is in flight.",
         "uvicorn settings: https://www.uvicorn.org/settings/",
         "Add --timeout-graceful-shutdown (uvicorn 0.22 or later), below the grace period of the "
         "platform.",
         "web: uvicorn app:app --ws websockets",
         "web: uvicorn app:app --ws websockets --timeout-graceful-shutdown 20"},
    rule{"X07", severity::warning, "a Spring application ends in the middle of requests",
         "With server.shutdown=immediate, which was the default before Spring Boot 3.4, the web "
         "server closes its connections at once. timeout-per-shutdown-phase is how long an orderly "
         "shutdown may take, in milliseconds where no unit is given.",
         "Spring Boot, Graceful Shutdown: "
         "https://docs.spring.io/spring-boot/reference/web/graceful-shutdown.html",
         "Set server.shutdown=graceful, and give the timeout with its unit.",
         "server.shutdown=immediate", "server.shutdown=graceful"},
    rule{"X08", severity::warning, "supervisord does not let a program end in order",
         "It sends stopsignal (SIGTERM) to the process that it has started, waits stopwaitsecs "
         "(10 s), and sends SIGKILL. The signal has to be the one on which the program ends, has "
         "to reach it, and the time has to be enough.",
         "supervisord, Configuration File: "
         "http://supervisord.org/configuration.html#program-x-section-values",
         "Set stopsignal to what the program ends on, stopwaitsecs above its own limit, and "
         "stopasgroup=true where a shell is in front.",
         "[program:web]\ncommand=nginx -g \"daemon off;\"",
         "[program:web]\ncommand=nginx -g \"daemon off;\"\nstopsignal=QUIT"},
    rule{"X09", severity::warning, "what starts the program kills it too soon",
         "A runner gives its programs a time to end after its signal: pm2 1.6 s, foreman 5 s, "
         "Heroku 30 s. What takes longer is killed in the middle of its work.",
         "PM2, Graceful Start/Shutdown: "
         "https://pm2.keymetrics.io/docs/usage/signals-clean-restart/",
         "Make the runner's time longer than the program's own (kill_timeout), or that one "
         "shorter.",
         "web: gunicorn --graceful-timeout 60 app", "web: gunicorn --graceful-timeout 20 app"},
    rule{"X10", severity::warning, "a proxy does not end what goes through it",
         "A proxy in front has most connections of all. Without a time for them it cuts them off "
         "when it stops, or waits for the longest until the platform kills it. Envoy drains only "
         "when its admin interface is asked to.",
         "Traefik, EntryPoints: https://doc.traefik.io/traefik/v2.5/routing/entrypoints and Caddy, "
         "Global options: https://caddyserver.com/docs/caddyfile/options",
         "Set graceTimeOut (Traefik) or grace_period (Caddy), below the time that the platform "
         "gives; ask Envoy to drain before it is stopped.",
         "[entryPoints.web.transport.lifeCycle]\ngraceTimeOut = 0",
         "[entryPoints.web.transport.lifeCycle]\ngraceTimeOut = \"20s\""},
    rule{"X11", severity::warning, "a job's platform does not let the program end in order",
         "ECS waits stopTimeout (30 s, 120 s at most on Fargate), Nomad kill_timeout (5 s, after "
         "SIGINT, or the stop signal of a container), Fly kill_timeout (5 s, after SIGINT), and "
         "then they kill.",
         "AWS, ContainerDefinition: https://docs.aws.amazon.com/sdk-for-kotlin/api/latest/ecs/"
         "aws.sdk.kotlin.services.ecs.model/-container-definition/stop-timeout.html and Nomad, "
         "Configure exit signals: "
         "https://developer.hashicorp.com/nomad/docs/v2.0.x/job-declare/exit-signals",
         "Set the time above the program's own limit, and the signal to the one that it ends on.",
         "kill_signal = \"SIGKILL\"", "kill_signal = \"SIGTERM\""},
    rule{"X12", severity::warning, "a server of Ruby gives its work no time to end",
         "puma waits for its threads without end where nothing is said, sidekiq 25 s for its jobs "
         "(8 s before 6.0). "
         "With no time at all what they do is cut off.",
         "puma, lib/puma/dsl.rb: https://github.com/puma/puma/blob/master/lib/puma/dsl.rb and "
         "Sidekiq, Deployment: https://github.com/sidekiq/sidekiq/wiki/Deployment",
         "Take the timeout out, or set it below the grace period of the platform.",
         "force_shutdown_after :immediately", "force_shutdown_after 25"},
};

}  // namespace

std::span<const rule> configuration_rules() { return configuration_table; }

}  // namespace lastcall::lint
