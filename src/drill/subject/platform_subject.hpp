// A service that a platform runs: the kernel's view of its main process, and the platform's
// own commands to stop it and to ask how it ended.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "drill/subject/running_process.hpp"

namespace lastcall::drill {

/// Whole seconds for a program that knows no less, rounded up.
[[nodiscard]] std::string whole_seconds(std::chrono::nanoseconds value);

/// The last line that is not empty: programs put what went wrong there.
[[nodiscard]] std::string last_line_of(const std::string& output);

class platform_subject : public running_process {
public:
    using running_process::running_process;

    int signal_main(int number) override;
    [[nodiscard]] std::optional<exit_facts> exit() const override;

protected:
    /// The command that sends a signal, for users whom the kernel does not allow to.
    [[nodiscard]] virtual std::vector<std::string> signal_command(int number) const = 0;
    /// How it ended, once it has; unset where the platform does not know.
    [[nodiscard]] virtual std::optional<exit_facts> ask_exit() const = 0;

private:
    mutable std::optional<exit_facts> asked_;
};

}  // namespace lastcall::drill
