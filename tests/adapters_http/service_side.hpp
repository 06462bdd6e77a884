// A drain that waits for nothing: what every drain test has to notice.
#pragma once

#include <csignal>
#include <string>

namespace lastcall::testing {

/// Whether the name of a scenario ends in "/null"; takes it off.
inline bool take_null(std::string& scenario) {
    const std::string ending = "/null";
    const bool found = scenario.ends_with(ending);
    if (found) {
        scenario.resize(scenario.size() - ending.size());
    }
    return found;
}

/// From now on SIGTERM and SIGINT end the process on the spot, as they do where nobody
/// handles them: a signal that one thread does not block never reaches the lifecycle.
inline void drain_nothing() {
    sigset_t stops;
    ::sigemptyset(&stops);
    ::sigaddset(&stops, SIGTERM);
    ::sigaddset(&stops, SIGINT);
    ::pthread_sigmask(SIG_UNBLOCK, &stops, nullptr);
}

}  // namespace lastcall::testing
