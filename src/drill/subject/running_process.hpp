// A process that somebody else started: the part that --pid, --container and --unit share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "drill/subject/subject.hpp"
#include "sys/process/watched_process.hpp"

namespace lastcall::drill {

/// What the kernel told of the end of a process that is nobody's child.
[[nodiscard]] exit_facts exit_of(const sys::watched_end& end) noexcept;

class running_process : public subject {
public:
    /// `must_signal`  it is refused when we may not signal it
    /// Errors: std::runtime_error.
    running_process(std::string name, int pid, bool must_signal = false);

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] int main_pid() const override { return process_.end() ? 0 : process_.pid(); }
    [[nodiscard]] std::vector<int> processes() const override;
    int signal_main(int number) override { return process_.signal(number); }
    int signal_all(int number) override;
    bool wait(moment until) override { return process_.wait(until); }
    [[nodiscard]] std::optional<exit_facts> exit() const override;
    [[nodiscard]] std::int64_t exit_ns() const override;

private:
    std::string name_;
    sys::watched_process process_;
    mutable std::vector<int> seen_;  // its descendants, while it lived
};

}  // namespace lastcall::drill
