// A server that nothing tells when to let go of its WebSockets: X06 of an image.
#include "lint/launch/open_sockets.hpp"
#include "lint/rules/dockerfile/docker_case.hpp"

namespace lastcall::lint {

void check_sockets_of_image(const docker_case& given) {
    const auto found = find_open_sockets(given.chain(), given.file().lines);
    if (!found || (!found->file.empty() && given.started_by() == nullptr)) {
        return;
    }
    const bool is_here = found->file.empty();
    auto& made = given.report().add("X06", is_here ? found->at : given.started_at(),
                                    std::string(open_sockets_text));
    if (!is_here) {
        made.further.push_back({found->file, found->at, "the command"});
    }
}

}  // namespace lastcall::lint
