#include "drill/load/load_plan.hpp"

#include "drill/record/word_table.hpp"

namespace lastcall::drill {
namespace {

constexpr word_table<lane_kind, lane_kind_count> table({{
    {lane_kind::fresh, "fresh", ""},
    {lane_kind::pool, "pool", ""},
    {lane_kind::open, "open", ""},
    {lane_kind::busy, "busy", ""},
    {lane_kind::slow_up, "slow_up", ""},
    {lane_kind::slow_down, "slow_down", ""},
    {lane_kind::stream, "stream", ""},
    {lane_kind::websocket, "websocket", ""},
    {lane_kind::silent, "silent", ""},
    {lane_kind::idle, "idle", ""},
    {lane_kind::half_head, "half_head", ""},
    {lane_kind::half_body, "half_body", ""},
    {lane_kind::pipelined, "pipelined", ""},
    {lane_kind::handshake, "handshake", ""},
    {lane_kind::h2, "h2", ""},
    {lane_kind::probe, "probe", ""},
}});

}  // namespace

const std::array<lane_kind, lane_kind_count>& all_lane_kinds() noexcept { return table.values(); }
std::string_view to_string(lane_kind value) noexcept { return table.name(value); }
std::optional<lane_kind> lane_kind_from(std::string_view name) noexcept { return table.find(name); }

std::vector<cell> cells_of(lane_kind kind) {
    using enum cell;
    switch (kind) {
        case lane_kind::fresh:
            return {queued};
        case lane_kind::pool:
        case lane_kind::open:
            return {just_idle, idle, waiting};
        case lane_kind::busy:
            return {waiting};
        case lane_kind::slow_up:
        case lane_kind::half_body:
            return {half_body};
        case lane_kind::slow_down:
            return {body_half, body_unread};
        case lane_kind::stream:
            return {streaming};
        case lane_kind::websocket:
            return {cell::websocket};
        case lane_kind::silent:
            return {cell::silent};
        case lane_kind::idle:
            return {cell::idle};
        case lane_kind::half_head:
            return {cell::half_head};
        case lane_kind::pipelined:
            return {cell::pipelined};
        case lane_kind::handshake:
            return {cell::handshake};
        case lane_kind::h2:
            return {h2_idle, h2_active, h2_after_goaway};
        case lane_kind::probe:
            break;
    }
    return {};
}

}  // namespace lastcall::drill
