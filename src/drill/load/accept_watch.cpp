#include "drill/load/accept_watch.hpp"

#include <algorithm>
#include <utility>

#include "sys/socket/listen_queue.hpp"

namespace lastcall::drill {
namespace {

constexpr std::size_t ports = 65536;

}  // namespace

accept_watch::accept_watch(const sys::endpoint& server) : server_(server) {
    if (works()) {
        by_port_.resize(ports);
        look_at_listener();
    }
}

void accept_watch::look_at_listener() {
    auto facts = sys::listener_state(diag_, server_);
    if (!facts.is_known) {
        return;
    }
    std::sort(facts.inodes.begin(), facts.inodes.end());
    if (!std::includes(facts.inodes.begin(), facts.inodes.end(), listeners_.begin(),
                       listeners_.end())) {
        ++generation_;
    }
    queue_length_ = facts.listens() ? static_cast<int>(facts.waiting) : -1;
    listeners_ = std::move(facts.inodes);
}

void accept_watch::look_at_connections(std::int64_t now_ns) {
    const auto take = [&](const sys::tcp_line& line) {
        by_port_[line.peer_port] = {now_ns, generation_,
                                    line.inode == 0 ? acceptance::queued : acceptance::accepted};
    };
    // Not the states behind a close by the server: there an inode of 0 means that its
    // process has let go of it.
    constexpr auto states =
        sys::tcp_states::established | sys::tcp_states::closed_by_peer | sys::tcp_states::handshake;
    // A listener of IPv6 may have made it, whatever the client's family.
    for (const int family : {AF_INET, AF_INET6}) {
        diag_.list(family, server_.port(), states, take);
    }
}

void accept_watch::look(moment now) {
    if (!works()) {
        return;
    }
    look_at_listener();
    if (queue_length_ == 0) {
        all_accepted_ns_ = nanoseconds(now);
    } else if (queue_length_ > 0) {
        const auto before = generation_;
        look_at_connections(nanoseconds(now));
        look_at_listener();
        // Had it gone meanwhile, some of those who waited were not seen.
        if (generation_ == before) {
            const bool is_one_queue = listeners_.size() == 1;
            queue_seen_ = is_one_queue ? sighting{nanoseconds(now), generation_} : sighting{};
        }
    }
}

acceptance accept_watch::of(std::uint16_t local_port, moment established) const noexcept {
    const auto since = nanoseconds(established);
    if (!works() || since == 0) {
        return acceptance::unknown;
    }
    const sighting& last = by_port_[local_port];
    // We may see that it was made before the listener's queue has it: our last ACK is then still
    // on its way there. Who was in the queue later had not been accepted.
    const bool was_queued_since = last.was == acceptance::queued && last.ns > all_accepted_ns_;
    if (all_accepted_ns_ >= since && !was_queued_since) {
        return acceptance::accepted;
    }
    return last.ns >= since ? last.was : acceptance::unknown;
}

acceptance accept_watch::of_ended(std::uint16_t local_port, moment established) {
    const auto last = of(local_port, established);
    const bool is_behind = last == acceptance::unknown && is_behind_others(established);
    if (last != acceptance::queued && !is_behind) {
        return last;
    }
    look_at_listener();
    const sighting& seen = is_behind ? queue_seen_ : by_port_[local_port];
    return seen.generation == generation_ ? acceptance::accepted : acceptance::queued;
}

bool accept_watch::is_behind_others(moment established) const noexcept {
    return queue_seen_.ns > all_accepted_ns_ && nanoseconds(established) > queue_seen_.ns;
}

}  // namespace lastcall::drill
