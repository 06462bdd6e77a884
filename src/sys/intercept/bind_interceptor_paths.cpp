// The paths of unix sockets. A program removes the path before it binds, and when it ends; but
// the path is where its successor, or its predecessor, is reached at that moment.
#include <fcntl.h>
#include <sys/syscall.h>

#include <cerrno>

#include "sys/intercept/bind_interceptor.hpp"

namespace lastcall::sys {

const bind_interceptor::shared* bind_interceptor::socket_at(
    const std::optional<folder_entry>& entry) const {
    for (const shared& each : sockets_) {
        if (entry && each.address.kind == listen_address::family::path &&
            (entry_of(each.address.name) == entry || entry_of(each.bound_path) == entry)) {
            return &each;
        }
    }
    return nullptr;
}

void bind_interceptor::on_remove(const waiting_call& call, int folder, std::uint64_t path) {
    const calling_thread caller(call.thread);
    const auto name = caller.read_path(path);
    const shared* const ours = name ? socket_at(caller.entry(folder, *name)) : nullptr;
    if (ours == nullptr) {
        channel_.pass(call.id);
    } else {
        // As if it had been removed: what follows is a bind, which is served, or the end.
        channel_.answer(call.id, 0);
    }
}

void bind_interceptor::on_rename(const waiting_call& call) {
    const calling_thread caller(call.thread);
    const bool has_folders = call.number == SYS_renameat || call.number == SYS_renameat2;
    const int from_folder = has_folders ? call.as_int(0) : AT_FDCWD;
    const int to_folder = has_folders ? call.as_int(2) : AT_FDCWD;
    const auto from = caller.read_path(call.arguments[has_folders ? 1 : 0]);
    const auto to = caller.read_path(call.arguments[has_folders ? 3 : 1]);
    const shared* ours = from ? socket_at(caller.entry(from_folder, *from)) : nullptr;
    if (ours == nullptr && to) {
        ours = socket_at(caller.entry(to_folder, *to));
    }
    if (ours == nullptr) {
        channel_.pass(call.id);
        return;
    }
    channel_.answer(call.id, EBUSY);
    tell_problem(ours->name,
                 caller.text() + " renames " + *from + " to " + *to +
                     ": a socket that is bound under another name and moved to " +
                     ours->address.text() +
                     " can not be intercepted; let the program bind that path, or hand the socket "
                     "over by inheritance",
                 caller.process());
}

}  // namespace lastcall::sys
