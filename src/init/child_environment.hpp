// The environment of the main program and of the pre-stop command: core/environment with
// its memory, however large the keeper's own is.
#pragma once

#include "core/environment.hpp"
#include "sys/mapped_block.hpp"

namespace lastcall::init {

class child_environment {
public:
    /// Before fork(2). `from` is the keeper's own and must stay as it is; the keeper's
    /// process id in `wish` is filled in here.
    /// Returns: 0, or the errno of why there is no memory.
    int prepare(char* const* from, core::environment_wish wish) noexcept;

    /// In the child, between fork(2) and execve(2). Async-signal-safe.
    char* const* finish_in_child() noexcept;

    /// The same of the environment at `context`, as sys::launch_request takes it.
    static char* const* finish(void* context) noexcept {
        return static_cast<child_environment*>(context)->finish_in_child();
    }

    /// Whether descriptors from 3 on belong to the child (LISTEN_FDS), and are neither to
    /// be closed nor moved.
    [[nodiscard]] bool passes_sockets() const noexcept { return environment_.passes_sockets(); }

private:
    sys::mapped_block memory_;
    core::environment environment_;
};

}  // namespace lastcall::init
