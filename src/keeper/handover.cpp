#include "keeper/handover.hpp"

#include <cerrno>

#include "sys/intercept/bind_filter.hpp"
#include "sys/socket/message_channel.hpp"

namespace lastcall::keeper {

handover::handover(bool guards_paths) : guards_paths_(guards_paths) {
    auto ends = sys::make_channel();
    ours_ = std::move(ends.ours);
    theirs_ = std::move(ends.theirs);
}

handover::handover(sys::unique_fd listener, const offers& what) {
    answer(std::move(listener), what);
}

void handover::answer(sys::unique_fd listener, const offers& what) {
    answers_ = std::make_unique<sys::bind_interceptor>(std::move(listener), what.sockets);
    answers_->open_ports(what.ports, what.open);
}

int handover::install(void* context) noexcept {
    const auto& self = *static_cast<const handover*>(context);
    sys::unique_fd listener;
    const auto result =
        sys::send_bind_filter(self.theirs_.get(), {.guards_paths = self.guards_paths_}, listener);
    if (!result.is_there()) {
        return result.error != 0 ? -result.error : -EIO;
    }
    return listener.release();
}

std::string handover::begin(const offers& what) {
    theirs_.reset();
    auto got = sys::receive_bind_filter(ours_.get());
    ours_.reset();
    if (!got.result.is_there()) {
        return sys::describe(got.result);
    }
    answer(std::move(got.listener), what);
    return {};
}

}  // namespace lastcall::keeper
