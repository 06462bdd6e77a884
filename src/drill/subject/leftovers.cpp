// What should not be there after the exit: processes, sockets on the port, files. Some of it
// is only a moment late, so each is looked for until it is gone, or the patience is over.
#include <algorithm>
#include <array>
#include <fstream>

#include "drill/subject/stop_watch.hpp"
#include "sys/process/process.hpp"
#include "sys/process/process_set.hpp"
#include "sys/socket/port_state.hpp"

namespace lastcall::drill {
namespace {

constexpr auto patience = std::chrono::milliseconds(300);
constexpr auto between_looks = std::chrono::milliseconds(10);

/// Looks until nothing is found, or it is time. Returns: what the last look found.
template <typename Look>
auto what_stays(const Look& look) {
    const auto until = clock::now() + patience;
    auto found = look();
    while (!found.empty() && clock::now() < until) {
        sys::sleep_until(clock::now() + between_looks);
        found = look();
    }
    return found;
}

std::string of_process(int pid) {
    return "pid " + std::to_string(pid) + " " + sys::command_of(pid);
}

bool is_marker_file(std::string_view name) {
    static constexpr std::array<std::string_view, 4> endings{".pid", ".lock", ".sock", ".tmp"};
    return std::any_of(endings.begin(), endings.end(),
                       [name](std::string_view ending) { return name.ends_with(ending); });
}

/// Whether the file holds one of these ids, as a pid file does.
bool holds_pid(const std::string& path, const std::set<int>& pids) {
    std::ifstream file(path);
    int pid = 0;
    return file >> pid && pids.contains(pid);
}

}  // namespace

void stop_watch::find_processes(const subject& who, trial_record& into) const {
    const auto left = what_stays([&who] { return who.everybody(); });
    for (const int pid : left) {
        into.leftovers.push_back({leftover::kind::process, of_process(pid)});
    }
}

void stop_watch::find_sockets(trial_record& into) const {
    if (!plan_.server || !shares_network_ || !plan_.port_is_freed) {
        return;
    }
    static constexpr int listen = 10;
    static constexpr std::array<int, 5> open_states{1, 4, 5, 8, listen};
    const auto left = what_stays([this] {
        auto all = sys::sockets_of_port(plan_.server->port());
        std::erase_if(all, [&](const sys::port_socket& one) {
            return std::find(open_states.begin(), open_states.end(), one.state) ==
                   open_states.end();
        });
        return all;
    });
    if (left.empty()) {
        return;
    }
    std::set<std::uint64_t> inodes;
    for (const auto& one : left) {
        if (one.inode != 0) {
            inodes.insert(one.inode);
        }
    }
    const auto owners = sys::owners_of(inodes);
    for (const auto& one : left) {
        std::string whose = one.inode == 0 ? "nobody's, the kernel's" : "owner not visible";
        for (const auto& [pid, inode] : owners) {
            whose = inode == one.inode ? of_process(pid) : whose;
        }
        const auto kind =
            one.state == listen ? leftover::kind::listener : leftover::kind::connection;
        into.leftovers.push_back(
            {kind, one.local + (one.state == listen ? "" : " from " + one.peer) + " " +
                       std::string(sys::name_of_tcp_state(one.state)) +
                       (one.unsent > 0 ? ", " + std::to_string(one.unsent) + " bytes unsent" : "") +
                       " (" + whose + ")"});
    }
}

void stop_watch::find_files(trial_record& into) const {
    const auto add = [&into](leftover::kind kind, const std::string& path) {
        const auto is_same = [&path](const leftover& one) { return one.text == path; };
        if (std::none_of(into.leftovers.begin(), into.leftovers.end(), is_same)) {
            into.leftovers.push_back({kind, path});
        }
    };
    for (const auto& path : files_.sockets) {
        if (sys::is_there(path)) {
            add(leftover::kind::unix_socket, path);
        }
    }
    // A log or a database stays, also below /tmp; a pid file, a lock or what has a name as
    // mkstemp(3) makes them should not.
    for (const auto& path : files_.paths) {
        const bool is_temporary = path.starts_with(temporary_ + "/") &&
                                  path.substr(path.rfind('/') + 1).starts_with("tmp");
        if (sys::is_there(path) && (is_marker_file(path) || is_temporary)) {
            add(leftover::kind::file, path);
        }
    }
    for (const auto& name : sys::names_in(folder_)) {
        if (!in_folder_.contains(name) && is_marker_file(name)) {
            add(name.ends_with(".sock") ? leftover::kind::unix_socket : leftover::kind::file,
                folder_ + "/" + name);
        }
    }
    // Everybody uses these folders: only what tells whose it is.
    for (const auto& folder : {temporary_, std::string("/run"), std::string("/var/run")}) {
        for (const auto& name : sys::names_in(folder)) {
            const auto path = folder + "/" + name;
            if (name.ends_with(".pid") && holds_pid(path, pids_)) {
                add(leftover::kind::file, path);
            }
        }
    }
}

}  // namespace lastcall::drill
