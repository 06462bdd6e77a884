// Reads the resets off the wire: an RST with ACK tells exactly how many bytes of ours the
// peer had taken; one without ACK is the answer to a connection that was dead already.
// tcp_reset() in the kernel does not count what a reset acknowledges, so TCP_INFO alone
// leaves the delayed-acknowledgement window open. And a server that lingers acknowledges what
// came behind its FIN as well: only the FIN itself tells what was there before. Needs
// CAP_NET_RAW.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sys/socket/packet_tap.hpp"
#include "sys/socket/socket_client.hpp"

namespace lastcall::drill {

/// Threads: one.
class reset_watch {
public:
    /// Watches the connections to `server` that are begun from now on. Without the
    /// privilege works() is false, and nothing is ever known. Errors: std::bad_alloc.
    explicit reset_watch(const sys::endpoint& server);

    [[nodiscard]] bool works() const noexcept { return tap_.works(); }

    struct seen_reset {
        bool has_acknowledgement = false;  ///< false: the peer's kernel had no such connection
        std::uint64_t taken = 0;           ///< bytes of ours; only with an acknowledgement
    };

    /// The first reset of the connection from our port `local_port`; of several connections
    /// from one port, of the last. Takes what waits first: a reset that was read from the
    /// socket is known here. Unset: none was seen.
    [[nodiscard]] std::optional<seen_reset> of(std::uint16_t local_port);

    /// Bytes of ours that the peer had taken when it sent its FIN; of several, the first.
    /// Unset: none was seen.
    [[nodiscard]] std::optional<std::uint64_t> taken_at_fin(std::uint16_t local_port);

    /// Whether that connection was seen to begin. Where it was not (address translation, a
    /// proxy, a watch that came late) the missing of a reset proves nothing.
    [[nodiscard]] bool follows(std::uint16_t local_port);

    /// Whether packets were lost for want of room: then what is missing proves nothing.
    [[nodiscard]] bool has_lost_packets() const noexcept { return lost_; }

    /// Takes what waits. To be called when fd() is readable, or now and then, so that the
    /// kernel's buffer (8 MiB) never fills.
    void read();

    [[nodiscard]] int fd() const noexcept { return tap_.fd(); }

private:
    enum class ended : std::uint8_t { no, by_reset, by_acknowledging_reset };
    struct connection {
        std::uint32_t first_byte = 0;  ///< the sequence number of our first byte
        std::uint32_t acknowledged = 0;
        std::uint32_t acknowledged_by_fin = 0;
        bool is_known = false;
        bool had_fin = false;
        ended how = ended::no;
    };

    void note(const sys::tcp_segment& segment) noexcept;

    sys::packet_tap tap_;
    bool lost_ = false;
    /// One for each port that there can be: what is kept does not grow, and a port that is
    /// used again takes its predecessor's place.
    std::vector<connection> by_port_;
};

}  // namespace lastcall::drill
