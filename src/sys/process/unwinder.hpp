// From a copied stack to the functions that are on it: libdw of elfutils.
//
// Unwind tables and symbols are read from the files that the process has mapped, as they are seen
// from inside of it. No debug information is looked for, and none is downloaded.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sys/process/stack_copy.hpp"

namespace lastcall::sys {

struct stack_frame {
    std::uint64_t address = 0;
    std::string function;    ///< demangled; empty: not known
    std::string module;      ///< the file, without its folder
    bool is_signal = false;  ///< the kernel has called a signal handler here
};

class unwinder {
public:
    /// Reads what the process has mapped.
    explicit unwinder(int pid);
    ~unwinder();
    unwinder(const unwinder&) = delete;
    unwinder& operator=(const unwinder&) = delete;

    /// Why it cannot be done, in words, and what helps; empty: it can.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
    [[nodiscard]] const std::string& remedy() const noexcept { return remedy_; }

    /// The innermost first; as far as the tables go, 64 at most.
    [[nodiscard]] std::vector<stack_frame> frames_of(const stack_copy& one);

private:
    struct parts;
    std::unique_ptr<parts> parts_;
    std::string problem_;
    std::string remedy_;
};

}  // namespace lastcall::sys
