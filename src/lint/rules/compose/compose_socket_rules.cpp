// A server that nothing tells when to let go of its WebSockets: X06 of a service.
#include "lint/launch/open_sockets.hpp"
#include "lint/rules/compose/compose_case.hpp"

namespace lastcall::lint {

void check_compose_sockets(const compose_case& given) {
    const auto& by = given.started_by();
    // What is all the image's own is the Dockerfile's.
    const auto found = by ? find_open_sockets(given.chain(), by.in->yaml.lines) : std::nullopt;
    if (found && found->file.empty()) {
        (void)given.add("X06", by, found->at, std::string(open_sockets_text));
    }
}

}  // namespace lastcall::lint
