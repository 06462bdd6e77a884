#include "core/supervisor.hpp"

#include <algorithm>
#include <array>

#include "core/name_list.hpp"

namespace lastcall::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto never = milliseconds::max();

constexpr std::array supervisors{
    supervisor{"supervisord", " supervisord ", "TERM", seconds(10), "stopwaitsecs",
               "http://supervisord.org/configuration.html#program-x-section-values"},
    supervisor{"runsv", " runsv ", "TERM", never, "", "http://smarden.org/runit/runsv.8"},
    supervisor{"runsvdir", " runsvdir ", "TERM", never, "", "http://smarden.org/runit/runsvdir.8"},
    supervisor{"s6-svscan", " s6-svscan ", "TERM", never, "",
               "https://skarnet.org/software/s6/s6-svscan.html"},
    supervisor{"s6-supervise", " s6-supervise ", "TERM", never, "timeout-kill",
               "https://skarnet.org/software/s6/servicedir.html"},
    supervisor{"pm2", " PM2* pm2 pm2-runtime ", "INT", milliseconds(1600), "kill_timeout",
               "https://pm2.keymetrics.io/docs/usage/signals-clean-restart/"},
    supervisor{"foreman", " foreman foreman:* ", "TERM", seconds(5), "--timeout",
               "https://ddollar.github.io/foreman/"},
    supervisor{"honcho", " honcho ", "TERM", seconds(5), "",
               "https://honcho.readthedocs.io/en/latest/"},
    supervisor{"su", " su ", "TERM", seconds(2), "",
               "https://man7.org/linux/man-pages/man1/su.1.html"},
    supervisor{"runuser", " runuser ", "TERM", seconds(2), "",
               "https://man7.org/linux/man-pages/man1/runuser.1.html"},
    supervisor{"circusd", " circusd ", "TERM", seconds(30), "graceful_timeout",
               "https://circus.readthedocs.io/en/latest/for-ops/configuration/"},
};

}  // namespace

std::span<const supervisor> all_supervisors() noexcept { return supervisors; }

const supervisor* find_supervisor(std::string_view name) noexcept {
    const auto* found =
        std::find_if(supervisors.begin(), supervisors.end(),
                     [&](const supervisor& one) { return is_listed(one.processes, name); });
    return found == supervisors.end() ? nullptr : found;
}

}  // namespace lastcall::core
