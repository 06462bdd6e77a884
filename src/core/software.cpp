#include "core/software.hpp"

#include <algorithm>
#include <array>

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
             "https://docs.gunicorn.org/en/stable/signals.html"},
    software{"supervisord", " supervisord ", " TERM INT QUIT ", "does not end", "",
             "http://supervisord.org/running.html#signals"},
    software{"the Java virtual machine", " java ", " TERM INT HUP ",
             "prints its threads and goes on (SIGQUIT)", "",
             "https://docs.oracle.com/en/java/javase/17/troubleshoot/"
             "handle-signals-and-exceptions.html"},
};

bool is_between_blanks(std::string_view list, std::string_view name) noexcept {
    for (std::size_t at = list.find(name); at != list.npos && !name.empty();
         at = list.find(name, at + 1)) {
        if (at > 0 && list[at - 1] == ' ' && at + name.size() < list.size() &&
            list[at + name.size()] == ' ') {
            return true;
        }
    }
    return false;
}

/// "php-fpm*" is for php-fpm8.2, too.
bool has_pattern(std::string_view list, std::string_view name) noexcept {
    for (std::size_t star = list.find('*'); star != list.npos; star = list.find('*', star + 1)) {
        const auto begin = list.rfind(' ', star) + 1;
        const auto stem = list.substr(begin, star - begin);
        if (name.substr(0, stem.size()) == stem) {
            return true;
        }
    }
    return false;
}

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
        return is_between_blanks(one.programs, program) || has_pattern(one.programs, program);
    });
    return found == table.end() ? nullptr : &*found;
}

}  // namespace lastcall::core
