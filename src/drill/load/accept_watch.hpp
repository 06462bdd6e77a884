// Which of our connections the server has accepted: one that its kernel has made and no
// process has taken yet has no inode. No client can see that from its own side, and whoever
// closes a listener ends all of them with a reset.
// Only for a server in our own network namespace; needs no privilege.
#pragma once

#include <cstdint>
#include <vector>

#include "drill/record/classify.hpp"
#include "drill/record/exchange.hpp"
#include "sys/socket/inet_diag.hpp"
#include "sys/socket/socket_client.hpp"

namespace lastcall::drill {

/// Threads: one.
class accept_watch {
public:
    /// Looks in the network namespace of the calling thread. Errors: std::bad_alloc.
    explicit accept_watch(const sys::endpoint& server);

    /// False: the kernel does not tell. Whether the server is in this namespace shows only
    /// when look() finds its listener; until then everything is `unknown`.
    [[nodiscard]] bool works() const noexcept { return diag_.works(); }

    /// `now`  the time just before the call
    /// Blocks: while nobody waits to be accepted, for the listener's line only (30 us); else
    /// for a walk through the table of connections (0.5 ms, and 0.6 us for each).
    void look(moment now);

    /// What was seen last of the connection from our port `local_port`.
    /// `established`  when we saw that it was made: what was seen earlier was another one
    [[nodiscard]] acceptance of(std::uint16_t local_port, moment established) const noexcept;

    /// The same for a connection that the server has ended. One that was last seen in the
    /// queue counts as `queued` only if the listener has gone as well: as long as it is
    /// there, the kernel drops nobody. One that was made after the last look stands behind
    /// those who were in the queue then: who is first is accepted first. Asks for the
    /// listener once more.
    [[nodiscard]] acceptance of_ended(std::uint16_t local_port, moment established);

    /// Connections that were not accepted yet at the last look(); -1: there was no listener.
    [[nodiscard]] int queue_length() const noexcept { return queue_length_; }

private:
    struct sighting {
        std::int64_t ns = 0;           ///< 0: never
        std::uint32_t generation = 0;  ///< of the listeners at that time
        acceptance was = acceptance::unknown;
    };

    [[nodiscard]] bool is_behind_others(moment established) const noexcept;
    void look_at_listener();
    void look_at_connections(std::int64_t now_ns);

    sys::endpoint server_;
    sys::inet_diag diag_;
    std::vector<std::uint64_t> listeners_;  ///< inodes, sorted
    std::uint32_t generation_ = 0;          ///< grows whenever one of them has gone
    int queue_length_ = -1;
    std::int64_t all_accepted_ns_ = 0;  ///< who was established then had been accepted
    sighting queue_seen_;  ///< the last of anybody who waited; none where there are several queues
    std::vector<sighting> by_port_;  ///< one for each port that there can be
};

}  // namespace lastcall::drill
