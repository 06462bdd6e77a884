// What the kernel tells of processes: memory, wake-ups, processor time; and commands that are run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace deploy_bench {

struct resident {
    double all_kib = 0;           ///< VmRSS
    double proportional_kib = 0;  ///< Pss: what is shared is divided by its users
    double own_kib = 0;           ///< anonymous: what goes away with the process
};
/// Errors: std::runtime_error: there is no such process.
[[nodiscard]] resident resident_of(int pid);

struct activity {
    double switches = 0;    ///< of all its threads, voluntary or not: each is a wake-up
    double running_ns = 0;  ///< processor time
};
/// Of all threads. Errors: std::runtime_error: there is no such process.
[[nodiscard]] activity activity_of(int pid);

/// The process and all below it.
[[nodiscard]] std::vector<int> tree_of(int pid);

struct ended_command {
    int status = 0;  ///< its exit status, or 128 and the signal
    double took_ms = 0;
    std::string text;  ///< what it has printed
};
/// Runs argv[0], with LASTCALL_HOME as given. Errors: std::runtime_error: it cannot be run.
[[nodiscard]] ended_command run_command(const std::vector<std::string>& argv,
                                        const std::string& home);

/// Starts it likewise, in a process group of its own. Returns: its pid; a child of ours.
[[nodiscard]] int start_command(const std::vector<std::string>& argv, const std::string& home,
                                const std::string& output);

/// Ends a child of ours: `number`, SIGKILL after 10 s, and reaps it.
void end_child(int pid, int number) noexcept;

}  // namespace deploy_bench
