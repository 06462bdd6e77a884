// What a load consists of: lanes, each of some clients that do the same thing.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drill/record/cell.hpp"
#include "sys/socket/socket_client.hpp"

namespace lastcall::drill {

enum class lane_kind : std::uint8_t {
    fresh,      ///< a new connection for each request
    pool,       ///< keep-alive connections with think time
    open,       ///< requests at a fixed rate, by intended time, over a pool
    busy,       ///< always a request in flight that takes the server a known time
    slow_up,    ///< the request's body trickles
    slow_down,  ///< the response is read slowly, through a small receive buffer
    stream,     ///< a response that lasts: event stream, chunks
    websocket,
    silent,     ///< connected, nothing sent
    idle,       ///< one request, then nothing
    half_head,  ///< part of a head, and the rest later
    half_body,  ///< a head with part of the body, and the rest later
    pipelined,  ///< three requests in one write
    handshake,  ///< TLS begun and not finished
    h2,         ///< HTTP/2: some connections with streams, some idle
    probe,      ///< the readiness probe, on a new connection each time
};

inline constexpr std::size_t lane_kind_count = 16;
[[nodiscard]] const std::array<lane_kind, lane_kind_count>& all_lane_kinds() noexcept;
[[nodiscard]] std::string_view to_string(lane_kind value) noexcept;
[[nodiscard]] std::optional<lane_kind> lane_kind_from(std::string_view name) noexcept;

/// The cells that a lane of this kind fills at the signal.
[[nodiscard]] std::vector<cell> cells_of(lane_kind kind);

/// One lane. What a kind does not use is ignored.
struct lane_plan {
    lane_kind kind = lane_kind::pool;
    std::string name;                  ///< in the report; empty: that of the kind
    int clients = 10;                  ///< connections; for `open` its pool; for `h2` as well
    int streams = 4;                   ///< h2: on each active connection
    double rate = 0;                   ///< open, fresh: requests a second of the lane; 0: as
                                       ///< fast as `think` allows
    bool poisson = false;              ///< open: exponential gaps instead of equal ones
    std::chrono::nanoseconds think{};  ///< pool, fresh: between answer and next, x 0.5-1.5
    std::chrono::nanoseconds takes{};  ///< busy, stream, slow_*: how long one lasts
    std::chrono::nanoseconds every = std::chrono::milliseconds(200);  ///< websocket, probe
    std::chrono::nanoseconds ramp = std::chrono::milliseconds(200);
    std::string get = "/";                   ///< target of a GET; also of stream, websocket, probe
    std::string post;                        ///< target of a POST; empty: none are made
    double post_share = 0;                   ///< of the requests of pool and open
    std::string body = "{\"id\":\"{id}\"}";  ///< {id} is replaced by a text never used twice
    std::string content_type = "application/json";
    bool has_effect = false;  ///< its POSTs are entered into the ledger

    [[nodiscard]] std::string label() const {
        return name.empty() ? std::string(to_string(kind)) : name;
    }
};

/// Where the load goes.
struct load_target {
    sys::endpoint at;
    std::string host;  ///< the Host field; also the name for SNI and the certificate
    bool uses_tls = false;
    bool verifies = false;  ///< the certificate against `authority` and the host name
    std::string authority;  ///< PEM file; empty: the system's
};

struct load_plan {
    load_target target;
    std::chrono::nanoseconds patience = std::chrono::seconds(10);  ///< for one answer
    std::chrono::nanoseconds route_jitter{};  ///< clients learn of the withdrawal within it
    std::uint32_t seed = 1;
    std::uint32_t samples_per_cell = 5;  ///< connections to be in each cell at the signal
    std::string instance_field = "Server-Instance";  ///< a header that tells who answered
    std::string effect_prefix;                       ///< "{id}" becomes this and a number
    std::vector<lane_plan> lanes;
};

/// When the signal comes, see load::strike().
struct strike_timing {
    /// Longest time to fill the cells; then the signal is sent as they are.
    std::chrono::nanoseconds fill_for = std::chrono::milliseconds(200);
    /// From the requests that are written last of all to the signal: a sweep moves it over
    /// their lifetime.
    std::chrono::nanoseconds after_writing{};
};

}  // namespace lastcall::drill
