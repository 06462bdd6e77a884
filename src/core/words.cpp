#include <lastcall/state.hpp>

namespace lastcall {

std::string_view to_string(state value) noexcept {
    switch (value) {
        case state::starting:
            return "starting";
        case state::ready:
            return "ready";
        case state::lame_duck:
            return "lame_duck";
        case state::draining:
            return "draining";
        case state::closing:
            return "closing";
        case state::forcing:
            return "forcing";
        case state::stopped:
            return "stopped";
        case state::failed:
            return "failed";
    }
    return "unknown";
}

std::string_view to_string(stop_reason value) noexcept {
    switch (value) {
        case stop_reason::none:
            return "none";
        case stop_reason::sigterm:
            return "SIGTERM";
        case stop_reason::sigint:
            return "SIGINT";
        case stop_reason::requested:
            return "requested";
        case stop_reason::start_failed:
            return "start_failed";
    }
    return "unknown";
}

std::string_view to_string(result value) noexcept {
    switch (value) {
        case result::clean:
            return "clean";
        case result::failed:
            return "failed";
        case result::forced:
            return "forced";
        case result::abandoned:
            return "abandoned";
    }
    return "unknown";
}

}  // namespace lastcall
