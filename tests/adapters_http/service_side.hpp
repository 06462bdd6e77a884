// For services under test: what they say, and a drain that waits for nothing, which is
// what every drain test has to notice.
#pragma once

#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>

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

/// The service's side of `child::says`.
inline void say(std::string_view line) {
    std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
    std::fflush(stdout);
}

}  // namespace lastcall::testing
