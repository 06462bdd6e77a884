#include "doctor/look/peek.hpp"

#include <algorithm>
#include <cerrno>

namespace lastcall::doctor {
namespace {

constexpr std::size_t connections_at_most = 256;

/// The descriptor of a process that is this socket; -1: none.
int number_of_socket(const seen_process& owner, std::uint64_t inode) {
    const auto& all = owner.descriptors.all;
    const auto found = std::find_if(all.begin(), all.end(), [&](const sys::descriptor& one) {
        return one.kind == sys::descriptor_kind::socket && one.inode == inode;
    });
    return found == all.end() ? -1 : found->number;
}

}  // namespace

void peek_at_clients(seen& made) {
    std::size_t asked = 0;
    bool is_refused = false;
    for (auto& one : made.second.sockets) {
        const bool has_unread = one.is_client && one.line.is(sys::tcp_states::established) &&
                                one.line.waiting > 0 && !one.owners.empty();
        if (!has_unread || ++asked > connections_at_most) {
            continue;
        }
        const int owner = one.owners.front();
        one.unread =
            sys::peek_at(owner, number_of_socket(made.second.processes.at(owner), one.line.inode),
                         one.line.inode);
        is_refused = is_refused || (!one.unread && errno == EPERM);
    }
    if (is_refused) {
        made.blind_spots.push_back({"what clients have sent, and nobody has read yet",
                                    "pidfd_getfd(2) needs the right to trace the process",
                                    "run it as root, with CAP_SYS_PTRACE", "L46"});
    }
}

}  // namespace lastcall::doctor
