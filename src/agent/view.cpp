#include "agent/view.hpp"

namespace lastcall::agent {

std::string_view to_string(service_state value) noexcept {
    switch (value) {
        case service_state::starting:
            return "starting";
        case service_state::ready:
            return "ready";
        case service_state::unready:
            return "unready";
        case service_state::deploying:
            return "deploying";
        case service_state::stopping:
            return "stopping";
        case service_state::stopped:
            return "stopped";
        case service_state::failed:
            return "failed";
        case service_state::waiting:
            return "waiting";
    }
    return "unknown";
}

}  // namespace lastcall::agent
