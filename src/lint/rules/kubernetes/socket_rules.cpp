// A server that nothing tells when to let go of its WebSockets: X06 of a container.
#include "lint/launch/open_sockets.hpp"
#include "lint/rules/kubernetes/pod_case.hpp"

namespace lastcall::lint {

void check_pod_sockets(const pod_case& given) {
    for (const container_case& one : given.containers()) {
        const auto found = one.is_init && !one.is_native
                               ? std::nullopt
                               : find_open_sockets(one.chain, given.lines());
        if (found) {
            given.report().add("X06", found->at, std::string(open_sockets_text));
        }
    }
}

}  // namespace lastcall::lint
