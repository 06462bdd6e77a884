#include "sys/signal/interrupt.hpp"

#include <signal.h>

namespace lastcall::sys {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // it is stored to in a signal handler

void on_interrupt(int) { interrupted.store(true, std::memory_order_relaxed); }

}  // namespace

std::atomic<bool>& catch_interrupts() noexcept {
    struct sigaction action {};
    action.sa_handler = on_interrupt;
    action.sa_flags = static_cast<int>(SA_RESETHAND);  // no SA_RESTART: a wait ends at once
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    // A reader that is gone (`... | head`) fails the write, and the tool still tidies up. Not
    // SIG_IGN, which programs that are started would inherit.
    action.sa_handler = [](int) {};
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGPIPE, &action, nullptr);
    return interrupted;
}

}  // namespace lastcall::sys
