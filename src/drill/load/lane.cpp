#include "drill/load/lane.hpp"

#include <stdexcept>

#include "drill/load/lanes.hpp"

namespace lastcall::drill {
namespace {

std::optional<request_text> post_of(load_context& shared, const lane_plan& plan) {
    if (plan.post.empty()) {
        return std::nullopt;
    }
    request_text made(shared, "POST", plan.post, "Content-Type: " + plan.content_type + "\r\n",
                      plan.body);
    if (plan.has_effect) {
        made.enter_effects();
    }
    return made;
}

lane make_unchecked(load_context& shared, const lane_plan& plan) {
    switch (plan.kind) {
        case lane_kind::fresh:
            return plan.rate > 0 ? make_open_lane(shared, plan) : make_fresh_lane(shared, plan);
        case lane_kind::pool:
            return make_pool_lane(shared, plan);
        case lane_kind::open:
            return make_open_lane(shared, plan);
        case lane_kind::busy:
            return make_busy_lane(shared, plan);
        case lane_kind::slow_up:
            return make_slow_up_lane(shared, plan);
        case lane_kind::slow_down:
            return make_slow_down_lane(shared, plan);
        case lane_kind::stream:
            return make_stream_lane(shared, plan);
        case lane_kind::websocket:
            return make_websocket_lane(shared, plan);
        case lane_kind::silent:
            return make_silent_lane(shared, plan);
        case lane_kind::idle:
            return make_idle_lane(shared, plan);
        case lane_kind::half_head:
            return make_half_head_lane(shared, plan);
        case lane_kind::half_body:
            return make_half_body_lane(shared, plan);
        case lane_kind::pipelined:
            return make_pipelined_lane(shared, plan);
        case lane_kind::handshake:
            return make_handshake_lane(shared, plan);
        case lane_kind::h2:
            return make_h2_lane(shared, plan);
        case lane_kind::probe:
            break;
    }
    return make_probe_lane(shared, plan);
}

}  // namespace

std::string why_impossible(const load_target& target, const lane_plan& plan) {
    if (plan.clients < 1) {
        return "it has no clients; give it at least one";
    }
    const bool is_open = plan.kind == lane_kind::open;
    if (!(plan.rate >= 0 && plan.rate <= 1e6) || (is_open && plan.rate == 0)) {
        return "its rate has to be a number of requests a second, up to 1000000";
    }
    if (!(plan.post_share >= 0 && plan.post_share <= 1)) {
        return "its share of POST has to be between 0 and 1";
    }
    const bool uploads = plan.kind == lane_kind::slow_up || plan.kind == lane_kind::half_body;
    if (plan.post.empty() && (uploads || plan.post_share > 0)) {
        return "it has no target for POST";
    }
    if (uploads && plan.body.size() < 2) {
        return "its body can not be sent in parts: it has less than two bytes";
    }
    if (plan.kind == lane_kind::handshake && !target.uses_tls) {
        return "the url is not https";
    }
    if (plan.kind == lane_kind::h2 && plan.streams < 1) {
        return "its connections have no streams; give them at least one";
    }
    return {};
}

lane make_lane(load_context& shared, const lane_plan& plan) {
    if (const auto why = why_impossible(shared.target, plan); !why.empty()) {
        throw std::runtime_error("lane " + plan.label() + ": " + why);
    }
    return make_unchecked(shared, plan);
}

lane_texts::lane_texts(load_context& shared, const lane_plan& plan, std::string_view get_fields)
    : lane(shared.names->intern(plan.label())),
      get(shared, "GET", plan.get, get_fields),
      post(post_of(shared, plan)) {}

}  // namespace lastcall::drill
