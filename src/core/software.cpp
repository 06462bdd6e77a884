#include "core/software.hpp"

#include <algorithm>
#include <array>

#include "core/name_list.hpp"

namespace lastcall::core {
namespace {

constexpr std::array table{
    software{"nginx", " nginx nginx-debug openresty ", " QUIT ",
             "closes its connections at once, whatever is in flight on them", "",
             "https://nginx.org/en/docs/control.html"},
    software{"PHP-FPM", " php-fpm* ", " QUIT ",
             "ends its workers at once, in the middle of requests", "",
             "https://www.php.net/manual/en/install.fpm.configuration.php"},
    software{"Apache httpd", " httpd apache2 httpd-foreground apache2-foreground ", " WINCH ",
             "ends its children at once, in the middle of requests", "",
             "https://httpd.apache.org/docs/2.4/stopping.html"},
    software{"HAProxy", " haproxy ", " USR1 ", "drops its connections at once", "",
             "https://docs.haproxy.org/2.8/management.html#4"},
    software{"PostgreSQL", " postgres ", " INT ",
             "waits until every client has left by itself (SIGTERM), or leaves a recovery to the "
             "next start (SIGQUIT)",
             "", "https://www.postgresql.org/docs/current/server-shutdown.html"},
    software{"uWSGI", " uwsgi ", " INT QUIT ", "reloads instead of ending", "--die-on-term",
             "https://uwsgi-docs.readthedocs.io/en/latest/Management.html"},
    software{"Gunicorn", " gunicorn ", " TERM ", "ends its workers at once", "",
             "https://gunicorn.org/signals/"},
    software{"Puma", " puma ", " TERM INT ", "ends at once (SIGQUIT), or starts anew (SIGUSR2)", "",
             "https://github.com/puma/puma/blob/master/docs/signals.md"},
    software{"Caddy", " caddy ", " TERM INT ", "drops its connections at once (SIGQUIT)", "",
             "https://caddyserver.com/docs/command-line#signals"},
    // Envoy and Traefik are no packages of Debian: their own documentation says so, and no test.
    // Envoy drains only when its administration interface is asked to; no signal does it.
    software{"Envoy", " envoy ", " TERM INT ", "goes on, or ends without closing anything", "",
             "https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/operations/draining"},
    software{"Traefik", " traefik ", " TERM INT ", "drops its connections at once (SIGQUIT)", "",
             "https://doc.traefik.io/traefik/routing/entrypoints/#lifecycle"},
    software{"supervisord", " supervisord ", " TERM INT QUIT ", "does not end", "",
             "http://supervisord.org/running.html#signals"},
    software{"pm2", " pm2 pm2-runtime PM2* ", " TERM INT QUIT ", "does not end", "",
             "https://pm2.keymetrics.io/docs/usage/signals-clean-restart/"},
    software{"s6-svscan", " s6-svscan ", " TERM INT QUIT ", "does not end", "",
             "https://skarnet.org/software/s6/s6-svscan.html"},
    software{"s6-supervise", " s6-supervise ", " TERM ", "does not stop its service", "",
             "https://skarnet.org/software/s6/s6-supervise.html"},
    software{"runsvdir", " runsvdir ", " HUP ", "ends without a word to its services, which go on",
             "", "http://smarden.org/runit/runsvdir.8"},
    software{"runsv", " runsv ", " TERM ", "leaves its service running", "",
             "http://smarden.org/runit/runsv.8"},
    software{"the Java virtual machine", " java ", " TERM INT HUP ",
             "prints its threads and goes on (SIGQUIT)", "",
             "https://docs.oracle.com/en/java/javase/17/troubleshoot/"
             "handle-signals-and-exceptions.html"},
};

}  // namespace

bool software::ends_in_order(std::string_view signal) const noexcept {
    return is_between_blanks(orderly, signal);
}

std::string_view software::best() const noexcept {
    const auto begin = orderly.substr(1);
    return begin.substr(0, begin.find(' '));
}

std::span<const software> all_software() noexcept { return table; }

const software* find_software(std::string_view program) noexcept {
    const auto found = std::find_if(table.begin(), table.end(), [&](const software& one) {
        return is_listed(one.programs, program);
    });
    return found == table.end() ? nullptr : &*found;
}

}  // namespace lastcall::core
