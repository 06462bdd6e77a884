// One look at a server that holds many connections.
#include "crowd.hpp"
#include "figures.hpp"
#include "subject.hpp"

namespace doctor_bench {

void measure_held(bench& all) {
    const auto crowd = make_crowd(all.chosen.processes, all.chosen.sockets);
    const auto whom = make_subject(all.chosen.connections);
    add_looks(all, "held", "doctor PID, " + std::to_string(all.chosen.connections) + " connections",
              {std::to_string(whom.server.pid())});
}

}  // namespace doctor_bench
