#include "drill/load/reset_watch.hpp"

namespace lastcall::drill {
namespace {

constexpr std::size_t ports = 65536;

}  // namespace

reset_watch::reset_watch(const sys::endpoint& server) : tap_(server) {
    if (tap_.works()) {
        by_port_.resize(ports);
    }
}

std::optional<reset_watch::seen_reset> reset_watch::of(std::uint16_t local_port) {
    if (!works()) {
        return std::nullopt;
    }
    read();
    const connection& one = by_port_[local_port];
    switch (one.how) {
        case ended::no:
            break;
        case ended::by_reset:
            return seen_reset{false, 0};
        case ended::by_acknowledging_reset:
            // Sequence numbers wrap around, and so does the difference.
            return seen_reset{true, one.acknowledged - one.first_byte};
    }
    return std::nullopt;
}

std::optional<std::uint64_t> reset_watch::taken_at_fin(std::uint16_t local_port) {
    if (!works()) {
        return std::nullopt;
    }
    read();
    const connection& one = by_port_[local_port];
    return one.had_fin ? std::optional<std::uint64_t>(one.acknowledged_by_fin - one.first_byte)
                       : std::nullopt;
}

bool reset_watch::follows(std::uint16_t local_port) {
    if (!works()) {
        return false;
    }
    read();
    return by_port_[local_port].is_known;
}

void reset_watch::read() {
    if (!works()) {
        return;
    }
    bool any = false;
    while (const auto segment = tap_.next()) {
        note(*segment);
        any = true;
    }
    // A drop needs a full buffer, so without a packet there was none.
    lost_ = lost_ || (any && tap_.lost() != 0);
}

void reset_watch::note(const sys::tcp_segment& segment) noexcept {
    connection& one = by_port_[segment.to_port];
    if (segment.has_syn && segment.has_ack) {
        // The same number again is the same SYN-ACK, sent again.
        if (!one.is_known || one.first_byte != segment.acknowledgement) {
            one = connection{};
            one.first_byte = segment.acknowledgement;
            one.is_known = true;
        }
        return;
    }
    // The same FIN, sent again, may acknowledge more.
    if (segment.has_fin && segment.has_ack && one.is_known && !one.had_fin) {
        one.had_fin = true;
        one.acknowledged_by_fin = segment.acknowledgement;
    }
    // A second reset answers what was still under way when the first one left.
    if (!segment.has_rst || !one.is_known || one.how != ended::no) {
        return;
    }
    one.how = segment.has_ack ? ended::by_acknowledging_reset : ended::by_reset;
    one.acknowledged = segment.acknowledgement;
}

}  // namespace lastcall::drill
