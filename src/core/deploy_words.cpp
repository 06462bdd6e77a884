#include <array>

#include "core/deploy_machine.hpp"

namespace lastcall::core {
namespace {

// In the order of the enumerations.
constexpr std::array<std::string_view, 11> states{
    "planned",      "approved", "spawned",      "ready",       "cut",     "baking",
    "draining_old", "done",     "rolling_back", "rolled_back", "rejected"};
constexpr std::array<std::string_view, 10> actions{
    "ask_approval", "start_new", "watch_ready", "steer_to_new", "begin_bake",
    "steer_to_old", "stop_new",  "stop_old",    "promote",      "finish"};
static_assert(static_cast<std::size_t>(deploy_state::rejected) + 1 == states.size());
static_assert(static_cast<std::size_t>(deploy_action::finish) + 1 == actions.size());

}  // namespace

std::string_view to_string(deploy_state value) noexcept {
    const auto at = static_cast<std::size_t>(value);
    return at < states.size() ? states[at] : "?";
}

std::optional<deploy_state> to_deploy_state(std::string_view text) noexcept {
    for (std::size_t at = 0; at < states.size(); ++at) {
        if (states[at] == text) {
            return static_cast<deploy_state>(at);
        }
    }
    return std::nullopt;
}

bool is_final(deploy_state value) noexcept {
    return value == deploy_state::done || value == deploy_state::rolled_back ||
           value == deploy_state::rejected;
}

std::string_view to_string(deploy_action value) noexcept {
    const auto at = static_cast<std::size_t>(value);
    return at < actions.size() ? actions[at] : "?";
}

}  // namespace lastcall::core
