#include "doctor/look/find_route.hpp"

#include <algorithm>
#include <set>

#include "core/stop_cause.hpp"
#include "doctor/stop_evidence.hpp"
#include "sys/process/descriptor_list.hpp"
#include "sys/process/proc_reader.hpp"
#include "sys/process/process_details.hpp"
#include "sys/process/process_facts.hpp"
#include "sys/process/process_table.hpp"
#include "sys/socket/inet_diag.hpp"

namespace lastcall::doctor {
namespace {

constexpr std::size_t tree_at_most = 64;

std::set<std::uint64_t> listening_inodes(sys::inet_diag& ask, std::uint16_t port) {
    std::set<std::uint64_t> inodes;
    for (const int family : sys::tcp_families) {
        ask.list(family, port, sys::tcp_states::listening,
                 [&](const sys::tcp_line& line) { inodes.insert(line.inode); });
    }
    return inodes;
}

int parent_of(int pid) {
    const auto entry = sys::read_process(pid);
    return entry ? entry->ppid : 0;
}

bool has_any_socket(int pid, const std::set<std::uint64_t>& inodes) {
    return sys::has_socket_of(pid, [&](std::uint64_t inode) { return inodes.contains(inode); });
}

/// The first that has one of them, systemd left out, which holds the sockets of its units. 0:
/// nobody.
int find_owner_by(const std::function<bool(int pid)>& has_one) {
    sys::proc_path path("/proc");
    sys::folder_reader processes(path);
    while (const auto pid = processes.next_number()) {
        if (*pid != 1 && has_one(*pid)) {
            return *pid;
        }
    }
    return 0;
}

int find_owner(const std::set<std::uint64_t>& inodes) {
    const auto is_meant = [&](std::uint64_t inode) { return inodes.contains(inode); };
    int owner = find_owner_by([&](int pid) { return sys::has_early_socket_of(pid, is_meant); });
    if (owner == 0) {
        owner = find_owner_by([&](int pid) { return sys::has_socket_of(pid, is_meant); });
    }
    return owner == 0 && sys::has_socket_of(1, is_meant) ? 1 : owner;
}

/// A shell that somebody types into: it has a terminal, and no program to read.
bool is_interactive(const std::vector<std::string>& arguments) {
    return arguments.size() <= 1 ||
           std::all_of(arguments.begin() + 1, arguments.end(), [](const std::string& one) {
               return one.starts_with('-') && one.find('c') == std::string::npos;
           });
}

/// What is only there to start something else.
bool only_starts_others(int pid) {
    sys::process_facts facts;
    if (!sys::read_process_facts(pid, facts)) {
        return false;
    }
    const auto program = program_of(facts);
    return (core::is_shell(program) && !is_interactive(sys::arguments_of(pid))) ||
           core::is_init(program) || !core::launcher_in(facts.command.view()).empty();
}

int namespace_pid_of(int pid) {
    sys::process_facts facts;
    return sys::read_process_facts(pid, facts) ? facts.namespace_pid : 0;
}

}  // namespace

std::vector<int> tree_of(int root, std::size_t at_most) {
    std::vector<sys::process_entry> below(at_most);
    const auto found = sys::find_descendants(root, below);
    std::vector<int> made{root};
    for (std::size_t i = 0; i < found.count; ++i) {
        made.push_back(below[i].pid);
    }
    return made;
}

bool is_below(int pid, int top) {
    for (int at = pid; at > 0; at = parent_of(at)) {
        if (at == top) {
            return true;
        }
    }
    return false;
}

int owner_of_port(std::uint16_t port) {
    sys::inet_diag ask;
    const auto name = "port " + std::to_string(port);
    if (!ask.works()) {
        throw look_error(name + ": the kernel does not tell who listens there",
                         "give the process id instead");
    }
    const auto inodes = listening_inodes(ask, port);
    if (inodes.empty()) {
        throw look_error("nobody listens on " + name,
                         "`ss -ltn` lists who listens; ports of containers are looked at with "
                         "--container");
    }
    int owner = find_owner(inodes);
    if (owner == 0) {
        throw look_error("who listens on " + name + " may not be looked at",
                         "run it as root, or as the user of that process");
    }
    // Of a master and its workers the master is meant.
    for (int above = parent_of(owner); above > 1 && has_any_socket(above, inodes);
         above = parent_of(owner)) {
        owner = above;
    }
    return owner;
}

std::optional<int> other_at_port(std::uint16_t port, const snapshot& known) {
    sys::inet_diag ask;
    auto inodes = listening_inodes(ask, port);
    for (const auto& one : known.sockets) {
        inodes.erase(one.line.inode);
    }
    return inodes.empty() ? std::nullopt : std::optional(find_owner(inodes));
}

int entry_above(int pid) {
    if (namespace_pid_of(pid) != 0 && namespace_pid_of(pid) != pid) {
        for (int at = pid; at > 1; at = parent_of(at)) {
            if (namespace_pid_of(at) == 1) {
                return at;
            }
        }
    }
    int entry = pid;
    for (int above = parent_of(pid); above > 1 && only_starts_others(above);
         above = parent_of(above)) {
        entry = above;
    }
    return entry;
}

std::vector<int> route_from(int entry) {
    const auto tree = tree_of(entry, tree_at_most);
    sys::inet_diag ask(entry);
    const auto inodes = ask.works() ? listening_inodes(ask, 0) : std::set<std::uint64_t>{};
    int service = 0;
    for (const int pid : tree) {
        if (!inodes.empty() && has_any_socket(pid, inodes)) {
            service = pid;
            break;
        }
    }
    if (service == 0) {
        service = entry;
        for (auto below = tree_of(service, 3); below.size() > 1 && only_starts_others(service);
             below = tree_of(service, 3)) {
            service = below[1];
        }
    }
    std::vector<int> route;
    for (int at = service; at > 0;) {
        route.insert(route.begin(), at);
        at = at == entry ? 0 : parent_of(at);
    }
    return route;
}

}  // namespace lastcall::doctor
