#include "feed.hpp"

namespace orders {

void feed::join(lastcall::http::exchange x) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t id = next_++;
    std::move(x).accept_websocket({
        .opened =
            [this, id](lastcall::http::websocket self) {
                const std::lock_guard inner(mutex_);
                members_.emplace(id, std::move(self));
            },
        .message = [](const lastcall::http::websocket& self,
                      std::string text) { self.send(std::move(text)); },
        .closed =
            [this, id] {
                const std::lock_guard inner(mutex_);
                members_.erase(id);
            },
    });
}

void feed::publish(const std::string& event) {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, member] : members_) {
        member.send(event);
    }
}

}  // namespace orders
