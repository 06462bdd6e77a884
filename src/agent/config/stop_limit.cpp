#include "agent/config/stop_limit.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/values.hpp"
#include "sys/socket/notify.hpp"

namespace lastcall::agent {
namespace {

using namespace std::chrono_literals;

std::string own_unit() {
    std::ifstream file("/proc/self/cgroup");
    std::ostringstream text;
    text << file.rdbuf();
    const auto unit = sys::unit_of_cgroup(text.str());
    return unit.empty() ? "the unit" : unit;
}

}  // namespace

stop_limit find_stop_limit() {
    if (const char* const set = std::getenv("LASTCALL_GRACE"); set != nullptr) {
        return {config::to_duration(set, "LASTCALL_GRACE"), "LASTCALL_GRACE",
                "it, and the platform's own limit,"};
    }
    std::string why;
    if (const auto asked = sys::systemd_stop_timeout(why)) {
        if (*asked == std::chrono::microseconds::max()) {
            return {};
        }
        return {*asked, "TimeoutStopSec of " + own_unit(), "TimeoutStopSec"};
    }
    if (std::getenv("KUBERNETES_SERVICE_HOST") != nullptr) {
        return {30s, "the default of Kubernetes", "terminationGracePeriodSeconds", false};
    }
    if (std::filesystem::exists("/.dockerenv") || std::filesystem::exists("/run/.containerenv")) {
        return {10s, "the default of docker stop", "stop_grace_period, or docker stop -t,", false};
    }
    return {};
}

core::budget_input budget_input_of(const host_spec& host, const stop_limit& limit) {
    core::budget_input made;
    for (const auto& one : host.services) {
        made.services.push_back({one.name, one.after, one.stop.grace, one.stop.delay,
                                 one.stop.reserve, !one.stop.pre_stop.empty()});
    }
    made.stop_within = host.stop_within;
    made.limit = limit.time;
    made.limit_source = limit.source;
    made.limit_setting = limit.setting;
    made.limit_is_sure = limit.is_sure;
    return made;
}

}  // namespace lastcall::agent
