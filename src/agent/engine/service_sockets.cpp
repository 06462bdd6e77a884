// The sockets that the keeper opens in the name of a service.
#include <algorithm>
#include <sstream>

#include "agent/engine/service.hpp"

namespace lastcall::agent {

void service::open_sockets(const outcome& then) {
    check_traffic(spec_, while_alive(alive_, [this, then](const std::string& problem) {
                      problem.empty() ? open_sockets_of(spec_, then) : then(problem);
                  }));
}

/// Those that are not open yet, or at another address.
void service::open_sockets_of(const service_spec& wanted, const outcome& then) {
    auto left = std::make_shared<std::size_t>(1);
    auto problem = std::make_shared<std::string>();
    const auto one_less = [left, problem, then] {
        if (--*left == 0) {
            then(*problem);
        }
    };
    if (wanted.traffic.how == traffic_spec::kind::local) {
        for (const auto& one : wanted.sockets) {
            const auto there = opened_.find(one.name);
            const bool is_there = there != opened_.end() && there->second == one.address;
            if (one.how == handover::none || is_there) {
                continue;
            }
            if (there != opened_.end()) {
                close_socket(one.name);
            }
            ++*left;
            wire::keeper_message ask("listen");
            ask.add("service", name()).add("socket", one.name).add("address", one.address);
            ask.add("backlog", one.backlog).add("mode", static_cast<std::int64_t>(one.mode));
            host_.keeper.ask(std::move(ask),
                             while_alive(alive_, [this, one, problem,
                                                  one_less](const wire::keeper_message& answer) {
                                 if (answer.is("done")) {
                                     addresses_[one.name] = answer.text("address");
                                     opened_[one.name] = one.address;
                                 } else if (problem->empty()) {
                                     *problem = why_failed(answer);
                                 }
                                 one_less();
                             }));
        }
    }
    one_less();
}

void service::close_socket(const std::string& socket) {
    host_.keeper.ask(wire::keeper_message("unlisten").add("service", name()).add("socket", socket));
    addresses_.erase(socket);
    opened_.erase(socket);
}

/// What an earlier version had, and the current one has not.
void service::close_surplus_sockets() {
    std::vector<std::string> surplus;
    for (const auto& opened : opened_) {
        const bool is_wanted = std::ranges::any_of(spec_.sockets, [&](const auto& one) {
            return one.name == opened.first && one.how != handover::none;
        });
        if (!is_wanted) {
            surplus.push_back(opened.first);
        }
    }
    for (const auto& socket : surplus) {
        close_socket(socket);
    }
}

void service::close_all_sockets() {
    while (!opened_.empty()) {
        close_socket(std::string(opened_.begin()->first));
    }
}

void service::look_at_queues(const std::function<void()>& then) {
    if (opened_.empty()) {
        return then();
    }
    host_.keeper.ask(wire::keeper_message("queues").add("service", name()),
                     [this, owner = std::weak_ptr(alive_), then](const auto& answer) {
                         if (!owner.expired()) {
                             queued_.clear();
                             for (const auto& queue : answer.all("queue")) {
                                 std::istringstream words(queue);  // SOCKET GENERATION WAITING …
                                 std::string socket, generation;
                                 std::uint32_t waiting = 0;
                                 words >> socket >> generation >> waiting;  // "?": stays 0
                                 queued_[socket] += waiting;
                             }
                         }
                         then();
                     });
}

/// Two generations cannot be there at once: they bind the same port by themselves, or a socket
/// is to be at another address.
bool service::needs_gap(const service_spec& next) const {
    return next.traffic.how == traffic_spec::kind::local &&
           std::ranges::any_of(next.sockets, [this](const auto& one) {
               const auto there = opened_.find(one.name);
               return one.how == handover::none ||
                      (there != opened_.end() && there->second != one.address);
           });
}

}  // namespace lastcall::agent
