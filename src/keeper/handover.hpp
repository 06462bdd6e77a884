// The hand-over for programs that know nothing of LISTEN_FDS: a filter in the child, and
// whoever answers the calls that it tells of. docs/handover.md
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sys/fd.hpp"
#include "sys/intercept/bind_interceptor.hpp"
#include "sys/process/service_start.hpp"

namespace lastcall::keeper {

class handover {
public:
    /// What a program gets: sockets, and at ports whatever it binds.
    struct offers {
        std::vector<sys::bind_interceptor::offer> sockets;
        std::vector<sys::bind_interceptor::port> ports;
        sys::bind_interceptor::opener open;
    };

    /// Before the fork. `guards_paths`: a unix socket is among them.
    /// Errors: std::system_error (no descriptors).
    explicit handover(bool guards_paths);

    /// Goes on with a filter that is there: after an upgrade, or an adoption.
    handover(sys::unique_fd listener, const offers& what);

    handover(const handover&) = delete;
    handover& operator=(const handover&) = delete;

    /// What the child does; its descriptor is held by its lastcall-init.
    [[nodiscard]] sys::child_hook hook() noexcept { return {&handover::install, this}; }

    /// In the parent, after the fork. Blocks until the child is under the filter, or gone.
    /// Returns: why there is none; empty: there is.
    [[nodiscard]] std::string begin(const offers& what);

    [[nodiscard]] int fd() const noexcept { return answers_ ? answers_->fd() : -1; }
    [[nodiscard]] int listener() const noexcept { return answers_ ? answers_->listener() : -1; }
    void withdraw(std::uint64_t inode) {
        if (answers_) {
            answers_->withdraw(inode);
        }
    }
    [[nodiscard]] std::vector<sys::intercept_event> take() { return answers_->on_readable(); }

private:
    static int install(void* context) noexcept;
    void answer(sys::unique_fd listener, const offers& what);

    sys::unique_fd ours_, theirs_;
    bool guards_paths_ = false;
    std::unique_ptr<sys::bind_interceptor> answers_;
};

}  // namespace lastcall::keeper
