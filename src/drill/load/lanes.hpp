// The kinds of lanes, each in a file of its own.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>

#include "drill/load/http_client.hpp"
#include "drill/load/lane.hpp"
#include "drill/load/request_text.hpp"

namespace lastcall::drill {

[[nodiscard]] lane make_pool_lane(load_context& shared, const lane_plan& plan);
[[nodiscard]] lane make_fresh_lane(load_context& shared, const lane_plan& plan);
[[nodiscard]] lane make_open_lane(load_context& shared, const lane_plan& plan);
[[nodiscard]] lane make_busy_lane(load_context& shared, const lane_plan& plan);
[[nodiscard]] lane make_slow_up_lane(load_context& shared, const lane_plan& plan);
[[nodiscard]] lane make_slow_down_lane(load_context& shared, const lane_plan& plan);
[[nodiscard]] lane make_stream_lane(load_context& shared, const lane_plan& plan);
[[nodiscard]] lane make_websocket_lane(load_context& shared, const lane_plan& plan);
[[nodiscard]] lane make_silent_lane(load_context& shared, const lane_plan& plan);
[[nodiscard]] lane make_idle_lane(load_context& shared, const lane_plan& plan);
[[nodiscard]] lane make_half_head_lane(load_context& shared, const lane_plan& plan);
[[nodiscard]] lane make_half_body_lane(load_context& shared, const lane_plan& plan);
[[nodiscard]] lane make_pipelined_lane(load_context& shared, const lane_plan& plan);
[[nodiscard]] lane make_handshake_lane(load_context& shared, const lane_plan& plan);
[[nodiscard]] lane make_h2_lane(load_context& shared, const lane_plan& plan);

/// Why there is no HTTP/2 at the target, asked with one request; empty: there is.
[[nodiscard]] std::string why_no_h2(const load_plan& whole, const lane_plan& plan);

[[nodiscard]] lane make_probe_lane(load_context& shared, const lane_plan& plan);

/// The requests of a lane, shared by its clients.
struct lane_texts {
    lane_texts(load_context& shared, const lane_plan& plan, std::string_view get_fields = {});

    std::string_view lane;  ///< its name, of the name_pool
    request_text get;
    std::optional<request_text> post;
};

/// A lane of `plan.clients` clients, each made by `make_one`.
template <class Make>
[[nodiscard]] lane lane_of(const lane_plan& plan, Make make_one) {
    lane made;
    made.plan = plan;
    for (int i = 0; i < plan.clients; ++i) {
        made.clients.push_back(make_one(i));
    }
    return made;
}

/// How long a kind whose plan says nothing lasts.
[[nodiscard]] inline std::chrono::nanoseconds takes_of(const lane_plan& plan,
                                                       std::chrono::nanoseconds usual) {
    return plan.takes.count() > 0 ? plan.takes : usual;
}

/// After the signal, what was held back is sent this much later: when the stop has begun.
inline constexpr std::chrono::milliseconds hold_after_signal{300};

}  // namespace lastcall::drill
