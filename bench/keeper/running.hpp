// An init that runs with our program below it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inits.hpp"
#include "page.hpp"
#include "shared/scratch.hpp"

namespace keeper_bench {

enum class place {
    process,  ///< an ordinary process
    pid_1,    ///< of a PID namespace of its own, with its own /proc, as in a container
};

/// Where things run. The same for all inits: what is compared is not what moves about.
struct processors {
    int sender = 0;
    int below = 0;  ///< the init and everything below it
};

struct start {
    place where = place::process;
    processors on;
    std::string child;              ///< path of keeper_child
    std::vector<std::string> role;  ///< and its arguments
};

class running {
public:
    /// Returns once the program below is ready.
    /// Errors: std::runtime_error, std::system_error.
    running(const init& what, const start& how);
    running(const running&) = delete;
    running& operator=(const running&) = delete;

    /// Kills it, and what is below it with it.
    ~running();

    [[nodiscard]] int pid() const noexcept { return pid_; }
    [[nodiscard]] page& shared() const noexcept { return *page_; }

    /// Sends a signal. Returns: the moment before it was sent.
    std::int64_t send(int number) const;

    /// Waits for its exit. Returns: the moment it was seen.
    /// Errors: std::runtime_error when it does not come within 30 s.
    std::int64_t wait_exit();

    /// A number of /proc/PID/status, "VmRSS"; the sum where several names are given.
    [[nodiscard]] double status(const std::vector<std::string>& names) const;

    /// Pids of its children, oldest first.
    [[nodiscard]] std::vector<int> children() const;

private:
    void launch(const init& what, const start& how);

    measured::scratch home_;
    page* page_ = nullptr;
    int pid_ = 0;
    bool is_reaped_ = false;
};

/// The calling thread runs there from now on.
void stay_on(int processor);

}  // namespace keeper_bench
