// Where an HTTP/2 connection is to be when the signal comes, and which requests cross it.
#include <algorithm>

#include "drill/load/h2_client.hpp"

namespace lastcall::drill {
namespace {

// GOAWAY is written at a moment that nobody knows. Only a request that is on its way then
// crosses it: one more begins every millisecond.
constexpr std::chrono::milliseconds between_crossings{1};
constexpr std::chrono::seconds longest_crossing{2};
constexpr std::size_t most_extra = 64;

}  // namespace

std::size_t h2_client::wanted_streams() const {
    if (winds_down()) {
        return 0;
    }
    if (is_crossing_) {
        return manner_->streams + extra_;
    }
    switch (aim()) {
        case cell::h2_active:
            return manner_->streams;
        case cell::h2_idle:
        case cell::h2_after_goaway:
            return 0;
        default:
            return is_busy_ ? manner_->streams : 0;
    }
}

void h2_client::aim_for(cell wanted) {
    client::aim_for(wanted);
    if (is_closed()) {
        if (wanted != cell::none && !tick_is_set() && routes_open()) {
            tick_at(clock::now());
        }
    } else {
        top_up();
    }
}

bool h2_client::is_in_place() const {
    return aim() == cell::none || (is_settled() && !had_goaway_ && cell_now() == aim());
}

cell h2_client::cell_now() const {
    if (!is_open()) {
        return client::cell_now();
    }
    if (aim() == cell::h2_after_goaway && is_settled()) {
        return cell::h2_after_goaway;
    }
    return requests_.empty() ? cell::h2_idle : cell::h2_active;
}

void h2_client::signal_sent() {
    if (aim() == cell::h2_after_goaway && is_open() && is_settled() && !had_goaway_) {
        is_crossing_ = true;
        crossing_until_ = clock::now() + longest_crossing;
        tick_at(clock::now() + between_crossings);
        top_up();
    }
}

void h2_client::cross() {
    is_crossing_ = is_crossing_ && clock::now() < crossing_until_;
    if (is_crossing_) {
        extra_ = std::min(extra_ + 1, most_extra);
        tick_at(clock::now() + between_crossings);
    }
}

}  // namespace lastcall::drill
