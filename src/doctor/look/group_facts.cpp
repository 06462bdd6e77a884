#include "doctor/look/group_facts.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "sys/process/proc_reader.hpp"

namespace lastcall::doctor {
namespace {

std::uint64_t field_in_file(const std::string& file, std::string_view name) {
    sys::proc_path path(file);
    std::array<char, 2048> buffer;
    const auto text = sys::read_start(path, buffer);
    const std::string field = std::string(name) + " ";
    return text ? sys::parse_number(sys::field_of(*text, field)).value_or(0) : 0;
}

std::uint64_t number_in_file(const std::string& file) {
    sys::proc_path path(file);
    std::array<char, 64> buffer;
    const auto text = sys::read_start(path, buffer).value_or(std::string_view());
    return sys::parse_number(text.substr(0, text.find('\n'))).value_or(0);
}

void add_processor(const std::string& folder, seen_process& into) {
    into.group_periods += field_in_file(folder + "/cpu.stat", "nr_periods");
    into.group_throttled += field_in_file(folder + "/cpu.stat", "nr_throttled");
}

/// "cpu,cpuacct", or each alone in a hierarchy of its own.
bool has_controller(std::string_view list, std::string_view name) {
    for (std::size_t begin = 0; begin <= list.size();) {
        const auto end = std::min(list.find(',', begin), list.size());
        if (list.substr(begin, end - begin) == name) {
            return true;
        }
        begin = end + 1;
    }
    return false;
}

/// How many processes there may be: a limit holds for all groups below it, too.
void add_tasks(const std::string& mount, std::string group, seen_process& into) {
    for (; group.size() > 1; group.resize(group.rfind('/'))) {
        const std::string folder = mount + group;
        into.group_forks_refused += field_in_file(folder + "/pids.events", "max");
        const auto limit = number_in_file(folder + "/pids.max");  // "max" is none
        const auto tasks = number_in_file(folder + "/pids.current");
        if (limit > 0 && tasks >= limit && into.group_tasks_limit == 0) {
            into.group_tasks = tasks;
            into.group_tasks_limit = limit;
        }
    }
}

template <typename Take>
void for_each_group(int pid, const Take& take) {
    sys::proc_path path = sys::proc_path(pid) / "cgroup";
    sys::line_reader lines(path);
    while (const auto line = lines.next()) {
        const auto first = line->find(':');
        const auto second = line->find(':', first + 1);
        if (first != std::string_view::npos && second != std::string_view::npos) {
            take(line->substr(first + 1, second - first - 1),
                 std::string(line->substr(second + 1)));
        }
    }
}

}  // namespace

void read_group_facts(int pid, seen_process& into) {
    for_each_group(pid, [&](std::string_view controllers, const std::string& group) {
        if (group == "/") {
            return;
        }
        if (controllers.empty()) {
            const std::string folder = "/sys/fs/cgroup" + group;
            add_processor(folder, into);
            add_tasks("/sys/fs/cgroup", group, into);
            for (const auto* const name : {"high", "max", "oom"}) {
                into.group_reclaims += field_in_file(folder + "/memory.events", name);
            }
        } else if (has_controller(controllers, "cpu")) {
            add_processor("/sys/fs/cgroup/cpu" + group, into);
        } else if (has_controller(controllers, "memory")) {
            into.group_reclaims +=
                number_in_file("/sys/fs/cgroup/memory" + group + "/memory.failcnt");
        } else if (controllers == "pids") {
            add_tasks("/sys/fs/cgroup/pids", group, into);
        }
    });
}

std::string cgroup_of(int pid) {
    std::string unified;
    std::string named;
    for_each_group(pid, [&](std::string_view controllers, const std::string& group) {
        if (controllers.empty()) {
            unified = group;
        } else if (controllers == "name=systemd") {
            named = group;
        }
    });
    return unified.size() > 1 ? unified : named.empty() ? unified : named;
}

}  // namespace lastcall::doctor
