// Threads as the kernel numbers them, and what happens when they end or fork.
#pragma once

#include <pthread.h>
#include <sys/types.h>

#include <cstdint>

namespace lastcall::sys {

/// gettid(2).
pid_t current_thread_id() noexcept;

/// Calls `child` in the child after each fork(2), before fork returns there.
/// pthread_atfork(3). Errors: std::system_error (ENOMEM).
void call_in_forked_child(void (*child)());

/// Calls a function with a thread's number when that thread ends.
///
/// A pthread key and not a thread_local with a destructor, because registering the
/// latter allocates. glibc keeps the values of the first 32 keys inside the thread;
/// make it before main, while few others exist.
class thread_exit_hook {
public:
    explicit thread_exit_hook(void (*at_exit)(void* number_plus_one)) noexcept
        : valid_(::pthread_key_create(&key_, at_exit) == 0) {}

    /// Returns: false when there is no key, or no memory to remember the number.
    bool arm(std::uint32_t number) const noexcept {
        const auto value = static_cast<std::uintptr_t>(number) + 1;
        return valid_ && ::pthread_setspecific(key_, reinterpret_cast<void*>(value)) == 0;
    }

    static std::uint32_t number(void* number_plus_one) noexcept {
        return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(number_plus_one) - 1);
    }

private:
    pthread_key_t key_{};
    bool valid_ = false;
};

}  // namespace lastcall::sys
