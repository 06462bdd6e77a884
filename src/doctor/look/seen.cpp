#include "doctor/look/seen.hpp"

#include <algorithm>
#include <array>

namespace lastcall::doctor {

namespace {

/// A part of a pipeline or of `>(…)`, which a shell may have beside what it waits for.
bool is_piped(const seen_process& shell, const seen_process& child) {
    constexpr std::array ends{0, 1};
    return std::any_of(ends.begin(), ends.end(), [&](int number) {
        const auto* end = child.descriptors.find(number);
        const auto* own = shell.descriptors.find(number);
        return end != nullptr && end->kind == sys::descriptor_kind::pipe &&
               (own == nullptr || own->inode != end->inode);
    });
}

}  // namespace

bool waits_for_events(const sys::thread_facts& one) noexcept {
    constexpr std::array calls{std::string_view("epoll_wait"),   std::string_view("epoll_pwait"),
                               std::string_view("epoll_pwait2"), std::string_view("poll"),
                               std::string_view("ppoll"),        std::string_view("select"),
                               std::string_view("pselect6"),     std::string_view("io_uring_enter"),
                               std::string_view("accept"),       std::string_view("accept4")};
    return std::find(calls.begin(), calls.end(), one.call_name) != calls.end();
}

const seen_socket* snapshot::find(const seen_socket& one) const {
    const auto found = std::lower_bound(sockets.begin(), sockets.end(), one, is_cookie_lower);
    return found == sockets.end() || found->line.cookie != one.line.cookie ? nullptr : &*found;
}

std::vector<const seen_process*> seen::children_of(int pid) const {
    std::vector<const seen_process*> found;
    for (const auto& [id, one] : second.processes) {
        if (one.entry.ppid == pid) {
            found.push_back(&one);
        }
    }
    return found;
}

const seen_process* seen::foreground_of(int shell) const {
    constexpr int sigint = 2;
    constexpr int sigquit = 3;
    const auto* above = find(shell);
    const seen_process* last = nullptr;
    for (const auto* child : children_of(shell)) {
        last = last == nullptr || child->entry.start_time >= last->entry.start_time ? child : last;
    }
    if (above == nullptr || last == nullptr || last->entry.is_dead() ||
        last->entry.pgid != above->entry.pgid) {  // with job control nothing is ignored
        return nullptr;
    }
    if (!last->descriptors.is_readable || is_piped(*above, *last)) {
        return nullptr;
    }
    // What is started with `&` has both ignored; bash has SIGQUIT ignored for itself, too.
    const auto is_default = [&](int number) {
        return !last->ignores(number) && !last->catches(number);
    };
    return is_default(sigint) && is_default(sigquit) && !above->ignores(sigint) ? last : nullptr;
}

bool seen::is_on_route(int pid) const {
    return std::find(route.begin(), route.end(), pid) != route.end();
}

int seen::hop_before(int pid) const {
    const auto found = std::find(route.begin(), route.end(), pid);
    return found == route.end() || found == route.begin() ? 0 : *(found - 1);
}

int seen::hop_behind(int pid) const {
    const auto found = std::find(route.begin(), route.end(), pid);
    return found == route.end() || found + 1 == route.end() ? 0 : *(found + 1);
}

const script_place* seen::script_of(int pid) const {
    const auto found = std::find_if(scripts.begin(), scripts.end(),
                                    [&](const script_place& one) { return one.shell == pid; });
    return found == scripts.end() ? nullptr : &*found;
}

const supervised* seen::supervision_of(int pid) const {
    if (platform.signals_all()) {
        return nullptr;
    }
    int looked_at = 0;
    for (const auto* at = find(pid); at != nullptr && looked_at < 64; ++looked_at) {
        for (const supervised& one : supervisions) {
            if (one.program == at->pid() && is_on_route(one.supervisor)) {
                return &one;
            }
        }
        at = find(at->entry.ppid);
    }
    return nullptr;
}

int seen::signal_to(int pid) const {
    const auto* by = supervision_of(pid);
    return by == nullptr ? signal : by->signal;
}

const std::string& seen::signal_name_to(int pid) const {
    const auto* by = supervision_of(pid);
    return by == nullptr ? signal_name : by->signal_name;
}

std::vector<const seen_socket*> seen::sockets_of(int pid) const {
    std::vector<const seen_socket*> found;
    const auto* process = find(pid);
    for (const auto& one : second.sockets) {
        if (process != nullptr && process->has_socket(one.line.inode)) {
            found.push_back(&one);
        }
    }
    return found;
}

}  // namespace lastcall::doctor
