#include "sys/process/group_leaf.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <vector>

#include "sys/error_text.hpp"
#include "sys/fd.hpp"
#include "sys/process/process_facts.hpp"
#include "sys/process/process_table.hpp"

namespace lastcall::sys {
namespace {

int write_into(const std::string& file, const std::string& text) noexcept {
    const unique_fd to(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    return to && ::write(to.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size())
               ? 0
               : errno;
}

/// Whether it is this process or a descendant of it.
bool is_of_ours(int pid) noexcept {
    const int self = ::getpid();
    constexpr int deepest = 1000;
    for (int walked = 0; pid > 1 && walked < deepest; ++walked) {
        if (pid == self) {
            return true;
        }
        const auto facts = read_process(pid);
        if (!facts) {
            return true;  // it has ended: it is in nobody's way
        }
        pid = facts->ppid;
    }
    return pid == self;
}

std::string name_of(int pid) {
    process_facts facts;
    return "pid " + std::to_string(pid) +
           (read_process_facts(pid, facts) ? ", " + std::string(facts.comm.view()) : "");
}

std::vector<int> processes_in(const std::string& folder) {
    std::vector<int> found;
    std::ifstream file(folder + "/cgroup.procs");
    for (int pid = 0; file >> pid;) {
        found.push_back(pid);
    }
    return found;
}

/// Returns: why not.
std::string move_all(const std::string& from, const std::string& to) {
    // Who is forked meanwhile is in the next list.
    constexpr int walks = 10;
    for (int walk = 0; walk < walks; ++walk) {
        const auto all = processes_in(from);
        if (all.empty()) {
            return {};
        }
        for (const int pid : all) {
            if (pid <= 0 || !is_of_ours(pid)) {
                return "a process that is not lastcall's is in " + from + " too (" +
                       (pid <= 0 ? std::string("of another container") : name_of(pid)) + ")";
            }
            const int error = write_into(to + "/cgroup.procs", std::to_string(pid));
            if (error != 0 && error != ESRCH) {
                return "the keeper cannot move itself into " + to + ": " + error_text(error);
            }
        }
    }
    return "processes come faster than they can be moved into " + to;
}

std::string leaf_of(const std::string& folder) { return folder + "/" + std::string(leaf_name); }

void leave_leaf(const std::string& folder) {
    for (const int pid : processes_in(leaf_of(folder))) {
        write_into(folder + "/cgroup.procs", std::to_string(pid));
    }
    ::rmdir(leaf_of(folder).c_str());
}

}  // namespace

std::string_view above_leaf(std::string_view path) noexcept {
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos || path.substr(slash + 1) != leaf_name) {
        return path;
    }
    return slash == 0 ? std::string_view("/") : path.substr(0, slash);
}

std::string move_into_leaf(const std::string& folder) {
    const std::string leaf = leaf_of(folder);
    const bool is_new = ::mkdir(leaf.c_str(), 0755) == 0;
    if (!is_new && errno != EEXIST) {
        return "the keeper cannot make a cgroup for itself, " + leaf + ": " + error_text(errno);
    }
    auto why = move_all(folder, leaf);
    if (!why.empty() && is_new) {
        leave_leaf(folder);
    }
    return why;
}

std::string enable_beside_leaf(const std::string& folder, const std::string& controller) {
    if (auto why = move_into_leaf(folder); !why.empty()) {
        return why;
    }
    const int error = write_into(folder + "/cgroup.subtree_control", "+" + controller);
    if (error == 0) {
        return {};
    }
    leave_leaf(folder);
    return "the controller " + controller + " cannot be enabled in " + folder + ": " +
           error_text(error);
}

}  // namespace lastcall::sys
