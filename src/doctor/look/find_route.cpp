#include "doctor/look/find_route.hpp"

#include <algorithm>
#include <set>

#include "core/stop_cause.hpp"
#include "doctor/stop_evidence.hpp"
#include "sys/process/descriptor_list.hpp"
#include "sys/process/process_facts.hpp"

namespace lastcall::doctor {
namespace {

constexpr int kernel_threads = 2;  // their parent
constexpr std::size_t tree_at_most = 64;

std::set<std::uint64_t> listening_inodes(sys::inet_diag& ask, std::uint16_t port) {
    std::set<std::uint64_t> inodes;
    for (const int family : sys::tcp_families) {
        ask.list(family, port, sys::tcp_states::listening,
                 [&](const sys::tcp_line& line) { inodes.insert(line.inode); });
    }
    return inodes;
}

bool has_one_of(int pid, const std::set<std::uint64_t>& inodes) {
    const auto open = sys::descriptors_of(pid);
    return std::any_of(open.all.begin(), open.all.end(), [&](const sys::descriptor& one) {
        return one.kind == sys::descriptor_kind::socket && inodes.contains(one.inode);
    });
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

process_index::process_index(std::vector<sys::listed_process> all) : all_(std::move(all)) {
    std::sort(all_.begin(), all_.end(),
              [](const auto& a, const auto& b) { return a.entry.pid < b.entry.pid; });
    for (const auto& one : all_) {
        children_.emplace(one.entry.ppid, one.entry.pid);
    }
}

const sys::listed_process* process_index::find(int pid) const {
    const auto found =
        std::lower_bound(all_.begin(), all_.end(), pid,
                         [](const auto& one, int wanted) { return one.entry.pid < wanted; });
    return found == all_.end() || found->entry.pid != pid ? nullptr : &*found;
}

bool process_index::is_below(int pid, int top) const {
    for (const auto* one = find(pid); one != nullptr; one = find(one->entry.ppid)) {
        if (one->entry.pid == top) {
            return true;
        }
    }
    return false;
}

std::vector<int> process_index::tree_of(int root, std::size_t at_most) const {
    std::vector<int> found{root};
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto [begin, end] = children_.equal_range(found[i]);
        for (auto at = begin; at != end && found.size() < at_most; ++at) {
            found.push_back(at->second);
        }
    }
    return found;
}

int owner_of_port(const process_index& all, std::uint16_t port) {
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
    std::vector<int> owners;
    for (const auto& one : all.all()) {
        if (one.entry.ppid != kernel_threads && one.entry.pid != kernel_threads &&
            has_one_of(one.entry.pid, inodes)) {
            owners.push_back(one.entry.pid);
        }
    }
    if (owners.empty()) {
        throw look_error("who listens on " + name + " may not be looked at",
                         "run it as root, or as the user of that process");
    }
    // systemd holds the sockets of its units, too: it is not who serves.
    if (owners.size() > 1 && owners.front() == 1) {
        owners.erase(owners.begin());
    }
    const auto is_below = [&](int pid) {
        const auto* one = all.find(pid);
        return one != nullptr &&
               std::find(owners.begin(), owners.end(), one->entry.ppid) != owners.end();
    };
    const auto top = std::find_if_not(owners.begin(), owners.end(), is_below);
    return top == owners.end() ? owners.front() : *top;
}

int entry_above(const process_index& all, int pid) {
    if (namespace_pid_of(pid) != 0 && namespace_pid_of(pid) != pid) {
        for (int at = pid; at > 1;) {
            if (namespace_pid_of(at) == 1) {
                return at;
            }
            const auto* one = all.find(at);
            at = one == nullptr ? 0 : one->entry.ppid;
        }
    }
    int entry = pid;
    for (const auto* one = all.find(pid); one != nullptr && one->entry.ppid > 1;) {
        const auto* above = all.find(one->entry.ppid);
        if (above == nullptr || !only_starts_others(above->entry.pid)) {
            break;
        }
        entry = above->entry.pid;
        one = above;
    }
    return entry;
}

std::vector<int> route_from(const process_index& all, int entry) {
    const auto tree = all.tree_of(entry, tree_at_most);
    sys::inet_diag ask(entry);
    const auto inodes = ask.works() ? listening_inodes(ask, 0) : std::set<std::uint64_t>{};
    int service = 0;
    for (const int pid : tree) {
        if (!inodes.empty() && has_one_of(pid, inodes)) {
            service = pid;
            break;
        }
    }
    if (service == 0) {
        service = entry;
        for (auto below = all.tree_of(service, 3); below.size() > 1 && only_starts_others(service);
             below = all.tree_of(service, 3)) {
            service = below[1];
        }
    }
    std::vector<int> route;
    for (int at = service; at > 0;) {
        route.insert(route.begin(), at);
        const auto* one = all.find(at);
        at = at == entry || one == nullptr ? 0 : one->entry.ppid;
    }
    return route;
}

}  // namespace lastcall::doctor
