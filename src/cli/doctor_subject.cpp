#include "cli/doctor_subject.hpp"

#include <chrono>

#include <lastcall/duration.hpp>

#include "cli/doctor_platform.hpp"
#include "cli/json_fields.hpp"
#include "cli/problem.hpp"
#include "sys/process/control_group.hpp"
#include "sys/process/open_files.hpp"
#include "sys/socket/notify.hpp"

namespace lastcall::cli {
namespace {

using doctor::platform_facts;
using doctor::platform_kind;

platform_facts facts_of_service(const doctor_wish& wish) {
    agent::api_client client(wish.where.target());
    const auto service = client.get(agent::service_path(wish.service));
    platform_facts made;
    made.kind = platform_kind::lastcall;
    made.name = "service " + wish.service;
    for (const auto& one : list_in(service, "generations")) {
        const int pid = static_cast<int>(number_in(one, "pid"));
        if (pid > 0 && (made.main_pid == 0 || text_in(one, "role") == "current")) {
            made.main_pid = pid;
        }
    }
    if (made.main_pid == 0) {
        throw problem(
            "service " + wish.service + " does not run (" + text_in(service, "state") + ")",
            "lastcall status " + wish.service + " tells why", status_inconclusive);
    }
    return made;
}

bool systemd_runs() { return sys::is_there("/run/systemd/system"); }

/// The unit that a process belongs to, where nobody named one; empty: none.
platform_facts platform_of_cgroup(const std::string& group) {
    const auto unit = sys::unit_of_cgroup(group);
    // Units of a user's manager are not the system's to ask for.
    if (unit.empty() || group.find("/user@") != std::string::npos || !systemd_runs()) {
        return {};
    }
    try {
        return facts_of_unit(unit);
    } catch (const problem&) {
        return {};  // it was not asked for: what is known without it is told
    }
}

/// Of the unit no process is there.
problem nobody_of(const platform_facts& unit) {
    std::string what = unit.name + " does not run (" + unit.active + ", " + unit.sub +
                       "), and left no process behind";
    std::string hint = "systemctl start " + unit.id;
    if (unit.has_signalled()) {
        what = unit.name +
               " has no process any more, and systemd does not know that yet: it is at " + unit.sub;
        if (unit.sub_age) {
            what += ", for " + to_text(std::chrono::floor<std::chrono::seconds>(*unit.sub_age));
        }
        hint = "under cgroup v1 in a container the kernel tells it nothing; it goes on after " +
               unit.grace_setting;
        if (unit.grace && *unit.grace != std::chrono::nanoseconds::max()) {
            hint += " (" + to_text(*unit.grace) + ")";
        }
    }
    if (unit.pid_in_file != 0) {
        what +=
            "; " + unit.pid_file + " is left, and names pid " + std::to_string(unit.pid_in_file);
    }
    return problem(what, hint, status_inconclusive);
}

}  // namespace

doctor::look_request subject_of(const doctor_wish& wish) {
    doctor::look_request made;
    if (!wish.unit.empty()) {
        const bool is_whole = wish.unit.find('.') != std::string::npos;
        made.platform = facts_of_unit(is_whole ? wish.unit : wish.unit + ".service");
        if (made.platform.main_pid == 0 && made.platform.members.empty()) {
            throw nobody_of(made.platform);
        }
        made.pid =
            made.platform.main_pid != 0 ? made.platform.main_pid : made.platform.members.front();
        made.ask_platform = [name = made.platform.name.substr(5)](const std::string&) {
            return facts_of_unit(name);
        };
    } else if (!wish.container.empty()) {
        made.platform = facts_of_container(wish.container);
        made.pid = made.platform.main_pid;
    } else if (!wish.service.empty()) {
        made.platform = facts_of_service(wish);
        made.pid = made.platform.main_pid;
    } else if (wish.port != 0) {
        made.port = static_cast<std::uint16_t>(wish.port);
        made.ask_platform = platform_of_cgroup;
    } else {
        made.pid = static_cast<int>(std::stol(wish.pid));
        made.ask_platform = platform_of_cgroup;
    }
    made.count_restarts = restarts_of;
    made.subject = made.platform.kind != platform_kind::none ? made.platform.name
                   : made.port != 0                          ? "port " + std::to_string(made.port)
                                                             : "pid " + wish.pid;
    return made;
}

}  // namespace lastcall::cli
