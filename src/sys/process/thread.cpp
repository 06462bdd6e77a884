#include "sys/process/thread.hpp"

#include <unistd.h>

#include <system_error>

namespace lastcall::sys {

pid_t current_thread_id() noexcept { return ::gettid(); }

void call_in_forked_child(void (*child)()) {
    if (const int error = ::pthread_atfork(nullptr, nullptr, child); error != 0) {
        throw std::system_error(error, std::generic_category(), "pthread_atfork");
    }
}

}  // namespace lastcall::sys
