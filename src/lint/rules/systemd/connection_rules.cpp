// A server that nothing tells when to let go of its WebSockets: X06 of a unit.
#include "lint/launch/open_sockets.hpp"
#include "lint/rules/systemd/unit_case.hpp"

namespace lastcall::lint {

void check_unit_sockets(const unit_case& given) {
    const auto* run = given.main_run();
    const auto found =
        run == nullptr ? std::nullopt : find_open_sockets(run->chain, run->from().file->lines);
    if (found && found->file.empty()) {
        (void)given.add("X06", run->from(), found->at, std::string(open_sockets_text));
    }
}

}  // namespace lastcall::lint
