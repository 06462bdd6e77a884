// A process with one thing wrong with its stop, for the doctor to find. Prints "ready PORT" when
// it is there; PORT is 0 where it listens at none.
#include <signal.h>
#include <sys/prctl.h>

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "modes.hpp"

namespace {

const subject::mode* find_mode(std::string_view name) {
    using namespace subject;
    for (const auto& group : {signal_modes(), thread_modes(), socket_modes(), state_modes()}) {
        const auto found = std::find_if(group.begin(), group.end(),
                                        [&](const mode& one) { return one.name == name; });
        if (found != group.end()) {
            return &*found;
        }
    }
    return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const auto* found = find_mode(argc > 1 ? argv[1] : "");
    if (found == nullptr || argc != (found->has_argument ? 3 : 2)) {
        std::fprintf(stderr, "usage: doctor_subject MODE [ARGUMENT]\n");
        return 2;
    }
    found->run(found->has_argument ? argv[2] : nullptr);
    return 0;
}
